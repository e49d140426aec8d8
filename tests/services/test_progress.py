"""Letters that say that it is still open."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from tests.support.people import RITA


@pytest.fixture
def world(make_world):
    return make_world(TALENTPOOL_MORNING_MAIL=False)


@pytest.fixture
def waiting(world):
    """Somebody who was interviewed, and whose clock runs."""
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    return person


def press(world, application):
    def work(ctx):
        clock = ctx.models.clock
        row = ctx.session.scalars(sa.select(clock).where(clock.application_id == application.id)).one()
        return progress.say_still_open(ctx, row, by=RITA).id

    world.session.rollback()
    return world.change(work)


def clock_of(world, application):
    world.session.rollback()
    clock = world.m.clock
    statement = sa.select(clock).where(clock.application_id == application.id)
    return world.session.scalars(statement.execution_options(populate_existing=True)).one()


def unread(world, **columns):
    """Let a reply of the only known person arrive."""
    person = world.session.scalars(sa.select(world.m.person.id)).one()
    row = world.m.incoming(
        fingerprint="x", kind="reply", received_at=world.clock.now(), person_id=person, **columns
    )
    world.session.add(row)
    world.session.commit()
    return row


def test_pressed_it_goes_at_once_and_names_a_date(world, waiting, letters):
    press(world, waiting)
    world.send()

    (mail,) = letters()
    assert "There is no decision yet" in mail
    assert "16 March 2026" in mail
    (letter,) = world.letters()
    assert (letter.kind, letter.occasion) == ("progress", f"progress:{waiting.id}:1")
    assert letter.person_id is not None
    assert clock_of(world, waiting).next_by == world.clock.now() + timedelta(days=14)


def test_the_date_counts_as_promised_only_when_the_letter_has_gone(world, waiting):
    press(world, waiting)

    assert clock_of(world, waiting).next_by is None


def test_who_has_read_a_date_that_is_past_stands_first(world):
    first, second = world.apply(2, stage="interview")
    world.tp.sync()
    press(world, second)
    world.send()
    world.clock.advance(timedelta(days=15))

    rows = world.tp.unanswered()

    assert [row.application_key for row in rows] == [str(second.id), str(first.id)]
    assert [row.promise_broken for row in rows] == [True, False]


def test_a_date_that_passed_writes_nothing_by_itself(world, waiting):
    press(world, waiting)
    world.send()
    world.clock.advance(timedelta(days=100))

    world.tp.sync()

    assert len(world.letters()) == 1


def test_pressing_twice_is_refused_while_one_waits(world, waiting):
    press(world, waiting)

    with pytest.raises(Refused, match="waits already"):
        press(world, waiting)


def test_pressing_again_is_refused_for_three_days_and_then_follows_the_first(world, waiting, letters):
    press(world, waiting)
    world.send()
    world.clock.advance(timedelta(days=2))
    with pytest.raises(Refused, match="less than three days ago"):
        press(world, waiting)

    world.clock.advance(timedelta(days=1))
    press(world, waiting)
    world.send()

    first, second = world.letters()
    assert (second.occasion, second.follows) == (f"progress:{waiting.id}:2", first.message_id)
    assert any(f"In-Reply-To: {first.message_id}" in mail for mail in letters())
    assert "We have written this before" in second.text


def test_a_letter_of_unknown_fate_is_settled_first(world, waiting):
    press(world, waiting)
    world.session.execute(sa.update(world.m.letter).values(state="unknown"))
    world.session.commit()

    with pytest.raises(Refused, match="may have arrived"):
        press(world, waiting)


def test_after_an_answer_it_is_refused(world, waiting):
    world.reject(waiting)
    world.tp.told(waiting, channel="phone", by=RITA)
    world.session.commit()

    with pytest.raises(Refused, match="has an answer already"):
        press(world, waiting)


def test_with_the_answer_on_its_way_it_is_refused(world, waiting):
    world.reject(waiting)
    world.tp.sync()

    with pytest.raises(Refused, match="no longer open"):
        press(world, waiting)


def test_while_somebody_else_has_an_offer_it_is_open_and_may_be_said(make_world, letters):
    world = make_world(
        TALENTPOOL_MORNING_MAIL=False, entries={"offered": lambda application: application.note == "offer"}
    )
    job = world.Job(title="Engineer")
    world.apply(job=job, note="offer")
    (person,) = world.apply(job=job)
    world.reject(person)
    world.tp.sync()

    press(world, person)
    world.send()

    assert len(letters()) == 1
    assert sorted((one.kind, one.state, one.because) for one in world.letters()) == [
        ("outcome", "held", "offer_open"),
        ("progress", "sent", ""),
    ]
    (waiting,) = [one for one in world.tp.unanswered() if one.decision_id]
    assert waiting.may_say_open


def test_decided_and_held_for_anything_else_it_is_no_longer_open(make_world, letters):
    world = make_world(TALENTPOOL_MODES="review", TALENTPOOL_MORNING_MAIL=False)
    first, second = world.apply(2, stage="interview")
    world.tp.sync()
    press(world, first)
    world.reject(first, second)
    world.tp.sync()

    with pytest.raises(Refused, match="no longer open"):
        press(world, second)
    world.send()

    assert letters() == []
    assert not any(one.may_say_open for one in world.tp.unanswered())


def test_told_in_the_meantime_it_does_not_go(world, waiting, letters):
    press(world, waiting)
    world.reject(waiting)
    world.tp.told(waiting, channel="phone", by=RITA)
    world.session.commit()

    world.send()

    assert letters() == []
    assert [(one.state, one.because) for one in world.letters() if one.kind == "progress"] == [
        ("cancelled", "answered")
    ]


def test_a_letter_whose_date_is_past_is_cancelled(world, waiting, letters):
    press(world, waiting)
    world.clock.advance(timedelta(days=14))

    world.send()

    assert letters() == []
    assert [(one.state, one.because) for one in world.letters()] == [("cancelled", "stale")]


def test_an_unread_reply_holds_it_until_somebody_has_read_it(world, waiting, letters):
    press(world, waiting)
    reply = unread(world)
    world.send()
    assert [(one.state, one.because) for one in world.letters()] == [("held", "reply_unread")]

    reply = world.session.merge(reply)
    reply.read_at = world.clock.now()
    world.session.commit()
    world.tp.sync()
    world.send()

    assert len(letters()) == 1


def test_a_missing_address_holds_it_and_an_added_one_lets_it_go(world, waiting, letters):
    waiting.candidate.email = None
    world.session.commit()
    press(world, waiting)
    assert [(one.state, one.because) for one in world.letters()] == [("held", "no_address")]

    world.session.get(world.Candidate, waiting.candidate_id).email = "ada@mail.test"
    world.session.commit()
    world.tp.sync()
    world.send()

    assert "To: Person Number 1 <ada@mail.test>" in letters()[0]


def test_a_name_changed_in_the_host_is_in_the_letter(world, waiting, letters):
    press(world, waiting)
    waiting.candidate.full_name = "Ada Lovelace"
    world.session.commit()

    world.send()

    assert "Ada Lovelace" in letters()[0]
    assert "Person Number" not in letters()[0]


def test_held_by_hand_it_stays(world, waiting, letters):
    letter_id = press(world, waiting)
    world.change(lambda ctx: outbox.hold(ctx, ctx.session.get_one(ctx.models.letter, letter_id), by=RITA))

    world.tp.sync()
    world.send()

    assert letters() == []


def test_where_the_host_writes_it_waits_for_a_person_at_the_limit(make_world, letters):
    world = make_world(TALENTPOOL_OUTCOME_LETTERS="host", TALENTPOOL_MORNING_MAIL=False)
    world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=45))

    world.tp.sync()
    world.send()
    (letter,) = world.letters()
    assert (letter.state, letter.because) == ("held", "host_writes")

    world.change(lambda ctx: outbox.approve(ctx, ctx.session.get_one(ctx.models.letter, letter.id), by=RITA))
    world.send()
    assert len(letters()) == 1


def test_a_stage_that_gets_no_letters_gets_none_at_the_limit(make_world):
    world = make_world(TALENTPOOL_MODES={"interviewed": "off"}, TALENTPOOL_MORNING_MAIL=False)
    world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=45))

    world.tp.sync()

    assert world.letters() == []


def test_a_row_that_cannot_be_read_at_the_limit_leaves_the_others_their_letter(make_world):
    world = make_world(
        TALENTPOOL_MORNING_MAIL=False,
        entries={"applied_at": lambda application: {None: None}[application.note]},
    )
    bad, good = world.apply(2, stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=45))
    bad.note = "x"
    world.session.commit()

    world.tp.sync()

    assert [one.occasion for one in world.letters()] == [f"progress:{good.id}:1"]


def test_it_goes_within_office_hours(make_world):
    from flask_talentpool.config.business_time import BusinessDelay

    world = make_world(TALENTPOOL_DELAY=BusinessDelay(), TALENTPOOL_MORNING_MAIL=False)
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=4, hours=5))  # Friday, 14:00

    press(world, person)

    assert world.letters()[0].due_at == world.clock.now() + timedelta(days=3, hours=-5)


def test_a_touch_says_that_we_wrote(world, waiting):
    press(world, waiting)
    world.send()

    (touch,) = world.session.scalars(sa.select(world.m.touch)).all()
    assert touch.what == "letter that it is still open"
