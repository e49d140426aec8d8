"""The openings that pages show, each with how many people stand on its bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.hires.openings import NOT_AGAIN, is_unsettled
from flask_talentpool.noticing.record import GONE

LISTED = 200
_PUT_BACK_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One opening."""

    opening_id: int
    sentence: str
    job: str
    bench: str
    """Whose bench: the key of the job, or its label."""
    happened_at: datetime
    runners_up: int
    untold: int
    """How many of them have not been told no."""
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True, slots=True)
class Openings:
    """Some openings, the latest first."""

    lines: tuple[OpeningLine, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class OpeningsPage:
    """What is open, and what somebody said is not filled again."""

    openings: Openings
    settled: tuple[OpeningLine, ...]
    may_settle: bool


def openings(ctx: Context, visible: Visible, *, runners_up: Sequence[Any], limit: int) -> Openings:
    """Read openings that nobody settled.

    Args:
        ctx: The unit of work.
        visible: Narrows to what the acting person may see.
        runners_up: The conditions for decisions about people who stand on a bench.
        limit: How many are listed; all are counted.
    """
    opening = ctx.models.opening
    counted = visible(sa.select(opening).where(is_unsettled(ctx))).add_columns(sa.func.count().over())
    rows = ctx.session.execute(
        counted.order_by(opening.noticed_at.desc(), opening.id.desc()).limit(limit)
    ).all()
    lines = _lines(ctx, [row for row, _ in rows], runners_up)
    return Openings(lines, rows[0][1] if rows else 0)


def openings_page(
    ctx: Context, visible: Visible, *, runners_up: Sequence[Any], may_settle: bool
) -> OpeningsPage:
    """Read the page of openings."""
    opening = ctx.models.opening
    settled = visible(sa.select(opening)).where(
        opening.settled_why == NOT_AGAIN, opening.settled_at >= ctx.now() - _PUT_BACK_WITHIN
    )
    last = ctx.session.scalars(settled.order_by(opening.settled_at.desc(), opening.id.desc()).limit(LISTED))
    return OpeningsPage(
        openings(ctx, visible, runners_up=runners_up, limit=LISTED),
        _lines(ctx, last.all(), runners_up),
        may_settle,
    )


def _lines(ctx: Context, rows: Sequence[Any], runners_up: Sequence[Any]) -> tuple[OpeningLine, ...]:
    decision = ctx.models.decision
    has_jobs = ctx.host.map.job is not None
    column = decision.job_key if has_jobs else decision.job_label
    benches = {row.id: row.job_key if has_jobs else row.job_label for row in rows}
    untold = sa.func.count(sa.case((decision.told_at.is_(None), 1)))
    statement = sa.select(decision.scope, column, sa.func.count(), untold).where(
        column.in_(sorted(set(benches.values()))), *runners_up
    )
    counts = (
        {
            (scope, job): (number, few)
            for scope, job, number, few in ctx.session.execute(statement.group_by(decision.scope, column))
        }
        if rows
        else {}
    )
    return tuple(
        OpeningLine(
            opening_id=row.id,
            sentence=getattr(row.kind, "sentence", row.kind),  # a word of a later version has none
            job=row.job_label,
            bench="" if benches[row.id].startswith(GONE) else benches[row.id],
            happened_at=row.happened_at,
            runners_up=counts.get((row.scope, benches[row.id]), (0, 0))[0],
            untold=counts.get((row.scope, benches[row.id]), (0, 0))[1],
            settled_at=row.settled_at,
            settled_by=row.settled_by_name,
        )
        for row in rows
    )
