"""Emptying decisions of what they say of a person; the rows stay, so that nothing is decided anew."""

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.enums import DecisionState, Door
from flask_talentpool.letters.delivery.prepare import revoke_links
from flask_talentpool.letters.erasing import erase_letters
from flask_talentpool.people.model import PersonMixin

NO_TEXT: dict[str, object] = {
    **dict.fromkeys(("line", "line_by", "line_by_name", "reason", "reason_code", "reason_detail"), ""),
    **dict.fromkeys(("feedback", "feedback_by", "feedback_by_name", "feedback_read_by"), ""),
    **dict.fromkeys(("note", "note_by", "note_by_name", "ended_why", "owner_name"), ""),
    "corrected_why": None,
}
"""The columns of a decision that say something of a person, emptied."""


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
                door=Door.CLOSED,
                person_id=None,
                state=DecisionState.FORGOTTEN,
            )
        )
    return len(found)
