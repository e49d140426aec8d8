"""Handing letters over: claim, ask, mark, hand over, settle. Never the same letter twice.

Only the letter being handed over is in ``sending``, committed just before. A process that dies
leaves that one letter to become ``unknown``, which waits for a person, and its other claims lapse.
"""

import contextlib
import logging
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from flask_talentpool import signals
from flask_talentpool.context import Cancel, Context, Go, Hold
from flask_talentpool.letters import outbox
from flask_talentpool.letters.handover import wire
from flask_talentpool.letters.message import BadAddress, BadHeader
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.transports import HandOver, HandOverResult, Transport
from flask_talentpool.words import Because, LetterState

logger = logging.getLogger("flask_talentpool")

LEASE = timedelta(seconds=15)
BATCH = 20
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
"""How long a letter waits after each temporary refusal; after the last it failed."""
_PATIENCE = 60.0
_IN_HAND = [LetterState.DUE.value, LetterState.SENDING.value, LetterState.UNKNOWN.value]
T = TypeVar("T")


@dataclass(slots=True)
class Report:
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
    ) -> None:
        """Prepare a run.

        Args:
            ctx: The unit of work; the dispatcher commits it many times.
            transport: Where letters go.
            commit: Commits ``ctx`` and sends its signals.
            lease: How long a claim lasts when its process says nothing more.
            stop: Set to stop after the letter in hand.
        """
        self.ctx, self.transport, self.commit, self.lease = ctx, transport, commit, lease
        self.stop = stop or threading.Event()
        self.me = secrets.token_hex(8)
        self.report = Report()
        self._counted: list[tuple[str, int | None]] = []

    def run(self) -> Report:
        """Hand over what is due until nothing due is left, claimed here or elsewhere."""
        with self._renewing(), contextlib.closing(self.transport):
            while not self.stop.is_set() and not self.report.unreachable:
                self._settle_lapsed()
                claimed = self._claim()
                for letter_id in claimed:
                    if self.stop.is_set() or self.report.unreachable:
                        break
                    self._one(letter_id)
                if not claimed and not self._others_at_work():
                    break
                if not claimed:
                    self.stop.wait(0.2)
            self._release()
        return self.report

    # Claiming

    def _claim(self) -> list[int]:
        letter, now = self.ctx.models.letter, self.ctx.clock.lease_now()
        free = sa.or_(letter.lease_until.is_(None), letter.lease_until <= now)
        picked = (
            sa.select(letter.id)
            .where(letter.state == LetterState.DUE.value, letter.due_at <= self.ctx.now(), free)
            .order_by(letter.due_at, letter.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )

        def claim() -> list[int]:
            self._update(
                sa.update(letter)
                .where(letter.id.in_(picked.scalar_subquery()))
                .values(claimed_by=self.me, lease_until=now + self.lease)
            )
            self.commit()
            mine = sa.select(letter.id).where(
                letter.claimed_by == self.me,
                letter.state == LetterState.DUE.value,
                letter.due_at <= self.ctx.now(),
            )
            ids = list(self.ctx.session.scalars(mine.order_by(letter.due_at, letter.id)))
            self.ctx.session.rollback()  # no transaction stays open while the server is talked to
            return ids

        return self._patiently(claim)

    def _others_at_work(self) -> bool:
        letter = self.ctx.models.letter
        due = sa.and_(letter.state == LetterState.DUE.value, letter.due_at <= self.ctx.now())
        statement = (
            sa.select(letter.id).where(sa.or_(due, letter.state == LetterState.SENDING.value)).limit(1)
        )
        at_work = self.ctx.session.scalars(statement).first() is not None
        self.ctx.session.rollback()
        return at_work

    def _settle_lapsed(self) -> None:
        """Whatever was being handed over by a process that is gone has an unknown fate."""
        letter, now = self.ctx.models.letter, self.ctx.clock.lease_now()
        lapsed = (letter.state == LetterState.SENDING.value, letter.lease_until <= now)

        def settle() -> int:
            ids = list(self.ctx.session.scalars(sa.select(letter.id).where(*lapsed)))
            settled = 0
            for letter_id in ids:
                changed = self._update(
                    sa.update(letter)
                    .where(letter.id == letter_id, *lapsed)
                    .values(
                        state=LetterState.UNKNOWN.value, because=Because.NO_ANSWER.value, lease_until=None
                    )
                )
                if changed:
                    self._attempt(letter_id, "unknown", "the process that handed it over ended", "")
                    self.ctx.announce(signals.letter_failed, letter_id=letter_id)
                    settled += 1
            self.commit()
            return settled

        self.report.unknown += self._patiently(settle)

    def _release(self) -> None:
        letter = self.ctx.models.letter

        def release() -> None:
            self._update(
                sa.update(letter)
                .where(letter.claimed_by == self.me, letter.state == LetterState.DUE.value)
                .values(claimed_by="", lease_until=None)
            )
            self.commit()

        self._patiently(release)

    @contextlib.contextmanager
    def _renewing(self) -> Iterator[None]:
        """Renew this process's leases from a thread, for as long as a slow server takes."""
        bind = self.ctx.session.get_bind(sa.inspect(self.ctx.models.letter))
        engine = bind if isinstance(bind, sa.Engine) else bind.engine
        in_memory = engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")
        done = threading.Event()
        letter = self.ctx.models.letter.__table__

        def renew() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                try:
                    with engine.begin() as connection:
                        connection.execute(
                            sa.update(letter)
                            .where(
                                letter.c.claimed_by == self.me,
                                letter.c.state.in_([LetterState.DUE.value, LetterState.SENDING.value]),
                                letter.c.lease_until.is_not(None),
                            )
                            .values(lease_until=self.ctx.clock.lease_now() + self.lease)
                        )
                except sa.exc.SQLAlchemyError:
                    logger.warning("a lease could not be renewed; it is tried again", exc_info=True)

        # A database in memory belongs to one connection, and so to one process: no lease is needed.
        thread = threading.Thread(target=renew, daemon=True) if not in_memory else None
        if thread is not None:
            thread.start()
        try:
            yield
        finally:
            done.set()
            if thread is not None:
                thread.join(timeout=10)

    # One letter

    def _one(self, letter_id: int) -> None:
        try:
            ready = self._patiently(lambda: self._begin(letter_id))
        except Exception as error:  # what one letter's host row does must not keep the others from going
            logger.exception("letter %s could not be made ready; it is put off", letter_id)
            reason = f"It could not be made ready: {type(error).__name__}. The server's log says more."
            self._patiently(lambda: self._put_off(letter_id, reason))
            return
        if ready is None:
            return
        mail_from, rcpt_to, data = ready
        result = self.transport.hand_over(mail_from, rcpt_to, data)
        self._patiently(lambda: self._settle(letter_id, result))

    def _begin(self, letter_id: int) -> tuple[str, str, bytes] | None:
        """Mark one claimed letter as being handed over; None when it does not go now."""
        ctx, letter = self.ctx, self.ctx.models.letter
        now = ctx.clock.lease_now()
        # Already `sending` it is when the answer to the commit below was lost and this is a second try:
        # it is mine, and nothing of it was handed over yet.
        still_mine = self._update(
            sa.update(letter)
            .where(
                letter.id == letter_id,
                letter.state.in_([LetterState.DUE.value, LetterState.SENDING.value]),
                letter.claimed_by == self.me,
                letter.lease_until > now,
            )
            .values(state=LetterState.DUE.value, lease_until=now + self.lease)
        )
        if not still_mine:
            ctx.session.rollback()
            return None
        row = ctx.session.get_one(letter, letter_id, populate_existing=True)
        answer = ctx.seams.may_send(ctx, row)
        data = None
        if isinstance(answer, Go):
            try:
                data = wire(ctx, row)
            except BadAddress as error:
                answer = Hold(Because.BAD_ADDRESS, str(error))
            except BadHeader as error:
                answer = Hold(Because.TEXT, str(error))
        self._apply(row, answer)
        ready = (row.from_address, row.to_address, data) if data is not None else None
        self._commit()
        return ready

    def _apply(self, row: LetterMixin, answer: Go | Hold | Cancel) -> None:
        if isinstance(answer, Go):
            outbox.move(row, LetterState.SENDING)
            return
        row.claimed_by, row.lease_until = "", None
        if isinstance(answer, Hold):
            outbox.move(row, LetterState.HELD, answer.because, answer.detail)
            self._count("held")
        else:
            outbox.move(row, LetterState.CANCELLED, answer.because)
            self._count("cancelled")

    def _put_off(self, letter_id: int, reason: str) -> None:
        """Try a letter again later whose host row cannot be asked now, as if a server had put it off."""
        self.ctx.session.rollback()
        self.ctx.pending.clear()
        self._counted.clear()
        self._settle(letter_id, HandOver(HandOverResult.RETRY, reason, ""))

    def _settle(self, letter_id: int, result: HandOver) -> None:
        ctx, letter = self.ctx, self.ctx.models.letter
        mine = self._update(
            sa.update(letter)
            .where(
                letter.id == letter_id,
                letter.claimed_by == self.me,
                letter.state.in_(_IN_HAND),
            )
            .values(lease_until=None)
        )
        self._attempt(letter_id, result.result.value, result.reply, result.server)
        if not mine:
            self.commit()
            return
        row = ctx.session.get_one(letter, letter_id, populate_existing=True)
        self._outcome(row, result)
        self._commit()
        if result.fatal_connection:
            self.report.unreachable = f"{result.server}: {result.reply}".strip(": ")

    def _outcome(self, row: LetterMixin, result: HandOver) -> None:
        ctx = self.ctx
        if result.result is HandOverResult.SENT:
            outbox.move(row, LetterState.SENT)
            row.sent_at = ctx.now()
            self._count("sent", row.id)
            ctx.seams.letter_settled(ctx, row)
            return
        if row.state == LetterState.UNKNOWN.value:
            return  # settled as unknown while this process was away; a person decides
        if result.result is HandOverResult.RETRY:
            self._retry(row, result)
            return
        unknown = result.result is HandOverResult.UNKNOWN
        outbox.move(
            row,
            LetterState.UNKNOWN if unknown else LetterState.FAILED,
            Because.NO_ANSWER if unknown else Because.SERVER_REFUSED,
            result.reply,
        )
        self._count("unknown" if unknown else "failed")
        ctx.announce(signals.letter_failed, letter_id=row.id)

    def _retry(self, row: LetterMixin, result: HandOver) -> None:
        row.claimed_by = ""
        if result.fatal_connection:
            # The server is away, which is no fault of this letter: it spends no try.
            outbox.move(row, LetterState.DUE, detail=result.reply)
        elif row.tries >= len(BACKOFF):
            outbox.move(row, LetterState.FAILED, Because.TRIES_SPENT, result.reply)
            self._count("failed")
            self.ctx.announce(signals.letter_failed, letter_id=row.id)
            return
        else:
            outbox.move(row, LetterState.DUE, detail=result.reply)
            row.due_at = self.ctx.now() + BACKOFF[row.tries]
            row.tries += 1
        self._count("retried")

    # The database underneath

    def _attempt(self, letter_id: int, result: str, reply: str, server: str) -> None:
        self.ctx.session.add(
            self.ctx.models.letter_attempt(
                letter_id=letter_id, at=self.ctx.now(), result=result, reply=reply[:400], server=server[:200]
            )
        )

    def _update(self, statement: Any) -> int:
        result = self.ctx.session.execute(statement.execution_options(synchronize_session=False))
        return int(getattr(result, "rowcount", 0))

    def _count(self, what: str, letter_id: int | None = None) -> None:
        self._counted.append((what, letter_id))

    def _commit(self) -> None:
        """Commit, and only then count: a step that is tried again is not counted twice."""
        self.commit()
        for what, letter_id in self._counted:
            setattr(self.report, what, getattr(self.report, what) + 1)
            if what == "sent" and letter_id is not None:
                self.report.letters.append(letter_id)
        self._counted.clear()

    def _patiently(self, step: Callable[[], T]) -> T:
        """Run one short transaction; a database that is busy or away is asked again for a minute."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return step()
            except OperationalError:
                self.ctx.session.rollback()
                self.ctx.pending.clear()
                self._counted.clear()
                if time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.02, 0.2))  # noqa: S311 (spreads retries, guards nothing)
