"""A row of the host as it was before a flush, as far as it is loaded."""

import inspect
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import PassiveFlag, attributes


class RowBefore:
    """Reads a row as it was before its flush; raises where a table would have to be asked."""

    def __init__(self, row: Any) -> None:
        """Wrap a row that a session is flushing."""
        self._row = row

    def __getattr__(self, name: str) -> Any:
        """Return what an attribute said before."""
        row, state = self._row, sa.inspect(self._row)
        if name in state.manager:
            if was_set(state, name) and (before := history(row, name).deleted):
                return before[0]
            if name not in state.dict:
                raise LookupError(name)
            return state.dict[name]
        found = inspect.getattr_static(type(row), name, None)
        if isinstance(found, (property, hybrid_property)) and found.fget is not None:
            return found.fget(self)
        return getattr(row, name)


def was_set(state: Any, name: str) -> bool:
    """Whether an attribute may have changed, told by less work than its history."""
    return name in state.committed_state or name not in state.mapper.column_attrs


def history(row: Any, name: str) -> attributes.History:
    """Return what became of an attribute in this flush, without asking a table."""
    return attributes.get_history(row, name, passive=PassiveFlag.PASSIVE_NO_INITIALIZE)
