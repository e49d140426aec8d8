"""Holidays in calendar files as public feeds and office programs write them: understood, or refused by their line."""

from datetime import date, timedelta

import pytest

from flask_talentpool.config.calendar_file import NotUnderstoodError, days_off

BERLIN = (
    "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
)
EVE = "DTSTART;VALUE=DATE:20261224"


@pytest.fixture
def read(tmp_path):
    def read(*events, before="", end="\n"):
        inner = "".join(f"BEGIN:VEVENT\n{event}\nSUMMARY:x\nEND:VEVENT\n" for event in events)
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{inner}END:VCALENDAR\n".replace("\n", end)
        file = tmp_path / "days.ics"
        file.write_bytes(text.encode())
        return days_off(file)

    return read


def days(*texts):
    return frozenset(map(date.fromisoformat, texts))


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226", days("2026-12-25")),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227", days("2026-12-25", "2026-12-26")),
        ("DTSTART;VALUE=DATE:20261225", days("2026-12-25")),
        ("DTSTART;VALUE=DATE:20261225\nDURATION:P2D", days("2026-12-25", "2026-12-26")),
        ("DTSTART:20261225T000000\nDTEND:20261226T000000", days("2026-12-25")),
        ("DTSTART;TZID=Europe/Berlin:20261225T000000\nDTEND;TZID=Europe/Berlin:20261226T000000", days("2026-12-25")),
        ("DTSTART:20261225T000000Z\nDTEND:20261227T000000Z", days("2026-12-25", "2026-12-26")),
        ("dtstart;value=date:20261225", days("2026-12-25")),
        ("DTSTART;VALUE=DATE:\n 20261225", days("2026-12-25")),
        ("DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20270101,20270106", days("2026-12-25", "2027-01-01", "2027-01-06")),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;UNTIL=20281225", days("2026-12-25", "2027-12-25", "2028-12-25")),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;UNTIL=20271225T000000Z", days("2026-12-25", "2027-12-25")),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20271225", days("2026-12-25", "2028-12-25")),
        ("DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", days("2026-11-26", "2027-11-25")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_whole_days_are_read_however_they_are_written(read, event, found, end):
    assert read(event, before=BERLIN, end=end) == found


def test_a_rule_without_end_is_spelt_out_for_the_years_that_matter(read):
    found = read("DTSTART;VALUE=DATE:20001003\nRRULE:FREQ=YEARLY;INTERVAL=1")

    assert days("2026-10-03", "2040-10-03") < found
    assert len(found) == 61


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;TZID=Europe/Berlin:20261111T140000\nDTEND;TZID=Europe/Berlin:20261111T150000",
        "DTSTART:20261111T090000Z\nDURATION:PT8H",
        "DTSTART:20261111T120000",
        "DTSTART:20261111T080000\nDTEND:20261113T170000",
        "DTSTART;VALUE=DATE:20261111\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20261111\nstatus:cancelled",
    ],
)
def test_what_has_a_time_of_day_or_is_cancelled_is_no_holiday(read, event):
    assert read(event, EVE, before=BERLIN) == days("2026-12-24")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("DTSTART:20261224T230000Z\nDTEND:20261225T230000Z", "from another midnight"),
        ("DTSTART;VALUE=DATE:2026-12-25", "line 7"),
        ("DTSTART;VALUE=DATE:20261301", "line 7"),
        ("SUMMARY:no date at all", "line 7"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SOMETIMES", "line 7"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SECONDLY", "more often than holidays"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20301225", "more than a year"),
    ],
)
def test_what_is_not_understood_refuses_the_file_with_its_line(read, event, said):
    with pytest.raises(NotUnderstoodError) as refused:
        read(EVE, event)

    assert said in str(refused.value)
    assert "line 7" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no event"),
        (b"Christmas", "no event"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no event"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261111T120000\nEND:VEVENT\nEND:VCALENDAR\n", "no event takes a whole day"),
        (b"\xff\xfe\x00", "cannot be read"),
        (None, "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_without_days_is_refused(tmp_path, text, said):
    file = tmp_path / "days.ics"
    if text is not None:
        file.write_bytes(text)

    with pytest.raises(NotUnderstoodError) as refused:
        days_off(file)

    assert said in str(refused.value)


def test_days_of_a_range_are_those_between(read):
    found = read("DTSTART;VALUE=DATE:20261221\nDTEND;VALUE=DATE:20270104")

    assert found == {date(2026, 12, 21) + timedelta(days=n) for n in range(14)}
