"""Writing to somebody decided about whose letter is held on their last day: we owe an answer, and by which day."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool import signals
from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.answer_clock.progress_letter import PAUSE, due_now, obstacle, occasion
from flask_talentpool.answer_clock.progress_text import About, progress_words
from flask_talentpool.context import Answer, Cancel, Context, Hold
from flask_talentpool.decisions.facts import Facts, look_at
from flask_talentpool.decisions.locking import lock_decisions
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import addressed_to
from flask_talentpool.decisions.outcome.facts import LetterFacts, load
from flask_talentpool.decisions.outcome.hold_reasons import out_of_reach
from flask_talentpool.decisions.outcome.last_day import answer_by, last_day_at
from flask_talentpool.decisions.outcome.schedule import zone_of
from flask_talentpool.decisions.outcome.whole_person import beside
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Outcome
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns, renew
from flask_talentpool.letters.holds import WITH_LAST_DAY
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.letters.texts.vocabulary import DECIDED
from flask_talentpool.noticing.sync import SyncReport
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")

AT_ONCE = 50
"""How many are looked at in one transaction."""


def write_owed(transact: Transact, report: SyncReport) -> None:
    """Write to everybody whose last day has come; each once, and whoever cannot be written to keeps nobody waiting."""
    after = 0
    while ids := transact(partial(_on_their_last_day, after=after)):
        report.failed += transact(partial(_write_all, ids=ids))
        after = ids[-1]


def _on_their_last_day(ctx: Context, *, after: int) -> list[int]:
    decision, letter, written = ctx.models.decision, ctx.models.letter, orm.aliased(ctx.models.letter)
    there = sa.exists().where(written.decision_id == decision.id, written.kind == LetterKind.PROGRESS)
    statement = (
        sa.select(decision.id)
        .join(letter, letter.decision_id == decision.id)
        .where(
            letter.kind == LetterKind.OUTCOME,
            letter.state == LetterState.HELD,
            letter.last_day_at <= ctx.now(),
            letter.because.in_(list(WITH_LAST_DAY)),
            decision.id > after,
            decision.state == DecisionState.LIVE,
            decision.told_at.is_(None),
            decision.application_id.is_not(None),
            ~there,
        )
    )
    return list(ctx.session.scalars(statement.order_by(decision.id).limit(AT_ONCE)))


def _write_all(ctx: Context, ids: Sequence[int]) -> int:
    """Write to those who are still owed one, with their decisions locked; return how many could not be read."""
    failed = 0
    for decision_id, (decision, letter) in lock_decisions(ctx, ids).items():
        if not _is_owed(decision, letter) or _written(ctx, decision):
            continue
        try:
            with ctx.savepoint():
                _write(ctx, decision, letter)
        except Exception:  # what one person's host row does must not keep the others from being written to
            logger.exception("decision %s could not be written about; it is tried again", decision_id)
            failed += 1
    return failed


def _is_owed(decision: DecisionMixin, letter: LetterMixin | None) -> bool:
    """Whether the person waits for an answer that something holds which a person has to resolve."""
    stands = decision.state == DecisionState.LIVE and decision.told_at is None
    is_held = letter is not None and letter.state == LetterState.HELD and letter.because in WITH_LAST_DAY
    return stands and is_held and decision.outcome == Outcome.REJECTED


def _written(ctx: Context, decision: DecisionMixin) -> bool:
    letter = ctx.models.letter
    there = sa.select(letter.id).where(letter.decision_id == decision.id, letter.kind == LetterKind.PROGRESS)
    return ctx.session.scalars(there.limit(1)).first() is not None


def _write(ctx: Context, decision: DecisionMixin, letter: LetterMixin | None) -> None:
    row = look_at(ctx, [decision])[0]
    if row.error is not None:
        raise row.error
    if row.because is not None or not _says_no(ctx, row) or out_of_reach(ctx, row.application, row.known)[0]:
        return  # of somebody we cannot know, or cannot reach, a person has to take care
    (facts,) = load(ctx, [(decision, letter)], [row])
    last_day, clock = last_day_at(ctx, facts), _clock_of(ctx, decision)
    if letter is not None and letter.last_day_at != last_day:
        letter.last_day_at = last_day
    if last_day is None or last_day > ctx.now() or (clock is not None and clock.from_before):
        return
    if beside(ctx, facts) is not None:
        return  # another application of theirs makes it absurd, and a person has to look at that first
    if facts.had_offer or decision.needs_review == HoldReason.OFFER_IN_HAND:
        return  # whoever has an offer of ours in hand has heard from us, and not what this would say
    if _another_waits(ctx, decision) or _heard_today(ctx, facts):
        return  # nobody gets two letters a day: the next one is written on another
    before = _before(ctx, clock)
    if before is not None and (before.sent_at is None or ctx.now() - before.sent_at < PAUSE):
        return  # one that it is still open waits, or went a moment ago
    follows = before.message_id if before is not None else ""
    values = _compose(ctx, facts, clock, written_at=ctx.now(), follows=follows)
    values |= {"decision_id": decision.id, "follows": follows}
    put = outbox.put(ctx, LetterKind.PROGRESS, occasion(ctx, decision.application_key), values)
    if put is not None:
        ctx.announce(signals.letter_scheduled, letter_id=put.id)


def _says_no(ctx: Context, row: Facts) -> bool:
    seen = row.seen
    return (
        seen is not None and ctx.host.verdict(seen.status, declined=seen.declined).outcome is Outcome.REJECTED
    )


def _clock_of(ctx: Context, decision: DecisionMixin) -> ClockMixin | None:
    clock = ctx.models.clock
    theirs = sa.select(clock).where(
        clock.application_key == decision.application_key, clock.candidate_key == decision.candidate_key
    )
    return ctx.session.scalars(theirs).one_or_none()


def _before(ctx: Context, clock: ClockMixin | None) -> LetterMixin | None:
    """Return the latest letter that it was still open, where one was not cancelled."""
    letter = ctx.models.letter
    if clock is None:
        return None
    theirs = sa.select(letter).where(
        letter.clock_id == clock.id,
        letter.kind == LetterKind.PROGRESS,
        letter.state.not_in([LetterState.CANCELLED, LetterState.FAILED]),
    )
    return ctx.session.scalars(theirs.order_by(letter.id.desc()).limit(1)).first()


def _another_waits(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether a letter of this kind to the same person has not gone yet, about whatever else."""
    letter = ctx.models.letter
    if decision.person_id is None:
        return False
    theirs = sa.select(letter.id).where(
        letter.person_id == decision.person_id,
        letter.kind == LetterKind.PROGRESS,
        letter.state.in_([LetterState.DUE, LetterState.HELD, LetterState.SENDING]),
    )
    return ctx.session.scalars(theirs.limit(1)).first() is not None


def _heard_today(ctx: Context, facts: LetterFacts, *, mine: int | None = None) -> bool:
    """Whether another letter went to the person today."""
    zone = zone_of(ctx, facts.candidate)
    today = ctx.now().astimezone(zone).date()
    return any(at.astimezone(zone).date() == today for key, at in facts.person.gone if key != mine)


def _by(ctx: Context, facts: LetterFacts, written_at: datetime) -> datetime:
    return answer_by(ctx, facts.decision, facts.interviewed_at, written_at)


def _compose(
    ctx: Context, facts: LetterFacts, clock: ClockMixin | None, *, written_at: datetime, follows: str
) -> dict[str, Any]:
    decision, application = facts.decision, facts.host.application
    is_guessed = clock is not None and clock.is_guessed
    about = About(
        scope=decision.scope,
        interviewed_at=None if is_guessed else decision.interviewed_at,
    )
    words = progress_words(
        ctx, about, application, by=_by(ctx, facts, written_at), is_first=not follows, text=DECIDED
    )
    because, detail = obstacle(ctx, application, facts.host.known, words, pressed=False)
    return columns(
        scope=decision.scope,
        person_id=decision.person_id,
        due_at=due_now(ctx),
        sender=signer_of(ctx, application, language=language_for(ctx, application)).columns,
        addressed=addressed_to(ctx, application),
        words=words.columns,
        because=because,
        detail=detail,
    )


def may_go(ctx: Context, letter: LetterMixin) -> Answer:  # noqa: PLR0911 (one for each way in which it is over)
    """Look once more, with the letter locked: is the answer still owed, to this person, and the day still to come?"""
    model = ctx.models.decision
    decision = ctx.session.get(model, letter.decision_id, populate_existing=True)
    if decision is None or decision.state != DecisionState.LIVE:
        return Cancel(HoldReason.TAKEN_BACK)
    if decision.told_at is not None:
        return Cancel(HoldReason.TOLD_ELSEWHERE)
    outcome = outbox.find(ctx, LetterKind.OUTCOME, f"decision:{decision.id}")
    if outcome is not None:
        ctx.session.refresh(outcome)
    if not _is_owed(decision, outcome):
        return Cancel(HoldReason.ANSWERED)
    row = look_at(ctx, [decision])[0]
    if row.error is not None:
        raise row.error
    if row.because is not None:
        return Hold(row.because)
    if not _says_no(ctx, row):
        return Cancel(HoldReason.HOST_SAYS_OTHERWISE)
    (facts,) = load(ctx, [(decision, outcome)], [row])
    if _by(ctx, facts, letter.composed_at) <= ctx.now():
        return Cancel(HoldReason.STALE)
    if (because := _waits(ctx, facts, letter)) is not None:
        return Hold(because)
    clock = _clock_of(ctx, decision)
    return renew(letter, _compose(ctx, facts, clock, written_at=letter.composed_at, follows=letter.follows))


def _waits(ctx: Context, facts: LetterFacts, letter: LetterMixin) -> HoldReason | None:
    """Return why it does not go now to this person, seen from their other applications and letters."""
    if (other := beside(ctx, facts)) is not None:
        return other[0]
    return HoldReason.LETTER_TODAY if _heard_today(ctx, facts, mine=letter.id) else None


def went(ctx: Context, letter: LetterMixin) -> None:
    """The person has read a day: it stands beside their answer clock, where there is one."""
    decision = ctx.session.get(ctx.models.decision, letter.decision_id)
    clock = _clock_of(ctx, decision) if decision is not None else None
    if decision is not None and clock is not None:
        known = decision.interviewed_at or clock.interviewed_at
        clock.next_by = answer_by(ctx, decision, known, letter.composed_at)
