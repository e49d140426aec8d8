"""The pace of the worker: letters leave while others are written, and what runs ends soon after it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from flask_talentpool.letters.delivery.dispatcher import DispatchReport

logger = logging.getLogger("flask_talentpool")

BETWEEN = 1.0
"""Seconds after which letters that are due go on, whatever else is being done."""
SHARE = 200
"""A look at everything is made after as many times the time that the last one took: half a per cent of a core."""
AT_LEAST_EVERY = 3600.0
"""Seconds after which everything is looked at, whatever that costs."""
PATIENCE = 2.0
"""Seconds that a statement may still run once the worker was told to stop."""


class ToldToStopError(BaseException):
    """The worker was told to stop in the middle of a round; as a keyboard interrupt, it is no failure of what it ends."""


class Looks:
    """When the worker looks at everything, and not only at what the hook saw."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._next = clock, clock()

    @property
    def is_due(self) -> bool:
        """Whether the next round looks at everything."""
        return self._clock() >= self._next

    def took(self, seconds: float) -> None:
        """Everything was looked at, which took so long; one that failed is made again in the next round."""
        self._next = self._clock() + min(AT_LEAST_EVERY, SHARE * seconds)


class Pace:
    """Called between two transactions of a round."""

    def __init__(self, stop: threading.Event, send: Callable[[], DispatchReport]) -> None:
        """Prepare a round.

        Args:
            stop: Set once the worker was told to stop.
            send: Hands over what is due, for a moment.
        """
        self._stop, self._send = stop, send
        self._last = float("-inf")  # what is due goes before anything else is done
        self._is_sending = self._has_failed = False
        self.reports: list[DispatchReport] = []
        """What was handed over in the middle of the round."""

    @property
    def unreachable(self) -> str:
        """What a mail server said that took nothing in this round; empty where all was well."""
        return next((one.unreachable for one in self.reports if one.unreachable), "")

    def __call__(self) -> None:
        """Let letters go that have become due meanwhile.

        Raises:
            ToldToStopError: The worker was told to stop.
        """
        if self._is_sending:
            return
        if self._stop.is_set():
            raise ToldToStopError
        if self._has_failed or self.unreachable or time.monotonic() - self._last < BETWEEN:
            return
        self._is_sending = True
        try:
            self.reports.append(self._send())
        except Exception as error:  # noqa: BLE001 (what is being written goes on; the end of the round sends again)
            self._has_failed = True
            logger.warning(
                "letters that are due could not go while others were written: %s", type(error).__name__
            )
        finally:
            self._is_sending, self._last = False, time.monotonic()


@contextmanager
def cut_short(engine: sa.Engine, stop: threading.Event) -> Iterator[None]:
    """End a statement of this thread that still runs a moment after the worker was told to stop.

    One that waits for a lock, or reads a million rows, would hold the worker up. Whoever tries again asks first
    whether to stop; what settles a letter that was handed over is tried again all the same.
    """
    mine, running, ended = threading.get_ident(), [], threading.Event()

    def begins(connection: Any, *_: Any) -> None:
        if threading.get_ident() == mine:
            running.append(connection.connection.driver_connection)

    def ends(*_: Any) -> None:
        if threading.get_ident() == mine:
            running.clear()

    def watch() -> None:
        stop.wait()
        while not ended.wait(PATIENCE):
            for driver in running:
                _end(driver)

    event.listen(engine, "before_cursor_execute", begins)
    event.listen(engine, "after_cursor_execute", ends)
    event.listen(engine, "handle_error", ends)
    thread = threading.Thread(target=watch, daemon=True, name="talentpool-stop")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        for name, listener in (
            ("before_cursor_execute", begins),
            ("after_cursor_execute", ends),
            ("handle_error", ends),
        ):
            event.remove(engine, name, listener)


def _end(driver: Any) -> None:
    """Ask a driver to end what its connection is doing; those of PostgreSQL and SQLite can."""
    for name in ("cancel", "interrupt"):
        if callable(ask := getattr(driver, name, None)):
            try:
                ask()
            except Exception as error:  # noqa: BLE001 (it may have ended by itself)
                logger.info("a statement could not be ended: %s", type(error).__name__)
            return
