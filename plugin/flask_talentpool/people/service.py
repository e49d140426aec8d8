"""Linking host rows to persons, telling one row from another, and forgetting a person."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import add_new, padded
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.fingerprint import fingerprint, keyed
from flask_talentpool.people.model import CandidateLinkMixin, PersonMixin

PERSON = "person"
ROW = "row"


@dataclass(frozen=True, slots=True)
class Known:
    """A host candidate row, the person it belongs to, and whether that is in doubt."""

    person: PersonMixin
    link: CandidateLinkMixin

    @property
    def is_ambiguous(self) -> bool:
        """Whether name and address both changed unseen, so that the row may be somebody else."""
        return self.link.suspended_at is not None


def person_key(ctx: Context, candidate: Any) -> str:
    """Return what tells this person apart: the mapped key, else the address, else the host row."""
    mapped = ctx.host.read("person_key", candidate)
    if mapped not in (None, ""):
        return str(mapped)
    email = ctx.host.email_of(candidate).casefold()
    return email or row_key(candidate)


def row_key(candidate: Any) -> str:
    """Return the key of somebody known only by their host row."""
    return f"row:{key_text(key_of(candidate))}"


def find_link(ctx: Context, candidate_key: Any, scope: str) -> CandidateLinkMixin | None:
    """Return the link of a host row in one scope, or None."""
    link = ctx.models.candidate_link
    statement = sa.select(link).where(link.candidate_key == key_text(candidate_key), link.scope == scope)
    return ctx.session.scalars(statement).one_or_none()


def find_person(ctx: Context, candidate: Any, scope: str) -> PersonMixin | None:
    """Return the person a host row is linked to; looks only, writes nothing."""
    link = find_link(ctx, key_of(candidate), scope)
    return None if link is None else ctx.session.get(ctx.models.person, link.person_id)


def link_person(ctx: Context, candidate: Any, scope: str) -> Known:
    """Return the person behind a host row, linking it on first sight; see :func:`link_people`."""
    return link_people(ctx, [(candidate, scope)])[0]


def link_people(ctx: Context, rows: Sequence[tuple[Any, str]]) -> list[Known]:
    """Return the person behind each of many host rows in its scope, linking those that were never seen.

    The key decides only when a row is first linked; from then on the link is the truth. A row
    whose name *or* address changed is the same person; one of which *both* changed while nobody
    looked is in doubt until a person says who it is.
    """
    keys = [(scope, key_text(key_of(candidate))) for candidate, scope in rows]
    known = _linked(ctx, keys)
    for key, (candidate, _) in zip(keys, rows, strict=True):
        if key in known:
            _recheck(ctx, candidate, known[key].link, known[key].person)
    ctx.session.flush()
    new = {key: candidate for key, (candidate, _) in zip(keys, rows, strict=True) if key not in known}
    if new:
        known |= _link(ctx, new)
    return [known[key] for key in keys]


def _linked(ctx: Context, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """Return who host rows are linked to, by scope and key."""
    link, person = ctx.models.candidate_link, ctx.models.person
    statement = (
        sa.select(link, person)
        .join(person, person.id == link.person_id)
        .where(
            link.candidate_key.in_(padded({key for _, key in keys})),
            link.scope.in_(padded({scope for scope, _ in keys})),
        )
    )
    found = ctx.session.execute(statement)
    return {(row[0].scope, row[0].candidate_key): Known(row[1], row[0]) for row in found}


def _link(ctx: Context, new: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Known]:
    """Link host rows that were never seen; what another process linked a moment ago stays as it is."""
    whose = {key: (key[0], person_key(ctx, candidate)) for key, candidate in new.items()}
    people = _people(ctx, set(whose.values()))
    unknown = {whose[key]: candidate for key, candidate in new.items() if whose[key] not in people}
    values = [
        {
            "scope": scope,
            "person_key": key,
            "name": ctx.host.name_of(candidate)[:400],
            "email": ctx.host.email_of(candidate)[:320],
            "created_at": ctx.now(),
        }
        for (scope, key), candidate in unknown.items()
    ]
    made = add_new(ctx.session, ctx.models.person, values) if values else []
    people |= {(person.scope, person.person_key): person for person in made}
    if len(made) < len(unknown):
        people |= _people(ctx, set(unknown))
    links = [
        {
            "scope": key[0],
            "person_id": people[whose[key]].id,
            "candidate_id": key_of(candidate),
            "candidate_key": key[1],
            "name_hash": fingerprint(ctx.host.name_of(candidate)),
            "email_hash": fingerprint(ctx.host.email_of(candidate)),
            "created_at": ctx.now(),
        }
        for key, candidate in new.items()
    ]
    added = add_new(ctx.session, ctx.models.candidate_link, links)
    if len(added) < len(links):
        return _linked(ctx, list(new))
    return {key: Known(people[whose[key]], link) for key, link in zip(new, added, strict=True)}


def _people(ctx: Context, keys: AbstractSet[tuple[str, str]]) -> dict[tuple[str, str], PersonMixin]:
    person = ctx.models.person
    found = ctx.session.scalars(
        sa.select(person).where(
            person.scope.in_({scope for scope, _ in keys}), person.person_key.in_({key for _, key in keys})
        )
    )
    return {(one.scope, one.person_key): one for one in found}


def _recheck(ctx: Context, candidate: Any, link: CandidateLinkMixin, person: PersonMixin) -> None:
    name, email = ctx.host.name_of(candidate), ctx.host.email_of(candidate)
    new_name, new_email = fingerprint(name), fingerprint(email)
    renamed, moved = new_name != link.name_hash, new_email != link.email_hash
    if renamed and moved:
        if link.suspended_at is None:
            link.suspended_at = ctx.now()
        return
    if link.suspended_at is not None:
        link.suspended_at = None  # it looks again as it did
    if renamed or moved:
        link.name_hash, link.email_hash = new_name, new_email
    if person.name != name[:400] or person.email != email[:320]:
        person.name, person.email = name[:400], email[:320]


def looks_like_somebody_else(ctx: Context, candidate: Any, link: CandidateLinkMixin) -> bool:
    """Say whether name and address both differ from what was seen last; looks only, writes nothing."""
    return (
        fingerprint(ctx.host.name_of(candidate)) != link.name_hash
        and fingerprint(ctx.host.email_of(candidate)) != link.email_hash
    )


def same_person(ctx: Context, link: CandidateLinkMixin, candidate: Any, *, by: Actor) -> None:
    """A person said: the row changed, but it is still the same human."""
    link.name_hash = fingerprint(ctx.host.name_of(candidate))
    link.email_hash = fingerprint(ctx.host.email_of(candidate))
    link.suspended_at = None
    person = ctx.session.get_one(ctx.models.person, link.person_id)
    person.name, person.email = ctx.host.name_of(candidate)[:400], ctx.host.email_of(candidate)[:320]
    ctx.record(by, "same_person", "candidate_link", link.id, scope=link.scope)
    ctx.session.flush()


def someone_else(ctx: Context, link: CandidateLinkMixin, candidate: Any, *, by: Actor) -> Known:
    """A person said: the row is another human now. It starts afresh; the old person keeps the history."""
    ctx.record(by, "someone_else", "candidate_link", link.id, scope=link.scope)
    scope = link.scope
    ctx.session.delete(link)
    ctx.session.flush()
    return link_person(ctx, candidate, scope)


def is_suppressed(ctx: Context, candidate: Any, scope: str) -> bool:
    """Say whether this person, or this host row, asked to be forgotten."""
    model = ctx.models.suppression
    hashes = [
        keyed(ctx.secret, scope, PERSON, person_key(ctx, candidate)),
        keyed(ctx.secret, scope, ROW, key_text(key_of(candidate))),
    ]
    statement = sa.select(model.id).where(model.scope == scope, model.hash.in_(hashes))
    return ctx.session.scalars(statement.limit(1)).first() is not None


def is_kept_out(ctx: Context, scope: str, candidate_key: str) -> bool:
    """Say whether a host row of this key was forgotten, though it may be gone by now."""
    model = ctx.models.suppression
    row = keyed(ctx.secret, scope, ROW, candidate_key)
    statement = sa.select(model.id).where(model.scope == scope, model.hash == row)
    return ctx.session.scalars(statement.limit(1)).first() is not None


def suppress(ctx: Context, scope: str, whom: Iterable[tuple[str, str]]) -> int:
    """Remember keyed hashes of people and host rows that must not come back; return how many are new.

    Args:
        ctx: The unit of work.
        scope: In whose care they were.
        whom: ``PERSON`` or ``ROW``, and the key of the person or row.
    """
    model = ctx.models.suppression
    wanted = {(kind, keyed(ctx.secret, scope, kind, key)) for kind, key in whom}
    statement = sa.select(model.hash).where(
        model.scope == scope, model.hash.in_([value for _, value in wanted])
    )
    new = sorted(wanted - {one for one in wanted if one[1] in set(ctx.session.scalars(statement))})
    for kind, value in new:
        ctx.session.add(model(scope=scope, kind=kind, hash=value, created_at=ctx.now()))
    ctx.session.flush()
    return len(new)


def lift_suppression(ctx: Context, person: PersonMixin) -> None:
    """The person came back of their own will: they may be in a pool again."""
    link = ctx.models.candidate_link
    rows = ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person.id))
    hashes = [keyed(ctx.secret, person.scope, PERSON, person.person_key)]
    hashes += [keyed(ctx.secret, person.scope, ROW, row) for row in rows]
    model = ctx.models.suppression
    ctx.session.execute(sa.delete(model).where(model.scope == person.scope, model.hash.in_(hashes)))


def forget(ctx: Context, person: PersonMixin, *, by: Actor) -> None:
    """Erase what we keep about a person, in every part, and remember only keyed hashes.

    Decisions stay as tombstones without text, so that ``sync`` never writes about them again.
    """
    link = ctx.models.candidate_link
    rows = list(ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person.id)))
    suppress(ctx, person.scope, [(PERSON, person.person_key), *((ROW, row) for row in rows)])
    person_id, scope = person.id, person.scope
    for erase in ctx.seams.forgetters:
        erase(ctx, person)
    ctx.session.execute(sa.delete(ctx.models.consent).where(ctx.models.consent.person_id == person_id))
    ctx.session.execute(sa.delete(link).where(link.person_id == person_id))
    ctx.session.flush()
    ctx.session.expire_all()
    ctx.session.execute(sa.delete(ctx.models.person).where(ctx.models.person.id == person_id))
    ctx.record(by, "forget", "person", person_id, scope=scope)
    ctx.session.flush()
