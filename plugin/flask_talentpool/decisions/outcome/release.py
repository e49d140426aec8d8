"""How an outcome letter leaves, by the stage reached: by itself, after approval, with a personal line, or not."""

from datetime import datetime, time, timedelta
from typing import Any

from flask_talentpool.config.business_time import BusinessDelay, business_days_after
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.offers import Offer
from flask_talentpool.decisions.outcome.schedule import in_business_days, letter_due, personal_until, zone_of
from flask_talentpool.enums import HoldReason, Mode, StageReached
from flask_talentpool.letters.holds import STILL_OPEN, meaning_of
from flask_talentpool.letters.model import LetterMixin

_STEP = timedelta(minutes=30)
_LONGEST_STEP_BACK = timedelta(days=14)


def mode_of(ctx: Context, decision: DecisionMixin) -> Mode:
    """Return how the letter of a decision leaves; of a stage that this version does not know, after approval."""
    return ctx.settings.modes.get(decision.stage_reached, Mode.REVIEW)


def goes_without_at(
    ctx: Context, decision: DecisionMixin, candidate: Any, *, interviewed_at: datetime | None = None
) -> datetime:
    """Return when a letter that waits for its personal line goes without one.

    Never past the target of the answer clock: where that lies outside the hours in which letters go,
    the last moment within them before it. A letter is never told earlier than its own time.

    Args:
        ctx: The unit of work.
        decision: The decision.
        candidate: The host's row of the candidate, whose time zone counts.
        interviewed_at: When the clock says that the interview was, where the caller has asked already.
    """
    until, due = personal_until(ctx, decision, interviewed_at), letter_due(ctx, decision, candidate)
    delay = ctx.settings.delay
    if not isinstance(delay, BusinessDelay):
        return max(until, due)
    zone, moment = zone_of(ctx, candidate), until
    while delay.within_hours(moment, tz=zone, holidays=ctx.settings.holidays) != moment:
        moment -= _STEP
        if until - moment > _LONGEST_STEP_BACK:
            moment = until
            break
    return max(moment, due)


def next_moment(ctx: Context, due_at: datetime, candidate: Any) -> datetime:
    """Return when a letter that nothing holds any more goes: at its time, else at the next within the hours."""
    delay, now = ctx.settings.delay, ctx.now()
    if due_at >= now or not isinstance(delay, BusinessDelay):
        return due_at
    return delay.within_hours(now, tz=zone_of(ctx, candidate), holidays=ctx.settings.holidays)


def next_working_day(ctx: Context, candidate: Any) -> datetime:
    """Return the first moment of the next working day, in the person's time zone, at which letters go."""
    settings, zone = ctx.settings, zone_of(ctx, candidate)
    delay = settings.delay if isinstance(settings.delay, BusinessDelay) else BusinessDelay(days=0)
    day = business_days_after(ctx.now().astimezone(zone).date(), 1, holidays=settings.holidays)
    return delay.within_hours(datetime.combine(day, time(), tzinfo=zone), tz=zone, holidays=settings.holidays)


def may_wait_for_line(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the letter waits for one true line, or for somebody who says that there is none, while there is time."""
    return mode_of(ctx, decision) is Mode.PERSONAL and decision.line_at is None and not decision.line


def waits_for_line(
    ctx: Context, decision: DecisionMixin, candidate: Any, *, interviewed_at: datetime | None = None
) -> bool:
    """Whether the letter waits for one true line now; see :func:`goes_without_at` for the arguments."""
    return may_wait_for_line(ctx, decision) and ctx.now() < goes_without_at(
        ctx, decision, candidate, interviewed_at=interviewed_at
    )


def may_wait_for_offer(decision: DecisionMixin) -> bool:
    """Whether somebody was near enough to the job that an offer to somebody else concerns them."""
    return decision.stage_reached == StageReached.FINALIST


def has_waited(letter: LetterMixin) -> bool:
    """Whether a letter waits for an offer."""
    return letter.because in STILL_OPEN


def waits_for_offer(ctx: Context, offer: Offer | None) -> HoldReason | None:
    """Return why a finalist's letter waits: somebody else has an offer for the same job, or has declined it.

    For one declined it waits as long as for a personal line, from then on: time to call, and no more.
    """
    if offer is None:
        return None
    because, since = offer
    is_over = ctx.now() >= in_business_days(ctx, since, ctx.settings.personal_days.days)
    return None if because is HoldReason.OFFER_FELL and is_over else because


def feedback_to_share(ctx: Context, decision: DecisionMixin) -> str:
    """Return the feedback as the letter may have it: only after a second reader, where one is asked for."""
    if ctx.settings.feedback_review and not decision.feedback_read_by:
        return ""
    return decision.feedback or ""


def waits_for_reader(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether somebody wrote feedback that nobody else has read yet."""
    return bool(decision.feedback) and ctx.settings.feedback_review and not decision.feedback_read_by


def look_again_at(
    ctx: Context,
    because: HoldReason | None,
    decision: DecisionMixin,
    candidate: Any,
    *,
    interviewed_at: datetime | None,
) -> datetime | None:
    """Return when a letter held for this reason is looked at again; None for every round."""
    if because is HoldReason.LETTER_TODAY:
        return next_working_day(ctx, candidate)
    if because is HoldReason.PERSONAL:
        return goes_without_at(ctx, decision, candidate, interviewed_at=interviewed_at)
    pause = meaning_of(because).again_after
    return None if pause is None else ctx.now() + pause
