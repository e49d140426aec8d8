"""Use cases of a decision, in one place for those who call them; and forgetting what it says of a person."""

from collections.abc import Sequence

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.editing import (
    LONGEST_DETAIL,
    LONGEST_LINE,
    LONGEST_TEXT,
    read_feedback,
    set_door,
    set_feedback,
    set_finish,
    set_line,
    set_note,
    set_reason,
    set_stage,
    untold,
)
from flask_talentpool.decisions.facts import application_of, live_decision
from flask_talentpool.decisions.lifecycle import (
    find,
    host_still_says,
    let_stand,
    notice_application,
    quiet_decision,
    take_back,
)
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer, letter_of, recompose
from flask_talentpool.decisions.outcome.release import next_moment
from flask_talentpool.decisions.telling.told import (
    CHANNELS,
    outcome_went,
    status_shown,
    tell,
    tell_decision,
    touch,
    visible_status,
)
from flask_talentpool.enums import Because, DecisionState, Door, LetterState
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.prepare import revoke_links
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.record import chunks
from flask_talentpool.people.model import PersonMixin

__all__ = [
    "CHANNELS",
    "LONGEST_DETAIL",
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "approve",
    "erase_decisions",
    "erase_letters",
    "find",
    "forget",
    "host_still_says",
    "let_stand",
    "live_decision",
    "notice_application",
    "outcome_went",
    "quiet_decision",
    "read_feedback",
    "set_door",
    "set_feedback",
    "set_finish",
    "set_line",
    "set_note",
    "set_reason",
    "set_stage",
    "status_shown",
    "take_back",
    "tell",
    "tell_decision",
    "touch",
    "visible_status",
]

NO_TEXT: dict[str, object] = {
    **dict.fromkeys(("line", "line_by", "line_by_name", "reason", "reason_code", "reason_detail"), ""),
    **dict.fromkeys(("feedback", "feedback_by", "feedback_by_name", "feedback_read_by"), ""),
    **dict.fromkeys(("note", "note_by", "note_by_name", "ended_why", "owner_name"), ""),
}
"""The columns of a decision that say something of a person, emptied."""


def approve(ctx: Context, decision: DecisionMixin, *, by: Actor, at_once: bool = False) -> LetterMixin:
    """Let the letter of a decision go at its time, or at once.

    Raises:
        Refused: There is no letter to send, or it has an obstacle no approval removes.
    """
    untold(decision)
    letter = letter_of(ctx, decision) or answer(ctx, decision)
    if letter is None:
        raise Refused("No letter is composed for this decision.", code="no_letter")
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    # Its own time may be over by now: then it goes at the next within the hours, as every other letter.
    due_at = ctx.now() if at_once else next_moment(ctx, letter.due_at, candidate)
    outbox.approve(ctx, letter, by=by, due_at=due_at)
    recompose(ctx, letter, decision)
    if letter.state == LetterState.HELD.value:
        raise Refused(
            Because(letter.because).sentence + (f" {letter.detail}" if letter.detail else ""),
            code=letter.because,
        )
    return letter


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase a person from decisions and letters; a tombstone keeps ``sync`` from writing again.

    Decisions about the person's rows that were never read from the host are theirs as well.
    """
    decision, link = ctx.models.decision, ctx.models.candidate_link
    revoke_links(ctx, person_id=person.id)
    rows = sa.select(link.candidate_key).where(link.person_id == person.id, link.suspended_at.is_(None))
    unread = sa.and_(
        decision.person_id.is_(None), decision.scope == person.scope, decision.candidate_key.in_(rows)
    )
    erase_decisions(ctx, sa.or_(decision.person_id == person.id, unread), person_id=person.id)
    ctx.session.execute(sa.delete(ctx.models.touch).where(ctx.models.touch.person_id == person.id))


def erase_decisions(ctx: Context, which: sa.ColumnElement[bool], *, person_id: int | None = None) -> int:
    """Turn decisions into tombstones and empty their letters; return how many decisions there were.

    Args:
        ctx: The unit of work.
        which: The condition on the table of decisions.
        person_id: Whose other letters are emptied as well.
    """
    letter, decision = ctx.models.letter, ctx.models.decision
    found = list(ctx.session.scalars(sa.select(decision.id).where(which)))
    ids = set()
    for part in chunks(found):
        ids |= set(ctx.session.scalars(sa.select(letter.id).where(letter.decision_id.in_(part))))
    if person_id is not None:
        ids |= set(ctx.session.scalars(sa.select(letter.id).where(letter.person_id == person_id)))
    for part in chunks(sorted(ids)):
        erase_letters(ctx, part)
    for part in chunks(found):
        ctx.session.execute(
            sa.update(decision)
            .where(decision.id.in_(part))
            .values(
                **NO_TEXT,
                door=Door.CLOSED.value,
                person_id=None,
                state=DecisionState.FORGOTTEN.value,
            )
        )
    return len(found)


def erase_letters(ctx: Context, ids: Sequence[int]) -> None:
    """Empty letters, drop their links and attempts, and cancel those that have not gone."""
    letter, touch = ctx.models.letter, ctx.models.touch
    for model in (ctx.models.link, ctx.models.letter_attempt):
        ctx.session.execute(sa.delete(model).where(model.letter_id.in_(ids)))
    ctx.session.execute(sa.update(touch).where(touch.letter_id.in_(ids)).values(letter_id=None))
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids))
        .values(
            to_name="",
            to_address="",
            subject="",
            text="",
            html="",
            reply_to="",
            detail="",
            person_id=None,
            member_id=None,
        )
    )
    undelivered = [state.value for state in (*outbox.WAITING, *outbox.UNANSWERED)]
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids), letter.state.in_(undelivered))
        .values(state=LetterState.CANCELLED.value, because=Because.FORGOTTEN.value)
    )
