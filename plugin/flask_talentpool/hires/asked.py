"""The hires that the watch asks about, as their page shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import HireState
from flask_talentpool.hires.answers import OVER
from flask_talentpool.hires.watch import ACTIVE, ASKED_AGAIN, KEPT_FOR
from flask_talentpool.host.rows import is_shown

LISTED = 200


@dataclass(frozen=True, slots=True)
class HireLine:
    """One hire."""

    hire_id: int
    name: str
    job: str
    starts_at: datetime
    asks_start: bool
    """Whether the question is if they have started; else whether the job is still filled."""
    is_asked_again: bool
    said: str
    """What a colleague said last."""
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class HiresPage:
    """What is asked now, and what was answered lately and can be taken back."""

    is_on: bool
    informed: str
    due: tuple[HireLine, ...]
    count: int
    answered: tuple[HireLine, ...]
    calendar: str = ""
    """The address of a calendar with the days; empty where there are none."""


def due(ctx: Context) -> sa.ColumnElement[bool]:
    """Return the condition for hires about which something is asked now."""
    hire = ctx.models.hire
    return sa.and_(hire.state.in_(ACTIVE), hire.ask_at <= ctx.now())


def count_due(ctx: Context, visible: Visible) -> int:
    """Return about how many hires something is asked."""
    if ctx.settings.hire_watch is None:
        return 0
    seen = _seen(ctx, visible, due(ctx)).subquery()
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(seen)) or 0


def _seen(ctx: Context, visible: Visible, which: Any) -> sa.Select[Any]:
    hire, decision = ctx.models.hire, ctx.models.decision
    there = is_shown(ctx.host, decision.application_id)
    return visible(sa.select(hire)).join(decision, decision.id == hire.decision_id).where(which, there)


def hires_page(ctx: Context, visible: Visible) -> HiresPage:
    """Read the page: up to 200 that are asked about, longest asked first, and as many answers."""
    hire = ctx.models.hire
    informed = ctx.settings.hire_watch
    if informed is None:
        return HiresPage(is_on=False, informed="", due=(), count=0, answered=())
    lately = sa.and_(
        hire.answered_at >= ctx.now() - KEPT_FOR, hire.state.in_([*OVER, HireState.STARTED]), ~due(ctx)
    )
    return HiresPage(
        is_on=True,
        informed=informed,
        due=_lines(ctx, visible, due(ctx), hire.ask_at),
        count=count_due(ctx, visible),
        answered=_lines(ctx, visible, lately, hire.answered_at.desc()),
    )


def _lines(ctx: Context, visible: Visible, which: Any, order: Any) -> tuple[HireLine, ...]:
    hire, decision, person = ctx.models.hire, ctx.models.decision, ctx.models.person
    statement = (
        _seen(ctx, visible, which)
        .outerjoin(person, person.id == decision.person_id)
        .add_columns(person.name)
        .order_by(order, hire.id)
    )
    return tuple(
        HireLine(
            hire_id=row.id,
            name=name or "No name",
            job=row.job_label,
            starts_at=row.starts_at,
            asks_start=row.step == 0,
            is_asked_again=row.ask_at is not None and row.ask_at + ASKED_AGAIN <= ctx.now(),
            said=row.state,
            answered_at=row.answered_at,
        )
        for row, name in ctx.session.execute(statement.limit(LISTED))
    )
