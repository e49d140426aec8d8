"""What stands beside the letter on a decision's page: reason, stage, feedback, note, and what follows a telling."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_talentpool.access import Action, Actor, May
from flask_talentpool.context import Context
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.release import feedback_to_share
from flask_talentpool.decisions.pages.why import Why, why
from flask_talentpool.decisions.telling import ask_colleague, confirmation, correction
from flask_talentpool.enums import DecisionState, Door, Outcome, StageReached
from flask_talentpool.host.owner import NOBODY, owner_of
from flask_talentpool.letters.checks.checker import Finding, check_words
from flask_talentpool.letters.texts.dates_and_phrases import language_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Feedback to share, and whether somebody else has to read it first."""

    text: str
    by: str
    waits: bool
    may_read: bool
    """Whether the acting person may be the second reader."""
    was_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The private note; without the text where somebody else's is not theirs to read."""

    text: str
    by: str
    is_there: bool
    may_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A colleague who was asked for a line."""

    name: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of a decision beside its letter."""

    why: Why
    stages: tuple[str, ...]
    stage: str
    stage_by_person: bool
    feedback: Feedback
    note: Note
    feedback_findings: tuple[Finding, ...]
    asked: tuple[Asked, ...]
    ask_name: str
    ask_address: str
    may_ask: bool
    suggests_call: bool
    """Somebody who was in the last round should hear it from a person first."""
    short_letter: str
    """``offered``, a letter's state, or empty."""
    may_take_back_told: bool
    ended_why: str
    correction: str
    """``offered``, the state of the letter of correction, or empty."""
    written_by: str
    """Who wrote the line."""


def details(
    ctx: Context,
    decision: DecisionMixin | None,
    facts: DecisionMixin | None,
    application: Any,
    may: May,
    *,
    phase: str,
    actor: Actor | None,
) -> Details | None:
    """Read what stands beside the letter; None while nothing is decided.

    Args:
        ctx: The unit of work.
        decision: The stored decision.
        facts: The same as the host's row says it now.
        application: The host's row, or None when it is gone.
        may: Whether the acting person may do something.
        phase: Where the letter stands.
        actor: Who looks.
    """
    if decision is None or facts is None or decision.outcome != Outcome.REJECTED:
        return None
    language = language_for(ctx, application) if application is not None else ctx.settings.locale
    owner = owner_of(ctx.host, application) if application is not None else NOBODY
    is_open = phase == "waiting"
    return Details(
        why=why(ctx, facts, application, letter_of(ctx, decision), language=language),
        stages=tuple(StageReached),
        stage=facts.stage_reached,
        stage_by_person=bool(decision.stage_by),
        feedback=_feedback(ctx, decision, actor),
        note=_note(decision, may, actor),
        feedback_findings=check_words(decision.feedback, language=language) if decision.feedback else (),
        asked=_asked(ctx, decision),
        ask_name=owner.name if owner.address else "",
        ask_address=owner.address,
        may_ask=is_open and decision.person_id is not None and may(Action.LETTER_LINE, decision),
        suggests_call=is_open and facts.stage_reached == StageReached.FINALIST,
        short_letter=_short_letter(ctx, decision),
        may_take_back_told=phase == "told"
        and decision.state == DecisionState.LIVE
        and may(Action.LETTER_WRITE, decision),
        ended_why=decision.ended_why or "",
        correction=_correction(ctx, decision),
        written_by=decision.line_by_name or "",
    )


def _feedback(ctx: Context, decision: DecisionMixin, actor: Actor | None) -> Feedback:
    text = decision.feedback or ""
    waits = bool(text) and ctx.settings.feedback_review and not decision.feedback_read_by
    return Feedback(
        text=text,
        by=decision.feedback_by_name or "",
        waits=waits,
        may_read=waits and actor is not None and actor.id != decision.feedback_by,
        was_read=bool(decision.feedback_read_by),
    )


def may_read_note(decision: DecisionMixin, may: May, actor: Actor | None) -> bool:
    """Whether the acting person may read, and so write, the private note of a decision."""
    if not decision.note:
        return True
    is_theirs = actor is not None and actor.id == decision.note_by
    return is_theirs or may(Action.NOTE_READ_OTHERS, decision)


def _note(decision: DecisionMixin, may: May, actor: Actor | None) -> Note:
    readable = may_read_note(decision, may, actor)
    return Note(
        text=(decision.note or "") if readable else "",
        by=decision.note_by_name or "",
        is_there=bool(decision.note),
        may_read=readable,
    )


def _asked(ctx: Context, decision: DecisionMixin) -> tuple[Asked, ...]:
    return tuple(
        Asked(name=letter.to_name, at=letter.composed_at, state=letter.state)
        for letter in ask_colleague.asked(ctx, decision)
    )


def _short_letter(ctx: Context, decision: DecisionMixin) -> str:
    if decision.told_at is None:
        return ""
    letter = confirmation.letter_of(ctx, decision)
    if letter is not None:
        return letter.state
    return "offered" if confirmation.can_follow(ctx, decision) else ""


def _correction(ctx: Context, decision: DecisionMixin) -> str:
    if decision.state != DecisionState.TAKEN_BACK or decision.told_at is None:
        return ""
    letter = correction.letter_of(ctx, decision)
    if letter is not None:
        return letter.state
    return "offered" if correction.is_offered(ctx, decision) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The talking sheet: what somebody who rings the person has before them."""

    decision_id: int
    name: str
    phone: str
    job: str
    why: Why
    """What may be said of why."""
    line: str
    feedback: str
    door: str
    wanted_by: str
    is_told: bool
    interviewed_at: datetime | None
    caller: str


def sheet(ctx: Context, decision: DecisionMixin, application: Any, *, actor: Actor | None) -> Sheet:
    """Return the talking sheet of a decision; looks only."""
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    return Sheet(
        decision_id=decision.id,
        name=ctx.host.name_of(candidate) if candidate is not None else "No name",
        phone=str(ctx.host.read("phone", candidate) or ""),
        job=decision.job_label,
        why=why(ctx, decision, application, letter_of(ctx, decision), language=ctx.settings.locale),
        line=decision.line,
        feedback=feedback_to_share(ctx, decision),
        door=decision.door,
        wanted_by=decision.door_by_name if decision.door == Door.OPEN else "",
        is_told=decision.told_at is not None,
        interviewed_at=decision.interviewed_at,
        caller=actor.name if actor is not None else "",
    )
