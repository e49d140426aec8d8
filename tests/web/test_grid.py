"""The grid: many lines, doors, reasons and finishes by one press; nothing typed is lost, nothing written over."""

import re

import pytest

from flask_talentpool.access import Actor
from flask_talentpool.decisions import editing, lifecycle

GRID = "/talent-pool/decisions/grid"
OMAR = Actor("User:9", "Omar")


@pytest.fixture
def job(office):
    return office.job()


@pytest.fixture
def people(office, job):
    """Three people turned down for one job; their decisions' ids."""
    for number in (1, 2, 3):
        office.rejected(name=f"Person {number}", email=f"p{number}@mail.example", job=job)
    return [row.id for row in office.rows("decision")]


def loaded(office, path=GRID, client=None):
    """Return the fields of the grid's form, as a browser would send them untouched."""
    page = office.get(path, client=client).text
    page = page[page.index('<form method="post" action="/talent-pool/decisions/grid') :]
    fields = {}
    for name, value in re.findall(r'<input[^>]* name="([\w-]+)"[^>]*? value="([^"]*)"', page):
        fields.setdefault(name, []).append(value)
    for name, value in re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>', page):
        fields[name] = [value]
    for name, body in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        fields[name] = re.findall(r'value="([^"]*)" selected', body) or [""]
    fields.pop("csrf_token", None)
    return fields


def test_the_grid_shows_who_was_not_told_with_name_and_box(office, job, people):
    other = office.rejected(name="Zoe Other", email="zoe@mail.example")
    told = office.decision_of(other).id
    office.post(f"/talent-pool/decisions/{told}/told", {"channel": "phone"})

    page = office.get(f"{GRID}?job={job}").text

    assert [f"Line for Person {number}" in page for number in (1, 2, 3)] == [True] * 3
    assert "Zoe Other" not in office.get(GRID).text


def test_the_grid_takes_chosen_applications(office, people):
    page = office.json(f"{GRID}?application=1&application=3")

    assert [row["name"] for row in page["rows"]] == ["Person 1", "Person 3"]


def test_one_press_saves_what_changed_and_nothing_else(office, people):
    first, second, third = people
    sent = loaded(office)
    sent[f"line-{first}"] = "You asked good questions."
    sent[f"door-{first}"] = "open"
    sent[f"reason-{second}"] = "other_person"
    sent[f"finish-{second}"] = "2"

    answer = office.post(GRID, sent)

    rows = {row.id: row for row in office.rows("decision")}
    assert answer.status_code == 303
    assert (rows[first].line, rows[first].door, rows[first].line_by_name) == (
        "You asked good questions.",
        "open",
        "Recruiter Miller",
    )
    assert (rows[second].reason_code, rows[second].finish) == ("other_person", 2)
    assert rows[third].line_at is None
    assert len([row for row in office.rows("audit") if row.subject_id == third]) == 0


def test_sending_it_twice_changes_nothing_more(office, people):
    sent = loaded(office)
    sent[f"line-{people[0]}"] = "You asked good questions."
    office.post(GRID, sent)
    before = len(office.rows("audit"))

    answer = office.post(GRID, sent)

    assert answer.status_code == 303
    assert len(office.rows("audit")) == before


def test_rows_that_cannot_be_saved_come_back_as_typed_and_the_others_are_saved(office, people):
    first, second, third = people
    sent = loaded(office)
    sent[f"line-{first}"] = "Saved."
    sent[f"reason-{second}"] = "requirement"
    sent[f"line-{second}"] = "Typed with care."
    sent[f"finish-{third}"] = "second"

    answer = office.post(GRID, sent)

    rows = {row.id: row for row in office.rows("decision")}
    assert answer.status_code == 409
    assert "1 row is saved. 2 rows are not" in answer.text
    assert "Typed with care." in answer.text
    assert 'value="second"' in answer.text
    assert (rows[first].line, rows[second].line, rows[third].finish) == ("Saved.", "", None)


def test_a_row_somebody_else_changed_meanwhile_is_reported_and_not_written_over(office, people):
    first, second, _ = people
    sent = loaded(office)
    for decision, line in ((first, "Theirs."), (second, "Theirs too.")):
        office.do(
            lambda ctx, decision=decision, line=line: editing.set_line(
                ctx, lifecycle.find(ctx, decision), line, by=OMAR
            )
        )
    sent[f"line-{first}"] = "Mine."

    answer = office.post(GRID, sent)

    lines = [row.line for row in office.rows("decision")]
    assert answer.status_code == 409
    assert "Somebody else changed this row meanwhile: line “Theirs.”" in answer.text
    assert ">Mine.</textarea>" in answer.text
    assert lines == ["Theirs.", "Theirs too.", ""], "what I did not touch is not written over either"


def test_what_was_typed_comes_back_even_when_the_person_was_told_meanwhile(office, people):
    sent = loaded(office)
    sent[f"line-{people[0]}"] = "Too late."
    office.post(f"/talent-pool/decisions/{people[0]}/told", {"channel": "phone"})

    answer = office.post(GRID, sent)

    assert answer.status_code == 409
    assert "has been told already" in answer.text
    assert "Too late." in answer.text


def test_a_manager_writes_lines_on_own_jobs_and_nothing_else(office, people):
    office.rejected(name="Not Theirs", email="n@mail.example", job=office.job(owner="recruiter"))
    foreign = office.rows("decision")[-1].id
    manager = office.sign_in("manager")
    sent = loaded(office, client=manager)
    first = people[0]

    page = office.get(GRID, client=manager).text
    sent |= {
        f"line-{first}": "You stayed calm.",
        f"door-{first}": "open",
        "decision": [*sent["decision"], str(foreign)],
    }
    sent[f"line-{foreign}"] = "Not mine to write."
    answer = office.post(GRID, sent, client=manager)

    rows = {row.id: row for row in office.rows("decision")}
    assert "Not Theirs" not in page
    assert "Door for" not in page
    assert answer.status_code == 409
    assert (rows[first].line, rows[first].door, rows[foreign].line) == ("You stayed calm.", "unlatched", "")


def test_an_outsider_sees_and_saves_nothing(office, people):
    outsider = office.sign_in("outsider")

    assert office.get(GRID, client=outsider).status_code == 403
    assert office.post(GRID, {"decision": "1"}, client=outsider).status_code == 403


def test_saving_needs_a_token(office, people):
    assert office.client.post(GRID, data={"decision": "1", "line-1": "x"}).status_code == 400


def test_an_empty_grid_says_so(office):
    assert "Nobody waits here" in office.get(GRID).text


def test_a_page_has_a_hundred_rows_and_a_constant_number_of_statements(office, job):
    for number in range(3):
        office.rejected(name=f"Few {number}", email=f"f{number}@mail.example", job=job)
    office.get(GRID)
    with office.counting() as few:
        office.get(GRID)
    row = office.rows("decision")[0]
    values = {
        key: value for key, value in vars(row).items() if key not in ("id", "live_for", "application_id")
    }
    for number in range(110):
        office.fill("decision", **values, live_for=f"x{number}")
    with office.counting() as many:
        page = office.json(GRID)

    assert (len(page["rows"]), page["pages"], page["found"]) == (100, 2, 113)
    assert len(many) <= len(few)


# What saving does


@pytest.fixture
def german(make_office):
    """An office whose letters are German and wait for a line; two people turned down for one job."""
    office = make_office(TALENTPOOL_MODES="personal", TALENTPOOL_LOCALE="de")
    job = office.job()
    for number in (1, 2):
        office.rejected(name=f"Person {number}", email=f"p{number}@mail.example", job=job, stage="final")
    return office


def test_a_row_says_the_language_of_its_letter_and_why_it_waits(german):
    row = german.json(GRID)["rows"][0]
    page = german.get(GRID).text

    assert row["language"] == "German"
    assert row["asks"]
    assert "waits for one true line" in row["goes"].lower()
    assert "The letter is in German." in page
    assert "Line for Person 1, in German" in page


def test_an_english_line_in_a_german_letter_holds_it_and_the_row_says_so(german):
    first, second = (row.id for row in german.rows("decision"))
    sent = loaded(german)
    sent[f"line-{first}"] = "Your map of the depot gates was the clearest we saw all day."
    sent[f"line-{second}"] = (
        "Ihre Skizze der Tore war die klarste des Tages, und wir haben sie alle behalten."
    )

    answer = german.post(GRID, sent, follow_redirects=True)

    letters = {row.decision_id: row for row in german.rows("letter")}
    assert (letters[first].state, letters[first].because) == ("held", "check")
    assert letters[second].state == "due"
    assert (
        "Saved 2 rows: 1 held: The check of the text found something that must not go out; 1 goes "
        in answer.text
    )
    assert "The line is in another language than the letter." in answer.text


def test_no_line_needed_lets_that_letter_go_and_leaves_the_other(german):
    first, second = (row.id for row in german.rows("decision"))
    sent = loaded(german)
    sent[f"none-{first}"] = "on"

    for _ in range(2):
        assert german.post(GRID, sent).status_code == 303

    letters = {row.decision_id: row for row in german.rows("letter")}
    assert (letters[first].state, letters[second].because) == ("due", "personal")
    assert [row.action for row in german.rows("audit") if row.subject_id == first] == ["no_line"]


def test_one_job_at_a_time_and_rows_that_wait_for_nothing_are_folded(german):
    other = german.job()
    german.rejected(name="Zoe Other", email="zoe@mail.example", job=other, stage="applied")
    page = german.json(GRID)

    assert sorted(job["count"] for job in page["jobs"]) == [1, 2]
    (chosen,) = (job for job in page["jobs"] if job["is_chosen"])
    assert len(page["rows"]) == chosen["count"]


def test_one_reason_is_for_all_who_have_none_chosen(office, people):
    first, *others = people
    office.post(f"/talent-pool/decisions/{first}/write", {"reason": "job_closed", "reason_seen": ""})
    sent = loaded(office)

    answer = office.post(GRID, {**sent, "reason-all": "requirement", "detail-all": "a B licence"})

    rows = {row.id: row for row in office.rows("decision")}
    assert answer.status_code == 303
    assert rows[first].reason_code == "job_closed"
    assert {(rows[one].reason_code, rows[one].reason_detail) for one in others} == {
        ("requirement", "a B licence")
    }


def test_a_reason_for_all_that_names_nothing_comes_back_row_by_row(office, people):
    answer = office.post(GRID, {**loaded(office), "reason-all": "requirement"})

    assert answer.status_code == 409
    assert answer.text.count("Say which stated requirement") >= len(people)
    assert {row.reason_code for row in office.rows("decision")} == {""}


def test_a_manager_sets_no_reason_for_all(office, people):
    manager = office.sign_in("manager")
    assert "reason-all" not in office.get(GRID, client=manager).text

    office.post(GRID, {**loaded(office, client=manager), "reason-all": "job_closed"}, client=manager)

    assert {row.reason_code for row in office.rows("decision")} == {""}
