"""What the tests of the demo do over and over: sign in, add somebody, wait for a letter, follow its link."""

import re
import time
from email import message_from_bytes
from email.policy import default

from playwright.sync_api import expect

from tests.support.patience import patience

JOB = "Backend Engineer (Python)"


def sign_in(page, demo, who="Ines Moreau"):
    page.goto(demo.url)
    page.get_by_role("button", name=f"Sign in as {who}").click()


def add_finalist(page, demo, name, *, job=JOB):
    """Add a candidate with an application in the last round; the address of their page."""
    page.goto(f"{demo.url}/candidates/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@mail.example")
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.get_by_label("Job").select_option(label=job)
    page.get_by_role("button", name="Add the application").click()
    for stage in ("screening", "interview", "final round"):
        page.get_by_role("button", name=re.compile(f"^To {stage}", re.IGNORECASE)).first.click()
    return page.url


def reject(page):
    """Reject the candidate whose page is open, and wait until the worker has written the letter."""
    page.get_by_role("button", name="Reject", exact=True).click()
    within(30, lambda: page.reload() and page.get_by_role("button", name="No line needed").count())


def within(seconds, done):
    """Wait until something is done; by asking again, since another process does it."""
    deadline = time.monotonic() + patience(seconds)
    while not (found := done()):
        assert time.monotonic() < deadline, f"not done in what takes {seconds} s on an idle machine"
        time.sleep(0.3)
    return found


def letters_to(page, demo, name):
    page.goto(f"{demo.url}/mailbox")
    return page.get_by_role("row").filter(has_text=name).count()


def letter_to(page, demo, name, *, number=1):
    """Open the newest letter to somebody, waiting for the worker to deliver that many."""
    within(60, lambda: letters_to(page, demo, name) >= number)
    page.get_by_role("row").filter(has_text=name).first.get_by_role("link").first.click()


def follow_personal_link(page):
    """Open the signed link of the letter on show; the candidate reads it on their own machine."""
    text = page.locator("pre.mail-text").inner_text()
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/talent-pool/l/\S+", text)
    page.goto(link)


def link_in_mail(demo, to):
    """Return the signed link in a delivered mail, by whom it went to."""

    def link():
        for file in (demo.state / "mailbox").glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=default)
            if to in str(mail["To"]):
                text = mail.get_body(("plain",)).get_content()
                if found := re.search(r"http://127\.0\.0\.1:\d+(/talent-pool/l/\S+)", text):
                    return found[1]
        return None

    return within(30, link)
