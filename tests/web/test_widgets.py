"""Widgets on pages of the host: they work anywhere, show what is theirs to show, and break nothing."""

import logging
import re

import flask_login
import pytest
import sqlalchemy as sa
from flask import Response, jsonify, render_template, render_template_string, stream_with_context

from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.enums import Door
from flask_talentpool.people.service import forget
from flask_talentpool.pools import service as pools
from flask_talentpool.web import detached_forms
from flask_talentpool.widgets import widgets
from tests.support.people import RITA
from tests.web.conftest import WIDGETS
from tests.web.reading import Page, read

PLACES = ("/candidates/1", "/in-form/1", "/fragment/1")


def everything(office):
    """Return every row of every table, to compare."""
    with office.app.app_context(), office.db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in office.db.metadata.sorted_tables
        }


# Anywhere


@pytest.mark.parametrize("place", PLACES)
def test_one_press_of_the_button_puts_the_candidate_into_a_pool(office, place):
    office.apply(stage="final")

    answer = read(office.get(place)).press(office.client, "Recall to pool")

    assert answer.status_code == 303
    assert answer.location == f"{place}#tp-recall-1"
    page = read(office.get(place))
    assert "In Finalists (noted). Nothing was sent." in page.text
    assert not page.has_button("Recall to pool")
    assert office.rows("letter") == []


@pytest.mark.parametrize("place", PLACES)
def test_undo_takes_the_press_back_and_says_so(office, place):
    office.apply()
    read(office.get(place)).press(office.client, "Recall to pool")

    read(office.get(place)).press(office.client, "Undo")

    page = read(office.get(place))
    assert "Undone: no longer in Finalists. Nothing was sent." in page.text
    assert page.has_button("Recall to pool")
    assert office.row("member").state == "ended"
    assert office.rows("person_tag") == []
    assert "Undone" not in read(office.get(place)).text


@pytest.mark.parametrize("place", PLACES)
def test_the_panel_saves_door_and_line_from_the_hosts_page(office, place):
    application = office.rejected()

    answer = read(office.get(place)).press(
        office.client, "Save", door="open", line="Your talk stayed with us."
    )

    assert answer.location == f"{place}#tp-letter-1"
    letter = office.letter_of(application)
    assert "Your talk stayed with us." in letter.text
    assert office.row("member", id=letter.member_id).state == "offered"
    page = read(office.get(place))
    assert "Saved. The letter goes " in page.text
    assert "A letter offers a place in Finalists." in page.text


def test_the_hosts_own_form_stays_whole_around_the_widgets(office):
    office.rejected()

    page = read(office.get("/in-form/1"))

    theirs = page.forms["theirs"]
    assert [name for name, _ in theirs.fields] == ["csrf_token", "headline"]
    assert page.button("Save the candidate").form is theirs


def test_the_forms_stand_at_the_end_of_the_page(office):
    office.rejected()

    html = office.get("/in-form/1").text

    assert html.endswith("</form></body></html>")
    assert html.index('id="tp-') > 0
    assert html.index("</main>") < html.index('<form id="tp-')


def test_without_any_body_the_forms_stand_at_the_end_of_the_fragment(office):
    office.apply()

    html = office.get("/fragment/1").text

    assert html.index("</section>") < html.index('<form id="tp-')
    assert html.endswith("</form>")


def test_a_body_end_inside_a_text_of_the_host_is_not_taken_for_the_end(office):
    @office.view
    def odd():
        html = "<body><pre>{{ code }}</pre>{{ talentpool.recall_button(candidate) }}</BODY ></html>"
        return render_template_string(
            html, code="</body>", candidate=office.db.session.get(office.host.Candidate, 1)
        )

    office.apply()

    html = office.get("/views/odd").text

    assert html.index("<form id=") > html.index("Nothing is sent.")
    assert html.endswith("</form></BODY ></html>")


def test_two_fragments_on_one_page_share_no_ids(office):
    office.apply()

    both = office.get("/fragment/1").text.replace('id="tp-recall-1"', "") + office.get("/fragment/1").text

    assert Page(both).faults == []


# Where forms cannot be carried


def add_views(office):
    candidates = office.host.Candidate

    def facts():
        candidate = office.db.session.get(candidates, 1)
        model = office.host.Application
        return {"candidate": candidate, "applications": office.db.session.scalars(sa.select(model)).all()}

    @office.view
    def as_json():
        return jsonify(html=render_template("fragment.html", **facts()))

    @office.view
    def as_stream():
        def pieces():
            yield "<body>"
            yield render_template("fragment.html", **facts())
            yield "</body>"

        return Response(stream_with_context(pieces()), mimetype="text/html")

    @office.view
    def as_xhtml():
        return Response(render_template("fragment.html", **facts()), mimetype="application/xhtml+xml")

    @office.view
    def squeezed():
        return Response(render_template("fragment.html", **facts()), headers={"Content-Encoding": "x-own"})

    @office.view
    def latin():
        html = render_template("fragment.html", **facts()).encode("latin-1", "xmlcharrefreplace")
        return Response(html, content_type="text/html; charset=latin-1")


@pytest.mark.parametrize(
    "place",
    [
        "/streamed/1",
        "/views/as_stream",
        "/views/as_json",
        "/views/as_xhtml",
        "/views/squeezed",
        "/views/latin",
    ],
)
def test_an_answer_that_cannot_carry_forms_shows_links_that_work(office, place):
    add_views(office)
    office.rejected()

    answer = office.get(place)
    charset = "latin-1" if place.endswith("latin") else "utf-8"
    page = Page(answer.json["html"] if answer.is_json else answer.data.decode(charset))

    ours = [button for button in page.buttons if "Save the candidate" not in button.text]
    assert ours == []
    assert page.faults == []
    recall = page.link("Recall to pool…")
    assert recall.startswith("/talent-pool/recall-to-pool/1")
    letter = next(href for href, text in page.links if text.startswith("Open the letter"))
    read(office.get(letter)).press(office.client, "Save", line="A true line.")
    read(office.get(recall)).press(office.client, "Recall to pool")
    assert office.row("decision").line == "A true line."
    assert office.row("member").state == "noted"


def test_a_page_kept_in_a_cache_by_the_host_shows_links(office):
    kept = {}

    @office.view
    def from_cache():
        if "html" not in kept:
            candidate = office.db.session.get(office.host.Candidate, 1)
            kept["html"] = render_template_string(
                "{{ talentpool.recall_button(candidate) }}", candidate=candidate
            )
        return f"<body>{kept['html']}</body>"

    office.apply()

    first, second = read(office.get("/views/from_cache")), read(office.get("/views/from_cache"))

    assert first.has_button("Recall to pool")
    assert not second.has_button("Recall to pool")
    assert second.link("Recall to pool…").startswith("/talent-pool/recall-to-pool/1")


def test_a_request_inside_an_older_app_context_still_gets_its_forms(office):
    office.apply()

    with office.app.app_context():
        first = office.get("/candidates/1").text
        second = office.get("/candidates/1").text

    assert read_text(first).has_button("Recall to pool")
    assert read_text(second).has_button("Recall to pool")


def read_text(html):
    page = Page(html)
    assert page.faults == []
    return page


def test_a_failure_while_adding_forms_leaves_the_links(office, monkeypatch, caplog):
    office.apply()

    def fail(self, body):
        raise RuntimeError("no forms today")

    monkeypatch.setattr(detached_forms.Outside, "_put", fail)
    page = read(office.get("/candidates/1"))

    assert page.link("Recall to pool…")
    assert "could not be added" in caplog.text


# The style sheet


@pytest.mark.parametrize("place", [*PLACES, "/streamed/1"])
def test_the_widgets_style_is_linked_once_in_an_answer(office, place):
    office.rejected()

    page = Page(office.get(place).text)

    assert page.stylesheets == ["/talent-pool/static/talentpool-widgets.css"]
    with office.get(page.stylesheets[0]) as style:
        assert style.status_code == 200


def test_no_widget_brings_a_script_or_an_inline_style(office):
    office.rejected()
    office.post("/talent-pool/recall-to-pool/1")

    html = office.get("/candidates/1").text

    for forbidden in ("<script", " style=", " onclick=", "javascript:"):
        assert forbidden not in html


# Rights


@pytest.mark.parametrize("role", ["manager", "outsider"])
def test_without_the_right_there_is_no_button_and_the_press_is_refused(office, role):
    office.apply()
    client = office.sign_in(role)

    page = read(office.get("/candidates/1", client=client))
    answer = office.post("/talent-pool/recall-to-pool/1", client=client)

    assert "Recall to pool" not in page.text
    assert answer.status_code == 403
    assert office.rows("member") == []


def test_nobody_signed_in_sees_nothing_and_is_sent_to_the_hosts_sign_in(office):
    office.rejected()
    nobody = office.app.test_client()

    page = read(office.get("/candidates/1", client=nobody))
    answer = office.post("/talent-pool/recall-to-pool/1", client=nobody)

    assert "tp-root" not in office.get("/candidates/1", client=nobody).text
    assert page.stylesheets == []
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_candidate_of_another_scope_shows_nothing(office):
    office.apply(scope="north")
    office.reject(1)
    office.sync()

    assert "tp-root" not in office.get("/candidates/1").text
    north = office.sign_in("north")
    assert read(office.get("/candidates/1", client=north)).has_button("Recall to pool")


def test_a_manager_writes_the_line_of_own_jobs_and_nothing_else(office):
    application = office.rejected()
    client = office.sign_in("manager")

    page = read(office.get("/candidates/1", client=client))
    page.press(client, "Save", line="You explained the queue better than we do.")

    assert [button.text.strip() for button in page.buttons] == ["Save"]
    assert "The door" not in page.text
    assert office.decision_of(application).line == "You explained the queue better than we do."


def test_a_manager_sees_nothing_on_jobs_of_others(office):
    office.rejected(job=office.job(owner="admin"))

    assert "tp-root" not in office.get("/candidates/1", client=office.sign_in("manager")).text


def test_a_manager_sees_badges_of_people_on_own_jobs(office):
    office.rejected()
    office.post("/talent-pool/recall-to-pool/1")
    manager = office.sign_in("manager")

    assert "Finalists: noted" in read(office.get("/candidates/1", client=manager)).text


# What the button says


def test_the_text_beneath_says_what_will_happen(office):
    office.apply(name="Zoë & <b>Max</b>")

    html = office.get("/candidates/1").text

    assert "Adds Zoë &amp; &lt;b&gt;Max&lt;/b&gt; to a talent pool. Nothing is sent." in html
    assert "<b>Max" not in html


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("offered", "A letter offers a place in Finalists."),
        ("member", "Member of Finalists until 1 Apr 2026."),
        ("paused", "In Finalists, paused."),
    ],
)
def test_a_place_is_said_in_plain_words(office, state, words):
    office.apply()
    office.post("/talent-pool/recall-to-pool/1")
    office.change("member", 1, state=state)

    page = read(office.get("/candidates/1"))

    assert words in page.text
    assert not page.has_button("Undo")
    assert page.link("Change…") == "/talent-pool/recall-to-pool/1?next=/candidates/1"


def test_somebody_who_was_forgotten_is_explained_instead_of_a_button(office):
    office.rejected()
    office.do(lambda ctx: forget(ctx, ctx.session.get_one(ctx.models.person, 1), by=RITA))

    page = read(office.get("/candidates/1"))

    assert pools.FORGOTTEN in page.text
    assert not page.has_button("Recall to pool")


def test_somebody_never_to_be_pooled_is_explained_instead_of_a_button(office):
    office.decide(office.apply(), "blacklisted")

    page = read(office.get("/candidates/1"))

    assert pools.NEVER_POOL in page.text
    assert not page.has_button("Recall to pool")


def test_a_row_that_may_be_somebody_else_asks_who_it_is(office):
    office.apply()
    office.post("/talent-pool/recall-to-pool/1")
    office.post("/talent-pool/members/1/undo")
    office.set(office.host.Candidate, 1, name="Bo Lind", email="bo@mail.example")

    page = read(office.get("/candidates/1"))
    assert pools.IN_DOUBT in page.text
    assert "Ada" not in page.text
    page.press(office.client, "The same person")

    assert read(office.get("/candidates/1")).has_button("Recall to pool")


def test_badges_show_pools_and_tags(office):
    office.apply(job=office.job("Designer <UX>"))
    office.post("/talent-pool/recall-to-pool/1")

    html = office.get("/candidates/1").text

    assert "Finalists: noted" in html
    assert "Designer &lt;UX&gt;" in html


def test_badges_of_somebody_unknown_are_nothing(office):
    office.candidate()

    assert "tp-w-badges" not in office.get("/candidates/1").text


# What the panel says


def test_an_application_without_outcome_shows_no_panel(office):
    office.apply()

    assert "tp-w-panel" not in office.get("/candidates/1").text


@pytest.mark.parametrize("status", ["hired", "withdrawn"])
def test_an_outcome_no_letter_tells_shows_no_panel(office, status):
    office.decide(office.apply(), status)

    assert "tp-w-panel" not in office.get("/candidates/1").text


def test_a_rejection_not_noticed_yet_shows_what_will_be_written_and_stores_nothing(office):
    application = office.apply(stage="interview")
    office.set(office.host.Application, application, status="rejected")
    before = everything(office)

    page = read(office.get("/candidates/1"))

    assert "Dear Ada Okafor" in page.text
    assert "The letter is written within moments and goes 2 Mar 2026, 13:00" in page.text
    assert everything(office) == before
    page.press(office.client, "Write the letter now", line="We liked the drawings.")
    assert "We liked the drawings." in office.letter_of(application).text


def test_a_decision_the_hook_wrote_shows_the_same_and_stores_nothing(office):
    application = office.apply()
    office.reject(application)
    before = everything(office)

    page = read(office.get("/candidates/1"))

    assert "Dear Ada Okafor" in page.text
    assert page.has_button("Take back")
    assert everything(office) == before


def test_the_open_door_is_suggested_to_finalists_and_never_preset(office):
    office.rejected(stage="final")

    page = read(office.get("/candidates/1"))

    assert "If you would have them back, open the door: nobody does it for you." in page.text
    doors = [value for name, value in page.button("Save").form.fields if name.startswith("door-")]
    assert doors == ["unlatched"]


def test_a_held_letter_says_why_and_what_to_do(office):
    office.rejected(email="")

    page = read(office.get("/candidates/1"))

    assert "Held. No address: the candidate has no e-mail." in page.text
    assert not page.has_button("Send now")
    page.press(office.client, "Mark as told", channel="phone")
    assert "Told 2 Mar 2026, 09:00 UTC, by phone." in read(office.get("/candidates/1")).text


def test_a_letter_to_review_can_be_approved_from_the_panel(make_office):
    office = make_office(TALENTPOOL_MODES="review")
    office.rejected()

    read(office.get("/candidates/1")).press(office.client, "Approve and send now")

    assert office.dispatch().sent == 1


def test_taken_back_the_panel_says_that_the_host_still_says_rejected(office):
    application = office.rejected()

    read(office.get("/candidates/1")).press(office.client, "Take back")

    page = read(office.get("/candidates/1"))
    assert (
        "Your ATS still says rejected. Change it there as well; until then no letter is written." in page.text
    )
    assert office.send().sent == 0
    page.press(office.client, "It stands after all: write the letter")
    assert office.letter_of(application).state == "due"


def test_once_the_host_takes_it_back_as_well_the_panel_goes(office):
    application = office.rejected()
    read(office.get("/candidates/1")).press(office.client, "Take back")

    office.decide(application, "open")

    assert "tp-w-panel" not in office.get("/candidates/1").text


def test_after_it_went_the_panel_says_when_and_keeps_the_text_behind_a_summary(office):
    office.rejected()
    office.send()

    page = read(office.get("/candidates/1"))

    assert "Ada Okafor has been told Told 3 Mar 2026, 09:00 UTC, by our letter. What it said" in page.text
    assert "personal link" in page.text
    assert "talentpool-link" not in office.get("/candidates/1").text
    assert not page.has_button("Save")


@pytest.mark.parametrize(
    ("state", "because", "buttons"),
    [
        ("unknown", "no_answer", {"It arrived", "Send again", "Mark as told"}),
        ("failed", "server_refused", {"Send again", "Take back", "Mark as told"}),
        ("sending", "", set()),
    ],
)
def test_a_letter_on_its_way_shows_only_what_can_be_done(office, state, because, buttons):
    office.rejected()
    office.change("letter", 1, state=state, because=because)

    panel = read(office.get("/candidates/1"))

    assert {button.text for button in panel.buttons} - {"Recall to pool"} == buttons


def test_a_letter_of_unknown_fate_is_settled_from_the_panel(office):
    application = office.rejected()
    office.change("letter", 1, state="unknown", because="no_answer")

    answer = read(office.get("/candidates/1")).press(office.client, "It arrived")

    assert answer.location == "/candidates/1#tp-letter-1"
    assert office.decision_of(application).told_by == "letter"


def test_where_no_letters_go_the_panel_asks_to_tell_and_say_so(make_office):
    office = make_office(TALENTPOOL_MODES="off")
    office.rejected()

    page = read(office.get("/candidates/1"))

    assert "No letter goes to people who came this far" in page.text
    page.press(office.client, "Mark as told", channel="in_person")
    assert office.row("decision").told_by == "in_person"


def test_a_line_too_long_is_shown_again_with_what_is_wrong(office):
    office.rejected()

    answer = read(office.get("/candidates/1")).press(office.client, "Save", line="x" * 601)

    assert answer.status_code == 400
    assert "The line has up to 600 characters." in answer.text
    assert "x" * 601 in answer.text
    assert office.row("decision").line == ""


# Breaking nothing


def test_a_widget_that_fails_shows_nothing_and_is_logged(office, monkeypatch, caplog):
    office.rejected()
    for name in ("_recall_button", "_badges", "_letter_panel"):

        def fail(*args):
            raise RuntimeError("a bug of ours")

        monkeypatch.setattr(widgets, name, fail)

    answer = office.get("/candidates/1")

    assert answer.status_code == 200
    assert "tp-root" not in answer.text
    assert caplog.text.count("a widget of the talent pool could not be shown") == 3


def test_an_access_that_fails_shows_nothing(office, monkeypatch):
    office.rejected()

    def fail(*args):
        raise RuntimeError("the host's rights are away")

    monkeypatch.setattr(office.talentpool.access, "actor", fail)

    assert "tp-root" not in office.get("/candidates/1").text


def test_switched_off_the_widgets_show_nothing(make_office):
    office = make_office(TALENTPOOL_ENABLED=False, open_up=False)
    with office.unit():
        office.db.create_all()
    with office.app.test_request_context():
        for name in ("recall_button", "badges", "letter_panel"):
            assert getattr(office.talentpool, name)(office.host.Candidate(name="x")) == ""


@pytest.mark.parametrize("name", ["recall_button", "badges", "letter_panel"])
def test_nothing_and_nobody_stored_yet_show_nothing(office, name):
    with office.app.test_request_context():
        widget = getattr(office.talentpool, name)
        assert widget(None) == ""
        assert widget(office.host.Candidate(name="not stored")) == ""


def test_without_a_request_there_is_no_actor_and_no_widget(office):
    office.rejected()

    with office.app.app_context():
        candidate = office.db.session.get(office.host.Candidate, 1)
        assert office.talentpool.recall_button(candidate) == ""


@pytest.mark.both_databases
def test_a_query_of_ours_that_fails_leaves_the_hosts_transaction_whole(make_office, database_url, caplog):
    office = make_office(database_url)
    application = office.rejected()
    caplog.set_level(logging.WARNING)

    @office.view
    def rename():
        candidate = office.db.session.get(office.host.Candidate, 1)
        candidate.name = "Renamed"
        office.db.session.flush()
        html = render_template_string(
            "<body>" + WIDGETS + "</body>",
            candidate=candidate,
            applications=[office.db.session.get(office.host.Application, application)],
        )
        office.db.session.commit()
        return html

    with office.unit() as session:
        for table in reversed(office.db.metadata.sorted_tables):
            if table.name.startswith("talentpool_"):
                session.execute(
                    sa.text(f"DROP TABLE {table.name}" + (" CASCADE" if "postgres" in database_url else ""))
                )
    answer = office.post("/views/rename")

    assert answer.status_code == 200
    assert "tp-root" not in answer.text
    with office.app.app_context():
        assert office.db.session.get(office.host.Candidate, 1).name == "Renamed"
    assert "could not read its tables" in caplog.text


def test_what_the_host_has_not_saved_stays_unsaved_and_unchanged(office):
    application = office.rejected()
    seen = {}

    @office.view
    def half_done():
        session = office.db.session
        assert flask_login.current_user.is_authenticated
        row = session.get(office.host.Application, application)
        candidate = row.candidate
        row.stage = "interview"
        candidate.name = "Half Done"
        draft = office.host.Candidate(email="draft@mail.example")  # name is missing: a flush would fail
        session.add(draft)
        html = render_template_string(
            "{% autoescape true %}" + WIDGETS + "{% endautoescape %}", candidate=candidate, applications=[row]
        )
        seen["dirty"] = {type(one).__name__ for one in session.dirty}
        seen["new"] = draft in session.new
        seen["stage"] = row.stage
        session.rollback()
        return html

    page = read(office.get("/views/half_done"))

    assert seen == {"dirty": {"Application", "Candidate"}, "new": True, "stage": "interview"}
    assert page.has_button("Save")


@pytest.mark.parametrize("place", [*PLACES, "/streamed/1"])
def test_looking_changes_no_row(office, place):
    office.rejected()
    office.post("/talent-pool/recall-to-pool/1")
    office.set(office.host.Candidate, 1, name="Ada Okafor-Lind")
    before = everything(office)

    office.get(place)
    office.client.head(place)

    assert everything(office) == before


def test_a_failed_transaction_of_the_host_is_left_to_the_host(office):
    office.apply()

    @office.view
    def failed_before():
        session = office.db.session
        candidate = session.get(office.host.Candidate, 1)
        session.add(office.host.Candidate(email="no name"))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        return "<body>" + office.talentpool.recall_button(candidate) + "</body>"

    answer = office.get("/views/failed_before")

    assert answer.status_code == 200


def test_a_page_costs_the_same_however_much_there_is(office):
    job = office.job()
    for number in range(3):
        office.rejected(job=job, name=f"Person {number}", email=f"p{number}@mail.example")
    office.post("/talent-pool/recall-to-pool/1")

    with office.counting() as few:
        office.get("/candidates/1")
    for number in range(12):
        office.do(lambda ctx, n=number: pools.create_pool(ctx, "", name=f"Pool {n}", by=RITA))
        office.post("/talent-pool/recall-to-pool/1", {"pool": f"pool-{number}", "new_tags": f"tag {number}"})
    with office.counting() as many:
        office.get("/candidates/1")

    assert len(many) == len(few)


def test_a_line_from_a_page_opened_before_it_went_is_refused_in_words(office):
    office.rejected()
    page = read(office.get("/candidates/1"))
    office.send()

    answer = page.press(office.client, "Save", line="Too late.")

    assert answer.status_code == 409
    assert "has been told already" in answer.text


def test_after_a_press_the_host_is_never_left_for_another_site(office):
    office.apply()

    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = office.post("/talent-pool/recall-to-pool/1", {"next": wanted})
        assert answer.status_code == 303
        assert answer.location == "/talent-pool/people/1"


def test_a_pane_fetched_by_a_script_comes_back_to_the_page_around_it(office):
    office.apply()

    answer = office.get(
        "/fragment/1",
        headers={"Sec-Fetch-Dest": "empty", "Referer": "http://localhost/candidates/1?tab=notes"},
    )

    assert ("next", "/candidates/1?tab=notes") in read(answer).button("Recall to pool").form.fields


def test_a_page_with_a_query_comes_back_to_it(office):
    office.apply()

    answer = read(office.get("/candidates/1?tab=notes&q=%2F%26")).press(office.client, "Recall to pool")

    assert answer.location == "/candidates/1?tab=notes&q=%2F%26#tp-recall-1"


def test_a_press_without_a_token_is_refused(office):
    office.apply()

    assert office.client.post("/talent-pool/recall-to-pool/1").status_code == 400
    assert office.rows("member") == []


def test_taking_back_ends_the_place_the_letter_would_have_offered(office):
    application = office.rejected()
    decision = office.decision_of(application).id
    office.do(lambda ctx: editing.set_door(ctx, lifecycle.find(ctx, decision), Door.OPEN, by=RITA))

    read(office.get("/candidates/1")).press(office.client, "Take back")

    assert read(office.get("/candidates/1")).has_button("Recall to pool")


def test_each_of_several_panels_on_a_page_has_a_door_of_its_own(office):
    office.rejected()
    office.reject(office.apply(candidate=1, job=office.job()))
    office.sync()
    office.do(lambda ctx: editing.set_door(ctx, lifecycle.find(ctx, 1), Door.CLOSED, by=RITA))
    page = office.get("/candidates/1").text

    names = re.findall(r'<input[^>]*type="radio" name="(door[^"]*)"', page)
    chosen = re.findall(r'<input[^>]*type="radio" name="(door[^"]*)" value="(\w+)"[^>]* checked', page)

    # Equal names are one choice for a browser that has not read the forms at the page's end yet.
    assert len(names) == 6
    assert sorted(value for _, value in chosen) == ["closed", "unlatched"]
    assert len(dict(chosen)) == 2


def test_the_panel_asks_for_the_reason_as_the_decisions_page_does(office):
    application = office.rejected()

    read(office.get("/candidates/1")).press(
        office.client, "Save", line="", reason="requirement", detail="a B licence"
    )
    ours = office.get(f"/talent-pool/decisions/{office.decision_of(application).id}").text

    assert "a B licence" in office.letter_of(application).text
    for page in (office.get("/candidates/1").text, ours):
        assert re.search(r'<option value="requirement" selected[^>]*>A stated requirement', page)
        assert "The letter says: “" in page
