"""Lists a page at a time: from where the last page ended, with counts that stop where nobody reads on.

Skipping by `OFFSET` reads everything that is skipped, and shows a row twice, or never, when others come and go
meanwhile. A page here begins behind the row that ended the one before, however far down the list that is.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_talentpool.db.types import UtcDateTime

T = TypeVar("T")

COUNTED = 10_000
"""How far rows are counted exactly; beyond it people read "more than"."""
_SEAL = 12


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, or that there are more."""

    number: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"more than {self.number:,}"


def count(session: Session, statement: sa.Select[Any], *, most: int = COUNTED) -> Count:
    """Count the rows of a statement, as far as ``most``."""
    some = statement.order_by(None).limit(most + 1).subquery()
    found = session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return Count(min(found, most), is_exact=found <= most)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and how to go on from them; a cursor that is empty leads nowhere."""

    rows: tuple[T, ...]
    newer: str
    """The cursor of the page before."""
    older: str
    """The cursor of the page after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is ordered, and what keeps its cursors apart from those of others.

    Attributes:
        name: The list and everything it is narrowed by, its scope above all.
        keys: Columns that are never NULL and that no two rows share all of; times, numbers and texts. They stand
            in addresses, so nothing of a person may be among them.
        descending: Whether the greatest come first.
        secret: Seals cursors, so that none is made by hand or carried over from another list.
        size: The most rows of a page.
    """

    name: str
    keys: tuple[Any, ...]
    secret: bytes
    descending: bool = True
    size: int = 50


def read_page(session: Session, statement: sa.Select[Any], order: Order, *, cursor: str = "") -> Page[Any]:
    """Read one page of a list.

    Args:
        session: Where to read.
        statement: What the list shows, narrowed to what somebody may see, in no order.
        order: Its order.
        cursor: Where the page begins, from a page before. One that is not of this list gives the first page, and
            so does one behind which nothing is left.

    Returns:
        The rows, each with the columns of the statement first.
    """
    keyed = statement.add_columns(*(key.label(f"paging_{n}") for n, key in enumerate(order.keys)))
    place = _opened(cursor, order)
    if place is not None:
        rows, is_more = _read(session, keyed, order, place)
        if rows and (place.is_after or is_more):
            return _page(rows, order, newer=True, older=is_more or not place.is_after)
    # Whoever goes back to the beginning sees a whole page, with what has come since.
    rows, is_more = _read(session, keyed, order, None)
    return _page(rows, order, newer=False, older=is_more)


@dataclass(frozen=True, slots=True)
class _Place:
    is_after: bool
    values: tuple[Any, ...]


def _read(
    session: Session, keyed: sa.Select[Any], order: Order, place: _Place | None
) -> tuple[Sequence[sa.Row[Any]], bool]:
    """Read a page in the order of the list; say whether there is more in the direction of reading."""
    is_forwards = place is None or place.is_after
    is_falling = order.descending == is_forwards
    if place is not None:
        pairs = zip(order.keys, place.values, strict=True)
        here = sa.tuple_(*(sa.literal(value, key.type) for key, value in pairs))
        there = sa.tuple_(*order.keys)
        keyed = keyed.where(there < here if is_falling else there > here)
    by = [key.desc() if is_falling else key.asc() for key in order.keys]
    found = session.execute(keyed.order_by(*by).limit(order.size + 1)).all()
    rows = found[: order.size]
    return rows if is_forwards else rows[::-1], len(found) > order.size


def _page(rows: Sequence[sa.Row[Any]], order: Order, *, newer: bool, older: bool) -> Page[Any]:
    def cursor(row: sa.Row[Any], *, is_after: bool) -> str:
        return _sealed(_Place(is_after, tuple(row)[-len(order.keys) :]), order)

    return Page(
        rows=tuple(rows),
        newer=cursor(rows[0], is_after=False) if rows and newer else "",
        older=cursor(rows[-1], is_after=True) if rows and older else "",
    )


def _sealed(place: _Place, order: Order) -> str:
    values = [one.isoformat() if isinstance(one, datetime) else one for one in place.values]
    text = json.dumps([int(place.is_after), *values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(text, order) + text).decode().rstrip("=")


def _opened(cursor: str, order: Order) -> _Place | None:
    """Return the place a cursor stands for; None for none, and for one that was not made for this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        return None
    seal, text = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(seal, _seal(text, order)):
        return None
    is_after, *values = json.loads(text)
    pairs = zip(order.keys, values, strict=True)
    return _Place(
        bool(is_after),
        tuple(
            datetime.fromisoformat(one) if isinstance(key.type, UtcDateTime) else one for key, one in pairs
        ),
    )


def _seal(text: bytes, order: Order) -> bytes:
    said = b"\0".join((b"page", order.name.encode(), text))
    return hmac.new(order.secret, said, hashlib.sha256).digest()[:_SEAL]
