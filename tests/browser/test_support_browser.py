"""The browser of the tests starts, takes pictures, and notices what a page does wrong."""

from urllib.parse import quote

import pytest

PAGE = "<!doctype html><html lang=en><title>T</title><main><h1>Come back</h1><p>Door open.</p></main>"


def shown(html):
    return f"data:text/html,{quote(html)}"


def test_a_page_is_shown_and_pictured(page, axe, shoot):
    page.goto(shown(PAGE))
    axe(page)
    assert page.get_by_role("heading").inner_text() == "Come back"
    assert shoot(page, "support-browser").read_bytes().startswith(b"\x89PNG")


def test_axe_finds_a_button_without_a_name(page, axe):
    page.goto(shown(PAGE + "<button></button>"))
    with pytest.raises(AssertionError, match="button-name"):
        axe(page)


def test_errors_on_the_console_are_noticed(page, page_troubles):
    page.goto(shown(PAGE + "<script>console.error('broken'); throw new Error('thrown')</script>"))
    assert len(page_troubles.unexpected()) == 2
    page_troubles.expect("broken")
    page_troubles.expect("thrown")
    assert page_troubles.unexpected() == []


def test_a_request_to_another_host_is_noticed_and_goes_nowhere(page, page_troubles):
    page.goto(shown(PAGE + "<img alt='' src='http://pixel.host.test/1.png'>"))
    page.wait_for_load_state("networkidle")
    assert "asked another host: http://pixel.host.test/1.png" in page_troubles.unexpected()
    page_troubles.expect("pixel.host.test")
