"""Letters in the demo, by a real browser: told by phone, still open, many at once, texts, replies; and every page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.harbour import add_finalist, letter_to, link_in_mail, reject, sign_in, within
from tests.support.effort import IS_THOROUGH
from tests.support.patience import patience

WIDE = 600

pytestmark = pytest.mark.slow

NAME = "Thandiwe Marlowe"
TEXT = "/talent-pool/texts/en/outcome/applied.closed"


# Telling


def test_a_person_told_by_phone_gets_a_short_letter(page, demo, axe):
    sign_in(page, demo)
    add_finalist(page, demo, NAME)
    reject(page)

    page.get_by_text("I have told them another way").click()
    page.get_by_label("How", exact=True).select_option("phone")
    page.get_by_label("Send a short letter that says so").check()
    page.get_by_role("button", name="Mark as told").click()

    expect(page.get_by_text(re.compile("^Told .*by phone"))).to_be_visible()
    axe(page)
    letter_to(page, demo, NAME)
    expect(page.locator("pre.mail-text")).to_contain_text("on the phone")


def test_who_waits_for_an_answer_is_written_to_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, demo)
    page.get_by_role("link", name="Talent pool").first.click()
    page.get_by_role("link", name="Unanswered").click()
    line = page.get_by_role("listitem").filter(has_text="Aino Virtanen")

    line.get_by_role("button", name="Write that it is still open").click()

    expect(page.get_by_role("status")).to_contain_text("Written")
    letter_to(page, demo, "Aino Virtanen")
    expect(page.locator("pre.mail-text")).to_contain_text("Aino Virtanen")


# Many at once


def test_many_letters_are_chosen_looked_at_confirmed_and_undone(page, demo, page_troubles, axe):
    page_troubles.expect("status of 409")
    sign_in(page, demo)
    page.goto(f"{demo.url}/talent-pool/letters?state=held")
    by_hand = page.get_by_role("region", name="Held by somebody.")
    ticks = by_hand.get_by_role("checkbox")
    expect(ticks).to_have_count(2)
    for tick in ticks.all():
        tick.check()
    page.get_by_role("button", name="Those ticked").click()

    page.get_by_role("radio", name="Set door").check()
    page.get_by_label("Door", exact=True).select_option("open")
    axe(page)
    page.get_by_role("button", name="Look at them first").click()
    expect(page.get_by_text("Waits for you to confirm")).to_be_visible(timeout=patience(30) * 1_000)
    axe(page)
    page.get_by_label("want each of these 2 back").check()
    page.get_by_label("Type the number to confirm").fill("3")
    page.get_by_role("button", name="Set this for 2 people").click()
    expect(page.get_by_role("alert")).to_contain_text("You typed 3")
    page.get_by_label("Type the number to confirm").fill("2")
    page.get_by_role("button", name="Set this for 2 people").click()

    expect(page.get_by_role("heading", name="It is done")).to_be_visible(timeout=patience(30) * 1_000)
    expect(page.get_by_role("region", name="Each of them").get_by_role("listitem")).to_have_count(2)
    assert doors(demo) == "open,open"
    axe(page)
    page.get_by_role("button", name="Undo this").click()
    expect(page.get_by_role("heading", name="It was undone")).to_be_visible(timeout=patience(30) * 1_000)
    assert doors(demo) == "unlatched,unlatched"


def doors(demo):
    return demo.find(
        "select group_concat(d.door) from talentpool_letters l join talentpool_decisions d on d.id = l.decision_id "
        "where l.state = 'held' and l.because = 'by_hand'"
    )


# Texts


def test_a_text_is_edited_with_its_preview_beside_it_saved_and_restored(page, demo):
    sign_in(page, demo)
    page.goto(demo.url + TEXT)
    words = page.get_by_role("textbox", name="The text")
    before = words.input_value()
    preview = page.get_by_role("region", name="How it reads")

    words.fill(before.replace("Kind regards", "With kind regards from the harbour"))

    expect(preview).to_contain_text("With kind regards from the harbour")
    words.fill(before + "\n\n{{ salary }}")
    expect(preview).to_contain_text("This text cannot be used yet")
    words.fill(before.replace("Kind regards", "With kind regards from the harbour"))
    page.get_by_label("What did you change?").fill("Warmer.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("aved")
    expect(words).to_have_value(re.compile("from the harbour"))

    page.get_by_role("button", name="Go back to the text as it came").click()

    expect(words).to_have_value(before)


# Replies


def test_a_reply_is_read_by_keyboard(page, demo):
    sign_in(page, demo)
    page.goto(f"{demo.url}/talent-pool/incoming")
    sender = demo.find("select id from talentpool_incoming where kind = 'reply'")
    page.locator(f'a[href$="/incoming/{sender}"]').first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you for the honest letter")).to_be_visible()

    press(page, "Mark as read")

    within(10, lambda: demo.find(f"select read_at is not null from talentpool_incoming where id = {sender}"))
    page.goto(f"{demo.url}/talent-pool/incoming")
    expect(page.locator(f'a[href$="/incoming/{sender}"]')).to_have_count(0)


def press(page, name):
    """Go to a button with the tabulator, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no “{name}” on the way of the tabulator")


# Every page


def pages(demo):
    """Return the addresses of every page of ours, and of the host's page with our widgets."""
    held = "select decision_id from talentpool_letters where state = 'held' and because = '{}'"
    waits, offer = demo.find(held.format("personal")), demo.find(held.format("offer_open"))
    told = demo.find(
        "select id from talentpool_decisions where told_by = 'phone' and state = 'live' order by id"
    )
    reopened = demo.find(
        "select id from talentpool_decisions where told_by = 'letter' and state = 'taken_back'"
    )
    returned = demo.find("select id from talentpool_incoming where kind = 'returned'")
    person = demo.find(f"select person_id from talentpool_decisions where id = {waits}")
    return [
        "/talent-pool/",
        "/talent-pool/unanswered",
        "/talent-pool/unanswered?job=12",
        "/talent-pool/pools",
        "/talent-pool/pools/finalists",
        f"/talent-pool/people/{person}",
        "/talent-pool/jobs/7",
        "/talent-pool/letters",
        "/talent-pool/letters?state=held",
        "/talent-pool/letters/9",
        f"/talent-pool/decisions/{waits}",
        f"/talent-pool/decisions/{offer}",
        f"/talent-pool/decisions/{told}",
        f"/talent-pool/decisions/{waits}/sheet",
        f"/talent-pool/decisions/{told}/short-letter",
        f"/talent-pool/decisions/{reopened}/correction?why=Two+applications+were+mixed+up.",
        "/talent-pool/decisions/grid",
        "/talent-pool/bulks",
        "/talent-pool/bulks/1",
        "/talent-pool/bulks/new?all=1&state=held",
        "/talent-pool/texts",
        "/talent-pool/texts/en/outcome/screened.unlatched",
        "/talent-pool/texts/de/outcome/finalist.open",
        "/talent-pool/texts/en/outcome/screened.unlatched/compare",
        "/talent-pool/incoming",
        "/talent-pool/incoming?tab=all",
        "/talent-pool/incoming/1",
        f"/talent-pool/incoming/{returned}",
        "/talent-pool/recall-to-pool/7",
        "/talent-pool/guide/what-happens-next/",
        link_in_mail(demo, "ruben.castillo"),
        "/candidates/7",
    ]


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible_and_fits(demo, new_context, page_troubles, axe, width):
    context = new_context(viewport={"width": width, "height": 800})
    page_troubles.watch(context)
    page = context.new_page()
    sign_in(page, demo)
    for number, path in enumerate(pages(demo)):
        answer = page.goto(demo.url + path)
        assert answer.status == 200, path
        fits(page, axe, number)
    page.goto(f"{demo.url}/talent-pool/unanswered")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Turn down and write").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Turn down: 1 person")
    fits(page, axe, 0)


def fits(page, axe, number):
    """Look at the page that is open, light and dark; in moderation each in one of the two widths."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px"
    is_dark_here = (number + (page.viewport_size["width"] > WIDE)) % 2
    if IS_THOROUGH or not is_dark_here:
        page.emulate_media(color_scheme="light")
        axe(page)
    if IS_THOROUGH or is_dark_here:
        # In the dark nothing but the colours differs.
        page.emulate_media(color_scheme="dark")
        axe(page, rules=["color-contrast", "link-in-text-block"])


def test_the_letter_follows_what_is_typed_and_says_what_saving_does(page, demo, axe):
    sign_in(page, demo)
    add_finalist(page, demo, "Quentin Ashgrove-Li")
    reject(page)
    found = demo.find("SELECT max(id) FROM talentpool_decisions WHERE outcome = 'rejected'")
    page.goto(f"{demo.url}/talent-pool/decisions/{found}")
    announced, letter = page.locator("[data-live][data-announces]"), page.locator("#tp-letter-now")
    expect(announced).to_contain_text("Saving without a line sends nothing")

    page.get_by_label("One personal line").press_sequentially("Your map of the yard is on our wall.")

    expect(letter).to_contain_text("Your map of the yard is on our wall.")
    expect(letter).to_contain_text("The letter once you save")
    expect(announced).to_contain_text("Saving sends it")
    expect(page.get_by_role("button", name="Show the letter")).to_have_count(0)
    axe(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_a_button_shows_the_letter(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, demo)
    found = demo.find(
        "SELECT decision_id FROM talentpool_letters WHERE kind = 'outcome' AND because = 'personal'"
    )
    page.goto(f"{demo.url}/talent-pool/decisions/{found}")
    page.get_by_label("One personal line").fill("Your map of the yard is on our wall.")

    page.get_by_role("button", name="Show the letter").click()

    expect(page.locator("#tp-letter-now")).to_contain_text("Your map of the yard is on our wall.")
    expect(page.get_by_label("One personal line")).to_have_value("Your map of the yard is on our wall.")
