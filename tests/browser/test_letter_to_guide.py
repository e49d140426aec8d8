"""From a delivered letter in the demo to its page of the guide, and back to the candidate's own page."""

from email import message_from_bytes
from email.policy import default
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.harbour import within

pytestmark = pytest.mark.slow

GUIDE = {"en": "/talent-pool/guide/what-happens-next/", "de": "/talent-pool/guide/de/what-happens-next/"}


def letter_in(demo, language):
    """Return the file of a delivered letter in a language that has the reader's own link and one into the guide."""

    def found():
        for file in sorted((demo.state / "mailbox").glob("*.eml")):
            mail = message_from_bytes(file.read_bytes(), policy=default)
            text = mail.get_body(("plain",)).get_content()
            if mail["Content-Language"] == language and "/talent-pool/l/" in text and GUIDE[language] in text:
                return file.name
        return None

    return within(30, found)


@pytest.mark.parametrize("language", GUIDE)
def test_a_letter_leads_to_the_guide_and_back_to_the_readers_own_page(demo, page, axe, language):
    guide = demo.url + GUIDE[language]
    page.goto(f"{demo.url}/mailbox/{quote(letter_in(demo, language))}")
    letter = page.locator("pre.mail-text")

    letter.get_by_role("link", name=guide, exact=True).click()

    expect(page).to_have_url(guide)
    speaks(page, language)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    axe(page)
    page.go_back()
    letter.get_by_role("link", name=f"{demo.url}/talent-pool/l/").click()
    speaks(page, language)
    assert "/talent-pool/l/" in page.url
    axe(page)
    page.get_by_role("contentinfo").get_by_role("link").first.click()
    expect(page).to_have_url(guide)
    page.go_back()
    assert "/talent-pool/l/" in page.url


def speaks(page, language):
    expect(page.locator("html")).to_have_attribute("lang", language)
