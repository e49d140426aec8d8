"""P2: whoever the host says, at any time, never to pool has no place and is offered none."""

import pytest
import sqlalchemy as sa

from flask_talentpool.decisions import facts
from flask_talentpool.enums import Door, MemberState
from flask_talentpool.pools import service as pools
from tests.support.people import RITA


def barred(application):
    if application.note == "unreadable":
        raise KeyError(application.note)
    return application.note == "barred"


def with_a_place(world, **columns):
    """Let somebody be turned down and be noted in a pool; their application."""
    (row,) = world.told(**columns)
    other = world.apply(stage="interview")[0]
    other.candidate = row.candidate
    world.session.commit()

    def note(ctx):
        decision = facts.live_decision(ctx, row.id)
        person = ctx.session.get(world.m.person, decision.person_id)
        return pools.offer_place(ctx, person, decision, by=RITA)[0].id

    world.change(note)
    return row


@pytest.mark.parametrize("how", ["by the hook", "in bulk"])
def test_a_status_that_bars_pools_said_later_ends_the_place(world, smtp_server, how):
    row = with_a_place(world)
    change = world.set_status if how == "by the hook" else world.bulk

    change("blacklisted", row)
    world.tp.sync()
    world.tp.sync()
    world.send(smtp_server)

    (member,) = world.members()
    assert (member.state, member.ended_because) == (MemberState.ENDED, "never_pool")
    assert smtp_server.mails == []


def test_what_a_callable_says_later_ends_the_place_whatever_another_row_raises(make_world):
    world = make_world(entries={"never_pool": barred})
    row, unreadable, third = with_a_place(world), with_a_place(world), with_a_place(world)
    row.note, unreadable.note = "barred", "unreadable"
    world.session.commit()

    world.tp.sync()

    assert [member.state == MemberState.ENDED for member in world.members()] == [True, False, False]
    assert world.decision(row).never_pool
    assert world.decision(row).door == Door.CLOSED
    assert not world.decision(third).never_pool


def test_it_goes_on_barring_when_the_host_deletes_the_row(world):
    row = with_a_place(world)
    world.set_status("blacklisted", row)
    world.tp.sync()
    person = world.session.scalars(sa.select(world.m.person)).one()

    world.session.delete(row)
    world.session.commit()
    world.tp.sync()

    assert pools.is_barred(world.tp.context(), person)


def test_taken_back_by_the_host_it_bars_nobody_and_the_place_stays_ended(world):
    row = with_a_place(world)
    world.set_status("blacklisted", row)
    world.tp.sync()

    world.set_status("open", row)
    world.tp.sync()

    person = world.session.scalars(sa.select(world.m.person)).one()
    assert not pools.is_barred(world.tp.context(), person)
    assert [member.state for member in world.members()] == [MemberState.ENDED]


def test_said_in_bulk_of_somebody_without_a_place_it_is_known_and_makes_no_second_decision(world):
    (row,) = world.told()

    world.bulk("blacklisted", row)
    world.tp.sync()
    world.tp.sync()

    assert [decision.never_pool for decision in world.decisions_of(row)] == [True]
