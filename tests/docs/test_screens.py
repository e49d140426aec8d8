"""The guide's pictures of the software: all there, all used, each described, none too heavy."""

import re
import zlib
from pathlib import Path

import pytest

from tools import screenshots
from tools.small_png import with_palette

SITE = Path(__file__).resolve().parents[2] / "site"
FOLDER = SITE / "assets" / "screens"
USED = [
    (page.relative_to(SITE).as_posix(), found["alt"], found["name"], found["attributes"])
    for page in sorted(SITE.rglob("*.md"))
    for found in re.finditer(
        r"!\[(?P<alt>[^\]]*)\]\((?:\.\./)*assets/screens/(?P<name>[^)]+)\.png\)(?P<attributes>\{[^}]*\})?",
        page.read_text(encoding="utf-8"),
    )
]
HEAVIEST = 150_000


def chunks_of(picture):
    """Return the parts of a PNG by their names."""
    found, at = {}, 8
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4])
        found[picture[at + 4 : at + 8]] = picture[at + 8 : at + 8 + length]
        at += length + 12
    return found


def test_every_screen_on_a_page_is_one_that_the_script_takes_and_lies_there():
    used = {name for _, _, name, _ in USED}

    assert used == set(screenshots.names())
    assert used == {path.stem for path in FOLDER.iterdir()}


@pytest.mark.parametrize(("page", "alt", "name", "attributes"), USED)
def test_a_screen_says_in_words_what_can_be_seen_and_waits_for_the_reader(page, alt, name, attributes):
    assert len(alt.split()) >= 5, (page, name)
    assert attributes == "{ .tp-screen loading=lazy }", (page, name)


@pytest.mark.parametrize("screen", screenshots.SCREENS, ids=lambda screen: screen.name)
def test_a_picture_is_a_small_png_as_wide_as_it_says(screen):
    picture = screen.path.read_bytes()
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) <= HEAVIEST
    assert width == screenshots.WIDTH if screen.whole_width else width < screenshots.WIDTH
    assert height > 100


def test_every_picture_has_a_name_of_its_own():
    names = [screen.name for screen in screenshots.SCREENS]

    assert len(names) == len(set(names))


def test_a_picture_that_nobody_takes_is_refused_before_anything_starts(capsys):
    assert screenshots.main(["benhc"]) == 2

    assert "There is no picture benhc." in capsys.readouterr().err


def test_colours_beyond_the_palette_become_the_nearest_that_is_kept():
    often = b"".join(bytes((number, 0, 0, 255)) * 2 for number in range(256))
    once = bytes((7, 1, 0, 255))

    chunks = chunks_of(with_palette(often + once, width=len(often + once) // 4, height=1))
    palette, rows = chunks[b"PLTE"], zlib.decompress(chunks[b"IDAT"])

    assert len(palette) == 3 * 256
    assert palette[3 * rows[-1] :][:3] == bytes((7, 0, 0))
