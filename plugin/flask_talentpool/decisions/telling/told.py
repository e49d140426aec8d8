"""Telling: the moment the person learns of a decision, by whatever channel, and what they see of it."""

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.db.locks import update_and_read
from flask_talentpool.decisions.editing import untold
from flask_talentpool.decisions.facts import complete, live_decision
from flask_talentpool.decisions.lifecycle import notice_application, quiet_decision
from flask_talentpool.decisions.locking import lock_decision
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import facts_anew
from flask_talentpool.decisions.outcome.whole_person import beside
from flask_talentpool.enums import DecisionState, HoldReason, IncomingKind, LetterKind, LetterState, Outcome
from flask_talentpool.errors import BeingHandedOver, Refused, raised
from flask_talentpool.host.seen import key_of
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.record import cancel_letters, unsuppress

logger = logging.getLogger("flask_talentpool")

CHANNELS = ("letter", "phone", "in_person", "post", "portal", "host")


def tell(ctx: Context, application: Any, *, channel: str, by: Actor) -> DecisionMixin:
    """Somebody told the person, by phone, in person or by the host's own letter: ours is cancelled.

    Saying it again changes nothing.

    Raises:
        Refused: The host does not say that this application is decided, or our letter is going out now.
    """
    ctx.session.flush()
    quiet = quiet_decision(ctx, key_of(application))
    if quiet is not None:
        # Whoever told the person lets the outcome stand, whatever was taken back here before.
        unsuppress(ctx.connection(), ctx.models, [quiet.id])
    decision = notice_application(ctx, application)
    if decision is None:
        raise Refused("This application has no outcome to tell. Set it in the ATS first.", code="undecided")
    tell_decision(ctx, decision, channel=channel, by=by)
    return decision


def tell_decision(ctx: Context, decision: DecisionMixin, *, channel: str, by: Actor) -> None:
    """Mark the person as told of this decision by ``channel``, one of ``CHANNELS``.

    Raises:
        BeingHandedOver: Our letter is going out right now.
    """
    if channel not in CHANNELS:
        raise Refused(f"“{channel}” is no channel; choose one of {', '.join(CHANNELS)}.", code="channel")
    if decision.told_at is not None and not came_back(ctx, decision):
        return  # before anything is locked: a host may say it again in the middle of its own work
    letter = lock_decision(ctx, decision)
    if decision.told_at is not None and not came_back(ctx, decision):
        return
    if decision.state != DecisionState.LIVE:
        raise Refused("This decision no longer stands, so there is nothing to tell.", code="decision_ended")
    if letter is not None and outbox.standing(ctx, letter) == LetterState.SENDING:
        raise BeingHandedOver
    # Beside the letter itself: whatever else waits because the person was not told yet.
    cancel_letters(
        ctx.connection(), ctx.models, [decision.id], because=HoldReason.TOLD_ELSEWHERE, now=ctx.now()
    )
    ctx.session.expire_all()
    if decision.completed_at is None:
        complete(ctx, decision)
    _told(ctx, decision, channel)
    touch(ctx, decision.person_id, scope=decision.scope, channel=channel, what="told the outcome", by=by)
    ctx.record(by, "told", "decision", decision.id, scope=decision.scope, detail=channel)
    ctx.session.flush()


def told_together(ctx: Context, decision: DecisionMixin, *, by: Actor) -> DecisionMixin:
    """Mark the person as told of this decision by what told them of another application; ours is cancelled.

    Returns:
        The other decision.

    Raises:
        Refused: Nobody has been told of the application that holds this letter.
        BeingHandedOver: Our letter is going out right now.
    """
    letter = lock_decision(ctx, decision)
    untold(decision)
    if letter is not None and outbox.standing(ctx, letter) == LetterState.SENDING:
        raise BeingHandedOver
    found = beside(ctx, facts_anew(ctx, decision, letter))
    other = found[1] if found is not None else None
    if other is None or other.decision_id is None or other.told_at is None:
        raise Refused("Nobody has been told of the other application yet.", code="not_told")
    with_it = ctx.session.get_one(ctx.models.decision, other.decision_id)
    cancel_letters(
        ctx.connection(), ctx.models, [decision.id], because=HoldReason.TOLD_TOGETHER, now=ctx.now()
    )
    ctx.session.expire_all()
    decision.told_at, decision.told_by = with_it.told_at, with_it.told_by
    ctx.announce(signals.told, decision_id=decision.id, channel=with_it.told_by)
    ctx.record(by, "told_together", "decision", decision.id, scope=decision.scope, detail=f"{with_it.id}")
    ctx.session.flush()
    return with_it


def came_back(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the letter that told the person was returned for good, so that they know of nothing."""
    if decision.told_by != "letter":
        return False
    incoming, letter = ctx.models.incoming, ctx.models.letter
    returned = sa.select(incoming.id).where(
        incoming.kind == IncomingKind.RETURNED,
        incoming.letter_id.in_(
            sa.select(sa.func.coalesce(letter.with_letter_id, letter.id)).where(
                letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME
            )
        ),
    )
    return ctx.session.scalars(returned.limit(1)).first() is not None


def _told(ctx: Context, decision: DecisionMixin, channel: str) -> None:
    decision.told_at, decision.told_by = ctx.now(), channel
    ctx.announce(signals.told, decision_id=decision.id, channel=channel)


def touch(
    ctx: Context,
    person_id: int | None,
    *,
    scope: str,
    channel: str,
    what: str,
    by: Actor,
    letter: LetterMixin | None = None,
) -> None:
    """Remember a contact with a person."""
    if person_id is None:
        return
    ctx.session.add(
        ctx.models.touch(
            scope=scope,
            person_id=person_id,
            at=ctx.now(),
            direction="out",
            channel=channel,
            what=what,
            by=by.id,
            letter_id=letter.id if letter is not None else None,
        )
    )


def letters_told(ctx: Context, letters: Sequence[LetterMixin]) -> None:
    """Outcome letters went: the people have been told, whatever became of the decisions meanwhile."""
    decision, rider = ctx.models.decision, ctx.models.letter
    with_them = sa.select(rider.decision_id).where(
        rider.with_letter_id.in_(padded([letter.id for letter in letters]))
    )
    told = update_and_read(
        ctx.session,
        decision,
        sa.or_(
            decision.id.in_(padded([letter.decision_id for letter in letters])), decision.id.in_(with_them)
        ),
        decision.told_at.is_(None),
        told_at=ctx.now(),
        told_by="letter",
    )
    for row in told:
        ctx.announce(signals.told, decision_id=row.id, channel="letter")


def visible_status(ctx: Context, application: Any) -> str:
    """Say what a candidate may see of an application: ``open``, ``rejected``, ``hired`` or ``withdrawn``.

    Until the person has been told, a rejection shows as ``open``. An offer somebody declined
    shows as ``withdrawn``. Looks only. Where our tables cannot be read nobody can say whether the person was
    told, and where the map cannot read the row nobody can say what became of it: neither gives anything away.
    """
    try:
        if not ctx.settings.enabled:
            with ctx.session.no_autoflush:
                return status_shown(ctx, application, told=True)
        return _status_told(ctx, application)
    except Exception as error:  # noqa: BLE001 (the page is the host's, whatever its own code raises)
        logger.warning("a row whose status cannot be read shows as open: %s", raised(error))
        return "open"


def _status_told(ctx: Context, application: Any) -> str:
    try:
        with ctx.reading():
            decision = live_decision(ctx, key_of(application))
            told = (
                decision is not None and decision.outcome == Outcome.REJECTED and decision.told_at is not None
            )
            return status_shown(ctx, application, told=told)
    except SQLAlchemyError as error:
        logger.warning(
            "whether somebody was told cannot be read; a rejection shows as open: %s", raised(error)
        )
        with ctx.reading():
            return status_shown(ctx, application, told=False)


def status_shown(ctx: Context, application: Any, *, told: bool) -> str:
    """Say what the host's row shows to a candidate who was told, or was not; asks no table of ours."""
    seen = ctx.host.seen_in_object(application)
    outcome = ctx.host.verdict(seen.status, declined=seen.declined).outcome
    if outcome is Outcome.HIRED:
        return "hired"
    if outcome in (Outcome.WITHDRAWN, Outcome.OFFER_DECLINED):
        return "withdrawn"
    return "rejected" if told and outcome is Outcome.REJECTED else "open"
