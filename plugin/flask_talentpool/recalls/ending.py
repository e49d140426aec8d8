"""How invitations end: settled once, unanswered in time, decided about in the host, or with what they rested on."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import may_become, seize, update_if
from flask_talentpool.enums import (
    Basis,
    DecisionState,
    HoldReason,
    LetterState,
    Outcome,
    RecallState,
)
from flask_talentpool.letters import outbox
from flask_talentpool.letters.erasing import erase_letters
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.model import RECALL_TRANSITIONS, RecallMixin

_RESTORED = (
    "Since the database was put back from a backup nobody knows what came of this invitation. Find out:"
)


def settle(
    ctx: Context, recall: RecallMixin, to: RecallState, *, out_of: Collection[str] | None = None
) -> bool:
    """Move a recall on, out of these states or any that may, if nobody else did first; says whether this call did it."""
    model = ctx.models.recall
    may_go_on = model.state.in_(out_of) if out_of else may_become(model.state, to, RECALL_TRANSITIONS)
    keeps = to in (RecallState.ACCEPTED, RecallState.NOT_NOW)
    ended = {} if keeps else {"live_for": None}
    return seize(ctx.session, recall, may_go_on, state=to, turn_for=None, **ended)


def follow(ctx: Context) -> int:
    """Bring invitations in line with what became of them; return how many moved on.

    One that went and that nobody answered ends with the time for it; a new process follows the host's decision about it.
    """
    recall, decision = ctx.models.recall, ctx.models.decision
    now = ctx.now()
    unanswered = update_if(
        ctx.session,
        recall,
        recall.state == RecallState.INVITED,
        recall.open_until <= now,
        recall.sent_at.is_not(None),
        recall.attention == "",
        state=RecallState.NO_ANSWER,
        live_for=None,
        turn_for=None,
    )
    same_job = sa.or_(
        sa.and_(recall.job_key != "", decision.job_key == recall.job_key),
        sa.and_(recall.job_key == "", decision.job_label == recall.job_label),
    )
    ended = (
        sa.select(recall.id, decision.outcome)
        .join(decision, decision.person_id == recall.person_id)
        .where(
            recall.state == RecallState.OPENED,
            same_job,
            decision.id > recall.decision_id,
            decision.noticed_at >= recall.answered_at,
            decision.state == DecisionState.LIVE,
        )
    )
    by_state: dict[RecallState, list[int]] = {RecallState.HIRED: [], RecallState.RELEASED: []}
    for recall_id, outcome in ctx.session.execute(ended):
        by_state[RecallState.HIRED if outcome == Outcome.HIRED else RecallState.RELEASED].append(recall_id)
    moved = [
        update_if(
            ctx.session,
            recall,
            recall.id.in_(part),
            recall.state == RecallState.OPENED,
            state=state,
            live_for=None,
        )
        for state, ids in by_state.items()
        for part in chunks(ids)
    ]
    return unanswered + sum(moved)


def membership_ended(ctx: Context, person_id: int) -> None:
    """Close the invitations that rested on a person's last membership, where the letter has not gone."""
    recall, letter = ctx.models.recall, ctx.models.letter
    resting = (
        sa.select(recall, letter)
        .join(letter, letter.recall_id == recall.id)
        .where(
            letter.person_id == person_id,
            letter.state.in_(outbox.WAITING),
            recall.person_id == person_id,
            recall.basis == Basis.MEMBERSHIP,
            recall.state == RecallState.INVITED,
        )
    )
    for invitation, row in ctx.session.execute(resting).all():
        if outbox.lock_letter(ctx, row):
            outbox.move(row, LetterState.CANCELLED, HoldReason.LEFT_POOL)
            settle(ctx, invitation, RecallState.CLOSED, out_of=[RecallState.INVITED])


def look_after_before(ctx: Context, moment: datetime) -> int:
    """Put every invitation of before that stands under the eyes of a person; return how many."""
    recall = ctx.models.recall
    return update_if(
        ctx.session,
        recall,
        recall.state.in_([RecallState.INVITED, RecallState.ACCEPTED]),
        recall.attention == "",
        recall.invited_at <= moment,
        attention=_RESTORED,
    )


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase a person from recalls; who invited whom to what stays as a number only."""
    recall = ctx.models.recall
    ids = list(ctx.session.scalars(sa.select(recall.id).where(recall.person_id == person.id)))
    letter = ctx.models.letter
    for part in chunks(ids):
        erase_letters(ctx, list(ctx.session.scalars(sa.select(letter.id).where(letter.recall_id.in_(part)))))
    ctx.session.execute(
        sa.update(recall)
        .where(recall.id.in_(ids))
        .values(
            person_id=None,
            candidate_id=None,
            candidate_key="",
            live_for=None,
            turn_for=None,
            state=RecallState.CLOSED,
            application_id=None,
            application_key="",
            attention="",
            line="",
            said="",
        )
    )
