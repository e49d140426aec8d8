"""Whether an offer for a job is out or fell through, as the host says now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import HoldReason, Outcome
from flask_talentpool.host.mapping import key_of, key_text
from flask_talentpool.noticing.scan import applications


def offer_of_another(
    ctx: Context, application: Any, decision: DecisionMixin, *, has_waited: bool
) -> tuple[HoldReason, datetime] | None:
    """Return what an offer to somebody else for the same job means for who was turned down.

    One statement where the map can be part of one; else the job's applications are read. Looks only.

    Only an offer that falls through after the decision counts: who is turned down later is turned down although it
    did. It counts until somebody is hired for the job after that.

    Args:
        ctx: The unit of work.
        application: The host's row of who was turned down.
        decision: That decision.
        has_waited: Whether the letter waited for an offer so far. Then somebody who withdrew had it: the host's
            word on an offer may end with the offer.

    Returns:
        ``OFFER_OPEN`` and now while one is not answered, ``OFFER_FELL`` and when that was noticed once one was
        refused, else None.
    """
    host = ctx.host
    job = _job(ctx, application)
    if "offered" not in host.readers or job in (None, ""):
        return None
    mine, had_one = key_text(key_of(application)), set()
    for key, offered, status, declined in _on_the_job(ctx, job, with_offer=True):
        if not offered or key_text(key) == mine:
            continue
        if host.verdict(status, declined=bool(declined)).outcome is None:
            return HoldReason.OFFER_OPEN, ctx.now()
        had_one.add(key_text(key))
    fell_at = _fell_at(ctx, decision, job, had_one, has_waited=has_waited)
    return None if fell_at is None else (HoldReason.OFFER_FELL, fell_at)


def _fell_at(
    ctx: Context, decision: DecisionMixin, job: Any, had_one: set[str], *, has_waited: bool
) -> datetime | None:
    """Return when an offer for the job was refused since a decision, if nobody was hired since then."""
    fell_at = filled_at = None
    for key, outcome, at in _decided_since(ctx, decision, job):
        if outcome == Outcome.HIRED:
            filled_at = at
        elif outcome == Outcome.OFFER_DECLINED or has_waited or key in had_one:
            fell_at = at
    is_filled = fell_at is not None and filled_at is not None and filled_at > fell_at
    return None if is_filled else fell_at


def _decided_since(ctx: Context, decision: DecisionMixin, job: Any) -> Iterator[tuple[str, str, datetime]]:
    """Yield application, outcome and moment of what was noticed on a job since a decision, in that order."""
    other = ctx.models.decision
    same_job = other.job_key == decision.job_key
    if ctx.host.map.job is None:
        same_job = other.application_key.in_([key_text(key) for key, *_ in _on_the_job(ctx, job)])
    statement = sa.select(other.application_key, other.outcome, other.noticed_at).where(
        same_job,
        other.scope == decision.scope,
        other.live_for.is_not(None),
        other.application_key != decision.application_key,
        other.outcome.in_([Outcome.HIRED, Outcome.OFFER_DECLINED, Outcome.WITHDRAWN]),
        other.noticed_at >= decision.noticed_at,
    )
    for row in ctx.session.execute(statement.order_by(other.noticed_at, other.id)):
        yield row.application_key, row.outcome, row.noticed_at


def _job_entry(ctx: Context) -> str:
    return "application_job" if "application_job" in ctx.host.readers else "job_label"


def _job(ctx: Context, application: Any) -> Any:
    if _job_entry(ctx) == "application_job":
        return ctx.host.seen_in_object(application).job_key
    return ctx.host.read("job_label", application)


def _on_the_job(ctx: Context, job: Any, *, with_offer: bool = False) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Yield key, offer, status and declined offer of the applications for a job; of those that may have an offer."""
    host = ctx.host
    names = ["offered", "status", *(["offer_declined"] if "offer_declined" in host.readers else [])]
    if not host.readers[_job_entry(ctx)].in_sql:
        for application in applications(ctx):
            if _job(ctx, application) == job:
                yield _read(ctx, application)
        return
    cls = host.map.application
    root = orm.aliased(cls)
    statement: Any = sa.select(getattr(root, host.key_attribute(cls)).label("key")).select_from(root)
    statement = host.readers[_job_entry(ctx)].add_to(statement, root, "job")
    if all(host.readers[name].in_sql for name in names):
        for name in names:
            statement = host.readers[name].add_to(statement, root, name)
        base = statement.subquery()
        those = sa.select(base).where(base.c.job == job)
        for row in ctx.session.execute(those.where(base.c.offered.is_not(None)) if with_offer else those):
            found = row._mapping  # noqa: SLF001 (the documented way to a row's names)
            yield found["key"], found["offered"], found["status"], found.get("offer_declined")
        return
    base = statement.subquery()
    keys = sa.select(base.c.key).where(base.c.job == job)
    for application in ctx.session.scalars(
        sa.select(cls).where(getattr(cls, host.key_attribute(cls)).in_(keys))
    ):
        yield _read(ctx, application)


def _read(ctx: Context, application: Any) -> tuple[Any, Any, Any, Any]:
    read = ctx.host.read
    declined = read("offer_declined", application)
    return key_of(application), read("offered", application), read("status", application), declined
