"""From a stored letter to bytes on the wire: its links are made here, at the last moment."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.letters.message import Mail, as_bytes
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.links import Purpose, fill, hash_token, new_token, purposes_in


def wire(ctx: Context, letter: LetterMixin) -> bytes:
    """Return the letter's bytes, with fresh personal links.

    Only the hash of a link's token is stored, so each attempt makes its own. Links of an earlier
    attempt that may have arrived stay usable.
    """
    urls = {purpose: _link(ctx, letter, purpose) for purpose in purposes_in(letter.text)}
    return as_bytes(
        Mail(
            from_name=letter.from_name,
            from_address=letter.from_address,
            to_name=letter.to_name,
            to_address=letter.to_address,
            subject=letter.subject,
            text=fill(letter.text, urls),
            html=fill(letter.html, urls, html=True),
            message_id=letter.message_id,
            reply_to=letter.reply_to or None,
            date=ctx.now(),
            language=letter.language,
        )
    )


def _link(ctx: Context, letter: LetterMixin, purpose: Purpose) -> str:
    token = new_token()
    ctx.session.add(
        ctx.models.link(
            scope=letter.scope,
            token_hash=hash_token(token),
            purpose=purpose.value,
            person_id=letter.person_id,
            letter_id=letter.id,
            created_at=ctx.now(),
            expires_at=ctx.now() + lifetime(ctx, purpose),
        )
    )
    return ctx.link_url(token)


def lifetime(ctx: Context, purpose: Purpose) -> timedelta:
    """Return how long a link opens: one that leaves a pool never less long than a place in it lasts."""
    days = ctx.settings.link_days
    return timedelta(days=max(days, 31 * ctx.settings.keep_months) if purpose is Purpose.STAY else days)


def open_link(ctx: Context, token: str) -> LinkMixin | None:
    """Return a link that opens now; unknown, expired and revoked ones look alike."""
    model = ctx.models.link
    link = ctx.session.scalars(sa.select(model).where(model.token_hash == hash_token(token))).one_or_none()
    if link is None or link.revoked_at is not None or link.expires_at <= ctx.now():
        return None
    return link


def revoke_links(ctx: Context, *, person_id: int | None = None, letter_id: int | None = None) -> None:
    """Revoke the links of a person or of a letter."""
    model = ctx.models.link
    which: Any = model.letter_id == letter_id if letter_id is not None else model.person_id == person_id
    ctx.session.execute(
        sa.update(model).where(which, model.revoked_at.is_(None)).values(revoked_at=ctx.now())
    )
