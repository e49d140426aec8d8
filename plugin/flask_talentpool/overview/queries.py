"""What waits for a person, read by a constant number of statements however much there is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool import heartbeat
from flask_talentpool.access import Visible
from flask_talentpool.answer_clock.last_days import LastDays, has_last_day, last_day_of
from flask_talentpool.answer_clock.queries import brief
from flask_talentpool.context import Context
from flask_talentpool.db.audit import MarkMixin
from flask_talentpool.decisions.adopt import adoptable
from flask_talentpool.decisions.pages.beside import HIDDEN, is_beside
from flask_talentpool.decisions.telling import correction
from flask_talentpool.enums import (
    DecisionState,
    HoldReason,
    LetterState,
    RecallState,
    StageReached,
    sentence_of,
)
from flask_talentpool.hires.asked import count_due
from flask_talentpool.hires.queries import openings
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.holds import BY_THEMSELVES, TOGETHER
from flask_talentpool.letters.incoming.queries import FirstPage, first_page
from flask_talentpool.letters.queries import is_listed
from flask_talentpool.noticing import brake
from flask_talentpool.noticing.first_start import BASELINE
from flask_talentpool.overview.page import (
    Answer,
    Group,
    Letter,
    OverviewWaiting,
    Reopened,
    Restored,
    Stopped,
    SuspendedLink,
)
from flask_talentpool.overview.setup import setup
from flask_talentpool.people.one_address import asked
from flask_talentpool.pools.queries import pool_lines
from flask_talentpool.recalls.bench import on_a_bench

RESTORED = "restored"
"""The mark of a database put back from a backup: what was held then."""
_REMEMBERED = timedelta(days=30)
_ROUNDS_WITHIN = timedelta(hours=2)
"""Where `send` runs from cron, an hour between two rounds is none too long."""
_NEWS = timedelta(days=30)
"""For how long a yes that nobody has seen stands on the first page."""
_CORRECTED_WITHIN = timedelta(days=60)
"""For how long a correction is asked for."""
SHOWN = 8
"""How many single things of a kind are named; the rest is counted."""

NEEDING = (LetterState.FAILED, LetterState.UNKNOWN, LetterState.HELD)
UNREACHABLE = (HoldReason.NO_ADDRESS, HoldReason.BAD_ADDRESS)


def waiting(
    ctx: Context, visible: Visible, *, asks: bool, reads: bool = True, invites: bool = True
) -> OverviewWaiting:
    """Read the first page for what the acting person may see; ``asks`` for settings that are missing, too; ``reads`` replies; ``invites`` people back."""
    counts = _counts(ctx, visible)
    letters, last_days = _letters(ctx, visible)
    answers, overdue, answers_count = _answers(ctx, visible)
    doubts = _doubts(ctx, visible)
    one_address, one_address_count = asked(ctx, visible, shown=SHOWN)
    reopened, reopened_count = _reopened(ctx, visible)
    marks = _marks(ctx)
    baseline_count, has_past_finalists = _baseline(ctx, visible)
    return OverviewWaiting(
        setup=tuple(setup(ctx)) if asks else (),
        pause=pause.kept(ctx, marks.get(pause.MARK)),
        unanswered=brief(ctx, visible, limit=SHOWN),
        last_days=last_days,
        groups=tuple(_groups(counts)),
        troubled=tuple(one for one in letters if one.state in (LetterState.FAILED, LetterState.UNKNOWN)),
        unreachable=tuple(one for one in letters if one.state == LetterState.HELD),
        unreachable_count=sum(
            number for (state, because), number in counts.items() if _is_unreachable(state, because)
        ),
        doubts=doubts[:SHOWN],
        doubts_count=len(doubts),
        one_address=one_address,
        one_address_count=one_address_count,
        reopened=reopened,
        reopened_count=reopened_count,
        answers=answers,
        answers_count=answers_count,
        overdue=overdue,
        due=tuple(one for one in letters if one.state == LetterState.DUE),
        due_count=sum(number for (state, _), number in counts.items() if state == LetterState.DUE),
        baseline_count=baseline_count,
        has_past_finalists=has_past_finalists,
        baseline_at=marks[BASELINE].at if BASELINE in marks else None,
        pools=tuple(pool_lines(ctx, visible)),
        hires_due=count_due(ctx, visible) if invites else 0,
        openings=openings(ctx, visible, runners_up=on_a_bench(ctx), limit=SHOWN),
        incoming=first_page(ctx, visible) if reads else FirstPage(),
        restored=_restored(ctx, marks.get(RESTORED)),
        stopped=_stopped(ctx, marks, letters),
        braked=brake.read(marks[brake.BRAKE]) if asks and brake.BRAKE in marks else None,
    )


def _marks(ctx: Context) -> dict[str, MarkMixin]:
    mark = ctx.models.mark
    rows = ctx.session.scalars(
        sa.select(mark).where(mark.key.in_([BASELINE, brake.BRAKE, RESTORED, pause.MARK, heartbeat.MARK]))
    )
    return {row.key: row for row in rows}


def _restored(ctx: Context, mark: MarkMixin | None) -> Restored | None:
    if mark is None or ctx.now() - mark.at > _REMEMBERED:
        return None
    kept = json.loads(mark.value)
    taken_at = datetime.fromisoformat(kept["taken_at"])
    return Restored(taken_at=taken_at, clocks=kept["clocks"], bulks=kept["bulks"])


def _stopped(ctx: Context, marks: Mapping[str, MarkMixin], letters: Iterable[Letter]) -> Stopped | None:
    """Say that nothing does the rounds: it has not been seen for hours, or letters have waited for it as long."""
    seen = marks[heartbeat.MARK].at if heartbeat.MARK in marks else None
    if BASELINE not in marks or heartbeat.until(ctx, seen) is not None:
        return None
    is_silent = seen is not None and seen + _ROUNDS_WITHIN < ctx.clock.lease_now()
    is_late = any(one.state == LetterState.DUE and one.due_at + _ROUNDS_WITHIN < ctx.now() for one in letters)
    return Stopped(seen) if is_silent or is_late else None


def _reopened(ctx: Context, visible: Visible) -> tuple[tuple[Reopened, ...], int]:
    decision, person = ctx.models.decision, ctx.models.person
    recent = decision.ended_at >= ctx.now() - _CORRECTED_WITHIN
    due = visible(sa.select(decision).where(correction.due(ctx), recent)).outerjoin(
        person, person.id == decision.person_id
    )
    statement = due.add_columns(person.name, sa.func.count().over()).order_by(decision.ended_at, decision.id)
    rows = ctx.session.execute(statement.limit(SHOWN)).all()
    found = tuple(
        Reopened(row.id, name or "No name", row.job_label, row.told_at, row.ended_at) for row, name, _ in rows
    )
    return found, rows[0][2] if rows else 0


def _is_unreachable(state: str, because: str) -> bool:
    return state == LetterState.HELD and because in set(UNREACHABLE)


def _counts(ctx: Context, visible: Visible) -> dict[tuple[str, str], int]:
    letter = ctx.models.letter
    states = [*NEEDING, LetterState.DUE]
    goes_by_itself = sa.and_(letter.state == LetterState.HELD, letter.because.in_(BY_THEMSELVES))
    wanted = sa.and_(letter.state.in_(states), is_listed(letter), ~goes_by_itself)
    seen = visible(sa.select(letter.state, letter.because).where(wanted)).subquery()
    counted = sa.select(seen.c.state, seen.c.because, sa.func.count()).group_by(seen.c.state, seen.c.because)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for state, because, number in ctx.session.execute(counted):
        # What another application says, only who may see that one reads, on the letter's own page.
        counts[state, HIDDEN if is_beside(because) else because] += number
    return counts


def _groups(counts: Mapping[tuple[str, str], int]) -> Iterator[Group]:
    order: dict[str, int] = {state: place for place, state in enumerate(NEEDING)}
    needing = [(key, number) for key, number in counts.items() if key[0] in order]
    for (state, because), number in sorted(needing, key=lambda item: (order[item[0][0]], -item[1])):
        sentence = HoldReason.SAME_JOB_OPEN.sentence if because == HIDDEN else sentence_of(because)
        is_together = state == LetterState.HELD and because in set(TOGETHER)
        yield Group(state, because, sentence, number, is_together)


def _letters(ctx: Context, visible: Visible) -> tuple[list[Letter], LastDays]:
    """Read letters in trouble, those that cannot reach anybody, those that go next and those with a last day."""
    letter, decision = ctx.models.letter, ctx.models.decision
    named = sa.or_(
        letter.state.in_([LetterState.FAILED, LetterState.UNKNOWN, LetterState.DUE]),
        sa.and_(letter.state == LetterState.HELD, letter.because.in_(list(UNREACHABLE))),
    )
    lasting = has_last_day(letter)
    apart, counted = sa.case((named, letter.state), else_=""), sa.case((lasting, 1), else_=0)
    ranked = visible(
        sa.select(
            letter.id,
            sa.func.row_number().over(partition_by=apart, order_by=(letter.due_at, letter.id)).label("place"),
            sa.func.row_number()
            .over(partition_by=counted, order_by=(letter.last_day_at, letter.id))
            .label("nth"),
            sa.func.count().over(partition_by=counted).label("n"),
            sa.case((named, 1), else_=0).label("named"),
            counted.label("lasting"),
        ).where(sa.or_(named, lasting), is_listed(letter))
    ).subquery()
    is_named = sa.and_(ranked.c.named == 1, ranked.c.place <= SHOWN)
    is_lasting = sa.and_(ranked.c.lasting == 1, ranked.c.nth <= SHOWN)
    statement = (
        sa.select(
            letter, is_named.label("is_named"), is_lasting.label("is_lasting"), ranked.c.n, decision.job_label
        )
        .join(ranked, ranked.c.id == letter.id)
        .outerjoin(decision, decision.id == letter.decision_id)
        .where(sa.or_(is_named, is_lasting))
    )
    rows = ctx.session.execute(statement.order_by(letter.due_at, letter.id)).all()
    lasts = sorted((row for row in rows if row.is_lasting), key=lambda row: (row[0].last_day_at, row[0].id))
    last_days = tuple(last_day_of(ctx, row[0], row.job_label or "") for row in lasts)
    return [_letter(row[0]) for row in rows if row.is_named], LastDays(
        rows=last_days, count=lasts[0].n if lasts else 0
    )


def _letter(row: Any) -> Letter:
    return Letter(
        id=row.id,
        kind=row.kind,
        state=row.state,
        because=row.because,
        name=row.to_name or "No name",
        subject=row.subject,
        due_at=row.due_at,
        decision_id=row.decision_id,
    )


def _doubts(ctx: Context, visible: Visible) -> tuple[SuspendedLink, ...]:
    link, person, host = ctx.models.candidate_link, ctx.models.person, ctx.host
    statement = visible(sa.select(link).where(link.suspended_at.is_not(None)))
    joined = statement.join(person, person.id == link.person_id).add_columns(person.name, person.email)
    rows = ctx.session.execute(joined.order_by(link.suspended_at, link.id).limit(100)).all()
    if not rows:
        return ()
    attribute = getattr(host.map.candidate, host.key_attribute(host.map.candidate))
    keys = [row[0].candidate_id for row in rows[:SHOWN] if row[0].candidate_id is not None]
    found = ctx.session.scalars(sa.select(host.map.candidate).where(attribute.in_(keys)))
    now = {key_text(key_of(candidate)): candidate for candidate in found}
    return tuple(_doubt(ctx, row, now.get(row[0].candidate_key)) for row in rows)


def _doubt(ctx: Context, row: Any, candidate: Any) -> SuspendedLink:
    link, name, email = row
    return SuspendedLink(
        link_id=link.id,
        person_id=link.person_id,
        name=name,
        email=email,
        candidate_key=link.candidate_key,
        name_now=ctx.host.name_of(candidate) if candidate is not None else "",
        email_now=ctx.host.email_of(candidate) if candidate is not None else "",
        since=link.suspended_at,
    )


def _answers(ctx: Context, visible: Visible) -> tuple[tuple[Answer, ...], tuple[Answer, ...], int]:
    """Read who said yes and needs a hand, and who has not answered in time."""
    recall, person = ctx.models.recall, ctx.models.person
    to_open = sa.and_(recall.state == RecallState.ACCEPTED, recall.attention != "")
    unseen = sa.and_(
        recall.state.in_([RecallState.ACCEPTED, RecallState.OPENED]),
        recall.seen_at.is_(None),
        recall.answered_at >= ctx.now() - _NEWS,
    )
    late = sa.and_(recall.state == RecallState.INVITED, recall.answer_by < ctx.now())
    asked = sa.and_(recall.state == RecallState.INVITED, recall.attention != "")
    statement = visible(sa.select(recall).where(sa.or_(to_open, unseen, late, asked)))
    joined = statement.outerjoin(person, person.id == recall.person_id).add_columns(person.name)
    answers: list[Answer] = []
    overdue: list[Answer] = []
    for row, name in ctx.session.execute(joined.order_by(recall.invited_at, recall.id).limit(100)):
        answer = Answer(
            recall_id=row.id,
            person_id=row.person_id,
            name=name or "No name",
            job=row.job_label,
            bench=row.job_key if ctx.host.map.job is not None else row.job_label,
            state=row.state,
            attention=row.attention,
            answer_by=row.answer_by,
        )
        (answers if row.state != RecallState.INVITED or row.attention else overdue).append(answer)
    return tuple(answers), tuple(overdue), len(answers)


def _baseline(ctx: Context, visible: Visible) -> tuple[int, bool]:
    """Return how many were decided before, and whether a finalist is among them who can be adopted."""
    decision = ctx.models.decision
    met = sa.case((sa.and_(*adoptable(ctx), decision.stage_reached == StageReached.FINALIST), 1), else_=0)
    before = visible(sa.select(decision.id, met.label("met")).where(decision.state == DecisionState.BASELINE))
    seen = before.subquery()
    number, finalists = ctx.session.execute(
        sa.select(sa.func.count(), sa.func.max(seen.c.met)).select_from(seen)
    ).one()
    return number or 0, bool(finalists)
