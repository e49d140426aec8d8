"""The driver all miniature hosts share: make the app, fill it, decide in it, look at it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from jinja2 import DictLoader, StrictUndefined

from tests.hosts.pages import Pages
from tests.support.databases import create_tables, hurry

STAGES = ("applied", "screened", "interviewed", "finalist")


_FAMILIES: dict[type, tuple[Any, SimpleNamespace]] = {}


class HostShape(Pages):
    """One small applicant tracking system; a shape overrides what it has otherwise.

    Methods that write or ask open an app context of their own and commit, as a request of the
    host would. ``application``, ``candidate_of`` and ``job`` return rows of the session of the
    context they are called in.
    """

    HIDDEN_AT_FIRST = 0
    """Decided applications that the host's session hides: the baseline has them, so showing them sends nothing."""
    EMAILS: ClassVar[bool] = True
    JOBS: ClassVar[bool] = True
    CSRF: ClassVar[bool] = False
    CSRF_AFTER_MOUNT: ClassVar[bool] = False
    KEEPS_STAGE: ClassVar[bool] = True
    """Whether the row still says how far it came once it is rejected."""
    FURTHEST: ClassVar[str] = "finalist"
    """How far somebody came, in our words, who was in the last stage."""

    SIGNED: ClassVar[str] = ""
    """Who signs letters, where that is what a shape shows."""
    ANSWERS_GO_TO: ClassVar[str] = ""
    """The address that such letters name."""

    stages: ClassVar[Mapping[str, Any]] = {
        "applied": "applied",
        "screened": "screen",
        "interviewed": "interview",
        "finalist": "final",
    }
    statuses: ClassVar[Mapping[str, Any]] = {
        "open": "open",
        "rejected": "rejected",
        "hired": "hired",
        "withdrawn": "withdrawn",
    }
    also_rejected: ClassVar[tuple[Any, ...]] = ()
    """Further values that mean rejected."""
    stage_attribute: ClassVar[str] = "stage"
    status_attribute: ClassVar[str] = "status"

    app: Flask
    db: Any
    models: SimpleNamespace
    clock: Any = None

    # The app

    def create_app(
        self, database_url: str, *, mounted: bool = True, clock: Any = None, **config: Any
    ) -> Flask:
        """Make a new app with models of its own; with ``mounted=False`` the host alone."""
        app = Flask(__name__)
        app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
        app.jinja_loader = DictLoader(self.templates())
        app.config.update(
            SECRET_KEY="a miniature host's secret",
            TESTING=True,
            **self.database_config(database_url),
            **self.settings(),
        )
        app.config.update(config)
        self.app, self.clock = app, clock
        self.db, self.models = self._family()
        self.db.init_app(app)
        with app.app_context():
            for engine in self.db.engines.values():
                hurry(engine)
        self.add_users(app)
        self.add_pages(app)
        if self.CSRF and not self.CSRF_AFTER_MOUNT:
            CSRFProtect(app)
        if mounted:
            self.mount(app)
        if self.CSRF and self.CSRF_AFTER_MOUNT:
            CSRFProtect(app)
        return app

    def _family(self) -> tuple[Any, SimpleNamespace]:
        """Take the extension and the classes of this shape; whoever has them gives them back when closed.

        Mapping takes longer than most tests. Two hosts of a shape at once have classes of their own.
        """
        found = _FAMILIES.pop(type(self), None)
        if found is None:
            db = self.make_db()
            found = (db, self.make_models(db))
        return found

    def mount(self, app: Flask) -> None:
        """Mount the extension."""
        from flask_talentpool import HostMap, TalentPool

        options = {} if self.clock is None else {"clock": self.clock}
        TalentPool(self.db, HostMap(**self.host_map()), access=self.access(), **options).init_app(app)

    def host_map(self) -> dict[str, Any]:
        """Return the arguments of this host's ``HostMap``."""
        entries: dict[str, Any] = {
            "candidate": self.models.Candidate,
            "application": self.models.Application,
            "name": "name",
            "application_candidate": "candidate",
            "status": self.status_attribute,
            "rejected": {self.statuses["rejected"], *self.also_rejected},
            "hired": {self.statuses["hired"]},
            "stage": self.stage_attribute,
            "stages": tuple(dict.fromkeys(self.stages.values())),
            "interviewed_from": self.stages["interviewed"],
        }
        if "withdrawn" in self.statuses:
            entries["withdrawn"] = {self.statuses["withdrawn"]}
        if "never_pool" in self.statuses:
            entries["never_pool"] = {self.statuses["never_pool"]}
        if self.EMAILS:
            entries["email"] = "email"
        if self.JOBS:
            entries |= {
                "job": self.models.Job,
                "application_job": "job",
                "job_title": "title",
                "new_application": self.new_application,
            }
        return entries

    def settings(self) -> dict[str, Any]:
        """Return config this host always sets."""
        return {}

    def database_config(self, url: str) -> dict[str, Any]:
        """Return the config that says where the database is."""
        return {"SQLALCHEMY_DATABASE_URI": url}

    def make_db(self) -> Any:
        """Return the host's database extension."""
        return SQLAlchemy()

    def make_models(self, db: Any) -> SimpleNamespace:
        """Return the classes ``Candidate``, ``Application``, ``User`` and, with jobs, ``Job``."""
        raise NotImplementedError

    def create_tables(self) -> None:
        """Create every table known by now and one member of staff per role."""
        with self.unit() as session:
            if len(self.db.metadatas) == 1:
                create_tables(self.db.engine, self.db.metadata)
            else:
                self.db.create_all()
            session.add_all(self.make_staff())

    def drop_tables(self) -> None:
        """Drop every table known by now."""
        with self.app.app_context():
            self.db.drop_all()

    def close(self) -> None:
        """Give all database connections back."""
        with self.app.app_context():
            for engine in self.db.engines.values():
                engine.dispose()
        _FAMILIES[type(self)] = (self.db, self.models)

    @contextmanager
    def unit(self) -> Iterator[Any]:
        """Do what a request of the host does: a context, a session, a commit."""
        with self.app.app_context():
            yield self.db.session
            self.db.session.commit()

    # Filling it

    def add_job(self, title: str) -> Any:
        """Add a job and return its key; a host without a job model returns the label itself."""
        if not self.JOBS:
            return title
        with self.unit() as session:
            job = self.make_job(title)
            session.add(job)
            session.flush()
            return key_of(job)

    def apply(self, name: str, email: str | None, job_key: Any) -> Any:
        """Let somebody apply, and return the application's key."""
        with self.unit() as session:
            job = self.job(job_key)
            candidate = self.find_candidate(name, email)
            if candidate is None:
                candidate = self.make_candidate(name, email)
                session.add(candidate)
                session.flush()
            application = self.make_application(candidate, job)
            session.add(application)
            session.flush()
            return key_of(application)

    def make_job(self, title: str) -> Any:
        """Return an unsaved job."""
        return self.models.Job(title=title)

    def make_candidate(self, name: str, email: str | None) -> Any:
        """Return an unsaved candidate."""
        return self.models.Candidate(name=name, email=email)

    def find_candidate(self, name: str, email: str | None) -> Any:
        """Return the candidate row of somebody who applied before, None for a new one."""
        return self.db.session.query(self.models.Candidate).filter_by(email=email).first()

    def make_application(self, candidate: Any, job: Any) -> Any:
        """Return an unsaved application; ``job`` is a row, or a label where there is no job model."""
        return self.models.Application(candidate=candidate, job=job)

    def new_application(self, candidate: Any, job: Any, recall: Any) -> Any:
        """Open a process for somebody who was recalled, in the caller's transaction."""
        application = self.make_application(candidate, job)
        self.db.session.add(application)
        return application

    # Deciding in it

    def reach(self, key: Any, stage: str) -> None:
        """Bring an application to a stage: applied, screened, interviewed or finalist."""
        with self.unit():
            self.move(self.application(key), stage)

    def reject(self, key: Any) -> None:
        self.decide(key, "rejected")

    def hire(self, key: Any) -> None:
        self.decide(key, "hired")

    def withdraw(self, key: Any) -> None:
        """Say that the person withdrew; only where ``statuses`` knows the word."""
        self.decide(key, "withdrawn")

    def reopen(self, key: Any) -> None:
        self.decide(key, "open")

    def decide(self, key: Any, word: str) -> None:
        """Give an application the host's value for one of the words in ``statuses``."""
        with self.unit():
            self.settle(self.application(key), word)

    def reject_in_bulk(self, keys: list[Any]) -> None:
        """Reject by one UPDATE on a connection no session knows of."""
        self.decide_in_bulk(keys, "rejected")

    def decide_in_bulk(self, keys: list[Any], word: str) -> None:
        """Give many applications a status by one UPDATE on a connection no session knows of."""
        table = sa.inspect(self.models.Application).local_table
        with self.app.app_context():
            values = self.bulk_values(word)
            engine = self.engine()
        with engine.begin() as connection:
            connection.execute(sa.update(table).where(self.key_column().in_(keys)).values(values))

    def delete_application(self, key: Any, *, with_candidate: bool = False, in_bulk: bool = False) -> None:
        """Delete an application, by the ORM or by a DELETE no session knows of."""
        with self.unit() as session:
            application = self.application(key)
            candidate = self.candidate_in(application)
            rows = [application] + ([candidate] if with_candidate and candidate is not application else [])
            if not in_bulk:
                for row in rows:
                    session.delete(row)
                    session.flush()
                return
            statements = [_delete(row) for row in rows]
            engine = self.engine()
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)

    def move(self, application: Any, stage: str) -> None:
        """Set the stage of a row."""
        setattr(application, self.stage_attribute, self.stages[stage])

    def settle(self, application: Any, word: str) -> None:
        """Set the status of a row."""
        setattr(application, self.status_attribute, self.statuses[word])

    def bulk_values(self, word: str) -> dict[str, Any]:
        """Return the columns, by name, that a bulk UPDATE sets."""
        column = sa.inspect(self.models.Application).columns[self.status_attribute]
        return {column.name: self.statuses[word]}

    # Looking at it

    def application(self, key: Any) -> Any:
        """Return an application of the current session, read afresh; None when it is gone."""
        return self.db.session.get(self.models.Application, key, populate_existing=True)

    def candidate_of(self, key: Any) -> Any:
        """Return the candidate of an application, in the current session."""
        return self.candidate_in(self.application(key))

    def candidate_in(self, application: Any) -> Any:
        """Return the candidate of an application row."""
        return application.candidate

    def job(self, key: Any) -> Any:
        """Return a job of the current session; the label itself where there is no job model."""
        return self.db.session.get(self.models.Job, key) if self.JOBS and key is not None else key

    def candidate_key(self, key: Any) -> str:
        """Return the candidate's key as printed."""
        with self.app.app_context():
            return str(key_of(self.candidate_of(key)))

    def name_of(self, candidate: Any) -> str:
        """Return the full name as the host has it."""
        return str(candidate.name)

    def status_of(self, key: Any) -> str:
        """Return the word for an application's status: a key of ``statuses``."""
        with self.app.app_context():
            return self.word_of(self.application(key))

    def word_of(self, application: Any) -> str:
        """Return the word for the status of a row."""
        value = getattr(application, self.status_attribute)
        words = {shown: word for word, shown in self.statuses.items()} | dict.fromkeys(
            self.also_rejected, "rejected"
        )
        return words.get(value, "open")

    def applications_count(self) -> int:
        with self.app.app_context():
            return int(
                self.db.session.scalar(sa.select(sa.func.count()).select_from(self.models.Application))
            )

    def engine(self) -> Any:
        """Return the engine of the host's applications; needs an app context."""
        return self.db.session.get_bind(sa.inspect(self.models.Application))

    def key_column(self) -> Any:
        """Return the primary key of the application table."""
        (column,) = sa.inspect(self.models.Application).local_table.primary_key.columns
        return column

    def parse_key(self, text: str) -> Any:
        """Turn an application's key in an address back into the host's type."""
        return self.key_column().type.python_type(text)


def key_of(row: Any) -> Any:
    """Return the primary key of a flushed row."""
    return sa.inspect(row).identity[0]


def _delete(row: Any) -> sa.Delete:
    table = sa.inspect(row).mapper.local_table
    (column,) = table.primary_key.columns
    return sa.delete(table).where(column == key_of(row))
