"""Taking a decision and its letter for one transaction, before anything is done to them."""

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.locks import begin
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import LetterKind
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin

T = TypeVar("T")


def lock_decision(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Take a decision and its outcome letter for this transaction, and read both again.

    Returns:
        The letter; None while it is not composed.
    """
    return lock_decisions(ctx, [decision.id]).get(decision.id, (decision, None))[1]


def lock_decisions(ctx: Context, ids: Sequence[int]) -> dict[int, tuple[DecisionMixin, LetterMixin | None]]:
    """Take decisions and their outcome letters for this transaction, and read them again.

    What the caller read before may be over: a letter may have been composed since, or have gone. After this it
    is being handed over, or nobody hands it over before the caller commits.

    Returns:
        Each decision with its letter, None while it is not composed, by the decision's id.
    """
    ctx.session.flush()
    begin(ctx.connection())  # on SQLite nobody else writes from now on
    # First the letters, then the decisions, as a dispatcher does, and each by id, so that of two who take the same
    # ones the other waits.
    letters = _lock_letters(ctx, ids)
    without = [one for one in ids if one not in letters]
    # Without a letter the lock is one that the foreign key of a new letter waits for: nobody composes it meanwhile.
    found = _lock(ctx, without, key_share=False) | _lock(ctx, list(letters), key_share=True)
    letters |= _lock_letters(ctx, without)
    return {one: (found[one], letters.get(one)) for one in ids if one in found}


def _lock(ctx: Context, ids: Sequence[int], *, key_share: bool) -> dict[int, DecisionMixin]:
    decision = ctx.models.decision
    which = sa.select(decision).where(decision.id.in_(ids)).order_by(decision.id)
    return {row.id: row for row in _read_locked(ctx, which, key_share=key_share)} if ids else {}


def _lock_letters(ctx: Context, ids: Sequence[int]) -> dict[int, LetterMixin]:
    """Take the outcome letters of decisions; what a dispatcher has claimed of those that wait is its no more."""
    letter = ctx.models.letter
    by_occasion = {_occasion(one): one for one in ids}
    which = sa.select(letter).where(letter.kind == LetterKind.OUTCOME, letter.occasion.in_(by_occasion))
    found = {}
    for row in _read_locked(ctx, which.order_by(letter.id), key_share=True) if ids else ():
        if outbox.is_waiting(row):
            row.claimed_by, row.lease_until = "", None
        found[by_occasion[row.occasion]] = row
    return found


def _read_locked(ctx: Context, statement: sa.Select[T], *, key_share: bool) -> Sequence[T]:
    locked = statement.with_for_update(key_share=key_share).execution_options(populate_existing=True)
    rows: Sequence[T] = ctx.session.scalars(locked).all()
    return rows


def occasion(decision: DecisionMixin) -> str:
    """Return what the outcome letter of a decision answers."""
    return _occasion(decision.id)


def _occasion(decision_id: int) -> str:
    return f"decision:{decision_id}"


def letter_of(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Return the outcome letter of a decision, or None while it is not composed."""
    return outbox.find(ctx, LetterKind.OUTCOME, occasion(decision))
