"""The candidate's own pages: looking shows, pressing acts, and a forwarded link gives nothing away."""

import email
import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from flask_talentpool.config.business_time import after_business_days
from flask_talentpool.decisions import editing, facts
from flask_talentpool.enums import Door
from flask_talentpool.letters.delivery import prepare
from flask_talentpool.letters.texts.dates_and_phrases import day
from flask_talentpool.people import service as people
from flask_talentpool.pools import noting
from flask_talentpool.portal import answers
from flask_talentpool.recalls import service as recalls
from tests.support.measuring import at_once
from tests.support.people import RITA

JSON = {"Accept": "application/json"}
NAME = "Ada Wilhelmina Okafor"


def path_in(raw):
    """Return the path of the personal link in a raw letter."""
    text = email.message_from_string(raw).get_payload()[0].get_payload(decode=True).decode()
    return re.search(r"https://jobs\.example\.test(/\S+/l/\S+)", text)[1]


@pytest.fixture
def client(office):
    """Somebody without a session."""
    return office.app.test_client()


@pytest.fixture
def told(office):
    """A finalist who was told, with the door unlatched; the application."""
    application = office.rejected(name=NAME)
    office.send()
    return application


@pytest.fixture
def stay(office, told):
    """The path of the link in their outcome letter."""
    return path_in(office.mail()[-1])


@pytest.fixture
def offered(office):
    """The path of the link in a letter that offers a place."""
    application = office.rejected(name=NAME)
    office.do(lambda ctx: editing.set_door(ctx, facts.live_decision(ctx, application), Door.OPEN, by=RITA))
    office.send()
    return path_in(office.mail()[-1])


def invite(office, application):
    """Invite back, let the letter go, and return the path of its link."""
    before = set(office.mail())
    office.do(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, application), by=RITA).id)
    office.send()
    (letter,) = set(office.mail()) - before
    return path_in(letter)


@pytest.fixture
def answer(office, told):
    """The path of the link in an invitation back."""
    return invite(office, told)


def say(client, path, word, **options):
    return client.post(path, data={"say": word}, **options)


def state(client, path):
    return client.get(path, headers=JSON).json["state"]


# Staying


def test_a_link_shows_first_name_and_job_and_nothing_else_of_the_person(client, stay):
    page = client.get(stay).text

    assert "Shall we keep you in mind, Ada?" in page
    assert "Backend Engineer" in page
    for secret in ("Okafor", "Wilhelmina", "ada@mail.example", "Finalist", "Miller", "reject"):
        assert secret not in page


def test_the_page_of_an_open_door_goes_on_where_the_letter_ended(office, client, offered):
    page = client.get(offered).text

    assert "We would like to have you back, Ada" in page
    assert f"{RITA.name} asked for that after your application" in page
    assert "our talent pool “Finalists”" in page
    assert "Shall we keep you in mind" not in page


def test_after_a_no_it_is_all_right(office, client, offered):
    say(client, offered, "leave")

    page = client.get(offered).text
    assert "All right, Ada" in page
    assert "Finalists" not in page
    assert "asked for that" not in page


def test_after_a_yes_it_says_who_writes_and_by_when_to_ask(office, client, answer):
    assert "Manager Miller invites you" in client.get(answer).text

    say(client, answer, "yes")

    page = client.get(answer).text
    assert "Manager Miller or a colleague" in page
    heard_by = after_business_days(office.clock.now(), 3, tz=UTC)
    assert f"If you have heard nothing by <strong>{day(heard_by, UTC)}</strong>" in page or (
        f"If you have heard nothing by {day(heard_by, UTC)}, write to manager@ats.example" in page
    )


def test_looking_changes_nothing_however_it_is_done(office, client, stay, answer):
    with office.counting() as seen:
        for path in (stay, answer):
            for method in (client.get, client.head, client.options):
                assert method(path).status_code == 200

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]


def test_keep_me_in_mind_makes_a_member_and_keeps_the_words_agreed_to(office, client, stay):
    shown = client.get(stay, headers=JSON).json["consent"]

    done = say(client, stay, "stay")

    assert (done.status_code, done.location) == (303, stay)
    member, consent = office.row("member"), office.row("consent")
    assert (member.state, member.source) == ("member", "asked")
    assert (consent.wording, consent.version, consent.language) == (shown, "2026-11.1", "en")
    assert consent.channel == "link"
    assert "Harbour" in consent.wording
    assert "12 months" in consent.wording
    page = client.get(stay).text
    assert "We keep you in mind, Ada" in page
    assert "Leave the talent pool" in page


def test_the_words_agreed_to_stand_on_the_page_before_the_button(client, stay):
    page = client.get(stay).text

    assert page.index("at most four times a year") < page.index('value="stay"')


def test_an_offered_place_is_the_one_that_is_taken(office, client, offered):
    assert office.row("member").state == "offered"

    say(client, offered, "stay")

    member = office.row("member")
    assert (member.state, member.source) == ("member", "letter")


def test_saying_it_again_is_harmless_and_shows_the_answer(office, client, stay):
    for _ in range(3):
        assert say(client, stay, "stay").status_code == 303

    assert len(office.rows("member")) == len(office.rows("consent")) == 1
    assert len(office.rows("touch", direction="in")) == 1
    assert state(client, stay) == "member"


@pytest.mark.both_databases
def test_pressing_many_times_at_once_makes_one_member_with_one_consent(make_office, database_url):
    office = make_office(database_url)
    office.rejected(name=NAME)
    office.send()
    path = path_in(office.mail()[-1])

    results = at_once(6, lambda _: say(office.app.test_client(), path, "stay").status_code)

    assert results == [303] * 6
    assert (
        len(office.rows("member"))
        == len(office.rows("consent"))
        == len(office.rows("touch", direction="in"))
        == 1
    )


def test_leaving_ends_every_place_and_takes_the_consent_back(office, client, stay):
    say(client, stay, "stay")
    office.do(
        lambda ctx: (
            noting.recall_to_pool(
                ctx, ctx.session.get(office.host.Candidate, 1), "", by=RITA, pool="kept-in-mind"
            ).member.id
        )
    )

    say(client, stay, "leave")
    say(client, stay, "leave")

    assert {member.state for member in office.rows("member")} == {"ended"}
    assert office.row("consent").withdrawn_at is not None
    page = client.get(stay).text
    assert "All right, Ada" in page
    assert "Keep me in mind after all" in page


def test_who_left_can_come_back_by_the_same_link(office, client, stay):
    for word in ("stay", "leave", "stay"):
        say(client, stay, word)

    assert office.row("member").state == "member"
    assert [consent.withdrawn_at is None for consent in office.rows("consent")] == [False, True]


def test_no_thank_you_is_remembered_and_shown(office, client, stay):
    say(client, stay, "leave")
    say(client, stay, "leave")

    assert office.rows("member") == []
    assert len(office.rows("touch", direction="in")) == 1
    assert state(client, stay) == "left"


def test_a_decision_taken_back_after_the_letter_leaves_the_link_open(office, client, told, stay):
    office.decide(told, "open")
    office.sync()

    assert client.get(stay).status_code == 200
    say(client, stay, "stay")

    assert office.row("member").state == "member"


def test_somebody_the_host_bars_from_pools_loses_the_place_and_is_asked_nothing(office, client, told, stay):
    say(client, stay, "stay")
    office.decide(told, "blacklisted")
    assert client.get(stay, headers=JSON).json["may_say"] == ["leave"]

    office.sync()
    say(client, stay, "stay")

    member = office.row("member")
    assert (member.state, member.ended_because) == ("ended", "never_pool")
    assert client.get(stay, headers=JSON).json["may_say"] == []
    assert "There is nothing to choose here any more." in client.get(stay).text


def test_asking_to_be_kept_in_mind_takes_back_an_earlier_do_not_ask(office, client, stay, answer):
    say(client, answer, "never")
    assert office.row("person").objected_at is not None

    say(client, stay, "stay")

    assert office.row("person").objected_at is None


# Answering an invitation back


def test_an_invitation_shows_what_each_answer_does(client, answer):
    page = client.get(answer).text

    assert "Would you like to talk with us again, Ada?" in page
    for told in (
        "is made for you",
        "This link still takes a yes later.",
        "nobody asks why",
        "Backend Engineer",
    ):
        assert told in page
    assert [client.get(answer, headers=JSON).json["may_say"]] == [["yes", "not_now", "no", "never"]]
    assert "Okafor" not in page


def test_yes_opens_a_new_application_and_says_what_happens_next(office, client, told, answer):
    say(client, answer, "yes")

    recall = office.row("recall")
    assert recall.state == "opened"
    assert int(recall.application_key) > told
    page = client.get(answer).text
    assert "Welcome back, Ada" in page
    assert "writes or calls you about the next step" in page


def test_yes_again_and_other_answers_after_it_open_nothing_more(office, client, answer):
    for word in ("yes", "yes", "no", "never", "not_now"):
        assert say(client, answer, word).status_code == 303

    assert state(client, answer) == "opened"
    assert office.row("person").objected_at is None
    with office.app.app_context():
        assert office.db.session.query(office.host.Application).count() == 2


@pytest.mark.both_databases
def test_many_yeses_at_once_open_one_application(make_office, database_url):
    office = make_office(database_url)
    application = office.rejected(name=NAME)
    office.send()
    path = invite(office, application)

    results = at_once(6, lambda _: say(office.app.test_client(), path, "yes").status_code)

    assert results == [303] * 6
    with office.app.app_context():
        assert office.db.session.query(office.host.Application).count() == 2


def test_a_yes_the_host_cannot_open_is_kept_and_said(office, client, answer, monkeypatch):
    with office.app.app_context():
        host_map = office.talentpool.host.map
    broken = lambda candidate, job, recall: None  # noqa: E731
    monkeypatch.setitem(host_map.__dict__, "new_application", broken)

    say(client, answer, "yes")

    assert office.row("recall").attention
    assert "a person makes your new application" in client.get(answer).text


def test_not_now_may_still_become_a_yes(office, client, answer):
    say(client, answer, "not_now")
    assert "All right, Ada: not now" in client.get(answer).text

    say(client, answer, "yes")

    assert office.row("recall").state == "opened"


def test_no_is_noted_and_asks_nothing_more(office, client, answer):
    say(client, answer, "no")

    page = client.get(answer).text
    assert "All right, Ada" in page
    assert "Please do not ask me again" in page
    assert office.row("person").objected_at is None


def test_please_do_not_ask_again_is_one_press_even_after_a_no(office, client, answer):
    say(client, answer, "no")
    say(client, answer, "never")

    assert office.row("person").objected_at is not None
    page = client.get(answer).text
    assert "You will not be invited to a job again." in page
    assert "<form" not in page


def test_a_withdrawn_invitation_is_closed_kindly_and_takes_no_answer(office, client, answer):
    recall = office.row("recall").id
    office.do(lambda ctx: recalls.withdraw(ctx, ctx.session.get(office.models.recall, recall), by=RITA))

    say(client, answer, "yes")

    page = client.get(answer).text
    assert "This invitation has been closed, Ada" in page
    assert "That says nothing about you." in page
    assert office.row("recall").state == "closed"


# Links that do not open


def gone(office, kind, path):
    """Make a link unopenable in one way; the path to ask for."""
    link = office.rows("link")[0].id
    if kind == "unknown":
        return path.rpartition("/")[0] + "/" + "A" * 22
    if kind == "expired":
        office.clock.advance(timedelta(days=4000))
    if kind == "revoked":
        office.do(lambda ctx: prepare.revoke_links(ctx, person_id=office.row("person").id))
    if kind == "forgotten":
        office.do(lambda ctx: people.forget(ctx, ctx.session.get(office.models.person, 1), by=RITA))
    assert link
    return path


@pytest.mark.parametrize("headers", [{}, JSON])
def test_unknown_expired_revoked_and_forgotten_links_look_alike_to_the_byte(make_office, tmp_path, headers):
    seen = set()
    for kind in ("unknown", "expired", "revoked", "forgotten"):
        office = make_office(f"sqlite:///{tmp_path / kind}.db")
        for old in office.folder.glob("*.eml"):
            old.unlink()
        office.rejected(name=NAME)
        office.send()
        path = gone(office, kind, path_in(office.mail()[-1]))
        client = office.app.test_client()
        for reply in (
            client.get(path, headers=headers),
            client.post(path, data={"say": "stay"}, headers=headers),
        ):
            told = {key: value for key, value in reply.headers if key != "Date"}
            seen.add((reply.status_code, reply.data, tuple(sorted(told.items()))))
        assert office.rows("member") == []

    assert len(seen) == 1
    ((status, body, _),) = seen
    assert status == 404
    assert b"This link does not open" in body


@pytest.mark.parametrize("token", ["..%2f", "%00", "a" * 5000, "ä", "%27%20or%201=1"])
def test_a_forged_link_is_only_a_link_that_does_not_open(client, token):
    assert client.get(f"/talent-pool/l/{token}").status_code == 404


def test_a_link_serves_its_one_purpose(office, client, stay, answer):
    assert say(client, stay, "yes").status_code == 400
    assert say(client, answer, "stay").status_code == 400
    assert office.row("recall").state == "invited"
    assert office.rows("member") == []


def test_one_persons_link_moves_nobody_else(office, client, stay):
    office.rejected(name="Bo Lind", email="bo@mail.example", job=1)
    office.send()

    say(client, stay, "stay")

    assert [member.person_id for member in office.rows("member")] == [1]


@pytest.mark.parametrize("data", [{}, {"say": ""}, {"say": "everything"}, {"say": ["stay", "leave"]}])
def test_a_post_that_says_nothing_understandable_changes_nothing(office, client, stay, data):
    status = client.post(stay, data=data).status_code

    assert status in {303, 400}
    assert len(office.rows("member")) == (1 if status == 303 else 0)


# What a candidate's page never does


@pytest.mark.parametrize("kind", ["stay", "answer", "gone"])
def test_no_cookie_no_referrer_no_index_nothing_kept(office, client, stay, answer, kind):
    path = {"stay": stay, "answer": answer, "gone": "/talent-pool/l/nothing"}[kind]
    for reply in (client.get(path), client.post(path, data={"say": "no" if kind == "answer" else "stay"})):
        assert "Set-Cookie" not in reply.headers
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in reply.headers["X-Robots-Tag"]
        assert reply.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]


def test_the_page_is_ours_alone_whatever_layout_the_host_has(make_office):
    office = make_office(TALENTPOOL_BASE_TEMPLATE="host_base.html")
    office.rejected(name=NAME)
    office.send()

    page = office.get(path_in(office.mail()[-1])).text

    assert "Our ATS" not in page
    assert "Recruiter Miller" not in page
    assert "<script" not in page


def test_without_a_session_or_token_pressing_works_though_the_host_checks_its_own(office, client, stay):
    assert client.post("/save").status_code == 400  # the host's CSRFProtect is on

    assert say(client, stay, "stay").status_code == 303


def test_everything_works_in_json(office, client, stay):
    shown = client.get(stay, headers=JSON).json
    said = client.post(stay, json={"say": "stay"}, headers=JSON)

    assert set(shown) == {
        "purpose", "language", "title", "text", "first_name", "job", "company", "state", "may_say", "choices",
        "consent", "until", "pool", "wanted_by", "writer", "reply_address", "heard_by", "never_again",
        "is_enquiry",
    }  # fmt: skip
    assert (shown["first_name"], shown["state"]) == ("Ada", "asked")
    assert (said.status_code, said.json["state"]) == (200, "member")
    assert office.row("member").state == "member"


def test_a_database_that_is_away_is_said_kindly(office, client, stay, monkeypatch):
    def away(*arguments):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(answers, "say", away)

    reply = say(client, stay, "stay")

    assert reply.status_code == 503
    assert "Please try again in a moment" in reply.text
    assert "flask db" not in reply.text


def test_a_name_with_markup_is_shown_as_it_is(office, client):
    office.rejected(name="<b>Ada</b> Okafor")
    office.send()

    page = client.get(path_in(office.mail()[-1])).text

    assert "<b>" not in page
    assert "&lt;b&gt;Ada" in page


def test_the_person_page_tells_what_was_said(office, client, stay, answer):
    say(client, stay, "stay")
    say(client, answer, "not_now")

    page = office.get("/talent-pool/people/1").text

    assert "Said “keep me in mind”" in page
    assert "Answered the invitation: not now" in page
