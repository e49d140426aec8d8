"""Numbers that no column holds: a row that is not there like any other, on each database, and never a broken page."""

import re

import pytest
from werkzeug.routing import IntegerConverter

pytestmark = pytest.mark.both_databases

TOO_LARGE = 2**63
DIGITS = "9" * 5000


@pytest.fixture
def desk(make_office, database_url):
    return make_office(database_url)


def of_a_row(office):
    """Return every address of ours that names a row by its number, with one that no row has."""
    adapter = office.app.url_map.bind("localhost")
    for rule in office.app.url_map.iter_rules():
        numbers = [name for name in rule.arguments if isinstance(rule._converters[name], IntegerConverter)]
        if rule.endpoint.startswith("talentpool.") and numbers:
            yield rule, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, TOO_LARGE))


def test_a_row_of_a_number_that_no_column_holds_is_not_there(desk):
    token = {"csrf_token": desk.token()}
    answers = {
        (method, rule.rule): desk.client.open(
            url, method=method, data=token if method == "POST" else None
        ).status_code
        for rule, url in of_a_row(desk)
        for method in sorted(rule.methods & {"GET", "POST"})
    }

    assert len(answers) > 40
    assert {one for one, status in answers.items() if status != 404} == set()


def test_a_grid_and_a_list_of_people_leave_such_numbers_out(desk):
    for number in (str(TOO_LARGE), DIGITS):
        assert desk.post("/talent-pool/decisions/grid", {"decision": number}).status_code == 303
        assert desk.post("/talent-pool/unanswered/turn-down", {"clock": number}).status_code == 400


def test_a_finish_that_no_column_holds_is_refused_in_words(desk):
    desk.rejected()
    decision = desk.row("decision").id
    grid = desk.get("/talent-pool/decisions/grid").text
    (version,) = re.findall(rf'name="version-{decision}"[^>]*? value="([^"]*)"', grid)
    row = {"decision": decision, f"version-{decision}": version, f"door-{decision}": "unlatched"}

    for number in ("1000", str(TOO_LARGE), DIGITS):
        answer = desk.post("/talent-pool/decisions/grid", {**row, f"finish-{decision}": number})
        assert (answer.status_code, "from 1 to 999" in answer.text) == (409, True)
