"""An agency: several ways to say no, one that bars for good, and jobs closed by one bulk UPDATE."""

from types import SimpleNamespace
from typing import ClassVar

import sqlalchemy as sa

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "many_rejected"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.MANY_REJECTED,
        Trait.NEVER_POOL,
        Trait.BULK_UPDATE,
        Trait.CSRF_NONE,
        Trait.JOB_RELATIONSHIP,
    }
)


class Shape(HostShape):
    statuses: ClassVar = {
        "open": "Open",
        "rejected": "Rejected by us",
        "hired": "Placed",
        "withdrawn": "Withdrawn",
        "never_pool": "Blacklisted",
        "offer_declined": "Offer declined",
    }
    also_rejected = ("Rejected by client", "Not considered", "Position closed")

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)
            is_open = db.Column(db.Boolean, nullable=False, default=True)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="Open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {
            "offer_declined": {self.statuses["offer_declined"]},
            "job_open": "is_open",
        }

    def reject_as(self, key, value):
        """Reject with one of the values in ``also_rejected``."""
        with self.unit():
            self.application(key).status = value

    def close_job(self, job_key):
        """Close a job as the host's own button does: its open applications go in one statement."""
        applications = self.models.Application
        with self.unit() as session:
            self.job(job_key).is_open = False
            session.execute(
                sa.update(applications)
                .where(applications.job_id == job_key, applications.status == "Open")
                .values(status="Position closed")
                .execution_options(synchronize_session=False)
            )
