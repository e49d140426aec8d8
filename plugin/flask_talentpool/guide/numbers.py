"""Lengths of time, hours and stages as a page says them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.units import format_unit

_OR = {"en": "or", "de": "oder"}
_MONTH_IN_DAYS, _NEAR_A_MONTH, _LONGEST_IN_DAYS = 30.4375, 1.5, 56
_NOON = 12
_STAGES = {
    "en": {
        "applied": "on the application alone",
        "screened": "after a first look at it",
        "interviewed": "after an interview, before the last round",
        "finalist": "in the last round",
    },
    "de": {
        "applied": "allein nach der Bewerbung",
        "screened": "nach einer ersten Prüfung",
        "interviewed": "nach einem Gespräch, vor der letzten Runde",
        "finalist": "in der letzten Runde",
    },
}
_TOGETHER = {
    "en": (
        (("applied", "screened", "interviewed", "finalist"), "at every stage"),
        (("applied", "screened"), "before a first interview"),
        (("interviewed", "finalist"), "after an interview"),
    ),
    "de": (
        (("applied", "screened", "interviewed", "finalist"), "in jedem Fall"),
        (("applied", "screened"), "vor einem ersten Gespräch"),
        (("interviewed", "finalist"), "nach einem Gespräch"),
    ),
}


def many(value: int, one: str, more: str) -> str:
    """Return ``one`` as it stands for 1, else the number and ``more``.

    >>> many(1, "1 month", "months"), many(12, "1 Monat", "Monate")
    ('1 month', '12 Monate')
    """
    return one if value == 1 else f"{value} {more}"


def span(value: timedelta, language: str = "en") -> str:
    """Return a length of time; days that are nearly whole months are months.

    Args:
        value: Not negative. What is shorter than a minute is one.
        language: Of the page; one that nobody knows the words of gets English ones.

    >>> span(timedelta(days=3)), span(timedelta(hours=36)), span(timedelta(days=183), "de")
    ('3 days', '36 hours', '6 Monate')
    """
    minutes = max(round(value.total_seconds() / 60), 1 if value else 0)
    locale = _locale(language)
    said = [
        format_unit(amount, f"duration-{unit}", locale=locale)
        for amount, unit in _in_months(value) or _in_time(minutes)
    ]
    return format_list(said, locale=locale)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.partition("-")[0])
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _in_months(value: timedelta) -> list[tuple[int, str]]:
    days = value.total_seconds() / 86_400
    months = round(days / _MONTH_IN_DAYS)
    is_near = days > _LONGEST_IN_DAYS and abs(days - months * _MONTH_IN_DAYS) <= _NEAR_A_MONTH
    return [(months, "month")] if is_near else []


def _in_time(minutes: int) -> list[tuple[int, str]]:
    hours, rest = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if rest:
        return [part for part in ((hours, "hour"), (rest, "minute")) if part[0]]
    if hours_left and hours > 48:  # noqa: PLR2004 (two days and four hours; below it, 36 hours)
        return [(days, "day"), (hours_left, "hour")]
    return [(days, "day")] if days and not hours_left else [(hours, "hour")]


def oclock(hour: int, language: str = "en") -> str:
    """Return an hour of the day as people say it.

    >>> oclock(9), oclock(17), oclock(12), oclock(17, "de"), oclock(17, "fr")
    ('9 am', '5 pm', 'noon', '17 Uhr', '17:00')
    """
    if language != "en":
        return f"{hour} Uhr" if language == "de" else f"{hour}:00"
    if hour % _NOON == 0:
        return "noon" if hour == _NOON else "midnight"
    return f"{hour % _NOON} {'am' if hour < _NOON else 'pm'}"


def stages(found: Sequence[str], language: str = "en") -> str:
    """Return stages reached as a phrase: when something happens.

    >>> stages(("interviewed", "finalist")), stages(("applied", "finalist"))
    ('after an interview', 'on the application alone or in the last round')
    """
    for together, phrase in _TOGETHER[language]:
        if tuple(found) == together:
            return phrase
    said = [_STAGES[language][stage] for stage in found]
    return f" {_OR[language]} ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def begin(phrase: str) -> str:
    """Return a phrase as a sentence begins with it; other letters stay as they are.

    >>> begin("nach einem Gespräch")
    'Nach einem Gespräch'
    """
    return phrase[:1].upper() + phrase[1:]


def filters(language: str) -> Mapping[str, Callable[..., Any]]:
    """Return the filters of a page's language; only English and German have words for ``stages``."""
    spoken: dict[str, Callable[..., Any]] = {"span": span, "oclock": oclock}
    if language in _STAGES:
        spoken["stages"] = stages
    said = {name: functools.partial(say, language=language) for name, say in spoken.items()}
    return {"begin": begin, "many": many, **said}
