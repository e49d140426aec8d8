"""The page of hires that are asked about: all in one press, one who left by one more, undone from the same page."""

from datetime import timedelta

import pytest

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
