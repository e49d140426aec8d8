"""One step of a dispatcher, in one transaction: settle what came back, and begin what goes next.

Every beginning starts with the UPDATE that takes the letter; its host row is read after that, and the commit
that makes it ``sending`` is the last thing before the hand-over.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.context import Answer, Cancel, Context, Go, Hold, ManyAtOnce
from flask_talentpool.db.arrays import insert_all, padded
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.claims import Claims
from flask_talentpool.letters.delivery.connections import Delivery
from flask_talentpool.letters.delivery.message import BadAddress, BadHeader
from flask_talentpool.letters.delivery.prepare import Prepared, prepare
from flask_talentpool.letters.delivery.statements import Beginning, Settling
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult
from flask_talentpool.letters.kinds import may_send, settled
from flask_talentpool.letters.model import LetterMixin

logger = logging.getLogger("flask_talentpool")

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
"""How long a letter waits after each temporary refusal; after the last it failed."""
_WAIT_FOR_DISK = (
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
)
_IN_HAND = [LetterState.DUE, LetterState.SENDING, LetterState.UNKNOWN]
Result = tuple[Delivery, HandOver]


class Steps:
    """Settles and begins letters for one run. Nothing here commits."""

    def __init__(self, ctx: Context, claims: Claims) -> None:
        self.ctx, self.claims = ctx, claims
        self.counted: list[tuple[str, int]] = []
        """What this step did, to be counted once it is committed: the counter's name and the letter."""
        self.is_second_try = False
        """Whether the database went away during this step, so that its commit may have succeeded."""
        self._many: ManyAtOnce | None = ctx.seams.many_at_once(ctx) if ctx.seams.many_at_once else None
        self._beginning = Beginning(ctx.models, claims.me)
        dialect = ctx.session.get_bind(sa.inspect(ctx.models.letter)).dialect
        self._settling: Settling | None = None
        if self._many is not None and dialect.update_returning:
            self._settling = Settling(ctx.models, claims.me, self._many, dialect=dialect.name)

    def connection(self) -> sa.Connection:
        """Return the connection of this transaction."""
        return self.ctx.session.connection(bind_arguments={"mapper": sa.inspect(self.ctx.models.letter)})

    def deliver_batch(self, results: Sequence[Result], take: Sequence[int]) -> list[Delivery]:
        """Write down what became of letters, and begin claimed ones.

        Args:
            results: Letters that are back, and how each fared.
            take: Ids of claimed letters.

        Returns:
            Those that go now, marked as being handed over.
        """
        connection = self.connection()
        self._be_durable(connection)
        self._settle(connection, results)
        return self._begin(connection, take) if take else []

    def _be_durable(self, connection: sa.Connection) -> None:
        """Make this commit wait for the disk, also where the host lets its own not wait.

        Were it lost in a crash of the database, letters would be due again that have gone.
        """
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_WAIT_FOR_DISK)

    # Beginning

    def _begin(self, connection: sa.Connection, ids: Sequence[int]) -> list[Delivery]:
        until = self.claims.until()
        deliveries = self._begin_many(connection, ids, until)
        begun = {delivery.letter_id for delivery in deliveries}
        if alone := [letter_id for letter_id in ids if letter_id not in begun]:
            deliveries += self._begin_each(connection, alone, until)
        if links := [link for delivery in deliveries for link in delivery.prepared.links]:
            insert_all(connection, self.ctx.models.link, links)
        return deliveries

    def _begin_many(self, connection: sa.Connection, ids: Sequence[int], until: datetime) -> list[Delivery]:
        """Mark letters as being handed over, and return those that are as plain as most."""
        connection.execute(
            self._beginning.begin, {"ids": padded(ids), "now": self.ctx.clock.lease_now(), "until": until}
        )
        return [] if self._many is None else self._begin_plain(connection, self._many, ids, until)

    def _begin_each(self, connection: sa.Connection, ids: Sequence[int], until: datetime) -> list[Delivery]:
        """Ask about letters one by one, and return those that go."""
        connection.execute(self._beginning.put_back, {"ids": padded(ids)})
        deliveries = [delivery for one in ids if (delivery := self._begin_one(one, until)) is not None]
        self.ctx.session.flush()
        return deliveries

    def _begin_plain(
        self, connection: sa.Connection, many: ManyAtOnce, ids: Sequence[int], until: datetime
    ) -> list[Delivery]:
        deliveries = []
        for row in many.may_go(connection, ids):
            taken = (row.claimed_by, row.state, row.lease_until)
            if taken != (self.claims.me, LetterState.SENDING, until):
                continue
            try:
                prepared = prepare(self.ctx, row)
            except (BadAddress, BadHeader):
                continue  # asked about alone, it is held with the reason
            deliveries.append(Delivery(row.id, prepared, row))
        return deliveries

    def _begin_one(self, letter_id: int, until: datetime) -> Delivery | None:
        ctx, letter = self.ctx, self.ctx.models.letter
        row = ctx.session.get(letter, letter_id, populate_existing=True)
        if row is None or row.claimed_by != self.claims.me or row.lease_until != until:
            return None
        answer = may_send(ctx, [row])[row.id]
        prepared: Prepared | None = None
        if isinstance(answer, Go):
            try:
                prepared = prepare(ctx, row)
            except BadAddress as error:
                answer = Hold(HoldReason.BAD_ADDRESS, str(error))
            except BadHeader as error:
                answer = Hold(HoldReason.TEXT, str(error))
        self._apply(row, answer)
        return Delivery(letter_id, prepared) if prepared is not None else None

    def _apply(self, row: LetterMixin, answer: Answer) -> None:
        if isinstance(answer, Go):
            outbox.move(row, LetterState.SENDING)
            return
        row.claimed_by, row.lease_until = "", None
        if isinstance(answer, Cancel):
            outbox.move(row, LetterState.CANCELLED, answer.because)
            self.ctx.announce(signals.letter_cancelled, letter_id=row.id)
            self.counted.append(("cancelled", row.id))
        else:
            outbox.move(row, LetterState.HELD, answer.because, answer.detail)
            self.ctx.announce(signals.letter_held, letter_id=row.id)
            self.counted.append(("held", row.id))

    # Settling

    def _settle(self, connection: sa.Connection, results: Sequence[Result]) -> None:
        """Write down how letters fared, with an attempt of each."""
        written = self._written(results) if self.is_second_try and results else set()
        self.counted += [("sent", letter_id) for letter_id in written]
        results = [one for one in results if one[0].letter_id not in written]
        plain = [one for one in results if one[0].row is not None and one[1].result is HandOverResult.SENT]
        gone: set[int] = set()
        if plain and self._settling is not None:
            gone = self._settle_plain(connection, self._settling, plain)
        rest = [one for one in results if one[0].letter_id not in gone]
        for delivery, answer in rest:
            self._settle_one(delivery.letter_id, answer)
        if rest:
            attempts = [self._attempt(delivery.letter_id, answer) for delivery, answer in rest]
            insert_all(connection, self.ctx.models.letter_attempt, attempts)

    def _attempt(self, letter_id: int, answer: HandOver) -> dict[str, Any]:
        return {
            "letter_id": letter_id,
            "at": self.ctx.now(),
            "result": answer.result,
            "reply": answer.reply[:400],
            "server": answer.server[:200],
        }

    def _settle_plain(
        self, connection: sa.Connection, settling: Settling, results: Sequence[Result]
    ) -> set[int]:
        """Write down letters that were taken; return those of them that were still this process's to settle."""
        attempts = [self._attempt(delivery.letter_id, answer) for delivery, answer in results]
        gone = settling.settle(connection, attempts, at=self.ctx.now())
        self.counted += [("sent", letter_id) for letter_id in gone]
        for letter_id in gone:
            self.ctx.announce(signals.letter_sent, letter_id=letter_id)
        return gone

    def _written(self, results: Sequence[Result]) -> set[int]:
        """Return which letters an earlier try wrote down as sent whose commit succeeded and was not answered."""
        letter = self.ctx.models.letter
        sent = [delivery.letter_id for delivery, answer in results if answer.result is HandOverResult.SENT]
        statement = sa.select(letter.id).where(
            letter.id.in_(sent), letter.claimed_by == self.claims.me, letter.state == LetterState.SENT
        )
        return set(self.ctx.session.scalars(statement))

    def put_off(self, letter_id: int, reason: str) -> None:
        """Try a letter again later whose host row cannot be asked now, as if a server had put it off."""
        delivery = Delivery(letter_id, Prepared(mail_from="", rcpt_to="", data=b"", links=[]))
        self.deliver_batch([(delivery, HandOver(HandOverResult.RETRY, reason, ""))], [])

    def _settle_one(self, letter_id: int, answer: HandOver) -> None:
        ctx, letter = self.ctx, self.ctx.models.letter
        mine = ctx.session.execute(
            sa.update(letter)
            .where(letter.id == letter_id, letter.claimed_by == self.claims.me, letter.state.in_(_IN_HAND))
            .values(lease_until=None)
            .execution_options(synchronize_session=False)
        )
        if not getattr(mine, "rowcount", 0):
            return
        row = ctx.session.get_one(letter, letter_id, populate_existing=True)
        self._outcome(row, answer)
        ctx.session.flush()

    def _outcome(self, row: LetterMixin, answer: HandOver) -> None:
        ctx = self.ctx
        if row.state == LetterState.DUE:
            # The database lost in a crash that it was being handed over.
            outbox.move(row, LetterState.SENDING)
        if answer.result is HandOverResult.SENT:
            outbox.move(row, LetterState.SENT)
            row.sent_at = ctx.now()
            self.counted.append(("sent", row.id))
            ctx.announce(signals.letter_sent, letter_id=row.id)
            settled(ctx, [row])
            return
        if row.state == LetterState.UNKNOWN:
            return  # settled as unknown while this process was away; a person decides
        if answer.result is HandOverResult.RETRY:
            self._retry(row, answer)
            return
        unknown = answer.result is HandOverResult.UNKNOWN
        outbox.move(
            row,
            LetterState.UNKNOWN if unknown else LetterState.FAILED,
            HoldReason.NO_ANSWER if unknown else HoldReason.SERVER_REFUSED,
            answer.reply,
        )
        self.counted.append(("unknown" if unknown else "failed", row.id))
        ctx.announce(signals.letter_failed, letter_id=row.id)

    def _retry(self, row: LetterMixin, answer: HandOver) -> None:
        row.claimed_by = ""
        if answer.fatal_connection or answer.surplus:
            # The server is away, or one connection was too many: no fault of this letter, it spends no try.
            outbox.move(row, LetterState.DUE, detail=answer.reply)
        elif row.tries >= len(BACKOFF):
            outbox.move(row, LetterState.FAILED, HoldReason.TRIES_SPENT, answer.reply)
            self.counted.append(("failed", row.id))
            self.ctx.announce(signals.letter_failed, letter_id=row.id)
            return
        else:
            outbox.move(row, LetterState.DUE, detail=answer.reply)
            row.due_at = self.ctx.now() + BACKOFF[row.tries]
            row.tries += 1
        self.counted.append(("retried", row.id))
