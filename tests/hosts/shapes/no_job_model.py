"""No job model: an application carries the name of the position it is for."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "no_job_model"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.NO_JOB, Trait.CSRF_AFTER})


class Shape(HostShape):
    JOBS = False
    CSRF = True
    CSRF_AFTER_MOUNT = True

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            position = db.Column(db.String(120), nullable=False)
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Application=Application)

    def host_map(self):
        return super().host_map() | {"job_label": "position"}

    def make_application(self, candidate, job):
        return self.models.Application(candidate=candidate, position=job)
