"""What the recruiters' pages say is what the software says and does."""

import ast
import html
import json
import re
from pathlib import Path

import pytest

from flask_talentpool.bulk.choices import WORDS
from flask_talentpool.config.guide_keys import RECRUITERS
from flask_talentpool.enums import Act
from flask_talentpool.letters.checks.checker import check_words
from flask_talentpool.letters.checks.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugin" / "flask_talentpool"
WRITTEN = [key for key in RECRUITERS if key not in {"letters", "letter-rules"}]
LAST = "## Where in the software {#where-in-the-software}"
WORST = ("promise", "blame", "comparison", "fit", "stock")


def page(key):
    return (ROOT / "site" / f"{key}.md").read_text(encoding="utf-8")


def last_section(key):
    return page(key).split(f"\n{LAST}\n")[1]


@pytest.fixture(scope="module")
def shown():
    """All that pages can show: templates without their tags, and the texts in the code."""
    sources = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]
    text = html.unescape("\n".join(path.read_text(encoding="utf-8") for path in sources))
    return re.sub(r"<span[^>]*>|</span>", "", text)


@pytest.mark.parametrize("key", WRITTEN)
def test_a_page_ends_with_where_in_the_software_and_shows_it(key):
    headings = re.findall(r"^## .*$", page(key), re.MULTILINE)

    assert headings[-1] == LAST
    assert "](assets/screens/" in last_section(key)


@pytest.mark.parametrize("key", WRITTEN)
def test_every_heading_below_the_title_has_an_id_of_its_own(key):
    headings = re.findall(r"^##+ (.*)$", re.sub(r"```.*?```", "", page(key), flags=re.DOTALL), re.MULTILINE)
    ids = [re.search(r"\{#([a-z0-9-]+)\}$", heading) for heading in headings]

    assert None not in ids, [heading for heading, found in zip(headings, ids, strict=True) if not found]
    assert len({found[1] for found in ids}) == len(ids)


@pytest.mark.parametrize("key", WRITTEN)
def test_every_label_that_a_page_names_is_one_that_the_software_shows(key, shown):
    labels = re.findall(r"\*\*([^*]+)\*\*", last_section(key))

    assert labels
    assert [label for label in labels if not re.search(rf"(?<!\w){re.escape(label)}(?!\w)", shown)] == []


def test_the_words_to_avoid_are_the_examples_of_the_checkers_rules():
    rules = {rule.code: rule for rule in RULES}
    section = page("saying-no").split("{#words-to-avoid}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]

    expected = [[rules[code].examples["en"].bad, rules[code].examples["en"].better] for code in WORST]

    assert rows[2:] == expected


@pytest.mark.parametrize(
    ("key", "said"),
    [(key, said) for key in WRITTEN for said in re.findall(r"^> (.+)$", page(key), re.MULTILINE)],
)
def test_the_check_finds_nothing_in_words_that_a_page_offers(key, said):
    assert [finding.excerpt for finding in check_words(said, language="en")] == []


def test_the_table_of_what_can_be_done_to_many_names_each_act():
    rows = re.findall(r"^\| ([^|]+) \|", page("many-at-once").split("{#in-four-steps}")[1], re.MULTILINE)

    assert sorted(row.strip() for row in rows if row not in {"What", "---"} and row.strip("-")) == sorted(
        words.title for words in WORDS.values()
    )


@pytest.mark.parametrize("key", WRITTEN)
def test_code_on_a_page_is_code(key):
    blocks = re.findall(r"```(\w+)\n(.*?)```", page(key), re.DOTALL)

    for language, text in blocks:
        if language == "python":
            ast.parse(text)
        elif language == "json":
            json.loads(text)
        elif language == "http":
            asked = json.loads(text.split("\n\n")[1])
            assert asked["act"] in list(Act)


def test_the_acts_that_a_host_can_ask_for_are_those_there_are():
    (named,) = re.findall(r"^`act` is one of (.*?)\.", page("many-at-once"), re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", named)) == {act.value for act in Act}
