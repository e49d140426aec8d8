"""P10: whatever is sent, our pages answer that it cannot be, and never break: every route, role and format."""

import contextlib
import json
import logging
import random
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa

from tests.promises.test_p09_nobody_sees_what_is_not_theirs import FORMATS, form
from tests.support.effort import IS_THOROUGH

pytestmark = pytest.mark.untraced

NUL, HALF, HUGE = "a\x00b", "\ud800", str(2**63)
ODD = (
    NUL,
    HUGE,
    str(2**31),
    "-1",
    "9" * 400,
    "٣",
    "nan",
    "1e9",
    "",
    "  ",
    "é" * 5000,
    "%00",
    "../..",
    "'\"<>{{",
)
VALUES = (
    NUL,
    HALF,
    HUGE,
    str(2**31),
    2**63,
    -(2**31) - 1,
    1e308,
    True,
    None,
    [],
    [NUL],
    "  ",
    {},
    {"a": HALF},
    "x" * 5000,
)
QUERY = ("q", "tag", "scope", "state", "job", "page", "at", "all", "letters", "show", "because", "old", "new", "person",
         "language", "application", "why", "next", "tab")  # fmt: skip
ROLES = ("recruiter", "manager", "admin", None) if IS_THOROUGH else ("recruiter", None)


@pytest.fixture(autouse=True)
def nothing_breaks(filled):
    """A page that raises answers 500, as it does where it is at work."""
    filled.world.app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False, DEBUG=False)


def status(client, method, url, accept="text/html", **options):
    url, _, query = url.partition("?")
    query = {**dict(parse_qsl(query)), **options.pop("query_string", {})}
    with client.open(
        url, method=method, headers={"Accept": accept}, query_string=query, **options
    ) as response:
        response.get_data()
        return response.status_code


def addresses(filled, method):
    """Return an address of each route, and for each part of it one that holds something odd."""
    adapter = filled.world.app.url_map.bind("localhost")
    for rule in filled.rules(method):
        found = filled.urls(rule, filled.north)[:1]
        yield from ((rule, url) for url in found)
        for name in rule.arguments if method == "GET" else ():
            for odd in (NUL, HUGE, str(2**31), "9" * 40):
                values = dict.fromkeys(rule.arguments, "1") | {name: odd}
                with contextlib.suppress(Exception):  # a converter that does not take it answers 404
                    yield rule, adapter.build(rule.endpoint, values)


def of_ours(answers):
    return [one for one in answers if one[-1] >= 500]


@pytest.mark.parametrize("role", ROLES)
def test_odd_addresses_and_queries_break_no_page(filled, role):
    client = filled.client(role)
    answers = []
    for rule, url in addresses(filled, "GET"):
        answers.append((url, status(client, "GET", url)))
        for odd in ODD if role == "recruiter" else (NUL, HUGE):
            query = dict.fromkeys(QUERY, odd)
            for accept in FORMATS if rule.endpoint.startswith("talentpool.pool") else FORMATS[:1]:
                answers.append((url, odd, status(client, "GET", url, accept, query_string=query)))

    assert of_ours(answers) == []
    assert len(answers) > 200


@pytest.mark.parametrize("role", ROLES)
def test_odd_forms_and_json_break_no_page(filled, role):
    client = filled.client(role)
    token = client.get("/token").get_data(as_text=True)
    usual = {**form(filled.north), "csrf_token": token}
    values = VALUES if role == "recruiter" else (NUL, HALF, 2**63)
    answers = []
    for _, url in addresses(filled, "POST"):
        for value in values:
            sent = dict.fromkeys(usual, value) | {"csrf_token": token}
            # json.dumps writes half of a character as an escape, which every client may send.
            body = json.dumps(sent)
            answers.append(
                (url, value, status(client, "POST", url, data=body, content_type="application/json"))
            )
            if isinstance(value, str) and value != HALF:
                answers.append((url, value, status(client, "POST", url, data=sent)))
                for name in ("line", "reason", "person_id", "decision", "clock", "version", "scope"):
                    one = {**usual, name: value}
                    answers.append((url, name, value, status(client, "POST", url, data=one)))

    assert of_ours(answers) == []
    assert len(answers) > 100


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[", b'"\\ud800"', b"[" * 5000, b"null", b"1e999", b""])
def test_a_body_that_is_no_form_breaks_no_page(filled, body):
    client = filled.client("recruiter")
    answers = [
        (url, kind, status(client, "POST", url, data=body, content_type=kind))
        for _, url in addresses(filled, "POST")
        for kind in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        )
    ]

    assert of_ours(answers) == []


def test_random_requests_break_no_page(filled):
    chosen = random.Random(20261128)
    clients = {role: filled.client(role) for role in ROLES}
    tokens = {role: client.get("/token").get_data(as_text=True) for role, client in clients.items()}
    places = [(method, url) for method in ("GET", "POST") for _, url in addresses(filled, method)]
    names = [*QUERY, *form(filled.north)]
    answers = []
    for _ in range(5000 if IS_THOROUGH else 300):
        role, (method, url) = chosen.choice(ROLES), chosen.choice(places)
        fields = {name: chosen.choice(ODD) for name in chosen.sample(names, 4)}
        options = {"query_string": fields} if method == "GET" else {"data": fields}
        if method == "POST":
            fields["csrf_token"] = tokens[role]
        answers.append(
            (method, url, fields, status(clients[role], method, url, chosen.choice(FORMATS), **options))
        )

    assert of_ours(answers) == []


def test_what_the_database_says_of_a_person_is_in_no_line_of_the_log(filled, caplog):
    caplog.set_level(logging.DEBUG)
    client = filled.client("recruiter")
    token = client.get("/token").get_data(as_text=True)
    decision = filled.north.values["decision_id"][0]
    with filled.world.app.app_context():
        session, table = filled.world.session, filled.world.m.decision.__table__.name
        if session.get_bind().dialect.name == "postgresql":
            refuse = f"ALTER TABLE {table} ADD CHECK (note NOT LIKE '%Secretname%')"
        else:
            refuse = (
                f"CREATE TRIGGER no_notes BEFORE UPDATE ON {table} WHEN NEW.note LIKE '%Secretname%' "
                "BEGIN SELECT RAISE(ABORT, 'Secretname is refused'); END"
            )
        session.execute(sa.text(refuse))
        session.commit()
        session.remove()

    data = {"note": "About Secretname", "csrf_token": token}
    found = status(client, "POST", f"/talent-pool/decisions/{decision}/note", data=data)

    assert found == 500
    said = caplog.text
    assert "met a database error" in said
    assert "UPDATE talentpool_decisions" in said
    assert "Secretname" not in said
