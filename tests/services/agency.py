"""An agency's host for the service tests: clients as scopes, dates, owners, several ways to say no."""

import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import ClassVar

import sqlalchemy as sa

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.support.driver import Driver
from tests.support.smtp import REPOSITORY

SETTINGS = {
    "TALENTPOOL_OUTCOME_LETTERS": "ours",
    "TALENTPOOL_MODES": "auto",
    "TALENTPOOL_MAIL_FROM": "Anna Berg <jobs@agency.example>",
    "TALENTPOOL_COMPANY": "Harbour",
    "TALENTPOOL_PUBLIC_URL": "https://agency.example",
    "TALENTPOOL_DELAY": timedelta(0),
    "TALENTPOOL_MORNING_MAIL": False,
    "TALENTPOOL_HASH_KEY": "a key of the tests that is long enough",
}


class Agency(HostShape, Driver):
    """One host with every entry mapped that commands look at."""

    statuses: ClassVar = {
        "open": "open",
        "rejected": "rejected",
        "hired": "hired",
        "withdrawn": "withdrawn",
        "never_pool": "blacklisted",
    }
    also_rejected = ("closed",)

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254))

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"))
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")
            company = db.Column(db.String(20), nullable=False, default="")
            applied_at = db.Column(db.DateTime(timezone=True))
            decided_at = db.Column(db.DateTime(timezone=True))
            # What a host may map beside.
            interviewed_at = db.Column(db.DateTime(timezone=True))
            has_offer = db.Column(db.Boolean, nullable=False, default=False)
            is_colleague = db.Column(db.Boolean, nullable=False, default=False)
            why = db.Column(db.String(200))

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {
            "scope": "company",
            "applied_at": "applied_at",
            "decided_at": "decided_at",
            **self.more_entries,
        }

    more_entries: ClassVar = {}

    def add(self, name="Ada Byron", email="ada@mail.example", *, status="open", job="Engineer", **columns):
        """Let somebody apply whose application says all this already; return its key."""
        key = self.apply(name, email, self.add_job(job))
        self.change(key, status=status, **columns)
        return key

    def change(self, key, **columns):
        """Change an application by one UPDATE that no hook sees."""
        table = self.models.Application.__table__
        with self.app.app_context(), self.engine().begin() as connection:
            connection.execute(sa.update(table).where(table.c.id == key).values(columns))

    # The extension

    @property
    def tp(self):
        return self.talentpool

    @contextmanager
    def work(self):
        """A unit of work of ours, committed."""
        with self.app.app_context():
            ctx = self.tp.context()
            yield ctx
            self.tp.commit(ctx)

    def run(self, *arguments):
        return self.command(*arguments)

    def run_json(self, *arguments):
        """Run a command with ``--json`` and return what it printed."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def everything_kept(self):
        """Return every column of every row of our tables as one text."""
        tables = [t for t in self.tp_metadata().sorted_tables if t.name.startswith("talentpool_")]
        with self.app.app_context(), self.engine().connect() as connection:
            return "\n".join(
                str(tuple(row)) for table in tables for row in connection.execute(sa.select(table))
            )

    def tp_metadata(self):
        return self.models.Candidate.__table__.metadata


def years_ago(years):
    return datetime.now(UTC) - timedelta(days=365 * years)


def create_app():
    """Make the app for a process of its own, from its environment."""
    return Agency().create_app(
        os.environ["AGENCY_DATABASE"],
        **SETTINGS,
        TALENTPOOL_MAIL_URL=os.environ.get("AGENCY_MAIL"),
        TALENTPOOL_WORKER_INTERVAL=timedelta(seconds=0.1),
    )


def environment(database_url, mail_url=None):
    """Return the environment and the command line's beginning for a process of its own."""
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "plugin")])
    mail = {} if mail_url is None else {"AGENCY_MAIL": mail_url}
    return {**os.environ, "PYTHONPATH": paths, "AGENCY_DATABASE": database_url, **mail}
