"""Make a test's database ready fast: tables by one script, and no waiting for the disk."""

import weakref
from typing import Any

import sqlalchemy as sa

_SCRIPTS: "weakref.WeakKeyDictionary[sa.MetaData, dict[str, str]]" = weakref.WeakKeyDictionary()
_SHARED: dict[str, sa.Engine] = {}


def create_tables(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Create every table of ``metadata`` that is not there.

    In an empty database the statements are SQLAlchemy's own; they are put together once and sent in one go, since compiling
    and sending them one by one takes longer than most tests.
    """
    if sa.inspect(engine).get_table_names():
        metadata.create_all(engine)
        return
    known = _SCRIPTS.setdefault(metadata, {})
    key = f"{engine.dialect.name} {len(metadata.tables)}"
    if key not in known:
        statements: list[str] = []
        mock: Any = sa.create_mock_engine(
            engine.url, lambda statement, *_, **__: statements.append(str(statement.compile(mock)))
        )
        metadata.create_all(mock, checkfirst=False)
        known[key] = ";\n".join(statements) + ";"
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(f"BEGIN;\n{known[key]}\nCOMMIT;")
        else:
            connection.driver_connection.execute(known[key])
            connection.commit()
    finally:
        connection.close()


def hurry(engine: sa.Engine) -> None:
    """Let SQLite not wait for the disk, and an engine know the statements that others compiled.

    The files survive a killed process, and need not a power cut. The dialects of one kind are alike, and
    each keeps what it learnt of its database; one for all makes their compiled statements the same.
    """
    shared = _SHARED.setdefault(engine.dialect.name, engine)
    if shared is not engine and shared.dialect.server_version_info is not None:
        engine.dialect = shared.dialect
        engine._compiled_cache = shared._compiled_cache
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _no_waiting)


def _no_waiting(raw: Any, _: Any) -> None:
    raw.execute("PRAGMA synchronous=OFF").close()
