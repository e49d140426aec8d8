"""P9: nobody sees what is not theirs. Every route, by every role, from every scope, and every kind of link."""

import itertools
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import render_template_string

from flask_talentpool.access import Access
from flask_talentpool.decisions.lifecycle import find
from flask_talentpool.decisions.telling.told import tell_decision
from flask_talentpool.letters.delivery.prepare import revoke_links
from flask_talentpool.links import hash_token
from tests.support.people import RITA

# What they open, others trace, and what they ask does not depend on the database.
pytestmark = pytest.mark.untraced

PUBLIC = {
    "talentpool.link",
    "talentpool.unsubscribe",
    "talentpool.hires_calendar",
    "talentpool.guide_index",
    "talentpool.guide_page",
    "talentpool.guide_translated",
    "talentpool.guide_asset",
    "talentpool.static",
}
STRANGERS = (None, "nobody special")
OUTSIDERS = ("their recruiter", "other manager")
OF_A_MANAGER = {
    "talentpool.decision_write",
    "talentpool.application_write",
    "talentpool.decision_finish",
    "talentpool.decision_no_line",
    "talentpool.decision_note",
    "talentpool.decision_ask",
    "talentpool.decision_feedback_read",
    "talentpool.decision_grid_save",
    "talentpool.bench_order",
}
FORMATS = ("text/html", "application/json")


def look(client, url, **options):
    with client.get(url, **options) as response:
        return response.status_code, response.get_data(as_text=True)


def inner(filled, method):
    """Return our routes that are not public."""
    return [rule for rule in filled.rules(method) if rule.endpoint not in PUBLIC]


def form(side, **changed):
    """Return something acceptable for every field of every form of ours."""
    fields = {
        "line": "You asked good questions.",
        "door": "open",
        "finish": "2",
        "channel": "phone",
        "because": "a reason",
        "name": "Something new",
        "description": "",
        "reason": "other_person",
        "address": "ines@host.test",
        "note": "A private note.",
        "why": "A mistake of ours.",
        "says": "share",
        "decision": list(side.values["decision_id"]),
        "scope": side.scope,
        "person_id": side.values["person_id"][0],
        "clock": side.values["clock_id"][0],
        "hire": list(side.values["hire_id"]),
        "question": "apart",
        "person": side.values["person"][0],
        "confirmed": "1",
        **{f"finish-{key}": str(place) for place, key in enumerate(side.values["decision_id"], 7)},
        "act": "set",
        "application_keys": list(side.values["application_key"]),
        "source": side.source,
        "version": "1",
        "press": "pressed",
        "said": "not_now",
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def grid(client):
    """Return the rows of the grid as a person changes their lines: each with the version it was shown with."""
    page = client.get("/talent-pool/decisions/grid", headers={"Accept": "application/json"}).get_json()
    fields = {}
    for row in page["rows"]:
        cells = {**row["cells"], "line": "You stayed calm.", "version": row["version"]}
        fields |= {f"{name}-{row['decision_id']}": value for name, value in cells.items()}
    assert fields
    return fields


def post(client, url, data):
    """Post with the token of the client's session, to a text as its second version."""
    if not hasattr(client, "csrf"):
        client.csrf = client.get("/token").get_data(as_text=True)
    data = {**data, "csrf_token": client.csrf}
    if "/texts/" in url:
        data["seen"] = "2"
    with client.post(url, data=data) as response:
        response.get_data()
        return response.status_code


# Looking


@pytest.mark.parametrize("role", STRANGERS)
def test_who_has_no_role_is_refused_at_every_page(filled, role):
    client = filled.client(role)

    for rule, accept in itertools.product(inner(filled, "GET"), FORMATS):
        for url in filled.urls(rule, filled.north)[:3]:
            status, text = look(client, url, headers={"Accept": accept})
            assert status == (401 if role is None else 403), url
            assert not [name for name in filled.north.names if name in text], url


@pytest.mark.parametrize("role", OUTSIDERS)
def test_who_has_other_jobs_or_another_scope_sees_nothing_of_it(filled, role):
    client = filled.client(role)

    for rule, accept in itertools.product(inner(filled, "GET"), FORMATS):
        for url in filled.urls(rule, filled.north):
            status, text = look(client, url, headers={"Accept": accept})
            found = [name for name in filled.north.names if name in text]
            # A pool and its name belong to the scope, so a manager of the same scope may read of it.
            if role == "other manager" and rule.endpoint in {"talentpool.pools", "talentpool.pool"}:
                found = [name for name in found if not name.startswith(("pool", "tag"))]
            assert not found, (url, status, found)
            assert status in {200, 403, 404}, (url, status)
            if rule.arguments & {"decision_id", "letter_id", "person_id", "application_key", "candidate_key"}:
                assert status in {403, 404}, (url, status)


def test_what_is_not_theirs_looks_as_if_it_were_not_there(filled):
    client = filled.client("their recruiter")

    for what, names in (("decisions", "decision_id"), ("letters", "letter_id"), ("people", "person_id")):
        for value in filled.north.values[names]:
            answers = {look(client, f"/talent-pool/{what}/{key}") for key in (value, "99999999")}
            assert len(answers) == 1, (what, value)


def test_everybody_sees_their_own_and_only_the_admin_sees_both(filled):
    seen = {}
    for role in ("recruiter", "their recruiter", "manager", "admin"):
        client = filled.client(role)
        pages = "".join(
            look(client, url)[1]
            for rule, side in itertools.product(inner(filled, "GET"), (filled.north, filled.south))
            for url in filled.urls(rule, side)[:4]
        )
        seen[role] = {
            side.scope for side in (filled.north, filled.south) if f"{side.scope.title()}family" in pages
        }

    assert seen == {
        "recruiter": {"north"},
        "their recruiter": {"south"},
        "manager": {"north"},
        "admin": {"north", "south"},
    }


def test_searching_finds_nobody_of_another_scope(filled):
    client = filled.client("their recruiter")

    for key, query in itertools.product(
        filled.north.values["key"], ("q=North", "q=Noted", "tag=tag-north", "state=noted")
    ):
        _, text = look(client, f"/talent-pool/pools/{key}?{query}&scope=north")
        assert "Northfamily" not in text


@pytest.mark.parametrize(
    "widget", ["recall_button(row.candidate)", "badges(row.candidate)", "letter_panel(row)"]
)
def test_widgets_show_nothing_to_who_may_not(filled, widget):
    world = filled.world
    world.app.add_url_rule(
        "/widget/<int:key>",
        "widget",
        lambda key: render_template_string(
            "[{{ talentpool." + widget + " }}]", row=world.session.get(world.Application, key)
        ),
    )
    urls = [f"/widget/{key}" for key in filled.north.values["application_key"]]

    shown = {
        role: {look(filled.client(role), url)[1] for url in urls} != {"[]"}
        for role in (*STRANGERS, *OUTSIDERS, "recruiter")
    }

    assert shown == {
        None: False,
        "nobody special": False,
        "their recruiter": False,
        "other manager": False,
        "recruiter": True,
    }


# Acting


@pytest.mark.parametrize("role", [*STRANGERS, *OUTSIDERS])
def test_no_post_of_who_may_not_changes_anything(filled, role):
    client, rows = filled.client(role), grid(filled.client("recruiter"))
    before = filled.snapshot()

    for rule in inner(filled, "POST"):
        for url in filled.urls(rule, filled.north):
            for scope in (filled.north.scope, None)[: 1 if rule.arguments else 2]:
                if rule.endpoint == "talentpool.pool_create" and role == "their recruiter":
                    continue  # a pool in their own scope is theirs to make; see below
                status = post(client, url, form(filled.north, scope=scope, **rows))
                refused = {401} if role is None else {400, 403, 404, 409}
                if rule.endpoint == "talentpool.bench_order":
                    refused |= {303}  # an order of nobody: the page has no line of theirs
                if rule.endpoint == "talentpool.incoming_lift" and role == "their recruiter":
                    refused |= {303}  # of theirs, none is barred wrongly
                assert status in refused, (url, status)
        assert filled.snapshot() == before, f"{rule.endpoint} by {role}"


def test_a_recruiter_makes_no_pool_in_another_scope(filled):
    client = filled.client("their recruiter")
    before = filled.snapshot()["talentpool_pools"]

    post(client, "/talent-pool/pools", {"name": "Theirs or ours", "scope": "north"})

    made = set(filled.snapshot()["talentpool_pools"]) - set(before)
    assert not [row for row in made if "'north'" in row]


def test_a_manager_writes_lines_and_orders_finalists_of_own_jobs_and_nothing_else(filled):
    client = filled.client("manager")
    changed, before = set(), filled.snapshot()

    for rule in inner(filled, "POST"):
        for url in filled.urls(rule, filled.north):
            sent = form(filled.north, door=None, reason=None, line=f"True of {url}")
            if rule.endpoint == "talentpool.decision_grid_save":
                sent |= grid(client)
            post(client, url, sent)
        after = filled.snapshot()
        if after != before:
            changed.add(rule.endpoint)
        before = after

    assert changed == OF_A_MANAGER


def test_a_manager_does_not_set_the_door(filled):
    client = filled.client("manager")
    before = filled.snapshot()

    for name in ("decision", "application"):
        (rule,) = (rule for rule in inner(filled, "POST") if rule.endpoint == f"talentpool.{name}_write")
        for url in filled.urls(rule, filled.north):
            for door in ("open", "closed"):
                post(client, url, {"door": door})

    doors = {row for row in filled.snapshot()["talentpool_decisions"] if "User:" in row}
    assert doors == {row for row in before["talentpool_decisions"] if "User:" in row}
    assert filled.snapshot()["talentpool_members"] == before["talentpool_members"]


def test_every_post_does_something_for_who_may(filled):
    """The control of the tests above: what they try is real."""
    client = filled.client("recruiter")
    # Each needs somebody in the right state; what uses them up comes later.
    order = [
        "incoming_answered",
        "incoming_not_answered",
        "recall_seen",
        "recall_open",
        "rang",
        "enquire",
        "decision_correct",
        "feedback_read",
        "bulk_confirm",
        "go_on",
        "bulk_stop",
        "bulk_undo",
        "text_restore",
        "grid_save",
        "send_again",
        "hold",
        "approve",
        "arrived",
        "take_back",
        "stand",
        "untag",
        "undo",
        "same_person",
        "someone_else",
    ]
    last = ["end", "told", "decision_confirm", "send_now"]
    rank = {f"talentpool.{name}": place for place, name in enumerate(order, -len(order))}

    def turn(rule):
        ends = [place for place, name in enumerate(last, 1) if rule.endpoint.endswith(name)]
        first = [place for name, place in rank.items() if rule.endpoint.endswith(name.partition(".")[2])]
        return min(first, default=max(ends, default=0))

    rules = sorted(inner(filled, "POST"), key=turn)
    idle, before = set(), filled.snapshot()

    for rule in rules:
        for url in filled.urls(rule, filled.north):
            sent = form(filled.north, finish=str(len(url)), line=f"True of {url}")
            if rule.endpoint == "talentpool.decision_grid_save":
                sent |= grid(client)
            post(client, url, sent)
            after = filled.snapshot()
            if after != before:
                before = after
                break
        else:
            idle.add(rule.endpoint)

    # Looking at how words would read that are not saved is a POST, since they are long; it stores nothing.
    previews = {"talentpool.text_preview", "talentpool.application_preview"}
    # One look is about all scopes, and so is the mail server: nobody may answer for them who sees only one.
    assert idle == previews | {"talentpool.look_go_on", "talentpool.mail_try_again"}
    assert "Southfamily" in str(filled.snapshot()), "and the other scope is still there"


@pytest.mark.parametrize("how", ["without", "empty", "made up", "of another session", "json"])
def test_a_post_without_a_token_of_this_session_changes_nothing(filled, how):
    client = filled.client("recruiter")
    client.get("/token")
    sent = {
        "without": {},
        "empty": {"csrf_token": ""},
        "made up": {"csrf_token": "IjEyMyI.aaaa.bbbb"},
        "of another session": {"csrf_token": filled.client("admin").get("/token").get_data(as_text=True)},
        "json": {},
    }[how]
    before = filled.snapshot()

    for rule in inner(filled, "POST"):
        for url in filled.urls(rule, filled.north):
            data = {**form(filled.north), **sent}
            options = {"json": data} if how == "json" else {"data": data}
            with client.post(url, **options) as response:
                assert response.status_code == 400, url

    assert filled.snapshot() == before


def test_without_access_every_page_is_refused(filled):
    filled.world.tp.access = Access()
    client = filled.client("admin")
    before = filled.snapshot()

    for rule in inner(filled, "GET"):
        for url in filled.urls(rule, filled.north):
            assert look(client, url)[0] == 401, url
    for rule in inner(filled, "POST"):
        for url in filled.urls(rule, filled.north):
            assert post(client, url, form(filled.north)) == 401, url

    assert filled.snapshot() == before


# Candidates' links


def person_of(world, token):
    link = world.m.link
    return world.session.scalar(sa.select(link.person_id).where(link.token_hash == hash_token(token)))


def answers(client, token):
    """Return everything a link answers with, as a browser and as a program sees it."""
    url = f"/talent-pool/l/{token}"
    found = []
    for method, accept in itertools.product(("GET", "POST"), FORMATS):
        data = {"say": "stay"} if method == "POST" else None
        with client.open(url, method=method, data=data, headers={"Accept": accept}) as response:
            text = response.get_data(as_text=True).replace(token, "TOKEN")
            headers = {
                name: value for name, value in response.headers if name not in {"Date", "Content-Length"}
            }
            found.append((method, accept, response.status_code, headers, text))
    return found


def test_forged_expired_and_revoked_links_look_alike_and_do_nothing(filled):
    world, client = filled.world, filled.client(None)
    stay, answer = filled.north.tokens["stay"], filled.south.tokens["stay"]
    with_links = filled.snapshot()
    forged = [
        answers(client, token) for token in ("A" * 22, stay[:-1], stay + "A", stay.swapcase(), "%00", "é")
    ]
    assert filled.snapshot() == with_links
    with world.app.app_context():
        person = person_of(world, answer)
        world.change(lambda ctx: revoke_links(ctx, person_id=person))
    before = filled.snapshot()
    revoked = answers(client, answer)
    assert filled.snapshot() == before
    world.clock.advance(timedelta(days=4000))
    expired = answers(client, stay)
    assert filled.snapshot() == before

    assert {status for *_, status, _, _ in expired} <= {404, 410}
    for one in (*forged, revoked):
        assert one == expired


def test_a_link_serves_one_purpose(filled):
    client = filled.client(None)
    before = filled.snapshot()
    for side in (filled.north, filled.south):
        for say in ("yes", "no", "not_now", "never"):
            assert client.post(f"/talent-pool/l/{side.tokens['stay']}", data={"say": say}).status_code == 400
        for say in ("stay", "leave"):
            assert (
                client.post(f"/talent-pool/l/{side.tokens['answer']}", data={"say": say}).status_code == 400
            )

    assert filled.snapshot() == before


def test_a_forwarded_link_shows_first_name_and_job_only(filled):
    client = filled.client(None)

    for side, kind in itertools.product((filled.north, filled.south), ("stay", "answer")):
        for accept in FORMATS:
            status, text = look(client, f"/talent-pool/l/{side.tokens[kind]}", headers={"Accept": accept})
            assert status == 200
            assert f"Engineer {side.scope.title()}" in text
            assert ("Gone" if kind == "stay" else "Again") in text
            assert "family" not in text
            assert not re.search(r"person\d+@mail\.test", text)
            # Who asked for the person stands in the letter that the link came with.
            assert "Rita" not in text or kind == "answer" or "Rita Recruiter asked for that" in text
            assert "Failed" not in text
            assert filled.south.scope.title() not in text or side is filled.south


def test_a_link_acts_for_its_own_person_alone(filled):
    client, world = filled.client(None), filled.world
    before = filled.snapshot()
    for say in ("stay", "stay", "leave", "leave"):
        assert (
            client.post(f"/talent-pool/l/{filled.north.tokens['stay']}", data={"say": say}).status_code == 303
        )
    after = filled.snapshot()

    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {
        "talentpool_members", "talentpool_consents", "talentpool_touches", "talentpool_audit", "talentpool_people"
    }  # fmt: skip
    moved = set(after["talentpool_members"]) - set(before["talentpool_members"])
    assert len(moved) == 1
    with world.app.app_context():
        person = person_of(world, filled.north.tokens["stay"])
        members = world.members()
    assert [member.state for member in members if member.person_id == person] == ["ended"]


def test_a_candidates_session_opens_nothing_else(filled):
    client = filled.client(None)
    client.get(f"/talent-pool/l/{filled.north.tokens['stay']}")
    client.post(f"/talent-pool/l/{filled.north.tokens['stay']}", data={"say": "stay"})

    for rule in inner(filled, "GET"):
        for url in filled.urls(rule, filled.north):
            assert look(client, url)[0] == 401, url


def test_no_token_stands_in_any_table_and_none_is_given_away(filled):
    tables = str(filled.snapshot())
    client = filled.client("admin")
    pages = "".join(
        look(client, url)[1] for rule in inner(filled, "GET") for url in filled.urls(rule, filled.north)
    )

    for token in (*filled.north.tokens.values(), *filled.south.tokens.values()):
        assert token not in tables
        assert token not in pages
        response = filled.client(None).get(f"/talent-pool/l/{token}")
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Referrer-Policy"] == "no-referrer"


# A colleague's link, and leaving by a mail program


def leaves(client, token):
    """Press “unsubscribe” as a mail program does: without cookie or token of a form."""
    with client.post(f"/talent-pool/u/{token}", data={"List-Unsubscribe": "One-Click"}) as response:
        return response.status_code, response.get_data(as_text=True)


def test_a_colleagues_link_shows_first_name_job_and_letter_only(filled):
    client = filled.client(None)

    for side, accept in itertools.product((filled.north, filled.south), FORMATS):
        status, text = look(client, f"/talent-pool/l/{side.tokens['line']}", headers={"Accept": accept})
        assert status == 200
        assert "Asked" in text
        assert f"Engineer {side.scope.title()}" in text
        for secret in ("family", "Note of", "Why of", "@mail.test", "Failed", "Gone"):
            assert secret not in text, secret


def test_a_colleagues_link_writes_the_line_of_one_letter_until_the_person_was_told(filled):
    client, world, token = filled.client(None), filled.world, filled.north.tokens["line"]
    before = filled.snapshot()
    for say in ("stay", "leave", "yes", "no", "not_now", "never"):
        assert client.post(f"/talent-pool/l/{token}", data={"say": say, "line": "Mine."}).status_code == 400
    assert filled.snapshot() == before

    said = {
        "say": "line",
        "line": "You drew the whole plan from memory.",
        "door": "open",
        "reason": "other_person",
    }
    assert client.post(f"/talent-pool/l/{token}", data=said).status_code == 303

    after = filled.snapshot()
    assert {name for name in before if before[name] != after[name]} == {
        "talentpool_decisions", "talentpool_letters", "talentpool_audit"
    }  # fmt: skip
    written = set(after["talentpool_decisions"]) - set(before["talentpool_decisions"])
    assert len(written) == 1
    with world.app.app_context():
        decision = world.m.decision
        (row,) = world.session.scalars(sa.select(decision).where(decision.line == said["line"]))
        assert (row.line_by_name, row.door) == ("Cora Colleague", "unlatched")
        world.change(lambda ctx: tell_decision(ctx, find(ctx, row.id), channel="phone", by=RITA))
    told = filled.snapshot()
    assert client.post(f"/talent-pool/l/{token}", data={**said, "line": "Too late."}).status_code in {
        404,
        410,
    }
    assert filled.snapshot() == told


def test_only_a_link_to_stay_or_leave_leaves_and_every_press_is_answered_alike(filled):
    client, world = filled.client(None), filled.world
    before = filled.snapshot()
    stay = filled.north.tokens["stay"]

    # A colleague's link is about the person too, and an invitation's is for its answer alone.
    others = (filled.north.tokens["line"], filled.north.tokens["answer"], stay[:-1], stay.swapcase(), "é")
    answered = {leaves(client, token) for token in others}
    assert filled.snapshot() == before

    answered |= {leaves(client, stay) for _ in range(2)}
    assert len(answered) == 1
    after = filled.snapshot()
    moved = set(after["talentpool_members"]) - set(before["talentpool_members"])
    assert len(moved) == 1
    assert {row for row in after["talentpool_members"] if "'south'" in row} == {
        row for row in before["talentpool_members"] if "'south'" in row
    }
    with world.app.app_context():
        person = person_of(world, stay)
        assert [member.state for member in world.members() if member.person_id == person] == ["ended"]


# What came in, notes, and keys of others in one's own forms


def test_a_private_note_is_read_by_its_writer_and_by_who_may(filled):
    shown = {}
    for role in ("recruiter", "admin", "manager"):
        client = filled.client(role)
        shown[role] = any(
            "Note of north"
            in look(client, f"/talent-pool/decisions/{key}{page}", headers={"Accept": accept})[1]
            for key in filled.north.values["decision_id"]
            for page in ("", "/sheet")
            for accept in FORMATS
        )

    assert shown == {"recruiter": True, "admin": True, "manager": False}


def test_keys_of_another_scope_in_ones_own_forms_change_nothing_of_it_and_show_nothing(filled):
    client = filled.client("their recruiter")
    rows = grid(filled.client("recruiter"))

    def theirs():
        return {row for rows in filled.snapshot().values() for row in rows if "'north'" in row}

    before = theirs()
    for rule in inner(filled, "POST"):
        for url in filled.urls(rule, filled.south):
            sent = form(filled.north, source=filled.south.source, **rows)
            sent["person"] = filled.north.values["decision_id"][0]
            sent["csrf_token"] = client.get("/token").get_data(as_text=True)
            with client.post(url, data=sent) as response:
                text = response.get_data(as_text=True)
            assert not [name for name in filled.north.names if name in text], url
            if rule.arguments:
                break
    for name, value in (("clock", "clock_id"), ("decision", "decision_id"), ("letters", "letter_id")):
        keys = [f"{name}={key}" for key in filled.north.values[value]]
        for page in ("bulks/new", "decisions/grid", "unanswered"):
            text = look(client, f"/talent-pool/{page}?{'&'.join(keys)}")[1]
            assert not [name for name in filled.north.names if name in text], page

    assert theirs() == before


def test_a_text_is_tried_out_on_nobody_of_another_scope(filled):
    client = filled.client("their recruiter")

    for key, accept in itertools.product(filled.north.values["decision_id"], FORMATS):
        url = f"/talent-pool/texts/en/outcome/applied.open?person={key}"
        status, text = look(client, url, headers={"Accept": accept})
        assert status in {200, 404}
        assert not [name for name in filled.north.names if name in text], url
