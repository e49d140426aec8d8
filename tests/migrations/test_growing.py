"""Growing the schema: a populated database of each version that is kept, taken to this one.

A part that adds a column has nothing to do here but to name it in the CHANGELOG under Schema.
"""

import html
import json
import os
import re

import pytest
import sqlalchemy as sa

from tests.migrations import freeze, vocabulary
from tests.migrations.frozen import Frozen, Shape, all_frozen, breaches, kept
from tests.migrations.frozen_host import MORE, Candidate, db, grow, make_app
from tests.support import forked
from tests.support.apps import dispose_engines
from tests.support.cli import cli_runner
from tests.support.effort import IS_THOROUGH

pytest.importorskip("flask_migrate")

LATER = [
    {"table": "talentpool_letters", "column": "read_twice_by"},
    {"table": "talentpool_letters", "column": "weight", "type": "number", "not_null": "yes", "default": "3"},
    {"table": "talentpool_pools", "column": "is_shown", "type": "flag", "not_null": "yes", "default": "1"},
    {"table": "talentpool_people", "column": "nickname", "index": "talentpool_people_nickname_ix"},
    {"table": "talentpool_recalls", "column": "live_again_for", "unique": "talentpool_recalls_again_uq"},
    {"table": "talentpool_touches", "column": "recall_id", "refers_to": "talentpool_recalls"},
]
"""What a later version may have: all that DESIGN's growing allows."""
NO_DEFAULT = [{"table": "talentpool_letters", "column": "weight", "type": "number", "not_null": "yes"}]


@pytest.fixture(params=all_frozen(), ids=lambda frozen: frozen.name)
def frozen(request):
    return request.param


class Old:
    """A host with a populated database of an earlier version, driven by its command line."""

    def __init__(self, folder, url, frozen):
        folder.mkdir()
        self.folder, self.url, self.frozen = folder, url, frozen
        frozen.put_into(url)

    def flask(self, *arguments, later=(), fails=False, **environment):
        result = forked.flask(
            "--app", "tests.migrations.frozen_host:create_app", *arguments,
            folder=self.folder,
            environment={**os.environ, "HOST_DATABASE": self.url, MORE: json.dumps(later), **environment},
        )  # fmt: skip
        assert (result.code != 0) is fails, result.all
        return result

    def inspect(self, work):
        """Return what ``work`` reads on a connection to the database."""
        engine = sa.create_engine(self.url)
        try:
            with engine.connect() as connection:
                return work(connection)
        finally:
            engine.dispose()

    def lost(self):
        return self.inspect(lambda connection: kept(connection, self.frozen.rows()))


@pytest.fixture
def old(frozen, tmp_path, database_url):
    return Old(tmp_path / "host", database_url, frozen)


def by_migration(old, later=()):
    """Take the database to this version as `flask db` does; a second autogenerate finds nothing."""
    old.flask("db", "init")
    old.flask("db", "migrate", "-m", "talent pool", later=later)
    old.flask("db", "upgrade", later=later)
    assert "No new upgrade operations detected" in checked_by_migrations(old, later)


def by_command(old, later=()):
    """Take the database to this version as a host without migrations does."""
    old.flask("talentpool", "upgrade-tables", later=later, HOST_WITHOUT_MIGRATIONS="1")
    again = old.flask("talentpool", "upgrade-tables", later=later, HOST_WITHOUT_MIGRATIONS="1").out
    assert again == "Nothing is missing: the tables are as this version has them.\n"


ROADS = pytest.mark.parametrize("upgrade", [by_migration, by_command])


@ROADS
def test_a_populated_database_comes_through_an_upgrade(old, upgrade, dispose_of):
    upgrade(old)

    assert old.lost() == []
    app = dispose_of(make_app(old.url))
    pages_answer(app, old.frozen.rows())
    commands_find_nothing_missing(app)


@ROADS
def test_what_a_later_version_may_add_is_added_to_rows_that_are_there(old, upgrade):
    upgrade(old, later=LATER)

    assert old.lost() == []
    said = "SELECT DISTINCT weight, read_twice_by FROM talentpool_letters"
    assert old.inspect(lambda connection: connection.execute(sa.text(said)).all()) == [(3, None)]
    shape = old.inspect(Shape.of).tables
    assert "talentpool_people_nickname_ix" in shape["talentpool_people"]["index"]
    again = shape["talentpool_recalls"]
    assert "talentpool_recalls_again_uq" in {**again["unique"], **again["index"]}
    assert old.inspect(deletion_rule) == "SET NULL"
    if old.url.startswith("postgresql"):
        # On SQLite, which can add no constraint, Alembic would see an index for one and a key without a name.
        assert "No new upgrade operations detected" in checked_by_migrations(old, LATER)


def deletion_rule(connection):
    """Return what happens to `recall_id` of touches when the recall goes, as the database says it."""
    if connection.dialect.name == "sqlite":
        keys = connection.exec_driver_sql("PRAGMA foreign_key_list(talentpool_touches)").mappings()
        return next(key["on_delete"] for key in keys if key["from"] == "recall_id")
    keys = sa.inspect(connection).get_foreign_keys("talentpool_touches")
    return next(key["options"]["ondelete"] for key in keys if key["constrained_columns"] == ["recall_id"])


def checked_by_migrations(old, later):
    """Return what `flask db check` says of the database, whether it came this far by migrations or not."""
    if not (old.folder / "migrations").exists():
        old.flask("db", "init")
    return old.flask("db", "check", later=later).all


def test_a_column_that_rows_cannot_get_breaks_the_upgrade(old):
    """What the guard below keeps from hosts."""
    old.flask("db", "init")
    old.flask("db", "migrate", "-m", "talent pool", later=NO_DEFAULT)

    said = old.flask("db", "upgrade", later=NO_DEFAULT, fails=True).all
    refused = old.flask("talentpool", "upgrade-tables", "--force", later=NO_DEFAULT, fails=True).err

    assert re.search("null", said, re.IGNORECASE)
    assert "talentpool_letters.weight must have a value in every row" in refused
    assert "ALTER TABLE talentpool_letters ADD COLUMN weight INTEGER NOT NULL DEFAULT" in refused
    assert old.lost() == []


def pages_answer(app, rows):
    client = app.test_client()
    recruiter = next(user["id"] for user in rows["user"] if user["role"] == "recruiter")
    assert client.get(f"/sign-in/{recruiter}").status_code == 200
    pool, *_ = rows["talentpool_pools"]
    of = {
        "": [""],
        "letters": [""],
        "unanswered": [""],
        "incoming": ["", *(f"/{row['id']}" for row in rows["talentpool_incoming"])],
        "bulks": ["", *(f"/{row['id']}" for row in rows["talentpool_bulks"])],
        "texts": [""],
        "pools": ["", f"/{pool['key']}"],
        "people": [f"/{row['id']}" for row in rows["talentpool_people"]],
        "decisions": [f"/{row['id']}" for row in rows["talentpool_decisions"]],
    }
    urls = [f"/talent-pool/{part}{end}" for part, ends in of.items() for end in ends]
    urls += [f"/talent-pool/letters/{row['id']}" for row in rows["talentpool_letters"]]
    tabs = re.findall(r'href="(/talent-pool/letters\?state=[^"]+)"', client.get("/talent-pool/letters").text)
    assert tabs
    urls += [html.unescape(tab) for tab in tabs]
    failed = {url: code for url in urls if (code := client.get(url).status_code) != 200}
    assert failed == {}


def commands_find_nothing_missing(app):
    def run(*arguments):
        result = cli_runner(app).invoke(args=["talentpool", *arguments, "--json"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, json.loads(result.stdout)

    _, checked = run("check")
    assert (checked["tables_missing"], checked["columns_missing"], checked["to_settle"]) == ([], [], [])
    _, examined = run("doctor")
    assert {one["what"]: one["verdict"] for one in examined["found"]}["tables"] == "ok"
    code, synced = run("sync")
    assert (code, synced["failed"], synced["taken_back"], synced["gone"]) == (0, 0, 0, 0)


# What a schema may not do


@pytest.fixture
def shapes(frozen, database_url):
    """Return how the tables of an earlier version look beside given tables, in the same kind of database."""
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        frozen.make_tables(connection)
        old = Shape.of(connection)
        for table in reversed(tables_there(connection)):
            table.drop(connection)

    def beside(metadata):
        with engine.begin() as connection:
            metadata.create_all(connection)
            return old, Shape.of(connection)

    yield beside
    engine.dispose()


def tables_there(connection):
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata.sorted_tables


@pytest.fixture
def today():
    """A copy of this version's tables, to be changed."""
    app = make_app("sqlite://")
    copy = sa.MetaData()
    for table in db.metadata.sorted_tables:
        table.to_metadata(copy)
    yield copy
    dispose_engines(app)


def test_this_version_keeps_what_earlier_ones_promised(shapes, today):
    assert breaches(*shapes(today)) == []


def test_what_may_be_added_is_no_breach(shapes, today):
    grow(today, LATER)
    sa.Table(
        "talentpool_more",
        today,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Text, nullable=False),
    )

    assert breaches(*shapes(today)) == []


def letters(metadata):
    return metadata.tables["talentpool_letters"]


def drop_column(metadata):
    letters(metadata)._columns.remove(letters(metadata).c.subject)


def drop_table(metadata):
    metadata.remove(metadata.tables["talentpool_suppressions"])


def drop_index(metadata):
    letters(metadata).indexes -= {
        index for index in letters(metadata).indexes if index.name.endswith("queue_ix")
    }


def drop_constraint(metadata):
    letters(metadata).constraints -= {
        one for one in letters(metadata).constraints if str(one.name).endswith("_uq")
    }


def rename_constraint(metadata):
    (one,) = (one for one in letters(metadata).constraints if str(one.name).endswith("_uq"))
    one.name = "talentpool_letters_kind_uq"


def shorten(metadata):
    letters(metadata).c.subject.type = sa.String(100)


def allow_null(metadata):
    letters(metadata).c.subject.nullable = True


def ask_for_a_value(metadata):
    grow(metadata, NO_DEFAULT)


def make_old_columns_unique(metadata):
    letters(metadata).append_constraint(
        sa.UniqueConstraint("decision_id", "kind", name="talentpool_letters_new_uq")
    )


def index_old_columns_as_unique(metadata):
    sa.Index("talentpool_letters_new_ux", letters(metadata).c.message_id, unique=True)


def make_a_filled_column_unique(metadata):
    more = {
        "table": "talentpool_letters",
        "column": "turn",
        "default": "first",
        "unique": "talentpool_letters_turn_uq",
    }
    grow(metadata, [more])


def refer_from_an_old_column(metadata):
    key = sa.ForeignKeyConstraint(["scope"], ["talentpool_marks.key"], name="talentpool_letters_scope_fk")
    letters(metadata).append_constraint(key)


def check_old_rows(metadata):
    letters(metadata).append_constraint(sa.CheckConstraint("tries < 9", name="talentpool_letters_tries_ck"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop_column, "the column subject is gone"),
        (drop_table, "talentpool_suppressions is gone"),
        (drop_index, "the index talentpool_letters_queue_ix is gone"),
        (drop_constraint, "the unique talentpool_letters_occasion_uq is gone"),
        (rename_constraint, "the unique talentpool_letters_occasion_uq is gone"),
        (shorten, "type of the column subject was 'VARCHAR(400)' and is 'VARCHAR(100)'"),
        (allow_null, "nullable of the column subject was False and is True"),
        (ask_for_a_value, "the new column weight is NOT NULL and has no server default"),
        (make_old_columns_unique, "makes (decision_id, kind) unique"),
        (index_old_columns_as_unique, "makes (message_id) unique"),
        (make_a_filled_column_unique, "makes (turn) unique"),
        (refer_from_an_old_column, "the foreign key talentpool_letters_scope_fk is of columns that rows have values in"),
        (check_old_rows, "the check talentpool_letters_tries_ck is new"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_the_guard_sees_what_a_host_would_suffer_from(shapes, today, change, says):
    change(today)

    assert any(says in breach for breach in breaches(*shapes(today)))


# Words


def test_no_word_of_an_earlier_version_is_gone(frozen):
    assert vocabulary.gone(frozen.words(), make_app("sqlite://")) == []


@pytest.mark.parametrize(
    ("where", "word", "says"),
    [
        ("enums.letters.state", "lost", "letters.state holds 'lost', which LetterState no longer has"),
        ("enums.links.purpose", "pause", "links.purpose holds 'pause', which Purpose no longer has"),
        ("words.audit.action", "wave_through", "audit.action: 'wave_through' is gone"),
        ("words.marks.key", "high tide", "marks.key: 'high tide' is gone"),
        ("occasions", "anniversary:", "no letter is written for 'anniversary:'"),
        ("texts", "en/no_such_text", "texts: 'en/no_such_text' is gone"),
        ("signals", "waved waved", "signals: 'waved waved' is gone"),
        ("commands", "wave --twice", "commands: 'wave --twice' is gone"),
        ("host_map", "shoe_size", "host_map: 'shoe_size' is gone"),
    ],
)
def test_a_word_that_went_is_found(frozen, where, word, says):
    words = frozen.words()
    kind, _, column = where.partition(".")
    (words[kind][column] if column else words[kind]).append(word)

    assert any(says in one for one in vocabulary.gone(words, make_app("sqlite://")))


def test_an_endpoint_with_other_arguments_and_a_renamed_task_are_found(frozen):
    words = frozen.words()
    words["endpoints"]["talentpool.link"] = ["key"]
    words["celery_task"] = "flask_talentpool.tock"

    said = vocabulary.gone(words, make_app("sqlite://"))

    assert [one.partition(" ")[0] for one in said] == ["endpoints:", "the"]


# What is kept


def test_every_table_and_every_stored_word_is_in_what_is_kept(frozen):
    rows, words = frozen.rows(), frozen.words()
    there = {
        f"{table.removeprefix('talentpool_')}.{column}": {row[column] for row in of_table}
        for table, of_table in rows.items()
        for column in of_table[0]
    }

    assert [table for table, of_table in rows.items() if not of_table] == []
    for column, known in {**words["enums"], **words["words"]}.items():
        assert set(known) <= there[column], column
    for prefix in words["occasions"]:
        assert any(occasion.startswith(prefix) for occasion in there["letters.occasion"]), prefix


@pytest.mark.skipif(not IS_THOROUGH, reason="filling a world takes 10 s; only `make stress` does")
def test_this_version_could_be_frozen_today(tmp_path, sqlite_url):
    freeze.main("today", all_frozen()[-1].name, into=tmp_path)
    made = Frozen(tmp_path / "schema_today")

    made.put_into(sqlite_url)

    assert vocabulary.gone(made.words(), make_app("sqlite://")) == []


def test_the_host_of_the_rows_is_the_one_of_the_tables(frozen):
    assert set(frozen.rows()["candidate"][0]) == set(Candidate.__table__.c.keys())
