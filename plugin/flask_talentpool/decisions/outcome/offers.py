"""Whether an offer for a job is out or fell through, as the host says now."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import HoldReason, Outcome
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.noticing.scan import applications

Offer = tuple[HoldReason, datetime]
"""``OFFER_OPEN`` and now while one is not answered, ``OFFER_FELL`` and when that was noticed once one was refused."""


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """Somebody whose letter may wait for what becomes of an offer to somebody else."""

    decision: DecisionMixin
    application: Any
    """The host's row."""
    has_waited: bool
    """Whether the letter waited for an offer so far. Then somebody who withdrew had it: the host's word on an offer
    may end with the offer."""


def offers_of_others(ctx: Context, people: Sequence[TurnedDown]) -> dict[str, Offer]:
    """Return what offers to others for the same jobs mean for people who were turned down.

    A few statements for all of them where the map can be part of one; else applications are read. Looks only.

    Only an offer that falls through after the decision counts: who is turned down later is turned down although it
    did. It counts until somebody is hired for the job after that.

    Returns:
        By the key of their application, for those to whom an offer means something.
    """
    if "offered" not in ctx.host.readers:
        return {}
    jobs = {one.decision.application_key: _job(ctx, one.application) for one in people}
    wanted = {key_text(job): job for job in jobs.values() if job not in (None, "")}
    if not wanted:
        return {}
    open_or_had = _offered(ctx, list(wanted.values()))
    found: dict[str, Offer] = {}
    left = []
    for one in people:
        mine = one.decision.application_key
        others = open_or_had.get(key_text(jobs[mine]), {})
        if any(is_open for key, is_open in others.items() if key != mine):
            found[mine] = (HoldReason.OFFER_OPEN, ctx.now())
        elif jobs[mine] not in (None, ""):
            left.append(one)
    for one, decided in _decided_since(ctx, left, jobs):
        fell_at = _fell_at(
            decided,
            open_or_had.get(key_text(jobs[one.decision.application_key]), {}),
            has_waited=one.has_waited,
        )
        if fell_at is not None:
            found[one.decision.application_key] = (HoldReason.OFFER_FELL, fell_at)
    return found


def _offered(ctx: Context, jobs: Sequence[Any]) -> dict[str, dict[str, bool]]:
    """Return who has an offer for a job, or had one, and whether it is open; by the job's key and the application's."""
    found: dict[str, dict[str, bool]] = {}
    for job, key, offered, status, declined in _on_the_jobs(ctx, jobs, with_offer=True):
        if offered:
            is_open = ctx.host.verdict(status, declined=bool(declined)).outcome is None
            found.setdefault(key_text(job), {})[key_text(key)] = is_open
    return found


def _fell_at(
    decided: Iterable[tuple[str, str, datetime]], had_one: Container[str], *, has_waited: bool
) -> datetime | None:
    """Return when an offer for the job was refused since a decision, if nobody was hired since then."""
    fell_at = filled_at = None
    for key, outcome, at in decided:
        if outcome == Outcome.HIRED:
            filled_at = at
        elif outcome == Outcome.OFFER_DECLINED or has_waited or key in had_one:
            fell_at = at
    is_filled = fell_at is not None and filled_at is not None and filled_at > fell_at
    return None if is_filled else fell_at


def _decided_since(
    ctx: Context, people: Sequence[TurnedDown], jobs: Mapping[str, Any]
) -> Iterator[tuple[TurnedDown, list[tuple[str, str, datetime]]]]:
    """Yield with each application, outcome and moment of what was noticed on their job since, in that order."""
    other = ctx.models.decision
    if not people:
        return
    on_job: dict[str, str] = {}
    same_job = other.job_key.in_({one.decision.job_key for one in people})
    if ctx.host.map.job is None:
        wanted = {key_text(job): job for job in (jobs[one.decision.application_key] for one in people)}
        on_job = {key_text(key): key_text(job) for job, key, *_ in _on_the_jobs(ctx, list(wanted.values()))}
        same_job = other.application_key.in_(on_job)
    statement = sa.select(
        other.application_key, other.job_key, other.scope, other.outcome, other.noticed_at
    ).where(
        same_job,
        other.live_for.is_not(None),
        other.outcome.in_([Outcome.HIRED, Outcome.OFFER_DECLINED, Outcome.WITHDRAWN]),
        other.noticed_at >= min(one.decision.noticed_at for one in people),
    )
    rows = ctx.session.execute(statement.order_by(other.noticed_at, other.id)).all()
    for one in people:
        mine = one.decision
        job = key_text(jobs[mine.application_key]) if ctx.host.map.job is None else mine.job_key
        yield (
            one,
            [
                (row.application_key, row.outcome, row.noticed_at)
                for row in rows
                if row.application_key != mine.application_key
                and row.scope == mine.scope
                and (on_job.get(row.application_key) if on_job else row.job_key) == job
                and row.noticed_at >= mine.noticed_at
            ],
        )


def _job_entry(ctx: Context) -> str:
    return "application_job" if "application_job" in ctx.host.readers else "job_label"


def _job(ctx: Context, application: Any) -> Any:
    if _job_entry(ctx) == "application_job":
        return ctx.host.seen_in_object(application).job_key
    return ctx.host.read("job_label", application)


def _on_the_jobs(
    ctx: Context, jobs: Sequence[Any], *, with_offer: bool = False
) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
    """Yield job, key, offer, status and declined offer of the applications for jobs; of those that may have an offer."""
    host = ctx.host
    names = ["offered", "status", *(["offer_declined"] if "offer_declined" in host.readers else [])]
    if not host.readers[_job_entry(ctx)].in_sql:
        for application in applications(ctx):
            if (job := _job(ctx, application)) in jobs:
                yield job, *_read(ctx, application)
        return
    cls = host.map.application
    statement: Any = sa.select(getattr(cls, host.key_attribute(cls)).label("key")).select_from(cls)
    statement = host.readers[_job_entry(ctx)].add_to(statement, cls, "job")
    if all(host.readers[name].in_sql for name in names):
        for name in names:
            statement = host.readers[name].add_to(statement, cls, name)
        base = statement.subquery()
        those = sa.select(base).where(base.c.job.in_(jobs))
        for row in ctx.session.execute(those.where(base.c.offered.is_not(None)) if with_offer else those):
            found = row._mapping  # noqa: SLF001 (the documented way to a row's names)
            yield found["job"], found["key"], found["offered"], found["status"], found.get("offer_declined")
        return
    base = statement.subquery()
    keys = sa.select(base.c.key).where(base.c.job.in_(jobs))
    for application in ctx.session.scalars(
        sa.select(cls).where(getattr(cls, host.key_attribute(cls)).in_(keys))
    ):
        yield _job(ctx, application), *_read(ctx, application)


def _read(ctx: Context, application: Any) -> tuple[Any, Any, Any, Any]:
    read = ctx.host.read
    declined = read("offer_declined", application)
    return key_of(application), read("offered", application), read("status", application), declined
