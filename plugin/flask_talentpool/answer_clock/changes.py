"""What each interviewed application says of its clock: that it starts, stops, moves or runs again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_talentpool.answer_clock.scan import InterviewedApplication, counts_as_interviewed
from flask_talentpool.clock import as_utc
from flask_talentpool.context import Context
from flask_talentpool.decisions.outcome.schedule import (
    ANSWER_DAYS_AFTER_DECISION,
    in_business_days,
    limit_at,
    target_at,
)
from flask_talentpool.enums import Outcome, StageReached, stage_rank
from flask_talentpool.host.seen import key_text
from flask_talentpool.noticing.scan import INTERVIEWED

FORGOTTEN = "forgotten"


ROW_GONE = "gone"


OFFERED = "offered"
"""Who has an offer of ours in hand has heard from us; without it, undecided, the person waits once more."""


_NOT_INTERVIEWED = "stage"


@dataclass(slots=True)
class ClockChanges:
    """What a refresh of the clocks changed, in numbers of applications."""

    started: int = 0
    answered: int = 0
    again: int = 0
    """Were answered, and wait once more."""
    failed: int = 0
    """Could not be read by the map."""


@dataclass(slots=True)
class ToWrite:
    """What is written of the clocks once every application has been judged."""

    new: list[InterviewedApplication] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def judge(
    ctx: Context, one: InterviewedApplication, changes: ToWrite, counted: ClockChanges, since: datetime | None
) -> None:
    """Decide what becomes of the clock of one application."""
    clock, runs = one.clock, _runs(ctx, one)
    if clock is not None and clock.candidate_key != key_text_of(one.seen.candidate_key):
        changes.lost.append(clock.id)  # the row is another person's by now
        clock = None
    if clock is None:
        if runs:
            changes.new.append(one)
    elif runs and clock.answered_at is not None:
        if clock.answered_by != FORGOTTEN:
            changes.updates.append(_again(ctx, one))
            counted.again += 1
    elif (
        one.has_offer and one.decision is None and clock.offered_at is None and clock.answered_at is not None
    ):
        changes.updates.append({"id": clock.id, "offered_at": ctx.now()})
    elif runs:
        moved = _moved(ctx, one, since)
        if moved:
            changes.updates.append({"id": clock.id, **moved})
    elif clock.answered_at is None:
        changes.ended.append(clock.id)
        changes.updates.append({"id": clock.id, **_ended(ctx, one)})


def _runs(ctx: Context, one: InterviewedApplication) -> bool:
    """Whether this person was interviewed and knows no outcome."""
    outcome = ctx.host.verdict(one.seen.status, declined=one.seen.declined).outcome
    if outcome not in (None, Outcome.REJECTED) or (one.decision is not None and one.decision.told_at):
        return False
    if outcome is None and one.has_offer:
        return False
    date = interviewed_on(ctx, one)
    if counts_as_interviewed(ctx, one.seen.stage) or (date is not None and date <= ctx.now()):
        return True
    if one.decision is not None and one.decision.stage_reached in set(INTERVIEWED):
        return True
    # Once it runs, only a step back that the host shows of an open application says that it was a mistake.
    return one.clock is not None and not (outcome is None and ctx.host.knows_stage(one.seen.stage))


def interviewed_on(ctx: Context, one: InterviewedApplication) -> datetime | None:
    """Return the host's date of the interview; None where there is none, or none that can be read."""
    try:
        return as_utc(one.interviewed_at, assume=ctx.settings.timezone)
    except ValueError:
        return None


def key_text_of(key: Any) -> str:
    """Return a key as we keep it; empty for none."""
    return "" if key is None else key_text(key)


def _ended(ctx: Context, one: InterviewedApplication) -> dict[str, Any]:
    decision, at = one.decision, ctx.now()
    outcome = ctx.host.verdict(one.seen.status, declined=one.seen.declined).outcome
    by = outcome if outcome is not None else OFFERED if one.has_offer else _NOT_INTERVIEWED
    if decision is not None and decision.told_at is not None:
        at, by = decision.told_at, decision.told_by if outcome is Outcome.REJECTED else by
    found = {"answered_at": at, "answered_by": by, "decision_id": decision.id if decision else None}
    return found | ({"offered_at": at} if by == OFFERED else {})


def _again(ctx: Context, one: InterviewedApplication) -> dict[str, Any]:
    """Somebody who was answered waits once more: the days count from now."""
    return {
        "id": one.clock.id,
        "answered_at": None,
        "answered_by": "",
        "from_before": False,
        "escalated_at": None,
        "progress": 0,
        "next_by": None,
        "stage_reached": stage_of(ctx, one),
        "decision_id": one.decision.id if one.decision is not None else None,
        "target_at": target_at(ctx, ctx.now(), one.decision.noticed_at if one.decision else None),
        "limit_at": limit_at(ctx, ctx.now()),
        "offered_at": one.clock.offered_at if one.decision is not None else None,
    }


def _moved(ctx: Context, one: InterviewedApplication, since: datetime | None) -> dict[str, Any]:
    """Return what the host or a decision changed about a running clock."""
    clock, decision, date = one.clock, one.decision, interviewed_on(ctx, one)
    found: dict[str, Any] = {"stage_reached": stage_of(ctx, one)}
    found["decision_id"] = decision.id if decision is not None else None
    target = clock.target_at
    if date is not None and date != clock.interviewed_at:
        # Another interview: the person waits from the last one.
        target = target_at(ctx, date)
        found |= {"interviewed_at": date, "is_guessed": False, "limit_at": limit_at(ctx, date)}
        found["from_before"] = clock.from_before and (since is None or date <= since)
    if decision is None:
        found["offered_at"] = None
    else:
        soonest = in_business_days(ctx, decision.noticed_at, ANSWER_DAYS_AFTER_DECISION)
        target = max(target, soonest)
    found["target_at"] = target
    return {name: value for name, value in found.items() if getattr(clock, name) != value}


def stage_of(ctx: Context, one: InterviewedApplication) -> StageReached:
    """Return how far the application came: an interviewed person at least; a stage the host forgot is kept."""
    known = [StageReached.INTERVIEWED]
    if ctx.host.knows_stage(one.seen.stage):
        known.append(ctx.host.stage_reached(one.seen.stage))
    elif one.clock is not None:
        known.append(one.clock.stage_reached)
    if one.decision is not None:
        known.append(one.decision.stage_reached)
    return max(known, key=stage_rank)
