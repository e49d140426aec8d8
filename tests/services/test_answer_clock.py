"""The answer clock: what starts it, what moves it, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock.clock import refresh, refresh_clocks
from flask_talentpool.decisions import lifecycle
from flask_talentpool.privacy.erasure import forget_candidate
from tests.support.people import RITA

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(make_world):
    return make_world(TALENTPOOL_MORNING_MAIL=False)


def clock_of(world, application):
    world.session.rollback()
    clock = world.m.clock
    statement = sa.select(clock).where(clock.application_id == application.id)
    return world.session.scalars(statement.execution_options(populate_existing=True)).one()


def test_a_clock_shows_name_job_stage_and_owner(world):
    owner = world.User(name="Otto Owner", email="otto@host.test")
    (person,) = world.apply(stage="final", job=world.Job(title="Engineer", owner=owner), scope="north")

    world.tp.sync()

    clock = clock_of(world, person)
    assert (clock.name, clock.job_label, clock.stage_reached) == ("Person Number 1", "Engineer", "finalist")
    assert (clock.owner_key, clock.owner_name, clock.scope) == (f"User:{owner.id}", "Otto Owner", "north")
    assert (clock.decision_id, clock.person_id, clock.answered_at) == (None, None, None)


def test_a_clock_starts_with_the_first_interview_and_not_before(world):
    (person,) = world.apply(stage="screen")
    world.tp.sync()
    assert world.count(world.m.clock) == 0

    person.stage = "interview"
    world.session.commit()
    world.clock.advance(timedelta(days=5))
    world.tp.sync()

    assert clock_of(world, person).target_at == world.clock.now() + timedelta(days=10)


def test_a_clock_follows_the_stage_on(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()

    person.stage = "final"
    world.session.commit()
    world.tp.sync()

    assert clock_of(world, person).stage_reached == "finalist"


def test_a_stage_set_by_mistake_and_put_back_ends_the_clock(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()

    person.stage = "screen"
    world.session.commit()
    world.tp.sync()
    assert clock_of(world, person).answered_by == "stage"

    person.stage = "interview"
    world.session.commit()
    world.tp.sync()
    assert clock_of(world, person).answered_at is None


@pytest.mark.parametrize("stage", [None, "archived", "applied"])
def test_a_stage_the_host_forgets_with_the_outcome_leaves_the_clock_running(world, stage):
    (person,) = world.apply(stage="interview")
    world.tp.sync()

    person.status, person.stage = "rejected", stage
    world.session.commit()
    world.tp.sync()

    clock = clock_of(world, person)
    assert clock.answered_at is None
    assert clock.stage_reached == "interviewed"


def test_a_running_clock_knows_its_decision(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.reject(person)

    world.tp.sync()

    assert clock_of(world, person).decision_id == world.decision(person).id


def test_who_was_rejected_before_anybody_looked_is_on_the_list_too(world):
    (person,) = world.apply(stage="interview")
    world.reject(person)

    world.tp.sync()

    assert clock_of(world, person).decision_id is not None


def test_a_decision_taken_back_here_leaves_the_person_without_an_answer(world):

    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.reject(person)
    world.tp.sync()
    decision_id = world.decision(person).id
    world.change(lambda ctx: lifecycle.take_back(ctx, lifecycle.find(ctx, decision_id), by=RITA))

    world.tp.sync()

    clock = clock_of(world, person)
    assert (clock.answered_at, clock.decision_id) == (None, None)


def test_an_interview_that_is_still_to_come_starts_no_clock_by_its_date_alone(make_world):
    world = make_world(
        entries={"stage": None, "stages": (), "interviewed_from": None, "interviewed_at": "note"}
    )
    (person,) = world.apply(note="2026-03-10T09:00:00+00:00")
    world.tp.sync()
    assert world.count(world.m.clock) == 0

    world.clock.advance(timedelta(days=9))
    world.tp.sync()

    assert clock_of(world, person).interviewed_at == datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_a_date_nobody_can_read_counts_as_none(make_world):
    world = make_world(entries={"interviewed_at": "note"})
    (person,) = world.apply(stage="interview", note="next Tuesday")

    world.tp.sync()

    assert clock_of(world, person).is_guessed


def test_refreshing_reads_name_job_and_owner_anew(world):
    job = world.Job(title="Engineer")
    (person,) = world.apply(stage="interview", job=job)
    world.tp.sync()
    owner = world.User(name="Nora New", email="nora@host.test")
    person.candidate.full_name, job.title, job.owner = "Ada Lovelace", "Lead Engineer", owner
    world.session.commit()

    world.change(refresh)

    clock = clock_of(world, person)
    assert (clock.name, clock.job_label, clock.owner_name) == ("Ada Lovelace", "Lead Engineer", "Nora New")
    assert clock.owner_key == f"User:{owner.id}"


def test_forgetting_a_candidate_known_by_a_clock_alone_empties_it(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    key = str(person.candidate_id)

    world.change(lambda ctx: forget_candidate(ctx, key, by=RITA))
    world.tp.sync()

    clock = clock_of(world, person)
    assert (clock.name, clock.answered_by) == ("", "forgotten")
    assert world.tp.unanswered() == ()


def test_what_winding_did_is_counted(world):
    first, second = world.apply(2, stage="interview")

    assert world.change(refresh_clocks).started == 2
    world.bulk("withdrawn", first)
    assert world.change(refresh_clocks).answered == 1
    world.bulk("open", first)
    assert world.change(refresh_clocks).again == 1
    assert world.change(refresh_clocks).started == 0
    assert second.status == "open"


def test_switched_off_nobody_is_named(world):
    world.apply(stage="interview")
    world.tp.sync()
    import dataclasses

    state = world.app.extensions["talentpool_state"]
    off = dataclasses.replace(state.settings, enabled=False)
    world.app.extensions["talentpool_state"] = dataclasses.replace(state, settings=off)

    assert world.tp.unanswered() == ()


def test_a_decided_person_is_shown_with_the_letter_that_is_due(make_world):
    world = make_world(TALENTPOOL_DELAY=timedelta(days=2))
    (person,) = world.apply(stage="interview")
    world.reject(person)
    world.tp.sync()

    (one,) = world.tp.unanswered()

    assert one.decision_id == world.decision(person).id
    assert one.letter_due == world.clock.now() + timedelta(days=2)
    assert (one.target_days, one.limit_days, one.letter_held) == (10, 45, "")


def test_days_left_are_counted_in_the_companys_calendar(make_world):
    world = make_world(TALENTPOOL_TIMEZONE="Pacific/Auckland", entries={"interviewed_at": "note"})
    world.apply(
        stage="interview", note="2026-02-20T20:00:00+00:00"
    )  # the 21st in Auckland, where it is the 2nd
    world.tp.sync()

    (one,) = world.tp.unanswered()

    assert (one.target_days, one.limit_days) == (1, 36)
