"""First and last name apart, the last one may be NULL; the models are dataclasses."""

from types import SimpleNamespace

import sqlalchemy as sa
from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "names_apart"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.NAMES_APART, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


class Shape(HostShape):
    def make_db(self):
        class Base(DeclarativeBase):
            pass

        return SQLAlchemy(model_class=Base)

    def make_models(self, db):
        class User(UserMixin, MappedAsDataclass, db.Model):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            name: Mapped[str]
            email: Mapped[str] = mapped_column(unique=True)
            role: Mapped[str]

        class Candidate(MappedAsDataclass, db.Model):
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            first_name: Mapped[str]
            last_name: Mapped[str | None]
            email: Mapped[str | None] = mapped_column(unique=True)

        class Job(MappedAsDataclass, db.Model):
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            title: Mapped[str]

        class Application(MappedAsDataclass, db.Model):
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id"), init=False)
            job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id"), init=False)
            candidate: Mapped[Candidate] = relationship()
            job: Mapped[Job] = relationship()
            stage: Mapped[str] = mapped_column(default="applied")
            status: Mapped[str] = mapped_column(default="open")

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"name": None, "first_name": "first_name", "last_name": "last_name"}

    def make_candidate(self, name, email):
        first, _, last = name.partition(" ")
        return self.models.Candidate(first_name=first, last_name=last or None, email=email)

    def name_of(self, candidate):
        return " ".join(filter(None, [candidate.first_name, candidate.last_name]))
