"""What the service tests start from: the agency's host on each database."""

import pytest

from tests.promises.world import World
from tests.services.agency import SETTINGS, Agency


@pytest.fixture
def mail_folder(tmp_path):
    return tmp_path / "mail"


@pytest.fixture
def make_agency(database_url, mail_folder, request):
    """Make the agency's host on this test's database; settings are given as keywords, None leaves one out."""

    def make(*, tables=True, shape=Agency, url=database_url, clock=None, **config):
        host = shape()
        host.create_app(
            url, clock=clock, **{**SETTINGS, "TALENTPOOL_MAIL_URL": f"eml://{mail_folder}", **config}
        )
        request.addfinalizer(host.close)
        if tables:
            host.create_tables()
        return host

    return make


@pytest.fixture
def agency(make_agency):
    return make_agency()


@pytest.fixture
def letters(mail_folder):
    """Return the letters handed over so far, as text."""
    return lambda: [path.read_text() for path in sorted(mail_folder.glob("*.eml"))]


@pytest.fixture
def make_world(database_url, mail_folder, request):
    """Make a world of the promises on this test's database, its first sync done; settings are given as keywords."""

    def make(**config):
        mail_folder.mkdir(exist_ok=True)
        world = World(database_url, **{"TALENTPOOL_MAIL_URL": f"eml://{mail_folder}", **config})
        request.addfinalizer(world.close)
        context = world.app.app_context()
        context.push()
        request.addfinalizer(context.pop)
        world.create_tables()
        world.tp.sync()
        return world

    return make
