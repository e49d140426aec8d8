"""The real `flask db init, migrate, upgrade, check, downgrade` of a small host that mounts the extension."""

import os
import re
import shutil

import pytest
import sqlalchemy as sa

from tests.support import forked
from tests.support.smtp import REPOSITORY

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

pytest.importorskip("flask_migrate")

APP = """
import os

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Candidate(db.Model):
    id = db.Column(db.{key}, primary_key=True)
    name = db.Column(db.String(80))
    email = db.Column(db.String(120))


class Job(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(80))


class Application(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    candidate_id = db.Column(db.ForeignKey("candidate.id"))
    candidate = db.relationship("Candidate")
    job_id = db.Column(db.ForeignKey("job.id"))
    job = db.relationship("Job")
    status = db.Column(db.String(20))
    {more}


def create_app():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x", SQLALCHEMY_DATABASE_URI=os.environ["HOST_DATABASE"])
    db.init_app(app)
    options = {{}}
    if os.environ.get("HOST_KEEPS_OURS"):
        from flask_talentpool.migrations import include_object

        options["include_object"] = include_object
    Migrate(app, db, directory="migrations", **options)
    if not os.environ.get("HOST_ALONE"):
        from flask_talentpool import HostMap, TalentPool

        TalentPool(
            db,
            HostMap(
                candidate=Candidate, application=Application, job=Job, name="name", email="email",
                application_candidate="candidate", application_job="job", job_title="title", status="status",
                rejected={{"rejected"}},
            ),
        ).init_app(app)
    return app
"""


class Host:
    """A host in a folder of its own, driven by its command line."""

    def __init__(self, folder, database_url):
        self.folder, self.url = folder, database_url
        self.write()

    def write(self, *, key="Integer", more=""):
        (self.folder / "host_app.py").write_text(APP.format(key=key, more=more))

    def flask(self, *arguments, fails=False, **environment):
        environment = {**os.environ, "HOST_DATABASE": self.url, **environment}
        result = forked.flask(
            "--app", "host_app:create_app", *arguments, folder=self.folder, environment=environment
        )
        assert (result.code != 0) is fails, result.all
        return result

    def migrate(self, message, **environment):
        """Write a migration and return its text; empty when there was nothing to migrate."""
        before = set(self.versions())
        self.flask("db", "migrate", "-m", message, **environment)
        new = set(self.versions()) - before
        return new.pop().read_text() if new else ""

    def versions(self):
        return list((self.folder / "migrations" / "versions").glob("*.py"))

    def tables(self):
        engine = sa.create_engine(self.url)
        try:
            return set(sa.inspect(engine).get_table_names())
        finally:
            engine.dispose()

    def columns(self, table):
        engine = sa.create_engine(self.url)
        try:
            return {column["name"]: str(column["type"]) for column in sa.inspect(engine).get_columns(table)}
        finally:
            engine.dispose()

    def execute(self, statement):
        engine = sa.create_engine(self.url)
        try:
            with engine.begin() as connection:
                result = connection.execute(sa.text(statement))
                return result.fetchall() if result.returns_rows else []
        finally:
            engine.dispose()


@pytest.fixture
def host(tmp_path, database_url):
    """A host that has migrated itself, before it knew us, and has a row."""
    return migrated(tmp_path / "host", database_url)


@pytest.fixture(scope="module")
def upgraded_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("upgraded") / "host"
    host = migrated(folder, f"sqlite:///{folder / 'host.db'}")
    host.migrate("talent pool")
    host.flask("db", "upgrade")
    return folder


@pytest.fixture
def upgraded(tmp_path, upgraded_once):
    """A host that has migrated our tables as well: a copy, since each command takes more than a second."""
    folder = shutil.copytree(upgraded_once, tmp_path / "host")
    return Host(folder, f"sqlite:///{folder / 'host.db'}")


def migrated(folder, database_url):
    folder.mkdir()
    host = Host(folder, database_url)
    host.flask("db", "init", HOST_ALONE="1")
    host.migrate("host", HOST_ALONE="1")
    host.flask("db", "upgrade", HOST_ALONE="1")
    host.execute("INSERT INTO candidate (id, name) VALUES (1, 'Ada Byron')")
    return host


OURS = "talentpool_"


def ours(tables):
    return {table for table in tables if table.startswith(OURS)}


def test_the_whole_cycle(host):
    before = {table: host.columns(table) for table in ("candidate", "job", "application")}
    written = host.migrate("talent pool")

    # The file of the host imports nothing of ours, so it runs when we are uninstalled as well.
    assert not re.search(r"^\s*(from|import) +flask_talentpool", written, re.MULTILINE)
    assert "flask_talentpool" not in written
    assert "UtcDateTime" not in written
    assert "sa.DateTime(timezone=True)" in written
    assert not [line for line in written.splitlines() if "batch_alter_table('candidate'" in line]

    host.flask("db", "upgrade")
    assert len(ours(host.tables())) == 24
    assert "No new upgrade operations detected" in host.flask("db", "check").all
    assert host.migrate("nothing") == ""

    assert host.flask("talentpool", "sync").out.startswith("First sync: 0 outcomes")
    assert {table: host.columns(table) for table in before} == before

    host.flask("db", "downgrade")
    assert ours(host.tables()) == set()
    assert {table: host.columns(table) for table in before} == before
    assert host.execute("SELECT name FROM candidate") == [("Ada Byron",)]
    host.flask("db", "upgrade")
    assert len(ours(host.tables())) == 24


def test_before_the_upgrade_commands_name_it_and_the_host_goes_on(host):
    said = host.flask("talentpool", "sync", fails=True).err

    assert "flask db migrate" in said
    assert "flask db upgrade" in said
    checked = host.flask("talentpool", "check", fails=True).out
    assert "Make them with `flask db migrate && flask db upgrade`" in checked


def test_a_later_change_of_the_host_touches_only_the_host(upgraded):
    upgraded.write(more="note = db.Column(db.String(20))")

    written = upgraded.migrate("note")

    assert "'note'" in written
    assert OURS not in written


def test_a_run_that_does_not_load_us_would_drop_our_tables_and_include_object_prevents_it(upgraded):
    upgraded.write(more="note = db.Column(db.String(20))")

    kept = upgraded.migrate("note", HOST_ALONE="1", HOST_KEEPS_OURS="1")
    upgraded.flask("db", "upgrade", HOST_ALONE="1", HOST_KEEPS_OURS="1")

    assert "'note'" in kept
    assert OURS not in kept
    assert len(ours(upgraded.tables())) == 24
    # What it is good for: without it, the same run drops them.
    assert "op.drop_table('talentpool_decisions')" in upgraded.migrate("lost", HOST_ALONE="1")


def test_switched_off_the_tables_stay_in_the_migration(upgraded):
    """Otherwise switching off would make the host's next migration drop them."""
    text = (upgraded.folder / "host_app.py").read_text()
    (upgraded.folder / "host_app.py").write_text(
        text.replace('SECRET_KEY="x",', 'SECRET_KEY="x", TALENTPOOL_ENABLED=False,')
    )

    assert "No new upgrade operations detected" in upgraded.flask("db", "check").all


def test_keys_of_the_host_are_followed(tmp_path, database_url):
    folder = tmp_path / "host"
    folder.mkdir()
    host = Host(folder, database_url)
    host.write(key="Uuid")
    host.flask("db", "init")
    host.migrate("all")
    host.flask("db", "upgrade")

    assert "No new upgrade operations detected" in host.flask("db", "check").all
    assert host.columns("talentpool_candidate_links")["candidate_id"] == host.columns("candidate")["id"]


def test_include_object_can_be_joined_with_the_hosts_own():
    from flask_talentpool.migrations import also, include_object

    joined = also(lambda _object, name, *_: name != "legacy")

    assert include_object(None, "talentpool_pools", "table", True, None) is False
    assert include_object(None, "talentpool_pools", "table", True, object()) is True
    assert include_object(None, "talentpool_pools", "table", False, None) is True
    assert include_object(None, "candidate", "table", True, None) is True
    assert joined(None, "talentpool_pools", "table", True, None) is False
    assert joined(None, "legacy", "table", True, None) is False
    assert joined(None, "candidate", "table", True, None) is True


def test_the_example_has_a_revision_for_all_that_is_kept_now(tmp_path):
    """The demo makes its tables by these revisions alone."""
    environment = {**os.environ, "ATS_STATE": str(tmp_path)}

    for act in ("upgrade", "check"):
        result = forked.flask("--app", "examples.ats", "db", act, folder=REPOSITORY, environment=environment)
        assert result.code == 0, result.all
