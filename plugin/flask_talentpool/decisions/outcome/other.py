"""Another application of the same person, seen from one that is turned down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, Door, LetterState, Outcome, StageReached
from flask_talentpool.host.seen import HostRow, Seen, key_text
from flask_talentpool.noticing.record import GONE

_GOING = [LetterState.SENDING, LetterState.UNKNOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another application of the same person in the same scope, as the host says now."""

    key: str
    """Of the host's row, as text."""
    application: Any
    """The host's row; None where it is gone, and only what was told of it is known."""
    is_same_job: bool
    job: str
    """What its job is called."""
    outcome: str | None
    """None while it is open."""
    reached: str
    is_offered: bool
    decision_id: int | None
    """Of the decision that stands for it, where it was noticed."""
    told_at: datetime | None
    """When the person learnt its outcome."""
    is_going: bool
    """Whether its letter is going out, or may have arrived."""
    letter_id: int | None
    is_plain: bool
    """Whether its letter says what many say, and can be told in one with others: see ``together``."""
    was_before: bool
    """Whether it was over before this application was made: then this is an answer of its own."""


def is_plain(decision: Any) -> bool:
    """Whether a decision, or what of it was read, is a refusal that says nothing of this application alone."""
    return (
        decision.outcome == Outcome.REJECTED
        and decision.stage_reached in (StageReached.APPLIED, StageReached.SCREENED)
        and decision.door != Door.OPEN
        and not (decision.line or decision.feedback or decision.never_pool or decision.needs_review)
    )


@dataclass(frozen=True, slots=True)
class This:
    """The application that another one is held against."""

    ctx: Context
    decision: DecisionMixin
    row: Facts
    is_reopened: bool

    def beside(self, row: HostRow, seen: Seen, noticed: Any) -> Other | None:
        """Return another application of the person's; None for one in another scope."""
        host, session = self.ctx.host, self.ctx.session
        if seen.scope != self.decision.scope:
            return None
        verdict = host.verdict(seen.status, declined=seen.declined)
        interviewed = host.moment("interviewed_at", row.application, assume=self.ctx.settings.timezone)
        reached: str = host.stage_reached(seen.stage, interviewed=interviewed is not None)
        if noticed is not None and noticed.outcome == verdict.outcome:
            reached = noticed.stage_reached
        label = host.label_of(row.application, session)
        return Other(
            key=key_text(seen.key),
            application=row.application,
            is_same_job=self._is_same_job(
                "" if seen.job_key is None else key_text(seen.job_key), label, is_there=True
            ),
            job=label,
            outcome=verdict.outcome,
            reached=reached,
            is_offered=verdict.outcome is None and bool(host.read("offered", row.application)),
            **self._told(noticed if noticed is not None and noticed.outcome == verdict.outcome else None),
        )

    def told(self, noticed: Any) -> Other | None:
        """Return an application that the host does not show, as far as the person was told of it."""
        if noticed.scope != self.decision.scope or noticed.told_at is None:
            return None
        return Other(
            key=noticed.application_key,
            application=None,
            is_same_job=self._is_same_job(
                noticed.job_key.removeprefix(GONE), noticed.job_label, is_there=False
            ),
            job=noticed.job_label,
            outcome=noticed.outcome,
            reached=noticed.stage_reached,
            is_offered=False,
            **self._told(noticed),
        )

    def _told(self, noticed: Any) -> dict[str, Any]:
        if noticed is None:
            return {
                "decision_id": None,
                "told_at": None,
                "is_going": False,
                "letter_id": None,
                "is_plain": False,
                "was_before": False,
            }
        return {
            "decision_id": noticed.id,
            "told_at": noticed.told_at,
            "is_going": noticed.letter in _GOING,
            "letter_id": noticed.letter_id,
            "is_plain": noticed.approved_at is None and is_plain(noticed),
            "was_before": self._was_before(noticed),
        }

    def _was_before(self, noticed: Any) -> bool:
        if self.is_reopened:
            return True
        applied_at = self.decision.applied_at
        over_at = noticed.decided_at if noticed.state == DecisionState.BASELINE else noticed.told_at
        if applied_at is None:
            # Of what was decided before we came nobody knows whether anything was said, or when.
            return bool(noticed.state == DecisionState.BASELINE)
        return bool(over_at is not None and over_at <= applied_at)

    def _is_same_job(self, job_key: str, label: str, *, is_there: bool) -> bool:
        """Whether a job is this one; where the host has no jobs, whether both are called the same."""
        mine = self.decision.job_key or ""
        if mine or (job_key and is_there):
            return mine.removeprefix(GONE) == job_key
        mine = self.decision.job_label or ""
        if not mine and self.row.application is not None:
            mine = self.ctx.host.label_of(self.row.application, self.ctx.session)
        return _folded(mine) == _folded(label)


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())
