"""How Harbour's templates print dates, ratings and text with addresses in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from examples.ats.models import utcnow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

# From this many days on, a time is told in months.
MONTHS_FROM = 60


def day(moment: datetime | None) -> str:
    """Return `3 Mar 2026`, or nothing."""
    return f"{moment.day} {moment:%b %Y}" if moment else ""


def ago(moment: datetime) -> str:
    """Return how many days ago a moment was, in words."""
    days = (utcnow().date() - moment.date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < MONTHS_FROM:
        return f"{days} days ago"
    return f"{days // 30} months ago"


def stars(rating: int | None) -> Markup:
    """Return a rating of one to five that is read aloud as a sentence."""
    if not rating:
        return Markup("")
    return Markup('<span class="stars" role="img" aria-label="Rated {0} of 5">{1}<i>{2}</i></span>').format(
        rating, "★" * rating, "★" * (5 - rating)
    )


def with_links(text: str) -> Markup:
    """Return plain text with its web addresses as links and everything else escaped."""
    parts: list[Markup] = []
    end = 0
    for found in ADDRESS.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(found.group()))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


FILTERS: dict[str, Callable[..., str]] = {"day": day, "ago": ago, "stars": stars, "with_links": with_links}
