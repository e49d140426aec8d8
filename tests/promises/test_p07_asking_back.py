"""P7, asking back: one at a time for a job, seldom for a person, as good by phone, and a yes is never lost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import RecallState
from flask_talentpool.errors import Refused
from flask_talentpool.privacy.erasure import forget_candidate
from flask_talentpool.recalls import letter
from flask_talentpool.recalls import service as recalls
from flask_talentpool.recalls.asked import APART
from flask_talentpool.recalls.bench import bench
from tests.promises.test_p07_one_live_process import answer, applications, invite, recall_row
from tests.support.people import RITA


def same_job(world, number=2, **columns):
    """People who were told no for one job."""
    job = world.Job(title="Backend Engineer", **columns)
    world.session.add(job)
    world.session.commit()
    return world.told(number, job=job)


def rang(world, application, said, **options):
    key = application.id

    def work(ctx):
        row = world.decision(world.session.get(world.Application, key))
        return recalls.rang(ctx, row, said, by=RITA, **options).id

    return world.change(work)


def let_pass(world, smtp_server, by):
    world.clock.advance(by)
    world.tp.sync()
    world.send(smtp_server)


def mails_to(smtp_server, application):
    return [mail for mail in smtp_server.mails if mail.rcpt_tos == (application.candidate.email,)]


# One at a time


def test_the_next_is_invited_once_the_time_of_the_first_is_over(world, smtp_server):
    first, second = same_job(world)
    recall_id = invite(world, first)
    world.send(smtp_server)

    with pytest.raises(Refused, match="is asked first and has until 5 March 2026"):
        invite(world, second)
    world.clock.move_to(recall_row(world, recall_id).answer_by)
    invite(world, second)

    # The first one's link takes a yes all the same.
    assert answer(world, recall_id, RecallState.ACCEPTED) == "opened"


@pytest.mark.parametrize("said", [RecallState.DECLINED, RecallState.NOT_NOW])
def test_who_says_no_or_not_now_gives_the_turn_away(world, said):
    first, second = same_job(world)
    answer(world, invite(world, first), said)

    invite(world, second)


def test_an_invitation_withdrawn_gives_the_turn_away(world):
    first, second = same_job(world)
    recall_id = invite(world, first)
    world.change(lambda ctx: recalls.withdraw(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA))

    invite(world, second)


def test_an_invitation_whose_letter_never_goes_gives_the_turn_away(world, smtp_server):
    first, second = same_job(world)
    recall_id = invite(world, first)
    world.session.get(world.m.person, recall_row(world, recall_id).person_id).objected_at = world.clock.now()
    world.session.commit()
    world.send(smtp_server)

    assert (recall_row(world, recall_id).state, smtp_server.mails) == ("closed", [])
    invite(world, second)


def test_of_twenty_who_invite_different_people_to_one_job_at_once_one_does(world):
    keys = [application.id for application in same_job(world, 20)]

    def press(key):
        return lambda: world.change(
            lambda ctx: (
                recalls.invite(ctx, world.decision(world.session.get(world.Application, key)), by=RITA).id
            )
        )

    results = world.at_once(*map(press, keys))

    refused = [str(result) for result in results if isinstance(result, Exception)]
    assert len(refused) == 19, refused
    assert all("is asked first" in sentence for sentence in refused), set(refused)
    assert world.count(world.m.recall) == 1


def test_one_person_is_invited_to_one_of_two_jobs_at_once(world):
    (first,) = same_job(world, 1)
    other = world.Application(
        candidate=first.candidate, job=world.Job(title="Data"), status="open", stage="final", scope=""
    )
    world.session.add(other)
    world.session.commit()
    world.reject(other)
    world.tp.told(other, channel="phone", by=RITA)
    world.session.commit()
    keys = [first.id, other.id]

    def press(key):
        return lambda: world.change(
            lambda ctx: (
                recalls.invite(ctx, world.decision(world.session.get(world.Application, key)), by=RITA).id
            )
        )

    results = world.at_once(*map(press, keys))

    assert len([result for result in results if isinstance(result, Refused)]) == 1, results
    assert world.count(world.m.recall) == 1


# Seldom


def test_one_person_gets_an_invitation_in_sixty_days_and_can_be_rung_meanwhile(world, smtp_server):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.send(smtp_server)
    world.change(lambda ctx: recalls.withdraw(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA))

    with pytest.raises(Refused, match="The next letter may go on 1 May 2026; you can ring before"):
        invite(world, application)
    world.clock.advance(APART)
    invite(world, application)


def test_an_invitation_that_never_went_counts_for_nothing(world):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.change(lambda ctx: recalls.withdraw(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA))

    invite(world, application)


def test_one_person_gets_four_invitations_a_year(world, smtp_server):
    jobs = [*same_job(world, 1)]
    for number in range(4):
        job = world.Job(title=f"Job {number}")
        again = world.Application(
            candidate=jobs[0].candidate, job=job, status="open", stage="final", scope=""
        )
        world.session.add(again)
        world.session.commit()
        world.reject(again)
        world.tp.told(again, channel="phone", by=RITA)
        world.session.commit()
        jobs.append(again)
    for application in jobs[:4]:
        answer(world, invite(world, application), RecallState.DECLINED)
        world.clock.advance(APART)
    decided = world.clock.now()
    world.session.execute(sa.update(world.m.decision).values(decided_at=decided, noticed_at=decided))
    world.session.commit()

    with pytest.raises(Refused, match="The next letter may go on 2 March 2027"):
        invite(world, jobs[4])


def test_who_did_not_answer_twice_is_told_that_we_stop_and_is_asked_again_once_they_speak(world, smtp_server):
    (application,) = same_job(world, 1)
    for _ in range(2):
        invite(world, application)
        world.send(smtp_server)
        let_pass(world, smtp_server, timedelta(days=5))
        let_pass(world, smtp_server, APART)
    texts = [mail.text for mail in mails_to(smtp_server, application)]

    assert [recall_row(world, number).state for number in (1, 2)] == ["no_answer"] * 2
    assert ["ask once more" in text for text in texts] == [False, True, False, True]
    assert ["stop asking until you write" in text for text in texts] == [False, False, False, True]
    with pytest.raises(Refused, match="Two invitations in a row had no answer"):
        invite(world, application)
    rang(world, application, RecallState.NOT_NOW, ask_after=world.clock.now().date() + timedelta(days=1))
    world.clock.advance(timedelta(days=1))
    invite(world, application)


# The reminder, and no answer


def test_one_reminder_goes_and_no_second(world, smtp_server):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.send(smtp_server)
    for _ in range(4):
        let_pass(world, smtp_server, timedelta(days=2))
    subjects = [mail.subject for mail in mails_to(smtp_server, application)]

    assert len(subjects) == 2
    assert subjects[1].startswith("Still open")
    assert recall_row(world, recall_id).state == "invited"
    let_pass(world, smtp_server, timedelta(days=5))
    assert recall_row(world, recall_id).state == "no_answer"
    assert len(mails_to(smtp_server, application)) == 2


def test_nobody_is_reminded_of_a_job_that_another_said_yes_to(world, smtp_server):
    first, second = same_job(world)
    invite(world, first)
    world.send(smtp_server)
    rang(world, second, RecallState.ACCEPTED)
    let_pass(world, smtp_server, timedelta(days=5))

    assert len(mails_to(smtp_server, first)) == 1


def test_a_reminder_written_before_the_answer_does_not_go_after_it(world, smtp_server):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.send(smtp_server)
    world.clock.advance(timedelta(days=5))
    world.tp.sync()
    answer(world, recall_id, RecallState.NOT_NOW)
    world.send(smtp_server)

    assert len(mails_to(smtp_server, application)) == 1


def test_a_yes_after_the_time_is_kept_for_a_person_and_opens_nothing_by_itself(world, smtp_server):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.send(smtp_server)
    let_pass(world, smtp_server, timedelta(days=20))
    assert recall_row(world, recall_id).state == "no_answer"

    assert answer(world, recall_id, RecallState.ACCEPTED) == "accepted"

    assert "after the time for an answer was over" in recall_row(world, recall_id).attention
    assert len(applications(world)) == 1


# By phone


def test_a_yes_on_the_phone_opens_the_process_and_writes_nothing_to_the_person(world, smtp_server):
    owner = world.User(name="Olu Owner", email="olu@host.test", role="manager")
    (application,) = same_job(world, 1, owner=owner)
    recall_id = rang(world, application, RecallState.ACCEPTED, note="Free from May")
    world.send(smtp_server)

    recall = recall_row(world, recall_id)
    assert (recall.state, recall.is_by_phone, recall.said) == ("opened", True, "Free from May")
    assert mails_to(smtp_server, application) == []
    (mail,) = smtp_server.mails
    assert mail.rcpt_tos == ("olu@host.test",)
    assert "They were told" not in mail.text, "on the phone nobody was told by when they hear"
    assert len(applications(world)) == 2


def test_an_answer_on_the_phone_takes_back_the_letter_that_asks(world, smtp_server):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    assert rang(world, application, RecallState.DECLINED) == recall_id
    world.send(smtp_server)

    assert (recall_row(world, recall_id).state, mails_to(smtp_server, application)) == ("declined", [])


def test_who_said_no_can_change_their_mind_on_the_phone(world):
    (application,) = same_job(world, 1)
    answer(world, invite(world, application), RecallState.DECLINED)

    recall_id = rang(world, application, RecallState.ACCEPTED)

    assert recall_row(world, recall_id).state == "opened"


def test_not_now_until_a_day_can_be_asked_again_from_that_day_on(world):
    (application,) = same_job(world, 1)
    day = (world.clock.now() + timedelta(days=90)).date()
    rang(world, application, RecallState.NOT_NOW, ask_after=day)

    with pytest.raises(Refused, match="may be asked again from 31 May 2026 on"):
        invite(world, application)
    world.clock.advance(timedelta(days=90))
    invite(world, application)


def test_not_now_once_more_takes_the_other_day(world):
    (application,) = same_job(world, 1)
    first, second = ((world.clock.now() + timedelta(days=days)).date() for days in (90, 120))
    recall_id = rang(world, application, RecallState.NOT_NOW, ask_after=first)

    assert (
        rang(world, application, RecallState.NOT_NOW, ask_after=second, note="After the exams") == recall_id
    )

    recall = recall_row(world, recall_id)
    assert (recall.ask_after, recall.said, world.count(world.m.recall)) == (second, "After the exams", 1)


def test_who_applied_too_long_ago_is_not_rung_either(world):
    (application,) = same_job(world, 1)
    world.clock.advance(timedelta(days=200))

    with pytest.raises(Refused, match="Applied too long ago"):
        rang(world, application, RecallState.ACCEPTED)


def test_a_host_row_that_cannot_be_read_keeps_no_other_from_being_reminded(world, smtp_server, monkeypatch):
    first, second = came = [same_job(world, 1)[0] for _ in range(2)]
    for application in came:
        invite(world, application)
    world.send(smtp_server)
    world.clock.advance(timedelta(days=5))
    broken, columns = recall_row(world, 1).id, letter._columns

    def raises(ctx, recall, *args, **options):
        if recall.id == broken:
            raise RuntimeError("the host's own code")
        return columns(ctx, recall, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(letter, "_columns", raises)
        world.tp.sync()
    world.send(smtp_server)

    assert [len(mails_to(smtp_server, one)) for one in (first, second)] == [1, 2]


def test_two_who_ring_at_once_write_one_answer_down(world):
    (application,) = same_job(world, 1)

    results = world.at_once(*[lambda: rang(world, application, RecallState.ACCEPTED)] * 6)

    assert len([result for result in results if isinstance(result, int)]) == 1, results
    assert len(applications(world)) == 2


# The yes


def test_a_yes_is_told_to_who_invited_and_to_the_owner_once(world, smtp_server):
    owner = world.User(name="Olu Owner", email="olu@host.test", role="manager")
    (application,) = same_job(world, 1, owner=owner)
    recall_id = invite(world, application)
    for _ in range(2):
        answer(world, recall_id, RecallState.ACCEPTED)
        world.send(smtp_server)
    told = [mail for mail in smtp_server.mails if mail.subject == "Somebody you asked back said yes"]

    assert sorted(mail.rcpt_tos for mail in told) == [("olu@host.test",), (RITA.email,)]
    assert application.candidate.full_name in told[0].text
    assert "hear from us by" in told[0].text


@pytest.mark.parametrize(
    "opens",
    [
        lambda *_: None,
        lambda candidate, job, _: candidate,
        lambda *_: 1 / 0,
    ],
    ids=["nothing", "no application", "raises"],
)
def test_what_the_host_cannot_open_is_left_for_a_person(world, opens):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    world.open_application = opens

    assert answer(world, recall_id, RecallState.ACCEPTED) == "accepted"
    assert "could not open" in recall_row(world, recall_id).attention
    assert len(applications(world)) == 1


@pytest.mark.parametrize("wrong", ["candidate", "job", "status"])
def test_an_application_of_another_person_job_or_decided_already_is_not_taken(world, wrong):
    first, second = same_job(world)
    recall_id = invite(world, first)
    other_job = world.Job(title="Another")
    stranger, job = second.candidate, other_job

    def opens(candidate, right_job, recall):
        return world.Application(
            candidate=stranger if wrong == "candidate" else candidate,
            job=job if wrong == "job" else right_job,
            status="rejected" if wrong == "status" else "open",
            stage="screen",
            scope="",
        )

    world.open_application = opens
    assert answer(world, recall_id, RecallState.ACCEPTED) == "accepted"
    assert "could not open" in recall_row(world, recall_id).attention
    assert len(applications(world)) == 2


def test_a_host_that_uses_the_row_again_takes_nothing_back_and_offers_no_correction(world, smtp_server):
    (application,) = same_job(world, 1)
    key = application.id

    def opens(candidate, job, recall):
        row = world.session.get(world.Application, key)
        row.status = "open"
        return row

    world.open_application = opens
    recall_id = invite(world, application)
    assert answer(world, recall_id, RecallState.ACCEPTED) == "opened"
    world.tp.sync()
    world.send(smtp_server)

    states = world.session.scalars(sa.select(world.m.decision.state)).all()
    assert (states, len(applications(world))) == (["superseded"], 1)
    assert [mail.rcpt_tos for mail in smtp_server.mails] == [(RITA.email,)]


# What becomes of it


@pytest.mark.parametrize(
    ("status", "state"), [("hired", "hired"), ("rejected", "released"), ("withdrawn", "released")]
)
def test_the_recall_follows_what_the_host_decides(world, status, state):
    (application,) = same_job(world, 1)
    recall_id = invite(world, application)
    answer(world, recall_id, RecallState.ACCEPTED)
    new = world.session.get(world.Application, applications(world)[-1].id)
    world.clock.advance(timedelta(days=3))
    world.set_status(status, new)
    for _ in range(2):
        world.tp.sync()

    assert recall_row(world, recall_id).state == state


def test_no_letter_turns_down_by_itself_who_came_back_because_we_asked(world, smtp_server):
    (application,) = same_job(world, 1)
    answer(world, invite(world, application), RecallState.ACCEPTED)
    new = world.session.get(world.Application, applications(world)[-1].id)
    world.clock.advance(timedelta(days=3))
    world.reject(new)
    world.tp.sync()
    world.send(smtp_server)

    assert (world.letter(new).state, world.letter(new).because) == ("held", "came_back")
    assert mails_to(smtp_server, application) == []


def test_who_was_hired_and_left_stands_on_no_bench_and_is_not_asked(world, smtp_server):
    first, second = came = same_job(world)
    world.set_status("open", first)
    world.set_status("hired", first)
    world.tp.sync()
    world.set_status("rejected", first)
    world.tp.sync()
    world.tp.told(first, channel="phone", by=RITA)
    world.session.commit()

    rows = bench(world.tp.context(), str(first.job_id), None)
    assert [row.name for row in rows] == [second.candidate.full_name]
    with pytest.raises(Refused, match="Was hired for this job once"):
        invite(world, first)
    with pytest.raises(Refused, match="Was hired for this job once"):
        rang(world, first, RecallState.ACCEPTED)
    invite(world, came[1])


def test_who_applies_by_themselves_later_is_answered_as_everybody(world, smtp_server):
    (application,) = same_job(world, 1)
    answer(world, invite(world, application), RecallState.DECLINED)
    again = world.Application(
        candidate=application.candidate, job=application.job, status="open", stage="screen", scope=""
    )
    world.session.add(again)
    world.session.commit()
    world.clock.advance(timedelta(days=90))
    world.reject(again)
    world.tp.sync()

    assert world.letter(again).because != "came_back"


def test_forgetting_takes_what_they_said_and_the_turn(world):
    first, second = same_job(world)
    recall_id = invite(world, first)
    world.session.execute(sa.update(world.m.recall).values(said="Ask Tom"))
    world.session.commit()
    world.change(lambda ctx: forget_candidate(ctx, str(first.candidate_id), by=RITA))

    assert (recall_row(world, recall_id).said, recall_row(world, recall_id).turn_for) == ("", None)
    invite(world, second)
