"""Time: what the clock says, and what a host's dates mean in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from typing import Protocol


class Clock(Protocol):
    """Tell the time; replace it to move business time in tests and replays."""

    def now(self) -> datetime:
        """Return the business time as an aware UTC datetime."""
        ...

    def lease_now(self) -> datetime:
        """Return the real time as an aware UTC datetime; leases between processes rest on it."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def lease_now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


def day_and_time(moment: datetime, zone: tzinfo, *, today: datetime | None = None) -> str:
    """Return a moment as pages print it: in the zone, and with the short name of that zone.

    Args:
        moment: An aware moment.
        zone: The operator's time zone.
        today: Now, where a moment of the same day is said to be of today.

    >>> from zoneinfo import ZoneInfo
    >>> noon = datetime(2026, 3, 2, 13, tzinfo=UTC)
    >>> day_and_time(noon, ZoneInfo("Europe/Berlin")), day_and_time(noon, ZoneInfo("America/Bogota"))
    ('2 Mar 2026, 14:00 CET', '2 Mar 2026, 08:00 UTC-05')
    >>> day_and_time(noon, UTC, today=noon)
    'today 13:00 UTC'
    """
    local = moment.astimezone(zone)
    name = local.tzname() or ""
    clock = f"{local:%H:%M} {'UTC' if name[:1] in ('+', '-') else ''}{name}"
    if today is not None and local.date() == today.astimezone(zone).date():
        return f"today {clock}"
    return f"{local:%-d %b %Y}, {clock}"


def as_utc(value: object, *, assume: tzinfo) -> datetime | None:
    """Turn a host's date or time into an aware UTC datetime.

    Args:
        value: An aware or naive datetime, a date (its first moment is meant), or either as ISO 8601
            text. None and blank text mean "no date".
        assume: The time zone a value without one is in.

    Raises:
        ValueError: The value is none of these. The message names its type only, since a wrong
            mapping can put a name here.

    >>> from zoneinfo import ZoneInfo
    >>> as_utc("2026-03-02 09:30", assume=ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-02T08:30:00+00:00'
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        moment = _from_text(value.strip())
    elif isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
    else:
        raise ValueError(  # noqa: TRY004 - one error for every value that is no date, whatever its type
            f"A date was expected, not a {type(value).__name__}; map an attribute that holds a date or "
            "datetime."
        )
    if moment.utcoffset() is None:
        moment = moment.replace(tzinfo=assume)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("This date lies outside the years 1 to 9999 once it is turned into UTC.") from None


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "This text is not a date; dates kept as text must be ISO 8601, such as 2026-03-02 or "
            "2026-03-02T09:30."
        ) from None
