"""The promises page: which test files attack each promise, and what they say they do."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "promises"
ELSEWHERE = {"P8": (ROOT / "tests" / "services" / "test_forget.py",)}
"""Tests of a promise that need no attack from many sides, and lie with the part they are about."""


def files() -> dict[str, tuple[Path, ...]]:
    """Return the test files by the number of their promise, such as ``P1``."""
    found: dict[str, tuple[Path, ...]] = dict(ELSEWHERE)
    for path in sorted(FOLDER.glob("test_p*.py")):
        number = re.match(r"test_p(\d+)_", path.name)
        if number is not None:
            promise = f"P{int(number[1])}"
            found[promise] = (*found.get(promise, ()), path)
    return dict(sorted(found.items(), key=lambda one: int(one[0][1:])))


def blocks() -> dict[str, str]:
    """Return one part for each promise: its test files."""
    return {number.lower(): _tests(paths) for number, paths in files().items()}


def _tests(paths: tuple[Path, ...]) -> str:
    said = [f"- `{path.relative_to(ROOT).as_posix()}`: {_first_line(path)}" for path in paths]
    return "Tested by:\n\n" + "\n".join(said)


def _first_line(path: Path) -> str:
    says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return f"“{says.splitlines()[0]}”"
