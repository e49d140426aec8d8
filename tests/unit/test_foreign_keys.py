"""What the database has to look up when a row of the host's goes is indexed, whatever the host's keys are."""

import pytest
import sqlalchemy as sa

from tests.hosts import registry

SHAPES = registry.all_shapes()
NAMES = ("own_model", "same_row", "no_job_model", "uuid_keys", "joined_subclass")


@pytest.fixture(params=NAMES)
def tables(request):
    """Our tables in one miniature host."""
    host = SHAPES[request.param]()
    app = host.create_app("sqlite://")
    models = app.extensions["talentpool_state"].models
    yield [getattr(models, name).__table__ for name in models.__slots__]
    host.close()


def indexed(table):
    unique = (sa.UniqueConstraint, sa.PrimaryKeyConstraint)
    lists = [list(one.columns) for one in table.indexes]
    lists += [list(one.columns) for one in table.constraints if isinstance(one, unique)]
    return {columns[0].name for columns in lists if columns}


def test_every_foreign_key_leads_an_index(tables):
    lacking = [
        f"{table.name}.{key.parent.name}"
        for table in tables
        for key in table.foreign_keys
        if key.parent.name not in indexed(table)
    ]

    assert lacking == []


def test_what_the_hook_looks_for_when_a_row_goes_leads_an_index(tables):
    by_name = {table.name: indexed(table) for table in tables}

    assert "application_key" in by_name["talentpool_decisions"]
    assert "job_key" in by_name["talentpool_decisions"]
    assert "job_key" in by_name["talentpool_recalls"]
    assert "candidate_key" in by_name["talentpool_candidate_links"]


def test_the_names_of_indexes_fit_into_every_database(tables):
    names = [str(index.name) for table in tables for index in table.indexes]

    assert len(set(names)) == len(names)
    assert all(name.startswith("talentpool_") and len(name) <= 63 for name in names)
