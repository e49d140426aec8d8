"""A person's page, over HTTP: what happened, tags, ending a place, and who a changed row is."""

import pytest

from flask_talentpool.decisions import facts
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.people.service import link_person
from flask_talentpool.pools import noting
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA

ADA = "/talent-pool/people/1"


def note(office, candidate=1, scope="", **chosen):
    def work(ctx):
        row = ctx.session.get(office.host.Candidate, candidate)
        return noting.recall_to_pool(ctx, row, scope, by=RITA, **chosen).member.id

    return office.do(work)


def told(office, **who):
    """Reject somebody and let the letter go; the application."""
    application = office.rejected(**who)
    office.send()
    return application


def titles(office, path=ADA, client=None):
    return [event["title"] for event in office.json(path, client=client)["timeline"]]


def doubt(office):
    """Change name and address of the first candidate while nobody looks; the id of the link."""
    office.set(office.host.Candidate, 1, name="Bo Lind", email="bo@elsewhere.example")
    office.do(lambda ctx: link_person(ctx, ctx.session.get(office.host.Candidate, 1), ""))
    return office.row("candidate_link").id


def test_the_page_shows_everything_that_happened_newest_first(office):
    application = told(office)
    note(office, reason="Explained our own outage to us.")
    office.do(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, application), by=RITA))

    page = office.get(ADA)

    assert page.status_code == 200
    for words in ("Ada Okafor", "Explained our own outage to us.", "Open in your ATS", "/candidates/1"):
        assert words in page.text
    found = titles(office)
    assert found[-1] == "Turned down for Backend Engineer"
    assert set(found) == {
        "Turned down for Backend Engineer",
        "Outcome letter",
        "Noted for Finalists by Rita Recruiter",
        "Invited back to Backend Engineer by Rita Recruiter",
        "Invitation back",
    }


def test_telling_by_phone_stands_in_the_timeline_once(office):
    application = office.rejected()
    office.do(
        lambda ctx: telling.tell_decision(
            ctx, facts.live_decision(ctx, application), channel="phone", by=RITA
        )
    )

    assert sorted(titles(office)).count("Told about Backend Engineer by phone") == 1
    assert len(titles(office)) == 3  # the decision, the letter that was cancelled, the call


def test_somebody_who_is_not_there_is_said_kindly(office):
    answer = office.get("/talent-pool/people/99")

    assert answer.status_code == 404
    assert "not here, or not yours to see" in answer.text


def test_a_tag_is_put_on_and_taken_off(office):
    told(office)

    answer = office.post(f"{ADA}/tags", {"name": "  Night   shift "})

    assert (answer.status_code, answer.location) == (303, ADA)
    assert [tag.name for tag in office.rows("tag")] == ["Night shift"]
    page = office.get(ADA).text
    assert "Take off the tag Night shift" in page
    assert 'role="status">Tagged “Night shift”.' in page

    office.post(f"{ADA}/tags", {"name": "night shift"})
    assert len(office.rows("person_tag")) == 1

    office.post(f"{ADA}/tags/{office.row('tag').id}/remove")
    office.post(f"{ADA}/tags/{office.row('tag').id}/remove")
    assert office.rows("person_tag") == []


@pytest.mark.parametrize(
    ("name", "message"),
    [(" ", "Write the tag first."), ("!!", "at least one letter"), ("x" * 81, "up to 80 characters")],
)
def test_a_tag_that_cannot_be_used_is_told_beside_its_field(office, name, message):
    told(office)

    answer = office.post(f"{ADA}/tags", {"name": name})

    assert answer.status_code == 400
    assert message in answer.text
    assert 'role="alert"' in answer.text
    assert office.rows("tag") == []


def test_a_bad_tag_is_told_to_json_too(office):
    told(office)

    answer = office.client.post(
        f"{ADA}/tags",
        json={"name": ""},
        headers={"Accept": "application/json", "X-CSRFToken": office.token()},
    )

    assert answer.status_code == 400
    assert "Write the tag first." in answer.json["message"]


def test_a_place_is_ended_with_a_reason_and_nothing_is_sent(office):
    told(office)
    place = note(office)
    letters = len(office.rows("letter"))

    answer = office.post(f"/talent-pool/members/{place}/end", {"because": "Took a job elsewhere."})
    again = office.post(f"/talent-pool/members/{place}/end", {"because": "Again."})

    assert (answer.status_code, again.status_code) == (303, 303)
    member = office.row("member")
    assert (member.state, member.ended_because) == ("ended", "Took a job elsewhere.")
    page = office.get(ADA).text
    assert "Nothing was sent." in page
    assert "Took a job elsewhere." in page
    assert len(office.rows("letter")) == letters


def test_a_reason_that_is_too_long_ends_nothing(office):
    told(office)
    place = note(office)

    assert office.post(f"/talent-pool/members/{place}/end", {"because": "x" * 201}).status_code == 409
    assert office.row("member").state == "noted"


def test_after_a_press_the_browser_goes_only_to_pages_of_this_host(office):
    told(office)

    inside = office.post(f"{ADA}/tags", {"name": "A", "next": "/talent-pool/pools"})
    outside = office.post(f"{ADA}/tags", {"name": "B", "next": "//evil.example/"})

    assert inside.location == "/talent-pool/pools"
    assert outside.location == ADA


# A row of which name and address both changed


def test_a_person_in_doubt_is_asked_about(office):
    told(office)
    doubt(office)

    page = office.get(ADA).text

    assert "Is this still Ada Okafor?" in page
    assert "It now says Bo Lind, bo@elsewhere.example." in page


def test_saying_it_is_the_same_person_keeps_the_history(office):
    told(office)
    link = doubt(office)

    answer = office.post(f"/talent-pool/links/{link}/same-person")

    assert answer.location == ADA
    assert office.row("person").name == "Bo Lind"
    assert office.row("candidate_link").suspended_at is None
    assert "Is this still" not in office.get(ADA).text


def test_saying_it_is_somebody_else_starts_afresh(office):
    told(office)
    link = doubt(office)

    answer = office.post(f"/talent-pool/links/{link}/someone-else")

    assert answer.location == "/talent-pool/people/2"
    assert [person.name for person in office.rows("person")] == ["Ada Okafor", "Bo Lind"]
    assert titles(office, "/talent-pool/people/2") == []
    assert "Outcome letter" in titles(office)


def test_a_settled_doubt_is_not_settled_twice(office):
    told(office)
    link = doubt(office)
    office.post(f"/talent-pool/links/{link}/same-person")

    assert office.post(f"/talent-pool/links/{link}/someone-else").status_code == 409
    assert len(office.rows("person")) == 1


def test_a_doubt_about_a_row_that_is_gone_says_so(office):
    told(office)
    link = doubt(office)
    office.change("candidate_link", link, candidate_id=None)

    answer = office.post(f"/talent-pool/links/{link}/same-person")

    assert answer.status_code == 409
    assert "no longer in your ATS" in answer.text


# Rights and cost


def test_a_manager_sees_their_own_jobs_part_of_a_person_and_changes_nothing(office):
    candidate = office.candidate()
    office.rejected(candidate=candidate, job=office.job("Theirs", owner="manager"))
    office.rejected(candidate=candidate, job=office.job("Secret", owner="recruiter"))
    office.send()
    place = note(office)
    manager = office.sign_in("manager")

    page = manager.get(ADA)

    assert page.status_code == 200
    assert "Theirs" in page.text
    assert "Secret" not in page.text
    assert "Secret" not in str(office.json(ADA, client=manager))
    assert "Add</button>" not in page.text
    assert office.post(f"{ADA}/tags", {"name": "A"}, client=manager).status_code == 403
    assert office.post(f"/talent-pool/members/{place}/end", client=manager).status_code == 403


def test_a_manager_does_not_see_people_of_other_jobs(office):
    office.rejected(job=office.job("Secret", owner="recruiter"))
    manager = office.sign_in("manager")

    assert manager.get(ADA).status_code == 404


def test_people_of_another_scope_are_not_there_for_looking_or_pressing(office):
    told(office)
    place = note(office)
    link = doubt(office)
    north = office.sign_in("north")

    assert north.get(ADA).status_code == 404
    for path in (
        f"{ADA}/tags/1/remove",
        f"/talent-pool/members/{place}/end",
        f"/talent-pool/links/{link}/same-person",
        f"/talent-pool/links/{link}/someone-else",
    ):
        assert office.post(path, client=north).status_code == 404
    assert office.post(f"{ADA}/tags", {"name": "A"}, client=north).status_code == 404
    assert office.row("member").state == "noted"
    assert office.rows("tag") == []


def test_pressing_without_a_token_changes_nothing(office):
    told(office)
    place = note(office)

    assert office.client.post(f"{ADA}/tags", data={"name": "A"}).status_code == 400
    assert office.client.post(f"/talent-pool/members/{place}/end").status_code == 400
    assert office.row("member").state == "noted"


@pytest.mark.untraced
def test_the_number_of_statements_does_not_grow_with_what_happened(office):
    def grow(start, end):
        for count in range(start, end):
            office.reject(office.apply(candidate=1, job=office.job(f"Job {count}")))
            office.do(lambda ctx: link_person(ctx, ctx.session.get(office.host.Candidate, 1), ""))
            pool = office.fill(
                "pool", scope="", key=f"p{count}", name=f"P{count}", created_at=office.clock.now()
            )
            place = {"scope": "", "state": "noted", "source": "added", "added_at": office.clock.now()}
            office.fill("member", pool_id=pool, person_id=1, **place)
            office.post(f"{ADA}/tags", {"name": f"Tag {count}"})
            touch = {
                "scope": "",
                "at": office.clock.now(),
                "direction": "in",
                "channel": "phone",
                "what": "rang",
            }
            office.fill("touch", person_id=1, **touch)
        office.sync()

    office.candidate()
    grow(0, 3)
    with office.counting() as few:
        office.get(ADA)
    grow(3, 60)
    with office.counting() as many:
        page = office.get(ADA)

    assert page.text.count("Turned down for Job") == 60
    assert len(many) == len(few)


def test_looking_at_a_person_writes_nothing(office):
    told(office)
    doubt(office)

    with office.counting() as seen:
        office.get(ADA)

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]


def test_somebody_who_objected_is_shown_as_such(office):
    told(office)
    office.change("person", 1, objected_at=office.clock.now())

    assert "not to be invited to jobs again" in office.get(ADA).text
