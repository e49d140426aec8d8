"""Editing the texts of letters: rights, preview, saving, comparing, going back, and a test to oneself."""

import re

import pytest

from flask_talentpool.letters.texts.vocabulary import NAMES
from tests.support.measuring import at_once
from tests.web.reading import Page

LIST = "/talent-pool/texts"
PAGE = "/talent-pool/texts/en/outcome/finalist.unlatched"
PLAIN = "Subject: Our answer\n\nDear {{ name }},\n\nWe are not offering you this job.\n\nKind regards\n\n{{ writer }}\n"
EVERY = [
    ("GET", LIST),
    ("GET", PAGE),
    ("GET", f"{PAGE}/compare"),
    ("POST", PAGE),
    ("POST", f"{PAGE}/preview"),
    ("POST", f"{PAGE}/restore"),
    ("POST", f"{PAGE}/test"),
]


def source_of(office, path=PAGE):
    return office.json(path)["text"]["source"]


def save(office, source=PLAIN, *, seen=0, note="", path=PAGE, **options):
    return office.post(path, {"source": source, "seen": seen, "note": note}, **options)


def press_of(page):
    return re.search(r'name="press" value="([^"]+)"', page.text)[1]


def test_every_page_of_texts_asks_for_the_right(office):
    stranger = office.app.test_client()
    manager = office.sign_in("manager", client=office.app.test_client())
    for method, path in EVERY:
        data = {"csrf_token": office.token(manager)} if method == "POST" else None
        assert manager.open(path, method=method, data=data).status_code == 403, path
        data = {"csrf_token": office.token(stranger)} if method == "POST" else None
        assert stranger.open(path, method=method, data=data).status_code in (302, 401), path


@pytest.mark.parametrize("path", [path for method, path in EVERY if method == "POST"])
def test_a_post_without_a_token_is_refused(office, path):
    assert office.client.post(path, data={"source": PLAIN, "seen": 0}).status_code == 400
    assert office.rows("text_edition") == []


def test_the_link_to_the_texts_stands_only_where_they_may_be_edited(office):
    manager = office.sign_in("manager", client=office.app.test_client())

    assert f'href="{LIST}"' in office.get("/talent-pool/letters").text
    assert f'href="{LIST}"' not in office.get("/talent-pool/letters", client=manager).text


def test_the_list_has_every_text_of_a_language(office):
    page = office.get(LIST)

    assert page.status_code == 200
    for name in NAMES:
        assert f'href="/talent-pool/texts/en/{name}"' in page.text
    assert "To a finalist, door unlatched" in page.text


def test_the_list_says_who_edited_what(office):
    save(office, note="Shorter")

    page = office.get(LIST)

    assert "Version 1, by Recruiter Miller" in Page(page.text).text
    assert ">Edited<" in page.text


@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}?language=xx",
        f"{LIST}/xx/recall",
        f"{LIST}/en/nothing",
        f"{LIST}/en/../../secret",
        f"{PAGE}/compare?old=7&new=0",
    ],
)
def test_what_is_not_there_is_not_found(office, path):
    assert office.get(path).status_code == 404


def test_looking_and_previewing_write_nothing(office):
    office.rejected()
    before = {name: office.rows(name) for name in ("text_edition", "letter", "audit", "decision", "member")}

    for _, path in [row for row in EVERY if row[0] == "GET"]:
        office.get(path)
        office.client.head(path)
    answer = office.post(f"{PAGE}/preview", {"source": PLAIN, "seen": 0})

    assert answer.status_code == 200
    assert {name: office.rows(name) for name in before} == before


def test_the_page_previews_the_text_on_somebody_real(office):
    office.rejected(name="Zoë Ørsted")

    page = office.get(PAGE)

    assert "Dear Zoë Ørsted," in page.text
    assert "We are not offering you the" in page.text
    assert "The check found nothing." in page.text


def test_without_decisions_the_preview_is_on_somebody_made_up(office):
    page = office.get(PAGE)

    assert "Dear Maëlle Oduya," in page.text
    assert "made up" in page.text


def test_one_can_choose_the_made_up_person_though_there_are_real_ones(office):
    office.rejected(name="Zoë Ørsted")

    assert "Dear Maëlle Oduya," in office.get(f"{PAGE}?person=0").text


@pytest.mark.parametrize("name", NAMES)
def test_every_text_opens_and_reads_without_a_finding(office, name):
    office.rejected(name="Zoë Ørsted")
    for language in ("en", "de"):
        answer = office.get(f"{LIST}/{language}/{name}")
        trial = office.json(f"{LIST}/{language}/{name}")["trial"]

        assert answer.status_code == 200
        if trial["written"] is not None:
            assert trial["findings"] == [], (language, name)


def test_a_person_of_another_scope_is_never_shown(office):
    office.rejected(name="Nils Nordmann", scope="north")
    decision = office.rows("decision")[0]

    page = office.get(f"{PAGE}?person={decision.id}")

    assert "Nordmann" not in page.text
    assert "Dear Maëlle Oduya," in page.text


def test_the_texts_of_another_scope_are_not_found(office):
    north = office.sign_in("north", client=office.app.test_client())

    assert office.get(f"{PAGE}?scope=north").status_code == 404
    assert office.get(f"{PAGE}?scope=", client=north).status_code == 404
    assert save(office, client=north).status_code == 303
    assert office.row("text_edition").scope == "north"
    assert source_of(office) != PLAIN


def test_words_that_are_not_saved_are_previewed_and_checked(office):
    office.rejected(name="Zoë Ørsted")
    words = PLAIN.replace("We are not", "Unfortunately we regret that you are overqualified. We are not")

    page = office.post(f"{PAGE}/preview", {"source": words, "seen": 0})

    assert "Dear Zoë Ørsted," in page.text
    assert "Holds the letter" in page.text
    assert "Could be better" in page.text
    assert "For example: " in page.text
    assert "you are overqualified. We are not" in page.text


def test_the_preview_never_shows_the_words_as_markup(office):
    words = PLAIN.replace("We are", "<script>alert(1)</script> We are")

    page = office.post(f"{PAGE}/preview", {"source": words})

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_an_internal_reason_in_the_words_is_found(office):
    office.rejected(name="Zoë Ørsted")
    decision = office.rows("decision")[0]
    office.change("decision", decision.id, note="Asked for far more than the band allows.")
    words = PLAIN.replace("We are not", "Asked for far more than the band allows. We are not")

    trial = office.post(f"{PAGE}/preview", {"source": words}, headers={"Accept": "application/json"}).json[
        "trial"
    ]

    assert [finding["rule"] for finding in trial["findings"]] == ["internal"]


def test_saving_makes_a_version_that_letters_are_written_from(office):
    answer = save(office, note=" Shorter  now ")

    row = office.row("text_edition")
    office.rejected(name="Zoë Ørsted")

    assert answer.status_code == 303
    assert (row.version, row.note, row.by_name) == (1, "Shorter now", "Recruiter Miller")
    assert source_of(office) == PLAIN
    assert office.row("letter").subject == "Our answer"
    assert "Saved as version 1" in office.get(answer.location).text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{% for a in name %}x{% endfor %}", "a loop cannot be used"),
        ("{{ name.upper() }}", "cannot be used"),
        ("{{ name.__class__ }}", "nobody looks inside a value"),
        ("{{ surname }}", "there is no value"),
        ("{% if name %}", "is not closed"),
        ("{{ name", "cannot be read"),
        ("[words](guide:nowhere)", "page of the guide"),
        ("[words](https://evil.test)", "nothing that a letter can link to"),
        ("x" * 30_000, "longest there can be"),
    ],
)
def test_a_hostile_text_is_refused_with_a_sentence_and_kept_on_the_page(office, words, said):
    answer = save(office, PLAIN + "\n" + words + "\n", note="try")

    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert "We are not offering you this job." in answer.text
    assert office.rows("text_edition") == []


@pytest.mark.parametrize("act", ["", "/preview", "/test"])
def test_ten_megabytes_are_refused_with_a_sentence(office, act):
    answer = office.post(PAGE + act, {"source": "a" * 10_000_000, "seen": 0, "press": "p"})

    assert answer.status_code in (200, 400, 409, 413)
    assert "20,000" in answer.text
    assert office.rows("text_edition") == office.rows("letter") == []


def test_an_empty_text_is_refused(office):
    answer = save(office, "   ")

    assert answer.status_code == 400
    assert office.rows("text_edition") == []


def test_saving_what_somebody_else_changed_meanwhile_is_a_conflict_that_loses_no_words(office):
    save(office)
    mine = PLAIN.replace("Our answer", "My own subject")

    answer = save(office, mine, seen=0)

    assert answer.status_code == 409
    assert "Somebody saved this text while you were at it" in answer.text
    assert "My own subject" in answer.text
    assert 'name="seen" value="1"' in answer.text
    assert source_of(office) == PLAIN
    assert save(office, mine, seen=1).status_code == 303
    assert source_of(office) == mine


def signed_in(office, number):
    """Return that many clients of the recruiter, each with a token."""
    clients = [office.sign_in("recruiter", client=office.app.test_client()) for _ in range(number)]
    return [(client, office.token(client)) for client in clients]


@pytest.mark.both_databases
def test_of_many_who_save_at_once_one_is_first_and_the_others_are_told(make_office, database_url):
    office = make_office(database_url)
    staff = signed_in(office, 4)

    def press(number):
        client, token = staff[number]
        words = PLAIN.replace("Our answer", f"Answer {number}")
        return client.post(PAGE, data={"csrf_token": token, "source": words, "seen": 0}).status_code

    results = at_once(4, press)

    assert sorted(results) == [303, 409, 409, 409]
    assert [row.version for row in office.rows("text_edition")] == [1]


@pytest.mark.both_databases
def test_the_same_press_from_many_windows_is_one_test_mail(make_office, database_url):
    office = make_office(database_url)
    staff = signed_in(office, 4)

    def press(number):
        client, token = staff[number]
        return client.post(
            f"{PAGE}/test", data={"csrf_token": token, "source": PLAIN, "press": "p"}
        ).status_code

    assert at_once(4, press) == [200] * 4
    assert len(office.rows("letter", kind="colleague")) == 1


def test_a_conflict_is_told_to_a_json_client(office):
    save(office)

    answer = save(office, PLAIN + "\nP\n", seen=0, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (409, "text_changed")


def test_versions_are_compared_by_signs_and_words_not_colour_alone(office):
    save(office)
    save(office, PLAIN.replace("Our answer", "What we decided"), seen=1)

    page = office.get(f"{PAGE}/compare?old=1&new=2")

    assert "Taken out: " in page.text
    assert "Added: " in page.text
    assert "\u2212</span>" in page.text
    assert "+</span>" in page.text
    assert "Subject: What we decided" in page.text
    assert "No difference" in office.get(f"{PAGE}/compare?old=1&new=1").text
    assert office.json(f"{PAGE}/compare?old=1&new=2")["lines"][0] == {
        "kind": "out",
        "text": "Subject: Our answer",
    }


def test_going_back_to_a_version_makes_a_new_one(office):
    save(office)
    save(office, PLAIN.replace("Our answer", "What we decided"), seen=1)

    answer = office.post(f"{PAGE}/restore", {"version": 1, "seen": 2})

    assert answer.status_code == 303
    assert source_of(office) == PLAIN
    assert [row.version for row in office.rows("text_edition")] == [1, 2, 3]


def test_going_back_to_the_text_as_it_came(office):
    packaged = source_of(office)
    save(office)

    office.post(f"{PAGE}/restore", {"version": 0, "seen": 1})

    assert source_of(office) == packaged
    assert "Version 2, back to the text as it came" in office.get(PAGE).text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"version": 1, "seen": 0}, 409),
        ({"version": 9, "seen": 1}, 404),
        ({"version": "x", "seen": 1}, 400),
        ({}, 400),
    ],
)
def test_going_back_is_refused_where_it_is_not_clear_to_what(office, data, status):
    save(office)

    assert office.post(f"{PAGE}/restore", data).status_code == status
    assert len(office.rows("text_edition")) == 1


def test_a_test_mail_goes_to_oneself_once_a_press(office):
    office.rejected(name="Zoë Ørsted", email="zoe@mail.example")
    office.change("letter", office.row("letter").id, state="cancelled")
    press = press_of(office.get(PAGE))
    sent = {"source": PLAIN, "seen": 0, "press": press}

    first, again = office.post(f"{PAGE}/test", sent), office.post(f"{PAGE}/test", sent)

    assert (first.status_code, again.status_code) == (200, 200)
    assert "A test goes to recruiter@ats.example" in first.text
    assert "We are not offering you this job." in first.text
    letter = office.row("letter", kind="colleague")
    assert (letter.to_address, letter.subject) == ("recruiter@ats.example", "[Test] Our answer")
    assert letter.person_id == office.row("person").id
    office.dispatch()
    (mail,) = office.mail()
    assert "To: Recruiter Miller <recruiter@ats.example>" in mail
    assert "Subject: [Test] Our answer" in mail
    assert "zoe@mail.example" not in mail
    assert office.rows("text_edition") == []
    assert office.rows("touch") == []


def test_another_press_is_another_test_mail(office):
    for _ in range(2):
        office.post(f"{PAGE}/test", {"source": PLAIN, "press": press_of(office.get(PAGE))})

    assert len(office.rows("letter", kind="colleague")) == 2


def test_a_test_mail_holds_no_link_of_a_person(office):
    office.rejected(name="Zoë Ørsted")
    page = office.get(PAGE)

    office.post(f"{PAGE}/test", {"source": source_of(office), "press": press_of(page)})
    office.dispatch()

    (mail,) = office.mail()
    assert f"https://jobs.example.test{PAGE}" in mail.replace("=\n", "").replace("=3D", "=")
    assert office.rows("link") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"source": PLAIN}, "Reload the page"),
        ({"source": "Subject: x\n\n{{ surname }}", "press": "p"}, "there is no value"),
    ],
)
def test_a_test_mail_that_cannot_be_written_is_refused(office, data, said):
    answer = office.post(f"{PAGE}/test", data)

    assert answer.status_code == 409
    assert said in answer.text
    assert office.rows("letter") == []


def test_a_test_mail_needs_the_address_of_the_one_who_asks(office):
    office.set(office.host.User, 1, email="not an address")

    answer = office.post(f"{PAGE}/test", {"source": PLAIN, "press": "p"})

    assert answer.status_code == 409
    assert "where you read mail" in answer.text


def test_a_test_mail_needs_a_sender(make_office):
    office = make_office(TALENTPOOL_MAIL_FROM=None)

    answer = office.post(f"{PAGE}/test", {"source": PLAIN, "press": "p"})

    assert (answer.status_code, "TALENTPOOL_MAIL_FROM" in answer.text) == (409, True)


def test_the_number_of_statements_does_not_grow(office):
    def count(path):
        with office.counting() as seen:
            assert office.get(path).status_code == 200
        return len(seen)

    save(office)
    office.rejected(name="First One", email="first@mail.example")
    office.get(PAGE)
    paths = (LIST, PAGE, f"{PAGE}/compare?old=0&new=1")
    before = [count(path) for path in paths]
    for number in range(2, 6):
        save(office, PLAIN + f"\n{number}\n", seen=number - 1)
        office.rejected(name=f"Person {number}", email=f"p{number}@mail.example")

    assert [count(path) for path in paths] == before
    assert max(before) <= 12
