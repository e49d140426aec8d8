"""Make a test's database ready fast: tables by one script, and no waiting for the disk."""

from typing import Any

import sqlalchemy as sa

from tests.support import kept_tables

_SCRIPTS: dict[tuple[Any, ...], str] = {}
_SHARED: dict[str, sa.Engine] = {}


def create_tables(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Create every table of ``metadata`` that is not there.

    In an empty database the statements are SQLAlchemy's own; they are put together once and sent in one go, since compiling
    and sending them one by one takes longer than most tests. On PostgreSQL tables like these that an earlier test
    left in the database are used again, empty.
    """
    if sa.inspect(engine).get_table_names():
        metadata.create_all(engine)
        return
    key = (engine.dialect.name, shape_of(metadata))
    if key not in _SCRIPTS:
        _SCRIPTS[key] = _script(engine, metadata)
    script = _SCRIPTS[key]
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(f"BEGIN;\n{script}\nCOMMIT;")
        else:
            if any(table.schema for table in metadata.tables.values()):
                connection.driver_connection.execute(script)
            else:
                kept_tables.take_out_or_make(connection.driver_connection, script)
            connection.commit()
    finally:
        connection.close()


def _script(engine: sa.Engine, metadata: sa.MetaData) -> str:
    statements: list[str] = []
    mock: Any = sa.create_mock_engine(
        engine.url, lambda statement, *_, **__: statements.append(str(statement.compile(mock)))
    )
    metadata.create_all(mock, checkfirst=False)
    return ";\n".join(statements) + ";"


def shape_of(metadata: sa.MetaData) -> tuple[Any, ...]:
    """Return what tells the tables of one host of the tests from those of another, so that like ones share a script.

    Not all that a statement may say is in it: no options of an index, no identity, no literal in a check.
    """
    return tuple(
        (
            table.fullname,
            tuple(_column(column) for column in table.columns),
            frozenset(_constraint(one) for one in table.constraints),
            frozenset((one.name, one.unique, tuple(map(str, one.expressions))) for one in table.indexes),
        )
        for table in metadata.tables.values()
    )


def _column(column: sa.Column[Any]) -> tuple[Any, ...]:
    default = getattr(column.server_default, "arg", None)
    return (
        column.name,
        _type(column.type),
        column.nullable,
        column.primary_key,
        column.autoincrement,
        str(default),
    )


def _type(column_type: Any) -> Any:
    if isinstance(column_type, sa.TypeDecorator):
        return type(column_type), repr(column_type.impl)
    plain = (
        getattr(column_type, "length", None)
        if type(column_type) in {sa.String, sa.Text}
        else repr(column_type)
    )
    return type(column_type), plain


def _constraint(one: sa.Constraint) -> tuple[Any, ...]:
    columns = tuple(column.name for column in getattr(one, "columns", ()))
    targets = tuple((key.target_fullname, key.ondelete) for key in getattr(one, "elements", ()))
    return (
        type(one),
        str(one.name),
        columns,
        targets,
        str(getattr(one, "sqltext", "")),
        one.deferrable,
        one.initially,
    )


def hurry(engine: sa.Engine) -> None:
    """Let SQLite not wait for the disk, and an engine know the statements that others compiled.

    The files survive a killed process, and need not a power cut. The dialects of one kind are alike, and
    each keeps what it learnt of its database; one for all makes their compiled statements the same.
    """
    shared = _SHARED.setdefault(engine.dialect.name, engine)
    if shared is engine:
        # The usual size is for the statements of one application, and here are some forty.
        engine._compiled_cache = sa.util.LRUCache(20_000)
    elif shared.dialect.server_version_info is not None:
        engine.dialect = shared.dialect
        engine._compiled_cache = shared._compiled_cache
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _no_waiting)


def _no_waiting(raw: Any, _: Any) -> None:
    raw.execute("PRAGMA synchronous=OFF").close()
