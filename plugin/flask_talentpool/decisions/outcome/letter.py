"""Answering a decision: composing the outcome letter and the place it offers, in one transaction."""

from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.context import Answer, Cancel, Context, Go, Hold
from flask_talentpool.decisions.facts import Facts, application_of, read_anew
from flask_talentpool.decisions.locking import connection_of, lock_decision, occasion
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.outcome.draft import place
from flask_talentpool.decisions.outcome.hold_reasons import obstacle
from flask_talentpool.decisions.outcome.release import look_again_at, mode_of, next_moment
from flask_talentpool.decisions.outcome.schedule import letter_due
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    LetterKind,
    LetterState,
    MemberState,
    Mode,
    Outcome,
)
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.render import TEXT_COLUMNS, Written, columns_of
from flask_talentpool.noticing.record import record
from flask_talentpool.people.service import Known, link_person


def wants_letter(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether a decision is one that a letter answers."""
    return (
        decision.outcome == Outcome.REJECTED
        and decision.state == DecisionState.LIVE
        and decision.told_at is None
        and mode_of(ctx, decision) is not Mode.OFF
    )


def answer(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Compose the outcome letter of a decision, or compose a waiting one anew.

    Returns:
        The letter; None when this decision is not answered by one, or another process composes it.
    """
    letter = lock_decision(ctx, decision)
    facts = read_anew(ctx, decision)
    if not wants_letter(ctx, decision):
        return None
    if letter is not None:
        return _write_anew(ctx, letter, decision, facts) if outbox.is_waiting(letter) else letter
    _, values = _compose(ctx, decision, facts, None)
    return _store(ctx, decision, values)


def recompose(ctx: Context, letter: LetterMixin, decision: DecisionMixin) -> LetterMixin:
    """Write a waiting letter anew from the facts as they are now; the occasion and Message-ID stay.

    Raises:
        BeingHandedOver: It is being handed over right now.
    """
    if not outbox.is_waiting(letter):
        return letter
    outbox.lock(ctx, letter)
    ctx.session.refresh(decision)  # whoever held the letter until now may have changed what it says
    return _write_anew(ctx, letter, decision, read_anew(ctx, decision))


def _write_anew(ctx: Context, letter: LetterMixin, decision: DecisionMixin, facts: Facts) -> LetterMixin:
    """Do so with the letter locked, and the facts read since."""
    because, values = _compose(ctx, decision, facts, letter)
    values.pop("due_at")
    values.pop("state")
    for field, value in values.items():
        setattr(letter, field, value)
    if because is None and letter.state == LetterState.HELD and letter.approved_at is None:
        candidate = ctx.host.candidate_of(facts.application, ctx.session)
        letter.due_at = next_moment(ctx, letter.due_at, candidate)
    outbox.move(letter, LetterState.HELD if because else LetterState.DUE, because, values["detail"])
    ctx.session.flush()
    return letter


def _store(ctx: Context, decision: DecisionMixin, values: dict[str, Any]) -> LetterMixin | None:
    letter = outbox.put(ctx, LetterKind.OUTCOME, occasion(decision), values)
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def draft_of(
    ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str = ""
) -> drafts.OutcomeDraft:
    """Write and check what the letter would say now; stores nothing.

    Args:
        ctx: The unit of work.
        decision: The decision, which need not be stored.
        application: The host's row, as the caller sees it.
        pool_name: The pool that an open door would offer.
    """
    is_open = decision.door == Door.OPEN and not decision.never_pool
    return drafts.draft(ctx, decision, application, pool_name=(pool_name or "Finalists") if is_open else "")


def preview(
    ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str = ""
) -> Written | None:
    """Write what the letter would say now; stores nothing. None when a field it needs is empty."""
    return draft_of(ctx, decision, application, pool_name=pool_name).written


def foresee(
    ctx: Context, decision: DecisionMixin, application: Any, *, is_ambiguous: bool
) -> tuple[HoldReason | None, str]:
    """Return why the letter of a decision would wait if it were written now; stores nothing.

    ``in_doubt`` says whether the candidate's row may be somebody else by now.
    """
    suspended = ctx.now() if is_ambiguous else None
    pretended = Known(ctx.models.person(), ctx.models.candidate_link(suspended_at=suspended))
    draft = draft_of(ctx, decision, application)
    return obstacle(ctx, decision, application, pretended, None, draft=draft)


def _compose(
    ctx: Context, decision: DecisionMixin, facts: Facts, letter: LetterMixin | None
) -> tuple[HoldReason | None, dict[str, Any]]:
    """Return why the letter waits, if it does, and its columns."""
    application, known = facts
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    offered = place(ctx, decision, known, letter)
    draft = None
    if application is not None:
        draft = drafts.draft(ctx, decision, application, pool_name=offered[1] if offered else "")
    because, detail = obstacle(ctx, decision, application, known, letter, draft=draft)
    values: dict[str, Any] = {
        "scope": decision.scope,
        "person_id": decision.person_id,
        "decision_id": decision.id,
        "due_at": letter_due(ctx, decision, candidate),
        "member_id": offered[0].id if offered else None,
        **drafts.sender_of(ctx, application),
        "state": (LetterState.HELD if because else LetterState.DUE),
        "because": because or "",
        "detail": detail[:400],
        "held_until": look_again_at(ctx, because, decision, candidate),
    }
    if application is not None:
        values |= drafts.addressed_to(ctx, application)
    if draft is not None and draft.written is not None:
        values |= columns_of(draft.written)
    return because, values


def _place_is_there(ctx: Context, decision: DecisionMixin, letter: LetterMixin) -> bool:
    """Whether the place in a pool that the letter offers, if it offers one, can still be taken."""
    if decision.door != Door.OPEN or decision.never_pool:
        return True
    member = ctx.models.member
    here = sa.select(member.id).where(member.id == letter.member_id, member.state != MemberState.ENDED)
    return ctx.session.scalars(here).first() is not None


def outcome_may_go(ctx: Context, letter: LetterMixin) -> Answer:
    """Read the host row once more, with the letter locked: does it still say so, of the same person?"""
    decision = ctx.session.get(ctx.models.decision, letter.decision_id, populate_existing=True)
    if decision is None or decision.state != DecisionState.LIVE:
        return Cancel(HoldReason.TAKEN_BACK)
    if decision.told_at is not None:
        return Cancel(HoldReason.TOLD_ELSEWHERE)
    application = application_of(ctx, decision)
    if application is None:
        return Hold(HoldReason.ROW_GONE)
    seen = ctx.host.seen_in_object(application)
    verdict = ctx.host.verdict(seen.status, declined=seen.declined)
    if verdict.outcome != decision.outcome or (verdict.never_pool and not decision.never_pool):
        # The decision ends with its letter: said again by the host, it is a new one with a letter of its own.
        record(connection_of(ctx), ctx.host, ctx.models, [seen], now=ctx.now())
        ctx.session.refresh(letter)
        return Cancel(HoldReason.HOST_SAYS_OTHERWISE)
    return _go_or_hold(ctx, letter, decision, application)


def _go_or_hold(ctx: Context, letter: LetterMixin, decision: DecisionMixin, application: Any) -> Answer:
    candidate = ctx.host.candidate_of(application, ctx.session)
    known = link_person(ctx, candidate, decision.scope) if candidate is not None else None
    because, detail = obstacle(ctx, decision, application, known, letter)
    if because is None and not _place_is_there(ctx, decision, letter):
        because = HoldReason.PLACE_ENDED
    if because is not None:
        letter.held_until = look_again_at(ctx, because, decision, candidate)
        return Hold(because, detail)
    addressed = drafts.addressed_to(ctx, application)
    if addressed != {"to_name": letter.to_name, "to_address": letter.to_address}:
        because, values = _compose(ctx, decision, read_anew(ctx, decision), letter)
        for field in ("to_address", "to_name", "person_id", *TEXT_COLUMNS):
            if field in values:
                setattr(letter, field, values[field])
        if because is not None:
            return Hold(because, values["detail"])
    return Go()
