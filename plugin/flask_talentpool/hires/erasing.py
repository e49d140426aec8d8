"""What the watch keeps of a person: erased with them, and told to them."""

from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.hires.watch import erase
from flask_talentpool.people.model import PersonMixin


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase the hires of a person; the openings that came of them name nobody."""
    erase(ctx, _theirs(ctx, person))


def erase_unlinked(ctx: Context, scope: str, candidate_key: str) -> None:
    """Erase the hires of a candidate row that nobody linked to a person."""
    decision = ctx.models.decision
    which = sa.select(decision.id).where(decision.scope == scope, decision.candidate_key == candidate_key)
    erase(ctx, ctx.models.hire.decision_id.in_(which))


def kept_of(ctx: Context, person: PersonMixin) -> list[dict[str, Any]]:
    """Return what the watch keeps of a person, all of it, for their request to see what we have."""
    hire = ctx.models.hire
    rows = ctx.session.scalars(sa.select(hire).where(_theirs(ctx, person)).order_by(hire.id))
    names = ("job_label", "state", "starts_at", "ends_at", "ask_at", "answered_at")
    return [{name: getattr(row, name) for name in names} for row in rows]


def _theirs(ctx: Context, person: PersonMixin) -> sa.ColumnElement[bool]:
    decision, link = ctx.models.decision, ctx.models.candidate_link
    rows = sa.select(link.candidate_key).where(link.person_id == person.id, link.suspended_at.is_(None))
    unread = sa.and_(decision.person_id.is_(None), decision.candidate_key.in_(rows))
    mine = sa.select(decision.id).where(
        decision.scope == person.scope, sa.or_(decision.person_id == person.id, unread)
    )
    return ctx.models.hire.decision_id.in_(mine)
