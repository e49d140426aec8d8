"""Letters without links to guide pages that the host hides; and that packaged letters link to pages there are."""

from __future__ import annotations

import itertools
import re
from types import SimpleNamespace

import pytest

from flask_talentpool import guide
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.checks import measure
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts import queries as text_queries
from flask_talentpool.letters.texts.hidden_pages import without_hidden
from flask_talentpool.letters.texts.render import write_from
from flask_talentpool.letters.texts.syntax import mistakes
from flask_talentpool.letters.texts.vocabulary import NAMES, VARIABLES

EVERY = list(itertools.product(text_files.folders(None), NAMES))
LINKED = re.compile(r"\(guide:([^)]*)\)")
BASE = "https://jobs.example.test/guide/"


def without(*hidden):
    return lambda key: "" if key in hidden else f"/{key}/"


@pytest.mark.parametrize(
    ("paragraphs", "kept"),
    [
        (["Hello.", "[A](guide:a)", "Yours"], ["Hello.", "Yours"]),
        (["Ask us. One page:", "[A](guide:a)", "Yours"], ["Ask us.", "Yours"]),
        (["One page:", "[A](guide:a)", "Yours"], ["Yours"]),
        (["Ask us. Two pages:", "[A](guide:a)", "[B](guide:b)", "Yours"], ["Ask us.", "[B](guide:b)", "Yours"]),
        (["Ask us. Two pages:", "[B](guide:b)", "[A](guide:a)", "Yours"], ["Ask us.", "[B](guide:b)", "Yours"]),
        (["Ask us. Two:", "[A](guide:a)", "[C](guide:c)", "Yours"], ["Ask us.", "Yours"]),
        (["Ask us. One page:", "[B](guide:b)", "Yours"], ["Ask us. One page:", "[B](guide:b)", "Yours"]),
        (["Two things:", "[Stay](link:stay)", "[A](guide:a)"], ["Two things:", "[Stay](link:stay)"]),
        (["See [how it goes](guide:a) and [B](guide:b)."], ["See how it goes and [B](guide:b)."]),
        (["Is that all? No! “Yes.” This page:", "[A](guide:a)"], ["Is that all? No! “Yes.”"]),
        (["Write to a.b@c.test. Dr. Weber reads it, at 5.30. Here:", "[A](guide:a)"], ["Write to a.b@c.test. Dr. Weber reads it, at 5.30."]),
        (["Ask us. Das ist z. B. wichtig:", "[A](guide:a)"], ["Ask us."]),
        (["Ask us. Das ist z.B. wichtig:", "[A](guide:a)"], ["Ask us."]),
        (["Ask us. Das ist (z. B.) wichtig:", "[A](guide:a)"], ["Ask us."]),
        (["Das ist bzw. war wichtig:", "[A](guide:a)", "Yours"], ["Yours"]),
        (["Ask us. By e.g. Dr. Ada Fox et al. and others:", "[A](guide:a)"], ["Ask us."]),
        (["Fragen Sie uns! Ab dem 3. Mai hier:", "[A](guide:a)"], ["Fragen Sie uns!"]),
        (["It took 45. Ask us. One page:", "[A](guide:a)"], ["It took 45. Ask us."]),
        (["Feedback:", "You were late.", "[A](guide:a)"], ["Feedback:", "You were late."]),
    ],
)  # fmt: skip
def test_a_hidden_page_goes_with_what_announced_it(paragraphs, kept):
    assert without_hidden(paragraphs, without("a", "c")) == kept


def test_a_letter_that_links_to_nothing_hidden_stays_as_it_is():
    paragraphs = ["Two pages:", "[A](guide:a)", "[B](guide:b)"]

    assert without_hidden(paragraphs, without()) == paragraphs


def written(folder, name, *, hidden=()):
    informal = folder.endswith(text_files.INFORMAL)
    form = FormOfAddress.INFORMAL if informal else FormOfAddress.FORMAL
    own = guide.Guide(hidden=frozenset(hidden))
    ctx = SimpleNamespace(
        settings=Settings(form_of_address=form),
        guide_url=lambda key, *, language: (
            "" if (at := own.address(key, language=language)) is None else BASE + at
        ),
    )
    values = dict.fromkeys(VARIABLES, "12") | {
        "name": "Ada Okafor",
        "writer": "Jo",
        "formal": "" if informal else "yes",
    }
    return write_from(ctx, text_files.read(name, folder, None), values)


@pytest.mark.parametrize(("folder", "name"), EVERY)
def test_a_packaged_text_links_only_to_pages_and_no_deeper(folder, name):
    text = text_files.read(name, folder, None).source

    assert set(LINKED.findall(text)) <= set(guide.keys())
    assert "(auf Englisch)" not in text


@pytest.mark.parametrize(("folder", "name"), EVERY)
def test_a_letter_links_to_the_pages_of_its_own_language(folder, name):
    letter = written(folder, name)
    there = guide.Guide()

    for address in re.findall(rf"{BASE}(\S*)", letter.text):
        key = address.rstrip("/").rpartition("/")[2]
        assert address == there.address(key, language=folder)
        assert f'href="{BASE}{address}"' in letter.html
    assert f"{BASE}{there.address('what-happens-next', language=folder)}" in letter.text
    assert letter.guide == BASE
    assert list(measure.dead_pages(letter.text, letter.guide)) == []


@pytest.mark.parametrize(("folder", "name"), EVERY)
def test_every_packaged_letter_reads_on_without_its_pages(folder, name):
    one = written(folder, name, hidden=("after-the-interview",))
    none = written(folder, name, hidden=guide.keys())

    assert "after-the-interview" not in one.text + one.html
    assert "guide" not in none.text + none.html
    for letter in (one, none):
        parts = letter.text.strip().split("\n\n")
        for part, follows in itertools.pairwise(parts):
            assert not part.endswith(":") or follows == "12" or "\n" in follows, part
        assert letter.text.count(BASE) == 2 or not re.search(
            r"two pages|these pages|beiden Seiten|zwei Seiten", letter.text, re.IGNORECASE
        )
        assert parts[-1].startswith("Jo")


def test_the_editor_of_texts_offers_no_hidden_page():
    offered = [words for words, _ in text_queries._links("correction", hidden=("deciding",))]

    assert "[words](guide:what-happens-next)" in offered
    assert "[words](guide:deciding)" not in offered


def test_a_link_to_a_section_of_a_page_is_refused():
    source = "Subject: A\n\n[What happens](guide:what-happens-next#in-short)\n"

    assert "there is no page of the guide “what-happens-next#in-short”" in str(
        mistakes(source, "correction")[0]
    )


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        (f"A:\n{BASE}de/what-happens-next/\n\nB:\n{BASE}de/no-such-page/", [f"{BASE}de/no-such-page/"]),
        (f"B:\n{BASE}de-informal/no-such-page/", [f"{BASE}de-informal/no-such-page/"]),
        (f"A:\n{BASE}de/what-happens-next/", []),
        (f"A:\n{BASE}de/\n\nB:\n{BASE}\n\nC:\n{BASE}nowhere#x", [f"{BASE}nowhere/"]),
    ],
)
def test_a_dead_page_is_found_in_every_language(text, dead):
    assert list(measure.dead_pages(text, BASE)) == dead


@pytest.mark.parametrize("base", [BASE, ""])
@pytest.mark.parametrize(
    "text",
    [
        "https://city.example/guide/de/berlin/",
        "https://acme.example/recruiters\n\nhttps://acme.example/privacy",
        "https://jobs.example.test/privacy/\n\nhttps://jobs.example.test/deciding/",
    ],
)
def test_an_address_of_somebody_else_is_no_dead_page(text, base):
    assert list(measure.dead_pages(text, base)) == []


def test_without_the_guides_own_address_only_what_was_not_written_out_is_dead():
    assert list(measure.dead_pages(f"{BASE}nowhere/\n\nguide:nowhere", "")) == ["guide:nowhere"]
