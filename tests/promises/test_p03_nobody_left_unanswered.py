"""P3: nobody interviewed is left unanswered."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock.clock import refresh_clocks
from flask_talentpool.answer_clock.progress_letter import write_due
from flask_talentpool.people.service import forget
from tests.promises.world import START
from tests.support.measuring import statements
from tests.support.people import RITA

TARGET = timedelta(days=10)
LIMIT = timedelta(days=45)
PROGRESS = "progress"
SHAPES = {
    "stage in SQL": {},
    "stage by a callable": {"stage": lambda application: application.stage},
    "date of the interview": {
        "stage": None,
        "stages": (),
        "interviewed_from": None,
        "interviewed_at": "note",
    },
    "date by a callable": {"interviewed_at": lambda application: application.note},
}


@pytest.fixture(params=SHAPES)
def met_world(make_world, request):
    """Hosts that say in different ways who was interviewed; `interview` does it in each."""
    world = make_world(entries=SHAPES[request.param])

    def interview(number=1, **columns):
        return world.apply(number, stage="interview", note=world.clock.now().isoformat(), **columns)

    world.interview = interview
    return world


def names(world):
    world.session.rollback()
    return [one.application_key for one in world.tp.unanswered()]


def keys(applications):
    return [str(application.id) for application in applications]


def progress_letters(world):
    return [letter for letter in world.letters() if letter.kind == PROGRESS]


def clocks(world):
    world.session.rollback()
    clock = world.m.clock
    statement = sa.select(clock).order_by(clock.id).execution_options(populate_existing=True)
    return list(world.session.scalars(statement))


def test_every_interviewed_person_is_in_the_list_until_told(met_world):
    world = met_world
    people = world.interview(4)
    world.tp.sync()
    assert names(world) == keys(people)

    world.reject(people[0])
    world.bulk("rejected", people[1])  # no hook sees it
    world.bulk("hired", people[2])
    world.tp.sync()
    assert names(world) == keys([people[0], people[1], people[3]])

    world.tp.told(people[0], channel="phone", by=RITA)
    world.session.commit()
    assert names(world) == keys([people[1], people[3]])  # before any sync

    world.tp.sync()
    assert names(world) == keys([people[1], people[3]])
    assert [clock.answered_by for clock in clocks(world)] == ["phone", "", "hired", ""]


def test_who_was_not_interviewed_is_not_in_the_list(met_world):
    world = met_world
    world.apply(2, stage="screen")

    world.tp.sync()

    assert names(world) == []


def test_syncing_again_starts_no_second_clock_and_writes_nothing(met_world):
    world = met_world
    world.interview(3)
    world.tp.sync()
    before = [(clock.id, clock.target_at) for clock in clocks(world)]
    world.clock.advance(timedelta(hours=3))

    world.tp.sync()

    assert [(clock.id, clock.target_at) for clock in clocks(world)] == before


@pytest.mark.both_databases
def test_two_who_wind_at_once_start_one_clock_each(world):
    people = world.apply(5, stage="interview")

    results = world.at_once(*[lambda: world.tp.transact(refresh_clocks)] * 3)

    assert not [result for result in results if isinstance(result, Exception)]
    assert names(world) == keys(people)


def test_a_letter_that_went_is_the_answer(world, smtp_server):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.reject(person)
    world.tp.sync()

    world.send(smtp_server)

    assert names(world) == []
    world.tp.sync()
    assert clocks(world)[0].answered_by == "letter"


def test_taken_back_after_telling_the_days_count_again(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.reject(person)
    world.tp.told(person, channel="phone", by=RITA)
    world.session.commit()
    world.tp.sync()
    world.clock.advance(timedelta(days=60))

    world.set_status("open", person)
    world.tp.sync()

    assert names(world) == keys([person])
    (clock,) = clocks(world)
    assert clock.target_at == world.clock.now() + TARGET
    assert clock.limit_at == world.clock.now() + LIMIT
    assert progress_letters(world) == []


def test_the_days_count_from_the_interview_and_else_from_noticing(make_world):
    world = make_world(entries={"interviewed_at": "note"})
    told, guessed = world.apply(2, stage="interview")
    told.note = "2026-02-20T10:00:00+00:00"
    world.session.commit()

    world.tp.sync()

    said, noticed = clocks(world)
    assert (said.interviewed_at, said.is_guessed) == (datetime(2026, 2, 20, 10, tzinfo=UTC), False)
    assert said.target_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (noticed.interviewed_at, noticed.is_guessed) == (START, True)
    assert guessed.note is None


def test_a_second_interview_moves_the_clock(make_world):
    world = make_world(entries={"interviewed_at": "note"})
    (person,) = world.apply(stage="interview", note="2026-03-02")
    world.tp.sync()
    person.note = "2026-03-20"
    world.session.commit()
    world.clock.advance(timedelta(days=18))

    world.tp.sync()

    (clock,) = clocks(world)
    assert clock.target_at == datetime(2026, 3, 30, tzinfo=UTC)
    assert clock.limit_at == datetime(2026, 5, 4, tzinfo=UTC)


def test_a_decision_leaves_two_business_days_for_its_answer(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=11))  # Friday, and the target was yesterday
    world.reject(person)

    world.tp.sync()

    assert clocks(world)[0].target_at == datetime(2026, 3, 17, 9, tzinfo=UTC)  # Tuesday


def test_the_first_start_sends_nothing_whatever_was_open(make_world, smtp_server):
    world = make_world(synced=False)
    people = world.apply(3, stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=90))

    world.tp.sync()
    world.send(smtp_server)

    assert names(world) == keys(people)  # shown
    assert all(clock.from_before for clock in clocks(world))
    assert world.letters() == []
    assert smtp_server.mails == []


def test_an_interview_after_the_first_start_is_answered_like_any_other(make_world):
    world = make_world(synced=False, entries={"interviewed_at": "note"})
    (person,) = world.apply(stage="interview", note="2026-02-27")
    world.tp.sync()
    assert clocks(world)[0].from_before

    person.note = "2026-03-09"
    world.session.commit()
    world.clock.advance(timedelta(days=8))
    world.tp.sync()

    assert not clocks(world)[0].from_before


def test_a_database_that_was_synced_before_there_were_clocks_sends_nothing_either(world):
    world.apply(2, stage="interview")
    world.session.execute(sa.delete(world.m.mark).where(world.m.mark.key == "clocks"))
    world.session.commit()
    world.tp.sync()

    world.clock.advance(timedelta(days=90))
    world.tp.sync()

    assert world.letters() == []


def test_somebody_noticed_only_after_the_limit_is_left_to_a_person(make_world):
    world = make_world(entries={"interviewed_at": "note"})
    people = world.apply(2, stage="interview", note="2024-05-01")  # imported into the host

    world.tp.sync()

    assert names(world) == keys(people)
    assert world.letters() == []


def test_at_the_limit_the_undecided_are_written_to_once(met_world, smtp_server):
    world = met_world
    people = world.interview(2)
    world.tp.sync()
    world.clock.advance(LIMIT - timedelta(minutes=1))
    world.tp.sync()
    assert progress_letters(world) == []

    world.clock.advance(timedelta(minutes=1))
    for _ in range(3):
        world.tp.sync()
        world.send(smtp_server)

    assert [letter.occasion for letter in progress_letters(world)] == [
        f"progress:{key}:1" for key in keys(people)
    ]
    assert len(smtp_server.mails) == 2
    assert names(world) == keys(people)  # that is no answer


def test_a_worker_that_was_down_past_the_limit_writes_once(world, smtp_server):
    world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=70))

    world.tp.sync()
    world.send(smtp_server)
    world.clock.advance(timedelta(days=70))
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


@pytest.mark.both_databases
def test_two_workers_at_the_limit_write_one_letter(world):
    world.apply(3, stage="interview")
    world.tp.sync()
    world.clock.advance(LIMIT)

    world.at_once(*[lambda: world.tp.transact(write_due)] * 3)

    assert len(progress_letters(world)) == 3


@pytest.mark.parametrize("status", ["rejected", "hired", "withdrawn"])
def test_decided_before_it_went_the_letter_that_it_is_open_does_not_go(world, smtp_server, status):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(LIMIT)
    world.tp.sync()
    world.bulk(status, person)

    world.send(smtp_server)

    assert [letter.state for letter in progress_letters(world)] == ["cancelled"]
    assert smtp_server.mails == []


def test_decided_people_are_answered_by_their_letter_and_on_their_last_day_told_when(make_world):
    world = make_world(TALENTPOOL_MODES="review")
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.reject(person)
    world.tp.sync()
    world.clock.advance(timedelta(days=90))

    world.tp.sync()

    assert [(letter.kind, letter.state, letter.text_name) for letter in world.letters()] == [
        ("outcome", "held", "outcome/interviewed.unlatched"),
        ("progress", "due", "progress_decided"),
    ]
    assert names(world) == keys([person])


def test_without_a_word_on_who_writes_the_letter_is_held(make_world, smtp_server):
    world = make_world(TALENTPOOL_OUTCOME_LETTERS=None)
    world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(LIMIT)

    world.tp.sync()
    world.send(smtp_server)

    assert [(one.state, one.because) for one in progress_letters(world)] == [("held", "who_writes")]
    assert smtp_server.mails == []


def test_an_application_that_is_gone_waits_no_more(world):
    first, second = world.apply(2, stage="interview")
    world.tp.sync()
    world.session.delete(first)
    world.session.commit()

    world.tp.sync()

    assert names(world) == keys([second])
    gone = clocks(world)[0]
    assert (gone.answered_by, gone.name, gone.person_id, gone.candidate_key) == ("gone", "", None, "")


def test_a_row_id_used_again_is_a_clock_of_its_own(world):
    (first,) = world.apply(stage="interview")
    key = first.id
    world.tp.sync()
    world.session.delete(first)
    world.session.commit()
    world.apply(stage="interview", id=key)

    world.tp.sync()

    assert [(clock.application_key == str(key), clock.name) for clock in clocks(world)] == [
        (False, ""),
        (True, "Person Number 2"),
    ]


def test_a_forgotten_person_is_nowhere_and_stays_away(world):
    (person,) = world.apply(stage="interview")
    world.tp.sync()
    world.clock.advance(LIMIT)
    world.tp.sync()  # a letter waits, and with it the person is known

    world.change(lambda ctx: forget(ctx, ctx.session.scalars(sa.select(ctx.models.person)).one(), by=RITA))
    world.tp.sync()

    (clock,) = clocks(world)
    assert (clock.name, clock.owner_name, clock.person_id) == ("", "", None)
    assert names(world) == []
    (letter,) = progress_letters(world)
    assert (letter.state, letter.text, letter.to_address) == ("cancelled", "", "")
    assert person.status == "open"


def test_a_row_the_map_cannot_read_does_not_keep_the_others_from_the_list(make_world):
    def stage(application):
        return {"ok": "interview"}[application.note]

    world = make_world(entries={"stage": stage})
    good = world.apply(note="ok")
    world.apply(note="bad")

    report = world.tp.sync()

    assert report.failed == 1
    assert names(world) == keys(good)


@pytest.mark.parametrize("shape", ["stage in SQL", "date of the interview"])
def test_when_nothing_changed_the_clocks_are_read_by_a_constant_number_of_statements(make_world, shape):
    world = make_world(entries=SHAPES[shape])
    engine = world.db.engine

    def rounds():
        world.tp.sync()
        world.session.rollback()
        with statements(engine) as seen:
            world.tp.transact(refresh_clocks)
        return len(seen)

    world.apply(2, stage="interview", note="2026-03-01")
    few = rounds()
    world.apply(30, stage="interview", note="2026-03-01")

    assert rounds() == few
    assert few <= 8


def test_closing_a_job_shows_who_would_be_left_behind(make_world):
    world = make_world(entries={"job_open": lambda job: job.title != "Closed"})
    closing, other = world.Job(title="Closing"), world.Job(title="Other")
    left = world.apply(2, stage="interview", job=closing)
    world.apply(stage="interview", job=other)
    world.tp.sync()

    assert [one.application_key for one in world.tp.unanswered(closing)] == keys(left)
    assert [one.application_key for one in world.tp.unanswered(closing.id)] == keys(left)
    assert world.tp.unanswered(10**6) == ()
