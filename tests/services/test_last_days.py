"""No hold without a last day: who is decided about is counted down, and told by which day we answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import owed_letter
from flask_talentpool.answer_clock.owed_letter import write_owed
from flask_talentpool.decisions import lifecycle
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.letters import outbox
from flask_talentpool.noticing.sync import SyncReport
from flask_talentpool.overview.queries import waiting
from tests.support.people import RITA

DAY = timedelta(days=1)

UNHOLD = {"TALENTPOOL_MODES": "review"}


@pytest.fixture
def world(make_world):
    return make_world(TALENTPOOL_MORNING_MAIL=False, **UNHOLD)


def held(world, **columns):
    """Somebody who was interviewed, and turned down; the letter waits for approval."""
    (person,) = world.apply(**{"stage": "interview", **columns})
    world.tp.sync()
    world.reject(person)
    world.tp.sync()
    return person


def outcome(world, application):
    return next(
        one
        for one in reversed(world.letters())
        if one.decision_id == world.decision(application).id and one.kind == "outcome"
    )


def owed(world):
    return [letter for letter in world.letters() if letter.kind == "progress"]


def counted(world):
    world.session.rollback()
    page = waiting(world.tp.context(), lambda statement: statement, asks=False)
    return [(row.name, row.days) for row in page.last_days.rows]


def days(number):
    """Return the moment so many days after the decision, a minute later."""
    return number * DAY + timedelta(minutes=1)


def test_who_was_interviewed_has_until_two_working_days_before_the_limit(world):
    held(world)

    assert counted(world) == [("Person Number 1", 43)]


def test_who_was_not_interviewed_has_five_working_days_after_the_decision(world):
    held(world, stage="applied")

    assert counted(world) == [("Person Number 1", 7)]


def test_late_ones_stand_first(world):
    held(world)
    world.clock.advance(20 * DAY)
    held(world, stage="applied")
    world.clock.advance(9 * DAY)

    assert counted(world) == [("Person Number 2", -4), ("Person Number 1", 14)]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("stage", "after", "by"), [("interview", 43, "16 April 2026"), ("applied", 7, "11 March 2026")]
)
def test_on_the_last_day_a_letter_says_that_we_owe_an_answer_and_the_outcome_stays(
    world, letters, stage, after, by
):
    person = held(world, stage=stage)
    world.clock.advance(days(after - 1))
    world.tp.sync()
    assert owed(world) == []

    world.clock.advance(DAY)
    world.tp.sync()
    world.send()

    (letter,) = owed(world)
    assert (letter.state, letter.occasion) == ("sent", f"progress:{person.id}:1")
    (mail,) = letters()
    assert f"by {by}" in mail
    assert "we owe you an answer" in letter.text
    assert "not finished" not in letter.text
    assert "still open" not in letter.text
    assert outcome(world, person).state == "held"
    assert world.tp.visible_status(person) == "open"


def test_it_goes_once(world):
    held(world)
    world.clock.advance(days(43))
    world.tp.sync()
    world.send()

    for _ in range(3):
        world.clock.advance(10 * DAY)
        world.tp.sync()
        world.send()

    assert [letter.state for letter in owed(world)] == ["sent"]


@pytest.mark.both_databases
def test_who_is_owed_two_answers_hears_of_them_on_two_days(world):
    first, second = world.apply(2, stage="applied")
    second.candidate = first.candidate
    second.job = world.Job(title="Frontend Engineer")
    world.session.commit()
    world.tp.sync()
    world.reject(first, second)
    world.tp.sync()
    world.clock.advance(days(9))
    world.tp.sync()
    world.tp.sync()
    world.send()

    world.tp.sync()
    world.send()
    assert [letter.state for letter in owed(world)] == ["sent"]

    world.clock.advance(DAY)
    world.tp.sync()
    world.send()
    assert [letter.state for letter in owed(world)] == ["sent", "sent"]


@pytest.mark.both_databases
def test_a_letter_told_together_with_another_has_no_last_day_of_its_own(make_world):
    world = make_world(TALENTPOOL_MORNING_MAIL=False)
    person = held(world, stage="applied")
    letter = outcome(world, person)
    letter.state, letter.because = "held", "together"
    world.session.commit()

    assert counted(world) == []
    world.clock.advance(days(9))
    write_owed(world.tp.transact, SyncReport())
    assert owed(world) == []


@pytest.mark.both_databases
def test_two_workers_write_one(world):
    held(world)
    world.clock.advance(days(43))

    results = world.at_once(*[lambda: write_owed(world.tp.transact, SyncReport())] * 3)

    assert not [result for result in results if isinstance(result, Exception)]
    assert len(owed(world)) == 1


def test_released_in_the_same_minute_only_the_outcome_goes(world):
    person = held(world)
    world.clock.advance(days(43))
    world.tp.sync()

    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(person), by=RITA, at_once=True))
    world.send()

    assert [(letter.kind, letter.state, letter.because) for letter in world.letters()] == [
        ("outcome", "sent", ""),
        ("progress", "cancelled", "told_elsewhere"),
    ]


def test_released_to_go_later_the_letter_that_it_is_owed_does_not_go(world):
    person = held(world)
    world.clock.advance(days(43))
    world.tp.sync()

    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(person), by=RITA))
    world.session.execute(
        sa.update(world.m.letter)
        .where(world.m.letter.kind == "outcome")
        .values(due_at=world.clock.now() + DAY)
    )
    world.session.commit()
    world.send()

    assert [(letter.kind, letter.state, letter.because) for letter in world.letters()] == [
        ("outcome", "due", ""),
        ("progress", "cancelled", "answered"),
    ]


def test_taken_back_on_that_day_nothing_goes(world):
    person = held(world)
    world.clock.advance(days(43))
    world.tp.sync()

    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(person), by=RITA))
    world.send()

    assert {letter.state for letter in world.letters()} == {"cancelled"}


def test_told_by_phone_nothing_goes(world):
    person = held(world)
    world.clock.advance(days(43))
    world.tp.sync()

    world.tp.told(person, channel="phone", by=RITA)
    world.session.commit()
    world.send()

    assert {letter.state for letter in world.letters()} == {"cancelled"}
    assert counted(world) == []


def test_held_by_hand_has_a_last_day_as_well(make_world):
    world = make_world(TALENTPOOL_MORNING_MAIL=False, TALENTPOOL_DELAY=timedelta(days=1))
    person = held(world)
    world.change(lambda ctx: outbox.hold(ctx, letter_of(ctx, world.decision(person)), by=RITA))
    assert counted(world) == [("Person Number 1", 43)]

    world.clock.advance(days(43))
    world.tp.sync()

    assert [letter.state for letter in owed(world)] == ["due"]


def test_who_has_no_address_is_counted_down_and_not_written_to(make_world):
    world = make_world(TALENTPOOL_MORNING_MAIL=False)
    (person,) = world.apply(stage="interview")
    person.candidate.email = ""
    world.session.commit()
    world.tp.sync()
    world.reject(person)
    world.tp.sync()
    world.clock.advance(days(44))
    world.tp.sync()

    assert counted(world) == [("Person Number 1", -1)]
    assert owed(world) == []


def test_nobody_whose_row_may_be_somebody_else_is_written_to(world):
    person = held(world)

    statement = sa.update(world.Candidate).values(full_name="Somebody Else", email="else@mail.test")
    world.session.execute(statement.execution_options(synchronize_session=False))  # no hook sees it
    world.session.commit()
    world.clock.advance(days(44))
    world.tp.sync()

    assert outcome(world, person).because == "identity"
    assert [left for _, left in counted(world)] == [-1]
    assert owed(world) == []


def test_where_the_host_writes_there_is_no_last_day(make_world):
    world = make_world(TALENTPOOL_MORNING_MAIL=False, TALENTPOOL_OUTCOME_LETTERS="host")
    held(world)
    world.clock.advance(days(60))
    world.tp.sync()

    assert (counted(world), owed(world)) == ([], [])


def test_who_was_told_before_has_no_last_day(world):
    person = held(world)
    world.tp.told(person, channel="phone", by=RITA)
    world.session.commit()
    world.set_status("open", person)
    world.tp.sync()
    world.reject(person)
    world.tp.sync()
    world.clock.advance(days(90))
    world.tp.sync()

    assert outcome(world, person).because == "told_before"
    assert (counted(world), owed(world)) == ([], [])


def test_what_was_decided_long_before_it_was_noticed_has_none(make_world):
    world = make_world(TALENTPOOL_MORNING_MAIL=False, entries={"decided_at": "note"}, **UNHOLD)
    held(world, note="2025-10-01T09:00:00+00:00")
    world.clock.advance(days(90))
    world.tp.sync()

    assert (counted(world), owed(world)) == ([], [])


def test_decided_after_the_limit_there_are_two_working_days_as_for_any_answer(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(50 * DAY)
    world.session.execute(sa.update(world.m.clock).values(progress=1))
    world.session.commit()
    world.reject(person)
    world.tp.sync()

    assert counted(world) == [("Person Number 1", 2)]


def test_one_row_that_cannot_be_read_keeps_nobody_else_waiting(make_world, monkeypatch):
    world = make_world(TALENTPOOL_MORNING_MAIL=False, **UNHOLD)
    bad, good = held(world), held(world)
    world.clock.advance(days(44))
    real = owed_letter._says_no

    def breaks(ctx, row):
        if row.application.id == bad.id:
            raise RuntimeError("no")
        return real(ctx, row)

    monkeypatch.setattr(owed_letter, "_says_no", breaks)
    report = world.tp.sync()

    assert report.failed == 1
    assert [letter.occasion for letter in owed(world)] == [f"progress:{good.id}:1"]


def test_the_morning_mail_counts_the_last_week_down(make_world, letters):
    world = make_world(TALENTPOOL_MODES="review", TALENTPOOL_DEPUTY_MAILBOX="Dee <dee@host.test>")
    held(world)
    held(world, stage="applied")
    world.clock.advance(DAY)
    world.tp.sync()
    world.send()

    sent = "".join(letters()).replace("=\n", "")
    assert "Decided, and not told because the letter is held:" in sent
    assert "Person Number 2, Backend Engineer: 6 days left." in sent
    assert "Person Number 1" not in sent
