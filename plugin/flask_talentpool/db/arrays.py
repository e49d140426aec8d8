"""Many rows at once: arrays and lists of values in statements that stay the same."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flask_talentpool.db.locks import begin
from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import Word

T = TypeVar("T")
Row = TypeVar("Row", bound=Table)

CHUNK = 400  # SQLite takes 999 parameters in one statement


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces small enough for one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def padded(values: Iterable[T]) -> list[T]:
    """Return values, the last one repeated until there are 1, 2, 4, 8, …: few statements, so all are prepared."""
    known = list(values)
    wanted = 1 << (len(known) - 1).bit_length() if known else 0
    return known + known[-1:] * (wanted - len(known))


def filtering(column: Any) -> Any:
    """Return a column for a condition on rows that another condition finds: no index is used for it.

    Without statistics SQLite takes a few values of a state to be rarer than as many ids.
    """
    return sa.func.coalesce(column, sa.literal_column("''"), type_=column.type)


def insert_all(connection: sa.Connection, model: type[Table], rows: list[dict[str, Any]]) -> None:
    """Insert rows, which all have the same columns, with one statement."""
    table = model.__table__
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    columns = list(rows[0])
    statement = insert_from_arrays(table, columns)
    connection.execute(statement, {name: [row[name] for row in rows] for name in columns})


def add_new(session: Session, model: type[Row], rows: Sequence[dict[str, Any]]) -> list[Row]:
    """Add rows to a session with one statement; those that another process wrote first are left out.

    Args:
        session: The unit of work.
        model: What they are rows of; a unique key of its says whether one is there.
        rows: Their values.

    Returns:
        The rows that are new, in order.
    """
    begin(session.connection(bind_arguments={"mapper": sa.inspect(model)}))
    made = [model(**values) for values in rows]
    try:
        with session.begin_nested():
            session.add_all(made)
    except IntegrityError:
        # One of them was there. Which one, only each alone can say.
        return [one for values in rows for one in add_new(session, model, [values])] if len(rows) > 1 else []
    return made


def insert_from_arrays(table: sa.Table, columns: Sequence[str]) -> postgresql.Insert:
    """Return PostgreSQL's fastest way to insert many rows: one array for each column.

    Its text is the same for any number of rows, so it is prepared once; psycopg sends `executemany` as a
    statement for each row, and reads the text of a long list of `VALUES` anew each time.
    """
    known: dict[tuple[str, ...], postgresql.Insert] = table.info.setdefault("talentpool_inserts", {})
    if tuple(columns) not in known:
        arrays = [sa.func.unnest(_array_of(table.c[name], name)) for name in columns]
        known[tuple(columns)] = postgresql.insert(table).from_select(list(columns), sa.select(*arrays))
    return known[tuple(columns)]


def _array_of(column: sa.ColumnElement[Any], name: str) -> sa.BindParameter[Any]:
    """Return a parameter for an array of values of a column."""
    return sa.bindparam(name, type_=postgresql.ARRAY(_unlimited(column.type)))


def one_of(dialect: sa.Dialect, column: Any, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of many values.

    PostgreSQL gets them as one array. Each of hundreds of parameters makes its plan dearer, until it compares
    every row of the table with every one of them.
    """
    if dialect.name == "postgresql":
        array = sa.bindparam(None, list(values), type_=postgresql.ARRAY(_unlimited(column.type)), unique=True)
        condition: sa.ColumnElement[bool] = column == sa.any_(array)
    else:
        condition = column.in_(values)
    return condition


def one_of_these(dialect: sa.Dialect, column: Any, statement: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values that a statement finds.

    PostgreSQL finds them once, before it looks at the column. As a join it may take thousands of rows that were
    written a minute ago for none, its statistics being older, and read them all again for each row of the other
    table: 7 s for 5,000.
    """
    if dialect.name == "postgresql":
        condition: sa.ColumnElement[bool] = column == sa.any_(sa.func.array(statement.scalar_subquery()))
    else:
        condition = column.in_(statement)
    return condition


def _unlimited(column_type: Any) -> Any:
    """Return the type without a length: cast to `VARCHAR(80)`, a longer text would be cut in silence."""
    return sa.Text() if type(column_type) is sa.String or isinstance(column_type, Word) else column_type
