"""P1, P2 and P4 against whatever order people, processes and mail servers do things in."""

import contextlib
import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flask_talentpool.decisions import editing, facts, lifecycle, locking
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult
from tests.support.effort import EXAMPLES
from tests.support.people import RITA

PEOPLE = st.integers(0, 4)
ANSWERS = st.sampled_from(
    [
        HandOver(HandOverResult.SENT, "250 OK", "test"),
        HandOver(HandOverResult.SENT, "250 OK", "test"),
        HandOver(HandOverResult.RETRY, "451 later", "test"),
        HandOver(HandOverResult.FAILED, "550 no", "test"),
        HandOver(HandOverResult.UNKNOWN, "no answer", "test"),
        "killed",
    ]
)


class Killed(BaseException):
    """The process is gone in the middle of handing over."""


class Watching:
    """A mail server that writes down what the database said at the moment of each hand-over."""

    def __init__(self, world, answers):
        self.world, self.answers, self.seen = world, itertools.cycle(answers), []

    def hand_over(self, mail_from, rcpt_to, data):
        model = self.world.Application
        letter, decision = self.world.m.letter, self.world.m.decision
        with self.world.db.engine.connect() as connection:
            status = connection.scalar(
                sa.select(model.status)
                .join(self.world.Candidate, self.world.Candidate.id == model.candidate_id)
                .where(self.world.Candidate.email == rcpt_to)
            )
            row = connection.execute(
                sa.select(letter.id, letter.state, decision.state.label("decided"), decision.told_at)
                .join(decision, decision.id == letter.decision_id)
                .where(letter.to_address == rcpt_to, letter.state == "sending")
            ).one()
        answer = next(self.answers)
        self.seen.append((row, status, answer))
        if answer == "killed":
            raise Killed
        return answer

    def describe(self):
        return "test"

    def open(self):
        """Begin a run."""

    def close(self):
        """End it."""


class ChangingMinds(RuleBasedStateMachine):
    """Five people apply; then anything may happen to them in any order."""

    world = None

    @initialize()
    def five_apply(self):
        self.world.session.rollback()
        self.ids = [application.id for application in self.world.apply(5)]
        self.arrived = {}
        self.asked_again = set()
        self.problems = []

    def row(self, who):
        return self.world.session.get(self.world.Application, self.ids[who], populate_existing=True)

    def letters(self):
        letter, decision = self.world.m.letter, self.world.m.decision
        statement = (
            sa.select(letter, decision)
            .join(decision, decision.id == letter.decision_id)
            .where(decision.application_key.in_([str(one) for one in self.ids]))
        )
        return self.world.session.execute(statement.execution_options(populate_existing=True)).all()

    # What people do

    @rule(
        who=PEOPLE, status=st.sampled_from(["rejected", "rejected", "open", "withdrawn"]), seen=st.booleans()
    )
    def the_host_says(self, who, status, seen):
        (self.world.set_status if seen else self.world.bulk)(status, self.row(who))

    @rule(
        who=PEOPLE,
        act=st.sampled_from(["take_back", "let_stand", "tell", "open", "closed", "line", "approve", "hold"]),
    )
    def somebody_presses(self, who, act):
        with contextlib.suppress(TalentPoolError):
            self.world.change(lambda ctx: self.press(ctx, self.ids[who], act))

    def press(self, ctx, application_id, act):
        decision = facts.live_decision(ctx, application_id)
        if act == "let_stand":
            quiet = lifecycle.quiet_decision(ctx, application_id)
            if quiet is not None:
                lifecycle.let_stand(ctx, quiet, by=RITA)
        elif decision is None:
            return
        elif act == "take_back":
            lifecycle.take_back(ctx, decision, by=RITA)
        elif act == "tell":
            telling.tell_decision(ctx, decision, channel="phone", by=RITA)
        elif act in ("open", "closed"):
            editing.set_door(ctx, decision, Door(act), by=RITA)
        elif act == "line":
            editing.set_line(ctx, decision, "Your answer on queues stayed with us.", by=RITA)
        elif act == "approve":
            lifecycle.approve(ctx, decision, by=RITA)
        else:
            letter = locking.letter_of(ctx, decision)
            if letter is not None:
                outbox.hold(ctx, letter, by=RITA)

    @rule(arrived=st.booleans())
    @precondition(lambda self: any(letter.state in ("unknown", "failed") for letter, _ in self.letters()))
    def somebody_settles(self, arrived):
        letter_id = next(row.id for row, _ in self.letters() if row.state in ("unknown", "failed"))

        def settle(ctx):
            letter = ctx.session.get(ctx.models.letter, letter_id)
            if arrived and letter.state == "unknown":
                outbox.it_arrived(ctx, letter, by=RITA)
            else:
                lifecycle.send_again(ctx, letter, by=RITA)
                self.asked_again.add(letter_id)

        self.world.change(settle)

    # What time and processes do

    @rule(hours=st.sampled_from([1, 30, 24 * 20]))
    def time_goes_by(self, hours):
        self.world.clock.advance(timedelta(hours=hours))

    @rule()
    def a_sync(self):
        self.world.tp.sync()

    @rule(answers=st.lists(ANSWERS, min_size=1, max_size=4))
    def a_worker(self, answers):
        self.world.tp.sync()
        self.send(answers)

    def send(self, answers):
        server = Watching(self.world, answers)
        with contextlib.suppress(Killed):
            self.world.tp.dispatch(transport=server, lease=timedelta(seconds=0.4))
        self.world.session.rollback()
        # A process that was killed leaves its lease, which runs out.
        self.world.clock.advance(timedelta(minutes=1))
        for row, status, answer in server.seen:
            if status != "rejected" or row.decided != "live":
                self.problems.append(
                    f"letter {row.id} went while the host said {status} and it was {row.decided}"
                )
            if row.told_at is not None:
                self.problems.append(f"letter {row.id} went to somebody who had been told")
            may_be_there = answer == "killed" or answer.result in (
                HandOverResult.SENT,
                HandOverResult.UNKNOWN,
            )
            if may_be_there and row.id in self.arrived and row.id not in self.asked_again:
                self.problems.append(f"letter {row.id} went twice and nobody had asked for it")
            if may_be_there:
                self.arrived[row.id] = True
                self.asked_again.discard(row.id)

    # What must hold

    @invariant()
    def nothing_went_that_should_not(self):
        assert not getattr(self, "problems", [])

    @invariant()
    def one_decision_stands_for_each(self):
        if not hasattr(self, "ids"):
            return
        live = [row for row in self.decisions() if row.live_for is not None]
        assert len(live) == len({row.live_for for row in live})

    def decisions(self):
        decision = self.world.m.decision
        keys = [str(one) for one in self.ids]
        statement = sa.select(decision).where(decision.application_key.in_(keys))
        return list(self.world.session.scalars(statement.execution_options(populate_existing=True)))

    def teardown(self):
        if not hasattr(self, "ids"):
            return
        for _ in range(3):
            self.world.tp.sync()
            self.send([HandOver(HandOverResult.SENT, "250 OK", "test")])
            self.world.clock.advance(timedelta(days=40))
        self.nothing_went_that_should_not()
        letters = self.letters()
        for letter, _ in letters:
            assert letter.state in ("sent", "unknown", "failed", "held", "cancelled"), letter.state
            assert letter.state == "sent" or letter.because, f"{letter.state}, and nobody knows why"
        answered = {decision.id for _, decision in letters}
        for decision in self.decisions():
            wants = decision.state == "live" and decision.outcome == "rejected" and decision.told_at is None
            assert not wants or decision.id in answered, "a decision that stands has no letter"
        for letter, decision in letters:
            assert letter.state != "sent" or decision.told_at is not None, "a letter went and nobody was told"


@pytest.mark.slow
@pytest.mark.untraced
def test_whatever_the_order_nothing_goes_twice_or_against_what_is_said(make_world):
    world = make_world()
    machine = type("Machine", (ChangingMinds,), {"world": world})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
