"""Which bind a session reads from: what decides reads where it writes, whatever the host's session does with reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session

_PIN = "talentpool_reads_from_writer"


def read_where_written(session: Session) -> None:
    """Let all that this session reads from now on come from the bind that it writes to.

    A host may route reads to a replica, which is behind: what is decided on such a read is decided on the past. The
    session's own way to choose a bind is asked as if each statement were a write. Saying it again changes nothing;
    it ends with the session.
    """
    if _PIN not in session.info:
        _pin(session)


@contextmanager
def reading_where_written(session: Session) -> Iterator[None]:
    """Do the same for a while, in a session that goes on being the host's."""
    if _PIN in session.info:
        yield
        return
    before = session.__dict__.get("get_bind")
    _pin(session)
    try:
        yield
    finally:
        session.info.pop(_PIN, None)
        if before is None:
            del session.__dict__["get_bind"]
        else:
            session.__dict__["get_bind"] = before


def _pin(session: Session) -> None:
    choose: Any = session.get_bind
    session.info[_PIN] = True

    def get_bind(mapper: Any = None, **about: Any) -> Any:
        if mapper is not None:
            about["clause"] = _as_write(mapper, about.get("clause"))
        # What hosts route by is the kind of the statement, or whether the session is flushing.
        was_flushing = session._flushing  # noqa: SLF001 (the recipe of SQLAlchemy's own documentation reads it)
        session._flushing = True  # noqa: SLF001
        try:
            return choose(mapper=mapper, **about)
        finally:
            session._flushing = was_flushing  # noqa: SLF001

    session.__dict__["get_bind"] = get_bind


def _as_write(mapper: Any, clause: Any) -> Any:
    """Return a write to the table that a statement is about, where it is not one already."""
    if isinstance(clause, sa.Insert | sa.Update | sa.Delete):
        return clause
    found = sa.inspect(mapper)
    tables = found.mapper.tables if isinstance(found.mapper, Mapper) else ()
    return sa.update(tables[0]) if tables else clause
