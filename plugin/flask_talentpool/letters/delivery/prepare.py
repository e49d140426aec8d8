"""From a stored letter to bytes on the wire: its links are made here, at the last moment."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.config.addresses import BadAddress, wire_domain
from flask_talentpool.context import Context
from flask_talentpool.enums import Basis, LetterKind
from flask_talentpool.letters.delivery.message import BadSender, Mail, as_bytes
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.links import Purpose, fill, hash_token, new_token, purposes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A letter as it goes over the wire, and the rows of its links, which are stored before it goes."""

    mail_from: str
    rcpt_to: str
    data: bytes
    links: list[dict[str, Any]]


def prepare(ctx: Context, letter: LetterMixin) -> Prepared:
    """Return the letter's bytes and envelope, with fresh personal links.

    Only the hash of a link's token is stored, so each attempt makes its own. Links of an earlier
    attempt that may have arrived stay usable.

    Raises:
        BadSender: The letter cannot come from its sender's address.
        BadAddress: The recipient cannot be written to.
        BadHeader: A value cannot stand in its header.
    """
    links: list[dict[str, Any]] = []
    urls = {purpose: ctx.link_url(_link(ctx, letter, purpose, links)) for purpose in purposes_in(letter.text)}
    to_name, to_address, subject, instead_of = letter.to_name, letter.to_address, letter.subject, None
    if ctx.settings.send_all_mail_to is not None:
        instead_of = to_address
        to_name, to_address = "", ctx.settings.send_all_mail_to.address
        subject = f"[for {instead_of}] {subject}"
    data = as_bytes(
        Mail(
            from_name=letter.from_name,
            from_address=letter.from_address,
            to_name=to_name,
            to_address=to_address,
            subject=subject,
            text=fill(letter.text, urls),
            html=fill(letter.html, urls, html=True),
            message_id=letter.message_id,
            reply_to=_reply_to(ctx, letter),
            in_reply_to=letter.follows or None,
            references=[letter.follows] if letter.follows else None,
            date=ctx.now(),
            language=letter.language,
            instead_of=instead_of,
            **_list_headers(ctx, letter, links),
        )
    )
    return Prepared(mail_from=return_path(ctx, letter), rcpt_to=to_address, data=data, links=links)


def return_path(ctx: Context, letter: LetterMixin) -> str:
    """Return where mail servers report about this letter; its own address where the setting has ``{letter}``."""
    token = letter.message_id.strip("<>").partition("@")[0]
    return (ctx.settings.bounce_mailbox or letter.from_address).replace("{letter}", token)


def _reply_to(ctx: Context, letter: LetterMixin) -> list[str]:
    """Name a human first, then the inbox that this software reads; colleagues answer humans only."""
    human = letter.reply_to
    if ctx.settings.reply_mailbox is None or letter.kind == LetterKind.COLLEAGUE:
        return [human] if human else []
    return list(dict.fromkeys([human or letter.from_address, ctx.settings.reply_mailbox.address]))


def _list_headers(ctx: Context, letter: LetterMixin, links: list[dict[str, Any]]) -> dict[str, str]:
    """Return what lets a mail program offer leaving the pool (RFC 8058); only https can carry it."""
    base = ctx.settings.public_url or ""
    if not base.startswith("https://") or letter.kind not in POOL_KINDS or not is_pool_letter(ctx, letter):
        return {}
    try:
        domain = wire_domain(letter.from_address.rpartition("@")[2])
    except BadAddress as error:
        raise BadSender(str(error)) from None
    token = _link(ctx, letter, Purpose.STAY, links)
    return {
        "list_id": f"pool.{domain}",
        "list_unsubscribe": f"{base}{ctx.settings.url_prefix}/u/{token}",
    }


POOL_KINDS = frozenset({LetterKind.RECALL})
"""Kinds of letters that can go to people because they are in a pool."""


def is_pool_letter(ctx: Context, letter: LetterMixin) -> bool:
    """Whether a letter goes because the person is in a pool, so that leaving the pool ends such letters."""
    if letter.recall_id is None:
        return False
    recall = ctx.session.get(ctx.models.recall, letter.recall_id)
    return recall is not None and recall.basis == Basis.MEMBERSHIP


def _link(ctx: Context, letter: LetterMixin, purpose: Purpose, links: list[dict[str, Any]]) -> str:
    token = new_token()
    links.append(
        {
            "scope": letter.scope,
            "token_hash": hash_token(token),
            "purpose": purpose,
            "person_id": letter.person_id,
            "letter_id": letter.id,
            "created_at": ctx.now(),
            "expires_at": ctx.now() + lifetime(ctx, purpose),
        }
    )
    return token


def lifetime(ctx: Context, purpose: Purpose) -> timedelta:
    """Return how long a link opens: one that leaves a pool never less long than a place in it lasts."""
    usual = ctx.settings.link_days
    return max(usual, timedelta(days=31 * ctx.settings.keep_months)) if purpose is Purpose.STAY else usual


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
