"""Whose rows belong together: all that the host has of the people behind some of its rows; looks only."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.host.seen import key_text
from flask_talentpool.people.identity import said_to_be_two


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate row of the host's, and its e-mail, where that says something of whose it is."""

    scope: str
    candidate_key: str
    email: str


@dataclass(slots=True)
class Rows:
    """All that belongs to the person behind one row."""

    candidate_keys: set[str] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    """Of ours; none while no row of theirs was linked, more than one while nobody has said that they are two."""


def rows_together(ctx: Context, rows: Sequence[Row]) -> list[Rows]:
    """Return what belongs to the person behind each row: what is linked to them, and what has their address.

    A row that was never linked counts by its address, and so does one that belongs to another person of the same
    address, until somebody has said that they are two. An address that many share says nothing. Three statements,
    however many rows.
    """
    look_up = of_addresses if ctx.addresses is None else ctx.addresses.of
    addresses = look_up(ctx, {_normal(row.email) for row in rows} - {""})
    found = [{row.candidate_key, *addresses.get(_normal(row.email), ())} - {""} for row in rows]
    linked = _linked(ctx, {row.scope for row in rows}, {key for keys in found for key in keys})
    two = said_to_be_two(ctx, {person_id for links in linked.values() for person_id, _ in links})
    together = []
    for row, keys in zip(rows, found, strict=True):
        rows_of_one = Rows()
        theirs = {person_id for person_id, _ in linked.get((row.scope, row.candidate_key), ())}
        for key in keys:
            links = linked.get((row.scope, key), ())
            if any(person_id in two[mine] for mine in theirs for person_id, _ in links):
                continue
            rows_of_one.candidate_keys.add(key)
            for person_id, other in links:
                rows_of_one.people.add(person_id)
                rows_of_one.candidate_keys.add(other)
        together.append(rows_of_one)
    return together


def _normal(email: str) -> str:
    return email.strip().lower()


class Addresses:
    """Candidate rows by their address, looked up for many letters at once and remembered for a while.

    A host need not have an index by address, so each look-up may read all its candidates.
    """

    def __init__(
        self, coming: Callable[[Context], Iterable[str]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare.

        Args:
            coming: Returns the addresses that are likely to be asked for next.
            clock: Tells seconds.
        """
        self._coming, self._clock = coming, clock
        self._known: dict[str, AbstractSet[str]] = {}
        self._until = clock()

    def of(self, ctx: Context, addresses: AbstractSet[str]) -> Mapping[str, AbstractSet[str]]:
        """Do what :func:`of_addresses` does; what it says is at most a minute old."""
        if self._clock() >= self._until:
            self._known, self._until = {}, self._clock() + _REMEMBERED
        if addresses - self._known.keys():
            coming = {_normal(address) for address in self._coming(ctx)}
            wanted = (addresses | coming) - self._known.keys()
            found = of_addresses(ctx, wanted - {""})
            self._known |= {address: found.get(address, frozenset()) for address in wanted}
        return {address: self._known[address] for address in addresses}


_REMEMBERED = 60.0
"""Seconds."""


def of_addresses(ctx: Context, addresses: Iterable[str]) -> Mapping[str, AbstractSet[str]]:
    """Return the keys of the candidate rows that have each of these addresses, however it is spelled there."""
    host, wanted = ctx.host, padded(sorted(addresses))
    reader = host.readers.get("email")
    if not wanted or reader is None or not reader.in_sql:
        return {}
    cls = host.map.candidate
    root = sa.orm.aliased(cls)
    statement = sa.select(getattr(root, host.key_attribute(cls)).label("key")).select_from(root)
    base = reader.add_to(statement, root, "email").subquery()
    address = sa.func.lower(sa.func.trim(base.c.email))
    found: dict[str, set[str]] = {}
    for row in ctx.session.execute(sa.select(base.c.key, base.c.email).where(address.in_(wanted))):
        found.setdefault(_normal(str(row.email)), set()).add(key_text(row.key))
    return found


def _linked(
    ctx: Context, scopes: Iterable[str], keys: Iterable[str]
) -> Mapping[tuple[str, str], list[tuple[int, str]]]:
    """Return the person of each row, and every row that is linked to them, by scope and key of the row."""
    wanted = sorted(keys)
    if not wanted:
        return {}
    mine, other = ctx.models.candidate_link, sa.orm.aliased(ctx.models.candidate_link)
    statement = (
        sa.select(mine.scope, mine.candidate_key, other.person_id, other.candidate_key.label("other"))
        .join(other, other.person_id == mine.person_id)
        .where(mine.candidate_key.in_(padded(wanted)), mine.scope.in_(padded(sorted(scopes))))
    )
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in ctx.session.execute(statement):
        found.setdefault((row.scope, row.candidate_key), []).append((row.person_id, row.other))
    return found
