"""What the pages of a job's bench show, read by a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.access import Access, Action, Actor, May, Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind
from flask_talentpool.recalls.bench import BenchRow, bench, on_a_bench
from flask_talentpool.recalls.letter import RecallDraft

BENCHES = 50
"""Jobs on a page."""
NO_OPENER = "Your ATS has not said how a new application is opened, so nobody can be invited from here. Map new_application first."


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
    may_invite: bool
    may_order: bool


@dataclass(frozen=True, slots=True)
class BenchPage:
    """A job's runners-up, in the order in which they would be called."""

    job_key: str
    job: str
    lines: tuple[RecallLine, ...]
    obstacle: str
    """Why nobody at all can be invited to this job; empty when somebody can."""
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
            may_invite=has_opener and may(Action.INVITE, row.decision),
            may_order=may(Action.FINISH_ORDER, row.decision),
        )
        for row in rows
    )
    return BenchPage(
        job_key=job_key,
        job=_label(ctx, job_key, rows),
        lines=lines,
        obstacle="" if has_opener else NO_OPENER,
        may_order=any(line.may_order for line in lines),
    )


def _letters(ctx: Context, rows: list[BenchRow]) -> dict[int, tuple[int, str]]:
    ids = [row.recall.id for row in rows if row.recall is not None]
    if not ids:
        return {}
    letter = ctx.models.letter
    statement = sa.select(letter.recall_id, letter.id, letter.state).where(
        letter.recall_id.in_(ids), letter.kind == LetterKind.RECALL
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
