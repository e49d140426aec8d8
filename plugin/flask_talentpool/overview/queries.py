"""What waits for a person, read by a constant number of statements however much there is."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.answer_clock.last_days import LastDays, has_last_day, last_day_of
from flask_talentpool.answer_clock.queries import Brief, brief
from flask_talentpool.context import Context
from flask_talentpool.db.audit import MarkMixin
from flask_talentpool.decisions.pages.beside import HIDDEN, is_beside
from flask_talentpool.enums import DecisionState, HoldReason, LetterState, RecallState, sentence_of
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.holds import BY_THEMSELVES, TOGETHER
from flask_talentpool.letters.incoming.queries import FirstPage, first_page
from flask_talentpool.letters.queries import is_listed
from flask_talentpool.noticing import brake
from flask_talentpool.noticing.first_start import BASELINE
from flask_talentpool.overview.setup import Setup, setup
from flask_talentpool.people.one_address import AddressAsked, asked
from flask_talentpool.pools.queries import PoolLine, pool_lines

RESTORED = "restored"
"""The mark of a database put back from a backup: what was held then."""
_REMEMBERED = timedelta(days=30)
SHOWN = 8
"""How many single things of a kind are named; the rest is counted."""

NEEDING = (LetterState.FAILED, LetterState.UNKNOWN, LetterState.HELD)
UNREACHABLE = (HoldReason.NO_ADDRESS, HoldReason.BAD_ADDRESS)


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that need a person for one reason."""

    state: str
    because: str
    sentence: str
    count: int
    is_together: bool = False
    """Whether it came over many at once, so that all can be let go or marked as told."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter by name."""

    id: int
    kind: str
    state: str
    because: str
    name: str
    subject: str
    due_at: datetime
    decision_id: int | None


@dataclass(frozen=True, slots=True)
class SuspendedLink:
    """A host row that may be somebody else by now."""

    link_id: int
    person_id: int
    name: str
    email: str
    candidate_key: str
    name_now: str
    email_now: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """An invitation back that needs a person."""

    recall_id: int
    person_id: int | None
    name: str
    job: str
    bench: str
    state: str
    attention: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """What waits since the database was put back from a backup."""

    taken_at: datetime
    clocks: int
    bulks: int


@dataclass(frozen=True, slots=True)
class OverviewWaiting:
    """The first page."""

    setup: tuple[Setup, ...]
    pause: pause.Pause | None
    """Why nothing is handed over for a while."""
    unanswered: Brief
    """Interviewed people without an answer."""
    last_days: LastDays
    """Who is decided about and not told because the letter is held; the letters are counted in ``groups``."""
    groups: tuple[Group, ...]
    troubled: tuple[Letter, ...]
    """Letters that failed or whose fate is unknown."""
    unreachable: tuple[Letter, ...]
    """People to be told another way."""
    unreachable_count: int
    doubts: tuple[SuspendedLink, ...]
    doubts_count: int
    one_address: tuple[AddressAsked, ...]
    """Rows of which is asked whether they are one person with somebody at their address."""
    one_address_count: int
    answers: tuple[Answer, ...]
    answers_count: int
    overdue: tuple[Answer, ...]
    """Invited, and the day to answer by is over."""
    due: tuple[Letter, ...]
    due_count: int
    baseline_count: int
    baseline_at: datetime | None
    pools: tuple[PoolLine, ...]
    incoming: FirstPage
    """Replies to read, and letters that came back."""
    restored: Restored | None = None
    """What was held when the database was put back from a backup, for some weeks."""
    braked: brake.Braked | None = None
    """What the last look would have ended, which was too much to be done without asking."""

    @property
    def needs_count(self) -> int:
        """How many things need a person."""
        letters = sum(group.count for group in self.groups)
        people = (
            self.doubts_count
            + self.one_address_count
            + self.answers_count
            + len(self.overdue)
            + self.unanswered.late
        )
        ours = (self.pause is not None) + (self.braked is not None)
        return letters + people + len(self.setup) + self.incoming.count + ours


def waiting(ctx: Context, visible: Visible, *, asks: bool, reads: bool = True) -> OverviewWaiting:
    """Read the first page for what the acting person may see; ``asks`` for settings that are missing, too; ``reads`` replies."""
    counts = _counts(ctx, visible)
    letters, last_days = _letters(ctx, visible)
    answers, overdue, answers_count = _answers(ctx, visible)
    doubts = _doubts(ctx, visible)
    one_address, one_address_count = asked(ctx, visible, shown=SHOWN)
    marks = _marks(ctx)
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
        answers=answers,
        answers_count=answers_count,
        overdue=overdue,
        due=tuple(one for one in letters if one.state == LetterState.DUE),
        due_count=sum(number for (state, _), number in counts.items() if state == LetterState.DUE),
        baseline_count=_baseline(ctx, visible),
        baseline_at=marks[BASELINE].at if BASELINE in marks else None,
        pools=tuple(pool_lines(ctx, visible)),
        incoming=first_page(ctx, visible) if reads else FirstPage(),
        restored=_restored(ctx, marks.get(RESTORED)),
        braked=brake.read(marks[brake.BRAKE]) if asks and brake.BRAKE in marks else None,
    )


def _marks(ctx: Context) -> dict[str, MarkMixin]:
    mark = ctx.models.mark
    rows = ctx.session.scalars(
        sa.select(mark).where(mark.key.in_([BASELINE, brake.BRAKE, RESTORED, pause.MARK]))
    )
    return {row.key: row for row in rows}


def _restored(ctx: Context, mark: MarkMixin | None) -> Restored | None:
    if mark is None or ctx.now() - mark.at > _REMEMBERED:
        return None
    kept = json.loads(mark.value)
    taken_at = datetime.fromisoformat(kept["taken_at"])
    return Restored(taken_at=taken_at, clocks=kept["clocks"], bulks=kept["bulks"])


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
    late = sa.and_(recall.state == RecallState.INVITED, recall.answer_by < ctx.now())
    asked = sa.and_(recall.state == RecallState.INVITED, recall.attention != "")
    statement = visible(sa.select(recall).where(sa.or_(to_open, late, asked)))
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
        (answers if row.state == RecallState.ACCEPTED or row.attention else overdue).append(answer)
    return tuple(answers), tuple(overdue), len(answers)


def _baseline(ctx: Context, visible: Visible) -> int:
    decision = ctx.models.decision
    seen = visible(sa.select(decision.id).where(decision.state == DecisionState.BASELINE)).subquery()
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(seen)) or 0
