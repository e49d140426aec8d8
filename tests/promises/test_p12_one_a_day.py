"""P12: nobody gets two letters on one working day; the second waits for the next one, once, and never too long."""

from datetime import timedelta

import pytest

from flask_talentpool.decisions import lifecycle
from flask_talentpool.errors import Refused
from tests.support.people import RITA

pytestmark = pytest.mark.untraced


@pytest.fixture
def interviewed(world):
    """Let one person come to the interview for several jobs, each under a candidate row of its own."""
    return lambda *jobs: interviewed_in(world, *jobs)


def interviewed_in(world, *jobs):
    made = [
        world.Application(
            candidate=world.Candidate(full_name="Ada Byron", email="ada@mail.test"),
            job=world.Job(title=job),
            status="open",
            stage="interview",
        )
        for job in jobs
    ]
    world.session.add_all(made)
    world.session.commit()
    return made


def refuse(world, *applications):
    world.reject(*applications)
    world.tp.sync()


def on_the_next_day(world, smtp_server, *, days=1):
    world.clock.advance(timedelta(days=days))
    world.tp.sync()
    world.send(smtp_server)


def test_after_an_interview_each_job_has_a_letter_of_its_own_on_a_day_of_its_own(
    world, interviewed, smtp_server
):
    first, second = interviewed("Engineer", "Writer")
    refuse(world, first, second)
    world.send(smtp_server)
    today = [mail.subject for mail in smtp_server.mails]
    waiting = world.letter(second).state, world.letter(second).because, world.letter(second).due_at.day
    on_the_next_day(world, smtp_server)

    assert len(today) == 1
    assert "Engineer" in today[0]
    assert waiting == ("held", "letter_today", 3)
    assert "Writer" in smtp_server.mails[1].subject


def test_over_a_weekend_the_next_working_day_is_monday(world, interviewed, smtp_server):
    world.clock.advance(timedelta(days=4))
    first, second = interviewed("Engineer", "Writer")
    refuse(world, first, second)
    world.send(smtp_server)

    assert world.letter(second).due_at.weekday() == 0


def test_a_letter_is_put_off_once(world, interviewed, smtp_server):
    applications = interviewed("Engineer", "Writer", "Cook")
    refuse(world, *applications)
    world.send(smtp_server)
    on_the_next_day(world, smtp_server)

    assert len(smtp_server.mails) == 3


def test_it_is_not_put_off_past_the_day_by_which_the_person_should_have_an_answer(make_world, smtp_server):
    world = make_world(TALENTPOOL_ANSWER_TARGET=timedelta(days=1), TALENTPOOL_DELAY=timedelta(days=2))
    first, second = interviewed_in(world, "Engineer", "Writer")
    refuse(world, first, second)
    world.clock.advance(timedelta(days=2))
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 2


def test_only_who_says_all_the_same_sends_it_on_the_same_day(world, interviewed, smtp_server):
    first, second = interviewed("Engineer", "Writer")
    refuse(world, first, second)
    world.send(smtp_server)
    with pytest.raises(Refused) as refused:
        world.change(lambda ctx: lifecycle.approve(ctx, world.decision(second), by=RITA, at_once=True))
    world.send(smtp_server)
    before = len(smtp_server.mails)
    world.change(lambda ctx: lifecycle.send_all_the_same(ctx, world.decision(second), by=RITA))
    world.send(smtp_server)

    assert refused.value.code == "letter_today"
    assert (before, len(smtp_server.mails)) == (1, 2)


def test_what_is_approved_goes_on_the_next_working_day(world, interviewed, smtp_server):
    first, second = interviewed("Engineer", "Writer")
    refuse(world, first, second)
    world.send(smtp_server)
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(second), by=RITA))
    world.send(smtp_server)
    today = len(smtp_server.mails)
    on_the_next_day(world, smtp_server)

    assert (today, len(smtp_server.mails)) == (1, 2)


def test_two_workers_do_not_hand_two_letters_to_one_person(world, interviewed, smtp_server):
    applications = interviewed(*(f"Job {n}" for n in range(6)))
    refuse(world, *applications)
    results = world.at_once(lambda: world.send(smtp_server), lambda: world.send(smtp_server))

    assert not [one for one in results if isinstance(one, Exception)]
    assert len(smtp_server.mails) == 1
