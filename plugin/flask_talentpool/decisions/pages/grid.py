"""Many decisions at once: one row each with line, door, reason and finish; what changed is saved, row by row."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.clock import day_and_time
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions import editing
from flask_talentpool.decisions.changes import Changes
from flask_talentpool.decisions.facts import complete
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.pages.why import unsaid
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    LetterKind,
    LetterState,
    Outcome,
    sentence_of,
)
from flask_talentpool.errors import Refused
from flask_talentpool.letters.checks.checker import Finding, check_words
from flask_talentpool.letters.texts.queries import language_name

PAGE_SIZE = 100
FIELDS = ("line", "door", "reason", "detail", "finish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What can be written in one row, as text."""

    line: str = ""
    door: str = ""
    reason: str = ""
    detail: str = ""
    finish: str = ""

    def version(self) -> str:
        """Return a fingerprint, to tell whether somebody else changed the row meanwhile."""
        text = json.dumps([getattr(self, name) for name in FIELDS])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of one posted row."""

    decision_id: int
    changed: bool = False
    error: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def cells_of(decision: DecisionMixin) -> Cells:
    """Return a decision as a row of the grid."""
    return Cells(
        line=decision.line or "",
        door=decision.door,
        reason=decision.reason_code or "",
        detail=decision.reason_detail or "",
        finish=str(decision.finish or ""),
    )


def wanted(ctx: Context) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for decisions that a grid is for: turned down, standing, and not told yet."""
    decision = ctx.models.decision
    return [
        decision.state == DecisionState.LIVE,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
    ]


def save_row(
    ctx: Context,
    decision: DecisionMixin,
    typed: Cells,
    *,
    version: str,
    by: Actor,
    may_write: bool,
    no_line: bool = False,
) -> Saved:
    """Save what somebody changed in one row; nothing of it when any of it cannot be.

    Args:
        ctx: The unit of work, in a transaction of this row's own.
        decision: The decision, locked and read again.
        typed: What was typed.
        version: Of the row as it was when the page was made.
        by: Who typed it.
        may_write: Whether door, reason and finish are theirs to set; else only the line is.
        no_line: That they said that no line is needed.

    Raises:
        Refused: The row cannot be saved; the message says why.
    """
    now = within_rights(cells_of(decision), may_write=may_write)
    typed = _tidy(within_rights(typed, may_write=may_write))
    says_none = no_line and not typed.line and decision.line_at is None
    if (typed == now or typed.version() == version) and not says_none:
        return Saved(decision_id=decision.id)
    if version != now.version():
        raise Refused(
            f"Somebody else changed this row meanwhile: {_said(ctx, now)}. What you typed is still here; "
            "save again to keep yours.",
            code="changed_meanwhile",
        )
    editing.untold(decision)
    if decision.completed_at is None:
        complete(ctx, decision)
    _apply(ctx, decision, now, typed, by=by, says_none=says_none)
    return Saved(decision_id=decision.id, changed=True)


def within_rights(cells: Cells, *, may_write: bool) -> Cells:
    """Return what the acting person may set: all of it, or the line alone."""
    return cells if may_write else Cells(line=cells.line)


def _tidy(cells: Cells) -> Cells:
    return Cells(**{name: " ".join(getattr(cells, name).split()) for name in FIELDS})


def _apply(
    ctx: Context, decision: DecisionMixin, now: Cells, typed: Cells, *, by: Actor, says_none: bool
) -> None:
    if typed.finish != now.finish:
        if typed.finish and not (typed.finish.isdecimal() and len(typed.finish) <= len(str(editing.LAST))):
            raise Refused(editing.NO_FINISH, code="finish")
        finish = int(typed.finish) if typed.finish else None
        of = decision.finish_of if finish is not None else None
        editing.set_finish(ctx, decision, finish, of=of if of is None or of >= (finish or 0) else None, by=by)
    is_door, is_line = typed.door != now.door, typed.line != now.line
    if is_door and typed.door not in set(Door):
        raise Refused("There is no such door.", code="door")
    changes = Changes(
        reason=typed.reason if (typed.reason, typed.detail) != (now.reason, now.detail) else None,
        detail=typed.detail,
        door=Door(typed.door) if is_door else None,
        line=typed.line if is_line or says_none else None,
    )
    if changes:
        editing.change(ctx, decision, changes, by=by)


def _said(ctx: Context, now: Cells) -> str:
    reason = ctx.settings.reasons.get(now.reason)
    parts = [
        f"line “{now.line}”" if now.line else "no line",
        f"door {now.door}",
        f"reason “{reason.label}”" if reason is not None else "no reason",
        f"finish {now.finish}" if now.finish else "no finish",
    ]
    return ", ".join(parts)


def lock(ctx: Context, decision_id: int) -> DecisionMixin | None:
    """Take a decision's row for this transaction and read it again; None when it is gone."""
    model = ctx.models.decision
    update_if(ctx.session, model, model.id == decision_id, scope=model.scope)
    return ctx.session.get(model, decision_id, populate_existing=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row of the grid, with what somebody typed where it could not be saved."""

    decision_id: int
    name: str
    job: str
    stage_reached: str
    cells: Cells
    version: str
    door_is_fixed: bool
    waits_because: str
    asks: bool = False
    """Whether the letter waits for what is written here, or is held by what was."""
    language: str = ""
    """Of the letter, as the page names it; empty while there is none."""
    goes: str = ""
    """When the letter goes, or why it does not."""
    findings: tuple[Finding, ...] = ()
    """What the check says of the line alone."""
    unsaid: str = "None said"
    """What stands where nobody chose a reason."""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reason to choose."""

    code: str
    label: str
    may_be_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridJob:
    """A job with people who were turned down and not told yet."""

    key: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPage:
    """A page of the grid."""

    title: str
    jobs: tuple[GridJob, ...]
    """All that people wait for, where there is more than one."""
    rows: tuple[GridRow, ...]
    reasons: tuple[Choice, ...]
    number: int
    pages: int
    found: int
    may_write: bool
    job: str
    applications: tuple[str, ...]
    saved: int = 0
    failed: int = 0


def rows_of(ctx: Context, found: Sequence[DecisionMixin], *, may_write: bool) -> tuple[GridRow, ...]:
    """Return decisions as rows, with names and letters read by one statement each."""
    people, letters = _names(ctx, found), letters_of(ctx, [row.id for row in found])
    reasons = unsaid(ctx, found)
    rows = []
    for row, reason in zip(found, reasons, strict=True):
        letter = letters.get(row.id)
        is_held = letter is not None and letter.state == LetterState.HELD
        language = letter.language if letter is not None else ""
        rows.append(
            GridRow(
                decision_id=row.id,
                name=(letter.to_name if letter is not None else "")
                or people.get(row.person_id or 0)
                or "No name",
                job=row.job_label,
                stage_reached=row.stage_reached,
                cells=cells_of(row),
                version=within_rights(cells_of(row), may_write=may_write).version(),
                door_is_fixed=row.never_pool,
                waits_because=letter.because if letter is not None and is_held else "",
                asks=letter is not None and is_held and letter.because in _ASKS,
                language=language_name(language) if language else "",
                goes=goes(ctx, letter) if letter is not None else "",
                findings=check_words(row.line, language=language) if row.line and language else (),
                unsaid=reason,
            )
        )
    return tuple(rows)


_ASKS = (HoldReason.PERSONAL, HoldReason.CHECK, HoldReason.OFFER_OPEN, HoldReason.OFFER_FELL)
"""What holds a letter until somebody writes here, or mends what they wrote."""


def _names(ctx: Context, found: Sequence[DecisionMixin]) -> dict[int, str]:
    person = ctx.models.person
    people = {row.person_id for row in found if row.person_id is not None}
    statement = sa.select(person.id, person.name).where(person.id.in_(people))
    return {row.id: row.name for row in ctx.session.execute(statement)}


def letters_of(ctx: Context, decision_ids: Sequence[int]) -> dict[int, Any]:
    """Return what the outcome letter of each decision is addressed to, in which language, and where it stands."""
    letter = ctx.models.letter
    columns = (
        letter.decision_id,
        letter.to_name,
        letter.language,
        letter.state,
        letter.because,
        letter.detail,
        letter.due_at,
    )
    statement = sa.select(*columns).where(
        letter.decision_id.in_(decision_ids), letter.kind == LetterKind.OUTCOME
    )
    return {row.decision_id: row for row in ctx.session.execute(statement)}


def goes(ctx: Context, letter: Any) -> str:
    """Say when a letter goes, or why it does not; with the day and the zone."""
    if letter.state == LetterState.HELD:
        return f"held: {sentence_of(letter.because)}"
    if letter.state != LetterState.DUE:
        return "going out now" if letter.state == LetterState.SENDING else ""
    if letter.due_at <= ctx.now():
        return "goes with the next round"
    return f"goes {day_and_time(letter.due_at, ctx.settings.timezone, today=ctx.now())}"


def became(ctx: Context, saved: Sequence[int]) -> str:
    """Say what becomes of the letters of rows that were saved, each kind with how many."""
    letters = letters_of(ctx, saved)
    counts = Counter(goes(ctx, letters[key]) if key in letters else "" for key in saved)
    said = "; ".join(f"{number} {what}".rstrip(".") for what, number in counts.items() if what)
    return f"Saved {len(saved)} {'row' if len(saved) == 1 else 'rows'}{': ' + said if said else ''}."


def jobs_of(ctx: Context, visible: Callable[[Any], Any], chosen: str) -> tuple[tuple[GridJob, ...], str]:
    """Return the jobs that people wait for, and which one is looked at: the one asked for, else the first."""
    decision = ctx.models.decision
    seen = visible(sa.select(decision).where(*wanted(ctx))).subquery()
    statement = sa.select(seen.c.job_key, sa.func.min(seen.c.job_label), sa.func.count())
    rows = ctx.session.execute(
        statement.group_by(seen.c.job_key, *(() if ctx.host.map.job is not None else (seen.c.job_label,)))
    )
    found = sorted((label or "No job named", key or label, count) for key, label, count in rows)
    chosen = chosen or (found[0][1] if found else "")
    jobs = tuple(
        GridJob(key=key, label=label, count=count, is_chosen=chosen in (key, label))
        for label, key, count in found
    )
    return jobs, chosen
