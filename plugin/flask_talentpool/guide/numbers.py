"""Numbers, lengths of time and hours as a page says them, in English and in German."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

_WORDS = {
    "en": "no one two three four five six seven eight nine ten eleven twelve",
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
_UNITS: dict[str, tuple[tuple[str, str, str], ...]] = {
    # One, more, more in the dative; months to minutes.
    "en": (
        ("one month", "months", "months"),
        ("one day", "days", "days"),
        ("one hour", "hours", "hours"),
        ("one minute", "minutes", "minutes"),
    ),
    "de": (
        ("einen Monat", "Monate", "Monaten"),
        ("einen Tag", "Tage", "Tagen"),
        ("eine Stunde", "Stunden", "Stunden"),
        ("eine Minute", "Minuten", "Minuten"),
    ),
}
_DATIVE_OF_ONE = {"einen": "einem", "eine": "einer"}
_AND = {"en": "and", "de": "und"}
_OR = {"en": "or", "de": "oder"}
_MONTH_IN_DAYS, _NEAR_A_MONTH, _LONGEST_IN_DAYS = 30.4375, 1.5, 56
_NOON, _EVENING, _MIDNIGHT = 12, 18, 24
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


def number(value: int, language: str = "en") -> str:
    """Return a whole number up to twelve as a word, a larger one in figures.

    >>> number(3), number(14), number(12, "de"), number(5, "fr")
    ('three', '14', 'zwölf', '5')
    """
    words = _WORDS.get(language, "").split()
    return words[value] if 0 <= value < len(words) else f"{value}"


def many(value: int, one: str, more: str, language: str = "en") -> str:
    """Return ``one`` as it stands for 1, else the number and ``more``.

    >>> many(1, "one month", "months"), many(12, "einen Monat", "Monate", "de")
    ('one month', 'zwölf Monate')
    """
    return one if value == 1 else f"{number(value, language)} {more}"


def span(value: timedelta, case: str = "", language: str = "en") -> str:
    """Return a length of time in words; days that are nearly whole months are months.

    Args:
        value: Not negative. What is shorter than a minute is one.
        case: ``"dative"`` for the German dative ("in drei Tagen"); without meaning in English.
        language: ``en`` or ``de``.

    >>> span(timedelta(days=3)), span(timedelta(hours=36)), span(timedelta(days=183), "dative", "de")
    ('three days', '36 hours', 'sechs Monaten')
    """
    minutes = max(round(value.total_seconds() / 60), 1 if value else 0)
    parts = _in_months(value) or _in_time(minutes)
    said = [_unit(amount, unit, case, language) for amount, unit in parts]
    return f" {_AND[language]} ".join(said)


def _in_months(value: timedelta) -> list[tuple[int, int]]:
    days = value.total_seconds() / 86_400
    months = round(days / _MONTH_IN_DAYS)
    is_near = days > _LONGEST_IN_DAYS and abs(days - months * _MONTH_IN_DAYS) <= _NEAR_A_MONTH
    return [(months, 0)] if is_near else []


def _in_time(minutes: int) -> list[tuple[int, int]]:
    hours, rest = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if rest:
        return [part for part in ((hours, 2), (rest, 3)) if part[0]]
    if hours_left and hours > 48:  # noqa: PLR2004 (two days and four hours; below it, 36 hours)
        return [(days, 1), (hours_left, 2)]
    return [(days, 1)] if days and not hours_left else [(hours, 2)]


def _unit(amount: int, unit: int, case: str, language: str) -> str:
    one, more, dative = _UNITS[language][unit]
    if case == "dative":
        article, _, noun = one.partition(" ")
        one, more = f"{_DATIVE_OF_ONE.get(article, article)} {noun}", dative
    return many(amount, one, more, language)


def oclock(hour: int, language: str = "en") -> str:
    """Return an hour of the day as people say it.

    >>> oclock(9), oclock(17), oclock(12), oclock(17, "de")
    ('nine in the morning', 'five in the afternoon', 'noon', '17 Uhr')
    """
    if language == "de":
        return f"{hour} Uhr"
    if hour % _NOON == 0:
        return "noon" if hour == _NOON else "midnight"
    part = "morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"
    return f"{number(hour % _NOON)} in the {part}"


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
    """Return the filters of a page's language.

    A language nobody wrote words for here has ``number`` and ``many`` beside ``begin``, and they give figures.
    """
    by_name: dict[str, Callable[..., Any]] = {"number": number, "many": many}
    if language in _UNITS:
        by_name |= {"span": span, "oclock": oclock, "stages": stages}
    return {"begin": begin} | {
        name: functools.partial(say, language=language) for name, say in by_name.items()
    }
