"""P10: whatever the host's own code raises while we read a row, the host's page and its commit go on."""

import logging

import pytest
import sqlalchemy as sa

from tests.promises.test_p10_host_never_breaks import host_rows, host_tables

SECRET = "Ada Byron lives in Ockham"
"""A text of the host's error that names a person."""


def broken_by(error):
    """Return a map entry that raises for one row and reads the others."""

    def status(application):
        if application.note == "broken":
            raise error
        return application.status

    return status


def asks_for_what_is_not_there(application):
    """Do what a callable does whose look-up table is gone: fail inside the host's own transaction."""
    if application.note == "broken":
        sa.inspect(application).session.execute(sa.text("SELECT * FROM a_table_that_is_gone"))
    return application.status


ERRORS = [
    KeyError(SECRET),
    TypeError(SECRET),
    sa.exc.InvalidRequestError(SECRET),
    sa.exc.OperationalError("SELECT", {"name": SECRET}, Exception(SECRET)),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("enabled", [True, False], ids=["on", "off"])
def test_a_row_the_map_cannot_read_shows_as_open(make_world, caplog, error, enabled):
    world = make_world(entries={"status": broken_by(error)}, synced=enabled, TALENTPOOL_ENABLED=enabled)
    good, bad = world.apply(2)
    bad.note = "broken"
    world.set_status("hired", good, bad)

    with caplog.at_level(logging.WARNING, "flask_talentpool"):
        shown = [world.tp.visible_status(row) for row in (good, bad)]

    assert shown == ["hired", "open"]
    assert type(error).__name__ in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("tables", [True, False], ids=["with our tables", "without"])
def test_a_statement_of_the_hosts_that_fails_in_the_map_leaves_its_transaction_whole(make_world, tables):
    world = make_world(entries={"status": asks_for_what_is_not_there}, tables=tables, synced=False)
    if not tables:
        world.db.metadata.create_all(world.db.engine, tables=host_tables(world))
    good, bad = world.apply(2)
    good.note, bad.note = "not committed yet", "broken"
    good.status = bad.status = "hired"
    world.session.flush()

    assert [world.tp.visible_status(row) for row in (good, bad)] == ["hired", "open"]

    world.session.commit()
    assert host_rows(world) == [("hired", "not committed yet"), ("hired", "broken")]


@pytest.mark.parametrize("row", [None, "no row", object()], ids=["nothing", "a text", "an object"])
def test_what_is_no_row_shows_as_open(world, row):
    assert world.tp.visible_status(row) == "open"


def test_a_row_not_stored_yet_shows_as_open(world):
    assert world.tp.visible_status(world.Application(status="rejected")) == "open"


def test_what_the_hosts_code_raised_is_logged_without_its_text(make_world, caplog):
    world = make_world(entries={"status": broken_by(KeyError(SECRET))})
    (bad,) = world.apply()

    with caplog.at_level(logging.WARNING, "flask_talentpool"):
        bad.note = "broken"
        world.set_status("rejected", bad)

    assert host_rows(world) == [("rejected", "broken")]
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text
