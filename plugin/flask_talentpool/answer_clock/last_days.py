"""Who is decided about and not told because something holds the letter, counted down to their last day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.answer_clock.queries import days_left
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind, LetterState, sentence_of
from flask_talentpool.letters.holds import WITH_LAST_DAY
from flask_talentpool.letters.model import LetterMixin


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """Somebody decided about whose letter waits until a person resolves what holds it."""

    decision_id: int
    name: str
    job: str
    because: str
    sentence: str
    """Why the letter is held, with the remedy."""
    last_day_at: datetime
    days: int
    """How many are left in the company's calendar; negative when the last day is past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDays:
    """What the first page says about them."""

    rows: tuple[LastDay, ...] = ()
    """Those whose last day comes first; late ones before all others."""
    count: int = 0


def has_last_day(letter: Any) -> sa.ColumnElement[bool]:
    """Return the condition for letters that are held and have a last day; a decision that ends cancels its letter."""
    return sa.and_(
        letter.state == LetterState.HELD,
        letter.last_day_at.is_not(None),
        letter.kind == LetterKind.OUTCOME,
        letter.because.in_(list(WITH_LAST_DAY)),
    )


def last_day_of(ctx: Context, letter: LetterMixin, job: str) -> LastDay:
    """Return what is shown of a letter that has a last day."""
    assert letter.last_day_at is not None  # noqa: S101 (the condition it was found by)
    return LastDay(
        decision_id=letter.decision_id or 0,
        name=letter.to_name or "No name",
        job=job,
        because=letter.because,
        sentence=sentence_of(letter.because),
        last_day_at=letter.last_day_at,
        days=days_left(ctx, letter.last_day_at),
    )
