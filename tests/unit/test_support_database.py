"""The databases of the tests are fresh, real and shared by several connections."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy_lite import SQLAlchemy as SQLAlchemyLite
from sqlalchemy import create_engine, text

from tests.support.apps import serving
from tests.support.measuring import at_once, statements

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database_that_connections_share(database_url, turn):
    first, second = create_engine(database_url), create_engine(database_url)
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO thing VALUES (1)"))
    with second.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM thing")).scalar_one() == 1
    first.dispose()
    second.dispose()


def test_text_is_unicode_on_postgresql(postgres_url):
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(
            text("SELECT upper('žluťoučký') || current_setting('TimeZone')")
        ).scalar_one() == ("ŽLUŤOUČKÝUTC")
    engine.dispose()


@pytest.mark.parametrize("kind", ["classic", "lite"])
def test_an_app_is_served_and_its_connections_are_closed(database_url, dispose_of, kind):
    import urllib.request

    app = dispose_of(Flask(__name__))
    if kind == "classic":
        app.config["SQLALCHEMY_DATABASE_URI"] = database_url
        db = SQLAlchemy(app)
    else:
        app.config["SQLALCHEMY_ENGINES"] = {"default": database_url}
        db = SQLAlchemyLite(app)

    @app.get("/")
    def answer():
        return str(db.session.scalar(text("SELECT 7")))

    with serving(app) as address, urllib.request.urlopen(address) as response:
        assert response.read() == b"7"


def test_statements_are_counted_and_presses_come_at_once(sqlite_url):
    engine = create_engine(sqlite_url)

    def press(number):
        if number == 3:
            raise KeyError(number)
        with engine.connect() as connection:
            return connection.execute(text("SELECT 1")).scalar_one()

    with statements(engine) as seen:
        came_to = at_once(4, press)
    engine.dispose()
    assert seen == ["SELECT 1"] * 3
    assert came_to[:3] == [1, 1, 1]
    assert isinstance(came_to[3], KeyError)
