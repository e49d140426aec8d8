"""Leaving the pool from a mail program (RFC 8058): a bare POST, one answer for all, and looking changes nothing."""

import pytest
import sqlalchemy as sa

from flask_talentpool.people import service as people
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from tests.promises.world import World
from tests.support.people import RITA

FORM = {"data": {"List-Unsubscribe": "One-Click"}}
MULTIPART = {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"}


@pytest.fixture
def world(database_url, smtp_server):
    world = World(
        database_url, TALENTPOOL_MAIL_URL=smtp_server.url, TALENTPOOL_PUBLIC_URL="https://host.test"
    )
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
    yield world
    world.close()


@pytest.fixture
def address(world, smtp_server):
    """Send an invitation by membership and return the path in its List-Unsubscribe."""
    with world.app.app_context():
        (application,) = world.told(1)

        def take(ctx):
            person = ctx.session.scalars(sa.select(ctx.models.person)).one()
            pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

        world.change(take)
        world.clock.advance(world.tp.settings.reuse_window * 1.2)
        world.change(lambda ctx: recalls.invite(ctx, world.decision(application), by=RITA))
        world.tp.dispatch()
        world.session.remove()
    (header,) = smtp_server.mails[-1].header_lines("List-Unsubscribe")
    return header.decode().partition("https://host.test")[2].rstrip(">")


def states(world):
    with world.app.app_context():
        found = [member.state for member in world.members()]
        world.session.remove()
    return found


def test_the_headers_stand_whole_on_the_wire(world, address, smtp_server):
    mail = smtp_server.mails[-1]

    assert mail.header_lines("List-Unsubscribe") == [
        f"List-Unsubscribe: <https://host.test{address}>".encode()
    ]
    assert mail.header_lines("List-Unsubscribe-Post") == [
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    ]
    assert mail.header_lines("List-Id") == [b"List-Id: <pool.host.test>"]


@pytest.mark.parametrize("body", [FORM, MULTIPART], ids=["urlencoded", "multipart"])
def test_a_bare_post_leaves_the_pool_and_sets_no_cookie(world, address, body):
    answer = world.app.test_client().post(address, **body)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert states(world) == ["ended"]


def test_twice_is_once_and_the_answer_is_the_same(world, address):
    client = world.app.test_client()

    first, second = client.post(address, **FORM), client.post(address, **FORM)

    assert first.data == second.data
    with world.app.app_context():
        assert world.count(world.m.touch) == 3  # told, invited, left
        world.session.remove()


def test_an_unknown_address_gets_the_same_answer(world, address):
    client = world.app.test_client()

    unknown, known = client.post("/talent-pool/u/never-made", **FORM), client.post(address, **FORM)

    assert (unknown.status_code, unknown.data) == (known.status_code, known.data)


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(world, address, method):
    client = world.app.test_client()

    answer = getattr(client, method)(address)

    assert answer.status_code == 200
    assert states(world) == ["member"]
    if method == "get":
        assert "<form" in answer.text
        assert client.get("/talent-pool/u/never-made").data == answer.data


def test_it_works_after_the_person_is_erased(world, address):
    with world.app.app_context():
        world.change(
            lambda ctx: people.forget(ctx, ctx.session.scalars(sa.select(world.m.person)).one(), by=RITA)
        )
        world.session.remove()

    assert world.app.test_client().post(address, **FORM).status_code == 200


def test_an_expired_link_still_leaves(world, address):
    with world.app.app_context():
        world.session.execute(sa.update(world.m.link).values(expires_at=world.clock.now()))
        world.session.commit()
        world.session.remove()

    world.app.test_client().post(address, **FORM)

    assert states(world) == ["ended"]


def test_every_answer_is_in_the_readers_language_whatever_the_letter_was_in(world, address):
    client, german = world.app.test_client(), {"Accept-Language": "de-DE, en;q=0.5"}

    asked, unknown = (
        client.get(address, headers=german),
        client.get("/talent-pool/u/never-made", headers=german),
    )
    done = client.post(address, headers=german, **FORM)

    assert (asked.data, asked.status_code) == (unknown.data, unknown.status_code)
    for page in (asked, done):
        assert '<html lang="de">' in page.text
        assert page.headers["Vary"].startswith("Accept, Accept-Language")
    assert "Talentpool verlassen</button>" in asked.text
    assert "Sie haben den Talentpool verlassen" in done.text
    assert states(world) == ["ended"]


def test_the_same_token_as_a_link_shows_the_place_and_not_the_invitation(world, address):
    path = address.replace("/u/", "/l/")
    client = world.app.test_client()

    page = client.get(path, headers={"Accept": "application/json"}).json
    refused = client.post(path, data={"say": "yes"})
    left = client.post(path, data={"say": "leave"})

    assert (page["purpose"], page["state"], page["may_say"]) == ("stay", "member", ["leave"])
    assert (refused.status_code, left.status_code) == (400, 303)
    assert states(world) == ["ended"]
