"""P12: a letter is true of the whole person. What another application says makes it absurd, and holds it by name."""

from datetime import timedelta

import pytest

from flask_talentpool.decisions import lifecycle
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.errors import Refused
from tests.support.people import RITA

pytestmark = pytest.mark.untraced


@pytest.fixture
def twice(world):
    """Let one person apply for one job in two rows of the host; how the second stands is said."""

    def apply(name="Ada Byron", email="ada@mail.test", *, again=("Ada Byron", "Ada@Mail.test "), **other):
        job = world.Job(title="Engineer")
        rows = [
            world.Application(
                candidate=world.Candidate(full_name=name, email=email),
                job=job,
                status="open",
                stage="applied",
            ),
            world.Application(
                candidate=world.Candidate(full_name=again[0], email=again[1]),
                **{"job": job, "status": "open", "stage": "applied", **other},
            ),
        ]
        world.session.add_all(rows)
        world.session.commit()
        return rows

    return apply


def refuse(world, application):
    world.reject(application)
    world.tp.sync()
    return world.letter(application)


@pytest.mark.parametrize(
    ("other", "because"),
    [
        ({}, "same_job_open"),
        ({"stage": "interview"}, "same_job_interview"),
        ({"status": "hired", "stage": "final"}, "same_job_hired"),
    ],
)
def test_what_becomes_of_the_same_job_under_another_row_holds_a_refusal(
    world, twice, smtp_server, other, because
):
    first, _ = twice(**other)
    letter = refuse(world, first)
    world.send(smtp_server)

    assert (letter.state, letter.because) == ("held", because)
    assert smtp_server.mails == []


def test_a_hire_for_another_job_holds_a_refusal(world, twice, smtp_server):
    first, _ = twice(status="hired", job=world.Job(title="Writer"))
    letter = refuse(world, first)

    assert (letter.state, letter.because) == ("held", "hired_elsewhere")


def test_an_open_application_for_another_job_holds_nothing(world, twice, smtp_server):
    first, _ = twice(job=world.Job(title="Writer"))
    refuse(world, first)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_the_same_address_in_another_scope_holds_nothing(world, twice, smtp_server):
    first, _ = twice(scope="other", stage="interview")
    refuse(world, first)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_a_letter_goes_by_itself_once_the_other_application_has_ended(world, twice, smtp_server):
    first, other = twice(stage="interview")
    refuse(world, first)
    world.set_status("withdrawn", other)
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_what_happens_after_composing_holds_it_at_hand_over(world, twice, smtp_server):
    first, other = twice(job=world.Job(title="Writer"))
    refuse(world, first)
    world.bulk("hired", other)
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letter(first).because == "hired_elsewhere"


def test_who_was_told_of_one_application_is_not_told_the_same_of_the_other(world, twice, smtp_server):
    first, other = twice()
    refuse(world, first)
    world.reject(other)
    world.tp.told(other, channel="phone", by=RITA)
    world.session.commit()
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letter(first).because == "same_job_told"


def test_of_two_refusals_for_one_job_that_of_who_came_further_goes_alone(world, twice, smtp_server):
    first, other = twice(stage="interview")
    world.reject(first, other)
    world.tp.sync()
    world.send(smtp_server)
    world.clock.advance(timedelta(days=1))
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert (world.letter(other).state, world.letter(first).because) == ("sent", "same_job_told")


def test_an_approval_does_not_send_it(world, twice, smtp_server):
    first, _ = twice(stage="interview")
    refuse(world, first)

    with pytest.raises(Refused) as refused:
        world.change(lambda ctx: lifecycle.approve(ctx, world.decision(first), by=RITA, at_once=True))
    world.send(smtp_server)

    assert refused.value.code == "same_job_interview"
    assert smtp_server.mails == []


def test_somebody_who_looked_sends_it_all_the_same_past_this_reason_only(world, twice, smtp_server):
    first, other = twice(stage="interview")
    refuse(world, first)
    world.change(lambda ctx: lifecycle.send_all_the_same(ctx, world.decision(first), by=RITA))
    held_then = world.letter(first).because
    world.set_status("hired", other)
    world.send(smtp_server)

    assert held_then == ""
    assert smtp_server.mails == []
    assert world.letter(first).because == "same_job_hired"


def test_sent_all_the_same_it_goes_and_the_trail_says_who(world, twice, smtp_server):
    first, _ = twice(stage="interview")
    refuse(world, first)
    world.change(lambda ctx: lifecycle.send_all_the_same(ctx, world.decision(first), by=RITA))
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    acts = [(row.actor, row.action, row.detail) for row in world.session.query(world.m.audit)]
    assert (RITA.id, "all_the_same", "same_job_interview") in acts


def test_told_together_marks_it_as_told_by_that_telling(world, twice, smtp_server):
    first, other = twice()
    world.reject(other)
    world.tp.told(other, channel="phone", by=RITA)
    world.session.commit()
    refuse(world, first)
    world.change(lambda ctx: telling.told_together(ctx, world.decision(first), by=RITA))
    world.send(smtp_server)

    decision = world.decision(first)
    assert smtp_server.mails == []
    assert (decision.told_by, decision.told_at) == ("phone", world.decision(other).told_at)
    assert world.tp.visible_status(first) == "rejected"
    assert (world.letter(first).state, world.letter(first).because) == ("cancelled", "told_together")


def test_there_is_nothing_to_tell_together_while_the_other_is_open(world, twice):
    first, _ = twice()
    refuse(world, first)

    with pytest.raises(Refused):
        world.change(lambda ctx: telling.told_together(ctx, world.decision(first), by=RITA))


def test_what_is_not_told_by_a_letter_that_stands_elsewhere_is_shown_beside_it(world, twice):
    first, other = twice(stage="interview")
    refuse(world, first)
    page = read(world, "recruiter", f"/talent-pool/decisions/{world.decision(first).id}")
    listed = read(world, "recruiter", "/talent-pool/letters?state=held")

    for text in (page, listed):
        assert f"/talent-pool/applications/{other.id}" in text
        assert "at the interview for this very job" in text
        assert "Send all the same" in text


def test_who_may_not_see_the_other_application_reads_whom_to_ask_and_no_more(world, twice):
    owner = world.User(name="Olga Owner", email="olga@host.test", role="manager")
    boss = world.User(name="Boris Boss", email="boris@host.test", role="manager")
    world.session.add_all([owner, boss])
    world.session.flush()
    secret = world.Job(title="Secret Role", owner=boss)
    first, _ = twice(job=secret, status="hired", stage="final")
    first.job.owner = owner
    world.session.commit()
    refuse(world, first)
    decision = f"/talent-pool/decisions/{world.decision(first).id}"
    letter = f"/talent-pool/letters/{world.letter(first).id}"

    for path in (decision, letter, "/talent-pool/letters?state=held", "/talent-pool/"):
        for kind in ("text/html", "application/json"):
            text = read(world, owner, path, kind=kind)
            assert "Secret Role" not in text
            assert "hired_elsewhere" not in text, (path, kind)
            assert "is hired" not in text, (path, kind)
    assert "Another application in this house: ask Boris Boss." in read(world, owner, decision)


def test_both_acts_are_one_press_each(world, twice, smtp_server):
    first, other = twice()
    world.reject(other)
    world.tp.told(other, channel="phone", by=RITA)
    world.session.commit()
    refuse(world, first)
    client = signed_in(world, "recruiter")
    path = f"/talent-pool/decisions/{world.decision(first).id}"
    assert "Told together with Engineer" in client.get(path).get_data(as_text=True)
    token = client.get("/token").get_data(as_text=True)
    answer = client.post(f"{path}/told-together", data={"csrf_token": token})

    assert answer.status_code in (302, 303)
    assert world.decision(first).told_by == "phone"


def test_nobody_hired_for_a_job_is_written_to_that_it_is_still_open(world, twice, smtp_server):
    first, _ = twice(status="hired", stage="final")
    first.stage = "interview"
    world.session.commit()
    world.tp.sync()
    world.clock.advance(timedelta(days=46))
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert [(one.kind, one.state, one.because) for one in world.letters()] == [
        ("progress", "held", "same_job_hired")
    ]


def signed_in(world, who):
    if who == "recruiter":
        who = world.User(name="Rita", email="rita@host.test", role="recruiter")
        world.session.add(who)
        world.session.commit()
    client = world.app.test_client()
    client.get(f"/sign-in/{who.id}")
    return client


def read(world, who, path, *, kind="text/html"):
    with signed_in(world, who).get(path, headers={"Accept": kind}) as answer:
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)
