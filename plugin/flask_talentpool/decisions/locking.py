"""Taking a decision and its letter for one transaction, before anything is done to them."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_talentpool.context import Context
from flask_talentpool.db.types import begin
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import LetterKind
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin


def connection_of(ctx: Context) -> Connection:
    """Return the connection our own tables are written on."""
    return ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.models.decision)})


def lock_decision(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Take a decision and its outcome letter for this transaction, and read both again.

    What the caller read before may be over: the letter may have been composed since, or have gone. After this it
    is being handed over, or nobody hands it over before the caller commits.

    Returns:
        The letter; None while it is not composed.
    """
    ctx.session.flush()
    begin(connection_of(ctx))  # on SQLite nobody else writes from now on
    letter = letter_of(ctx, decision)
    if letter is not None:
        # First the letter, then the decision, as a dispatcher does.
        outbox.lock_letter(ctx, letter)
    # Without a letter the lock is one that the foreign key of a new letter waits for: nobody composes it meanwhile.
    ctx.session.refresh(decision, with_for_update={"key_share": letter is not None})
    if letter is None:
        letter = letter_of(ctx, decision)
        if letter is not None:
            outbox.lock_letter(ctx, letter)
    return letter


def occasion(decision: DecisionMixin) -> str:
    """Return what the outcome letter of a decision answers."""
    return f"decision:{decision.id}"


def letter_of(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Return the outcome letter of a decision, or None while it is not composed."""
    return outbox.find(ctx, LetterKind.OUTCOME, occasion(decision))
