"""Whether an offer for a job is out, as the host says now."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.context import Context
from flask_talentpool.host.look import applications
from flask_talentpool.host.mapping import key_of, key_text


def offer_is_open(ctx: Context, application: Any) -> bool:
    """Whether somebody else who applied for the same job has an offer that is not answered.

    One statement where the map can be part of one; else the job's applications are read. Looks only.
    """
    host = ctx.host
    job = _job(ctx, application)
    if "offered" not in host.readers or job in (None, ""):
        return False
    mine = key_text(key_of(application))
    for key, offered, status, declined in _on_the_job(ctx, job):
        is_other = key_text(key) != mine
        if is_other and offered and host.verdict(status, declined=bool(declined)).outcome is None:
            return True
    return False


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
