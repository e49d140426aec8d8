"""The guide: it builds, its links lead somewhere, it asks no other host, and it says what the code does."""

from __future__ import annotations

import ast
import os
import pickle
import re
import subprocess
import sys
from dataclasses import fields
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from flask_talentpool import guide
from flask_talentpool.access import rights_table
from flask_talentpool.config import Settings, describe
from flask_talentpool.delays import BusinessDelay
from flask_talentpool.host.mapping import HostMap

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
PAGES = (*guide.keys(), "index")
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}

# What a browser fetches by itself while it shows a page.
FETCHED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href", "use": "href"}


class Page(HTMLParser):
    """The ids, links, fetched addresses and headings of one HTML page."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.fetched, self.headings = set(), [], [], []
        self._heading = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in FETCHED and attributes.get(FETCHED[tag]) and attributes.get("rel") not in {"prev", "next"}:
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
    pytest.importorskip("material", reason="mkdocs-material is not installed: install flask-talentpool[docs]")
    target = tmp_path_factory.mktemp("guide")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "-f",
            str(ROOT / "mkdocs.yml"),
            "-d",
            str(target),
        ],
        env=os.environ | QUIET,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stderr
    return target


def built_pages(built):
    return sorted(path for path in built.rglob("*.html") if path.name != "404.html")


def rows_below(heading, *, page="mount-it"):
    """Return the body rows of the first table below a heading, as lists of cells."""
    section = (SITE / f"{page}.md").read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1]
    lines = table_lines(section)
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def table_lines(section):
    lines = section.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    end = next(
        (number for number in range(start, len(lines)) if not lines[number].startswith("|")), len(lines)
    )
    return lines[start:end]


def test_every_internal_link_and_anchor_of_the_built_guide_resolves(built):
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in built_pages(built)}

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

    assert len(pages) == len(PAGES)
    assert dead == []


def test_the_built_guide_asks_no_other_host_for_anything(built):
    outside = [
        (path.name, address)
        for path in built.rglob("*.html")
        for address in Page(path.read_text(encoding="utf-8")).fetched
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


def test_the_list_of_keys_is_what_lies_in_the_folder():
    assert sorted(PAGES) == sorted(path.stem for path in SITE.glob("*.md"))


@pytest.mark.parametrize("key", PAGES)
def test_every_page_loads_and_has_the_same_headings_as_in_the_built_guide(key, built):
    page = guide.load(key)
    folder = built if key == "index" else built / key
    published = Page((folder / "index.html").read_text(encoding="utf-8")).headings

    served = Page(page.html).headings

    assert served == published
    assert served[0][2] == page.title
    assert page.html.startswith("<h1")


@pytest.mark.parametrize("key", PAGES)
def test_links_of_a_served_page_lead_to_served_pages_and_anchors(key):
    at = "http://host/talent-pool/guide/" + ("" if key == "index" else f"{key}/")
    links = Page(guide.load(key).html).links

    for link in links:
        parts = urlsplit(urljoin(at, link))
        served = parts.path.removeprefix("/talent-pool/guide/").rstrip("/") or "index"
        assert served in PAGES, link
        assert not parts.fragment or parts.fragment in Page(guide.load(served).html).ids, link


@pytest.mark.parametrize("key", PAGES)
def test_a_page_uses_only_markdown_that_both_renderers_understand(key):
    source = (SITE / f"{key}.md").read_text(encoding="utf-8")
    outside_code = re.sub(r"```.*?```|`[^`]*`", "", source, flags=re.DOTALL)

    material_only = re.findall(
        r"^===|^\?\?\?|:(?:material|fontawesome|octicons)-|\{\{|\[=|==\w", outside_code, re.MULTILINE
    )

    assert material_only == []
    assert not re.search(r"!\[", outside_code), "a host serves the pages, not the pictures"


def test_a_page_can_be_linked_from_a_page_by_its_file_and_anchor():
    html = guide._relink(
        '<a href="index.md">a</a><a href="mount-it.md#rights">b</a><a href="a.txt">c</a>', up="../"
    )

    assert html == '<a href="../">a</a><a href="../mount-it/#rights">b</a><a href="a.txt">c</a>'
    assert guide._relink('<a href="index.md#x">', up="") == '<a href="./#x">'


def test_an_unknown_page_names_the_nearest_one():
    with pytest.raises(guide.UnknownGuidePage, match="'after-the-interview'") as caught:
        guide.load("after-interview")

    assert isinstance(caught.value, LookupError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("key", ["", "../mount-it", "mount-it.md", "/etc/passwd", "x" * 100_000])
def test_a_key_never_reaches_a_file_that_is_no_page(key):
    with pytest.raises(guide.UnknownGuidePage):
        guide.load(key)


def test_an_installed_package_serves_the_pages_it_carries(tmp_path, monkeypatch):
    package = tmp_path / "flask_talentpool"
    (package / "guide_pages").mkdir(parents=True)
    (package / "guide_pages" / "recruiters.md").write_text("# Packed & *ready*\n", encoding="utf-8")
    monkeypatch.setattr(guide, "__file__", str(package / "guide.py"))
    guide.load.cache_clear()

    page = guide.load("recruiters")
    guide.load.cache_clear()

    assert page.title == "Packed & ready"


def test_the_table_of_settings_is_the_one_in_the_code():
    expected = [
        [
            f"`{setting.key}`",
            setting.type,
            setting.unit,
            setting.default
            if "`" in setting.default or setting.default == "not set"
            else f"`{setting.default}`",
            setting.doc,
        ]
        for setting in describe()
    ]

    assert rows_below("Settings") == expected


def test_the_table_of_rights_is_the_one_in_the_code():
    expected = [[wording, *(within or "no" for within in roles)] for _, wording, *roles in rights_table()[1:]]

    assert rows_below("Rights") == expected


def test_what_candidates_are_told_is_what_happens_by_default():
    told = " ".join((SITE / "what-happens-next.md").read_text(encoding="utf-8").split())
    settings = Settings()

    assert settings.delay == BusinessDelay(days=1, between=(9, 17))
    assert "next working day, between nine in the morning and five in the afternoon" in told
    assert settings.personal_days == 5
    assert "up to five working days" in told
    assert settings.settle_in == timedelta(days=3)
    assert "three days after you applied" in told
    assert settings.delay.friday_until == 13
    assert "on a Friday after one o'clock" in told
    assert f"normally lasts {settings.keep_months} months" in told
    assert f"normally lasts {settings.link_days} days" in told
    assert settings.answer_days == 10
    assert "normally ten days later" in told
    assert timedelta(days=181) <= settings.reuse_window <= timedelta(days=184)
    assert "normally within six months" in told


def test_python_in_mount_it_is_python_and_names_real_entries():
    source = (SITE / "mount-it.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", source, re.DOTALL)
    calls = [node for block in blocks for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)]
    maps = [node for node in calls if getattr(node.func, "id", "") == "HostMap"]
    in_code = {keyword.arg for node in maps for keyword in node.keywords}
    in_table = {
        name
        for _, cell in rows_below("Hosts that look different")
        for snippet in re.findall(r"`([^`]+)`", cell)
        for name in re.findall(r"(?:^|, )(\w+)=", snippet)
    }
    keys = set(re.findall(r"TALENTPOOL_[A-Z_]+", source))

    assert len(maps) == 1
    assert in_code | in_table <= {entry.name for entry in fields(HostMap)}
    assert keys - {"TALENTPOOL_"} <= {setting.key for setting in describe()}
