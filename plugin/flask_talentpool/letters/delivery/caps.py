"""Caps: how many letters go in a day, from one domain of ours and to one domain of theirs.

What is over a cap stays due and says until when. What went and what is on its way count the same, so that
several dispatchers keep to one cap together.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.clock import day_and_time
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.enums import LetterState

DAY = timedelta(days=1)
MARK = "caps"
_TAKEN = [LetterState.SENT, LetterState.SENDING, LetterState.UNKNOWN]


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """A claimed letter: its id and the domains it goes from and to."""

    letter_id: int
    from_domain: str
    to_domain: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A letter that counts against a cap, and since when."""

    from_domain: str
    to_domain: str
    at: datetime


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case.

    >>> domain_of("Jo@Example.test")
    'example.test'
    """
    return address.rpartition("@")[2].lower()


def over(
    waiting: Sequence[WaitingLetters],
    gone: Sequence[Gone],
    *,
    now: datetime,
    daily: int | None,
    per_domain: int | None,
) -> dict[int, datetime]:
    """Return the letters that must wait, and until when there is room for another.

    Args:
        waiting: Letters that would go now, first come first.
        gone: Those that went in the last 24 hours or are on their way.
        now: The moment.
        daily: How many letters in 24 hours go from one domain; None for any number.
        per_domain: The same for each domain they go to.
    """
    recent = [one for one in gone if one.at > now - DAY]
    by_sender = Counter(one.from_domain for one in recent)
    by_receiver = Counter(one.to_domain for one in recent)
    late: dict[int, datetime] = {}
    for letter in waiting:
        full = [
            until
            for cap, counted, name, moments in (
                (
                    daily,
                    by_sender,
                    letter.from_domain,
                    [g.at for g in recent if g.from_domain == letter.from_domain],
                ),
                (
                    per_domain,
                    by_receiver,
                    letter.to_domain,
                    [g.at for g in recent if g.to_domain == letter.to_domain],
                ),
            )
            if cap is not None
            and counted[name] >= cap
            and (until := _room_at(moments, cap=cap, now=now)) is not None
        ]
        if full:
            late[letter.letter_id] = max(full)
            continue
        by_sender[letter.from_domain] += 1
        by_receiver[letter.to_domain] += 1
    return late


def _room_at(moments: Sequence[datetime], *, cap: int, now: datetime) -> datetime:
    """Return when one more fits under the cap: as the oldest of the last ``cap`` leaves the 24 hours."""
    counted = sorted(moments)[-cap:]
    return counted[0] + DAY if len(counted) == cap else now + DAY


class Caps:
    """Keeps one run under the caps. Nothing here commits."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.daily, self.per_domain = ctx.settings.daily_cap, ctx.settings.domain_cap

    @property
    def is_on(self) -> bool:
        """Whether there is a cap at all."""
        return self.daily is not None or self.per_domain is not None

    def take_turns(self) -> None:
        """Let one dispatcher at a time count and claim; the UPDATE comes before anything is read."""
        self.ctx.keep_mark(MARK)

    def put_back(self, ids: Sequence[int]) -> list[int]:
        """Let those of the claimed letters wait that are over a cap; return the others, in the same order."""
        if not ids:
            return []
        letter = self.ctx.models.letter
        rows = self.ctx.session.execute(
            sa.select(letter.id, letter.from_address, letter.to_address).where(letter.id.in_(ids))
        )
        found = {
            row.id: WaitingLetters(row.id, domain_of(row.from_address), domain_of(row.to_address))
            for row in rows
        }
        waiting = [found[letter_id] for letter_id in ids if letter_id in found]
        late = over(
            waiting, self._gone(ids), now=self.ctx.now(), daily=self.daily, per_domain=self.per_domain
        )
        by_moment: dict[datetime, list[int]] = {}
        for letter_id, until in late.items():
            by_moment.setdefault(until, []).append(letter_id)
        for until, those in by_moment.items():
            self._wait(those, until)
        return [one.letter_id for one in waiting if one.letter_id not in late]

    def _wait(self, ids: Sequence[int], until: datetime) -> None:
        letter = self.ctx.models.letter
        when = day_and_time(until, self.ctx.settings.timezone)
        update_if(
            self.ctx.session,
            letter,
            letter.id.in_(ids),
            letter.state == LetterState.DUE,
            due_at=until,
            claimed_by="",
            lease_until=None,
            detail=f"Over the cap of letters a day until {when}.",
        )

    def _gone(self, but: Sequence[int]) -> list[Gone]:
        """Return what counts: sent in 24 hours, on its way, of unknown fate, or claimed by another dispatcher."""
        letter, now = self.ctx.models.letter, self.ctx.now()
        claimed = sa.and_(
            letter.state == LetterState.DUE,
            letter.lease_until > self.ctx.clock.lease_now(),
            letter.id.not_in(but),
        )
        moment = sa.func.coalesce(letter.sent_at, letter.due_at)
        taken = sa.and_(
            letter.state.in_(_TAKEN), sa.or_(letter.sent_at.is_(None), letter.sent_at > now - DAY)
        )
        statement: Any = sa.select(
            letter.state, letter.from_address, letter.to_address, letter.sent_at, letter.due_at, moment
        ).where(sa.or_(claimed, taken))
        return [
            Gone(
                domain_of(row.from_address),
                domain_of(row.to_address),
                row.sent_at or (row.due_at if row.state == LetterState.UNKNOWN else now),
            )
            for row in self.ctx.session.execute(statement)
        ]
