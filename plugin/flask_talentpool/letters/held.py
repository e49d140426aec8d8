"""Letters that are held: looking again whether what held them has passed."""

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.incoming import suppression


def works_again(ctx: Context, address: str, *, scope: str, by: Actor) -> int:
    """Somebody said that this address works again: letters held because of it go on.

    Returns:
        How many letters go on; each is looked at again before it is handed over.
    """
    suppression.clear(ctx, [address], scope=scope)
    letter = ctx.models.letter
    held = sa.select(letter).where(
        letter.state == LetterState.HELD,
        letter.because == HoldReason.RETURNED,
        letter.scope == scope,
        sa.func.lower(letter.to_address) == address.casefold(),
    )
    released = 0
    for row in ctx.session.scalars(held.order_by(letter.id)).all():
        if outbox.still_held(ctx, row) and row.because == HoldReason.RETURNED:
            outbox.move(row, LetterState.DUE)
            ctx.record(by, "works_again", "letter", row.id, scope=scope)
            released += 1
    ctx.session.flush()
    return released
