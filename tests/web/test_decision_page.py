"""A decision's page: what is said of one person, telling, taking back, asking for a line; rights and forms."""

import html
import re
from datetime import timedelta

import pytest

PERSONAL = {"TALENTPOOL_MODES": None}
LINK = re.compile(r"https://jobs\.example\.test(/talent-pool/l/[\w-]+)")


@pytest.fixture
def texts(monkeypatch, tmp_path):
    """Short texts of our own for the letters after a telling, whatever the packaged ones say."""
    folder = tmp_path / "texts" / "en"
    folder.mkdir(parents=True)
    for door in ("open", "unlatched", "closed"):
        place = " {{ pool }} [Keep me in mind](link:stay)" if door == "open" else ""
        (folder / f"confirmation.{door}.txt").write_text(
            "Subject: As we said\n\nHello {{ name }},\n\nAs we said {{ told_how }} on {{ told_on }}: another person was chosen."
            + place
            + "\n\n{{ writer }}, {{ company }}, {{ reply_address }}\n"
        )
    (folder / "correction.txt").write_text(
        "Subject: A correction\n\nHello {{ name }},\n\nWhat we wrote no longer holds. {% if why %}{{ why }}{% endif %}"
        "\n\n{{ writer }}, {{ company }}, {{ reply_address }}\n"
    )
    return str(tmp_path / "texts")


@pytest.fixture
def personal(make_office, texts):
    office = make_office(**PERSONAL, TALENTPOOL_LETTERS_FOLDER=texts)
    office.sign_in()
    return office


def url(office, application, act=""):
    return f"/talent-pool/decisions/{office.decision_of(application).id}" + (f"/{act}" if act else "")


def test_the_page_says_until_when_the_letter_waits_for_a_line(personal):
    application = personal.rejected()

    page = personal.get(url(personal, application)).text

    assert "Waits for one true line" in page
    assert "It goes without a line" in page
    assert "9 Mar 2026, 09:00 UTC" in page
    assert "No line needed" in page


def test_no_line_needed_lets_it_go(personal):
    application = personal.rejected()

    answer = personal.post(url(personal, application, "no-line"))

    assert answer.status_code == 303
    assert personal.letter_of(application).state == "due"
    assert personal.decision_of(application).line_by_name == "Recruiter Miller"


def test_one_press_saves_reason_stage_line_and_feedback(personal):
    application = personal.rejected()

    answer = personal.post(
        url(personal, application, "write"),
        {
            "door": "unlatched",
            "line": "You asked good questions.",
            "reason": "requirement",
            "detail": "a B licence",
            "stage": "interviewed",
            "against": "Writes tests",
            "saw": "two of three exercises had none",
        },
    )

    row = personal.decision_of(application)
    assert answer.status_code == 303
    assert (row.reason_code, row.reason_detail, row.stage_reached) == (
        "requirement",
        "a B licence",
        "interviewed",
    )
    assert row.feedback == "Writes tests: two of three exercises had none"
    assert "a B licence" in personal.letter_of(application).text


def test_a_reason_without_its_detail_comes_back_with_all_that_was_typed(personal):
    application = personal.rejected()

    answer = personal.post(
        url(personal, application, "write"),
        {"line": "You stayed calm.", "reason": "requirement", "detail": ""},
    )

    assert answer.status_code == 400
    assert "Say which stated requirement" in answer.text
    assert "You stayed calm." in answer.text
    assert personal.decision_of(application).line == ""


def test_who_changed_nothing_writes_over_nothing(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "write"), {"line": "Written meanwhile.", "line_seen": ""})

    personal.post(
        url(personal, application, "write"),
        {"door": "closed", "door_seen": "unlatched", "line": "", "line_seen": ""},
    )

    row = personal.decision_of(application)
    assert (row.door, row.line) == ("closed", "Written meanwhile.")


def test_a_line_somebody_else_wrote_meanwhile_is_not_written_over(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "write"), {"line": "Theirs.", "line_seen": ""})

    answer = personal.post(url(personal, application, "write"), {"line": "Mine.", "line_seen": ""})

    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert personal.decision_of(application).line == "Theirs."


def test_the_finish_says_among_how_many(personal):
    application = personal.rejected()

    personal.post(url(personal, application, "finish"), {"finish": "2", "of": "9"})

    assert "Finalist, 2nd of 9" in personal.get(url(personal, application)).text
    assert personal.post(url(personal, application, "finish"), {"finish": "3", "of": "2"}).status_code == 400


def test_a_note_of_somebody_else_is_for_those_who_may_read_it(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "note"), {"note": "Ask about the move to Kiel."})
    manager = personal.sign_in("manager")

    seen = personal.get(url(personal, application), client=manager).text
    answer = personal.post(url(personal, application, "note"), {"note": "Gone."}, client=manager)

    assert "Ask about the move" in personal.get(url(personal, application)).text
    assert "can ask to read this" in seen
    assert "Ask about the move" not in seen
    assert answer.status_code == 409
    assert personal.decision_of(application).note == "Ask about the move to Kiel."


@pytest.mark.parametrize("act", ["told", "take-back", "confirm", "correct"])
def test_a_manager_tells_nobody(personal, act):
    application = personal.rejected()
    manager = personal.sign_in("manager")

    answer = personal.post(url(personal, application, act), {"channel": "phone", "why": "x"}, client=manager)

    assert answer.status_code == 403
    assert personal.decision_of(application).told_at is None


@pytest.mark.parametrize("act", ["no-line", "note", "ask", "told", "confirm", "correct", "feedback-read"])
def test_an_outsider_does_nothing(personal, act):
    application = personal.rejected()
    outsider = personal.sign_in("outsider")

    assert personal.post(url(personal, application, act), {"note": "x"}, client=outsider).status_code == 403


@pytest.mark.parametrize("act", ["told", "no-line", "note", "ask", "confirm", "correct"])
def test_every_act_needs_a_token(personal, act):
    application = personal.rejected()

    assert personal.client.post(url(personal, application, act), data={"channel": "phone"}).status_code == 400


def test_told_by_phone_with_a_short_letter_that_says_so(personal):
    application = personal.rejected()

    personal.post(url(personal, application, "told"), {"channel": "phone", "short": "1"})
    personal.clock.advance(timedelta(hours=1))
    personal.dispatch()

    (mail,) = personal.mail()
    assert "As we said" in mail
    assert [letter.state for letter in personal.rows("letter")] == ["cancelled", "sent"]


def test_a_short_letter_that_cannot_go_takes_nothing_away_from_the_telling(personal):
    application = personal.rejected(email="")

    answer = personal.post(
        url(personal, application, "told"), {"channel": "phone", "short": "1"}, follow_redirects=True
    )

    assert "The short letter does not go: No address" in answer.text
    assert personal.decision_of(application).told_by == "phone"
    assert personal.rows("letter", kind="confirmation") == []


def test_the_short_letter_can_be_read_first(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "told"), {"channel": "in_person"})

    preview = personal.get(url(personal, application, "short-letter"))
    before = len(personal.rows("letter"))
    personal.post(url(personal, application, "confirm"))

    assert "As we said in person on 2 March 2026" in preview.text
    assert before == 1
    assert [letter.kind for letter in personal.rows("letter")] == ["outcome", "confirmation"]
    assert "It is written already." in personal.get(url(personal, application, "short-letter")).text


def test_taking_back_what_somebody_was_told_asks_for_a_reason(personal):
    application = personal.rejected()
    where = url(personal, application, "take-back")
    personal.post(url(personal, application, "told"), {"channel": "phone"})

    refused = personal.post(where, {"why": " "})
    personal.post(where, {"why": "Two names were mixed up."})

    assert refused.status_code == 400
    assert "Say why" in refused.text
    (row,) = personal.rows("decision")
    assert (row.state, row.ended_why) == ("taken_back", "Two names were mixed up.")


def test_a_correction_is_read_and_then_sent(personal):
    application = personal.rejected()
    here = url(personal, application)
    personal.post(f"{here}/told", {"channel": "phone"})
    personal.post(f"{here}/take-back", {"why": "Two names were mixed up."})
    still = personal.get(f"{here}/correction").text
    personal.decide(application, "open")

    empty = personal.post(f"{here}/correct", {"why": " "})
    preview = personal.get(f"{here}/correction?why=We+made+a+mistake.").text
    before = len(personal.rows("letter"))
    personal.post(f"{here}/correct", {"why": "We made a mistake."})
    personal.clock.advance(timedelta(hours=1))
    personal.dispatch()

    assert "Your ATS still says rejected" in still
    assert empty.status_code == 400
    assert "We made a mistake." in preview
    assert "names were mixed" not in preview
    assert before == 1
    (mail,) = personal.mail()
    assert "We made a mistake." in mail
    assert "names were mixed" not in mail


def test_the_talking_sheet_says_what_may_be_said_and_writes_nothing(personal):
    application = personal.rejected()
    personal.post(
        url(personal, application, "write"), {"reason": "internal", "detail": "", "line": "You stayed calm."}
    )

    page = personal.get(url(personal, application, "sheet")).text

    assert "we are not offering you this job" in page
    assert "You stayed calm." in page
    assert "do not make one up" in page
    assert "nobody has opened the door" in page


def outcome(office):
    return office.row("letter", kind="outcome").state


def asked(office, application):
    """Ask a colleague, deliver the mail, and return the path of the link in it."""
    office.post(url(office, application, "ask"), {"name": "Ines Ito", "address": "ines@ats.example"})
    office.dispatch()
    (mail,) = [mail for mail in office.mail() if "ines@ats.example" in mail]
    return LINK.search(mail.replace("=\n", ""))[1]


def test_a_colleague_writes_a_line_by_link_without_signing_in(personal):
    application = personal.rejected()
    path = asked(personal, application)
    nobody = personal.app.test_client()

    page = nobody.get(path)
    answer = nobody.post(path, data={"say": "line", "line": "You asked good questions."})

    assert page.status_code == 200
    assert "Ada" in page.text
    assert "Okafor" not in page.text
    assert "ada@mail.example" not in page.text
    assert answer.status_code == 303
    row = personal.decision_of(application)
    assert (row.line, row.line_by_name) == ("You asked good questions.", "Ines Ito")
    assert outcome(personal) == "due"


def test_looking_at_the_link_changes_nothing(personal):
    application = personal.rejected()
    path = asked(personal, application)
    nobody = personal.app.test_client()
    with personal.counting() as seen:
        nobody.get(path)
        nobody.head(path)

    assert not [one for one in seen if one.split()[0].upper() in ("INSERT", "UPDATE", "DELETE")]
    assert personal.decision_of(application).line_at is None


def test_none_by_link_is_an_answer(personal):
    application = personal.rejected()
    path = asked(personal, application)

    personal.app.test_client().post(path, data={"say": "none"})

    assert personal.decision_of(application).line_at is not None
    assert outcome(personal) == "due"


def test_an_empty_line_by_link_is_asked_for_again(personal):
    application = personal.rejected()
    path = asked(personal, application)

    answer = personal.app.test_client().post(path, data={"say": "line", "line": " "})

    assert answer.status_code == 400
    assert "Write the line" in answer.text


@pytest.mark.parametrize("ends", ["told", "taken_back"])
def test_the_link_closes_once_the_person_was_told_or_the_decision_taken_back(personal, ends):
    application = personal.rejected()
    path = asked(personal, application)
    if ends == "told":
        personal.post(url(personal, application, "told"), {"channel": "phone"})
    else:
        personal.decide(application, "open")

    answers = [
        personal.app.test_client().get(path),
        personal.app.test_client().post(path, data={"say": "none"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_mail_to_a_colleague_is_in_no_history_of_the_candidate(personal):
    application = personal.rejected()
    asked(personal, application)

    assert personal.rows("touch") == []


# What saving does, before it is pressed


def typed(**fields):
    """What the page posts: everything somebody typed, beside what it showed before."""
    seen = {"door": "unlatched", "line": "", "reason": "", "detail": "", "stage": "interviewed"}
    names = ("door", "line", "reason", "detail", "stage")
    return {**seen, **{f"{name}_seen": seen[name] for name in names}, "against": "", "saw": "", **fields}


def previewed(office, application, **fields):
    return office.post(f"/talent-pool/applications/{application}/preview", typed(**fields))


ANNOUNCED = re.compile(r'data-announces="(\w+)"[^>]*>(.*?)</p>', re.DOTALL)


def announced(answer):
    """Return why the letter would wait, or that it goes, and the sentence that says so."""
    why, words = ANNOUNCED.search(answer.text).groups()
    return why, " ".join(re.sub(r"<[^>]+>", " ", words).split())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"line": "You asked good questions."},
        {"door": "open"},
        {"door": "open", "line": "You asked good questions.", "reason": "other_person"},
        {"reason": "requirement", "detail": "a B licence", "line": "You asked good questions."},
        {"line": "You are a culture fit issue for a young team."},
        {"stage": "applied"},
        {"stage": "finalist", "line": "You asked good questions."},
        {"against": "Writes tests", "saw": "two of three exercises had none"},
    ],
    ids=lambda fields: "-".join(fields) or "nothing",
)
def test_what_saving_announces_is_what_it_does(personal, fields):
    application = personal.rejected(stage="interview")

    before = previewed(personal, application, **fields)
    assert personal.decision_of(application).line == ""
    personal.post(url(personal, application, "write"), typed(**fields))

    why, words = announced(before)
    letter = personal.letter_of(application)
    assert why == (letter.because or "goes")
    assert ("Saving sends it" in words or "goes by itself" in words) == (letter.state == "due")
    shown = re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", before.text)))
    first = re.sub(r"\s+", "", letter.text.partition("http")[0].partition("\x02")[0])[:300]
    assert first in shown
    assert "ada@mail.example" in words
    assert "in English" in words


def test_a_preview_stores_nothing(personal):
    application = personal.rejected()
    with personal.counting() as seen:
        answer = previewed(personal, application, door="open", line="You asked good questions.")

    assert answer.status_code == 200
    assert "The letter once you save" in answer.text
    assert 'value="open" form="tp-panel-1" checked' in answer.text
    assert not [one for one in seen if one.split()[0].upper() in ("INSERT", "UPDATE", "DELETE")]


def test_a_preview_of_what_cannot_be_saved_says_why(personal):
    application = personal.rejected()

    why, words = announced(previewed(personal, application, reason="requirement"))

    assert why == "refused"
    assert "Say which stated requirement" in words


def test_a_preview_keeps_what_the_page_showed_first_so_that_nobody_is_written_over(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "write"), {"line": "Theirs.", "line_seen": ""})

    page = previewed(personal, application, line="Mine.")

    assert 'name="line_seen" value=""' in page.text
    assert personal.post(url(personal, application, "write"), typed(line="Mine.")).status_code == 409


def test_an_outsider_previews_nothing_and_a_preview_needs_a_token(personal):
    application = personal.rejected()
    address = f"/talent-pool/applications/{application}/preview"

    assert personal.client.post(address, data={"line": "x"}).status_code == 400
    assert personal.post(address, {}, client=personal.sign_in("outsider")).status_code == 403


def test_what_somebody_else_approved_waits_again_once_it_says_something_else(make_office):
    office = make_office(TALENTPOOL_MODES={"finalist": "review"})
    office.sign_in()
    application = office.rejected()
    office.post(url(office, application, "send-now"))
    boss = office.sign_in("admin")

    same = office.post(f"/talent-pool/applications/{application}/preview", {"line": ""}, client=boss)
    other = office.post(f"/talent-pool/applications/{application}/preview", {"line": "True."}, client=boss)

    assert announced(same)[0] == "goes"
    assert announced(other)[0] == "review"


def test_one_save_keeps_finish_and_note_as_well(personal):
    application = personal.rejected()

    personal.post(
        url(personal, application, "write"),
        typed(finish="2", of="9", finish_seen="", of_seen="", note="Ask about Kiel.", note_seen=""),
    )
    page = personal.get(url(personal, application)).text

    row = personal.decision_of(application)
    assert (row.finish, row.finish_of, row.note) == (2, 9, "Ask about Kiel.")
    assert page.count("btn-main") + page.count("tp-w-main") == 1
    assert "Finalist, 2nd of 9" in page


def test_finish_and_note_are_saved_after_the_telling(personal):
    application = personal.rejected()
    personal.post(url(personal, application, "told"), {"channel": "phone"})

    assert 'name="note" form="tp-panel-1"' in personal.get(url(personal, application)).text
    answer = personal.post(
        url(personal, application, "write"), {"finish": "3", "of": "", "note": "Calm.", "note_seen": ""}
    )

    row = personal.decision_of(application)
    assert answer.status_code == 303
    assert (row.finish, row.note) == (3, "Calm.")


def test_a_form_that_asked_for_less_comes_back_with_the_rest_as_it_is(personal):
    application = personal.rejected(stage="interview")

    answer = personal.post(
        url(personal, application, "write"), {"line": "x" * 601, "line_seen": "", "door": "unlatched"}
    )

    assert answer.status_code == 400
    assert '<option value="interviewed" selected>' in answer.text


def test_saving_says_when_the_letter_goes(personal):
    application = personal.rejected()

    answer = personal.post(
        url(personal, application, "write"), {"line": "You asked good questions."}, follow_redirects=True
    )

    assert re.search(r"Saved\. The letter goes (today|\d+ \w+ \d{4},) \d\d:\d\d UTC\.", answer.text)
