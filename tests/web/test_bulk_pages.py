"""Pages of work on many decisions: choosing, what will happen, the number typed, rights, and what others see."""

import itertools

import pytest
import sqlalchemy as sa

from flask_talentpool.bulk import service as bulk
from tests.web.reading import Page, read

LETTERS = "/talent-pool/letters"
BULKS = "/talent-pool/bulks"
JSON = {"Accept": "application/json"}
NUMBERS = itertools.count()
"""People with addresses of their own."""


@pytest.fixture
def office(make_office):
    """An office whose letters wait for approval."""
    return make_office(TALENTPOOL_MODES="review")


def rejected(office, number, *, job=None, **who):
    """Let people apply and reject them; the applications' keys."""
    job = job or office.job()
    made = [
        office.apply(name=f"Person {n}", email=f"p{next(NUMBERS)}@mail.example", job=job, **who)
        for n in range(number)
    ]
    with office.unit() as session:
        for key in made:
            session.get(office.host.Application, key).status = "rejected"
    office.sync()
    return made


def work(office):
    with office.app.app_context():
        return office.talentpool.work_bulks()


def started(office, number=2, act="approve", *, job=None, **data):
    """Start an act on all held letters and let the worker look at them; the page's address."""
    rejected(office, number, job=job)
    answer = office.post(BULKS, {"act": act, "all": "1", "state": "held", **data})
    assert answer.status_code == 303, answer.text
    work(office)
    return answer.location


# From the letters page to the end


def test_all_held_letters_are_let_go_after_looking_and_confirming(office):
    rejected(office, 3)

    page = read(office.get(f"{LETTERS}?state=held"))
    page = read(office.get(page.link("All that are held for this …")))
    assert "3 letters at once" in page.text
    answer = page.press(office.client, "Look at them first")
    assert "The worker looks at each of them" in read(office.get(answer.location)).text
    work(office)
    page = read(office.get(answer.location))
    assert "What they would read" in page.text
    assert page.text.count("Subject") == 3
    page.press(office.client, "Let 3 letters go")
    work(office)

    assert "Going at their time: 3." in read(office.get(answer.location)).text
    assert {letter.state for letter in office.rows("letter")} == {"due"}


def test_only_those_ticked_are_reached(office):
    rejected(office, 3)
    letters = [letter.id for letter in office.rows("letter")]

    page = read(office.get(f"{BULKS}/new?letters={letters[0]}&letters={letters[2]}"))
    page.press(office.client, "Look at them first", act="approve")

    keys = {item.decision_id for item in office.rows("bulk_item")}
    assert keys == {office.row("letter", id=one).decision_id for one in (letters[0], letters[2])}


def failed(office, number=2, **columns):
    """Let letters fail as where a server refuses because of us; their ids."""
    rejected(office, number)
    with office.unit() as session:
        letter = office.talentpool.models.letter
        values = {
            "state": "failed",
            "because": "server_refused",
            "detail": "550 5.7.1 client host is on a block list",
            **columns,
        }
        session.execute(sa.update(letter).where(letter.state.in_(["held", "due"])).values(values))
    return [one.id for one in office.rows("letter")]


def test_all_letters_that_failed_for_one_cause_are_sent_again_after_looking(make_office):
    office = make_office(TALENTPOOL_MODES="auto")
    failed(office, 2, because="tries_spent")
    rejected(office, 1)
    page = read(office.get(f"{LETTERS}?state=needs-you"))
    page = read(office.get(page.link("All that failed for this …")))
    answer = page.press(office.client, "Look at them first")
    work(office)
    looked = read(office.get(answer.location))
    looked.press(office.client, "Send 2 letters again")
    work(office)

    assert "All that failed: The mail server kept putting it off." in page.text
    assert "goes with the next round of the worker" in looked.text
    assert "Person 0" in looked.text
    assert "Person 1" in looked.text
    assert "What they would read" in looked.text
    assert "Set to go again: 2." in read(office.get(answer.location)).text


def test_only_what_failed_can_be_ticked_where_letters_need_somebody(office):
    first, second = failed(office, 2)
    with office.unit() as session:
        letter = office.talentpool.models.letter
        lost = {"state": "unknown", "because": "no_answer"}
        session.execute(sa.update(letter).where(letter.id == second).values(lost))
    text = office.get(f"{LETTERS}?state=needs-you").text
    page = read(office.get(f"{BULKS}/new?state=failed&letters={first}&letters={second}"))
    page.press(office.client, "Look at them first", act="send_again")

    assert text.count('form="tp-many" name="letters"') == 1
    assert text.count("All that failed for this") == 1
    assert [item.letter_id for item in office.rows("bulk_item")] == [first]


def test_letters_of_another_scope_that_failed_cannot_be_sent_again(office):
    letters = failed(office, 2)
    with office.unit() as session:
        letter = office.talentpool.models.letter
        session.execute(sa.update(letter).where(letter.id == letters[1]).values(scope="elsewhere"))
    keys = [f"letter:{one}" for one in letters]
    answer = office.post(BULKS, {"act": "send_again", "application_keys": keys})

    assert answer.status_code == 303
    assert [item.letter_id for item in office.rows("bulk_item")] == letters[:1]


def test_every_letter_of_the_list_can_be_ticked_for_the_form(office):
    rejected(office, 2)

    text = office.get(f"{LETTERS}?state=held").text

    assert text.count('form="tp-many" name="letters"') == 2
    assert 'aria-label="Tick the letter to Person 1"' in text


def test_none_ticked_says_what_to_do(office):
    rejected(office, 1)

    assert "None is chosen" in read(office.get(f"{BULKS}/new?state=held")).text


def test_the_bench_leads_to_the_letters_of_its_job(office):
    job = office.job("Data Analyst")
    rejected(office, 2, job=job)
    rejected(office, 1)

    page = read(office.get(f"/talent-pool/jobs/{job}"))

    assert "2 letters at once" in read(office.get(page.link("Letters of this job, many at once"))).text


def test_a_form_posted_twice_is_one_act(office):
    rejected(office, 2)
    page = read(office.get(f"{BULKS}/new?all=1&state=held"))

    first = page.press(office.client, "Look at them first")
    second = page.press(office.client, "Look at them first")

    assert first.location == second.location
    assert len(office.rows("bulk")) == 1


# The number


def test_above_thirty_the_number_is_typed_and_checked_on_the_server(office):
    url = started(office, 31)
    page = read(office.get(url))
    assert "Type 31" in page.text

    wrong = page.press(office.client, "Let 31 letters go", number="30")
    assert wrong.status_code == 409
    assert "You typed 30. Type 31" in wrong.text
    work(office)
    assert {letter.state for letter in office.rows("letter")} == {"held"}

    assert page.press(office.client, "Let 31 letters go", number="31").status_code == 303


def test_an_empty_number_is_refused_too(office):
    page = read(office.get(started(office, 31)))

    assert "You typed no number" in page.press(office.client, "Let 31 letters go").text


def test_words_for_a_number_are_told_at_the_field(office):
    answer = office.post(started(office, 31) + "/confirm", {"number": "many"})

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text


def test_an_open_door_is_said_by_name(office):
    url = started(office, 2, "set", door="open")
    page = read(office.get(url))
    assert "I, Recruiter Miller, want each of these 2 back." in page.text

    refused = page.press(office.client, "Set this for 2 people", number="2")
    assert "tick that you say so" in refused.text
    page.press(office.client, "Set this for 2 people", number="2", says_so="y")
    work(office)

    assert {one.door_by_name for one in office.rows("decision")} == {"Recruiter Miller"}


def test_the_sample_shows_what_will_be_set_and_stores_nothing(office):
    url = started(office, 1, "set", door="closed")
    before = office.row("letter").text

    shown = read(office.get(url)).text

    assert office.row("decision").door == "unlatched"
    assert office.row("letter").text == before
    assert "What they would read" in shown
    assert "Door: closed" in shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"act": "set"}, "Choose what to set"),
        ({"act": "set", "reason": "requirement"}, "say which"),
        ({"act": "tell"}, "Say how they were told"),
        ({"act": "dance"}, "Choose one of the things"),
    ],
)
def test_what_is_missing_is_told_on_the_form(office, data, said):
    rejected(office, 1)

    answer = office.post(BULKS, {"all": "1", "state": "held", **data})

    assert answer.status_code in (400, 409)
    assert said in answer.text


# What is left out, stopping and undoing


def test_who_is_left_out_stands_there_with_reason_and_number(office):
    rejected(office, 1)
    with office.unit() as session:
        session.query(office.host.Candidate).update({"email": ""})
    office.sync()
    url = started(office, 2)

    page = read(office.get(url))
    assert "Left out, and why" in page.text
    assert "No address: the candidate has no e-mail." in page.text
    listed = read(office.get(page.link("1 letter")))
    assert "Person 0 · Backend Engineer" in listed.text


def test_it_is_stopped_goes_on_and_is_undone(office):
    url = started(office, 2)
    read(office.get(url)).press(office.client, "Let 2 letters go")

    read(office.get(url)).press(office.client, "Stop")
    assert "It was stopped" in read(office.get(url)).text
    read(office.get(url)).press(office.client, "Go on")
    work(office)
    read(office.get(url)).press(office.client, "Undo")
    work(office)

    assert "2 letters are as before" in read(office.get(url)).text
    assert {letter.state for letter in office.rows("letter")} == {"held"}


def test_what_was_done_to_many_is_listed(office):
    assert "Nothing was done to many at once yet" in read(office.get(BULKS)).text
    started(office)

    assert "Let letters go: letters that are held" in read(office.get(BULKS)).text


def test_progress_is_a_bar_with_words_and_needs_no_script(office):
    rejected(office, 2)
    url = office.post(BULKS, {"act": "approve", "all": "1", "state": "held"}).location

    html = office.get(url).text

    assert (
        '<progress class="tp-progress" id="tp-progress" max="2" value="0">0 of 2 looked at</progress>' in html
    )
    assert "See how far it is" in Page(html).text


# JSON


def test_a_host_starts_one_with_the_keys_of_applications(office):
    made = rejected(office, 2)
    headers = {**JSON, "X-CSRFToken": office.token()}

    answer = office.client.post(
        BULKS, json={"act": "approve", "application_keys": [*made, 999], "token": "t1"}, headers=headers
    )

    assert (answer.status_code, answer.json["total"], answer.json["state"]) == (200, 2, "looking")
    work(office)
    page = office.json(answer.json["page"])
    assert (page["ready"], page["not_there"], page["bulk"]["state"]) == (2, 1, "ready")
    confirmed = office.client.post(f"{answer.json['page']}/confirm", json={"number": 2}, headers=headers)
    assert confirmed.status_code == 200


def test_an_empty_list_of_keys_means_nobody(office):
    rejected(office, 2)
    headers = {**JSON, "X-CSRFToken": office.token()}

    answer = office.client.post(
        BULKS, json={"act": "take_back", "application_keys": [], "state": "untold"}, headers=headers
    )

    assert answer.status_code == 409
    assert not office.rows("bulk")


def test_more_than_five_thousand_are_refused(office):
    headers = {**JSON, "X-CSRFToken": office.token()}

    answer = office.client.post(
        BULKS, json={"act": "hold", "application_keys": list(range(5001))}, headers=headers
    )

    assert answer.status_code == 409
    assert "5,001; up to 5,000" in answer.json["message"]


def test_a_number_typed_wrong_is_told_to_json_as_well(office):
    url = started(office, 31)
    headers = {**JSON, "X-CSRFToken": office.token()}

    answer = office.client.post(f"{url}/confirm", json={"number": 3}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (409, "look_again")


# Rights


@pytest.mark.parametrize("path", ["", "/new?all=1&state=held", "/1"])
@pytest.mark.parametrize("role", ["manager", "outsider"])
def test_only_who_may_act_on_many_sees_the_pages(office, role, path):
    started(office)

    assert office.get(BULKS + path, client=office.sign_in(role)).status_code == 403


@pytest.mark.parametrize("act", ["", "/1/confirm", "/1/stop", "/1/go-on", "/1/undo"])
def test_only_who_may_act_on_many_does_so(office, act):
    started(office)
    before = office.row("bulk")

    answer = office.post(BULKS + act, {"act": "hold", "all": "1"}, client=office.sign_in("manager"))

    assert answer.status_code == 403
    assert office.row("bulk") == before


def test_a_manager_is_offered_nothing_of_it(office):
    rejected(office, 1)

    text = office.get(f"{LETTERS}?state=held", client=office.sign_in("manager")).text

    assert "tp-many" not in text


def test_another_scope_s_act_is_not_there(office):
    url = started(office)
    north = office.sign_in("north")

    assert office.get(url, client=north).status_code == 404
    assert office.post(f"{url}/stop", client=north).status_code == 404
    assert "Nothing was done to many" in read(office.get(BULKS, client=north)).text


def test_applications_of_another_scope_are_not_reached(office):
    mine = rejected(office, 1)
    theirs = rejected(office, 1, scope="north")

    office.post(BULKS, {"act": "take_back", "application_keys": [*map(str, [*mine, *theirs])]})

    assert [item.application_key for item in office.rows("bulk_item")] == [str(mine[0])]


def test_letters_of_another_scope_cannot_be_ticked(office):
    rejected(office, 1, scope="north")

    assert "None is chosen" in read(office.get(f"{BULKS}/new?letters=1")).text


def test_a_colleague_sees_it_and_may_stop_but_not_confirm(office):
    url = started(office)
    admin = office.sign_in("admin")

    assert "Only Recruiter Miller can confirm this" in read(office.get(url, client=admin)).text
    assert office.post(f"{url}/confirm", client=admin).status_code == 409
    assert office.post(f"{url}/stop", client=admin).status_code == 303


@pytest.mark.parametrize("act", ["", "/1/confirm", "/1/stop", "/1/go-on", "/1/undo"])
def test_nothing_is_done_without_a_token(office, act):
    started(office)
    before = office.row("bulk")

    answer = office.client.post(BULKS + act, data={"act": "hold", "all": "1", "state": "held"})

    assert answer.status_code == 400
    assert office.row("bulk") == before


def test_looking_changes_nothing(office):
    url = started(office, 3)
    read(office.get(url)).press(office.client, "Let 3 letters go")
    kept = [office.rows(name) for name in ("bulk", "bulk_item", "letter", "decision", "audit")]

    with office.counting() as seen:
        for path in (
            BULKS,
            f"{BULKS}/new?all=1&state=held",
            f"{BULKS}/new?letters=1",
            url,
            f"{url}?show=to-do",
        ):
            assert office.get(path).status_code == 200

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]
    assert [office.rows(name) for name in ("bulk", "bulk_item", "letter", "decision", "audit")] == kept


# Cost


@pytest.mark.untraced
@pytest.mark.parametrize("act", ["approve", "set"])
def test_the_page_costs_the_same_for_many(office, act):
    job = office.job()
    few = started(office, 6, act, job=job, door="closed")
    many = started(office, 60, act, job=job, door="closed")

    with office.counting() as for_few:
        office.get(few)
    with office.counting() as for_many:
        office.get(many)

    assert len(for_many) == len(for_few)


@pytest.mark.untraced
def test_a_page_lists_fifty_at_a_time(office, monkeypatch):
    monkeypatch.setattr(bulk, "TYPED_ABOVE", 100)
    url = started(office, 60)
    read(office.get(url)).press(office.client, "Let 60 letters go")
    work(office)

    first, second = read(office.get(f"{url}?show=done")), read(office.get(f"{url}?show=done&page=2"))

    assert first.text.count("Backend Engineer") == 50
    assert second.text.count("Backend Engineer") == 10
    assert "Page 2 of 2" in second.text


def test_the_list_of_acts_goes_on_where_its_last_page_ended(office, monkeypatch):
    monkeypatch.setattr("flask_talentpool.bulk.queries.PAGE_SIZE", 2)
    urls = [started(office, 1, job=office.job(title=f"Job {n}")) for n in range(3)]

    first = read(office.get(BULKS))
    second = read(office.get(first.link("Older")))

    def acts(page):
        return [href for href, _ in page.links if href in urls]

    assert acts(first) + acts(second) == urls[::-1]
    assert acts(read(office.get(second.link("Newer")))) == acts(first)
    assert acts(read(office.get(f"{BULKS}?at=forged"))) == acts(first)
