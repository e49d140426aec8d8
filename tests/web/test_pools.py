"""The list of pools and a pool's page, over HTTP."""

import pytest

from flask_talentpool.decisions import editing, facts
from flask_talentpool.enums import Door
from flask_talentpool.pools import noting
from tests.support.people import RITA

POOLS = "/talent-pool/pools"
FINALISTS = f"{POOLS}/finalists"


def note(office, candidate, scope="", **chosen):
    """Press “Recall to pool” for a candidate; the id of the place."""

    def work(ctx):
        row = ctx.session.get(office.host.Candidate, candidate)
        return noting.recall_to_pool(ctx, row, scope, by=RITA, **{"pool": "finalists", **chosen}).member.id

    return office.do(work)


def people(office, numbers, job=None):
    """Reject a finalist for each number and note each for Finalists."""
    job = job or office.job()
    numbers = range(numbers) if isinstance(numbers, int) else numbers
    for number in numbers:
        candidate = office.candidate(f"Person {number:02}", f"person{number}@mail.example")
        office.reject(office.apply(candidate=candidate, job=job))
        note(office, candidate, tags=["Python", "Lead"] if number % 2 else ["Python"], reason="Good.")
    office.sync()


def names(office, path, client=None):
    return [line["name"] for line in office.json(path, client=client)["members"]]


def test_without_pools_the_list_says_what_makes_one(office):
    page = office.get(POOLS)

    assert page.status_code == 200
    assert "No pool yet" in page.text
    assert "Recall to pool" in page.text


def test_the_list_counts_the_people_of_each_pool(office):
    people(office, 2)

    (pool,) = office.json(POOLS)["pools"]

    assert (pool["key"], pool["noted"], pool["member"]) == ("finalists", 2, 0)
    assert "2</span> people" in office.get(POOLS).text


def test_a_pool_can_be_made(office):
    answer = office.post(POOLS, {"name": "Night shift", "description": "Wants to work nights."})

    assert answer.status_code == 303
    assert office.row("pool").key == "night-shift"
    page = office.get(answer.location)
    assert "Nobody is here yet" in page.text
    assert "is there. Nobody is in it yet." in page.text


def test_a_pool_can_be_made_by_json(office):
    token = office.token()

    answer = office.client.post(
        POOLS, json={"name": "Night shift"}, headers={"Accept": "application/json", "X-CSRFToken": token}
    )

    assert answer.status_code == 200
    assert answer.json["key"] == "night-shift"


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("", 400, "Give the pool a name."),
        ("…", 409, "at least one letter or digit"),
        ("Finalists", 409, "already"),
    ],
)
def test_a_name_that_cannot_be_used_is_told_beside_its_field(office, name, status, told):
    people(office, 1)

    answer = office.post(POOLS, {"name": name})

    assert answer.status_code == status
    assert told in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert len(office.rows("pool")) == 1


def test_a_bad_name_is_told_to_json_too(office):
    token = office.token()

    answer = office.client.post(
        POOLS, json={"name": " "}, headers={"Accept": "application/json", "X-CSRFToken": token}
    )

    assert answer.status_code == 400
    assert "Give the pool a name." in answer.json["message"]


def test_a_pool_is_not_made_without_a_token(office):
    assert office.client.post(POOLS, data={"name": "Night shift"}).status_code == 400
    assert office.rows("pool") == []


def test_a_pool_page_shows_who_and_why_and_how_far_and_until_when(office):
    application = office.rejected()
    office.do(lambda ctx: editing.set_finish(ctx, facts.live_decision(ctx, application), 2, by=RITA))
    office.send()
    note(office, 1, tags=["Python"], reason="Explained our own outage to us.")

    page = office.get(FINALISTS).text

    for told in (
        "Ada Okafor",
        "Explained our own outage",
        "Noted by Rita Recruiter",
        "Finalist, 2nd",
        "Backend Engineer",
    ):
        assert told in page
    (line,) = office.json(FINALISTS)["members"]
    assert line["tags"][0]["name"] == "Python"
    assert line["last_touch"].startswith("2026-03-03")
    assert line["until"].startswith("2026-04-02")


def test_people_are_found_by_text_tag_and_state(office):
    people(office, 3)
    other = office.candidate("Ömer Ünal", "omer@mail.example")
    office.rejected(candidate=other)
    place = note(office, other, tags=["Night shift"], reason="Wants nights.")

    assert names(office, f"{FINALISTS}?q=PERSON+01") == ["Person 01"]
    assert names(office, f"{FINALISTS}?q=omer@mail") == ["Ömer Ünal"]
    assert names(office, f"{FINALISTS}?q=wants+nights") == ["Ömer Ünal"]
    assert names(office, f"{FINALISTS}?tag=night-shift") == ["Ömer Ünal"]
    assert names(office, f"{FINALISTS}?state=member") == []
    assert names(office, f"{FINALISTS}?q=%25") == []
    assert "Nobody fits this" in office.get(f"{FINALISTS}?q=nobody").text

    office.post(f"/talent-pool/members/{place}/end")

    assert "Ömer Ünal" not in names(office, FINALISTS)
    assert names(office, f"{FINALISTS}?state=ended") == ["Ömer Ünal"]
    assert len(names(office, f"{FINALISTS}?state=all")) == 4


@pytest.mark.untraced
def test_more_than_fifty_people_come_in_pages_each_once(office):
    people(office, 53)

    first, second = names(office, FINALISTS), names(office, f"{FINALISTS}?page=2")

    assert (len(first), len(second)) == (50, 3)
    assert len({*first, *second}) == 53
    assert "Page 1 of 2" in office.get(FINALISTS).text
    assert names(office, f"{FINALISTS}?page=99") == second
    assert names(office, f"{FINALISTS}?page=x") == first


def test_a_pool_that_is_not_there_is_said_kindly(office):
    answer = office.get(f"{POOLS}/nothing")

    assert answer.status_code == 404
    assert "Choose one from the list of pools." in answer.text


def test_names_with_markup_are_shown_as_they_are(office):
    office.rejected(name="<script>alert(1)</script>")
    note(office, 1, reason='"><img src=x>')

    page = office.get(FINALISTS).text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<img" not in page


@pytest.mark.untraced
def test_the_number_of_statements_does_not_grow_with_the_people(office):
    people(office, 3)
    with office.counting() as few:
        office.get(FINALISTS)
    with office.counting() as few_pools:
        office.get(POOLS)
    people(office, range(3, 60), job=1)
    with office.counting() as many:
        office.get(FINALISTS)
    with office.counting() as many_pools:
        office.get(POOLS)

    assert len(many) == len(few)
    assert len(many_pools) == len(few_pools)


# Rights


def test_nobody_signed_in_is_sent_to_sign_in(office):
    client = office.app.test_client()

    assert client.get(POOLS).status_code == 302
    assert client.get(FINALISTS).status_code == 302


def test_somebody_without_a_role_is_refused(office):
    client = office.sign_in("outsider")

    assert client.get(POOLS).status_code == 403
    assert office.post(POOLS, {"name": "Night shift"}, client=client).status_code == 403


def test_a_manager_sees_only_people_with_decisions_on_their_jobs(office):
    theirs = office.candidate("Theirs", "theirs@mail.example")
    office.rejected(candidate=theirs, job=office.job("Theirs", owner="manager"))
    others = office.candidate("Others", "others@mail.example")
    office.rejected(candidate=others, job=office.job("Others", owner="recruiter"))
    note(office, theirs, tags=["Mine"])
    note(office, others, tags=["Not mine"])
    note(office, others, pool="kept-in-mind")
    manager = office.sign_in("manager")

    assert names(office, FINALISTS, client=manager) == ["Theirs"]
    assert names(office, FINALISTS) == ["Others", "Theirs"]
    (pool,) = office.json(POOLS, client=manager)["pools"]
    assert (pool["key"], pool["noted"]) == ("finalists", 1)
    assert manager.get(f"{POOLS}/kept-in-mind").status_code == 404
    assert [tag["name"] for tag in office.json(FINALISTS, client=manager)["tags"]] == ["Mine"]
    assert "Make a pool" not in manager.get(POOLS).text
    assert office.post(POOLS, {"name": "Night shift"}, client=manager).status_code == 403


def test_one_scope_never_sees_the_pools_of_another(office):
    people(office, 1)
    north = office.candidate("Nia North", "nia@mail.example")
    office.rejected(candidate=north, scope="north")
    note(office, north, "north", tags=["Polar"])
    client = office.sign_in("north")

    assert names(office, FINALISTS, client=client) == ["Nia North"]
    assert names(office, FINALISTS) == ["Person 00"]
    assert office.get(f"{FINALISTS}?scope=north").status_code == 404
    assert client.get(f"{FINALISTS}?scope=").status_code == 404
    assert len(office.json(POOLS, client=client)["pools"]) == 1


def test_an_admin_sees_every_scope_and_can_tell_pools_of_one_name_apart(office):
    people(office, 1)
    north = office.candidate("Nia North", "nia@mail.example")
    office.rejected(candidate=north, scope="north")
    note(office, north, "north")
    admin = office.sign_in("admin")

    assert {pool["scope"] for pool in office.json(POOLS, client=admin)["pools"]} == {"", "north"}
    assert "/talent-pool/pools/finalists?scope=north" in admin.get(POOLS).text
    assert names(office, FINALISTS, client=admin) == ["Person 00"]
    assert names(office, f"{FINALISTS}?scope=north", client=admin) == ["Nia North"]


def test_looking_at_pools_writes_nothing(office):
    people(office, 2)

    with office.counting() as seen:
        office.get(POOLS)
        office.get(FINALISTS)

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]


def test_a_place_a_waiting_letter_offers_is_not_ended_behind_its_back(office):
    application = office.rejected()
    office.do(lambda ctx: editing.set_door(ctx, facts.live_decision(ctx, application), Door.OPEN, by=RITA))
    place = office.row("member")
    assert place.state == "offered"

    answer = office.post(f"/talent-pool/members/{place.id}/end")

    assert answer.status_code == 409
    assert "Close the door in the letter" in answer.text
    assert office.row("member").state == "offered"
