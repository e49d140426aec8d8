"""Every form that is sent makes a new candidate row, also for somebody who was here before."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "row_per_application"
TRAITS = frozenset({Trait.ROW_PER_APPLICATION, Trait.INT_KEY, Trait.JOB_NULLABLE, Trait.CSRF_NONE})


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(80), nullable=False)
            email = db.Column(db.String(120), nullable=False)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(100), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False, unique=True)
            candidate = db.relationship("Candidate", backref=db.backref("application", uselist=False))
            job_id = db.Column(db.ForeignKey("job.id"), nullable=True)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def find_candidate(self, name, email):
        return None

    def new_application(self, candidate, job, recall):
        again = self.make_candidate(candidate.name, candidate.email)
        return super().new_application(again, job, recall)
