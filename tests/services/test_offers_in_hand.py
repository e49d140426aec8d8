"""Who has an offer of ours in hand: not unanswered, not written to, and not turned down in passing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.choices import Keys
from flask_talentpool.decisions import lifecycle
from flask_talentpool.enums import Act
from flask_talentpool.errors import MapError, Refused
from tests.support.people import RITA

WAYS = {
    "in a column": {"offered": "note"},
    "by the status": {"offered": lambda application: application.status == "offer"},
}


@pytest.fixture(params=WAYS)
def world(make_world, request):
    """Hosts that say in a column, and by a function of the status, that an offer is out."""
    return make_world(TALENTPOOL_MORNING_MAIL=False, entries=WAYS[request.param])


def offer(world, application, *, is_out=True):
    """Make the offer, or let it end without a decision; both hosts hear of it."""
    application.note = "20 November" if is_out else None
    application.status = "offer" if is_out else "open"
    world.session.commit()


@pytest.fixture
def offered(world):
    """Somebody whose clock ran out, with an offer of ours since."""
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=30))
    offer(world, person)
    world.tp.sync()
    return person


def clock_of(world, application):
    world.session.rollback()
    clock = world.m.clock
    statement = sa.select(clock).where(clock.application_key == str(application.id))
    return world.session.scalars(statement.execution_options(populate_existing=True)).one()


def start(world, *applications):
    """Write down that people are turned down, and look at them; the id."""

    def work(ctx):
        keys = Keys(keys=tuple(str(one.id) for one in applications))
        return bulk_selection.start(
            ctx, Act.REJECT, keys, by=RITA, visible=lambda statement: statement, may=lambda _: True
        ).id

    bulk_id = world.change(work)
    world.tp.work_bulks()
    return bulk_id


def confirm(world, bulk_id, *, says_so=False):
    return world.change(
        lambda ctx: bulk.confirm(
            ctx, ctx.session.get(ctx.models.bulk, bulk_id), number=None, says_so=says_so, by=RITA
        )
    )


def came_to(world, bulk_id):
    world.session.rollback()
    item = world.m.bulk_item
    statement = sa.select(item).where(item.bulk_id == bulk_id).order_by(item.id)
    return [(one.state, one.because) for one in world.session.scalars(statement)]


def test_who_has_an_offer_is_not_unanswered(world, offered):
    assert world.tp.unanswered() == ()
    assert clock_of(world, offered).answered_by == "offered"


def test_no_letter_says_that_it_is_still_open_to_who_has_an_offer(world, offered):
    world.clock.advance(timedelta(days=30))
    world.tp.sync()
    with pytest.raises(Refused, match="has an offer of ours"):
        world.change(lambda ctx: progress.say_still_open(ctx, ctx.session.get(ctx.models.clock, 1), by=RITA))

    assert world.letters() == []


def test_an_offer_that_the_last_look_did_not_see_yet_is_seen_on_the_page(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    offer(world, person)

    (row,) = world.tp.unanswered()

    assert (row.has_offer, row.may_say_open) == (True, False)


def test_an_offer_that_ends_undecided_lets_the_days_count_again(world, offered):
    offer(world, offered, is_out=False)
    world.tp.sync()

    (row,) = world.tp.unanswered()

    assert (row.application_key, row.target_days) == (str(offered.id), 10)
    assert clock_of(world, offered).offered_at is None


@pytest.mark.both_databases
@pytest.mark.parametrize("is_seen", [True, False], ids=["by the hook", "by the next look"])
def test_turned_down_in_the_ats_the_letter_waits_for_a_person(world, offered, is_seen):
    if is_seen:
        world.reject(offered)
    else:
        world.bulk("rejected", offered)
    world.tp.sync()
    world.clock.advance(timedelta(days=3))
    world.tp.sync()
    world.send()

    letter = world.letter(offered)
    assert (letter.state, letter.because) == ("held", "offer_in_hand")

    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(offered), by=RITA))
    world.send()
    assert [one.state for one in world.letters()] == ["sent"]


def test_turned_down_before_any_look_saw_the_offer_the_letter_waits(world):
    (person,) = world.apply(stage="applied")
    offer(world, person)
    assert person.note == "20 November", "a host reads a row before it changes it"
    world.reject(person)

    world.tp.sync()

    assert (world.letter(person).state, world.letter(person).because) == ("held", "offer_in_hand")


def test_an_offer_that_ended_before_the_decision_holds_nothing(world, offered):
    offer(world, offered, is_out=False)
    world.tp.sync()
    world.reject(offered)

    world.tp.sync()

    assert world.letter(offered).state == "due"


def test_among_many_nobody_with_an_offer_is_turned_down(world, offered):
    (other,) = world.apply(stage="interview")

    bulk_id = start(world, offered, other)

    assert came_to(world, bulk_id) == [("left_out", "has_offer"), ("ready", "")]


def test_an_offer_made_after_somebody_confirmed_leaves_the_person_out(world):
    (person,) = world.apply(stage="interview")
    bulk_id = start(world, person)
    assert confirm(world, bulk_id).is_confirmed
    offer(world, person)

    world.tp.work_bulks()

    assert came_to(world, bulk_id) == [("left_out", "has_offer")]


def test_alone_the_offer_is_named_before_anybody_is_turned_down(world, offered):
    bulk_id = start(world, offered)

    refused = confirm(world, bulk_id)
    assert not refused.is_confirmed
    assert "Person Number 1 has an offer of ours for Backend Engineer" in refused.problem
    assert confirm(world, bulk_id, says_so=True).is_confirmed
    world.tp.work_bulks()

    assert came_to(world, bulk_id) == [("done", "")]
    assert (world.letter(offered).state, world.letter(offered).because) == ("held", "offer_in_hand")


def test_among_many_no_letter_to_somebody_with_an_offer_is_let_go(world, offered):
    world.reject(offered)
    world.tp.sync()

    def work(ctx):
        keys = Keys(keys=(str(offered.id),))
        return bulk_selection.start(
            ctx, Act.APPROVE, keys, by=RITA, visible=lambda statement: statement, may=lambda _: True
        ).id

    bulk_id = world.change(work)
    world.tp.work_bulks()

    assert came_to(world, bulk_id) == [("left_out", "offer_in_hand")]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"reopen": lambda: None}, r"reopen is called with \(application\)"),
        ({"reopen": "status"}, "reopen='status' cannot be called"),
        ({"reject": lambda application: None}, r"reject is called with \(application, actor\)"),
        ({"reopen": lambda application: None, "reject": None}, "reject is missing"),
    ],
)
def test_functions_that_could_not_be_called_stop_the_start(make_world, entries, said):
    with pytest.raises(MapError, match=said):
        make_world(entries=entries)
