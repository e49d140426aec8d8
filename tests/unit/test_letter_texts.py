"""The words of the packaged letters: complete, true to the stage and the door, and free of stock phrases."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, nodes

import flask_talentpool
from flask_talentpool import guide
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import Door, FormOfAddress, StageReached
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.render import write_from
from flask_talentpool.letters.texts.syntax import LINK, EmptyField, mistakes, parse
from flask_talentpool.letters.texts.vocabulary import NAMES, VARIABLES, purposes_for
from flask_talentpool.links import Purpose

pytestmark = pytest.mark.untraced

TEXTS = Path(flask_talentpool.__path__[0]) / "letters" / "texts"

FOLDERS = ("en", "de", "de-informal")
STAGES_AND_DOORS = [f"outcome/{stage.value}.{door.value}" for stage in StageReached for door in Door]
OUTCOMES = [*STAGES_AND_DOORS, "outcome/plain"]
CONFIRMATIONS = [f"confirmation.{door.value}" for door in Door]
RECALLS = ["recall", "recall_member"]
ASKING = [*RECALLS, "enquiry", "recall_reminder"]
ANSWERS = [*OUTCOMES, *CONFIRMATIONS]
TOGETHER = ["outcome/together.unlatched", "outcome/together.closed"]
PROGRESS = ["progress", "progress_decided"]
ALL = [*ANSWERS, *TOGETHER, "correction", *PROGRESS, *ASKING]
EVERY = list(itertools.product(FOLDERS, ALL))

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
    "feedback": "The task asked for tests. We found none.",
    "pool": "Finalists",
    "wanted_by": "Rita Amado",
    "keep_months": "12",
    "answer_by": "4 June 2026",
    "next_by": "26 May 2026",
    "told_how": "on the phone",
    "told_on": "14 May 2026",
    "why": "The answer was meant for another job.",
    "again": "yes",
    "own_address": "yes",
    "by_name": "yes",
    "jobs": "Data Engineer\nAnalyst: We chose another person for this job.",
    "earlier_job": "Analytics Engineer",
    "last": "yes",
}
OPTIONAL = (
    "reason",
    "line",
    "feedback",
    "interviewed_on",
    "applied_on",
    "writer_role",
    "again",
    "own_address",
    "by_name",
)

NEVER = {
    "en": (
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
    ),
    "de": (
        "leider",
        "bedauern",
        "sorgfältig",
        "reiflich",
        "absage",
        "mitteilen zu müssen",
        "viel erfolg",
        "alles gute",
        "weiteren weg",
        "zukunft",
        "zahlreich",
        "vielzahl",
        "beeindruck",
        "hervorragend",
        "ausgezeichnet",
        "besser geeignet",
        "besser passen",
        "kandidat",
        "bewerber",
        "mitbewerb",
        "zögern sie nicht",
        "zögere nicht",
        "sehr geehrte",
        "damen und herren",
        "in unseren unterlagen",
    ),
}
SAYS_NO = {
    "en": re.compile(r"\b(not (taking|offering)|decided not to)\b"),
    "de": re.compile(r"\b(Wir verfolgen sie nicht weiter|Diese verfolgen wir nicht weiter"
                     r"|nicht an(zubieten)?\b|nicht zu einem Gespräch einzuladen)"),
}  # fmt: skip
SALUTATION = {"en": "Dear Maëlle Oduya,", "de": "Guten Tag Maëlle Oduya,"}
CLOSING = {"en": "Kind regards", "de": "Mit freundlichen Grüßen", "de-informal": "Viele Grüße"}
WANTED_BACK = {
    "en": re.compile(r"we would like to have you (back|with us)|We want you back", re.IGNORECASE),
    "de": re.compile(r"hätten (wir )?(Sie|dich) (trotzdem )?gern bei uns", re.IGNORECASE),
}
ONLY_IF_YES = {"en": "only if you say yes", "de": "nur dabei, wenn Sie ja sagen", "de-informal": "nur dabei, wenn du ja sagst"}  # fmt: skip
PROMISE = {
    "en": re.compile(
        r"\b(have|want) you (back|with us)\b|talent pool|among the (first|people)", re.IGNORECASE
    ),
    "de": re.compile(r"gern bei uns|Talentpool|zu den Ersten", re.IGNORECASE),
}
WAY_BACK = {
    "en": re.compile(r"keep you in mind|becomes free again|\b12 months\b"),
    "de": re.compile(r"denken sollen|wieder frei|\b12 Monate\b", re.IGNORECASE),
}
LONGEST = 190
SMALLEST = re.compile(r"(vielen Dank|danke für |wir |du |wie wir|was wir|deine |die Auswahl )")


def language_of(folder):
    return folder.partition("-")[0]


def source(folder, letter):
    return (TEXTS / folder / f"{letter}.txt").read_text(encoding="utf-8")


def values_of(folder, letter, empty=()):
    values = FULL | dict.fromkeys(empty, "")
    values["formal"] = "" if folder.endswith("informal") else "yes"
    if not letter.endswith(".open") and letter != "recall_member":
        values["pool"] = ""
    return values


def parts(folder, letter, *, empty=()):
    """Return subject and paragraphs of a letter."""
    return parse(source(folder, letter), letter).write(values_of(folder, letter, empty))


def render(folder, letter, *, empty=()):
    subject, paragraphs = parts(folder, letter, empty=empty)
    return "\n\n".join([subject, *paragraphs])


def prose(paragraphs):
    """Return the paragraphs that are not salutation, link, greeting or name."""
    return [text for text in paragraphs[1:-2] if not LINK.fullmatch(text)]


@functools.cache
def combinations(names):
    return [kept for size in range(len(names) + 1) for kept in itertools.combinations(names, size)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_there_is_a_letter_for_every_stage_and_door_and_no_other_file(folder):
    found = {
        str(path.relative_to(TEXTS / folder).with_suffix("")) for path in (TEXTS / folder).rglob("*.txt")
    }

    assert found == set(ALL) == set(NAMES)
    assert text_files.folders(None) == tuple(sorted(FOLDERS))


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_a_letter_is_written_in_the_restricted_language(folder, letter):
    assert mistakes(source(folder, letter), letter) == ()


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_a_letter_is_well_formed_whatever_is_left_empty(folder, letter):
    more = (
        ((), ("answer_by",), ("pool",))
        if letter in RECALLS
        else ((), ("job",), ("wanted_by", "told_how", "told_on"))
    )
    if letter == "recall":
        more = ((), ("answer_by",))
    if letter not in RECALLS and letter in ASKING:
        more = ((), ("earlier_job", "last"))
    for empty, also in itertools.product(combinations(OPTIONAL), more):
        subject, paragraphs = parts(folder, letter, empty=(*empty, *also))
        text = "\n\n".join([subject, *paragraphs])

        assert re.fullmatch(r"\S.{5,90}", subject), subject
        assert not re.search(r"[{}%]|  | [.,;:?!]|\.\.|\(\)|\"\"|„“|None", text), text
        assert not re.search(r"\b(with|by|for|of|about|von|bis|unter) *[.,;:)]| on (for|at|of)\b", " ".join(prose(paragraphs))), text  # fmt: skip
        assert all("\n" not in paragraph and paragraph == paragraph.strip() for paragraph in paragraphs), text
        assert paragraphs[0] == SALUTATION[language_of(folder)]
        assert paragraphs[-2] == CLOSING[folder]
        assert paragraphs[-1] == ("Jonas Weber" if "writer_role" in empty else "Jonas Weber, Head of Data")
        for number, paragraph in enumerate(prose(paragraphs)):
            small = number == 0 and folder != "en" and SMALLEST.match(paragraph)
            assert small or paragraph[0].isupper() or paragraph[0] == '"', paragraph
            assert paragraph[-1] in ".:", paragraph


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_a_letter_shows_everything_it_was_given(folder, letter):
    text = render(folder, letter)

    for name in ("name", "company", "writer", "writer_role", "reply_address", "job"):
        assert FULL[name] in text, name
    if letter in ANSWERS:
        assert FULL["reason"] in text
        assert FULL["feedback"] in text.split("\n\n")
    if letter in ANSWERS or letter in RECALLS:
        assert FULL["line"] in text
    if letter.endswith(".open"):
        assert {FULL["pool"] in text, FULL["wanted_by"] in text, "12 M" in text.replace("m", "M")} == {True}
    if "interviewed" in letter or "finalist" in letter or letter in (*CONFIRMATIONS, *PROGRESS):
        assert FULL["interviewed_on"] in text
    if letter in CONFIRMATIONS:
        assert {FULL["told_how"] in text, FULL["told_on"] in text} == {True}
    if letter in ASKING:
        assert FULL["answer_by"] in text
    if letter == "correction":
        assert {FULL["why"] in text, FULL["told_on"] in text} == {True}
    if letter in PROGRESS:
        assert FULL["next_by"] in text


@pytest.mark.parametrize(("folder", "letter"), list(itertools.product(FOLDERS, ANSWERS)))
def test_the_outcome_stands_in_the_first_two_sentences(folder, letter):
    _, paragraphs = parts(folder, letter, empty=OPTIONAL)

    first_two = " ".join(re.split(r"(?<=\.) ", paragraphs[1])[:2])

    assert SAYS_NO[language_of(folder)].search(first_two), first_two


@pytest.mark.parametrize("letter", RECALLS)
def test_an_invitation_says_that_it_is_one_at_once(letter):
    for folder, invites, not_yet in (
        ("en", "invite you", "not yet an offer"),
        ("de", r"möchten Sie (wieder|zu einem Gespräch)", "noch kein Angebot"),
        ("de-informal", r"möchten dich (wieder|zu einem Gespräch)", "noch kein Angebot"),
    ):
        _, paragraphs = parts(folder, letter)

        first = re.split(r"(?<=\.) ", paragraphs[1])[0]

        assert re.search(invites, first)
        assert not_yet in paragraphs[1]


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_no_stock_phrase_no_praise_and_no_comparison_is_written(folder, letter):
    text = render(folder, letter, empty=("line", "reason")).casefold()

    assert [phrase for phrase in NEVER[language_of(folder)] if phrase in text] == []


@pytest.mark.parametrize(("folder", "letter"), list(itertools.product(FOLDERS[1:], ALL)))
def test_german_letters_guess_no_gender_and_keep_to_one_form_of_address(folder, letter):
    text = render(folder, letter, empty=("line", "reason", "feedback"))

    assert not re.search(r"\b(Herr|Frau)\b|(?:\*|:|_)(in|innen)\b|Innen\b", text)
    if folder == "de":
        assert not re.search(r"\b(du|dich|dir|dein\w*)\b", text, re.IGNORECASE)
    else:
        assert not re.search(r"\b(Sie|Ihnen|Ihr|Ihre[nmrs]?)\b", text)


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_says_the_same_in_every_language(letter):
    def told(folder):
        text = source(folder, letter)
        tree = Environment(autoescape=False).parse(text)
        names = {node.name for node in tree.find_all(nodes.Name)}
        links = [found["target"] for found in LINK.finditer(text)]
        return names, links, len(parts(folder, letter)[1])

    assert told("de") == told("de-informal") == told("en")


@pytest.mark.parametrize("letter", OUTCOMES)
def test_a_letter_thanks_for_what_took_place(letter):
    thanks = {
        "en": {
            "applied": "Thank you for applying",
            "screened": "Thank you for applying",
            "interviewed": "Thank you for the interview",
            "finalist": "Thank you for talking with us",
            "plain": "Thank you for applying",
        },
        "de": {
            "applied": "danke für Ihre Bewerbung",
            "screened": "danke für Ihre Bewerbung",
            "interviewed": "vielen Dank für das Gespräch",
            "finalist": "Danke für das Gespräch",
            "plain": "danke für Ihre Bewerbung",
        },
    }
    stage = letter.removeprefix("outcome/").partition(".")[0]

    for folder, said in thanks.items():
        assert said[stage] in render(folder, letter)
    if stage in {"applied", "screened"}:
        assert not re.search(
            r"interview with you on|12 May|feedback", render("en", letter, empty=("feedback",))
        )
        assert not re.search(r"Dank\w* für das Gespräch|12 May|Rückmeldung", render("de", letter))


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_of_a_person_who_was_not_interviewed_thanks_for_no_interview(letter):
    if letter.startswith(("confirmation", "progress", "correction")):
        assert "talking with us" not in render("en", letter, empty=("interviewed_on",))
        assert "Gespräch" not in render("de", letter, empty=("interviewed_on",))


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_a_letter_is_short_enough_to_be_read(folder, letter):
    _, paragraphs = parts(folder, letter, empty=("line", "feedback"))

    words = sum(len(text.split()) for text in prose(paragraphs))

    assert words <= LONGEST, words


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_every_link_stands_alone_and_leads_somewhere(folder, letter):
    _, paragraphs = parts(folder, letter)
    links = [LINK.fullmatch(text) for text in paragraphs if LINK.search(text)]

    assert all(links), "a link shares its paragraph with other text"
    for link in links:
        kind, _, target = link["target"].partition(":")
        assert target in (
            guide.keys() if kind == "guide" else [purpose.value for purpose in purposes_for(letter)]
        )
    assert not re.search(r"[\[\]]", "".join(text for text in paragraphs if not LINK.fullmatch(text)))
    targets = {link["target"] for link in links}
    assert "guide:what-happens-next" in targets
    if letter.startswith(("outcome/interviewed", "outcome/finalist")):
        assert "guide:after-the-interview" in targets


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
    ("ending", "targets"),
    [
        (".open", {"link:stay"}),
        (".unlatched", {"link:stay"}),
        (".closed", set()),
        ("/plain", set()),
        ("recall", {"link:answer"}),
        ("progress", set()),
        ("progress_decided", set()),
        ("correction", set()),
    ],
)
def test_the_door_decides_which_personal_link_there_is(folder, ending, targets):
    letters = [letter for letter in ALL if letter.endswith(ending)]

    assert letters
    for letter in letters:
        found = {link["target"] for link in LINK.finditer(source(folder, letter))}
        assert {target for target in found if target.startswith("link:")} == targets


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("stage", ["confirmation", *(f"outcome/{stage.value}" for stage in StageReached)])
def test_only_an_open_door_says_that_we_want_the_person_back(folder, stage):
    empty, language = ("line", "reason"), language_of(folder)
    open_, unlatched, closed = (render(folder, f"{stage}.{door.value}", empty=empty) for door in Door)
    plain = render(folder, "outcome/plain", empty=empty)

    assert WANTED_BACK[language].search(open_)
    assert ONLY_IF_YES[folder] in open_
    for text in (unlatched, closed, plain):
        assert not PROMISE[language].search(text)
    for text in (closed, plain):
        assert not WAY_BACK[language].search(text)


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_a_person_says_i_only_of_what_is_theirs_and_a_team_says_we(folder, letter):
    reads = {"en": ("I read", "We read"), "de": ("Ich lese", "Wir lesen")}[language_of(folder)]
    sorry = {"en": ("I am sorry", "We are sorry"), "de": ("Es tut mir leid", "Es tut uns leid")}[
        language_of(folder)
    ]
    theirs = render(folder, letter)
    shared = render(folder, letter, empty=("own_address",))
    team = render(folder, letter, empty=("own_address", "by_name"))

    assert [reads[0] in text for text in (theirs, shared, team)] == [True, False, False]
    assert [reads[1] in text for text in (theirs, shared, team)] == [False, True, True]
    assert f"{FULL['writer']} reads" not in theirs
    assert f"{FULL['writer']} liest" not in theirs
    is_finalist = letter.startswith("outcome/finalist")
    assert [sorry[0] in text for text in (theirs, shared, team)] == [is_finalist, is_finalist, False]
    assert not is_finalist or sorry[1] in team


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("letter", ALL)
def test_a_subject_names_company_and_job_and_is_no_receipt(folder, letter):
    subject, _ = parts(folder, letter)

    assert FULL["company"] in subject
    assert FULL["job"] in subject or letter in TOGETHER
    assert not re.search(r"your application to|Bewerbung bei", subject)


@pytest.mark.parametrize(("folder", "letter"), EVERY)
def test_no_letter_praises_itself_or_promises_what_nobody_keeps(folder, letter):
    text = render(folder, letter)

    assert not re.search(
        r"plainly|leave you|not silence|clear answer|need not|the job of|final list|among the first|free again, |"
        r"klar sagen|klare Antwort|Schweigen|im Ungewissen|ohne Nachricht|im Verfahren|vormerk|Knopf|zu den Ersten|in unserer Auswahl",
        text,
    )  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_longest_letter_to_a_finalist_is_read_on_a_phone(folder):
    _, paragraphs = parts(folder, "outcome/finalist.open", empty=("line", "reason", "feedback"))

    assert sum(len(text.split()) for text in paragraphs) < 150


def test_what_is_kept_has_one_name_in_letters_and_in_what_is_agreed_to():
    for folder, noun in (("en", "my application"), ("de", "meine Bewerbung")):
        consent = tomllib.loads((TEXTS / folder / "pages.toml").read_text("utf-8"))["stay"]["consent"][
            "wording"
        ]
        assert noun in " ".join(consent.split())
    for letter in (*(f"outcome/{stage.value}.unlatched" for stage in StageReached), "confirmation.unlatched"):
        assert "keep your application for 12 months" in render("en", letter)
        assert "behalten wir Ihre Bewerbung 12 Monate" in render("de", letter)


@pytest.mark.parametrize("folder", FOLDERS)
def test_whoever_was_told_by_word_of_mouth_reads_the_same_about_the_same_job(folder):
    again = {"en": "If this same role becomes free again", "de": "Wenn genau diese Stelle"}[
        language_of(folder)
    ]

    for stage in ("outcome/interviewed", "outcome/finalist", "confirmation"):
        assert [again in render(folder, f"{stage}.{door.value}") for door in Door] == [True, True, False]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_letter_that_is_still_open_hints_at_nothing(folder):
    hints = {
        "en": r"\b(interest|hope|strong|promising|short ?list|soon|pleased|however|thank you for your patience)",
        "de": r"\b(interess|hoff|stark|viel ?versprech|engere|bald|freuen|jedoch|Geduld)",
    }
    text = render(folder, "progress")

    assert not re.search(hints[language_of(folder)], text, re.IGNORECASE)
    assert not SAYS_NO[language_of(folder)].search(text)
    assert text != render(folder, "progress", empty=("again",))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_letter_beside_a_decision_says_that_we_owe_the_answer_and_not_that_anything_is_open(folder):
    text = render(folder, "progress_decided")

    assert re.search("we owe you an answer|schulden (Ihnen|dir) eine Antwort", text)
    assert not re.search("open|not finished|offen|abgeschlossen|no answer|keine Antwort", text)
    assert not SAYS_NO[language_of(folder)].search(text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_correction_is_sorry_says_why_and_what_holds_now(folder):
    _, paragraphs = parts(folder, "correction")
    text = " ".join(paragraphs)

    assert re.search("no longer holds|gilt nicht mehr", paragraphs[1])
    assert FULL["why"] in paragraphs[1]
    assert re.search("We are sorry|Das tut uns leid", text)
    assert re.search("is open again|ist wieder offen", text)


def test_an_invitation_says_what_it_rests_on_and_how_to_object():
    same_job, member = render("en", "recall"), render("en", "recall_member")

    assert "because you applied for this very role" in same_job
    assert "talent pool" not in same_job
    assert "because you are in our talent pool" in member
    assert "because you said that we may keep you in mind" in member
    for text in (same_job, member):
        assert "asked again" in text or "ask again" in text
        assert re.search(r"one click", text, re.IGNORECASE)
    for folder, gave in (("de", "weil Sie sich selbst"), ("de-informal", "weil du dich selbst")):
        assert gave in render(folder, "recall")
        assert "Talentpool" not in render(folder, "recall")
        for letter in RECALLS:
            assert re.search(r"ein Klick", render(folder, letter), re.IGNORECASE)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("letter", RECALLS)
def test_an_invitation_is_to_the_job_that_the_person_applied_for(folder, letter):
    text = render(folder, letter)
    undated = render(folder, letter, empty=("applied_on",))

    assert re.search(rf"applied for [^.]*{FULL['applied_on']}|{FULL['applied_on']}[^.]*beworben", text)
    assert re.search(r"applied for|beworben", undated)
    assert re.search(
        r"we did not offer it to you then|damals haben wir sie (Ihnen|dir) nicht angeboten", text
    )
    # Whether the job was ever filled, or is free again, nobody wrote down.
    assert not re.search(r"free again|wieder frei", text)
    assert not re.search(r"may like|interessieren könnte|another job|andere Stelle", text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_letters_differ_where_the_stage_or_the_door_differs(folder):
    bodies = [render(folder, letter, empty=OPTIONAL).split("\n\n", 1)[1] for letter in ALL]
    paragraphs_of_doors = {
        door: {
            parts(folder, f"outcome/{stage.value}.{door.value}", empty=OPTIONAL)[1][1]
            for stage in StageReached
        }
        for door in Door
    }

    assert len(set(bodies)) == len(ALL)
    assert all(len(first) == len(StageReached) for first in paragraphs_of_doors.values())


# Written


def context(form=FormOfAddress.FORMAL):
    return SimpleNamespace(
        settings=Settings(form_of_address=form), guide_url=lambda key, **_: f"https://guide.test/{key}/"
    )


def written(letter="outcome/interviewed.unlatched", *, folder="en", **values):
    return write_from(context(), text_files.read(letter, folder, None), values_of(folder, letter) | values)


HOSTILE = {
    "right to left": "محمد بن عبد الله",
    "hebrew": "שרה לוי",
    "emoji": "Zoë 👩🏽‍💻 Ng",
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 9,
    "markup": '<b>Bo</b> & "Co" <script>alert(1)</script>',
    "link": "Bo [click here](link:stay)",
    "template": "{{ company }}{% if x %}",
    "several lines": "Bo\r\nBcc: all@host.test\n\nSubject: no",
    "turned around": "Bo \u202e evil \u2067x",
    "nothing printable": "Bo\x00\x07",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_strange_name_breaks_neither_text_nor_html(name):
    letter = written(name=name)

    assert letter.text.count("talentpool-link:stay") == 1
    assert letter.text.split("\n\n")[0].startswith("Dear ")
    assert letter.text.count("\n\n") == written().text.count("\n\n")
    assert "<b>" not in letter.html
    assert "<script>" not in letter.html
    assert letter.html.count("<p ") == written().html.count("<p ")
    assert letter.html.count('class="button"') == 1
    for hidden in "\u202e\u2066\u2067\u2068\u2069\x00\x07\r":
        assert hidden not in letter.text + letter.html + letter.subject


def test_a_name_from_right_to_left_is_isolated_in_the_html_and_bare_in_the_text():
    letter = written(name=HOSTILE["right to left"], writer=HOSTILE["hebrew"])

    assert f'<span dir="auto">{HOSTILE["right to left"]}</span>' in letter.html
    assert letter.html.count('<span dir="auto">') == letter.html.count("</span>") > 1
    assert f"Dear {HOSTILE['right to left']}," in letter.text
    assert "<span" not in written().html


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl"), ("he-IL", "rtl")]
)
def test_the_html_says_its_language_and_direction(language, direction):
    edition = text_files.Edition(
        name="outcome/plain",
        folder=language,
        source=source("en", "outcome/plain"),
        origin=text_files.Origin.FOLDER,
        version="folder",
    )

    html = write_from(context(), edition, FULL).html

    assert html.count(f'lang="{language}" dir="{direction}"') == 2
    assert not re.search(r"<(img|script|link)\b|https?://(?!guide\.test)", html)
    assert html.count("<table") == html.count('<table role="presentation"')
    assert "prefers-color-scheme: dark" in html


def test_feedback_keeps_its_paragraphs():
    letter = written(feedback="You found the fault at once.\n\nThe task asked for tests.\nWe saw none.")

    assert "\n\nYou found the fault at once.\n\nThe task asked for tests.\n\nWe saw none.\n\n" in letter.text


def test_a_letter_knows_which_edition_it_was_written_from():
    formal, informal = written(folder="de"), written(folder="de-informal")

    assert (formal.name, formal.version, formal.language) == (
        "outcome/interviewed.unlatched",
        "package 1",
        "de",
    )
    assert (informal.version, informal.language) == ("package 1, informal", "de")


@pytest.mark.parametrize(
    ("letter", "field"),
    [
        *(("outcome/plain", field) for field in ("name", "company", "writer", "reply_address")),
        ("recall", "job"),
        ("recall_member", "job"),
        ("progress", "next_by"),
        ("progress_decided", "next_by"),
        ("correction", "why"),
        ("outcome/applied.open", "pool"),
        ("confirmation.open", "pool"),
    ],
)
@pytest.mark.parametrize("empty", ["", " \n", "\u200b\u202e"])
def test_an_empty_field_that_the_letter_needs_is_named(letter, field, empty):
    with pytest.raises(EmptyField) as caught:
        written(letter, **{field: empty})

    assert caught.value.field == field
    assert f"“{field}”" in str(caught.value)


def test_every_value_has_words_that_explain_it_and_every_purpose_a_text():
    assert all(explained.endswith(".") for explained in VARIABLES.values())
    assert {purpose for name in NAMES for purpose in purposes_for(name)} == set(Purpose) - {Purpose.LINE}
