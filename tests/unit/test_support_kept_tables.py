"""Tests that share tables must not be able to tell."""

import psycopg
import pytest
import sqlalchemy as sa

from tests.support.databases import create_tables


def _metadata(*more):
    metadata = sa.MetaData()
    sa.Table(
        "job", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(80))
    )
    sa.Table(
        "application",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job_id", sa.ForeignKey("job.id"), index=True),
        *more,
    )
    return metadata


@pytest.fixture
def lent(postgres_server):
    """Call it for a database as one test after the other gets it; it is taken back at the next call."""
    # A new one: others may have left tables in those that are lent.
    name = postgres_server.create_database()
    engines = []

    def connect():
        if engines:
            engines.pop().dispose()
            postgres_server.take_back(name)
            postgres_server.spare.remove(name)
        engines.append(sa.create_engine(postgres_server.url(name)))
        return engines[0]

    yield connect
    engines.pop().dispose()
    postgres_server.drop_database(name)


def _schemas(engine):
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kept%'"))
        return list(found)


def _fill(engine, metadata):
    job, application = metadata.tables["job"], metadata.tables["application"]
    with engine.begin() as connection:
        first = connection.scalar(sa.insert(job).values(title="One").returning(job.c.id))
        connection.execute(sa.insert(application).values(job_id=first))
    return first


@pytest.mark.parametrize("rows", [0, 5_000])
def test_tables_left_by_one_test_are_empty_for_the_next_and_count_from_one(lent, rows):
    engine, metadata = lent(), _metadata()
    create_tables(engine, metadata)
    assert _fill(engine, metadata) == 1
    with engine.begin() as connection:
        if rows:
            connection.execute(sa.insert(metadata.tables["job"]), [{"title": "x" * 80}] * rows)

    engine = lent()
    assert sa.inspect(engine).get_table_names() == []
    assert len(_schemas(engine)) == 1
    create_tables(engine, _metadata())
    assert _schemas(engine) == []
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM job")) == 0
    assert _fill(engine, metadata) == 1


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE job ADD COLUMN pay integer",
        "ALTER TABLE job ALTER COLUMN title TYPE varchar(90)",
        "CREATE INDEX later ON job (title)",
        "DROP TABLE application",
        "CREATE TABLE more (id integer)",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE application DROP CONSTRAINT application_job_id_fkey",
        "GRANT SELECT ON job TO public",
    ],
)
def test_tables_that_a_test_changed_are_not_kept(lent, change):
    engine = lent()
    create_tables(engine, _metadata())
    with engine.begin() as connection:
        connection.execute(sa.text(change))

    assert _schemas(lent()) == []


def test_tables_of_another_shape_are_made_anew(lent):
    engine = lent()
    create_tables(engine, _metadata())
    engine = lent()
    create_tables(engine, _metadata(sa.Column("status", sa.String(20))))

    columns = [column["name"] for column in sa.inspect(engine).get_columns("application")]
    assert columns == ["id", "job_id", "status"]


def test_a_database_that_nobody_made_tables_in_keeps_none(lent, postgres_server):
    engine = lent()
    with psycopg.connect(postgres_server.conninfo(engine.url.database), autocommit=True) as connection:
        connection.execute("CREATE TABLE job (id integer)")
    engine = lent()
    assert _schemas(engine) == []
    assert sa.inspect(engine).get_table_names() == []
