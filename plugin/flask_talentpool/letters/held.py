"""Letters that are held: one loop looks again at each, whatever its kind, for whether what held it has passed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Answer, Cancel, Context, Go
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.kinds import may_send
from flask_talentpool.letters.model import LetterMixin

logger = logging.getLogger("flask_talentpool")

PAGE = 50
"""How many are looked at in one transaction: whoever acts on one of them waits that long."""
LONGEST_PAUSE = timedelta(minutes=10)
_PART_OF_AGE = 20
"""The longer a letter has waited, the longer it is until it is looked at again: the round stays short with thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """What became of one page of held letters."""

    last: int | None
    """The last letter of the page, after which the next one begins; None when none is left."""
    released: int
    failed: int
    """How many could not be looked at; the log says why."""


def release_held(ctx: Context, *, after: int = 0) -> HeldPage:
    """Look at a page of held letters in order of their ids: let go what nothing holds, cancel what nobody needs.

    Outcome letters are looked at with their decisions and not here. What one of them raises keeps no other from
    being looked at.

    Args:
        ctx: The unit of work.
        after: The letter after which the page begins.
    """
    letter, kinds = ctx.models.letter, ctx.seams.kinds
    passing = [
        sa.and_(letter.kind == kind, letter.because.in_(found.passing)) for kind, found in kinds.items()
    ]
    page = sa.select(letter).where(
        letter.id > after,
        letter.state == LetterState.HELD,
        sa.or_(letter.held_until.is_(None), letter.held_until <= ctx.now()),
        sa.or_(*passing),
    )
    rows = ctx.session.scalars(page.order_by(letter.id).limit(PAGE)).all()
    last = rows[-1].id if len(rows) == PAGE else None
    held = [row for row in rows if outbox.still_held(ctx, row) and row.because in kinds[row.kind].passing]
    answers = _ask(ctx, held)
    for row in held:
        if row.id in answers:
            _apply(ctx, row, answers[row.id])
    ctx.session.flush()
    released = sum(isinstance(answer, Go) for answer in answers.values())
    return HeldPage(last=last, released=released, failed=len(held) - len(answers))


def _ask(ctx: Context, letters: Sequence[LetterMixin]) -> dict[int, Answer]:
    """Ask about letters together; where that raises, each alone, and leave out what raises alone."""
    try:
        with ctx.savepoint():
            return may_send(ctx, letters)
    except Exception:  # the host's rows are read by the host's own code, which may raise anything
        if len(letters) == 1:
            logger.exception("letter %s could not be looked at; it stays held", letters[0].id)
            return {}
    return {letter_id: answer for one in letters for letter_id, answer in _ask(ctx, [one]).items()}


def _apply(ctx: Context, letter: LetterMixin, answer: Answer) -> None:
    letter.held_until = None
    if isinstance(answer, Go):
        outbox.move(letter, LetterState.DUE)
    elif isinstance(answer, Cancel):
        outbox.move(letter, LetterState.CANCELLED, answer.because)
    else:
        outbox.move(letter, LetterState.HELD, answer.because, answer.detail)
        has_waited = ctx.now() - letter.composed_at
        letter.held_until = ctx.now() + min(LONGEST_PAUSE, has_waited / _PART_OF_AGE)


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
