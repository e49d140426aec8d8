"""Reading settings that are lengths of time, hours, zones and days off."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.calendar_file import NotUnderstoodError, days_off
from flask_talentpool.config.readers import WrongValueError, one_line
from flask_talentpool.entries import nearest


def delay(value: object) -> timedelta | BusinessDelay:
    """Read a delay, which must carry its unit."""
    if isinstance(value, BusinessDelay):
        return value
    if not isinstance(value, timedelta):
        whole = isinstance(value, int) and not isinstance(value, bool)
        hint = f"timedelta(days={value})" if whole else "timedelta(days=1)"
        raise WrongValueError(
            f"is {value!r}, which has no unit; write {hint} or BusinessDelay(days=1, between=(9, 17))."
        )
    if value < timedelta(0):
        raise WrongValueError("must not be negative; timedelta(0) sends at once.")
    return _not_for_ever(value)


def period(value: object) -> timedelta:
    """Read a length of time, which must carry its unit."""
    if not isinstance(value, timedelta):
        raise WrongValueError(
            f"is {value!r}, which has no unit; write a timedelta, such as timedelta(days=30)."
        )
    if value <= timedelta(0):
        raise WrongValueError("must be longer than nothing.")
    return _not_for_ever(value)


_LONGEST = timedelta(days=36_500)


def _not_for_ever(value: timedelta) -> timedelta:
    # Added to a moment, a longer one leaves the calendar, at each round anew.
    if value > _LONGEST:
        raise WrongValueError(f"is {value!r}; it must be at most timedelta(days={_LONGEST.days}).")
    return value


def time_zone(value: object) -> ZoneInfo:
    """Read a time zone by its name in the IANA database."""
    if isinstance(value, ZoneInfo):
        return value
    text = one_line(value)
    zones = available_timezones()
    if text not in zones:
        guess = nearest(text, zones)
        hint = f" Did you mean {guess!r}?" if guess else ""
        raise WrongValueError(f'is {text!r}, which is no time zone; write one such as "Europe/Berlin".{hint}')
    return ZoneInfo(text)


def days(lowest: int, highest: int) -> Callable[[object], timedelta]:
    """Return a reader of days within these bounds, for a key that ends in ``_DAYS``: a number of them is clear there."""

    def read(value: object) -> timedelta:
        found = _whole_days(value)
        if found is None or not timedelta(days=lowest) <= found <= timedelta(days=highest):
            raise WrongValueError(
                f"is {value!r}; it must be a whole number from {lowest} to {highest}, or a timedelta of as many days."
            )
        return found

    return read


def rising_days(lowest: int, highest: int) -> Callable[[object], tuple[timedelta, ...]]:
    """Return a reader of several such values, each greater than the one before."""

    def read(value: object) -> tuple[timedelta, ...]:
        found = [_whole_days(day) for day in value] if isinstance(value, tuple | list) else [None]
        read_days = [day for day in found if day is not None]
        bounds = timedelta(days=lowest), timedelta(days=highest)
        if len(read_days) < len(found) or not all(bounds[0] <= day <= bounds[1] for day in read_days):
            raise WrongValueError(
                f"is {value!r}; it must be whole numbers of days from {lowest} to {highest}, such as (2, 4), or "
                "timedeltas of as many."
            )
        if sorted(set(read_days)) != read_days:
            raise WrongValueError(f"is {value!r}; each day must be later than the one before.")
        return tuple(read_days)

    return read


def whole_days(lowest: int, highest: int) -> Callable[[object], timedelta]:
    """Return a reader of a timedelta of whole days within these bounds."""

    def read(value: object) -> timedelta:
        found = period(value)
        if found % timedelta(days=1) or not timedelta(days=lowest) <= found <= timedelta(days=highest):
            raise WrongValueError(
                f"is {value!r}; it must be whole days, timedelta(days={lowest}) to {highest}."
            )
        return found

    return read


def _whole_days(value: object) -> timedelta | None:
    """Return what a number of days or a timedelta of whole days says, and None for anything else."""
    if isinstance(value, timedelta):
        return None if value % timedelta(days=1) else value
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LONGEST.days:
        return None
    return timedelta(days=value)


def holidays(value: object) -> frozenset[date]:
    """Read days that are no working days: dates, ISO texts, or a calendar file."""
    if isinstance(value, str | Path):
        try:
            return days_off(Path(value))
        except NotUnderstoodError as problem:
            raise WrongValueError(f"is {str(value)!r}, {problem}") from None
    if not isinstance(value, Iterable):
        raise WrongValueError(f"is {value!r}; write dates, or the path of an .ics file.")
    found = set()
    for day in value:
        if isinstance(day, datetime):
            found.add(day.date())
        elif isinstance(day, date):
            found.add(day)
        else:
            try:
                found.add(date.fromisoformat(str(day)))
            except ValueError:
                raise WrongValueError(
                    f'holds {day!r}, which is no date; write one such as "2026-12-25".'
                ) from None
    return frozenset(found)
