"""“Same address: one person?”, over HTTP: asked on the first page, answered there and on a person's own, and undone."""

import pytest

from flask_talentpool.people.service import link_people
from tests.web.test_people import note

FAMILY = "family@mail.example"


def couple(office, *names, scope=""):
    """Let people apply from one address, and link them; the ids of their links."""
    rows = [office.candidate(name, FAMILY) for name in names]
    for row in rows:
        office.apply(candidate=row, scope=scope)

    def work(ctx):
        found = [(ctx.session.get(office.host.Candidate, row), scope) for row in rows]
        return [known.link.id for known in link_people(ctx, found)]

    return office.do(work)


def answer(office, link, what, *, client=None, **fields):
    return office.post(f"/talent-pool/links/{link}/{what}", fields, client=client)


def names(office):
    return [person.name for person in office.rows("person")]


def asked(office, client=None):
    return office.json("/talent-pool/", client=client)["one_address"]


def test_the_first_page_asks_about_two_names_at_one_address(office):
    couple(office, "Ana Costa", "Bruno Costa")

    page = office.get("/talent-pool/").text

    assert "Same address: one person?" in page
    assert "Yes, one person" in page
    assert "No, two people" in page
    assert office.json("/talent-pool/")["one_address_count"] == 1


def test_it_does_not_ask_about_one_name(office):
    couple(office, "Ana Costa", "Ana Maria Costa")

    assert asked(office) == []
    assert "Same address" not in office.get("/talent-pool/").text


@pytest.mark.parametrize(
    ("second", "question", "what", "left"),
    [
        ("Bruno Costa", "apart", "two-persons", ["Ana Costa", "Bruno Costa"]),
        ("Bruno", "doubt", "two-persons", ["Ana Costa", "Bruno"]),
        ("Bruno", "doubt", "one-person", ["Ana Costa"]),
        ("Bruno Costa", "apart", "one-person", ["Ana Costa"]),
    ],
)
def test_each_answer_settles_the_question_and_a_second_press_changes_nothing(
    office, second, question, what, left
):
    _, link = couple(office, "Ana Costa", second)
    fields = {"question": question, "person": "1"}

    first = answer(office, link, what, **fields)
    again = answer(office, link, what, **fields)

    assert (first.status_code, again.status_code) == (303, 409)
    assert names(office) == left
    assert asked(office) == []


def test_whom_a_person_was_made_one_with_is_asked_for_where_it_is_not_said(office):
    _, link = couple(office, "Ana Costa", "Bruno Costa")

    assert answer(office, link, "one-person", question="apart").status_code == 409
    assert answer(office, link, "one-person", question="nonsense", person="1").status_code == 409
    assert len(names(office)) == 2


def test_a_yes_is_undone_on_the_page_of_who_is_left_and_the_other_s_page_leads_there(office):
    _, link = couple(office, "Ana Costa", "Bruno Costa")
    answer(office, link, "one-person", question="apart", person="1")

    assert office.get("/talent-pool/people/2").location == "/talent-pool/people/1"
    page = office.json("/talent-pool/people/1")
    assert "Undo: they are two" in office.get("/talent-pool/people/1").text
    undone = office.post(f"/talent-pool/one-person/{page['joined'][0]['audit_id']}/undo")

    assert undone.status_code == 303
    assert names(office) == ["Ana Costa", "Bruno Costa"]
    assert office.json("/talent-pool/people/1")["joined"] == []


def test_the_person_s_page_can_say_one_and_two_though_nothing_is_asked(office):
    _, link = couple(office, "Ana Costa", "Bruno Costa")
    answer(office, link, "two-persons", question="apart")

    assert "They are one person" in office.get("/talent-pool/people/2").text
    answer(office, link, "one-person", question="row", person="1")
    assert names(office) == ["Ana Costa"]
    assert "Somebody else" in office.get("/talent-pool/people/1").text
    answer(office, link, "two-persons", question="row")

    assert names(office) == ["Ana Costa", "Bruno Costa"]


def test_no_page_of_one_shows_the_pool_of_the_other(office):
    couple(office, "Ana Costa", "Bruno Costa")
    note(office, candidate=1, reason="Explained our own outage to us.")

    text = office.get("/talent-pool/people/2").text

    assert "outage" not in text
    assert office.json("/talent-pool/people/2")["places"] == []


def test_two_are_made_one_only_by_somebody_who_sees_both(office):
    _, link = couple(office, "Ana Costa", "Bruno Costa", scope="north")
    manager, north = office.sign_in("manager"), office.sign_in("north")
    fields = {"question": "apart", "person": "1"}

    assert answer(office, link, "one-person", client=manager, **fields).status_code == 403
    assert answer(office, link, "one-person", client=office.sign_in("recruiter"), **fields).status_code == 404
    assert len(names(office)) == 2
    assert answer(office, link, "one-person", client=north, **fields).status_code == 303


def test_many_questions_take_no_more_statements_than_one(office):
    couple(office, "Ana Costa", "Bruno Costa")
    with office.counting() as one:
        office.get("/talent-pool/")
    couple(office, "Carla Costa", "Dora Costa", "Emil Costa")
    with office.counting() as many:
        office.get("/talent-pool/")

    assert len(many) == len(one)
