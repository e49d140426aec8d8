"""Flask-SQLAlchemy-Lite: plain declarative models, no `db.Model`, engines configured by name."""

from types import SimpleNamespace

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait
from tests.support.databases import create_tables

NAME = "lite"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.LITE, Trait.JOB_NULLABLE, Trait.CSRF_AFTER})


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True

    def database_config(self, url):
        return {"SQLALCHEMY_ENGINES": {"default": url}}

    def make_db(self):
        # It needs Flask 3; with the lowest Flask this host alone fails, not the list of hosts.
        from flask_sqlalchemy_lite import SQLAlchemy

        return SQLAlchemy()

    def make_models(self, db):
        class Base(DeclarativeBase):
            pass

        class User(UserMixin, Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            email: Mapped[str] = mapped_column(unique=True)
            role: Mapped[str]

        class Candidate(Base):
            __tablename__ = "candidates"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            email: Mapped[str | None] = mapped_column(unique=True)

        class Job(Base):
            __tablename__ = "jobs"
            id: Mapped[int] = mapped_column(primary_key=True)
            title: Mapped[str]

        class Application(Base):
            __tablename__ = "applications"
            id: Mapped[int] = mapped_column(primary_key=True)
            candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidates.id"))
            job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
            stage: Mapped[str] = mapped_column(default="applied")
            status: Mapped[str] = mapped_column(default="open")
            candidate: Mapped[Candidate] = relationship()
            job: Mapped[Job | None] = relationship()

        return SimpleNamespace(Base=Base, User=User, Candidate=Candidate, Job=Job, Application=Application)

    def create_tables(self):
        with self.unit() as session:
            create_tables(self.db.engine, self.models.Base.metadata)
            session.add_all(self.make_staff())

    def drop_tables(self):
        with self.app.app_context():
            self.models.Base.metadata.drop_all(self.db.engine)
