"""What a database lacks of our tables, and adding it: for hosts that only ever call ``create_all``.

It only adds. Nothing is dropped or altered, and no table is looked at that is not given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from flask_talentpool.db.locks import begin
from flask_talentpool.errors import TalentPoolError

VERSION_TABLE = "alembic_version"
"""What Alembic leaves in a database whose tables come from migrations."""

_LOCK = 0x7A1E_4700
"""Of PostgreSQL's advisory locks: two upgrades at once go one after the other."""


class NotAdded(TalentPoolError):
    """Something could not be added to the talent pool's tables. Mend what is in its way, then run the command again."""


class Kind(StrEnum):
    """What is missing."""

    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing that is not there, and the statement that adds it."""

    kind: Kind
    name: str
    """As a person reads it, such as ``talentpool_letters.reply_to``."""
    statement: ExecutableDDLElement

    def sql(self, dialect: sa.Dialect) -> str:
        """Return the statement as text, on one line."""
        return " ".join(str(self.statement.compile(dialect=dialect)).split())


@dataclass(slots=True)
class Missing:
    """What is not there, in the order in which it can be added, and what is in its way."""

    additions: list[Addition] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    """What cannot be added, each a sentence with its remedy. With one of them, nothing is added."""
    has_migrations: bool = False
    """Whether the database says that its tables come from migrations."""

    def named(self, kind: Kind) -> list[str]:
        """Return the names of what is missing of one kind."""
        return [one.name for one in self.additions if one.kind is kind]


class AddColumn(ExecutableDDLElement):
    """``ALTER TABLE … ADD COLUMN``."""

    inherit_cache = False

    def __init__(self, column: sa.Column[Any]) -> None:
        self.column = column


class AddTo(ExecutableDDLElement):
    """``ALTER TABLE … ADD CONSTRAINT``.

    SQLAlchemy's own takes the constraint out of every later ``CREATE TABLE`` of the same MetaData.
    """

    inherit_cache = False

    def __init__(self, constraint: sa.Constraint) -> None:
        self.constraint = constraint


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: Any, **_: Any) -> str:
    column, preparer = element.column, compiler.preparer
    text = f"ALTER TABLE {preparer.format_table(column.table)} ADD COLUMN {compiler.get_column_specification(column)}"
    if compiler.dialect.name == "sqlite":
        # It has no ADD CONSTRAINT: what refers to another table says so where the column is added.
        for key in column.foreign_keys:
            constraint = key.constraint
            target = compiler.define_constraint_remote_table(constraint, key.column.table, preparer)
            text += f" CONSTRAINT {preparer.format_constraint(constraint)} REFERENCES {target} ({preparer.quote(key.column.name)})"
            text += compiler.define_constraint_cascades(constraint)
    return text


@compiles(AddTo)
def _add_to(element: AddTo, compiler: Any, **_: Any) -> str:
    table = compiler.preparer.format_table(element.constraint.table)
    return f"ALTER TABLE {table} ADD {compiler.process(element.constraint)}"


def lock(connection: Connection) -> None:
    """Make whoever else upgrades these tables wait until the end of this transaction."""
    begin(connection)
    if connection.dialect.name == "postgresql":
        # A table that a long transaction reads would keep everybody waiting who comes after us.
        connection.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def look(connection: Connection, tables: Sequence[sa.Table]) -> Missing:
    """Compare tables with a database; writes nothing.

    Args:
        connection: To the database they are in.
        tables: Each after those it refers to.
    """
    found, inspector = Missing(), sa.inspect(connection)
    schemas = {None, *(table.schema for table in tables)}
    found.has_migrations = any(inspector.has_table(VERSION_TABLE, schema=schema) for schema in schemas)
    for table in tables:
        if inspector.has_table(table.name, schema=table.schema):
            _look_at(connection, inspector, table, found)
        else:
            found.additions.append(Addition(Kind.TABLE, table.fullname, CreateTable(table)))
            found.additions += map(_index, _sorted(table.indexes))
            found.obstacles += _without_target(inspector, table, tables)
    return found


def add(connection: Connection, found: Missing) -> None:
    """Run the statements, in the caller's transaction.

    Raises:
        NotAdded: There are obstacles, or rows are in the way of a constraint.
    """
    if found.obstacles:
        raise NotAdded("\n".join(found.obstacles))
    for one in found.additions:
        try:
            connection.execute(one.statement)
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy
        except DBAPIError as error:
            says = (
                f"The {one.kind} {one.name} could not be added ({type(error.orig).__name__}). Rows that are there may "
                f"be in its way. Nothing was changed. The statement was: {one.sql(connection.dialect)}"
            )
            raise NotAdded(says) from error


def _look_at(connection: Connection, inspector: sa.Inspector, table: sa.Table, found: Missing) -> None:
    """Compare the parts of a table that is there."""
    where: tuple[str, str | None] = (table.name, table.schema)
    there = {column["name"] for column in inspector.get_columns(*where)}
    new = [column for column in table.columns if column.name not in there]
    for column in new:
        addition = Addition(Kind.COLUMN, f"{table.fullname}.{column.name}", AddColumn(column))
        found.additions.append(addition)
        if not _has_value(column) and _has_rows(connection, table):
            found.obstacles.append(
                f"{addition.name} must have a value in every row, it has none by default, and the table has rows. Add "
                f"the column yourself with the value that is right for them, then run this again: "
                f"{addition.sql(connection.dialect)} DEFAULT …"
            )
    indexes = inspector.get_indexes(*where)
    unique: list[Any] = [one["column_names"] for one in inspector.get_unique_constraints(*where)]
    unique += [one["column_names"] for one in indexes if one["unique"]]
    for constraint in _sorted(table.constraints):
        columns = [column.name for column in getattr(constraint, "columns", ())]
        if isinstance(constraint, sa.UniqueConstraint) and columns not in unique:
            found.additions.append(_unique(connection, table, constraint))
    if connection.dialect.name != "sqlite":
        keys = [one["constrained_columns"] for one in inspector.get_foreign_keys(*where)]
        for constraint in _sorted(table.foreign_key_constraints):
            if list(constraint.column_keys) not in keys:
                name = f"{table.fullname}.{constraint.name}"
                found.additions.append(Addition(Kind.CONSTRAINT, name, AddTo(constraint)))
    names = {one["name"] for one in indexes}
    found.additions += [_index(index) for index in _sorted(table.indexes) if index.name not in names]


def _sorted(things: Any) -> list[Any]:
    """Return constraints or indexes in the same order every time."""
    return sorted(things, key=lambda one: str(one.name))


def _index(index: sa.Index) -> Addition:
    return Addition(Kind.INDEX, str(index.name), CreateIndex(index))


def _unique(connection: Connection, table: sa.Table, constraint: sa.UniqueConstraint) -> Addition:
    """Return what makes columns unique: an index of the same name where no constraint can be added."""
    if connection.dialect.name != "sqlite":
        return Addition(Kind.CONSTRAINT, f"{table.fullname}.{constraint.name}", AddTo(constraint))
    # On a copy: an index becomes part of its table as soon as it is made.
    copy = table.to_metadata(sa.MetaData())
    index = sa.Index(
        str(constraint.name), *(copy.c[column.key] for column in constraint.columns), unique=True
    )
    return Addition(Kind.INDEX, str(constraint.name), CreateIndex(index))


def _has_value(column: sa.Column[Any]) -> bool:
    """Whether rows that are there get a value, or need none."""
    return bool(column.nullable) or column.server_default is not None or column.computed is not None


def _has_rows(connection: Connection, table: sa.Table) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None


def _without_target(inspector: sa.Inspector, table: sa.Table, ours: Sequence[sa.Table]) -> Iterator[str]:
    """Say which tables of the host a new table refers to that are not there."""
    targets = {key.column.table for key in table.foreign_keys} - set(ours)
    for target in sorted(targets, key=lambda one: one.fullname):
        if not inspector.has_table(target.name, schema=target.schema):
            yield (
                f"{table.fullname} refers to your ATS's own table {target.fullname}, which is not there. Make your "
                "tables first, with db.create_all() for example, then run this again."
            )
