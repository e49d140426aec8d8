"""A POST that another site made a browser send changes nothing, whatever the browser or a proxy adds to it."""

import base64

import pytest
from flask import request

from tests.hosts.own_access import OwnAccess

BASIC = "Basic " + base64.b64encode(b"recruiter:secret").decode()
BEARER = "Bearer a.b.c"
ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "made-up"},
]
HERE = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "https://jobs.example.test"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://app.example.test"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.fixture
def by_header(make_office):
    """Make an office that signs everybody in by ``Authorization``, and whose own views check no token."""

    def make(**config):
        office = make_office(WTF_CSRF_CHECK_DEFAULT=False, **config)
        talentpool = office.app.extensions["talentpool"]
        users = office.host.User
        talentpool.access = OwnAccess(
            current_user=lambda: (
                office.db.session.query(users).filter_by(role="recruiter").first()
                if request.authorization is not None
                else None
            ),
            deny=lambda: ("sign in first", 401),
        )
        office.rejected()
        return office

    return make


def send_now(office, headers, **cookies):
    client = office.app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    answer = client.post(f"/talent-pool/decisions/{office.row('decision').id}/send-now", headers=headers)
    return answer.status_code


@pytest.mark.parametrize(
    "scheme",
    [BASIC, "Digest username=recruiter", "Negotiate YII=", "NTLM TlRM", "Unheard-of x", "basic eA=="],
)
def test_what_a_browser_adds_by_itself_needs_a_token(by_header, scheme):
    office = by_header()

    assert send_now(office, {"Authorization": scheme}) == 400
    assert office.letter_of(1).approved_at is None


def test_a_program_with_a_bearer_token_needs_none(by_header):
    office = by_header()

    for headers in HERE:
        assert send_now(office, {"Authorization": BEARER, **headers}) in (303, 409), headers
    assert office.letter_of(1).approved_at is not None


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_bearer_token_from_another_site_needs_one(by_header, headers):
    office = by_header()

    assert send_now(office, {"Authorization": BEARER, **headers}) == 400
    assert office.letter_of(1).approved_at is None


def test_beside_any_cookie_a_bearer_token_is_perhaps_a_proxys_and_needs_one(by_header):
    office = by_header()

    assert send_now(office, {"Authorization": BEARER}, _oauth2_proxy="signed in") == 400


def test_an_operator_names_the_schemes(by_header):
    office = by_header(TALENTPOOL_TOKENLESS_SCHEMES=("Token",))

    assert send_now(office, {"Authorization": BEARER}) == 400
    assert send_now(office, {"Authorization": "TOKEN abc"}) == 303


def test_where_none_is_named_every_post_needs_a_token(by_header):
    assert send_now(by_header(TALENTPOOL_TOKENLESS_SCHEMES=()), {"Authorization": BEARER}) == 400


def test_no_other_site_shows_a_page_of_ours_in_a_frame_or_learns_its_address(office):
    office.rejected()
    for path in (
        "/talent-pool/",
        "/talent-pool/letters",
        "/talent-pool/decisions/1",
        "/talent-pool/people/999",
    ):
        headers = office.get(path).headers
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Content-Security-Policy"] == (
            "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"
        )


def test_a_policy_of_the_hosts_own_stands_and_its_pages_get_none_of_ours(office):
    office.rejected()
    before = [office.get(path).headers.get("Content-Security-Policy") for path in ("/", "/candidates/1")]
    # What may be registered only before the first request is put where Flask keeps it.
    own = "default-src 'self'; script-src 'nonce-x'"

    def theirs(response):
        response.headers.setdefault("Content-Security-Policy", own)
        return response

    office.app.after_request_funcs[None].append(theirs)

    assert before == [None, None]
    assert office.get("/talent-pool/letters").headers.getlist("Content-Security-Policy") == [own]


def test_candidates_pages_keep_their_own_policy(office):
    page = office.app.test_client().get("/talent-pool/l/unknown")

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
