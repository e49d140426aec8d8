"""A hire's dates as the host has them: the start, the last day, the end of probation."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.decisions.facts import Facts, rows_of
from flask_talentpool.decisions.model import DecisionMixin

logger = logging.getLogger("flask_talentpool")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Dates:
    """When somebody who was hired starts, leaves, and has passed probation."""

    start: datetime
    """The day of the decision where the host has none of the start."""
    end: datetime
    """Of probation; one that lies before the start is a slip, and the usual length counts."""
    left: datetime | None


def readable(
    ctx: Context,
    decisions: Sequence[DecisionMixin],
    read: Callable[[Context, DecisionMixin, Facts], Answer | None],
) -> Iterator[tuple[DecisionMixin, Answer]]:
    """Yield decisions with what is read of their rows, without those of which nothing is.

    What the map cannot read is left to the next look.
    """
    for part in chunks(decisions):
        for decision, facts in zip(part, rows_of(ctx, part), strict=True):
            try:
                if facts.error is not None:
                    raise facts.error  # noqa: TRY301 (logged as what reading it here raises)
                answer = read(ctx, decision, facts)
            except sa.exc.SQLAlchemyError:
                raise
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                key = decision.application_key
                logger.warning("application %s cannot be read by the map: %s", key, type(error).__name__)
            else:
                if answer is not None:
                    yield decision, answer


def dates(ctx: Context, decision: DecisionMixin, facts: Facts) -> Dates | None:
    """Return the dates of a hire; None where nobody can say when it began.

    What was decided before the first start was noticed long after: there only the host's own dates count.
    """
    host, zone, application = ctx.host, ctx.settings.timezone, facts.application
    start = host.moment("hired_on", application, assume=zone)
    if start is None and decision.told_by == "before":
        start = host.moment("decided_at", application, assume=zone)
    elif start is None:
        start = decision.decided_at
    if start is None:
        return None
    end = host.moment("probation_ends", application, assume=zone)
    if end is None or end <= start:
        end = start + ctx.settings.probation
    return Dates(start, end, host.moment("left_on", application, assume=zone))
