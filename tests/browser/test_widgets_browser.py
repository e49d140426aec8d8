"""Widgets in a page of the host's, driven by a real browser: hostile styles, keyboard, no JavaScript."""

import pytest

from tests.support.apps import serving
from tests.web import conftest as web
from tests.web.conftest import make_office, opened_database  # noqa: F401 (fixtures)

HOSTILE = """
* { box-sizing: content-box } *::before { content: "!!" }
body { font: italic 9px/1 cursive; letter-spacing: 3px; text-align: center; text-transform: uppercase }
button { all: unset; width: 100%; background: hotpink; color: pink; float: right } a { color: white }
label, legend, fieldset { float: right; width: 20px } input, textarea, select { opacity: 0; height: 0 }
details, p { display: none } span { color: white; background: white } form { border: 9px solid red }
"""


@pytest.fixture
def served(make_office, monkeypatch):  # noqa: F811 (the fixture imported above)
    """A host with an own style, one finalist rejected; its address."""
    base = web.TEMPLATES["host_base.html"].replace("</head>", f"<style>{HOSTILE}</style></head>")
    monkeypatch.setitem(web.TEMPLATES, "host_base.html", base)
    office = make_office()
    office.rejected(name="Maximiliane von Hohenzollern-Sigmaringen")
    with serving(office.app) as url:
        yield office, url


def sign_in(page, url):
    page.goto(f"{url}/sign-in")
    page.evaluate(
        """() => { const field = document.createElement("input"); field.name = "email";
        field.value = "recruiter@ats.example"; document.forms[0].append(field) }"""
    )
    with page.expect_navigation():
        page.evaluate("() => document.forms[0].submit()")


def test_the_button_works_by_keyboard_inside_a_form_of_a_hostile_host(served, page, shoot):
    office, url = served
    sign_in(page, url)
    page.goto(f"{url}/in-form/1")

    button = page.get_by_role("button", name="Recall to pool")
    box = button.bounding_box()
    assert box["height"] >= 24
    assert box["width"] < 300
    assert button.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(31, 90, 76)"
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/in-form/1#tp-recall-1")

    assert page.get_by_text("In Finalists (noted). Nothing was sent.").is_visible()
    assert office.row("member").state == "noted"
    shoot(page, "widgets-hostile")


def test_door_and_line_are_saved_from_inside_the_hosts_form(served, page):
    office, url = served
    sign_in(page, url)
    page.goto(f"{url}/in-form/1")

    page.get_by_role("radio", name="Open").check()
    page.get_by_label("One personal line").fill("Your questions made ours better.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/in-form/1#tp-letter-1")

    assert "Your questions made ours better." in office.row("letter").text
    assert page.get_by_text("Saved. The letter goes ").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_letters_have_no_axe_findings_and_reflow(served, page, axe, shoot, scheme, width):
    office, url = served
    office.rejected(name="Bo Lind", email="")
    sign_in(page, url)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})

    for name, path in {
        "letters": "letters",
        "letters-held": "letters?state=held",
        "letters-gone": "letters?state=gone",
        "letter": "letters/1",
        "decision": "decisions/1",
        "recall-to-pool": "recall-to-pool/1?next=/candidates/1",
    }.items():
        page.goto(f"{url}/talent-pool/{path}")
        axe(page)
        shoot(page, f"{name}-{scheme}-{width}")
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path
