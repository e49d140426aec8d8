"""Where a candidate of the host stands with our pools; looks only, writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import MemberState
from flask_talentpool.errors import NotFound
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.kept_out import is_suppressed
from flask_talentpool.people.model import CandidateLinkMixin, PersonMixin
from flask_talentpool.people.service import find_link, looks_like_somebody_else, who_is
from flask_talentpool.pools import service
from flask_talentpool.pools.keys import LONGEST_NAME
from flask_talentpool.pools.queries import known_tags, tags_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlace:
    """A place in a pool that has not ended."""

    member_id: int
    pool: str
    pool_key: str
    scope: str
    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatus:
    """What the button and its page know about one candidate in one scope."""

    candidate_key: str
    name: str
    scope: str
    scopes: tuple[str, ...]
    """The scopes to choose from, the one meant first."""
    person_id: int | None
    link_id: int | None
    places: tuple[PoolPlace, ...]
    tags: tuple[str, ...]
    obstacle: str
    """A code, empty when nothing stands in the way: ``forgotten``, ``identity`` or ``never_pool``."""
    sentence: str
    """What stands in the way, for a person to read."""
    pool_key: str
    """The pool that fits how far this person came."""
    pool: str
    suggested_tags: tuple[str, ...]
    """What a single press puts on the person: the job of the latest application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChoice:
    """A pool somebody can be noted for."""

    key: str
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChoices:
    """What can be chosen on the page behind the button."""

    pools: tuple[PoolChoice, ...]
    tags: tuple[str, ...]


SENTENCES = {"forgotten": service.FORGOTTEN, "identity": service.IN_DOUBT, "never_pool": service.NEVER_POOL}


def find_candidate(ctx: Context, text: str) -> Any:
    """Return a host candidate by its key as text.

    Raises:
        NotFound: There is none, or the text is no key.
    """
    cls = ctx.host.map.candidate
    return host_row(ctx, cls, text)


def host_row(ctx: Context, cls: type[Any], text: str) -> Any:
    """Return a host row by its key as text.

    Raises:
        NotFound: There is none, or the text is no key of this class.
    """
    key = ctx.host.key_in(cls, text)
    if key is None:
        raise NotFound
    row = ctx.host.get(ctx.session, cls, key)
    if row is None:
        raise NotFound
    return row


def scopes_of(
    ctx: Context, candidate: Any, applications: Sequence[Any], allowed: Iterable[str] | None
) -> tuple[str, ...]:
    """Return the scopes a candidate can be noted in, that of the latest application first.

    Args:
        ctx: The unit of work.
        candidate: The host's row.
        applications: All of the candidate's, the newest last.
        allowed: The scopes the acting person sees; None for all.

    Raises:
        NotFound: The candidate is in none of theirs, or nothing says in which.
    """
    mine = None if allowed is None else sorted(allowed)
    found = dict.fromkeys(ctx.host.scope_of(application) for application in reversed(applications))
    if not found:
        whose = ctx.host.scope_of_candidate(candidate)
        if whose is None and mine is not None:
            raise NotFound
        found = {whose or "": None}
    theirs = tuple(scope for scope in found if mine is None or scope in mine)
    if not theirs:
        raise NotFound
    return theirs


def pool_status(
    ctx: Context, candidate: Any, applications: Sequence[Any], visible: Visible, scopes: tuple[str, ...]
) -> PoolStatus:
    """Look at a candidate in the first of these scopes, with all applications, the newest last."""
    scope = scopes[0]
    link = find_link(ctx, key_of(candidate), scope)
    person = who_is(ctx, candidate, scope, link)
    obstacle = _obstacle(ctx, candidate, applications, scope, link=link, person=person)
    here = [application for application in applications if ctx.host.scope_of(application) == scope]
    pool_key = service.sensible_pool_key(ctx, person, here)
    return PoolStatus(
        candidate_key=key_text(key_of(candidate)),
        name=called(ctx, candidate),
        scope=scope,
        scopes=scopes,
        person_id=person.id if person is not None else None,
        link_id=link.id if link is not None else None,
        places=places_of(ctx, person, visible),
        tags=tuple(tag.name for tag in tags_of(ctx, [person.id]).get(person.id, ()))
        if person is not None
        else (),
        obstacle=obstacle,
        sentence=SENTENCES.get(obstacle, ""),
        pool_key=pool_key,
        pool=_pool_name(ctx, scope, pool_key),
        suggested_tags=suggested_tags(ctx, here, scope),
    )


def called(ctx: Context, candidate: Any) -> str:
    """Return what sentences call a candidate."""
    return ctx.host.name_of(candidate) or "this person"


def suggested_tags(ctx: Context, applications: Sequence[Any], scope: str) -> tuple[str, ...]:
    """Return what a single press puts on the person: the job of the latest application in a scope."""
    here = [application for application in applications if ctx.host.scope_of(application) == scope]
    label = ctx.host.label_of(here[-1], ctx.session) if here else ""
    return (label[:LONGEST_NAME],) if label else ()


def places_of(ctx: Context, person: PersonMixin | None, visible: Visible) -> tuple[PoolPlace, ...]:
    """Return a person's places that have not ended, the latest first."""
    if person is None:
        return ()
    member, pool = ctx.models.member, ctx.models.pool
    mine = visible(sa.select(member).where(member.person_id == person.id, member.state != MemberState.ENDED))
    statement = mine.join(pool, pool.id == member.pool_id).add_columns(pool.name, pool.key)
    rows = ctx.session.execute(statement.order_by(member.added_at.desc(), member.id.desc()))
    return tuple(
        PoolPlace(
            member_id=row.id,
            pool=name,
            pool_key=key,
            scope=row.scope,
            state=row.state,
            since=row.added_at,
            until=row.until,
        )
        for row, name, key in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A candidate's pools and tags, as badges show them."""

    person_id: int | None
    places: tuple[PoolPlace, ...]
    tags: tuple[str, ...]


def labels(ctx: Context, candidate: Any, visible: Visible, scopes: tuple[str, ...]) -> Labels:
    """Return what a candidate is labelled with in the first of these scopes."""
    link = find_link(ctx, key_of(candidate), scopes[0])
    person = who_is(ctx, candidate, scopes[0], link)
    if person is None or (link is not None and looks_like_somebody_else(ctx, candidate, link)):
        return Labels(person_id=None, places=(), tags=())
    # Who may see the person sees the tags; a manager sees neither on other people's jobs.
    theirs = ctx.session.scalars(
        visible(sa.select(ctx.models.person).where(ctx.models.person.id == person.id))
    )
    if theirs.one_or_none() is None:
        return Labels(person_id=None, places=(), tags=())
    return Labels(
        person_id=person.id,
        places=places_of(ctx, person, visible),
        tags=tuple(tag.name for tag in tags_of(ctx, [person.id]).get(person.id, ())),
    )


def _obstacle(
    ctx: Context,
    candidate: Any,
    applications: Sequence[Any],
    scope: str,
    *,
    link: CandidateLinkMixin | None,
    person: PersonMixin | None,
) -> str:
    if is_suppressed(ctx, candidate, scope):
        return "forgotten"
    if link is not None and looks_like_somebody_else(ctx, candidate, link):
        return "identity"
    if service.any_barred(ctx, applications) or (person is not None and service.is_barred(ctx, person)):
        return "never_pool"
    return ""


def candidate_keys(ctx: Context, person_id: int) -> list[str]:
    """Return the keys of the host rows that are one person."""
    link = ctx.models.candidate_link
    return list(ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person_id)))


def _pool_name(ctx: Context, scope: str, key: str) -> str:
    pool = ctx.models.pool
    name = ctx.session.scalars(sa.select(pool.name).where(pool.scope == scope, pool.key == key)).one_or_none()
    return name or service.STANDARD_POOLS[key][0]


def choices(ctx: Context, scope: str, visible: Visible) -> PoolChoices:
    """Return the pools and tags of a scope, the standard pools that nobody has used yet among them."""
    pool = ctx.models.pool
    statement = visible(sa.select(pool).where(pool.scope == scope, pool.archived_at.is_(None)))
    rows = ctx.session.scalars(statement.order_by(pool.name)).all()
    archived = set(
        ctx.session.scalars(sa.select(pool.key).where(pool.scope == scope, pool.archived_at.is_not(None)))
    )
    there = {row.key: PoolChoice(key=row.key, name=row.name, description=row.description) for row in rows}
    standard = {
        key: there.pop(key, PoolChoice(key=key, name=name, description=description))
        for key, (name, description) in service.STANDARD_POOLS.items()
        if key not in archived
    }
    return PoolChoices(
        pools=(*standard.values(), *there.values()),
        tags=tuple(tag.name for tag in known_tags(ctx, visible, scope)),
    )
