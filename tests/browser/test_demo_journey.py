"""The main journey in the demo, by a real browser: rejected, told, kept in mind, invited back, in process again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.harbour import (
    JOB,
    add_finalist,
    follow_personal_link,
    letter_to,
    letters_to,
    reject,
    sign_in,
)

pytestmark = pytest.mark.slow

NAME = "Sunniva Okonkwo-Lindqvist"
LINE = "The way you drew our queue on the whiteboard is still there."


def somebody_in_no_pool(page, demo, *, above):
    """Open the page of the first candidate from there on who has no place in a pool."""
    for number in range(above, above + 20):
        page.goto(f"{demo.url}/candidates/{number}")
        if page.get_by_role("button", name="Recall to pool").count():
            return
    raise AssertionError("everybody is in a pool")


def test_from_a_rejection_to_a_new_application(page, demo, new_context, page_troubles, axe, shoot):
    sign_in(page, demo)
    candidate_page = add_finalist(page, demo, NAME)

    page.get_by_role("button", name="Recall to pool").click()
    expect(page.get_by_text("Nothing was sent").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Undo")).first).to_be_visible()
    axe(page)
    shoot(page, "candidate-page")
    page.goto(f"{demo.url}/talent-pool/pools/finalists")
    expect(page.get_by_role("link", name=NAME)).to_be_visible()

    page.goto(candidate_page)
    reject(page)
    assert letters_to(page, demo, NAME) == 0
    page.goto(candidate_page)
    page.get_by_label("One personal line").fill(LINE)
    page.get_by_role("button", name="Save", exact=True).click()
    letter_to(page, demo, NAME)
    expect(page.locator("pre.mail-text")).to_contain_text(f"Dear {NAME}")
    expect(page.locator("pre.mail-text")).to_contain_text(re.compile(LINE.replace(" ", r"\s+")))
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
    # One is asked at a time, and of this job somebody is: that invitation gives way.
    page.get_by_role("button", name="Withdraw the invitation").click()
    expect(page.get_by_text("The invitation is withdrawn")).to_be_visible()
    on_bench = page.locator("li, article, tr, div.tp-card").filter(has_text=NAME).last
    expect(on_bench).to_contain_text("Finalist")
    axe(page)
    on_bench.get_by_role("link", name="Invite").click()
    expect(page.get_by_text(f"Dear {NAME}")).to_be_visible()
    page.get_by_role("button", name=f"Invite {NAME}").click()

    letter_to(hers, demo, NAME, number=2)
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


def test_a_letter_goes_when_somebody_says_that_there_is_no_line(page, demo):
    sign_in(page, demo)
    add_finalist(page, demo, "Odalys Ferreira-Quint")
    reject(page)

    page.get_by_role("button", name="No line needed").click()

    letter_to(page, demo, "Odalys Ferreira-Quint")


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
