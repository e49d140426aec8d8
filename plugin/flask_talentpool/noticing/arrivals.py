"""What a full look finds decided that nobody saw being decided: imported rows, and what came in a long pause."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.enums import HoldReason, Outcome
from flask_talentpool.host.rows import read_rows
from flask_talentpool.host.seen import Seen, key_text
from flask_talentpool.noticing.scan import Overview

LOOK = "full-look"
"""The mark of the last full look: when, the highest key there was, how many rows, and how long it took."""
LONGEST_PAUSE = timedelta(days=7)
"""After a full look older than this nobody can say when what the next one finds was decided."""
MANY = 10
"""So many rows without a date that come in already decided are an import."""
_DATES = ("decided_at", "interviewed_at", "applied_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The host's table of applications at one moment."""

    grows: bool
    """Whether a higher key was given out later."""
    highest: int | None
    """The highest key; None where keys do not grow, or there is no row."""
    rows: int


def table_now(ctx: Context, rows: int) -> Table:
    """Return how the host's table stands, given how many rows it has."""
    column = sa.inspect(ctx.host.map.application).primary_key[0]
    if not isinstance(column.type, sa.Integer):
        return Table(grows=False, highest=None, rows=rows)
    highest = ctx.connection().scalar(sa.select(sa.func.max(column)))
    return Table(grows=True, highest=highest, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """What the last full look noted."""

    at: datetime
    highest: int | None
    rows: int
    seconds: float
    """How long it took."""


def note_look(ctx: Context, table: Table, *, seconds: float) -> None:
    """Write down that a full look has been."""
    ctx.keep_mark(
        LOOK, json.dumps({"highest": table.highest, "rows": table.rows, "seconds": round(seconds, 3)})
    )


def last_look(ctx: Context) -> LastLook | None:
    """Return what the last full look noted; None where no version that notes it has looked."""
    row = ctx.session.get(ctx.models.mark, LOOK, populate_existing=True)
    return None if row is None else LastLook(at=row.at, **json.loads(row.value))


class Reviewer:
    """Says of each rejection that a look finds why its letter waits for a person; one for each look."""

    def __init__(self, ctx: Context, table: Table, overview: Overview) -> None:
        """Compare how the host's table stands with what the last look noted."""
        before = last_look(ctx)
        inserted = overview.differing.get((str(Outcome.REJECTED), True), 0)
        self.paused = before is not None and ctx.now() - before.at > LONGEST_PAUSE
        self.highest = before.highest or 0 if before is not None and table.grows else None
        # How many can have come in decided, where keys do not tell which.
        self.room = max(0, table.rows - before.rows) if before is not None and not table.grows else None
        if self.room is not None:
            inserted = min(inserted, self.room)
        # Where no version has noted a look, nobody knows which are new; those with an old date wait.
        self.are_many = before is not None and inserted >= MANY

    def reviews(self, ctx: Context, page: Sequence[Seen]) -> dict[str, HoldReason]:
        """Return why the letters of a page wait, by key; those that go on are left out."""
        rejected = [
            one
            for one in page
            if ctx.host.verdict(one.status, declined=one.declined).outcome is Outcome.REJECTED
        ]
        default = {key_text(one.key): HoldReason.AFTER_A_PAUSE for one in rejected} if self.paused else {}
        inserted = [one for one in rejected if self._may_be_inserted(one.key)]
        if not inserted:
            return default
        dates = self._dates(ctx, inserted)
        imported = {
            key: HoldReason.IMPORTED for key, latest in dates.items() if self._is_imported(ctx, latest)
        }
        return default | imported

    def _may_be_inserted(self, key: Any) -> bool:
        return (self.highest is None or key > self.highest) and self.room != 0

    def _is_imported(self, ctx: Context, latest: datetime | None) -> bool:
        if latest is None:
            return self.are_many
        if self.room == 0 or ctx.now() - latest <= ctx.settings.stale_after:
            return False
        if self.room is not None:
            self.room -= 1
        return True

    @staticmethod
    def _dates(ctx: Context, seen: Sequence[Seen]) -> dict[str, datetime | None]:
        """Return the latest of the dates that the host has of each; one that cannot be read has none."""
        names = [name for name in _DATES if name in ctx.host.readers]
        if not names:
            return {key_text(one.key): None for one in seen}
        rows, _ = read_rows(ctx.host, ctx.session, [one.key for one in seen])
        found: dict[str, datetime | None] = {}
        for one in seen:
            row = rows.get(key_text(one.key))
            dates = [_date(ctx, name, row.application) for name in names] if row is not None else []
            found[key_text(one.key)] = max((date for date in dates if date is not None), default=None)
        return found


def _date(ctx: Context, name: str, application: Any) -> datetime | None:
    try:
        return ctx.host.moment(name, application, assume=ctx.settings.timezone)
    except sa.exc.SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001 (a callable of the host's may raise anything; then it has no date)
        return None
