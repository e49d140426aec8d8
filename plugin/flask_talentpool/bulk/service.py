"""Use cases of work on many decisions: confirm, stop, go on, undo, forget. The worker does the work."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.bulk.choices import TRANSITIONS, TYPED_ABOVE, BulkChoices
from flask_talentpool.bulk.eligibility import offer_to, recheck
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.db import locks
from flask_talentpool.enums import BulkState, HoldReason, ItemState
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_text
from flask_talentpool.people.model import PersonMixin

logger = logging.getLogger("flask_talentpool")


# Confirming


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What came of confirming: it runs, or what to look at first."""

    is_confirmed: bool
    ready: int
    changed: int = 0
    problem: str = ""


def wants_number(bulk: BulkMixin, ready: int) -> bool:
    """Whether the number has to be typed: for many, and wherever people are promised a place."""
    return ready > TYPED_ABOVE or BulkChoices.from_json(bulk.choices).opens


def confirm(ctx: Context, bulk: BulkMixin, *, number: int | None, says_so: bool, by: Actor) -> Confirmed:
    """Let it run, if what the person confirms is what there is; whatever changed since is left out first.

    Raises:
        Refused: Somebody else started it, or it is not at the point to be confirmed.
    """
    if bulk.by != by.id:
        raise Refused(
            f"Only {bulk.by_name or 'who started it'} can confirm this; you can start your own.", "not_yours"
        )
    if not _seize(ctx, bulk, BulkState.READY):
        if bulk.confirmed_at is not None:
            return Confirmed(is_confirmed=True, ready=count(ctx, bulk, ItemState.READY))
        raise Refused(
            "This is not ready to be confirmed. Wait until it has been looked at.", code="not_ready"
        )
    changed = recheck(ctx, bulk)
    ready = count(ctx, bulk, ItemState.READY)
    offer = offer_to(ctx, bulk)
    problem = _problem(bulk, ready, changed, number=number, says_so=says_so)
    if offer and not problem and not says_so:
        problem = f"{offer}. Tick that you turn them down all the same."
    if problem:
        return Confirmed(is_confirmed=False, ready=ready, changed=changed, problem=problem)
    if offer:
        bulk.choices = replace(BulkChoices.from_json(bulk.choices), despite_offer=True).as_json()
    move(bulk, BulkState.RUNNING)
    bulk.confirmed_at = ctx.now()
    ctx.record(by, "bulk_confirm", "bulk", bulk.id, scope=bulk.scope, detail=str(ready))
    ctx.session.flush()
    return Confirmed(is_confirmed=True, ready=ready)


def _problem(bulk: BulkMixin, ready: int, changed: int, *, number: int | None, says_so: bool) -> str:
    if changed:
        one = "1 of them has" if changed == 1 else f"{changed:,} of them have"
        return f"{one} changed since this was looked at and is left out now. {ready:,} remain: look again, then confirm."
    if ready == 0:
        return "Nothing is left to do here: each of them is left out for the reason beside it."
    if wants_number(bulk, ready) and number != ready:
        typed = "You typed no number" if number is None else f"You typed {number:,}"
        return f"{typed}. Type {ready:,}, the number of people this reaches, to confirm it."
    if BulkChoices.from_json(bulk.choices).opens and not says_so:
        return "An open door is a promise that somebody makes: tick that you say so."
    return ""


def count(ctx: Context, bulk: BulkMixin, state: ItemState) -> int:
    """Return how many of them stand there."""
    item = ctx.models.bulk_item
    which = sa.select(sa.func.count(item.id)).where(item.bulk_id == bulk.id, item.state == state)
    return ctx.session.scalar(which) or 0


# Stopping, going on, undoing


def stop(ctx: Context, bulk: BulkMixin, *, by: Actor) -> None:
    """Stop it after the few it is at; what is done stays done and can be undone. Twice is once.

    Raises:
        Refused: It is over already.
    """
    if bulk.state == BulkState.STOPPED:
        return
    if not _seize(ctx, bulk, BulkState.LOOKING, BulkState.READY, BulkState.RUNNING):
        raise Refused(
            "There is nothing left to stop. Undo it, if it should not have been.", code="bulk_state"
        )
    move(bulk, BulkState.STOPPED)
    ctx.record(by, "bulk_stop", "bulk", bulk.id, scope=bulk.scope)
    ctx.session.flush()


def go_on(ctx: Context, bulk: BulkMixin, *, by: Actor) -> None:
    """Go on where it was stopped. Twice is once.

    Raises:
        Refused: It was not stopped.
    """
    if bulk.state in (BulkState.RUNNING, BulkState.LOOKING):
        return
    if not _seize(ctx, bulk, BulkState.STOPPED):
        raise Refused("Only what was stopped can go on.", code="bulk_state")
    move(bulk, BulkState.LOOKING if bulk.confirmed_at is None else BulkState.RUNNING)
    ctx.record(by, "bulk_go_on", "bulk", bulk.id, scope=bulk.scope)
    ctx.session.flush()


def undo(ctx: Context, bulk: BulkMixin, *, by: Actor) -> None:
    """Put back what was there before, for everybody who has not been told. Twice is once.

    Raises:
        Refused: Nothing was done, or it is still running.
    """
    if bulk.state in (BulkState.UNDOING, BulkState.UNDONE):
        return
    if not _seize(ctx, bulk, BulkState.DONE, BulkState.STOPPED) or bulk.confirmed_at is None:
        raise Refused("Only what was done can be undone. Stop it first if it still runs.", code="bulk_state")
    move(bulk, BulkState.UNDOING)
    ctx.record(by, "bulk_undo", "bulk", bulk.id, scope=bulk.scope)
    ctx.session.flush()


def stop_before(ctx: Context, moment: datetime) -> int:
    """Stop every act on many of before that is not over, since it may have been done; return how many."""
    bulk = ctx.models.bulk
    return locks.update_if(
        ctx.session,
        bulk,
        locks.may_become(bulk.state, BulkState.STOPPED, TRANSITIONS),
        bulk.created_at <= moment,
        state=BulkState.STOPPED,
        claimed_by="",
        lease_until=None,
    )


def _seize(ctx: Context, bulk: BulkMixin, *states: BulkState) -> bool:
    """Take the row for this transaction if it is in one of these states, and read it again."""
    model = ctx.models.bulk
    return locks.seize(ctx.session, bulk, model.state.in_(states), state=model.state)


def move(bulk: BulkMixin, to: BulkState) -> None:
    """Change the state by the table of transitions."""
    locks.move(bulk, to, TRANSITIONS, what="Work on many", code="bulk_state")


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase what is kept about a person among the many; what was still to be done to them is not done."""
    item, decision, link = ctx.models.bulk_item, ctx.models.decision, ctx.models.candidate_link
    is_theirs = sa.and_(link.person_id == person.id, link.suspended_at.is_(None))
    rows = list(ctx.session.scalars(sa.select(link.candidate_key).where(is_theirs)))
    theirs = sa.select(decision.id).where(
        sa.or_(
            decision.person_id == person.id,
            sa.and_(decision.scope == person.scope, decision.candidate_key.in_(rows)),
        )
    )
    undecided = sa.and_(
        item.decision_id.is_(None), item.application_key.in_(_applications_of(ctx, person, rows))
    )
    to_do = item.state.in_([ItemState.WAITING, ItemState.READY])
    locks.update_if(
        ctx.session,
        item,
        sa.or_(item.decision_id.in_(theirs), undecided),
        **dict.fromkeys(("notice", "detail", "choices", "before"), ""),
        because=HoldReason.FORGOTTEN,
        state=sa.case((to_do, ItemState.LEFT_OUT), else_=item.state),
    )


def _applications_of(ctx: Context, person: PersonMixin, rows: Sequence[str]) -> list[str]:
    """Return the keys of a person's applications that may be among the undecided ones."""
    item = ctx.models.bulk_item
    if not rows or ctx.session.scalar(sa.select(item.id).where(item.decision_id.is_(None)).limit(1)) is None:
        return []
    try:
        return [
            key_text(seen.key) for seen in ctx.host.looks(ctx.session, rows) if seen.scope == person.scope
        ]
    except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything; erasing goes on)
        logger.warning("applications of person %s cannot be read: %s", person.id, type(error).__name__)
        return []
