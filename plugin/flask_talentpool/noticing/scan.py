"""Looking at the host's applications: by one statement where SQL can say it, else row by row."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_talentpool.context import Context
from flask_talentpool.enums import Outcome, StageReached
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.host.seen import Seen, key_of, key_text

logger = logging.getLogger("flask_talentpool")

PAGE = 400
INTERVIEWED = (StageReached.INTERVIEWED, StageReached.FINALIST)
NO_MEMBER = (
    "A value of an application in the database is no member of its Enum. Add it to the Enum, or mend the row."
)


def _base(ctx: Context) -> Any:
    return ctx.host.statement.subquery("looked_at")


Status = tuple[Any, bool, int]
"""A status value there is, whether it stands beside a declined offer, and how often."""


def statuses(ctx: Context) -> list[Status]:
    """Return each status value that SQL finds; none where the map has to be asked row by row."""
    return _statuses(ctx.session, _base(ctx)) if ctx.host.in_sql else []


def _statuses(session: Session, base: Any) -> list[Status]:
    try:
        if "offer_declined" not in base.c:
            counted = sa.select(base.c.status, sa.func.count().label("n")).group_by(base.c.status)
            return [(row.status, False, row.n) for row in session.execute(counted)]
        flag = base.c.offer_declined
        both = sa.select(base.c.status, flag, sa.func.count().label("n")).group_by(base.c.status, flag)
        totals: dict[tuple[Any, bool], int] = {}
        for row in session.execute(both):
            key = (row.status, bool(row.offer_declined))
            totals[key] = totals.get(key, 0) + row.n
    except LookupError as error:  # SQLAlchemy's own, for a text that is no member of the column's Enum
        raise TalentPoolError(NO_MEMBER) from error
    return [(status, declined, number) for (status, declined), number in totals.items()]


def applications(ctx: Context) -> Iterator[Any]:
    """Load every application as it is now, a page at a time."""
    cls = ctx.host.map.application
    key, last = getattr(cls, ctx.host.key_attribute(cls)), None
    while True:
        page = sa.select(cls).order_by(key).limit(PAGE).execution_options(populate_existing=True)
        try:
            rows = list(ctx.session.scalars(page if last is None else page.where(key > last)))
        except LookupError as error:
            raise TalentPoolError(NO_MEMBER) from error
        yield from rows
        if len(rows) < PAGE:
            return
        last = key_of(rows[-1])


def _objects(ctx: Context, unreadable: set[str]) -> Iterator[Seen]:
    """Look at every application through the map; keys of those it cannot read are collected."""
    for application in applications(ctx):
        try:
            seen = ctx.host.seen_in_object(application)
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            key = key_text(key_of(application))
            logger.warning("application %s cannot be read by the map: %s", key, type(error).__name__)
            unreadable.add(key)
        else:
            yield seen


def _rows(ctx: Context, statement: Any) -> Iterator[Seen]:
    # Read whole before anything is written: a cursor left open would lock SQLite.
    for row in ctx.session.execute(statement).all():
        yield ctx.host.seen_in_row(row._mapping)  # noqa: SLF001 (the documented way to a row's names)


def decided(ctx: Context, there_are: Sequence[Status], unreadable: set[str]) -> Iterator[Seen]:
    """Find applications that have an outcome."""
    if not ctx.host.in_sql:
        yield from _objects(ctx, unreadable)
        return
    base = _base(ctx)
    for outcome in Outcome:
        which = _which(ctx, base, there_are, outcome)
        yield from _rows(ctx, sa.select(base).where(which))


def _which(ctx: Context, base: Any, there_are: Sequence[Status], outcome: Outcome | None) -> Any:
    """Return the condition for "the host says this outcome", by the values there are."""
    terms = []
    for declined in (False, True):
        there = [
            value
            for value, beside, _ in there_are
            if beside is declined and ctx.host.verdict(value, declined=declined).outcome is outcome
        ]
        if not there:
            continue
        same = base.c.status.in_([value for value in there if value is not None])
        if None in there:
            same = sa.or_(same, base.c.status.is_(None))
        if "offer_declined" in base.c:
            flag = base.c.offer_declined
            is_set = _is_set(flag)
            same = sa.and_(same, is_set if declined else sa.or_(flag.is_(None), sa.not_(is_set)))
        terms.append(same)
    return sa.or_(*terms) if terms else sa.false()


def _is_set(flag: Any) -> Any:
    """Return the condition under which Python calls the value of a column true."""
    if isinstance(flag.type, sa.Boolean):
        return flag.is_(True)
    if isinstance(flag.type, sa.Integer | sa.Numeric):
        return sa.and_(flag.is_not(None), flag != 0)
    if isinstance(flag.type, sa.String) and not isinstance(flag.type, sa.Enum):
        return sa.and_(flag.is_not(None), flag != "")
    return flag.is_not(None)


def changed(ctx: Context, there_are: Sequence[Status], unreadable: set[str]) -> Iterator[Seen]:
    """Find applications whose outcome and standing decision differ, in either direction."""
    if not ctx.host.in_sql:
        yield from _objects(ctx, unreadable)
        return
    base, decision = _base(ctx), ctx.models.decision
    answers = sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None))
    stands = sa.and_(decision.application_id == base.c.key, answers)
    differs = [sa.and_(_which(ctx, base, there_are, None), sa.exists().where(stands))]
    for outcome in Outcome:
        same = sa.exists().where(stands, decision.outcome == outcome)
        differs.append(sa.and_(_which(ctx, base, there_are, outcome), ~same))
    # In one statement, so that the host's table is read once.
    yield from _rows(ctx, sa.select(base).where(sa.or_(*differs)))


def used_again(ctx: Context) -> list[str]:
    """Find rows whose id SQLite handed out again to an application of somebody else."""
    base, decision = _base(ctx), ctx.models.decision
    candidate = base.c.key if ctx.host.same_row else base.c.candidate_key
    statement = sa.select(decision.application_key, decision.candidate_key, candidate.label("now")).where(
        decision.application_id == base.c.key,
        sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None)),
        decision.candidate_key != "",
    )
    rows = ctx.session.execute(statement).all()
    return [
        row.application_key for row in rows if row.now is not None and key_text(row.now) != row.candidate_key
    ]


def unmapped(ctx: Context, there_are: Sequence[Status]) -> dict[str, int]:
    """Count the status values that stand in no set of the map."""
    found: dict[str, int] = {}
    if not ctx.host.in_sql:
        there_are = [(seen.status, seen.declined, 1) for seen in _objects(ctx, set())]
    for value, declined, number in there_are:
        if not ctx.host.verdict(value, declined=declined).known:
            found[status_text(value)] = found.get(status_text(value), 0) + number
    return found


def status_text(value: Any) -> str:
    """Return a status value as reports name it."""
    return "(none)" if value is None else str(getattr(value, "value", value))


# The answer clock: who was interviewed, and knows no outcome
