"""Every key, the users' too, is a UUID kept as String(36)."""

import uuid
from types import SimpleNamespace

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "string_keys"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.STRING_KEY, Trait.JOB_FOREIGN_KEY, Trait.CSRF_BEFORE})


def new_key() -> str:
    return str(uuid.uuid4())


class Shape(HostShape):
    CSRF = True

    def make_models(self, db):
        class User(UserMixin, db.Model):
            id = db.Column(db.String(36), primary_key=True, default=new_key)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False)

        class Candidate(db.Model):
            id = db.Column(db.String(36), primary_key=True, default=new_key)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.String(36), primary_key=True, default=new_key)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.String(36), primary_key=True, default=new_key)
            candidate_id = db.Column(db.String(36), db.ForeignKey("candidate.id"), nullable=False)
            job_id = db.Column(db.String(36), db.ForeignKey("job.id"), nullable=False)
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"application_candidate": "candidate_id", "application_job": "job_id"}

    def load_user(self, key):
        return self.db.session.get(self.models.User, key)

    def make_application(self, candidate, job):
        return self.models.Application(candidate_id=candidate.id, job_id=job.id)

    def candidate_in(self, application):
        return self.db.session.get(self.models.Candidate, application.candidate_id)
