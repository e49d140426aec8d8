"""P10: we read by the host's session, so what it hides stays hidden; hidden is not gone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import clock as clocks
from flask_talentpool.answer_clock import progress_letter
from flask_talentpool.decisions import facts
from flask_talentpool.decisions.telling import correction
from flask_talentpool.enums import DecisionState, HoldReason, LetterState, RecallState
from flask_talentpool.errors import Refused
from flask_talentpool.overview import queries as overview
from flask_talentpool.recalls import bench as benches
from flask_talentpool.recalls import service as recalls
from tests.promises.curtain import curtained
from tests.support.people import RITA


@pytest.fixture
def hiding(make_world):
    return curtained(make_world)


def rows(world, *keys):
    return [world.session.get(world.Application, key) for key in keys]


def days_later(world, days=15):
    world.clock.advance(timedelta(days=days))
    world.tp.sync()


# Noticing


@pytest.mark.parametrize("how", ["by the hook", "by sync"])
def test_what_is_hidden_and_rejected_in_one_go_is_not_noticed(hiding, smtp_server, how):
    world, curtain = hiding
    (application,) = world.apply()
    if how == "by the hook":
        curtain.hides(application)
        application.status = "rejected"
        world.session.commit()
    else:
        world.bulk("rejected", application)
        curtain.hide(application)
    world.tp.sync()
    world.send(smtp_server)

    assert world.count(world.m.decision) == 0
    assert smtp_server.mails == []


def test_a_hidden_row_that_is_shown_again_is_noticed_then(hiding, smtp_server):
    world, curtain = hiding
    (application,) = world.apply()
    world.bulk("rejected", application)
    curtain.hide(application)
    world.tp.sync()

    curtain.lift()
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_a_look_in_which_the_hosts_filter_hides_everything_changes_nothing(hiding, smtp_server):
    world, curtain = hiding
    told = world.told(3)
    waiting = world.rejected(2)
    open_ones = world.apply(2)
    world.tp.sync()
    keys = [row.id for row in (*told, *waiting, *open_ones)]
    before = [d.state for d in world.session.scalars(sa.select(world.m.decision))]

    curtain.hide_all(world.Application)
    for _ in range(3):
        days_later(world)
        world.send(smtp_server)

    assert smtp_server.mails == []
    assert {letter.because for letter in world.letters() if letter.state == LetterState.HELD} == {
        HoldReason.HIDDEN
    }
    assert [d.state for d in world.session.scalars(sa.select(world.m.decision))] == before
    curtain.lift()
    world.tp.sync()
    assert [world.decision(row) is not None for row in rows(world, *keys)] == [True] * 5 + [False] * 2


def test_a_letter_of_a_hidden_row_waits_its_decision_stays_and_it_goes_once_shown(hiding, smtp_server):
    world, curtain = hiding
    (application,) = world.rejected()
    key = application.id
    curtain.hide(application)

    world.send(smtp_server)
    world.tp.sync()

    (letter,) = world.letters()
    assert (letter.state, letter.because) == (LetterState.HELD, HoldReason.HIDDEN)
    assert [d.state for d in world.session.scalars(sa.select(world.m.decision))] == [DecisionState.LIVE]

    curtain.lift()
    world.tp.sync()
    world.send(smtp_server)
    assert len(smtp_server.mails) == 1
    assert world.tp.visible_status(*rows(world, key)) == "rejected"


# Who waits for an answer


@pytest.mark.parametrize("what", ["application", "candidate"])
def test_somebody_the_host_hides_does_not_wait_for_an_answer(hiding, smtp_server, what):
    world, curtain = hiding
    hidden, shown = world.apply(2, stage="interview")
    name, address = shown.candidate.full_name, shown.candidate.email
    world.tp.sync()
    curtain.hide(hidden if what == "application" else hidden.candidate)

    found = world.tp.unanswered()
    ctx = world.tp.context()
    brief = overview.waiting(ctx, lambda statement: statement, asks=False).unanswered

    assert [one.name for one in found] == [name]
    assert brief.count == 1
    for _ in range(5):
        days_later(world)
        world.send(smtp_server)
    assert {mail.rcpt_tos[0] for mail in smtp_server.mails} == {address}
    curtain.lift()
    assert len(world.tp.unanswered()) == 2


def test_the_clock_of_a_hidden_row_runs_on_and_its_progress_letter_waits(hiding, smtp_server):
    world, curtain = hiding
    (application,) = world.apply(stage="interview")
    world.tp.sync()
    world.change(
        lambda ctx: progress_letter.say_still_open(
            ctx, ctx.session.scalars(sa.select(world.m.clock)).one(), by=RITA
        )
    )
    curtain.hide(application)

    world.send(smtp_server)
    world.tp.sync()

    (letter,) = world.letters()
    assert (letter.state, letter.because) == (LetterState.HELD, HoldReason.HIDDEN)
    assert world.session.scalars(sa.select(world.m.clock.answered_at)).all() == [None]


# Benches, invitations, what follows


@pytest.mark.parametrize("what", ["application", "candidate"])
def test_somebody_the_host_hides_does_not_stand_on_the_bench(hiding, what):
    world, curtain = hiding
    hidden, shown = world.told(2, job=world.Job(title="Engineer"))
    job, name = str(hidden.job_id), shown.candidate.full_name
    curtain.hide(hidden if what == "application" else hidden.candidate)

    assert [row.name for row in benches.bench(world.tp.context(), job, None)] == [name]


@pytest.mark.parametrize("what", ["application", "candidate"])
def test_an_invitation_of_somebody_the_host_hides_waits(hiding, smtp_server, what):
    world, curtain = hiding
    (application,) = world.told()
    world.change(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, application.id), by=RITA))
    curtain.hide(application if what == "application" else application.candidate)

    world.send(smtp_server)

    letter = world.letters()[-1]
    assert (letter.state, letter.because) == (LetterState.HELD, HoldReason.HIDDEN)
    assert smtp_server.mails == []
    curtain.lift()
    world.tp.sync()
    world.send(smtp_server)
    assert len(smtp_server.mails) == 1


def test_nobody_is_invited_through_a_hidden_row(hiding):
    world, curtain = hiding
    (application,) = world.told()
    key = application.id
    curtain.hide(application)

    with pytest.raises(Refused) as refused:
        world.change(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, key), by=RITA))

    assert refused.value.code == HoldReason.HIDDEN


def test_a_yes_of_somebody_the_host_has_hidden_opens_nothing_and_waits_for_a_person(hiding, smtp_server):
    world, curtain = hiding
    (application,) = world.told()
    world.change(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, application.id), by=RITA))
    world.send(smtp_server)
    candidate = application.candidate
    curtain.hide(candidate)
    # The host has loaded it for something else, so the session knows it still.
    world.session.add(candidate)

    def accept(ctx):
        return recalls.answer(ctx, ctx.session.scalars(sa.select(world.m.recall)).one(), RecallState.ACCEPTED)

    world.change(accept)

    recall = world.session.scalars(sa.select(world.m.recall)).one()
    assert recall.state == RecallState.ACCEPTED
    assert "hides" in recall.attention
    assert world.count(world.Application) == 1


def test_a_letter_of_correction_of_a_hidden_row_waits(hiding, smtp_server):
    world, curtain = hiding
    (application,) = world.rejected()
    world.send(smtp_server)
    decision_id = world.decision(application).id
    world.change(
        lambda ctx: correction.take_back_told(
            ctx, ctx.session.get(world.m.decision, decision_id), by=RITA, why="It was a mistake."
        )
    )
    world.set_status("open", application)
    world.change(
        lambda ctx: correction.correct(
            ctx, ctx.session.get(world.m.decision, decision_id), by=RITA, why="It was a mistake."
        )
    )
    curtain.hide(application)

    world.send(smtp_server)

    letter = world.letters()[-1]
    assert (letter.state, letter.because) == (LetterState.HELD, HoldReason.HIDDEN)


# What the session remembers


def test_a_row_that_the_session_still_knows_is_not_read_once_it_is_hidden(hiding):
    world, curtain = hiding
    (application,) = world.apply()
    candidate = application.candidate
    curtain.hide(application, candidate)
    world.session.add_all([application, candidate])
    host = world.tp.host

    assert host.get(world.session, world.Application, application.id) is None
    assert host.get(world.session, world.Candidate, candidate.id) is None


def test_the_trail_of_a_hidden_row_is_read_anew_each_day(hiding):
    world, curtain = hiding
    (application,) = world.apply(stage="interview")
    world.tp.sync()
    curtain.hide(application)

    world.change(clocks.refresh)

    assert world.session.scalars(sa.select(world.m.clock.answered_at)).all() == [None]
