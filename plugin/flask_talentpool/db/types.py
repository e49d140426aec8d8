"""Column types and names shared by every table: aware UTC times, integer keys, constraint names."""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.elements import conv

PREFIX = "talentpool_"


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware UTC in Python, on every database.

    SQLite and MySQL forget the time zone, so it is put back on reading. A naive datetime is
    refused on writing, because nobody can say which moment it means.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive datetime reached a Flask-TalentPool table: give it a time zone first"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def __repr__(self) -> str:
        return "DateTime(timezone=True)"


# Alembic prints a type as "<module>.<repr>"; said to live in SQLAlchemy, it prints
# "sa.DateTime(timezone=True)", so a host's migration file needs no import of ours.
UtcDateTime.__module__ = "sqlalchemy.types"


def begin(connection: Connection) -> None:
    """Make sure that a transaction is open before a savepoint is.

    SQLite's Python driver begins one only at the first row written. A savepoint opened before
    that would be the transaction itself: released it is committed, and no rollback undoes it.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not getattr(driver, "in_transaction", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


IntKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def enum_column(length: int = 24) -> sa.String:
    """Return the column type for a :class:`~enum.StrEnum` value: plain text, no native enum, no CHECK."""
    return sa.String(length)


def constraint_name(text: str) -> str:
    """Return a constraint or index name that no naming convention of the host changes."""
    return conv(PREFIX + text)


def values(*members: StrEnum) -> list[str]:
    """Return the stored texts of enum members, for an ``IN`` clause."""
    return [member.value for member in members]
