"""A small applicant tracking system with the extension mounted, known by what hosts know of it and nothing else.

It imports what `flask_talentpool` exports and its helpers for tests, presses commands and pages, and reads tables
by their names. So what is measured on it can be measured before and after the package is arranged anew.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy

from flask_talentpool import Access, Actor, HostMap, TalentPool
from flask_talentpool.testing import ManualClock

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
STAGES = ("applied", "screen", "interview", "final")
JOBS = 20
_PAGE = "<!doctype html><title>{{ row.full_name }}</title><body>{{ talentpool.recall_button(row) }}</body>"
_SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")


class Anybody(Access):
    """Let whoever comes do everything, so that no login of the host's is measured."""

    def actor(self) -> Actor:
        """Return the one who is always there."""
        return Actor("User:1", "Rita Recruiter", "rita@host.test")

    def may(self, actor: Actor | None, action: object, subject: object | None = None) -> bool:
        """Allow everything."""
        del actor, action, subject
        return True

    def scopes(self, actor: Actor | None) -> None:
        """Allow every scope."""
        del actor

    def visible(self, actor: Actor | None, statement: Any) -> Any:
        """Show every row."""
        del actor
        return statement


def _models(db: SQLAlchemy) -> tuple[Any, Any, Any, Any]:
    class User(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(sa.Integer, primary_key=True)
        name = db.Column(sa.String(80))
        email = db.Column(sa.String(80))

    class Candidate(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(sa.Integer, primary_key=True)
        full_name = db.Column(sa.String(100))
        email = db.Column(sa.String(200))

    class Job(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(sa.Integer, primary_key=True)
        title = db.Column(sa.String(100))
        owner_id = db.Column(sa.ForeignKey(User.id))
        owner = db.relationship(User)

    class Application(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(sa.Integer, primary_key=True)
        status = db.Column(sa.String(20))
        stage = db.Column(sa.String(20))
        candidate_id = db.Column(sa.ForeignKey(Candidate.id), index=True)
        candidate = db.relationship(Candidate)
        job_id = db.Column(sa.ForeignKey(Job.id), index=True)
        job = db.relationship(Job)

    return User, Candidate, Job, Application


class Host:
    """The host: people apply, somebody rejects them, the worker's commands are run by hand."""

    def __init__(self, url: str, **config: object) -> None:
        """Make the host and its tables, and take the baseline of a database in which nothing is decided.

        Args:
            url: Of an empty database.
            config: Settings beside those that every host needs; all others have their defaults.
        """
        self.clock = ManualClock(MONDAY)
        self.app = Flask("host")
        self.app.config.update(
            SECRET_KEY="the host's own secret",
            SQLALCHEMY_DATABASE_URI=url,
            TALENTPOOL_OUTCOME_LETTERS="ours",
            TALENTPOOL_MAIL_FROM="Anna Berg <jobs@host.test>",
            TALENTPOOL_PUBLIC_URL="https://host.test",
            TALENTPOOL_COMPANY="Host Ltd",
        )
        self.app.config.update(config)
        self.db = SQLAlchemy(self.app)
        self.User, self.Candidate, self.Job, self.Application = _models(self.db)
        self.talentpool = TalentPool(
            self.db,
            HostMap(
                candidate=self.Candidate,
                application=self.Application,
                job=self.Job,
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
                stages=STAGES,
                interviewed_from="interview",
                owner="job.owner",
            ),
            access=Anybody(),
            clock=self.clock,
        )
        self.talentpool.init_app(self.app)
        self.app.add_url_rule("/candidates/<int:key>", "candidate", self._candidate_page)
        self._numbers = itertools.count(1)
        with self.app.app_context():
            self.engine: sa.Engine = self.db.engine
            self.db.create_all()
            owner = self.User(name="Olga Owner", email="olga@host.test")
            self.db.session.add_all(
                self.Job(title=f"Engineer {number}", owner=owner) for number in range(1, JOBS + 1)
            )
            self.db.session.commit()
        self.command("sync")

    def _candidate_page(self, key: int) -> str:
        return render_template_string(_PAGE, row=self.db.session.get(self.Candidate, key))

    def apply(self, number: int, *, stages: Sequence[str] = ("applied",)) -> list[int]:
        """Let people apply whose addresses are theirs alone; return the keys of their applications.

        Candidates have the same keys, since each applies once.

        Args:
            number: How many.
            stages: How far they come, in turn.
        """
        with self.app.app_context():
            made = []
            for n in itertools.islice(self._numbers, number):
                person = self.Candidate(id=n, full_name=f"Person Number {n}", email=f"person{n}@mail.test")
                stage = stages[n % len(stages)]
                made.append(
                    self.Application(id=n, candidate=person, job_id=n % JOBS + 1, status="open", stage=stage)
                )
            self.db.session.add_all(made)
            self.db.session.commit()
            return [one.id for one in made]

    def reject(self, keys: Sequence[int]) -> None:
        """Reject applications through the ORM, as a page of the host's does, in one commit."""
        with self.app.app_context():
            chosen = sa.select(self.Application).where(self.Application.id.in_(keys))
            for application in self.db.session.scalars(chosen).all():
                application.status = "rejected"
            self.db.session.commit()

    def command(self, name: str) -> str:
        """Run `flask talentpool NAME` in this process; return what it printed.

        Raises:
            RuntimeError: It says that something needs attention.
        """
        result = self.app.test_cli_runner().invoke(args=["talentpool", name])
        if result.exit_code:
            message = f"flask talentpool {name} ended with {result.exit_code}: {result.output}"
            raise RuntimeError(message) from result.exception
        return result.output

    def tomorrow(self) -> None:
        """Let the business day pass that an outcome letter waits by default."""
        self.clock.advance(timedelta(days=1, hours=1))

    def next_monday(self) -> None:
        """Begin the next week."""
        days = 7 - self.clock.now().weekday()
        self.clock.move_to(datetime.combine(self.clock.now() + timedelta(days=days), MONDAY.timetz()))

    def rows(self, statement: str, **values: object) -> list[Any]:
        """Return the rows of a statement on the database itself."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(statement), values).all())

    @contextlib.contextmanager
    def statements(self) -> Iterator["Statements"]:
        """Count what is executed on the host's engine, whoever executes it."""
        seen = Statements()
        sa.event.listen(self.engine, "before_cursor_execute", seen)
        try:
            yield seen
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", seen)

    def close(self) -> None:
        """Leave the database."""
        self.engine.dispose()


class Statements:
    """What was executed; an `executemany` is one statement however many rows it has, since it is one trip."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.savepoints = 0
        self.selects: Counter[tuple[str, str]] = Counter()
        """How often each SELECT was executed, by its text and its values."""

    def __call__(
        self, _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any
    ) -> None:
        """Note one; SQLAlchemy calls this."""
        verb = statement.lstrip().upper()
        if verb.startswith(_SAVEPOINTS):
            self.savepoints += 1
        elif not verb.startswith("PRAGMA"):
            self.texts.append(statement)
            if verb.startswith(("SELECT", "WITH")):
                self.selects[statement, repr(parameters)] += 1

    @property
    def ours(self) -> int:
        """How many touch tables of the extension's."""
        return sum("talentpool_" in text for text in self.texts)

    @property
    def repeated(self) -> dict[tuple[str, str], int]:
        """The SELECTs that were executed more than once with the same text and values."""
        return {select: times for select, times in self.selects.items() if times > 1}
