"""Emptying answer clocks of what they say of a person."""

import sqlalchemy as sa

from flask_talentpool.answer_clock.changes import FORGOTTEN
from flask_talentpool.answer_clock.clock import stop_letters
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.enums import HoldReason
from flask_talentpool.people.model import PersonMixin


def forget(ctx: Context, person: PersonMixin) -> None:
    """Empty the clocks of a person who is forgotten; they stay, so that nobody winds them again."""
    clock, link = ctx.models.clock, ctx.models.candidate_link
    rows = sa.select(link.candidate_key).where(link.person_id == person.id, link.suspended_at.is_(None))
    theirs = sa.and_(clock.scope == person.scope, clock.candidate_key != "", clock.candidate_key.in_(rows))
    erase_clocks(ctx, sa.or_(clock.person_id == person.id, theirs))


def erase_clocks(ctx: Context, which: sa.ColumnElement[bool]) -> None:
    """Empty clocks and cancel the letters they wrote that have not gone."""
    clock = ctx.models.clock
    ids = list(ctx.session.scalars(sa.select(clock.id).where(which)))
    stop_letters(ctx, ctx.connection(), ids, HoldReason.FORGOTTEN)
    for part in chunks(ids):
        ctx.session.execute(
            sa.update(clock)
            .where(clock.id.in_(part))
            .values(
                name="",
                owner_name="",
                person_id=None,
                answered_at=sa.func.coalesce(clock.answered_at, ctx.now()),
                answered_by=FORGOTTEN,
            )
        )
