"""What people were asked before, over all jobs: how often one may be asked by letter, and whose turn it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import RecallState
from flask_talentpool.recalls.model import RecallMixin

APART = timedelta(days=60)
"""Between two invitations by letter to one person, whatever the jobs."""
A_YEAR = timedelta(days=365)
MOST = 4
"""Invitations by letter to one person in a year."""
UNANSWERED = 2
"""After so many in a row without an answer nobody asks by letter until the person speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one person was asked before, and when they last said anything."""

    recalls: tuple[RecallMixin, ...] = ()
    """Over all jobs, the newest first."""
    spoke_at: datetime | None = None

    def latest(self, job: str) -> RecallMixin | None:
        """Return the newest one for a job, by :func:`job_of`."""
        return next((one for one in self.recalls if job_of(one) == job), None)

    @property
    def letters(self) -> list[RecallMixin]:
        """Those by letter that may have reached the person, the newest first."""
        return [one for one in self.recalls if not one.is_by_phone and _was_asked(one)]

    @property
    def is_second_silence(self) -> bool:
        """Whether the person let the invitation before the newest one unanswered, and said nothing since."""
        before = self.letters[1:UNANSWERED]
        return bool(before) and all(self._is_silent(one) for one in before)

    def _is_silent(self, recall: RecallMixin) -> bool:
        spoke_since = self.spoke_at is not None and self.spoke_at >= recall.invited_at
        return recall.state == RecallState.NO_ANSWER and not spoke_since

    def too_often(self, ctx: Context) -> str:
        """Return why no letter asks this person again now, as a sentence; empty where one may."""
        letters = self.letters
        if len(letters) >= UNANSWERED and all(self._is_silent(one) for one in letters[:UNANSWERED]):
            return "Two invitations in a row had no answer. They are asked by letter again once they say something; you can ring."
        last = [one.sent_at or one.invited_at for one in letters]
        free = [last[0] + APART] if last else []
        if len(last) >= MOST:
            free.append(last[MOST - 1] + A_YEAR)
        until = max(free, default=ctx.now())
        if until <= ctx.now():
            return ""
        zone = ctx.settings.timezone
        return (
            f"Was invited by letter on {_day(last[0].astimezone(zone).date())}. The next letter may go on "
            f"{_day(until.astimezone(zone).date())}; you can ring before."
        )


NEVER = Asked()
"""Somebody who was asked nothing."""


def _was_asked(recall: RecallMixin) -> bool:
    """Whether the letter may have reached the person: one withdrawn before it went has not."""
    return recall.sent_at is not None or recall.state != RecallState.CLOSED


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def job_of(row: DecisionMixin | RecallMixin) -> str:
    """Return what tells the job of a decision or an invitation from others: its key, or its label where there is none."""
    return row.job_key or row.job_label


def asked(ctx: Context, people: Collection[int]) -> Mapping[int, Asked]:
    """Read what people were asked before, by person id; whoever was asked nothing is :data:`NEVER`."""
    found: dict[int, Asked] = defaultdict(lambda: NEVER)
    if not people:
        return found
    recall, touch = ctx.models.recall, ctx.models.touch
    theirs: dict[int, list[RecallMixin]] = defaultdict(list)
    statement = sa.select(recall).where(recall.person_id.in_(padded(sorted(people))))
    for row in ctx.session.scalars(statement.order_by(recall.id.desc())):
        if row.person_id is not None:
            theirs[row.person_id].append(row)
    silent = [key for key, rows in theirs.items() if any(one.state == RecallState.NO_ANSWER for one in rows)]
    spoke: dict[int, datetime] = {}
    if silent:
        last = sa.func.max(touch.at, type_=touch.at.type)
        inbound = sa.select(touch.person_id, last).where(
            touch.person_id.in_(padded(silent)), touch.direction == "in"
        )
        spoke = {row[0]: row[1] for row in ctx.session.execute(inbound.group_by(touch.person_id))}
    found.update({key: Asked(recalls=tuple(rows), spoke_at=spoke.get(key)) for key, rows in theirs.items()})
    return found


def enquiry_slots(scope: str, job: str, at_once: int) -> list[str]:
    """Return what ``turn_for`` of each of several is who are asked about a job at once."""
    return [f"{turn_key(scope, job)[:190]}:{number}" for number in range(1, at_once + 1)]


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is asked for a job just now, one at a time."""

    recall_id: int
    person_id: int | None
    name: str
    until: datetime


def turn_key(scope: str, job: str) -> str:
    """Return what ``turn_for`` of an invitation to a job is while its person is the one who is asked."""
    return f"{scope}:{job}"[:200]


def whose_turn(ctx: Context, scope: str, job: str) -> Turn | None:
    """Return who is asked for a job and has time to answer still; None when the next may be invited."""
    recall, person = ctx.models.recall, ctx.models.person
    statement = (
        sa.select(recall.id, recall.person_id, person.name, recall.answer_by)
        .outerjoin(person, person.id == recall.person_id)
        .where(recall.turn_for == turn_key(scope, job), recall.answer_by > ctx.now())
    )
    row = ctx.session.execute(statement).first()
    return Turn(row.id, row.person_id, row.name or "Somebody", row.answer_by) if row is not None else None


def asked_first(ctx: Context, turn: Turn) -> str:
    """Return why the next one is not invited yet, as a sentence."""
    until = turn.until.astimezone(ctx.settings.timezone).date()
    return (
        f"{turn.name} is asked first and has until {_day(until)} to answer. One at a time, so that a yes finds the "
        "job free: withdraw that invitation, or ring."
    )
