"""How long a letter waits before it is due."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FRIDAY = 4
_MAX_DAYS = 365
_MAX_HOUR = 24


@dataclass(frozen=True, slots=True)
class BusinessDelay:
    """Wait a number of business days (Monday to Friday) and for office hours.

    Counting starts at the first moment within the hours, so every delay holds whole working days: what is
    decided on Saturday counts from Monday morning. A decision made later is never told earlier.

    Attributes:
        days: Business days to wait, 0 to 365; 0 means the next moment within the hours.
        between: First hour and the hour it ends before, local time, whole hours from 0 to 24.
        friday_until: The hour that Fridays end before: nobody should read it alone over a weekend. 0 leaves
            Fridays out.

    >>> from zoneinfo import ZoneInfo
    >>> friday = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)
    >>> BusinessDelay(days=1, between=(9, 17)).due(friday, tz=ZoneInfo("UTC")).isoformat()
    '2026-03-09T15:30:00+00:00'
    """

    days: int = 1
    between: tuple[int, int] = (9, 17)
    friday_until: int = 13

    def __post_init__(self) -> None:
        if not _is_whole(self.days) or not 0 <= self.days <= _MAX_DAYS:
            raise ValueError(
                f"BusinessDelay(days=…) must be a whole number from 0 to {_MAX_DAYS}, not {self.days!r}."
            )
        if not _is_pair_of_hours(self.between):
            raise ValueError(
                "BusinessDelay(between=…) must be two whole hours from 0 to 24, the earlier first, such as "
                f"(9, 17), not {self.between!r}."
            )
        if not _is_whole(self.friday_until) or not 0 <= self.friday_until <= _MAX_HOUR:
            raise ValueError(
                f"BusinessDelay(friday_until=…) must be a whole hour from 0 to 24, not {self.friday_until!r}."
            )

    def due(self, start: datetime, *, tz: tzinfo, holidays: AbstractSet[date] = frozenset()) -> datetime:
        """Return the moment a letter decided at `start` is due, in UTC.

        Args:
            start: An aware moment.
            tz: The time zone whose working days and hours count.
            holidays: Days that are no working days.

        Raises:
            ValueError: `start` has no time zone.
        """
        moment = self._next(_aware(start), tz, holidays)
        local = moment.astimezone(tz)
        day = business_days_after(local.date(), self.days, holidays=holidays)
        moment = _utc(day, local.time(), tz) if self.days else moment
        return self._next(moment, tz, holidays, friday_until=self.friday_until)

    def within_hours(
        self, moment: datetime, *, tz: tzinfo, holidays: AbstractSet[date] = frozenset()
    ) -> datetime:
        """Return the first moment from this one on at which a letter may go, in UTC."""
        return self._next(_aware(moment), tz, holidays, friday_until=self.friday_until)

    def _next(
        self, moment: datetime, tz: tzinfo, holidays: AbstractSet[date], *, friday_until: int = _MAX_HOUR
    ) -> datetime:
        """Return the first moment from this one on that lies in the hours of a working day."""
        local = moment.astimezone(tz)
        if self._open(local, holidays, friday_until):
            return moment
        day = local.date()
        if local.hour >= self.between[0]:
            day += timedelta(days=1)
        while True:
            # A clock change can swallow the opening hour, or even a whole day, so the moment is read back.
            opening = _utc(day, time(self.between[0]), tz)
            if opening >= moment and self._open(opening.astimezone(tz), holidays, friday_until):
                return opening
            day += timedelta(days=1)

    def _open(self, local: datetime, holidays: AbstractSet[date], friday_until: int) -> bool:
        ends = min(self.between[1], friday_until) if local.weekday() == _FRIDAY else self.between[1]
        return is_business_day(local.date(), holidays=holidays) and self.between[0] <= local.hour < ends


def due_at(
    delay: timedelta | BusinessDelay,
    start: datetime,
    *,
    tz: tzinfo,
    holidays: AbstractSet[date] = frozenset(),
) -> datetime:
    """Return when something started at `start` is due, in UTC.

    A `timedelta` is elapsed time and knows no calendar; `timedelta(0)` is due at once.
    """
    if isinstance(delay, BusinessDelay):
        return delay.due(start, tz=tz, holidays=holidays)
    return _aware(start) + delay


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("A delay starts at a time with a time zone; this one has none.")
    return moment.astimezone(UTC)


def _utc(day: date, at: time, tz: tzinfo) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None), tzinfo=tz).astimezone(UTC)


def is_business_day(day: date, *, holidays: AbstractSet[date] = frozenset()) -> bool:
    """Whether people work on this day: Monday to Friday, and no holiday."""
    return day.weekday() <= _FRIDAY and day not in holidays


def business_days_after(day: date, days: int, *, holidays: AbstractSet[date] = frozenset()) -> date:
    """Return the business day that is `days` business days after `day`.

    >>> business_days_after(date(2026, 12, 23), 2, holidays={date(2026, 12, 25)}).isoformat()
    '2026-12-28'
    """
    while days:
        day += timedelta(days=1)
        days -= is_business_day(day, holidays=holidays)
    return day


def business_days_before(day: date, days: int, *, holidays: AbstractSet[date] = frozenset()) -> date:
    """Return the business day that is `days` business days before `day`.

    >>> business_days_before(date(2026, 12, 28), 2, holidays={date(2026, 12, 25)}).isoformat()
    '2026-12-23'
    """
    while days:
        day -= timedelta(days=1)
        days -= is_business_day(day, holidays=holidays)
    return day


def after_business_days(
    start: datetime, days: int, *, tz: tzinfo, holidays: AbstractSet[date] = frozenset()
) -> datetime:
    """Return the same time of day some business days later, in UTC."""
    local = _aware(start).astimezone(tz)
    return _utc(business_days_after(local.date(), days, holidays=holidays), local.time(), tz)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_pair_of_hours(value: object) -> bool:
    match value:
        case (int(first), int(last)) if isinstance(value, tuple):
            return _is_whole(first) and _is_whole(last) and 0 <= first < last <= _MAX_HOUR
        case _:
            return False
