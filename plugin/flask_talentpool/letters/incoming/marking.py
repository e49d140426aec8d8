"""What somebody says of a mail that came in: that they read it, and that they answered it."""

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.enums import IncomingKind
from flask_talentpool.errors import Refused
from flask_talentpool.letters.model import IncomingMixin

ANSWERABLE = (IncomingKind.REPLY, IncomingKind.THANK_YOU, IncomingKind.UNKNOWN)
"""What a person wrote, or may have written."""
ANSWERED = "answered their mail"
"""What a touch calls it."""
ERASED = "erased"
"""The status of a row of which only the keyed hash is left, so that the same mail does not come in again."""


def mark_read(ctx: Context, row: IncomingMixin, *, by: Actor) -> bool:
    """Somebody has read it, or has dealt with what came back; return whether that is new."""
    if row.read_at is not None:
        return False
    row.read_at, row.read_by = ctx.now(), by.id
    ctx.record(by, "read", "incoming", row.id, scope=row.scope)
    ctx.session.flush()
    return True


def mark_unread(ctx: Context, row: IncomingMixin, *, by: Actor) -> bool:
    """Put it back among what is to be read; return whether that is new."""
    if row.read_at is None or row.status == ERASED:
        return False
    row.read_at, row.read_by = None, ""
    ctx.record(by, "unread", "incoming", row.id, scope=row.scope)
    ctx.session.flush()
    return True


def mark_answered(ctx: Context, row: IncomingMixin, *, by: Actor) -> bool:
    """Somebody answered it from their own mailbox, and so has read it; return whether that is new.

    Raises:
        Refused: Nobody wrote it: it is a report or an automatic reply.
    """
    if row.kind not in ANSWERABLE:
        raise Refused("This is no mail of a person that could be answered.", code="not_answerable")
    if row.answered_at is not None or row.status == ERASED:
        return False
    mark_read(ctx, row, by=by)
    row.answered_at = ctx.now()
    if row.person_id is not None:
        ctx.session.add(
            ctx.models.touch(
                scope=row.scope,
                person_id=row.person_id,
                at=row.answered_at,
                direction="out",
                channel="mail",
                what=ANSWERED,
                by=by.name[:160],
            )
        )
    ctx.record(by, "answered", "incoming", row.id, scope=row.scope)
    ctx.session.flush()
    return True


def mark_unanswered(ctx: Context, row: IncomingMixin, *, by: Actor) -> bool:
    """It was not answered after all; return whether that is new."""
    if row.answered_at is None:
        return False
    touch = ctx.models.touch
    ctx.session.execute(
        sa.delete(touch).where(
            touch.person_id == row.person_id, touch.at == row.answered_at, touch.what == ANSWERED
        )
    )
    row.answered_at = None
    ctx.record(by, "not_answered", "incoming", row.id, scope=row.scope)
    ctx.session.flush()
    return True
