"""The words of letters to job owners: names and jobs, never more of a candidate."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.digest.items import DigestItems, Open
from flask_talentpool.enums import sentence_of
from flask_talentpool.letters.internal_mail import LANGUAGE, page_url
from flask_talentpool.letters.texts.dates_and_phrases import day
from flask_talentpool.letters.texts.render import plain

SHOWN = 10
"""How many of a kind are named; the rest is counted."""


def days_left(ctx: Context, moment: datetime) -> int:
    """Return in how many days of the company's calendar a moment is; negative when it is past."""
    zone = ctx.settings.timezone
    return (moment.astimezone(zone).date() - ctx.now().astimezone(zone).date()).days


def subject(waiting: DigestItems) -> str:
    """Return the subject of a morning mail."""
    number = waiting.count
    return f"Talent pool: {number} thing{' waits' if number == 1 else 's wait'} for you"


def paragraphs(ctx: Context, waiting: DigestItems) -> list[str]:
    """Return what a morning mail says."""
    said: list[str] = []
    if waiting.open:
        said.append("Interviewed, and nobody has decided yet:")
        said += _some(waiting.open, lambda one: f"{_who(one)}: {_open_until(ctx, one)}")
        said.append(f"[Answer them]({page_url(ctx, '/unanswered')})")
    if waiting.wanting:
        said.append("Letters that wait for one true line from you, or for “none”:")
        said += _some(
            waiting.wanting,
            lambda one: (
                f"{_who(one)}: {_line_until(ctx, one.until)} "
                f"[Write it]({page_url(ctx, f'/decisions/{one.decision_id}')})"
            ),
        )
    if waiting.owed:
        said.append("Decided, and not told because the letter is held:")
        said += _some(
            sorted(waiting.owed, key=lambda one: (one.last_day_at, one.decision_id)),
            lambda one: (
                f"{_who(one)}: {_days(days_left(ctx, one.last_day_at))}. "
                f"[Resolve it]({page_url(ctx, f'/decisions/{one.decision_id}')})"
            ),
        )
    if waiting.held:
        said.append("Letters that are held:")
        said += [f"{number}: {_sentence(because)}" for because, number in sorted(waiting.held.items())]
        said.append(f"[Look at them]({page_url(ctx, '/letters?state=held')})")
    said += _rest(ctx, waiting)
    said.append("This mail comes once a working day, and only when something waits.")
    return said


def _rest(ctx: Context, waiting: DigestItems) -> Iterator[str]:
    if waiting.troubled:
        number = waiting.troubled
        what = "letter was refused, or may" if number == 1 else "letters were refused, or may"
        yield f"{number} {what} not have arrived: [settle it]({page_url(ctx, '/letters?state=needs-you')})."
    if waiting.replies:
        number = waiting.replies
        what = "reply that nobody has read" if number == 1 else "replies that nobody has read"
        yield f"{number} {what}: [read on]({page_url(ctx, '/')})."
    if waiting.willing:
        yield "Said yes to coming back, and need your hand:"
        yield from _some(waiting.willing, _who)
        yield f"[See what to do]({page_url(ctx, '/')})"


def _some(items: Sequence[Any], say: Callable[[Any], str]) -> Iterator[str]:
    for one in items[:SHOWN]:
        yield say(one)
    if len(items) > SHOWN:
        yield f"and {len(items) - SHOWN} more."


def _who(one: Any) -> str:
    return plain(f"{one.name}, {one.job}" if one.job else one.name)


def _sentence(because: str) -> str:
    return sentence_of(because)


def _line_until(ctx: Context, until: datetime) -> str:
    return f"until {day(until, ctx.settings.timezone, LANGUAGE)}, then it goes without."


def _open_until(ctx: Context, one: Open) -> str:
    zone = ctx.settings.timezone
    if one.next_by is not None:
        left, promised = days_left(ctx, one.next_by), day(one.next_by, zone, LANGUAGE)
        return f"we promised to write by {promised}" + (", which is past." if left < 0 else ".")
    limit = day(one.limit_at, zone, LANGUAGE)
    return f"{_days(days_left(ctx, one.target_at))}. On {limit} a letter says that it is still open."


def _days(left: int) -> str:
    if left == 0:
        return "today is the day"
    number = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{number} left" if left > 0 else f"{number} late"


def line_wanted(ctx: Context, *, decision_id: int, name: str, job: str, until: datetime) -> list[str]:
    """Return what a reminder of a missing line says."""
    whom = plain(f"{name}, {job}" if job else name)
    return [
        f"The letter to {whom}, waits for one true line from somebody who met them, or for “none”."
        if job
        else f"The letter to {whom} waits for one true line from somebody who met them, or for “none”.",
        f"It waits {_line_until(ctx, until)}",
        f"[Write the line]({page_url(ctx, f'/decisions/{decision_id}')})",
    ]
