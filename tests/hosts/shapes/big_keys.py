"""BigInteger keys that the host hands out itself, and a naming convention for constraints."""

import itertools
from types import SimpleNamespace

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "big_keys"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.BIG_KEY, Trait.JOB_RELATIONSHIP, Trait.CSRF_AFTER})

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True

    def make_db(self):
        class Base(DeclarativeBase):
            metadata = sa.MetaData(naming_convention=CONVENTION)

        return SQLAlchemy(model_class=Base)

    def make_models(self, db):
        # Past 2**53: a key that went through a float or a 32-bit column comes back as another one.
        snowflakes = itertools.count(2**60 + 1)

        class Candidate(db.Model):
            id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, default=lambda: next(snowflakes))
            name: Mapped[str] = mapped_column(sa.String(120))
            email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)

        class Job(db.Model):
            id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, default=lambda: next(snowflakes))
            title: Mapped[str] = mapped_column(sa.String(120))

        class Application(db.Model):
            id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, default=lambda: next(snowflakes))
            candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id"))
            job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id"))
            stage: Mapped[str] = mapped_column(sa.String(20), default="applied")
            status: Mapped[str] = mapped_column(sa.String(20), default="open")
            candidate: Mapped[Candidate] = relationship()
            job: Mapped[Job] = relationship()

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)
