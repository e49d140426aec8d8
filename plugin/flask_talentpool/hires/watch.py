"""The hire watch: whom it asks about and when. Only where the operator switched it on, and told people of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import add_new
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, HireState, OpeningKind, Outcome
from flask_talentpool.hires.dates import Dates, dates, readable
from flask_talentpool.hires.falls import A_DAY, WITHIN
from flask_talentpool.hires.openings import TAKEN_BACK

ACTIVE = (HireState.WATCHED, HireState.STARTED, HireState.NOT_KNOWN)
ASKED_AGAIN = timedelta(days=7)
"""After how long a question that nobody answers is asked once more, and after as long again it is given up."""
BEFORE_THE_END = timedelta(days=14)
KEPT_FOR = timedelta(days=30)
"""How long after probation the row of a hire is kept."""
MARK = "hire-watch"
"""Since when it is on: hires of before are not asked about."""
FELL = (OpeningKind.LEFT, OpeningKind.NEVER_STARTED, OpeningKind.HIRE_UNDONE)


def watch_hires(ctx: Context) -> None:
    """Take in who was hired, follow what the host says since, give up what nobody answers, erase what is over."""
    hire = ctx.models.hire
    is_on = ctx.settings.hire_watch is not None
    over = hire.ends_at <= ctx.now() - KEPT_FOR if is_on else sa.true()
    erase(ctx, over)
    mark = ctx.session.get(ctx.models.mark, MARK)
    if not is_on:
        if mark is not None:
            ctx.session.delete(mark)
        return
    if mark is None:
        ctx.keep_mark(MARK)
        return
    _take_in(ctx, max(mark.at, ctx.now() - WITHIN))
    _follow(ctx)


def erase(ctx: Context, which: sa.ColumnElement[bool]) -> None:
    """Erase rows; where there are none, nothing is locked."""
    hire = ctx.models.hire
    if ctx.session.scalar(sa.select(hire.id).where(which).limit(1)) is not None:
        ctx.session.execute(sa.delete(hire).where(which))


def questions(ctx: Context, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """Return when it is asked: whether somebody has started, then whether the job is still filled."""
    first = start + A_DAY
    more = {start + days for days in ctx.settings.hire_watch_days} | {end - BEFORE_THE_END}
    return (first, *sorted(moment for moment in more if first < moment < end))


def question_at(ctx: Context, start: datetime, end: datetime, step: int) -> datetime | None:
    """Return when the question of a step is asked; None where none is left."""
    return dict(enumerate(questions(ctx, start, end))).get(step)


def _take_in(ctx: Context, since: datetime) -> None:
    decision, hire = ctx.models.decision, ctx.models.hire
    new = sa.select(decision).where(
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.HIRED,
        decision.told_at >= since,
        decision.application_id.is_not(None),
        decision.completed_at.is_not(None),
        ~sa.exists().where(hire.decision_id == decision.id),
    )
    rows = [
        {
            "decision_id": decision.id,
            "scope": decision.scope,
            "owner_key": decision.owner_key,
            "job_label": decision.job_label,
            "starts_at": known.start,
            "ends_at": known.end,
            "ask_at": question_at(ctx, known.start, known.end, 0),
        }
        for decision, known in readable(ctx, ctx.session.scalars(new).all(), dates)
        if known.end > ctx.now() and known.left is None
    ]
    if rows:
        add_new(ctx.session, hire, rows)


def _follow(ctx: Context) -> None:
    hire, decision, opening = ctx.models.hire, ctx.models.decision, ctx.models.opening
    is_active = hire.state.in_(ACTIVE)
    fell = sa.exists().where(
        opening.decision_id == hire.decision_id, opening.kind.in_(FELL), opening.settled_why != TAKEN_BACK
    )
    update_if(ctx.session, hire, is_active, fell, state=HireState.FELL, ask_at=None)
    stands = sa.exists().where(decision.id == hire.decision_id, decision.live_for.is_not(None))
    # Nothing is known any more of a row that is gone; of one taken back after probation nothing is wanted.
    erase(ctx, sa.and_(is_active, ~stands))
    due = (
        sa.select(hire, decision)
        .join(decision, decision.id == hire.decision_id)
        .where(is_active, sa.or_(hire.ask_at <= ctx.now(), hire.ends_at <= ctx.now()))
    )
    found = {decision.id: (row, decision) for row, decision in ctx.session.execute(due)}
    for decision_id, known in _dates_of(ctx, [pair[1] for pair in found.values()]):
        row = found[decision_id][0]
        row.starts_at, row.ends_at = known.start, known.end
        row.ask_at = question_at(ctx, known.start, known.end, row.step)
        if row.ask_at is not None and row.ask_at + 2 * ASKED_AGAIN <= ctx.now():
            row.state, row.step = HireState.NOT_KNOWN, row.step + 1
            row.ask_at = question_at(ctx, known.start, known.end, row.step)
        if row.ends_at <= ctx.now() and row.state == HireState.STARTED:
            row.state, row.ask_at = HireState.PASSED, None
    ctx.session.flush()


def _dates_of(ctx: Context, decisions: Sequence[DecisionMixin]) -> Iterator[tuple[int, Dates]]:
    return ((decision.id, known) for decision, known in readable(ctx, decisions, dates))
