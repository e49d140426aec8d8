"""Taking back what the person was told, and the letter that says so."""

from functools import partial

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Answer, Cancel, Context
from flask_talentpool.decisions import locking
from flask_talentpool.decisions.facts import application_of, live_decision
from flask_talentpool.decisions.lifecycle import end_decision, find, host_still_says
from flask_talentpool.decisions.locking import lock_decision
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.telling import follow_up
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Outcome
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for

LONGEST_WHY = 600


def take_back_told(ctx: Context, decision: DecisionMixin, *, why: str, by: Actor) -> DecisionMixin:
    """Take back a decision that the person was told of; nothing goes out, and the history stays.

    What the candidate sees changes with it, in one moment. A letter that says so is offered, never sent by
    itself.

    Args:
        ctx: The unit of work.
        decision: A decision that stands and was told.
        why: The reason, kept inside.
        by: Who takes it back.

    Raises:
        Refused: No reason was given, the person was not told, or the decision no longer stands.
        BeingHandedOver: A letter about it is going out right now.
    """
    why = " ".join(why.split())
    if not why:
        raise Refused(
            "The person was told. Say why it is taken back: it stays inside, beside the decision.", code="why"
        )
    if len(why) > LONGEST_WHY:
        raise Refused(f"The reason has {len(why)} characters; up to {LONGEST_WHY} are kept.", code="too_long")
    short = outbox.find(ctx, LetterKind.CONFIRMATION, locking.occasion(decision))
    if short is not None:
        outbox.lock_letter(ctx, short)
    lock_decision(ctx, decision)
    if decision.told_at is None:
        raise Refused("The person was not told yet; take the decision back without more ado.", code="untold")
    if decision.state != DecisionState.LIVE:
        raise Refused("This decision no longer stands.", code="decision_ended")
    if short is not None and short.state == LetterState.SENDING:
        raise BeingHandedOver
    decision_id = decision.id
    end_decision(ctx, decision, DecisionState.TAKEN_BACK, still_said=host_still_says(ctx, decision))
    decision = find(ctx, decision_id)
    decision.ended_by, decision.ended_why = by.id[:160], why
    ctx.record(by, "take_back_told", "decision", decision.id, scope=decision.scope)
    ctx.announce(signals.taken_back, decision_id=decision.id)
    ctx.session.flush()
    return decision


def letter_of(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Return the correction of a decision, or None."""
    return outbox.find(ctx, LetterKind.CORRECTION, locking.occasion(decision))


def is_offered(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the person was told something that no longer holds, and no letter has said so yet."""
    was_told = decision.told_at is not None and decision.told_by != "before"
    taken_back = decision.state == DecisionState.TAKEN_BACK and decision.outcome == Outcome.REJECTED
    is_known = decision.corrected_at is not None
    return was_told and taken_back and not is_known and letter_of(ctx, decision) is None


def due(ctx: Context) -> sa.ColumnElement[bool]:
    """Return the condition for decisions of which :func:`is_offered` holds, and nothing has been decided since."""
    decision, letter = ctx.models.decision, ctx.models.letter
    since = sa.orm.aliased(decision)
    return sa.and_(
        decision.state == DecisionState.TAKEN_BACK,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_not(None),
        decision.told_by != "before",
        decision.corrected_at.is_(None),
        ~sa.exists().where(letter.decision_id == decision.id, letter.kind == LetterKind.CORRECTION),
        ~sa.exists().where(since.application_key == decision.application_key, since.id > decision.id),
    )


def known(ctx: Context, decision: DecisionMixin, *, by: Actor) -> None:
    """Somebody told the person without a letter that it no longer holds; doing it again changes nothing.

    Raises:
        Refused: There is nothing to correct.
    """
    lock_decision(ctx, decision)
    if decision.corrected_at is not None:
        return
    if not is_offered(ctx, decision):
        raise Refused(
            "There is nothing to correct: the person was told nothing that was taken back.", code="untold"
        )
    decision.corrected_at = ctx.now()
    ctx.record(by, "corrected", "decision", decision.id, scope=decision.scope)
    ctx.session.flush()


def obstacle(ctx: Context, decision: DecisionMixin) -> str:
    """Return why a correction would not be true now, as a sentence; empty when it would."""
    if host_still_says(ctx, decision):
        return "Your ATS still says rejected. Change it there first, so that the correction is true."
    stands = live_decision(ctx, decision.application_key)
    if stands is not None and stands.outcome == Outcome.REJECTED:
        return "This application is turned down again. The letter about that is the one to look at."
    return ""


def draft(ctx: Context, decision: DecisionMixin, *, why: str) -> drafts.OutcomeDraft | None:
    """Write what the correction would say; stores nothing. None when the host's row is gone.

    Args:
        ctx: The unit of work.
        decision: The decision that was taken back.
        why: What the person may read about it; what was written for the inside is never taken.
    """
    application = application_of(ctx, decision)
    if application is None:
        return None
    more = {
        **dict.fromkeys(("line", "reason", "feedback"), ""),
        "why": " ".join(why.split())[:LONGEST_WHY],
        "told_on": day(decision.told_at, ctx.settings.timezone, language_for(ctx, application)),
    }
    return drafts.draft(ctx, decision, application, pool_name="", text="correction", more=more)


def correct(ctx: Context, decision: DecisionMixin, *, why: str, by: Actor) -> LetterMixin:
    """Send the correction that somebody has read; asking again changes nothing.

    Raises:
        Refused: There is nothing to correct, it would not be true, or no letter can reach the person.
    """
    there = letter_of(ctx, decision)
    if there is not None:
        return there
    if not is_offered(ctx, decision):
        raise Refused(
            "There is nothing to correct: the person was told nothing that was taken back.", code="untold"
        )
    if not why.strip():
        raise Refused("Say in a sentence why: the letter gives the reason.", code="why")
    sentence = obstacle(ctx, decision)
    if sentence:
        raise Refused(sentence, code="still_so")
    written = draft(ctx, decision, why=why)
    if written is None:
        raise Refused(HoldReason.ROW_GONE.sentence, code=HoldReason.ROW_GONE)
    told = locking.letter_of(ctx, decision)
    follows = told.message_id if told is not None and told.state == LetterState.SENT else ""
    decision.corrected_why = why
    letter = follow_up.put(ctx, LetterKind.CORRECTION, decision, written, by=by, follows=follows)
    ctx.record(by, "correct", "decision", decision.id, scope=decision.scope)
    ctx.session.flush()
    return letter


class Correction(Kind):
    """What the person was told no longer holds."""

    kind = LetterKind.CORRECTION
    title = "correction"

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Ask once more: is it still taken back, and does the host no longer say it?"""
        decision = follow_up.decision_of(ctx, letter)
        if decision is None or decision.state != DecisionState.TAKEN_BACK:
            return Cancel(HoldReason.STALE)
        if obstacle(ctx, decision):
            return Cancel(HoldReason.HOST_SAYS_OTHERWISE)
        anew = partial(draft, ctx, decision, why=decision.corrected_why or "")
        return follow_up.may_go(ctx, letter, decision, anew)
