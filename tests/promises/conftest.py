"""What every attack on a promise starts from."""

import multiprocessing
import os

import pytest

from tests.promises.world import World
from tests.support.smtp import REPOSITORY


@pytest.fixture
def make_world(database_url, request):
    """Make a world on this test's database; settings are given as keywords."""

    def make(*, tables=True, synced=True, **config):
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
def world(make_world):
    """A host whose first sync has been, with our letters on automatic and due at once."""
    return make_world()


@pytest.fixture(scope="session")
def processes():
    """Start functions in processes of their own, quickly: they are forked from one that has imported everything."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(REPOSITORY), str(REPOSITORY / "plugin"), *([before] if before else [])]
    )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.promises.sender"])
    yield context
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
