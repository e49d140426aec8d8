"""Keeping out whoever was forgotten, by hashes that only who has the key can check a guess against."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.fingerprint import keyed
from flask_talentpool.people.identity import identity_of
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.names import is_initial, tokens

PERSON = "person"
ROW = "row"
NAME = "name"
"""A hash of an address with a word of the name of somebody who was forgotten there."""

_NAMED = "has names"
_ANY = "any name"
"""What stands for a word beside an address: names are kept for it; one who went there may have any name."""


def is_suppressed(ctx: Context, candidate: Any, scope: str) -> bool:
    """Say whether this person, or this host row, asked to be forgotten.

    An address is not enough where several share it: one of the words kept with it has to be of the row's name.
    """
    one = identity_of(ctx, candidate, scope)
    person = keyed(ctx.secret, scope, PERSON, one.key)
    row = keyed(ctx.secret, scope, ROW, key_text(key_of(candidate)))
    by_name = {_named(ctx, scope, one.key, word) for word in (_ANY, *_probes(tokens(one.name)))}
    has_names = _named(ctx, scope, one.key, _NAMED)
    there = _known(ctx, scope, {person, row, has_names, *by_name})
    is_theirs = not one.by_address or has_names not in there or not by_name.isdisjoint(there)
    return row in there or (person in there and is_theirs)


def is_kept_out(ctx: Context, scope: str, candidate_key: str) -> bool:
    """Say whether a host row of this key was forgotten, though it may be gone by now."""
    return bool(_known(ctx, scope, {keyed(ctx.secret, scope, ROW, candidate_key)}))


def _known(ctx: Context, scope: str, hashes: Iterable[str]) -> set[str]:
    model = ctx.models.suppression
    statement = sa.select(model.hash).where(model.scope == scope, model.hash.in_(sorted(hashes)))
    return set(ctx.session.scalars(statement))


def _named(ctx: Context, scope: str, address: str, word: str) -> str:
    return keyed(ctx.secret, scope, NAME, address, word)


def _kept(names: Iterable[str]) -> set[str]:
    """Return what is kept of names: each word but the last, which a family shares; an initial counts for words."""
    words = {word for name in names for word in tokens(name)[:-1]}
    kept = {f"{word[0]}*" if is_initial(word) else word for word in words}
    return kept | {f"{word[0]}." for word in words} or {_ANY}


def _probes(words: list[str]) -> Iterator[str]:
    """Return what may be kept of somebody with this name."""
    for word in words:
        if is_initial(word):
            yield f"{word[0]}."
        else:
            yield from (word, f"{word[0]}*")


def suppress(ctx: Context, scope: str, whom: Iterable[tuple[str, str]]) -> int:
    """Remember keyed hashes of people and host rows that must not come back; return how many are new.

    Args:
        ctx: The unit of work.
        scope: In whose care they were.
        whom: ``PERSON`` or ``ROW``, and the key of the person or row.
    """
    return _keep(ctx, scope, {(kind, keyed(ctx.secret, scope, kind, key)) for kind, key in whom})


def suppress_at(ctx: Context, scope: str, address: str, names: Iterable[str]) -> int:
    """Remember somebody who was known by an address and these names; return 1 unless the address was kept already."""
    person = keyed(ctx.secret, scope, PERSON, address)
    has_names = _named(ctx, scope, address, _NAMED)
    words = _kept(names)
    there = _known(ctx, scope, {person, has_names})
    if person in there and has_names not in there:
        words.add(_ANY)  # whoever went before names were kept stays out as before
    kept = {(NAME, _named(ctx, scope, address, word)) for word in words}
    _keep(ctx, scope, {(PERSON, person), (NAME, has_names), *kept})
    return int(person not in there)


def _keep(ctx: Context, scope: str, wanted: set[tuple[str, str]]) -> int:
    there = _known(ctx, scope, {value for _, value in wanted})
    new = sorted(one for one in wanted if one[1] not in there)
    for kind, value in new:
        ctx.session.add(ctx.models.suppression(scope=scope, kind=kind, hash=value, created_at=ctx.now()))
    ctx.session.flush()
    return len(new)


def lift_suppression(ctx: Context, person: PersonMixin) -> None:
    """The person came back of their own will: they may be in a pool again; who shares the address stays out."""
    link, model = ctx.models.candidate_link, ctx.models.suppression
    rows = ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person.id))
    scope, address = person.scope, person.address_key or person.person_key
    hashes = {keyed(ctx.secret, scope, ROW, row) for row in rows}
    hashes |= {_named(ctx, scope, address, word) for word in _kept([person.name])}
    if not _known(ctx, scope, {_named(ctx, scope, address, _NAMED)}):
        hashes.add(keyed(ctx.secret, scope, PERSON, address))
    ctx.session.execute(sa.delete(model).where(model.scope == scope, model.hash.in_(sorted(hashes))))


def suppress_person(ctx: Context, person: PersonMixin) -> None:
    """Remember a person who is forgotten, by all their rows, and by address and name or whatever told who they are."""
    link, letter = ctx.models.candidate_link, ctx.models.letter
    rows = list(ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person.id)))
    suppress(ctx, person.scope, [(ROW, row) for row in rows])
    address = person.address_key or person.person_key
    if person.address_key is None and "@" not in address:
        suppress(ctx, person.scope, [(PERSON, person.person_key)])
        return
    called = ctx.session.scalars(sa.select(letter.to_name).where(letter.person_id == person.id).distinct())
    suppress_at(ctx, person.scope, address, [person.name, *called])
