"""A job's bench and the invitation back, over HTTP."""

import dataclasses

import pytest

from flask_talentpool.decisions import lifecycle
from flask_talentpool.enums import RecallState
from flask_talentpool.people.service import link_person
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA

BENCH = "/talent-pool/jobs/1"


@pytest.fixture
def job(office):
    return office.job()


@pytest.fixture
def bench(office, job):
    """Three who were told: two finalists, one interviewed; and one who was never interviewed."""
    for name, stage in (("Ada", "final"), ("Bo", "final"), ("Cleo", "interview"), ("Dan", "applied")):
        office.rejected(job=job, name=name, email=f"{name.lower()}@mail.example", stage=stage)
    office.send()
    return office


def finish(office, **places):
    """Write down finishes by decision id, such as ``d1=2``."""
    data = {f"finish-{key[1:]}": value for key, value in places.items()}
    return office.post(f"{BENCH}/order", data)


def lines(office, client=None, path=BENCH):
    return office.json(path, client=client)["lines"]


def names(office, **where):
    return [line["name"] for line in lines(office, **where)]


def invited(office, decision=1, by=RITA):
    def work(ctx):
        return recalls.invite(ctx, lifecycle.find(ctx, decision), by=by).id

    return office.do(work)


def answered(office, recall, said, **more):
    return office.do(
        lambda ctx: recalls.answer(ctx, ctx.session.get(office.models.recall, recall), said, **more).state
    )


# The bench


def test_the_bench_stands_in_finishing_order_and_says_why(bench):
    finish(bench, d1=3, d2=2)

    assert names(bench) == ["Bo", "Ada", "Cleo"]
    page = bench.get(BENCH).text
    assert "2nd of 3 in the last round" in page or "2nd of 2 in the last round" in page
    assert page.index("Bo") < page.index("Ada") < page.index("Cleo")
    assert "Dan" not in page


def test_an_empty_bench_says_when_somebody_stands_there(office, job):
    page = office.get(BENCH)

    assert page.status_code == 200
    assert "Nobody is on this bench" in page.text
    assert "Backend Engineer" not in page.text  # nothing is said of a job nobody can be shown on


def test_the_order_is_written_down_and_taken_away(bench):
    answer = finish(bench, d1=2, d2=3)
    assert (answer.status_code, answer.location) == (303, BENCH)
    assert [bench.row("decision", id=key).finish for key in (1, 2)] == [2, 3]

    finish(bench, d1="")

    assert [bench.row("decision", id=key).finish for key in (1, 2)] == [None, 3]


def test_an_order_that_changes_nothing_is_not_recorded_as_a_change(bench):
    finish(bench, d1=2)
    before = len(bench.rows("audit"))

    finish(bench, d1=2, d2="")

    assert len(bench.rows("audit")) == before


@pytest.mark.parametrize("value", ["0", "-1", "two", "1000"])
def test_a_finish_that_is_no_place_is_told_on_top_and_changes_nothing(bench, value):
    answer = finish(bench, d1=value, d2=2)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'href="#finish-1"' in answer.text
    assert f'value="{value}"' in answer.text
    assert bench.row("decision", id=2).finish is None


def test_a_finish_that_is_no_place_is_told_to_json_too(bench):
    answer = bench.client.post(
        f"{BENCH}/order",
        json={"finish-1": 0},
        headers={"Accept": "application/json", "X-CSRFToken": bench.token()},
    )

    assert answer.status_code == 400
    assert "from 1 on" in answer.json["message"]


def test_people_of_other_jobs_are_not_ordered_through_this_one(bench):
    bench.rejected(job=bench.job("Other"), name="Eve", email="eve@mail.example")
    other = bench.rows("decision")[-1].id

    finish(bench, **{f"d{other}": 1})

    assert bench.row("decision", id=other).finish is None


def test_who_applied_twice_stands_on_the_bench_once(bench):
    bench.rejected(candidate=1, job=1, stage="interview")
    bench.send()

    assert names(bench).count("Ada") == 1


def test_who_was_not_told_cannot_be_invited_yet(office, job):
    office.rejected(job=job)

    page = office.get(BENCH).text

    assert "Has not been told the outcome yet." in page
    assert ">Invite back" not in page


def test_a_person_in_doubt_is_not_invited(bench):
    bench.set(bench.host.Candidate, 1, name="Zoe", email="zoe@elsewhere.example")
    bench.do(lambda ctx: link_person(ctx, ctx.session.get(bench.host.Candidate, 1), ""))

    assert "both changed" in lines(bench)[0]["obstacle"] + lines(bench)[1]["obstacle"]
    assert bench.post("/talent-pool/decisions/1/invite").status_code == 409


def test_where_the_host_opens_no_applications_whoever_says_yes_is_opened_by_hand(bench):
    host = bench.talentpool
    with bench.app.app_context():
        found = host.host
    found.map = dataclasses.replace(found.map, new_application=None)

    page = bench.get(BENCH).text
    asked = bench.get("/talent-pool/decisions/1/invite").text
    bench.post("/talent-pool/decisions/1/invite")
    state = answered(bench, 1, RecallState.ACCEPTED)

    assert "after a yes you open it there by hand" in page
    assert "is for you to open in your ATS" in asked
    assert (state, bench.row("recall").attention) == (
        "accepted",
        "Said yes. Open the new application by hand: new_application is not mapped.",
    )


# The invitation


def test_the_exact_letter_is_shown_before_it_is_sent(bench):
    page = bench.get("/talent-pool/decisions/1/invite")
    draft = bench.json("/talent-pool/decisions/1/invite")["draft"]
    bench.post("/talent-pool/decisions/1/invite")

    letter = bench.row("letter", kind="recall")
    assert (draft["subject"], draft["text"]) == (letter.subject, letter.text)
    assert letter.subject in page.text
    assert "ada@mail.example" in page.text
    assert "talentpool-link" not in page.text


def test_a_personal_line_is_shown_in_the_letter_before_it_is_sent(bench):
    line = "Your questions about night shifts stayed with us."

    shown = bench.post("/talent-pool/decisions/1/invite", {"line": line, "look": "1"})

    assert shown.status_code == 200
    assert shown.text.count(line) == 2  # in the field and in the letter
    assert bench.rows("recall") == []

    bench.post("/talent-pool/decisions/1/invite", {"line": line})

    assert line in bench.row("letter", kind="recall").text


def test_a_line_that_is_too_long_is_told_beside_its_field(bench):
    answer = bench.post("/talent-pool/decisions/1/invite", {"line": "x" * 601})

    assert answer.status_code == 400
    assert "up to 600 characters" in answer.text
    assert bench.rows("recall") == []


def test_looking_at_the_bench_and_the_letter_writes_nothing(bench):
    with bench.counting() as seen:
        bench.get(BENCH)
        bench.get("/talent-pool/decisions/1/invite")
        bench.post("/talent-pool/decisions/1/invite", {"line": "True.", "look": "1"})

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]


def test_after_inviting_the_bench_says_so_and_offers_to_withdraw(bench):
    answer = bench.post("/talent-pool/decisions/1/invite")

    assert (answer.status_code, answer.location) == (303, BENCH)
    page = bench.get(BENCH).text
    assert "Ada is invited." in page
    assert "Has been invited already." in page
    assert "Withdraw the invitation of Ada" in page
    assert bench.post("/talent-pool/decisions/1/invite").status_code == 409
    assert len(bench.rows("recall")) == 1


def test_an_invitation_by_json_answers_with_its_facts(bench):
    answer = bench.client.post(
        "/talent-pool/decisions/1/invite",
        json={"line": "True."},
        headers={"Accept": "application/json", "X-CSRFToken": bench.token()},
    )

    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["letter_state"]) == ("invited", "due")


def test_a_withdrawn_invitation_does_not_go(bench):
    recall = invited(bench)

    answer = bench.post(f"/talent-pool/recalls/{recall}/withdraw")

    assert answer.location == BENCH
    assert bench.row("recall").state == "closed"
    assert bench.send().sent == 0
    assert "Its letter does not go." in bench.get(BENCH).text


def test_withdrawing_a_letter_that_has_gone_says_that_it_has(bench):
    recall = invited(bench)
    bench.send()

    bench.post(f"/talent-pool/recalls/{recall}/withdraw")

    assert "Its letter has gone" in bench.get(BENCH).text


def test_a_yes_the_host_could_not_open_is_settled_by_hand(bench):
    recall = invited(bench)
    bench.change("recall", recall, state="accepted", attention="Said yes. Open it by hand.")

    assert "Said yes. Open it by hand." in bench.get(BENCH).text
    bench.post(f"/talent-pool/recalls/{recall}/opened")

    assert (bench.row("recall").state, bench.row("recall").attention) == ("opened", "")
    assert bench.post(f"/talent-pool/recalls/{recall}/opened").status_code == 409


def test_the_bench_shows_what_was_answered(bench):
    answered(bench, invited(bench, 1), RecallState.NOT_NOW)
    answered(bench, invited(bench, 2), RecallState.DECLINED)

    page = bench.get(BENCH).text

    assert "Said “not now”; their link still takes a yes." in page
    assert "Said no to this job." in page


def test_somebody_hired_is_not_invited_by_a_hand_made_address(bench):
    application = bench.apply(job=1, name="Hanna", email="hanna@mail.example")
    bench.decide(application, "hired")
    bench.sync()
    hired = bench.decision_of(application).id

    assert bench.post(f"/talent-pool/decisions/{hired}/invite").status_code == 409
    assert bench.rows("recall") == []


def test_somebody_who_must_never_be_pooled_is_not_invited(bench):
    application = bench.apply(job=1, name="Nils", email="nils@mail.example")
    bench.decide(application, "blacklisted")
    bench.sync()
    decision = bench.decision_of(application).id
    bench.change("decision", decision, told_at=bench.clock.now())

    assert bench.post(f"/talent-pool/decisions/{decision}/invite").status_code == 409
    assert "must never be in a pool" in bench.get(f"/talent-pool/decisions/{decision}/invite").text


def test_the_one_who_signs_reads_what_arrives_at_the_address_in_the_letter(bench):
    text = bench.json("/talent-pool/decisions/1/invite")["draft"]["text"]

    assert "write to manager@ats.example. I read" in text
    assert text.rstrip().endswith("Manager Miller")


def test_without_an_owner_whoever_invites_signs_for_the_shared_mailbox(office):
    office.rejected(job=office.job(owner="nobody"))
    office.send()

    text = office.json("/talent-pool/decisions/1/invite")["draft"]["text"]

    assert "write to jobs@example.test. We read" in text
    assert text.rstrip().endswith("Recruiter Miller")


def test_an_invitation_that_cannot_be_mailed_says_so_first(office, job):
    office.rejected(job=job, email=None)
    application = office.rows("decision")[0]
    office.change("decision", application.id, told_at=office.clock.now())

    page = office.get(f"/talent-pool/decisions/{application.id}/invite").text

    assert "The letter is held at first." in page
    assert "has no e-mail" in page


# Rights and cost


def test_a_manager_orders_their_own_finalists_and_invites_nobody(bench):
    manager = bench.sign_in("manager")

    page = manager.get(BENCH).text

    assert "Save the finishing order" in page
    assert ">Invite back" not in page
    assert bench.post(f"{BENCH}/order", {"finish-1": 2}, client=manager).status_code == 303
    assert bench.row("decision", id=1).finish == 2
    assert manager.get("/talent-pool/decisions/1/invite").status_code == 403
    assert bench.post("/talent-pool/decisions/1/invite", client=manager).status_code == 403


def test_a_manager_does_not_see_another_ones_bench(office):
    office.rejected(job=office.job("Secret", owner="recruiter"))
    office.send()
    manager = office.sign_in("manager")

    assert lines(office, client=manager) == []
    assert "Secret" not in manager.get(BENCH).text
    office.post(f"{BENCH}/order", {"finish-1": 1}, client=manager)
    assert office.row("decision").finish is None


def test_another_scope_sees_and_presses_nothing_here(bench):
    recall = invited(bench)
    north = bench.sign_in("north")

    assert lines(bench, client=north) == []
    assert north.get("/talent-pool/decisions/2/invite").status_code == 404
    for path in (
        "/talent-pool/decisions/2/invite",
        f"/talent-pool/recalls/{recall}/withdraw",
        f"/talent-pool/recalls/{recall}/opened",
    ):
        assert bench.post(path, client=north).status_code == 404
    assert [row.state for row in bench.rows("recall")] == ["invited"]


def test_pressing_without_a_token_changes_nothing(bench):
    for path in ("/talent-pool/decisions/1/invite", f"{BENCH}/order"):
        assert bench.client.post(path, data={"finish-1": 2}).status_code == 400
    assert bench.rows("recall") == []


@pytest.mark.untraced
def test_the_number_of_statements_does_not_grow_with_the_bench(office, job):
    def grow(start, end):
        for count in range(start, end):
            office.reject(office.apply(job=job, name=f"Person {count}", email=f"person{count}@mail.example"))
        office.send()
        for row in office.rows("decision")[start:end]:
            office.change("recall", invited(office, row.id), turn_for=None)

    grow(0, 3)
    with office.counting() as few:
        office.get(BENCH)
    grow(3, 60)
    with office.counting() as many:
        page = office.get(BENCH)

    assert page.text.count("Has been invited already.") == 60
    assert len(many) == len(few)


def test_the_number_of_statements_does_not_grow_with_people_not_linked_yet(office, job):
    for count in range(60):
        office.reject(office.apply(job=job, name=f"Person {count}", email=f"person{count}@mail.example"))
    office.send()
    rows = office.rows("decision")
    for row in rows:
        office.change("decision", row.id, person_id=None, state="baseline")
    for row in rows[3:]:
        office.change("decision", row.id, job_key="2")
    with office.counting() as few:
        office.get(BENCH)
    for row in rows[3:]:
        office.change("decision", row.id, job_key="1")
    with office.counting() as many:
        page = office.get(BENCH)

    assert page.text.count("tp-bench-who") == 60
    assert "Person 59" in page.text
    assert len(many) == len(few)


def test_a_place_is_one_persons_and_two_can_change_theirs(bench):
    finish(bench, d1=2, d2=3)

    taken = finish(bench, d3=2)
    assert "Place 2 for this job is Ada’s already" in taken.text or taken.status_code in (302, 409)
    assert {row.id: row.finish for row in bench.rows("decision")}[3] is None

    finish(bench, d1=3, d2=2)
    assert [row.finish for row in bench.rows("decision")][:2] == [3, 2]


def test_a_place_is_free_again_once_the_decision_no_longer_stands(bench, job):
    finish(bench, d1=2)
    bench.set(bench.host.Application, 1, status="open")
    bench.sync()

    finish(bench, d2=2)

    assert [row.finish for row in bench.rows("decision")][1] == 2


def test_two_who_had_one_place_before_are_shown(bench):
    for key in (1, 2):
        bench.change("decision", key, finish=2)

    assert bench.get(BENCH).text.count("Not alone in this place") == 2
    finish(bench, d1=1)
    assert "Not alone in this place" not in bench.get(BENCH).text


def test_no_history_names_a_number_instead_of_a_person(bench):
    finish(bench, d1=2)

    page = bench.get("/talent-pool/decisions/1", client=bench.sign_in("admin")).text

    assert "Recruiter Miller set the finish (2)" in " ".join(page.replace("<br>", " ").split())
    assert "User:" not in page


# All benches


def test_the_navigation_leads_to_the_jobs_with_a_bench(bench, job):
    other = bench.job()
    bench.rejected(job=other, name="Only Applied", email="only@mail.example", stage="applied")

    page = bench.get("/talent-pool/jobs")
    (line,) = bench.json("/talent-pool/jobs")["lines"]

    assert (line["job_key"], line["count"]) == (str(job), 3)
    assert f'href="/talent-pool/jobs/{job}"' in page.text
    assert 'href="/talent-pool/jobs"' in bench.get("/talent-pool/").text
    assert bench.get(f"/talent-pool/jobs/{job}").status_code == 200


def test_benches_are_searched_by_the_jobs_name(bench):
    label = bench.json("/talent-pool/jobs")["lines"][0]["job"]

    assert len(bench.json(f"/talent-pool/jobs?q={label[:4].upper()}")["lines"]) == 1
    assert "No such job" in bench.get("/talent-pool/jobs?q=zzz").text


def test_without_anybody_the_page_of_benches_says_what_will_stand_there(office):
    assert "Nobody is on a bench" in office.get("/talent-pool/jobs").text
