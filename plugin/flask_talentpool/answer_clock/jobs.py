"""The jobs for which interviewed people have no answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.host.rows import is_shown
from flask_talentpool.host.seen import key_of, key_text


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job with people who have no answer."""

    key: str
    label: str
    count: int
    is_chosen: bool
    is_closed: bool
    """The host says that the job is no longer open."""


def waiting(ctx: Context) -> Any:
    """Return the condition for "nobody told them"; what was told since the last sync counts, and nobody hidden does."""
    clock, decision = ctx.models.clock, ctx.models.decision
    told = sa.exists().where(decision.live_for == clock.application_key, decision.told_at.is_not(None))
    return sa.and_(clock.answered_at.is_(None), ~told, is_shown(ctx.host, clock.application_id))


def jobs_of(ctx: Context, visible: Visible, chosen: str) -> tuple[JobLine, ...]:
    """Return the jobs of everybody without an answer, closed ones first."""
    clock = ctx.models.clock
    seen = visible(sa.select(clock.job_key, clock.job_label).where(waiting(ctx))).subquery()
    counted = sa.select(seen.c.job_key, sa.func.max(seen.c.job_label).label("label"), sa.func.count())
    # Without a job model the label is all that tells two jobs apart.
    alone = sa.case((seen.c.job_key == "", seen.c.job_label), else_="")
    rows = ctx.session.execute(counted.group_by(seen.c.job_key, alone)).all()
    closed = _closed(ctx, [row.job_key for row in rows if row.job_key])
    lines = [
        JobLine(
            key=row.job_key or row.label,
            label=row.label or "No job",
            count=row[2],
            is_chosen=(row.job_key or row.label) == chosen,
            is_closed=row.job_key in closed,
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (not line.is_closed, line.label.casefold(), line.key)))


def _closed(ctx: Context, keys: Sequence[str]) -> set[str]:
    """Return the keys of jobs that the host says are no longer open."""
    host = ctx.host
    if "job_open" not in host.readers or host.map.job is None or not keys:
        return set()
    attribute = getattr(host.map.job, host.key_attribute(host.map.job))
    parsed = [host.parse_key(host.map.job, key) for key in keys[:400]]
    jobs = ctx.session.scalars(sa.select(host.map.job).where(attribute.in_(parsed)))
    return {key_text(key_of(job)) for job in jobs if host.read("job_open", job) in (False, 0)}
