"""The days off in a calendar file (RFC 5545): whole days only, ranges and repetitions spelt out."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

_FIRST, _LAST = date(1990, 1, 1), date(2060, 12, 31)
"""Between these, days are spelt out: no letter is older, and no host of today runs longer unlooked at."""
_MOST_DAYS = 366
_MOST_TIMES = 5_000
_DAY = timedelta(days=1)


class NotUnderstoodError(Exception):
    """A file holds something that is not understood; the text continues the sentence that names the file."""


def days_off(path: Path) -> frozenset[date]:
    """Return every day of the file's whole-day events.

    Events with a time of day, such as meetings, and cancelled ones are left out.

    Args:
        path: The ``.ics`` file.

    Raises:
        NotUnderstoodError: It cannot be read, or holds something that is not understood; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise NotUnderstoodError(
            "which cannot be read as a calendar file; correct the path, or write the dates."
        ) from None
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        calendars = []
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not events:
        raise NotUnderstoodError("in which there is no event; it must be an .ics calendar.")
    begins = [at for at, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    found: set[date] = set()
    for number, event in enumerate(events):
        line = begins[number] if number < len(begins) else 0
        try:
            found.update(_days_of(event))
        except NotUnderstoodError as problem:
            raise NotUnderstoodError(f"whose event in line {line} {problem}") from None
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise NotUnderstoodError(
                f"whose event in line {line} is not understood; correct it, or write the dates."
            ) from None
    if not found:
        raise NotUnderstoodError("in which no event takes a whole day; export holidays as whole days.")
    return frozenset(found)


def _days_of(event: Any) -> Iterator[date]:
    if event.errors:
        name, says = event.errors[0]
        raise NotUnderstoodError(f"has a {name} that is not understood ({says}).")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = event.decoded("DTSTART")
    length = _length(event, start)
    if isinstance(start, datetime) and (length < _DAY or start.timetz().replace(tzinfo=None) != time()):
        if length >= _DAY and length % _DAY == timedelta(0):
            raise NotUnderstoodError(
                "takes whole days from another midnight than its own zone's; export it as a whole-day event."
            )
        return
    first, days = _date(start), max(1, -(-length // _DAY))
    if days > _MOST_DAYS:
        raise NotUnderstoodError(f"takes {days} days, more than a year; split it, or correct its end.")
    for begin in _times(event, first):
        yield from (begin + n * _DAY for n in range(days))


def _length(event: Any, start: date) -> timedelta:
    if "DTEND" in event:
        end = event.decoded("DTEND")
        return timedelta(end - start) if isinstance(end - start, int) else end - start
    if "DURATION" in event:
        length: timedelta = event.decoded("DURATION")
        return length
    return timedelta(0) if isinstance(start, datetime) else _DAY


def _times(event: Any, first: date) -> Iterator[date]:
    """Yield the days on which an event begins: its own, and those of its rules and lists."""
    without = set(_listed(event, "EXDATE"))
    found = {first, *_listed(event, "RDATE")}
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        # A rule ends in the same kind of value as its event begins with; here both are days.
        words = ";".join(
            part[: len("UNTIL=20261231")] if part.startswith("UNTIL=") else part
            for part in rule.to_ical().decode().split(";")
        )
        times = rrulestr(words, dtstart=datetime.combine(first, time()))
        for number, one in enumerate(times):
            if one.date() > _LAST:
                break
            if number >= _MOST_TIMES:
                raise NotUnderstoodError("repeats more often than holidays do; write the dates.")
            found.add(one.date())
    yield from sorted(day for day in found - without if _FIRST <= day <= _LAST)


def _listed(event: Any, name: str) -> Iterator[date]:
    values = event.get(name, [])
    for value in values if isinstance(values, list) else [values]:
        yield from (_date(one.dt) for one in value.dts)


def _date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
