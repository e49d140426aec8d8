"""What the pages of pools show, read by a constant number of statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import DecisionState, MemberState, Source, stage_rank
from flask_talentpool.errors import NotFound
from flask_talentpool.pools.service import STANDARD_POOLS

PAGE_SIZE = 50
HERE = (MemberState.NOTED, MemberState.OFFERED, MemberState.MEMBER, MemberState.PAUSED)

_SOURCES = {
    Source.RECALL_BUTTON: "Noted by {by}",
    Source.LETTER: "Offered a place in the outcome letter",
    Source.ASKED: "Asked to be kept in mind",
    Source.ADOPTED: "Adopted from earlier decisions",
    Source.ADDED: "Added by {by}",
}


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One pool in a list, with how many people stand in it, by state."""

    id: int
    key: str
    scope: str
    name: str
    description: str
    is_archived: bool
    noted: int = 0
    offered: int = 0
    member: int = 0
    paused: int = 0

    @property
    def total(self) -> int:
        """How many people have a place now."""
        return self.noted + self.offered + self.member + self.paused


@dataclass(frozen=True, slots=True)
class PoolsPage:
    """The list of pools."""

    pools: tuple[PoolLine, ...]
    to_come: tuple[str, ...]
    """Names of the standard pools nobody has used yet."""
    may_create: bool
    scopes: tuple[str, ...]
    """Where a new pool can be made; more than one is asked about."""


@dataclass(frozen=True, slots=True)
class Label:
    """A tag with its key."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Furthest:
    """How far a person came, at their best."""

    reached: str
    finish: int | None
    job: str


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One person's place in a pool."""

    member_id: int
    person_id: int
    name: str
    state: str
    why: str
    reason: str
    reached: str
    finish: int | None
    job: str
    tags: tuple[Label, ...]
    last_touch: datetime | None
    until: datetime | None
    ended_because: str
    objected: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by."""

    q: str = ""
    tag: str = ""
    state: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.q or self.tag or self.state)


@dataclass(frozen=True, slots=True)
class PoolPage:
    """One pool with a page of its people."""

    pool: PoolLine
    filters: Filters
    members: tuple[MemberLine, ...]
    found: int
    number: int
    pages: int
    tags: tuple[Label, ...]


def pools_page(ctx: Context, visible: Visible, *, scopes: Collection[str], may_create: bool) -> PoolsPage:
    """Read the list of pools: most people first."""
    lines = pool_lines(ctx, visible)
    there = {(line.scope, line.key) for line in lines}
    to_come = [
        name
        for key, (name, _) in STANDARD_POOLS.items()
        if not any((scope, key) in there for scope in scopes)
    ]
    return PoolsPage(
        pools=tuple(lines), to_come=tuple(to_come), may_create=may_create, scopes=tuple(sorted(scopes))
    )


def pool_lines(ctx: Context, visible: Visible, *, only: int | None = None) -> list[PoolLine]:
    """Read pools with their counts; the counts are of people the acting person may see."""
    pool, member = ctx.models.pool, ctx.models.member
    some = sa.select(pool) if only is None else sa.select(pool).where(pool.id == only)
    rows = list(ctx.session.scalars(visible(some)))
    places = sa.select(member.pool_id, member.state, member.id)
    if only is not None:
        places = places.where(member.pool_id == only)
    seen = visible(places).subquery()
    counted = sa.select(seen.c.pool_id, seen.c.state, sa.func.count()).group_by(seen.c.pool_id, seen.c.state)
    counts: dict[int, dict[str, int]] = {}
    for pool_id, state, number in ctx.session.execute(counted):
        counts.setdefault(pool_id, {})[state] = number
    here = set(HERE)
    lines = [
        PoolLine(
            id=row.id,
            key=row.key,
            scope=row.scope,
            name=row.name,
            description=row.description,
            is_archived=row.archived_at is not None,
            **{state: number for state, number in counts.get(row.id, {}).items() if state in here},
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.is_archived, -line.total, line.name.casefold()))


def find_pool(ctx: Context, visible: Visible, key: str, scope: str | None) -> int:
    """Return the id of a pool by key, in one scope or in the first that has it.

    Raises:
        NotFound: There is no such pool, or it is not theirs to see.
    """
    pool = ctx.models.pool
    statement = visible(sa.select(pool).where(pool.key == key))
    if scope is not None:
        statement = statement.where(pool.scope == scope)
    found = ctx.session.scalars(statement.order_by(pool.scope).limit(1)).first()
    if found is None:
        raise NotFound(f"There is no pool “{key[:80]}” here. Choose one from the list of pools.")
    return int(found.id)


def pool_page(ctx: Context, visible: Visible, pool_id: int, filters: Filters, *, number: int = 1) -> PoolPage:
    """Read one pool and a page of its people, those who came last first."""
    (line,) = pool_lines(ctx, visible, only=pool_id)
    statement = _members(ctx, visible, pool_id, filters)
    found = ctx.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    pages = max(1, -(-found // PAGE_SIZE))
    number = min(max(1, number), pages)
    member = ctx.models.member
    rows = ctx.session.execute(
        statement.order_by(member.added_at.desc(), member.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    ids = [row.person_id for row in rows]
    furthest, touched, tags = furthest_of(ctx, visible, ids), last_touch_of(ctx, ids), tags_of(ctx, ids)
    return PoolPage(
        pool=line,
        filters=filters,
        members=tuple(_line(row, furthest, touched, tags) for row in rows),
        found=found,
        number=number,
        pages=pages,
        tags=known_tags(ctx, visible, line.scope),
    )


def _members(ctx: Context, visible: Visible, pool_id: int, filters: Filters) -> sa.Select[Any]:
    member, person = ctx.models.member, ctx.models.person
    statement = visible(
        sa.select(
            member.id,
            member.person_id,
            member.state,
            member.source,
            member.reason,
            member.added_by_name,
            member.until,
            member.ended_because,
        ).where(member.pool_id == pool_id)
    )
    statement = statement.join(person, person.id == member.person_id).add_columns(
        person.name, person.objected_at
    )
    if filters.state in set(MemberState):
        statement = statement.where(member.state == filters.state)
    elif filters.state != "all":
        statement = statement.where(member.state.in_(list(HERE)))
    if filters.q:
        columns = (person.name, person.email, member.reason)
        statement = statement.where(
            sa.or_(*(column.icontains(filters.q, autoescape=True) for column in columns))
        )
    if filters.tag:
        tag, on = ctx.models.tag, ctx.models.person_tag
        tagged = sa.select(on.person_id).join(tag, tag.id == on.tag_id).where(tag.key == filters.tag)
        statement = statement.where(member.person_id.in_(tagged))
    return statement


def _line(
    row: Any, furthest: dict[int, Furthest], touched: dict[int, datetime], tags: dict[int, list[Label]]
) -> MemberLine:
    best = furthest.get(row.person_id)
    return MemberLine(
        member_id=row.id,
        person_id=row.person_id,
        name=row.name,
        state=row.state,
        why=why_here(row.source, row.added_by_name),
        reason=row.reason,
        reached=best.reached if best else "",
        finish=best.finish if best else None,
        job=best.job if best else "",
        tags=tuple(tags.get(row.person_id, ())),
        last_touch=touched.get(row.person_id),
        until=row.until,
        ended_because=row.ended_because,
        objected=row.objected_at is not None,
    )


def why_here(source: str, by: str) -> str:
    """Say where a place in a pool came from."""
    text = _SOURCES.get(Source(source), "") if source in set(Source) else ""
    return text.format(by=by or "a colleague")


def furthest_of(ctx: Context, visible: Visible, person_ids: Collection[int]) -> dict[int, Furthest]:
    """Return how far people came: by stage, then finish, then the latest."""
    decision = ctx.models.decision
    states = [DecisionState.LIVE, DecisionState.BASELINE]
    statement = sa.select(
        decision.person_id, decision.stage_reached, decision.finish, decision.job_label, decision.decided_at
    ).where(decision.person_id.in_(person_ids), decision.state.in_(states))
    rows = ctx.session.execute(visible(statement).order_by(decision.decided_at)).all() if person_ids else []
    best: dict[int, tuple[tuple[int, float], Furthest]] = {}
    for row in rows:
        rank = (-stage_rank(row.stage_reached), row.finish or float("inf"))
        if row.person_id not in best or rank <= best[row.person_id][0]:
            best[row.person_id] = (rank, Furthest(row.stage_reached, row.finish, row.job_label))
    return {person_id: found for person_id, (_, found) in best.items()}


def last_touch_of(ctx: Context, person_ids: Collection[int]) -> dict[int, datetime]:
    """Return when people were last in contact, by any channel, in either direction."""
    if not person_ids:
        return {}
    touch = ctx.models.touch
    last = sa.func.max(touch.at, type_=touch.at.type)
    statement = (
        sa.select(touch.person_id, last).where(touch.person_id.in_(person_ids)).group_by(touch.person_id)
    )
    return {person_id: at for person_id, at in ctx.session.execute(statement)}  # noqa: C416 (a Row is no pair to mypy)


def tags_of(ctx: Context, person_ids: Collection[int]) -> dict[int, list[Label]]:
    """Return people's tags by name."""
    if not person_ids:
        return {}
    tag, on = ctx.models.tag, ctx.models.person_tag
    statement = sa.select(on.person_id, tag.id, tag.key, tag.name).join(tag, tag.id == on.tag_id)
    found: dict[int, list[Label]] = {}
    for row in ctx.session.execute(statement.where(on.person_id.in_(person_ids)).order_by(tag.name)):
        found.setdefault(row.person_id, []).append(Label(row.id, row.key, row.name))
    return found


def known_tags(ctx: Context, visible: Visible, scope: str) -> tuple[Label, ...]:
    """Return the tags of a scope by name, at most 200."""
    tag = ctx.models.tag
    rows: Iterable[Any] = ctx.session.scalars(
        visible(sa.select(tag).where(tag.scope == scope)).order_by(tag.name).limit(200)
    )
    return tuple(Label(row.id, row.key, row.name) for row in rows)
