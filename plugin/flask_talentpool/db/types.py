"""Column types and names shared by every table: aware UTC times, integer keys, constraint names."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
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


IntKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


E = TypeVar("E", bound=StrEnum)


class Word(sa.types.TypeDecorator[E]):
    """One word of an enumeration, kept as plain text: no native enum of the database, no CHECK.

    A word that this version does not know was written by an older or a newer one. It comes back as the text it
    is, and is shown as it is; nothing raises.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, enum: type[E], length: int = 24) -> None:
        """Name the enumeration.

        Args:
            enum: Whose members are read.
            length: Of the column, in characters.
        """
        super().__init__(length)
        self.enum, self.length = enum, length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 (SQLAlchemy's signature)
        return self.enum._value2member_map_.get(value, value)

    def __repr__(self) -> str:
        return f"String(length={self.length})"


Word.__module__ = "sqlalchemy.types"  # printed as "sa.String(length=24)", see above


def constraint_name(text: str) -> str:
    """Return a constraint or index name that no naming convention of the host changes."""
    return conv(PREFIX + text)
