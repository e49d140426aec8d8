"""Claims: which letters this process has taken, for how long, and what became of those it lost."""

import contextlib
import logging
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.enums import HoldReason, LetterState

logger = logging.getLogger("flask_talentpool")

BATCH = 50
_COMING = 1000
_DUE, _SENDING = LetterState.DUE, LetterState.SENDING


class Claims:
    """The letters that one dispatcher has claimed. Nothing here commits."""

    def __init__(self, ctx: Context, *, me: str, lease: timedelta) -> None:
        """Prepare.

        Args:
            ctx: The unit of work.
            me: The name of this dispatcher, its own.
            lease: How long a claim lasts when its process says nothing more.
        """
        self.ctx, self.me, self.lease = ctx, me, lease

    def until(self) -> Any:
        """Return when a lease taken now ends."""
        return self.ctx.clock.lease_now() + self.lease

    def take(self, number: int) -> None:
        """Claim letters that are due and free. The UPDATE comes first, so nothing is read that another takes."""
        letter, now = self.ctx.models.letter, self.ctx.clock.lease_now()
        free = sa.or_(letter.lease_until.is_(None), letter.lease_until <= now)
        picked = (
            sa.select(letter.id)
            .where(letter.state == _DUE, letter.due_at <= self.ctx.now(), free)
            .order_by(letter.due_at, letter.id)
            .limit(number)
            .with_for_update(skip_locked=True)
        )
        is_picked = letter.id.in_(picked.scalar_subquery())
        update_if(self.ctx.session, letter, is_picked, claimed_by=self.me, lease_until=now + self.lease)

    def mine(self, but: Collection[int] = ()) -> list[int]:
        """Return the letters that are claimed by this dispatcher and not begun, in the order they were due.

        Args:
            but: Letters on their way: the database may have forgotten in a crash that they were begun.
        """
        letter = self.ctx.models.letter
        statement = sa.select(letter.id).where(
            letter.claimed_by == self.me,
            letter.state == _DUE,
            letter.due_at <= self.ctx.now(),
            letter.lease_until.is_not(None),
        )
        found = self.ctx.session.scalars(statement.order_by(letter.due_at, letter.id))
        return [letter_id for letter_id in found if letter_id not in but]

    def others_at_work(self) -> bool:
        """Whether a letter is due or on its way, so that this run is not over."""
        letter = self.ctx.models.letter
        due = sa.and_(letter.state == _DUE, letter.due_at <= self.ctx.now())
        statement = sa.select(letter.id).where(sa.or_(due, letter.state == _SENDING)).limit(1)
        return self.ctx.session.scalars(statement).first() is not None

    def settle_lapsed(self) -> int:
        """Settle as unknown what a process was handing over that is gone; return how many there were.

        Called while this process hands nothing over: what it seems to, the database forgot the end of in a crash.
        """
        letter, now = self.ctx.models.letter, self.ctx.clock.lease_now()
        # No lease at all is none that anybody renews: another version, or a hand, wrote such a row.
        is_over = sa.or_(
            letter.lease_until.is_(None), letter.lease_until <= now, letter.claimed_by == self.me
        )
        lapsed = (letter.state == _SENDING, is_over)
        settled = 0
        for letter_id in list(self.ctx.session.scalars(sa.select(letter.id).where(*lapsed))):
            unknown = {"state": LetterState.UNKNOWN, "because": HoldReason.NO_ANSWER, "lease_until": None}
            if update_if(self.ctx.session, letter, letter.id == letter_id, *lapsed, **unknown):
                self.ctx.session.add(
                    self.ctx.models.letter_attempt(
                        letter_id=letter_id,
                        at=self.ctx.now(),
                        result="unknown",
                        reply="the process that handed it over ended",
                        server="",
                    )
                )
                self.ctx.announce(signals.letter_failed, letter_id=letter_id)
                settled += 1
        return settled

    def release(self) -> None:
        """Give back what was claimed and not begun."""
        letter = self.ctx.models.letter
        is_mine = sa.and_(letter.claimed_by == self.me, letter.state == _DUE)
        update_if(self.ctx.session, letter, is_mine, claimed_by="", lease_until=None)

    @contextlib.contextmanager
    def renewing(self) -> Iterator[None]:
        """Renew this process's leases from a thread, for as long as a slow server takes."""
        bind = self.ctx.session.get_bind(sa.inspect(self.ctx.models.letter))
        engine = bind if isinstance(bind, sa.Engine) else bind.engine
        # A database in memory belongs to one connection, and so to one process: no lease is needed.
        if engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:"):
            yield
            return
        done = threading.Event()
        thread = threading.Thread(target=self._renew, args=(engine, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=10)

    def _renew(self, engine: sa.Engine, done: threading.Event) -> None:
        letter = self.ctx.models.letter.__table__
        mine = sa.and_(
            letter.c.claimed_by == self.me,
            letter.c.state.in_([_DUE, _SENDING]),
            letter.c.lease_until.is_not(None),
        )
        if engine.dialect.name == "postgresql":
            # A letter that is being settled at this moment is left alone: waiting for several, in another
            # order than the transaction that has them, the two would stand in each other's way.
            mine = letter.c.id.in_(sa.select(letter.c.id).where(mine).with_for_update(skip_locked=True))
        renewal = sa.update(letter).where(mine)
        while not done.wait(self.lease.total_seconds() / 3):
            try:
                with engine.begin() as connection:
                    connection.execute(renewal.values(lease_until=self.until()))
            except sa.exc.SQLAlchemyError:
                logger.warning("a lease could not be renewed; it is tried again", exc_info=True)


def coming(ctx: Context) -> Iterable[str]:
    """Return the addresses of letters that go next."""
    letter = ctx.models.letter
    is_due = sa.and_(letter.state == _DUE, letter.due_at <= ctx.now())
    return ctx.session.scalars(
        sa.select(letter.to_address).where(is_due).order_by(letter.due_at).limit(_COMING)
    )
