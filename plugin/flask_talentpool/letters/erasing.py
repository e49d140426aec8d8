"""Emptying letters of what they say of a person, whatever became of them."""

from collections.abc import Sequence

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters import outbox


def erase_letters(ctx: Context, ids: Sequence[int]) -> None:
    """Empty letters, drop their links and attempts, and cancel those that have not gone."""
    letter, touch = ctx.models.letter, ctx.models.touch
    link, attempt = ctx.models.link, ctx.models.letter_attempt
    ctx.session.execute(sa.delete(link).where(link.letter_id.in_(ids)))
    # What a server calls the letter says of an answer that comes later that it is to somebody forgotten.
    ctx.session.execute(sa.delete(attempt).where(attempt.letter_id.in_(ids), attempt.server_id.is_(None)))
    ctx.session.execute(sa.update(attempt).where(attempt.letter_id.in_(ids)).values(reply=""))
    ctx.session.execute(sa.update(touch).where(touch.letter_id.in_(ids)).values(letter_id=None))
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids))
        .values(
            to_name="",
            to_address="",
            subject="",
            text="",
            html="",
            reply_to="",
            signed_by=None,
            detail="",
            despite=None,
            with_letter_id=None,
            person_id=None,
            member_id=None,
        )
    )
    undelivered = [*outbox.WAITING, *outbox.UNANSWERED]
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids), letter.state.in_(undelivered))
        .values(state=LetterState.CANCELLED, because=HoldReason.FORGOTTEN)
    )
