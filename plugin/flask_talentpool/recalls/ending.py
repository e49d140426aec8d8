"""Ending invitations that rested on a place in a pool."""

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db import locks
from flask_talentpool.enums import Basis, HoldReason, LetterState, RecallState
from flask_talentpool.letters import outbox


def membership_ended(ctx: Context, person_id: int) -> None:
    """Close the invitations that rested on a person's last membership, where the letter has not gone."""
    recall, letter = ctx.models.recall, ctx.models.letter
    resting = (
        sa.select(recall, letter)
        .join(letter, letter.recall_id == recall.id)
        .where(
            letter.person_id == person_id,
            letter.state.in_(outbox.WAITING),
            recall.person_id == person_id,
            recall.basis == Basis.MEMBERSHIP,
            recall.state == RecallState.INVITED,
        )
    )
    for invitation, row in ctx.session.execute(resting).all():
        if outbox.lock_letter(ctx, row):
            outbox.move(row, LetterState.CANCELLED, HoldReason.LEFT_POOL)
            is_open = recall.state == RecallState.INVITED
            locks.seize(ctx.session, invitation, is_open, state=RecallState.CLOSED, live_for=None)
