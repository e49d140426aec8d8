"""Jobs that are open again, or still: looked at by what was seen of each the last time."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import add_new, filtering
from flask_talentpool.decisions.host_reason import code_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, OpeningKind, Outcome
from flask_talentpool.hires.model import SeenJobMixin
from flask_talentpool.hires.openings import (
    NOT_AGAIN,
    OF_JOBS,
    Found,
    announce,
    begun,
    same_job,
    settle_closed,
)
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.noticing.scan import INTERVIEWED
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")

PAGE = 400
SLICE = 5_000
"""How many decisions are looked through in one transaction for jobs not seen before."""
OVERLAP = 1_000
"""Ids are handed out before they are committed: so many are looked at a second time."""
MARK = "seen-jobs"
STILL_OPEN = timedelta(days=14)
"""How long after a hire a job that is still open in the host is taken for a second opening, not for a late click."""


def look_at_jobs(transact: Transact) -> None:
    """Announce jobs that were closed and are open again, and filled ones that are still open.

    Args:
        transact: Does something in a transaction of its own.
    """
    if not transact(_has_jobs):
        return
    while transact(meet_jobs):
        pass
    after: int | None = 0
    while after is not None:
        after = transact(partial(_look, after=after))


def _has_jobs(ctx: Context) -> bool:
    return ctx.host.map.job is not None and "job_open" in ctx.host.readers and begun(ctx) is not None


def meet_jobs(ctx: Context) -> bool:
    """Remember the jobs of decisions made since the last time that somebody came close or was hired in; say whether there are more."""
    decision, job = ctx.models.decision, ctx.models.seen_job
    mark = ctx.session.get(ctx.models.mark, MARK)
    seen_to = int(mark.value) if mark is not None else 0
    last = ctx.session.scalar(sa.select(sa.func.max(decision.id))) or 0
    upto = min(last, seen_to + SLICE)
    if upto == seen_to:
        return False
    close = sa.and_(decision.outcome == Outcome.REJECTED, decision.stage_reached.in_(list(INTERVIEWED)))
    statement = (
        sa.select(decision.scope, decision.job_id, decision.job_key)
        .where(decision.id > seen_to - OVERLAP, decision.id <= upto, decision.job_id.is_not(None))
        .where(sa.or_(close, decision.outcome == Outcome.HIRED))
        .where(~sa.exists().where(job.job_id == decision.job_id, job.scope == decision.scope))
        .distinct()
    )
    rows = [row._asdict() for row in ctx.session.execute(statement)]
    if rows:
        add_new(ctx.session, job, rows)
    ctx.keep_mark(MARK, str(upto))
    return upto < last


def _look(ctx: Context, *, after: int) -> int | None:
    """Look at a page of jobs; return the id behind which the next begins."""
    job = ctx.models.seen_job
    statement = sa.select(job).where(job.id > after, job.job_id.is_not(None)).order_by(job.id).limit(PAGE)
    rows = ctx.session.scalars(statement).all()
    now = _open_now(ctx, [row.job_id for row in rows])
    again: list[tuple[SeenJobMixin, datetime]] = []
    for row in rows:
        is_open = now.get(key_text(row.job_id))
        if is_open is None or is_open == row.is_open:
            continue
        if is_open and row.is_open is False and row.since is not None:
            again.append((row, row.since))
        elif row.is_open:
            model = ctx.models.opening
            settle_closed(ctx, model.scope == row.scope, model.job_key == row.job_key)
        row.is_open, row.since = is_open, ctx.now()
    ctx.session.flush()
    announce(ctx, [*_again(ctx, again), *_second(ctx, [row.job_id for row in rows if row.is_open])])
    return rows[-1].id if len(rows) == PAGE else None


def _open_now(ctx: Context, keys: Sequence[Any]) -> Mapping[str, bool | None]:
    """Return whether the host says that jobs are open, by key as text; None where it does not say."""
    host, cls = ctx.host, ctx.host.map.job
    if cls is None or not keys:
        return {}
    key, reader = getattr(cls, host.key_attribute(cls)), host.readers["job_open"]
    if reader.in_sql:
        read = reader.add_to(sa.select(key.label("key")).select_from(cls), cls, "is_open")
        return {
            key_text(row.key): _is_open(row.is_open) for row in ctx.session.execute(read.where(key.in_(keys)))
        }
    found: dict[str, bool | None] = {}
    for row in ctx.session.scalars(sa.select(cls).where(key.in_(keys))):
        try:
            found[key_text(key_of(row))] = _is_open(host.read("job_open", row))
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            logger.warning("job %s cannot be read by the map: %s", key_of(row), type(error).__name__)
    return found


def _is_open(value: Any) -> bool | None:
    return None if value is None else value not in (False, 0)


def _again(ctx: Context, jobs: Sequence[tuple[SeenJobMixin, datetime]]) -> Iterator[Found]:
    """Jobs that were closed and are open again; told apart by what was said when they were closed."""
    decision = ctx.models.decision
    for job, closed_at in jobs:
        mine = (decision.scope == job.scope, decision.job_key == job.job_key)
        known = ctx.session.scalars(
            sa.select(decision).where(*mine).order_by(decision.id.desc()).limit(1)
        ).first()
        if known is None:
            continue
        stands = decision.live_for.is_not(None)
        is_filled = sa.exists().where(*mine, stands, decision.outcome == Outcome.HIRED)
        filled = ctx.session.scalar(sa.select(is_filled))
        said = sa.select(decision.reason_code, decision.reason).where(*mine, stands).distinct()
        reasons = {row.reason_code or code_of(ctx, row.reason) for row in ctx.session.execute(said)}
        yield Found(
            kind=OpeningKind.BACK if "job_closed" in reasons else OpeningKind.REOPENED,
            occasion=f"open:{job.id}:{closed_at.isoformat()}",
            decision=known,
            at=ctx.now(),
            was_filled=bool(filled),
        )


def _second(ctx: Context, keys: Sequence[Any]) -> Iterator[Found]:
    """Jobs that somebody was hired for a while ago, and that are open all the same; once a job."""
    if not keys:
        return
    decision, opening = ctx.models.decision, ctx.models.opening
    statement = (
        sa.select(decision)
        .where(
            decision.job_id.in_(keys),
            decision.outcome == Outcome.HIRED,
            filtering(decision.state) == DecisionState.LIVE,
            decision.noticed_at <= ctx.now() - STILL_OPEN,
            decision.noticed_at >= (begun(ctx) or ctx.now()),
            ~sa.exists().where(
                same_job(ctx, opening, decision),
                sa.or_(
                    opening.settled_at.is_(None),
                    opening.settled_why == NOT_AGAIN,
                    opening.kind.in_(OF_JOBS),
                ),
            ),
        )
        .order_by(decision.id)
    )
    once: dict[tuple[str, str], DecisionMixin] = {}
    for row in ctx.session.scalars(statement):
        once.setdefault((row.scope, row.job_key), row)
    for row in once.values():
        occasion = f"second:{row.job_key}:{row.scope}"[:160]
        yield Found(kind=OpeningKind.SECOND, occasion=occasion, decision=row, at=ctx.now())
