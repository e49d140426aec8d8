"""Whether an offer for a job is out or fell through, as the host says now."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.context import Context
from flask_talentpool.host.look import applications
from flask_talentpool.host.mapping import key_of, key_text
from flask_talentpool.words import Because, Outcome

_FELL = (Outcome.OFFER_DECLINED, Outcome.WITHDRAWN)


def offer_of_another(ctx: Context, application: Any, *, since: datetime) -> Because | None:
    """Return what an offer to somebody else for the same job means for who was turned down.

    One statement where the map can be part of one; else the job's applications are read. Looks only.

    Args:
        ctx: The unit of work.
        application: The host's row of who was turned down.
        since: When that was decided, aware UTC. Only an offer that falls through after it changes anything: who is
            turned down later is turned down although it did.

    Returns:
        ``OFFER_OPEN`` while one is not answered, ``OFFER_FELL`` once it was refused and nobody who had one was
        hired, else None.
    """
    host = ctx.host
    job = _job(ctx, application)
    if "offered" not in host.readers or job in (None, ""):
        return None
    mine, fell, is_filled = key_text(key_of(application)), [], False
    for key, offered, status, declined in _on_the_job(ctx, job):
        if not offered or key_text(key) == mine:
            continue
        outcome = host.verdict(status, declined=bool(declined)).outcome
        if outcome is None:
            return Because.OFFER_OPEN
        is_filled = is_filled or outcome is Outcome.HIRED
        if outcome in _FELL:
            fell.append(key_text(key))
    return Because.OFFER_FELL if fell and not is_filled and _noticed_after(ctx, fell, since) else None


def _noticed_after(ctx: Context, keys: Sequence[str], since: datetime) -> bool:
    decision = ctx.models.decision
    statement = sa.select(decision.id).where(
        decision.live_for.in_(keys),
        decision.outcome.in_([outcome.value for outcome in _FELL]),
        decision.noticed_at >= since,
    )
    return ctx.session.scalar(statement.limit(1)) is not None


def _job_entry(ctx: Context) -> str:
    return "application_job" if "application_job" in ctx.host.readers else "job_label"


def _job(ctx: Context, application: Any) -> Any:
    if _job_entry(ctx) == "application_job":
        return ctx.host.seen_in_object(application).job_key
    return ctx.host.read("job_label", application)


def _on_the_job(ctx: Context, job: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Yield key, offer, status and declined offer of each application for a job."""
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
        for row in ctx.session.execute(sa.select(base).where(base.c.job == job, base.c.offered.is_not(None))):
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
