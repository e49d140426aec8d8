"""Databases as earlier versions left them: their tables, their rows and the words in them.

Each folder `schema_…` is one version, written once by `python -m tests.migrations.freeze` and never changed. What is
read here is what stands there: no table, type or word comes from the code as it is today.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

PREFIX = "talentpool_"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Frozen:
    """One version's database."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name.removeprefix("schema_")

    def words(self) -> dict[str, Any]:
        """Return the stored words and public names of that version."""
        return json.loads((self.folder / "words.json").read_text(encoding="utf-8"))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each table, each table after those it refers to."""
        return json.loads((self.folder / "rows.json").read_text(encoding="utf-8"))["tables"]

    def make_tables(self, connection: sa.Connection) -> None:
        """Make that version's tables in an empty database."""
        script = (self.folder / f"{connection.dialect.name}.sql").read_text(encoding="utf-8")
        for statement in script.split(";\n"):
            text = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
            if text:
                connection.exec_driver_sql(text)

    def fill(self, connection: sa.Connection) -> None:
        """Insert that version's rows."""
        tables = reflected(connection)
        for name, rows in self.rows().items():
            table = tables[name]
            connection.execute(sa.insert(table), [_from_json(table, row) for row in rows])
            if connection.dialect.name == "postgresql" and "id" in table.c:
                # Ids were given, so the sequence does not know of them.
                sequence = sa.func.pg_get_serial_sequence(f'"{name}"', "id")
                newest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(sequence, newest)))

    def put_into(self, url: str) -> None:
        """Make a populated database of that version."""
        engine = sa.create_engine(url)
        try:
            with engine.begin() as connection:
                self.make_tables(connection)
                self.fill(connection)
        finally:
            engine.dispose()


def all_frozen() -> list[Frozen]:
    """Return every version that is kept, the oldest first."""
    return [Frozen(folder) for folder in sorted(HERE.glob("schema_*")) if folder.is_dir()]


def reflected(connection: sa.Connection) -> dict[str, sa.Table]:
    """Return the tables of a database as it describes them itself."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return dict(metadata.tables)


def kept(connection: sa.Connection, rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return which frozen rows are not in a database as they were, each as a sentence."""
    tables, lost = reflected(connection), []
    for name, wanted in rows.items():
        table = tables[name]
        (key,) = table.primary_key.columns
        columns = [table.c[column] for column in wanted[0]]
        there = {row[key.name]: row for row in connection.execute(sa.select(*columns)).mappings()}
        for row in wanted:
            found = there.get(row[key.name])
            if found is None:
                lost.append(f"{name} {row[key.name]} is gone")
            else:
                lost += [
                    f"{name} {row[key.name]}.{column} was {value!r} and is {to_json(found[column])!r}"
                    for column, value in row.items()
                    if to_json(found[column]) != value
                ]
    return lost


def to_json(value: Any) -> Any:
    """Return a value as it is kept: moments as text in UTC, whatever the database says of zones."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return value


def _from_json(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (
            datetime.fromisoformat(
                f"{value}+00:00" if getattr(table.c[name].type, "timezone", False) else value
            )
            if isinstance(value, str) and isinstance(table.c[name].type, sa.DateTime)
            else value
        )
        for name, value in row.items()
    }


# The shape of tables, as a database describes them


@dataclass(frozen=True, slots=True)
class Shape:
    """What a database says of our tables: for each its columns, constraints and indexes."""

    tables: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def of(cls, connection: sa.Connection) -> "Shape":
        inspector = sa.inspect(connection)
        names = [name for name in inspector.get_table_names() if name.startswith(PREFIX)]
        return cls({name: _parts(inspector, name) for name in names})


def _parts(inspector: sa.Inspector, table: str) -> dict[str, dict[str, Any]]:
    key = inspector.get_pk_constraint(table)
    return {
        "column": {
            column["name"]: {
                "type": str(column["type"]),
                "nullable": column["nullable"],
                "default": column["default"],
            }
            for column in inspector.get_columns(table)
        },
        "primary key": {str(key["name"]): {"columns": key["constrained_columns"]}},
        "unique": {
            str(one["name"]): {"columns": one["column_names"]}
            for one in inspector.get_unique_constraints(table)
        },
        "index": {
            str(one["name"]): {"columns": one["column_names"], "unique": bool(one["unique"])}
            for one in inspector.get_indexes(table)
            if not one.get("duplicates_constraint")
        },
        "foreign key": {
            str(one["name"]): {
                "columns": one["constrained_columns"],
                "to": f"{one['referred_table']}({', '.join(one['referred_columns'])})",
                "options": one["options"],
            }
            for one in inspector.get_foreign_keys(table)
        },
        "check": {
            str(one["name"]): {"says": one["sqltext"]} for one in inspector.get_check_constraints(table)
        },
    }


def breaches(old: Shape, new: Shape) -> list[str]:
    """Return where a schema breaks what an earlier one promised to hosts, each as a sentence."""
    found = []
    for name, parts in old.tables.items():
        if name not in new.tables:
            found.append(f"{name} is gone")
            continue
        for kind, before in parts.items():
            found += _changed(name, kind, before, new.tables[name][kind])
        found += _too_much(name, parts, new.tables[name])
    return found


def _changed(table: str, kind: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for name, one in before.items():
        if name not in now:
            yield f"{table}: the {kind} {name} is gone"
        else:
            for what, value in one.items():
                if now[name][what] != value:
                    yield f"{table}: {what} of the {kind} {name} was {value!r} and is {now[name][what]!r}"


def _too_much(table: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what is new and cannot be added to a table with rows."""
    added = {name: one for name, one in new["column"].items() if name not in old["column"]}
    for name, one in added.items():
        if not one["nullable"] and one["default"] is None:
            yield f"{table}: the new column {name} is NOT NULL and has no server default, so rows that are there get no value"
    # Rows that are there have NULL in it, and NULLs are never alike.
    free = {name for name, one in added.items() if one["nullable"] and one["default"] is None}
    for kind in ("unique", "index"):
        for name, one in new[kind].items():
            if name not in old[kind] and one.get("unique", True) and not free & set(one["columns"]):
                columns = ", ".join(one["columns"])
                yield f"{table}: {name} makes ({columns}) unique, and rows that are there need not be; take a new nullable column"
    for name, one in new["foreign key"].items():
        if name not in old["foreign key"] and not free & set(one["columns"]):
            yield f"{table}: the foreign key {name} is of columns that rows have values in already"
    for name in new["check"]:
        if name not in old["check"]:
            yield f"{table}: the check {name} is new, and rows that are there need not pass it"
