"""The main journey in the demo, by a real browser: rejected, told, kept in mind, invited back, in process again."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.demo import running_demo

pytestmark = pytest.mark.xdist_group("demo")

NAME, ADDRESS, JOB = "Sunniva Okonkwo-Lindqvist", "sunniva@mail.example", "Backend Engineer (Python)"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running_demo(tmp_path_factory.mktemp("demo") / "state") as demo:
        yield demo


def sign_in(page, demo, who="Ines Moreau"):
    page.goto(demo.url)
    page.get_by_role("button", name=f"Sign in as {who}").click()


def letter_to(page, demo, name, *, within=60):
    """Open the newest letter to somebody, waiting for the worker to deliver it."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        page.goto(f"{demo.url}/mailbox")
        row = page.get_by_role("row").filter(has_text=name)
        if row.count():
            row.first.get_by_role("link").first.click()
            return
        time.sleep(0.5)
    raise AssertionError(f"no letter to {name} within {within} s:\n{demo.log.read_text()}")


def letters_to(page, demo, name):
    page.goto(f"{demo.url}/mailbox")
    return page.get_by_role("row").filter(has_text=name).count()


def follow_personal_link(page):
    """Open the signed link of the letter on show; the candidate reads it on their own machine."""
    text = page.locator("pre.mail-text").inner_text()
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/talent-pool/l/\S+", text)
    page.goto(link)


def somebody_in_no_pool(page, demo, *, above):
    """Open the page of the first candidate from there on who has no place in a pool."""
    for number in range(above, above + 20):
        page.goto(f"{demo.url}/candidates/{number}")
        if page.get_by_role("button", name="Recall to pool").count():
            return
    raise AssertionError("everybody is in a pool")


def add_finalist(page, demo):
    page.goto(f"{demo.url}/candidates/new")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("E-mail").fill(ADDRESS)
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    page.get_by_label("Job").select_option(label=JOB)
    page.get_by_role("button", name="Add the application").click()
    for stage in ("screening", "interview", "final round"):
        page.get_by_role("button", name=re.compile(f"^To {stage}", re.IGNORECASE)).first.click()
    return page.url


def test_from_a_rejection_to_a_new_application(page, demo, new_context, page_troubles, axe, shoot):
    sign_in(page, demo)
    candidate_page = add_finalist(page, demo)

    page.get_by_role("button", name="Recall to pool").click()
    expect(page.get_by_text("Nothing was sent").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Undo")).first).to_be_visible()
    axe(page)
    shoot(page, "candidate-page")
    assert letters_to(page, demo, NAME) == 0
    page.goto(f"{demo.url}/talent-pool/pools/finalists")
    expect(page.get_by_role("link", name=NAME)).to_be_visible()

    page.goto(candidate_page)
    page.get_by_role("button", name="Reject", exact=True).click()
    letter_to(page, demo, NAME)
    expect(page.locator("pre.mail-text")).to_contain_text(f"Dear {NAME}")
    shoot(page, "letter-in-mailbox")

    candidate = new_context()
    page_troubles.watch(candidate)
    hers = candidate.new_page()
    hers.goto(page.url)
    follow_personal_link(hers)
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Sunniva")
    axe(hers)
    hers.get_by_role("button", name="Keep me in mind").click()
    expect(hers.get_by_text("You are in our talent pool")).to_be_visible()
    axe(hers)

    page.goto(f"{demo.url}/jobs")
    page.get_by_role("link", name=JOB).click()
    page.get_by_role("link", name="Runners-up").click()
    on_bench = page.locator("li, article, tr, div.tp-card").filter(has_text=NAME).last
    expect(on_bench).to_contain_text("Finalist")
    axe(page)
    on_bench.get_by_role("link", name="Invite").click()
    expect(page.get_by_text(f"Dear {NAME}")).to_be_visible()
    page.get_by_role("button", name=f"Invite {NAME}").click()
    deadline = time.monotonic() + 60
    while letters_to(page, demo, NAME) < 2:
        assert time.monotonic() < deadline, demo.log.read_text()
        time.sleep(0.5)

    letter_to(hers, demo, NAME)
    follow_personal_link(hers)
    axe(hers)
    hers.get_by_role("button", name="Yes").click()
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Welcome back")
    hers.reload()
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Welcome back")

    page.goto(candidate_page)
    applications = page.locator("article.application")
    expect(applications).to_have_count(2)
    expect(applications.filter(has_text="recalled")).to_contain_text("In progress")
    expect(applications.filter(has_text="Rejected")).to_have_count(1)
    shoot(page, "recalled")
    assert letters_to(page, demo, NAME) == 2


PAGES = [
    "/talent-pool/",
    "/talent-pool/pools",
    "/talent-pool/pools/finalists",
    "/talent-pool/people/3",
    "/talent-pool/jobs/1",
    "/talent-pool/letters",
    "/talent-pool/letters?state=held",
    "/talent-pool/letters/9",
    "/talent-pool/decisions/150",
    "/talent-pool/recall-to-pool/7",
    "/talent-pool/guide/what-happens-next/",
    "/candidates/7",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible_and_fits(demo, new_context, axe, shoot, scheme, width):
    context = new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, demo)
    for path in PAGES:
        answer = page.goto(demo.url + path)
        assert answer.status == 200, path
        axe(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} scrolls sideways by {overflow} px"


def test_the_way_from_the_candidate_to_the_pool_needs_no_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, demo)
    somebody_in_no_pool(page, demo, above=30)

    page.get_by_role("button", name="Recall to pool").click()

    expect(page.get_by_text("Nothing was sent").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(page.get_by_role("button", name="Recall to pool")).to_be_visible()


def test_a_recruiter_recalls_by_keyboard_alone(page, demo):
    sign_in(page, demo)
    somebody_in_no_pool(page, demo, above=60)

    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == "Recall to pool":
            break
    assert focused == "Recall to pool"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", "")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing was sent").first).to_be_visible()
