"""Composing the outcome letter of a decision: its words, its values and its columns."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.decisions.host_reason import is_internal, is_said
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.release import feedback_to_share
from flask_talentpool.enums import Door, HoldReason, MemberState, StageReached
from flask_talentpool.letters.checks.checker import Finding, check
from flask_talentpool.letters.checks.masked import About
from flask_talentpool.letters.checks.rules import Level
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for
from flask_talentpool.letters.texts.render import Written, write
from flask_talentpool.letters.texts.syntax import EmptyField, TextProblem
from flask_talentpool.people.service import Known
from flask_talentpool.pools.model import MemberMixin
from flask_talentpool.pools.service import STANDARD_POOLS, offer_place, withdraw_offer
from flask_talentpool.text import printed_name


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDraft:
    """What a letter would say now, with what the check found; or why it cannot be written."""

    written: Written | None
    findings: tuple[Finding, ...] = ()
    because: HoldReason | None = None
    detail: str = ""

    @property
    def has_error(self) -> bool:
        """Whether the check found something that must not go out."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def is_kept(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the person has a place in a pool; for whoever looks at a letter that is not written yet."""
    if decision.person_id is None:
        return False
    member = ctx.models.member
    taken = [MemberState.MEMBER, MemberState.PAUSED]
    place = sa.select(member.id).where(member.person_id == decision.person_id, member.state.in_(taken))
    return ctx.session.scalars(place.limit(1)).first() is not None


def text_name(decision: DecisionMixin) -> str:
    """Return the name of the text that answers this decision: by stage reached and door."""
    if decision.never_pool:
        return "outcome/plain"
    return f"outcome/{decision.stage_reached}.{decision.door}"


def draft(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    *,
    pool_name: str,
    text: str = "",
    more: dict[str, str] | None = None,
    is_kept: bool = False,
    why: str = "",
) -> OutcomeDraft:
    """Write and check a letter about a decision; stores nothing.

    Args:
        ctx: The unit of work.
        decision: The decision, which need not be stored.
        application: The host's row, as the caller sees it.
        pool_name: The pool that the letter offers a place in; empty when it offers none.
        text: The name of the text; by default the outcome's.
        more: Values beside those of every letter about a decision.
        is_kept: Whether the person has a place in a pool already.
        why: The code of the host's own reason, where the letter gives it by itself.
    """
    language = language_for(ctx, application)
    values = values_for(ctx, decision, application, pool_name=pool_name, is_kept=is_kept, why=why)
    values |= more or {}
    try:
        written = write(ctx, text or text_name(decision), values, language=language, scope=decision.scope)
    except EmptyField as error:
        because = HoldReason.NO_NAME if error.field == "name" else HoldReason.TEXT
        return OutcomeDraft(written=None, because=because, detail=str(error))
    except TextProblem as error:
        return OutcomeDraft(written=None, because=HoldReason.TEXT, detail=str(error))
    about = About(
        language=language,
        offers_place=bool(pool_name),
        internal=tuple(
            part for part in (decision.reason if is_internal(ctx, decision) else "", decision.note) if part
        ),
    )
    return OutcomeDraft(written=written, findings=check(written, values, about=about))


def place(
    ctx: Context, decision: DecisionMixin, known: Known | None, letter: LetterMixin | None
) -> tuple[MemberMixin, str] | None:
    """Offer the place an open door promises; withdraw it when the door is no longer open."""
    is_open = decision.door == Door.OPEN and not decision.never_pool
    if is_open and known is not None and not known.is_ambiguous:
        member, pool = offer_place(ctx, known.person, decision, by=SOFTWARE)
        return member, pool.name
    if letter is not None:
        not_offered(ctx, letter)
    return None


def not_offered(ctx: Context, letter: LetterMixin) -> None:
    """Withdraw the place that a letter would have offered which does not go, or no longer offers it."""
    member = ctx.session.get(ctx.models.member, letter.member_id) if letter.member_id is not None else None
    if member is not None:
        withdraw_offer(ctx, member, letter.id)


def pool_name_of(ctx: Context, decision: DecisionMixin) -> str:
    """Return the pool that an open door would offer now."""
    member, pool = ctx.models.member, ctx.models.pool
    reached = {StageReached.FINALIST: "finalists", StageReached.INTERVIEWED: "interviewed"}
    key = reached.get(decision.stage_reached, "kept-in-mind")
    waiting = [MemberState.NOTED, MemberState.OFFERED]
    statement = (
        sa.select(pool.name)
        .join(member, member.pool_id == pool.id)
        .where(member.person_id == decision.person_id, member.state.in_(waiting))
        .order_by(member.added_at.desc())
        .limit(1)
    )
    noted = ctx.session.scalars(statement).first() if decision.person_id is not None else None
    if noted is None:
        by_key = sa.select(pool.name).where(pool.scope == decision.scope, pool.key == key)
        noted = ctx.session.scalars(by_key).one_or_none()
    return noted or STANDARD_POOLS[key][0]


def values_for(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    *,
    pool_name: str = "",
    is_kept: bool = False,
    why: str = "",
) -> dict[str, str]:
    """Return the values for a letter about this decision."""
    candidate = ctx.host.candidate_of(application, ctx.session)
    language = language_for(ctx, application)
    return {
        **signer_of(ctx, application, language=language).values,
        "name": ctx.host.name_of(candidate),
        "job": decision.job_label,
        "reason": reason_sentence(ctx, decision, language, why=why),
        "line": decision.line,
        "feedback": feedback_to_share(ctx, decision),
        "interviewed_on": day(decision.interviewed_at, ctx.settings.timezone, language),
        "applied_on": day(decision.applied_at, ctx.settings.timezone, language),
        "pool": pool_name,
        "wanted_by": printed_name(decision.door_by_name),
        "kept": "yes" if is_kept else "",
        "keep_months": str(ctx.settings.keep_months),
        "answer_by": "",
    }


def reason_sentence(ctx: Context, decision: DecisionMixin, language: str, *, why: str = "") -> str:
    """Return what a letter says about why; empty for a reason that stays inside, never a substitute.

    Args:
        ctx: The unit of work.
        decision: What a person said of it counts for more than the host's own reason.
        language: Of the letter.
        why: The code of the host's own reason, where the letter gives it by itself.
    """
    reason = ctx.settings.reasons.get(decision.reason_code if is_said(decision) else why)
    return reason.sentence(language, decision.reason_detail or "") if reason is not None else ""


def addressed_to(ctx: Context, application: Any) -> dict[str, str]:
    """Return the columns of a letter that say whom it goes to, as the host has it now."""
    candidate = ctx.host.candidate_of(application, ctx.session)
    return {
        "to_name": ctx.host.name_of(candidate)[:400],
        "to_address": ctx.host.email_of(candidate)[:320],
    }
