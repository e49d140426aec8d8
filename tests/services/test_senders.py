"""Whom letters come from and where they are handed over: what cannot work is refused, what is allowed arrives."""

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.errors import ConfigError
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from tests.promises.world import RITA, World


@pytest.fixture
def make_world(database_url, request):
    def make(**config):
        world = World(database_url, **config)
        request.addfinalizer(world.close)
        context = world.app.app_context()
        context.push()
        request.addfinalizer(context.pop)
        world.create_tables()
        world.tp.sync()
        return world

    return make


def the_letter(world):
    world.session.rollback()
    return world.session.scalars(sa.select(world.m.letter)).one()


def owned_by(world, address):
    return world.Job(title="Engineer", owner=world.User(name="Ada", email=address))


def invite_a_member(world, row):
    def take(ctx):
        person = ctx.session.scalars(sa.select(ctx.models.person)).one()
        pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

    world.change(take)
    world.clock.advance(world.tp.settings.reuse_window * 1.2)
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))


def test_letters_come_from_an_address_of_the_local_network(make_world, smtp_server):
    world = make_world(TALENTPOOL_MAIL_URL=smtp_server.url, TALENTPOOL_MAIL_FROM="Anna <jobs@intranet>")
    (row,) = world.apply(stage="screen", job=owned_by(world, "ada@intranet"))
    world.reject(row)

    world.tp.sync()
    assert world.tp.dispatch().sent == 1

    (mail,) = smtp_server.mails
    assert mail.mail_from == "jobs@intranet"
    assert b"From: Anna <jobs@intranet>" in mail.raw
    assert b"Reply-To: ada@intranet" in mail.raw


def test_an_invitation_from_an_international_address_can_be_left_by_its_header(make_world, smtp_server):
    world = make_world(
        TALENTPOOL_MAIL_URL=smtp_server.url,
        TALENTPOOL_MAIL_FROM="Anna <jobs@bücher.test>",
        TALENTPOOL_PUBLIC_URL="https://bücher.test",
        TALENTPOOL_BOUNCE_MAILBOX="b+{letter}@bücher.test",
    )
    (row,) = world.apply()
    world.reject(row)
    world.tp.sync()
    world.tp.dispatch()

    invite_a_member(world, row)
    world.tp.dispatch()

    outcome, invitation = smtp_server.mails
    assert outcome.mail_from.endswith("@xn--bcher-kva.test")
    assert b"List-Id: <pool.xn--bcher-kva.test>" in invitation.raw
    assert b"List-Unsubscribe: <https://xn--bcher-kva.test/talent-pool/u/" in invitation.raw.replace(
        b"\r\n ", b" "
    )


def test_a_letter_of_a_sender_that_cannot_be_waits_for_the_setting_and_not_for_the_candidate(
    make_world, smtp_server
):
    world = make_world(TALENTPOOL_MAIL_URL=smtp_server.url)
    (row,) = world.apply(stage="screen")
    world.reject(row)
    world.tp.sync()
    # As an earlier version wrote it.
    world.session.execute(sa.update(world.m.letter).values(from_address="jörg@host.test"))
    world.session.commit()

    world.tp.dispatch()
    letter = the_letter(world)
    assert (letter.state, letter.because) == (LetterState.HELD, HoldReason.SETTINGS)
    assert "TALENTPOOL_MAIL_FROM" in letter.detail
    assert smtp_server.mails == []

    world.tp.sync()
    world.tp.dispatch()
    assert the_letter(world).state == LetterState.SENT
    assert b"<jobs@host.test>" in smtp_server.mails[0].raw


@pytest.mark.parametrize("stored", ["jörg@host.test", "jobs", "jobs@"])
def test_an_invitation_of_a_sender_that_cannot_be_waits_for_the_setting_as_well(
    make_world, smtp_server, stored
):
    world = make_world(TALENTPOOL_MAIL_URL=smtp_server.url, TALENTPOOL_PUBLIC_URL="https://host.test")
    (row,) = world.apply()
    world.reject(row)
    world.tp.sync()
    world.tp.dispatch()
    invite_a_member(world, row)
    letter = world.m.letter
    world.session.execute(sa.update(letter).where(letter.kind == "recall").values(from_address=stored))
    world.session.commit()

    world.tp.dispatch()

    world.session.rollback()
    invitation = world.session.scalars(sa.select(letter).where(letter.kind == "recall")).one()
    assert (invitation.state, invitation.because) == (LetterState.HELD, HoldReason.SETTINGS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TALENTPOOL_MAIL_FROM", "Jörg <jörg@host.test>"),
        ("TALENTPOOL_POOL_MAIL_FROM", "jörg@host.test"),
        ("TALENTPOOL_BOUNCE_MAILBOX", "jörg@host.test"),
        ("TALENTPOOL_REPLY_MAILBOX", "jörg@host.test"),
        ("TALENTPOOL_SEND_ALL_MAIL_TO", "jörg@host.test"),
        ("TALENTPOOL_DEPUTY_MAILBOX", "jörg@host.test"),
        ("TALENTPOOL_URGENT_MAILBOX", "jörg@host.test"),
        ("TALENTPOOL_MAIL_URL", "smtp://hunter@host.test"),
        ("TALENTPOOL_MAIL_URL", "smtp://host.test/path"),
        ("TALENTPOOL_MAIL_URL", "eml://C:\\mail"),
        ("TALENTPOOL_PUBLIC_URL", "https://host.test/<a>"),
    ],
)
def test_what_no_letter_could_leave_with_stops_the_start(make_world, key, value):
    with pytest.raises(ConfigError) as refused:
        make_world(**{key: value})

    [problem] = refused.value.problems
    assert problem.startswith(f"{key} ")
    assert "hunter" not in str(refused.value)
    assert "such as" in problem or "as in" in problem
