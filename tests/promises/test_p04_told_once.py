"""P4: told once, in one moment. Deciding and telling are two things."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.decisions import editing, facts, lifecycle
from flask_talentpool.decisions.telling import confirmation, correction
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters import outbox
from tests.promises.world import Meanwhile
from tests.support.people import RITA
from tests.support.smtp import Answer, Drop

pytestmark = pytest.mark.untraced


def seen_by(world, application):
    """Return what the candidate sees, with the session as another request would have it."""
    world.session.rollback()
    return world.tp.visible_status(application)


def test_a_rejection_shows_as_open_until_the_letter_has_gone(world, smtp_server):
    (application,) = world.apply()
    seen = [seen_by(world, application)]
    world.reject(application)
    seen.append(seen_by(world, application))
    world.tp.sync()
    seen.append(seen_by(world, application))
    world.send(smtp_server)
    seen.append(seen_by(world, application))

    assert seen == ["open", "open", "open", "rejected"]


def test_a_rejection_no_hook_saw_shows_as_open(world):
    (application,) = world.apply()
    world.bulk("rejected", application)

    assert seen_by(world, application) == "open"


def test_what_needs_no_letter_shows_at_once(world):
    hired, withdrawn = world.apply(2)
    world.set_status("hired", hired)
    world.bulk("withdrawn", withdrawn)

    assert [seen_by(world, row) for row in (hired, withdrawn)] == ["hired", "withdrawn"]


def test_a_rejection_shows_as_open_while_it_is_handed_over_and_when_its_fate_is_unknown(world, smtp_server):
    (application,) = world.rejected()
    key = application.id
    seen = []
    transport = Meanwhile(
        smtp_server.url,
        lambda: seen.append(
            world.aside(lambda: world.tp.visible_status(world.session.get(world.Application, key)))
        ),
    )
    smtp_server.at("DOT", Drop(accepted=True))

    world.send(transport=transport)

    assert seen == ["open"]
    assert seen_by(world, application) == "open"
    world.change(lambda ctx: outbox.it_arrived(ctx, world.letter(application), by=RITA))
    assert seen_by(world, application) == "rejected"


def test_somebody_told_by_phone_sees_it_and_gets_no_letter(world, smtp_server):
    (application,) = world.rejected()

    world.tp.told(application, channel="phone", by=RITA)
    world.session.commit()
    world.tp.sync()
    world.send(smtp_server)

    assert seen_by(world, application) == "rejected"
    assert [(letter.state, letter.because) for letter in world.letters()] == [("cancelled", "told_elsewhere")]
    assert smtp_server.mails == []


def test_told_before_anything_was_noticed_counts_as_well(world, smtp_server):
    (application,) = world.apply()
    world.bulk("rejected", application)

    world.tp.told(world.session.get(world.Application, application.id), channel="in_person", by=RITA)
    world.session.commit()
    world.tp.sync()
    world.send(smtp_server)

    assert world.letters() == []
    assert seen_by(world, application) == "rejected"


@pytest.mark.parametrize("autoflush", [True, False])
def test_telling_in_the_hosts_own_transaction_keeps_what_the_host_has_not_flushed(world, autoflush):
    (application,) = world.apply()
    world.session().autoflush = autoflush
    application.status = "rejected"
    application.note = "rang at noon"

    world.tp.told(application, channel="phone", by=RITA)
    world.session.commit()

    row = world.session.execute(sa.select(world.Application.status, world.Application.note)).one()
    assert tuple(row) == ("rejected", "rang at noon")
    assert seen_by(world, application) == "rejected"


def test_telling_twice_is_telling_once(world):
    (application,) = world.rejected()
    for channel in ("phone", "in_person", "phone"):
        world.tp.told(application, channel=channel, by=RITA)
    world.session.commit()

    assert world.decision(application).told_by == "phone"
    assert world.count(world.m.touch) == 1


def test_telling_what_is_not_decided_is_refused(world):
    (application,) = world.apply()

    with pytest.raises(Refused, match="no outcome"):
        world.tp.told(application, channel="phone", by=RITA)


def test_telling_after_the_letter_went_changes_nothing(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)

    world.tp.told(application, channel="phone", by=RITA)
    world.session.commit()

    assert world.decision(application).told_by == "letter"
    assert world.letter(application).state == "sent"


@pytest.mark.parametrize("act", ["told", "take_back", "set_line", "hold"])
def test_what_comes_while_the_letter_is_handed_over_is_refused_with_the_reason(world, smtp_server, act):
    (application,) = world.rejected()
    key = application.id

    def acting(ctx):
        row = world.session.get(world.Application, key)
        decision = world.decision(row)
        if act == "told":
            world.tp.told(row, channel="phone", by=RITA)
        elif act == "take_back":
            lifecycle.take_back(ctx, decision, by=RITA)
        elif act == "set_line":
            editing.set_line(ctx, decision, "You asked good questions.", by=RITA)
        else:
            outbox.hold(ctx, world.letter(row), by=RITA)

    transport = Meanwhile(smtp_server.url, lambda: world.aside(lambda: world.change(acting)))
    world.send(transport=transport)

    assert [type(error) for error in transport.raised] == [BeingHandedOver]
    assert world.states() == {"sent": 1}
    decision = world.decision(application)
    assert (decision.state, decision.told_by, decision.line) == ("live", "letter", "")


@pytest.mark.parametrize("act", ["told", "take_back", "set_line"])
@pytest.mark.parametrize("composed", [True, False])
def test_what_was_begun_before_the_letter_went_changes_nothing(world, smtp_server, act, composed):
    (application,) = world.rejected() if composed else world.apply()
    world.reject(application)

    def acting(ctx):
        decision = world.decision(application)
        assert decision.told_at is None
        world.aside(world.tp.sync)
        world.aside(lambda: world.send(smtp_server))
        if act == "told":
            telling.tell_decision(ctx, decision, channel="phone", by=RITA)
            return
        line = ("You asked good questions.",) if act == "set_line" else ()
        with pytest.raises(Refused, match="has been told already"):
            getattr(lifecycle if act == "take_back" else editing, act)(ctx, decision, *line, by=RITA)
        ctx.session.rollback()

    world.change(acting)

    assert world.states() == {"sent": 1}
    decision = world.decision(application)
    assert (decision.state, decision.told_by, decision.line) == ("live", "letter", "")


def test_taking_back_cancels_all_of_it(world, smtp_server):
    orm, bulk, bulk_synced, here = world.rejected(4)
    world.set_status("open", orm)
    world.bulk("open", bulk_synced)
    world.tp.sync()
    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(here), by=RITA))
    # The last moment: no hook sees it and no sync runs between this and the hand-over.
    world.bulk("open", bulk)

    world.send(smtp_server)
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert {letter.because for letter in world.letters()} == {"taken_back", "host_says_otherwise"}
    assert {letter.state for letter in world.letters()} == {"cancelled"}
    assert [seen_by(world, row) for row in (orm, bulk, bulk_synced, here)] == ["open"] * 4


@pytest.mark.parametrize("status", ["hired", "withdrawn", "open", "a status never seen"])
def test_the_dispatcher_reads_the_host_row_again(world, smtp_server, status):
    (application,) = world.rejected()
    world.bulk(status, application)

    report = world.send(smtp_server)

    assert report.cancelled == 1
    assert smtp_server.mails == []
    assert world.letters()[0].because == "host_says_otherwise"


def test_rejected_again_by_a_statement_no_hook_sees_after_the_letter_was_cancelled_is_answered(
    world, smtp_server
):
    (application,) = world.rejected()
    world.bulk("open", application)
    world.send(smtp_server)
    world.bulk("rejected", application)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert seen_by(world, application) == "rejected"


def test_the_dispatcher_writes_to_the_address_the_host_has_now(world, smtp_server):
    world.rejected()
    world.session.execute(sa.update(world.Candidate).values(email="moved@mail.test"))
    world.session.commit()

    world.send(smtp_server)

    assert smtp_server.mails[0].rcpt_tos == ("moved@mail.test",)


@pytest.mark.parametrize("kind", ["row", "candidate"])
def test_an_application_that_is_gone_when_its_letter_is_due_gets_none(world, smtp_server, kind):
    world.rejected()
    world.session.execute(sa.delete(world.Application))
    if kind == "candidate":
        world.session.execute(sa.delete(world.m.candidate_link))
        world.session.execute(sa.delete(world.Candidate))
    world.session.commit()

    world.send(smtp_server)

    assert smtp_server.mails == []
    assert [(letter.state, letter.because) for letter in world.letters()] == [("held", "row_gone")]


def test_a_letter_refused_for_good_leaves_the_person_untold_until_somebody_tells_them(world, smtp_server):
    (application,) = world.rejected()
    smtp_server.at("RCPT", Answer("550 5.1.1 no such user"))
    world.send(smtp_server)
    assert seen_by(world, application) == "open"

    world.tp.told(application, channel="post", by=RITA)
    world.session.commit()

    assert seen_by(world, application) == "rejected"
    assert world.states() == {"cancelled": 1}


def test_looking_at_the_visible_status_writes_nothing(world):
    (application,) = world.apply()
    world.bulk("rejected", application)
    row = world.session.get(world.Application, application.id)

    assert world.tp.visible_status(row) == "open"

    world.session.commit()
    assert world.count(world.m.decision) == 0


def took_back(world, application, why="Two names were mixed up."):
    """Take back what the person was told; the decision's id."""
    return world.change(
        lambda ctx: (
            correction.take_back_told(ctx, facts.live_decision(ctx, application.id), why=why, by=RITA).id
        )
    )


def test_taking_back_what_was_told_shows_as_open_at_once_and_writes_to_nobody(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)
    before = seen_by(world, application)

    took_back(world, application)
    for _ in range(3):
        world.clock.advance(timedelta(days=5))
        world.tp.sync()
        world.send(smtp_server)

    assert (before, seen_by(world, application)) == ("rejected", "open")
    assert len(smtp_server.mails) == 1
    assert world.states() == {"sent": 1}


def test_a_correction_is_one_letter_however_many_press_at_once(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)
    decision_id = took_back(world, application)
    world.set_status("open", application)

    def press():
        return world.change(
            lambda ctx: (
                correction.correct(
                    ctx, lifecycle.find(ctx, decision_id), why="We mixed up two names.", by=RITA
                ).id
            )
        )

    results = world.at_once(press, press, press)
    world.send(smtp_server)

    assert len({result for result in results if isinstance(result, int)}) == 1
    assert len(smtp_server.mails) == 2
    assert [letter.kind for letter in world.letters()] == ["outcome", "correction"]


def test_telling_and_a_short_letter_pressed_at_once_are_one_telling_and_one_letter(world, smtp_server):
    (application,) = world.rejected()
    key = application.id

    def press():
        def work(ctx):
            decision = facts.live_decision(ctx, key)
            telling.tell_decision(ctx, decision, channel="phone", by=RITA)
            return confirmation.confirm(ctx, decision, by=RITA).id

        return world.change(work)

    world.at_once(press, press, press)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert sorted((letter.kind, letter.state) for letter in world.letters()) == [
        ("confirmation", "sent"),
        ("outcome", "cancelled"),
    ]


@pytest.mark.parametrize("days", [4, 12])
def test_a_letter_that_waits_for_its_line_goes_by_its_target_whatever_nobody_does(
    make_world, smtp_server, days
):
    world = make_world(TALENTPOOL_MODES="personal", TALENTPOOL_ANSWER_TARGET=timedelta(days=days))
    applications = world.rejected(3)
    decided = world.clock.now()
    sent_at = []

    for hour in range(24 * (min(days, 7) + 2)):
        world.clock.advance(timedelta(hours=1))
        if hour % 6 == 5:
            world.tp.sync()
            if world.send(smtp_server).sent:
                sent_at.append(world.clock.now())

    assert len(smtp_server.mails) == len(applications)
    assert sent_at
    assert sent_at[-1] <= decided + timedelta(days=min(days, 7), hours=6)
