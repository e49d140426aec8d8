"""Handing letters over: claim, ask, mark, hand over, settle. Never the same letter twice.

Only a letter that is being handed over is in ``sending``, committed just before: one for each connection. A
process that dies leaves those to become ``unknown``, which wait for a person, and its other claims lapse.
"""

import contextlib
import logging
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from flask_talentpool.context import Context
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.delivery.caps import Caps
from flask_talentpool.letters.delivery.claims import BATCH, Claims, coming
from flask_talentpool.letters.delivery.connections import Connections, Delivery
from flask_talentpool.letters.delivery.step import BACKOFF as BACKOFF
from flask_talentpool.letters.delivery.step import Result, Steps
from flask_talentpool.letters.delivery.transports import Transport
from flask_talentpool.people.rows import Addresses

logger = logging.getLogger("flask_talentpool")

LEASE = timedelta(seconds=15)
FOR_EACH = 10
"""How many letters are claimed at once for each connection there may be, so that all of them get to work."""
_PATIENCE = 60.0
T = TypeVar("T")


@dataclass(slots=True)
class DispatchReport:
    """What one run did, in numbers of letters."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    cancelled: int = 0
    unreachable: str = ""
    """What the mail server said when it could not be used at all; the run stops there."""
    letters: list[int] = field(default_factory=list)
    """Ids of those that went."""

    @property
    def needs_attention(self) -> bool:
        """Whether something is left that the run could not settle."""
        return bool(self.failed or self.unknown or self.unreachable)


class Dispatcher:
    """Hands over every letter that is due, alone or beside others on the same outbox."""

    def __init__(
        self,
        ctx: Context,
        transport: Transport,
        *,
        commit: Callable[[], None],
        lease: timedelta = LEASE,
        stop: threading.Event | None = None,
        more: Callable[[], Transport] | None = None,
        connections: int = 1,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            ctx: The unit of work; the dispatcher commits it many times.
            transport: Where letters go.
            commit: Commits ``ctx`` and sends its signals.
            lease: How long a claim lasts when its process says nothing more.
            stop: Set to stop after the letters in hand.
            more: Makes further connections like ``transport``.
            connections: How many there may be at once.
            limit: How many letters are begun at most.
            seconds: How long letters are begun at most; those on their way are waited for.
        """
        ctx = replace(ctx, addresses=Addresses(coming))
        self.ctx, self.commit = ctx, commit
        self.stop = stop or threading.Event()
        self.report = DispatchReport()
        self._claims = Claims(ctx, me=secrets.token_hex(8), lease=lease)
        self._connections = Connections(transport, more=more, most=connections)
        self._steps = Steps(ctx, self._claims)
        self._caps = Caps(ctx)
        self._batch = max(BATCH, FOR_EACH * connections)
        self._waiting: deque[int] = deque()
        self._in_flight: set[int] = set()
        self._left = limit
        self._until = None if seconds is None else time.monotonic() + seconds

    def run(self) -> DispatchReport:
        """Hand over what is due until nothing due is left, claimed here or elsewhere."""
        found = self._patiently(self._pause)
        if found is not None:
            self.report.unreachable = f"it refuses what we send until {found.until:%H:%M} UTC: {found.reply}"
            return self.report
        with self._claims.renewing(), contextlib.closing(self._connections):
            while not self._is_over():
                self._turn()
            while self._connections.in_flight:
                self._step(self._connections.results(wait=True), [])
            self._patiently(self._release)
            if self._steps.blame.fault is not None:
                self._patiently(self._begin_pause)
        return self.report

    def _is_over(self) -> bool:
        if self.stop.is_set() or self.report.unreachable or self._left == 0:
            return True
        if self._until is not None and time.monotonic() >= self._until:
            return True
        if self._waiting or self._connections.in_flight:
            return False
        self.report.unknown += self._patiently(self._settle_lapsed)
        self._claim()
        if self._waiting:
            return False
        if not self._patiently(self._others_at_work):
            return True
        self.stop.wait(0.2)
        return False

    def _turn(self) -> None:
        """Begin as many letters as connections are free, and settle those that are back, in one commit."""
        if not self._waiting and self._connections.in_flight:
            self._claim()
        self._connections.free(len(self._waiting))
        results = self._connections.results(wait=True)
        # Told to stop while letters were on their way, it begins no further one.
        room = (
            0 if self.stop.is_set() else min(self._connections.free(len(self._waiting)), len(self._waiting))
        )
        if self._left is not None:
            room = min(room, self._left)
            self._left -= room
        take = [self._waiting.popleft() for _ in range(room)]
        for delivery in self._step(results, take):
            self._in_flight.add(delivery.letter_id)
            self._connections.start(delivery)

    # Transactions

    def _step(self, results: Sequence[Result], take: Sequence[int]) -> list[Delivery]:
        def step() -> list[Delivery]:
            deliveries = self._steps.deliver_batch(results, take)
            self._commit()
            return deliveries

        try:
            deliveries = self._patiently(step)
        except Exception:
            logger.warning("some letters could not be begun together; each is tried alone", exc_info=True)
            self._undo()
            for one in results:
                self._settle_alone(one)
            deliveries = [delivery for letter_id in take if (delivery := self._alone(letter_id)) is not None]
        for delivery, answer in results:
            self._in_flight.discard(delivery.letter_id)
            if answer.fatal_connection:
                self.report.unreachable = f"{answer.server}: {answer.reply}".strip(": ")
        if self._steps.blame.fault is not None:
            self.report.unreachable = self.report.unreachable or self._steps.blame.reply
        return deliveries

    def _alone(self, letter_id: int) -> Delivery | None:
        """Begin one letter by itself; what cannot be made ready is put off with the reason."""

        def begin() -> list[Delivery]:
            deliveries = self._steps.deliver_batch([], [letter_id])
            self._commit()
            return deliveries

        try:
            return next(iter(self._patiently(begin)), None)
        except Exception as error:
            self._undo()
            logger.exception("letter %s could not be made ready; it is put off", letter_id)
            reason = f"It could not be made ready: {type(error).__name__}. The server's log says more."
            self._patiently(lambda: self._put_off(letter_id, reason))
            return None

    def _settle_alone(self, one: Result) -> None:
        """Settle one letter by itself; where even that cannot be done, it is left to become unknown."""

        def settle() -> None:
            self._steps.deliver_batch([one], [])
            self._commit()

        try:
            self._patiently(settle)
        except OperationalError:
            raise
        except Exception:
            self._undo()
            logger.exception(
                "letter %s was handed over, and that could not be written down", one[0].letter_id
            )

    def _put_off(self, letter_id: int, reason: str) -> None:
        self._steps.put_off(letter_id, reason)
        self._commit()

    def _claim(self) -> None:
        def claim() -> list[int]:
            if self._caps.is_on:
                self._caps.take_turns()
            self._claims.take(self._batch)
            if self._caps.is_on:
                self._caps.put_back(self._claims.mine(but=self._in_flight))
            self.commit()
            mine = self._claims.mine(but=self._in_flight)
            self._let_go()
            return mine

        self._waiting.extend(self._patiently(claim))

    def _pause(self) -> pause.Pause | None:
        found = pause.current(self.ctx)
        self._let_go()
        return found

    def _begin_pause(self) -> None:
        blame = self._steps.blame
        if blame.fault is not None:
            pause.begin(self.ctx, blame.fault, blame.reply)
            self.commit()

    def _others_at_work(self) -> bool:
        at_work = self._claims.others_at_work()
        self._let_go()
        return at_work

    def _let_go(self) -> None:
        """End a transaction that only read: none stays open while the mail server is talked to.

        By a commit, as psycopg forgets all prepared statements at a rollback.
        """
        self.ctx.session.commit()

    def _settle_lapsed(self) -> int:
        settled = self._claims.settle_lapsed()
        self.commit()
        return settled

    def _release(self) -> None:
        self._claims.release()
        self.commit()

    def _commit(self) -> None:
        """Commit, and only then count: a step that is tried again is not counted twice."""
        self.commit()
        for what, letter_id in self._steps.counted:
            setattr(self.report, what, getattr(self.report, what) + 1)
            if what == "sent":
                self.report.letters.append(letter_id)
        self._steps.counted.clear()
        self._steps.is_second_try = False

    def _undo(self) -> None:
        self.ctx.session.rollback()
        self.ctx.pending.clear()
        self._steps.counted.clear()

    def _patiently(self, step: Callable[[], T]) -> T:
        """Run one short transaction; a database that is busy or away is asked again for a minute."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return step()
            except OperationalError:
                self._undo()
                self._steps.is_second_try = True
                # Told to stop, it waits for no lock, unless a letter that was handed over has to be settled.
                may_leave = self.stop.is_set() and not (self._in_flight or self._connections.in_flight)
                if may_leave or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.02, 0.2))  # noqa: S311 (spreads retries, guards nothing)
