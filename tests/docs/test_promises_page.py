"""The page of promises: each names the test files that attack it, and every such file is named."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "site" / "developers" / "promises.md").read_text(encoding="utf-8")
_PARTS = re.split(r"^## (P\d+): .+ \{#p\d+\}$", PAGE, flags=re.MULTILINE)
SECTIONS = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))


def named(section):
    return re.findall(r"`(tests/[\w/]+\.py)`", section)


def test_each_promise_names_test_files_that_exist():
    missing = {number: named(section) for number, section in SECTIONS.items() if not named(section)}
    wrong = [path for section in SECTIONS.values() for path in named(section) if not (ROOT / path).is_file()]

    assert missing == {}
    assert wrong == []


def test_each_file_that_attacks_a_promise_is_named_under_it():
    files = sorted((ROOT / "tests" / "promises").glob("test_p*.py"))

    stray = [
        path.name
        for path in files
        if f"tests/promises/{path.name}" not in named(SECTIONS[f"P{int(path.name[6:8])}"])
    ]

    assert files
    assert stray == []


def test_the_promises_that_are_made_are_those_that_are_kept_today():
    assert sorted(SECTIONS, key=lambda number: int(number[1:])) == [
        f"P{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13)
    ]


def test_a_promise_that_has_a_limit_says_so():
    without = [number for number, section in SECTIONS.items() if "The limit" not in section]

    # What can be kept without one: a place that is written with the letter, a GET, a process, a right, a commit.
    assert without == ["P2", "P6", "P7", "P9", "P10", "P13"]
