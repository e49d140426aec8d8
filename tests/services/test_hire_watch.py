"""The hire watch: asks for facts where it is switched on, and keeps nothing for long."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import HireState
from flask_talentpool.errors import ConfigError, Refused
from flask_talentpool.hires import answers, erasing
from flask_talentpool.hires.asked import hires_page
from flask_talentpool.privacy.erasure import forget_candidate
from tests.services.test_openings import DATES, days, hired, kinds, part
from tests.services.test_openings import rows as openings
from tests.support.people import RITA

ON = {"TALENTPOOL_HIRE_WATCH": "2026-02-01: all employees, works council"}


@pytest.fixture
def watching(make_world):
    def make(entries=None, **config):
        world = make_world(entries=DATES | (entries or {}), **(ON | config))
        world.tp.sync()
        return world

    return make


def hires(world):
    world.session.rollback()
    hire = world.m.hire
    return list(world.session.scalars(sa.select(hire).order_by(hire.id)))


def page(world):
    world.session.rollback()
    return hires_page(world.tp.context(), lambda statement: statement)


def questions(world):
    return [(line.asks_start, line.is_asked_again) for line in page(world).due]


def say(world, use_case, *args):
    def work(ctx):
        return use_case(ctx, ctx.session.scalars(sa.select(ctx.models.hire)).one(), *args, by=RITA)

    return world.change(work)


def all_here(world):
    return world.change(
        lambda ctx: answers.still_here(ctx, list(ctx.session.scalars(sa.select(ctx.models.hire))), by=RITA)
    )


def switch(world, to):
    object.__setattr__(world.app.extensions["talentpool_state"].settings, "hire_watch", to)


def later(world, number):
    days(world, number)
    world.tp.sync()


# Switched on


@pytest.mark.parametrize(
    "value", [True, "on", "2026-02-01", "2026-02-30: staff", "2999-01-01: staff", "2026-02-01: x"]
)
def test_it_is_switched_on_by_saying_when_and_whom_one_told(make_world, value):
    with pytest.raises(ConfigError, match="say when and whom you told"):
        make_world(TALENTPOOL_HIRE_WATCH=value)


def test_it_is_off_and_keeps_nothing_unless_it_is_switched_on(make_world):
    world = make_world(entries=DATES)
    hired(world)
    later(world, 10)

    assert (hires(world), page(world).is_on) == ([], False)


def test_who_was_hired_before_it_was_switched_on_is_not_asked_about(make_world):
    world = make_world(entries=DATES)
    hired(world)
    days(world, 1)
    switch(world, "2026-02-01: all employees")
    later(world, 1)
    later(world, 1)

    assert hires(world) == []


# Asked


@pytest.mark.both_databases
def test_it_asks_the_day_after_the_start_and_two_weeks_before_the_end(watching):
    world = watching()
    hired(world, note="2026-03-09/")
    asked = []
    for number in (7, 1, 160, 8):
        later(world, number)
        asked.append(questions(world))
        all_here(world)
    (hire,) = hires(world)
    later(world, 15)

    assert asked == [[], [(True, False)], [], [(False, False)]]
    assert hire.ask_at is None
    assert hires(world)[0].state == "passed"


def test_an_agency_asks_on_day_thirty_as_well_and_by_the_hosts_end_of_the_guarantee(watching):
    world = watching({"probation_ends": lambda row: "2026-05-30"}, TALENTPOOL_HIRE_WATCH_DAYS=(30,))
    hired(world, note="2026-03-01/")
    asked = []
    for number in (1, 27, 1, 47):
        later(world, number)
        asked.append(questions(world))
        all_here(world)

    assert asked == [[(True, False)], [], [(False, False)], [(False, False)]]


def test_a_probation_that_ends_before_the_start_has_the_usual_length(watching):
    world = watching({"probation_ends": lambda row: "2026-01-01"})
    hired(world, note="2026-03-09/")

    assert hires(world)[0].ends_at == datetime(2026, 3, 9, tzinfo=UTC) + timedelta(days=183)


def test_a_start_that_moves_is_asked_about_later(watching):
    world = watching()
    row = hired(world, note="2026-03-09/")
    row.note = "2026-04-01/"
    world.session.commit()
    later(world, 10)
    early = questions(world)
    later(world, 21)

    assert (early, questions(world)) == ([], [(True, False)])


def test_what_nobody_answers_is_asked_once_more_and_is_then_not_known_and_never_left(watching):
    world = watching()
    hired(world, note="2026-03-02/")
    asked = []
    for number in (2, 7, 7):
        later(world, number)
        asked.append(questions(world))

    assert asked == [[(True, False)], [(True, True)], []]
    assert (hires(world)[0].state, openings(world)) == ("not_known", [])


def test_a_host_without_dates_counts_from_the_day_of_the_decision(make_world):
    world = make_world(**ON)
    world.tp.sync()
    hired(world)
    later(world, 1)

    assert questions(world) == [(True, False)]


def test_two_hires_for_one_job_are_asked_about_and_answered_in_one_press(watching):
    world = watching()
    first = hired(world)
    hired(world, job=first.job)
    later(world, 2)

    assert len(questions(world)) == 2
    assert all_here(world) == 2
    assert all_here(world) == 0


# Left


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [HireState.LEFT, HireState.NEVER_STARTED])
def test_who_left_opens_the_job_once_and_starts_no_letter_to_a_candidate(watching, state):
    world = watching()
    row = hired(world)
    world.told(job=row.job)
    letters = len(world.letters())
    later(world, 2)

    say(world, answers.fell, state)
    say(world, answers.fell, state)
    later(world, 1)
    world.set_status("open", row)
    later(world, 1)

    assert kinds(world) == [state]
    assert openings(world)[0].was_filled
    assert (questions(world), len(world.letters())) == ([], letters)


def test_something_else_is_not_said_of_who_left(watching):
    world = watching()
    hired(world)
    later(world, 2)
    say(world, answers.fell, HireState.LEFT)

    with pytest.raises(Refused, match="Take that back first"):
        say(world, answers.fell, HireState.NEVER_STARTED)


def test_left_is_taken_back_with_its_opening_and_can_be_said_again(watching):
    world = watching()
    hired(world)
    later(world, 2)
    say(world, answers.fell, HireState.LEFT)
    say(world, answers.undo)
    (opening,) = openings(world)
    taken_back = (opening.settled_why, questions(world))
    say(world, answers.fell, HireState.LEFT)

    assert taken_back == ("taken_back", [(True, False)])
    assert kinds(world, unsettled=True) == ["left"]


def test_a_hire_undone_in_the_host_after_left_was_taken_back_is_an_opening(watching):
    world = watching()
    row = hired(world)
    later(world, 2)
    say(world, answers.fell, HireState.LEFT)
    say(world, answers.undo)
    world.set_status("open", row)
    later(world, 1)

    assert kinds(world, unsettled=True) == ["hire_undone"]
    assert hires(world)[0].state == "fell"


def test_all_still_here_is_taken_back(watching):
    world = watching()
    hired(world)
    later(world, 2)
    all_here(world)
    say(world, answers.undo)

    assert questions(world) == [(True, False)]
    with pytest.raises(Refused, match="no answer"):
        say(world, answers.undo)


def test_what_the_host_says_is_not_asked_any_more(watching):
    world = watching()
    hired(world, note="2026-03-01/2026-03-03")
    row = hired(world)
    world.set_status("open", row)
    later(world, 3)

    assert questions(world) == []


# Erased


def test_it_is_erased_a_month_after_probation_and_not_taken_in_again(watching):
    world = watching(TALENTPOOL_PROBATION=timedelta(days=20))
    hired(world, note="2026-03-02/")
    later(world, 49)
    before = len(hires(world))
    later(world, 2)
    later(world, 1)

    assert (before, hires(world)) == (1, [])


@pytest.mark.parametrize("is_gone", ["deleted", "forgotten"])
def test_of_who_is_gone_nothing_is_kept(watching, is_gone):
    world = watching()
    row = hired(world)
    kept = len(hires(world))
    if is_gone == "deleted":
        world.session.delete(row)
        world.session.commit()
        world.tp.sync()
    else:
        world.change(lambda ctx: forget_candidate(ctx, str(row.candidate_id), by=RITA))

    assert (kept, hires(world)) == (1, [])


def test_switched_off_all_of_it_is_erased(watching):
    world = watching()
    hired(world)
    switch(world, None)
    world.tp.sync()

    assert hires(world) == []


def test_a_person_can_see_all_that_is_kept_of_them(watching):
    world = watching()
    row = hired(world, note="2026-03-09/")
    person = world.decision(row).person_id

    def work(ctx):
        return erasing.kept_of(ctx, ctx.session.get(ctx.models.person, person))

    (kept,) = world.change(work)
    assert (kept["job_label"], kept["state"]) == ("Backend Engineer", "watched")
    assert part(0)(row) == "2026-03-09"
