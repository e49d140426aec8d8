"""Drive a real Chromium: pages that complain, or that reach for another host, fail their test."""

import os
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.browser.demo import running_demo
from tests.support.browser import ARGUMENTS, REPOSITORY, find_chromium
from tests.support.effort import IS_THOROUGH
from tests.support.guards import stays_here
from tests.support.guide import built_guide
from tests.support.patience import patience

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
CONTEXT = {
    "locale": "en-GB",
    "timezone_id": "UTC",
    "viewport": {"width": 1280, "height": 800},
    "reduced_motion": "reduce",
}
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class PageTroubles:
    """What a page said on its console and asked of other hosts."""

    def __init__(self):
        self.seen = []
        self._expected = []

    def expect(self, pattern):
        """Allow messages that match, for instance `"status of 403"` where a refusal is the point of the test."""
        self._expected.append(re.compile(pattern))

    def unexpected(self):
        return [line for line in self.seen if not any(pattern.search(line) for pattern in self._expected)]

    def watch(self, context):
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"script error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message):
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request):
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not stays_here(address.hostname):
            self.seen.append(f"asked another host: {request.url}")


@pytest.fixture(scope="session")
def chromium():
    """The browser on this machine."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine; `make browser` gets one where Node 20 is installed")
    return found


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """The demo, for all tests that follow each other here; each of them has people of its own.

    It ends with them, as its worker keeps busy.
    """
    with running_demo(tmp_path_factory.mktemp("demo") / "state") as demo:
        yield demo


@pytest.fixture(scope="session")
def guide_folder(tmp_path_factory):
    """The published guide, built once for all test processes."""
    return built_guide(tmp_path_factory)


@pytest.fixture(scope="module")
def browser(chromium):
    """One running browser for the tests of a file.

    Not for the whole run: while Playwright runs, its event loop counts as running in this thread, and
    Flask-SQLAlchemy-Lite then cannot close an app context here. Other files' tests must not meet that.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.path, args=ARGUMENTS, env={**os.environ, **chromium.environment}
        )
        yield running
        running.close()


@pytest.fixture
def new_context(browser):
    """Call it for a separate browser profile (a second person); takes Playwright's context options."""
    made = []
    expect.set_options(timeout=patience(5) * 1_000)

    def make(**options):
        made.append(browser.new_context(**{**CONTEXT, **options}))
        made[-1].set_default_timeout(patience(10) * 1_000)
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def context(new_context):
    """The test's own browser profile: no cookies, 1280 x 800, British English, UTC, no animations."""
    return new_context()


@pytest.fixture
def page_troubles(context):
    """What the pages of `context` did wrong; `expect(pattern)` allows what the test provokes.

    `watch(context)` adds those of another context.
    """
    troubles = PageTroubles()
    troubles.watch(context)
    yield troubles
    assert not troubles.unexpected(), "\n".join(troubles.unexpected())


@pytest.fixture
def page(context, page_troubles):
    """A page at 1280 x 800; anything it says on the console, or asks of another host, fails the test."""
    return context.new_page()


@pytest.fixture
def axe():
    """Call it with a page: fails with a report unless axe finds nothing against WCAG 2.2 AA.

    With ``rules`` it asks no others, where only they can find something new; `make stress` asks all the same.
    """

    def check(page, *, rules=None):
        only = {"type": "tag", "values": WCAG_22_AA}
        if rules and not IS_THOROUGH:
            only = {"type": "rule", "values": rules}
        found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"], "preload": False})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def shoot():
    """Call it with a page and a name: keeps a full-page picture in `build/screenshots`, returns its path."""

    def take(page, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
