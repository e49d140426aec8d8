"""Helpers for the tests of hosts and of this package."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock whose business time stands still until it is moved; lease time stays real.

    >>> clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> clock.advance(timedelta(hours=2))
    >>> clock.now().hour
    11
    """

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        """Return the business time it was last set to, in UTC."""
        return self._now

    def lease_now(self) -> datetime:
        """Return the real time in UTC."""
        return datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        """Move business time on by this much."""
        self._now += by

    def move_to(self, moment: datetime) -> None:
        """Set business time to this aware moment."""
        self._now = _utc(moment)


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(
            "ManualClock needs a time with a time zone, such as datetime(2026, 3, 2, 9, tzinfo=UTC)."
        )
    return moment.astimezone(UTC)
