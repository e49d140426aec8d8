"""What our logger keeps out of its lines: a database's error quotes the values of its statement and of rows."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

from sqlalchemy.exc import DBAPIError, StatementError


class WithoutValues(logging.Filter):
    """Write an error of the database as its kind and its statement, without a value of either."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put a text without values where the record has such an error; the record itself always passes."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and any(isinstance(one, StatementError) for one in _chain(error)):
            record.exc_text = "\n".join(_told(one) for one in reversed(list(_chain(error))))
            record.exc_info = None  # whoever formats it themselves would print the values
        return True


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from, the latest first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _told(error: BaseException) -> str:
    return f"{_where(error.__traceback__)}{type(error).__module__}.{type(error).__qualname__}{_what(error)}"


def _where(found: TracebackType | None) -> str:
    return "Traceback (most recent call last):\n" + "".join(traceback.format_tb(found)) if found else ""


def _what(error: BaseException) -> str:
    if not isinstance(error, StatementError):
        return ""
    said = f": {type(error.orig).__name__}"
    if isinstance(error, DBAPIError) and (state := getattr(error.orig, "sqlstate", None)):
        said += f", SQLSTATE {state}"
    return f"{said}\n[SQL: {error.statement}]" if error.statement else said
