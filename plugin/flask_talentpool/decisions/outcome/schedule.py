"""When things are due: outcome letters, the answer clock, and how long a personal line is waited for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from flask_talentpool.config.business_time import BusinessDelay, after_business_days, due_at
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import LetterKind, LetterState

LATE = timedelta(hours=1)
"""How far past its time a letter is late. What is not was due within the hours of the person's own zone."""
ANSWER_DAYS_AFTER_DECISION = 2
"""Business days that a decision leaves for its answer, however long ago the interview was."""


def zone_of(ctx: Context, candidate: Any) -> ZoneInfo:
    """Return the person's time zone, where the host knows a real one, else the company's."""
    found = ctx.host.read("timezone", candidate) if candidate is not None else None
    if isinstance(found, ZoneInfo):
        return found
    if found:
        try:
            return ZoneInfo(str(found).strip())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ctx.settings.timezone
    return ctx.settings.timezone


def letter_due(ctx: Context, decision: DecisionMixin, candidate: Any) -> datetime:
    """Return when the outcome letter of a decision is due.

    A ``BusinessDelay`` keeps the office hours of the person's own time zone, and leaves at least
    ``TALENTPOOL_MIN_TIME_AFTER_APPLYING`` between applying and being told.
    """
    settings, zone = ctx.settings, zone_of(ctx, candidate)
    due = due_at(settings.delay, decision.noticed_at, tz=zone, holidays=settings.holidays)
    if not isinstance(settings.delay, BusinessDelay) or decision.applied_at is None:
        return due
    earliest = min(decision.applied_at, decision.noticed_at) + settings.min_time_after_applying
    return settings.delay.within_hours(max(due, earliest), tz=zone, holidays=settings.holidays)


def target_at(ctx: Context, interviewed_at: datetime, decided_at: datetime | None = None) -> datetime:
    """Return by when an interviewed person should have an answer."""
    target = interviewed_at + ctx.settings.answer_target
    if decided_at is None:
        return target
    return max(target, in_business_days(ctx, decided_at, ANSWER_DAYS_AFTER_DECISION))


def limit_at(ctx: Context, interviewed_at: datetime) -> datetime:
    """Return when an interviewed person without an answer is written to, whatever was decided."""
    return interviewed_at + ctx.settings.answer_limit


def personal_until(ctx: Context, decision: DecisionMixin, interviewed_at: datetime | None = None) -> datetime:
    """Return until when a letter waits for its personal line: never past the target of the answer clock.

    Args:
        ctx: The unit of work.
        decision: The decision.
        interviewed_at: When the clock says that the interview was, where the caller has asked already.
    """
    longest = in_business_days(ctx, decision.noticed_at, ctx.settings.personal_days.days)
    known = decision.interviewed_at or interviewed_at
    if known is None:
        known = on_the_clock(ctx, [decision]).get(decision.application_key, decision.noticed_at)
    return min(longest, target_at(ctx, known, decision.noticed_at))


def on_the_clock(ctx: Context, decisions: Sequence[DecisionMixin]) -> dict[str, datetime]:
    """Return when interviews were noticed, where the host has no date of them, by the application's key."""
    clock = ctx.models.clock
    keys = [decision.application_key for decision in decisions if decision.interviewed_at is None]
    if not keys:
        return {}
    statement = sa.select(clock.application_key, clock.interviewed_at).where(clock.application_key.in_(keys))
    return {row.application_key: row.interviewed_at for row in ctx.session.execute(statement)}


def remind_at(ctx: Context, decision: DecisionMixin) -> tuple[datetime, ...]:
    """Return when the job's owner is reminded of a missing line; those that come too late are left out."""
    until = personal_until(ctx, decision)
    moments = (in_business_days(ctx, decision.noticed_at, after.days) for after in ctx.settings.remind_days)
    return tuple(moment for moment in moments if moment < until)


def in_business_days(ctx: Context, start: datetime, days: int) -> datetime:
    """Return the same time of day some business days of the company later."""
    return after_business_days(start, days, tz=ctx.settings.timezone, holidays=ctx.settings.holidays)


def keep_hours(ctx: Context) -> int:
    """Put outcome letters off that are late, where it is no hour to get one; return how many.

    A worker that was away comes back at any hour. What a person sends now goes now.
    """
    delay, now = ctx.settings.delay, ctx.now()
    if not isinstance(delay, BusinessDelay):
        return 0
    opens = delay.within_hours(now, tz=ctx.settings.timezone, holidays=ctx.settings.holidays)
    if opens <= now:
        return 0
    letter = ctx.models.letter
    return update_if(
        ctx.session,
        letter,
        letter.kind == LetterKind.OUTCOME,
        letter.state == LetterState.DUE,
        letter.due_at <= now - LATE,
        sa.or_(letter.approved_at.is_(None), letter.approved_at < letter.due_at),
        due_at=opens,
    )
