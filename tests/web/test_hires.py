"""The page of hires that are asked about: all in one press, one who left by one more, undone from the same page."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from flask_talentpool.hires import calendar

FIRST, HIRES = "/talent-pool/", "/talent-pool/hires"


@pytest.fixture
def office(make_office):
    made = make_office(TALENTPOOL_HIRE_WATCH="2026-02-01: all employees")
    made.sync()
    return made


@pytest.fixture
def hired(office):
    def make(name, owner="manager", scope=""):
        job = office.job(f"Job of {name}", owner=owner)
        row = office.apply(job=job, name=name, email=f"{name.lower()}@mail.example", scope=scope)
        office.decide(row, "hired")
        office.sync()

    def asked():
        office.clock.advance(timedelta(days=2))
        office.sync()

    make.asked = asked
    return make


def due(office, *, client=None):
    return {line["name"]: line["hire_id"] for line in office.json(HIRES, client=client)["due"]}


def test_the_first_page_leads_to_one_press_for_all(office, hired):
    hired("Ada")
    hired("Bo")
    hired.asked()

    first = office.get(FIRST).text
    asked = due(office)
    said = office.post(f"{HIRES}/still-here", {"hire": list(asked.values())}, follow_redirects=True).text

    assert "2 hires to ask about" in first
    assert set(asked) == {"Ada", "Bo"}
    assert "Noted. It can be undone below." in said
    assert "Nothing is asked today" in said
    assert "hires to ask about" not in office.get(FIRST).text


def test_who_left_opens_the_job_and_undo_closes_it(office, hired):
    hired("Ada")
    hired.asked()
    (hire_id,) = due(office).values()

    office.post(f"{HIRES}/{hire_id}/left")
    left = office.get(FIRST).text
    office.post(f"{HIRES}/{hire_id}/undo")
    undone = office.get(FIRST).text

    assert "Whoever was hired has left." in left
    assert "hire to ask about" not in left
    assert "Whoever was hired has left." not in undone
    assert "1 hire to ask about" in undone


def test_a_manager_learns_nothing_until_the_job_is_open(office, hired):
    hired("Ada")
    hired.asked()
    manager = office.sign_in("manager")
    (hire_id,) = due(office).values()
    before = manager.get(FIRST).text
    pressed = office.post(f"{HIRES}/{hire_id}/left", client=manager).status_code
    office.post(f"{HIRES}/{hire_id}/left")

    assert (manager.get(HIRES).status_code, pressed) == (403, 403)
    assert "ask about" not in before
    assert "Whoever was hired has left." in manager.get(FIRST).text


def test_hires_of_another_scope_are_not_answered_in_ones_own_press(office, hired):
    hired("Ada", scope="south")
    hired.asked()
    north = office.sign_in("north")
    (hire_id,) = office.rows("hire", "id")

    answer = office.post(f"{HIRES}/still-here", {"hire": [hire_id]}, client=north)

    assert (due(office, client=north), answer.status_code) == ({}, 404)
    assert office.rows("hire", "state") == ["watched"]


@pytest.mark.parametrize("sent", [{}, {"hire": ["x", "-1", "9" * 30]}])
def test_a_press_about_nobody_changes_nothing(office, hired, sent):
    hired("Ada")
    hired.asked()

    said = office.post(f"{HIRES}/still-here", sent, follow_redirects=True).text

    assert "Nothing was asked about those" in said


def test_one_that_was_erased_since_keeps_none_of_the_others_back(office, hired):
    hired("Ada")
    hired.asked()
    (hire_id,) = due(office).values()

    office.post(f"{HIRES}/still-here", {"hire": [hire_id, 999]})

    assert due(office) == {}


def test_where_it_is_off_the_page_says_how_it_is_switched_on(make_office):
    office = make_office()

    assert "TALENTPOOL_HIRE_WATCH" in office.get(HIRES).text


# The calendar

KEY = {"TALENTPOOL_CALENDAR_KEY": "a key of sixteen or more"}


@pytest.fixture
def with_calendar(make_office):
    made = make_office(
        TALENTPOOL_HIRE_WATCH="2026-02-01: all employees", TALENTPOOL_TIMEZONE="Europe/Berlin", **KEY
    )
    made.sync()
    return made


def feed(office, *, client=None):
    """Return the path of the calendar, as it stands on the page."""
    url = office.json(HIRES, client=client)["calendar"]
    assert url.startswith("https://jobs.example.test/talent-pool/calendar/")
    return url.removeprefix("https://jobs.example.test")


def hire_one(office, name="Ada", scope=""):
    row = office.apply(
        job=office.job(f"Job of {name}"), name="Hanna Hired", email="x@mail.example", scope=scope
    )
    office.decide(row, "hired")
    office.sync()


def test_a_strict_parser_reads_the_calendar_and_knows_its_time_zone(with_calendar):
    office = with_calendar
    hire_one(office)
    answer = office.app.test_client().get(feed(office))

    read = Calendar.from_ical(answer.data)
    (zone,) = read.walk("VTIMEZONE")
    events = {str(event["summary"]): event for event in read.walk("VEVENT")}
    start = events["Has the new colleague started? Job of Ada"]["dtstart"]

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.data.count(b"\r\n") == answer.data.count(b"\n")
    assert max(map(len, answer.data.split(b"\r\n"))) <= 75
    assert [problem for component in read.walk() for problem in component.errors] == []
    assert start.params["TZID"] == zone["tzid"] == "Europe/Berlin"
    assert start.dt.isoformat() == "2026-03-03T08:00:00+01:00"
    ends = next(event for summary, event in events.items() if summary.startswith("This calendar ends"))
    assert ends["dtstart"].dt.utcoffset() == timedelta(hours=2)
    assert "Hanna" not in answer.text


def test_the_time_zone_is_spelt_out_as_its_offsets_are(with_calendar):
    read = Calendar.from_ical(with_calendar.client.get(feed(with_calendar)).data)
    parts = [
        (part.name, part["dtstart"].dt.isoformat(), part["tzoffsetfrom"].td, part["tzoffsetto"].td)
        for zone in read.walk("VTIMEZONE")
        for part in zone.subcomponents
    ]

    assert parts[0][0] == "DAYLIGHT"  # the only entry is in August
    hour = timedelta(hours=1)
    whole = calendar._timezone(ZoneInfo("Europe/Berlin"), date(2026, 3, 1), date(2026, 11, 1)).subcomponents
    assert [(one.name, one["dtstart"].dt.isoformat(), one["tzoffsetto"].td) for one in whole[1:]] == [
        ("DAYLIGHT", "2026-03-29T02:00:00", 2 * hour),
        ("STANDARD", "2026-10-25T03:00:00", hour),
    ]


def test_a_calendar_shows_its_own_scope_and_an_opening_by_its_job(with_calendar):
    office = with_calendar
    hire_one(office, "Ada", scope="south")
    hire_one(office, "Bo", scope="north")
    north = feed(office, client=office.sign_in("north"))

    text = office.app.test_client().get(north).text

    assert "Job of Bo" in text
    assert "Job of Ada" not in text


@pytest.mark.parametrize("other", ["another key of sixteen", None])
def test_another_key_ends_every_address(with_calendar, other):
    url = feed(with_calendar)
    settings = with_calendar.app.extensions["talentpool_state"].settings
    before = with_calendar.client.get(url).status_code
    object.__setattr__(settings, "calendar_key", other.encode() if other else None)

    assert (before, with_calendar.client.get(url).status_code) == (200, 404)


def test_an_address_ends_after_half_a_year_and_one_that_was_changed_is_none(with_calendar):
    url = feed(with_calendar)
    with_calendar.clock.advance(timedelta(days=180))
    last = with_calendar.client.get(url).status_code
    with_calendar.clock.advance(timedelta(days=1))

    assert (last, with_calendar.client.get(url).status_code) == (200, 404)
    for wrong in (url[:-6] + "A.ics", "/talent-pool/calendar/x.ics", "/talent-pool/calendar/é.ics"):
        assert with_calendar.client.get(wrong).status_code == 404


def test_a_manager_is_given_no_calendar_and_without_a_key_there_is_none(with_calendar, office):
    assert with_calendar.get(HIRES, client=with_calendar.sign_in("manager")).status_code == 403
    assert office.json(HIRES)["calendar"] == ""
