"""The last day of somebody decided about whose letter is held: until then a person resolves what holds it."""

from datetime import date, datetime, time, timedelta

from flask_talentpool.config.business_time import business_days_after, business_days_before
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.facts import LetterFacts
from flask_talentpool.decisions.outcome.schedule import ANSWER_DAYS_AFTER_DECISION, limit_at
from flask_talentpool.enums import OutcomeLetters
from flask_talentpool.letters.holds import meaning_of
from flask_talentpool.noticing.scan import INTERVIEWED

BEFORE_LIMIT = 2
"""Working days that are left for the answer before the limit of the answer clock, and after such a letter."""
NOT_INTERVIEWED = 5
"""Working days after the decision, where there was no interview."""


def last_day_at(ctx: Context, facts: LetterFacts) -> datetime | None:
    """Return when the last day begins in the company's calendar; None for somebody who may know an outcome already.

    Two working days before the limit of the answer clock, but never sooner after a decision than any answer; five
    working days after the decision where there was no interview.
    """
    decision = facts.decision
    waits_as_it_was = decision.needs_review and not meaning_of(decision.needs_review).has_last_day
    if waits_as_it_was or facts.may_have_been_told or ctx.settings.outcome_letters is OutcomeLetters.HOST:
        return None
    holidays, decided = ctx.settings.holidays, _local(ctx, decision.noticed_at)
    limit = _limit(ctx, decision, facts.interviewed_at)
    if limit is None:
        return _begin(ctx, business_days_after(decided, NOT_INTERVIEWED, holidays=holidays))
    soonest = business_days_after(decided, ANSWER_DAYS_AFTER_DECISION, holidays=holidays)
    return _begin(ctx, max(soonest, business_days_before(limit, BEFORE_LIMIT, holidays=holidays)))


def answer_by(
    ctx: Context, decision: DecisionMixin, interviewed_at: datetime | None, written_at: datetime
) -> datetime:
    """Return by which day somebody who is written to on their last day gets the answer; never past a limit to come."""
    holidays, today = ctx.settings.holidays, _local(ctx, written_at)
    by = business_days_after(today, BEFORE_LIMIT, holidays=holidays)
    limit = _limit(ctx, decision, interviewed_at)
    if limit is not None and today < limit < by:
        by = max(
            business_days_before(limit + timedelta(days=1), 1, holidays=holidays), today + timedelta(days=1)
        )
    return _begin(ctx, by)


def _limit(ctx: Context, decision: DecisionMixin, interviewed_at: datetime | None) -> date | None:
    if decision.interviewed_at is None and decision.stage_reached not in INTERVIEWED:
        return None
    return _local(ctx, limit_at(ctx, decision.interviewed_at or interviewed_at or decision.noticed_at))


def _local(ctx: Context, moment: datetime) -> date:
    return moment.astimezone(ctx.settings.timezone).date()


def _begin(ctx: Context, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ctx.settings.timezone)
