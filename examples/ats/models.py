"""What Harbour stores: its users, jobs, candidates and their applications. Times are naive UTC."""

from datetime import UTC, datetime

from flask_login import UserMixin
from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

from .extensions import db

ROLES = {"recruiter": "Recruiter", "manager": "Hiring manager", "admin": "Administrator"}

STAGES = {"applied": "Applied", "screen": "Screening", "interview": "Interview", "final": "Final round"}

STATUSES = {
    "in_progress": "In progress",
    "offer": "Offer made",
    "hired": "Hired",
    "rejected": "Rejected",
    "offer_declined": "Offer declined",
    "withdrawn": "Withdrawn",
    "blacklisted": "Not to be considered",
}

# Why someone was rejected. It stays inside; the applicant is told only what may be told.
REASONS = {
    "another_chosen": "Another person was chosen",
    "requirement_not_met": "A stated requirement is not met",
    "on_hold": "The job is on hold or cancelled",
    "filled_internally": "Filled from within",
    "closed_before_review": "Closed before review",
    "other": "Other",
}

LIVE = ("in_progress", "offer")


def utcnow() -> datetime:
    """Return the present moment as Harbour stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


class User(UserMixin, db.Model):
    """Someone who signs in: a recruiter, a hiring manager or an administrator."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(256))

    def set_password(self, password: str) -> None:
        """Store the password as a salted hash."""
        self.password_hash = generate_password_hash(password)

    def check_password(self, password: str) -> bool:
        """Tell whether the password is this user's."""
        return check_password_hash(self.password_hash, password)

    @property
    def runs_recruiting(self) -> bool:
        """Whether the user works on every job; a hiring manager works on the own ones."""
        return self.role in ("recruiter", "admin")


class Job(db.Model):
    """A position to fill. Its owner is the hiring manager, who decides and answers for it."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    open: Mapped[bool] = mapped_column(Boolean, default=True)
    opened_at: Mapped[datetime] = mapped_column(DateTime, default=utcnow)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recruiter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)

    owner: Mapped[User] = relationship(foreign_keys=owner_id)
    recruiter: Mapped[User] = relationship(foreign_keys=recruiter_id)
    applications: Mapped[list["Application"]] = relationship(back_populates="job")


class Candidate(db.Model):
    """Someone who applied, with how to reach them; a few have no e-mail address."""

    __tablename__ = "candidates"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    full_name: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(120), default="")
    headline: Mapped[str] = mapped_column(String(200), default="")
    skills: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime] = mapped_column(DateTime, default=utcnow)

    applications: Mapped[list["Application"]] = relationship(
        back_populates="candidate", order_by="Application.applied_at.desc()"
    )


class Application(db.Model):
    """One candidate's way through one job."""

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="in_progress", index=True)
    stage: Mapped[str] = mapped_column(String(20), default="applied")
    reason: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40), default="website")
    rating: Mapped[int | None] = mapped_column(Integer)
    applied_at: Mapped[datetime] = mapped_column(DateTime, default=utcnow)
    interviewed_at: Mapped[datetime | None] = mapped_column(DateTime)
    offered_at: Mapped[datetime | None] = mapped_column(DateTime)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime)

    candidate: Mapped[Candidate] = relationship(back_populates="applications")
    job: Mapped[Job] = relationship(back_populates="applications")

    @property
    def live(self) -> bool:
        """Whether the outcome is still open."""
        return self.status in LIVE
