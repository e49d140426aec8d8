"""A pause of all hand-overs: the server refuses what we send because of us, so every other letter would fare the same."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.audit import MarkMixin
from flask_talentpool.db.locks import update_if
from flask_talentpool.letters.refusals import Fault

MARK = "mail-pause"
LENGTH = {Fault.SENDER: timedelta(minutes=15), Fault.QUOTA: timedelta(hours=1)}
"""How long nothing is handed over, by whose limit it is."""
SAME = 3
"""So many recipients refused for the same fault of ours are no chance."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when nothing is handed over, and what the server said."""

    until: datetime
    reply: str


class Blame:
    """What one run was blamed for."""

    def __init__(self) -> None:
        self._refused: dict[Fault, set[int]] = defaultdict(set)
        self.fault: Fault | None = None
        """The fault for which the run stops; None while it goes on."""
        self.reply = ""

    def count(self, letter_id: int, fault: Fault, reply: str, *, every: bool = False) -> None:
        """Note a refusal.

        Args:
            letter_id: The letter.
            fault: Whose fault it was; only ours counts.
            reply: What the server said.
            every: It was said before a recipient was named, so it holds for every letter.
        """
        if not fault.is_ours:
            return
        self._refused[fault].add(letter_id)
        if self.fault is None and (every or len(self._refused[fault]) >= SAME):
            self.fault, self.reply = fault, reply


def begin(ctx: Context, fault: Fault, reply: str) -> None:
    """Hand nothing over for a while."""
    ctx.keep_mark(MARK, reply, at=ctx.now() + LENGTH[fault])


def current(ctx: Context) -> Pause | None:
    """Return the pause that holds now, or None."""
    mark = ctx.models.mark
    return kept(ctx, ctx.session.scalars(sa.select(mark).where(mark.key == MARK)).one_or_none())


def kept(ctx: Context, mark: MarkMixin | None) -> Pause | None:
    """Return the pause that a mark keeps, as long as it holds."""
    return None if mark is None or mark.at <= ctx.now() else Pause(until=mark.at, reply=mark.value)


def end(ctx: Context) -> bool:
    """Somebody says that it is mended: letters go with the next round; return whether there was a pause."""
    mark = ctx.models.mark
    return bool(update_if(ctx.session, mark, mark.key == MARK, mark.at > ctx.now(), at=ctx.now()))
