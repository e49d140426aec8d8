"""Bringing our records in line with the whole host, both ways, and the first start's baseline."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import begin
from flask_talentpool.enums import DecisionState, HoldReason
from flask_talentpool.errors import TablesMissing, TalentPoolError
from flask_talentpool.host.seen import Seen, key_text
from flask_talentpool.noticing.record import Changes, cancel_letters, detach, record
from flask_talentpool.noticing.scan import (
    PAGE,
    Status,
    changed,
    decided,
    statuses,
    unmapped,
    used_again,
)
from flask_talentpool.pools.ending import lapse

logger = logging.getLogger("flask_talentpool")

BASELINE = "baseline:"
STATUSES = "statuses"


@dataclass(slots=True)
class SyncReport:
    """What a sync found and did, in numbers of applications."""

    first: bool = False
    baseline: int = 0
    """Decided before the first sync: recorded, never written about."""
    noticed: int = 0
    taken_back: int = 0
    composed: int = 0
    held: int = 0
    gone: int = 0
    lapsed: int = 0
    failed: int = 0
    """Could not be recorded; the log says why."""
    look_seconds: float = field(default=0.0, compare=False)
    """How long it took to look at the host's rows."""
    new_statuses: dict[str, int] = field(default_factory=dict)
    """Status values in no set of the map that were not there at the first sync: counted as still open.

    They are reported, and need nobody before they mean anything.
    """

    @property
    def needs_attention(self) -> bool:
        """Whether something is left that the command could not settle."""
        return bool(self.failed)


def require_tables(ctx: Context) -> None:
    """Raise :class:`TablesMissing` when our tables are not there as this version has them.

    A database that is away raises its own error.
    """
    models = ctx.models
    try:
        asked = (models.mark, models.bulk_item, models.decision, models.letter)
        look = sa.select(*(sa.exists(sa.select(model.__table__)) for model in asked))
        ctx.session.execute(look, bind_arguments={"mapper": sa.inspect(models.mark)})
    except (OperationalError, ProgrammingError) as error:
        ctx.session.rollback()
        if missing_tables(ctx):
            raise TablesMissing from error
        if lacking := missing_columns(ctx):
            raise TablesMissing(
                f"{len(lacking)} columns of the talent pool's tables are not there yet, {lacking[0]} among them. Run "
                "`flask db migrate` and `flask db upgrade`, or `flask talentpool upgrade-tables` where the host has no "
                "migrations; `db.create_all()` adds no columns to tables that are there."
            ) from error
        raise


def missing_tables(ctx: Context) -> list[str]:
    """Return the names of our tables that are not in the database."""
    ours = [getattr(ctx.models, field.name).__table__ for field in fields(ctx.models)]
    bind = ctx.session.get_bind(sa.inspect(ctx.models.mark))
    inspector = sa.inspect(bind)
    return [table.fullname for table in ours if not inspector.has_table(table.name, schema=table.schema)]


def missing_columns(ctx: Context) -> list[str]:
    """Return the columns of ours that tables of an earlier version lack, each as ``table.column``."""
    ours = [getattr(ctx.models, field.name).__table__ for field in fields(ctx.models)]
    inspector = sa.inspect(ctx.session.get_bind(sa.inspect(ctx.models.mark)))
    return [
        f"{table.name}.{column.name}"
        for table in ours
        for there in [{found["name"] for found in inspector.get_columns(table.name, schema=table.schema)}]
        for column in table.columns
        if column.name not in there
    ]


def has_baseline(ctx: Context) -> bool:
    """Whether the first sync has been."""
    return ctx.session.get(ctx.models.mark, BASELINE) is not None


def sync(ctx: Context) -> SyncReport:
    """Take the baseline on the first call; afterwards find what changed, both ways.

    The caller commits. Two first syncs at once: one takes the baseline, the other gets an
    ``IntegrityError`` and, called again, finds it taken.
    """
    report = SyncReport()
    if not has_baseline(ctx):
        _take_baseline(ctx, report)
        return report
    connection = ctx.connection()
    _detach_gone(ctx, connection, report)
    changes, unreadable = Changes(), set[str]()
    there_are = statuses(ctx)
    for seen in _batches(changed(ctx, there_are, unreadable)):
        _record(ctx, connection, seen, report, changes)
    report.noticed, report.taken_back = changes.made, len(changes.ended)
    report.failed += len(unreadable)
    ctx.session.expire_all()
    _mark_scopes(ctx, live=True)
    report.new_statuses = _new_statuses(ctx, there_are)
    report.lapsed = lapse(ctx)
    return report


def _batches(items: Iterator[Seen]) -> Iterator[list[Seen]]:
    while batch := list(islice(items, PAGE)):
        yield batch


# The first start


def _take_baseline(ctx: Context, report: SyncReport) -> None:
    mark = ctx.models.mark
    ctx.session.add(mark(key=BASELINE, at=ctx.now(), value=""))
    ctx.session.flush()  # the unique key: a second first start fails here and changes nothing
    report.first = True
    connection = ctx.connection()
    decision = ctx.models.decision.__table__
    live = decision.c.state == DecisionState.LIVE
    # Somebody may have looked at a letter before; it says what was told before we came.
    for part in chunks(list(connection.scalars(sa.select(decision.c.id).where(live)))):
        cancel_letters(connection, ctx.models, part, because=HoldReason.TOLD_ELSEWHERE, now=ctx.now())
    connection.execute(
        sa.update(decision)
        .where(live)
        .values(state=DecisionState.BASELINE, told_at=ctx.now(), told_by="before", needs_review="")
    )
    unreadable: set[str] = set()
    there_are = statuses(ctx)
    for seen in _batches(decided(ctx, there_are, unreadable)):
        record(connection, ctx.host, ctx.models, seen, now=ctx.now(), baseline=True)
    if unreadable:
        # Left out of the baseline, they would be written to as soon as somebody mends the map.
        msg = (
            f"{len(unreadable)} applications cannot be read by the map, {min(unreadable)} among them, so no baseline "
            "was taken and nothing was recorded. `flask talentpool check` names the entry; mend it and run this again."
        )
        raise TalentPoolError(msg)
    ctx.session.expire_all()
    model = ctx.models.decision
    report.baseline = (
        ctx.session.scalar(sa.select(sa.func.count(model.id)).where(model.state == DecisionState.BASELINE))
        or 0
    )
    _mark_scopes(ctx, live=False)
    ctx.session.add(mark(key=STATUSES, at=ctx.now(), value=json.dumps(sorted(unmapped(ctx, there_are)))))
    ctx.session.flush()


def _mark_scopes(ctx: Context, *, live: bool) -> None:
    """Note each scope once: at the first sync with what was decided before, later as live from the start."""
    mark, decision = ctx.models.mark, ctx.models.decision
    there = set(ctx.session.scalars(sa.select(mark.key).where(mark.key.startswith(BASELINE))))
    for scope in ctx.session.scalars(sa.select(decision.scope).distinct()):
        if BASELINE + scope not in there:
            ctx.session.add(mark(key=(BASELINE + scope)[:120], at=ctx.now(), value="live" if live else ""))
    ctx.session.flush()


# Bringing in line


def _record(
    ctx: Context, connection: Connection, seen: Sequence[Seen], report: SyncReport, changes: Changes
) -> None:
    """Record a batch; when one row cannot be written, write the others one by one."""
    begin(connection)
    try:
        with connection.begin_nested():
            changes.add(record(connection, ctx.host, ctx.models, seen, now=ctx.now()))
    except (IntegrityError, DataError):
        for one in seen:
            try:
                with connection.begin_nested():
                    changes.add(record(connection, ctx.host, ctx.models, [one], now=ctx.now()))
            except (IntegrityError, DataError) as error:
                logger.warning(
                    "application %s could not be recorded: %s", key_text(one.key), type(error.orig).__name__
                )
                report.failed += 1


def _detach_gone(ctx: Context, connection: Connection, report: SyncReport) -> None:
    """Cut loose decisions whose application row is gone, or is another person's by now."""
    decision, cls = ctx.models.decision, ctx.host.map.application
    key = getattr(cls, ctx.host.key_attribute(cls))
    missing = sa.select(decision.application_key).where(
        sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None)),
        sa.or_(decision.application_id.is_(None), ~sa.exists().where(key == decision.application_id)),
    )
    gone = list(connection.scalars(missing))
    if connection.dialect.name == "sqlite" and ctx.host.in_sql:
        gone += used_again(ctx)
    if gone:
        detach(connection, ctx.models, gone)
        report.gone = len(gone)


def _new_statuses(ctx: Context, there_are: Sequence[Status]) -> dict[str, int]:
    mark = ctx.session.get(ctx.models.mark, STATUSES)
    before = set(json.loads(mark.value)) if mark is not None else set()
    return {value: number for value, number in unmapped(ctx, there_are).items() if value not in before}


# Answering what was noticed
