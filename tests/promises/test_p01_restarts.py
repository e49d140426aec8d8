"""P1 under real restarts: of the database in the middle of a run, and of the worker by SIGTERM and SIGKILL."""

import collections
import contextlib
import signal
import time

import pytest
import sqlalchemy as sa

from flask_talentpool.config.settings import Settings
from flask_talentpool.letters.delivery.dispatcher import LEASE
from tests.promises.sender import send_all
from tests.services.agency import SETTINGS, Agency, environment
from tests.support.patience import patience
from tests.support.postgres import PostgresUnavailableError
from tests.support.restarting import FAST, IMMEDIATE, restarting_postgres
from tests.support.smtp import SmtpProcess
from tests.support.worker import Worker

LETTERS = 60
CONNECTIONS = Settings().mail_connections

pytestmark = [pytest.mark.slow, pytest.mark.untraced]


@pytest.fixture
def slow_server(tmp_path):
    """A mail server in a process of its own that takes a fifth of a second for each letter."""
    with SmtpProcess(tmp_path / "smtp", delay=0.2) as server:
        yield server


def counted(server):
    return collections.Counter(mail.rcpt_tos[0] for mail in server.mails)


def wait_until(condition, seconds=60):
    give_up = time.monotonic() + patience(seconds)
    while not condition():
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.01)


# The database


@pytest.fixture(scope="module")
def own_postgres():
    """A PostgreSQL of these tests alone: nobody else's connections end with it."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(restarting_postgres())
        except PostgresUnavailableError as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield server


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("how", "away", "lease"),
    [
        pytest.param(FAST, 1.0, 15, id="stopped in order"),
        pytest.param(IMMEDIATE, 0.3, 15, id="crashed"),
        pytest.param(IMMEDIATE, 3.0, 1.5, id="away for longer than a lease"),
    ],
)
def test_a_run_goes_on_by_itself_when_the_database_is_back(
    own_postgres, make_world_on, processes, slow_server, tmp_path, how, away, lease
):
    world = make_world_on(own_postgres.new_database())
    world.rejected(LETTERS)
    world.session.remove()
    world.db.engine.dispose()
    told = tmp_path / "report"
    run = processes.Process(target=send_all, args=(world.url, slow_server.url, lease, str(told), CONNECTIONS))
    run.start()
    wait_until(lambda: len(slow_server) >= LETTERS // 4)

    own_postgres.stop(how)
    went_away_after = len(slow_server)
    time.sleep(away)
    assert run.is_alive(), "it gave up, or was done before the database went away"
    own_postgres.start()
    run.join(patience(90))

    assert run.exitcode == 0
    assert went_away_after < LETTERS - CONNECTIONS, "the run was nearly over: nothing was tried"
    assert set(counted(slow_server).values()) == {1}, "a letter was doubled"
    assert len(slow_server) == LETTERS, "a letter was lost"
    assert world.states() == {"sent": LETTERS}
    assert told.read_text() == f"{LETTERS} 0"
    assert world.count(world.m.letter_attempt) == LETTERS


# The worker


@pytest.fixture
def agency(database_url):
    """An agency whose first sync has been, and which rejected so many people that all connections are busy."""
    agency = Agency()
    agency.create_app(database_url, **SETTINGS)
    agency.create_tables()
    agency.run("sync")
    applied = [agency.add(f"P {n}", f"p{n}@mail.example") for n in range(LETTERS)]
    # Seen while they were open: so many found decided already would wait as an import.
    agency.run("sync")
    agency.reject_in_bulk(applied)
    yield agency
    agency.close()


@pytest.fixture
def start_worker(database_url, slow_server):
    with contextlib.ExitStack() as started:

        def start():
            worker = Worker("tests.services.agency:create_app", environment(database_url, slow_server.url))
            started.callback(worker.close)
            return worker

        yield start


@pytest.fixture
def worker_in_the_middle(agency, start_worker, slow_server):
    """A worker's process that has handed over some letters, has some on their way, and most still to go."""
    worker = start_worker()
    worker.wait_for(lambda: len(slow_server) >= LETTERS // 4)
    return worker


def test_a_worker_stopped_in_the_middle_leaves_the_rest_to_the_next_one_at_once(
    agency, worker_in_the_middle, start_worker, slow_server
):
    asked = time.monotonic()
    code = worker_in_the_middle.stop(signal.SIGTERM)
    took = time.monotonic() - asked
    letters = agency.rows("letter", "state", "claimed_by", "lease_until")
    by_then = len(slow_server)

    second = start_worker()
    second.wait_for_line("Working every")
    began = time.monotonic()
    second.wait_for(lambda: len(slow_server) == LETTERS)
    rest_took = time.monotonic() - began
    second.wait_for(lambda: "sending" not in agency.rows("letter", "state"))

    assert code == 0, "".join(worker_in_the_middle.lines)
    assert took < patience(10)
    assert collections.Counter(state for state, _, _ in letters) == {
        "sent": by_then,
        "due": LETTERS - by_then,
    }
    assert by_then < LETTERS - CONNECTIONS, "the worker was nearly done: nothing was tried"
    assert {(by, until) for state, by, until in letters if state == "due"} == {("", None)}
    assert rest_took < LEASE.total_seconds() - 5, "it waited for the first one's claims to lapse"
    assert second.stop() == 0, "".join(second.lines)
    assert set(counted(slow_server).values()) == {1}, "a letter was doubled"
    assert collections.Counter(agency.rows("letter", "state")) == {"sent": LETTERS}


def let_leases_lapse(agency):
    """Do what the time does that a killed worker's lease lasts."""
    with agency.app.app_context():
        letter = agency.tp.models.letter.__table__
        past = agency.tp.context().clock.lease_now() - LEASE
        with agency.engine().begin() as connection:
            connection.execute(
                sa.update(letter).where(letter.c.lease_until.is_not(None)).values(lease_until=past)
            )


def test_a_worker_killed_in_the_middle_leaves_unknown_only_what_was_on_its_way(
    agency, worker_in_the_middle, start_worker, slow_server
):
    worker_in_the_middle.close()
    left = collections.Counter(
        (state, bool(claimed_by)) for state, claimed_by in agency.rows("letter", "state", "claimed_by")
    )
    let_leases_lapse(agency)

    second = start_worker()
    second.wait_for(lambda: not {"due", "sending"} & set(agency.rows("letter", "state")))

    assert second.stop() == 0, "".join(second.lines)
    assert 1 <= left["sending", True] <= CONNECTIONS, left
    assert left["due", True] > 0, "it had claimed nothing that it had not begun: nothing was tried"
    arrived = counted(slow_server)
    by_state = collections.defaultdict(set)
    for state, address in agency.rows("letter", "state", "to_address"):
        by_state[state].add(address)
    assert set(arrived.values()) == {1}, "a letter was doubled"
    assert by_state.keys() == {"sent", "unknown"}
    assert len(by_state["unknown"]) == left["sending", True]
    assert by_state["sent"] <= arrived.keys(), "a letter was lost"
    assert arrived.keys() <= by_state["sent"] | by_state["unknown"]
