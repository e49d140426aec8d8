"""Openings: what the host says of offers, hires and jobs, announced once, settled by people and by the host."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import OpeningKind
from flask_talentpool.errors import Refused
from flask_talentpool.hires import openings as service
from tests.support.people import RITA

DECLINED = {"offer_declined": {"offer declined"}}


def part(number):
    """Return an entry that reads one part of the note, ``start/end``."""
    return lambda row: (row.note or "/").split("/")[number] or None


DATES = {"hired_on": part(0), "left_on": part(1)}
OPEN = {"job_open": "is_open"}


def rows(world):
    world.session.rollback()
    opening = world.m.opening
    return list(world.session.scalars(sa.select(opening).order_by(opening.id)))


def kinds(world, *, unsettled=False):
    return [row.kind for row in rows(world) if not unsettled or row.settled_at is None]


def hired(world, *, note="", **columns):
    (row,) = world.apply(note=note, **columns)
    world.set_status("hired", row)
    world.tp.sync()
    return row


def days(world, number):
    world.clock.advance(timedelta(days=number))


# Offers


@pytest.mark.both_databases
def test_a_declined_offer_is_announced_once(make_world):
    world = make_world(entries=DECLINED)
    (row,) = world.apply()
    world.set_status("offer declined", row)

    for _ in range(3):
        world.tp.sync()

    (opening,) = rows(world)
    assert (opening.kind, opening.job_label, opening.was_filled) == (
        "offer_declined",
        "Backend Engineer",
        False,
    )


def test_a_declined_offer_is_noticed_by_a_round_that_looks_at_nothing_of_the_host(make_world):
    world = make_world(entries=DECLINED)
    (row,) = world.apply()
    world.set_status("offer declined", row)

    world.tp.sync(whole=False)

    assert kinds(world) == ["offer_declined"]


def test_what_was_declined_before_the_first_start_is_no_news(make_world, database_url):
    world = make_world(entries=DECLINED)
    world.session.execute(sa.delete(world.m.mark))
    world.session.commit()
    world.bulk("offer declined", *world.apply())

    world.tp.sync()
    world.tp.sync()

    assert rows(world) == []


def test_a_declined_offer_that_came_with_an_import_is_no_news(make_world):
    world = make_world(entries=DECLINED)
    world.told()
    job = world.Job(title="Of last year")
    world.bulk("rejected", *world.apply(12, job=job))
    world.bulk("offer declined", *world.apply(job=job))

    world.tp.sync()

    assert rows(world) == []


def test_an_offer_declined_long_ago_by_the_hosts_date_is_no_news(make_world):
    world = make_world(entries=DECLINED | {"decided_at": "note"})
    world.set_status("offer declined", *world.apply(note="2026-02-20"))

    world.tp.sync()

    assert rows(world) == []


def test_who_withdraws_with_an_offer_in_hand_declined_it_and_who_had_none_did_not(make_world):
    world = make_world(entries={"offered": lambda row: row.note == "offer"})
    with_offer, without = world.apply(note="offer"), world.apply()
    world.tp.sync()

    world.set_status("withdrawn", *with_offer, *without)
    world.tp.sync()

    (opening,) = rows(world)
    assert opening.kind == "offer_declined"
    assert opening.decision_id == world.decision(with_offer[0]).id


def test_who_is_turned_down_with_an_offer_in_hand_had_it_withdrawn(make_world):
    world = make_world(entries={"offered": lambda row: row.note == "offer"})
    (row,) = world.apply(note="offer")
    world.tp.sync()
    world.reject(row)

    world.tp.sync()

    assert kinds(world) == ["offer_withdrawn"]


def test_a_declined_offer_that_was_a_slip_is_settled_by_the_host(make_world):
    world = make_world(entries=DECLINED)
    (row,) = world.apply()
    world.set_status("offer declined", row)
    world.tp.sync()
    world.set_status("open", row)

    world.tp.sync()

    (opening,) = rows(world)
    assert opening.settled_why == "taken_back"


# Hires


@pytest.mark.both_databases
@pytest.mark.parametrize("status", ["open", "withdrawn", "offer declined", "rejected"])
def test_a_hire_that_the_host_no_longer_says_is_one_opening_whatever_it_says_now(make_world, status):
    world = make_world(entries=DECLINED | {"offered": lambda row: True})
    row = hired(world)
    days(world, 3)
    world.set_status(status, row)

    world.tp.sync()
    world.tp.sync()

    (opening,) = rows(world)
    assert (opening.kind, opening.was_filled) == ("hire_undone", True)


def test_a_hire_undone_before_the_day_of_the_start_never_started(make_world):
    world = make_world(entries=DATES)
    row = hired(world, note="2026-05-01/")
    world.set_status("open", row)

    world.tp.sync()

    assert kinds(world) == ["never_started"]


def test_a_hire_filed_away_after_probation_is_no_opening(make_world):
    world = make_world()
    row = hired(world)
    days(world, 200)
    world.set_status("archived", row)

    world.tp.sync()

    assert rows(world) == []


def test_a_hire_of_before_the_first_start_counts_by_the_hosts_date_alone(make_world):
    world = make_world(entries=DATES)
    dated, undated = world.apply(note="2026-02-01/"), world.apply()
    world.set_status("hired", *dated, *undated)
    world.session.execute(sa.delete(world.m.mark))
    world.session.execute(sa.delete(world.m.decision))
    world.session.commit()
    world.tp.sync()
    world.set_status("archived", *dated, *undated)

    world.tp.sync()

    (opening,) = rows(world)
    assert opening.job_label == "Backend Engineer"


def test_a_row_of_somebody_hired_that_is_deleted_is_no_opening(make_world):
    world = make_world()
    row = hired(world)
    world.session.delete(row)
    world.session.commit()

    world.tp.sync()

    assert rows(world) == []


def test_whose_last_day_is_over_has_left_and_not_before(make_world):
    world = make_world(entries=DATES)
    row = hired(world, note="2026-03-09/2026-03-20")
    world.tp.sync()
    before = kinds(world)
    days(world, 19)

    world.tp.sync()
    world.set_status("open", row)
    world.tp.sync()

    assert before == []
    assert kinds(world) == ["left"]  # and the status that follows says nothing new


def test_who_left_before_the_start_never_started_and_who_left_after_probation_is_no_opening(make_world):
    world = make_world(entries=DATES)
    hired(world, note="2026-04-01/2026-03-05")
    hired(world, note="2026-03-02/2026-11-30")
    days(world, 30)
    world.tp.sync()
    days(world, 260)

    world.tp.sync()

    assert kinds(world) == ["never_started"]


@pytest.mark.parametrize("note", ["sometime/never", "/", "2026-13-45/2026-03-05"])
def test_dates_that_cannot_be_read_break_nothing(make_world, note):
    world = make_world(entries=DATES)
    hired(world, note=note)
    days(world, 10)

    report = world.tp.sync()

    assert (report.failed, [kind for kind in kinds(world) if kind != "left"]) == (0, [])


def test_a_map_that_raises_keeps_no_other_opening_back(make_world, caplog):
    def left_on(row):
        if row.note == "raises":
            raise RuntimeError("the host's own")
        return row.note

    world = make_world(entries={"left_on": left_on})
    hired(world, note="raises")
    hired(world, note="2026-03-05")
    days(world, 10)

    world.tp.sync()

    assert kinds(world) == ["left"]
    assert "the host's own" not in caplog.text


def test_two_hires_for_one_job_are_two_openings_when_both_fall_through(make_world):
    world = make_world()
    first = hired(world)
    second = hired(world, job=first.job)
    world.set_status("open", first, second)

    world.tp.sync()

    assert kinds(world) == ["hire_undone", "hire_undone"]


def test_another_hire_settles_what_was_open(make_world):
    world = make_world()
    row = hired(world)
    world.set_status("open", row)
    world.tp.sync()
    days(world, 1)
    hired(world, job=row.job)

    world.tp.sync()

    (opening,) = rows(world)
    assert opening.settled_why == "filled"


# Jobs


def closed_and_open_again(world, job):
    for is_open in (False, True):
        days(world, 1)
        job.is_open = is_open
        world.session.commit()
        world.tp.sync()


@pytest.mark.both_databases
@pytest.mark.parametrize("entry", ["is_open", lambda job: job.is_open], ids=["column", "callable"])
def test_a_job_that_was_closed_and_is_open_again_is_announced_each_time(make_world, entry):
    world = make_world(entries={"job_open": entry})
    (row,) = world.told()
    world.tp.sync()

    closed_and_open_again(world, row.job)
    world.tp.sync()
    first = kinds(world)
    closed_and_open_again(world, row.job)

    assert first == ["reopened"]
    assert [(one.kind, one.settled_why) for one in rows(world)] == [("reopened", "closed"), ("reopened", "")]


def test_a_filled_job_that_is_open_again_was_filled(make_world):
    world = make_world(entries=OPEN)
    row = hired(world)

    closed_and_open_again(world, row.job)

    (opening,) = rows(world)
    assert (opening.kind, opening.was_filled) == ("reopened", True)


def test_a_job_that_was_on_hold_by_the_reason_given_is_back(make_world):
    world = make_world(entries={**OPEN, "reason": "note"})
    (row,) = world.told(note="The job was cancelled or put on hold")

    closed_and_open_again(world, row.job)

    assert kinds(world) == ["back"]


def test_a_job_nobody_came_close_for_is_not_looked_at(make_world):
    world = make_world(entries=OPEN)
    (row,) = world.told(stage="applied")

    closed_and_open_again(world, row.job)

    assert rows(world) == []


def test_a_job_still_open_two_weeks_after_a_hire_asks_for_a_second_once(make_world):
    world = make_world(entries=OPEN)
    row = hired(world)
    days(world, 13)
    world.tp.sync()
    before = kinds(world)
    days(world, 2)
    world.tp.sync()
    (opening,) = rows(world)
    world.change(lambda ctx: service.settle(ctx, ctx.session.get(ctx.models.opening, opening.id), by=RITA))
    hired(world, job=row.job)
    days(world, 20)

    world.tp.sync()

    assert (before, kinds(world)) == ([], ["second"])


def test_a_job_that_is_deleted_takes_nothing_with_it(make_world):
    world = make_world(entries=OPEN)
    row = hired(world)
    job = row.job
    world.set_status("open", row)
    world.tp.sync()
    row.job = None
    world.session.delete(job)
    world.session.commit()

    report = world.tp.sync()

    (opening,) = rows(world)
    assert (report.failed, opening.job_id, opening.job_key) == (0, None, "gone:1")


# Settled, put back, and what a letter may say of it


def undone(world):
    row = hired(world)
    world.set_status("open", row)
    world.tp.sync()
    return row, rows(world)[0].id


def act(world, use_case, opening_id):
    return world.change(lambda ctx: use_case(ctx, ctx.session.get(ctx.models.opening, opening_id), by=RITA))


def test_what_somebody_settled_is_put_back_and_settled_twice_is_settled(make_world):
    world = make_world()
    _, opening_id = undone(world)

    act(world, service.settle, opening_id)
    act(world, service.settle, opening_id)
    settled = rows(world)[0]
    by, why = settled.settled_by_name, settled.settled_why
    act(world, service.unsettle, opening_id)
    act(world, service.unsettle, opening_id)

    assert (by, why, rows(world)[0].settled_at) == (RITA.name, "not_again", None)


def test_what_the_host_settled_nobody_puts_back(make_world):
    world = make_world()
    row, opening_id = undone(world)
    days(world, 1)
    hired(world, job=row.job)
    world.tp.sync()

    with pytest.raises(Refused, match="Your ATS settled"):
        act(world, service.unsettle, opening_id)


def test_the_opening_of_a_job_is_the_newest_that_nobody_settled(make_world):
    world = make_world(entries=DECLINED)
    row, opening_id = undone(world)
    (other,) = world.apply(job=row.job)
    days(world, 1)
    world.set_status("offer declined", other)
    world.tp.sync()
    ctx = world.tp.context()

    newest = service.opening_of(ctx, row.job)
    act(world, service.settle, newest.id)
    then = service.opening_of(world.tp.context(), str(row.job_id), scope="")

    assert (newest.kind, newest.fact) == ("offer_declined", "")
    assert (then.id, then.fact) == (opening_id, "open_again")
    assert service.opening_of(ctx, row.job, scope="elsewhere") is None


def test_an_opening_of_long_ago_is_none(make_world):
    world = make_world()
    row, _ = undone(world)
    days(world, 190)

    assert service.opening_of(world.tp.context(), row.job) is None


def test_no_letter_says_of_whoever_was_chosen(make_world):
    assert {kind.fact for kind in OpeningKind} == {"", "open_again", "second"}
    assert all(kind.sentence for kind in OpeningKind)


# The mail


def colleague_letters(world):
    return [one for one in world.letters() if one.kind == "colleague" and one.occasion.startswith("opening:")]


def owned(world):
    owner = world.User(name="Olga Owner", email="olga@host.test", role="manager")
    job = world.Job(title="Backend Engineer", owner=owner)
    world.session.add(job)
    world.session.commit()
    return job


def test_the_owner_of_a_filled_job_is_written_to_once_and_never_of_an_offer(make_world):
    world = make_world(entries=DECLINED)
    job = owned(world)
    first, second = hired(world, job=job), hired(world, job=job)
    (third,) = world.apply(job=job)
    world.set_status("open", first, second)
    world.set_status("offer declined", third)

    for _ in range(2):
        world.tp.sync()
        world.send()

    (letter,) = colleague_letters(world)
    assert (letter.state, letter.to_address) == ("sent", "olga@host.test")
    assert "Person Number" not in letter.text
    assert letter.text.count("no longer says that somebody is hired") == 2


def test_a_mail_about_what_was_settled_meanwhile_does_not_go(make_world):
    world = make_world()
    row = hired(world, job=owned(world))
    world.set_status("open", row)
    world.tp.sync()
    act(world, service.settle, rows(world)[0].id)

    world.send()

    assert [one.state for one in colleague_letters(world)] == ["cancelled"]


def test_where_nobody_can_be_written_to_the_page_is_all_there_is(make_world):
    world = make_world()
    undone(world)

    world.tp.sync()

    assert (colleague_letters(world), rows(world)[0].told_in) == ([], 0)


@pytest.mark.both_databases
def test_two_workers_at_once_announce_one_opening(make_world):
    world = make_world(entries=DECLINED | OPEN)
    (row,) = world.apply()
    row_hired = hired(world)
    world.session.commit()
    world.bulk("offer declined", row)
    world.bulk("open", row_hired)

    results = world.at_once(world.tp.sync, world.tp.sync, world.tp.sync)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert sorted(kinds(world)) == ["hire_undone", "offer_declined"]
