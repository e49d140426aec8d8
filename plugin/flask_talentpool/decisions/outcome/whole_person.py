"""What makes an outcome letter absurd, seen from the whole person: an order of reasons, judged from facts alone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.facts import LetterFacts
from flask_talentpool.decisions.outcome.other import Other, is_plain
from flask_talentpool.decisions.outcome.others import people_behind
from flask_talentpool.decisions.outcome.release import next_working_day
from flask_talentpool.decisions.outcome.schedule import letter_due, target_at, zone_of
from flask_talentpool.enums import HoldReason, Mode, Outcome, StageReached, stage_rank

ORDER = (
    HoldReason.SAME_JOB_HIRED,
    HoldReason.SAME_JOB_OFFER,
    HoldReason.SAME_JOB_INTERVIEW,
    HoldReason.SAME_JOB_OPEN,
    HoldReason.SAME_JOB_TOLD,
    HoldReason.SAME_JOB_FIRST,
    HoldReason.HIRED_ELSEWHERE,
)
"""Reasons that lie in another application, the weightiest first."""
_INTERVIEWED = (StageReached.INTERVIEWED, StageReached.FINALIST)


def despite(because: HoldReason, other: Other | None) -> str:
    """Return what a letter keeps of somebody having let it go all the same: past this, and of that application only."""
    return because if other is None else f"{because}:{other.key}"


def beside(ctx: Context, facts: LetterFacts) -> tuple[HoldReason, Other] | None:
    """Return the weightiest reason in another application for which a letter waits; None where there is none."""
    found = sorted(_against(ctx, facts), key=lambda one: ORDER.index(one[0]))
    return next((one for one in found if not _is_known(facts, *one)), None)


def _is_known(facts: LetterFacts, because: HoldReason, other: Other | None = None) -> bool:
    letter = facts.letter
    return letter is not None and despite(because, other) in (letter.despite or "").splitlines()


def _against(ctx: Context, facts: LetterFacts) -> Iterator[tuple[HoldReason, Other]]:
    for other in facts.person.others:
        because = _same_job(ctx, facts, other) if other.is_same_job else None
        if not other.is_same_job and other.outcome == Outcome.HIRED:
            because = HoldReason.HIRED_ELSEWHERE
        if because is not None:
            yield because, other


def _same_job(ctx: Context, facts: LetterFacts, other: Other) -> HoldReason | None:
    because = None
    if other.outcome is None:
        because = HoldReason.SAME_JOB_OPEN
        if other.is_offered:
            because = HoldReason.SAME_JOB_OFFER
        elif other.reached in _INTERVIEWED:
            because = HoldReason.SAME_JOB_INTERVIEW
    elif other.outcome == Outcome.HIRED:
        because = HoldReason.SAME_JOB_HIRED
    elif other.outcome == Outcome.REJECTED and not other.was_before:
        if other.told_at is not None or other.is_going:
            because = HoldReason.SAME_JOB_TOLD
        elif not (other.is_plain and is_plain(facts.decision)) and _goes_first(ctx, facts, other):
            because = HoldReason.SAME_JOB_FIRST
    return because


def _goes_first(ctx: Context, facts: LetterFacts, other: Other) -> bool:
    """Whether the other letter is the one to go: of who came further, else of what was decided first."""
    decision = facts.decision
    silent = [stage for stage, mode in ctx.settings.modes.items() if mode is Mode.OFF]
    if other.decision_id is None or other.reached in silent:
        return False
    further = stage_rank(other.reached) - stage_rank(decision.stage_reached)
    is_stored = sa.inspect(decision).has_identity
    return further > 0 or (further == 0 and not (is_stored and decision.id < other.decision_id))


def still_open_is_absurd(
    ctx: Context, imagined: DecisionMixin, application: Any, candidate: Any
) -> HoldReason | None:
    """Return why a letter that something is still open makes no sense to this person; None where it does.

    Args:
        ctx: The unit of work.
        imagined: Whose application it is about; it is not stored.
        application: The host's row.
        candidate: The host's row of the person.
    """
    (person,) = people_behind(ctx, [imagined], [Facts(application=application, candidate=candidate)])
    for other in person.others:
        if other.outcome == Outcome.HIRED:
            return HoldReason.SAME_JOB_HIRED if other.is_same_job else HoldReason.HIRED_ELSEWHERE
        if other.is_same_job and other.is_offered:
            return HoldReason.SAME_JOB_OFFER
    return None


def until_tomorrow(ctx: Context, facts: LetterFacts) -> datetime | None:
    """Return until when a letter waits because another goes to the person today; None where it need not.

    It is put off once, and never past the day by which somebody interviewed should have an answer.
    """
    letter, decision, candidate = facts.letter, facts.decision, facts.candidate
    now, zone = ctx.now(), zone_of(ctx, candidate)
    today = now.astimezone(zone).date()
    due_at = letter.due_at if letter is not None else letter_due(ctx, decision, candidate)
    if due_at.astimezone(zone).date() > today or _was_put_off(ctx, facts):
        return None
    mine = letter.id if letter is not None else None
    if not any(at.astimezone(zone).date() == today for key, at in facts.person.gone if key != mine):
        return None
    until = next_working_day(ctx, candidate)
    if decision.stage_reached in _INTERVIEWED:
        known = decision.interviewed_at or facts.interviewed_at or decision.noticed_at
        if until > target_at(ctx, known, decision.noticed_at):
            return None
    return None if _is_known(facts, HoldReason.LETTER_TODAY) else until


def _was_put_off(ctx: Context, facts: LetterFacts) -> bool:
    """Whether the letter has waited for another day already: it keeps the moment until then."""
    letter = facts.letter
    if letter is None or letter.held_until is None or letter.held_until > ctx.now():
        return False
    return letter.because in ("", HoldReason.LETTER_TODAY)
