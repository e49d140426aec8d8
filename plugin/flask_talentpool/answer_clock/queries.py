"""Interviewed people without an answer, by days left; read by a constant number of statements."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.answer_clock.jobs import JobLine, jobs_of, waiting
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks, padded
from flask_talentpool.enums import HoldReason, LetterKind, LetterState, sentence_of
from flask_talentpool.errors import raised
from flask_talentpool.host.rows import read_rows
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.holds import STILL_OPEN, WITH_LAST_DAY

logger = logging.getLogger("flask_talentpool")

PAGE_SIZE = 50
_GOING = [LetterState.HELD, LetterState.DUE, LetterState.SENDING, LetterState.UNKNOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """One interviewed person who knows no outcome."""

    clock_id: int
    name: str
    application_key: str
    job_key: str
    job: str
    stage: str
    """``interviewed`` or ``finalist``."""
    owner: str
    target_days: int
    """Days left until the target, in the company's calendar; negative when it is past."""
    limit_days: int
    target_at: datetime
    limit_at: datetime
    promised_by: datetime | None
    """The date the last letter named by which we write again."""
    promise_broken: bool
    from_before: bool
    """Open at the first start: nothing is written by itself."""
    decision_id: int | None
    """None while nobody decided."""
    letter_id: int | None
    letter_state: str
    letter_because: str
    letter_held: str
    """Why the letter waits for a person; empty when it goes by itself."""
    letter_due: datetime | None
    last_day_at: datetime | None
    """For a letter that is held: when the last day begins by which a person resolves it."""
    open_letter_id: int | None
    """A letter that waits or goes now to say that it is still open."""
    has_offer: bool = False
    """The host says now that an offer of ours to this person is out: by the next look they no longer stand here."""

    @property
    def may_say_open(self) -> bool:
        """Whether it is true that it is still open: undecided, or decided while somebody else has, or declined, an offer."""
        is_open = self.decision_id is None or self.letter_because in STILL_OPEN
        return is_open and self.open_letter_id is None and not self.has_offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the first page says about them."""

    rows: tuple[Unanswered, ...]
    count: int
    late: int
    """How many are past their target, or past a date we named; those from before left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnansweredPage:
    """The page of people without an answer."""

    rows: tuple[Unanswered, ...]
    count: int
    jobs: tuple[JobLine, ...]
    job: str
    number: int
    pages: int
    may_write: bool
    may_turn_down: bool
    turns_down: bool
    """Whether people can be turned down here; else the host's own page does it."""
    urls: dict[str, str]
    """The address of a candidate's page in the host, by the clock's id."""


def brief(ctx: Context, visible: Visible, *, limit: int) -> Brief:
    """Read what the first page shows, by one statement."""
    found = _read(ctx, visible, job="", limit=limit, offset=0)
    return Brief(
        rows=_rows(ctx, found),
        count=found[0].n if found else 0,
        late=int(found[0].late or 0) if found else 0,
    )


def unanswered(ctx: Context, job: Any = None) -> tuple[Unanswered, ...]:
    """Return everybody without an answer, for one job or for all; for the host's own code.

    Nobody where our tables cannot be read: the host's page goes on.
    """
    try:
        with ctx.reading():
            return _rows(ctx, _read(ctx, lambda statement: statement, job=job_text(job)))
    except Exception as error:  # noqa: BLE001 (the page is the host's, whatever fails with us)
        logger.warning("who waits for an answer cannot be read; nobody is named: %s", raised(error))
        return ()


def job_text(job: Any) -> str:
    """Return a job as our tables keep it: the key of a row, else the text itself; empty for every job."""
    if job is None:
        return ""
    is_row = sa.inspect(type(job), raiseerr=False) is not None
    return key_text(key_of(job)) if is_row else key_text(job)


def unanswered_page(
    ctx: Context, visible: Visible, *, job: str, number: int, may_write: bool, may_turn_down: bool
) -> UnansweredPage:
    """Read one page of people without an answer."""
    jobs = jobs_of(ctx, visible, job)
    count = sum(line.count for line in jobs if line.is_chosen or not job)
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    found = _read(ctx, visible, job=job, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return UnansweredPage(
        rows=_rows(ctx, found),
        count=count,
        jobs=jobs,
        job=job,
        number=number,
        pages=pages,
        may_write=may_write,
        may_turn_down=may_turn_down,
        turns_down=ctx.host.map.reject is not None,
        urls=_urls(ctx, found),
    )


def _for_job(ctx: Context, job: str) -> Any:
    clock = ctx.models.clock
    by_label = sa.and_(clock.job_key == "", clock.job_label == job)
    return sa.or_(clock.job_key == job, by_label) if job else sa.true()


def _read(
    ctx: Context, visible: Visible, *, job: str, limit: int | None = None, offset: int = 0
) -> Sequence[Any]:
    clock, decision = ctx.models.clock, ctx.models.decision
    letter = ctx.models.letter
    late = sa.and_(clock.from_before.is_(False), sa.func.coalesce(clock.next_by, clock.target_at) < ctx.now())
    broken = sa.case((clock.next_by < ctx.now(), 0), else_=1)
    order = (broken, clock.from_before, clock.target_at, clock.id)
    seen = visible(
        sa.select(
            clock.id,
            sa.func.row_number().over(order_by=order).label("place"),
            sa.func.count().over().label("n"),
            sa.func.sum(sa.case((late, 1), else_=0)).over().label("late"),
        ).where(waiting(ctx), _for_job(ctx, job))
    ).subquery("seen")
    going = sa.select(sa.func.max(letter.id)).where(
        letter.clock_id == clock.id,
        letter.kind == LetterKind.PROGRESS,
        letter.state.in_(_GOING),
    )
    outcome = ctx.models.letter.__table__.alias("outcome_letter")
    statement = (
        sa.select(
            clock,
            seen.c.n,
            seen.c.late,
            decision.id.label("decided"),
            outcome.c.id.label("letter_id"),
            outcome.c.state.label("letter_state"),
            outcome.c.because,
            outcome.c.due_at,
            outcome.c.last_day_at,
            going.scalar_subquery().label("going"),
        )
        .join(seen, seen.c.id == clock.id)
        .outerjoin(decision, decision.live_for == clock.application_key)
        .outerjoin(
            outcome,
            sa.and_(outcome.c.decision_id == decision.id, outcome.c.kind == LetterKind.OUTCOME),
        )
        .order_by(seen.c.place)
    )
    if limit is not None:
        statement = statement.where(seen.c.place > offset, seen.c.place <= offset + limit)
    return ctx.session.execute(statement).all()


def _rows(ctx: Context, found: Sequence[Any]) -> tuple[Unanswered, ...]:
    offered = _offered(ctx, found)
    return tuple(_row(ctx, row, has_offer=row[0].application_key in offered) for row in found)


def _offered(ctx: Context, found: Sequence[Any]) -> set[str]:
    """Return the applications of those whom the host has made an offer since it was last looked through."""
    undecided = [
        row[0].application_id for row in found if row.decided is None and row[0].application_id is not None
    ]
    if "offered" not in ctx.host.readers or not undecided:
        return set()
    there: set[str] = set()
    for part in chunks(undecided):
        for key, row in read_rows(ctx.host, ctx.session, padded(part))[0].items():
            try:
                if ctx.host.has_offer(row.application):
                    there.add(key)
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything; the page goes on)
                logger.warning("application %s cannot be read by the map: %s", key, type(error).__name__)
    return there


def _row(ctx: Context, row: Any, *, has_offer: bool) -> Unanswered:
    clock = row[0]
    waits = row.letter_state in (LetterState.HELD, LetterState.DUE)
    held = row.letter_state == LetterState.HELD and row.because in set(HoldReason)
    return Unanswered(
        clock_id=clock.id,
        name=clock.name or "No name",
        application_key=clock.application_key,
        job_key=clock.job_key or clock.job_label,
        job=clock.job_label,
        stage=clock.stage_reached,
        owner=clock.owner_name,
        target_days=days_left(ctx, clock.target_at),
        limit_days=days_left(ctx, clock.limit_at),
        target_at=clock.target_at,
        limit_at=clock.limit_at,
        promised_by=clock.next_by,
        promise_broken=clock.next_by is not None and clock.next_by < ctx.now(),
        from_before=clock.from_before,
        decision_id=row.decided,
        letter_id=row.letter_id,
        letter_state=row.letter_state or "",
        letter_because=row.because if held else "",
        letter_held=sentence_of(row.because) if held else "",
        letter_due=row.due_at if waits else None,
        last_day_at=row.last_day_at if held and row.because in WITH_LAST_DAY else None,
        open_letter_id=row.going,
        has_offer=has_offer,
    )


def days_left(ctx: Context, moment: datetime) -> int:
    """Return in how many days of the company's calendar a moment is; negative when it is past."""
    zone = ctx.settings.timezone
    return (moment.astimezone(zone).date() - ctx.now().astimezone(zone).date()).days


def _urls(ctx: Context, found: Sequence[Any]) -> dict[str, str]:
    host, link = ctx.host, ctx.host.map.candidate_url
    if link is None or not found:
        return {}
    attribute = getattr(host.map.candidate, host.key_attribute(host.map.candidate))
    keys = [host.parse_key(host.map.candidate, row[0].candidate_key) for row in found if row[0].candidate_key]
    rows = ctx.session.scalars(sa.select(host.map.candidate).where(attribute.in_(keys)))
    urls = {key_text(key_of(candidate)): str(link(candidate)) for candidate in rows}
    return {str(row[0].id): urls[row[0].candidate_key] for row in found if row[0].candidate_key in urls}
