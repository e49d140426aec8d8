"""A world whose session does not show every row: a soft delete, a tenant's criteria."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import with_loader_criteria

from tests.promises.world import World


class Curtain:
    """Hides rows of a host by a global loader filter, as a soft delete does; what is hidden is still there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._hidden: dict[type[Any], set[Any]] = {}
        event.listen(world.db.session, "do_orm_execute", self._filter)

    def _filter(self, state: Any) -> None:
        if state.is_select and not state.is_column_load:
            # Without include_aliases, as many hosts have it.
            state.statement = state.statement.options(
                *(with_loader_criteria(cls, cls.id.not_in(keys)) for cls, keys in self._hidden.items())
            )

    def hide(self, *rows: Any) -> None:
        """Hide rows from the session, by this call as by a soft delete that was committed."""
        self.hides(*rows)
        self.world.session.rollback()
        self.world.session.expunge_all()

    def hides(self, *rows: Any) -> None:
        """Hide rows from whatever is selected from now on; those that the session holds stay in it."""
        for row in rows:
            self._hidden.setdefault(type(row), set()).add(sa.inspect(row).identity[0])

    def hide_all(self, cls: type[Any]) -> None:
        """Hide every row of a class, as a tenant filter does in a worker that has no tenant."""
        self._hidden[cls] = set(self.world.session.scalars(sa.select(sa.inspect(cls).primary_key[0])))
        self.world.session.rollback()
        self.world.session.expunge_all()

    def lift(self) -> None:
        """Show everything again."""
        self._hidden.clear()
        self.world.session.rollback()
        self.world.session.expunge_all()


def curtained(make_world: Callable[..., World], **options: Any) -> tuple[World, Curtain]:
    """Make a world with classes of its own, so that the filter is nobody else's."""
    world = make_world(db=SQLAlchemy(), **options)
    return world, Curtain(world)
