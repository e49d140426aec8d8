"""The lowest versions of the upgrade page, as the package declares them."""

import re
import tomllib
from pathlib import Path

from tools.reference.blocks import table

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
EXTRAS = ("login", "migrate", "postgres", "celery")
_REQUIREMENT = re.compile(r"(?P<name>[\w-]+)(?P<extras>\[[\w,]+\])?(?P<bounds>.*)")


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    rows = [("Python", *_bounds(project["requires-python"]), "always")]
    rows += [_row(requirement, "always") for requirement in project["dependencies"]]
    for extra in EXTRAS:
        rows += [
            _row(requirement, f"extra `{extra}`") for requirement in project["optional-dependencies"][extra]
        ]
    return {"lowest": table(("Needs", "At least", "Below", "When"), rows)}


def _row(requirement: str, when: str) -> tuple[str, ...]:
    found = _REQUIREMENT.fullmatch(requirement)
    assert found is not None
    return (found["name"], *_bounds(found["bounds"]), when)


def _bounds(text: str) -> tuple[str, str]:
    lowest = re.search(r">=([\w.]+)", text)
    below = re.search(r"<([\w.]+)", text)
    return lowest[1] if lowest else "any", below[1] if below else ""
