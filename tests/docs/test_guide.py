"""The guide: it builds, its links lead somewhere, it asks no other host, and it says what the code does."""

from __future__ import annotations

import functools
import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from flask_talentpool import guide
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.guide_keys import CANDIDATES, HOME, RECRUITERS
from flask_talentpool.config.settings import Settings
from flask_talentpool.guide import Guide
from flask_talentpool.guide import pages as guide_pages
from flask_talentpool.guide.pages import KINDS
from tests.support.guide import built_guide

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
PAGES = sorted(guide_pages.pages(None))
PACKAGED = Guide()

# What a browser fetches by itself while it shows a page.
FETCHED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href", "use": "href"}
NOT_FETCHED = {"prev", "next", "canonical", "alternate"}


class Page(HTMLParser):
    """The ids, links, fetched addresses and headings of one HTML page."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.fetched, self.headings, self.lang = set(), [], [], [], ""
        self._heading = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if (
            tag in FETCHED
            and attributes.get(FETCHED[tag])
            and attributes.get("rel", "").strip() not in NOT_FETCHED
        ):
            self.fetched.append(attributes[FETCHED[tag]])
        if re.fullmatch("h[1-3]", tag) and "id" in attributes:
            self._heading = [tag, attributes["id"], ""]

    def handle_data(self, data):
        if self._heading:
            self._heading[2] += data

    def handle_endtag(self, tag):
        if self._heading and tag == self._heading[0]:
            self.headings.append((tag, self._heading[1], " ".join(self._heading[2].split())))
            self._heading = None


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return built_guide(tmp_path_factory)


@functools.cache
def read(path):
    return Page(path.read_text(encoding="utf-8"))


@functools.cache
def served(language, key):
    return Page(PACKAGED.load(key, language=language).html)


def published(built, language, key):
    return built / (PACKAGED.address(key, language=language) or "") / "index.html"


def built_pages(built):
    return sorted(path for path in built.rglob("*.html") if path.name != "404.html")


# Built


def test_every_internal_link_and_anchor_of_the_built_guide_resolves(built):
    pages = {path: read(path) for path in built_pages(built)}

    dead = []
    for path, page in pages.items():
        base = f"http://guide/{path.relative_to(built)}"
        for link in page.links:
            parts = urlsplit(urljoin(base, link))
            if parts.netloc != "guide":
                continue
            target = built / unquote(parts.path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            anchored = not parts.fragment or (
                target in pages and unquote(parts.fragment) in pages[target].ids
            )
            if not target.is_file() or not anchored:
                dead.append((str(path.relative_to(built)), link))

    assert len(pages) == len(list(SITE.rglob("*.md")))
    assert dead == []


def test_the_built_guide_asks_no_other_host_for_anything(built):
    outside = [
        (path.name, address)
        for path in built.rglob("*.html")
        for address in read(path).fetched
        if urlsplit(address).scheme or urlsplit(address).netloc
    ]
    styles = [
        (path.name, found)
        for path in built.rglob("*.css")
        for found in re.findall(
            r"(?:url\(|@import\s)[\"']?(?:https?:)?//[^)\"']+", path.read_text(encoding="utf-8")
        )
    ]

    assert outside == []
    assert styles == []


def test_every_picture_and_script_of_the_built_guide_is_there(built):
    missing = [
        (str(path.relative_to(built)), address)
        for path in built_pages(built)
        for address in read(path).fetched
        if not (path.parent / unquote(urlsplit(address).path)).exists()
    ]

    assert missing == []


@pytest.mark.parametrize(("language", "key"), PAGES)
def test_a_page_has_the_same_headings_served_by_a_host_and_published(language, key, built):
    headings = served(language, key).headings

    assert [one for one in read(published(built, language, key)).headings if one[1] != "__toc"] == headings
    assert headings[0][2] == PACKAGED.load(key, language=language).title


def test_a_published_page_says_its_language(built):
    for language, key in PAGES:
        page = published(built, language, key)
        assert read(page).lang == language.removesuffix("-informal"), (language, key)
        if language == "en" and "de" in PACKAGED.languages(key):
            german = f"de/{key}/" if key != HOME else "de/"
            head = page.read_text(encoding="utf-8").partition("</head>")[0]
            assert re.search(rf'hreflang="de" href="(\.\./)?{german}"', head), key


def test_the_first_page_is_named_to_search_engines_as_the_site_itself():
    hook = pytest.importorskip("tools.guide_hooks", reason="mkdocs is not installed")
    page, config = SimpleNamespace(url="de/"), SimpleNamespace(site_url="https://guide.test/")

    assert hook._address("./", page, config) == "https://guide.test/"
    assert hook._address("de/", page, config) == "https://guide.test/de/"
    assert hook._address("./", page, SimpleNamespace(site_url="")) == "../"


def test_the_search_finds_each_german_page_once(built):
    index = json.loads((built / "search" / "search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"].partition("/")[0] for entry in index["docs"]}

    assert "what-happens-next" in found
    assert "de-informal" not in found
    assert ("de" in found) is ("de" in PACKAGED.languages())


def test_a_published_page_with_facts_is_filled_in(built):
    text = published(built, "en", "what-happens-next").read_text(encoding="utf-8")

    assert "normally lasts 12 months" in text
    assert "{{" not in text
    assert "{%" not in text


# Served


def test_the_list_of_keys_is_what_lies_in_the_folder():
    assert {*CANDIDATES, *RECRUITERS, HOME} == {path.stem for path in SITE.glob("*.md")}
    assert guide.keys() == (*CANDIDATES, *RECRUITERS)


def test_keys_are_in_the_order_of_the_navigation():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n", 1)[1]
    listed = re.findall(r"^ +- ([a-z-]+)\.md$", nav, re.MULTILINE)

    assert tuple(key for key in listed if key != HOME) == guide.keys()


@pytest.mark.parametrize(("language", "key"), PAGES)
def test_links_and_pictures_of_a_served_page_lead_to_what_a_host_serves(language, key):
    at = "http://host/guide/" + (PACKAGED.address(key, language=language) or "")
    page = served(language, key)
    addresses = {PACKAGED.address(key, language=language): (language, key) for language, key in PAGES}

    for link in (*page.links, *page.fetched):
        parts = urlsplit(urljoin(at, link))
        if parts.netloc != "host":
            assert parts.scheme in {"http", "https", "mailto"}, link
            assert link not in page.fetched, link
            continue
        path = parts.path.removeprefix("/guide/")
        if path.startswith("assets/"):
            found = PACKAGED.asset(path.removeprefix("assets/"))
            assert found is not None, link
            assert found.suffix in KINDS, link
            continue
        assert path in addresses, link
        assert not parts.fragment or parts.fragment in served(*addresses[path]).ids, link


@pytest.mark.parametrize(("language", "key"), PAGES)
def test_a_page_uses_only_markdown_that_both_renderers_understand(language, key):
    text = guide_pages.pages(None)[language, key].read_text(encoding="utf-8")
    outside_code = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    templated = guide_pages.read(guide_pages.pages(None)[language, key]).is_facts

    material_only = re.findall(
        r"^===|^\?\?\?|:(?:material|fontawesome|octicons)-|\[=|==\w|^::: ", outside_code, re.MULTILINE
    )

    assert material_only == []
    assert templated or "{{" not in outside_code
    assert templated or "{%" not in outside_code


@pytest.mark.parametrize(("language", "key"), PAGES)
def test_a_page_says_what_it_is_about_in_one_sentence(language, key):
    page = PACKAGED.load(key, language=language)

    assert 40 <= len(page.description) <= 155, len(page.description)
    assert page.description.endswith((".", "?"))


@pytest.mark.parametrize(
    ("language", "key"), [(language, key) for language, key in PAGES if language != "en" and key != HOME]
)
def test_a_translated_page_has_the_sections_of_the_english_one(language, key):
    def ids(language):
        return [(tag, anchor) for tag, anchor, _ in served(language, key).headings if tag != "h1"]

    assert ids(language) == ids("en")


def test_every_page_for_candidates_exists_in_every_language_of_letters():
    for key in CANDIDATES:
        assert set(PACKAGED.languages(key)) >= {"en", "de", "de-informal"}, key


# Told


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_what_candidates_are_told_is_what_happens_by_default():
    told, settings = text_of(guide.load("what-happens-next").html), Settings()

    assert settings.delay == BusinessDelay(days=1, between=(9, 17))
    assert "next working day, between 9 am and 5 pm" in told
    assert settings.personal_days == timedelta(days=5)
    assert "After an interview it can take up to 5 working days" in told
    assert settings.min_time_after_applying == timedelta(days=3)
    assert "3 days after you applied" in told
    assert settings.delay.friday_until == 13
    assert "on a Friday after 1 pm" in told
    assert settings.keep_months == 12
    assert "normally lasts 12 months" in told
    assert settings.link_days == timedelta(days=180)
    assert "normally lasts 180 days" in told
    assert settings.invitation_open_for == timedelta(days=10)
    assert "your link takes one for normally 10 days" in told
    assert timedelta(days=181) <= settings.reuse_window <= timedelta(days=184)
    assert "normally within 6 months" in told
    assert settings.answer_target == timedelta(days=10)
    assert "normally an answer within 10 days of the interview" in told
    assert settings.answer_limit == timedelta(days=45)
    assert "45 days after the interview, a letter normally tells you" in told
    assert settings.progress_days == timedelta(days=14)
    assert "normally 14 days later" in told


# What a candidate copies, and what a page promises


@pytest.mark.parametrize("path", sorted(SITE.glob("*.md")), ids=lambda path: path.stem)
def test_an_english_note_begins_with_a_capital_after_its_salutation(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"(?m)^> (?:Dear|Hello|Hi) [^\n]*,\n>\n> [a-zß-ÿ][^\n]*", text) == []


@pytest.mark.parametrize("language", ["en", "de", "de-informal"])
def test_what_now_is_answered_first_and_the_page_is_short(language):
    html = PACKAGED.load("what-happens-next", language=language).html
    words = re.sub(r"<[^>]+>", " ", html).split()
    first = " ".join(words[:120])

    assert 'id="in-short"' in html[:900]
    assert re.search("do not need to do anything|müssen nichts tun|musst nichts tun", first)
    assert len(words) < 1150


@pytest.mark.parametrize("key", CANDIDATES)
def test_no_page_says_that_members_are_looked_at_first(key):
    for language in ("en", "de", "de-informal"):
        assert not re.search("among the first|zu den Ersten", PACKAGED.load(key, language=language).html)
