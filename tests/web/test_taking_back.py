"""Taking a decision back here while the host still says it: quiet until the host says something else."""

import pytest
import sqlalchemy as sa

from flask_talentpool.decisions import lifecycle
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from tests.support.people import RITA


@pytest.fixture(params=["hook", "sync"])
def setting(request, office):
    """Set a host status so that the hook sees it, or by a bulk UPDATE that only `sync` finds."""

    def set_status(application, status):
        if request.param == "hook":
            office.decide(application, status)
        else:
            office.set(office.host.Application, application, status=status)

    return set_status


def take_back(office, application):
    decision = office.decision_of(application).id
    office.do(lambda ctx: lifecycle.take_back(ctx, lifecycle.find(ctx, decision), by=RITA))


def letters(office):
    return [letter.state for letter in office.rows("letter")]


def test_what_was_taken_back_here_is_not_written_about_while_the_host_still_says_so(office):
    application = office.rejected()
    take_back(office, application)

    first, second = office.sync(), office.sync()

    assert (first.noticed, first.taken_back, second.noticed) == (0, 0, 0)
    assert letters(office) == ["cancelled"]
    assert office.decision_of(application) is None
    assert office.send().sent == 0


def test_a_word_of_the_host_in_between_makes_what_follows_a_new_decision(office):
    application = office.rejected()
    take_back(office, application)

    office.decide(application, "open ")
    office.decide(application, "Rejected")
    office.set(office.host.Application, application, stage="interview")
    office.sync()

    # "open " is another word of the host: what follows is a new decision.
    assert letters(office) == ["cancelled", "due"]


def test_when_the_host_says_otherwise_and_rejects_again_one_new_letter_is_written(office, setting):
    application = office.rejected()
    take_back(office, application)

    setting(application, "open")
    office.sync()
    assert office.rows("decision")[0].suppressed_for is None
    setting(application, "rejected")
    office.sync()

    assert letters(office) == ["cancelled", "due"]
    assert office.send().sent == 1


def test_a_host_that_hires_instead_is_heard_at_once(office, setting):
    application = office.rejected()
    take_back(office, application)

    setting(application, "hired")
    office.sync()

    assert office.decision_of(application).outcome == "hired"
    assert [row.suppressed_for for row in office.rows("decision")] == [None, None]


def test_taking_back_after_the_host_did_leaves_no_silence(office):
    application = office.rejected()
    decision = office.decision_of(application).id
    office.set(office.host.Application, application, status="open")
    office.do(lambda ctx: lifecycle.take_back(ctx, lifecycle.find(ctx, decision), by=RITA))

    assert office.row("decision").suppressed_for is None


def test_letting_it_stand_after_all_makes_a_new_decision_with_one_letter(office):
    application = office.rejected()
    take_back(office, application)
    old = office.rows("decision")[0].id

    office.do(lambda ctx: lifecycle.let_stand(ctx, lifecycle.find(ctx, old), by=RITA))
    office.sync()

    assert letters(office) == ["cancelled", "due"]
    assert office.decision_of(application).id != old
    with pytest.raises(Refused):
        office.do(lambda ctx: lifecycle.let_stand(ctx, lifecycle.find(ctx, old), by=RITA))


def test_the_host_reporting_its_own_letter_lets_the_outcome_stand(office):
    application = office.rejected()
    take_back(office, application)

    with office.unit() as session:
        office.talentpool.told(session.get(office.host.Application, application), channel="host")

    assert office.decision_of(application).told_by == "host"
    assert office.send().sent == 0


def test_a_row_deleted_while_quiet_leaves_nothing_behind_that_answers_for_its_id(office):
    application = office.rejected()
    take_back(office, application)

    with office.unit() as session:
        session.execute(sa.delete(office.host.Application))
    again = office.apply(name="Bo Lind", email="bo@mail.example")
    office.reject(again)
    office.sync()

    assert again == application, "SQLite hands the id out again"
    assert office.decision_of(again).candidate_key == "2"
    assert letters(office) == ["cancelled", "due"]


def test_taking_back_costs_the_hook_no_statement_more(office):
    one, two = office.rejected(), office.rejected(name="Bo", email="bo@mail.example")
    take_back(office, one)

    def reopened(application):
        with office.counting() as seen:
            office.decide(application, "open")
        return len(seen)

    quiet, live = reopened(one), reopened(two)

    assert quiet <= live


def test_nothing_is_taken_back_while_a_letter_may_have_arrived(office):
    application = office.rejected()
    office.change("letter", office.letter_of(application).id, state="unknown")

    with pytest.raises(Refused, match="may have arrived"):
        take_back(office, application)


def test_a_failed_letter_is_cancelled_with_its_decision(office):
    application = office.rejected()
    office.change("letter", office.letter_of(application).id, state="failed")

    take_back(office, application)

    assert letters(office) == ["cancelled"]


def test_sending_again_is_refused_when_the_letter_went_meanwhile(office):
    letter_id = office.letter_of(office.rejected()).id
    office.change("letter", letter_id, state="failed")

    def stale(ctx):
        letter = ctx.session.get_one(ctx.models.letter, letter_id)
        ctx.session.execute(
            sa.update(ctx.models.letter).values(state="sent").execution_options(synchronize_session=False)
        )
        outbox.send_again(ctx, letter, by=RITA)

    with pytest.raises(Refused):
        office.do(stale)
