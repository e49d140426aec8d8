"""What a candidate's link shows: first name and job, where they stand, and what they can say."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions import asks
from flask_talentpool.decisions.answer import company, letter_of
from flask_talentpool.letters.checker import Finding, check_words
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.letters.wording import day
from flask_talentpool.links import Purpose
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.queries import KEPT, NOT_KEPT
from flask_talentpool.pools.service import is_barred
from flask_talentpool.portal import wording
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.words import MemberState, RecallState


@dataclass(frozen=True, slots=True)
class LinkPage:
    """One candidate's link, as it may be forwarded: nothing but first name and job is said of the person."""

    purpose: str
    first_name: str
    job: str
    company: str
    state: str
    """Stay: ``asked``, ``member`` or ``left``. Answer: a recall's state."""
    may_say: tuple[str, ...]
    consent: str
    until: str
    """Stay: the day the place ends. Answer: the day to answer by."""
    never_again: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a link."""

    link: LinkMixin
    letter: LetterMixin
    person: PersonMixin
    recall: RecallMixin | None


@dataclass(frozen=True, slots=True)
class LinePage:
    """A colleague's link: first name and job, what the letter says already, and one box."""

    purpose: str
    first_name: str
    job: str
    company: str
    asked: str
    """Who was asked."""
    body: Paragraphs
    line: str
    line_by: str
    was_answered: bool
    findings: tuple[Finding, ...]


def line_page(ctx: Context, link: LinkMixin) -> LinePage | None:
    """Read what a colleague's link shows; None when a line is of no use any more."""
    found = asks.decision_behind(ctx, link)
    if found is None:
        return None
    decision, letter = found
    outcome = letter_of(ctx, decision)
    person = ctx.session.get(ctx.models.person, link.person_id)
    full = person.name if person is not None else ""
    return LinePage(
        purpose=link.purpose,
        first_name=first_name(full),
        job=decision.job_label,
        company=company(ctx),
        asked=letter.to_name,
        body=paragraphs(_only_first_name(outcome, full)) if outcome is not None else (),
        line=decision.line,
        line_by=decision.line_by_name,
        was_answered=decision.line_at is not None,
        findings=check_words(decision.line, language=outcome.language)
        if decision.line and outcome is not None
        else (),
    )


def _only_first_name(letter: LetterMixin, full: str) -> str:
    """Return a letter's text as somebody may read it to whom it is forwarded: the first name, no more."""
    text = letter.text
    for name in {letter.to_name, full} - {""}:
        text = text.replace(name, first_name(name))
    return text


def behind(ctx: Context, link: LinkMixin) -> Behind | None:
    """Return the rows behind a link; None when there is nothing left that it could do."""
    letter = ctx.session.get(ctx.models.letter, link.letter_id)
    person = ctx.session.get(ctx.models.person, link.person_id)
    if letter is None or person is None:
        return None
    recall = ctx.session.get(ctx.models.recall, letter.recall_id) if letter.recall_id is not None else None
    if link.purpose == Purpose.ANSWER.value and (recall is None or recall.person_id != person.id):
        return None
    return Behind(link, letter, person, recall)


def link_page(ctx: Context, rows: Behind) -> LinkPage:
    """Read what a link shows now."""
    return _answer(ctx, rows, rows.recall) if rows.recall is not None else _stay(ctx, rows)


def first_name(name: str) -> str:
    """Return the first word of a name.

    >>> first_name("Ada  Okafor")
    'Ada'
    """
    return next(iter(name.split()), "")


def _stay(ctx: Context, rows: Behind) -> LinkPage:
    places = _memberships(ctx, rows.person)
    state = "member" if places else "left" if last_said(ctx, rows.person) == NOT_KEPT else "asked"
    may_say: tuple[str, ...] = ("leave",)
    if state != "member":
        may_say = ("stay",) if state == "left" else ("stay", "leave")
        may_say = () if is_barred(ctx, rows.person) else may_say
    until = max((until for until in places if until is not None), default=None)
    return LinkPage(
        purpose=rows.link.purpose,
        first_name=first_name(rows.letter.to_name),
        job=_job(ctx, rows.letter),
        company=company(ctx),
        state=state,
        may_say=may_say,
        consent=wording.consent(company=company(ctx), months=ctx.settings.keep_months),
        until=day(until, ctx.settings.timezone),
        never_again=rows.person.objected_at is not None,
    )


def _memberships(ctx: Context, person: PersonMixin) -> list[datetime | None]:
    """Return until when each of the person's places lasts that they said yes to."""
    member = ctx.models.member
    states = [MemberState.MEMBER.value, MemberState.PAUSED.value]
    statement = sa.select(member.until).where(member.person_id == person.id, member.state.in_(states))
    return list(ctx.session.scalars(statement))


def last_said(ctx: Context, person: PersonMixin) -> str:
    """Return what the person last said by a link about being kept in mind."""
    touch = ctx.models.touch
    statement = sa.select(touch.what).where(touch.person_id == person.id, touch.what.in_([KEPT, NOT_KEPT]))
    return ctx.session.scalars(statement.order_by(touch.id.desc()).limit(1)).first() or ""


def _job(ctx: Context, letter: LetterMixin) -> str:
    decision = (
        ctx.session.get(ctx.models.decision, letter.decision_id) if letter.decision_id is not None else None
    )
    return decision.job_label if decision is not None else ""


def _answer(ctx: Context, rows: Behind, recall: RecallMixin) -> LinkPage:
    never_again = rows.person.objected_at is not None
    may_say: tuple[str, ...] = ()
    if recall.state == RecallState.INVITED.value:
        may_say = ("yes", "not_now", "no", "never")
    elif recall.state == RecallState.NOT_NOW.value:
        may_say = ("yes", "no", "never")
    elif recall.state == RecallState.DECLINED.value and not never_again:
        may_say = ("never",)
    return LinkPage(
        purpose=rows.link.purpose,
        first_name=first_name(rows.letter.to_name),
        job=recall.job_label,
        company=company(ctx),
        state=recall.state,
        may_say=may_say,
        consent="",
        until=day(recall.answer_by, ctx.settings.timezone),
        never_again=never_again,
    )
