"""A full look at the host: what it would change is counted before anything is, then done page by page."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError

from flask_talentpool.context import Context
from flask_talentpool.db.locks import begin
from flask_talentpool.enums import HoldReason
from flask_talentpool.host.seen import Seen, key_text
from flask_talentpool.noticing.arrivals import Reviewer, Table, last_look, note_look, table_now
from flask_talentpool.noticing.brake import brakes, release
from flask_talentpool.noticing.first_start import STATUSES, mark_scopes
from flask_talentpool.noticing.record import Changes, detach, record
from flask_talentpool.noticing.scan import PAGE, Overview, changes_after, look_over, unmapped, used_again
from flask_talentpool.pools.ending import lapse
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")


@dataclass(slots=True, kw_only=True)
class Look:
    """One full look: what it saw, and what it changed."""

    table: Table
    overview: Overview
    reviewer: Reviewer
    gone_at_first: int = 0
    braked: int = 0
    """How many it would have cut loose or taken back, where that was too much."""
    changes: Changes = field(default_factory=Changes)
    gone: int = 0
    failed: int = 0
    """Could not be recorded; the log says why."""
    lapsed: int = 0
    new_statuses: dict[str, int] = field(default_factory=dict)

    @property
    def unreadable(self) -> set[str]:
        """Keys of applications that the map cannot read."""
        return self.overview.unreadable


def full_look(transact: Transact) -> Look:
    """Bring our records in line with the whole host, both ways; do nothing where that would end too much.

    Memory does not grow with the tables, and no transaction with what is found: each page is one of its own.

    Args:
        transact: Does something in a transaction of its own.
    """
    begun = time.monotonic()
    look: Look = transact(_begin)
    if look.braked:
        return look
    last: Any = 0
    while look.gone_at_first and last is not None:
        last, number = transact(partial(_detach_gone, after=last))
        look.gone += number
    last = None
    while look.overview.differing:
        last, changes, failed = transact(partial(_page, look=look, last=last))
        look.changes.add(changes)
        look.failed += failed
        if last is None:
            break
    transact(partial(_end, look=look, begun=begun))
    return look


def _begin(ctx: Context) -> Look:
    """See what there is to do, and whether that is too much to be done without asking."""
    connection, before = ctx.connection(), last_look(ctx)
    overview = look_over(ctx, before.highest if before is not None else None)
    table = table_now(ctx, overview.rows)
    look = Look(table=table, overview=overview, reviewer=Reviewer(ctx, table, overview))
    decision = ctx.models.decision
    missing = sa.select(sa.func.count(decision.id)).where(_is_gone(ctx))
    look.gone_at_first = (connection.scalar(missing) or 0) + len(_used_again(ctx, connection))
    taken_back = overview.differing.get(("", False), 0)
    asked = brakes(ctx, gone=look.gone_at_first, taken_back=taken_back)
    if asked is not None:
        look.braked = asked.gone + asked.taken_back
        logger.warning(
            "a full look would cut loose %s decisions and take back %s of %s, so it did nothing; the first page asks",
            asked.gone,
            asked.taken_back,
            asked.standing,
        )
    return look


# Bringing in line


def _is_gone(ctx: Context) -> sa.ColumnElement[bool]:
    """Return the condition that a decision stands and its application row is gone, whatever a session hides."""
    decision = ctx.models.decision
    key = sa.inspect(ctx.host.map.application).primary_key[0]
    return sa.and_(
        sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None)),
        sa.or_(decision.application_id.is_(None), ~sa.exists().where(key == decision.application_id)),
    )


def _used_again(ctx: Context, connection: Connection) -> list[str]:
    """Return the keys of rows that are another person's by now; only SQLite hands out an id twice."""
    is_possible = connection.dialect.name == "sqlite" and ctx.host.in_sql
    return used_again(ctx) if is_possible else []


def _detach_gone(ctx: Context, after: int) -> tuple[int | None, int]:
    """Cut loose a page of decisions whose application row is gone, or in the end is another person's by now."""
    decision, connection = ctx.models.decision, ctx.connection()
    page = (
        sa.select(decision.id, decision.application_key)
        .where(_is_gone(ctx), decision.id > after)
        .order_by(decision.id)
        .limit(PAGE)
    )
    rows = connection.execute(page).all()
    keys = [row.application_key for row in rows]
    is_last = len(rows) < PAGE
    if is_last:
        keys += _used_again(ctx, connection)
    detach(connection, ctx.models, keys)
    ctx.session.expire_all()
    return (None if is_last else rows[-1].id), len(keys)


def _page(ctx: Context, look: Look, last: Any) -> tuple[Any, Changes, int]:
    """Bring a page in line; return the key behind which the next begins, and what came of it."""
    connection = ctx.connection()
    page = changes_after(ctx, ctx.session, look.overview.there_are, last, look.unreadable, limit=PAGE)
    reviews = look.reviewer.reviews(ctx, page.seen)
    changes, failed = _record(ctx, connection, page.seen, reviews)
    ctx.session.expire_all()
    return page.last, changes, failed


def _record(
    ctx: Context, connection: Connection, seen: Sequence[Seen], reviews: dict[str, HoldReason]
) -> tuple[Changes, int]:
    """Record a page; when one row cannot be written, write the others one by one."""
    begin(connection)
    try:
        with connection.begin_nested():
            return record(connection, ctx.host, ctx.models, seen, now=ctx.now(), reviews=reviews), 0
    except (IntegrityError, DataError):
        changes, failed = Changes(), 0
        for one in seen:
            try:
                with connection.begin_nested():
                    changes.add(
                        record(connection, ctx.host, ctx.models, [one], now=ctx.now(), reviews=reviews)
                    )
            except (IntegrityError, DataError) as error:
                logger.warning(
                    "application %s could not be recorded: %s", key_text(one.key), type(error.orig).__name__
                )
                failed += 1
        return changes, failed


def _end(ctx: Context, look: Look, begun: float) -> None:
    """Note that the look has been, and what is new."""
    mark_scopes(ctx, live=True)
    look.new_statuses = _new_statuses(ctx, look.overview)
    look.lapsed = lapse(ctx)
    release(ctx)
    note_look(ctx, look.table, seconds=time.monotonic() - begun)


def _new_statuses(ctx: Context, overview: Overview) -> dict[str, int]:
    mark = ctx.session.get(ctx.models.mark, STATUSES)
    before = set(json.loads(mark.value)) if mark is not None else set()
    return {value: n for value, n in unmapped(ctx, overview.there_are).items() if value not in before}
