"""Twelve people of one job turned down in the demo, three with a line, one reason: how often somebody has to click."""

import pytest
from playwright.sync_api import expect

from tests.browser.harbour import add_finalist, sign_in, within

pytestmark = pytest.mark.slow

JOB = "Night Shift Coordinator"
PEOPLE = [
    f"{name} Twelvefold"
    for name in ["Ada", "Bo", "Cleo", "Dag", "Eve", "Finn", "Gro", "Hal", "Ida", "Jon", "Kim", "Leo"]
]
LINES = ("You asked the question nobody else did.", "Your plan for the ice was clear.", "You stayed calm.")
AT_MOST = 12


class Clicks:
    """Presses, and counts them; typing costs the click into the field, choosing from a list two."""

    def __init__(self):
        self.count = 0

    def press(self, locator):
        self.count += 1
        locator.click()

    def type(self, locator, text):
        self.press(locator)
        locator.press_sequentially(text)

    def choose(self, locator, value):
        self.count += 2
        locator.select_option(value)


def test_twelve_of_one_job_are_turned_down_within_twelve_clicks(page, demo):
    sign_in(page, demo)
    page.goto(f"{demo.url}/jobs/new")
    page.get_by_label("Title").fill(JOB)
    page.get_by_label("Department").fill("Warehouse")
    page.get_by_label("Place").fill("Breda")
    page.get_by_role("button", name="Open the job").click()
    for name in PEOPLE:
        add_finalist(page, demo, name, job=JOB)

    def all_wait():
        page.goto(f"{demo.url}/talent-pool/unanswered")
        link = page.get_by_role("link", name=JOB)
        if not link.count():
            return 0  # the worker has not looked yet
        link.click()
        return page.get_by_role("button", name="Turn down all 12 shown").count()

    within(60, all_wait)
    page.goto(f"{demo.url}/talent-pool/")
    clicks = Clicks()

    clicks.press(page.get_by_role("link", name="Unanswered", exact=True))
    clicks.press(page.get_by_role("link", name=JOB))
    clicks.press(page.get_by_role("button", name="Turn down all 12 shown"))
    clicks.press(page.get_by_role("button", name="Turn down 12 people"))
    clicks.press(page.get_by_role("link", name="A line and a reason for each"))
    for name, line in zip(PEOPLE, LINES, strict=False):
        clicks.type(page.get_by_label(f"Line for {name}"), line)
    clicks.choose(page.get_by_label("One reason for all 12"), "other_person")
    clicks.press(page.get_by_role("button", name="Save what I changed"))

    expect(page.get_by_text("Saved 12 rows")).to_be_visible()
    ours = f"FROM talentpool_decisions WHERE job_label = '{JOB}' AND outcome = 'rejected'"
    assert demo.find(f"SELECT count(*) {ours} AND reason_code = 'other_person'") == len(PEOPLE)
    assert demo.find(f"SELECT count(*) {ours} AND line <> ''") == len(LINES)
    assert clicks.count <= AT_MOST
