"""Every page of the guide in a real browser: accessible, light and dark, wide and narrow; and nothing from elsewhere."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.guide_site import addresses, served_files
from tests.browser.sweep import look_at
from tests.support.apps import serving
from tests.support.effort import IS_THOROUGH
from tests.web.conftest import make_office, opened_database  # noqa: F401 (fixtures)

pytestmark = pytest.mark.slow

PARTS = 8
GUIDE = "/talent-pool/guide/"


@pytest.fixture(scope="module")
def published(guide_folder):
    with served_files(guide_folder) as url:
        yield url


@pytest.fixture
def hosted(make_office):  # noqa: F811 (the fixture imported above)
    """A host that serves the guide itself; the address of its first page."""
    with serving(make_office().app) as url:
        yield url + GUIDE


# The published guide


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_and_fits_and_asks_no_other_host(page, guide_folder, published, part):
    wrong = []
    for number, address in enumerate(addresses(guide_folder)[part::PARTS]):
        answer = page.goto(published + address)
        assert answer.ok, address
        wrong += look_at(page, has_seen_frame=number > 0, only=None if IS_THOROUGH else part + number)

    assert wrong == []


def test_the_sweep_finds_what_is_wrong(page, page_troubles, published):
    page_troubles.expect("broken|elsewhere")
    page.goto(f"{published}/second-place/")
    page.evaluate(
        """() => { document.querySelector("article").insertAdjacentHTML("beforeend",
        '<button></button><p style="width: 900px; color: #777; background: #888">pale</p>'); }"""
    )

    wrong = "\n".join(look_at(page))

    assert "light, 1280: button-name" in wrong
    assert "dark, 360: color-contrast" in wrong
    assert re.search(r"sideways by \d+ px at 360", wrong)
    page.evaluate("() => { console.error('broken'); new Image().src = 'http://elsewhere.test/1.png' }")
    page.wait_for_timeout(50)
    assert len(page_troubles.seen) >= 2


def test_the_first_key_leads_past_the_frame(page, published):
    page.goto(f"{published}/following-up/")

    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text(re.compile("Skip to content"))
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert re.search(r"#[\w-]+$", page.url), "the skip link leads to a place in the page"


def test_a_page_is_found_by_its_words_with_keys_alone(page, published):
    page.goto(published)

    page.keyboard.press("/")
    search = page.get_by_role("textbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("probation")
    found = page.locator(".md-search-result__item").filter(has_text=re.compile("following up", re.IGNORECASE))
    expect(found.first).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.locator("article")).to_contain_text(re.compile("probation", re.IGNORECASE))
    expect(page).not_to_have_url(re.compile(r"//[^/]+/(#.*)?$"))


def test_every_tool_of_the_guide_is_in_its_page_and_in_the_pages_language(page, guide_folder, published):
    pages = [one for one in addresses(guide_folder) if "data-tool=" in source_of(guide_folder, one)]
    words = {
        "": "stays in this page|browser only",
        "de": "Sie eingeben|Ihre Haken",
        "de-informal": "du eingibst|Deine Haken",
    }

    for address in pages:
        page.goto(published + address)
        page.locator(".tp-tool[data-ready=yes]").wait_for()
        folder, _, _ = address.strip("/").rpartition("/")
        expect(page.locator(".tp-tool")).to_contain_text(re.compile(words[folder]))
        expect(page.locator(".tp-tool button").first).to_be_visible()

    english = {address.strip("/") for address in pages if address.count("/") == 2}
    assert english == {"thank-you-note", "following-up", "ready-to-be-called"}


def source_of(folder, address):
    path = folder / address.lstrip("/")
    return (path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8")


def test_the_guides_checklist_prints_on_one_page(page, published):
    page.goto(f"{published}/ready-to-be-called/")
    page.evaluate("() => { window.print = () => {} }")

    page.get_by_role("button", name="Print the list").click()

    sheet = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


# As a host serves it


def test_pages_that_a_host_serves_are_accessible_and_fit_and_ask_no_other_host(page, hosted):
    wrong = []
    for key in ("", "after-the-interview/", "what-happens-next/", "thank-you-note/", *german(page, hosted)):
        answer = page.goto(hosted + key)
        assert answer.ok, key
        wrong += look_at(page)

    assert wrong == []


def german(page, hosted):
    """Return German pages that are there, a tool among them."""
    keys = ("de/what-happens-next/", "de/following-up/")
    return [key for key in keys if page.request.get(hosted + key, max_redirects=0).ok]


def test_a_tool_works_on_a_hosts_page_under_its_policy(page, hosted):
    answer = page.goto(f"{hosted}thank-you-note/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]

    page.get_by_label("Your name").fill("Jo Li")

    expect(page.locator("textarea")).to_have_value(re.compile("Kind regards,\nJo Li$"))
    page.goto(f"{hosted}following-up/")
    page.get_by_label("The day you heard").fill("2097-03-10")
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save for your calendar").click()
    assert download.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
