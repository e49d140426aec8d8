"""What a database says of a row stands in no line of our log."""

import io
import logging

import pytest
import sqlalchemy as sa

import flask_talentpool.extension  # noqa: F401 (it is what puts the filter there)

SECRET = "Quillsworth"


@pytest.fixture
def written():
    logger = logging.getLogger("flask_talentpool")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


@pytest.fixture
def broken():
    """Raise what a database raises when it refuses a row that holds a name."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE people (name TEXT UNIQUE)"))
        connection.execute(sa.text("INSERT INTO people VALUES (:name)"), {"name": SECRET})
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError) as refused:
        connection.execute(sa.text("INSERT INTO people VALUES (:name)"), {"name": SECRET})
    assert SECRET in str(refused.value)
    engine.dispose()
    return refused.value


@pytest.mark.parametrize("wrap", [False, True])
def test_an_error_of_the_database_is_told_without_its_values(written, broken, wrap):
    try:
        try:
            raise broken
        except sa.exc.IntegrityError as error:
            if wrap:
                raise RuntimeError("could not be stored") from error
            raise
    except Exception:
        logging.getLogger("flask_talentpool").exception("row %s was refused", 7)

    assert "row 7 was refused" in written()
    assert "IntegrityError: IntegrityError\n[SQL: INSERT INTO people VALUES (?)]" in written()
    assert "in test_an_error_of_the_database_is_told_without_its_values" in written()
    assert SECRET not in written()


def test_another_error_is_told_as_it_is(written):
    try:
        {}["stage"]
    except KeyError:
        logging.getLogger("flask_talentpool").exception("the map")

    assert "KeyError: 'stage'" in written()
