"""The host whose database is frozen: its own tables never change, whatever ours become.

It is made in this process for the pages, and in others for `flask db`. What the environment names is added to our
tables at run time, as a later version would have it.
"""

import json
import os
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager, UserMixin, login_user
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from jinja2 import StrictUndefined

from flask_talentpool import FlaskLoginAccess, HostMap, TalentPool
from flask_talentpool.testing import ManualClock

FROZEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The moment at which the rows were written; what is due then is due in the tests."""
MORE = "FROZEN_HOST_MORE"
"""Names columns and indexes of a later version, as JSON."""

db = SQLAlchemy()


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


def make_app(url: str, *, with_migrations: bool = True) -> Flask:
    """Make the host on a database, with the extension mounted on it."""
    app = Flask("frozen_host")
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    app.config.update(
        SECRET_KEY="the host's own secret",
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=url,
        TALENTPOOL_OUTCOME_LETTERS="ours",
        TALENTPOOL_MODES="auto",
        TALENTPOOL_DELAY=timedelta(0),
        TALENTPOOL_MAIL_URL="smtp://127.0.0.1:1",
        TALENTPOOL_MAIL_FROM="Anna Berg <jobs@host.test>",
        TALENTPOOL_PUBLIC_URL="http://host.test",
        TALENTPOOL_COMPANY="Host Ltd",
    )
    db.init_app(app)
    if with_migrations:
        Migrate(app, db, directory="migrations")
    manager = LoginManager(app)

    @manager.user_loader
    def load(key: str) -> User | None:
        return db.session.get(User, int(key))

    @app.get("/sign-in/<int:key>")
    def sign_in(key: int) -> str:
        login_user(db.session.get(User, key))
        return "in"

    TalentPool(
        db,
        HostMap(
            candidate=Candidate,
            application=Application,
            job=Job,
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
            stages=("applied", "screen", "interview", "final"),
            interviewed_from="interview",
            scope="scope",
            owner="job.owner",
        ),
        access=FlaskLoginAccess(
            role="role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"}, scope="scope"
        ),
        clock=ManualClock(FROZEN_AT),
    ).init_app(app)
    return app


def create_app() -> Flask:
    """Make the app for a process of its own, from its environment."""
    app = make_app(os.environ["HOST_DATABASE"], with_migrations="HOST_WITHOUT_MIGRATIONS" not in os.environ)
    grow(db.metadata, json.loads(os.environ.get(MORE, "[]")))
    return app


def grow(metadata: sa.MetaData, more: list[dict[str, str]]) -> None:
    """Add to our tables what a later version could have: each a table with a column, a type and what else is asked for."""
    types = {"text": sa.String(40), "number": sa.Integer(), "flag": sa.Boolean(create_constraint=False)}
    for one in more:
        table = metadata.tables[one["table"]]
        key = (
            (
                sa.ForeignKey(
                    f"{one['refers_to']}.id", name=f"{one['table']}_{one['column']}_fk", ondelete="SET NULL"
                ),
            )
            if "refers_to" in one
            else ()
        )
        kind = metadata.tables[one["refers_to"]].c.id.type if key else types[one.get("type", "text")]
        column = sa.Column(
            one["column"], kind, *key, nullable="not_null" not in one, server_default=one.get("default")
        )
        table.append_column(column)
        if "index" in one:
            sa.Index(one["index"], column)
        if "unique" in one:
            table.append_constraint(sa.UniqueConstraint(column, name=one["unique"]))
