"""The first start: what was decided before we came is written down in slices, and nobody is written to about it.

How far it is stands in the mark ``first-start``; that it has been, in the mark ``baseline:`` alone, written last.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from types import CodeType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError

from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.enums import DecisionState, HoldReason, Outcome
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.host.mapping import Host
from flask_talentpool.host.rows import is_shown
from flask_talentpool.host.seen import key_text
from flask_talentpool.noticing.arrivals import note_look, table_now
from flask_talentpool.noticing.record import record
from flask_talentpool.noticing.scan import Page, changes_after, look_over, page_after, statuses, unmapped
from flask_talentpool.noticing.slices import Values, end_of_slice, values_there, write_slice
from flask_talentpool.transactions import Transact

BASELINE = "baseline:"
FIRST_START = "first-start"
STATUSES = "statuses"

SLICE = 1000
"""How many applications are written down in one transaction: on SQLite the host waits as long to write."""
_READS = (
    "application", "candidate", "job", "application_candidate", "application_job", "status", "rejected", "hired",
    "withdrawn", "never_pool", "offer_declined", "stage", "stages", "interviewed_from", "final_from", "scope",
)  # fmt: skip
"""The entries of the map that say what was decided, of whom."""


def has_baseline(ctx: Context) -> bool:
    """Whether the first start has been: before that nothing is composed, and no page says when it will be."""
    return ctx.session.get(ctx.models.mark, BASELINE) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """How far the first start is, as its mark keeps it."""

    map: str
    step: str = "pass"
    """``clear`` while the slices of another map are deleted, ``pass`` over the table, ``again`` for what changed since."""
    last: str | None = None
    """The key, as text, behind which the next slice begins."""

    def kept(self) -> str:
        """Return it as the mark keeps it."""
        return json.dumps({one.name: getattr(self, one.name) for one in fields(self)}, sort_keys=True)


def first_start(transact: Transact) -> int | None:
    """Write down everything that is decided by now as from before, slice by slice; go on where one was killed.

    Two at once share the work. The caller's transaction must be empty.

    Args:
        transact: Does something in a transaction of its own.

    Returns:
        How many outcomes are from before; None where another process finished first.

    Raises:
        TalentPoolError: An application cannot be read by the map, or another map is at work at the same time.
    """
    progress: _Progress | None = transact(_begin)
    values: Values | None = None
    if progress is not None and progress.step != "again":
        values = transact(values_there)
    while progress is not None and progress.step:
        progress = transact(partial(_step, progress=progress, values=values))
    return None if progress is None else transact(_finish)


def _begin(ctx: Context) -> _Progress | None:
    """Return where to go on; a start with another map begins again, with its slices deleted first."""
    if has_baseline(ctx):
        return None
    mine, mark = map_hash(ctx.host), ctx.models.mark
    row = ctx.session.get(mark, FIRST_START, populate_existing=True)
    if row is None:
        progress = _Progress(map=mine)
        ctx.session.add(mark(key=FIRST_START, at=ctx.now(), value=progress.kept()))
        ctx.session.flush()  # the unique key: of two that begin at once the other tries again, and goes on
        return progress
    there = _read(row.value)
    if there.map == mine:
        return there
    progress = _Progress(map=mine, step="clear")
    return progress if _advance(ctx, row.value, progress) else _begin(ctx)


def _read(value: str) -> _Progress:
    kept = json.loads(value)
    return _Progress(map=kept["map"], step=kept["step"], last=kept["last"])


def _advance(ctx: Context, before: str, progress: _Progress) -> bool:
    """Note how far it will be with this transaction, unless another process has come further meanwhile."""
    mark = ctx.models.mark
    return bool(
        update_if(
            ctx.session,
            mark,
            mark.key == FIRST_START,
            mark.value == before,
            value=progress.kept(),
            at=ctx.now(),
        )
    )


def _step(ctx: Context, progress: _Progress, values: Values | None) -> _Progress | None:
    """Do one slice, and return what is next; None once another process has finished."""
    if has_baseline(ctx):
        return None
    # The host is read before anything is locked.
    write, following = _STEPS[progress.step](ctx, progress, values)
    if not _advance(ctx, progress.kept(), following):
        return _meanwhile(ctx, progress)
    try:
        write()
    except DataError as error:
        raise TalentPoolError(
            f"An application after the key {progress.last or '(the first)'} has a value that does not fit into the "
            "talent pool's tables, so the first start ended before its end and nobody is written to. Mend the row, or "
            "the entry of the map that reads it, and run this again."
        ) from error
    return following


def _meanwhile(ctx: Context, progress: _Progress) -> _Progress | None:
    """Return where another process is, which works with the same map."""
    mark = ctx.models.mark
    value = ctx.session.scalar(sa.select(mark.value).where(mark.key == FIRST_START))
    there = _read(value) if value else _Progress(map="")
    if there.map != progress.map:
        raise TalentPoolError(
            "Another process has begun the first start with another map. Stop the one that is out of date, then run "
            "`flask talentpool sync` again. Nothing is sent before the first start has been."
        )
    return there


_Slice = tuple[Callable[[], object], _Progress]
"""What writes a slice, and how far the first start is with it."""


def _clear(ctx: Context, progress: _Progress, _values: Values | None) -> _Slice:
    """Delete a slice that was written with another map."""
    decision = ctx.models.decision
    some = sa.select(decision.id).where(decision.state == DecisionState.BASELINE).limit(SLICE)
    found = ctx.session.scalars(some).all()
    table = decision.__table__
    following = progress if found else _Progress(map=progress.map)
    return lambda: ctx.connection().execute(sa.delete(table).where(table.c.id.in_(found))), following


def _pass(ctx: Context, progress: _Progress, values: Values | None) -> _Slice:
    """Write down the next applications of the whole table."""
    last, connection = _key(ctx, progress.last), ctx.connection()
    if values is not None:
        upto = end_of_slice(ctx, last, limit=SLICE)
        return lambda: write_slice(ctx, connection, values, last, upto), _behind(progress, upto, "again")
    unreadable: set[str] = set()
    page = page_after(ctx, connection, last, unreadable, limit=SLICE)
    return _recorded(ctx, page, unreadable), _behind(progress, page.last, "again")


def _again(ctx: Context, progress: _Progress, _values: Values | None) -> _Slice:
    """Write down the next of those that were decided, or no longer are, since the pass came by."""
    connection, unreadable = ctx.connection(), set[str]()
    there_are = statuses(ctx, connection)
    page = changes_after(ctx, connection, there_are, _key(ctx, progress.last), unreadable, limit=SLICE)
    return _recorded(ctx, page, unreadable), _behind(progress, page.last, "")


_STEPS: dict[str, Callable[[Context, _Progress, Values | None], _Slice]] = {
    "clear": _clear,
    "pass": _pass,
    "again": _again,
}


def _key(ctx: Context, text: str | None) -> Any:
    return None if text is None else ctx.host.key_in(ctx.host.map.application, text)


def _behind(progress: _Progress, last: Any, following: str) -> _Progress:
    """Return how far it is behind this key, or the step that follows where there is none."""
    if last is None:
        return _Progress(map=progress.map, step=following)
    return replace(progress, last=key_text(last))


def _recorded(ctx: Context, page: Page, unreadable: set[str]) -> Callable[[], object]:
    if unreadable:
        # Left out of the baseline, they would be written to as soon as somebody mends the map.
        raise TalentPoolError(
            f"{len(unreadable)} applications or more cannot be read by the map, {min(unreadable)} among them, so the "
            "first start ended before its end and nobody is written to. `flask talentpool check` names the entry; "
            "mend it and run this again."
        )
    return lambda: record(ctx.connection(), ctx.host, ctx.models, page.seen, now=ctx.now(), baseline=True)


def _finish(ctx: Context) -> int | None:
    """Hold what the hook saw before this for a person, and say that the first start has been."""
    if has_baseline(ctx):
        return None
    model, mark = ctx.models.decision, ctx.models.mark
    # Everything is read first: nobody waits for a lock while whole tables are looked through.
    # Written down is what the session hides as well, or it would be written to once it is shown; counted, what it shows.
    shown = is_shown(ctx.host, model.application_id)
    counted = sa.select(sa.func.count(model.id)).where(model.state == DecisionState.BASELINE, shown)
    number = ctx.session.scalar(counted) or 0
    overview = look_over(ctx, None)
    table, known = table_now(ctx, overview.rows), json.dumps(sorted(unmapped(ctx, overview.there_are)))
    mark_scopes(ctx, live=False)
    note_look(ctx, table, seconds=0.0)
    ctx.session.add(mark(key=STATUSES, at=ctx.now(), value=known))
    update_if(
        ctx.session,
        model,
        model.state == DecisionState.LIVE,
        model.outcome == Outcome.REJECTED,
        model.told_at.is_(None),
        model.needs_review == "",
        needs_review=HoldReason.BEFORE_START,
    )
    ctx.session.flush()
    ctx.session.add(mark(key=BASELINE, at=ctx.now(), value=""))
    ctx.session.flush()  # the unique key: of two that finish at once one does
    ctx.session.expire_all()
    return number


def mark_scopes(ctx: Context, *, live: bool) -> None:
    """Note each scope once: at the first start with what was decided before, later as live from the start."""
    mark, decision = ctx.models.mark, ctx.models.decision
    there = set(ctx.session.scalars(sa.select(mark.key).where(mark.key.startswith(BASELINE))))
    for scope in ctx.session.scalars(sa.select(decision.scope).distinct()):
        if scope and BASELINE + scope not in there:
            ctx.session.add(mark(key=(BASELINE + scope)[:120], at=ctx.now(), value="live" if live else ""))
    ctx.session.flush()


# The map


def map_hash(host: Host) -> str:
    """Return a text that changes when the map reads something else, or takes it for something else."""
    said = [f"{name}={_described(getattr(host.map, name))}" for name in _READS]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _described(entry: Any) -> str:
    if isinstance(entry, set | frozenset | list):
        return repr(sorted(_described(one) for one in entry))
    if isinstance(entry, tuple):
        return repr([_described(one) for one in entry])
    if isinstance(entry, type):
        return f"{entry.__module__}.{entry.__qualname__}"
    if callable(entry):
        named = (
            f"{getattr(entry, '__module__', '')}.{getattr(entry, '__qualname__', type(entry).__qualname__)}"
        )
        code = getattr(entry, "__code__", None)
        if code is None:
            return named
        constants = [_described(one) for one in code.co_consts if not isinstance(one, CodeType)]
        return f"{named} {code.co_code.hex()} {code.co_names} {constants}"
    return f"{type(entry).__name__} {entry!r}"
