"""Several apps in one process: each with its own keys, its own database, and its own extension or none."""

import gc

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_talentpool import HostMap, TalentPool, current_talentpool
from flask_talentpool.errors import ConfigError, MapError, TalentPoolError
from tests.hosts import registry
from tests.hosts.classic import classic_models
from tests.services.agency import SETTINGS
from tests.support.apps import dispose_engines

SHAPES = registry.all_shapes()


def decisions(app):
    with app.app_context():
        talentpool = app.extensions["talentpool"]
        return list(talentpool.db.session.scalars(sa.select(talentpool.models.decision.application_key)))


@pytest.fixture
def two_urls(database_url, request, tmp_path):
    """Two databases of one kind."""
    if database_url.startswith("sqlite"):
        yield database_url, f"sqlite:///{tmp_path / 'second.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield database_url, server.url(name)
    server.drop_database(name)


# Two hosts


@pytest.fixture
def two_hosts(two_urls, tmp_path):
    hosts = []
    for name, url in zip(("own_model", "uuid_keys"), two_urls, strict=True):
        host = SHAPES[name]()
        host.create_app(url, **SETTINGS, TALENTPOOL_MAIL_URL=f"eml://{tmp_path}/{name}")
        hosts.append(host)
        host.create_tables()
        with host.app.app_context():
            host.app.extensions["talentpool"].sync()
    yield hosts
    for host in hosts:
        host.close()


@pytest.mark.both_databases
def test_int_and_uuid_keys_live_in_one_process(two_hosts, tmp_path):
    keys = []
    for host in two_hosts:
        key = host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))
        host.reject(key)
        keys.append(key)
    for host, key in zip(two_hosts, keys, strict=True):
        assert host.app.test_cli_runner().invoke(args=["talentpool", "send"]).exit_code == 0
        assert decisions(host.app) == [str(key)]

    ints, uuids = (host.app.extensions["talentpool_state"].models.decision for host in two_hosts)
    assert isinstance(ints.__table__.c.application_id.type, sa.Integer)
    assert isinstance(uuids.__table__.c.application_id.type, sa.Uuid)
    assert [len(list((tmp_path / name).glob("*.eml"))) for name in ("own_model", "uuid_keys")] == [1, 1]


def test_each_app_sees_its_own_extension(two_hosts):
    first, second = (host.app for host in two_hosts)
    with first.app_context():
        assert current_talentpool.db is two_hosts[0].db
        with second.app_context():
            assert current_talentpool.db is two_hosts[1].db
        with pytest.raises(TalentPoolError, match="not mounted on the current application"):
            _ = second.extensions["talentpool"].models


def test_one_hosts_changes_are_noticed_inside_the_other_apps_context_by_neither(two_hosts):
    """A session belongs to the app whose context is current; the other app's sync finds the rest."""
    first, second = two_hosts
    key = first.apply("Ada Byron", "ada@mail.example", first.add_job("Engineer"))
    with first.app.app_context(), second.app.app_context(), first.app.app_context():
        application = first.application(key)
        first.settle(application, "rejected")
        first.db.session.commit()

    assert decisions(first.app) == [str(key)]
    assert decisions(second.app) == []


# One db, several apps


def small_map(models):
    return HostMap(
        candidate=models.Candidate, application=models.Application, job=models.Job, name="name", email="email",
        application_candidate="candidate", application_job="job", job_title="title", status="status",
        rejected={"rejected"}, hired={"hired"}, stage="stage", stages=("applied", "final"),
    )  # fmt: skip


@pytest.fixture
def make_app(request):
    def make(db, url, talentpool=None, **config):
        app = Flask(__name__)
        app.config.update(SECRET_KEY="x" * 20, SQLALCHEMY_DATABASE_URI=url, **SETTINGS, **config)
        db.init_app(app)
        request.addfinalizer(lambda: dispose_engines(app))
        if talentpool is not None:
            talentpool.init_app(app)
        return app

    return make


def rejected_application(app, db, models):
    with app.app_context():
        job = models.Job(title="Engineer")
        candidate = models.Candidate(name="Ada Byron", email="ada@mail.example")
        application = models.Application(candidate=candidate, job=job)
        db.session.add(application)
        db.session.commit()
        application.status = "rejected"
        db.session.commit()
        return application.id


def prepared(app, db, *, talentpool=None):
    with app.app_context():
        db.create_all()
        if talentpool is not None:
            talentpool.sync()


def test_two_apps_share_one_db_and_one_extension_and_keep_their_data_apart(two_urls, make_app):
    db = SQLAlchemy()
    models = classic_models(db)
    talentpool = TalentPool(db, small_map(models))
    apps = [make_app(db, url, talentpool) for url in two_urls]
    for app in apps:
        prepared(app, db, talentpool=talentpool)

    key = rejected_application(apps[0], db, models)

    assert decisions(apps[0]) == [str(key)]
    assert decisions(apps[1]) == []


def test_two_extensions_on_one_db_for_the_same_host_notice_once(two_urls, make_app):
    db = SQLAlchemy()
    models = classic_models(db)
    apps = []
    for url in two_urls:
        talentpool = TalentPool(db, small_map(models))
        app = make_app(db, url, talentpool)
        prepared(app, db, talentpool=talentpool)
        apps.append(app)

    keys = [rejected_application(app, db, models) for app in apps]

    assert [decisions(app) for app in apps] == [[str(key)] for key in keys]


def test_an_app_without_the_extension_is_left_alone(two_urls, make_app):
    db = SQLAlchemy()
    models = classic_models(db)
    talentpool = TalentPool(db, small_map(models))
    mounted, other = make_app(db, two_urls[0], talentpool), make_app(db, two_urls[1])
    prepared(mounted, db, talentpool=talentpool)
    prepared(other, db)

    rejected_application(other, db, models)

    with other.app_context(), db.engine.connect() as connection:
        table = talentpool_table(db)
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    assert "talentpool" not in other.jinja_env.globals
    assert "talentpool" not in other.cli.commands
    assert decisions(mounted) == []


def talentpool_table(db):
    return db.metadata.tables["talentpool_decisions"]


def test_an_app_without_our_tables_commits_as_before(two_urls, make_app):
    db = SQLAlchemy()
    models = classic_models(db)
    talentpool = TalentPool(db, small_map(models))
    make_app(db, two_urls[0], talentpool)
    other = make_app(db, two_urls[1])
    with other.app_context():
        db.metadata.create_all(
            db.engine, [t for t in db.metadata.sorted_tables if "talentpool" not in t.name]
        )

    key = rejected_application(other, db, models)

    with other.app_context():
        assert db.session.get(models.Application, key).status == "rejected"


def test_one_app_takes_one_extension(sqlite_url, make_app):
    db = SQLAlchemy()
    models = classic_models(db)
    app = make_app(db, sqlite_url, TalentPool(db, small_map(models)))

    with pytest.raises(ConfigError, match="mounted on this application already"):
        TalentPool(db, small_map(models)).init_app(app)


def test_two_hosts_on_one_metadata_are_refused(sqlite_url, make_app):
    db = SQLAlchemy()
    models = classic_models(db)

    class Visit(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        candidate_id = db.Column(db.ForeignKey("candidate.id"))
        candidate = db.relationship("Candidate")
        status = db.Column(db.String(20))

    make_app(db, sqlite_url, TalentPool(db, small_map(models)))
    second = HostMap(
        candidate=models.Candidate, application=Visit, name="name", application_candidate="candidate", status="status",
        rejected={"no"},
    )  # fmt: skip

    with pytest.raises(MapError, match=r"another host .* is already mapped on this MetaData"):
        make_app(db, sqlite_url, TalentPool(db, second))


def test_apps_that_are_gone_leave_nothing_behind(sqlite_url, make_app):
    """A test suite makes hundreds of apps; the listener must not keep them alive."""
    import weakref

    db = SQLAlchemy()
    models = classic_models(db)
    app = make_app(db, sqlite_url, TalentPool(db, small_map(models)))
    dispose_engines(app)
    gone = weakref.ref(app.extensions["talentpool"])
    app.extensions.clear()
    app.jinja_env.globals.clear()
    del app
    gc.collect()

    assert gone() is None
