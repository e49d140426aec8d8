"""Ending places in a pool: by the person, by a colleague, by time. What rested on a place ends with it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db import locks
from flask_talentpool.enums import LetterState, MemberState, Source
from flask_talentpool.errors import Refused
from flask_talentpool.models import Models
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.pools.model import MEMBER_TRANSITIONS, NOTED_LAPSES, MemberMixin


def move(member: MemberMixin, to: MemberState) -> None:
    """Move a place on; refuses what the table of transitions does not know."""
    locks.move(member, to, MEMBER_TRANSITIONS, what="A place", code="member_state")


def end_place(ctx: Context, member: MemberMixin, *, because: str, by: Actor) -> None:
    """End a place in a pool; ending it twice changes nothing."""
    if member.state == MemberState.ENDED:
        return
    move(member, MemberState.ENDED)
    member.ended_at, member.ended_because, member.until = ctx.now(), because[:200], None
    consent = ctx.models.consent
    ctx.session.execute(
        sa.update(consent)
        .where(consent.member_id == member.id, consent.withdrawn_at.is_(None))
        .values(withdrawn_at=ctx.now())
    )
    # What a colleague wrote stays with the place, which forgetting erases; the trail of acts holds no words of anybody.
    ctx.record(by, "end_place", "member", member.id, scope=member.scope)
    ctx.session.flush()
    if not is_member(ctx, member.person_id):
        ctx.seams.membership_ended(ctx, member.person_id)
    ctx.announce(signals.left_pool, member_id=member.id)


def is_member(ctx: Context, person_id: int | None) -> bool:
    """Whether a person has taken a place in any pool and has it still."""
    member = ctx.models.member
    statement = sa.select(member.id).where(member.person_id == person_id, member.state == MemberState.MEMBER)
    return ctx.session.scalars(statement.limit(1)).first() is not None


def withdraw_offers(
    connection: sa.Connection, models: Models, letters: sa.Select[Any], *, because: str, now: datetime
) -> None:
    """Withdraw the places that letters offer which do not go.

    A place stays offered that another letter offers, and one that somebody may have been offered already: a letter
    that offers it may have arrived in an attempt before. What a letter brought about ends; a place that somebody
    had noted before goes back to being noted, for as long as any. Nobody has left anything, so nobody is told.

    Args:
        connection: Where our tables are written.
        models: Our tables.
        letters: Selects the ids of those letters, before they are changed.
        because: Why the places end.
        now: When.
    """
    letter, attempt, member = (one.__table__ for one in (models.letter, models.letter_attempt, models.member))
    other = letter.alias()
    is_another = sa.and_(
        other.c.id.not_in(letters), other.c.state.not_in([LetterState.CANCELLED, LetterState.FAILED])
    )
    may_have_arrived = sa.exists().where(
        attempt.c.letter_id == other.c.id, attempt.c.result == LetterState.UNKNOWN
    )
    # By the person, since that is what the table of letters has an index of.
    is_promised = sa.exists().where(
        other.c.person_id == member.c.person_id,
        other.c.member_id == member.c.id,
        sa.or_(is_another, may_have_arrived),
    )
    theirs = sa.select(letter.c.member_id).where(letter.c.id.in_(letters))
    is_brought_about = member.c.source == Source.LETTER
    for to, which, values in (
        (MemberState.ENDED, is_brought_about, {"ended_because": because, "ended_at": now, "until": None}),
        (MemberState.NOTED, ~is_brought_about, {"until": now + NOTED_LAPSES}),
    ):
        offered = sa.and_(
            member.c.state == MemberState.OFFERED, locks.may_become(member.c.state, to, MEMBER_TRANSITIONS)
        )
        connection.execute(
            sa.update(member)
            .where(member.c.id.in_(theirs), offered, which, ~is_promised)
            .values(state=to, **values)
        )


def remove_from_pool(ctx: Context, member: MemberMixin, *, because: str, by: Actor) -> None:
    """A colleague ends a place in a pool. Nothing is sent; ending it twice changes nothing.

    Raises:
        Refused: A letter that offers this very place is waiting to go.
    """
    letter = ctx.models.letter
    promised = sa.select(letter.id).where(
        letter.member_id == member.id,
        letter.state.in_([LetterState.HELD, LetterState.DUE, LetterState.SENDING]),
    )
    if member.state == MemberState.OFFERED and ctx.session.scalars(promised.limit(1)).first() is not None:
        raise Refused(
            "A letter that waits to go offers this place. Close the door in the letter, and the place goes with it.",
            code="promised",
        )
    end_place(ctx, member, because=because, by=by)


def leave(ctx: Context, person: PersonMixin) -> int:
    """The person leaves every pool; outcomes of live applications still reach them."""
    by = Actor(id=f"person:{person.id}", name=person.name, email=None)
    member = ctx.models.member
    here = sa.select(member).where(member.person_id == person.id, member.state != MemberState.ENDED)
    places = list(ctx.session.scalars(here))
    for place in places:
        end_place(ctx, place, because="left", by=by)
    return len(places)


def lapse(ctx: Context) -> int:
    """End places whose time is over: noted ones that were never offered, memberships not renewed."""
    member = ctx.models.member
    over = sa.select(member).where(member.until <= ctx.now(), member.state != MemberState.ENDED).limit(500)
    places = list(ctx.session.scalars(over))
    for place in places:
        end_place(ctx, place, because="lapsed", by=SOFTWARE)
    return len(places)
