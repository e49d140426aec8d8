"""Pages of letters and decisions: what waits, what is held and why, and what can be done about it."""

import pytest

from flask_talentpool.enums import HoldReason
from tests.web.reading import Page, read

LETTERS = "/talent-pool/letters"


def tab(office, state, **options):
    return read(office.get(f"{LETTERS}?state={state}", **options))


# The list


@pytest.mark.parametrize("state", ["waiting", "held", "needs-you", "gone"])
def test_an_empty_list_says_what_will_come(office, state):
    assert "Nothing" in tab(office, state).text


def test_a_tab_that_does_not_exist_is_not_found(office):
    assert office.get(f"{LETTERS}?state=elsewhere").status_code == 404


def test_waiting_letters_show_who_job_and_when(office):
    office.rejected(job=office.job("Data Analyst"))

    text = tab(office, "waiting").text

    assert "Ada Okafor · Data Analyst Outcome · goes 2 Mar 2026, 13:00" in text


def test_what_is_not_written_yet_is_counted(office):
    office.reject(office.apply())

    assert "1 decision is not written about yet." in tab(office, "waiting").text


@pytest.mark.parametrize("because", list(HoldReason)[:15])
def test_held_letters_stand_under_their_reason_with_the_remedy(office, because):
    office.rejected()
    office.change("letter", 1, state="held", because=because.value, detail="")

    assert because.sentence in tab(office, "held").text


def test_a_held_letter_is_approved_from_the_list_and_goes(make_office):
    office = make_office(TALENTPOOL_MODES="review")
    office.rejected()

    answer = tab(office, "held").press(office.client, "Approve")

    assert answer.location == f"{LETTERS}?state=held"
    assert "Approved." in office.get(answer.location).text
    assert office.send().sent == 1


def test_approving_what_misses_something_says_what(office):
    office.rejected(email="")

    answer = office.post(f"{LETTERS}/1/approve")

    assert answer.status_code == 409
    assert "No address" in answer.text
    assert not tab(office, "held").has_button("Approve")
    assert office.row("letter").approved_at is None


def test_a_waiting_letter_is_held_until_somebody_approves_it(office):
    office.rejected()

    tab(office, "waiting").press(office.client, "Hold")

    assert office.send().sent == 0
    assert office.row("letter").because == "by_hand"
    tab(office, "held").press(office.client, "Approve")
    assert office.dispatch().sent == 1


def test_a_letter_of_unknown_fate_waits_for_somebody_to_say(office):
    application = office.rejected()
    office.change("letter", 1, state="unknown", because="no_answer")

    page = tab(office, "needs-you")
    assert HoldReason.NO_ANSWER.sentence in page.text
    page.press(office.client, "It arrived")

    assert office.row("letter").state == "sent"
    assert office.decision_of(application).told_by == "letter"
    assert office.send().sent == 0


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_a_letter_is_sent_again_only_when_somebody_says_so(office, state):
    office.rejected()
    office.change("letter", 1, state=state, because="no_answer")
    assert office.send().sent == 0

    tab(office, "needs-you").press(office.client, "Send again")

    assert office.dispatch().sent == 1
    assert len(office.mail()) == 1


def test_gone_letters_say_when_or_why_not(office):
    office.rejected()
    office.send()
    other = office.rejected(name="Bo Lind", email="bo@mail.example")
    office.decide(other, "open")

    text = tab(office, "gone").text

    assert "went 3 Mar 2026, 09:00 UTC" in text
    assert "never sent: taken back" in text


@pytest.mark.untraced
def test_letters_are_listed_a_page_at_a_time_at_a_constant_cost(office):
    job = office.job()
    office.rejected(job=job)
    with office.counting() as few:
        office.get(LETTERS)
    for number in range(59):
        office.apply(name=f"Person {number}", email=f"p{number}@mail.example", job=job)
    with office.unit() as session:
        for row in session.query(office.host.Application):
            row.status = "rejected"
    office.sync()

    with office.counting() as many:
        first = read(office.get(LETTERS))
    second = read(office.get(f"{LETTERS}?page=2"))

    assert len(many) == len(few)
    assert first.text.count("goes 2 Mar 2026") == 50
    assert second.text.count("goes 2 Mar 2026") == 10
    assert "Page 2 of 2" in second.text
    assert read(office.get(f"{LETTERS}?page=99")).text == second.text
    assert office.get(f"{LETTERS}?page=x").status_code == 200


# One letter


def test_the_letter_page_names_personal_links_and_makes_none(office):
    office.rejected()
    office.send()

    html = office.get(f"{LETTERS}/1").text

    assert "personal link" in html
    assert "talentpool-link" not in html
    assert "/talent-pool/l/" not in html
    assert "Ada Okafor &lt;ada@mail.example&gt;" in html
    assert "Taken" in html


def test_the_letter_page_shows_every_attempt_and_who_did_what(office):
    office.rejected()
    office.post(f"{LETTERS}/1/hold")
    office.post(f"{LETTERS}/1/approve")
    office.fill(
        "letter_attempt",
        letter_id=1,
        at=office.clock.now(),
        result="retry",
        reply="451 later <please>",
        server="mx.example",
    )

    text = read(office.get(f"{LETTERS}/1")).text

    assert "You held it" in text
    assert "You approved it" in text
    assert "451 later <please>" in text
    assert "The software wrote it" in text


def test_text_in_a_letter_is_never_markup(office):
    office.rejected(name="<img src=x>", job=office.job("<script>"))

    for path in (f"{LETTERS}/1", LETTERS, "/talent-pool/decisions/1", "/candidates/1"):
        html = office.get(path).text
        assert "<img src=x>" not in html
        assert "<script>" not in html


def test_a_manager_reads_letters_of_own_jobs_and_changes_none(office):
    office.rejected()
    office.rejected(name="Bo", email="bo@mail.example", job=office.job("Other", owner="admin"))
    manager = office.sign_in("manager")

    page = tab(office, "waiting", client=manager)

    assert "Ada Okafor" in page.text
    assert "Bo" not in page.text
    assert not page.has_button("Hold")
    assert office.get(f"{LETTERS}/1", client=manager).status_code == 200
    assert office.get(f"{LETTERS}/2", client=manager).status_code == 404
    assert office.post(f"{LETTERS}/1/hold", client=manager).status_code == 403


def test_a_letter_of_another_scope_is_not_there(office):
    office.rejected(scope="north")

    assert office.get(f"{LETTERS}/1").status_code == 404
    for act in ("approve", "hold", "send-again", "arrived"):
        assert office.post(f"{LETTERS}/1/{act}").status_code == 404
    assert "Ada" not in tab(office, "waiting").text


@pytest.mark.parametrize(
    "path", [LETTERS, f"{LETTERS}/1", "/talent-pool/decisions/1", "/talent-pool/applications/1"]
)
def test_an_outsider_and_a_stranger_read_nothing(office, path):
    office.rejected()

    assert office.get(path, client=office.sign_in("outsider")).status_code == 403
    assert office.get(path, client=office.app.test_client()).status_code == 302


def test_letters_are_json_too(office):
    office.rejected()

    listed, one = office.json(LETTERS), office.json(f"{LETTERS}/1")

    assert listed["groups"][0]["rows"][0]["to_name"] == "Ada Okafor"
    assert one["row"]["state"] == "due"
    assert {"text": "personal link", "kind": "personal"} in [piece for part in one["body"] for piece in part]


# The decision


def test_the_decision_page_writes_door_and_line(office):
    application = office.rejected()

    page = read(office.get("/talent-pool/decisions/1"))
    answer = page.press(office.client, "Save", door="closed", line="Thank you for the sketches.")

    assert answer.location == "/talent-pool/decisions/1"
    decision = office.decision_of(application)
    assert (decision.door, decision.line, decision.door_by_name) == (
        "closed",
        "Thank you for the sketches.",
        "Recruiter Miller",
    )
    assert "Thank you for the sketches." in office.letter_of(application).text
    assert "Saved." in office.get(answer.location).text


def test_saving_without_a_change_says_nothing_of_the_door(office):
    application = office.rejected()

    read(office.get("/talent-pool/decisions/1")).press(office.client, "Save")

    assert office.decision_of(application).door_by == ""
    assert office.rows("audit", action="door_unlatched") == []


def test_the_page_shows_what_another_door_would_say(office):
    office.rejected()

    before = read(office.get("/talent-pool/decisions/1"))
    after = office.post("/talent-pool/applications/1/preview", {"door": "open", "door_seen": "unlatched"})

    assert "asked for that" not in before.text
    assert before.button("Show the letter")
    assert "Recruiter Miller asked for that" in read(after).text


def test_a_door_that_does_not_exist_and_a_line_too_long_are_shown_again(office):
    office.rejected()

    answer = office.post("/talent-pool/decisions/1/write", {"door": "ajar", "line": "x" * 601})

    assert answer.status_code == 400
    assert "There is no such door." in answer.text
    assert "The line has up to 600 characters." in answer.text
    assert Page(answer.text).faults == []


def test_send_now_goes_with_the_next_round(office):
    office.rejected()

    read(office.get("/talent-pool/decisions/1")).press(office.client, "Send now")

    assert office.dispatch().sent == 1


def test_taking_back_says_what_is_left_to_do(office):
    application = office.rejected()

    answer = read(office.get("/talent-pool/decisions/1")).press(office.client, "Take back")

    page = read(office.get(answer.location))
    assert "Your ATS still says rejected: change it there as well." in page.text
    assert office.send().sent == 0
    page.press(office.client, "It stands after all: write the letter")
    assert office.decision_of(application) is not None


def test_told_another_way_cancels_the_letter(office):
    application = office.rejected()

    read(office.get("/talent-pool/decisions/1")).press(office.client, "Mark as told", channel="phone")

    assert office.decision_of(application).told_by == "phone"
    assert office.row("letter").state == "cancelled"
    assert "told the person (phone)" in read(office.get("/talent-pool/decisions/1")).text.replace(
        "another way ", ""
    )


def test_a_channel_that_does_not_exist_is_refused(office):
    office.rejected()

    answer = office.post("/talent-pool/decisions/1/told", {"channel": "pigeon"})

    assert answer.status_code == 400
    assert "Choose one of the ways there are." in answer.text


def test_nothing_is_told_of_a_decision_that_ended(office):
    office.rejected()
    office.post("/talent-pool/decisions/1/take-back")

    answer = office.post("/talent-pool/decisions/1/told", {"channel": "phone"})

    assert answer.status_code == 409
    assert office.row("decision").told_at is None


def test_the_finish_is_written_down_by_the_manager_too(office):
    application = office.rejected()
    manager = office.sign_in("manager")

    read(office.get("/talent-pool/decisions/1", client=manager)).press(manager, "Save", finish="2")

    assert office.decision_of(application).finish == 2
    assert office.post("/talent-pool/decisions/1/finish", {"finish": "-1"}).status_code == 400
    assert office.post("/talent-pool/decisions/1/finish", {"finish": "two"}).status_code == 400
    office.post("/talent-pool/decisions/1/finish", {"finish": ""})
    assert office.decision_of(application).finish is None


def test_a_manager_may_not_open_the_door(office):
    application = office.rejected()
    manager = office.sign_in("manager")

    answer = office.post(
        "/talent-pool/decisions/1/write", {"door": "open", "line": "Try me."}, client=manager
    )

    assert answer.status_code == 403
    decision = office.decision_of(application)
    assert (decision.door, decision.line) == ("unlatched", "")


@pytest.mark.parametrize("act", ["send-now", "take-back", "told", "stand"])
def test_what_is_not_a_managers_to_do_is_refused(office, act):
    office.rejected()

    answer = office.post(
        f"/talent-pool/decisions/1/{act}", {"channel": "phone"}, client=office.sign_in("manager")
    )

    assert answer.status_code == 403


def test_a_manager_writes_the_line_before_the_decision_was_read(office):
    application = office.apply()
    office.reject(application)
    manager = office.sign_in("manager")

    read(office.get("/talent-pool/applications/1", client=manager)).press(
        manager, "Save", line="Mind the gap."
    )

    assert "Mind the gap." in office.letter_of(application).text


def test_a_decision_of_another_scope_is_not_there(office):
    office.rejected(scope="north")

    assert office.get("/talent-pool/decisions/1").status_code == 404
    assert office.get("/talent-pool/applications/1").status_code == 404
    assert office.post("/talent-pool/applications/1/write", {"line": "x"}).status_code == 404
    assert office.post("/talent-pool/decisions/1/write", {"line": "x"}).status_code == 404


def test_an_application_without_outcome_has_a_page_that_says_so(office):
    office.apply()

    assert "No outcome yet" in read(office.get("/talent-pool/applications/1")).text
    answer = office.post("/talent-pool/applications/1/write", {"line": "x"})
    assert answer.status_code == 409
    assert office.rows("decision") == []


@pytest.mark.parametrize("key", ["99", "abc", "9" * 40])
def test_an_application_that_is_not_there_is_not_found(office, key):
    assert office.get(f"/talent-pool/applications/{key}").status_code == 404


@pytest.mark.parametrize("status", ["hired", "withdrawn"])
def test_another_outcome_is_shown_without_a_letter(office, status):
    office.decide(office.apply(), status)
    office.sync()

    assert "No letter is written about it." in read(office.get("/talent-pool/decisions/1")).text


def test_a_decision_whose_row_is_gone_can_still_be_marked_as_told(office):
    office.rejected()
    with office.unit() as session:
        session.delete(session.get(office.host.Application, 1))
    office.sync()

    page = read(office.get("/talent-pool/decisions/1"))

    assert "no longer in the ATS" in page.text


def test_a_row_in_doubt_asks_who_it_is(office):
    office.rejected()
    office.set(office.host.Candidate, 1, name="Bo Lind", email="bo@mail.example")
    office.sync()

    page = read(office.get("/talent-pool/decisions/1"))
    assert "Is this still Ada Okafor?" in page.text
    assert office.send().sent == 0
    page.press(office.client, "Same person")

    assert office.send().sent == 1
    assert office.row("letter").to_name == "Bo Lind"


def test_the_decision_is_json_too(office):
    office.rejected()
    headers = {"Accept": "application/json", "X-CSRFToken": office.token()}

    shown = office.json("/talent-pool/decisions/1")
    wrote = office.client.post(
        "/talent-pool/decisions/1/write", json={"door": "open", "line": "Yes."}, headers=headers
    )
    wrong = office.client.post("/talent-pool/decisions/1/write", json={"door": "ajar"}, headers=headers)
    told = office.client.post("/talent-pool/decisions/1/told", json={"channel": "phone"}, headers=headers)

    assert shown["panel"]["phase"] == "waiting"
    assert (wrote.json["door"], wrote.json["line"]) == ("open", "Yes.")
    assert wrong.status_code == 400
    assert told.json["told_by"] == "phone"


def test_a_field_left_out_stays_as_it_is(office):
    application = office.rejected()
    office.post("/talent-pool/decisions/1/write", {"door": "open", "line": "A line."})

    office.post("/talent-pool/decisions/1/write", {"line": "Another line."})

    decision = office.decision_of(application)
    assert (decision.door, decision.line) == ("open", "Another line.")


def test_looking_at_pages_changes_no_row(office):
    from tests.web.test_widgets import everything

    office.rejected()
    office.reject(office.apply(name="Bo", email="bo@mail.example"))
    before = everything(office)

    for path in (
        "/talent-pool/decisions/1",
        "/talent-pool/decisions/2",
        "/talent-pool/applications/2",
        LETTERS,
        f"{LETTERS}/1",
    ):
        office.get(path)
        office.client.head(path)

    assert everything(office) == before
