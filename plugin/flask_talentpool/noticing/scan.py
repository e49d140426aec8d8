"""Looking at the host's applications: by one statement where SQL can say it, else row by row."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from flask_talentpool.context import Context
from flask_talentpool.enums import Outcome, StageReached
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.host.seen import Seen, key_of, key_text
from flask_talentpool.noticing.record import same, standing_of

logger = logging.getLogger("flask_talentpool")

PAGE = 400
INTERVIEWED = (StageReached.INTERVIEWED, StageReached.FINALIST)
NO_MEMBER = (
    "A value of an application in the database is no member of its Enum. Add it to the Enum, or mend the row."
)


def base_of(ctx: Context) -> Any:
    """Return the look at applications as a table; columns are named as in :class:`Seen`."""
    return ctx.host.statement.subquery("looked_at")


Status = tuple[Any, bool, int]
"""A status value there is, whether it stands beside a declined offer, and how often."""


Reads = Session | Connection
"""Where the host's rows are read: by the session, whose loader criteria then hold; by the connection, whatever those hide."""


def statuses(ctx: Context, reads: Reads | None = None) -> list[Status]:
    """Return each status value that SQL finds, by the session; none where the map has to be asked row by row."""
    return _statuses(reads or ctx.session, base_of(ctx)) if ctx.host.in_sql else []


def _statuses(reads: Reads, base: Any) -> list[Status]:
    try:
        if "offer_declined" not in base.c:
            counted = sa.select(base.c.status, sa.func.count().label("n")).group_by(base.c.status)
            return [(row.status, False, row.n) for row in reads.execute(counted)]
        flag = base.c.offer_declined
        both = sa.select(base.c.status, flag, sa.func.count().label("n")).group_by(base.c.status, flag)
        totals: dict[tuple[Any, bool], int] = {}
        for row in reads.execute(both):
            key = (row.status, bool(row.offer_declined))
            totals[key] = totals.get(key, 0) + row.n
    except LookupError as error:  # SQLAlchemy's own, for a text that is no member of the column's Enum
        raise TalentPoolError(NO_MEMBER) from error
    return [(status, declined, number) for (status, declined), number in totals.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A few applications, in order of their keys."""

    seen: list[Seen]
    last: Any
    """The key behind which the next page begins; None where this is the last."""


def applications(ctx: Context) -> Iterator[Any]:
    """Load every application as it is now, a page at a time."""
    last = None
    while True:
        rows = _objects_after(ctx, last, limit=PAGE)
        yield from rows
        if len(rows) < PAGE:
            return
        last = key_of(rows[-1])


def _objects_after(ctx: Context, last: Any, *, limit: int) -> list[Any]:
    cls = ctx.host.map.application
    key = getattr(cls, ctx.host.key_attribute(cls))
    page = sa.select(cls).order_by(key).limit(limit).execution_options(populate_existing=True)
    try:
        return list(ctx.session.scalars(page if last is None else page.where(key > last)))
    except LookupError as error:
        raise TalentPoolError(NO_MEMBER) from error


def _page_of_objects(ctx: Context, last: Any, unreadable: set[str], *, limit: int) -> Page:
    """Look at the next applications through the map; keys of those it cannot read are collected."""
    rows, found = _objects_after(ctx, last, limit=limit), []
    for application in rows:
        try:
            found.append(ctx.host.seen_in_object(application))
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            key = key_text(key_of(application))
            logger.warning("application %s cannot be read by the map: %s", key, type(error).__name__)
            unreadable.add(key)
    return Page(seen=found, last=key_of(rows[-1]) if len(rows) == limit else None)


def _page_of_rows(ctx: Context, reads: Reads, statement: Any, last: Any, *, limit: int) -> Page:
    # Read whole before anything is written: a cursor left open would lock SQLite.
    key = statement.selected_columns["key"]
    some = statement if last is None else statement.where(key > last)
    try:
        rows = reads.execute(some.order_by(key).limit(limit)).all()
    except LookupError as error:
        raise TalentPoolError(NO_MEMBER) from error
    # `_mapping` is the documented way to a row's names.
    found = [ctx.host.seen_in_row(row._mapping) for row in rows]  # noqa: SLF001
    return Page(seen=found, last=found[-1].key if len(found) == limit else None)


def page_after(ctx: Context, reads: Reads, last: Any, unreadable: set[str], *, limit: int) -> Page:
    """Look at the next applications, whatever they say.

    Args:
        ctx: The unit of work.
        reads: Where the host's rows are read.
        last: The key behind which the page begins; None for the first.
        unreadable: Takes the keys of those that the map cannot read.
        limit: How many.
    """
    if not ctx.host.in_sql:
        return _page_of_objects(ctx, last, unreadable, limit=limit)
    return _page_of_rows(ctx, reads, sa.select(base_of(ctx)), last, limit=limit)


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


def says(ctx: Context, base: Any, there_are: Sequence[Status]) -> Any:
    """Return the outcome that the host says, as a column by the values there are; empty for none."""
    outcomes = [(_which(ctx, base, there_are, outcome), sa.literal(str(outcome))) for outcome in Outcome]
    return sa.case(*outcomes, else_=sa.literal(""))


def _is_set(flag: Any) -> Any:
    """Return the condition under which Python calls the value of a column true."""
    if isinstance(flag.type, sa.Boolean):
        return flag.is_(True)
    if isinstance(flag.type, sa.Integer | sa.Numeric):
        return sa.and_(flag.is_not(None), flag != 0)
    if isinstance(flag.type, sa.String) and not isinstance(flag.type, sa.Enum):
        return sa.and_(flag.is_not(None), flag != "")
    return flag.is_not(None)


def changes_after(
    ctx: Context,
    reads: Reads,
    there_are: Sequence[Status],
    last: Any,
    unreadable: set[str],
    *,
    limit: int,
) -> Page:
    """Find the next applications whose outcome and standing decision differ, in either direction.

    Where the map has to be asked row by row it finds all: whoever records them compares. See :func:`page_after`.
    """
    if not ctx.host.in_sql:
        return _page_of_objects(ctx, last, unreadable, limit=limit)
    base, _, differs = _differing(ctx, there_are)
    return _page_of_rows(ctx, reads, differs.with_only_columns(*base.c), last, limit=limit)


def _differing(ctx: Context, there_are: Sequence[Status]) -> tuple[Any, Any, sa.Select[Any]]:
    """Return the look, what it says, and the SELECT of those whose standing decision says something else.

    One join, so that both tables are read once.
    """
    base, decision = base_of(ctx), ctx.models.decision
    said = says(ctx, base, there_are)
    answers = sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None))
    standing = sa.func.coalesce(sa.cast(decision.outcome, sa.String(24)), "")
    statement = (
        sa.select(*base.c)
        .select_from(base)
        .outerjoin(decision, sa.and_(decision.application_id == base.c.key, answers))
        .where(standing != said)
    )
    return base, said, statement


@dataclass(slots=True, kw_only=True)
class Overview:
    """What a look sees of the whole table before it changes anything."""

    there_are: list[Status]
    differing: dict[tuple[str, bool], int]
    """How many applications differ from what stands of them, by the outcome that the host says, empty for none, and by
    whether nothing stands of them and their key is higher than any was before."""
    unreadable: set[str]
    """Keys of those that the map cannot read."""

    @property
    def rows(self) -> int:
        """How many applications there are."""
        return sum(number for *_, number in self.there_are) + len(self.unreadable)


def look_over(ctx: Context, above: Any) -> Overview:
    """Look at every application that the session shows: by two statements, or once through the map.

    Args:
        ctx: The unit of work.
        above: The highest key of before; None where nobody knows it.
    """
    if not ctx.host.in_sql:
        return _look_over_objects(ctx, above)
    there_are = statuses(ctx)
    base, said, differs = _differing(ctx, there_are)
    is_new: sa.ColumnElement[bool] = ctx.models.decision.id.is_(None)
    if above is not None:
        is_new = sa.and_(is_new, base.c.key > above)
    columns = (said.label("said"), sa.case((is_new, 1), else_=0).label("is_new"))
    each = differs.with_only_columns(*columns).subquery()
    counted = sa.select(each.c.said, each.c.is_new, sa.func.count()).group_by(each.c.said, each.c.is_new)
    differing = {(text, bool(new)): number for text, new, number in ctx.session.execute(counted)}
    return Overview(there_are=there_are, differing=differing, unreadable=set())


def _look_over_objects(ctx: Context, above: Any) -> Overview:
    found = Overview(there_are=[], differing={}, unreadable=set())
    counted: dict[tuple[type, str, bool], list[Any]] = {}
    last = None
    while True:
        page = _page_of_objects(ctx, last, found.unreadable, limit=PAGE)
        standing = standing_of(ctx.connection(), ctx.models, [key_text(one.key) for one in page.seen])
        for one in page.seen:
            status = (type(one.status), status_text(one.status), one.declined)
            counted.setdefault(status, [one.status, one.declined, 0])[2] += 1
            verdict = ctx.host.verdict(one.status, declined=one.declined)
            row = standing.get(key_text(one.key))
            if not same(row, one, verdict):
                key = (verdict.outcome or "", row is None and (above is None or one.key > above))
                found.differing[key] = found.differing.get(key, 0) + 1
        if page.last is None:
            break
        last = page.last
    found.there_are = [(status, declined, number) for status, declined, number in counted.values()]
    return found


def used_again(ctx: Context) -> list[str]:
    """Find rows whose id SQLite handed out again to an application of somebody else."""
    base = base_of(ctx)
    decision, candidate = ctx.models.decision, base.c.key if ctx.host.same_row else base.c.candidate_key
    text = text_of(candidate)
    statement = sa.select(decision.application_key, decision.candidate_key, candidate.label("now")).where(
        decision.application_id == base.c.key,
        sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None)),
        decision.candidate_key != "",
        candidate.is_not(None),
        text != decision.candidate_key if text is not None else sa.true(),
    )
    # One by one, never all at once: nothing is written meanwhile.
    rows = ctx.session.execute(statement.execution_options(yield_per=PAGE))
    return [row.application_key for row in rows if key_text(row.now) != row.candidate_key]


def text_of(column: Any) -> Any:
    """Return a key as SQL writes out the text of it that we keep; None for a type that only Python writes out."""
    if isinstance(column.type, sa.Integer):
        return sa.cast(column, sa.String())
    # Never cast: PostgreSQL would cut a text that is too long, in silence.
    return column if type(column.type) in (sa.String, sa.Text, sa.Unicode, sa.VARCHAR) else None


def unmapped(ctx: Context, there_are: Sequence[Status]) -> dict[str, int]:
    """Count the status values that stand in no set of the map."""
    found: dict[str, int] = {}
    for value, declined, number in there_are:
        if not ctx.host.verdict(value, declined=declined).known:
            found[status_text(value)] = found.get(status_text(value), 0) + number
    return found


def status_text(value: Any) -> str:
    """Return a status value as reports name it."""
    return "(none)" if value is None else str(getattr(value, "value", value))


# The answer clock: who was interviewed, and knows no outcome
