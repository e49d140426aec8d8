"""What a host's dates mean in UTC, and the clocks."""

# ruff: noqa: DTZ001, DTZ901 - naive times of a host are what is tested

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_talentpool.clock import Clock, SystemClock, as_utc
from flask_talentpool.testing import ManualClock

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 7, 1, 12, 0), "2026-07-01T10:00:00+00:00"),
        (datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=5))), "2026-07-01T07:00:00+00:00"),
        (date(2026, 1, 5), "2026-01-04T23:00:00+00:00"),
        ("2026-01-05", "2026-01-04T23:00:00+00:00"),
        (" 2026-01-05 08:30 ", "2026-01-05T07:30:00+00:00"),
        ("2026-01-05T08:30:00Z", "2026-01-05T08:30:00+00:00"),
        ("2026-01-05T08:30:00.250+02:00", "2026-01-05T06:30:00.250000+00:00"),
    ],
)
def test_a_date_of_the_host_is_read_in_the_assumed_zone_unless_it_has_its_own(value, expected):
    assert as_utc(value, assume=BERLIN).isoformat() == expected


@pytest.mark.parametrize("value", [None, "", "   "])
def test_nothing_is_no_date(value):
    assert as_utc(value, assume=UTC) is None


@pytest.mark.parametrize(
    "value", ["soon", "31.12.2025", "2026-02-30", "12:00", 1767600000, 1.5, True, b"2026", object()]
)
def test_nonsense_is_refused(value):
    with pytest.raises(ValueError, match="date"):
        as_utc(value, assume=UTC)


def test_the_refused_value_is_not_repeated_since_it_may_be_a_name():
    with pytest.raises(ValueError, match="ISO 8601") as refused:
        as_utc("Noor Haddad", assume=UTC)

    assert "Noor" not in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("value", [datetime.min, datetime.max])
def test_a_date_at_the_edge_of_the_calendar_is_refused_or_read_but_never_overflows(value):
    zones = [timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))]
    results = []
    for zone in zones:
        try:
            results.append(as_utc(value, assume=zone).tzinfo)
        except ValueError as refused:
            results.append(str(refused))

    assert UTC in results
    assert "This date lies outside the years 1 to 9999 once it is turned into UTC." in results


def test_a_zone_that_knows_no_offset_counts_as_no_zone():
    class Undecided(tzinfo):
        def utcoffset(self, dt):
            return None

        def dst(self, dt):
            return None

        def tzname(self, dt):
            return None

    assert as_utc(datetime(2026, 7, 1, 12, tzinfo=Undecided()), assume=BERLIN) == datetime(
        2026, 7, 1, 10, tzinfo=UTC
    )


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_an_aware_moment_stays_the_same_moment(moment):
    assert as_utc(moment, assume=BERLIN).timestamp() == moment.timestamp()
    assert as_utc(moment, assume=BERLIN).tzinfo is UTC


def test_the_system_clock_tells_aware_utc():
    clock: Clock = SystemClock()

    before = datetime.now(UTC)
    now, lease = clock.now(), clock.lease_now()

    assert before <= now <= lease <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_manual_clock_stands_still_until_it_is_moved():
    clock = ManualClock(datetime(2026, 3, 2, 10, tzinfo=BERLIN))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)

    clock.advance(timedelta(days=1, minutes=5))
    assert clock.now() == datetime(2026, 3, 3, 9, 5, tzinfo=UTC)

    clock.move_to(datetime(2025, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2025, 1, 1, tzinfo=UTC)


def test_lease_time_of_a_manual_clock_is_real():
    clock: Clock = ManualClock(datetime(2020, 1, 1, tzinfo=UTC))

    assert abs(datetime.now(UTC) - clock.lease_now()) < timedelta(minutes=1)


def test_a_manual_clock_refuses_a_time_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 3, 2))
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 3, 2, tzinfo=UTC)).move_to(datetime(2026, 3, 2))
