"""Answering decisions: composing outcome letters and the places they offer, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts, read_all, read_anew
from flask_talentpool.decisions.host_reason import by_itself
from flask_talentpool.decisions.locking import lock_decisions, occasion
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.outcome import together
from flask_talentpool.decisions.outcome.facts import LetterFacts, load
from flask_talentpool.decisions.outcome.hold_reasons import why_waits
from flask_talentpool.decisions.outcome.last_day import last_day_at
from flask_talentpool.decisions.outcome.release import (
    goes_without_at,
    look_again_at,
    mode_of,
    next_moment,
    next_working_day,
)
from flask_talentpool.decisions.outcome.schedule import letter_due
from flask_talentpool.enums import DecisionState, Door, HoldReason, LetterKind, LetterState, Mode, Outcome
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.letters.texts.render import Written, columns_of
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.people.service import Known


@dataclass(slots=True)
class Answered:
    """What became of decisions that were to be answered."""

    letters: dict[int, LetterMixin] = field(default_factory=dict)
    """By the decision; those that no letter answers, or that another process answers now, have none here."""
    composed: int = 0
    """How many of the letters are new."""
    held: int = 0
    """How many of them wait for something."""
    unread: dict[int, Exception] = field(default_factory=dict)
    """What the map raised for decisions whose row it cannot read: they wait for another time."""


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
    answered = answer_all(ctx, [decision.id])
    for error in answered.unread.values():
        raise error
    return answered.letters.get(decision.id)


def gather_all(ctx: Context, ids: Sequence[int]) -> Answered:
    """Compose anew what waits to be told together, with what else may be told in one with it, and say what leads."""
    return answer_all(ctx, together.with_mates(ctx, ids), gathers=True)


def answer_all(ctx: Context, ids: Sequence[int], *, gathers: bool = False) -> Answered:
    """Read the facts of decisions, and compose their outcome letters or compose waiting ones anew.

    A number of statements that does not grow with theirs, but for letters that offer a place in a pool. Those of one
    person that can be told in one are held at first, to be gathered: nobody may hand one over meanwhile.

    Args:
        ctx: The unit of work.
        ids: The decisions.
        gathers: Whether what can be told in one is put together now.
    """
    answered, pairs = Answered(), list(lock_decisions(ctx, ids).values())
    waiting: list[together.Waiting] = []
    rows = read_all(ctx, [decision for decision, _ in pairs])
    answered.unread = {
        decision.id: row.error
        for (decision, _), row in zip(pairs, rows, strict=True)
        if row.error is not None
    }
    wanted = [
        (pair, row)
        for pair, row in zip(pairs, rows, strict=True)
        if row.error is None and wants_letter(ctx, pair[0])
    ]
    if any(letter is None for (_, letter), _ in wanted) and not has_baseline(ctx):
        # Nothing is composed before the first start: it may be long until somebody looks at what waits.
        wanted = [(pair, row) for pair, row in wanted if pair[1] is not None]
    new: dict[str, DecisionMixin] = {}
    values: dict[str, dict[str, Any]] = {}
    for facts in load(ctx, [pair for pair, _ in wanted], [row for _, row in wanted]):
        decision, letter = facts.decision, facts.letter
        if letter is None:
            new[occasion(decision)] = decision
            values[occasion(decision)] = compose(ctx, facts)[1]
        else:
            answered.letters[decision.id] = letter
            if outbox.is_waiting(letter) and outbox.standing(ctx, letter) == letter.state:
                _write_anew(ctx, letter, facts)
                if letter.state == LetterState.HELD and letter.because == HoldReason.TOGETHER:
                    waiting.append(together.Waiting(facts, letter))
    if gathers:
        together.gather(ctx, waiting)
    for letter in outbox.put_all(ctx, LetterKind.OUTCOME, values) if values else ():
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
        answered.letters[new[letter.occasion].id] = letter
        answered.composed += 1
    answered.held = sum(
        letter.state == LetterState.HELD and letter.because != HoldReason.TOGETHER
        for letter in answered.letters.values()
    )
    ctx.session.flush()
    return answered


def recompose(ctx: Context, letter: LetterMixin, decision: DecisionMixin) -> LetterMixin:
    """Write a waiting letter anew from the facts as they are now; the occasion and Message-ID stay.

    Raises:
        BeingHandedOver: It is being handed over right now.
    """
    if not outbox.is_waiting(letter):
        return letter
    outbox.lock(ctx, letter)
    ctx.session.refresh(decision)  # whoever held the letter until now may have changed what it says
    _write_anew(ctx, letter, facts_anew(ctx, decision, letter))
    ctx.session.flush()
    return letter


def facts_anew(ctx: Context, decision: DecisionMixin, letter: LetterMixin | None) -> LetterFacts:
    """Write onto a decision what its row says now, and return what is known of its letter."""
    return load(ctx, [(decision, letter)], [read_anew(ctx, decision)])[0]


def _write_anew(ctx: Context, letter: LetterMixin, facts: LetterFacts) -> None:
    """Write it anew, with the letter locked and the facts read since."""
    was_due = letter.state == LetterState.DUE
    because, values = compose(ctx, facts)
    due_at = values.pop("due_at")
    values.pop("state")
    if because is None and letter.because in ("", HoldReason.LETTER_TODAY):
        values.pop("held_until")  # it remembers that it was put off once
    for name, value in values.items():
        setattr(letter, name, value)
    if because is None:
        letter.due_at = _freed_at(ctx, letter, facts.candidate)
    if because is HoldReason.LETTER_TODAY:
        letter.due_at = due_at
    if because is not HoldReason.TOGETHER:
        letter.with_letter_id = None
        if was_due:
            together.let_ride_alone(together.riders_of(ctx, [letter])[letter.id])
    outbox.move(letter, LetterState.HELD if because else LetterState.DUE, because, values["detail"])


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
    return drafts.draft(
        ctx,
        decision,
        application,
        pool_name=(pool_name or "Finalists") if is_open else "",
        is_kept=drafts.is_kept(ctx, decision),
        why=by_itself(ctx, [decision], [Facts(application=application)])[0],
    )


def preview(
    ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str = ""
) -> Written | None:
    """Write what the letter would say now; stores nothing. None when a field it needs is empty."""
    return draft_of(ctx, decision, application, pool_name=pool_name).written


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of a letter that is written now: its words, and whether and when it goes."""

    written: Written | None
    because: HoldReason | None
    """Why it waits; nothing when it goes by itself."""
    detail: str
    due_at: datetime


def foresee(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    *,
    letter: LetterMixin | None = None,
    by: str = "",
    is_ambiguous: bool,
) -> Foreseen:
    """Say what would become of the letter of a decision if it were written now; stores nothing.

    Args:
        ctx: The unit of work.
        decision: The decision, which need not be stored.
        application: The host's row, as the caller sees it.
        letter: The letter that waits, if there is one.
        by: Who has it written anew: what somebody else approved counts no more once it says something else.
        is_ambiguous: Whether the candidate's row may be somebody else by now.
    """
    suspended = ctx.now() if is_ambiguous else None
    pretended = Known(ctx.models.person(), ctx.models.candidate_link(suspended_at=suspended))
    candidate = ctx.host.candidate_of(application, ctx.session)
    row = Facts(application=application, candidate=candidate, known=pretended)
    draft = draft_of(ctx, decision, application, pool_name=drafts.pool_name_of(ctx, decision))
    if letter is not None and letter.approved_by not in ("", by):
        text = draft.written.text if draft.written is not None else ""
        letter = letter if text == letter.text else _unapproved(ctx, letter)
    facts = load(ctx, [(decision, letter)], [row])[0]
    because, detail = why_waits(ctx, facts, draft=draft)
    if letter is None and not decision.needs_review and not has_baseline(ctx):
        because, detail = HoldReason.BEFORE_START, ""
    if because is None and together.may_go_together(ctx, facts):
        because = HoldReason.TOGETHER
    due_at = letter.due_at if letter is not None else letter_due(ctx, decision, candidate)
    if because is HoldReason.LETTER_TODAY:
        due_at = next_working_day(ctx, candidate)
    elif because is HoldReason.PERSONAL:
        due_at = goes_without_at(ctx, decision, candidate, interviewed_at=facts.interviewed_at)
    elif because is None and letter is not None:
        due_at = _freed_at(ctx, letter, candidate)
    return Foreseen(written=draft.written, because=because, detail=detail, due_at=due_at)


def _unapproved(ctx: Context, letter: LetterMixin) -> LetterMixin:
    columns = [column.key for column in sa.inspect(ctx.models.letter).column_attrs]
    values = {name: getattr(letter, name) for name in columns}
    return ctx.models.letter(**values | {"approved_at": None, "approved_by": ""})


def _freed_at(ctx: Context, letter: LetterMixin, candidate: Any) -> datetime:
    """Return when a letter goes that nothing holds from now on."""
    is_freed = letter.state == LetterState.HELD and letter.approved_at is None
    return next_moment(ctx, letter.due_at, candidate) if is_freed else letter.due_at


def compose(ctx: Context, facts: LetterFacts) -> tuple[HoldReason | None, dict[str, Any]]:
    """Return why the letter waits, if it does, and its columns; offers the place that it offers."""
    decision, application, candidate = facts.decision, facts.host.application, facts.candidate
    offered = drafts.place(ctx, decision, facts.host.known, facts.letter)
    draft = None
    if candidate is not None:
        draft = drafts.draft(
            ctx,
            decision,
            application,
            pool_name=offered[1] if offered else "",
            is_kept=bool(facts.is_kept),
            why=facts.why,
        )
    because, detail = why_waits(ctx, facts, draft=draft)
    if because is None and together.may_go_together(ctx, facts):
        because = HoldReason.TOGETHER
    again_at = look_again_at(ctx, because, decision, candidate, interviewed_at=facts.interviewed_at)
    is_put_off = because is HoldReason.LETTER_TODAY and again_at is not None
    values = columns(
        scope=decision.scope,
        person_id=decision.person_id,
        due_at=again_at if is_put_off and again_at else letter_due(ctx, decision, candidate),
        sender=signer_of(ctx, application, language=language_for(ctx, application)).columns,
        addressed=drafts.addressed_to(ctx, application) if candidate is not None else {},
        words=columns_of(draft.written) if draft is not None and draft.written is not None else {},
        because=because,
        detail=detail,
    )
    values |= {
        "decision_id": decision.id,
        "member_id": offered[0].id if offered else None,
        "last_day_at": last_day_at(ctx, facts),
        "held_until": again_at,
        "gives_reason": facts.why,
    }
    return because, values
