"""The generated parts of a page: each stands between two comments that carry its name."""

import re
from collections.abc import Iterator, Mapping

_BLOCK = re.compile(
    r"<!-- generated: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of (?P=name) -->", re.DOTALL
)


class WrongPageError(Exception):
    """A page and what is generated for it do not name the same parts."""


def fill(page: str, parts: Mapping[str, str]) -> str:
    """Return a page with every generated part replaced.

    Raises:
        WrongPageError: The page lacks a part, or has one that nothing is generated for.
    """
    found = [match["name"] for match in _BLOCK.finditer(page)]
    if sorted(found) != sorted(parts):
        raise WrongPageError(f"the page has the parts {sorted(found)}, generated are {sorted(parts)}")
    return _BLOCK.sub(
        lambda match: (
            f"<!-- generated: {match['name']} -->\n\n{parts[match['name']].strip()}\n\n"
            f"<!-- end of {match['name']} -->"
        ),
        page,
    )


def spans(page: str) -> Iterator[tuple[int, int]]:
    """Say where the generated parts of a page lie."""
    return (match.span() for match in _BLOCK.finditer(page))


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table; a bar in a cell is written so that it ends no cell."""
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
