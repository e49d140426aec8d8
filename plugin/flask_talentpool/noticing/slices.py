"""A slice of the first start written by one statement, where SQL can say what the host's rows mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from flask_talentpool.context import Context
from flask_talentpool.db.types import UtcDateTime
from flask_talentpool.enums import DecisionState, Door, Outcome, StageReached
from flask_talentpool.host.values import once_for_each
from flask_talentpool.noticing.scan import Status, base_of, says, statuses, text_of

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The values of status and stage that there are; those that come later are left to the second pass."""

    statuses: Sequence[Status]
    stages: Sequence[Any]


def values_there(ctx: Context) -> Values | None:
    """Return what a statement has to know beforehand; None where none can write these rows."""
    connection = ctx.connection()
    if not ctx.host.in_sql or connection.dialect.name not in _INSERTS:
        return None
    base = base_of(ctx)
    keys = [base.c[name] for name in ("key", "candidate_key", "job_key", "scope") if name in base.c]
    if any(text_of(key) is None for key in keys):
        return None
    stages = list(connection.scalars(sa.select(base.c.stage).distinct())) if "stage" in base.c else []
    return Values(statuses=statuses(ctx, connection), stages=stages)


def end_of_slice(ctx: Context, last: Any, *, limit: int) -> Any:
    """Return the key of the last application of a slice; None where it is the last slice."""
    key = sa.inspect(ctx.host.map.application).primary_key[0]
    statement = sa.select(key).order_by(key).offset(limit - 1).limit(1)
    return ctx.connection().scalar(statement if last is None else statement.where(key > last))


def write_slice(ctx: Context, connection: Connection, values: Values, after: Any, upto: Any) -> None:
    """Write down as from before what is decided of a slice, unless something stands of it already."""
    base, table = base_of(ctx), ctx.models.decision.__table__
    said = says(ctx, base, values.statuses)
    now = sa.literal(ctx.now(), UtcDateTime())
    key, candidate = _text(base, "key"), "key" if ctx.host.same_row else "candidate_key"
    columns = {
        "scope": _text(base, "scope"),
        "application_id": base.c.key,
        "application_key": key,
        "candidate_key": _text(base, candidate),
        "job_id": base.c.job_key if "job_key" in base.c and ctx.host.map.job is not None else sa.null(),
        "job_key": _text(base, "job_key"),
        "live_for": key,
        "outcome": said,
        "state": sa.literal(str(DecisionState.BASELINE)),
        "never_pool": (never := _never(ctx, base, values.statuses)),
        "stage_reached": _reached(ctx, base, values.stages),
        "door": sa.case((never, sa.literal(str(Door.CLOSED))), else_=sa.literal(str(Door.UNLATCHED))),
        "needs_review": sa.literal(""),
        "decided_at": now,
        "noticed_at": now,
        "told_at": now,
        "told_by": sa.literal("before"),
    }
    is_quiet = sa.exists().where(table.c.suppressed_for == key)
    chosen = sa.select(*columns.values()).where(said != "", ~is_quiet)
    if after is not None:
        chosen = chosen.where(base.c.key > after)
    if upto is not None:
        chosen = chosen.where(base.c.key <= upto)
    insert = _INSERTS[connection.dialect.name](table).from_select(list(columns), chosen)
    connection.execute(insert.on_conflict_do_nothing(index_elements=["live_for"]))


def _text(base: Any, name: str) -> Any:
    return sa.func.coalesce(text_of(base.c[name]), "") if name in base.c else sa.literal("")


def _never(ctx: Context, base: Any, there_are: Sequence[Status]) -> Any:
    barred = [
        (value, beside, number)
        for value, beside, number in there_are
        if ctx.host.verdict(value, declined=beside).never_pool
    ]
    if not barred:
        return sa.false()
    return sa.case((says(ctx, base, barred) == str(Outcome.REJECTED), sa.true()), else_=sa.false())


def _reached(ctx: Context, base: Any, stages: Sequence[Any]) -> Any:
    reached = once_for_each(ctx.host.stage_reached)
    found: dict[StageReached, list[Any]] = {}
    for stage in stages:
        if stage is not None:
            found.setdefault(reached(stage), []).append(stage)
    unknown = sa.literal(str(reached(None)))
    if not found:
        return unknown
    return sa.case(
        *((base.c.stage.in_(those), sa.literal(str(stage))) for stage, those in found.items()), else_=unknown
    )
