"""The other application that holds a letter, for whoever may see it; else whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from flask_talentpool.access import Action, May, Subject
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import rows_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.facts import load
from flask_talentpool.decisions.outcome.other import Other
from flask_talentpool.decisions.outcome.whole_person import ORDER, beside
from flask_talentpool.enums import HoldReason, LetterKind, LetterState
from flask_talentpool.host.owner import NOBODY, owner_of
from flask_talentpool.letters.model import LetterMixin

HIDDEN = "another_application"
"""What stands instead of the reason where somebody may not see the other application."""
_SAYS = {
    HoldReason.SAME_JOB_HIRED: "This person is hired for this very job.",
    HoldReason.SAME_JOB_OFFER: "This person has an offer for this very job. The letter waits until that is answered.",
    HoldReason.SAME_JOB_INTERVIEW: "This person is at the interview for this very job. The letter waits for what becomes of that.",
    HoldReason.SAME_JOB_OPEN: "This person’s other application for this very job is still open. The letter waits for what becomes of that.",
    HoldReason.SAME_JOB_TOLD: "This person was told the same already, of their other application for this job, or is being told now.",
    HoldReason.SAME_JOB_FIRST: "This person’s other application for this job is turned down as well, and its letter goes first.",
    HoldReason.HIRED_ELSEWHERE: "This person is hired for another job here. Talk first.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What holds a letter in another application of the same person."""

    because: str
    sentence: str
    job: str = ""
    """Empty, as what follows, for somebody who may not see it."""
    application_key: str = ""
    decision_id: int | None = None
    is_told: bool = False
    """Whether this letter can be marked as told together with the other one."""


def besides(
    ctx: Context, pairs: Sequence[tuple[DecisionMixin, LetterMixin | None]], may: May
) -> dict[str, Beside]:
    """Return what holds letters, by the key of their application; a constant number of statements, looks only."""
    if not pairs:
        return {}
    found: dict[str, Beside] = {}
    for facts in load(ctx, pairs, rows_of(ctx, [decision for decision, _ in pairs])):
        held = beside(ctx, facts)
        if held is not None:
            found[facts.decision.application_key] = _shown(ctx, *held, may, scope=facts.decision.scope)
    return found


def besides_of(ctx: Context, letters: Sequence[int], may: May) -> dict[int, Beside]:
    """Return what holds letters in other applications, by the letter; see :func:`besides`."""
    letter, decision = ctx.models.letter, ctx.models.decision
    held = (
        sa.select(decision, letter)
        .join(letter, letter.decision_id == decision.id)
        .where(
            letter.id.in_(letters),
            letter.kind == LetterKind.OUTCOME,
            letter.state == LetterState.HELD,
            letter.because.in_(ORDER),
        )
    )
    pairs = [(row[0], row[1]) for row in ctx.session.execute(held)] if letters else []
    found = besides(ctx, pairs, may)
    return {
        waiting.id: found[decided.application_key]
        for decided, waiting in pairs
        if decided.application_key in found
    }


def _shown(ctx: Context, because: HoldReason, other: Other, may: May, *, scope: str) -> Beside:
    owner = owner_of(ctx.host, other.application) if other.application is not None else NOBODY
    if not may(Action.LETTER_READ, Subject(scope=scope, owner_key=owner.key or None)):
        sender = ctx.settings.mail_from
        name = owner.name or (sender.name if sender is not None else "") or "a recruiter"
        return Beside(because=HIDDEN, sentence=f"Another application in this house: ask {name}.")
    return Beside(
        because=because,
        sentence=_SAYS[because],
        job=other.job or "No job named",
        application_key=other.key if other.application is not None else "",
        decision_id=other.decision_id,
        is_told=other.told_at is not None and other.decision_id is not None,
    )


def is_beside(because: str) -> bool:
    """Whether what holds a letter lies in another application."""
    return because in ORDER
