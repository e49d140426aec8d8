"""What the pages of letters show, read by a constant number of statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Outcome, sentence_of
from flask_talentpool.letters.history import Act, history
from flask_talentpool.letters.holds import APPROVABLE
from flask_talentpool.letters.incoming.suppression import returned_among
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.letters.texts.queries import language_name

PAGE_SIZE = 50

TABS: dict[str, tuple[LetterState, ...]] = {
    "waiting": (LetterState.DUE, LetterState.SENDING),
    "held": (LetterState.HELD,),
    "needs-you": (LetterState.UNKNOWN, LetterState.FAILED),
    "gone": (LetterState.SENT, LetterState.CANCELLED),
}
TAB_OF: dict[str, str] = {key: key for key in TABS} | {
    state.value: key for key, states in TABS.items() for state in states
}
"""The tab that is asked for by its own name, or by the state of a letter."""
_MOST_URGENT = ("needs-you", "held", "waiting", "gone")
TITLES = {"waiting": "Waiting", "held": "Held", "needs-you": "Needs you", "gone": "Gone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One way to look at letters."""

    key: str
    title: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter in a list."""

    id: int
    kind: str
    to_name: str
    job: str
    state: str
    because: str
    detail: str
    due_at: datetime
    sent_at: datetime | None
    decision_id: int | None
    person_id: int | None
    is_approvable: bool
    may_write: bool
    to_address: str = ""
    language: str = ""
    """As pages name it."""
    is_barred: bool = False
    """Whether mail to the address of one that failed came back for good: sent again, it would be held."""
    with_letter_id: int | None = None
    """The letter that tells this one's outcome together with others."""
    beside: Any = None
    """The other application that holds it, as whoever looks may see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Letters that stand where they do for one reason, with what to do about it."""

    because: str
    sentence: str
    rows: tuple[LetterRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPage:
    """A page of letters."""

    tab: str
    because: str
    """Whose only letters are shown: those that stand there for this reason; empty for all of the tab."""
    tabs: tuple[Tab, ...]
    groups: tuple[Reason, ...]
    number: int
    pages: int
    unwritten: int
    """Decisions whose letter is still to be written."""
    has_failed: bool
    """Whether letters failed that can be sent again together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to hand the letter over."""

    at: datetime
    result: str
    reply: str
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """One letter: what it says, where it went, and what happened to it."""

    row: LetterRow
    sentence: str
    from_line: str
    to_line: str
    reply_to: str
    subject: str
    body: Paragraphs
    composed_at: datetime
    approved_at: datetime | None
    attempts: tuple[Attempt, ...]
    history: tuple[Act, ...]


def letters_page(
    ctx: Context,
    visible: Visible,
    tab: str | None,
    *,
    may_write: bool,
    number: int = 1,
    because: str = "",
    reasons: Collection[str] = (),
) -> LettersPage:
    """Read one tab of letters: by reason where they wait for something, else by time.

    Args:
        ctx: The unit of work.
        visible: Narrows to what the acting person may see.
        tab: Which one; None for the first with something in it, those that need somebody before others.
        may_write: Whether the acting person may change letters.
        number: Which page of it.
        because: How the address names the reasons that are asked for; empty for all.
        reasons: Those reasons.
    """
    letter = ctx.models.letter
    counts = _counts(ctx, visible)
    in_tab = {key: sum(counts.get(state, 0) for state in states) for key, states in TABS.items()}
    tab = tab or next((key for key in _MOST_URGENT if in_tab[key]), "waiting")
    statement = visible(sa.select(letter).where(letter.state.in_(TABS[tab]), is_listed(letter)))
    found = in_tab[tab]
    if because:
        statement = statement.where(letter.because.in_(sorted(reasons)))
        found = ctx.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    pages = max(1, -(-found // PAGE_SIZE))
    number = min(max(1, number), pages)
    order = {
        "waiting": (letter.due_at, letter.id),
        "held": (letter.because, letter.due_at, letter.id),
        "needs-you": (letter.state.desc(), letter.because, letter.id),
        "gone": (sa.func.coalesce(letter.sent_at, letter.due_at).desc(), letter.id.desc()),
    }[tab]
    rows = list(
        ctx.session.scalars(statement.order_by(*order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    )
    lines = rows_of(ctx, rows, may_write=may_write)
    return LettersPage(
        tab=tab,
        because=because,
        tabs=tuple(
            Tab(key=key, title=TITLES[key], count=count, is_chosen=key == tab)
            for key, count in in_tab.items()
        ),
        groups=_groups(lines) if tab in ("held", "needs-you") else _one_group(lines),
        number=number,
        pages=pages,
        unwritten=_unwritten(ctx, visible) if tab == "waiting" else 0,
        has_failed=LetterState.FAILED in counts,
    )


def is_listed(letter: Any) -> sa.ColumnElement[bool]:
    """Return the condition for letters that lists show: those to colleagues only when they are in trouble."""
    troubled = [LetterState.FAILED, LetterState.UNKNOWN]
    is_restored = sa.and_(letter.state == LetterState.HELD, letter.because == HoldReason.RESTORED)
    return sa.or_(letter.kind != LetterKind.COLLEAGUE, letter.state.in_(troubled), is_restored)


def _counts(ctx: Context, visible: Visible) -> dict[str, int]:
    seen = visible(sa.select(ctx.models.letter).where(is_listed(ctx.models.letter))).subquery()
    counted = sa.select(seen.c.state, sa.func.count()).group_by(seen.c.state)
    return {row.state: row[1] for row in ctx.session.execute(counted)}


def _unwritten(ctx: Context, visible: Visible) -> int:
    decision, letter = ctx.models.decision, ctx.models.letter
    wanting = visible(
        sa.select(decision).where(
            decision.state == DecisionState.LIVE,
            decision.outcome == Outcome.REJECTED,
            decision.told_at.is_(None),
            decision.completed_at.is_(None),
            ~sa.exists().where(letter.decision_id == decision.id),
        )
    )
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(wanting.subquery())) or 0


def rows_of(ctx: Context, rows: Sequence[LetterMixin], *, may_write: bool) -> list[LetterRow]:
    """Return letters as lists show them, with the jobs they are about."""
    decision, recall = ctx.models.decision, ctx.models.recall
    about = {row.decision_id for row in rows if row.decision_id is not None}
    invited = {row.recall_id for row in rows if row.recall_id is not None}
    jobs: dict[int, str] = {}
    recalls: dict[int, tuple[str, int | None]] = {}
    if about:
        statement = sa.select(decision.id, decision.job_label).where(decision.id.in_(about))
        jobs = {row.id: row.job_label for row in ctx.session.execute(statement)}
    if invited:
        named = sa.select(recall.id, recall.job_label, recall.decision_id).where(recall.id.in_(invited))
        recalls = {row.id: (row.job_label, row.decision_id) for row in ctx.session.execute(named)}
    barred = returned_among(
        ctx, [(row.scope, row.to_address) for row in rows if row.state == LetterState.FAILED]
    )
    lines = []
    for row in rows:
        job, decided = recalls.get(row.recall_id or 0, (jobs.get(row.decision_id or 0, ""), row.decision_id))
        lines.append(
            LetterRow(
                id=row.id,
                kind=row.kind,
                to_name=row.to_name or "No name",
                job=job,
                state=row.state,
                because=row.because,
                detail=row.detail,
                due_at=row.due_at,
                sent_at=row.sent_at,
                decision_id=decided,
                person_id=row.person_id,
                is_approvable=row.state == LetterState.HELD and row.because in APPROVABLE,
                may_write=may_write,
                to_address=row.to_address,
                language=language_name(row.language),
                is_barred=row.state == LetterState.FAILED and (row.scope, row.to_address) in barred,
                with_letter_id=row.with_letter_id,
            )
        )
    return lines


def _groups(lines: Sequence[LetterRow]) -> tuple[Reason, ...]:
    """Gather lines by reason, in the order in which the reasons come up."""
    found: dict[str, list[LetterRow]] = {}
    for line in lines:
        found.setdefault(line.because, []).append(line)
    return tuple(
        Reason(because=because, sentence=_heading(because, rows), rows=tuple(rows))
        for because, rows in found.items()
    )


def _heading(because: str, rows: Sequence[LetterRow]) -> str:
    beside = rows[0].beside
    if beside is None:
        return sentence_of(because)
    return str(beside.sentence) if beside.job else "Another application in this house holds these."


def with_besides(page: LettersPage, besides: Mapping[int, Any]) -> LettersPage:
    """Return the page with what holds letters in other applications, by the letter: as whoever looks may see it."""
    lines = [
        replace(row, beside=besides[row.id], because=besides[row.id].because) if row.id in besides else row
        for group in page.groups
        for row in group.rows
    ]
    return replace(page, groups=_groups(lines))


def _one_group(lines: Sequence[LetterRow]) -> tuple[Reason, ...]:
    return (Reason(because="", sentence="", rows=tuple(lines)),) if lines else ()


def letter_page(ctx: Context, row: LetterMixin, *, actor_id: str, may_write: bool) -> LetterPage:
    """Read one letter with its attempts and its history."""
    (line,) = rows_of(ctx, [row], may_write=may_write)
    lead = ctx.session.get(ctx.models.letter, row.with_letter_id) if row.with_letter_id else None
    said = lead if lead is not None else row
    attempt = ctx.models.letter_attempt
    tries = ctx.session.scalars(
        sa.select(attempt)
        .where(attempt.letter_id == row.id)
        .order_by(attempt.at.desc(), attempt.id.desc())
        .limit(100)
    )
    about = [("letter", row.id)]
    if row.kind == LetterKind.OUTCOME and row.decision_id is not None:
        about.append(("decision", row.decision_id))
    if row.recall_id is not None:
        about.append(("recall", row.recall_id))
    return LetterPage(
        row=line,
        sentence=sentence_of(row.because),
        from_line=mailbox(row.from_name, row.from_address),
        to_line=mailbox(row.to_name, row.to_address),
        reply_to=row.reply_to,
        subject=said.subject,
        body=paragraphs(said.text),
        composed_at=row.composed_at,
        approved_at=row.approved_at,
        attempts=tuple(
            Attempt(at=one.at, result=one.result, reply=one.reply, server=one.server) for one in tries
        ),
        history=history(ctx, about, actor_id=actor_id),
    )


def mailbox(name: str, address: str) -> str:
    """Return a mailbox as people read it."""
    if name and address:
        return f"{name} <{address}>"
    return address or name
