"""Models in the classic style of public Flask apps, for hosts that differ by something else."""

from types import SimpleNamespace
from typing import Any

from flask_login import UserMixin


def staff_model(db: Any) -> Any:
    """Make a ``User`` with one role column on ``db.Model``."""

    class User(UserMixin, db.Model):
        __tablename__ = "users"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(120), nullable=False)
        email = db.Column(db.String(254), unique=True, nullable=False)
        role = db.Column(db.String(20), nullable=False)

    return User


def classic_models(db: Any) -> SimpleNamespace:
    """Make candidate, job and application with int keys, relationships and text columns."""

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
        job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
        job = db.relationship("Job")
        stage = db.Column(db.String(20), nullable=False, default="applied")
        status = db.Column(db.String(20), nullable=False, default="open")

    return SimpleNamespace(Candidate=Candidate, Job=Job, Application=Application)
