"""When a letter is due."""

# ruff: noqa: DTZ001 - naive bounds, and one refusal, are what is tested

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flask_talentpool.config.business_time import (
    BusinessDelay,
    after_business_days,
    business_days_after,
    due_at,
    is_business_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
CAIRO = ZoneInfo("Africa/Cairo")  # Changes its clocks on Fridays at midnight, which is a working day here.
ZONES = [
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    CAIRO,
    ZoneInfo("Pacific/Apia"),
    UTC,
]


def local(text, tz=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-03-04 11:20", "2026-03-05 11:20"),  # Wednesday to Thursday
        ("2026-03-06 15:00", "2026-03-09 15:00"),  # Friday to Monday
        ("2026-03-06 17:00", "2026-03-10 09:00"),  # Friday after hours counts from Monday morning
        ("2026-03-04 07:10", "2026-03-05 09:00"),  # before hours counts from the opening
        ("2026-03-07 12:00", "2026-03-10 09:00"),  # Saturday counts from Monday morning
        ("2026-03-08 23:59", "2026-03-10 09:00"),
        ("2026-03-27 16:00", "2026-03-30 16:00"),  # over the weekend the clocks change, the wall time stays
        ("2026-10-23 09:00", "2026-10-26 09:00"),
    ],
)
def test_one_business_day_later_within_the_hours(decided, due):
    assert BusinessDelay().due(local(decided), tz=BERLIN) == local(due)


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-03-04 11:20", "2026-03-04 11:20"),
        ("2026-03-04 08:59", "2026-03-04 09:00"),
        ("2026-03-04 17:00", "2026-03-05 09:00"),
        ("2026-03-06 17:00", "2026-03-09 09:00"),
        ("2026-03-07 09:30", "2026-03-09 09:00"),
    ],
)
def test_no_days_means_the_next_moment_within_the_hours(decided, due):
    assert BusinessDelay(days=0).due(local(decided), tz=BERLIN) == local(due)


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-03-05 12:59", "2026-03-06 12:59"),  # Thursday to Friday before the end
        ("2026-03-05 13:00", "2026-03-09 09:00"),  # nobody should read it alone over a weekend
        ("2026-03-05 16:30", "2026-03-09 09:00"),
        ("2026-03-06 14:00", "2026-03-09 14:00"),  # decided on Friday afternoon counts from then
    ],
)
def test_no_letter_goes_from_friday_one_o_clock_on(decided, due):
    assert BusinessDelay().due(local(decided), tz=BERLIN) == local(due)


@pytest.mark.parametrize(
    ("until", "due"),
    [(0, "2026-03-09 09:00"), (10, "2026-03-09 09:00"), (16, "2026-03-06 15:00"), (24, "2026-03-06 15:00")],
)
def test_when_fridays_end_can_be_said(until, due):
    delay = BusinessDelay(friday_until=until)

    assert delay.due(local("2026-03-05 15:00"), tz=BERLIN) == local(due)


@pytest.mark.parametrize("until", [-1, 25, True, 13.5, "13"])
def test_when_fridays_end_is_an_hour(until):
    with pytest.raises(ValueError, match="friday_until"):
        BusinessDelay(friday_until=until)


CHRISTMAS = frozenset({date(2026, 12, 24), date(2026, 12, 25)})


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-12-22 10:00", "2026-12-23 10:00"),
        ("2026-12-23 10:00", "2026-12-28 10:00"),  # the holidays are skipped, and the weekend behind them
        ("2026-12-24 10:00", "2026-12-29 09:00"),  # a holiday counts from the next working morning
    ],
)
def test_holidays_are_no_working_days(decided, due):
    assert BusinessDelay().due(local(decided), tz=BERLIN, holidays=CHRISTMAS) == local(due)


def test_a_letter_put_off_keeps_the_hours_and_the_holidays():
    delay = BusinessDelay(days=3)

    assert delay.within_hours(local("2026-12-23 16:00"), tz=BERLIN, holidays=CHRISTMAS) == local(
        "2026-12-23 16:00"
    )
    assert delay.within_hours(local("2026-12-23 17:00"), tz=BERLIN, holidays=CHRISTMAS) == local(
        "2026-12-28 09:00"
    )


def test_business_days_are_counted_over_holidays():
    assert business_days_after(date(2026, 12, 22), 2, holidays=CHRISTMAS) == date(2026, 12, 28)
    assert business_days_after(date(2026, 12, 26), 0) == date(2026, 12, 26)
    assert not is_business_day(date(2026, 12, 24), holidays=CHRISTMAS)
    assert not is_business_day(date(2026, 12, 26))


def test_business_days_later_is_the_same_time_of_day_across_a_clock_change():
    later = after_business_days(local("2026-03-27 16:00"), 1, tz=BERLIN)

    assert later == local("2026-03-30 16:00")


def test_weeks_of_business_days_are_counted():
    assert BusinessDelay(days=12).due(local("2026-03-04 10:00"), tz=BERLIN) == local("2026-03-20 10:00")


def test_the_due_moment_is_in_utc():
    assert BusinessDelay().due(local("2026-03-04 10:00"), tz=BERLIN).tzinfo is UTC


def test_hours_that_the_clock_change_swallows_move_to_the_next_day():
    # On Friday 2026-04-24 the clocks in Cairo jump from 0:00 to 1:00.
    delay = BusinessDelay(days=0, between=(0, 1))

    due = delay.due(local("2026-04-23 12:00", CAIRO), tz=CAIRO)

    assert due == local("2026-04-27 00:00", CAIRO)


def test_the_second_of_two_equal_hours_is_within_the_hours_too():
    # On Friday 2026-10-30 at 0:00 the clocks in Cairo go back to Thursday 23:00.
    again = local("2026-10-29 23:30", CAIRO).replace(fold=1)

    assert BusinessDelay(days=0, between=(23, 24)).due(again, tz=CAIRO) == again.astimezone(UTC)


moments = st.datetimes(
    min_value=datetime(2011, 12, 1), max_value=datetime(2031, 1, 1), timezones=st.just(UTC)
)
hours = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
delays = st.builds(BusinessDelay, days=st.integers(0, 12), between=hours)
around_changes = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        datetime(2026, 4, 23, 22, tzinfo=UTC),
        datetime(2026, 10, 29, 21, tzinfo=UTC),
        datetime(2011, 12, 30, 10, tzinfo=UTC),
    ]
)
near_changes = st.builds(
    lambda moment, minutes: moment + timedelta(minutes=minutes), around_changes, st.integers(-6000, 3000)
)


@given(delay=delays, start=st.one_of(moments, near_changes), tz=st.sampled_from(ZONES))
@example(
    delay=BusinessDelay(days=1, between=(2, 3)), start=datetime(2026, 3, 27, 1, 30, tzinfo=UTC), tz=BERLIN
)
def test_always_on_a_working_day_within_the_hours_and_never_before_the_start(delay, start, tz):
    due = delay.due(start, tz=tz)

    there = due.astimezone(tz)
    assert due >= start
    assert there.weekday() < 5
    ends = delay.between[1] if there.weekday() < 4 else min(delay.between[1], delay.friday_until)
    assert delay.between[0] <= there.hour < ends


@given(delay=delays, start=st.one_of(moments, near_changes), tz=st.sampled_from(ZONES))
def test_at_least_so_many_working_days_lie_between(delay, start, tz):
    first, last = start.astimezone(tz).date(), delay.due(start, tz=tz).astimezone(tz).date()

    working = sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, (last - first).days + 1))

    assert working >= delay.days


@given(
    delay=delays,
    start=st.one_of(moments, near_changes),
    later=st.timedeltas(min_value=timedelta(hours=1), max_value=timedelta(days=10)),
    tz=st.sampled_from(ZONES),
)
def test_what_is_decided_an_hour_or_more_later_is_never_due_earlier(delay, start, later, tz):
    assert delay.due(start, tz=tz) <= delay.due(start + later, tz=tz)


@pytest.mark.parametrize("days", [-1, 366, 1.5, "1", None, True])
def test_days_that_make_no_sense_are_refused(days):
    with pytest.raises(ValueError, match=r"BusinessDelay\(days=…\) must be a whole number from 0 to 365"):
        BusinessDelay(days=days)


@pytest.mark.parametrize(
    "between",
    [
        (17, 9),
        (9, 9),
        (-1, 5),
        (9, 25),
        (9,),
        (9, 12, 17),
        [9, 17],
        9,
        "9-17",
        (9.0, 17),
        (False, True),
        None,
    ],
)
def test_hours_that_make_no_sense_are_refused(between):
    with pytest.raises(ValueError, match=r"BusinessDelay\(between=…\) must be two whole hours"):
        BusinessDelay(between=between)


@pytest.mark.parametrize("delay", [BusinessDelay(), timedelta(hours=1)])
def test_a_start_without_time_zone_is_refused(delay):
    with pytest.raises(ValueError, match="time zone"):
        due_at(delay, datetime(2026, 3, 4, 10), tz=BERLIN)


def test_a_timedelta_is_elapsed_time_and_knows_no_calendar():
    saturday = local("2026-03-28 12:00")

    assert due_at(timedelta(0), saturday, tz=BERLIN) == saturday
    assert due_at(timedelta(days=1), saturday, tz=BERLIN) == local("2026-03-29 13:00")
    assert due_at(timedelta(days=1), saturday, tz=BERLIN).tzinfo is UTC


def test_a_business_delay_is_asked_for_its_own_answer():
    assert due_at(BusinessDelay(), local("2026-03-04 10:00"), tz=BERLIN) == local("2026-03-05 10:00")
