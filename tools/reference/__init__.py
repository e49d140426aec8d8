"""Write into the developers' pages what the code says: settings, rights, commands, signals, routes, maps, messages.

python -m tools.reference           writes the generated parts of the pages
python -m tools.reference --check   exits 1 and names the pages that are not what the code says now
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import (
    checks,
    commands,
    errors,
    facts,
    hosts,
    minimal,
    promises,
    reasons,
    refusals,
    rights,
    routes,
    settings,
    signals,
    versions,
)
from tools.reference.blocks import fill

DEVELOPERS = Path(__file__).resolve().parents[2] / "site" / "developers"

PAGES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "mount-it": minimal.blocks,
    "map-your-host": hosts.blocks,
    "rights": rights.blocks,
    "templates-and-style": reasons.text_blocks,
    "how-it-works": reasons.state_blocks,
    "promises": promises.blocks,
    "your-own-guide": facts.blocks,
    "upgrade": versions.blocks,
    "settings": settings.blocks,
    "commands": lambda: {**commands.blocks(), **checks.blocks()},
    "signals": signals.blocks,
    "routes": routes.blocks,
    "troubleshooting": lambda: {**errors.blocks(), **reasons.blocks(), **refusals.blocks()},
}
"""Each page with generated parts, and what makes them, by the name they have in the page."""


def as_it_is(page: str) -> str:
    """Return a page as it lies in the folder."""
    return (DEVELOPERS / f"{page}.md").read_text(encoding="utf-8")


def as_it_should_be(page: str) -> str:
    """Return a page with its generated parts made anew."""
    return fill(as_it_is(page), PAGES[page]())


def stale() -> list[str]:
    """Return the pages that are not what the code says."""
    return [page for page in PAGES if as_it_is(page) != as_it_should_be(page)]


def write() -> list[str]:
    """Make the generated parts anew; return the pages that changed."""
    changed = stale()
    for page in changed:
        (DEVELOPERS / f"{page}.md").write_text(as_it_should_be(page), encoding="utf-8")
    return changed
