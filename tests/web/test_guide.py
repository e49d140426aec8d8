"""The guide's pages, as the extension serves them."""

import re

import pytest

from flask_talentpool import guide

GUIDE = "/talent-pool/guide/"
KEYS = guide.keys()


@pytest.fixture
def client(office):
    """Somebody who was never here."""
    return office.app.test_client()


@pytest.mark.parametrize("key", KEYS)
def test_every_page_opens_for_everybody_without_a_cookie(client, key):
    page = client.get(f"{GUIDE}{key}/")

    assert page.status_code == 200
    assert guide.load(key).title in page.text
    assert page.text.count("<h1") == 1
    assert "Set-Cookie" not in page.headers


def test_the_first_page_leads_to_all_others(client):
    page = client.get(GUIDE).text

    for key in KEYS:
        assert f'href="./{key}/"' in page or f'href="{key}/"' in page


@pytest.mark.parametrize("start", [GUIDE, *(f"{GUIDE}{key}/" for key in KEYS)])
def test_no_link_between_pages_is_dead(client, start):
    for target in set(re.findall(r'href="((?:\.\.?/|[a-z-]+/)[^"#]*)', client.get(start).text)):
        with client.application.test_request_context(start):
            from urllib.parse import urljoin

            address = urljoin(start, target)
        assert client.get(address).status_code == 200, f"{start} -> {target}"


def test_without_the_closing_slash_it_opens_too(client):
    assert client.get(f"{GUIDE}what-happens-next", follow_redirects=True).status_code == 200


def test_an_unknown_page_names_the_nearest(client):
    page = client.get(f"{GUIDE}what-happens-nxt/")

    assert page.status_code == 404
    assert guide.load("what-happens-next").title in page.text
    assert f'href="{GUIDE}what-happens-next/"' in page.text


def test_an_unknown_page_names_the_nearest_in_json_too(client):
    answer = client.get(f"{GUIDE}what-happens-nxt/", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert answer.json["nearest"] == "what-happens-next"


def test_a_page_is_there_as_json(client):
    answer = client.get(f"{GUIDE}what-happens-next/", headers={"Accept": "application/json"})

    assert answer.json["key"] == "what-happens-next"
    assert answer.json["html"].startswith("<h1")


def test_search_engines_may_find_it_and_nothing_else_is_asked_for(client):
    page = client.get(GUIDE)

    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text


def test_the_letters_link_to_pages_that_open(office, client):
    office.rejected()

    text = office.row("letter").text

    for address in re.findall(r"https://jobs\.example\.test(/\S+guide\S+)", text):
        assert client.get(address).status_code == 200
