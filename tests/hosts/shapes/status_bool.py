"""One nullable bool: NULL is open, false is rejected, true is hired; rounds are counted."""

from types import SimpleNamespace
from typing import ClassVar

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "status_bool"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.STATUS_BOOL, Trait.JOB_NULLABLE, Trait.CSRF_AFTER})


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True
    status_attribute = "accepted"
    stage_attribute = "rounds"
    stages: ClassVar = {"applied": 0, "screened": 1, "interviewed": 2, "finalist": 3}
    statuses: ClassVar = {"open": None, "rejected": False, "hired": True}

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"))
            job = db.relationship("Job")
            rounds = db.Column(db.Integer, nullable=False, default=0)
            accepted = db.Column(db.Boolean)

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)
