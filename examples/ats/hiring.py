"""What may happen to an application, and what changes when it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .models import LIVE, REASONS, STAGES, Application, Candidate, Job, utcnow

if TYPE_CHECKING:
    from datetime import datetime

# From these stages on, an interview has taken place.
INTERVIEWED = ("interview", "final")


class NotPossibleError(Exception):
    """The application is not in a state that allows this. Look at its page again."""

    def __str__(self) -> str:
        return self.args[0] if self.args else str(self.__doc__)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status: where it may start, where it ends and what its button says."""

    starts: tuple[str, ...]
    ends: str
    label: str
    done: str


STEPS = {
    "offer": Step(("in_progress",), "offer", "Make an offer", "Offer made to {name}."),
    "hire": Step(("offer",), "hired", "Hire", "{name} is hired."),
    "decline": Step(("offer",), "offer_declined", "Offer declined", "{name} declined the offer."),
    "reject": Step(LIVE, "rejected", "Reject", "{name} is rejected."),
    "withdraw": Step(LIVE, "withdrawn", "Withdrawn", "{name} withdrew."),
    "bar": Step(LIVE, "blacklisted", "Not to be considered", "{name} is not to be considered."),
    "reopen": Step(
        ("rejected", "withdrawn", "offer_declined", "blacklisted", "hired"),
        "in_progress",
        "Reopen",
        "The application of {name} is open again.",
    ),
}


def possible(application: Application) -> list[str]:
    """Return the names of the steps that the application allows now; an offer follows an interview."""
    allowed = [name for name, step in STEPS.items() if application.status in step.starts]
    if application.stage not in INTERVIEWED and "offer" in allowed:
        allowed.remove("offer")
    return allowed


def take(
    step: str, application: Application, *, reason: str | None = None, at: datetime | None = None
) -> None:
    """Take one step from `STEPS` with an application; only a rejection keeps its reason.

    Raises:
        NotPossibleError: The application's status does not allow the step.
    """
    if step not in possible(application):
        raise NotPossibleError
    if reason and reason not in REASONS:
        raise NotPossibleError("There is no such reason.")
    rule = STEPS[step]
    at = at or utcnow()
    application.status = rule.ends
    application.reason = reason or None if step == "reject" else None
    if step == "offer":
        application.stage = "final"
        application.offered_at = at
    elif step == "reopen":
        application.offered_at = None
    application.decided_at = None if rule.ends in LIVE else at


def move(application: Application, stage: str, *, at: datetime | None = None) -> None:
    """Put a live application into a stage; entering the interview stage dates the interview.

    Raises:
        NotPossibleError: The stage does not exist, or the outcome stands already.
    """
    if stage not in STAGES:
        raise NotPossibleError("There is no such stage.")
    if application.status != "in_progress":
        raise NotPossibleError
    application.stage = stage
    if stage in INTERVIEWED and application.interviewed_at is None:
        application.interviewed_at = at or utcnow()


def next_stage(application: Application) -> str | None:
    """Return the stage after the present one, or None in the last."""
    order = list(STAGES)
    place = order.index(application.stage) + 1
    return order[place] if place < len(order) else None


def apply(candidate: Candidate, job: Job, *, stage: str = "applied", source: str = "website") -> Application:
    """Return a new application of the candidate for the job, not yet in any session."""
    return Application(candidate=candidate, job=job, stage=stage, source=source, status="in_progress")
