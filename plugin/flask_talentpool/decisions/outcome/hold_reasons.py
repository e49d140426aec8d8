"""Why an outcome letter waits, in the order a person should hear the reasons."""

from typing import Any, cast

from flask_talentpool.config.addresses import BadAddress, check_address
from flask_talentpool.context import Context
from flask_talentpool.decisions.outcome.draft import OutcomeDraft
from flask_talentpool.decisions.outcome.facts import LetterFacts
from flask_talentpool.decisions.outcome.release import (
    mode_of,
    waits_for_line,
    waits_for_offer,
    waits_for_reader,
)
from flask_talentpool.decisions.outcome.whole_person import beside, until_tomorrow
from flask_talentpool.enums import HoldReason, Mode, OutcomeLetters
from flask_talentpool.letters.checks.rules import Level
from flask_talentpool.letters.incoming.suppression import is_returned
from flask_talentpool.people.service import Known

_UNTIL_APPROVED = (HoldReason.BY_HAND, HoldReason.SIGNED_ANEW)
Obstacle = tuple[HoldReason | None, str]
"""Why a letter waits, and what to add to it; nothing when it may go."""


def out_of_reach(
    ctx: Context, application: Any, known: Known | None, *, because: HoldReason | None = None
) -> Obstacle:
    """Return why no letter of any kind can get to the person of an application now.

    Args:
        ctx: The unit of work.
        application: The host's row, or None when it is gone.
        known: Who the row belongs to; None when nobody can say.
        because: Why not, where a look at the row has said so.
    """
    if because is not None or application is None or known is None:
        return because or HoldReason.ROW_GONE, ""
    return (HoldReason.IDENTITY, "") if known.is_ambiguous else mail_obstacle(ctx, application)


def mail_obstacle(ctx: Context, application: Any) -> Obstacle:
    """Return why no letter can go to the person of this application, and what to add to it."""
    email = ctx.host.email_of(ctx.host.candidate_of(application, ctx.session))
    return _mail(ctx, email, came_back=is_returned(ctx, email, scope=ctx.host.scope_of(application)))


def _mail(ctx: Context, email: str, *, came_back: bool) -> Obstacle:
    needed = ("company", "mail_from", "public_url")
    if missing := [f"TALENTPOOL_{name.upper()}" for name in needed if not getattr(ctx.settings, name)]:
        return HoldReason.SETTINGS, f"Set {' and '.join(missing)}."
    if ctx.settings.outcome_letters is None:
        return HoldReason.WHO_WRITES, ""
    if not email:
        return HoldReason.NO_ADDRESS, ""
    try:
        check_address(email)
    except BadAddress as error:
        return HoldReason.BAD_ADDRESS, str(error)
    return (HoldReason.RETURNED, "") if came_back else (None, "")


def text_obstacle(draft: OutcomeDraft | None) -> Obstacle:
    """Return why the words of a letter cannot go out: not to be written, or the check found an error."""
    if draft is None:
        return None, ""
    if draft.because is not None:
        return draft.because, draft.detail
    errors = [finding for finding in draft.findings if finding.level is Level.ERROR]
    return (HoldReason.CHECK, errors[0].message) if errors else (None, "")


def why_waits(  # noqa: PLR0911 (one line for each reason)
    ctx: Context, facts: LetterFacts, *, draft: OutcomeDraft | None = None
) -> Obstacle:
    """Return the first reason for which an outcome letter waits, and what to add to it; asks no table.

    Args:
        ctx: The settings, the time, and how host rows are read.
        facts: What is known of the decision and its letter.
        draft: Its words as they are now, where they were written anew.
    """
    decision, letter, known = facts.decision, facts.letter, facts.host.known
    if facts.host.because is not None or known is None:
        return facts.host.because or HoldReason.ROW_GONE, ""
    if known.is_ambiguous:
        return HoldReason.IDENTITY, ""
    because, detail = _mail(ctx, ctx.host.email_of(facts.candidate), came_back=facts.came_back)
    if because is not None:
        return because, detail
    if letter is not None and letter.because in _UNTIL_APPROVED and letter.approved_at is None:
        return HoldReason(letter.because), ""
    because, detail = text_obstacle(draft)
    if because is not None:
        return because, detail
    if waits_for_reader(ctx, decision):
        return HoldReason.FEEDBACK, ""
    is_approved = letter is not None and letter.approved_at is not None
    if ctx.settings.outcome_letters is OutcomeLetters.HOST and not is_approved:
        return HoldReason.HOST_WRITES, ""
    if (other := beside(ctx, facts)) is not None:
        return other[0], ""
    because = None if is_approved else _waits_for_somebody(ctx, facts)
    if because is None and until_tomorrow(ctx, facts) is not None:
        because = HoldReason.LETTER_TODAY
    return because, ""


def _waits_for_somebody(  # noqa: PLR0911 (one line for each reason)
    ctx: Context, facts: LetterFacts
) -> HoldReason | None:
    """Return why a letter waits that nobody has approved."""
    decision = facts.decision
    if facts.had_offer:
        return HoldReason.OFFER_IN_HAND
    if decision.needs_review:
        return cast("HoldReason", decision.needs_review)
    if facts.may_have_been_told:
        return HoldReason.TOLD_BEFORE
    if decision.never_pool:
        return HoldReason.NEVER_POOL
    if mode_of(ctx, decision) in (Mode.REVIEW, Mode.OFF):
        # Off makes no letter; one that was written before the stage or the setting changed does not go by itself.
        return HoldReason.REVIEW
    if (offer := waits_for_offer(ctx, facts.offer)) is not None:
        return offer
    if waits_for_line(ctx, decision, facts.candidate, interviewed_at=facts.interviewed_at):
        return HoldReason.PERSONAL
    return None
