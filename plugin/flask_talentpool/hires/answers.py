"""What a colleague says of a hire: a fact about the job, that can be taken back. No reason is asked, none is kept."""

from collections.abc import Sequence

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.locks import seize
from flask_talentpool.enums import HireState, OpeningKind
from flask_talentpool.errors import Refused
from flask_talentpool.hires.model import HireMixin, OpeningMixin
from flask_talentpool.hires.openings import TAKEN_BACK, Found, announce
from flask_talentpool.hires.watch import ACTIVE, KEPT_FOR, question_at

OVER = (HireState.NEVER_STARTED, HireState.LEFT)


def still_here(ctx: Context, hires: Sequence[HireMixin], *, by: Actor) -> int:
    """Say yes to what is asked about these; one that was answered meanwhile, or is not asked, stays as it is."""
    number = 0
    for hire in hires:
        model = ctx.models.hire
        number += seize(
            ctx.session,
            hire,
            model.step == hire.step,
            model.state.in_(ACTIVE),
            model.ask_at <= ctx.now(),
            state=HireState.STARTED,
            step=hire.step + 1,
            ask_at=question_at(ctx, hire.starts_at, hire.ends_at, hire.step + 1),
            answered_at=ctx.now(),
            answered_by=by.id,
        )
    return number


def fell(ctx: Context, hire: HireMixin, state: HireState, *, by: Actor) -> None:
    """Say that somebody left or never started: the job is open, and its bench is to be looked at.

    Said twice, it is said once.

    Raises:
        Refused: Something else is known of the hire already.
    """
    if hire.state == state:
        return
    model = ctx.models.hire
    said = {"state": state, "answered_at": ctx.now(), "answered_by": by.id}
    if not seize(ctx.session, hire, model.state.in_(ACTIVE), **said):
        if hire.state == state:
            return
        raise Refused("Something else is noted of this hire already. Take that back first.", code="hire_over")
    decision = ctx.session.get_one(ctx.models.decision, hire.decision_id)
    occasion = f"left:{decision.id}"
    announce(
        ctx,
        [Found(kind=OpeningKind(state), occasion=occasion, decision=decision, at=ctx.now(), was_filled=True)],
    )
    row = _opening(ctx, occasion)
    if row is not None:
        row.kind, row.happened_at, row.settled_at, row.settled_why = OpeningKind(state), ctx.now(), None, ""
        ctx.record(by, "hire_fell", "opening", row.id, scope=hire.scope, detail=state)
    ctx.session.flush()


def undo(ctx: Context, hire: HireMixin, *, by: Actor) -> None:
    """Take the last answer back: it is asked again, and an opening that came of it is settled.

    Raises:
        Refused: No colleague answered lately.
    """
    may = hire.answered_at is not None and hire.answered_at >= ctx.now() - KEPT_FOR
    if not may or hire.state not in {*OVER, HireState.STARTED}:
        raise Refused("There is no answer to take back.", code="no_answer")
    step = hire.step if hire.state in OVER else hire.step - 1
    before = {"state": HireState.STARTED if step else HireState.WATCHED, "step": step, "answered_at": None}
    ask_at = question_at(ctx, hire.starts_at, hire.ends_at, step)
    model, was_over = ctx.models.hire, hire.state in OVER
    if not seize(
        ctx.session, hire, model.state == hire.state, model.step == hire.step, ask_at=ask_at, **before
    ):
        raise Refused("Somebody else changed it meanwhile. Look at it again.", code="changed")
    row = _opening(ctx, f"left:{hire.decision_id}") if was_over else None
    if row is not None:
        if row.settled_at is None:
            row.settled_at, row.settled_by, row.settled_by_name = ctx.now(), by.id, by.name[:160]
        row.settled_why = TAKEN_BACK
        ctx.record(by, "hire_taken_back", "opening", row.id, scope=hire.scope)
    ctx.session.flush()


def _opening(ctx: Context, occasion: str) -> OpeningMixin | None:
    opening = ctx.models.opening
    statement = sa.select(opening).where(opening.occasion == occasion)
    return ctx.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
