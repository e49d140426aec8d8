"""Seasonal work: people come in, leave a telephone number, and have no e-mail at all."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "no_email"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.NO_EMAIL, Trait.JOB_RELATIONSHIP, Trait.CSRF_BEFORE}
)


class Shape(HostShape):
    EMAILS = False
    CSRF = True

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            phone = db.Column(db.String(40))

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
        return super().host_map() | {"phone": "phone"}

    def make_candidate(self, name, email):
        return self.models.Candidate(name=name, phone="+44 20 7946 0001")

    def find_candidate(self, name, email):
        return self.db.session.query(self.models.Candidate).filter_by(name=name).first()
