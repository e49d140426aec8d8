"""How letters leave: with a personal line or in time without, after an offer is answered, or after a reader."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flask_talentpool import BusinessDelay
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.outcome.pending import waiting_decisions
from flask_talentpool.enums import Door, StageReached
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.checks.checker import Finding
from flask_talentpool.letters.checks.rules import Level
from tests.services.deciding import MONDAY, Deciding, days, deciding
from tests.support.people import OMAR, RITA


@pytest.fixture
def host(make_agency):
    return deciding(make_agency)


def held(host, key):
    letter = host.letter(key)
    return letter.state, letter.because


def test_who_was_interviewed_waits_for_a_line_and_who_was_not_does_not(host):
    met, applied = host.rejected(), host.rejected("Bo Li", stage="applied")

    assert held(host, met) == ("held", "personal")
    assert held(host, applied) == ("due", "")


def test_a_line_lets_the_letter_go_and_stands_in_it_under_a_name(host):
    key = host.rejected()

    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "You asked good questions.", by=RITA))

    assert held(host, key) == ("due", "")
    assert "You asked good questions." in host.letter(key).text
    row = host.decision(key)
    assert (row.line_by, row.line_by_name, row.line_at) == (RITA.id, RITA.name, MONDAY)


def test_none_is_an_answer_too(host):
    key = host.rejected()

    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "", by=RITA))

    assert held(host, key) == ("due", "")
    assert host.decision(key).line_at == MONDAY


def test_an_approval_is_an_answer_too(host):
    key = host.rejected()

    host.decide(key, lambda ctx, row: lifecycle.approve(ctx, row, by=RITA))

    assert held(host, key) == ("due", "")


def test_nobody_says_anything_and_it_goes_in_time_unlatched_and_without_a_line(host, letters):
    key = host.rejected()
    until = host.letter(key).held_until
    host.wait_until(until - timedelta(minutes=1))
    host.sync()
    host.send()
    before = letters()

    host.wait_until(until)
    host.sync()
    host.send()

    assert before == []
    assert until == MONDAY + days(7), "five business days later"
    assert host.letter(key).state == "sent"
    assert host.decision(key).door == "unlatched"


def test_it_goes_with_the_door_a_person_set(host):
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_door(ctx, row, Door.OPEN, by=RITA))
    assert held(host, key) == ("held", "personal")

    host.wait_until(host.letter(key).held_until)
    host.sync()
    host.send()

    assert host.letter(key).text_name == "outcome/interviewed.open"
    assert host.letter(key).state == "sent"


def test_it_never_waits_past_the_target_of_the_answer_clock(host):
    key = host.rejected(interviewed_at=MONDAY - days(6))

    assert host.letter(key).held_until == MONDAY + days(4)


def test_with_office_hours_it_goes_at_the_last_moment_within_them_before_the_target(make_agency):
    berlin = ZoneInfo("Europe/Berlin")
    host = deciding(make_agency, TALENTPOOL_DELAY=BusinessDelay(), TALENTPOOL_TIMEZONE="Europe/Berlin")
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)
    key = host.rejected(interviewed_at=saturday - days(10))

    until = host.letter(key).held_until.astimezone(berlin)

    assert until <= saturday
    assert (until.weekday(), until.hour, until.minute) == (4, 12, 30), "Friday before 13:00"


def test_a_line_written_at_night_waits_for_office_hours(make_agency):
    host = deciding(make_agency, TALENTPOOL_DELAY=BusinessDelay(days=0))
    key = host.rejected()
    host.wait_until(datetime(2026, 3, 3, 23, tzinfo=UTC))

    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "", by=RITA))

    assert host.letter(key).due_at == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_round_does_not_look_at_letters_that_wait_for_their_line(host):
    host.rejected()
    seen = []
    with host.app.app_context():
        for moment in (MONDAY, MONDAY + days(6), MONDAY + days(7)):
            host.wait_until(moment)
            seen.append(len(waiting_decisions(host.tp.context(), after=0, limit=200)))

    assert seen == [0, 0, 1]


def test_a_colleague_who_applied_always_waits_for_a_person(host):
    key = host.rejected(stage="applied", is_colleague=True)
    host.clock.advance(days(60))
    host.sync()
    host.send()

    assert held(host, key) == ("held", "internal")


class ByCallable(Deciding):
    """The same host with offers that no statement can read."""

    more_entries = Deciding.more_entries | {"offered": lambda application: application.has_offer}


@pytest.fixture(params=["in_sql", "by_callable"])
def offering(request, make_agency, monkeypatch):
    if request.param == "by_callable":
        monkeypatch.setattr("tests.services.deciding.Deciding", ByCallable)
    return deciding(make_agency)


def test_finalists_wait_while_an_offer_for_their_job_is_out(offering, letters):
    host = offering
    hire = host.rejected("Cy Ng", stage="final", status="open", has_offer=True)
    finalist = host.rejected(stage="final")
    others = host.rejected("Bo Li", stage="interview"), host.rejected("Di Ox", stage="final", job="Cook")

    assert held(host, finalist) == ("held", "offer_open")
    assert [held(host, key) for key in others] == [("held", "personal")] * 2

    host.change(hire, status="hired")
    host.clock.advance(timedelta(minutes=11))
    host.sync()
    assert held(host, finalist) == ("held", "personal")
    host.decide(finalist, lambda ctx, row: editing.set_line(ctx, row, "", by=RITA))
    assert held(host, finalist) == ("due", "")


@pytest.mark.parametrize("has_offer", [True, False])
@pytest.mark.parametrize("status", ["declined", "withdrawn"])
def test_finalists_go_on_waiting_when_the_offer_falls_through(offering, status, has_offer):
    host = offering
    first = host.rejected("Al Xu", stage="final", status="hired", has_offer=True)
    hire = host.rejected("Cy Ng", stage="final", status="open", has_offer=True)
    host.clock.advance(timedelta(minutes=1))
    finalist = host.rejected(stage="final")
    assert held(host, finalist) == ("held", "offer_open")
    host.clock.advance(timedelta(minutes=1))
    host.change(hire, status=status, has_offer=has_offer)
    host.sync()
    host.clock.advance(timedelta(days=2))
    host.sync()

    assert held(host, finalist) == ("held", "offer_fell"), f"{first} was hired long before"

    host.rejected("Bo Li", stage="interview", status="hired")
    host.clock.advance(timedelta(minutes=11))
    host.sync()
    assert held(host, finalist) == ("held", "personal")


def test_finalists_wait_for_a_call_after_a_declined_offer_and_not_for_ever(offering):
    host = offering
    hire = host.rejected("Cy Ng", stage="final", status="open", has_offer=True)
    finalist = host.rejected(stage="final")
    host.clock.advance(timedelta(days=30))
    host.sync()
    host.change(hire, status="declined", has_offer=False)
    host.sync()
    host.clock.advance(timedelta(days=4))
    host.sync()
    assert held(host, finalist) == ("held", "offer_fell")

    host.clock.advance(timedelta(days=5))
    host.sync()

    assert held(host, finalist) == ("due", "")


def test_who_is_turned_down_after_the_offer_fell_through_is_answered(offering):
    host = offering
    hire = host.rejected("Cy Ng", stage="final", status="open", has_offer=True)
    host.change(hire, status="declined")
    host.sync()
    host.clock.advance(timedelta(minutes=1))

    finalist = host.rejected(stage="final")

    assert held(host, finalist) == ("held", "personal")


def test_an_offer_made_after_the_letter_was_ready_holds_it_at_hand_over(offering, letters):
    host = offering
    hire = host.rejected("Cy Ng", stage="final", status="open")
    finalist = host.rejected(stage="final")
    host.decide(finalist, lambda ctx, row: editing.set_line(ctx, row, "", by=RITA))
    host.change(hire, has_offer=True)

    report = host.send()

    assert (report.held, letters()) == (1, [])
    assert held(host, finalist) == ("held", "offer_open")


def test_who_approves_although_an_offer_is_out_is_obeyed(host):
    host.rejected("Cy Ng", stage="final", status="open", has_offer=True)
    finalist = host.rejected(stage="final")

    host.decide(finalist, lambda ctx, row: lifecycle.approve(ctx, row, by=RITA))
    host.send()

    assert host.letter(finalist).state == "sent"


def test_who_is_turned_down_with_an_offer_in_hand_waits_for_a_person(host):
    key = host.rejected(stage="final", has_offer=True)

    assert held(host, key) == ("held", "offer_in_hand")


def test_a_reason_that_may_be_shared_is_in_the_letter_with_its_detail(host):
    key = host.rejected()

    host.decide(
        key,
        lambda ctx, row: editing.set_reason(ctx, row, "requirement", detail="a B licence", by=RITA),
    )

    assert "The advertisement asked for a B licence" in host.letter(key).text


@pytest.mark.parametrize("code", ["internal", ""])
def test_a_reason_that_stays_inside_gives_the_letter_no_substitute(host, code):
    key = host.rejected(why="too loud in the interview")
    before = host.letter(key).text

    host.decide(key, lambda ctx, row: editing.set_reason(ctx, row, code, by=RITA))

    assert host.letter(key).text == before
    assert "loud" not in before


def test_a_reason_whose_detail_is_missing_is_refused_with_the_remedy(host):
    key = host.rejected()

    with pytest.raises(Refused, match="which stated requirement"):
        host.decide(key, lambda ctx, row: editing.set_reason(ctx, row, "requirement", by=RITA))


def test_how_far_somebody_came_stays_as_a_person_corrected_it(host):
    key = host.rejected(stage="applied")
    host.decide(key, lambda ctx, row: editing.set_stage(ctx, row, StageReached.FINALIST, by=RITA))
    assert host.letter(key).text_name == "outcome/finalist.unlatched"

    host.change(key, stage="screen")
    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "You stayed calm.", by=RITA))

    assert host.decision(key).stage_reached == "finalist"


def test_feedback_waits_for_another_reader_than_its_writer(make_agency):
    host = deciding(make_agency, TALENTPOOL_FEEDBACK_REVIEW=True, TALENTPOOL_MODES="auto")
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_feedback(ctx, row, "The tests were clear.", by=RITA))
    assert held(host, key) == ("held", "feedback")

    with pytest.raises(Refused, match="Somebody else"):
        host.decide(key, lambda ctx, row: editing.read_feedback(ctx, row, approve=True, by=RITA))
    host.decide(key, lambda ctx, row: editing.read_feedback(ctx, row, approve=True, by=OMAR))

    assert held(host, key) == ("due", "")
    assert host.decision(key).feedback_read_by == OMAR.id


def test_feedback_sent_back_is_not_shared(make_agency):
    host = deciding(make_agency, TALENTPOOL_FEEDBACK_REVIEW=True, TALENTPOOL_MODES="auto")
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_feedback(ctx, row, "Be more lively.", by=RITA))

    host.decide(key, lambda ctx, row: editing.read_feedback(ctx, row, approve=False, by=OMAR))

    row = host.decision(key)
    assert held(host, key) == ("due", "")
    assert (row.feedback, "Be more lively." in row.note, row.note_by) == ("", True, RITA.id)


def test_feedback_changed_after_it_was_read_is_read_again(make_agency):
    host = deciding(make_agency, TALENTPOOL_FEEDBACK_REVIEW=True, TALENTPOOL_MODES="auto")
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_feedback(ctx, row, "Clear tests.", by=RITA))
    host.decide(key, lambda ctx, row: editing.read_feedback(ctx, row, approve=True, by=OMAR))

    host.decide(key, lambda ctx, row: editing.set_feedback(ctx, row, "Clear tests, few words.", by=RITA))

    assert held(host, key) == ("held", "feedback")


def test_an_error_of_the_check_holds_the_letter_whoever_approves_it(host, monkeypatch):
    def forbid(written, values, *, about):
        found = "blame" in written.text
        return (Finding(rule="blame", level=Level.ERROR, message="This blames."),) if found else ()

    monkeypatch.setattr("flask_talentpool.decisions.outcome.draft.check", forbid)
    key = host.rejected()
    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "We blame you.", by=RITA))
    assert (*held(host, key), host.letter(key).detail) == ("held", "check", "This blames.")

    with pytest.raises(Refused, match="This blames"):
        host.decide(key, lambda ctx, row: lifecycle.approve(ctx, row, by=RITA))
    host.decide(key, lambda ctx, row: editing.set_line(ctx, row, "We thank you.", by=RITA))

    assert held(host, key) == ("due", "")


def test_what_somebody_held_by_hand_stays_held_past_the_target(host):
    key = host.rejected()
    with host.work() as ctx:
        outbox.hold(ctx, ctx.session.get(ctx.models.letter, host.letter(key).id), by=RITA)

    host.clock.advance(days(60))
    host.sync()

    assert held(host, key) == ("held", "by_hand")
