"""Openings: announced once, settled by a person or by what the host says next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.answer_clock.queries import job_text
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.arrays import add_new, chunks
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.facts import rows_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, OpeningKind, Outcome
from flask_talentpool.errors import Refused
from flask_talentpool.hires.model import OpeningMixin
from flask_talentpool.host.owner import owner_of

SHOWN_FOR = timedelta(days=183)
"""How long an opening that nobody settled is shown; by then the bench is older than it may be used."""
BEGUN = "openings"
"""The mark of the moment from which on openings are announced: what happened before is no news."""
OF_JOBS = (OpeningKind.REOPENED, OpeningKind.SECOND, OpeningKind.BACK)
"""Those that rest on what the host says of the job, and not on one decision."""
NOT_AGAIN, FILLED, TAKEN_BACK, CLOSED = "not_again", "filled", "taken_back", "closed"
"""Why an opening was settled: somebody said so, somebody was hired, the host says otherwise, the job is closed again."""


def begun(ctx: Context) -> datetime | None:
    """Return since when openings are announced; None, and from now on, at the first call."""
    mark = ctx.session.get(ctx.models.mark, BEGUN)
    if mark is None:
        ctx.keep_mark(BEGUN)
    return mark.at if mark is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that happened to a job, known by one of its decisions."""

    kind: OpeningKind
    occasion: str
    decision: DecisionMixin
    at: datetime
    was_filled: bool = False


def announce(ctx: Context, found: Sequence[Found]) -> list[OpeningMixin]:
    """Write down openings; what was announced before, and what is of no job, is left out."""
    opening = ctx.models.opening
    known: set[str] = set()
    for part in chunks([one.occasion for one in found]):
        known |= set(ctx.session.scalars(sa.select(opening.occasion).where(opening.occasion.in_(part))))
    new = list({one.occasion: one for one in found if one.occasion not in known}.values())
    rows = [row for one in new if (row := _row(ctx, one)) is not None]
    return add_new(ctx.session, opening, rows) if rows else []


def _row(ctx: Context, found: Found) -> dict[str, Any] | None:
    decision = found.decision
    label, owner_key = decision.job_label, decision.owner_key
    if decision.completed_at is None:
        # Nobody has read the facts of what was decided before the first start, or ended at once.
        row = rows_of(ctx, [decision])[0]
        if row.application is not None:
            label = ctx.host.label_of(row.application, ctx.session)[:300]
            owner_key = owner_of(ctx.host, row.application).key
    if not (decision.job_key if ctx.host.map.job is not None else label):
        return None
    return {
        "scope": decision.scope,
        "kind": found.kind,
        "occasion": found.occasion,
        "decision_id": decision.id,
        "job_id": decision.job_id,
        "job_key": decision.job_key,
        "job_label": label,
        "owner_key": owner_key,
        "happened_at": found.at,
        "noticed_at": ctx.now(),
        "was_filled": found.was_filled,
    }


def same_job(ctx: Context, one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Return the condition that two rows of ours are of the same job."""
    name = "job_key" if ctx.host.map.job is not None else "job_label"
    return sa.and_(one.scope == other.scope, getattr(one, name) == getattr(other, name))


def is_unsettled(ctx: Context) -> sa.ColumnElement[bool]:
    """Return the condition for openings that nobody settled and that are shown."""
    opening = ctx.models.opening
    return sa.and_(opening.settled_at.is_(None), opening.noticed_at >= ctx.now() - SHOWN_FOR)


# What settles one


def settle(ctx: Context, opening: OpeningMixin, *, by: Actor) -> None:
    """Say that the job is not filled again; the card goes, and so does a mail that has not gone."""
    if _settle(ctx, ctx.models.opening.id == opening.id, why=NOT_AGAIN, by=by):
        ctx.record(by, "opening_settled", "opening", opening.id, scope=opening.scope)


def unsettle(ctx: Context, opening: OpeningMixin, *, by: Actor) -> None:
    """Put an opening back that somebody settled.

    Raises:
        Refused: Nobody settled it: what the host says did.
    """
    if opening.settled_at is not None and opening.settled_why != NOT_AGAIN:
        raise Refused("Your ATS settled this one: look at the job there.", code="settled_by_host")
    model = ctx.models.opening
    nobody = {"settled_at": None, "settled_by": "", "settled_by_name": "", "settled_why": ""}
    if update_if(ctx.session, model, model.id == opening.id, model.settled_why == NOT_AGAIN, **nobody):
        ctx.record(by, "opening_put_back", "opening", opening.id, scope=opening.scope)


def settle_by_host(ctx: Context) -> int:
    """Settle what the host has settled: somebody was hired since, or the offer was not declined after all."""
    opening, decision = ctx.models.opening, ctx.models.decision
    if ctx.session.scalar(sa.select(opening.id).where(opening.settled_at.is_(None)).limit(1)) is None:
        return 0  # an UPDATE would keep everybody else from writing for a moment, on SQLite
    hired = sa.exists().where(
        same_job(ctx, decision, opening),
        decision.outcome == Outcome.HIRED,
        decision.live_for.is_not(None),
        decision.noticed_at > opening.noticed_at,
    )
    undone = sa.exists().where(
        decision.id == opening.decision_id,
        decision.state.in_([DecisionState.TAKEN_BACK, DecisionState.SUPERSEDED]),
    )
    of_offers = opening.kind.in_([OpeningKind.OFFER_DECLINED, OpeningKind.OFFER_WITHDRAWN])
    return _settle(ctx, hired, why=FILLED) + _settle(ctx, of_offers, undone, why=TAKEN_BACK)


def settle_closed(ctx: Context, *which: sa.ColumnElement[bool]) -> int:
    """Settle what rested on a job being open, which is closed again."""
    return _settle(ctx, ctx.models.opening.kind.in_(OF_JOBS), *which, why=CLOSED)


def _settle(ctx: Context, *which: sa.ColumnElement[bool], why: str, by: Actor = SOFTWARE) -> int:
    model = ctx.models.opening
    said = {"settled_at": ctx.now(), "settled_by": by.id, "settled_by_name": by.name[:160]}
    return update_if(ctx.session, model, model.settled_at.is_(None), *which, settled_why=why, **said)


# For the invitation back


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOpening:
    """Why a job is looked at again, as far as a letter may say it."""

    id: int
    kind: OpeningKind
    happened_at: datetime
    fact: str
    """``open_again``, ``second``, or empty where a letter says nothing of it."""


def opening_of(ctx: Context, job: Any, *, scope: str | None = None) -> JobOpening | None:
    """Return the newest opening of a job that nobody settled; None where there is none.

    Args:
        ctx: The unit of work; nothing is written.
        job: The host's job row, or its key; where the host has no job model, the job's label.
        scope: In whose care; any when left out.
    """
    opening = ctx.models.opening
    column = opening.job_key if ctx.host.map.job is not None else opening.job_label
    statement = sa.select(opening).where(is_unsettled(ctx), column == job_text(job), column != "")
    if scope is not None:
        statement = statement.where(opening.scope == scope)
    newest = statement.order_by(opening.noticed_at.desc(), opening.id.desc()).limit(1)
    row = ctx.session.scalars(newest).one_or_none()
    if row is None:
        return None
    fact = getattr(row.kind, "fact", "")  # a word of a later version has none
    return JobOpening(id=row.id, kind=row.kind, happened_at=row.happened_at, fact=fact)
