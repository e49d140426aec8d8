"""The base of every mixin: foreign keys to our own tables and to the host's rows."""

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.types import PREFIX, constraint_name

if TYPE_CHECKING:
    from flask_talentpool.host.mapping import Host


def index_foreign_keys(table: sa.Table) -> None:
    """Give each foreign key that nothing else indexes an index of its own.

    Without one the database reads our whole table for every row of the host's that is deleted.
    """
    there = {next(iter(one.columns)) for one in table.indexes}
    there |= {
        next(iter(one.columns))
        for one in table.constraints
        if isinstance(one, sa.UniqueConstraint | sa.PrimaryKeyConstraint) and one.columns
    }
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        if key.parent not in there:
            name = f"{table.name.removeprefix(PREFIX)}_{key.parent.name}_fx"
            sa.Index(constraint_name(name), key.parent)


class Table:
    """What a mixin may ask of the class it is mixed into.

    ``__host__`` is set by :func:`flask_talentpool.models.build_models` on the private base, so
    two hosts with different key types can live in one process.
    """

    __host__: ClassVar["Host"]

    if TYPE_CHECKING:
        __table__: ClassVar[sa.Table]

        def __init__(self, **columns: Any) -> None:
            """Make a row; SQLAlchemy's constructor refuses names that are no columns."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        """Return the named constraints and indexes of the table, fresh for every build."""
        raise NotImplementedError

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        schema = cls.__host__.schema
        return (*cls.constraints(), {"schema": schema}) if schema else cls.constraints()

    @classmethod
    def decisions_of(cls, owner_key: str, column: str) -> sa.Select[Any]:
        """Return ``column`` of the decisions on one owner's jobs; what a manager's view is narrowed by."""
        decision = cls.__host__.metadata.tables[cls.qualified("decisions")].alias()
        return sa.select(decision.c[column]).where(
            decision.c.owner_key == owner_key, decision.c[column].is_not(None)
        )

    @classmethod
    def qualified(cls, table: str) -> str:
        """Return the name of one of our tables in the MetaData, with the host's schema."""
        schema = cls.__host__.schema
        return f"{schema}.{PREFIX}{table}" if schema else PREFIX + table

    @classmethod
    def own_fk(cls, table: str, *, on: str, ondelete: str) -> sa.ForeignKey:
        """Return a foreign key to one of our own tables.

        Args:
            table: The table's name without the prefix.
            on: The constraint's name without prefix and suffix.
            ondelete: What the database does when the other row goes.
        """
        return sa.ForeignKey(
            f"{cls.qualified(table)}.id", name=constraint_name(f"{on}_fk"), ondelete=ondelete
        )

    @classmethod
    def host_key(cls, what: str, *, on: str, ondelete: str) -> Mapped[Any | None]:
        """Return a nullable column that follows the host's key in type, schema and name.

        Where the host has no such class the column is a plain text that stays empty.
        """
        column = cls.__host__.key_column(what)
        if column is None:
            return mapped_column(sa.String(80), nullable=True)
        foreign_key = sa.ForeignKey(column, name=constraint_name(f"{on}_fk"), ondelete=ondelete)
        return mapped_column(column.type, foreign_key, nullable=True)
