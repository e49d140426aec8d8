"""An employment agency sends people and gives its own address for all of them."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "shared_address"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.SHARED_ADDRESS, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), nullable=False)
            agency_id = db.Column(db.Integer)

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

    def host_map(self):
        return super().host_map() | {"shared_address": "agency_id"}

    def make_candidate(self, name, email):
        return self.models.Candidate(name=name, email=email, agency_id=7)

    def find_candidate(self, name, email):
        return self.db.session.query(self.models.Candidate).filter_by(name=name, email=email).first()
