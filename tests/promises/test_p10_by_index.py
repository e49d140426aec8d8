"""P10, on a large host: no letter, no deletion and no round without a look reads a whole table.

On SQLite, whose planner says what it would read without statistics, as a host's is that never ran ANALYZE.
"""

import re
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from flask_talentpool import rounds
from flask_talentpool.noticing.sync import SyncReport
from tests.promises.world import World

# Those that grow with the host; what is due, asked or running at one time stays small.
LARGE = (
    "talentpool_decisions",
    "talentpool_letters",
    "talentpool_people",
    "talentpool_candidate_links",
    "candidate",
)
LARGE += (
    "application",
    "talentpool_touches",
    "talentpool_links",
    "talentpool_letter_attempts",
    "talentpool_members",
)
SCANNED = re.compile(
    rf"SCAN (?P<table>{'|'.join(LARGE)})(_\d+)?(?! USING (COVERING )?INDEX \S+_(queue|unread)_ix)\b"
)
# Most letters are sent, and most decisions stand: by its state alone nothing is found quickly.
MANY = {"sent", "held", "cancelled", "live", "baseline"}
BY_STATE = re.compile(
    r"SEARCH (?P<table>talentpool_(decisions|letters))\S* USING .*\(state=\?( AND outcome=\?)?\)"
)
FROM_A_KEY = re.compile(
    r"SEARCH (?P<table>talentpool_(decisions|letters))\S* USING INTEGER PRIMARY KEY \(rowid>\?\)"
)


@contextmanager
def statements_of(engine):
    """Collect the statements that are run inside, with their parameters."""
    found = {}

    def keep(_connection, _cursor, statement, parameters, _context, is_many):
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            found[statement] = parameters[0] if is_many else parameters

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def scanned(world, statements, *patterns):
    """Return what reads a whole table, or is found by another pattern, as ``table: statement``."""
    found = []
    with world.db.engine.connect() as connection:
        for statement, parameters in statements.items():
            if statement.startswith("SELECT EXISTS ("):
                continue  # whether there is a table: it ends at the first row
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            found += [
                f"{match['table']}: {statement}"
                for row in plan
                for pattern in (SCANNED, *patterns)
                if (match := pattern.match(row[3]))
                and (pattern is not BY_STATE or MANY & set(map(str, parameters)))
            ]
    return found


@pytest.fixture
def large(tmp_path, smtp_server):
    """A host with a history: people told, people who wait, and people nobody decided on."""
    world = World(f"sqlite:///{tmp_path}/host.db", TALENTPOOL_MAIL_URL=smtp_server.url)
    with world.app.app_context():
        world.create_tables()
        with world.db.engine.begin() as connection:
            for column in ("candidate_id", "job_id"):
                connection.execute(sa.text(f"CREATE INDEX host_{column} ON application ({column})"))
        world.tp.sync()
        world.reject(*world.apply(5))
        world.tp.sync()
        world.tp.dispatch()
        world.apply(5)
        yield world
    world.close()


def test_the_test_sees_a_table_that_is_read_as_a_whole(large):
    with statements_of(large.db.engine) as statements:
        large.session.scalars(sa.select(large.m.decision).where(large.m.decision.note == "x")).all()

    assert [one.partition(":")[0] for one in scanned(large, statements)] == ["talentpool_decisions"]


def test_letters_are_handed_over_without_reading_a_whole_table(large, smtp_server):
    large.reject(*large.apply(12))
    large.tp.sync(whole=False)
    before = len(smtp_server.mails)

    with statements_of(large.db.engine) as statements:
        large.tp.dispatch()

    assert len(smtp_server.mails) == before + 12
    found = scanned(large, statements, BY_STATE)
    # The host has no index by address: one look for all letters that are due.
    assert [one.partition(":")[0] for one in found] == ["candidate"]


def test_a_host_with_an_index_by_address_is_not_read_as_a_whole(large, smtp_server):
    with large.db.engine.begin() as connection:
        connection.execute(sa.text("CREATE INDEX by_address ON candidate (lower(trim(email)))"))
    large.reject(*large.apply(12))

    with statements_of(large.db.engine) as statements:
        large.tp.sync(whole=False)
        large.tp.dispatch()

    assert scanned(large, statements) == []


def test_a_round_without_a_look_reads_no_whole_table(large):
    with statements_of(large.db.engine) as statements:
        large.tp.sync(whole=False)

    found = scanned(large, statements, FROM_A_KEY, BY_STATE)
    # Letters that are held are looked at again, a page at a time.
    assert [one for one in found if not one.startswith("talentpool_letters: ")] == []


def test_openings_and_hires_are_looked_at_without_reading_a_whole_table(tmp_path):
    entries = {
        "job_open": "is_open",
        "offered": "note",
        "left_on": "note",
        "offer_declined": {"declined"},
    }
    world = World(f"sqlite:///{tmp_path}/host.db", entries=entries, TALENTPOOL_HIRE_WATCH="2026-01-05: all")
    with world.app.app_context():
        world.create_tables()
        with world.db.engine.begin() as connection:
            connection.execute(sa.text("CREATE INDEX host_candidate_id ON application (candidate_id)"))
        world.tp.sync()
        world.tp.sync()
        for status in ("hired", "declined", "withdrawn", "rejected"):
            world.set_status(status, *world.apply(2, note="2026-03-03"))
        world.tp.sync()
        world.clock.advance(timedelta(days=20))
        report = SyncReport()

        with statements_of(world.db.engine) as statements:
            for step in (*rounds.LOOKS[2:], *(step for what, step in rounds.STEPS if "fell" in what)):
                step(world.tp.transact, report)

        assert len(statements) > 15
        assert scanned(world, statements, BY_STATE, FROM_A_KEY) == []
    world.close()


@pytest.mark.parametrize("name", ["Application", "Candidate", "Job"])
def test_a_row_of_the_hosts_is_deleted_without_reading_a_whole_table(large, name):
    applications = large.session.scalars(sa.select(large.Application)).all()
    row = applications[0] if name == "Application" else getattr(applications[0], name.lower())
    for one in applications:
        if name != "Application":
            setattr(one, name.lower(), None)
    large.session.commit()
    large.session.delete(row)

    with statements_of(large.db.engine) as statements:
        large.session.commit()

    assert scanned(large, statements, BY_STATE) == []


def test_who_waits_for_sqlites_one_lock_has_a_turn_between_long_transactions(large):
    waits, is_over = [], threading.Event()

    def write():
        engine = sa.create_engine(large.url, connect_args={"timeout": 60})
        while not is_over.wait(0.01):
            started = time.perf_counter()
            with engine.begin() as connection:
                connection.execute(sa.update(large.Application.__table__).values(note="x"))
            waits.append(time.perf_counter() - started)
        engine.dispose()

    def long(ctx):
        ctx.keep_mark("long")
        time.sleep(0.15)

    host = threading.Thread(target=write)
    host.start()
    for _ in range(20):
        large.tp.transact(long)
    is_over.set()
    host.join()

    assert len(waits) >= 5  # of twenty turns, also on a busy machine
