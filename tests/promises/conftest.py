"""What every attack on a promise starts from."""

import shutil

import pytest

from tests.promises.filled import Filled, fill
from tests.promises.world import World
from tests.support import forked
from tests.support.smtp import SmtpServer

WATCHING = {
    "TALENTPOOL_HIRE_WATCH": "2026-01-05: all employees",
    "TALENTPOOL_CALENDAR_KEY": "a key of sixteen or more",
}


@pytest.fixture
def make_world_on(request):
    """Make a world on a database; settings are given as keywords."""

    def make(database_url, *, tables=True, synced=True, **config):
        world = World(database_url, **config)
        request.addfinalizer(world.close)
        context = world.app.app_context()
        context.push()
        request.addfinalizer(context.pop)
        if tables:
            world.create_tables()
        if tables and synced:
            world.tp.sync()
        return world

    return make


@pytest.fixture
def make_world(database_url, make_world_on):
    """Make a world on this test's database; settings are given as keywords."""
    return lambda **options: make_world_on(database_url, **options)


@pytest.fixture
def world(make_world):
    """A host whose first sync has been, with our letters on automatic and due at once."""
    return make_world()


class Templates:
    """Databases with everything in them: filled once for each kind, copied for each test."""

    def __init__(self, folder):
        self.folder = folder
        self.ready = {}

    def copied(self, kind, request):
        """Return the URL of a fresh copy, and what is in it."""
        if kind == "sqlite":
            if kind not in self.ready:
                self.ready[kind] = self._filled(f"sqlite:///{self.folder / 'template.db'}")
            copy = request.getfixturevalue("tmp_path") / "filled.db"
            shutil.copy(self.folder / "template.db", copy)
            return f"sqlite:///{copy}", self.ready[kind]
        server = request.getfixturevalue("postgres_server")
        if kind not in self.ready:
            self.template = server.create_database()
            self.ready[kind] = self._filled(server.url(self.template))
        name = server.create_database(self.template)
        request.addfinalizer(lambda: server.drop_database(name))
        return server.url(name), self.ready[kind]

    def _filled(self, url):
        world = World(url, **WATCHING)
        with SmtpServer() as server, world.app.app_context():
            world.create_tables()
            world.tp.sync()
            inside = fill(world, server)
        world.close()
        return inside


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    return Templates(tmp_path_factory.mktemp("promises"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def filled(request, templates):
    """A world with everything in it, and no app context around its requests, as on a real server."""
    url, inside = templates.copied(request.param, request)
    world = World(url, **WATCHING)
    yield Filled(world, *inside)
    world.close()


@pytest.fixture(scope="session")
def processes():
    """Start functions in processes of their own, quickly: they are forked from one that has imported everything."""
    return forked.context()
