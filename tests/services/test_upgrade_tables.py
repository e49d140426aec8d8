"""`flask talentpool upgrade-tables`: what an earlier version's tables lack is added, and nothing else is touched."""

import threading

import pytest
import sqlalchemy as sa

from flask_talentpool.commands import upgrade_tables
from flask_talentpool.db.upgrade import NotAdded, add, lock, look
from tests.hosts import registry
from tests.support.driver import Driver

NOTHING = "Nothing is missing: the tables are as this version has them.\n"


def execute(agency, *statements):
    with agency.app.app_context(), agency.engine().begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def described(agency):
    """Return each table with its columns, constraints and indexes, as the database describes it."""
    with agency.app.app_context():
        inspector = sa.inspect(agency.engine())
        return {
            name: (
                {
                    (column["name"], str(column["type"]), column["nullable"])
                    for column in inspector.get_columns(name)
                },
                {(str(one["name"]), one["unique"]) for one in inspector.get_indexes(name)},
                {str(one["name"]) for one in inspector.get_unique_constraints(name)},
                {str(one["name"]) for one in inspector.get_foreign_keys(name)},
            )
            for name in inspector.get_table_names()
        }


OLDER = (
    "DROP TABLE talentpool_suppressions",
    "DROP INDEX talentpool_letters_queue_ix",
    "ALTER TABLE talentpool_letters DROP COLUMN reply_to",
    "ALTER TABLE talentpool_decisions DROP COLUMN line_at",
)


@pytest.fixture
def older(agency):
    """An agency whose tables an earlier version made, with nothing in them yet."""
    execute(agency, *OLDER)
    return agency


def test_tables_columns_and_indexes_are_added_and_named(make_agency):
    agency = make_agency()
    before = described(agency)
    execute(agency, *OLDER)

    result = agency.run("upgrade-tables")

    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Added: 1 table (talentpool_suppressions); 2 columns (talentpool_decisions.line_at, "
        "talentpool_letters.reply_to); 1 index (talentpool_letters_queue_ix).\n"
        "Run `flask talentpool check` now, then start the workers again.\n"
    )
    assert described(agency) == before
    assert agency.run("sync").exit_code == 0
    assert agency.run("upgrade-tables").stdout == NOTHING


def test_a_column_is_added_to_rows_that_are_there(agency):
    agency.reject(agency.add())
    agency.run("sync")
    execute(agency, "ALTER TABLE talentpool_decisions DROP COLUMN line_at")

    result = agency.run("upgrade-tables")

    assert result.exit_code == 0, result.output
    assert agency.rows("decision", "application_key", "line_at") == [("1", None)]


def test_a_dry_run_prints_statements_that_a_database_takes(older):
    before = described(older)

    result = older.run("upgrade-tables", "--dry-run")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "ALTER TABLE talentpool_letters ADD COLUMN reply_to VARCHAR(400) NOT NULL;" in lines
    assert "CREATE INDEX talentpool_letters_queue_ix ON talentpool_letters (state, due_at);" in lines
    assert lines[-1].startswith("-- Would be added: 1 table (talentpool_suppressions); 2 columns (")
    assert described(older) == before
    execute(older, *(line for line in lines if not line.startswith("--")))
    assert older.run("upgrade-tables").stdout == NOTHING


def test_as_json_it_names_what_is_missing(older):
    said = older.run_json("upgrade-tables", "--dry-run")

    assert said["tables"] == ["talentpool_suppressions"]
    assert said["columns"] == ["talentpool_decisions.line_at", "talentpool_letters.reply_to"]
    assert (said["indexes"], said["constraints"]) == (["talentpool_letters_queue_ix"], [])
    assert len(said["statements"]) == 4
    assert (said["dry_run"], said["cannot"], said["has_migrations"]) == (True, [], False)


def test_all_tables_are_made_where_none_is_there(make_agency):
    agency = make_agency(tables=False)
    with agency.app.app_context():
        metadata = agency.tp_metadata()
        theirs = [table for table in metadata.sorted_tables if not table.name.startswith("talentpool_")]
        metadata.create_all(agency.engine(), theirs)

    result = agency.run("upgrade-tables")

    assert "Added: 24 tables (talentpool_" in result.stdout
    assert agency.run("sync").exit_code == 0


def test_what_cannot_be_added_is_refused_with_a_remedy_and_nothing_is_added(make_agency):
    older = make_agency()
    older.run("sync")
    older.reject(older.add())
    older.run("sync")
    execute(older, *OLDER)
    before = described(older)

    result, dry = older.run("upgrade-tables"), older.run("upgrade-tables", "--dry-run")

    assert (result.exit_code, dry.exit_code) == (1, 1)
    assert "talentpool_letters.reply_to must have a value in every row" in result.stderr
    assert (
        "ALTER TABLE talentpool_letters ADD COLUMN reply_to VARCHAR(400) NOT NULL DEFAULT …" in result.stderr
    )
    assert "-- Cannot be added: talentpool_letters.reply_to must have a value" in dry.stdout
    assert described(older) == before


def test_the_hosts_own_tables_are_never_touched(agency):
    execute(
        agency, "ALTER TABLE application DROP COLUMN company", "CREATE TABLE talentpool_mine (id INTEGER)"
    )
    before = described(agency)

    said = agency.run("upgrade-tables").stdout

    assert said == NOTHING
    assert described(agency) == before


def test_where_the_hosts_tables_are_not_there_it_says_so(make_agency):
    result = make_agency(tables=False).run("upgrade-tables")

    assert result.exit_code == 1
    assert "refers to your ATS's own table" in result.stderr
    assert "db.create_all()" in result.stderr


def test_where_there_are_migrations_it_asks_for_force(older):
    execute(older, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    before = described(older)

    refused, dry = older.run("upgrade-tables"), older.run("upgrade-tables", "--dry-run")
    unchanged = described(older) == before
    forced = older.run("upgrade-tables", "--force")

    assert (refused.exit_code, dry.exit_code, forced.exit_code) == (1, 0, 0)
    for said in (refused.stderr, dry.stdout):
        assert "flask db migrate" in said
        assert "use --force" in said
    assert unchanged
    # With nothing to add there is nothing to ask for.
    assert older.run("upgrade-tables").stdout == NOTHING


def test_two_at_once_add_each_thing_once(older):
    barrier, said = threading.Barrier(2), []

    def run():
        with older.app.app_context():
            barrier.wait(30)
            found, _ = upgrade_tables.upgrade(older.tp, force=False)
            said.append(len(found.additions))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(said) == [0, 4]
    assert older.run("upgrade-tables").stdout == NOTHING


def test_somebody_else_who_was_faster_does_no_harm(older, monkeypatch):
    """Such as `create_all` in an app that starts at this moment, which takes no lock of ours."""
    with older.app.app_context():
        ctx = older.tp.context()
        stale = [upgrade_tables.missing(ctx)]
    older.run("upgrade-tables")

    def look_before(connection, tables):
        return stale.pop() if stale else look(connection, tables)

    monkeypatch.setattr(upgrade_tables, "look", look_before)

    result = older.run("upgrade-tables")

    assert (result.exit_code, result.stdout, stale) == (0, NOTHING, [])


def test_switched_off_it_works_all_the_same(make_agency):
    agency = make_agency(TALENTPOOL_ENABLED=False)
    execute(agency, "DROP TABLE talentpool_suppressions")

    assert "Added: 1 table" in agency.run("upgrade-tables").stdout


@pytest.mark.parametrize("name", ["bind_key", "uuid_keys", "keys_not_id", "lite"])
def test_it_finds_our_tables_where_the_host_has_its_own(name, make_agency):
    host = make_agency(shape=registry.all_shapes()[name])
    with host.app.app_context():
        engine = host.db.session.get_bind(sa.inspect(host.app.extensions["talentpool"].models.mark))
        with engine.begin() as connection:
            for table in ("consents", "person_tags", "candidate_links"):
                connection.exec_driver_sql(f"DROP TABLE talentpool_{table}")

    said = Driver.command(host, "upgrade-tables").stdout

    assert "Added: 3 tables" in said
    assert Driver.command(host, "upgrade-tables").stdout == NOTHING
    assert Driver.command(host, "sync").exit_code == 0
    host.apply("Ada Byron", "ada@mail.example" if host.EMAILS else None, host.add_job("Engineer"))


def test_others_name_it_where_there_are_no_migrations(agency):
    execute(agency, "ALTER TABLE talentpool_letters DROP COLUMN reply_to")

    checked, synced = agency.run("check"), agency.run("sync")

    assert "without migrations with `flask talentpool upgrade-tables`" in checked.stdout
    assert "`flask talentpool upgrade-tables` where the host has no migrations" in synced.stderr


def test_the_doctor_names_a_missing_index(agency):
    execute(agency, "DROP INDEX talentpool_letters_queue_ix")

    said = agency.run("doctor").stdout

    assert "attention tables: They lack 1 index (talentpool_letters_queue_ix). Run `flask db migrate`" in said


def test_the_doctor_finds_a_table_that_is_missing_wrong(agency):
    execute(agency, "DROP TABLE talentpool_suppressions")

    assert "wrong     tables: They lack 1 table (talentpool_suppressions)." in agency.run("doctor").stdout


# What later versions may have, on tables of our own choosing


@pytest.fixture
def connection(database_url):
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables_of(*more):
    """Return two tables of which the second has what ``more`` are."""
    metadata = sa.MetaData()
    first = sa.Table("talentpool_a", metadata, sa.Column("id", sa.Integer, primary_key=True))
    second = sa.Table(
        "talentpool_b",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("word", sa.String(20)),
        *more,
    )
    return [first, second]


@pytest.fixture
def two_rows(connection):
    """The tables of before, the second with two rows that are alike."""
    first, second = tables_of()
    first.metadata.create_all(connection)
    connection.execute(sa.insert(second), [{"id": 1, "word": "same"}, {"id": 2, "word": "same"}])
    connection.commit()


@pytest.mark.usefixtures("two_rows")
def test_defaults_keys_and_uniqueness_come_with_new_columns(connection):
    tables = tables_of(
        sa.Column("said", sa.String(20), nullable=False, server_default="100% it's"),
        sa.Column("by", sa.Integer, nullable=False, server_default=sa.text("7")),
        sa.Column("a_id", sa.ForeignKey("talentpool_a.id", name="talentpool_b_a_fk", ondelete="CASCADE")),
        sa.Column("token", sa.String(20)),
        sa.UniqueConstraint("token", name="talentpool_b_token_uq"),
        sa.Index("talentpool_b_word_ix", "word", "token"),
    )

    lock(connection)
    found = look(connection, tables)
    add(connection, found)
    connection.commit()

    assert look(connection, tables).additions == []
    rows = connection.execute(sa.select(tables[1]).order_by("id")).all()
    assert rows == [(1, "same", "100% it's", 7, None, None), (2, "same", "100% it's", 7, None, None)]
    connection.execute(sa.insert(tables[0]).values(id=5))
    connection.execute(sa.update(tables[1]).where(tables[1].c.id == 1).values(a_id=5, token="t"))
    connection.commit()
    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.update(tables[1]).where(tables[1].c.id == 2).values(token="t"))
    connection.rollback()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    connection.execute(sa.delete(tables[0]))
    assert connection.execute(sa.select(tables[1].c.id)).scalars().all() == [2]
    # The tables can still be made whole elsewhere.
    assert "talentpool_b_token_uq" in str(sa.schema.CreateTable(tables[1]))
    assert "talentpool_b_a_fk" in str(sa.schema.CreateTable(tables[1]))


@pytest.mark.usefixtures("two_rows")
def test_rows_in_the_way_of_a_constraint_are_said_and_nothing_is_added(connection):
    tables = tables_of(
        sa.Column("more", sa.String(20)), sa.UniqueConstraint("word", name="talentpool_b_word_uq")
    )
    lock(connection)
    found = look(connection, tables)

    with pytest.raises(NotAdded, match=r"talentpool_b_word_uq could not be added \(\w+\)"):
        add(connection, found)
    connection.rollback()

    assert {column["name"] for column in sa.inspect(connection).get_columns("talentpool_b")} == {"id", "word"}
