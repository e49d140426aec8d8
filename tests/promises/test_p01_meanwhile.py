"""P1 and P4: what somebody else did between the reading of a row and the acting on it counts."""

import pytest

from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.telling import confirmation
from flask_talentpool.enums import Door, RecallState
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.recalls import service as recalls
from tests.support.people import OTTO, RITA


def invited(world, row):
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))


def told_with_a_short_letter(world, row):
    world.tp.told(row, channel="phone", by=RITA)
    world.session.commit()
    world.change(lambda ctx: confirmation.confirm(ctx, world.decision(row), by=RITA))


@pytest.mark.parametrize("write", [invited, told_with_a_short_letter])
def test_a_held_letter_that_another_worker_let_go_and_sent_goes_once(world, smtp_server, monkeypatch, write):
    (row,) = world.rejected()
    if write is invited:
        world.send(smtp_server)
    there_already = len(smtp_server.mails)
    write(world, row)
    row.candidate.email = ""
    world.session.commit()
    world.send(smtp_server)
    assert world.states()["held"] == 1
    row.candidate.email = "back@mail.test"
    world.session.commit()
    really_held, looked = outbox.still_held, []

    def meanwhile(ctx, letter):
        if not looked:
            looked.append(letter.id)
            world.aside(world.tp.sync)
            world.aside(lambda: world.send(smtp_server))
        return really_held(ctx, letter)

    monkeypatch.setattr(outbox, "still_held", meanwhile)
    world.tp.sync()
    world.send(smtp_server)

    assert looked
    assert len(smtp_server.mails) == there_already + 1
    assert "due" not in world.states()


def test_a_promise_taken_back_while_somebody_approves_does_not_go(make_world, smtp_server):
    world = make_world(TALENTPOOL_MODES="review")
    (row,) = world.rejected()
    world.change(lambda ctx: editing.set_door(ctx, world.decision(row), Door.OPEN, by=RITA))

    def approving(ctx):
        decision = world.decision(row)
        assert decision.door == "open"
        closing = lambda other: editing.set_door(other, world.decision(row), Door.CLOSED, by=OTTO)  # noqa: E731
        world.aside(lambda: world.change(closing))
        lifecycle.approve(ctx, decision, by=RITA)

    world.change(approving)

    letter = world.letter(row)
    assert (letter.state, letter.member_id) == ("due", None)
    assert letter.text_name.endswith(".closed")


def test_words_changed_after_an_approval_wait_for_another_where_a_session_does_not_flush(make_world):
    world = make_world(TALENTPOOL_MODES="review")
    (row,) = world.rejected()
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(row), by=RITA))

    def changing(ctx):
        decision = world.decision(row)
        with ctx.session.no_autoflush:
            editing.set_line(ctx, decision, "You asked good questions.", by=OTTO)

    world.change(changing)

    letter = world.letter(row)
    assert (letter.state, letter.approved_by) == ("held", "")


def test_an_invitation_that_was_accepted_meanwhile_is_not_withdrawn(world, smtp_server):
    (row,) = world.rejected()
    world.send(smtp_server)
    invited(world, row)
    world.send(smtp_server)
    world.open_application = lambda *_: None
    model = world.m.recall

    def withdrawing(ctx):
        (recall,) = ctx.session.query(model).all()
        assert recall.state == "invited"
        yes = lambda other: recalls.answer(other, other.session.get(model, recall.id), RecallState.ACCEPTED)  # noqa: E731
        world.aside(lambda: world.change(yes))
        with pytest.raises(Refused, match="answered or closed already"):
            recalls.withdraw(ctx, recall, by=RITA)
        ctx.session.rollback()

    world.change(withdrawing)

    assert world.session.query(model).one().state == "accepted"
