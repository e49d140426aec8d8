"""The plainest host: a candidate model of its own, int keys, Flask-Login with one role column."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "own_model"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.JOB_RELATIONSHIP, Trait.ROLE_COLUMN, Trait.CSRF_NONE}
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)
            is_open = db.Column(db.Boolean, nullable=False, default=True)
            owner_id = db.Column(db.ForeignKey("users.id"))
            owner = db.relationship("User")

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")
            created_at = db.Column(db.DateTime(timezone=True), nullable=False)

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"owner": "job.owner", "job_open": "is_open", "applied_at": "created_at"}

    def make_job(self, title):
        return self.models.Job(title=title, owner=self.find_user(self.staff_email("manager")))

    def make_application(self, candidate, job):
        return self.models.Application(candidate=candidate, job=job, created_at=self.now())

    def now(self) -> datetime:
        clock: Any = self.clock
        return datetime.now(UTC) if clock is None else clock.now()
