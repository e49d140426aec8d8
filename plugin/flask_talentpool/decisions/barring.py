"""Places of people whom the host says, by now, never to put into a pool: said later, it ends what was there."""

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.decisions.facts import rows_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, Door, MemberState
from flask_talentpool.noticing.scan import statuses
from flask_talentpool.pools.ending import end_place

logger = logging.getLogger("flask_talentpool")

PAGE = 200
BECAUSE = "never_pool"
"""Why a place has ended, as the place keeps it."""


def end_barred(ctx: Context) -> int:
    """End every place of somebody of whom a decision says so; nobody is written to. The caller commits.

    Returns:
        How many places ended.
    """
    if (which := _asked_again(ctx)) is not None:
        _ask_again(ctx, which)
    member, decision = ctx.models.member, ctx.models.decision
    says_so = sa.exists().where(
        decision.person_id == member.person_id,
        decision.never_pool.is_(True),
        decision.state.in_([DecisionState.LIVE, DecisionState.BASELINE]),
    )
    theirs = sa.select(member).where(member.state != MemberState.ENDED, says_so).order_by(member.id)
    places = list(ctx.session.scalars(theirs.limit(500)))
    for place in places:
        end_place(ctx, place, because=BECAUSE, by=SOFTWARE)
    return len(places)


def _asked_again(ctx: Context) -> Any:
    """Return which decisions the host is asked about once more; None where nothing can have changed unnoticed.

    What a callable reads may change with no status changing; so it is asked about everybody with a place. Of a status
    that bars pools and was another that means rejected, by an UPDATE, the database says whose it is.
    """
    member, decision, host = ctx.models.member, ctx.models.decision, ctx.host
    if callable(host.map.never_pool) or (host.map.never_pool and not host.in_sql):
        return sa.exists().where(member.person_id == decision.person_id, member.state != MemberState.ENDED)
    barring = [
        status for status, declined, _ in statuses(ctx) if host.verdict(status, declined=declined).never_pool
    ]
    if not barring:
        return None
    base = host.statement.subquery("looked_at")
    return sa.exists(
        sa.select(base.c.key).where(base.c.key == decision.application_id, base.c.status.in_(barring))
    )


def _ask_again(ctx: Context, which: Any) -> None:
    decision, after = ctx.models.decision, 0
    while True:
        page = sa.select(decision).where(
            decision.id > after,
            which,
            decision.never_pool.is_(False),
            decision.live_for.is_not(None),
            decision.application_id.is_not(None),
        )
        found = ctx.session.scalars(page.order_by(decision.id).limit(PAGE)).all()
        if not found:
            return
        after = found[-1].id
        _mark(ctx, found)


def _mark(ctx: Context, decisions: Sequence[DecisionMixin]) -> None:
    for decision, row in zip(decisions, rows_of(ctx, decisions), strict=True):
        if row.seen is None or row.because is not None:
            continue
        try:
            if ctx.host.bars_pool(row.application, row.seen.status):
                decision.never_pool, decision.door = True, Door.CLOSED
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            logger.warning(
                "never_pool cannot be read of application %s: %s",
                decision.application_key,
                type(error).__name__,
            )
    ctx.session.flush()
