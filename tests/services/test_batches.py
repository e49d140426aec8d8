"""Many letters at once: written and asked about together, and one row that is out of order keeps back none but its own."""

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from tests.support.measuring import statements


@pytest.fixture
def hide(request):
    """Let the host hide rows from its session that are marked as deleted, as a global filter of loaders does."""

    def start(world, cls, column):
        def filtered(state):
            if state.is_select and not state.is_column_load:
                value = getattr(cls, column)
                is_there = sa.or_(value.is_(None), value != "deleted")
                state.statement = state.statement.options(
                    orm.with_loader_criteria(cls, is_there, include_aliases=True)
                )

        sa.event.listen(world.db.session, "do_orm_execute", filtered)
        request.addfinalizer(lambda: sa.event.remove(world.db.session, "do_orm_execute", filtered))

    return start


def mark(world, cls, column, value, rows):
    ids = [row.id for row in rows]
    world.session.execute(
        sa.update(cls)
        .where(cls.id.in_(ids))
        .values({column: value})
        .execution_options(synchronize_session=False)
    )
    world.session.commit()


def held(world):
    return [(letter.state, letter.because) for letter in world.letters()]


def selects(world, work):
    """Return how many SELECTs it takes."""
    with statements(world.db.engine) as seen:
        work()
    return sum(text.lstrip().upper().startswith("SELECT") for text in seen)


# A row that the host's session hides


@pytest.mark.parametrize("number", [1, 200])
def test_a_row_that_the_host_hides_gets_no_letter_until_it_is_shown_again(make_world, hide, number):
    world = make_world()
    hide(world, world.Application, "note")
    applications = world.apply(number)
    world.reject(*applications)
    mark(world, world.Application, "note", "deleted", applications)
    world.tp.sync()
    assert held(world) == [("held", "hidden")] * number
    assert world.tp.dispatch().sent == 0

    mark(world, world.Application, "note", None, applications)
    world.tp.sync()

    assert world.states() == {"due": number}
    assert all(letter.text and letter.to_address for letter in world.letters())


@pytest.mark.parametrize("number", [1, 200])
def test_a_row_that_the_host_hid_since_gets_no_letter_at_hand_over(make_world, hide, number):
    world = make_world()
    hide(world, world.Application, "note")
    applications = world.rejected(number + 1)
    mark(world, world.Application, "note", "deleted", applications[:number])

    report = world.tp.dispatch()

    assert (report.sent, report.held) == (1, number)
    assert held(world) == [*[("held", "hidden")] * number, ("sent", "")]
    assert all(decision.told_at is None for decision in map(world.decision, applications[:number]))


def test_a_candidate_whom_the_host_hides_gets_no_letter(make_world, hide):
    world = make_world()
    hide(world, world.Candidate, "email")
    applications = world.apply(2)
    world.reject(*applications)
    mark(world, world.Candidate, "email", "deleted", [applications[0].candidate])
    world.tp.sync()
    assert held(world) == [("held", "hidden"), ("due", "")]

    mark(world, world.Candidate, "email", "deleted", [applications[1].candidate])
    world.tp.dispatch()

    assert held(world) == [("held", "hidden")] * 2


def test_what_the_session_remembers_of_a_hidden_row_is_not_taken_for_the_row(make_world, hide):
    world = make_world()
    hide(world, world.Application, "note")
    (application,) = world.rejected()
    assert application.candidate.full_name  # loaded, and remembered for as long as this test holds it

    mark(world, world.Application, "note", "deleted", [application])
    world.tp.dispatch()

    assert held(world) == [("held", "hidden")]


def test_a_letter_that_it_is_open_does_not_go_to_a_row_that_the_host_hid_since(make_world, hide):
    world = make_world(TALENTPOOL_ANSWER_LIMIT=timedelta(days=30))
    hide(world, world.Application, "note")
    applications = world.apply(2, stage="interview")
    world.tp.sync()
    world.clock.advance(timedelta(days=31))
    world.tp.sync()
    assert world.states() == {"due": 2}

    mark(world, world.Application, "note", "deleted", applications[:1])
    world.tp.dispatch()

    assert held(world) == [("held", "hidden"), ("sent", "")]


# One bad row


def raises_for(note):
    def read(application):
        if application.note == note:
            raise KeyError(note)

    return read


def test_one_row_that_cannot_be_read_keeps_none_of_its_batch_from_being_answered(make_world, caplog):
    world = make_world(entries={"applied_at": raises_for("bad")})
    applications = world.apply(200)
    mark(world, world.Application, "note", "bad", [applications[56]])
    world.reject(*applications)

    with caplog.at_level(logging.WARNING, logger="flask_talentpool"):
        report = world.tp.sync()

    assert (report.composed, report.failed) == (199, 1)
    assert world.states() == {"due": 199}
    bad = world.decision(applications[56])
    assert bad.completed_at is None
    assert bad.person_id is None
    assert f"decision {bad.id} cannot be read by the map: KeyError" in caplog.text

    mark(world, world.Application, "note", None, [applications[56]])
    assert world.tp.sync().composed == 1


def test_one_row_that_cannot_be_read_at_hand_over_is_put_off_and_the_others_go(make_world):
    world = make_world(entries={"timezone": None, "offered": raises_for("bad"), "stage": raises_for("bad")})
    applications = world.rejected(20)
    mark(world, world.Application, "note", "bad", [applications[7]])

    report = world.tp.dispatch()

    assert (report.sent, report.retried) == (19, 1)
    assert world.states() == {"sent": 19, "due": 1}
    assert world.letter(applications[7]).detail.startswith("It could not be made ready: KeyError.")


def test_one_bad_address_among_many_holds_its_own_letter(make_world):
    world = make_world()
    applications = world.apply(50)
    mark(world, world.Candidate, "email", "not an address", [applications[20].candidate])
    mark(world, world.Candidate, "email", "", [applications[30].candidate])
    world.reject(*applications)

    world.tp.sync()

    assert world.states() == {"due": 48, "held": 2}
    assert world.letter(applications[20]).because == "bad_address"
    assert world.letter(applications[30]).because == "no_address"


def test_one_letter_that_cannot_be_composed_keeps_none_of_its_batch_from_being_answered(
    make_world, monkeypatch
):
    world = make_world()
    applications = world.apply(20)
    world.reject(*applications)
    from flask_talentpool.decisions.outcome import draft

    write = draft.write

    def breaks(ctx, text, values, **options):
        if values["name"] == applications[7].candidate.full_name:
            raise RuntimeError
        return write(ctx, text, values, **options)

    applications[7].candidate.full_name  # noqa: B018 (loaded before the session is another's)
    monkeypatch.setattr(draft, "write", breaks)
    report = world.tp.sync()

    assert (report.composed, report.failed) == (19, 1)


def test_two_rows_of_one_new_person_in_one_batch_are_one_person(make_world):
    world = make_world()
    applications = [*world.apply(), *world.apply()]
    mark(world, world.Candidate, "email", "one@mail.test", [one.candidate for one in applications])
    world.reject(*applications)

    world.tp.sync()

    assert world.count(world.m.person) == 1
    assert world.count(world.m.candidate_link) == 2
    assert world.states() == {"due": 2}


# What it costs


def test_composing_many_takes_no_more_selects_than_composing_a_few(make_world):
    world = make_world()
    world.reject(*world.apply(2))
    world.tp.sync()
    counted = []
    for number in (5, 90):
        world.reject(*world.apply(number))
        counted.append(selects(world, world.tp.sync))

    assert counted[0] == counted[1]
