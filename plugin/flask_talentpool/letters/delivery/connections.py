"""Connections to the mail server that hand letters over side by side, one letter each at a time."""

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask_talentpool.letters.delivery.prepare import Prepared
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult, Transport


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter on its way over a connection, and what became of it."""

    letter_id: int
    prepared: Prepared


@dataclass(slots=True)
class _Connection:
    transport: Transport
    waiting: "queue.SimpleQueue[Delivery | None]" = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None
    has_worked: bool = False
    is_closed: bool = False


class Connections:
    """Hands letters over: in this thread with one connection, in a thread each with several.

    Further connections are made only once there is enough to do for them. One that the server refuses while
    another one works is given up for this run; the letter it had goes back.
    """

    def __init__(
        self, first: Transport, *, more: Callable[[], Transport] | None = None, most: int = 1
    ) -> None:
        """Prepare the connections; nothing is opened before the first letter.

        Args:
            first: The first connection.
            more: Makes another one.
            most: How many there may be.
        """
        self._connections = [_Connection(first)]
        self._more, self._most = more, most if more is not None else 1
        self._results: queue.SimpleQueue[tuple[_Connection, Delivery, HandOver | BaseException]] = (
            queue.SimpleQueue()
        )
        self._free = [self._connections[0]]
        self.in_flight = 0

    def free(self, waiting: int) -> int:
        """Return how many letters can be taken now, where ``waiting`` of them wait."""
        wanted = min(self._most, 1 + waiting // ENOUGH)
        while len(self._connections) < wanted and self._more is not None:
            connection = _Connection(self._more())
            self._connections.append(connection)
            self._free.append(connection)
        return len(self._free)

    def start(self, delivery: Delivery) -> None:
        """Hand a letter over; with several connections this returns at once."""
        connection = self._free.pop()
        self.in_flight += 1
        if self._most == 1:
            self._results.put((connection, delivery, _hand_over(connection, delivery)))
            return
        if connection.thread is None:
            connection.thread = threading.Thread(
                target=self._work, args=(connection,), name="talentpool connection", daemon=True
            )
            connection.thread.start()
        connection.waiting.put(delivery)

    def results(self, *, wait: bool) -> list[tuple[Delivery, HandOver]]:
        """Return what has become of letters; with ``wait`` at least one, if any is on its way.

        Half of the connections are worth a moment's patience: what comes back together is settled by one commit.

        Raises:
            BaseException: What interrupted the hand-over of a letter, whose fate is unknown then.
        """
        found: list[tuple[Delivery, HandOver]] = []
        together = min(self.in_flight, (len(self._connections) + 1) // 2)
        with contextlib.suppress(queue.Empty):
            while self.in_flight:
                patience = _PATIENCE if found and len(found) < together else None
                block = not found or patience is not None
                connection, delivery, answer = self._results.get(block=wait and block, timeout=patience)
                self.in_flight -= 1
                if isinstance(answer, BaseException):
                    raise answer
                found.append((delivery, self._judged(connection, answer)))
        return found

    def _judged(self, connection: _Connection, answer: HandOver) -> HandOver:
        """Free the connection, or give it up where the server takes no further connection."""
        if (
            answer.fatal_connection
            and not connection.has_worked
            and any(other.has_worked and not other.is_closed for other in self._connections)
        ):
            connection.is_closed = True
            self._most -= 1
            connection.transport.close()
            return HandOver(HandOverResult.RETRY, answer.reply, answer.server, surplus=True)
        connection.has_worked = connection.has_worked or not (answer.fatal_connection or answer.elsewhere)
        self._free.append(connection)
        return answer

    def _work(self, connection: _Connection) -> None:
        while (delivery := connection.waiting.get()) is not None:
            self._results.put((connection, delivery, _hand_over(connection, delivery)))

    def close(self) -> None:
        """End the connections; letters on their way are waited for."""
        for connection in self._connections:
            connection.waiting.put(None)
        for connection in self._connections:
            if connection.thread is not None:
                connection.thread.join()
            if not connection.is_closed:
                connection.transport.close()


ENOUGH = 5
"""How many letters must wait for each further connection."""
_PATIENCE = 0.004


def _hand_over(connection: _Connection, delivery: Delivery) -> HandOver | BaseException:
    letter = delivery.prepared
    try:
        return connection.transport.hand_over(letter.mail_from, letter.rcpt_to, letter.data)
    except Exception as error:  # noqa: BLE001 (a host's own transport; nobody knows how far it came)
        reason = f"The transport raised {type(error).__name__}; the server's log says more."
        return HandOver(HandOverResult.UNKNOWN, reason, connection.transport.describe())
    except BaseException as interruption:  # noqa: BLE001 (raised again in the dispatcher's thread)
        return interruption
