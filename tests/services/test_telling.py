"""Telling: the short letter after it, taking back what somebody was told, and the correction."""

from datetime import timedelta

import pytest

from flask_talentpool.decisions import editing, erasing, lifecycle
from flask_talentpool.decisions.telling import ask_colleague, confirmation, correction
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from tests.services.deciding import days, deciding
from tests.support.people import OMAR, RITA


@pytest.fixture
def host(make_agency):
    return deciding(make_agency, TALENTPOOL_MODES="auto")


def tell(host, key, channel="phone"):
    host.decide(key, lambda ctx, row: telling.tell_decision(ctx, row, channel=channel, by=RITA))


def confirm(host, key):
    host.decide(key, lambda ctx, row: confirmation.confirm(ctx, row, by=RITA))


def take_back(host, key, why="Two names were mixed up."):
    return host.decide(key, lambda ctx, row: correction.take_back_told(ctx, row, why=why, by=RITA).id)


def correct(host, decision_id, why="We mixed up two names."):
    with host.work() as ctx:
        return correction.correct(ctx, lifecycle.find(ctx, decision_id), why=why, by=RITA).id


def test_a_short_letter_follows_what_was_said(host, letters):
    key = host.rejected()
    tell(host, key)

    confirm(host, key)
    host.send()

    (mail,) = letters()
    assert "on the phone" in mail
    assert host.letter(key).because == "told_elsewhere"
    assert host.visible(key) == "rejected"


def test_asking_for_the_short_letter_twice_is_one_letter(host, letters):
    key = host.rejected()
    tell(host, key)

    confirm(host, key)
    confirm(host, key)
    host.send()
    confirm(host, key)
    host.send()

    assert len(letters()) == 1


@pytest.mark.parametrize("channel", ["host", "letter"])
def test_what_was_not_said_by_word_of_mouth_is_not_confirmed(host, channel):
    key = host.rejected()
    tell(host, key, channel)

    with pytest.raises(Refused, match="within two days"):
        confirm(host, key)


def test_who_was_not_told_gets_no_short_letter(host):
    key = host.rejected()

    with pytest.raises(Refused):
        confirm(host, key)


def test_an_open_door_offers_the_place_in_the_short_letter(host):
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_door(ctx, row, Door.OPEN, by=RITA))
    tell(host, key)
    assert host.rows("member", "state") == ["ended"]

    confirm(host, key)

    letter = host.letter(key, "confirmation")
    assert letter.text_name == "confirmation.open"
    assert host.rows("member", "id", "state")[-1][1] == "offered"
    assert letter.member_id is not None


def test_a_short_letter_that_is_late_is_not_sent(host, letters):
    key = host.rejected()
    tell(host, key)
    confirm(host, key)
    host.clock.advance(days(2))

    host.send()

    letter = host.letter(key, "confirmation")
    assert (letter.state, letter.because, letters()) == ("cancelled", "stale", [])


def test_a_short_letter_is_cancelled_with_what_it_confirms(host, letters):
    key = host.rejected()
    tell(host, key)
    confirm(host, key)

    take_back(host, key)
    host.send()

    assert host.letter(key, "confirmation").state == "cancelled"
    assert letters() == []


def test_a_short_letter_held_for_a_reason_that_is_gone_goes(host, letters):
    key = host.rejected()
    tell(host, key)
    confirm(host, key)
    with host.work() as ctx:
        row = ctx.session.get(host.models.Application, key)
        email, row.candidate.email = row.candidate.email, ""
    host.send()
    assert host.letter(key, "confirmation").because == "no_address"
    with host.work() as ctx:
        ctx.session.get(host.models.Application, key).candidate.email = email

    host.sync()
    host.send()

    assert len(letters()) == 1


def test_taking_back_what_was_told_changes_what_the_candidate_sees_in_one_moment(host, letters):
    key = host.rejected()
    host.send()
    before = host.visible(key)

    take_back(host, key)

    row = host.decision(key)
    assert (before, host.visible(key)) == ("rejected", "open")
    assert (row.state, row.ended_why, row.told_by) == ("taken_back", "Two names were mixed up.", "letter")


def test_taking_back_what_was_told_needs_a_reason(host):
    key = host.rejected()
    host.send()

    with pytest.raises(Refused, match="Say why"):
        take_back(host, key, "  ")

    assert host.decision(key).state == "live"


def test_the_host_is_not_listened_to_while_it_says_the_same(host, letters):
    key = host.rejected()
    host.send()
    take_back(host, key)

    host.clock.advance(days(30))
    host.sync()
    host.send()

    assert host.visible(key) == "open"
    assert len(letters()) == 1, "no correction goes by itself, and no second rejection"


def test_a_correction_follows_the_letter_it_corrects(host, letters):
    key = host.rejected()
    host.send()
    told = host.letter(key).message_id
    taken_back = take_back(host, key)
    host.change(key, status="open")

    correct(host, taken_back)
    host.send()

    letter = host.letter(key, "correction")
    assert (letter.follows, letter.state) == (told, "sent")
    assert "We mixed up two names." in letter.text
    assert "Two names were mixed up." not in letter.text
    assert len(letters()) == 2


def test_a_correction_is_not_sent_while_the_host_still_says_rejected(host):
    key = host.rejected()
    host.send()
    taken_back = take_back(host, key)

    with pytest.raises(Refused, match="still says rejected"):
        correct(host, taken_back)


def test_a_correction_whose_host_says_rejected_again_is_cancelled(host, letters):
    key = host.rejected()
    host.send()
    taken_back = take_back(host, key)
    host.change(key, status="open")
    correct(host, taken_back)
    host.change(key, status="rejected")

    host.send()

    assert host.letter(key, "correction").because == "host_says_otherwise"
    assert len(letters()) == 1


def test_nothing_is_corrected_that_nobody_was_told(host):
    key = host.rejected()
    host.decide(key, lambda ctx, row: lifecycle.take_back(ctx, row, by=RITA))

    with pytest.raises(Refused, match="nothing to correct"):
        correct(host, host.decision(key).id)


def test_rejected_again_after_a_taking_back_waits_for_a_person(host, letters):
    key = host.rejected()
    host.send()
    take_back(host, key)
    host.change(key, status="open")
    host.sync()
    host.change(key, status="rejected")

    host.sync()
    host.send()

    assert (host.letter(key).state, host.letter(key).because) == ("held", "told_before")
    assert len(letters()) == 1


def test_a_colleague_is_asked_with_nothing_but_first_name_and_job(host):
    key = host.rejected("Ada Byron")

    host.decide(
        key, lambda ctx, row: ask_colleague.ask(ctx, row, name="Ines", address="ines@agency.example", by=RITA)
    )

    letter = host.letter(key, "colleague")
    assert "Ada" in letter.text
    assert "Byron" not in letter.text
    assert "Ada" not in letter.subject
    assert RITA.email in letter.reply_to


def test_a_question_to_a_colleague_is_cancelled_with_the_telling(host, letters):
    key = host.rejected()
    host.decide(
        key, lambda ctx, row: ask_colleague.ask(ctx, row, name="Ines", address="ines@agency.example", by=RITA)
    )

    tell(host, key)
    host.send()

    assert host.letter(key, "colleague").state == "cancelled"
    assert letters() == []


def test_a_question_to_a_colleague_does_not_pass_for_the_letter(make_agency):
    host = deciding(make_agency, TALENTPOOL_MODES="off")
    key = host.rejected()
    host.decide(
        key, lambda ctx, row: ask_colleague.ask(ctx, row, name="Ines", address="ines@agency.example", by=OMAR)
    )

    assert host.letter(key) is None
    host.clock.advance(timedelta(hours=1))
    assert host.sync().failed == 0


def test_an_address_that_cannot_be_used_is_refused(host):
    key = host.rejected()

    with pytest.raises(Refused):
        host.decide(
            key, lambda ctx, row: ask_colleague.ask(ctx, row, name="Ines", address="ines at home", by=RITA)
        )


def test_forgetting_leaves_no_word_of_what_was_said(host):
    key = host.rejected(why="the internal reason")
    words = ["a private note", "some feedback", "a true line", "the why", "Ines Ito"]
    host.decide(key, lambda ctx, row: editing.set_note(ctx, row, words[0], by=RITA))
    host.decide(key, lambda ctx, row: editing.set_feedback(ctx, row, words[1], by=RITA))
    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, words[2], by=RITA))
    host.decide(
        key, lambda ctx, row: ask_colleague.ask(ctx, row, name=words[4], address="i@agency.example", by=RITA)
    )
    tell(host, key)
    take_back(host, key, words[3])

    with host.work() as ctx:
        person = ctx.session.get(ctx.models.person, host.decision(key).person_id)
        erasing.forget(ctx, person)

    kept = host.everything_kept()
    assert [word for word in [*words, "internal reason"] if word in kept] == []


def test_what_is_held_by_hand_after_a_telling_stays_held(host, letters):
    key = host.rejected()
    tell(host, key)
    confirm(host, key)
    with host.work() as ctx:
        outbox.hold(ctx, ctx.session.get(ctx.models.letter, host.letter(key, "confirmation").id), by=RITA)

    host.sync()
    host.send()

    assert letters() == []
