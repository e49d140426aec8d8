"""Transactions: a unit of work is committed with its signals, and done again where a race was lost."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError

from flask_talentpool.context import Context
from flask_talentpool.db.locks import holds_the_lock

logger = logging.getLogger("flask_talentpool")

Work = Callable[[Context], Any]
Transact = Callable[[Work], Any]
"""Does something in a transaction of its own and returns what it returned."""

TRIES = 8
_PAUSE = 0.03
_PATIENCE = 5.0
"""Seconds after which no further try begins: SQLite waits as long for a lock in each, and somebody waits for an answer."""
_LONG = 0.1
_A_TURN = 0.11
"""Seconds after which others have a turn, and for how long: who waits for SQLite's one lock asks every tenth of a second."""


def commit(ctx: Context, *, sender: Any) -> None:
    """Commit a unit of work and send its signals.

    Args:
        ctx: The unit of work.
        sender: Whom the signals come from: the extension.
    """
    ctx.session.commit()
    pending = list(ctx.pending)
    ctx.pending.clear()
    _send(pending, sender)


def _send(pending: Sequence[tuple[Any, dict[str, Any]]], sender: Any) -> None:
    for signal, about in pending:
        try:
            signal.send(sender, **about)
        except Exception:  # a receiver is the host's code; our work is done and stays done
            logger.exception("a receiver of the signal %s raised", signal.name)


def transact(
    start: Callable[[], Context], work: Work, *, sender: Any, stop: threading.Event | None = None
) -> Any:
    """Do some work in a transaction of its own and commit; a busy database or a lost race is tried again.

    The session is rolled back before another try, so nothing else must be pending in it.

    Args:
        start: Makes the unit of work.
        work: What is done with it.
        sender: Whom the signals come from: the extension.
        stop: Once set, nothing is tried again.
    """
    pause, deadline = threading.Event(), time.monotonic() + _PATIENCE
    for attempt in range(1, TRIES + 1):
        ctx, started = start(), time.monotonic()
        try:
            result = work(ctx)
            is_in_the_way = holds_the_lock(ctx.connection())
            commit(ctx, sender=sender)
        except (OperationalError, IntegrityError):
            ctx.session.rollback()
            is_told_to_stop = stop is not None and stop.is_set()
            if is_told_to_stop or attempt == TRIES or time.monotonic() >= deadline:
                raise
            pause.wait(_PAUSE * attempt)
        except BaseException:
            ctx.session.rollback()
            raise
        else:
            if is_in_the_way and time.monotonic() - started >= _LONG:
                pause.wait(_A_TURN)
            return result
    return None
