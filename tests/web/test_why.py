"""The host's own reason on the pages of a decision: proposed as the sentence that is sent, and never two that contradict."""

import html
import re
from datetime import timedelta

import pytest

from flask_talentpool.config.reasons import DEFAULT_REASONS
from flask_talentpool.errors import MapError

SAYS = {code: reason.sentence("en") for code, reason in DEFAULT_REASONS.items()}
WORDS = {"Position filled": "other_person", "Too junior": "requirement", "Salary": "internal"}
GRID = "/talent-pool/decisions/grid"


@pytest.fixture
def saying(make_office):
    """An office whose applications say why, signed in; with a reason that letters give by themselves, or none."""

    def make(word="Position filled", *, by_host=(), **maps):
        office = make_office(
            maps={"reason": lambda row: office.word, "reasons": WORDS, **maps},
            TALENTPOOL_REASONS_BY_HOST=by_host,
        )
        office.word = word
        office.sign_in()
        return office

    return make


def url(office, application, act=""):
    return f"/talent-pool/decisions/{office.decision_of(application).id}" + (f"/{act}" if act else "")


def text(office, address, **who):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", office.get(address, **who).text)).split())


def fields(office, address):
    """Return what the page posts about the reason, untouched."""
    page = office.get(address).text
    select = re.search(r'<select[^>]* name="reason".*?</select>', page, re.DOTALL)
    chosen = re.findall(r'value="([^"]*)" selected', select.group()) if select else []
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1)
        for name in ("reason_seen", "detail_seen")
    }
    return {"reason": (chosen or [""])[0], "detail": "", **hidden}


def test_what_the_host_says_is_proposed_and_in_the_letter_once_it_is_saved(saying):
    office = saying()
    application = office.rejected(stage="interview")
    address = url(office, application)
    before, sent = text(office, address), fields(office, address)
    without = office.letter_of(application).text
    office.post(url(office, application, "write"), {**sent, "line": ""})

    assert sent["reason"] == "other_person"
    assert f"Once you save, the letter says: “{SAYS['other_person']}”" in before
    assert SAYS["other_person"] not in without
    assert SAYS["other_person"] in office.letter_of(application).text
    assert f"The letter says: “{SAYS['other_person']}”" in text(office, address)
    assert "kept inside" not in text(office, address)


def test_none_said_is_an_answer_that_stays(saying):
    office = saying()
    application = office.rejected(stage="interview")
    sent = fields(office, url(office, application))
    sent["reason"] = ""
    office.post(url(office, application, "write"), {**sent, "reason_seen": "other_person"})

    assert office.decision_of(application).reason_by
    assert fields(office, url(office, application))["reason"] == ""
    assert "The letter gives no reason." in text(office, url(office, application))


def test_a_requirement_is_proposed_and_given_only_once_a_person_names_it(saying):
    office = saying("Too junior")
    application = office.rejected(stage="interview")
    sent = fields(office, url(office, application))
    saved = office.post(url(office, application, "write"), {**sent, "line": "You stayed calm."})
    after = office.decision_of(application)
    named = office.post(
        url(office, application, "write"), {**sent, "line": "You stayed calm.", "detail": "five years of Go"}
    )

    assert sent["reason"] == "requirement"
    assert (saved.status_code, after.reason_code, after.line) == (303, "", "You stayed calm.")
    assert named.status_code == 303
    assert "five years of Go" in office.letter_of(application).text


def test_a_reason_given_by_itself_is_said_so_and_stays_when_something_else_is_saved(saying):
    office = saying(by_host={"other_person"})
    job = office.job()
    office.decide(office.apply(name="Hired", email="h@mail.example", job=job), "hired")
    application = office.rejected(stage="applied", job=job)
    address = url(office, application)
    page, sent = text(office, address), fields(office, address)
    office.post(url(office, application, "write"), {**sent, "line": "A true line."})
    kept = office.letter_of(application).text
    office.post(url(office, application, "write"), {**sent, "line": "A true line.", "reason": ""})

    assert f"its records confirm it: “{SAYS['other_person']}”" in page
    assert SAYS["other_person"] in kept
    assert SAYS["other_person"] not in office.letter_of(application).text


def test_a_page_says_when_the_letter_as_it_is_kept_is_written_anew(saying):
    office = saying(by_host={"other_person"})
    job = office.job()
    application = office.rejected(stage="applied", job=job)
    before = text(office, url(office, application))
    office.decide(office.apply(name="Hired", email="h@mail.example", job=job), "hired")
    after = text(office, url(office, application))

    assert "written anew as it goes" not in before
    assert "written anew as it goes" in after


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("Salary", "The letter gives no reason. Your ATS says “Salary”, which stays inside."),
        ("Not a fit", "The letter gives no reason. Your ATS says “Not a fit”, which stays inside."),
        (None, "The letter gives no reason."),
    ],
)
def test_what_stays_inside_is_said_to(saying, word, says):
    office = saying(word)
    application = office.rejected(stage="interview")
    page = text(office, url(office, application))

    assert says in page
    assert ("Your ATS’s reason, kept inside" in page) == (word is not None)


def test_a_choice_that_is_not_the_hosts_says_which_is_sent(saying):
    office = saying()
    application = office.rejected(stage="interview")
    office.post(url(office, application, "write"), {"reason": "job_closed", "detail": "", "reason_seen": ""})

    page = text(office, url(office, application))
    assert (
        f"The letter says: “{SAYS['job_closed']}” Your ATS says “Position filled”; the letter goes by" in page
    )


def test_a_manager_reads_which_reason_the_letter_gives(saying):
    office = saying()
    application = office.rejected(stage="interview")
    manager = office.sign_in("manager")

    page = text(office, url(office, application), client=manager)
    assert "Why, in the letter No reason is given" in page


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("Position filled", f"“{SAYS['other_person']}” From your ATS’s reason “Position filled”; nobody has"),
        ("Too junior", "No reason was chosen that may be shared."),
        ("Salary", "No reason was chosen that may be shared."),
    ],
)
def test_the_talking_sheet_has_what_the_host_says(saying, word, says):
    office = saying(word)
    application = office.rejected(stage="interview")

    assert says in text(office, url(office, application, "sheet"))


def test_a_grid_says_what_the_host_says_where_nobody_chose(saying):
    office = saying(by_host={"other_person"})
    filled, open_one = office.job("Cook"), office.job("Baker")
    office.decide(office.apply(name="Hired", email="h@mail.example", job=filled), "hired")
    for number, job in enumerate((filled, open_one)):
        office.rejected(name=f"P {number}", email=f"p{number}@mail.example", stage="applied", job=job)

    pages = {job: html.unescape(office.get(f"{GRID}?job={job}").text) for job in (filled, open_one)}
    assert pages[filled].count(">Your ATS’s: Another person was chosen<") == 1
    assert pages[open_one].count(">None said (your ATS: Another person was chosen)<") == 1


def test_somebody_told_is_shown_no_second_reason(saying):
    office = saying(by_host={"other_person"})
    job = office.job()
    office.decide(office.apply(name="Hired", email="h@mail.example", job=job), "hired")
    application = office.rejected(stage="applied", job=job)
    office.clock.advance(timedelta(days=1))
    office.dispatch()

    page = text(office, url(office, application))
    assert "Your ATS’s reason Position filled" in page
    assert "kept inside" not in page


def test_codes_that_are_none_stop_the_start_with_those_there_are(make_office):
    with pytest.raises(MapError) as error:
        make_office(maps={"reason": lambda row: "", "reasons": {"Position filled": "other_persn"}})

    assert "reasons['Position filled']='other_persn' is no code of TALENTPOOL_REASONS" in str(error.value)
    assert "did you mean 'other_person'?" in str(error.value)
    assert "job_closed, filled_internally" in str(error.value)


@pytest.mark.parametrize(
    ("maps", "says"),
    [
        ({"reasons": {"x": "other_person"}}, "reason is missing"),
        ({"reason": lambda row: "", "reasons": "x"}, "is no mapping"),
        ({"final_from": "finale"}, "is not one of stages; did you mean 'final'"),
        ({"final_from": "applied"}, "stands before interviewed_from='interview'"),
    ],
)
def test_a_map_that_cannot_be_stops_the_start(make_office, maps, says):
    with pytest.raises(MapError, match=says):
        make_office(maps=maps)
