"""The statements of a dispatcher's every step, built once a run.

On PostgreSQL all that a step writes about letters that went is one statement: of the time a letter takes, each
further trip to the database would be a good part.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import ManyAtOnce
from flask_talentpool.db.arrays import array_of, hidden, insert_all, padded
from flask_talentpool.enums import LetterState
from flask_talentpool.models import Models

_DUE, _SENDING = LetterState.DUE, LetterState.SENDING
_LANDED = ["letter_id", "result", "reply", "server"]


class Beginning:
    """Marks letters of one dispatcher as being handed over."""

    def __init__(self, models: Models, me: str) -> None:
        letter = models.letter.__table__
        ids = letter.c.id.in_(sa.bindparam("ids", expanding=True))
        mine = letter.c.claimed_by == me
        # Already `sending` it is when the answer to an earlier commit was lost and this is a second
        # try: it is mine, and nothing of it was handed over yet.
        self.begin = (
            sa.update(letter)
            .where(
                ids,
                letter.c.state.in_([_DUE, _SENDING]),
                mine,
                letter.c.lease_until > sa.bindparam("now"),
            )
            .values(state=_SENDING, lease_until=sa.bindparam("until"))
        )
        self.put_back = (
            sa.update(letter).where(ids, mine, letter.c.state.in_([_DUE, _SENDING])).values(state=_DUE)
        )


class Settling:
    """Writes down letters of one dispatcher that went."""

    def __init__(self, models: Models, me: str, many: ManyAtOnce, *, dialect: str) -> None:
        """Build the statements.

        Args:
            models: The mapped classes.
            me: The name of the dispatcher.
            many: Says what else is written of letters that went.
            dialect: The name of the database's dialect.
        """
        self._models, self._many, self._is_together = models, many, dialect == "postgresql"
        letter = models.letter.__table__
        state, name = (sa.bindparam(None, value, type_=sa.String()) for value in (_SENDING, me))
        self._sent = (
            sa.update(letter)
            .where(
                letter.c.claimed_by == (hidden(name) if self._is_together else name),
                letter.c.state == (hidden(state) if self._is_together else state),
            )
            .values(
                state=LetterState.SENT,
                sent_at=sa.bindparam("at"),
                lease_until=None,
                because="",
                detail="",
            )
        )
        if self._is_together:
            self._all = self._one_statement()
            return
        self._sent_among = self._sent.where(letter.c.id.in_(sa.bindparam("ids", expanding=True))).returning(
            letter.c.id
        )
        gone = sa.select(letter.c.id, letter.c.scope, letter.c.person_id, letter.c.decision_id).where(
            letter.c.id.in_(sa.bindparam("gone", expanding=True))
        )
        self._touches, self._told = many.went(gone.subquery("gone"))

    def settle(
        self, connection: sa.Connection, attempts: Sequence[dict[str, Any]], *, at: datetime
    ) -> set[int]:
        """Write down letters that went, with a touch and an attempt each; announce the decisions told now.

        Args:
            connection: Of the transaction.
            attempts: A row for each letter.
            at: When they went, aware.

        Returns:
            The letters that were this dispatcher's to settle. Of the others nothing is written.
        """
        by_statement = self._settle_together if self._is_together else self._settle_apart
        gone, told = by_statement(connection, attempts, at)
        self._many.told(told)
        return gone

    def _settle_together(
        self, connection: sa.Connection, attempts: Sequence[dict[str, Any]], at: datetime
    ) -> tuple[set[int], list[int]]:
        given: dict[str, Any] = {f"landed_{name}": [row[name] for row in attempts] for name in _LANDED}
        rows = connection.execute(self._all, {**given, "at": at}).all()
        return {row.id for row in rows}, [row.told for row in rows if row.told is not None]

    def _one_statement(self) -> sa.Select[Any]:
        letter, attempt = self._models.letter.__table__, self._models.letter_attempt.__table__
        arrays = [hidden(array_of(attempt.c[name], f"landed_{name}")) for name in _LANDED]
        landed = sa.func.unnest(*arrays).table_valued(*_LANDED).render_derived(name="landed")
        gone = (
            self._sent.where(letter.c.id == landed.c.letter_id)
            .returning(
                letter.c.id,
                letter.c.scope,
                letter.c.person_id,
                letter.c.decision_id,
                landed.c.result,
                landed.c.reply,
                landed.c.server,
            )
            .cte("gone")
        )
        touches, told = self._many.went(gone)
        at = sa.bindparam("at", type_=attempt.c.at.type)
        tries = sa.insert(attempt).from_select(
            ["letter_id", "at", "result", "reply", "server"],
            sa.select(gone.c.id, at, gone.c.result, gone.c.reply, gone.c.server),
        )
        decided = told.cte("told")
        return (
            sa.select(gone.c.id, decided.c.id.label("told"))
            .select_from(gone.outerjoin(decided, decided.c.id == gone.c.decision_id))
            .add_cte(touches.cte("touches"), tries.cte("tries"))
        )

    def _settle_apart(
        self, connection: sa.Connection, attempts: Sequence[dict[str, Any]], at: datetime
    ) -> tuple[set[int], list[int]]:
        ids = [row["letter_id"] for row in attempts]
        gone = set(connection.scalars(self._sent_among, {"ids": padded(ids), "at": at}))
        if not gone:
            return set(), []
        given = {"gone": padded(sorted(gone)), "at": at}
        connection.execute(self._touches, given)
        decided = list(connection.scalars(self._told, given))
        insert_all(
            connection, self._models.letter_attempt, [row for row in attempts if row["letter_id"] in gone]
        )
        return gone, decided
