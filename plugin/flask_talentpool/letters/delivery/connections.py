"""Lanes: connections to the mail server that hand letters over side by side, one letter each at a time."""

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask_talentpool.letters.delivery.prepare import Prepared
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult, Transport


@dataclass(frozen=True, slots=True)
class Flight:
    """One letter in a lane, and what became of it once the lane says so."""

    letter_id: int
    prepared: Prepared
    row: object = None
    """What was read of it, where it was answered for together with others."""


@dataclass(slots=True)
class _Lane:
    transport: Transport
    waiting: "queue.SimpleQueue[Flight | None]" = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None
    has_worked: bool = False
    is_closed: bool = False


class Lanes:
    """Hands letters over: in this thread with one connection, in a thread each with several.

    Further connections are made only once there is enough to do for them. One that the server refuses while
    another one works is given up for this run; the letter it had goes back.
    """

    def __init__(
        self, first: Transport, *, more: Callable[[], Transport] | None = None, most: int = 1
    ) -> None:
        """Prepare the lanes; nothing is opened before the first letter.

        Args:
            first: The first connection.
            more: Makes another one.
            most: How many there may be.
        """
        self._lanes = [_Lane(first)]
        self._more, self._most = more, most if more is not None else 1
        self._landed: queue.SimpleQueue[tuple[_Lane, Flight, HandOver | BaseException]] = queue.SimpleQueue()
        self._free = [self._lanes[0]]
        self.flying = 0

    def free(self, waiting: int) -> int:
        """Return how many letters can be taken now, where ``waiting`` of them wait."""
        wanted = min(self._most, 1 + waiting // ENOUGH)
        while len(self._lanes) < wanted and self._more is not None:
            lane = _Lane(self._more())
            self._lanes.append(lane)
            self._free.append(lane)
        return len(self._free)

    def start(self, flight: Flight) -> None:
        """Hand a letter over; with several lanes this returns at once."""
        lane = self._free.pop()
        self.flying += 1
        if self._most == 1:
            self._landed.put((lane, flight, _hand_over(lane, flight)))
            return
        if lane.thread is None:
            lane.thread = threading.Thread(
                target=self._work, args=(lane,), name="talentpool lane", daemon=True
            )
            lane.thread.start()
        lane.waiting.put(flight)

    def landed(self, *, wait: bool) -> list[tuple[Flight, HandOver]]:
        """Return what has become of letters; with ``wait`` at least one, if any is on its way.

        Half of the lanes are worth a moment's patience: what comes back together is settled by one commit.

        Raises:
            BaseException: What interrupted the hand-over of a letter, whose fate is unknown then.
        """
        found: list[tuple[Flight, HandOver]] = []
        together = min(self.flying, (len(self._lanes) + 1) // 2)
        with contextlib.suppress(queue.Empty):
            while self.flying:
                patience = _PATIENCE if found and len(found) < together else None
                block = not found or patience is not None
                lane, flight, answer = self._landed.get(block=wait and block, timeout=patience)
                self.flying -= 1
                if isinstance(answer, BaseException):
                    raise answer
                found.append((flight, self._judged(lane, answer)))
        return found

    def _judged(self, lane: _Lane, answer: HandOver) -> HandOver:
        """Free the lane, or give it up where the server takes no further connection."""
        if (
            answer.fatal_connection
            and not lane.has_worked
            and any(other.has_worked and not other.is_closed for other in self._lanes)
        ):
            lane.is_closed = True
            self._most -= 1
            lane.transport.close()
            return HandOver(HandOverResult.RETRY, answer.reply, answer.server, surplus=True)
        lane.has_worked = lane.has_worked or not (answer.fatal_connection or answer.elsewhere)
        self._free.append(lane)
        return answer

    def _work(self, lane: _Lane) -> None:
        while (flight := lane.waiting.get()) is not None:
            self._landed.put((lane, flight, _hand_over(lane, flight)))

    def close(self) -> None:
        """End the lanes and their connections; letters on their way are waited for."""
        for lane in self._lanes:
            lane.waiting.put(None)
        for lane in self._lanes:
            if lane.thread is not None:
                lane.thread.join()
            if not lane.is_closed:
                lane.transport.close()


ENOUGH = 5
"""How many letters must wait for each further connection."""
_PATIENCE = 0.004


def _hand_over(lane: _Lane, flight: Flight) -> HandOver | BaseException:
    letter = flight.prepared
    try:
        return lane.transport.hand_over(letter.mail_from, letter.rcpt_to, letter.data)
    except Exception as error:  # noqa: BLE001 (a host's own transport; nobody knows how far it came)
        reason = f"The transport raised {type(error).__name__}; the server's log says more."
        return HandOver(HandOverResult.UNKNOWN, reason, lane.transport.describe())
    except BaseException as interruption:  # noqa: BLE001 (raised again in the dispatcher's thread)
        return interruption
