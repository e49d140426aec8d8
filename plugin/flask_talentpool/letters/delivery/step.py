"""One step of a dispatcher, in one transaction: settle what came back, and begin what goes next.

Every beginning starts with the UPDATE that takes the letter; its host row is read after that, and the commit
that makes it ``sending`` is the last thing before the hand-over.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.config.addresses import BadAddress
from flask_talentpool.context import Cancel, Context, Go, Hold
from flask_talentpool.db.arrays import filtering, insert_all, padded
from flask_talentpool.db.locks import update_and_read, update_if
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.claims import Claims
from flask_talentpool.letters.delivery.connections import Delivery
from flask_talentpool.letters.delivery.message import BadHeader, BadSender
from flask_talentpool.letters.delivery.pause import LENGTH, Blame
from flask_talentpool.letters.delivery.prepare import Prepared, prepare
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.kinds import may_send, settled
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.refusals import Fault, fault_in, is_about_login, is_for_good

logger = logging.getLogger("flask_talentpool")

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
"""How long a letter waits after each temporary refusal; after the last it failed."""
_WAITS = "talentpool_waits_for_disk"
"""Where a connection to the database remembers whether its commits wait by themselves."""
_IN_HAND = [LetterState.DUE, LetterState.SENDING, LetterState.UNKNOWN]
Result = tuple[Delivery, HandOver]


class Steps:
    """Settles and begins letters for one run. Nothing here commits."""

    def __init__(self, ctx: Context, claims: Claims) -> None:
        self.ctx, self.claims = ctx, claims
        self.counted: list[tuple[str, int]] = []
        """What this step did, to be counted once it is committed: the counter's name and the letter."""
        self.blame = Blame()
        """What servers refused because of us."""
        self.has_sent = False
        """Whether a letter went in this run."""
        self.is_second_try = False
        """Whether the database went away during this step, so that its commit may have succeeded."""

    def connection(self) -> sa.Connection:
        """Return the connection of this transaction."""
        return self.ctx.connection()

    def deliver_batch(self, results: Sequence[Result], take: Sequence[int]) -> list[Delivery]:
        """Write down what became of letters, and begin claimed ones.

        Args:
            results: Letters that are back, and how each fared.
            take: Ids of claimed letters.

        Returns:
            Those that go now, marked as being handed over.
        """
        self._be_durable(self.connection())
        if results:
            self._settle(results)
        # Where the server refuses because of us, it would refuse the next one as well.
        return self._begin(take) if take and self.blame.fault is None else []

    def _be_durable(self, connection: sa.Connection) -> None:
        """Make this commit wait for the disk, also where the host lets its own not wait.

        Were it lost in a crash of the database, letters would be due again that have gone.
        """
        if connection.dialect.name != "postgresql":
            return
        if _WAITS not in connection.info:
            setting = connection.exec_driver_sql("SELECT current_setting('synchronous_commit')")
            connection.info[_WAITS] = setting.scalar() != "off"
        if not connection.info[_WAITS]:
            connection.exec_driver_sql("SELECT set_config('synchronous_commit', 'on', true)")

    # Beginning

    def _begin(self, ids: Sequence[int]) -> list[Delivery]:
        """Mark letters as being handed over, ask about all of them, and stop those that do not go after all."""
        deliveries, taken = [], self._take(ids)
        for letter_id, answer in may_send(self.ctx, list(taken.values())).items():
            ready = self._prepare(taken[letter_id]) if isinstance(answer, Go) else answer
            if isinstance(ready, Prepared):
                deliveries.append(Delivery(letter_id, ready))
            else:
                self._stop(taken[letter_id], ready)
        self.ctx.session.flush()
        if links := [link for delivery in deliveries for link in delivery.prepared.links]:
            insert_all(self.connection(), self.ctx.models.link, links)
        return deliveries

    def _take(self, ids: Sequence[int]) -> dict[int, LetterMixin]:
        """Take claimed letters that are this process's still, and read them again, in their order."""
        letter = self.ctx.models.letter
        # Already `sending` it is when the answer to an earlier commit was lost and this is a second
        # try: it is mine, and nothing of it was handed over yet.
        taken = update_and_read(
            self.ctx.session,
            letter,
            letter.id.in_(padded(ids)),
            letter.claimed_by == self.claims.me,
            letter.state.in_([LetterState.DUE, LetterState.SENDING]),
            letter.lease_until > self.ctx.clock.lease_now(),
            state=LetterState.SENDING,
            lease_until=self.claims.until(),
        )
        found = {row.id: row for row in taken}
        return {letter_id: found[letter_id] for letter_id in ids if letter_id in found}

    def _prepare(self, row: LetterMixin) -> Prepared | Hold:
        try:
            return prepare(self.ctx, row)
        except BadAddress as error:
            return Hold(HoldReason.BAD_ADDRESS, str(error))
        except BadSender as error:
            return Hold(HoldReason.SETTINGS, str(error))
        except BadHeader as error:
            return Hold(HoldReason.TEXT, str(error))

    def _stop(self, row: LetterMixin, answer: Hold | Cancel) -> None:
        row.claimed_by, row.lease_until = "", None
        if row.state == LetterState.SENDING:
            outbox.move(row, LetterState.DUE)  # nothing of it was handed over yet
        if isinstance(answer, Cancel):
            outbox.move(row, LetterState.CANCELLED, answer.because)
            self.ctx.announce(signals.letter_cancelled, letter_id=row.id)
            self.counted.append(("cancelled", row.id))
        else:
            outbox.move(row, LetterState.HELD, answer.because, answer.detail)
            self.ctx.announce(signals.letter_held, letter_id=row.id)
            self.counted.append(("held", row.id))

    # Settling

    def _settle(self, results: Sequence[Result]) -> None:
        """Write down how letters fared, with an attempt of each."""
        sent = [delivery.letter_id for delivery, answer in results if answer.result is HandOverResult.SENT]
        written = self._written(sent) if self.is_second_try else set()
        self.counted += [("sent", letter_id) for letter_id in written]
        results = [one for one in results if one[0].letter_id not in written]
        settled = self._settle_sent([letter_id for letter_id in sent if letter_id not in written])
        for delivery, answer in results:
            if delivery.letter_id not in settled:
                settled[delivery.letter_id] = self._settle_one(delivery.letter_id, answer)
        if attempts := [self._attempt(settled[one.letter_id], one, answer) for one, answer in results]:
            insert_all(self.connection(), self.ctx.models.letter_attempt, attempts)

    def _attempt(self, row: LetterMixin, delivery: Delivery, answer: HandOver) -> dict[str, Any]:
        return {
            "letter_id": delivery.letter_id,
            "at": self.ctx.now(),
            "result": answer.result,
            "reply": _kept(row, answer).reply[:400],
            "server": answer.server[:200],
            "server_id": answer.server_id[:120] or None,
        }

    def _settle_sent(self, ids: Sequence[int]) -> dict[int, LetterMixin]:
        """Write down letters that were taken; return those of them that were still this process's to settle."""
        if not ids:
            return {}
        letter = self.ctx.models.letter
        gone = update_and_read(
            self.ctx.session,
            letter,
            letter.id.in_(padded(ids)),
            letter.claimed_by == self.claims.me,
            filtering(letter.state) == LetterState.SENDING,
            state=LetterState.SENT,
            sent_at=self.ctx.now(),
            lease_until=None,
            because="",
            detail="",
        )
        self.has_sent = self.has_sent or bool(gone)
        for row in gone:
            self.counted.append(("sent", row.id))
            self.ctx.announce(signals.letter_sent, letter_id=row.id)
        settled(self.ctx, gone)
        return {row.id: row for row in gone}

    def _written(self, ids: Sequence[int]) -> set[int]:
        """Return which letters an earlier try wrote down as sent whose commit succeeded and was not answered."""
        letter = self.ctx.models.letter
        statement = sa.select(letter.id).where(
            letter.id.in_(ids), letter.claimed_by == self.claims.me, letter.state == LetterState.SENT
        )
        return set(self.ctx.session.scalars(statement))

    def put_off(self, letter_id: int, reason: str) -> None:
        """Try a letter again later whose host row cannot be asked now, as if a server had put it off."""
        delivery = Delivery(letter_id, Prepared(mail_from="", rcpt_to="", data=b"", links=[]))
        self.deliver_batch([(delivery, HandOver(HandOverResult.RETRY, reason, ""))], [])

    def _settle_one(self, letter_id: int, answer: HandOver) -> LetterMixin:
        """Write down how one letter fared, where it is still this process's to settle."""
        ctx, letter = self.ctx, self.ctx.models.letter
        is_mine = letter.claimed_by == self.claims.me
        is_in_hand = letter.state.in_(_IN_HAND)
        is_ours = update_if(
            ctx.session, letter, letter.id == letter_id, is_mine, is_in_hand, lease_until=None
        )
        row = ctx.session.get_one(letter, letter_id, populate_existing=True)
        if is_ours:
            self._outcome(row, _kept(row, answer))
            ctx.session.flush()
        return row

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
        fault = fault_in(answer.reply) if answer.result is not HandOverResult.UNKNOWN else Fault.UNKNOWN
        if not is_about_login(answer.reply):
            self.blame.count(row.id, fault, answer.reply, every=answer.fatal_connection)
        if answer.result is HandOverResult.RETRY:
            self._retry(row, answer, fault)
            return
        if answer.result is HandOverResult.FAILED and fault in (Fault.QUOTA, Fault.PASSING):
            self._retry(row, answer, fault)
            return
        if fault is Fault.ADDRESS and ctx.settings.send_all_mail_to is None:
            suppression.suppress(ctx, row.to_address, scope=row.scope)
        unknown = answer.result is HandOverResult.UNKNOWN
        outbox.move(
            row,
            LetterState.UNKNOWN if unknown else LetterState.FAILED,
            HoldReason.NO_ANSWER if unknown else HoldReason.SERVER_REFUSED,
            answer.reply,
        )
        self.counted.append(("unknown" if unknown else "failed", row.id))
        ctx.announce(signals.letter_failed, letter_id=row.id)

    def _retry(self, row: LetterMixin, answer: HandOver, fault: Fault) -> None:
        row.claimed_by = ""
        if answer.fatal_connection or answer.surplus:
            # The server is away, or one connection was too many: no fault of this letter, it spends no try.
            outbox.move(row, LetterState.DUE, detail=answer.reply)
        elif fault.is_ours and is_for_good(answer.reply) and not self.has_sent:
            # It spends no try where others fare the same; where others went, it is about this one after all.
            outbox.move(row, LetterState.DUE, detail=answer.reply)
            row.due_at = self.ctx.now() + LENGTH[fault]
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


def _kept(row: LetterMixin, answer: HandOver) -> HandOver:
    """Return an answer as it may be kept: of somebody forgotten while the letter was in the air, its code alone."""
    if row.to_address:
        return answer
    code = answer.reply[:3]
    return replace(answer, reply=code if code.isdigit() else "")
