"""P6: looking changes nothing. Mail scanners open every link, browsers fetch ahead, and people look around."""

import itertools

import pytest
from flask import render_template_string

SEARCHES = (
    "?q=north",
    "?tag=tag-north",
    "?state=noted",
    "?state=gone",
    "?page=2",
    "?scope=north",
    "?next=/x",
)
WAYS = (("GET", "text/html"), ("HEAD", "text/html"), ("GET", "application/json"))
LISTS = {f"talentpool.{name}" for name in ("index", "pools", "pool", "letters", "bench", "recall_to_pool")}
GUESSES = (
    "/talent-pool/l/not-a-token",
    "/talent-pool/l/",
    "/talent-pool/decisions/999999",
    "/talent-pool/nowhere",
)

# What they open, others trace, and what they ask does not depend on the database.
pytestmark = pytest.mark.untraced


def look(client, url, **options):
    """Open an address, read it to its end, and return the status."""
    with client.open(url, **options) as response:
        response.get_data()
        return response.status_code


@pytest.mark.parametrize("role", [None, "recruiter", "manager", "admin"])
def test_no_get_or_head_changes_a_row(filled, role):
    client = filled.client(role)
    before = filled.snapshot()
    opened = 0

    for rule, side in itertools.product(filled.rules("GET"), (filled.north, filled.south)):
        for place, url in enumerate(filled.urls(rule, side)):
            for method, accept in WAYS if not place else WAYS[:1]:
                status = look(client, url, method=method, headers={"Accept": accept})
                assert status < 500, (method, url)
                opened += status == 200
        assert filled.snapshot() == before, f"looking at {rule} as {role} wrote"

    # Something was looked at indeed: the public pages by all, the others by those who may.
    assert opened > {None: 10, "manager": 40}.get(role, 60)


def test_no_search_and_no_guess_changes_a_row(filled):
    client = filled.client("admin")
    before = filled.snapshot()

    lists = [
        url
        for rule in filled.rules("GET")
        if rule.endpoint in LISTS
        for url in filled.urls(rule, filled.north)
    ]
    for url in (*lists, *GUESSES):
        for search in SEARCHES:
            assert look(client, url + search) < 500, url + search

    assert filled.snapshot() == before


def test_every_real_address_opens_for_a_recruiter(filled):
    client = filled.client("recruiter")

    refused = {
        url: status
        for rule in filled.rules("GET")
        for url in filled.urls(rule, filled.north)
        if (status := look(client, url)) != 200
    }

    # The guide and the pools share the name of a parameter; each refuses the other's values.
    assert set(refused.values()) <= {404}, refused
    assert all("/pools/what-happens" in url or "/guide/" in url for url in refused), refused


def test_a_hundred_openings_of_a_candidates_link_leave_it_as_it_was(filled):
    client = filled.client(None)
    before = filled.snapshot()

    first = {token: client.get(f"/talent-pool/l/{token}").data for token in filled.north.values["token"]}
    for _ in range(50):
        for token, page in first.items():
            assert client.get(f"/talent-pool/l/{token}").data == page

    assert filled.snapshot() == before


@pytest.mark.parametrize(
    "widget", ["recall_button(row.candidate)", "badges(row.candidate)", "letter_panel(row)"]
)
def test_widgets_on_the_hosts_pages_write_nothing(filled, widget):
    world = filled.world

    @world.app.get("/candidate/<int:key>")
    def page(key):
        row = world.session.get(world.Application, key)
        return render_template_string("{{ talentpool." + widget + " }}", row=row)

    client = filled.client("recruiter")
    before = filled.snapshot()

    shown = [client.get(f"/candidate/{key}").data for key in filled.north.values["application_key"]]

    assert any(shown)
    assert filled.snapshot() == before
