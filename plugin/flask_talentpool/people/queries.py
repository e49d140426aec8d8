"""What a person's page shows, read by a constant number of statements."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import (
    DecisionState,
    MemberState,
)
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.one_address import Joined, Other, joined, neighbours_of
from flask_talentpool.people.timeline import (
    ENDINGS,
    LONGEST,
    Event,
    PersonPlace,
    timeline,
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A label on the person."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class HostRow:
    """A candidate row of the host that is this person."""

    candidate_key: str
    name: str
    email: str
    url: str
    is_in_doubt: bool
    link_id: int
    question: str
    """What of “same address: one person?” is open about it; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Application:
    """A decision that stands, with the bench it is on."""

    decision_id: int
    outcome: str
    job: str
    bench: str
    reached: str
    finish: int | None
    door: str
    decided_at: datetime
    told_at: datetime | None
    told_by: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything about one person that the acting person may see."""

    id: int
    scope: str
    name: str
    email: str
    objected_at: datetime | None
    known_since: datetime
    rows: tuple[HostRow, ...]
    neighbours: tuple[Other, ...]
    """Who else is known by the same address."""
    joined: tuple[Joined, ...]
    """When this person was made one of two, while it can be undone."""
    places: tuple[PersonPlace, ...]
    tags: tuple[Tag, ...]
    known_tags: tuple[str, ...]
    applications: tuple[Application, ...]
    timeline: tuple[Event, ...]


def person_page(ctx: Context, visible: Visible, person: PersonMixin) -> PersonPage:
    """Read a person's page; ``person`` is a row the acting person may see."""
    decisions = _rows(ctx, visible, ctx.models.decision, person, by="decided_at")
    letters = _rows(ctx, visible, ctx.models.letter, person, by="composed_at")
    recalls = _rows(ctx, visible, ctx.models.recall, person, by="invited_at")
    touches = _rows(ctx, visible, ctx.models.touch, person, by="at")
    incoming = _rows(ctx, visible, ctx.models.incoming, person, by="received_at")
    places = tuple(_places(ctx, person))
    consents = _consents(ctx, person)
    return PersonPage(
        id=person.id,
        scope=person.scope,
        name=person.name,
        email=person.email,
        objected_at=person.objected_at,
        known_since=person.created_at,
        rows=tuple(_host_rows(ctx, person)),
        neighbours=neighbours_of(ctx, visible, person),
        joined=joined(ctx, person),
        places=places,
        tags=tuple(_tags(ctx, person)),
        known_tags=_known_tags(ctx, visible, person.scope),
        applications=tuple(_applications(ctx, decisions)),
        timeline=timeline(
            decisions=decisions,
            letters=letters,
            recalls=recalls,
            touches=touches,
            incoming=incoming,
            places=places,
            consents=consents,
        ),
    )


def _rows(ctx: Context, visible: Visible, model: type[Any], person: PersonMixin, *, by: str) -> list[Any]:
    newest = getattr(model, by).desc()
    statement = visible(sa.select(model).where(model.person_id == person.id)).order_by(
        newest, model.id.desc()
    )
    return list(ctx.session.scalars(statement.limit(LONGEST)))


def _host_rows(ctx: Context, person: PersonMixin) -> Iterator[HostRow]:
    link, host = ctx.models.candidate_link, ctx.host
    links = list(ctx.session.scalars(sa.select(link).where(link.person_id == person.id).order_by(link.id)))
    attribute = getattr(host.map.candidate, host.key_attribute(host.map.candidate))
    keys = [row.candidate_id for row in links if row.candidate_id is not None]
    found = ctx.session.scalars(sa.select(host.map.candidate).where(attribute.in_(keys))) if keys else ()
    candidates = {key_text(key_of(candidate)): candidate for candidate in found}
    for row in links:
        candidate = candidates.get(row.candidate_key)
        url = host.map.candidate_url
        yield HostRow(
            candidate_key=row.candidate_key,
            name=host.name_of(candidate) if candidate is not None else "",
            email=host.email_of(candidate) if candidate is not None else "",
            url=url(candidate) if url is not None and candidate is not None else "",
            is_in_doubt=row.suspended_at is not None,
            link_id=row.id,
            question=row.question or "",
        )


def _places(ctx: Context, person: PersonMixin) -> Iterator[PersonPlace]:
    member, pool = ctx.models.member, ctx.models.pool
    statement = (
        sa.select(member, pool).join(pool, pool.id == member.pool_id).where(member.person_id == person.id)
    )
    ended_last = sa.case((member.state == MemberState.ENDED, 1), else_=0)
    for place, within in ctx.session.execute(statement.order_by(ended_last, member.added_at.desc())):
        yield PersonPlace(
            member_id=place.id,
            pool_key=within.key,
            pool_scope=within.scope,
            pool_name=within.name,
            state=place.state,
            source=place.source,
            reason=place.reason,
            by=place.added_by_name,
            since=place.added_at,
            until=place.until,
            ended_at=place.ended_at,
            ending=ENDINGS.get(place.ended_because, place.ended_because),
        )


def _consents(ctx: Context, person: PersonMixin) -> list[Any]:
    consent = ctx.models.consent
    statement = sa.select(consent).where(consent.person_id == person.id)
    return list(ctx.session.scalars(statement.order_by(consent.id.desc()).limit(LONGEST)))


def _tags(ctx: Context, person: PersonMixin) -> Iterator[Tag]:
    tag, on = ctx.models.tag, ctx.models.person_tag
    statement = sa.select(tag).join(on, on.tag_id == tag.id).where(on.person_id == person.id)
    for row in ctx.session.scalars(statement.order_by(tag.name)):
        yield Tag(row.id, row.key, row.name)


def _known_tags(ctx: Context, visible: Visible, scope: str) -> tuple[str, ...]:
    tag = ctx.models.tag
    return tuple(
        row.name
        for row in ctx.session.scalars(
            visible(sa.select(tag).where(tag.scope == scope)).order_by(tag.name).limit(LONGEST)
        )
    )


def _applications(ctx: Context, decisions: Iterable[Any]) -> Iterator[Application]:
    for row in decisions:
        if row.state not in (DecisionState.LIVE, DecisionState.BASELINE):
            continue
        yield Application(
            decision_id=row.id,
            outcome=row.outcome,
            job=row.job_label,
            bench=row.job_key if ctx.host.map.job is not None else row.job_label,
            reached=row.stage_reached,
            finish=row.finish,
            door=row.door,
            decided_at=row.decided_at,
            told_at=row.told_at,
            told_by=row.told_by,
        )


# The timeline
