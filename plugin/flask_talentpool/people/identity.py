"""What tells one person from another: the key of a host row, and who of several at one address it is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.enums import AddressQuestion
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.fingerprint import fingerprint
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.names import Alike, compare, tokens

ROW_KEY = "row:"
"""How the key of somebody begins who is known only by their host row."""

_LONGEST = 300
"""A longer address leaves no room for the number of a later person; it is kept by its hash."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a host row says of who it is, in one scope."""

    scope: str
    key: str
    """What tells this person apart: the mapped key, else the address, else the host row."""
    by_address: bool
    """Whether the key is an address, so that the name has a say."""
    name: str
    email: str

    @property
    def at(self) -> tuple[str, str]:
        """What everybody shares whom this key can mean."""
        return self.scope, self.key


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at an address, or the values of one that is about to be made."""

    person_key: str
    words: list[str]
    person: PersonMixin | None = None


def identity_of(ctx: Context, candidate: Any, scope: str) -> Identity:
    """Read who a host row says it is."""
    name, email = ctx.host.name_of(candidate), ctx.host.email_of(candidate)
    mapped = ctx.host.read("person_key", candidate)
    if mapped not in (None, ""):
        return Identity(scope, str(mapped), False, name, email)
    address = address_key(own_address(ctx, candidate))
    return Identity(scope, address or row_key(candidate), bool(address), name, email)


def own_address(ctx: Context, candidate: Any) -> str:
    """Return a row's e-mail where it says something of who it is; empty where the host says that many share it."""
    return "" if ctx.host.has_shared_address(candidate) else ctx.host.email_of(candidate)


def address_key(email: str) -> str:
    """Return what an address is kept by where it tells who somebody is; empty for “none” and what else is no address."""
    address = email.casefold() if "@" in email else ""
    return address if len(address) <= _LONGEST else fingerprint(address)


def row_key(candidate: Any) -> str:
    """Return the key of somebody known only by their host row."""
    return f"{ROW_KEY}{key_text(key_of(candidate))}"


def there(ctx: Context, identities: Iterable[Identity]) -> dict[tuple[str, str], list[Somebody]]:
    """Read who is known already whom these can mean, in the order in which they came.

    Rows of an earlier version have no address beside their key, which is the address.
    """
    wanted = list(identities)
    person = ctx.models.person
    keys = padded({one.key for one in wanted})
    addresses = padded({one.key for one in wanted if one.by_address})
    statement = sa.select(person).where(
        person.scope.in_(padded({one.scope for one in wanted})),
        sa.or_(person.person_key.in_(keys), person.address_key.in_(addresses)),
    )
    found: dict[tuple[str, str], list[Somebody]] = defaultdict(list)
    for row in ctx.session.scalars(statement.order_by(person.id)):
        found[row.scope, row.address_key or row.person_key].append(
            Somebody(row.person_key, tokens(row.name), row)
        )
    return found


def who_of(
    identity: Identity, people: Sequence[Somebody], named: AbstractSet[tuple[int, str]] = frozenset()
) -> tuple[Somebody | None, AddressQuestion | None]:
    """Say who of these a row is, and what is to be asked about it.

    Args:
        identity: What the row says.
        people: Who is known at its key.
        named: Who has a row of exactly which name, see :func:`named_exactly`.

    Returns:
        None where it is somebody new.
    """
    if not identity.by_address:
        return next((one for one in people if one.person_key == identity.key), None), None
    ranked = sorted(_ranked(identity, people, named), key=lambda found: found[0])
    if not ranked:
        return None, AddressQuestion.APART if people else None
    best, somebody = ranked[0]
    is_tie = len(ranked) > 1 and ranked[1][0] == best
    return somebody, AddressQuestion.DOUBT if is_tie or best == _DOUBT else None


_DOUBT = 3


def _ranked(
    identity: Identity, people: Sequence[Somebody], named: AbstractSet[tuple[int, str]]
) -> Iterator[tuple[int, Somebody]]:
    words, name_hash = tokens(identity.name), fingerprint(identity.name)
    for one in people:
        if sorted(one.words) == sorted(words):
            yield 0, one
        elif one.person is not None and (one.person.id, name_hash) in named:
            yield 1, one
        elif (found := compare(words, one.words)) is not Alike.DIFFERENT:
            yield 2 if found is Alike.SAME else _DOUBT, one


def named_exactly(ctx: Context, pairs: Iterable[tuple[Identity, Sequence[Somebody]]]) -> set[tuple[int, str]]:
    """Return which people have a settled row of just the name another row has, by the hash of the name.

    Only names that leave something to ask are looked for: a person may go by two, and somebody may have said so.
    """
    people: set[int] = set()
    hashes: set[str] = set()
    for identity, known in pairs:
        somebody, question = who_of(identity, known)
        if known and (somebody is None or question is not None):
            hashes.add(fingerprint(identity.name))
            people |= {one.person.id for one in known if one.person is not None}
    if not people:
        return set()
    link = ctx.models.candidate_link
    statement = sa.select(link.person_id, link.name_hash).where(
        link.person_id.in_(padded(people)), link.name_hash.in_(padded(hashes)), link.question.is_(None)
    )
    return {(row.person_id, row.name_hash) for row in ctx.session.execute(statement)}


def next_key(address: str, people: Sequence[Somebody]) -> str:
    """Return the key of one more person at an address: the address itself for the first, then `address|2`."""
    taken = {one.person_key for one in people}
    if not taken:
        return address
    numbers = [int(number) for key in taken if (number := key[len(address) + 1 :]).isdecimal()]
    return f"{address}|{max([1, *numbers]) + 1}"


def people_at(ctx: Context, addresses: Iterable[str], *, scope: str, but: int) -> dict[str, list[str]]:
    """Return the names of everybody else in a scope who has one of these addresses, by address; none for nobody."""
    person = ctx.models.person
    address = sa.func.lower(person.email)
    found: dict[str, list[str]] = defaultdict(list)
    statement = sa.select(address, person.name).where(
        person.scope == scope, address.in_(sorted(addresses)), person.id != but
    )
    for email, name in ctx.session.execute(statement):
        found[email].append(name)
    return dict(found)


def said_to_be_two(ctx: Context, person_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return for each person who at their address is somebody else for certain; by one statement.

    As long as “same address: one person?” is open for either of two, they count as one: what would be absurd to
    write to one human is not written to two who may be one.
    """
    wanted = set(person_ids)
    found: dict[int, set[int]] = {one: set() for one in wanted}
    if wanted:
        me, link = ctx.models.person, ctx.models.candidate_link
        other = sa.orm.aliased(me)
        is_open = sa.exists().where(
            link.person_id.in_([me.id, other.id]), link.question == AddressQuestion.APART
        )
        statement = (
            sa.select(me.id, other.id)
            .join(other, sa.and_(other.scope == me.scope, other.address_key == me.address_key))
            .where(me.id.in_(padded(sorted(wanted))), other.id != me.id, ~is_open)
        )
        for mine, theirs in ctx.session.execute(statement):
            found[mine].add(theirs)
    return {one: frozenset(others) for one, others in found.items()}
