"""A small host with a real database and a clock, for attacks from threads and from processes of their own."""

import collections
import dataclasses
import functools
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager, UserMixin, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from flask_talentpool import FlaskLoginAccess, HostMap, TalentPool
from flask_talentpool.config.mail_url import parse_mail_url
from flask_talentpool.decisions import facts
from flask_talentpool.letters.delivery.transports import transports_from_url
from flask_talentpool.testing import ManualClock
from tests.support.apps import dispose_engines
from tests.support.databases import create_tables, hurry
from tests.support.patience import patience
from tests.support.people import RITA

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAGES = ("applied", "screen", "interview", "final")


def host_models(db: Any) -> Any:
    """Return the classes of a fresh host; every world has its own."""

    class User(UserMixin, db.Model):
        id = db.Column(sa.Integer, primary_key=True)
        name = db.Column(sa.String(80))
        email = db.Column(sa.String(80))
        role = db.Column(sa.String(20))
        scope = db.Column(sa.String(20), default="")

    class Candidate(db.Model):
        id = db.Column(sa.Integer, primary_key=True)
        full_name = db.Column(sa.String(100))
        email = db.Column(sa.String(200))

    class Job(db.Model):
        id = db.Column(sa.Integer, primary_key=True)
        title = db.Column(sa.String(100))
        is_open = db.Column(sa.Boolean, default=True)
        owner_id = db.Column(sa.ForeignKey(User.id))
        owner = db.relationship(User)

    class Application(db.Model):
        id = db.Column(sa.Integer, primary_key=True)
        status = db.Column(sa.String(20))
        stage = db.Column(sa.String(20))
        note = db.Column(sa.String(100))
        scope = db.Column(sa.String(20), default="")
        candidate_id = db.Column(sa.ForeignKey(Candidate.id))
        candidate = db.relationship(Candidate)
        job_id = db.Column(sa.ForeignKey(Job.id))
        job = db.relationship(Job)

    return User, Candidate, Job, Application


@functools.cache
def _family() -> tuple[Any, Any]:
    """Return an extension and classes for every world of this process: mapping takes longer than most tests."""
    db = SQLAlchemy()
    return db, host_models(db)


class World:
    """The host, our extension mounted on it, and short ways to do what a host does."""

    def __init__(
        self,
        url: str,
        *,
        start: datetime = START,
        db: Any = None,
        entries: dict[str, Any] | None = None,
        **config: Any,
    ) -> None:
        """Make the app; ``entries`` stand in the map instead of the usual ones, or beside them."""
        self.url = url
        self.clock = ManualClock(start)
        self.app = Flask("host")
        self.app.jinja_options = {**self.app.jinja_options, "undefined": StrictUndefined}
        self.app.config.update(
            SECRET_KEY="the host's own secret",
            TESTING=True,
            SQLALCHEMY_DATABASE_URI=url,
            TALENTPOOL_OUTCOME_LETTERS="ours",
            TALENTPOOL_MODES="auto",
            TALENTPOOL_DELAY=timedelta(0),
            TALENTPOOL_MAIL_FROM="Anna Berg <jobs@host.test>",
            TALENTPOOL_PUBLIC_URL="http://host.test",
            TALENTPOOL_COMPANY="Host Ltd",
        )
        self.app.config.update(config)
        self.db, classes = (db, host_models(db)) if db is not None else _family()
        self.db.init_app(self.app)
        self.User, self.Candidate, self.Job, self.Application = classes
        with self.app.app_context():
            hurry(self.db.engine)
        self.open_application: Callable[[Any, Any, Any], Any] = self._open_application
        self.tp = TalentPool(
            self.db,
            dataclasses.replace(
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
                    never_pool={"blacklisted"},
                    stage="stage",
                    stages=STAGES,
                    interviewed_from="interview",
                    scope="scope",
                    owner="job.owner",
                    new_application=self._opener,
                    reject=self._reject,
                ),
                **(entries or {}),
            ),
            access=FlaskLoginAccess(
                role="role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"}, scope="scope"
            ),
            clock=self.clock,
        )
        self._sign_in_pages()
        self.tp.init_app(self.app)
        self._numbers = itertools.count(1)

    def _sign_in_pages(self) -> None:
        manager = LoginManager(self.app)

        @manager.user_loader
        def load(key: str) -> Any:
            return self.db.session.get(self.User, int(key))

        @self.app.get("/sign-in/<int:key>")
        def sign_in(key: int) -> str:
            login_user(self.db.session.get(self.User, key))
            return "in"

        @self.app.get("/token")
        def token() -> str:
            return str(generate_csrf())

    def _open_application(self, candidate: Any, job: Any, recall: Any) -> Any:
        return self.Application(
            candidate=candidate, job=job, status="open", stage="screen", scope=recall.scope
        )

    @staticmethod
    def _reject(application: Any, actor: Any) -> None:
        del actor
        application.status = "rejected"

    def _opener(self, candidate: Any, job: Any, recall: Any) -> Any:
        return self.open_application(candidate, job, recall)

    # What the host does

    @property
    def session(self) -> Any:
        return self.db.session

    @property
    def m(self) -> Any:
        return self.tp.models

    def create_tables(self) -> None:
        create_tables(self.db.engine, self.db.metadata)

    def apply(self, number: int = 1, *, stage: str = "final", job: Any = None, **columns: Any) -> list[Any]:
        """Let ``number`` people apply, and commit; their addresses are theirs alone."""
        job = job or self.Job(title="Backend Engineer")
        made = []
        for _ in range(number):
            n = next(self._numbers)
            person = self.Candidate(full_name=f"Person Number {n}", email=f"person{n}@mail.test")
            made.append(
                self.Application(candidate=person, job=job, **{"status": "open", "stage": stage, **columns})
            )
        self.session.add_all(made)
        self.session.commit()
        return made

    def set_status(self, status: str, *applications: Any) -> None:
        """Set the status as a host page would, through the ORM."""
        for application in applications:
            application.status = status
        self.session.commit()

    def reject(self, *applications: Any) -> None:
        self.set_status("rejected", *applications)

    def bulk(self, status: str, *applications: Any) -> None:
        """Set the status by a statement no hook sees."""
        ids = [application.id for application in applications]
        self.session.execute(
            sa.update(self.Application)
            .where(self.Application.id.in_(ids))
            .values(status=status)
            .execution_options(synchronize_session=False)
        )
        self.session.commit()

    def rejected(self, number: int = 1, **columns: Any) -> list[Any]:
        """Let people apply, reject them, and compose their letters."""
        made = self.apply(number, **columns)
        self.reject(*made)
        self.tp.sync()
        return made

    def told(self, number: int = 1, **columns: Any) -> list[Any]:
        """Reject people and say that they were told by phone, so that nothing is left to send."""
        made = self.rejected(number, **columns)
        for application in made:
            self.tp.told(application, channel="phone", by=RITA)
        self.session.commit()
        return made

    # What we did

    def send(self, server: Any = None, *, timeout: float = 10, **options: Any) -> Any:
        """Hand over what is due, once; the server has so many seconds for each answer, longer on a busy machine."""
        transport = (
            transports_from_url(parse_mail_url(server.url), timeout=patience(timeout))
            if server is not None
            else None
        )
        return self.tp.dispatch(transport=options.pop("transport", transport), **options)

    def change(self, work: Callable[[Any], Any]) -> Any:
        return self.tp.transact(work)

    def decision(self, application: Any) -> Any:
        """Return the decision that stands for an application."""
        return facts.live_decision(self.tp.context(), application.id)

    def decisions_of(self, application: Any) -> list[Any]:
        decision = self.m.decision
        statement = sa.select(decision).where(decision.application_key == str(application.id))
        return list(self.session.scalars(statement.order_by(decision.id)))

    def letter(self, application: Any) -> Any:
        """Return the outcome letter of the decision that stands, as it is in the database now."""
        letter = self.m.letter
        statement = sa.select(letter).where(
            letter.decision_id == self.decision(application).id, letter.kind == "outcome"
        )
        return self.session.scalars(statement.execution_options(populate_existing=True)).one()

    def letters(self) -> list[Any]:
        self.session.rollback()
        statement = sa.select(self.m.letter).order_by(self.m.letter.id)
        return list(self.session.scalars(statement.execution_options(populate_existing=True)))

    def states(self) -> dict[str, int]:
        """Return how many letters there are in each state."""
        return dict(collections.Counter(letter.state for letter in self.letters()))

    def count(self, model: Any) -> int:
        self.session.rollback()
        return self.session.scalar(sa.select(sa.func.count()).select_from(model))

    def members(self) -> list[Any]:
        self.session.rollback()
        statement = sa.select(self.m.member).order_by(self.m.member.id)
        return list(self.session.scalars(statement.execution_options(populate_existing=True)))

    # At once

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """Run each in a thread with an app context of its own, all released together.

        Returns:
            What each returned, or the exception it raised.
        """
        barrier = threading.Barrier(len(works))
        results: list[Any] = [None] * len(works)

        def run(index: int, work: Callable[[], Any]) -> None:
            with self.app.app_context():
                barrier.wait(patience(30))
                try:
                    results[index] = work()
                except Exception as error:  # noqa: BLE001 (the caller asserts on what each came to)
                    results[index] = error
                finally:
                    self.session.remove()

        self.session.rollback()
        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(patience(120))
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        return results

    def aside(self, work: Callable[[], Any]) -> Any:
        """Run something in another thread, with a session of its own, and wait for it; raises what it raises."""
        results: list[Any] = []

        def run() -> None:
            with self.app.app_context():
                try:
                    results.append(work())
                except Exception as error:  # noqa: BLE001 (raised again in the caller's thread)
                    results.append(error)
                finally:
                    self.session.remove()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(patience(60))
        assert results, "it hangs"
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]

    def close(self) -> None:
        dispose_engines(self.app)


class Meanwhile:
    """A transport that does something else while a letter is being handed over to a real one."""

    def __init__(self, url: str, meanwhile: Callable[[], Any]) -> None:
        self._real, self._meanwhile = transports_from_url(parse_mail_url(url)), meanwhile
        self.raised: list[Exception] = []

    def open(self) -> None:
        self._real.open()

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> Any:
        try:
            self._meanwhile()
        except Exception as error:  # noqa: BLE001 (the caller asserts on it)
            self.raised.append(error)
        return self._real.hand_over(mail_from, rcpt_to, data)

    def close(self) -> None:
        self._real.close()

    def describe(self) -> str:
        return "meanwhile"
