"""Freeze the schema as it is now: `python -m tests.migrations.freeze 0_2 7cf5818`, once for a version.

The second name is that of the version before, whose words this one still has. It fills the world of the promise tests
through the services, adds one row for every stored word that is not in it, and writes the tables' DDL for each
database, the rows, and the words. What is written is never changed; the tests take each version that is there
through an upgrade.
"""

import itertools
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from tests.migrations import vocabulary
from tests.migrations.frozen import HERE, PREFIX, Frozen, to_json
from tests.migrations.frozen_host import FROZEN_AT, db, make_app
from tests.promises.filled import fill
from tests.promises.world import World
from tests.support.smtp import SmtpServer

_LEFT_OUT = "south"
"""One of the two scopes of that world is enough to read."""
_SHORT = "<p>The same letter as HTML.</p>"

HEAD = """\
-- The tables of a small host and of the talent pool as version {name} made them on {dialect}.
-- Written once by `python -m tests.migrations.freeze` from SQLAlchemy's CREATE TABLE and CREATE INDEX.
-- It never changes: hosts have databases like this one. A later version adds a folder of its own beside this.
"""
ABOUT = (
    "Rows of every table of version {name}, written once by `python -m tests.migrations.freeze`: what the "
    "services wrote, then one row for each stored word that was not among it. It never changes. Moments are UTC."
)
ABOUT_WORDS = (
    "Words of version {name} that stand in hosts' databases, letters and code. A promise: later versions may add to "
    "them, and take none away. It never changes."
)

Rows = dict[str, list[dict[str, Any]]]


def main(name: str, before: str, *, into: Path = HERE) -> None:
    folder = into / f"schema_{name}"
    words = _words(name, Frozen(HERE / f"schema_{before}").words())
    rows = _rows()
    _every_word(rows, words)
    folder.mkdir()
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        script = HEAD.format(name=name, dialect=dialect.name) + _ddl(dialect)
        (folder / f"{dialect.name}.sql").write_text(script, encoding="utf-8")
    tables = ",\n".join(
        f"    {json.dumps(table)}: [\n"
        + ",\n".join(f"      {json.dumps(row, ensure_ascii=False)}" for row in of_table)
        + "\n    ]"
        for table, of_table in rows.items()
    )
    about = json.dumps(ABOUT.format(name=name))
    (folder / "rows.json").write_text(
        f'{{\n  "about": {about},\n  "tables": {{\n{tables}\n  }}\n}}\n', "utf-8"
    )
    text = json.dumps(words, ensure_ascii=False, indent=2)
    (folder / "words.json").write_text(text + "\n", encoding="utf-8")


def _ddl(dialect: sa.Dialect) -> str:
    make_app("sqlite://")
    statements = []
    for table in db.metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)).strip() for index in indexes]
    script = "".join(f"\n{statement};\n" for statement in statements)
    return "\n".join(line.rstrip() for line in script.split("\n"))


def _rows() -> Rows:
    """Return what the services write, one scope of it, each table after those it refers to."""
    with tempfile.TemporaryDirectory() as folder, SmtpServer() as server:
        world = World(f"sqlite:///{folder}/host.db", start=FROZEN_AT)
        with world.app.app_context():
            world.create_tables()
            world.tp.sync()
            fill(world, server)
            with world.db.engine.connect() as connection:
                found = _of_one_scope(connection, world.db.metadata)
        world.close()
    seen = set()
    for letter in found[f"{PREFIX}letters"]:
        if letter["kind"] in seen:
            letter["html"] = _SHORT
        seen.add(letter["kind"])
    return found


def _of_one_scope(connection: sa.Connection, metadata: sa.MetaData) -> Rows:
    plain = sa.MetaData()
    plain.reflect(connection)
    found: Rows = {}
    there: dict[str, set[Any]] = {}
    for table in metadata.sorted_tables:
        columns = plain.tables[table.name].c
        found[table.name] = [
            {name: to_json(value) for name, value in row.items()}
            for row in connection.execute(sa.select(*columns)).mappings()
            if row.get("scope") != _LEFT_OUT
            and all(
                row[key.parent.name] in {None, *there[key.column.table.name]} for key in table.foreign_keys
            )
        ]
        (key,) = table.primary_key.columns
        there[table.name] = {row[key.name] for row in found[table.name]}
    return found


# The words


def _words(name: str, known: dict[str, Any]) -> dict[str, Any]:
    """Return the words of the version before and what today's has beside them."""
    enums = {
        column: sorted({*words, *(member.value for member in vocabulary.closest(words))})
        for column, words in known["enums"].items()
    }
    words = {**known["words"], "audit.action": sorted({*known["words"]["audit.action"], *vocabulary.acts()})}
    return {
        **known,
        "about": ABOUT_WORDS.format(name=name),
        "enums": enums,
        "words": words,
        **vocabulary.public(make_app("sqlite://")),
    }


def _every_word(rows: Rows, words: dict[str, Any]) -> None:
    """Add a row for each word that no row has."""
    number = itertools.count(1)
    for where, known in {**words["enums"], **words["words"]}.items():
        table, _, column = where.partition(".")
        of_table = rows[PREFIX + table]
        for word in sorted(set(known) - {row[column] for row in of_table}):
            of_table.append(_like(rows, table, {column: word}, next(number)))
    for prefix in words["occasions"]:
        letters = rows[f"{PREFIX}letters"]
        if not any(letter["occasion"].startswith(prefix) for letter in letters):
            occasion = f"{prefix}User:3:2026-03-01" if prefix == "morning:" else f"{prefix}1"
            letters.append(
                _like(
                    rows,
                    "letters",
                    {"kind": "colleague", "state": "sent", "occasion": occasion},
                    next(number),
                )
            )


_NOBODYS = ("application_id", "candidate_id", "live_for", "quiet_for", "recall_id", "clock_id", "decision_id")
"""What a row made for its word alone leaves empty: it belongs to nothing of the host's that still lives."""


def _like(rows: Rows, table: str, given: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a row like the first of its table, with a key of its own."""
    of_table = rows[PREFIX + table]
    base = dict(of_table[0]) if of_table else _first(rows, table)
    for column in _NOBODYS:
        if column in base:
            base[column] = None
    base |= _unlike(rows, table, number)
    if "id" in base:
        base["id"] = max((row["id"] for row in of_table), default=0) + 1
    return base | given


def _first(rows: Rows, table: str) -> dict[str, Any]:
    """Return a row of a table in which the services of that world write none."""
    at = FROZEN_AT.replace(tzinfo=None).isoformat(sep=" ")
    person = rows[f"{PREFIX}people"][0]["id"]
    made = {
        "suppressions": {"id": 0, "scope": "north", "kind": "", "hash": "", "created_at": at},
        "consents": {
            "id": 0, "scope": "north", "wording": "Keep me in mind.", "version": "package 1", "language": "en",
            "channel": "", "given_at": at, "until": "2027-03-02 09:00:00", "withdrawn_at": None,
            "person_id": person, "member_id": None,
        },
    }  # fmt: skip
    return made[table]


def _unlike(rows: Rows, table: str, number: int) -> dict[str, Any]:
    """Return the columns in which rows of a table must differ."""
    people = [row["id"] for row in rows[f"{PREFIX}people"]]
    if table == "members":
        placed = {row["person_id"] for row in rows[f"{PREFIX}members"]}
        return {"person_id": next(one for one in people if one not in placed)}
    return {
        "decisions": {"application_key": f"old-{number}"},
        "clocks": {"application_key": f"old-{number}"},
        "letters": {
            "occasion": f"old:{number}",
            "message_id": f"<old-{number}@host.test>",
            "kind": "outcome",
            "state": "cancelled",
            "text": "An old letter.",
            "html": _SHORT,
        },
        "suppressions": {"hash": f"{number:064x}"},
        "links": {"token_hash": f"{number:064x}"},
        "incoming": {"fingerprint": f"{number:064x}", "message_id": f"<in-{number}@mail.test>"},
        "bulks": {"token": f"token-{number}", "state": "done"},
        "bulk_items": {"application_key": f"old-{number}", "letter_id": None},
        "recalls": {"state": "closed"},
    }.get(table, {})


if __name__ == "__main__":
    main(*sys.argv[1:])
