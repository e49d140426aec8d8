"""Leaving a pool stops, in the same transaction, what rested on the place."""

import pytest
import sqlalchemy as sa

from flask_talentpool.pools import ending
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from tests.promises.world import World
from tests.support.people import RITA


@pytest.fixture
def world(database_url):
    world = World(database_url)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        yield world
    world.close()


@pytest.fixture
def invited(world, smtp_server):
    """Return a call that invites a member back, to the job they once applied for or long after."""

    def make(*, long_after):
        (row,) = world.rejected(stage="final")
        world.clock.advance(world.tp.settings.answer_target * 2)
        world.tp.sync()
        world.send(smtp_server)
        world.change(lambda ctx: take(ctx, row))
        if long_after:
            world.clock.advance(world.tp.settings.reuse_window * 1.2)
        world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))
        smtp_server.mails.clear()
        return row

    def take(ctx, row):
        person = ctx.session.scalars(sa.select(ctx.models.person)).one()
        pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

    return make


def leave(world):
    world.change(lambda ctx: ending.leave(ctx, ctx.session.scalars(sa.select(ctx.models.person)).one()))


def invitation(world):
    letter = world.m.letter
    return world.session.execute(sa.select(letter.state, letter.because).where(letter.kind == "recall")).one()


def test_an_invitation_that_rested_on_the_place_does_not_go(world, smtp_server, invited):
    invited(long_after=True)

    leave(world)
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert invitation(world) == ("cancelled", "left_pool")
    assert world.session.scalars(sa.select(world.m.recall.state)).all() == ["closed"]


def test_one_that_rests_on_the_application_itself_goes(world, smtp_server, invited):
    invited(long_after=False)

    leave(world)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_a_place_that_ended_unseen_stops_it_at_the_last_moment(world, smtp_server, invited):
    invited(long_after=True)
    world.session.execute(sa.update(world.m.member).values(state="ended"))
    world.session.commit()

    world.send(smtp_server)

    assert smtp_server.mails == []
    assert invitation(world) == ("cancelled", "left_pool")


def test_another_place_keeps_it_going(world, smtp_server, invited):
    invited(long_after=True)
    world.change(lambda ctx: another(ctx, world))

    world.change(
        lambda ctx: ending.end_place(
            ctx, ctx.session.scalars(sa.select(ctx.models.member)).first(), because="left", by=RITA
        )
    )
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def another(ctx, world):
    person = ctx.session.scalars(sa.select(ctx.models.person)).one()
    pool = pools.create_pool(ctx, "", name="Old Times", by=RITA)
    ctx.session.add(
        ctx.models.member(
            scope="",
            pool_id=pool.id,
            person_id=person.id,
            state="member",
            added_at=ctx.now(),
            added_by=RITA.id,
            source="letter",
        )
    )


def test_the_trail_of_acts_has_the_candidate_by_their_id_alone(world, invited):
    invited(long_after=False)

    leave(world)

    audit = world.m.audit
    named = sa.select(audit.actor_name).where(audit.actor.startswith("person:"))
    assert set(world.session.scalars(named)) == {None}
