"""The worker's pace: letters leave while others are written, looks are spaced by their cost, and it ends when told to."""

import threading
import time

import pytest
import sqlalchemy as sa

from flask_talentpool.commands import pacing
from flask_talentpool.commands.pacing import Looks, Pace, ToldToStopError, cut_short
from flask_talentpool.commands.worker import round_of
from flask_talentpool.letters.delivery.dispatcher import DispatchReport
from tests.promises.world import World
from tests.support.apps import dispose_engines
from tests.support.patience import patience


@pytest.fixture
def world(database_url, smtp_server):
    world = World(database_url, TALENTPOOL_MAIL_URL=smtp_server.url)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        yield world
        world.session.remove()
    dispose_engines(world.app)


def test_looks_at_everything_are_spaced_by_two_hundred_times_what_they_cost_and_at_most_an_hour():
    now = [0.0]
    looks = Looks(lambda: now[0])

    assert looks.is_due
    looks.took(2.0)
    now[0] = 399.0
    assert not looks.is_due
    now[0] = 400.0
    assert looks.is_due
    looks.took(1000.0)
    now[0] = 400.0 + 3600
    assert looks.is_due


def test_a_round_that_does_not_look_at_everything_answers_what_the_hook_saw(world, smtp_server):
    world.reject(*world.apply(2))
    unseen = world.apply()
    world.bulk("rejected", *unseen)
    looks = Looks()
    looks.took(10.0)

    round_of(world.tp, threading.Event(), looks)

    assert len(smtp_server.mails) == 2
    round_of(world.tp, threading.Event(), Looks())
    assert len(smtp_server.mails) == 3


def test_letters_that_become_due_leave_while_others_are_written(world, smtp_server, monkeypatch):
    monkeypatch.setattr(pacing, "BETWEEN", 0.0)
    world.rejected(2)
    world.reject(*world.apply(350))
    left_by = []

    def between():
        pace()
        left_by.append((len(smtp_server.mails), world.count(world.m.letter)))

    pace = Pace(threading.Event(), lambda: world.tp.dispatch(seconds=2))
    world.tp.sync(between=between)

    assert any(mails >= 2 and letters < 352 for mails, letters in left_by)


def test_what_fails_in_the_middle_keeps_nothing_from_being_written(world, monkeypatch, caplog):
    monkeypatch.setattr(pacing, "BETWEEN", 0.0)
    world.reject(*world.apply(2))

    def fails():
        raise RuntimeError("ada@mail.example")

    world.tp.sync(between=Pace(threading.Event(), fails))

    assert world.states() == {"due": 2}
    assert "RuntimeError" in caplog.text
    assert "ada@mail.example" not in caplog.text


def test_told_to_stop_while_letters_are_written_it_ends_after_those_in_hand(world):
    world.reject(*world.apply(350))
    stop, calls = threading.Event(), []

    pace = Pace(stop, DispatchReport)

    def between():
        calls.append(1)
        if world.count(world.m.letter):
            stop.set()
        pace()

    with pytest.raises(ToldToStopError):
        world.tp.sync(between=between)

    assert 0 < world.count(world.m.letter) < 350
    world.tp.sync()
    assert world.count(world.m.letter) == 350


@pytest.mark.both_databases
def test_told_to_stop_while_it_waits_for_a_lock_it_ends(world, monkeypatch):
    monkeypatch.setattr(pacing, "PATIENCE", 0.3)
    (row,) = world.apply()
    world.bulk("rejected", row)
    stop = threading.Event()
    other = world.db.engine.connect()
    if other.dialect.name == "sqlite":
        other.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        other.exec_driver_sql("LOCK TABLE talentpool_decisions IN ACCESS EXCLUSIVE MODE")
    threading.Timer(0.5, stop.set).start()
    started = time.monotonic()

    with cut_short(world.db.engine, stop):
        ended = round_of(world.tp, stop, Looks())
    took = time.monotonic() - started
    other.rollback()
    other.close()

    assert ended
    assert took < patience(7)
    round_of(world.tp, threading.Event())
    assert world.count(world.m.decision) == 1


@pytest.mark.both_databases
def test_a_statement_that_runs_on_is_ended(world, monkeypatch):
    monkeypatch.setattr(pacing, "PATIENCE", 0.2)
    stop = threading.Event()
    stop.set()
    endless = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) SELECT count(*) FROM n"
    )

    with cut_short(world.db.engine, stop), pytest.raises(sa.exc.OperationalError):
        world.session.execute(endless)
    world.session.rollback()

    assert world.count(world.Application) == 0
