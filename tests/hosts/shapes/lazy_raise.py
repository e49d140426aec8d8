"""Relationships raise where they would be loaded by themselves, as some hosts guard against a query for each row."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "lazy_raise"
TRAITS = frozenset(
    {Trait.CSRF_NONE, Trait.OWN_MODEL, Trait.INT_KEY, Trait.LAZY_RAISE, Trait.JOB_RELATIONSHIP}
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.deferred(db.Column(db.String(254), unique=True), raiseload=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate", lazy="raise")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job", lazy="raise_on_sql")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def candidate_in(self, application):
        return self.db.session.get(self.models.Candidate, application.candidate_id)
