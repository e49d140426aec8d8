"""Enums everywhere: status, stage and the role of a user."""

import enum
from types import SimpleNamespace
from typing import ClassVar

import sqlalchemy as sa
from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "status_enum"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.STATUS_ENUM,
        Trait.ROLE_ENUM,
        Trait.JOB_RELATIONSHIP,
        Trait.CSRF_NONE,
    }
)


class Role(enum.Enum):
    RECRUITER = "recruiter"
    MANAGER = "hiring manager"
    ADMIN = "administrator"
    EMPLOYEE = "employee"


class Status(enum.Enum):
    IN_PROGRESS = "in progress"
    TURNED_DOWN = "turned down"
    HIRED = "hired"
    WITHDRAWN = "withdrawn"


class Stage(enum.IntEnum):
    APPLIED = 1
    SCREEN = 2
    INTERVIEW = 3
    FINAL = 4


class Shape(HostShape):
    stages: ClassVar = {
        "applied": Stage.APPLIED,
        "screened": Stage.SCREEN,
        "interviewed": Stage.INTERVIEW,
        "finalist": Stage.FINAL,
    }
    statuses: ClassVar = {
        "open": Status.IN_PROGRESS,
        "rejected": Status.TURNED_DOWN,
        "hired": Status.HIRED,
        "withdrawn": Status.WITHDRAWN,
    }
    roles: ClassVar = {
        "recruiter": Role.RECRUITER,
        "manager": Role.MANAGER,
        "admin": Role.ADMIN,
        "outsider": Role.EMPLOYEE,
    }

    def make_db(self):
        class Base(DeclarativeBase):
            pass

        return SQLAlchemy(model_class=Base)

    def make_models(self, db):
        class User(UserMixin, db.Model):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            email: Mapped[str] = mapped_column(unique=True)
            role: Mapped[Role]

        class Candidate(db.Model):
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            email: Mapped[str | None] = mapped_column(unique=True)

        class Job(db.Model):
            id: Mapped[int] = mapped_column(primary_key=True)
            title: Mapped[str]

        class Application(db.Model):
            id: Mapped[int] = mapped_column(primary_key=True)
            candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id"))
            job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id"))
            stage: Mapped[Stage] = mapped_column(default=Stage.APPLIED)
            # By value and not native, as many hosts do; the stage is by name and native.
            status: Mapped[Status] = mapped_column(
                sa.Enum(
                    Status, native_enum=False, values_callable=lambda kind: [member.value for member in kind]
                ),
                default=Status.IN_PROGRESS,
            )
            candidate: Mapped[Candidate] = relationship()
            job: Mapped[Job] = relationship()

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)
