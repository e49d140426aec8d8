"""The first page: what waits for the person who is signed in."""

from datetime import timedelta

import pytest

from flask_talentpool import heartbeat
from flask_talentpool.decisions import lifecycle
from flask_talentpool.people.service import link_person
from flask_talentpool.pools import noting
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA

FIRST = "/talent-pool/"
LIMIT = 16


def invited(office, decision, **columns):
    recall = office.do(lambda ctx: recalls.invite(ctx, lifecycle.find(ctx, decision), by=RITA).id)
    office.change("recall", recall, **{"turn_for": None, **columns})
    return recall


KINDS = ("server_refused", "no_answer", "no_address", "told", "late", "doubt", "due")


def busy(office, number):
    """Bring ``number`` people into each state that a first page can show."""
    job = office.job()
    found = {}
    for count in range(number):
        for kind in KINDS:
            address = None if kind == "no_address" else f"{kind}{count}@mail.example"
            found[kind, count] = office.apply(job=job, name=f"{kind} {count}", email=address)
            office.reject(found[kind, count])
    office.sync()
    for (kind, count), application in found.items():
        decision, letter = office.decision_of(application), office.letter_of(application)
        if kind in {"server_refused", "no_answer"}:
            state = "failed" if kind == "server_refused" else "unknown"
            office.change("letter", letter.id, state=state, because=kind)
        elif kind in {"told", "late"}:
            office.change("letter", letter.id, state="sent")
            office.change("decision", decision.id, told_at=office.clock.now())
            late = {"answer_by": office.clock.now().replace(year=2025)}
            yes = {"state": "accepted", "attention": "Open it by hand."}
            invited(office, decision.id, **(late if kind == "late" else yes))
        elif kind == "doubt":
            office.change("candidate_link", int(decision.candidate_key), suspended_at=office.clock.now())
            pool = {
                "scope": "",
                "key": f"p{count}",
                "name": f"Pool {count}",
                "created_at": office.clock.now(),
            }
            office.fill("pool", **pool)


def test_with_nothing_waiting_it_is_calm(office):
    page = office.get(FIRST)

    assert page.status_code == 200
    assert "All quiet" in page.text
    assert "Nothing needs you." in page.text
    assert "No letter is waiting for its time." in page.text


@pytest.mark.parametrize(
    ("setting", "question"),
    [
        ("TALENTPOOL_OUTCOME_LETTERS", "Who writes the letter when somebody is turned down?"),
        ("TALENTPOOL_COMPANY", "What do letters call your company?"),
        ("TALENTPOOL_MAIL_FROM", "Whose name do letters carry?"),
        ("TALENTPOOL_PUBLIC_URL", "Where do candidates reach you from outside?"),
        ("TALENTPOOL_MAIL_URL", "Where are letters handed over?"),
    ],
)
def test_a_setting_letters_wait_for_is_asked_for_by_name(make_office, setting, question):
    office = make_office(**{setting: None})

    page = office.get(FIRST).text

    assert question in page
    assert setting in page
    assert question not in office.sign_in("manager").get(FIRST).text


def test_before_the_first_sync_it_says_what_to_run(make_office):
    office = make_office(open_up=False)
    with office.unit() as session:
        office.db.create_all()
        session.add(office.host.User(name="Rita Miller", email="recruiter@ats.example", role="recruiter"))
    office.sign_in()

    page = office.get(FIRST).text

    assert "flask talentpool sync" in page


def test_tables_that_are_missing_are_named_with_the_remedy(make_office):
    office = make_office(open_up=False)
    with office.app.app_context():
        office.db.metadata.tables["users"].create(office.db.engine)
    with office.unit() as session:
        session.add(office.host.User(name="Rita Miller", email="recruiter@ats.example", role="recruiter"))
    office.sign_in()

    page = office.get(FIRST)

    assert page.status_code == 503
    assert "flask db upgrade" in page.text


def test_letters_that_need_somebody_are_counted_by_reason_with_the_remedy(office):
    busy(office, 2)

    found = office.json(FIRST)

    assert {(group["state"], group["because"]): group["count"] for group in found["groups"]} == {
        ("failed", "server_refused"): 2,
        ("unknown", "no_answer"): 2,
        ("held", "no_address"): 2,
    }
    page = office.get(FIRST).text
    for told in (
        "2 letters</span> could not be delivered",
        "Find out whether it arrived",
        "Tell the person another way",
    ):
        assert told in page
    assert "/talent-pool/letters?state=failed" in page


@pytest.mark.untraced
def test_each_thing_is_named_up_to_a_few_and_then_counted(office):
    busy(office, 10)

    page = office.get(FIRST).text

    assert "server_refused 7" in page
    assert "server_refused 8" not in page
    assert "and 2 more" in page
    due = office.json(FIRST)["due_count"]
    assert due > 8
    assert f"All {due} that wait for their time" in page


def test_people_to_be_told_another_way_lead_to_their_decision(office):
    busy(office, 1)
    letter = office.row("letter", because="no_address")

    assert f"/talent-pool/decisions/{letter.decision_id}" in office.get(FIRST).text


def test_a_person_in_doubt_is_settled_from_here(office):
    office.rejected()
    office.set(office.host.Candidate, 1, name="Bo Lind", email="bo@elsewhere.example")
    office.do(lambda ctx: link_person(ctx, ctx.session.get(office.host.Candidate, 1), ""))

    page = office.get(FIRST).text
    answer = office.post("/talent-pool/links/1/same-person", {"next": FIRST})

    assert "Still the same person?" in page
    assert "Bo Lind" in page
    assert answer.location == FIRST
    assert "Still the same person?" not in office.get(FIRST).text


def test_a_yes_that_needs_a_hand_and_an_answer_that_is_late_are_shown(office):
    busy(office, 1)

    page = office.get(FIRST).text

    assert "Said yes" in page
    assert "Open it by hand." in page
    assert "Invited, and no answer yet" in page


def test_what_was_decided_before_is_counted(make_office):
    office = make_office(open_up=False)
    with office.unit() as session:
        office.db.create_all()
        session.add(office.host.User(name="Rita Miller", email="recruiter@ats.example", role="recruiter"))
    keys = [office.apply(name=f"P {n}", email=f"p{n}@mail.example") for n in range(3)]
    for key in keys:
        office.set(office.host.Application, key, status="rejected")
    office.sync()
    office.sign_in()

    assert office.json(FIRST)["baseline_count"] == 3
    assert "3 outcomes were there already" in office.get(FIRST).text


def test_pools_are_summed_up(office):
    office.rejected()
    office.do(lambda ctx: noting.recall_to_pool(ctx, ctx.session.get(office.host.Candidate, 1), "", by=RITA))

    (pool,) = office.json(FIRST)["pools"]

    assert (pool["key"], pool["noted"]) == ("finalists", 1)


@pytest.mark.untraced
def test_at_most_sixteen_statements_whatever_the_size(office):
    busy(office, 3)
    with office.counting() as few:
        office.get(FIRST)
    job = office.job("Another")
    for count in range(57):
        office.reject(office.apply(job=job, name=f"More {count}", email=f"more{count}@mail.example"))
    office.sync()
    with office.counting() as many:
        office.get(FIRST)

    assert len(many) == len(few) <= LIMIT


def test_a_manager_sees_what_waits_on_their_own_jobs_only(office):
    office.rejected(job=office.job("Theirs", owner="manager"), name="Theirs", email="theirs@mail.example")
    office.rejected(job=office.job("Secret", owner="recruiter"), name="Secret", email="secret@mail.example")
    manager = office.sign_in("manager")

    found = office.json(FIRST, client=manager)

    assert [letter["name"] for letter in found["due"]] == ["Theirs"]
    assert "Secret" not in manager.get(FIRST).text


def test_another_scope_sees_nothing_of_it(office):
    busy(office, 1)
    north = office.sign_in("north")

    found = office.json(FIRST, client=north)

    assert (found["groups"], found["doubts"], found["answers"], found["overdue"], found["due"]) == (
        [],
        [],
        [],
        [],
        [],
    )
    assert "All quiet" in north.get(FIRST).text


def test_nobody_signed_in_is_sent_to_sign_in_and_without_a_role_refused(office):
    assert office.app.test_client().get(FIRST).status_code == 302
    assert office.sign_in("outsider").get(FIRST).status_code == 403


def test_looking_writes_nothing(office):
    busy(office, 1)

    with office.counting() as seen:
        office.get(FIRST)

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]


def test_within_the_hosts_own_layout_the_page_brings_its_style_sheet(make_office):
    office = make_office(TALENTPOOL_BASE_TEMPLATE="host_base.html")

    page = office.get(FIRST).text

    assert page.startswith("<!doctype html><html lang='en'>")
    assert "Our ATS" in page
    assert page.count("talentpool.css") == 1
    assert page.count("<main") == 1


def test_why_nothing_is_handed_over_stands_first_with_one_press_to_end_it(office):
    with office.unit() as session:
        until = office.clock.now() + timedelta(minutes=15)
        session.add(office.models.mark(key="mail-pause", at=until, value="550 5.7.1 on a block list"))
    admin = office.sign_in("admin")

    page = office.get("/talent-pool/", client=admin).text
    pressed = [office.post("/talent-pool/mail/try-again", client=admin).status_code for _ in range(2)]

    assert "The mail server refuses what we send" in page
    assert "550 5.7.1 on a block list" in page
    assert "It is mended: try again now" in page
    assert pressed == [303, 303]
    assert "refuses what we send" not in office.get("/talent-pool/", client=admin).text
    assert [row.action for row in office.rows("audit", subject="mail")] == ["try_again"]


def test_a_yes_stands_until_somebody_has_seen_it(office):
    decision = office.rejected()
    office.send()
    recall = invited(office, office.decision_of(decision).id, state="opened", answered_at=office.clock.now())
    assert office.json(FIRST)["answers"][0]["recall_id"] == recall
    assert "Their new application is open in your ATS." in office.get(FIRST).text

    for _ in range(2):
        assert office.post(f"/talent-pool/recalls/{recall}/seen").status_code == 303

    assert office.json(FIRST)["answers"] == []
    assert [row.action for row in office.rows("audit") if row.subject == "recall"][-1] == "seen"


def test_who_was_told_and_is_open_again_waits_for_a_correction(office):
    application = office.rejected()
    office.send()
    office.set(office.host.Application, application, status="open")
    office.sync()
    decision = office.rows("decision")[0]

    page = office.get(FIRST).text

    assert "Told no, and it no longer holds" in page
    assert f"/talent-pool/decisions/{decision.id}/correction" in page
    assert "1 correction" in page
    for _ in range(2):
        assert office.post(f"/talent-pool/decisions/{decision.id}/corrected").status_code == 303
    assert office.json(FIRST)["reopened"] == []
    assert (
        "told the person that it no longer holds" in office.get(f"/talent-pool/decisions/{decision.id}").text
    )


def test_a_correction_is_due_no_more_once_turned_down_again(office):
    application = office.rejected()
    office.send()
    for status in ("open", "rejected"):
        office.set(office.host.Application, application, status=status)
        office.sync()

    assert office.json(FIRST)["reopened"] == []


def test_nothing_is_to_be_corrected_where_nobody_was_told(office):
    application = office.rejected()

    answer = office.post(f"/talent-pool/decisions/{office.decision_of(application).id}/corrected")

    assert answer.status_code == 409
    assert office.rows("decision")[0].corrected_at is None


def test_a_worker_that_stopped_is_named_and_one_that_runs_is_not(office):
    office.rejected()
    office.do(heartbeat.heartbeat)
    assert office.json(FIRST)["stopped"] is None

    def longer_ago(hours):
        with office.unit() as session:
            session.get(office.talentpool.models.mark, heartbeat.MARK).at -= timedelta(hours=hours)

    longer_ago(1)
    assert office.json(FIRST)["stopped"] is None, "as where `send` runs from cron"
    longer_ago(2)
    assert "No letter goes: nothing does the rounds" in office.get(FIRST).text
    assert office.json(FIRST)["stopped"]["last_seen"]


def test_a_worker_that_was_never_seen_is_named_once_a_letter_has_waited_for_it(office):
    office.rejected()
    assert office.json(FIRST)["stopped"] is None

    office.clock.advance(timedelta(days=10))

    assert office.json(FIRST)["stopped"] == {"last_seen": None}
    assert "No worker was ever seen here." in office.get(FIRST).text
