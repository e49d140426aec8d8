"""What the pages of a job's bench show, read by a constant number of statements."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from flask_talentpool.access import Access, Action, Actor, May, Visible
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import LetterKind, RecallState
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.bench import BenchRow, bench, on_a_bench
from flask_talentpool.recalls.eligibility import (
    Target,
    bar,
    enquiry_obstacle,
    obstacle,
    situation_of,
)
from flask_talentpool.recalls.known import known_for
from flask_talentpool.recalls.letter import RecallDraft
from flask_talentpool.text import one_line

BENCHES = 50
"""Jobs on a page."""
NO_OPENER = "Your ATS has not said how a new application is opened (new_application is not mapped): after a yes you open it there by hand."


@dataclass(frozen=True, slots=True)
class Invitation:
    """The latest invitation of one person to this job."""

    recall_id: int
    state: str
    by: str
    invited_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    attention: str
    letter_id: int | None
    letter_state: str
    is_by_phone: bool
    ask_after: date | None
    said: str
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One person on the bench."""

    decision_id: int
    person_id: int | None
    name: str
    why: tuple[str, ...]
    finish: int | None
    reached: str
    decided_at: datetime
    is_told: bool
    is_member: bool
    invitation: Invitation | None
    obstacle: str
    may_ring: bool
    may_invite: bool
    may_order: bool


@dataclass(frozen=True, slots=True)
class BenchPage:
    """A job's runners-up, in the order in which they would be called."""

    job_key: str
    job: str
    lines: tuple[RecallLine, ...]
    turn: str
    """Who is asked for the job just now, and why nobody else is by letter; empty while nobody is."""
    note: str
    """What has to be done by hand after a yes; empty where the host does it."""
    may_order: bool


@dataclass(frozen=True, slots=True)
class BenchLine:
    """A job that somebody came close for."""

    job_key: str
    job: str
    count: int
    last: datetime
    """When the last of them was decided."""


@dataclass(frozen=True, slots=True)
class BenchesPage:
    """The jobs with a bench, the latest first."""

    lines: tuple[BenchLine, ...]
    search: str
    number: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One person we know for a job."""

    decision_id: int
    person_id: int
    name: str
    why: tuple[str, ...]
    until: datetime | None
    state: str
    """Of the last enquiry about this job; empty where they were not asked."""
    recall_id: int | None
    attention: str
    obstacle: str
    may_ask: bool


@dataclass(frozen=True, slots=True)
class KnownPage:
    """People we know for a job from jobs of a like title."""

    job_key: str
    job: str
    lines: tuple[KnownLine, ...]
    at_once: int
    """How many may be asked at the same time."""


@dataclass(frozen=True, slots=True)
class InvitePage:
    """The invitation as it would be read, before it is sent."""

    decision_id: int
    person_id: int | None
    name: str
    job: str
    bench: str
    line: str
    draft: RecallDraft | None
    obstacle: str
    """Why no letter can invite them now; empty where one can."""
    bar: str
    """Why they are not to be asked at all, by phone neither."""
    phone: str
    said_yes: tuple[str, ...]
    """Who else said yes to this job lately."""
    opens_by_itself: bool
    about: str = ""
    """Of an enquiry, the key of the other job that it asks about."""


def benches_page(ctx: Context, visible: Visible, *, search: str, number: int) -> BenchesPage:
    """Read the jobs that somebody was interviewed for and turned down, by one statement."""
    seen = visible(sa.select(ctx.models.decision).where(*on_a_bench(ctx))).subquery()
    key = seen.c.job_label if ctx.host.map.job is None else seen.c.job_key
    label, last = sa.func.max(seen.c.job_label), sa.func.max(seen.c.decided_at, type_=seen.c.decided_at.type)
    statement = sa.select(
        key.label("key"), label.label("label"), sa.func.count().label("n"), last.label("last")
    )
    statement = statement.where(key != "").group_by(key)
    if words := " ".join(search.split()):
        statement = statement.where(sa.func.lower(seen.c.job_label).contains(words.lower(), autoescape=True))
    rows = ctx.session.execute(
        statement.order_by(last.desc(), key).limit(BENCHES + 1).offset((number - 1) * BENCHES)
    ).all()
    return BenchesPage(
        lines=tuple(BenchLine(row.key, row.label or row.key, row.n, row.last) for row in rows[:BENCHES]),
        search=search,
        number=number,
        has_more=len(rows) > BENCHES,
    )


def known_page(ctx: Context, job: Target, *, access: Access, actor: Actor | None, may: May) -> KnownPage:
    """Read the people we know for a job."""
    lines = tuple(
        KnownLine(
            decision_id=row.decision.id,
            person_id=row.person.id,
            name=row.person.name,
            why=row.why,
            until=row.until,
            state=row.recall.state if row.recall is not None else "",
            recall_id=row.recall.id if row.recall is not None else None,
            attention=row.recall.attention if row.recall is not None else "",
            obstacle=row.obstacle,
            may_ask=may(Action.INVITE, row.decision),
        )
        for row in known_for(ctx, job, access=access, actor=actor)
    )
    return KnownPage(job_key=job.key, job=job.label, lines=lines, at_once=ctx.settings.enquiries_at_once)


def bench_page(ctx: Context, job_key: str, *, access: Access, actor: Actor | None, may: May) -> BenchPage:
    """Read the bench of a job; ``job_key`` is a label where the host has no jobs."""
    rows = bench(ctx, job_key, access.scopes(actor), access=access, actor=actor)
    letters = _letters(ctx, rows)
    has_opener = ctx.host.map.new_application is not None
    lines = tuple(
        RecallLine(
            decision_id=row.decision.id,
            person_id=row.person.id if row.person is not None else None,
            name=row.name,
            why=row.why,
            finish=row.decision.finish,
            reached=row.decision.stage_reached,
            decided_at=row.decided_at,
            is_told=row.decision.told_at is not None,
            is_member=row.is_member,
            invitation=_invitation(row, letters),
            obstacle=row.obstacle,
            may_ring=row.may_ring and may(Action.INVITE, row.decision),
            may_invite=may(Action.INVITE, row.decision),
            may_order=may(Action.FINISH_ORDER, row.decision),
        )
        for row in rows
    )
    return BenchPage(
        job_key=job_key,
        job=_label(ctx, job_key, rows),
        lines=lines,
        turn=next((row.turn for row in rows if row.turn), ""),
        note="" if has_opener else NO_OPENER,
        may_order=any(line.may_order for line in lines),
    )


def invite_page(
    ctx: Context,
    decision: DecisionMixin,
    person: PersonMixin | None,
    draft: RecallDraft | None,
    line: str,
    *,
    job: Target | None = None,
) -> InvitePage:
    """Read what whoever invites a person has to know, or asks them about another ``job``."""
    now = situation_of(ctx, decision, person, job)
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    name = (draft.to_name if draft is not None else "") or (person.name if person is not None else "")
    return InvitePage(
        decision_id=decision.id,
        person_id=person.id if person is not None else None,
        name=name or "No name",
        job=now.job.label,
        bench=now.job.name,
        line=line,
        draft=draft,
        obstacle=(obstacle if job is None else enquiry_obstacle)(ctx, decision, now),
        bar=bar(decision, now),
        phone=one_line(str(ctx.host.read("phone", candidate) or "")),
        said_yes=_said_yes(ctx, decision, now.job),
        opens_by_itself=ctx.host.map.new_application is not None,
        about="" if job is None else job.key,
    )


def _said_yes(ctx: Context, decision: DecisionMixin, job: Target) -> tuple[str, ...]:
    recall, person = ctx.models.recall, ctx.models.person
    on_job = (recall.job_key if job.key else recall.job_label) == job.name
    statement = (
        sa.select(person.name)
        .join(recall, recall.person_id == person.id)
        .where(
            on_job,
            recall.scope == decision.scope,
            recall.state.in_([RecallState.ACCEPTED, RecallState.OPENED]),
        )
    )
    return tuple(ctx.session.scalars(statement.order_by(recall.answered_at)))


def _letters(ctx: Context, rows: list[BenchRow]) -> dict[int, tuple[int, str]]:
    ids = [row.recall.id for row in rows if row.recall is not None]
    if not ids:
        return {}
    letter = ctx.models.letter
    statement = sa.select(letter.recall_id, letter.id, letter.state).where(
        letter.recall_id.in_(ids), letter.occasion.like("%:invite"), letter.kind == LetterKind.RECALL
    )
    return {
        row.recall_id: (row.id, row.state)
        for row in ctx.session.execute(statement)
        if row.recall_id is not None
    }


def _invitation(row: BenchRow, letters: dict[int, tuple[int, str]]) -> Invitation | None:
    recall = row.recall
    if recall is None:
        return None
    letter_id, letter_state = letters.get(recall.id, (None, ""))
    return Invitation(
        recall_id=recall.id,
        state=recall.state,
        by=recall.invited_by_name,
        invited_at=recall.invited_at,
        answer_by=recall.answer_by,
        answered_at=recall.answered_at,
        attention=recall.attention,
        letter_id=letter_id,
        letter_state=letter_state,
        is_by_phone=recall.is_by_phone,
        ask_after=recall.ask_after,
        said=recall.said,
        reminded_at=recall.reminded_at,
    )


def _label(ctx: Context, job_key: str, rows: list[BenchRow]) -> str:
    """Return what the job is called; without anybody to show on it, nothing is said of it."""
    host = ctx.host
    if not rows or host.map.job is None:
        return job_key if rows else ""
    label = next((row.decision.job_label for row in rows if row.decision.job_label), "")
    job_id = rows[0].decision.job_id
    if label or job_id is None:
        return label
    return " ".join(str(host.read("job_title", host.get(ctx.session, host.map.job, job_id)) or "").split())
