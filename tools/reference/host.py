"""A small host that the pages are tried out on: the models of the guide's examples, and a clock that stands still."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_talentpool import Access, Actor, HostMap, TalentPool
from flask_talentpool.testing import ManualClock
from tests.support.databases import create_tables

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FOLDER = "/var/tmp/letters"
"""Where the pages say that letters are written; the folder really used is a temporary one."""


class StandingClock(ManualClock):
    """A clock of which the lease time stands still as well, so that what is printed is the same each time."""

    def lease_now(self) -> datetime:
        """Return business time."""
        return self.now()


class Anybody(Access):
    """Let whoever comes do everything but what is named."""

    def __init__(self) -> None:
        self.denied: object = None
        self.asked: set[Any] = set()

    def actor(self) -> Actor:
        """Return the one who is always there."""
        return Actor("User:1", "Anna Berg", "anna@brightwell.example")

    def may(self, actor: Actor | None, action: object, subject: object | None = None) -> bool:
        """Allow everything but what is denied."""
        del actor, subject
        self.asked.add(action)
        return action != self.denied

    def scopes(self, actor: Actor | None) -> None:
        """Allow every scope."""
        del actor

    def visible(self, actor: Actor | None, statement: Any) -> Any:
        """Show every row."""
        del actor
        return statement


def make_models(db: SQLAlchemy) -> SimpleNamespace:
    """Make the models that the guide's examples speak of."""

    class User(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        full_name: Mapped[str]
        email: Mapped[str]
        role: Mapped[str] = mapped_column(default="recruiter")

    class Candidate(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        full_name: Mapped[str]
        email: Mapped[str | None]
        language: Mapped[str | None]

    class Job(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]

    class Application(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        candidate_id: Mapped[int] = mapped_column(db.ForeignKey("candidate.id"))
        job_id: Mapped[int] = mapped_column(db.ForeignKey("job.id"))
        status: Mapped[str] = mapped_column(default="open")
        stage: Mapped[str] = mapped_column(default="applied")
        decided_at: Mapped[datetime | None]
        candidate: Mapped[Candidate] = relationship()
        job: Mapped[Job] = relationship()

    return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)


def host_map(models: SimpleNamespace, **more: Any) -> HostMap:
    """Return the map of these models."""
    return HostMap(
        candidate=models.Candidate,
        application=models.Application,
        job=models.Job,
        name="full_name",
        email="email",
        application_candidate="candidate",
        application_job="job",
        job_title="title",
        status="status",
        rejected={"rejected"},
        hired={"hired"},
        withdrawn={"withdrawn"},
        stage="stage",
        stages=("applied", "screen", "interview", "final"),
        interviewed_from="interview",
        decided_at="decided_at",
        **more,
    )


class SmallHost:
    """The app with its models; mounted when ``mount`` is called."""

    def __init__(self, folder: str, **config: Any) -> None:
        self.folder = folder
        self.app = Flask("ats", instance_path=folder)
        self.app.config.update(
            SECRET_KEY="for the guide",
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/ats.sqlite3",
            WTF_CSRF_ENABLED=False,
            **config,
        )
        self.db = SQLAlchemy(self.app)
        self.models = make_models(self.db)
        self.clock = StandingClock(START)
        self.access = Anybody()
        self.talentpool: TalentPool | None = None

    def mount(self, **more: Any) -> TalentPool:
        """Mount the extension and make all tables."""
        self.talentpool = TalentPool(
            self.db, host_map(self.models, **more), access=self.access, clock=self.clock
        )
        self.talentpool.init_app(self.app)
        self.make_tables()
        return self.talentpool

    def make_tables(self) -> None:
        """Make every table there is by now."""
        with self.app.app_context():
            create_tables(self.db.engine, self.db.metadata)

    def applies(self, name: str, job: Any, *, stage: str = "applied", status: str = "open") -> Any:
        """Let somebody apply, and return the row."""
        email = f"{name.lower().replace(' ', '.')}@mail.example"
        candidate = self.models.Candidate(full_name=name, email=email)
        decided = None if status == "open" else START.replace(tzinfo=None) - timedelta(days=40)
        row = self.models.Application(
            candidate=candidate, job=job, stage=stage, status=status, decided_at=decided
        )
        self.db.session.add(row)
        self.db.session.commit()
        return row

    def run(self, *words: str, feed: bytes | None = None) -> str:
        """Run a command, with this on its standard input, and return what it prints."""
        result = self.app.test_cli_runner().invoke(args=["talentpool", *words], input=feed)
        return result.output.replace(self.folder, FOLDER)

    def close(self) -> None:
        """Give all connections back."""
        with self.app.app_context():
            self.db.session.remove()
            for engine in self.db.engines.values():
                engine.dispose()


@contextmanager
def small_host(**config: Any) -> Iterator[SmallHost]:
    """Make the host in a folder of its own, and take both away at the end."""
    with tempfile.TemporaryDirectory() as folder:
        host = SmallHost(folder, **config)
        try:
            yield host
        finally:
            host.close()
