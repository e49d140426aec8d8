"""What a candidate's link shows: first name and job, where they stand, and what they can say."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.config.business_time import after_business_days
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import MemberState, RecallState
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.letters.texts.dates_and_phrases import day, hiring_team
from flask_talentpool.letters.texts.render import folder_of
from flask_talentpool.links import Purpose
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.timeline import KEPT, NOT_KEPT
from flask_talentpool.pools.service import is_barred
from flask_talentpool.portal.wording import Consent, PortalWords, words_for
from flask_talentpool.recalls.colleagues import HEARD_AFTER
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.text import printed_name

_OTHER_WORDS = {("left", "stay"): "again", ("asked", "leave"): "decline"}
"""What a word is called where somebody stands, if not by its own name."""


_OF_AN_ENQUIRY = {RecallState.INVITED: "asked_about", RecallState.ACCEPTED: "interested"}
"""Where a person stands whom we asked about another job, if not where somebody invited back does."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person can say by a link, and what saying it does."""

    word: str
    label: str
    effect: str


@dataclass(frozen=True, slots=True)
class LinkPage:
    """One candidate's link, as it may be forwarded: nothing but first name and job is said of the person."""

    purpose: str
    language: str
    """The language its sentences are in, with the form of address, such as ``de-informal``."""
    title: str
    text: tuple[str, ...]
    first_name: str
    job: str
    company: str
    state: str
    """Stay: ``asked``, ``member`` or ``left``. Answer: a recall's state."""
    may_say: tuple[str, ...]
    choices: tuple[Choice, ...]
    """What can be said, with its words, in the order of the page."""
    consent: str
    until: str
    """Stay: the day the place ends. Answer: the day to answer by."""
    pool: str
    """The pool in which the letter offers a place; empty where it offers none."""
    wanted_by: str
    """Who asked for this person by opening the door, where that is offered."""
    writer: str
    """Answer: who signed the invitation; empty where it was the hiring team, or nobody wrote it down."""
    reply_address: str
    """Answer: where replies to the invitation go."""
    heard_by: str
    """After a yes: the day by which somebody should have been in touch."""
    never_again: bool
    is_enquiry: bool = False
    """Answer: whether it asks about another job, so that a yes opens nothing by itself."""

    @property
    def part(self) -> str:
        """Where the words of what it shows lie, such as ``stay.member``."""
        is_stay = self.purpose == Purpose.STAY
        return f"{self.purpose}.{self.state if self.may_say or not is_stay else 'nothing'}"

    @property
    def values(self) -> dict[str, str]:
        """What its sentences may show or ask for."""
        return {
            "name": self.first_name,
            "job": self.job,
            "company": self.company,
            "until": self.until,
            "pool": self.pool,
            "wanted_by": self.wanted_by,
            "writer": self.writer,
            "reply_address": self.reply_address,
            "heard_by": self.heard_by,
            "never_again": "yes" if self.never_again else "",
        }


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a link."""

    link: LinkMixin
    letter: LetterMixin
    person: PersonMixin
    recall: RecallMixin | None

    @property
    def folder(self) -> str:
        """The language of the letter that led here, with its form of address."""
        return folder_of(self.letter.language, self.letter.text_version)


def behind(ctx: Context, link: LinkMixin) -> Behind | None:
    """Return the rows behind a link; None when there is nothing left that it could do."""
    letter = ctx.session.get(ctx.models.letter, link.letter_id)
    person = ctx.session.get(ctx.models.person, link.person_id)
    if letter is None or person is None:
        return None
    if link.purpose != Purpose.ANSWER:
        return Behind(link, letter, person, None)
    recall = ctx.session.get(ctx.models.recall, letter.recall_id) if letter.recall_id is not None else None
    if recall is None or recall.person_id != person.id:
        return None
    return Behind(link, letter, person, recall)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with what a link is about, and what they can say of it."""

    state: str
    may_say: tuple[str, ...]
    until: datetime | None
    last_said: str | None = None
    """What they last said about being kept in mind, where that was looked up."""


def standing(ctx: Context, rows: Behind) -> Standing:
    """Read where a person stands now."""
    return _answer(rows, rows.recall) if rows.recall is not None else _stay(ctx, rows)


def first_name(name: str) -> str:
    """Return the first word of a name.

    >>> first_name("Ada  Okafor")
    'Ada'
    """
    return next(iter(name.split()), "")


def _stay(ctx: Context, rows: Behind) -> Standing:
    if places := _memberships(ctx, rows.person):
        until = max((until for until in places if until is not None), default=None)
        return Standing("member", ("leave",), until)
    said = last_said(ctx, rows.person)
    state = "left" if said == NOT_KEPT else "asked"
    may_say = ("stay",) if state == "left" else ("stay", "leave")
    return Standing(state, () if is_barred(ctx, rows.person) else may_say, None, said)


def company_of(ctx: Context) -> str:
    """Return what the pages call the company.

    Letters of before its name was asked for called it by the domain they came from, and their links still open.
    """
    sender = ctx.settings.mail_from
    return ctx.settings.company or (sender.address.rpartition("@")[2] if sender else "")


def consent(ctx: Context, rows: Behind) -> Consent:
    """Return what a person agrees to on the page of this link, word for word."""
    words = words_for(ctx.settings, rows.folder, rows.link.purpose)
    return words.consent(company=company_of(ctx), keep_months=ctx.settings.keep_months)


def _memberships(ctx: Context, person: PersonMixin) -> list[datetime | None]:
    """Return until when each of the person's places lasts that they said yes to."""
    member = ctx.models.member
    states = [MemberState.MEMBER, MemberState.PAUSED]
    statement = sa.select(member.until).where(member.person_id == person.id, member.state.in_(states))
    return list(ctx.session.scalars(statement))


def last_said(ctx: Context, person: PersonMixin) -> str:
    """Return what the person last said by a link about being kept in mind."""
    touch = ctx.models.touch
    statement = sa.select(touch.what).where(touch.person_id == person.id, touch.what.in_([KEPT, NOT_KEPT]))
    return ctx.session.scalars(statement.order_by(touch.id.desc()).limit(1)).first() or ""


def _decision(ctx: Context, letter: LetterMixin) -> DecisionMixin | None:
    if letter.decision_id is None:
        return None
    return ctx.session.get(ctx.models.decision, letter.decision_id)


def _pool(ctx: Context, letter: LetterMixin) -> str:
    """Return the pool in which a letter offers a place; empty for one that offers none."""
    if letter.member_id is None:
        return ""
    pool, member = ctx.models.pool, ctx.models.member
    name = sa.select(pool.name).join(member, member.pool_id == pool.id)
    name = name.where(member.id == letter.member_id, member.state != MemberState.ENDED)
    return ctx.session.scalar(name) or ""


def _writer(ctx: Context, letter: LetterMixin) -> str:
    """Return the person who signed a letter; empty where it came from the hiring team."""
    team = hiring_team(ctx.settings.company, letter.language)
    return "" if letter.signed_by in (None, team) else str(letter.signed_by)


def _heard_by(ctx: Context, recall: RecallMixin | None) -> datetime | None:
    """Return by when somebody who said yes should have heard from us."""
    if recall is None or recall.answered_at is None:
        return None
    zone, holidays = ctx.settings.timezone, ctx.settings.holidays
    return after_business_days(recall.answered_at, HEARD_AFTER, tz=zone, holidays=holidays)


def _answer(rows: Behind, recall: RecallMixin) -> Standing:
    never_again = rows.person.objected_at is not None
    may_say: tuple[str, ...] = ()
    if recall.state in (RecallState.INVITED, RecallState.NO_ANSWER):
        may_say = ("yes", "not_now", "no", "never")
    elif recall.state == RecallState.NOT_NOW:
        may_say = ("yes", "no", "never")
    elif recall.state == RecallState.DECLINED and not never_again:
        may_say = ("never",)
    state = _OF_AN_ENQUIRY.get(recall.state, recall.state) if recall.is_enquiry else recall.state
    return Standing(state, may_say, recall.answer_by)


def link_page(ctx: Context, rows: Behind) -> LinkPage:
    """Read what a link shows now, in the language of the letter that led there."""
    now, recall = standing(ctx, rows), rows.recall
    words = words_for(ctx.settings, rows.folder, rows.link.purpose)
    decision = _decision(ctx, rows.letter) if recall is None else None
    pool = _pool(ctx, rows.letter)
    page = LinkPage(
        purpose=rows.link.purpose,
        language=words.folder,
        title="",
        text=(),
        first_name=first_name(rows.letter.to_name),
        job=recall.job_label if recall is not None else decision.job_label if decision is not None else "",
        company=company_of(ctx),
        state=now.state,
        may_say=now.may_say,
        choices=(),
        consent=consent(ctx, rows).wording if recall is None else "",
        until=day(now.until, ctx.settings.timezone, words.language),
        pool=pool,
        wanted_by=printed_name(decision.door_by_name) if pool and decision is not None else "",
        writer=_writer(ctx, rows.letter) if recall is not None else "",
        reply_address=rows.letter.reply_to or rows.letter.from_address if recall is not None else "",
        heard_by=day(_heard_by(ctx, recall), ctx.settings.timezone, words.language),
        never_again=rows.person.objected_at is not None,
        is_enquiry=recall is not None and recall.is_enquiry,
    )
    return replace(
        page,
        title=words.say(f"{page.part}.title", **page.values),
        text=words.paragraphs(f"{page.part}.text", **page.values),
        choices=tuple(_choice(words, page, word) for word in now.may_say),
    )


def _choice(words: PortalWords, page: LinkPage, word: str) -> Choice:
    opens_nothing = word == "yes" and (page.is_enquiry or page.state == RecallState.NO_ANSWER)
    named = "interested" if opens_nothing else _OTHER_WORDS.get((page.state, word), word)
    key = f"{page.purpose}.choices.{named}"
    effect = words.say(f"{key}.effect", **page.values)
    return Choice(word, words.say(f"{key}.label", **page.values), effect)
