"""The words of the default letters: complete, true to the stage and the door, and free of stock phrases."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined, nodes

import flask_talentpool
from flask_talentpool import guide
from flask_talentpool.links import Purpose
from flask_talentpool.words import Door, StageReached

TEXTS = Path(flask_talentpool.__path__[0]) / "letters" / "texts" / "en"

STAGES_AND_DOORS = [f"outcome/{stage.value}.{door.value}" for stage in StageReached for door in Door]
OUTCOMES = [*STAGES_AND_DOORS, "outcome/plain"]
RECALLS = ["recall", "recall_member"]
ALL = [*OUTCOMES, *RECALLS]

FULL = {
    "name": "Maëlle Oduya",
    "job": "Data Engineer",
    "company": "Brightwell",
    "writer": "Jonas Weber",
    "writer_role": "Head of Data",
    "reply_address": "jobs@brightwell.example",
    "interviewed_on": "12 May 2026",
    "applied_on": "2 April 2026",
    "reason": "We chose another person for this job.",
    "line": "Your sketch of the nightly import was the clearest we were shown.",
    "pool": "Finalists",
    "wanted_by": "Rita Amado",
    "keep_months": "12",
    "answer_by": "4 June 2026",
}
OPTIONAL = ("reason", "line", "interviewed_on", "applied_on", "writer_role")

NEVER = (
    "unfortunately",
    "after careful consideration",
    "we regret",
    "regret to",
    "sorry to inform",
    "on file",
    "other candidates",
    "other applicants",
    "best of luck",
    "good luck",
    "future endeavours",
    "high volume",
    "impressed",
    "impressive",
    "excellent",
    "outstanding",
    "great candidate",
    "strong candidate",
    "not the right fit",
    "more suitable",
    "better qualified",
    "do not hesitate",
    "sir or madam",
)
SAYS_NO = re.compile(r"\b(not (taking|offering)|decided not to)\b")
LINK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<kind>link|guide):(?P<target>[a-z-]+)\)")
LONGEST = 190


def source(letter):
    return (TEXTS / f"{letter}.txt").read_text(encoding="utf-8")


def render(letter, *, empty=(), trim_blocks=False):
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=trim_blocks)
    values = FULL | dict.fromkeys(empty, "")
    if not letter.endswith(".open") and letter != "recall_member":
        values["pool"] = ""
    return environment.from_string(source(letter)).render(values)


def parts(text):
    """Return subject and paragraphs of a rendered letter."""
    subject, body = text.split("\n\n", 1)
    return subject, body.strip("\n").split("\n\n")


def prose(paragraphs):
    """Return the paragraphs that are not salutation, link, greeting or name."""
    return [text for text in paragraphs[1:-2] if not LINK.fullmatch(text)]


def every_combination():
    return [kept for size in range(len(OPTIONAL) + 1) for kept in itertools.combinations(OPTIONAL, size)]


def test_there_is_a_letter_for_every_stage_and_door_and_no_other_file():
    found = {str(path.relative_to(TEXTS).with_suffix("")) for path in TEXTS.rglob("*.txt")}

    assert found == set(ALL)


@pytest.mark.parametrize("trim_blocks", [False, True])
@pytest.mark.parametrize("letter", ALL)
def test_a_letter_is_well_formed_whatever_is_left_empty(letter, trim_blocks):
    also_empty = ((), ("pool", "answer_by")) if letter in RECALLS else ((), ("job",), ("wanted_by",))
    for empty, more in itertools.product(every_combination(), also_empty):
        text = render(letter, empty=(*empty, *more), trim_blocks=trim_blocks)
        subject, paragraphs = parts(text)

        assert re.fullmatch(r"Subject: \S.{5,90}", subject), subject
        assert "\n\n\n" not in text
        assert not re.search(r"[{}%]|  | [.,;:?!]|\.\.|\(\)|\"\"|None", text), text
        assert not re.search(
            r"\b(with|by|for|of|about) *[.,;:)]| on (for|at|of)\b", " ".join(prose(paragraphs))
        ), text
        assert all("\n" not in paragraph and paragraph == paragraph.strip() for paragraph in paragraphs), text
        assert paragraphs[0] == "Dear Maëlle Oduya,"
        assert paragraphs[-2] == "Kind regards"
        assert paragraphs[-1] == ("Jonas Weber" if "writer_role" in empty else "Jonas Weber, Head of Data")
        for paragraph in prose(paragraphs):
            assert paragraph[0].isupper() or paragraph[0] == '"', paragraph
            assert paragraph[-1] in ".:", paragraph


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_shows_everything_it_was_given(letter):
    text = render(letter)

    unused = {"pool", "wanted_by", "keep_months", "answer_by", "interviewed_on", "applied_on", "reason"}
    for name in FULL.keys() - unused:
        assert FULL[name] in text, name
    if letter in OUTCOMES:
        assert FULL["reason"] in text
    if letter.endswith(".open"):
        assert {FULL["pool"] in text, FULL["wanted_by"] in text, "12 months" in text} == {True}
    if "interviewed" in letter or "finalist" in letter:
        assert FULL["interviewed_on"] in text
    if letter in RECALLS:
        assert FULL["answer_by"] in text


@pytest.mark.parametrize("letter", OUTCOMES)
def test_the_outcome_stands_in_the_first_two_sentences(letter):
    _, paragraphs = parts(render(letter, empty=OPTIONAL))

    first_two = " ".join(re.split(r"(?<=\.) ", paragraphs[1])[:2])

    assert SAYS_NO.search(first_two), first_two


@pytest.mark.parametrize("letter", RECALLS)
def test_an_invitation_says_that_it_is_one_at_once(letter):
    _, paragraphs = parts(render(letter))

    first = re.split(r"(?<=\.) ", paragraphs[1])[0]

    assert "invite you" in first
    assert "not yet an offer" in paragraphs[1]


@pytest.mark.parametrize("letter", ALL)
def test_no_stock_phrase_no_praise_and_no_comparison_is_written(letter):
    text = render(letter, empty=("line", "reason")).casefold()

    assert [phrase for phrase in NEVER if phrase in text] == []


@pytest.mark.parametrize("letter", OUTCOMES)
def test_a_letter_thanks_for_what_took_place(letter):
    text = render(letter)
    thanks = {
        "applied": "Thank you for applying",
        "screened": "Thank you for applying",
        "interviewed": "Thank you for the interview",
        "finalist": "Thank you for talking with us",
        "plain": "Thank you for your interest",
    }
    stage = letter.removeprefix("outcome/").partition(".")[0]

    assert thanks[stage] in text
    if stage in {"applied", "screened"}:
        assert "Thank you for the interview" not in text
        assert "feedback" not in text


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_is_short_enough_to_be_read(letter):
    _, paragraphs = parts(render(letter, empty=("line",)))

    words = sum(len(text.split()) for text in prose(paragraphs))

    assert words <= LONGEST, words


@pytest.mark.parametrize("letter", ALL)
def test_the_template_uses_names_and_ifs_only(letter):
    tree = Environment(autoescape=False).parse(source(letter))

    allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If)
    strange = [node for node in tree.find_all(nodes.Node) if not isinstance(node, allowed)]

    assert strange == []
    assert {node.name for node in tree.find_all(nodes.Name)} <= FULL.keys()


@pytest.mark.parametrize("letter", ALL)
def test_every_link_stands_alone_and_leads_somewhere(letter):
    _, paragraphs = parts(render(letter))
    links = [LINK.fullmatch(text) for text in paragraphs if LINK.search(text)]

    assert all(links), "a link shares its paragraph with other text"
    for link in links:
        known = guide.keys() if link["kind"] == "guide" else [purpose.value for purpose in Purpose]
        assert link["target"] in known
    assert not re.search(r"[\[\]]", "".join(text for text in paragraphs if not LINK.fullmatch(text)))
    assert "what-happens-next" in {link["target"] for link in links}
    if letter.startswith(("outcome/interviewed", "outcome/finalist")):
        assert "after-the-interview" in {link["target"] for link in links}


@pytest.mark.parametrize(
    ("ending", "targets"),
    [
        (".open", {"stay"}),
        (".unlatched", {"stay"}),
        (".closed", set()),
        ("/plain", set()),
        ("recall", {"answer"}),
    ],
)
def test_the_door_decides_which_personal_link_there_is(ending, targets):
    letters = [letter for letter in ALL if letter.endswith(ending)]

    assert letters
    for letter in letters:
        assert {link["target"] for link in LINK.finditer(source(letter)) if link["kind"] == "link"} == targets


@pytest.mark.parametrize("stage", [stage.value for stage in StageReached])
def test_only_an_open_door_says_that_we_want_the_person_back(stage):
    open_, unlatched, closed = (render(f"outcome/{stage}.{door.value}", empty=("line",)) for door in Door)

    assert re.search(r"we would like to have you back|We want you back", open_, re.IGNORECASE)
    assert "only if you say yes" in open_
    for text in (unlatched, closed, render("outcome/plain")):
        assert not re.search(r"\b(have|want) you back\b|talent pool|among the (first|people)", text)
    for text in (closed, render("outcome/plain")):
        assert not re.search(r"keep you in mind|becomes free again|\b12 months\b", text)


def test_an_invitation_says_what_it_rests_on_and_how_to_object():
    same_job, member = render("recall"), render("recall_member")

    assert "because you applied for this very job" in same_job
    assert "talent pool" not in same_job
    assert "because you said that we may keep you in mind" in member
    for text in (same_job, member):
        assert "asked again" in text or "ask again" in text
        assert re.search(r"one click", text, re.IGNORECASE)


def test_letters_differ_where_the_stage_or_the_door_differs():
    bodies = [render(letter, empty=OPTIONAL).split("\n\n", 1)[1] for letter in ALL]
    paragraphs_of_doors = {
        door: {
            parts(render(f"outcome/{stage.value}.{door.value}", empty=OPTIONAL))[1][1]
            for stage in StageReached
        }
        for door in Door
    }

    assert len(set(bodies)) == len(ALL)
    assert all(len(first) == len(StageReached) for first in paragraphs_of_doors.values())
