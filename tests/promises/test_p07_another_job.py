"""P7, another job: only members are asked, a few at a time, by a letter that says so, and a yes opens nothing by itself."""

from datetime import timedelta

import pytest

from flask_talentpool.enums import RecallState
from flask_talentpool.errors import Refused
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.recalls.asked import APART
from flask_talentpool.recalls.eligibility import target_of
from flask_talentpool.recalls.known import known_for, words_of
from tests.promises.test_p07_one_live_process import answer, applications, invite, recall_row
from tests.support.people import RITA


@pytest.fixture
def job(world):
    """A new job, for which nobody has applied."""
    made = world.Job(title="Senior Backend Engineer (m/f/d)")
    world.session.add(made)
    world.session.commit()
    return made


def came_close(world, number=1, title="Backend Engineer", *, are_members=True, stage="final"):
    """People who were told no for a job of a like title, and said that we may keep them in mind."""
    made = world.told(number, job=world.Job(title=title), stage=stage)
    for application in made if are_members else ():
        key = application.id

        def keep(ctx, key=key):
            decision = world.decision(world.session.get(world.Application, key))
            person = ctx.session.get(ctx.models.person, decision.person_id)
            pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

        world.change(keep)
    return made


def enquire(world, application, job, **options):
    key, job_id = application.id, job.id

    def work(ctx):
        decision = world.decision(world.session.get(world.Application, key))
        target = target_of(ctx, ctx.session.get(world.Job, job_id))
        return recalls.enquire(ctx, decision, target, by=RITA, **options).id

    return world.change(work)


def known(world, job):
    with world.app.test_request_context():
        ctx = world.tp.context()
        actor = type(RITA)("User:1", "Rita", "rita@host.test")
        return known_for(ctx, target_of(ctx, job), access=_All(), actor=actor)


class _All:
    """Sees everything."""

    def scopes(self, actor):
        return None

    def visible(self, actor, statement):
        return statement


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Senior Backend-Engineer (m/w/d), Leeds", {"backend", "engineer", "leeds"}),
        ("Ärztin für Anästhesie", {"ärztin", "anästhesie"}),
        ("Lead", set()),
        ("", set()),
    ],
)
def test_what_makes_two_titles_alike(title, words):
    assert words_of(title) == words


def test_members_who_came_close_for_a_like_job_stand_there_the_likest_first(world, job):
    (like,) = came_close(world, title="Backend Engineer")
    (less,) = came_close(world, title="Frontend Engineer")
    came_close(world, title="Cook")
    came_close(world, title="Backend Engineer", are_members=False)
    came_close(world, title="Backend Engineer", stage="applied")

    rows = known(world, job)

    assert [row.person.name for row in rows] == [like.candidate.full_name, less.candidate.full_name]
    assert "Alike in the title: backend, engineer" in rows[0].why
    assert rows[0].why[0].startswith("Finalist for Backend Engineer, decided 2 March 2026")
    assert [row.obstacle for row in rows] == ["", ""]


def test_the_letter_says_which_job_they_applied_for_and_that_several_may_be_asked(world, job, smtp_server):
    (application,) = came_close(world)
    recall_id = enquire(world, application, job, line="You knew our queues.")
    world.send(smtp_server)
    (mail,) = smtp_server.mails

    assert "You applied for the Backend Engineer role" in mail.text
    assert "the Senior Backend Engineer (m/f/d) role" in mail.text
    assert "We may ask several people" in mail.text
    assert "in our talent pool" in mail.text
    assert recall_row(world, recall_id).is_enquiry


def test_a_yes_opens_nothing_until_somebody_presses(world, job, smtp_server):
    (application,) = came_close(world)
    recall_id = enquire(world, application, job)
    world.send(smtp_server)
    before = len(applications(world))

    assert answer(world, recall_id, RecallState.ACCEPTED) == "accepted"
    assert len(applications(world)) == before
    assert "Said yes to hearing more" in recall_row(world, recall_id).attention

    def press(ctx):
        recalls.open_now(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA)

    world.change(press)
    opened = applications(world)[-1]
    assert (len(applications(world)), opened.job_id, opened.status) == (before + 1, job.id, "open")
    assert (recall_row(world, recall_id).state, recall_row(world, recall_id).attention) == ("opened", "")
    with pytest.raises(Refused):
        world.change(press)


def test_five_are_asked_at_once_however_many_press(world, job):
    keys = [one.id for one in came_close(world, 12)]
    job_id = job.id

    def press(key):
        def work(ctx):
            decision = world.decision(world.session.get(world.Application, key))
            target = target_of(ctx, ctx.session.get(world.Job, job_id))
            return recalls.enquire(ctx, decision, target, by=RITA).id

        return lambda: world.change(work)

    results = world.at_once(*map(press, keys))

    refused = [str(result) for result in results if isinstance(result, Exception)]
    assert len(refused) == 7, results
    assert all("5 are asked about this job already" in sentence for sentence in refused), set(refused)


def test_an_answer_makes_room_for_the_next(world, job):
    people = came_close(world, 6)
    ids = [enquire(world, one, job) for one in people[:5]]
    with pytest.raises(Refused, match="asked about this job already"):
        enquire(world, people[5], job)

    answer(world, ids[2], RecallState.DECLINED)

    enquire(world, people[5], job)


def test_who_is_no_member_is_not_written_to_about_another_job(world, job):
    (application,) = came_close(world, are_members=False)

    with pytest.raises(Refused, match="Has no place in a pool"):
        enquire(world, application, job)


def test_who_was_invited_back_lately_is_not_asked_about_another_job_too(world, job, smtp_server):
    (application,) = came_close(world)
    answer(world, invite(world, application), RecallState.DECLINED)

    with pytest.raises(Refused, match="Was invited by letter"):
        enquire(world, application, job)
    world.clock.advance(APART)
    enquire(world, application, job)


def test_who_is_in_the_process_for_it_already_is_not_asked(world, job):
    (application,) = came_close(world)
    world.session.add(
        world.Application(candidate=application.candidate, job=job, status="open", stage="screen", scope="")
    )
    world.session.commit()

    with pytest.raises(Refused, match="Is in the process for this job already"):
        enquire(world, application, job)
    assert known(world, job)[0].obstacle == "Is in the process for this job already."


def test_who_leaves_the_pool_before_it_goes_is_not_asked(world, job, smtp_server):
    (application,) = came_close(world)
    recall_id = enquire(world, application, job)

    def leave(ctx):
        recall = ctx.session.get(ctx.models.recall, recall_id)
        from flask_talentpool.pools import ending

        ending.leave(ctx, ctx.session.get(ctx.models.person, recall.person_id))

    world.change(leave)
    world.send(smtp_server)

    assert (smtp_server.mails, recall_row(world, recall_id).state) == ([], "closed")


def test_who_works_here_by_now_is_not_among_the_people_we_know(world, job):
    (application,) = came_close(world)
    hired = world.Application(
        candidate=application.candidate, job=world.Job(title="Cook"), status="open", stage="final", scope=""
    )
    world.session.add(hired)
    world.session.commit()
    assert len(known(world, job)) == 1
    world.set_status("hired", hired)
    world.tp.sync()

    assert known(world, job) == []


def test_the_job_they_applied_for_is_no_other_job(world):
    (application,) = came_close(world)

    with pytest.raises(Refused, match="Invite them back to it"):
        enquire(world, application, application.job)


def test_an_enquiry_without_an_answer_is_reminded_of_once_and_ends(world, job, smtp_server):
    (application,) = came_close(world)
    recall_id = enquire(world, application, job)
    world.send(smtp_server)
    for _ in range(6):
        world.clock.advance(timedelta(days=2))
        world.tp.sync()
        world.send(smtp_server)

    assert len(smtp_server.mails) == 2
    assert recall_row(world, recall_id).state == "no_answer"
