"""Places in pools: recall to pool, offering, taking and leaving a place, and tags."""

import calendar
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, MemberState, Source, StageReached
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.people.kept_out import lift_suppression
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.pools.ending import move, withdraw_offers
from flask_talentpool.pools.keys import slug
from flask_talentpool.pools.model import MemberMixin, PoolMixin

STANDARD_POOLS: dict[str, tuple[str, str]] = {
    "finalists": ("Finalists", "They were in the last round: the first to call."),
    "interviewed": ("Interviewed", "They were interviewed and would be worth meeting again."),
    "kept-in-mind": ("Kept in mind", "They asked to be kept in mind, or somebody noted them early."),
}


FORGOTTEN = "This person asked for their data to be erased. They can come back only by their own request."
IN_DOUBT = "Name and address of this candidate both changed. Say first whether it is still the same person."
NEVER_POOL = "Your ATS marks this person as one who must never be in a pool."


# Pools


def ensure_pool(ctx: Context, scope: str, key: str) -> PoolMixin:
    """Return a pool by key; the three standard ones are made on first use.

    Raises:
        NotFound: There is no such pool.
    """
    pool = ctx.models.pool
    statement = sa.select(pool).where(pool.scope == scope, pool.key == key)
    found = ctx.session.scalars(statement).one_or_none()
    if found is not None:
        return found
    if key not in STANDARD_POOLS:
        raise NotFound(
            f"There is no pool {key!r}. Open the list of pools to see which there are, or make it."
        )
    name, description = STANDARD_POOLS[key]
    made = pool(scope=scope, key=key, name=name, description=description, created_at=ctx.now())
    try:
        with ctx.savepoint():
            ctx.session.add(made)
    except IntegrityError:
        return ctx.session.scalars(statement).one()
    return made


def create_pool(ctx: Context, scope: str, *, name: str, description: str = "", by: Actor) -> PoolMixin:
    """Make a pool.

    Raises:
        Refused: The name is empty, or a pool of this name is there already.
    """
    name = " ".join(name.split())[:120]
    key = slug(name)
    if not key:
        raise Refused("Give the pool a name with at least one letter or digit.", code="no_name")
    pool = ctx.models.pool(
        scope=scope,
        key=key,
        name=name,
        description=" ".join(description.split())[:1000],
        created_at=ctx.now(),
    )
    try:
        with ctx.savepoint():
            ctx.session.add(pool)
    except IntegrityError:
        raise Refused(
            f"There is a pool called “{name}” already. Use it, or choose another name.", code="pool_exists"
        ) from None
    ctx.record(by, "create_pool", "pool", pool.id, scope=scope)
    return pool


def sensible_pool_key(ctx: Context, person: PersonMixin | None, applications: Iterable[Any] = ()) -> str:
    """Return the standard pool that fits how far this person came, whatever came after.

    Args:
        ctx: The unit of work.
        person: Whose decisions count, if they are known.
        applications: Rows of the host that count as they stand now, decided or not.
    """
    reached = {_reached(ctx, application) for application in applications}
    if person is not None:
        decision = ctx.models.decision
        reached |= set(
            ctx.session.scalars(sa.select(decision.stage_reached).where(decision.person_id == person.id))
        )
    if StageReached.FINALIST in reached:
        return "finalists"
    return "interviewed" if StageReached.INTERVIEWED in reached else "kept-in-mind"


def _reached(ctx: Context, application: Any) -> str:
    seen = ctx.host.seen_in_object(application)
    interviewed = ctx.host.moment("interviewed_at", application, assume=ctx.settings.timezone)
    return ctx.host.stage_reached(seen.stage, interviewed=interviewed is not None)


# Places


def place_of(ctx: Context, person_id: int, pool_id: int) -> MemberMixin | None:
    """Return a person's place in one pool, ended or not."""
    member = ctx.models.member
    statement = sa.select(member).where(member.person_id == person_id, member.pool_id == pool_id)
    return ctx.session.scalars(statement).one_or_none()


def find_or_make_place(
    ctx: Context, person: PersonMixin, pool: PoolMixin, *, source: Source, by: Actor
) -> tuple[MemberMixin, bool]:
    """Return the person's place in a pool, made in state ``noted`` when there was none."""
    found = place_of(ctx, person.id, pool.id)
    if found is None:
        made = ctx.models.member(
            scope=person.scope,
            pool_id=pool.id,
            person_id=person.id,
            state=MemberState.NOTED,
            source=source,
            added_by=by.id,
            added_by_name=by.name[:160],
            added_at=ctx.now(),
        )
        try:
            with ctx.savepoint():
                ctx.session.add(made)
        except IntegrityError:  # two people pressed at once: there is one place
            found = place_of(ctx, person.id, pool.id)
            if found is None:
                raise
        else:
            return made, True
    if found.state != MemberState.ENDED:
        return found, False
    move(found, MemberState.NOTED)
    found.source, found.added_by, found.added_by_name = source, by.id, by.name[:160]
    found.added_at, found.ended_at, found.ended_because, found.until = ctx.now(), None, "", None
    return found, True


def is_barred(ctx: Context, person: PersonMixin) -> bool:
    """Say whether a decision keeps this person out of every pool; it does so when the host has deleted its row as well."""
    decision = ctx.models.decision
    barred = sa.select(decision.id).where(
        decision.person_id == person.id,
        decision.never_pool.is_(True),
        decision.state.in_([DecisionState.LIVE, DecisionState.BASELINE]),
    )
    return ctx.session.scalars(barred.limit(1)).first() is not None


def any_barred(ctx: Context, applications: Iterable[Any]) -> bool:
    """Say whether the host itself marks one of these applications as never to be pooled."""
    return any(ctx.host.bars_pool(one, ctx.host.read("status", one)) for one in applications)


def offer_place(
    ctx: Context, person: PersonMixin, decision: DecisionMixin, *, by: Actor
) -> tuple[MemberMixin, PoolMixin]:
    """Offer a place in the pool that fits, for a letter written in the same transaction."""
    key = "finalists" if decision.stage_reached == StageReached.FINALIST else "interviewed"
    if decision.stage_reached not in (StageReached.FINALIST, StageReached.INTERVIEWED):
        key = "kept-in-mind"
    model = ctx.models.member
    noted = sa.select(model).where(
        model.person_id == person.id, model.state.in_([MemberState.NOTED, MemberState.OFFERED])
    )
    # The place this letter offers already stays the one, whatever was noted since.
    its_own = sa.case(
        (sa.and_(model.decision_id == decision.id, model.state == MemberState.OFFERED), 0), else_=1
    )
    member = ctx.session.scalars(noted.order_by(its_own, model.added_at.desc(), model.id).limit(1)).first()
    if member is None:
        pool = ensure_pool(ctx, person.scope, key)
        member, _ = find_or_make_place(ctx, person, pool, source=Source.LETTER, by=by)
    if member.state == MemberState.NOTED:
        move(member, MemberState.OFFERED)
        member.until = None
    member.decision_id = decision.id
    ctx.session.flush()
    return member, ctx.session.get_one(ctx.models.pool, member.pool_id)


def withdraw_offer(ctx: Context, member: MemberMixin, letter_id: int) -> None:
    """The letter that would have offered this place does not go; a place that only this one offers ends."""
    ctx.session.flush()
    letter = ctx.models.letter.__table__
    this = sa.select(letter.c.id).where(letter.c.id == letter_id)
    withdraw_offers(ctx.connection(), ctx.models, this, because="withdrawn", now=ctx.now())
    ctx.session.refresh(member)


def take_place(
    ctx: Context,
    person: PersonMixin,
    *,
    member: MemberMixin | None,
    wording: str,
    version: str,
    language: str,
    channel: str = "link",
) -> MemberMixin:
    """The person says "keep me in mind"; saying it again changes nothing.

    Args:
        ctx: The unit of work.
        person: Who says so.
        member: The place that was offered, or None when the person asks by themselves.
        wording: What they agreed to, as they read it.
        version: The version of that wording.
        language: Its language.
        channel: How they said it.
    """
    by = Actor(id=f"person:{person.id}", name=person.name, email=None)
    # Whoever asks by themselves takes the place a recruiter noted them for; it would lapse otherwise.
    member = member if member is not None else _noted_place(ctx, person)
    if member is None or member.state == MemberState.ENDED:
        pool = ensure_pool(ctx, person.scope, sensible_pool_key(ctx, person))
        if member is not None:
            pool = ctx.session.get_one(ctx.models.pool, member.pool_id)
        member, _ = find_or_make_place(ctx, person, pool, source=Source.ASKED, by=by)
    if member.state == MemberState.MEMBER:
        return member
    move(member, MemberState.MEMBER)
    member.until = add_months(ctx.now(), ctx.settings.keep_months)
    ctx.session.add(
        ctx.models.consent(
            scope=person.scope,
            person_id=person.id,
            member_id=member.id,
            wording=wording,
            version=version,
            language=language,
            channel=channel,
            given_at=ctx.now(),
            until=member.until,
        )
    )
    lift_suppression(ctx, person)
    # The consent names invitations; whoever asked for none before asks for them again by it.
    person.objected_at = None
    ctx.record(by, "take_place", "member", member.id, scope=person.scope)
    ctx.session.flush()
    ctx.announce(signals.place_taken, member_id=member.id)
    return member


def _noted_place(ctx: Context, person: PersonMixin) -> MemberMixin | None:
    """Return the place a recruiter noted a person for and no letter offered yet, the latest one."""
    member = ctx.models.member
    noted = sa.select(member).where(member.person_id == person.id, member.state == MemberState.NOTED)
    return ctx.session.scalars(noted.order_by(member.added_at.desc(), member.id.desc()).limit(1)).first()


def add_months(start: datetime, months: int) -> datetime:
    """Return the same day ``months`` later, clamped to the month's last day.

    >>> add_months(datetime(2024, 2, 29), 12)
    datetime.datetime(2025, 2, 28, 0, 0)
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return start.replace(
        year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1])
    )


# Tags


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase a person's places and tags; a tag that nobody else has may say who they are, and goes as well."""
    consent, member, link, tag = ctx.models.consent, ctx.models.member, ctx.models.person_tag, ctx.models.tag
    ctx.session.execute(sa.delete(consent).where(consent.person_id == person.id))
    theirs = list(ctx.session.scalars(sa.select(link.tag_id).where(link.person_id == person.id)))
    ctx.session.execute(sa.delete(link).where(link.person_id == person.id))
    nobodys = ~sa.exists().where(link.tag_id == tag.id)
    ctx.session.execute(sa.delete(tag).where(tag.id.in_(theirs), nobodys))
    letter = ctx.models.letter
    places = sa.select(member.id).where(member.person_id == person.id)
    ctx.session.execute(sa.update(letter).where(letter.member_id.in_(places)).values(member_id=None))
    ctx.session.execute(sa.delete(member).where(member.person_id == person.id))
