"""What a person changes in a letter's words at once: put onto a decision, or onto a copy of it to look at."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, Door, Outcome, StageReached
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_of, key_text

LONGEST_LINE = 600
LONGEST_DETAIL = 300
LONGEST_TEXT = 4000
"""Of feedback, and of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is said anew; None for what stays as it is."""

    door: Door | None = None
    reason: str | None = None
    """A code of ``TALENTPOOL_REASONS``; empty for none."""
    detail: str = ""
    """Which stated requirement, where the reason names one."""
    stage: StageReached | None = None
    line: str | None = None
    """Empty says that there is none: the letter waits for a line no longer."""
    feedback: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is said anew; a detail alone says nothing."""
        return any(one is not None for one in (self.door, self.reason, self.stage, self.line, self.feedback))


def put(ctx: Context, decision: DecisionMixin, changes: Changes, *, by: Actor) -> list[tuple[str, str]]:
    """Put changes onto a decision, stored or not; writes nothing itself.

    Returns:
        What was done, for the history, with what to add to it.

    Raises:
        Refused: One of them cannot be.
    """
    done = []
    if changes.reason is not None:
        done.append(_reason(ctx, decision, changes.reason, changes.detail, by=by))
    if changes.stage is not None:
        decision.stage_reached, decision.stage_by = changes.stage, by.id[:160]
        done.append(("stage", str(changes.stage)))
    if changes.door is not None:
        done.append(_door(decision, changes.door, by=by))
    if changes.line is not None:
        done.append(_line(ctx, decision, changes.line, by=by))
    if changes.feedback is not None:
        decision.feedback = tidy_text(changes.feedback)
        decision.feedback_by, decision.feedback_by_name = by.id[:160], by.name[:160]
        decision.feedback_read_by = ""
        done.append(("feedback", ""))
    return done


def _door(decision: DecisionMixin, door: Door, *, by: Actor) -> tuple[str, str]:
    if door is not Door.CLOSED and decision.never_pool:
        raise Refused("Your ATS marks this person as one who must never be in a pool.", code="never_pool")
    decision.door = door
    decision.door_by, decision.door_by_name = by.id, by.name[:160]
    return f"door_{door}", ""


def _line(ctx: Context, decision: DecisionMixin, line: str, *, by: Actor) -> tuple[str, str]:
    line = " ".join(line.split())
    if len(line) > LONGEST_LINE:
        raise Refused(
            f"The line has {len(line)} characters; a letter takes up to {LONGEST_LINE}.", code="line_too_long"
        )
    is_new = bool(line or decision.line)
    decision.line = line
    decision.line_by, decision.line_by_name = by.id[:160], by.name[:160]
    decision.line_at = ctx.now()
    return ("line" if is_new else "no_line"), ""


def _reason(ctx: Context, decision: DecisionMixin, code: str, detail: str, *, by: Actor) -> tuple[str, str]:
    detail = " ".join(detail.split())[:LONGEST_DETAIL]
    reason = ctx.settings.reasons.get(code) if code else None
    if code and reason is None:
        raise Refused(
            f"There is no reason “{code}”. There are: {', '.join(ctx.settings.reasons)}.", code="reason"
        )
    if reason is not None and reason.needs_detail and not detail:
        raise Refused(
            "Say which stated requirement: without it the letter gives no reason.", code="reason_detail"
        )
    decision.reason_code, decision.reason_by = code, by.id[:160]
    decision.reason_detail = detail if reason is not None and reason.needs_detail else ""
    return "reason", code


def tidy_text(text: str) -> str:
    """Return feedback or a note as it is kept.

    Raises:
        Refused: It is too long.
    """
    clean = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(clean) > LONGEST_TEXT:
        raise Refused(
            f"The text has {len(clean)} characters; up to {LONGEST_TEXT} are kept.", code="too_long"
        )
    return clean


def copy_of(ctx: Context, decision: DecisionMixin) -> DecisionMixin:
    """Return a copy that belongs to no session, so that what is put onto it is stored nowhere."""
    columns = [column.key for column in sa.inspect(ctx.models.decision).column_attrs]
    return ctx.models.decision(**{name: getattr(decision, name) for name in columns})


def imagined(ctx: Context, application: Any) -> DecisionMixin:
    """Return the rejection of an application as it would be noticed now; it is kept nowhere."""
    key, now = key_of(application), ctx.now()
    seen = ctx.host.seen_in_object(application)
    verdict = ctx.host.verdict(seen.status, declined=seen.declined)
    return ctx.models.decision(
        scope=seen.scope,
        application_id=key,
        application_key=key_text(key),
        candidate_key="" if seen.candidate_key is None else key_text(seen.candidate_key),
        job_key="" if seen.job_key is None else key_text(seen.job_key),
        outcome=Outcome.REJECTED,
        state=DecisionState.LIVE,
        never_pool=verdict.never_pool,
        stage_reached=ctx.host.stage_reached(seen.stage),
        door=(Door.CLOSED if verdict.never_pool else Door.UNLATCHED),
        **dict.fromkeys(("door_by", "door_by_name", "line", "line_by_name", "reason", "reason_code"), ""),
        **dict.fromkeys(("reason_detail", "stage_by", "feedback", "feedback_read_by", "note"), ""),
        needs_review="",
        decided_at=now,
        noticed_at=now,
    )
