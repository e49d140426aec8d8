"""Linking host rows to persons, telling one row from another, and forgetting a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import add_new, padded
from flask_talentpool.enums import AddressQuestion
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.fingerprint import fingerprint
from flask_talentpool.people.identity import (
    Identity,
    Somebody,
    identity_of,
    named_exactly,
    next_key,
    there,
    who_of,
)
from flask_talentpool.people.kept_out import suppress_person
from flask_talentpool.people.model import CandidateLinkMixin, PersonMixin
from flask_talentpool.people.names import tokens

_TRIES = 8
"""How often the people at an address are looked at anew while others write there."""


@dataclass(frozen=True, slots=True)
class Known:
    """A host candidate row, the person it belongs to, and whether that is in doubt."""

    person: PersonMixin
    link: CandidateLinkMixin

    @property
    def is_ambiguous(self) -> bool:
        """Whether name and address both changed unseen, so that the row may be somebody else."""
        return self.link.suspended_at is not None


def find_link(ctx: Context, candidate_key: Any, scope: str) -> CandidateLinkMixin | None:
    """Return the link of a host row in one scope, or None."""
    link = ctx.models.candidate_link
    statement = sa.select(link).where(link.candidate_key == key_text(candidate_key), link.scope == scope)
    return ctx.session.scalars(statement).one_or_none()


def link_person(ctx: Context, candidate: Any, scope: str) -> Known:
    """Return the person behind a host row, linking it on first sight; see :func:`link_people`."""
    return link_people(ctx, [(candidate, scope)])[0]


def link_people(ctx: Context, rows: Sequence[tuple[Any, str]]) -> list[Known]:
    """Return the person behind each of many host rows in its scope, linking those that were never seen.

    Key and name decide only when a row is first linked; from then on the link is the truth. A row
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
    whose = {key: identity_of(ctx, candidate, key[0]) for key, candidate in new.items()}
    found = _find_or_make(ctx, whose)
    links = [
        {
            "scope": key[0],
            "person_id": found[key][0].id,
            "candidate_id": key_of(candidate),
            "candidate_key": key[1],
            "name_hash": fingerprint(whose[key].name),
            "email_hash": fingerprint(whose[key].email),
            "question": found[key][1],
            "created_at": ctx.now(),
        }
        for key, candidate in new.items()
    ]
    added = add_new(ctx.session, ctx.models.candidate_link, links)
    if len(added) < len(links):
        return _linked(ctx, list(new))
    return {key: Known(found[key][0], link) for key, link in zip(new, added, strict=True)}


def _find_or_make(
    ctx: Context, whose: Mapping[tuple[str, str], Identity]
) -> dict[tuple[str, str], tuple[PersonMixin, AddressQuestion | None]]:
    """Return the person behind each row, and what is to be asked about it.

    Where another process made one of them a moment ago, everybody at that address is looked at anew: the other may
    have written the same human, or the other one of a couple.
    """
    found: dict[tuple[str, str], tuple[PersonMixin, AddressQuestion | None]] = {}
    for _ in range(_TRIES):
        left = {key: one for key, one in whose.items() if key not in found}
        if not left:
            break
        chosen, values = _choose(ctx, left)
        made = _make(ctx, values)
        for key, (somebody, question) in chosen.items():
            person = somebody.person or made.get((key[0], somebody.person_key))
            if person is not None:
                found[key] = person, question
    else:
        # Whoever is in the way cannot be seen from here; the error lets the whole transaction begin again.
        ctx.session.add_all([ctx.models.person(**one) for one in values])
        ctx.session.flush()
    return found


def _choose(
    ctx: Context, whose: Mapping[tuple[str, str], Identity]
) -> tuple[
    dict[tuple[str, str], tuple[Somebody, AddressQuestion | None]],
    list[dict[str, Any]],
]:
    """Say of each row who it is, and return the values of the people that are still to be made."""
    known = there(ctx, whose.values())
    named = named_exactly(ctx, [(one, known[one.at]) for one in whose.values() if one.at in known])
    chosen: dict[tuple[str, str], tuple[Somebody, AddressQuestion | None]] = {}
    values: dict[tuple[str, str], dict[str, Any]] = {}
    for key, one in whose.items():
        people = known.setdefault(one.at, [])
        somebody, question = who_of(one, people, named)
        if somebody is None:
            somebody = Somebody(next_key(one.key, people), tokens(one.name))
            values[one.scope, somebody.person_key] = _values(ctx, one, somebody.person_key)
            _name_the_address(one, people)
            people.append(somebody)
        chosen[key] = somebody, question
    # In one order, so that no two processes wait for each other.
    return chosen, [values[key] for key in sorted(values)]


def _make(ctx: Context, values: Sequence[dict[str, Any]]) -> dict[tuple[str, str], PersonMixin]:
    """Make people, by scope and key; none at an address at which another process made one first."""
    made = add_new(ctx.session, ctx.models.person, values) if values else []
    people = {(one.scope, one.person_key): one for one in made}
    lost = {
        (one["scope"], one["address_key"])
        for one in values
        if (one["scope"], one["person_key"]) not in people and one["address_key"] is not None
    }
    for person in made:
        if (person.scope, person.address_key) in lost:
            del people[person.scope, person.person_key]
            ctx.session.delete(person)
    if lost:
        ctx.session.flush()
    return people


def _values(ctx: Context, identity: Identity, key: str) -> dict[str, Any]:
    return {
        "scope": identity.scope,
        "person_key": key,
        "address_key": identity.key if identity.by_address else None,
        "name": identity.name[:400],
        "email": identity.email[:320],
        "created_at": ctx.now(),
    }


def _name_the_address(identity: Identity, people: Sequence[Somebody]) -> None:
    """Write the address beside the key of a row of an earlier version, now that a second person is found by it."""
    for one in people:
        if one.person is not None and one.person.address_key is None:
            one.person.address_key = identity.key


def who_is(ctx: Context, candidate: Any, scope: str, link: CandidateLinkMixin | None) -> PersonMixin | None:
    """Return the person of a host row, linked already or to be linked at first sight; looks only."""
    if link is not None:
        return ctx.session.get(ctx.models.person, link.person_id)
    one = identity_of(ctx, candidate, scope)
    people = there(ctx, [one]).get(one.at, [])
    somebody, _ = who_of(one, people, named_exactly(ctx, [(one, people)]))
    return None if somebody is None else somebody.person


def _recheck(ctx: Context, candidate: Any, link: CandidateLinkMixin, person: PersonMixin) -> None:
    """See whether a row changed. Its person is called as the row that changed last, not as the one looked at last."""
    name, email = ctx.host.name_of(candidate), ctx.host.email_of(candidate)
    new_name, new_email = fingerprint(name), fingerprint(email)
    renamed, moved = new_name != link.name_hash, new_email != link.email_hash
    if renamed and moved:
        if link.suspended_at is None:
            link.suspended_at = ctx.now()
        return
    if link.suspended_at is not None:
        link.suspended_at = None  # it looks again as it did
    if renamed:
        link.name_hash, person.name = new_name, name[:400]
    if moved:
        link.email_hash, person.email = new_email, email[:320]


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


def forget(ctx: Context, person: PersonMixin, *, by: Actor) -> None:
    """Erase what we keep about a person, in every part, and remember only keyed hashes.

    Decisions stay as tombstones without text, so that ``sync`` never writes about them again.
    """
    suppress_person(ctx, person)
    person_id, scope = person.id, person.scope
    for erase in ctx.seams.forgetters:
        erase(ctx, person)
    link, consent, audit = ctx.models.candidate_link, ctx.models.consent, ctx.models.audit
    ctx.session.execute(sa.delete(consent).where(consent.person_id == person_id))
    ctx.session.execute(sa.delete(link).where(link.person_id == person_id))
    about = sa.and_(audit.subject == "person", audit.subject_id == person_id)
    ctx.session.execute(sa.update(audit).where(about, audit.data.is_not(None)).values(data=None))
    ctx.session.flush()
    ctx.session.expire_all()
    ctx.session.execute(sa.delete(ctx.models.person).where(ctx.models.person.id == person_id))
    ctx.record(by, "forget", "person", person_id, scope=scope)
    ctx.session.flush()
