"""A host that reads from a replica: a second database that is written to by nobody, and behind as long as a test likes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event

REPLICA = "replica"


class RoutingSession(Session):
    """Routes as SQLAlchemy's documentation shows: what is flushed or changes rows to the writer, all else to the replica."""

    def get_bind(self, mapper: Any = None, *, clause: Any = None, **about: Any) -> Any:
        """Return the engine for a statement."""
        if self._flushing or isinstance(clause, sa.Update | sa.Delete):
            return super().get_bind(mapper, clause=clause, **about)
        return self._db.engines[REPLICA]


def routing_db() -> Any:
    """Return a Flask-SQLAlchemy whose sessions read from the replica."""
    return SQLAlchemy(session_options={"class_": RoutingSession})


def is_read_only(engine: sa.Engine) -> None:
    """Let the database refuse whatever writes."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON").close())
    else:
        event.listen(engine, "connect", _read_only_on_postgres)


def _read_only_on_postgres(raw: Any, _: Any) -> None:
    raw.execute("SET default_transaction_read_only = on")
    raw.commit()


class Replica:
    """The second database."""

    def __init__(self, db: Any, url: str) -> None:
        """Make it; call it in the host's app context, which has it as the bind ``replica``."""
        self.db, self.url = db, url
        is_read_only(db.engines[REPLICA])

    def catch_up(self) -> None:
        """Copy every row as it is now."""
        engine = sa.create_engine(self.url)
        metadata = self.db.metadata
        metadata.create_all(engine)
        with self.db.engine.connect() as source, engine.begin() as target:
            for table in reversed(metadata.sorted_tables):
                target.execute(sa.delete(table))
            for table in metadata.sorted_tables:
                rows = [dict(row._mapping) for row in source.execute(sa.select(table))]
                if rows:
                    target.execute(sa.insert(table), rows)
        engine.dispose()

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect what the replica is asked meanwhile."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        engine = self.db.engines[REPLICA]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)
