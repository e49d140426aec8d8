"""Couples and families apply with one address; each of them has a candidate row."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "one_address"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.TWO_AT_ONE_ADDRESS, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), nullable=False)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def find_candidate(self, name, email):
        return self.db.session.query(self.models.Candidate).filter_by(name=name, email=email).first()
