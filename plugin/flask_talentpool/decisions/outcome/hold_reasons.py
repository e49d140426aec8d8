"""Why an outcome letter waits, in the order a person should hear the reasons."""

from typing import Any, cast

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import OutcomeDraft
from flask_talentpool.decisions.outcome.release import (
    mode_of,
    waits_for_line,
    waits_for_offer,
    waits_for_reader,
)
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Mode, OutcomeLetters
from flask_talentpool.letters.checks.rules import Level
from flask_talentpool.letters.delivery.message import BadAddress, check_address
from flask_talentpool.letters.incoming.suppression import is_returned
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.record import GONE
from flask_talentpool.people.service import Known

REVIEWS = (HoldReason.TOLD_BEFORE, HoldReason.LATE, HoldReason.INTERNAL)
Obstacle = tuple[HoldReason | None, str]
"""Why a letter waits, and what to add to it; nothing when it may go."""


def out_of_reach(ctx: Context, application: Any, known: Known | None) -> Obstacle:
    """Return why no letter of any kind can get to the person of an application now.

    Args:
        ctx: The unit of work.
        application: The host's row, or None when it is gone.
        known: Who the row belongs to; None when nobody can say.
    """
    if application is None or known is None:
        return HoldReason.ROW_GONE, ""
    if known.is_ambiguous:
        return HoldReason.IDENTITY, ""
    return mail_obstacle(ctx, application)


def mail_obstacle(ctx: Context, application: Any) -> tuple[HoldReason | None, str]:
    """Return why no letter can go to the person of this application, and what to add to it."""
    missing = [name for name in ("mail_from", "public_url") if getattr(ctx.settings, name) is None]
    if missing:
        return HoldReason.SETTINGS, "Set " + " and ".join(
            f"TALENTPOOL_{name.upper()}" for name in missing
        ) + "."
    if ctx.settings.outcome_letters is None:
        return HoldReason.WHO_WRITES, ""
    email = ctx.host.email_of(ctx.host.candidate_of(application, ctx.session))
    if not email:
        return HoldReason.NO_ADDRESS, ""
    try:
        check_address(email)
    except BadAddress as error:
        return HoldReason.BAD_ADDRESS, str(error)
    if is_returned(ctx, email, scope=ctx.host.scope_of(application)):
        return HoldReason.RETURNED, ""
    return None, ""


def text_obstacle(draft: OutcomeDraft | None) -> Obstacle:
    """Return why the words of a letter cannot go out: not to be written, or the check found an error."""
    if draft is None:
        return None, ""
    if draft.because is not None:
        return draft.because, draft.detail
    errors = [finding for finding in draft.findings if finding.level is Level.ERROR]
    return (HoldReason.CHECK, errors[0].message) if errors else (None, "")


def obstacle(  # noqa: C901, PLR0911 (one line for each reason)
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    known: Known | None,
    letter: LetterMixin | None,
    *,
    draft: OutcomeDraft | None = None,
) -> Obstacle:
    """Return the first reason for which the letter waits, and what to add to it.

    Args:
        ctx: The unit of work.
        decision: The decision that the letter tells.
        application: The host's row, or None when it is gone.
        known: Who the row belongs to.
        letter: The letter as it is stored, if it is.
        draft: Its words as they are now, where they were written anew.
    """
    because, detail = out_of_reach(ctx, application, known)
    if because is not None:
        return because, detail
    if letter is not None and letter.because == HoldReason.BY_HAND and letter.approved_at is None:
        return HoldReason.BY_HAND, ""
    because, detail = text_obstacle(draft)
    if because is not None:
        return because, detail
    if waits_for_reader(ctx, decision):
        return HoldReason.FEEDBACK, ""
    if letter is not None and letter.approved_at is not None:
        return None, ""
    if ctx.settings.outcome_letters is OutcomeLetters.HOST:
        return HoldReason.HOST_WRITES, ""
    if decision.needs_review:
        return cast("HoldReason", decision.needs_review), ""
    if _may_have_been_told(ctx, decision):
        return HoldReason.TOLD_BEFORE, ""
    if decision.never_pool:
        return HoldReason.NEVER_POOL, ""
    if mode_of(ctx, decision) in (Mode.REVIEW, Mode.OFF):
        # Off makes no letter; one that was written before the stage or the setting changed does not go by itself.
        return HoldReason.REVIEW, ""
    if (offer := waits_for_offer(ctx, decision, application, letter)) is not None:
        return offer, ""
    if waits_for_line(ctx, decision, ctx.host.candidate_of(application, ctx.session)):
        return HoldReason.PERSONAL, ""
    return None, ""


def _may_have_been_told(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether an earlier decision on this application was told, or its letter may have arrived.

    Noticing asks whether it was told; a letter that was going out just then shows only here, and so does
    an application that the host moved to another row of the same person when it merged the two.
    """
    earlier, letter = ctx.models.decision, ctx.models.letter
    may_have_arrived = [LetterState.SENDING, LetterState.SENT, LetterState.UNKNOWN]
    same_row = sa.and_(
        earlier.application_key == decision.application_key, earlier.candidate_key == decision.candidate_key
    )
    moved = sa.and_(
        earlier.application_key == GONE + decision.application_key, earlier.person_id == decision.person_id
    )
    statement = sa.select(earlier.id).where(
        sa.or_(same_row, moved),
        earlier.id != decision.id,
        earlier.state != DecisionState.FORGOTTEN,
        sa.or_(
            earlier.told_at.is_not(None),
            sa.exists().where(
                letter.decision_id == earlier.id,
                letter.kind == LetterKind.OUTCOME,
                letter.state.in_(may_have_arrived),
            ),
        ),
    )
    return ctx.session.scalars(statement.limit(1)).first() is not None
