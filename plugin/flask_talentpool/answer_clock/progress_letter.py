"""Writing to somebody that it is still open: at the limit of the answer clock, or when a person presses it."""

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.answer_clock.progress_text import About, ProgressWords, progress_words
from flask_talentpool.answer_clock.rows import application_of, row_of
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.context import Answer, Cancel, Context, Hold
from flask_talentpool.db.locks import seize
from flask_talentpool.decisions.facts import live_decision
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import addressed_to
from flask_talentpool.decisions.outcome.hold_reasons import out_of_reach
from flask_talentpool.decisions.outcome.whole_person import still_open_is_absurd
from flask_talentpool.enums import (
    HoldReason,
    IncomingKind,
    LetterKind,
    LetterState,
    Mode,
    Outcome,
    OutcomeLetters,
)
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns, renew
from flask_talentpool.letters.holds import STILL_OPEN
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.people.service import Known, link_person

logger = logging.getLogger("flask_talentpool")

PAUSE = timedelta(days=3)
"""How long after one such letter no other is written, whoever presses."""
_UNDERWAY = [LetterState.SENDING, LetterState.UNKNOWN]


def say_still_open(ctx: Context, clock: ClockMixin, *, by: Actor) -> LetterMixin:
    """Write to an interviewed person that it is still open, and by when we write again.

    Raises:
        Refused: The person has an answer, one is on its way, or such a letter waits or went a moment ago.
    """
    _refuse_when_answered(ctx, clock)
    last = _last(ctx, clock)
    if last is not None and outbox.is_waiting(last):
        raise Refused(
            "Such a letter waits already. Look at it among the letters; approve it or let it go at its time.",
            code="waiting",
        )
    if last is not None and last.state in _UNDERWAY:
        raise Refused(
            "Such a letter is going out, or may have arrived. Say on its page what became of it first.",
            code="unknown",
        )
    if last is not None and last.sent_at is not None and ctx.now() - last.sent_at < PAUSE:
        raise Refused("We wrote to this person less than three days ago. Ring them instead.", code="too_soon")
    letter = _write(ctx, clock, last, by=by)
    if letter is None:
        raise Refused("Somebody else pressed this a moment ago.", code="waiting")
    ctx.record(by, "still_open", "clock", clock.id, scope=clock.scope)
    return letter


def _refuse_when_answered(ctx: Context, clock: ClockMixin) -> None:
    application = application_of(ctx, clock)
    if application is not None and ctx.host.has_offer(application):
        raise Refused("This person has an offer of ours, so they have heard from us.", code="offer")
    decision = live_decision(ctx, clock.application_key)
    told = decision is not None and decision.told_at is not None
    if clock.answered_at is not None or told:
        raise Refused("This person has an answer already.", code="told")
    if decision is not None and not _waits_for_an_offer(ctx, decision):
        raise Refused(
            "This is decided, so it is no longer open. Look at the letter that says so on the decision’s page.",
            code="decided",
        )


def write_due(ctx: Context) -> int:
    """Write to everybody whose limit is over and who was not decided about; each once.

    Those who were open at the first start are left to people. The caller commits.

    Returns:
        How many letters were composed.
    """
    clock, decision, letter = ctx.models.clock, ctx.models.decision, ctx.models.letter
    # What somebody pressed before the limit and what never went has not told the person anything.
    stands = sa.exists().where(
        letter.clock_id == clock.id,
        letter.kind == LetterKind.PROGRESS,
        sa.or_(letter.state != LetterState.CANCELLED, letter.composed_at >= clock.limit_at),
    )
    silent = [stage for stage, mode in ctx.settings.modes.items() if mode is Mode.OFF]
    overdue = sa.select(clock).where(
        clock.answered_at.is_(None),
        clock.from_before.is_(False),
        sa.or_(clock.progress == 0, ~stands),
        clock.limit_at <= ctx.now(),
        clock.application_id.is_not(None),
        clock.stage_reached.not_in(silent),
        ~sa.exists().where(decision.live_for == clock.application_key),
    )
    rows = ctx.session.scalars(overdue.order_by(clock.limit_at, clock.id).limit(200)).all()
    written = 0
    for row in rows:
        try:
            with ctx.savepoint():
                application = application_of(ctx, row)
                if application is not None and over(ctx, application) is None:
                    written += _write(ctx, row, _last(ctx, row), by=None) is not None
        except Exception:  # what one person's host row does must not keep the others from being written to
            logger.exception("clock %s could not be answered; it is tried again at the next sync", row.id)
    return written


def _last(ctx: Context, clock: ClockMixin) -> LetterMixin | None:
    """Return the latest of these letters that was not cancelled."""
    letter = ctx.models.letter
    statement = sa.select(letter).where(
        letter.clock_id == clock.id,
        letter.kind == LetterKind.PROGRESS,
        letter.state != LetterState.CANCELLED,
    )
    return ctx.session.scalars(statement.order_by(letter.id.desc()).limit(1)).first()


def _write(
    ctx: Context, clock: ClockMixin, last: LetterMixin | None, *, by: Actor | None
) -> LetterMixin | None:
    """Compose one; None when another process did so first, or the host's row is gone."""
    model = ctx.models.clock
    # Of two who write at once, one changes it.
    as_it_was = (model.progress == clock.progress, model.answered_at.is_(None))
    if not seize(ctx.session, clock, *as_it_was, progress=clock.progress + 1):
        return None
    application = application_of(ctx, clock)
    if application is None:
        return None
    follows = last.message_id if last is not None else ""
    values = compose(ctx, clock, application, composed_at=ctx.now(), follows=follows, pressed=by is not None)
    values |= {"clock_id": clock.id, "follows": follows}
    if by is not None:
        values |= {"approved_at": ctx.now(), "approved_by": by.id}
    letter = outbox.put(ctx, LetterKind.PROGRESS, occasion(ctx, clock.application_key), values)
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def occasion(ctx: Context, application_key: str) -> str:
    """Return ``progress:<application>:<n>``, where n goes on from what was ever written for the application."""
    letter, start = ctx.models.letter, f"progress:{application_key}:"
    before = sa.select(sa.func.count(letter.id)).where(
        letter.kind == LetterKind.PROGRESS, letter.occasion.startswith(start, autoescape=True)
    )
    return f"{start}{(ctx.session.scalar(before) or 0) + 1}"


def due_now(ctx: Context) -> datetime:
    """Return when a letter goes that is written now: at once, within office hours."""
    settings = ctx.settings
    if not isinstance(settings.delay, BusinessDelay):
        return ctx.now()
    return settings.delay.within_hours(ctx.now(), tz=settings.timezone, holidays=settings.holidays)


# The letter


def compose(
    ctx: Context, clock: ClockMixin, application: Any, *, composed_at: datetime, follows: str, pressed: bool
) -> dict[str, Any]:
    """Return the columns that every letter has, as this one's are now.

    Args:
        ctx: The unit of work.
        clock: Whose answer is open.
        application: The host's row.
        composed_at: When the letter was written: the date it promises counts from there.
        follows: The Message-ID of the one before it.
        pressed: Whether a person wants it to go.
    """
    candidate = ctx.host.candidate_of(application, ctx.session)
    known = link_person(ctx, candidate, clock.scope) if candidate is not None else None
    if known is not None and not known.is_ambiguous:
        clock.person_id = known.person.id
    about = About(
        scope=clock.scope,
        # A date we only guessed is not said.
        interviewed_at=None if clock.is_guessed else clock.interviewed_at,
    )
    words = progress_words(ctx, about, application, by=again_by(ctx, composed_at), is_first=not follows)
    because, detail = obstacle(ctx, application, known, words, pressed=pressed)
    if because is None:
        because = still_open_is_absurd(ctx, _imagined(ctx, clock), application, candidate)
    return columns(
        scope=clock.scope,
        person_id=clock.person_id,
        due_at=due_now(ctx),
        sender=signer_of(ctx, application, language=language_for(ctx, application)).columns,
        addressed=addressed_to(ctx, application) if candidate is not None else {},
        words=words.columns,
        because=because,
        detail=detail,
    )


def obstacle(
    ctx: Context, application: Any, known: Known | None, words: ProgressWords, *, pressed: bool
) -> tuple[HoldReason | None, str]:
    """Return the first reason for which the letter waits, and what to add to it."""
    because, detail = out_of_reach(ctx, application, known)
    if because is not None:
        return because, detail
    if words.because is not None:
        return words.because, words.detail
    if ctx.settings.outcome_letters is OutcomeLetters.HOST and not pressed:
        return HoldReason.HOST_WRITES, ""
    if known is not None and _has_unread_reply(ctx, known.person.id):
        return HoldReason.REPLY_UNREAD, ""
    return None, ""


def _imagined(ctx: Context, clock: ClockMixin) -> DecisionMixin:
    """Return what a decision about the application would be called by; it is not stored."""
    names = ("scope", "application_key", "candidate_key", "job_key", "job_label", "person_id")
    return ctx.models.decision(**{name: getattr(clock, name) for name in names})


def _has_unread_reply(ctx: Context, person_id: int) -> bool:
    incoming = ctx.models.incoming
    kinds = [IncomingKind.REPLY, IncomingKind.THANK_YOU]
    unread = sa.select(incoming.id).where(
        incoming.person_id == person_id, incoming.read_at.is_(None), incoming.kind.in_(kinds)
    )
    return ctx.session.scalars(unread.limit(1)).first() is not None


# Going out


class ProgressLetter(Kind):
    """It is still open, and we write again by a date."""

    kind = LetterKind.PROGRESS
    title = "letter that it is still open"

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Read the host row once more, with the letter locked: is it still open, and still in time?"""
        clock = ctx.session.get(ctx.models.clock, letter.clock_id or 0, populate_existing=True)
        if clock is None or clock.answered_at is not None:
            return Cancel(HoldReason.ANSWERED)
        if again_by(ctx, letter.composed_at) <= ctx.now():
            return Cancel(HoldReason.STALE)
        row = row_of(ctx, clock)
        application = row.application
        if row.because is HoldReason.HIDDEN:
            return Hold(HoldReason.HIDDEN)
        ended = over(ctx, application) if application is not None else HoldReason.ROW_GONE
        if ended is not None:
            return Cancel(ended)
        values = compose(
            ctx,
            clock,
            application,
            composed_at=letter.composed_at,
            follows=letter.follows,
            pressed=letter.approved_at is not None,
        )
        return renew(letter, values)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """The person has read a date: by then we write again."""
        clock = ctx.session.get(ctx.models.clock, letter.clock_id or 0)
        if clock is not None:
            clock.next_by = again_by(ctx, letter.composed_at)


def again_by(ctx: Context, composed_at: datetime) -> datetime:
    """Return the date that a letter names by which we write again."""
    return composed_at + ctx.settings.progress_days


def over(ctx: Context, application: Any) -> HoldReason | None:
    """Return why nobody has to be told that it is still open: it no longer is, or the answer is on its way."""
    seen = ctx.host.seen_in_object(application)
    outcome = ctx.host.verdict(seen.status, declined=seen.declined).outcome
    if outcome is None:
        # Whoever has an offer of ours in hand has heard from us.
        return HoldReason.ANSWERED if ctx.host.has_offer(application) else None
    if outcome is not Outcome.REJECTED:
        return HoldReason.HOST_SAYS_OTHERWISE
    decision = live_decision(ctx, key_of(application))
    if decision is None:
        # Taken back here, it is open; what nobody noticed yet is answered by the letter that comes of it.
        return None if _taken_back(ctx, key_of(application)) else HoldReason.ANSWERED
    return None if _waits_for_an_offer(ctx, decision) else HoldReason.ANSWERED


def _waits_for_an_offer(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the answer is held for an offer to somebody else: so long it is open, whatever the host says."""
    letter = letter_of(ctx, decision)
    is_held = letter is not None and letter.state == LetterState.HELD
    return is_held and letter is not None and letter.because in STILL_OPEN


def _taken_back(ctx: Context, application_key: Any) -> bool:
    decision = ctx.models.decision
    quiet = sa.select(decision.id).where(decision.suppressed_for == key_text(application_key))
    return ctx.session.scalars(quiet).first() is not None
