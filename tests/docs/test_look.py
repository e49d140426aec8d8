"""What the guide looks like: its drawings, its mark, and what a first visit transfers."""

import gzip
import re
import tomllib
from pathlib import Path

import pytest

from tools.page_weight import heaviest, weigh

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
DRAWINGS = sorted((SITE / "assets" / "drawings").glob("*.svg"))
MOST_BYTES = 6_000
DRAWN = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?:\.\./)?assets/drawings/(?P<name>[a-z-]+)\.svg\)", re.MULTILINE)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_small_and_only_lines_and_shapes(drawing):
    source = drawing.read_text(encoding="utf-8")

    assert len(source.encode()) < MOST_BYTES
    assert 'viewBox="0 0 640 240"' in source
    assert not re.search(r"<(script|text|image|style|foreignObject|use)\b|\bhref=|\bon[a-z]+=", source)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_shown_on_a_page_and_says_what_is_seen(drawing):
    pages = [*SITE.glob("*.md"), *SITE.glob("developers/*.md")]
    shown = [found for page in pages for found in DRAWN.finditer(page.read_text(encoding="utf-8"))]

    assert any(found["name"] == drawing.stem and found["alt"] for found in shown)


def test_the_mark_is_the_same_on_the_guide_and_in_the_package():
    packaged = ROOT / "plugin" / "flask_talentpool" / "static" / "mark.svg"

    assert (SITE / "assets" / "mark.svg").read_bytes() == packaged.read_bytes()


def test_the_footer_names_the_version_of_the_package():
    hook = pytest.importorskip(
        "tools.guide_look", reason="mkdocs is not installed: install flask-talentpool[docs]"
    )
    config = type("Config", (), {"extra": {}})()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert hook.on_config(config).extra["package"]["version"] == project["version"]


def test_a_page_weighs_what_it_names_once_and_what_that_names(tmp_path):
    (tmp_path / "page").mkdir()
    page = '<link rel="stylesheet" href="../a.css"><link rel="canonical" href="../b.png"><img src="../c.png"><img src="../c.png">'
    (tmp_path / "page" / "index.html").write_text(page)
    (tmp_path / "a.css").write_text('p { background: url("d.png") }')
    for name in ("b.png", "c.png", "d.png"):
        (tmp_path / name).write_bytes(b"x" * 1000)

    text = sum(len(gzip.compress(one.encode())) for one in (page, (tmp_path / "a.css").read_text()))
    assert weigh(tmp_path / "page" / "index.html", site=tmp_path) == pytest.approx(2000 + text, abs=10)


def test_the_heaviest_page_is_found(tmp_path):
    (tmp_path / "index.html").write_text("<p>little</p>")
    (tmp_path / "404.html").write_text('<img src="large.png">')
    (tmp_path / "large.png").write_bytes(b"x" * 5000)

    assert heaviest(tmp_path)[0] == "404.html"
