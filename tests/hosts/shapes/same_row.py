"""One table: an applicant's row is the application; a speculative one has no job."""

from types import SimpleNamespace
from typing import ClassVar

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "same_row"
TRAITS = frozenset({Trait.SAME_ROW, Trait.INT_KEY, Trait.JOB_NULLABLE, Trait.ROLE_COLUMN, Trait.CSRF_BEFORE})


class Shape(HostShape):
    CSRF = True
    stage_attribute = "round"
    stages: ClassVar = {"applied": 0, "screened": 1, "interviewed": 2, "finalist": 3}

    def make_models(self, db):
        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(100), nullable=False)

        class Applicant(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(80), nullable=False)
            email = db.Column(db.String(120))
            job_id = db.Column(db.ForeignKey("job.id"), nullable=True)
            job = db.relationship("Job")
            round = db.Column(db.SmallInteger, nullable=False, default=0)
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Applicant, Job=Job, Application=Applicant)

    def host_map(self):
        return super().host_map() | {"application_candidate": None}

    def find_candidate(self, name, email):
        return self.make_candidate(name, email)

    def make_application(self, candidate, job):
        return self.models.Application(name=candidate.name, email=candidate.email, job=job)

    def candidate_in(self, application):
        return application
