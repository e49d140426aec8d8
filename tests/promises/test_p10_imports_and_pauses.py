"""P10, later: imported rows and what came in a long pause wait for a person; a look that would end much asks first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.errors import Refused
from flask_talentpool.noticing import brake
from tests.promises.world import START
from tests.support.people import RITA

THREE_YEARS_AGO = START - timedelta(days=1100)


def imported(world, number, status="rejected"):
    """Bring in rows that are decided already, by statements that no hook sees; return their keys."""
    people = [{"full_name": f"Old Hand {n}", "email": f"old{n}@mail.test"} for n in range(number)]
    candidate, application = world.Candidate.__table__, world.Application.__table__
    before = world.session.scalar(sa.select(sa.func.max(application.c.id))) or 0
    for person in people:
        key = world.session.execute(sa.insert(candidate).values(person)).inserted_primary_key[0]
        row = {"candidate_id": key, "status": status, "stage": "applied", "scope": ""}
        world.session.execute(sa.insert(application).values(row))
    world.session.commit()
    return list(world.session.scalars(sa.select(application.c.id).where(application.c.id > before)))


def reasons(world):
    return sorted({(letter.state, letter.because) for letter in world.letters()})


@pytest.mark.parametrize("names", [("decided_at",), ("applied_at",), ("interviewed_at", "applied_at")])
def test_old_outcomes_that_are_imported_wait_for_a_person(make_world, smtp_server, names):
    world = make_world(entries={name: lambda _: THREE_YEARS_AGO for name in names})
    imported(world, 3)

    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert reasons(world) == [("held", "imported")]


def test_the_latest_of_the_dates_says_whether_an_outcome_is_old(make_world, smtp_server):
    world = make_world(entries={"applied_at": lambda _: THREE_YEARS_AGO, "decided_at": lambda _: START})
    imported(world, 3)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 3


@pytest.mark.parametrize(("number", "because"), [(9, ""), (10, "imported"), (450, "imported")])
def test_without_dates_ten_or_more_rows_that_come_in_decided_are_an_import(world, number, because):
    imported(world, number)

    world.tp.sync()

    assert {letter.because for letter in world.letters()} == {because}


def test_rows_that_were_there_at_the_last_look_are_no_import(world, smtp_server):
    made = world.apply(12)
    world.tp.sync()
    world.bulk("rejected", *made)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 12


def test_an_old_application_that_is_rejected_in_bulk_today_is_no_import(make_world, smtp_server):
    world = make_world(entries={"applied_at": lambda _: THREE_YEARS_AGO})
    made = world.apply(3)
    world.tp.sync()
    world.bulk("rejected", *made)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 3


def test_after_a_pause_of_more_than_a_week_what_a_look_finds_waits_and_what_the_hook_saw_goes_on(
    world, smtp_server
):
    found, seen = world.apply(2)
    world.tp.sync()
    world.bulk("rejected", found)
    world.clock.advance(timedelta(days=8))
    world.reject(seen)

    world.tp.sync()
    world.send(smtp_server)

    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("person2@mail.test",)]
    assert (world.letter(found).state, world.letter(found).because) == ("held", "after_a_pause")


def test_after_less_than_a_week_nothing_waits_for_a_pause(world):
    (found,) = world.apply()
    world.tp.sync()
    world.bulk("rejected", found)
    world.clock.advance(timedelta(days=6))

    world.tp.sync()

    assert world.letter(found).because == ""


def test_who_was_told_before_waits_for_that_reason_whatever_else_there_is(world):
    (application,) = world.told(1)
    world.bulk("open", application)
    world.tp.sync()
    world.clock.advance(timedelta(days=8))
    world.bulk("rejected", application)

    world.tp.sync()

    assert world.letter(application).because == "told_before"


# The brake


def everything_gone(world, keys):
    world.session.execute(sa.delete(world.Application).where(world.Application.id.in_(keys)))
    world.session.commit()


def test_a_look_that_finds_everything_taken_back_does_nothing_and_asks(world, smtp_server):
    made = world.rejected(30)
    world.bulk("on ice", *made)
    (later,) = world.apply()
    world.bulk("rejected", later)

    report = world.tp.sync()

    assert (report.braked, report.taken_back, report.noticed) == (30, 0, 0)
    assert report.needs_attention
    assert all(world.decision(row) is not None for row in made)
    assert world.states() == {"due": 30}
    asked = brake.braked(world.tp.context())
    assert (asked.gone, asked.taken_back, asked.standing) == (0, 30, 30)


def test_a_look_that_finds_everything_gone_does_nothing_and_asks(world):
    made = world.rejected(30)
    keys = [row.id for row in made]
    world.session.expunge_all()
    everything_gone(world, keys)

    report = world.tp.sync()

    assert (report.braked, report.gone) == (30, 0)
    assert world.states() == {"due": 30}


def test_twenty_at_once_and_a_tenth_of_many_go_on_without_asking(world):
    made = world.rejected(20)
    world.bulk("open", *made)

    assert world.tp.sync().taken_back == 20


@pytest.mark.parametrize("what", ["gone", "taken back"])
def test_once_somebody_says_that_they_really_are_the_next_look_does_it_once(world, what):
    made = world.rejected(30)
    keys = [row.id for row in made]
    if what == "gone":
        world.session.expunge_all()
        everything_gone(world, keys)
    else:
        world.bulk("open", *made)
    world.tp.sync()

    for _ in range(2):
        world.change(lambda ctx: brake.go_on(ctx, number=30, by=RITA))
    report = world.tp.sync()

    assert report.gone + report.taken_back == 30
    assert not report.braked
    assert brake.braked(world.tp.context()) is None
    with pytest.raises(Refused):
        world.change(lambda ctx: brake.go_on(ctx, number=30, by=RITA))


def test_who_was_shown_another_number_is_asked_again(world):
    made = world.rejected(30)
    world.bulk("open", *made)
    world.tp.sync()

    with pytest.raises(Refused, match="about 30 by now"):
        world.change(lambda ctx: brake.go_on(ctx, number=25, by=RITA))


def test_what_somebody_let_go_on_does_not_cover_much_more(world):
    made = world.rejected(100)
    world.bulk("open", *made[:30])
    world.tp.sync()
    world.change(lambda ctx: brake.go_on(ctx, number=30, by=RITA))
    world.bulk("open", *made)

    report = world.tp.sync()

    assert (report.braked, report.taken_back) == (100, 0)


def test_once_the_map_is_mended_nobody_is_asked_any_more(world):
    made = world.rejected(30)
    world.bulk("on ice", *made)
    world.tp.sync()
    world.bulk("rejected", *made)

    report = world.tp.sync()

    assert (report.braked, report.noticed) == (0, 0)
    assert brake.braked(world.tp.context()) is None


def test_a_braked_look_stops_no_answer_clock(world):
    made = world.rejected(30)
    waiting = world.apply(30)
    world.tp.sync()
    keys = [row.id for row in [*made, *waiting]]
    world.session.expunge_all()
    everything_gone(world, keys)

    world.tp.sync()

    answered = world.m.clock.answered_at.is_not(None)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(world.m.clock).where(answered)) == 0


def test_the_brake_works_where_a_callable_reads_the_status(make_world):
    world = make_world(entries={"status": lambda row: row.status})
    made = world.rejected(30)
    world.bulk("on ice", *made)

    assert world.tp.sync().braked == 30
