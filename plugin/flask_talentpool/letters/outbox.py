"""The outbox: letters that wait, are held, cancelled or approved; one letter per occasion."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db import locks
from flask_talentpool.db.arrays import add_new
from flask_talentpool.enums import HoldReason, LetterKind, LetterState
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters.delivery.message import new_message_id
from flask_talentpool.letters.kinds import settled
from flask_talentpool.letters.model import LETTER_TRANSITIONS, LetterMixin
from flask_talentpool.models import Models

WAITING = (LetterState.HELD, LetterState.DUE)
UNANSWERED = (LetterState.UNKNOWN, LetterState.FAILED)
IN_THE_AIR = (LetterState.SENDING, LetterState.UNKNOWN, LetterState.SENT)
"""Where a letter may have told what stands in it."""


def find(ctx: Context, kind: LetterKind, occasion: str) -> LetterMixin | None:
    """Return the letter for an occasion, or None."""
    letter = ctx.models.letter
    statement = sa.select(letter).where(letter.kind == kind, letter.occasion == occasion)
    return ctx.session.scalars(statement).one_or_none()


def put(ctx: Context, kind: LetterKind, occasion: str, values: dict[str, Any]) -> LetterMixin | None:
    """Put a new letter into the outbox.

    Args:
        ctx: The unit of work.
        kind: What the letter is about.
        occasion: What it answers, such as ``decision:17``.
        values: The other columns.

    Returns:
        The letter, or None when another process wrote the letter for this occasion first.
    """
    return next(iter(put_all(ctx, kind, {occasion: values})), None)


def put_all(ctx: Context, kind: LetterKind, letters: Mapping[str, dict[str, Any]]) -> list[LetterMixin]:
    """Put new letters into the outbox.

    Args:
        ctx: The unit of work.
        kind: What the letters are about.
        letters: Their other columns, by what each answers.

    Returns:
        Those that are new: where another process wrote the letter for an occasion first, its own stands.
    """
    rows = [
        {
            "kind": kind,
            "occasion": occasion,
            "message_id": _message_id(str(values.get("from_address") or "")),
            "composed_at": ctx.now(),
            **values,
        }
        for occasion, values in letters.items()
    ]
    return add_new(ctx.session, ctx.models.letter, rows)


def _message_id(sender: str) -> str:
    return new_message_id(domain=sender.rpartition("@")[2] or "localhost")


def lock(ctx: Context, letter: LetterMixin) -> LetterMixin:
    """Take the letter's row for this transaction and read it again.

    Raises:
        BeingHandedOver: A dispatcher is handing it over right now.
        Refused: It is gone or cancelled already.
    """
    is_waiting_still = lock_letter(ctx, letter)
    refuse_in_the_air(ctx, letter)
    if is_waiting_still:
        return letter
    raise Refused(
        f"This letter is {letter.state} already; nothing about it can be changed.", code="letter_settled"
    )


def standing(ctx: Context, letter: LetterMixin) -> LetterState:
    """Return where a letter stands: one that another tells for, where that one does while it is on its way.

    Asked with the letter locked: whoever hands the other over locks this one first.
    """
    if letter.with_letter_id is None or not is_waiting(letter):
        return letter.state
    model = ctx.models.letter
    lead = ctx.session.scalar(sa.select(model.state).where(model.id == letter.with_letter_id))
    return lead if lead in IN_THE_AIR else letter.state


def refuse_in_the_air(ctx: Context, letter: LetterMixin) -> None:
    """Refuse to change a letter that is being handed over, or may have arrived with the one that tells for it.

    Raises:
        BeingHandedOver: It is going out right now.
        Refused: Nobody knows whether it arrived.
    """
    stands = standing(ctx, letter)
    if stands == LetterState.SENDING:
        raise BeingHandedOver
    if stands == LetterState.UNKNOWN and letter.state != LetterState.UNKNOWN:
        raise Refused(
            "The letter that tells this as well may have arrived. Find out and say so there first.",
            code="unknown",
        )


def lock_letter(ctx: Context, letter: LetterMixin) -> bool:
    """Take the letter's row for this transaction and read it again; say whether it waits."""
    if _seize(ctx, letter, *WAITING):
        return True
    ctx.session.refresh(letter, with_for_update={"key_share": True})
    return is_waiting(letter)


def still_held(ctx: Context, letter: LetterMixin) -> bool:
    """Take a letter that was found held; say whether it is held still, and not by a person.

    Whoever found many looks at each of them later. Meanwhile another process may have let it go, and sent it.
    """
    is_held = lock_letter(ctx, letter) and letter.state == LetterState.HELD
    return is_held and letter.because != HoldReason.BY_HAND


def _seize(ctx: Context, letter: LetterMixin, *states: LetterState) -> bool:
    """Take the letter's row for this transaction if it is in one of these states, and read it again."""
    is_in = ctx.models.letter.state.in_(states)
    return locks.seize(ctx.session, letter, is_in, claimed_by="", lease_until=None)


def move(letter: LetterMixin, to: LetterState, because: HoldReason | None = None, detail: str = "") -> None:
    """Change a letter's state by the table of transitions; staying where it is only changes the reason."""
    locks.move(letter, to, LETTER_TRANSITIONS, what="A letter", code="letter_state")
    letter.because = because or ""
    letter.detail = detail[:400]


def cancel(ctx: Context, letter: LetterMixin, because: HoldReason) -> None:
    """Cancel a letter that has not gone.

    Raises:
        BeingHandedOver: It is being handed over right now.
        Refused: It has gone, or is cancelled.
    """
    if letter.state in (LetterState.HELD, LetterState.DUE):
        move(lock(ctx, letter), LetterState.CANCELLED, because)
    else:
        _seize(ctx, letter, LetterState.FAILED)
        if letter.state == LetterState.SENDING:
            raise BeingHandedOver
        move(letter, LetterState.CANCELLED, because)
    ctx.session.flush()


def not_gone(state: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a letter can still be cancelled, by the column of its state."""
    return locks.may_become(state, LetterState.CANCELLED, LETTER_TRANSITIONS)


def cancel_all(
    connection: sa.Connection, models: Models, *which: sa.ColumnElement[bool], because: HoldReason
) -> None:
    """Cancel those of many letters that have not gone; what is being handed over goes on."""
    letter = models.letter.__table__
    stopped = {"state": LetterState.CANCELLED, "because": because, "claimed_by": "", "lease_until": None}
    connection.execute(sa.update(letter).where(*which, not_gone(letter.c.state)).values(stopped))


def hold_all(
    connection: sa.Connection, models: Models, *which: sa.ColumnElement[bool], because: HoldReason
) -> None:
    """Hold those of many letters that wait."""
    letter = models.letter.__table__
    held = {"state": LetterState.HELD, "because": because}
    connection.execute(sa.update(letter).where(*which, letter.c.state.in_(WAITING)).values(held))


def hold_before(ctx: Context, moment: datetime) -> int:
    """Hold every waiting letter composed by then, whatever else it waits for, since it may have gone; return how many."""
    letter = ctx.models.letter
    return locks.update_if(
        ctx.session,
        letter,
        letter.state.in_(WAITING),
        letter.because != HoldReason.RESTORED,
        letter.composed_at <= moment,
        state=LetterState.HELD,
        because=HoldReason.RESTORED,
        detail="",
        held_until=None,
        approved_at=None,
        approved_by="",
        claimed_by="",
        lease_until=None,
    )


def approve(ctx: Context, letter: LetterMixin, *, by: Actor, due_at: datetime | None = None) -> None:
    """Let a held letter go at its time, or at ``due_at``; remembers who said so."""
    lock(ctx, letter)
    letter.approved_at, letter.approved_by = ctx.now(), by.id
    if due_at is not None:
        letter.due_at = due_at
    move(letter, LetterState.DUE)
    ctx.record(by, "approve", "letter", letter.id, scope=letter.scope)
    ctx.session.flush()


def lapse(ctx: Context, letter: LetterMixin, *, by: Actor = SOFTWARE) -> None:
    """Let an approval count no more: the letter, which is locked, no longer says what was approved."""
    letter.approved_at, letter.approved_by = None, ""
    ctx.record(by, "approval_lapsed", "letter", letter.id, scope=letter.scope)


def hold(ctx: Context, letter: LetterMixin, *, by: Actor) -> None:
    """Hold a waiting letter until somebody approves it."""
    lock(ctx, letter)
    letter.approved_at, letter.approved_by, letter.with_letter_id = None, "", None
    move(letter, LetterState.HELD, HoldReason.BY_HAND)
    ctx.record(by, "hold", "letter", letter.id, scope=letter.scope)
    ctx.session.flush()


def send_again(
    ctx: Context, letter: LetterMixin, *, by: Actor, states: Sequence[LetterState] = UNANSWERED
) -> None:
    """A person decided that a failed or unknown letter is sent again, under the same Message-ID.

    Args:
        ctx: The unit of work.
        letter: The letter.
        by: Who decided.
        states: Where it has to stand; whoever sends many again has asked of none whether it arrived.

    Raises:
        Refused: It stands elsewhere.
    """
    if not _seize(ctx, letter, *states):
        raise Refused(f"Only a letter that is {' or '.join(states)} can be sent again.", code="letter_state")
    letter.tries, letter.due_at = 0, ctx.now()
    move(letter, LetterState.DUE)
    ctx.record(by, "send_again", "letter", letter.id, scope=letter.scope)
    ctx.session.flush()


def fail_again(ctx: Context, letter: LetterMixin, *, by: Actor, because: str, detail: str) -> None:
    """Somebody undid that a failed letter is sent again: it stands with the reason for which it failed."""
    if letter.state == LetterState.HELD:
        move(letter, LetterState.DUE)
    letter.with_letter_id = None
    move(letter, LetterState.FAILED, HoldReason(because), detail)
    ctx.record(by, "undo", "letter", letter.id, scope=letter.scope, detail="send_again")
    ctx.session.flush()


def it_arrived(ctx: Context, letter: LetterMixin, *, by: Actor) -> None:
    """A person found out that a letter of unknown fate did arrive."""
    if not _seize(ctx, letter, LetterState.UNKNOWN):
        raise Refused("Only a letter whose fate is unknown can be settled like this.", code="letter_state")
    letter.sent_at = ctx.now()
    move(letter, LetterState.SENT)
    ctx.announce(signals.letter_sent, letter_id=letter.id)
    settled(ctx, [letter])
    ctx.record(by, "it_arrived", "letter", letter.id, scope=letter.scope)
    ctx.session.flush()


def is_waiting(letter: LetterMixin) -> bool:
    """Whether the letter can still be read, changed or taken back."""
    return letter.state in (LetterState.HELD, LetterState.DUE)


def something_is_due(ctx: Context) -> bool:
    """Whether a letter would be handed over now."""
    letter = ctx.models.letter
    due = sa.select(letter.id).where(letter.state == LetterState.DUE, letter.due_at <= ctx.now()).limit(1)
    return ctx.session.scalars(due).first() is not None
