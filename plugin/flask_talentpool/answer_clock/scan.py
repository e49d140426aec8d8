"""Who was interviewed and knows no outcome: the host's rows beside the clocks and decisions kept of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.enums import Outcome
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.host.rows import read_rows
from flask_talentpool.host.seen import Seen, key_of, key_text
from flask_talentpool.noticing.scan import (
    INTERVIEWED,
    NO_MEMBER,
    PAGE,
    _statuses,
    _which,
    applications,
    base_of,
    logger,
)


@dataclass(frozen=True, slots=True)
class InterviewedApplication:
    """One application that has an answer clock, or may want one."""

    seen: Seen
    interviewed_at: Any
    """The host's date of the interview as it stands there."""
    clock: Any
    """A row with the columns of ``CLOCK``; None where there is none."""
    decision: Any
    """A row with the columns of ``STANDING``; None where none stands."""
    has_offer: bool = False
    """Whether the host says that this person has an offer of ours."""


CLOCK = (
    "id",
    "candidate_key",
    "stage_reached",
    "interviewed_at",
    "is_guessed",
    "from_before",
    "target_at",
    "limit_at",
    "answered_at",
    "answered_by",
    "offered_at",
    "decision_id",
)


STANDING = ("id", "outcome", "told_at", "told_by", "stage_reached", "noticed_at")


def counts_as_interviewed(ctx: Context, stage: Any) -> bool:
    """Whether a stage by itself says that somebody was interviewed."""
    return ctx.host.knows_stage(stage) and ctx.host.stage_reached(stage) in INTERVIEWED


def interviewed_applications(
    ctx: Context, connection: Connection, unreadable: set[str]
) -> Iterator[InterviewedApplication]:
    """Find applications whose answer clock runs, and those of interviewed people who know no outcome."""
    reader = ctx.host.readers.get("interviewed_at")
    if not ctx.host.in_sql or (reader is not None and not reader.in_sql):
        yield from _met_objects(ctx, connection, unreadable)
        return
    base = _with_more(ctx)
    clock, decision = ctx.models.clock, ctx.models.decision
    there_are = _statuses(ctx.session, base)
    no_outcome = sa.or_(_which(ctx, base, there_are, None), _which(ctx, base, there_are, Outcome.REJECTED))
    kept = decision.stage_reached.in_(list(INTERVIEWED))
    wants = sa.and_(no_outcome, sa.or_(_reached(ctx, base), kept), decision.told_at.is_(None))
    runs = sa.and_(clock.id.is_not(None), clock.answered_at.is_(None))
    statement = (
        sa.select(base, *_labelled(clock, CLOCK), *_labelled(decision, STANDING))
        .select_from(base)
        .outerjoin(clock, clock.application_id == base.c.key)
        .outerjoin(decision, sa.and_(decision.application_id == base.c.key, decision.live_for.is_not(None)))
        .where(sa.or_(runs, wants))
        .order_by(base.c.key)
    )
    found = [row._mapping for row in ctx.session.execute(statement).all()]  # noqa: SLF001 (the documented way to a row's names)
    offered = _offered(ctx, found, unreadable)
    for row in found:
        seen = ctx.host.seen_in_row(row)
        if key_text(seen.key) in unreadable:
            continue
        yield InterviewedApplication(
            seen,
            row.get("interviewed_at"),
            _part(row, "Clock", CLOCK),
            _part(row, "Decision", STANDING),
            has_offer=bool(row.get("offered")) or seen.key in offered,
        )


def _with_more(ctx: Context) -> Any:
    """Return the look at applications, with the date of the interview and the offer where a statement reads them."""
    base, cls = base_of(ctx), ctx.host.map.application
    more = [name for name in ("interviewed_at", "offered") if _in_sql(ctx, name)]
    if not more:
        return base
    key = getattr(cls, ctx.host.key_attribute(cls)).label("same_key")
    statement = sa.select(key).select_from(cls)
    for name in more:
        statement = ctx.host.readers[name].add_to(statement, cls, name)
    beside = statement.subquery()
    both = sa.select(base, *(beside.c[name] for name in more)).join(beside, beside.c.same_key == base.c.key)
    return both.subquery("with_more")


def _in_sql(ctx: Context, name: str) -> bool:
    reader = ctx.host.readers.get(name)
    return reader is not None and reader.in_sql


def _offered(ctx: Context, rows: Sequence[Any], unreadable: set[str]) -> set[Any]:
    """Return the keys of those with an offer, where only the map's own code can say so."""
    if "offered" not in ctx.host.readers or _in_sql(ctx, "offered"):
        return set()
    found: set[Any] = set()
    for part in chunks([row["key"] for row in rows]):
        there, failed = read_rows(ctx.host, ctx.session, part)
        unreadable |= set(failed)
        for row in there.values():
            key = key_of(row.application)
            try:
                if ctx.host.read("offered", row.application):
                    found.add(key)
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                _log_unreadable(key_text(key), error, unreadable)
    return found


def _log_unreadable(key: str, error: Exception, unreadable: set[str]) -> None:
    logger.warning("application %s cannot be read by the map: %s", key, type(error).__name__)
    unreadable.add(key)


def _reached(ctx: Context, base: Any) -> Any:
    """Return the condition for "the host's row says interviewed", by the stages there are."""
    terms: list[Any] = []
    if "stage" in base.c:
        try:
            stages = list(ctx.session.scalars(sa.select(base.c.stage).distinct()))
        except LookupError as error:
            raise TalentPoolError(NO_MEMBER) from error
        terms.append(base.c.stage.in_([stage for stage in stages if counts_as_interviewed(ctx, stage)]))
    if "interviewed_at" in base.c:
        terms.append(base.c.interviewed_at.is_not(None))
    return sa.or_(*terms) if terms else sa.false()


def _labelled(model: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(model, name).label(f"{model.__name__}_{name}") for name in names]


def _part(row: Any, model: str, names: Sequence[str]) -> Any:
    """Return the columns of one table in a joined row; None where the join found nothing."""
    if row[f"{model}_id"] is None:
        return None
    return SimpleNamespace(**{name: row[f"{model}_{name}"] for name in names})


def _met_objects(
    ctx: Context, connection: Connection, unreadable: set[str]
) -> Iterator[InterviewedApplication]:
    """Yield the interviewed applications by reading each through the map, where no statement can find them."""
    page: list[tuple[Seen, Any, bool]] = []
    for application in applications(ctx):
        try:
            page.append(
                (
                    ctx.host.seen_in_object(application),
                    ctx.host.read("interviewed_at", application),
                    bool(ctx.host.read("offered", application)),
                )
            )
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            _log_unreadable(key_text(key_of(application)), error, unreadable)
        if len(page) == PAGE:
            yield from _beside(ctx, connection, page)
            page = []
    yield from _beside(ctx, connection, page)


def _beside(
    ctx: Context, connection: Connection, page: Sequence[tuple[Seen, Any, bool]]
) -> Iterator[InterviewedApplication]:
    clock, decision = ctx.models.clock, ctx.models.decision
    keys = [seen.key for seen, _, _ in page]
    clocks = _by_key(connection, clock, CLOCK, clock.application_id.in_(keys))
    live = sa.and_(decision.application_id.in_(keys), decision.live_for.is_not(None))
    standing = _by_key(connection, decision, STANDING, live)
    for seen, date, has_offer in page:
        yield InterviewedApplication(seen, date, clocks.get(seen.key), standing.get(seen.key), has_offer)


def _by_key(connection: Connection, model: Any, names: Sequence[str], which: Any) -> dict[Any, Any]:
    statement = sa.select(model.application_id, *(getattr(model, name) for name in names)).where(which)
    return {row.application_id: row for row in connection.execute(statement)}


def clocks_gone(ctx: Context, connection: Connection, mark: str) -> list[int]:
    """Find answer clocks whose application row is gone and that do not say so by ``mark`` yet."""
    clock, cls = ctx.models.clock, ctx.host.map.application
    key = getattr(cls, ctx.host.key_attribute(cls))
    is_gone = sa.or_(clock.application_id.is_(None), ~sa.exists().where(key == clock.application_id))
    statement = sa.select(clock.id).where(~clock.application_key.startswith(mark), is_gone)
    return list(connection.scalars(statement))
