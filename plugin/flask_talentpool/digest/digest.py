"""Letters to job owners: the morning mail with all that waits, and reminders of a missing line."""

import logging
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.answer_clock import clock as answer_clock
from flask_talentpool.answer_clock import erasing as answer_clock_erasing
from flask_talentpool.config.addresses import Mailbox
from flask_talentpool.config.business_time import BusinessDelay, is_business_day
from flask_talentpool.context import Answer, Cancel, Context, Go
from flask_talentpool.db.arrays import chunks, filtering
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.facts import refresh_owners
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.release import goes_without_at
from flask_talentpool.decisions.outcome.schedule import remind_at
from flask_talentpool.digest.items import DigestItems, together, waiting_for
from flask_talentpool.digest.text import line_wanted, paragraphs, subject
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState
from flask_talentpool.letters.columns import rewrite
from flask_talentpool.letters.internal_mail import owner_mailbox, set_words, write_colleague
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.people.model import PersonMixin

logger = logging.getLogger("flask_talentpool")

MARK = "morning"
MORNING, REMIND, DEPUTY = "morning:", "remind:", "deputy:"
_LONGEST_KEY = 120
_LATER = "What waits is looked up when this mail goes."
_GONE = "What waited was listed here. Names are not kept."
_OFFICE = BusinessDelay(days=0)
"""Reminders keep office hours: nobody has to see them on a Friday evening."""


# The morning mail


def write_digests(ctx: Context) -> int:
    """Write to each owner for whom something waits, once a working day; the caller commits.

    Until it is time, and after it was done, this costs one look at a mark.

    Returns:
        How many mails were written.
    """
    today = _due_today(ctx)
    if today is None or not _claim(ctx, today):
        return 0
    answer_clock.refresh(ctx)
    refresh_owners(ctx)
    written, for_deputy = 0, DigestItems()
    found = waiting_for(ctx)
    _escalate(ctx, found)
    for owner, waiting in sorted(found.items()):
        to = owner_mailbox(ctx, waiting.application_id)
        if to is None:
            for_deputy.take(waiting)
        else:
            written += _put(ctx, to, f"{MORNING}{owner[:_LONGEST_KEY]}:{today}", waiting)
    if for_deputy.count and ctx.settings.deputy_mailbox is not None:
        written += _put(ctx, ctx.settings.deputy_mailbox, f"{MORNING}:{today}", for_deputy)
    return written


def _due_today(ctx: Context) -> str | None:
    """Return today's date when it is time for the morning mail and it was not written yet."""
    settings = ctx.settings
    if not settings.morning_mail or settings.mail_from is None or settings.public_url is None:
        return None
    local = ctx.now().astimezone(settings.timezone)
    if local.hour < settings.morning_hour or not is_business_day(local.date(), holidays=settings.holidays):
        return None
    mark = ctx.session.get(ctx.models.mark, MARK)
    today = local.date().isoformat()
    return None if mark is not None and mark.value >= today else today


def _claim(ctx: Context, today: str) -> bool:
    """Take this morning for this process; of two, one gets it."""
    mark = ctx.models.mark
    if update_if(ctx.session, mark, mark.key == MARK, mark.value < today, value=today, at=ctx.now()):
        return True
    if ctx.session.get(mark, MARK, populate_existing=True) is not None:
        return False
    ctx.session.add(mark(key=MARK, at=ctx.now(), value=today))
    ctx.session.flush()  # the unique key: the other gets an IntegrityError, and then finds it written
    return True


def _escalate(ctx: Context, found: dict[str, DigestItems]) -> None:
    """Remember since when the owner knows that an answer is late."""
    late = [one.clock_id for waiting in found.values() for one in waiting.open if one.target_at <= ctx.now()]
    clock = ctx.models.clock
    for part in chunks(late):
        is_new = clock.escalated_at.is_(None)
        update_if(ctx.session, clock, clock.id.in_(part), is_new, escalated_at=ctx.now())


def _put(ctx: Context, to: Mailbox, occasion: str, waiting: DigestItems) -> int:
    letter = write_colleague(
        ctx, to=to, subject=subject(waiting), paragraphs=[_LATER], occasion=occasion, scope=waiting.scope
    )
    return int(letter is not None)


# Reminders of a missing line


def remind(ctx: Context) -> int:
    """Remind owners of letters that wait for a line, and after the last time ask the deputy; the caller commits.

    Returns:
        How many reminders were written.
    """
    if not ctx.settings.morning_mail or ctx.settings.mail_from is None or ctx.settings.public_url is None:
        return 0
    due = [(decision, occasion) for decision in _without_line(ctx) for occasion in _reminders(ctx, decision)]
    if not due:
        return 0
    letter = ctx.models.letter
    there: set[str] = set()
    for part in chunks([occasion for _, occasion in due]):
        known = sa.select(letter.occasion).where(
            letter.kind == LetterKind.COLLEAGUE, letter.occasion.in_(part)
        )
        there |= set(ctx.session.scalars(known))
    return sum(_remind(ctx, decision, occasion) for decision, occasion in due if occasion not in there)


def _without_line(ctx: Context) -> list[DecisionMixin]:
    decision, letter = ctx.models.decision, ctx.models.letter
    waits = sa.select(letter.decision_id).where(
        letter.kind == LetterKind.OUTCOME,
        letter.state == LetterState.HELD,
        letter.because == HoldReason.PERSONAL,
    )
    statement = sa.select(decision).where(
        decision.id.in_(waits),
        filtering(decision.state) == DecisionState.LIVE,
        decision.told_at.is_(None),
        decision.line_at.is_(None),
    )
    return list(ctx.session.scalars(statement.order_by(decision.id)))


def _reminders(ctx: Context, decision: DecisionMixin) -> Iterator[str]:
    """Yield the occasions that are due: the latest reminder of the owner alone, and the deputy in the end."""
    moments = remind_at(ctx, decision)
    until = goes_without_at(ctx, decision, None)
    passed = sum(moment <= ctx.now() for moment in moments)
    if not passed or ctx.now() >= until:
        return
    yield f"{REMIND}{decision.id}:{passed}"
    if passed == len(moments) and ctx.now() >= moments[-1] + (until - moments[-1]) / 2:
        yield f"{DEPUTY}{decision.id}"


def _remind(ctx: Context, decision: DecisionMixin, occasion: str) -> int:
    to = _reader(ctx, decision, occasion)
    if to is None:
        return 0
    person = ctx.session.get(ctx.models.person, decision.person_id) if decision.person_id else None
    until = goes_without_at(ctx, decision, None)
    words = line_wanted(
        ctx,
        decision_id=decision.id,
        name=person.name if person is not None and person.name else "No name",
        job=decision.job_label,
        until=until,
    )
    letter = write_colleague(
        ctx,
        to=to,
        subject="Talent pool: a letter waits for one line",
        paragraphs=words,
        occasion=occasion,
        scope=decision.scope,
        person_id=decision.person_id,
        due_at=_in_office(ctx),
    )
    return int(letter is not None)


def _reader(ctx: Context, decision: DecisionMixin, occasion: str) -> Mailbox | None:
    """Return who is reminded of a missing line: the owner of the job, else the deputy."""
    owner = owner_mailbox(ctx, decision.application_id) if occasion.startswith(REMIND) else None
    return owner or ctx.settings.deputy_mailbox


def _in_office(ctx: Context) -> datetime:
    settings = ctx.settings
    return _OFFICE.within_hours(ctx.now(), tz=settings.timezone, holidays=settings.holidays)


# Going out


class Reminder(Kind):
    """Reminds an owner of a missing line, or asks the deputy for it."""

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Look once more whether the line is still wanted."""
        decision = ctx.session.get(ctx.models.decision, int(letter.occasion.split(":")[1]))
        if decision is None or not _waits_for_line(decision):
            return Cancel(HoldReason.ANSWERED)
        if ctx.now() >= goes_without_at(ctx, decision, None):
            return Cancel(HoldReason.STALE)
        return _to(letter, _reader(ctx, decision, letter.occasion))


def _to(letter: LetterMixin, mailbox: Mailbox | None) -> Answer:
    """Send it to who reads it now; the owner of the job may be somebody else since it was written."""
    if mailbox is None:
        return Cancel(HoldReason.STALE)
    rewrite(letter, {"to_name": mailbox.name[:400], "to_address": mailbox.address[:320]})
    return Go()


def _waits_for_line(decision: DecisionMixin) -> bool:
    is_open = decision.state == DecisionState.LIVE and decision.told_at is None
    return is_open and decision.line_at is None


class MorningMail(Kind):
    """Lists what waits for an owner this morning."""

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Write the morning mail with what waits now; yesterday's, and one with nothing left in it, is not sent."""
        owner, _, written_on = letter.occasion.removeprefix(MORNING).rpartition(":")
        if written_on != ctx.now().astimezone(ctx.settings.timezone).date().isoformat():
            return Cancel(HoldReason.STALE)
        if owner:
            found = {key: one for key, one in waiting_for(ctx).items() if key[:_LONGEST_KEY] == owner}
        else:
            found = {
                key: one
                for key, one in waiting_for(ctx).items()
                if owner_mailbox(ctx, one.application_id) is None
            }
        waiting = together(found.values())
        if not waiting.count:
            return Cancel(HoldReason.ANSWERED)
        rewrite(letter, set_words(ctx, subject(waiting), paragraphs(ctx, waiting)))
        readers = (owner_mailbox(ctx, one.application_id) for one in found.values() if owner)
        return _to(letter, next(readers, None) or ctx.settings.deputy_mailbox)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """The names in it are not kept."""
        rewrite(letter, set_words(ctx, letter.subject, [_GONE]))


def forget(ctx: Context, person: PersonMixin) -> None:
    """Empty the person's answer clocks, and what morning mails that did not go well still say."""
    answer_clock_erasing.forget(ctx, person)
    letter = ctx.models.letter
    ctx.session.execute(
        sa.update(letter)
        .where(letter.kind == LetterKind.COLLEAGUE, letter.occasion.startswith(MORNING))
        .where(letter.state != LetterState.SENT)
        .values(text="", html="")
    )
