"""The candidates' pages: easy to read in every language, and the same pages in each."""

from __future__ import annotations

import re

import pytest

from flask_talentpool import guide
from flask_talentpool.config.guide_keys import CANDIDATES
from tools import readability
from tools.readability import FOLDERS, LEAST, measure, reading_ease, syllables_in

TOOL = re.compile(r'<div class="tp-tool"[^>]*>')
LINK = re.compile(r'<a href="(?:\.\./)+(?:(de|de-informal)/)?([a-z-]+)/')


def page(key, folder):
    found = guide.load(key, language=folder)
    assert found.language == folder, f"site/{folder}/{key}.md is missing"
    return found.html


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("key", CANDIDATES)
def test_a_page_for_candidates_reads_easily(key, folder):
    measured = measure(page(key, folder), folder=folder, key=key)

    assert measured.words > 500
    assert measured.ease >= LEAST


@pytest.mark.parametrize("folder", FOLDERS[1:])
@pytest.mark.parametrize("key", CANDIDATES)
def test_a_page_in_another_language_has_the_tools_of_the_english_one_in_its_form(key, folder):
    english, other = page(key, "en"), page(key, folder)

    assert re.findall(r"data-tool=\S+?\"", other) == re.findall(r"data-tool=\S+?\"", english)
    assert all(("informal" in folder) == ('data-form="informal"' in tool) for tool in TOOL.findall(other))


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("key", CANDIDATES)
def test_a_page_for_candidates_leads_to_other_pages_for_candidates_in_its_language(key, folder):
    linked = LINK.findall(page(key, folder))

    assert linked
    assert {language or "en" for language, _ in linked} == {folder}
    assert {other for _, other in linked} <= set(CANDIDATES)


@pytest.mark.parametrize("key", [*CANDIDATES, "index"])
def test_a_page_that_says_du_never_says_sie_to_its_reader(key):
    html = page(key, "de-informal")
    formal = r"\b(?:Ihnen|Ihr|Ihre[mnrs]?)\b|[a-zäöüß,] Sie\b"
    # Words to send to somebody else, and words about words, keep the form they need.
    without = re.sub(r"<blockquote>.*?</blockquote>|(?:per|das) Sie\b", "", html, flags=re.DOTALL)

    assert re.findall(rf".{{0,30}}(?:{formal}).{{0,30}}", re.sub(r"<[^>]+>", "", without)) == []


def test_the_formulas_are_those_of_flesch_and_amstad():
    assert reading_ease(language="en", words=100, sentences=5, syllables=150) == pytest.approx(59.635)
    assert reading_ease(language="en", words=10, sentences=2, syllables=10) == pytest.approx(117.16)
    assert reading_ease(language="de", words=100, sentences=5, syllables=150) == pytest.approx(72.25)
    assert reading_ease(language="de", words=12, sentences=1, syllables=24) == pytest.approx(51.0)


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [
        ("en", "a", 1),
        ("en", "the", 1),
        ("en", "time", 1),
        ("en", "asked", 1),
        ("en", "wanted", 2),
        ("en", "table", 2),
        ("en", "over", 2),
        ("en", "idea", 3),
        ("en", "quiet", 2),
        ("en", "probation", 3),
        ("en", "disappointed", 4),
        ("en", "experience", 4),
        ("de", "aber", 2),
        ("de", "Leute", 2),
        ("de", "Quelle", 2),
        ("de", "Ruine", 3),
        ("de", "beenden", 3),
        ("de", "Museum", 3),
        ("de", "Situation", 5),
        ("de", "Unternehmen", 4),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(language, word, count):
    assert syllables_in(word, language=language) == count


def test_of_the_two_counts_of_syllables_the_larger_is_taken():
    patterns = len(readability._hyphens("en").positions("over")) + 1
    vowels = readability._vowel_groups("geehrt", "de")

    assert (patterns, syllables_in("over", language="en")) == (1, 2)
    assert (vowels, syllables_in("geehrt", language="de")) == (1, 2)


def test_headings_tables_code_and_pictures_are_no_prose():
    html = (
        '<h2 id="x">Extraordinary considerations</h2><p>We met. You left <code>unintelligible</code>.</p>'
        '<table><tr><td>Incomprehensibility</td></tr></table><img alt="Unimaginable" src="a.svg">'
        "<p>Dear [somebody unnamed], 0121 496.</p>"
    )

    measured = measure(html, folder="en", key="x")

    assert (measured.words, measured.sentences, measured.syllables) == (5, 3, 5)


def test_a_list_item_that_ends_with_a_semicolon_runs_on_into_the_next():
    runs_on = measure("<ul><li>one;</li><li>two.</li></ul>", folder="en", key="x")
    apart = measure("<ul><li>one</li><li>two</li></ul>", folder="en", key="x")

    assert (runs_on.sentences, apart.sentences) == (1, 2)


def test_the_table_names_every_page_and_a_hard_one_fails(capsys, monkeypatch):
    assert readability.main() == 0
    printed = capsys.readouterr().out
    assert all(
        re.search(rf"^{folder} +{key} ", printed, re.MULTILINE) for folder in FOLDERS for key in CANDIDATES
    )

    monkeypatch.setattr(readability, "LEAST", 200.0)

    assert readability.main() == 1
    assert "en/second-place is below 200" in capsys.readouterr().out
