"""Native UUID keys, and models written without a metaclass."""

import uuid
from types import SimpleNamespace

import sqlalchemy as sa
from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBaseNoMeta, Mapped, mapped_column, relationship

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "uuid_keys"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.UUID_KEY, Trait.JOB_NULLABLE, Trait.ROLE_COLUMN, Trait.CSRF_AFTER})


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True

    def make_db(self):
        class Base(DeclarativeBaseNoMeta):
            pass

        return SQLAlchemy(model_class=Base)

    def make_models(self, db):
        class User(UserMixin, db.Model):
            id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
            name: Mapped[str]
            email: Mapped[str] = mapped_column(unique=True)
            role: Mapped[str]

        class Candidate(db.Model):
            id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
            name: Mapped[str]
            email: Mapped[str | None] = mapped_column(unique=True)

        class Job(db.Model):
            id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
            title: Mapped[str]

        class Application(db.Model):
            id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
            candidate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("candidate.id"))
            job_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("job.id"))
            stage: Mapped[str] = mapped_column(default="applied")
            status: Mapped[str] = mapped_column(default="open")
            candidate: Mapped[Candidate] = relationship()
            job: Mapped[Job | None] = relationship()

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def load_user(self, key):
        return self.db.session.get(self.models.User, uuid.UUID(key))
