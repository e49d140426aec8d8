"""The brake: a look that would cut loose or take back very much does nothing, and a person is asked.

A tenant's filter in the worker or a mistyped `rejected=` looks like an ATS in which everything is gone.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.db.audit import MarkMixin
from flask_talentpool.errors import Refused

BRAKE = "brake"
LEAST = 20
PART = 10
"""It brakes from more than 20 on, and from more than a tenth of what stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Braked:
    """What a look would have done, and did not."""

    gone: int
    """Applications that it no longer finds."""
    taken_back: int
    """Applications whose outcome it no longer finds."""
    standing: int
    """Of how many decisions."""
    since: datetime | None = None
    allowed: int | None = None
    """Up to how many somebody has let the next look do."""


def most(standing: int) -> int:
    """Return how many a look may cut loose or take back by itself.

    >>> most(30), most(1000)
    (20, 100)
    """
    return max(LEAST, standing // PART)


def braked(ctx: Context) -> Braked | None:
    """Return what the last look did not do; None where it was not braked."""
    row = ctx.session.get(ctx.models.mark, BRAKE, populate_existing=True)
    return None if row is None else read(row)


def read(row: MarkMixin) -> Braked:
    """Read what the mark keeps."""
    return Braked(since=row.at, **json.loads(row.value))


def brakes(ctx: Context, *, gone: int, taken_back: int) -> Braked | None:
    """Say whether a look does too much to be done without asking, and remember that it asks."""
    number = gone + taken_back
    if number <= LEAST:
        return None
    decision = ctx.models.decision
    stands = sa.or_(decision.live_for.is_not(None), decision.suppressed_for.is_not(None))
    standing = ctx.session.scalar(sa.select(sa.func.count()).select_from(decision).where(stands)) or 0
    asked = braked(ctx)
    if number <= most(standing):
        return None
    allowed = asked.allowed if asked is not None else None
    # A few more are gone by the time that somebody has answered.
    if allowed is not None and number <= allowed + LEAST:
        return None
    since = asked.since if asked is not None else None
    found = Braked(gone=gone, taken_back=taken_back, standing=standing, since=since)
    _keep(ctx, found)
    return found


def release(ctx: Context) -> None:
    """Forget the question: a look has been."""
    mark = ctx.models.mark
    ctx.session.execute(sa.delete(mark).where(mark.key == BRAKE))


def go_on(ctx: Context, *, number: int, by: Actor) -> None:
    """Somebody says that they really are gone or taken back: the next look does it. Twice is once.

    Args:
        ctx: The unit of work.
        number: How many the person was shown.
        by: Who says so.

    Raises:
        Refused: Nothing is asked any more, or it is about more by now.
    """
    asked = braked(ctx)
    if asked is None:
        raise Refused("Nothing is held up any more; another look has been.", code="no_brake")
    if asked.gone + asked.taken_back != number:
        raise Refused(
            f"It is about {asked.gone + asked.taken_back:,} by now. Look at the first page again, then decide.",
            code="changed",
        )
    if asked.allowed is None:
        _keep(ctx, replace(asked, allowed=number))
        ctx.record(by, "go_on", "look", number)


def _keep(ctx: Context, found: Braked) -> None:
    value: dict[str, Any] = {
        "gone": found.gone,
        "taken_back": found.taken_back,
        "standing": found.standing,
        "allowed": found.allowed,
    }
    ctx.keep_mark(BRAKE, json.dumps(value), at=found.since)
