"""Who did what about a letter, a decision, a mail: the trail of acts as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.audit import AuditMixin

_ACTS = {
    "approve": "approved it",
    "hold": "held it",
    "send_again": "had it sent again",
    "it_arrived": "said that it arrived",
    "take_back": "took the decision back",
    "let_stand": "let the decision stand after all",
    "line": "wrote the personal line",
    "no_line": "said that no line is needed",
    "reason": "set the reason",
    "stage": "corrected how far it came",
    "feedback": "wrote feedback to share",
    "feedback_read": "approved the feedback",
    "feedback_back": "sent the feedback back",
    "note": "wrote a private note",
    "confirm": "had a short letter sent",
    "correct": "had a correction sent",
    "take_back_told": "took back what the person was told",
    "ask_line": "asked a colleague for a line",
    "finish": "set the finish",
    "told": "told the person another way",
    "door_open": "opened the door",
    "door_unlatched": "left the door unlatched",
    "door_closed": "closed the door",
    "turn_down": "turned the person down",
    "invite": "invited the person back",
    "withdraw_invitation": "withdrew the invitation",
    "read": "read it",
    "answered": "answered it",
    "not_answered": "said that it is not answered after all",
    "corrected": "told the person that it no longer holds",
    "seen": "saw the answer",
    "unread": "put it back to be read",
    "give": "said whose it is",
    "works_again": "said that the address works again",
    "lift": "let mail go to the address again",
    "all_the_same": "had it sent all the same",
    "told_together": "marked it as told together with another application",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something somebody did about it."""

    at: datetime
    by: str
    what: str


def history(ctx: Context, about: Sequence[tuple[str, int]], *, actor_id: str) -> tuple[Act, ...]:
    """Return who did what to these rows, the latest first."""
    audit = ctx.models.audit
    which = sa.or_(*(sa.and_(audit.subject == kind, audit.subject_id == row_id) for kind, row_id in about))
    rows = ctx.session.scalars(
        sa.select(audit).where(which).order_by(audit.at.desc(), audit.id.desc()).limit(100)
    )
    return tuple(Act(at=row.at, by=_who(row, actor_id), what=_act(row.action, row.detail)) for row in rows)


def _who(row: AuditMixin, looking: str) -> str:
    if row.actor == looking:
        return "You"
    if row.actor.startswith("person:"):
        return "The candidate"
    return "The software" if row.actor == SOFTWARE.id else row.actor_name or "A colleague"


def _act(action: str, detail: str) -> str:
    words = _ACTS.get(action) or action.replace("_", " ")
    return f"{words} ({detail.replace('_', ' ')})" if detail else words
