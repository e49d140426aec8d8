"""Recall to pool over HTTP: the press, the page behind it, and undoing it."""

import pytest

from flask_talentpool.pools import service as pools
from tests.support.measuring import at_once
from tests.support.people import RITA
from tests.web.reading import read

PRESS = "/talent-pool/recall-to-pool/1"


def tags(office):
    names = {tag.id: tag.name for tag in office.rows("tag")}
    return sorted(names[row.tag_id] for row in office.rows("person_tag"))


def test_one_press_chooses_a_sensible_pool_and_the_job_as_tag(office):
    office.apply(stage="interview", job=office.job("Data Analyst"))

    answer = office.post(PRESS)

    assert answer.status_code == 303
    assert answer.location == "/talent-pool/people/1"
    member = office.row("member")
    assert (member.state, member.added_by_name) == ("noted", "Recruiter Miller")
    assert office.row("pool", id=member.pool_id).key == "interviewed"
    assert tags(office) == ["Data Analyst"]
    assert office.rows("letter") == []
    assert "Ada Okafor is in Interviewed (noted). Nothing was sent." in office.get(answer.location).text


def test_pressing_again_is_harmless(office):
    office.apply()

    answers = [office.post(PRESS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(office.rows("member")) == 1
    assert len(tags(office)) == 1


def test_many_presses_at_once_make_one_place(office):
    office.apply()
    clients = [office.sign_in(client=office.app.test_client()) for _ in range(8)]
    tokens = [office.token(client) for client in clients]

    answers = at_once(8, lambda n: clients[n].post(PRESS, data={"csrf_token": tokens[n]}).status_code)

    assert answers == [303] * 8
    assert len(office.rows("member")) == 1


def test_pool_tags_and_reason_can_be_chosen(office):
    office.apply()
    office.do(lambda ctx: pools.create_pool(ctx, "", name="Night shift", by=RITA))

    page = read(office.get(PRESS))
    page.press(
        office.client,
        "Recall to pool",
        pool="night-shift",
        tags=[],
        new_tags="calm,  SQL , calm",
        reason="Kept us laughing.",
    )

    member = office.row("member")
    assert office.row("pool", id=member.pool_id).key == "night-shift"
    assert member.reason == "Kept us laughing."
    assert tags(office) == ["SQL", "calm"]


def test_the_page_is_filled_in_with_what_one_press_would_do(office):
    office.apply(stage="final", job=office.job("Data Analyst"))

    form = read(office.get(PRESS)).button("Recall to pool").form

    assert ("pool", "finalists") in form.fields
    assert ("tags", "Data Analyst") in form.fields


def test_the_page_says_who_may_read_the_reason(office):
    office.apply()

    page = office.get(PRESS).text

    assert "In no letter; the person can ask to read it." in page


def test_no_tag_at_all_can_be_chosen_too(office):
    office.apply()

    office.post(PRESS, {"pool": "finalists", "new_tags": ""})

    assert tags(office) == []


def test_sending_the_same_page_twice_is_harmless(office):
    office.apply()
    page = read(office.get(PRESS))

    first, second = (page.press(office.client, "Recall to pool") for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(office.rows("member")) == 1


def test_somebody_can_stand_in_two_pools(office):
    office.apply()
    office.post(PRESS)

    office.post(PRESS, {"pool": "kept-in-mind"})

    assert len(office.rows("member")) == 2
    page = read(office.get("/candidates/1"))
    assert "In Kept in mind (noted)" in page.text
    assert "In Finalists (noted)" in page.text


def test_a_reason_too_long_is_shown_again_with_what_is_wrong(office):
    office.apply()

    answer = read(office.get(f"{PRESS}?next=/candidates/1")).press(
        office.client, "Recall to pool", reason="r" * 401
    )

    assert answer.status_code == 400
    assert "The reason has up to 400 characters." in answer.text
    assert 'role="alert"' in answer.text
    assert ("next", "/candidates/1") in read_form(answer).fields
    assert office.rows("member") == []


def read_form(answer):
    from tests.web.reading import Page

    return Page(answer.text).button("Recall to pool").form


def test_a_pool_that_does_not_exist_is_refused_with_the_remedy(office):
    office.apply()

    answer = office.post(PRESS, {"pool": "no-such-pool"})

    assert answer.status_code == 404
    assert "Open the list of pools" in answer.text
    assert office.rows("person") == []


def test_an_archived_pool_takes_nobody_and_is_not_offered(office):
    office.apply()
    office.post(PRESS)
    office.post("/talent-pool/members/1/undo")
    office.change("pool", 1, archived_at=office.clock.now())

    answer = office.post(PRESS, {"pool": "finalists"})

    assert answer.status_code == 409
    assert "is archived" in answer.text
    assert "finalists" not in [
        value for name, value in read(office.get(PRESS)).button("Recall to pool").form.fields
    ]


@pytest.mark.parametrize("key", ["99", "abc", "1.5", "9" * 40, "%00", "1/2"])
def test_a_candidate_that_is_not_there_is_not_found(office, key):
    office.apply()

    assert office.get(f"/talent-pool/recall-to-pool/{key}").status_code == 404
    assert office.post(f"/talent-pool/recall-to-pool/{key}").status_code == 404


@pytest.mark.parametrize("status", ["blacklisted"])
def test_somebody_never_to_be_pooled_is_refused(office, status):
    office.decide(office.apply(), status)

    answer = office.post(PRESS)

    assert answer.status_code == 409
    assert "must never be in a pool" in answer.text
    assert not read(office.get(PRESS)).has_button("Recall to pool")


def test_a_candidate_of_another_scope_is_not_there(office):
    office.apply(scope="north")

    assert office.get(PRESS).status_code == 404
    assert office.post(PRESS).status_code == 404
    assert office.post(PRESS, {"scope": "north"}).status_code == 404
    assert office.rows("member") == []


def test_in_two_scopes_the_page_asks_for_which(office):
    candidate = office.candidate()
    office.apply(candidate)
    office.apply(candidate, scope="north")
    admin = office.sign_in("admin")

    page = read(office.get(PRESS, client=admin))
    office.post(PRESS, {"scope": ""}, client=admin)

    assert ("scope", "north") in page.button("Recall to pool").form.fields
    assert office.row("member").scope == ""


def test_a_candidate_of_whom_nothing_says_whose_they_are_is_seen_by_who_sees_every_scope_alone(office):
    office.candidate()
    answers = {}
    for role in ("recruiter", "north", "admin"):
        client = office.sign_in(role, office.app.test_client())
        has_button = "Recall to pool" in office.get("/candidates/1", client=client).text
        look, press = office.get(PRESS, client=client), office.post(PRESS, client=client)
        answers[role] = (look.status_code, press.status_code, has_button)

    assert answers == {"recruiter": (404, 404, False), "north": (404, 404, False), "admin": (200, 303, True)}
    assert office.row("member").scope == ""
    assert office.rows("person_tag") == []


def test_the_map_says_whose_a_candidate_is_who_has_not_applied_yet(make_office):
    office = make_office(maps={"candidate_scope": lambda candidate: "north"})
    office.candidate()
    north = office.sign_in("north")

    assert office.get(PRESS).status_code == 404
    assert office.post(PRESS, client=north).status_code == 303
    assert office.row("member").scope == "north"


def test_who_sees_no_scope_at_all_sees_nobody(office, monkeypatch):
    office.candidate()
    monkeypatch.setattr(type(office.talentpool.access), "scopes", lambda self, actor: frozenset())

    assert office.get(PRESS).status_code == 404
    assert office.get("/candidates/1").status_code == 200


def test_undoing_twice_is_harmless(office):
    office.apply()
    office.post(PRESS)

    answers = [office.post("/talent-pool/members/1/undo") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert office.row("member").state == "ended"


def test_undo_leaves_the_tags_that_were_there_before(office):
    office.apply(job=office.job("Data Analyst"))
    office.post(PRESS, {"new_tags": "calm"})
    office.post("/talent-pool/members/1/undo")
    office.post(PRESS, {"new_tags": "calm"})
    office.clock.move_to(office.clock.now().replace(hour=15))

    office.post(PRESS, {"new_tags": "later"})
    office.post("/talent-pool/members/1/undo")

    assert tags(office) == ["later"]


def test_a_place_that_was_taken_cannot_be_undone(office):
    office.apply()
    office.post(PRESS)
    office.change("member", 1, state="member")

    answer = office.post("/talent-pool/members/1/undo")

    assert answer.status_code == 409
    assert "End it on the person’s page instead" in answer.text


def test_a_place_in_another_scope_cannot_be_undone(office):
    office.apply(scope="north")
    north = office.sign_in("north")
    office.post(PRESS, client=north)

    assert office.post("/talent-pool/members/1/undo").status_code == 404
    assert office.row("member").state == "noted"


@pytest.mark.parametrize("role", ["manager", "outsider"])
def test_without_the_right_the_page_and_the_undo_are_refused(office, role):
    office.apply()
    office.post(PRESS)
    client = office.sign_in(role)

    assert office.get(PRESS, client=client).status_code == 403
    assert office.post("/talent-pool/members/1/undo", client=client).status_code == 403
    assert office.row("member").state == "noted"


def test_json_clients_press_choose_and_undo(office):
    office.apply()
    headers = {"Accept": "application/json", "X-CSRFToken": office.token()}

    found = office.json(PRESS)
    made = office.client.post(
        PRESS, json={"pool": "interviewed", "tags": ["SQL", "new"], "reason": "Calm."}, headers=headers
    )
    undone = office.client.post(
        f"/talent-pool/members/{made.json['member_id']}/undo", json={}, headers=headers
    )
    wrong = office.client.post(PRESS, json={"reason": "r" * 500}, headers=headers)

    assert found["standing"]["pool_key"] == "finalists"
    assert [pool["key"] for pool in found["choices"]["pools"]] == ["finalists", "interviewed", "kept-in-mind"]
    assert (made.json["state"], made.json["is_new"], made.json["pool"]) == ("noted", True, "interviewed")
    assert undone.json["state"] == "ended"
    assert wrong.status_code == 400
    assert wrong.is_json


def test_next_may_be_anything_in_json_without_breaking(office):
    office.apply()
    headers = {"X-CSRFToken": office.token()}

    answer = office.client.post(PRESS, json={"next": 5, "tags": [1, None], "reason": 7}, headers=headers)

    assert answer.status_code in {303, 400}


def test_the_page_costs_the_same_however_many_pools_and_tags(office):
    office.apply()
    office.post(PRESS)

    with office.counting() as few:
        office.get(PRESS)
    for number in range(10):
        office.do(lambda ctx, n=number: pools.create_pool(ctx, "", name=f"Pool {n}", by=RITA))
        office.post(PRESS, {"pool": f"pool-{number}", "new_tags": f"tag {number}"})
    with office.counting() as many:
        office.get(PRESS)

    assert len(many) == len(few)
