"""“Same address: one person?”: two persons become one, and a row becomes a person of its own."""

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.audit import AuditMixin
from flask_talentpool.db.locks import seize, update_if
from flask_talentpool.enums import AddressQuestion
from flask_talentpool.errors import Refused
from flask_talentpool.people.carrying import (
    CARRIED,
    SETTLED,
    carry_invitations,
    give_places_back,
    hold,
    invite_as,
    look_anew,
    move,
    settle_places,
    settle_tags,
)
from flask_talentpool.people.identity import Identity, named_exactly, next_key, there, who_of
from flask_talentpool.people.model import CandidateLinkMixin, PersonMixin

UNDO_WITHIN = timedelta(days=30)
JOINED = "one_person"
"""The act in the trail that keeps what was whose, so that it can be undone."""

BECAME = "became"
"""The act in the trail that says as whom a person goes on who is there no more."""


# One person


def confirm(ctx: Context, link: CandidateLinkMixin, question: AddressQuestion, *, by: Actor) -> None:
    """Somebody said that what a row counts as is right; nothing moves.

    Raises:
        Refused: Nobody asks any more.
    """
    _answer(ctx, link, question)
    ctx.record(by, "address_confirmed", "candidate_link", link.id, scope=link.scope, detail=question)
    ctx.session.flush()


def _answer(ctx: Context, link: CandidateLinkMixin, question: AddressQuestion) -> None:
    """Take a question off a row; of two who answer at once the second finds it settled."""
    if not seize(ctx.session, link, type(link).question == question, question=None):
        raise Refused(SETTLED, code="not_in_doubt")


def join(
    ctx: Context,
    one: PersonMixin,
    other: PersonMixin,
    *,
    by: Actor,
    answers: CandidateLinkMixin | None = None,
) -> PersonMixin:
    """Make two persons at one address one: the one known longer keeps their key, and all that the two had.

    The narrower wish of the two holds from now on.

    Args:
        ctx: The unit of work.
        one: One of them.
        other: The other.
        by: Who says so.
        answers: The row that was asked about, where this is an answer.

    Raises:
        Refused: It was answered already, they share no address, both are invited back to one job, or a letter is
            going out just now.
    """
    if answers is not None:
        _answer(ctx, answers, AddressQuestion.APART)
    keep, gives = sorted((one, other), key=lambda person: person.id)
    hold(ctx, keep, gives)
    if keep.id == gives.id or keep.scope != gives.scope or _address(keep) != _address(gives):
        raise Refused("These two do not share the address they are known by.", code="not_one_address")
    carry_invitations(ctx, keep, gives)
    before: dict[str, Any] = {"person": gives.id, "places": settle_places(ctx, keep, gives)}
    before["tags"] = settle_tags(ctx, keep, gives)
    link = ctx.models.candidate_link
    apart = sa.and_(link.person_id == gives.id, link.question == AddressQuestion.APART)
    update_if(ctx.session, link, apart, question=None)
    before["moved"] = {
        name: move(ctx, name, getattr(ctx.models, name).person_id == gives.id, keep.id) for name in CARRIED
    }
    keep.objected_at = min(
        (at for at in (keep.objected_at, gives.objected_at) if at is not None), default=None
    )
    row = ctx.record(by, JOINED, "person", keep.id, scope=keep.scope, detail=str(gives.id))
    row.data = json.dumps(before)
    ctx.record(by, BECAME, "person", gives.id, scope=keep.scope, detail=str(keep.id))
    ctx.session.flush()
    ctx.session.expire_all()
    ctx.session.delete(gives)
    look_anew(ctx, keep.id)
    return keep


def undo(ctx: Context, row: AuditMixin, *, by: Actor) -> PersonMixin:
    """Make two persons of one again, each with what was theirs; what came later goes with its host row.

    Raises:
        Refused: It was undone already, or is too long ago.
    """
    person = ctx.session.get(ctx.models.person, row.subject_id)
    if person is not None:
        hold(ctx, person)
        ctx.session.refresh(row)
    if person is None or row.data is None or row.at < ctx.now() - UNDO_WITHIN:
        raise Refused("This was undone already, or is more than 30 days ago.", code="not_to_undo")
    before = json.loads(row.data)
    row.data = None
    link = ctx.models.candidate_link
    ids = before["moved"]["candidate_link"]
    links = ctx.session.scalars(sa.select(link).where(link.id.in_(ids), link.person_id == person.id)).all()
    part = _another(ctx, person, links[0] if links else None)
    for name, moved in before["moved"].items():
        model = getattr(ctx.models, name)
        for some in chunks(moved):
            move(ctx, name, sa.and_(model.id.in_(some), model.person_id == person.id), part.id)
    for one in links:
        _move_row(ctx, one, person, part)
    give_places_back(ctx, before["places"], person, part)
    for tag_id in before["tags"]:
        ctx.session.add(
            ctx.models.person_tag(person_id=part.id, tag_id=tag_id, added_by=by.id, added_at=ctx.now())
        )
    ctx.record(by, "two_persons", "person", person.id, scope=person.scope, detail=str(part.id))
    _finish(ctx, person, part)
    return part


# Two persons


def part_row(ctx: Context, link: CandidateLinkMixin, *, by: Actor) -> PersonMixin:
    """Somebody said that a row is another human: what is about that row goes with it, and a place by its decision.

    Whoever is known at the address under the very name of the row is who it is; else it is a new person.

    Raises:
        Refused: The row is the only one of its person already, or a letter is going out just now.
    """
    person = ctx.session.get_one(ctx.models.person, link.person_id)
    hold(ctx, person)
    ctx.session.refresh(link)
    model = ctx.models.candidate_link
    others = sa.select(model.id).where(model.person_id == person.id, model.id != link.id).limit(1)
    if link.person_id != person.id or ctx.session.scalars(others).first() is None:
        raise Refused(SETTLED, code="not_in_doubt")
    part = _namesake(ctx, link, person) or _another(ctx, person, link)
    _move_row(ctx, link, person, part)
    link.question = None
    ctx.record(by, "two_persons", "person", person.id, scope=person.scope, detail=str(part.id))
    _finish(ctx, person, part)
    return part


def _named(ctx: Context, link: CandidateLinkMixin | None, person: PersonMixin) -> Identity:
    """Read what a row says of who it is; a row that is gone is called as its person."""
    candidate = None
    if link is not None and link.candidate_id is not None:
        candidate = ctx.session.get(ctx.host.map.candidate, link.candidate_id)
    name = person.name if candidate is None else ctx.host.name_of(candidate)
    email = person.email if candidate is None else ctx.host.email_of(candidate)
    return Identity(person.scope, _address(person), True, name, email)


def _namesake(ctx: Context, link: CandidateLinkMixin, person: PersonMixin) -> PersonMixin | None:
    one = _named(ctx, link, person)
    people = [other for other in there(ctx, [one]).get(one.at, []) if other.person_key != person.person_key]
    found, question = who_of(one, people, named_exactly(ctx, [(one, people)]))
    return found.person if found is not None and question is None else None


def _another(ctx: Context, person: PersonMixin, link: CandidateLinkMixin | None) -> PersonMixin:
    """Make one more person at the address of another; the narrower wish holds for both."""
    one = _named(ctx, link, person)
    person.address_key = one.key
    part = ctx.models.person(
        scope=person.scope,
        person_key=next_key(one.key, there(ctx, [one]).get(one.at, [])),
        address_key=one.key,
        name=one.name[:400],
        email=one.email[:320],
        objected_at=person.objected_at,
        created_at=ctx.now(),
    )
    ctx.session.add(part)
    ctx.session.flush()
    return part


def _move_row(ctx: Context, link: CandidateLinkMixin, person: PersonMixin, part: PersonMixin) -> None:
    """Move what is about one host row, and what hangs on that."""
    models = ctx.models

    def along(name: str, which: sa.ColumnElement[bool]) -> list[int]:
        return move(ctx, name, sa.and_(getattr(models, name).person_id == person.id, which), part.id)

    about = {
        name: along(name, getattr(models, name).candidate_key == link.candidate_key)
        for name in ("decision", "clock", "recall")
    }
    letters: list[int] = []
    for name, ids in about.items():
        for some in chunks(ids):
            letters += along("letter", getattr(models.letter, f"{name}_id").in_(some))
    places: list[int] = []
    for some in chunks(about["decision"]):
        mine = sa.select(models.member.pool_id).where(models.member.person_id == part.id)
        places += along(
            "member", sa.and_(models.member.decision_id.in_(some), models.member.pool_id.not_in(mine))
        )
    for some in chunks(letters):
        for name in ("link", "touch", "incoming"):
            along(name, getattr(models, name).letter_id.in_(some))
        # What offers a place that stays with the other offers none any more.
        stays = sa.select(models.member.id).where(models.member.person_id == person.id)
        update_if(
            ctx.session,
            models.letter,
            models.letter.id.in_(some),
            models.letter.member_id.in_(stays),
            member_id=None,
        )
    for some in chunks(places):
        along("consent", models.consent.member_id.in_(some))
    invite_as(ctx, about["recall"], person.id, part.id)
    along("candidate_link", models.candidate_link.id == link.id)


def _address(person: PersonMixin) -> str:
    return person.address_key or person.person_key


def _finish(ctx: Context, person: PersonMixin, part: PersonMixin) -> None:
    ctx.session.flush()
    look_anew(ctx, person.id, part.id)
