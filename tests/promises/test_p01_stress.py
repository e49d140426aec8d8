"""P1 and P4 under everything at once: processes that are killed, a moody mail server, people who change their minds."""

import collections
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from celery import Celery
from sqlalchemy.exc import OperationalError

from flask_talentpool.celery import TASK
from flask_talentpool.config.settings import Settings
from flask_talentpool.decisions import facts, lifecycle
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.noticing.sync import sync
from tests.promises.sender import work
from tests.promises.world import START
from tests.support.effort import APPLICATIONS
from tests.support.patience import patience
from tests.support.people import RITA
from tests.support.smtp import REPOSITORY, SmtpProcess

"""How many people apply. `make stress` takes 2,000, which is more than continuous integration has time for."""
BATCH = APPLICATIONS // 25
DISPATCHERS = 3
LEASE = 1.5
CONNECTIONS = Settings().mail_connections
"""How many letters one dispatcher process may be handing over at once, at most."""
IN_FLIGHT = 3.0
"""Seconds between the last look at the host's row and the mail server's word, at most, on a busy machine."""


class Chaos:
    """The host's people and its processes, all at work on the same applications."""

    def __init__(self, world, start, *, processes, kill_every, seed=20261122):
        self.world, self.start, self.chance = world, start, random.Random(seed)
        self.processes, self.kill_every = processes, kill_every
        self.ids = [application.id for application in world.apply(APPLICATIONS)]
        self.running = []
        self.kills = 0
        self.reverted = {}
        self.refused = collections.Counter()
        self.taken_back = {}
        """The decision that was taken back, by application; an earlier one may have been told."""

    # Processes

    def fill_up(self):
        """Start what is missing of the processes, and forget those that were killed."""
        self.running = [process for process in self.running if process.is_alive()]
        while len(self.running) < self.processes:
            self.running.append(self.start())

    def kill_one(self):
        process = self.chance.choice(self.running)
        process.kill()
        process.join(patience(20))
        self.kills += 1
        self.fill_up()

    def stop(self):
        for process in self.running:
            process.join(patience(120))
            assert not process.is_alive(), "a dispatcher did not end"
            assert process.exitcode == 0, "a dispatcher ended with an error"

    # People

    def patiently(self, step):
        """Do something that a busy SQLite may refuse for a while, as a host's page would do again."""
        deadline = time.monotonic() + patience(60)
        while True:
            try:
                return step()
            except OperationalError:
                self.world.session.rollback()
                if time.monotonic() > deadline:
                    raise
                time.sleep(self.chance.uniform(0.01, 0.1))

    def rows(self, ids):
        model = self.world.Application
        return list(self.world.session.scalars(sa.select(model).where(model.id.in_(ids))))

    def reject(self, ids):
        if self.chance.random() < 0.5:
            self.patiently(lambda: self.world.reject(*self.rows(ids)))
        else:
            self.patiently(lambda: self.world.bulk("rejected", *self.rows(ids)))

    def revert(self, ids):
        """Say by a statement no hook sees that these are still open, and leave it at that."""
        self.patiently(lambda: self.world.bulk("open", *self.rows(ids)))
        self.reverted |= dict.fromkeys(ids, time.time())

    def change_mind(self, ids):
        """Revert and reject again, so that each has a second decision."""
        self.patiently(lambda: self.world.bulk("open", *self.rows(ids)))
        self.notice()
        self.reject(ids)

    def some_of(self, people, of_eighty):
        """Choose so many of eighty in a batch."""
        return self.chance.sample(people, max(1, of_eighty * BATCH // 80))

    def notice(self):
        """Notice what the host says; the letters are left to the workers."""
        self.patiently(lambda: sync(self.world.tp.transact))

    def take_back(self, application_id):
        """Take back on our page what can still be taken back."""

        def press(ctx):
            decision = facts.live_decision(ctx, application_id)
            if decision is None or decision.told_at is not None:
                return None
            lifecycle.take_back(ctx, decision, by=RITA)
            return decision.id

        try:
            decision_id = self.patiently(lambda: self.world.change(press))
        except TalentPoolError as refusal:
            self.refused[getattr(refusal, "code", type(refusal).__name__)] += 1
        else:
            self.refused["told"] += decision_id is None
            if decision_id is not None:
                self.taken_back[application_id] = decision_id

    def a_busy_day(self):
        """Reject everybody, in batches, while minds are changed and processes are killed."""
        waiting, batches = list(self.ids), itertools.count()
        self.chance.shuffle(waiting)
        decided = []
        while waiting:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            self.reject(batch)
            decided += batch
            final = self.reverted.keys() | self.taken_back.keys()
            free = [one for one in decided[-5 * BATCH :] if one not in final]
            self.revert(self.some_of(free, 6))
            free = [one for one in free if one not in self.reverted]
            for one in self.some_of(free, 4):
                self.take_back(one)
            free = [one for one in free if one not in self.taken_back]
            self.change_mind(self.some_of(free, 5))
            self.notice()
            if next(batches) % self.kill_every == self.kill_every - 1:
                self.kill_one()
            self.fill_up()
            self.after_batch()

    def into_the_evening(self):
        """Let the processes work on what the day left, and go on killing them, until little is left."""
        deadline = time.monotonic() + patience(240)
        while self.waiting() > APPLICATIONS / 20 and time.monotonic() < deadline:
            self.after_batch()
            time.sleep(1)
            if self.kills < 40 and self.chance.random() < 0.2:
                self.kill_one()
            self.fill_up()

    def waiting(self):
        """Return how many decisions have no letter yet, or one that is on its way."""
        decision, letter = self.world.m.decision, self.world.m.letter
        settled = sa.exists().where(
            letter.decision_id == decision.id, letter.state.not_in(["due", "sending"])
        )
        unsettled = sa.select(sa.func.count()).where(decision.live_for.is_not(None), ~settled)
        number = self.patiently(lambda: self.world.session.scalar(unsettled))
        self.world.session.rollback()
        return number

    def after_batch(self):
        """Do what a kind of process needs from time to time."""


def broker_in(folder):
    """Return a Celery app that sends what the workers of the stress test receive."""
    app = Celery("stress")
    app.conf.update(
        broker_url="filesystem://",
        broker_transport_options={
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        },
        task_ignore_result=True,
    )
    return app


def everything_is_accounted_for(chaos, arrivals, *, drops):
    """Check every letter, every application and every mail against each other."""
    world = chaos.world
    world.session.rollback()
    by_address = {
        application.candidate.email: application.id
        for application in world.session.scalars(sa.select(world.Application))
    }
    got = collections.Counter(mail.rcpt_tos[0] for _, mail in arrivals)
    when = {by_address[mail.rcpt_tos[0]]: moment for moment, mail in arrivals}
    letters = world.letters()
    states = collections.Counter(letter.state for letter in letters)

    assert max(got.values()) == 1, "a letter was doubled"
    assert set(collections.Counter(mail.message_id for _, mail in arrivals).values()) == {1}
    assert states.keys() <= {"sent", "unknown", "failed", "held", "cancelled"}, states
    for letter in letters:
        assert letter.state == "sent" or letter.because, f"a {letter.state} letter does not say why"
        if letter.state == "sent":
            assert got[letter.to_address] == 1, "a letter was lost"
    assert states["unknown"] <= chaos.kills * CONNECTIONS + drops, (states, chaos.kills, drops)

    sent_once = {letter.message_id for letter in letters if letter.state in ("sent", "unknown")}
    assert {mail.message_id for _, mail in arrivals} <= sent_once, "a letter went that nobody knows of"

    late = {one for one, at in chaos.reverted.items() if when.get(one, 0) > at + patience(IN_FLIGHT)}
    assert not late, f"{len(late)} letters went after the host had said otherwise"
    arrived = {mail.message_id for _, mail in arrivals}
    withdrawn = set(chaos.taken_back.values())
    gone = [
        letter.id for letter in letters if letter.decision_id in withdrawn and letter.message_id in arrived
    ]
    assert not gone, "a letter went that was taken back"

    decision, letter = world.m.decision, world.m.letter
    answered = sa.exists().where(letter.decision_id == decision.id)
    bare = sa.select(sa.func.count()).where(
        decision.state == "live", decision.outcome == "rejected", decision.told_at.is_(None), ~answered
    )
    assert world.session.scalar(bare) == 0, "a decision that stands has no letter"
    stand = set(
        world.session.scalars(
            sa.select(decision.application_id).where(
                sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None))
            )
        )
    )
    assert stand == set(chaos.ids) - chaos.reverted.keys(), "an application's outcome was missed or kept"
    return states


class CeleryWorker:
    """A real Celery worker, with the ways of a process that the chaos knows; it is sent ticks all the time."""

    numbers = itertools.count(1)

    def __init__(self, environment):
        name = f"worker{next(self.numbers)}@test"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "tests.promises.celery_app", "worker", "--pool", "solo",
                "-n", name, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR",
            ],
            cwd=REPOSITORY, env={**os.environ, **environment}, start_new_session=True,
        )  # fmt: skip

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()

    def terminate(self):
        self.process.terminate()

    def join(self, seconds):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    @property
    def exitcode(self):
        # One that was told to stop before it had learnt to listen ended as if it had been killed.
        return 0 if self.process.returncode == -signal.SIGTERM else self.process.returncode


def afterwards(day, calm):
    """Ten days later, with a server that is well again, what was put off goes."""
    day.world.clock.move_to(START + timedelta(days=10))
    day.world.tp.sync()
    day.world.send(calm)


def checked(day, moody, calm):
    arrivals = [*moody.arrivals, *calm.arrivals]
    states = everything_is_accounted_for(
        day, arrivals, drops=moody.struck.count("DOT") + moody.struck.count("CONTENT")
    )
    assert states["sent"] > APPLICATIONS / 2, f"most of the day was not tried: {states}"
    assert len(day.taken_back) > 0, day.refused
    return states


@pytest.mark.slow
@pytest.mark.untraced
def test_nothing_is_doubled_lost_or_sent_against_a_changed_mind(world, tmp_path, processes):
    stop_file = tmp_path / "stop"
    with SmtpProcess(tmp_path / "moody", faults=6) as moody, SmtpProcess(tmp_path / "calm") as calm:

        def start():
            process = processes.Process(target=work, args=(world.url, moody.url, LEASE, str(stop_file)))
            process.start()
            return process

        day = Chaos(world, start, processes=DISPATCHERS, kill_every=2)
        try:
            day.fill_up()
            day.a_busy_day()
            day.into_the_evening()
        finally:
            stop_file.touch()
            day.stop()
        afterwards(day, calm)

        checked(day, moody, calm)

    assert day.kills >= 10


@pytest.mark.slow
@pytest.mark.untraced
def test_celery_workers_that_are_killed_double_and_lose_nothing(postgres_url, make_world_on, tmp_path):
    world = make_world_on(postgres_url)
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    with SmtpProcess(tmp_path / "moody", faults=6) as moody, SmtpProcess(tmp_path / "calm") as calm:
        environment = {
            "STRESS_FOLDER": str(tmp_path), "STRESS_DATABASE": postgres_url, "STRESS_MAIL": moody.url,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "plugin")]),
        }  # fmt: skip
        broker = broker_in(tmp_path)
        day = Chaos(world, lambda: CeleryWorker(environment), processes=2, kill_every=6)
        day.after_batch = lambda: [broker.send_task(TASK, kwargs={"seconds": 3}) for _ in range(2)]
        try:
            day.fill_up()
            day.a_busy_day()
            day.into_the_evening()
        finally:
            for process in day.running:
                process.terminate()
            day.stop()
        assert len(moody) > APPLICATIONS / 10, "the workers did next to nothing"
        afterwards(day, calm)

        checked(day, moody, calm)

    assert day.kills >= 3
