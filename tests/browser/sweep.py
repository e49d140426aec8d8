"""Look at a page of the guide as its readers may: light and dark, wide and narrow, with axe."""

import contextlib
from urllib.parse import urljoin

from playwright import sync_api

from tests.browser.guide_site import AXE
from tests.support.effort import IS_THOROUGH
from tests.support.patience import patience

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# In the dark nothing but the colours differs; `make stress` asks everything all the same.
COLOURS = ["color-contrast", "link-in-text-block"]
WIDTHS = (1280, 360)
# Light is where all rules are asked, so it comes more often.
LOOKS = (("light", 1280), ("light", 360), ("dark", 360), ("light", 360), ("light", 1280), ("dark", 1280))
# The same around every page.
FRAME = [".md-header", ".md-tabs", ".md-sidebar--primary", ".md-footer"]
RUN = """async ([type, values, frame]) => {
  const exclude = frame.filter((one) => document.querySelector(one)).map((one) => [one]);
  const found = await axe.run({ exclude }, { runOnly: { type, values }, resultTypes: ["violations"], preload: false });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join("\\n    ")}`);
}"""
# The guide's theme lets the keyboard reach code that scrolls, some moments after the width has changed.
REACHABLE = """() => [...document.querySelectorAll(".md-main pre > code")].every(
  (code) => code.scrollWidth <= code.clientWidth || code.tabIndex >= 0)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCHEME = "document.body.dataset.mdColorScheme"
SWITCH = "document.querySelector('.md-header__option label:not([hidden])').click()"


def show(page, scheme):
    """Show the open page light or dark; on the published guide that takes the reader's own switch."""
    page.emulate_media(color_scheme=scheme)
    theirs = {"light": "default", "dark": "slate"}[scheme]
    if page.evaluate(SCHEME) not in (None, theirs):
        page.evaluate(SWITCH)
        page.wait_for_function(f"{SCHEME} === '{theirs}'")


def look_at(page, *, has_seen_frame=False, only=None):
    """Return what is wrong with the page that is open, after a look at it in every light and width.

    Where the frame was seen around another page, its colours in the dark are not looked at again. With a number as
    ``only``, axe looks at the page in one light and width, another one for the next number.
    """
    wrong = []
    if page.locator("[data-tool]").count():
        page.locator(".tp-tool[data-ready=yes]").wait_for()
    load_axe(page)
    dark = ["tag", TAGS, []] if IS_THOROUGH else ["rule", COLOURS, FRAME if has_seen_frame else []]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.locator(".md-main").count():
            with contextlib.suppress(sync_api.TimeoutError):  # then axe says so, and where
                page.wait_for_function(REACHABLE, timeout=patience(5) * 1_000)
        if (beyond := page.evaluate(OVERFLOW)) > 0:
            wrong.append(f"scrolls sideways by {beyond} px at {width}")
        for scheme, rules in (("light", ["tag", TAGS, []]), ("dark", dark)):
            if only is not None and LOOKS[only % len(LOOKS)] != (scheme, width):
                continue
            show(page, scheme)
            wrong += [f"{scheme}, {width}: {finding}" for finding in page.evaluate(RUN, rules)]
    return [f"{page.url} {one}" for one in wrong]


def load_axe(page):
    if page.locator(".md-main").count():
        page.add_script_tag(url=urljoin(page.url, f"/{AXE.name}"))
    else:
        # A host's page runs no script that its policy does not know.
        page.evaluate(AXE.read_text(encoding="utf-8"))
