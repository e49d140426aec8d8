"""Changing a row only while it is still what somebody saw, and its state only as its table of transitions allows."""

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_talentpool.db.tables import Table
from flask_talentpool.errors import Refused

Row = TypeVar("Row", bound=Table)


def begin(connection: sa.Connection) -> None:
    """Make sure that a transaction is open before a savepoint is.

    SQLite's Python driver begins one only at the first row written. A savepoint opened before
    that would be the transaction itself: released it is committed, and no rollback undoes it.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not getattr(driver, "in_transaction", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def holds_the_lock(connection: sa.Connection) -> bool:
    """Return whether this transaction keeps everybody else from writing, as every one that writes on SQLite does."""
    driver = connection.connection.driver_connection
    return connection.dialect.name == "sqlite" and bool(getattr(driver, "in_transaction", False))


def update_if(
    session: Session, model: type[Table], *conditions: sa.ColumnElement[bool], **values: object
) -> int:
    """Change the rows that meet the conditions, and return how many did.

    The UPDATE comes before anything is read: it waits for whoever holds a row and then looks at the conditions
    again, and on SQLite it takes the write lock. So of two that change the same row out of the same state, one
    gets 0. Rows that the session has loaded stay as they were read.
    """
    statement = sa.update(model).where(*conditions).values(values)
    changed: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(changed.rowcount)


def update_and_read(
    session: Session, model: type[Row], *conditions: sa.ColumnElement[bool], **values: object
) -> list[Row]:
    """Change the rows that meet the conditions, and return them as they are then.

    As :func:`update_if`, where a database can say which rows it changed; another is asked for them before, with a
    lock.
    """
    options = {"synchronize_session": False, "populate_existing": True}
    statement = sa.update(model).values(values)
    if session.get_bind(sa.inspect(model)).dialect.update_returning:
        changed = statement.where(*conditions).returning(model)
        return list(session.scalars(changed, execution_options=options))
    key = sa.inspect(model).primary_key[0]
    found = session.scalars(sa.select(key).where(*conditions).with_for_update()).all()
    session.execute(statement.where(key.in_(found)), execution_options=options)
    return list(session.scalars(sa.select(model).where(key.in_(found)), execution_options=options))


def seize(session: Session, row: Any, *conditions: sa.ColumnElement[bool], **values: object) -> bool:
    """Change one row if it meets the conditions, and read it again; say whether it did.

    Afterwards it is ours until the transaction ends. A column that is set to itself only locks the row; never the
    key, which on PostgreSQL would keep everybody waiting who refers to it.
    """
    model = type(row)
    # A host's session may not flush by itself, and reading the row again would lose what was just noted.
    session.flush()
    was_changed = update_if(session, model, model.id == row.id, *conditions, **values)
    session.refresh(row)
    return was_changed == 1


def may_become(state: Any, to: Any, table: Mapping[Any, frozenset[Any]]) -> sa.ColumnElement[bool]:
    """Return the condition that a row is in a state that its table of transitions lets become another."""
    condition: sa.ColumnElement[bool] = state.in_([now for now, onward in table.items() if to in onward])
    return condition


def move(row: Any, to: Any, table: Mapping[Any, frozenset[Any]], *, what: str, code: str) -> None:
    """Change a row's state by a table of transitions; staying where it is changes nothing.

    Args:
        row: The row, which has a ``state``.
        to: The state that it gets.
        table: The states that each state may become.
        what: What the row is, to begin a sentence with.
        code: The code of the refusal.

    Raises:
        Refused: The table does not allow it, or another version wrote a state that this one does not know.
    """
    now = row.state
    if now not in table:
        raise Refused(
            f"{what} is “{now}”, which this version does not know; nothing about it is changed.", code=code
        )
    if to != now and to not in table[now]:
        raise Refused(f"{what} that is {now} cannot become {to}.", code=code)
    row.state = to
