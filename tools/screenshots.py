"""Photograph the demo, for the guide and the README.

python -m tools.screenshots               takes every picture
python -m tools.screenshots bench pool    takes these only
"""

import contextlib
import os
import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.demo import running_demo
from tests.support.browser import ARGUMENTS, find_chromium
from tools.small_png import smaller

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "site" / "assets"
FOLDER = ASSETS / "screens"
WIDTH = 1280
# Links in letters carry the port, so it is the same each time where that port is free.
PORT = 5000

Where = Callable[[Any], str]
Act = Callable[[Any, Any], None]
"""What is done on a page before it is photographed: called with the page and the demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One picture.

    Attributes:
        name: Its file's name.
        where: Returns the address of the page in the demo, given the demo.
        first: What stands at its top; empty for the top of the page.
        last: What stands at its bottom.
        act: What is done on the page before.
        below: How much of the page is shown below `last`, in pixels.
        whole_width: Whether it shows the page from edge to edge, or `last` alone.
        is_screen: False for the README's picture, which lies beside the folder.
    """

    name: str
    where: Where
    last: str
    first: str = ""
    act: Act | None = None
    below: int = 24
    whole_width: bool = True
    is_screen: bool = True

    @property
    def path(self) -> Path:
        """Return where the picture lies."""
        return (FOLDER if self.is_screen else ASSETS) / f"{self.name}.png"


def page(path: str) -> Where:
    """Return a way to a page whose address is always the same."""
    return lambda _demo: path


def found(path: str, sql: str) -> Where:
    """Return a way to a page about a row, whose key a SELECT finds in the demo's database."""
    return lambda demo: path.format(demo.find(sql))


def held(because: str, *, column: str = "decision_id") -> str:
    """Return the SELECT of the first letter that is held for a reason."""
    return (
        f"SELECT d.{'id' if column == 'decision_id' else column} FROM talentpool_letters l"
        " JOIN talentpool_decisions d ON d.id = l.decision_id"
        f" WHERE l.state = 'held' AND l.because = '{because}' ORDER BY d.id LIMIT 1"
    )


def job(title: str) -> str:
    """Return the SELECT of a job's key by the beginning of its title."""
    return f"SELECT id FROM jobs WHERE title LIKE '{title}%'"


def look_at_many(shown: Any, _demo: Any) -> None:
    """Ask for all letters that wait for an offer to be answered, and let the worker look at them."""
    group = shown.locator("section").filter(has_text="An offer for this job is out")
    group.get_by_role("link", name="All that are held for this …").click()
    shown.get_by_label("Let letters go", exact=False).first.check()
    shown.get_by_role("button", name="Look at them first").click()
    shown.locator("#tp-confirm").wait_for(timeout=30_000)


def write_a_line(shown: Any, _demo: Any) -> None:
    """Give the invitation one true line, and look at the letter with it."""
    shown.get_by_label(re.compile("line", re.IGNORECASE)).first.fill(
        "We still use the map of the night trains that you drew for us."
    )
    shown.get_by_role("button", name="Show the letter with this line").click()


def give_bad_feedback(shown: Any, _demo: Any) -> None:
    """Write what should not be written, so that the check says so."""
    shown.get_by_text("Feedback to share", exact=False).first.click()
    shown.get_by_label("Against which stated requirement").fill("Two years of shift planning")
    shown.get_by_label("What was seen").fill(
        "Your lack of experience showed, and you are not a fit for our team."
    )
    shown.get_by_role("button", name="Save", exact=True).click()
    shown.locator("textarea[name=feedback]").wait_for()


# Those that only look come first; what the last of them do to the demo is in no other picture.
SCREENS = (
    Screen(
        name="candidate-page",
        where=found("/candidates/{}", held("personal", column="candidate_key")),
        last=".application",
        is_screen=False,
    ),
    Screen(name="overview", where=page("/talent-pool/"), last="[aria-labelledby=tp-unanswered]", below=8),
    Screen(
        name="letter-panel",
        where=found("/talent-pool/decisions/{}", held("offer_open")),
        last=".tp-w-panel",
    ),
    Screen(
        name="talking-sheet",
        where=found("/talent-pool/decisions/{}/sheet", held("offer_open")),
        last=".tp-steps",
    ),
    Screen(
        name="lines-for-many",
        where=page("/talent-pool/decisions/grid"),
        last=".tp-rows tbody tr:nth-child(4)",
        below=2,
    ),
    Screen(
        name="still-open",
        where=found("/talent-pool/unanswered?job={}", job("Fleet")),
        first=".tp-filters",
        last="#tp-people section",
        below=4,
    ),
    Screen(
        name="unanswered", where=page("/talent-pool/unanswered"), last="#tp-people li:nth-child(6)", below=2
    ),
    Screen(
        name="text-editor",
        where=page("/talent-pool/texts/en/outcome/finalist.unlatched"),
        last=".tp-editor",
    ),
    Screen(name="replies", where=page("/talent-pool/incoming?tab=all"), last=".tp-list"),
    Screen(
        name="bench",
        where=found("/talent-pool/jobs/{}", job("Data Analyst")),
        last=".tp-bench-line:nth-child(4)",
        below=8,
    ),
    Screen(
        name="invitation",
        where=found(
            "/talent-pool/decisions/{}/invite",
            "SELECT id FROM talentpool_decisions WHERE job_label LIKE 'Data Analyst%' AND finish = 2",
        ),
        last=".tp-columns",
        act=write_a_line,
    ),
    Screen(
        name="pool",
        where=page("/talent-pool/pools/finalists?state=member"),
        last=".tp-table tbody tr:nth-child(6)",
        below=2,
    ),
    Screen(
        name="person",
        where=found(
            "/talent-pool/people/{}",
            "SELECT person_id FROM talentpool_recalls WHERE state = 'declined' ORDER BY id LIMIT 1",
        ),
        last=".tp-columns",
    ),
    Screen(
        name="many-at-once",
        where=page("/talent-pool/letters?state=held"),
        last="[aria-labelledby=tp-sample] details",
        below=6,
        act=look_at_many,
    ),
    Screen(
        name="feedback",
        where=found("/talent-pool/decisions/{}", held("personal")),
        last=".tp-field:has(#feedback)",
        act=give_bad_feedback,
        whole_width=False,
    ),
)


def names() -> tuple[str, ...]:
    """Return the names of the guide's screens, without the README's picture."""
    return tuple(screen.name for screen in SCREENS if screen.is_screen)


def clip(shown: Any, screen: Screen) -> dict[str, float]:
    """Return the part of the page that the picture shows."""
    box = shown.locator(screen.last).first.bounding_box()
    if box is None:
        raise LookupError(f"{screen.name}: {screen.last} is not on the page")
    if not screen.whole_width:
        gap = 16
        return {
            "x": box["x"] - gap,
            "y": box["y"] - gap,
            "width": box["width"] + 2 * gap,
            "height": box["height"] + 2 * gap,
        }
    top = shown.locator(screen.first).first.bounding_box()["y"] if screen.first else 0
    top = max(0, top - 16)
    return {"x": 0, "y": top, "width": WIDTH, "height": box["y"] + box["height"] + screen.below - top}


def take(shown: Any, demo: Any, screen: Screen) -> None:
    """Go to a page, do there what is to be done, and store its picture."""
    answer = shown.goto(demo.url + screen.where(demo))
    if answer is None or not answer.ok:
        raise LookupError(f"{screen.name}: the demo answered {answer and answer.status}")
    if screen.act is not None:
        screen.act(shown, demo)
        shown.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    screen.path.parent.mkdir(parents=True, exist_ok=True)
    picture = shown.screenshot(full_page=True, clip=clip(shown, screen), animations="disabled", caret="hide")
    screen.path.write_bytes(smaller(picture, browser_page=shown))
    print(f"{screen.path.relative_to(ROOT)}  {screen.path.stat().st_size / 1000:.0f} kB", flush=True)


def port() -> int | None:
    """Return the usual port if nothing listens there."""
    with socket.socket() as probe:
        return None if probe.connect_ex(("127.0.0.1", PORT)) == 0 else PORT


@contextlib.contextmanager
def signed_in(demo: Any) -> Iterator[Any]:
    """Open a browser in which the demo's recruiter is signed in."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("There is no Chromium on this machine; `make browser` gets one.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.path, args=ARGUMENTS, env={**os.environ, **chromium.environment}
        )
        shown = running.new_page(
            viewport={"width": WIDTH, "height": 900}, locale="en-GB", timezone_id="UTC",
            color_scheme="light", reduced_motion="reduce", device_scale_factor=1,
        )  # fmt: skip
        shown.goto(demo.url)
        shown.get_by_role("button", name="Sign in as Ines Moreau").click()
        yield shown
        running.close()


def main(arguments: Sequence[str]) -> int:
    """Take the pictures named, or all of them."""
    unknown = set(arguments) - {screen.name for screen in SCREENS}
    if unknown:
        print(f"There is no picture {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "state", port=port()) as demo,
        signed_in(demo) as shown,
    ):
        for screen in SCREENS:
            if not arguments or screen.name in arguments:
                take(shown, demo, screen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
