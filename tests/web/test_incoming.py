"""Pages of what came back: who may see and do what, what a GET changes (nothing), and what a page costs."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from flask_talentpool.letters.incoming import suppression
from tests.support import incoming as samples
from tests.support.incoming import reply
from tests.web.reading import read

INCOMING = "/talent-pool/incoming"
EMAIL = "ada@mail.example"
ACTS = ("read", "unread", "answered", "not-answered", "give", "works-again", "erase")


def receive(office, raw):
    with office.app.app_context():
        return office.talentpool.receive(raw).id


def a_letter(office, **who):
    """Turn somebody down and send the letter; its Message-ID."""
    office.rejected(**who)
    office.send()
    return office.rows("letter")[-1].message_id


def a_reply(office, text="When does the next round start?", *, number=1, **who):
    return receive(office, reply(text, answers=a_letter(office, **who), number=number))


def tab(office, name, **options):
    return read(office.get(f"{INCOMING}?tab={name}", **options))


# The lists


@pytest.mark.parametrize("name", ["to-read", "came-back", "whose", "all"])
def test_an_empty_list_says_how_mail_comes_in(office, name):
    assert "flask talentpool receive" in tab(office, name).text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("to-read", "Nothing to read"),
        ("came-back", "No letter came back"),
        ("whose", "Every mail has its person"),
        ("all", "Nothing came in"),
    ],
)
def test_an_empty_list_says_what_will_come_once_mail_is_taken(make_office, name, said):
    assert said in tab(make_office(TALENTPOOL_REPLY_MAILBOX="replies@example.test"), name).text


def test_a_tab_that_does_not_exist_is_not_found(office):
    assert office.get(f"{INCOMING}?tab=elsewhere").status_code == 404


def test_what_is_urgent_stands_first(office):
    message_id = a_letter(office)
    receive(office, reply("First question?", answers=message_id, number=1))
    office.clock.advance(timedelta(hours=1))
    receive(office, reply("I want to make a complaint.", answers=message_id, number=2))

    page = tab(office, "to-read")

    assert page.text.index("I want to make a complaint.") < page.text.index("First question?")
    assert "Read today" in page.text


def test_each_mail_stands_where_it_belongs(office):
    message_id = a_letter(office)
    receive(office, reply("A question?", answers=message_id))
    receive(office, reply("Thank you!", answers=message_id, number=2))
    receive(office, reply("Who am I?", answers="", sender="x@y.test", number=3))
    receive(office, samples.postfix(message_id))
    receive(office, reply("Away", answers=message_id, number=4, headers="Auto-Submitted: auto-replied\n"))

    model = office.json(INCOMING)

    assert {one["key"]: one["count"] for one in model["tabs"]} == {
        "to-read": 3,
        "came-back": 1,
        "whose": 1,
        "all": 5,
    }
    assert {row["kind"] for row in office.json(f"{INCOMING}?tab=all")["rows"]} == {
        "reply", "thank_you", "unknown", "returned", "auto_reply"
    }  # fmt: skip
    assert "Thank-you note" in tab(office, "to-read").text


def test_a_mail_is_marked_as_read_from_the_list(office):
    a_reply(office)

    answer = tab(office, "to-read").press(office.client, "Mark as read")

    assert answer.location == f"{INCOMING}?tab=to-read"
    assert office.row("incoming").read_by.startswith("User:")
    assert "Nothing to read" in tab(office, "to-read").text


def test_lists_and_pages_cost_the_same_however_much_there_is(office):
    message_id = a_letter(office)
    one = receive(office, reply(answers=message_id))

    def costs():
        found = []
        for path in (
            INCOMING,
            f"{INCOMING}?tab=all",
            f"{INCOMING}/{one}?q=ada",
            "/talent-pool/",
            "/talent-pool/people/1",
        ):
            with office.counting() as seen:
                assert office.get(path).status_code == 200
            found.append(len(seen))
        return found

    few = costs()
    for number in range(2, 70):
        receive(office, reply(answers=message_id, number=number))
    receive(office, samples.postfix(message_id))
    receive(office, reply("I want to make a complaint.", answers="", number=99))

    assert costs() == few
    assert few[0] <= 5
    assert "Page 1 of 2" in read(office.get(INCOMING)).text
    assert "Page 2 of 2" in read(office.get(f"{INCOMING}?page=2")).text


# One mail


def test_a_mail_shows_its_words_and_the_letter_it_answers(office):
    number = a_reply(office, "When does\nthe next round start? <b>")

    page = read(office.get(f"{INCOMING}/{number}"))

    assert "the next round start? <b>" in page.text
    assert page.link("The letter") == "/talent-pool/letters/1"
    assert page.link("The person") == "/talent-pool/people/1"
    assert "from another address than the letter went to" in page.text


def test_hostile_words_stay_words(office):
    number = receive(
        office,
        reply(
            "<script>alert(1)</script>", answers="", sender='"<img src=x>" <x@y.test>', subject="<i>{{ 7*7 }}"
        ),
    )

    html = office.get(f"{INCOMING}/{number}").text

    assert [tag for tag in ("<script>alert", "<img src=x", "<i>") if tag in html] == []
    assert "{{ 7*7 }}" in html


def test_it_is_read_and_put_back(office):
    number = a_reply(office)

    read(office.get(f"{INCOMING}/{number}")).press(office.client, "Mark as read")
    page = read(office.get(f"{INCOMING}/{number}"))
    assert "You read it" in page.text
    page.press(office.client, "Mark as unread")

    assert office.row("incoming").read_at is None


def test_what_came_back_says_to_tell_the_person_another_way(office):
    number = receive(office, samples.postfix(a_letter(office)))

    page = read(office.get(f"{INCOMING}/{number}"))
    assert "Tell Ada Okafor another way" in page.text
    assert f"Nothing more is sent to {EMAIL}" in page.text
    page.press(office.client, "It works again")

    assert f"Nothing more is sent to {EMAIL}" not in read(office.get(f"{INCOMING}/{number}")).text
    assert office.rows("suppression") == []
    assert office.row("letter").state == "sent"


def test_the_letter_page_shows_that_it_came_back(office):
    receive(office, samples.postfix(a_letter(office)))

    assert "Came back" in read(office.get("/talent-pool/letters/1")).text


def test_a_mail_is_given_to_the_person_it_is_from(office):
    a_letter(office)
    number = receive(office, reply("Thank you!", answers="", sender="private@mail.example"))

    page = read(office.get(f"{INCOMING}/{number}?q=okaf"))
    page.press(office.client, "Theirs")

    row = office.row("incoming")
    assert (row.person_id, row.kind) == (1, "thank_you")
    assert "Sent a thank-you note" in read(office.get("/talent-pool/people/1")).text


def test_a_search_finds_nobody_of_another_scope_and_says_so(office):
    a_letter(office, scope="north")
    number = receive(office, reply(answers="", sender="private@mail.example"))

    page = read(office.get(f"{INCOMING}/{number}?q=okafor"))

    assert "Nobody here is called that" in page.text
    assert "Ada Okafor" not in page.text
    assert office.post(f"{INCOMING}/{number}/give", {"person_id": "1"}).status_code == 404


@pytest.mark.parametrize("wanted", ["", "abc", "999", "-1", "9" * 40])
def test_giving_to_nobody_is_refused(office, wanted):
    number = a_reply(office)

    assert office.post(f"{INCOMING}/{number}/give", {"person_id": wanted}).status_code in (404, 409)


def test_a_percent_sign_finds_nobody(office):
    number = a_reply(office)

    assert office.json(f"{INCOMING}/{number}?q=%25%25")["found"] == []


def test_an_erased_mail_is_gone(office):
    number = a_reply(office)

    read(office.get(f"{INCOMING}/{number}")).press(office.client, "Erase for good")

    assert office.get(f"{INCOMING}/{number}").status_code == 404
    assert office.row("incoming").text == ""
    assert office.json(f"{INCOMING}?tab=all")["rows"] == []


# The first page and the person's page


def test_the_first_page_names_who_wrote_and_whose_letter_came_back(office):
    message_id = a_letter(office)
    receive(office, samples.postfix(message_id))
    receive(office, reply("Thank you!", answers=message_id))
    receive(office, reply("I was discriminated against.", answers=message_id, number=2))
    receive(office, reply("Who am I?", answers="", number=3))

    page = read(office.get("/talent-pool/"))

    assert "Read today" in page.text
    assert "speaks of discrimination" in page.text
    assert "Tell Ada Okafor another way" in page.text
    assert "Wrote to us" in page.text
    assert "1 mail nobody knows whose" in page.text
    assert (
        "4 things need a person: 1 mail to read today, 1 letter that came back, 2 mails to read." in page.text
    )
    assert office.json("/talent-pool/")["incoming"]["urgent_count"] == 1


def test_what_was_read_leaves_the_first_page(office):
    number = a_reply(office)
    assert "Wrote to us" in read(office.get("/talent-pool/")).text

    office.post(f"{INCOMING}/{number}/read")

    assert "Wrote to us" not in read(office.get("/talent-pool/")).text


def test_the_persons_page_lists_what_they_wrote(office):
    number = a_reply(office)

    page = read(office.get("/talent-pool/people/1"))

    assert page.link("Wrote to us") == f"{INCOMING}/{number}"
    assert "Not read yet" in page.text
    assert page.text.count("Wrote to us") == 1


# Rights


def test_a_manager_reads_answers_to_letters_about_own_jobs_and_changes_nothing(office):
    number = a_reply(office)
    other = a_reply(
        office, number=2, name="Bo", email="bo@mail.example", job=office.job("Other", owner="admin")
    )
    manager = office.sign_in("manager")

    page = read(office.get(f"{INCOMING}/{number}", client=manager))

    assert not page.has_button("Mark as read")
    assert not page.has_button("Erase for good")
    assert office.get(f"{INCOMING}/{other}", client=manager).status_code == 404
    assert "Bo" not in tab(office, "to-read", client=manager).text
    for act in ACTS:
        assert (
            office.post(f"{INCOMING}/{number}/{act}", {"person_id": "1"}, client=manager).status_code == 403
        )
    assert office.rows("incoming")[0].read_at is None


def test_mail_of_another_scope_is_not_there(office):
    number = a_reply(office, scope="north")

    assert office.get(f"{INCOMING}/{number}").status_code == 404
    assert office.json(f"{INCOMING}?tab=all")["rows"] == []
    assert office.json("/talent-pool/")["incoming"]["replies_count"] == 0
    for act in ACTS:
        assert office.post(f"{INCOMING}/{number}/{act}", {"person_id": "1"}).status_code == 404


def test_mail_nobody_knows_is_seen_by_those_without_a_scope_and_by_admins(office):
    number = receive(office, reply(answers="", sender="x@y.test"))

    assert office.get(f"{INCOMING}/{number}").status_code == 200
    assert office.get(f"{INCOMING}/{number}", client=office.sign_in("admin")).status_code == 200
    assert office.get(f"{INCOMING}/{number}", client=office.sign_in("north")).status_code == 404


@pytest.mark.parametrize("path", [INCOMING, f"{INCOMING}/1"])
def test_an_outsider_and_a_stranger_read_nothing(office, path):
    a_reply(office)

    assert office.get(path, client=office.sign_in("outsider")).status_code == 403
    assert office.get(path, client=office.app.test_client()).status_code == 302


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_without_a_token(office, act):
    number = a_reply(office)

    assert office.client.post(f"{INCOMING}/{number}/{act}", data={"person_id": "1"}).status_code == 400
    assert office.row("incoming").read_at is None


def test_looking_changes_no_row(office):
    from tests.web.test_widgets import everything

    number = a_reply(office)
    receive(office, samples.postfix(office.row("letter").message_id))
    before = everything(office)

    for path in (
        INCOMING,
        f"{INCOMING}?tab=all",
        f"{INCOMING}/{number}?q=ada",
        f"{INCOMING}/2",
        "/talent-pool/",
    ):
        office.get(path)
        office.client.head(path)

    assert everything(office) == before


def test_acts_are_json_too(office):
    number = a_reply(office)
    headers = {"Accept": "application/json", "X-CSRFToken": office.token()}

    answer = office.client.post(f"{INCOMING}/{number}/read", json={}, headers=headers)

    assert answer.json["is_read"] is True
    assert office.json(f"{INCOMING}/{number}")["text"] == "When does the next round start?"


# Barred addresses


def barred(office, **who):
    """Let a letter come back because of us, and bar its address as an earlier version did."""
    message_id = a_letter(office, **who)
    letter = office.rows("letter")[-1]
    raw = samples.postfix(message_id, status="5.7.1", to=letter.to_address)
    receive(office, raw.replace(b"Recipient address rejected: User unknown", b"blocked using a block list"))
    with office.app.app_context():
        office.talentpool.transact(
            lambda ctx: suppression.suppress(ctx, letter.to_address, scope=letter.scope)
        )
    return letter


def test_barred_addresses_are_listed_with_what_was_said_and_lifted_at_one_press(office):
    letter = barred(office)
    page = read(office.get(read(office.get(INCOMING)).link("Barred addresses")))
    answer = page.press(office.client, "Let mail go there again")
    after = read(office.get(answer.location))

    assert letter.to_address in page.text
    assert "our sender, server or account was refused" in page.text
    assert "Lifted: 1." in after.text
    assert "No address is barred for what is not its fault" in after.text
    assert office.rows("suppression") == []


def test_barred_addresses_of_another_scope_are_neither_seen_nor_lifted(office):
    letter = barred(office, scope="north")
    page = read(office.get(f"{INCOMING}/barred"))
    office.post(f"{INCOMING}/barred/lift")

    assert letter.to_address not in page.text
    assert len(office.rows("suppression")) == 1


def test_a_manager_is_not_offered_barred_addresses(office):
    manager = office.sign_in("manager")

    assert office.get(f"{INCOMING}/barred", client=manager).status_code == 403
    assert "Barred addresses" not in office.get(INCOMING, client=manager).text


# Answering


def test_a_reply_is_answered_in_the_mail_program_and_stands_in_the_history(office):
    mail = a_reply(office)
    page = office.get(f"{INCOMING}/{mail}").text
    row = office.rows("incoming")[0]
    assert f'href="mailto:{row.from_address}?subject=Re%3A%20Your%20application' in page
    assert f"In-Reply-To={quote(row.message_id, safe='')}" in page.replace("&amp;", "&")

    for _ in range(2):
        office.post(f"{INCOMING}/{mail}/answered")

    row = office.rows("incoming")[0]
    assert row.answered_at is not None
    assert row.read_at is not None
    assert "Answered their mail" in office.get(f"/talent-pool/people/{row.person_id}").text
    assert "You answered it" in office.get(f"{INCOMING}/{mail}").text.replace("</span><br>", "")


def test_not_answered_after_all_takes_it_out_of_the_history(office):
    mail = a_reply(office)
    office.post(f"{INCOMING}/{mail}/answered")

    office.post(f"{INCOMING}/{mail}/not-answered")

    row = office.rows("incoming")[0]
    assert row.answered_at is None
    assert "Answered their mail" not in office.get(f"/talent-pool/people/{row.person_id}").text


def test_a_report_cannot_be_answered(office):
    a_letter(office)
    mail = receive(office, samples.postfix(office.rows("letter")[-1].message_id))

    assert "mailto:" not in office.get(f"{INCOMING}/{mail}").text
    assert office.post(f"{INCOMING}/{mail}/answered").status_code == 409
