"""The short letter after somebody told the person: "as we said today"."""

from datetime import timedelta
from functools import partial

from flask_talentpool.access import Actor
from flask_talentpool.context import Answer, Cancel, Context, Hold
from flask_talentpool.decisions import locking
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.telling import follow_up
from flask_talentpool.enums import DecisionState, Door, HoldReason, LetterKind, MemberState
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for, told_how

SPOKEN = ("phone", "in_person", "post", "portal")
"""Ways of telling that a short letter can follow; what the host wrote itself needs none."""
STALE_AFTER = timedelta(days=2)
"""How long "as we said" is said."""


def letter_of(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Return the short letter of a decision, or None."""
    return outbox.find(ctx, LetterKind.CONFIRMATION, locking.occasion(decision))


def can_follow(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether a short letter can still follow what somebody said to the person."""
    return (
        decision.state == DecisionState.LIVE
        and decision.told_by in SPOKEN
        and decision.told_at is not None
        and ctx.now() - decision.told_at < STALE_AFTER
        and not decision.never_pool
    )


def draft(ctx: Context, decision: DecisionMixin, *, pool_name: str) -> drafts.OutcomeDraft | None:
    """Write what the short letter would say; stores nothing. None when the host's row is gone."""
    application = application_of(ctx, decision)
    if application is None:
        return None
    language = language_for(ctx, application)
    more = {
        "told_how": told_how(decision.told_by, language),
        "told_on": day(decision.told_at, ctx.settings.timezone, language),
    }
    is_open = decision.door == Door.OPEN
    return drafts.draft(
        ctx,
        decision,
        application,
        pool_name=pool_name if is_open else "",
        text=f"confirmation.{decision.door}",
        more=more,
    )


def confirm(ctx: Context, decision: DecisionMixin, *, by: Actor) -> LetterMixin:
    """Send the short letter; with an open door it offers the place, in the same transaction.

    Asking again changes nothing.

    Raises:
        Refused: Nobody told the person by word of mouth, it was too long ago, or no letter can reach them.
    """
    there = letter_of(ctx, decision)
    if there is not None:
        return there
    if not can_follow(ctx, decision):
        raise Refused(
            "A short letter follows within two days after somebody told the person by phone, in person, by post "
            "or in the portal.",
            code="not_spoken",
        )
    person = follow_up.known_person(ctx, decision)
    offered = drafts.place(ctx, decision, person, None)
    written = draft(ctx, decision, pool_name=offered[1] if offered else "")
    if written is None:
        raise Refused(HoldReason.ROW_GONE.sentence, code=HoldReason.ROW_GONE)
    letter = follow_up.put(
        ctx,
        LetterKind.CONFIRMATION,
        decision,
        written,
        by=by,
        follows="",
        member_id=offered[0].id if offered else None,
    )
    ctx.record(by, "confirm", "decision", decision.id, scope=decision.scope)
    ctx.session.flush()
    return letter


class Confirmation(Kind):
    """As we said today: follows what somebody said to the person."""

    kind = LetterKind.CONFIRMATION
    title = "short letter after telling"

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Ask once more: does the decision stand, was it said just now, and is the place it offers still there?"""
        decision = follow_up.decision_of(ctx, letter)
        if decision is None or decision.state != DecisionState.LIVE or decision.told_at is None:
            return Cancel(HoldReason.TAKEN_BACK)
        if ctx.now() - decision.told_at >= STALE_AFTER:
            return Cancel(HoldReason.STALE)
        pool_name = ""
        if letter.member_id is not None:
            member = ctx.session.get(ctx.models.member, letter.member_id)
            if member is None or member.state == MemberState.ENDED:
                return Hold(HoldReason.PLACE_ENDED)
            pool = ctx.session.get(ctx.models.pool, member.pool_id)
            pool_name = pool.name if pool is not None else ""
        anew = partial(draft, ctx, decision, pool_name=pool_name)
        return follow_up.may_go(ctx, letter, decision, anew)

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Withdraw the place that it would have offered."""
        drafts.not_offered(ctx, letter)
