"""Answering a decision: composing the outcome letter and the place it offers, in one transaction."""

from datetime import datetime
from email.utils import formataddr
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.context import SOFTWARE, Answer, Cancel, Context, Go, Hold
from flask_talentpool.decisions.facts import application_of, complete, owner_address
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.record import GONE, record
from flask_talentpool.delays import due_at
from flask_talentpool.letters import outbox
from flask_talentpool.letters.message import BadAddress, check_address
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.text import EmptyField, Written, write
from flask_talentpool.people.service import Known, know
from flask_talentpool.pools.model import MemberMixin
from flask_talentpool.pools.service import offer_place, withdraw_offer
from flask_talentpool.words import (
    Because,
    DecisionState,
    Door,
    LetterKind,
    LetterState,
    MemberState,
    Mode,
    Outcome,
    OutcomeLetters,
    StageReached,
)

REVIEWS = (Because.TOLD_BEFORE, Because.LATE, Because.INTERNAL)


def occasion(decision: DecisionMixin) -> str:
    """Return what the outcome letter of a decision answers."""
    return f"decision:{decision.id}"


def letter_of(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Return the outcome letter of a decision, or None while it is not composed."""
    return outbox.find(ctx, LetterKind.OUTCOME, occasion(decision))


def wants_letter(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether a decision is one that a letter answers."""
    return (
        decision.outcome == Outcome.REJECTED.value
        and decision.state == DecisionState.LIVE.value
        and decision.told_at is None
        and ctx.settings.modes[StageReached(decision.stage_reached)] is not Mode.OFF
    )


def answer(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    """Compose the outcome letter of a decision, or compose a waiting one anew.

    Returns:
        The letter; None when this decision is not answered by one, or another process composes it.
    """
    known = complete(ctx, decision)
    if not wants_letter(ctx, decision):
        return None
    letter = letter_of(ctx, decision)
    if letter is not None:
        return recompose(ctx, letter, decision, known)
    _, values = _compose(ctx, decision, known, None)
    return _store(ctx, decision, values)


def recompose(
    ctx: Context, letter: LetterMixin, decision: DecisionMixin, known: Known | None = None
) -> LetterMixin:
    """Write a waiting letter anew from the facts as they are now; the occasion and Message-ID stay.

    Raises:
        BeingHandedOver: It is being handed over right now.
    """
    if not outbox.is_waiting(letter):
        return letter
    outbox.lock(ctx, letter)
    known = known or complete(ctx, decision)
    because, values = _compose(ctx, decision, known, letter)
    values.pop("due_at")
    values.pop("state")
    for field, value in values.items():
        setattr(letter, field, value)
    outbox.move(letter, LetterState.HELD if because else LetterState.DUE, because, values["detail"])
    ctx.session.flush()
    return letter


def _store(ctx: Context, decision: DecisionMixin, values: dict[str, Any]) -> LetterMixin | None:
    letter = outbox.put(ctx, LetterKind.OUTCOME, occasion(decision), values)
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def preview(
    ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str = ""
) -> Written | None:
    """Write what the letter would say now; stores nothing. None when a field it needs is empty.

    Args:
        ctx: The unit of work.
        decision: The decision, which need not be stored.
        application: The host's row, as the caller sees it.
        pool_name: The pool that an open door would offer.
    """
    try:
        return _write(ctx, decision, application, pool_name=pool_name or "Finalists")
    except EmptyField:
        return None


def foresee(
    ctx: Context, decision: DecisionMixin, application: Any, *, in_doubt: bool
) -> tuple[Because | None, str]:
    """Return why the letter of a decision would wait if it were written now; stores nothing.

    ``in_doubt`` says whether the candidate's row may be somebody else by now.
    """
    suspended = ctx.now() if in_doubt else None
    pretended = Known(ctx.models.person(), ctx.models.candidate_link(suspended_at=suspended))
    return _obstacle(ctx, decision, application, pretended, None)


def _compose(
    ctx: Context, decision: DecisionMixin, known: Known | None, letter: LetterMixin | None
) -> tuple[Because | None, dict[str, Any]]:
    """Return why the letter waits, if it does, and its columns."""
    application = application_of(ctx, decision)
    because, detail = _obstacle(ctx, decision, application, known, letter)
    values: dict[str, Any] = {
        "scope": decision.scope,
        "person_id": decision.person_id,
        "decision_id": decision.id,
        "language": ctx.settings.locale,
        "due_at": due_at(ctx.settings.delay, decision.noticed_at, tz=ctx.settings.timezone),
        **_sender(ctx, application),
    }
    place = _place(ctx, decision, known, letter)
    values["member_id"] = place[0].id if place else None
    if application is not None:
        candidate = ctx.host.candidate_of(application, ctx.session)
        values["to_name"] = ctx.host.name_of(candidate)[:400]
        values["to_address"] = ctx.host.email_of(candidate)[:320]
        try:
            written = _write(ctx, decision, application, pool_name=place[1] if place else "")
            values |= {"subject": written.subject[:400], "text": written.text, "html": written.html}
        except EmptyField as error:
            because = because or (Because.NO_NAME if error.field == "name" else Because.TEXT)
            detail = detail or str(error)
    values |= {
        "state": (LetterState.HELD if because else LetterState.DUE).value,
        "because": because.value if because else "",
        "detail": detail[:400],
    }
    return because, values


def _place(
    ctx: Context, decision: DecisionMixin, known: Known | None, letter: LetterMixin | None
) -> tuple[MemberMixin, str] | None:
    """Offer the place an open door promises; withdraw it when the door is no longer open."""
    is_open = decision.door == Door.OPEN.value and not decision.never_pool
    if is_open and known is not None and not known.in_doubt:
        member, pool = offer_place(ctx, known.person, decision, by=SOFTWARE)
        return member, pool.name
    if letter is not None and letter.member_id is not None:
        member = ctx.session.get_one(ctx.models.member, letter.member_id)
        withdraw_offer(ctx, member)
    return None


def _write(ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str) -> Written:
    return write(
        text_name(decision),
        values_for(ctx, decision, application, pool_name=pool_name),
        language=ctx.settings.locale,
        guide_url=ctx.guide_url,
    )


def text_name(decision: DecisionMixin) -> str:
    """Return the name of the text that answers this decision: by stage reached and door."""
    if decision.never_pool:
        return "outcome/plain"
    return f"outcome/{decision.stage_reached}.{decision.door}"


def values_for(
    ctx: Context, decision: DecisionMixin, application: Any, *, pool_name: str = ""
) -> dict[str, str]:
    """Return the values for a letter about this decision."""
    candidate = ctx.host.candidate_of(application, ctx.session)
    sender = _sender(ctx, application)
    return {
        "name": ctx.host.name_of(candidate),
        "job": decision.job_label,
        "company": company(ctx),
        "writer": decision.owner_name or sender["from_name"] or f"The hiring team at {company(ctx)}",
        "writer_role": "",
        "reply_address": sender["reply_to"] or sender["from_address"],
        "reason": "",
        "line": decision.line,
        "interviewed_on": day(decision.interviewed_at, ctx.settings.timezone),
        "applied_on": day(decision.applied_at, ctx.settings.timezone),
        "pool": pool_name,
        "wanted_by": decision.door_by_name,
        "keep_months": str(ctx.settings.keep_months),
        "answer_by": "",
    }


def company(ctx: Context) -> str:
    """Return what letters call the company: the setting, else the domain they come from."""
    sender = ctx.settings.mail_from
    return ctx.settings.company or (sender.address.rpartition("@")[2] if sender else "")


def day(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a date as a letter writes it: ``12 May 2026``; empty for no date."""
    return "" if moment is None else f"{moment.astimezone(zone):%-d %B %Y}"


def _sender(ctx: Context, application: Any) -> dict[str, str]:
    sender = ctx.settings.mail_from
    address = owner_address(ctx, application) if application is not None else ""
    try:
        reply_to = check_address(address) if address else ""
    except BadAddress:
        reply_to = ""
    return {
        "from_name": sender.name if sender else "",
        "from_address": sender.address if sender else "",
        "reply_to": reply_to,
    }


def mail_obstacle(ctx: Context, application: Any) -> tuple[Because | None, str]:
    """Return why no letter can go to the person of this application, and what to add to it."""
    missing = [name for name in ("mail_from", "public_url") if getattr(ctx.settings, name) is None]
    if missing:
        return Because.SETTINGS, "Set " + " and ".join(f"TALENTPOOL_{name.upper()}" for name in missing) + "."
    if ctx.settings.outcome_letters is None:
        return Because.WHO_WRITES, ""
    email = ctx.host.email_of(ctx.host.candidate_of(application, ctx.session))
    if not email:
        return Because.NO_ADDRESS, ""
    try:
        check_address(email)
    except BadAddress as error:
        return Because.BAD_ADDRESS, str(error)
    return None, ""


def _obstacle(  # noqa: C901, PLR0911 (one line for each reason, in the order a person should hear them)
    ctx: Context, decision: DecisionMixin, application: Any, known: Known | None, letter: LetterMixin | None
) -> tuple[Because | None, str]:
    """Return the first reason for which the letter waits, and what to add to it."""
    if application is None or known is None:
        return Because.ROW_GONE, ""
    if known.in_doubt:
        return Because.IDENTITY, ""
    because, detail = mail_obstacle(ctx, application)
    if because is not None:
        return because, detail
    if letter is not None and letter.because == Because.BY_HAND.value and letter.approved_at is None:
        return Because.BY_HAND, ""
    if letter is not None and letter.approved_at is not None:
        return None, ""
    if ctx.settings.outcome_letters is OutcomeLetters.HOST:
        return Because.HOST_WRITES, ""
    if decision.needs_review:
        return Because(decision.needs_review), ""
    if _may_have_been_told(ctx, decision):
        return Because.TOLD_BEFORE, ""
    if decision.never_pool:
        return Because.NEVER_POOL, ""
    if ctx.settings.modes[StageReached(decision.stage_reached)] is Mode.REVIEW:
        return Because.REVIEW, ""
    return None, ""


def _may_have_been_told(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether an earlier decision on this application was told, or its letter may have arrived.

    Noticing asks whether it was told; a letter that was going out just then shows only here, and so does
    an application that the host moved to another row of the same person when it merged the two.
    """
    earlier, letter = ctx.models.decision, ctx.models.letter
    may_have_arrived = [LetterState.SENDING.value, LetterState.SENT.value, LetterState.UNKNOWN.value]
    same_row = sa.and_(
        earlier.application_key == decision.application_key, earlier.candidate_key == decision.candidate_key
    )
    moved = sa.and_(
        earlier.application_key == GONE + decision.application_key, earlier.person_id == decision.person_id
    )
    statement = sa.select(earlier.id).where(
        sa.or_(same_row, moved),
        earlier.id != decision.id,
        earlier.state != DecisionState.FORGOTTEN.value,
        sa.or_(
            earlier.told_at.is_not(None),
            sa.exists().where(
                letter.decision_id == earlier.id,
                letter.kind == LetterKind.OUTCOME.value,
                letter.state.in_(may_have_arrived),
            ),
        ),
    )
    return ctx.session.scalars(statement.limit(1)).first() is not None


def _place_is_there(ctx: Context, decision: DecisionMixin, letter: LetterMixin) -> bool:
    """Whether the place in a pool that the letter offers, if it offers one, can still be taken."""
    if decision.door != Door.OPEN.value or decision.never_pool:
        return True
    member = ctx.models.member
    here = sa.select(member.id).where(member.id == letter.member_id, member.state != MemberState.ENDED.value)
    return ctx.session.scalars(here).first() is not None


def _connection(ctx: Context) -> Any:
    return ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.models.decision)})


def outcome_may_go(ctx: Context, letter: LetterMixin) -> Answer:
    """Read the host row once more, with the letter locked: does it still say so, of the same person?"""
    decision = ctx.session.get(ctx.models.decision, letter.decision_id, populate_existing=True)
    if decision is None or decision.state != DecisionState.LIVE.value:
        return Cancel(Because.TAKEN_BACK)
    if decision.told_at is not None:
        return Cancel(Because.TOLD_ELSEWHERE)
    application = application_of(ctx, decision)
    if application is None:
        return Hold(Because.ROW_GONE)
    seen = ctx.host.seen_in_object(application)
    verdict = ctx.host.verdict(seen.status, declined=seen.declined)
    if verdict.outcome != decision.outcome or (verdict.never_pool and not decision.never_pool):
        # The decision ends with its letter: said again by the host, it is a new one with a letter of its own.
        record(_connection(ctx), ctx.host, ctx.models, [seen], now=ctx.now())
        ctx.session.refresh(letter)
        return Cancel(Because.HOST_SAYS_OTHERWISE)
    candidate = ctx.host.candidate_of(application, ctx.session)
    known = know(ctx, candidate, decision.scope) if candidate is not None else None
    because, detail = _obstacle(ctx, decision, application, known, letter)
    if because is None and not _place_is_there(ctx, decision, letter):
        because = Because.PLACE_ENDED
    if because is not None:
        return Hold(because, detail)
    addressed = (ctx.host.name_of(candidate)[:400], ctx.host.email_of(candidate)[:320])
    if addressed != (letter.to_name, letter.to_address):
        _, values = _compose(ctx, decision, complete(ctx, decision), letter)
        for field in ("to_address", "to_name", "subject", "text", "html", "person_id"):
            setattr(letter, field, values[field])
    return Go()


def from_line(letter: LetterMixin) -> str:
    """Return the sender as a page shows it."""
    return formataddr((letter.from_name, letter.from_address))
