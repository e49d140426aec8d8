"""What is asked of people who share an address, for the first page and a person's own."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import AddressQuestion
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.one_person import BECAME, JOINED, UNDO_WITHIN

MOST = 100
"""More open questions than this are “more than”: somebody declares the address as shared."""


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who is known by the same address."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class AddressAsked:
    """A host row of which is asked whether it is one person with somebody at its address."""

    link_id: int
    question: str
    candidate_key: str
    name: str
    """As the row says now."""
    email: str
    person_id: int
    person_name: str
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Two persons whom somebody made one, while it can be undone."""

    audit_id: int
    at: datetime


def asked(ctx: Context, visible: Visible, *, shown: int) -> tuple[tuple[AddressAsked, ...], int]:
    """Return the first open questions, and how many there are, counted to :data:`MOST`."""
    link, person = ctx.models.candidate_link, ctx.models.person
    other, second = sa.orm.aliased(person), sa.orm.aliased(link)
    has_neighbour = sa.exists().where(
        other.scope == person.scope, other.address_key == person.address_key, other.id != person.id
    )
    has_second_row = sa.exists().where(second.person_id == link.person_id, second.id != link.id)
    is_open = sa.or_(
        sa.and_(link.question == AddressQuestion.APART, has_neighbour),
        sa.and_(link.question == AddressQuestion.DOUBT, has_second_row),
    )
    statement = visible(sa.select(link).join(person, person.id == link.person_id).where(is_open))
    rows = ctx.session.execute(statement.add_columns(person).order_by(link.id).limit(MOST + 1)).all()
    if not rows:
        return (), 0
    host = ctx.host
    attribute = getattr(host.map.candidate, host.key_attribute(host.map.candidate))
    keys = [row[0].candidate_id for row in rows[:shown] if row[0].candidate_id is not None]
    found = ctx.session.scalars(sa.select(host.map.candidate).where(attribute.in_(keys)))
    now = {key_text(key_of(candidate)): candidate for candidate in found}
    neighbours = _neighbours(ctx, visible, [row[1] for row in rows[:shown]])
    return tuple(
        AddressAsked(
            link_id=one.id,
            question=str(one.question),
            candidate_key=one.candidate_key,
            name=host.name_of(now[one.candidate_key]) if one.candidate_key in now else whose.name,
            email=whose.email,
            person_id=whose.id,
            person_name=whose.name,
            others=neighbours.get(whose.id, ()),
        )
        for one, whose in rows[:shown]
    ), len(rows)


def neighbours_of(ctx: Context, visible: Visible, person: PersonMixin) -> tuple[Other, ...]:
    """Return who else is known by a person's address, of those that the acting person may see."""
    return _neighbours(ctx, visible, [person]).get(person.id, ())


def _neighbours(ctx: Context, visible: Visible, people: list[PersonMixin]) -> dict[int, tuple[Other, ...]]:
    person = ctx.models.person
    addresses = {one.address_key for one in people if one.address_key is not None}
    if not addresses:
        return {}
    scopes = {one.scope for one in people}
    statement = visible(sa.select(person).where(person.scope.in_(scopes), person.address_key.in_(addresses)))
    found = ctx.session.scalars(statement.order_by(person.id).limit(MOST)).all()
    return {
        one.id: tuple(
            Other(other.id, other.name)
            for other in found
            if (other.scope, other.address_key) == (one.scope, one.address_key) and other.id != one.id
        )
        for one in people
    }


def joined(ctx: Context, person: PersonMixin) -> tuple[Joined, ...]:
    """Return what can still be undone of making this person one of two, the latest first."""
    audit = ctx.models.audit
    statement = sa.select(audit).where(
        audit.subject == "person",
        audit.subject_id == person.id,
        audit.action == JOINED,
        audit.data.is_not(None),
        audit.at >= ctx.now() - UNDO_WITHIN,
    )
    return tuple(Joined(row.id, row.at) for row in ctx.session.scalars(statement.order_by(audit.id.desc())))


def became(ctx: Context, person_id: int) -> int | None:
    """Return as whom somebody goes on who was made one with another; None for anybody else."""
    audit = ctx.models.audit
    statement = sa.select(audit.detail).where(
        audit.subject == "person", audit.subject_id == person_id, audit.action == BECAME
    )
    found = ctx.session.scalars(statement.order_by(audit.id.desc()).limit(1)).first()
    return int(found) if found else None
