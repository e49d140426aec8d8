"""Count statements and press buttons at the same instant."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine, event

T = TypeVar("T")


@contextlib.contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL that `engine` executes, savepoints and pragmas left out."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.lstrip().upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def at_once(count: int, act: Callable[[int], T]) -> list[T | BaseException]:
    """Call `act(0)` … `act(count - 1)` from as many threads at one instant; errors are returned, in order."""
    gate = threading.Barrier(count)

    def run(number: int) -> T | BaseException:
        gate.wait()
        try:
            return act(number)
        except BaseException as error:  # noqa: BLE001 the caller asserts on what each attempt came to
            return error

    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(run, range(count)))
