"""The periodic task, with a real Celery worker where Celery is installed."""

import os
import subprocess
import sys
import time
import types

import pytest

from flask_talentpool import celery as ours
from tests.promises.world import World
from tests.support.patience import patience
from tests.support.smtp import REPOSITORY

pytestmark = pytest.mark.untraced

WORKER = """
import os, sys
sys.path[:0] = [{repository!r}, {plugin!r}]
from celery import Celery
from flask_talentpool.celery import register
from tests.promises.world import World
world = World({url!r}, TALENTPOOL_MAIL_URL={mail!r})
broker = {folder!r}
for name in ("in", "done"):
    os.makedirs(os.path.join(broker, name), exist_ok=True)
app = Celery("host", broker="filesystem://")
app.conf.broker_transport_options = {{
    "data_folder_in": os.path.join(broker, "in"),
    "data_folder_out": os.path.join(broker, "in"),
    "processed_folder": os.path.join(broker, "done"),
}}
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
tick = register(app, world.app)
"""


class Schedule:
    """As much of a Celery app as registering needs."""

    def __init__(self):
        self.conf = types.SimpleNamespace(beat_schedule=None)
        self.tasks = {}

    def task(self, *, name, **_):
        def keep(function):
            self.tasks[name] = function
            return function

        return keep


@pytest.fixture
def world(database_url, smtp_server):
    world = World(database_url, TALENTPOOL_MAIL_URL=smtp_server.url)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        yield world
    world.close()


def test_a_tick_notices_composes_and_hands_over_no_more_than_it_may(world, smtp_server):
    made = world.apply(6, stage="screen")
    world.bulk("rejected", *made)
    world.session.remove()
    app = Schedule()
    tick = ours.register(app, world.app, every=5, limit=4)

    first, second = tick(), tick()

    assert (first["composed"], first["sent"], second["sent"]) == (6, 4, 2)
    assert len(smtp_server.mails) == 6
    assert app.conf.beat_schedule["flask-talentpool"]["task"] == ours.TASK
    assert app.conf.beat_schedule["flask-talentpool"]["schedule"] == 5


def test_the_hosts_own_schedule_stays(world):
    app = Schedule()
    app.conf.beat_schedule = {"mine": {"task": "host.clean"}}

    ours.register(app, world.app)

    assert set(app.conf.beat_schedule) == {"mine", "flask-talentpool"}


@pytest.mark.both_databases
def test_ticks_side_by_side_send_each_letter_once(world, smtp_server):
    made = world.apply(30, stage="screen")
    world.tp.sync()  # while they are open: so many found decided already would wait as an import
    world.bulk("rejected", *made)
    tick = ours.register(Schedule(), world.app)

    results = world.at_once(tick, tick)
    world.session.remove()
    tick()

    assert not [result for result in results if isinstance(result, Exception)]
    assert len(smtp_server.mails) == len({mail.rcpt_tos for mail in smtp_server.mails}) == 30


@pytest.mark.slow
def test_a_real_worker_sends_what_is_due(world, smtp_server, tmp_path):
    pytest.importorskip("celery", reason="Celery IS NOT INSTALLED: pip install flask-talentpool[celery]")
    world.rejected(5, stage="screen")
    world.session.remove()
    module = tmp_path / "celery_host.py"
    module.write_text(
        WORKER.format(
            repository=str(REPOSITORY),
            plugin=str(REPOSITORY / "plugin"),
            url=world.url,
            mail=smtp_server.url,
            folder=str(tmp_path / "broker"),
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "celery", "-A", "celery_host:app"]
    subprocess.run(
        [*command, "call", ours.TASK], cwd=tmp_path, env=environment, check=True, timeout=patience(60)
    )
    worker = subprocess.Popen(
        [*command, "worker", "--pool", "solo", "--without-gossip", "--without-mingle"],
        cwd=tmp_path,
        env=environment,
    )
    try:
        smtp_server.wait_for(5, 60)
    finally:
        worker.terminate()
        worker.wait(patience(30))

    give_up = time.monotonic() + patience(10)
    while world.states() != {"sent": 5} and time.monotonic() < give_up:
        time.sleep(0.1)
    assert world.states() == {"sent": 5}
