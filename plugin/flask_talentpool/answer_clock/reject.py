"""Turning down interviewed people from our page: the host's own status first, then the letter as ever."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from flask_talentpool.access import Actor
from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.answer_clock.progress_letter import application_of
from flask_talentpool.context import Context
from flask_talentpool.decisions.lifecycle import notice_application
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer
from flask_talentpool.enums import Outcome
from flask_talentpool.errors import Refused

logger = logging.getLogger("flask_talentpool")


@dataclass(frozen=True, slots=True)
class NotDone:
    """One person who was not turned down, and why."""

    clock_id: int
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """What came of it."""

    decisions: tuple[int, ...]
    not_done: tuple[NotDone, ...]


def turn_down(ctx: Context, clocks: Sequence[ClockMixin], *, by: Actor) -> TurnedDown:
    """Give each application a status that means "we said no", and compose the letters that say so.

    Each person is a savepoint of their own: what the host refuses for one does not undo the others.

    Raises:
        Refused: ``HostMap(reject=…)`` is not mapped.
    """
    if ctx.host.map.reject is None:
        raise Refused("Your ATS does this on its own page; open the candidate there.", code="reject_unmapped")
    done: list[int] = []
    not_done: list[NotDone] = []
    for clock_id, name in [(clock.id, clock.name or "No name") for clock in clocks]:
        try:
            with ctx.savepoint():
                done.append(_one(ctx, ctx.session.get_one(ctx.models.clock, clock_id), by).id)
        except Refused as refused:
            not_done.append(NotDone(clock_id, name, str(refused)))
        except Exception:  # a callable of the host's may raise anything
            logger.exception("the host could not turn down the application of clock %s", clock_id)
            not_done.append(
                NotDone(clock_id, name, "Your ATS could not do it; do it on the candidate’s page there.")
            )
    return TurnedDown(tuple(done), tuple(not_done))


def _one(ctx: Context, clock: ClockMixin, by: Actor) -> DecisionMixin:
    application = application_of(ctx, clock)
    if application is None:
        raise Refused("The application is no longer in your ATS.", code="gone")
    seen = ctx.host.seen_in_object(application)
    if ctx.host.verdict(seen.status, declined=seen.declined).outcome is not None:
        raise Refused("Somebody decided about this application already.", code="decided")
    reject = ctx.host.map.reject
    assert reject is not None  # noqa: S101 (asked for before the first person)
    reject(application, by)
    ctx.session.flush()
    decision = notice_application(ctx, application)
    if decision is None or decision.outcome != Outcome.REJECTED:
        raise Refused(
            "Your ATS did not turn this person down: HostMap(reject=…) left a status that is in no set of "
            "the map that means so.",
            code="not_rejected",
        )
    ctx.record(by, "turn_down", "decision", decision.id, scope=decision.scope)
    answer(ctx, decision)
    ctx.session.flush()
    return decision
