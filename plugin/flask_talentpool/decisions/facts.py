"""Reading the facts of a decision from the host, once it has been noticed."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import owner_key
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, Door, HoldReason, Outcome, StageReached, stage_rank
from flask_talentpool.people.service import Known, link_person

OWNER_NAMES = ("full_name", "name", "display_name", "username")


def application_of(ctx: Context, decision: DecisionMixin) -> Any:
    """Load the host application of a decision as it is now, or None when it is gone or is another one."""
    if decision.application_id is None:
        return None
    application = ctx.session.get(ctx.host.map.application, decision.application_id, populate_existing=True)
    if application is None:
        return None
    candidate_key = ctx.host.seen_in_object(application).candidate_key
    if decision.candidate_key and candidate_key is not None and str(candidate_key) != decision.candidate_key:
        return None
    return application


def live_decision(ctx: Context, application_key: Any) -> DecisionMixin | None:
    """Return the decision that stands for an application, or None."""
    decision = ctx.models.decision
    return ctx.session.scalars(
        sa.select(decision).where(decision.live_for == str(application_key))
    ).one_or_none()


def complete(ctx: Context, decision: DecisionMixin) -> Known | None:
    """Link the person and read the facts of a decision; doing it again reads them anew.

    Returns:
        Who the candidate row belongs to, or None when the host's row is gone.
    """
    return read_anew(ctx, decision).known


class Facts(NamedTuple):
    """What was read of a decision."""

    application: Any
    """The host's row; None when it is gone, or is another one."""
    known: Known | None
    """Who its candidate row belongs to; None when either row is gone."""


def read_anew(ctx: Context, decision: DecisionMixin) -> Facts:
    """Do what :func:`complete` does, and return the host's row as well."""
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    if application is None or candidate is None:
        return Facts(application, None)
    known = link_person(ctx, candidate, decision.scope)
    if not known.is_ambiguous:
        decision.person_id = known.person.id
    read_facts(ctx, decision, application)
    if decision.completed_at is None:
        decision.completed_at = ctx.now()
        if decision.state == DecisionState.LIVE:
            ctx.announce(signals.decision_made, decision_id=decision.id)
    ctx.session.flush()
    return Facts(application, known)


def read_facts(ctx: Context, decision: DecisionMixin, application: Any) -> None:
    """Read onto a decision what the host's row says now; works on one that is not stored, too."""
    host, zone = ctx.host, ctx.settings.timezone
    decision.job_label = host.label_of(application, ctx.session)[:300]
    decision.applied_at = host.moment("applied_at", application, assume=zone)
    decision.interviewed_at = host.moment("interviewed_at", application, assume=zone)
    seen = host.seen_in_object(application)
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
    decision.owner_key, decision.owner_name = owner_of(ctx, application)
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


def owner_of(ctx: Context, application: Any) -> tuple[str, str]:
    """Return the actor id and the name of the job's owner; empty where the host has none."""
    owner = ctx.host.read("owner", application)
    if owner is None:
        return "", ""
    if sa.inspect(owner, raiseerr=False) is None:
        return str(owner)[:160], str(owner)[:160]
    name = next(
        (getattr(owner, attribute) for attribute in OWNER_NAMES if getattr(owner, attribute, None)), ""
    )
    return owner_key(owner)[:160], " ".join(str(name).split())[:160]


def owner_address(ctx: Context, application: Any) -> str:
    """Return the e-mail address of the owner, where the host has one."""
    owner = ctx.host.read("owner", application)
    if isinstance(owner, str):
        return owner if "@" in owner else ""
    return str(getattr(owner, "email", "") or "")
