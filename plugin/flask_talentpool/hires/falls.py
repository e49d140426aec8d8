"""Offers and hires that fell through, found by the decisions kept of them and by the host's own dates."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, HoldReason, OpeningKind, Outcome
from flask_talentpool.hires.dates import dates, readable
from flask_talentpool.hires.openings import OF_JOBS, TAKEN_BACK, Found, announce, begun, settle_by_host

WITHIN = timedelta(days=90)
"""How long ago something may have been noticed and still be announced, after a worker that stood still."""
LATELY = timedelta(days=7)
"""How long ago somebody may have withdrawn for the host's row to be asked whether they had an offer."""
LONGEST = timedelta(days=730)
"""For how long after a hire the host's own day of the end of probation counts."""
A_DAY = timedelta(days=1)
"""Nobody has left before their last day is over."""


def notice_falls(ctx: Context) -> int:
    """Announce offers that were declined and hires that no longer stand; return how many."""
    since = _since(ctx)
    if since is None:
        return 0
    settle_by_host(ctx)
    # Of one occasion the last counts: that somebody had been hired says more than that they withdrew.
    return len(announce(ctx, [*_declined(ctx, since), *_hires_undone(ctx, since)]))


def look_at_falls(ctx: Context) -> int:
    """Announce what only the host's rows say: who left, and offers that were taken back by turning somebody down."""
    since = _since(ctx)
    if since is None:
        return 0
    return len(announce(ctx, [*_with_offers(ctx, since), *_left(ctx, since)]))


def _since(ctx: Context) -> datetime | None:
    first = begun(ctx)
    return None if first is None else max(first, ctx.now() - WITHIN)


def _had_offer(ctx: Context) -> sa.ColumnElement[bool]:
    clock, decision = ctx.models.clock, ctx.models.decision
    return sa.exists().where(
        clock.application_key == decision.application_key,
        clock.candidate_key == decision.candidate_key,
        clock.offered_at.is_not(None),
    )


def _declined(ctx: Context, since: datetime) -> Iterator[Found]:
    """Who said no to an offer: the host says so, or they withdrew with one in hand."""
    decision = ctx.models.decision
    statement = sa.select(decision).where(
        decision.state == DecisionState.LIVE,
        decision.outcome.in_([Outcome.OFFER_DECLINED, Outcome.WITHDRAWN]),
        decision.told_at >= since,
        sa.or_(decision.outcome == Outcome.OFFER_DECLINED, _had_offer(ctx)),
        _is_new(ctx, decision),
    )
    for row in ctx.session.scalars(statement).all():
        if row.decided_at >= since and not _came_with_an_import(ctx, row):
            yield _offer_declined(row)


def _offer_declined(row: DecisionMixin) -> Found:
    occasion = _fell(row, row.noticed_at)
    return Found(kind=OpeningKind.OFFER_DECLINED, occasion=occasion, decision=row, at=row.decided_at)


def _came_with_an_import(ctx: Context, row: DecisionMixin) -> bool:
    """Whether refusals for the same job were noticed that day as imported: then all of its history came that day."""
    other = ctx.models.decision
    name = "job_key" if ctx.host.map.job is not None else "job_label"
    imported = sa.exists().where(
        other.scope == row.scope,
        getattr(other, name) == getattr(row, name),
        other.needs_review == HoldReason.IMPORTED,
        other.noticed_at.between(row.noticed_at - A_DAY, row.noticed_at + A_DAY),
    )
    return bool(ctx.session.scalar(sa.select(imported)))


def _fell(decision: DecisionMixin, moment: datetime) -> str:
    """Name the occasion: a hire that becomes a declined offer ends one decision and makes another, and is one thing."""
    return f"fell:{decision.application_key}:{moment.isoformat()}"


def _is_new(ctx: Context, decision: Any) -> sa.ColumnElement[bool]:
    """Return the condition that nothing has been announced of a decision by which offers and hires are known."""
    opening = ctx.models.opening
    return ~sa.exists().where(
        opening.decision_id == decision.id, opening.kind.not_in(OF_JOBS), opening.settled_why != TAKEN_BACK
    )


def _hires_undone(ctx: Context, since: datetime) -> Iterator[Found]:
    """Hires that the host no longer says, of somebody hired so lately that the bench is of use."""
    decision = ctx.models.decision
    statement = sa.select(decision).where(
        decision.state.in_([DecisionState.TAKEN_BACK, DecisionState.SUPERSEDED]),
        decision.outcome == Outcome.HIRED,
        decision.ended_at >= since,
        decision.suppressed_for.is_(None),
        _is_new(ctx, decision),
    )
    for row, known in readable(ctx, ctx.session.scalars(statement).all(), dates):
        ended = row.ended_at or ctx.now()
        if ended > known.end or _says_hired(ctx, row):
            continue
        never = "hired_on" in ctx.host.readers and known.start > ended
        yield Found(
            kind=OpeningKind.NEVER_STARTED if never else OpeningKind.HIRE_UNDONE,
            occasion=_fell(row, ended),
            decision=row,
            at=ended,
            was_filled=True,
        )


def _says_hired(ctx: Context, row: DecisionMixin) -> bool:
    decision = ctx.models.decision
    again = sa.exists().where(decision.live_for == row.application_key, decision.outcome == Outcome.HIRED)
    return bool(ctx.session.scalar(sa.select(again)))


def _has_offer(ctx: Context, decision: DecisionMixin, facts: Facts) -> bool | None:
    del decision
    return bool(ctx.host.read("offered", facts.application)) or None


def _with_offers(ctx: Context, since: datetime) -> Iterator[Found]:
    """Who withdrew and of whom the host still says that they had an offer, and who was turned down with one in hand."""
    if "offered" not in ctx.host.readers:
        return
    decision = ctx.models.decision
    withdrew = sa.select(decision).where(
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.WITHDRAWN,
        decision.told_at >= max(since, ctx.now() - LATELY),
        decision.application_id.is_not(None),
        _is_new(ctx, decision),
    )
    for row, _ in readable(ctx, ctx.session.scalars(withdrew).all(), _has_offer):
        yield _offer_declined(row)
    statement = sa.select(decision).where(
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
        decision.noticed_at >= since,
        sa.or_(decision.needs_review == HoldReason.OFFER_IN_HAND, _had_offer(ctx)),
        _is_new(ctx, decision),
    )
    for row in ctx.session.scalars(statement):
        occasion = _fell(row, row.noticed_at)
        yield Found(kind=OpeningKind.OFFER_WITHDRAWN, occasion=occasion, decision=row, at=row.decided_at)


def _left(ctx: Context, since: datetime) -> Iterator[Found]:
    """Whose last day is over, within probation, where the host has the day."""
    if "left_on" not in ctx.host.readers:
        return
    decision, now = ctx.models.decision, ctx.now()
    longest = LONGEST if "probation_ends" in ctx.host.readers else ctx.settings.probation
    statement = sa.select(decision).where(
        decision.state.in_([DecisionState.LIVE, DecisionState.BASELINE]),
        decision.outcome == Outcome.HIRED,
        decision.told_at >= now - longest - WITHIN,
        decision.application_id.is_not(None),
        _is_new(ctx, decision),
    )
    for row, known in readable(ctx, ctx.session.scalars(statement).all(), dates):
        if known.left is not None and since <= known.left <= min(known.end, now - A_DAY):
            kind = OpeningKind.NEVER_STARTED if known.left < known.start else OpeningKind.LEFT
            yield Found(kind=kind, occasion=f"left_on:{row.id}", decision=row, at=known.left, was_filled=True)
