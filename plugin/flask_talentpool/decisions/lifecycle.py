"""Whether a decision stands: what the host says now, taken back here, and let stand after all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.editing import untold
from flask_talentpool.decisions.facts import application_of, live_decision
from flask_talentpool.decisions.locking import letter_of, lock_decision
from flask_talentpool.decisions.model import DECISION_TRANSITIONS, DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer, facts_anew, recompose
from flask_talentpool.decisions.outcome.release import next_moment
from flask_talentpool.decisions.outcome.whole_person import beside, despite
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Outcome, sentence_of
from flask_talentpool.errors import BeingHandedOver, NotFound, Refused
from flask_talentpool.host.seen import key_of
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.noticing.record import end, record, unsuppress


def find(ctx: Context, decision_id: int) -> DecisionMixin:
    """Return a decision.

    Raises:
        NotFound: There is none of this id.
    """
    found = ctx.session.get(ctx.models.decision, decision_id)
    if found is None:
        raise NotFound
    return found


def notice_application(ctx: Context, application: Any) -> DecisionMixin | None:
    """Bring the decision of one application in line with the host's row; None when it is not decided."""
    ctx.session.flush()  # what the host has not flushed yet must not be lost when rows are read again below
    ctx.session.expire_all()  # the host may have read the row from a replica, or long ago
    seen = ctx.host.seen_in_object(application)
    record(ctx.connection(), ctx.host, ctx.models, [seen], now=ctx.now())
    ctx.session.expire_all()
    return live_decision(ctx, key_of(application))


def take_back(ctx: Context, decision: DecisionMixin, *, by: Actor) -> None:
    """Take a decision back before the person is told: letter and offered place are cancelled.

    The host's own status is the host's. Where it still says so, no new decision is made of it
    until it has said something else in between, or somebody lets it stand after all.

    Raises:
        BeingHandedOver: The letter is going out right now.
        Refused: The person was told already.
    """
    letter = lock_decision(ctx, decision)
    untold(decision)
    stands = outbox.standing(ctx, letter) if letter is not None else None
    if stands == LetterState.SENDING:
        raise BeingHandedOver
    if stands == LetterState.UNKNOWN:
        raise Refused(
            "The letter may have arrived. Find out and say so before you take anything back.", code="unknown"
        )
    end_decision(ctx, decision, DecisionState.TAKEN_BACK, still_said=host_still_says(ctx, decision))
    ctx.record(by, "take_back", "decision", decision.id, scope=decision.scope)
    ctx.announce(signals.taken_back, decision_id=decision.id)


def host_still_says(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the host's row, as it is now, says what this decision says."""
    application = application_of(ctx, decision)
    if application is None:
        return False
    seen = ctx.host.seen_in_object(application)
    return ctx.host.verdict(seen.status, declined=seen.declined).outcome == decision.outcome


def quiet_decision(ctx: Context, application_key: Any) -> DecisionMixin | None:
    """Return the decision that was taken back here while the host still says so, or None."""
    decision = ctx.models.decision
    return ctx.session.scalars(
        sa.select(decision).where(decision.suppressed_for == str(application_key))
    ).one_or_none()


def let_stand(ctx: Context, decision: DecisionMixin, *, by: Actor) -> DecisionMixin:
    """Undo a taking back: what the host still says counts again, as a new decision with its own letter.

    Raises:
        Refused: It was not taken back here, or the host says something else by now.
    """
    application = application_of(ctx, decision) if decision.suppressed_for is not None else None
    if application is None:
        raise Refused(
            "Your ATS no longer says so. Set the outcome there; the letter follows by itself.",
            code="undecided",
        )
    ctx.session.flush()
    unsuppress(ctx.connection(), ctx.models, [decision.id])
    again = notice_application(ctx, application)
    if again is None:
        raise Refused(
            "Your ATS no longer says so. Set the outcome there; the letter follows by itself.",
            code="undecided",
        )
    ctx.record(by, "let_stand", "decision", again.id, scope=again.scope)
    answer(ctx, again)
    return again


def end_decision(
    ctx: Context, decision: DecisionMixin, state: DecisionState, *, still_said: bool = False
) -> None:
    """Let a decision stand no more; what has not gone for it is cancelled.

    Raises:
        Refused: It stands no more already.
    """
    if state not in DECISION_TRANSITIONS.get(decision.state, ()):
        raise Refused("This decision no longer stands.", code="decision_ended")
    ctx.session.flush()
    end(ctx.connection(), ctx.models, [decision.id], state=state, now=ctx.now(), still_said=still_said)
    ctx.session.expire_all()


def review_before(ctx: Context, moment: datetime) -> int:
    """Let the letter of every live decision of before, of which nobody was told, wait for a person; return how many."""
    decision = ctx.models.decision
    return update_if(
        ctx.session,
        decision,
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
        decision.needs_review == "",
        decision.noticed_at <= moment,
        needs_review=HoldReason.RESTORED,
    )


def approve(ctx: Context, decision: DecisionMixin, *, by: Actor, at_once: bool = False) -> LetterMixin:
    """Let the letter of a decision go at its time, or at once; one whose row is hidden goes once it is shown again.

    Raises:
        Refused: There is no letter to send, or it has an obstacle no approval removes.
    """
    untold(decision)
    letter = letter_of(ctx, decision) or answer(ctx, decision)
    if letter is None and not has_baseline(ctx):
        raise Refused(
            "Your ATS has not been looked through yet, and nothing goes before that. Run `flask talentpool sync` first.",
            code="before_start",
        )
    if letter is None:
        raise Refused("No letter is composed for this decision.", code="no_letter")
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    # Its own time may be over by now: then it goes at the next within the hours, as every other letter.
    due_at = ctx.now() if at_once else next_moment(ctx, letter.due_at, candidate)
    outbox.approve(ctx, letter, by=by, due_at=due_at)
    recompose(ctx, letter, decision)
    waits_for_tomorrow = letter.because == HoldReason.LETTER_TODAY and not at_once
    goes_later = waits_for_tomorrow or letter.because == HoldReason.HIDDEN
    if letter.state == LetterState.HELD and not goes_later:
        raise Refused(
            sentence_of(letter.because) + (f" {letter.detail}" if letter.detail else ""),
            code=letter.because,
        )
    return letter


def send_again(
    ctx: Context, letter: LetterMixin, *, by: Actor, states: Sequence[LetterState] = outbox.UNANSWERED
) -> None:
    """Send a failed or unknown letter again; an outcome letter that failed is written anew, as any that waits.

    What it told of others may have been told since, and it may be told in one with others now. One that may have
    arrived keeps its words.

    Raises:
        Refused: It stands elsewhere by now.
    """
    has_failed = letter.state == LetterState.FAILED
    outbox.send_again(ctx, letter, by=by, states=states)
    if has_failed and letter.kind == LetterKind.OUTCOME and letter.decision_id is not None:
        recompose(ctx, letter, find(ctx, letter.decision_id))


def send_all_the_same(ctx: Context, decision: DecisionMixin, *, by: Actor) -> LetterMixin:
    """Let a letter go past what of the whole person holds it now; whatever else holds it goes on doing so.

    Raises:
        Refused: Nothing about the whole person holds it.
        BeingHandedOver: It is going out right now.
    """
    letter = lock_decision(ctx, decision)
    untold(decision)
    if letter is None or not outbox.is_waiting(letter):
        raise Refused("No letter waits for this decision.", code="no_letter")
    facts = facts_anew(ctx, decision, letter)
    found = beside(ctx, facts)
    is_today = found is None and letter.because == HoldReason.LETTER_TODAY
    if found is None and not is_today:
        raise Refused("Nothing else about this person holds the letter any more.", code="not_held")
    because, other = found if found is not None else (HoldReason.LETTER_TODAY, None)
    letter.despite = "\n".join(filter(None, (letter.despite, despite(because, other))))
    if is_today:
        letter.due_at = ctx.now()
    ctx.record(by, "all_the_same", "letter", letter.id, scope=letter.scope, detail=because)
    return recompose(ctx, letter, decision)
