"""Reading the facts of a decision from the host, once it has been noticed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from flask_talentpool import signals
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks, padded
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    Outcome,
    RecallState,
    StageReached,
    stage_rank,
)
from flask_talentpool.host.owner import owner_of
from flask_talentpool.host.rows import hidden_rows, read_rows
from flask_talentpool.host.seen import HostRow, Seen, key_text
from flask_talentpool.people.service import Known, link_people

_WRITTEN = (
    "person_id",
    "job_label",
    "applied_at",
    "interviewed_at",
    "stage_reached",
    "reason",
    "never_pool",
    "door",
    "owner_key",
    "owner_name",
    "decided_at",
    "needs_review",
    "completed_at",
)
"""The columns of a decision that the host's row fills."""


class OfAnApplication(Protocol):
    """What is about one application of the host's: a decision, an answer clock."""

    @property
    def application_id(self) -> Any:
        """The row's key as the host has it; None once the row is gone."""

    @property
    def candidate_key(self) -> Any:
        """Whose it was, as text; empty where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the host says now about one application, and whose it is."""

    application: Any = None
    """The host's row; None when it is gone, hidden from this session, or another person's by now."""
    candidate: Any = None
    seen: Seen | None = None
    because: HoldReason | None = None
    """Why nothing can be said of it: ``ROW_GONE`` or ``HIDDEN``."""
    known: Known | None = None
    """Who the candidate's row belongs to; None unless both rows are there."""
    error: Exception | None = None
    """What the map raised where it cannot read the row: this is asked again later, and nothing is said till then."""


def rows_of(ctx: Context, records: Sequence[OfAnApplication]) -> list[Facts]:
    """Read the host's rows of many records as they are now; nobody is linked, and nothing written."""
    wanted = [record.application_id for record in records if record.application_id is not None]
    rows, failed = read_rows(ctx.host, ctx.session, padded(wanted))
    out_of_sight = {key_text(key) for key in wanted} - rows.keys() - failed.keys()
    hidden = hidden_rows(ctx.host, ctx.session, ctx.host.map.application, out_of_sight)
    found = [_facts(ctx, record, rows, failed, hidden) for record in records]
    nobody = {
        str(record.candidate_key) for record, one in zip(records, found, strict=True) if _is_nobody(one)
    }
    hidden = hidden_rows(ctx.host, ctx.session, ctx.host.map.candidate, nobody - {""})
    return [
        replace(one, because=HoldReason.HIDDEN)
        if _is_nobody(one) and str(record.candidate_key) in hidden
        else one
        for record, one in zip(records, found, strict=True)
    ]


def _facts(
    ctx: Context,
    record: OfAnApplication,
    rows: Mapping[str, HostRow],
    failed: Mapping[str, Exception],
    hidden: AbstractSet[str],
) -> Facts:
    key = "" if record.application_id is None else key_text(record.application_id)
    row = rows.get(key)
    if key in failed:
        return Facts(error=failed[key])
    if row is None:
        return Facts(because=HoldReason.HIDDEN if key in hidden else HoldReason.ROW_GONE)
    try:
        seen = ctx.host.seen_in_object(row.application)
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
        return Facts(error=error)
    is_theirs = not record.candidate_key or seen.candidate_key is None
    if not is_theirs and key_text(seen.candidate_key) != record.candidate_key:
        return Facts(because=HoldReason.ROW_GONE)
    because = HoldReason.ROW_GONE if row.candidate is None else None
    return Facts(application=row.application, candidate=row.candidate, seen=seen, because=because)


def _is_nobody(facts: Facts) -> bool:
    """Whether the application is there, and whose it is is not."""
    return facts.application is not None and facts.candidate is None


def application_of(ctx: Context, record: OfAnApplication) -> Any:
    """Load the host application of a decision or a clock as it is now; None when it is gone, hidden or another one."""
    facts = rows_of(ctx, [record])[0]
    if facts.error is not None:
        raise facts.error
    return None if facts.because is HoldReason.HIDDEN else facts.application


def live_decision(ctx: Context, application_key: Any) -> DecisionMixin | None:
    """Return the decision that stands for an application, or None."""
    decision = ctx.models.decision
    return ctx.session.scalars(
        sa.select(decision).where(decision.live_for == str(application_key))
    ).one_or_none()


def look_at(ctx: Context, decisions: Sequence[DecisionMixin]) -> list[Facts]:
    """Read the host's rows of many decisions as they are now, and link the people behind them."""
    found = rows_of(ctx, decisions)
    there = [at for at, one in enumerate(found) if one.candidate is not None]
    people = link_people(ctx, [(found[at].candidate, decisions[at].scope) for at in there]) if there else []
    for at, known in zip(there, people, strict=True):
        found[at] = replace(found[at], known=known)
    return found


def read_all(ctx: Context, decisions: Sequence[DecisionMixin]) -> list[Facts]:
    """Do what :func:`look_at` does, and write onto each decision what its row says now."""
    found = look_at(ctx, decisions)
    with ctx.session.no_autoflush:
        new = [decision for decision in decisions if decision.completed_at is None]
        for at, decision in enumerate(decisions):
            try:
                _complete(ctx, decision, found[at])
            except sa.exc.SQLAlchemyError:
                raise
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                ctx.session.expire(decision)
                found[at] = Facts(error=error)
        _came_back(ctx, [decision for decision in new if decision.completed_at is not None])
    ctx.session.flush()
    return found


def _came_back(ctx: Context, new: Sequence[DecisionMixin]) -> None:
    """Let the letter to somebody who came back at our asking wait for a person."""
    new = [one for one in new if one.outcome == Outcome.REJECTED and not one.needs_review and one.person_id]
    if not new:
        return
    recall, jobs = ctx.models.recall, defaultdict(set)
    statement = sa.select(recall.person_id, recall.job_key, recall.job_label).where(
        recall.person_id.in_(padded({one.person_id for one in new})),
        recall.state.in_([RecallState.ACCEPTED, RecallState.OPENED]),
    )
    for person_id, job_key, job_label in ctx.session.execute(statement):
        jobs[person_id].add(job_key or job_label)
    for one in new:
        if (one.job_key or one.job_label) in jobs[one.person_id]:
            one.needs_review = HoldReason.CAME_BACK


def _complete(ctx: Context, decision: DecisionMixin, facts: Facts) -> None:
    if facts.known is None or facts.seen is None:
        return
    if not facts.known.is_ambiguous:
        decision.person_id = facts.known.person.id
    read_facts(ctx, decision, facts.application, facts.seen)
    if decision.completed_at is None:
        decision.completed_at = ctx.now()
        if decision.state == DecisionState.LIVE:
            ctx.announce(signals.decision_made, decision_id=decision.id)
    if ctx.session.is_modified(decision):
        for name in _WRITTEN:  # the same columns of each, so that all are written by one statement
            flag_modified(decision, name)


def complete(ctx: Context, decision: DecisionMixin) -> Known | None:
    """Link the person and read the facts of a decision; doing it again reads them anew.

    Returns:
        Who the candidate row belongs to, or None when the host's row is gone or hidden.
    """
    return read_anew(ctx, decision).known


def read_anew(ctx: Context, decision: DecisionMixin) -> Facts:
    """Do what :func:`complete` does, and return the host's rows as well."""
    facts = read_all(ctx, [decision])[0]
    if facts.error is not None:
        raise facts.error
    return facts


def read_facts(ctx: Context, decision: DecisionMixin, application: Any, seen: Seen | None = None) -> None:
    """Read onto a decision what the host's row says now; works on one that is not stored, too.

    Args:
        ctx: The unit of work.
        decision: Whose facts they are.
        application: The host's row.
        seen: What a look at that row found, where the caller has looked already.
    """
    host, zone = ctx.host, ctx.settings.timezone
    decision.job_label = host.label_of(application, ctx.session)[:300]
    decision.applied_at = host.moment("applied_at", application, assume=zone)
    decision.interviewed_at = host.moment("interviewed_at", application, assume=zone)
    seen = seen or host.seen_in_object(application)
    # What a person said of how far it came counts for more than the host's stage.
    if not decision.stage_by and (host.knows_stage(seen.stage) or decision.interviewed_at is not None):
        reached = host.stage_reached(seen.stage, interviewed=decision.interviewed_at is not None)
        # A stage the host forgot with the outcome was kept when the change was noticed.
        if not host.knows_stage(seen.stage):
            reached = max(reached, decision.stage_reached, key=stage_rank)
        decision.stage_reached = reached
    if decision.finish is not None and not decision.stage_by:
        decision.stage_reached = StageReached.FINALIST
    decision.reason = " ".join(str(host.read("reason", application) or "").split())[:300]
    if host.bars_pool(application, seen.status):
        decision.never_pool, decision.door = True, Door.CLOSED
    owner = owner_of(host, application)
    decision.owner_key, decision.owner_name = owner.key, owner.name
    _date(ctx, decision, application)


def _date(ctx: Context, decision: DecisionMixin, application: Any) -> None:
    """Take the host's own date of the decision; one long past makes the letter wait for a person."""
    decision.decided_at = decided_on(ctx, decision, application)
    if decision.needs_review or decision.outcome != Outcome.REJECTED:
        return
    if decision.noticed_at - decision.decided_at > ctx.settings.stale_after:
        decision.needs_review = HoldReason.LATE
    elif bool(ctx.host.read("internal", application)):
        decision.needs_review = HoldReason.INTERNAL


def decided_on(ctx: Context, decision: DecisionMixin, application: Any) -> datetime:
    """Return when an application was decided: the host's own date, else the moment we noticed.

    What was decided before the first start was noticed long after; there the last date that the
    host has of the application stands in for one it does not have of the decision.
    """
    names = ["decided_at"]
    if decision.state == DecisionState.BASELINE:
        names += ["interviewed_at", "applied_at"]
    for name in names:
        found = ctx.host.moment(name, application, assume=ctx.settings.timezone)
        if found is not None:
            return min(found, decision.noticed_at)
    return decision.noticed_at


def refresh_owners(ctx: Context) -> None:
    """Read anew who owns the jobs of everybody who has not been told; done once a day."""
    decision = ctx.models.decision
    untold = sa.select(decision.id).where(
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
        decision.application_id.is_not(None),
    )
    for part in chunks(list(ctx.session.scalars(untold))):
        decisions = ctx.session.scalars(sa.select(decision).where(decision.id.in_(part))).all()
        for row, facts in zip(decisions, rows_of(ctx, decisions), strict=True):
            if facts.application is not None:
                owner = owner_of(ctx.host, facts.application)
                row.owner_key, row.owner_name = owner.key, owner.name
    ctx.session.flush()
