"""What waits for each job owner: read for the morning mail, by a constant number of statements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.outcome.release import goes_without_at
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, RecallState
from flask_talentpool.host.rows import is_shown
from flask_talentpool.letters.holds import BY_THEMSELVES, WITH_LAST_DAY

SOON = timedelta(days=3)
"""How long before its target an answer that nobody decided about is in the morning mail."""
LAST_WEEK = timedelta(days=7)
"""How long before their last day people whose letter is held are named in the morning mail; before, they are counted."""
_TROUBLED = [LetterState.UNKNOWN, LetterState.FAILED]


@dataclass(frozen=True, slots=True)
class Open:
    """An interviewed person about whom nobody decided."""

    clock_id: int
    name: str
    job: str
    target_at: datetime
    limit_at: datetime
    next_by: datetime | None


@dataclass(frozen=True, slots=True)
class Wanting:
    """A letter that waits for one true line."""

    decision_id: int
    name: str
    job: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """Somebody decided about whose letter is held."""

    decision_id: int
    name: str
    job: str
    last_day_at: datetime


@dataclass(frozen=True, slots=True)
class Willing:
    """Somebody who said yes to an invitation back, and whom a person has to help."""

    name: str
    job: str


@dataclass(slots=True)
class DigestItems:
    """All that waits for one owner."""

    scope: str = ""
    application_id: Any = None
    """One of the owner's applications: by it the host says where the owner reads mail."""
    open: list[Open] = field(default_factory=list)
    wanting: list[Wanting] = field(default_factory=list)
    willing: list[Willing] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    """Of the letters that are held, those to people who have a last day."""
    held: Counter[str] = field(default_factory=Counter)
    """Letters that wait for a person, by reason."""
    troubled: int = 0
    """Letters that failed, or of which nobody knows whether they arrived."""
    replies: int = 0
    """Replies that nobody read."""

    @property
    def count(self) -> int:
        """How many things wait."""
        lists = len(self.open) + len(self.wanting) + len(self.willing)
        return lists + self.held.total() + self.troubled + self.replies

    def take(self, other: "DigestItems") -> None:
        """Take over what waits for somebody else."""
        self.scope = self.scope or other.scope
        self.open += other.open
        self.wanting += other.wanting
        self.willing += other.willing
        self.owed += other.owed
        self.held += other.held
        self.troubled += other.troubled
        self.replies += other.replies


def waiting_for(ctx: Context, owner: str | None = None) -> dict[str, DigestItems]:
    """Return what waits by the owner's key; for one owner alone where a key is given."""
    found: dict[str, DigestItems] = {}
    for gather in (_open, _letters, _progress, _replies, _willing):
        gather(ctx, found, owner)
    return {key: waiting for key, waiting in found.items() if waiting.count}


def _of(found: dict[str, DigestItems], row: Any) -> DigestItems:
    waiting = found.setdefault(row.owner_key, DigestItems(scope=row.scope))
    if waiting.application_id is None:
        waiting.application_id = row.application_id
    return waiting


def _only(statement: Any, column: Any, owner: str | None) -> Any:
    return statement if owner is None else statement.where(column == owner)


def _open(ctx: Context, found: dict[str, DigestItems], owner: str | None) -> None:
    clock, decision = ctx.models.clock, ctx.models.decision
    soon = ctx.now() + SOON
    statement = sa.select(clock).where(
        clock.answered_at.is_(None),
        is_shown(ctx.host, clock.application_id),
        clock.from_before.is_(False),
        ~sa.exists().where(decision.live_for == clock.application_key),
        sa.func.coalesce(clock.next_by, clock.target_at) <= soon,
    )
    order = (sa.func.coalesce(clock.next_by, clock.target_at), clock.id)
    for row in ctx.session.scalars(_only(statement, clock.owner_key, owner).order_by(*order)):
        one = Open(row.id, row.name, row.job_label, row.target_at, row.limit_at, row.next_by)
        _of(found, row).open.append(one)


def _letters(ctx: Context, found: dict[str, DigestItems], owner: str | None) -> None:
    """Letters about decisions: those that want a line, those held for another reason, those in trouble."""
    decision, letter, person = ctx.models.decision, ctx.models.letter, ctx.models.person
    states = [LetterState.HELD, *_TROUBLED]
    statement = (
        sa.select(
            decision, letter.state.label("letter_state"), letter.because, letter.last_day_at, person.name
        )
        .join(letter, letter.decision_id == decision.id)
        .outerjoin(person, person.id == decision.person_id)
        .where(letter.kind != LetterKind.COLLEAGUE, letter.state.in_(states))
        .where(decision.state == DecisionState.LIVE)
    )
    for row in ctx.session.execute(_only(statement, decision.owner_key, owner).order_by(decision.id)):
        one, waiting = row[0], _of(found, row[0])
        if row.letter_state != LetterState.HELD:
            waiting.troubled += 1
        elif row.because == HoldReason.PERSONAL:
            until = goes_without_at(ctx, one, None)
            waiting.wanting.append(Wanting(one.id, row.name or "No name", one.job_label, until))
        elif row.because not in BY_THEMSELVES:
            waiting.held[row.because] += 1
            is_near = row.last_day_at is not None and row.last_day_at <= ctx.now() + LAST_WEEK
            if is_near and row.because in WITH_LAST_DAY:
                waiting.owed.append(Owed(one.id, row.name or "No name", one.job_label, row.last_day_at))


def _progress(ctx: Context, found: dict[str, DigestItems], owner: str | None) -> None:
    clock, letter = ctx.models.clock, ctx.models.letter
    statement = (
        sa.select(clock, letter.state.label("letter_state"), letter.because)
        .join(letter, letter.clock_id == clock.id)
        .where(letter.state.in_([LetterState.HELD, *_TROUBLED]), clock.answered_at.is_(None))
    )
    for row in ctx.session.execute(_only(statement, clock.owner_key, owner)):
        if row.letter_state == LetterState.HELD:
            _of(found, row[0]).held[row.because] += 1
        else:
            _of(found, row[0]).troubled += 1


def _replies(ctx: Context, found: dict[str, DigestItems], owner: str | None) -> None:
    incoming, letter = ctx.models.incoming, ctx.models.letter
    for about, tie in ((ctx.models.decision, letter.decision_id), (ctx.models.clock, letter.clock_id)):
        model: Any = about
        statement = (
            sa.select(model.owner_key, model.scope, model.application_id)
            .join(letter, tie == model.id)
            .join(incoming, incoming.letter_id == letter.id)
            .where(incoming.read_at.is_(None), incoming.kind.in_(["reply", "thank_you"]))
        )
        for row in ctx.session.execute(_only(statement, model.owner_key, owner)):
            _of(found, row).replies += 1


def _willing(ctx: Context, found: dict[str, DigestItems], owner: str | None) -> None:
    decision, recall, person = ctx.models.decision, ctx.models.recall, ctx.models.person
    statement = (
        sa.select(decision.owner_key, decision.scope, decision.application_id, recall.job_label, person.name)
        .join(recall, recall.decision_id == decision.id)
        .outerjoin(person, person.id == recall.person_id)
        .where(recall.state == RecallState.ACCEPTED, recall.attention != "")
    )
    for row in ctx.session.execute(_only(statement, decision.owner_key, owner).order_by(recall.id)):
        _of(found, row).willing.append(Willing(row.name or "No name", row.job_label))


def together(many: Iterable[DigestItems]) -> DigestItems:
    """Return all of it as one."""
    whole = DigestItems()
    for one in many:
        whole.take(one)
    return whole
