"""Asking back by phone, about another job, and what the pages say of it, over HTTP."""

import datetime as dt
import re

import pytest

from flask_talentpool.decisions import lifecycle
from flask_talentpool.enums import RecallState
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls

BENCH = "/talent-pool/jobs/1"
INVITE = "/talent-pool/decisions/1/invite"
RANG = "/talent-pool/decisions/1/rang"


@pytest.fixture
def bench(office):
    """Ada and Bo, told for a job; Ada in a pool."""
    job = office.job()
    for name in ("Ada", "Bo"):
        office.rejected(job=job, name=name, email=f"{name.lower()}@mail.example", stage="final")
    office.send()

    def keep(ctx):
        person = ctx.session.get(ctx.models.person, lifecycle.find(ctx, 1).person_id)
        pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

    office.do(keep)
    return office


def answered(office, recall, said):
    return office.do(
        lambda ctx: recalls.answer(ctx, ctx.session.get(office.models.recall, recall), said).state
    )


# One at a time


def test_while_one_is_asked_the_page_of_the_next_says_who_and_until_when_and_can_be_rung(bench):
    bench.post(INVITE)

    page = bench.get("/talent-pool/decisions/2/invite").text
    refused = bench.post("/talent-pool/decisions/2/invite")

    assert "Ada is asked first and has until" in page
    assert "I rang: yes" in page
    assert ">Invite Bo<" not in page
    assert refused.status_code == 409
    assert "Ada is asked first" in bench.get(BENCH).text


def test_who_said_yes_already_stands_on_the_page_of_the_next(bench):
    bench.post(INVITE)
    answered(bench, 1, RecallState.ACCEPTED)

    assert "Said yes to this job already: Ada." in bench.get("/talent-pool/decisions/2/invite").text


# By phone


def test_a_yes_on_the_phone_is_written_down_and_opens_the_application(bench):
    answer = bench.post(RANG, {"said": "accepted", "note": "Mornings are best"}, follow_redirects=True)

    assert "Written down: a yes. The new application is open in your ATS." in answer.text
    assert "“Mornings are best”" in answer.text
    assert "Rung by" in answer.text
    assert bench.row("recall").state == "opened"
    assert bench.rows("letter", kind="recall") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "yes, not now or no"),
        ({"said": "perhaps"}, "Not a valid choice"),
        ({"said": "not_now", "ask_after": "2001-01-01"}, "still to come"),
        ({"said": "not_now", "ask_after": "soon"}, "Not a valid date"),
        ({"said": "accepted", "note": "x" * 301}, "up to 300 characters"),
    ],
)
def test_what_cannot_be_written_down_is_told_and_changes_nothing(bench, data, said):
    answer = bench.post(RANG, data)

    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert bench.rows("recall") == []


def test_not_now_until_a_day_stands_on_the_bench(bench):
    day = bench.clock.now().date() + dt.timedelta(days=90)
    bench.post(RANG, {"said": "not_now", "ask_after": day.isoformat()})

    assert f"not before {day:%-d %b %Y}" in bench.get(BENCH).text
    assert f"may be asked again from {day:%-d %B %Y} on" in bench.get(INVITE).text


def test_nobody_writes_down_a_call_without_the_right(bench):
    outsider = bench.app.test_client()

    assert bench.post(RANG, {"said": "accepted"}, client=outsider).status_code in {302, 401, 403, 404}
    assert bench.rows("recall") == []


# Another job


@pytest.fixture
def other(bench):
    """Another job with a like title, and its page of people we know."""
    return f"/talent-pool/jobs/{bench.job('Senior Backend Developer')}/known"


def test_people_we_know_say_why_and_lead_to_the_letter(bench, other):
    page = bench.get(other).text
    link = re.search(r'href="(/talent-pool/decisions/1/enquire/\d+)"', page).group(1)
    shown = bench.get(link).text

    assert "Alike in the title: backend" in page
    assert "Finalist for Backend Engineer" in page
    assert "Bo" not in re.sub("<[^>]+>", " ", page).split()
    assert "May we tell you about a job? Senior Backend Developer" in shown
    assert "opens when you press for it" in shown
    assert "I rang" not in shown


def test_asking_and_opening_take_three_presses(bench, other):
    link = re.search(r'href="(/talent-pool/decisions/1/enquire/\d+)"', bench.get(other).text).group(1)
    asked = bench.post(link, follow_redirects=True).text
    again = bench.post(link)
    answered(bench, 1, RecallState.ACCEPTED)
    first, known = bench.get("/talent-pool/").text, bench.get(other).text
    opened = bench.post("/talent-pool/recalls/1/open", follow_redirects=True).text

    assert "Ada is asked." in asked
    assert "Has been invited already." in asked
    assert again.status_code == 409
    for page in (first, known):
        assert "Said yes to hearing more" in page
        assert 'action="/talent-pool/recalls/1/open"' in page
    assert "Their new application is open in your ATS." in opened
    assert bench.row("recall").state == "opened"
    assert bench.post("/talent-pool/recalls/1/open").status_code == 409


def test_a_question_is_withdrawn_where_it_was_asked(bench, other):
    link = re.search(r'href="(/talent-pool/decisions/1/enquire/\d+)"', bench.get(other).text).group(1)
    page = bench.post(link, follow_redirects=True).text
    assert 'action="/talent-pool/recalls/1/withdraw"' in page

    bench.post("/talent-pool/recalls/1/withdraw", {"next": other})

    assert "Closed" in bench.get(other).text


def test_the_owner_of_the_earlier_job_signs_no_question_about_another(bench, other):
    link = re.search(r'href="(/talent-pool/decisions/1/enquire/\d+)"', bench.get(other).text).group(1)
    bench.post(link)
    letter = bench.row("letter", kind="recall")

    assert "Manager Miller" in bench.json(INVITE.replace("/1/", "/2/"))["draft"]["text"]
    assert "Manager Miller" not in letter.text
    assert "manager@ats.example" not in letter.text


def test_a_job_that_nobody_knows_is_no_page(bench):
    assert bench.get("/talent-pool/jobs/4711/known").status_code == 404
    assert bench.get("/talent-pool/decisions/1/enquire/4711").status_code == 404


def test_where_nobody_fits_the_page_says_who_would_stand_there(bench):
    page = bench.get(f"/talent-pool/jobs/{bench.job('Cook')}/known")

    assert page.status_code == 200
    assert "Nobody we know fits yet" in page.text


def test_looking_writes_nothing(bench, other):
    with bench.counting() as seen:
        bench.get(other)
        bench.get(INVITE)

    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]
