"""Whose mail it is: by the letter it answers, by the letter's own return path, by its sender. Never guessed."""

import re
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from flask_talentpool.config.addresses import wire_address
from flask_talentpool.context import Context
from flask_talentpool.enums import IncomingKind, LetterKind
from flask_talentpool.letters.incoming.parse import MailRead
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.server_ids import may_be
from flask_talentpool.people.fingerprint import keyed
from flask_talentpool.people.identity import ROW_KEY
from flask_talentpool.people.kept_out import PERSON

_BY_SENDER = (IncomingKind.REPLY, IncomingKind.THANK_YOU, IncomingKind.AUTO_REPLY, IncomingKind.UNKNOWN)
"""What may be matched by its sender: a delivery report's is a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whose a mail is."""

    letter: LetterMixin | None = None
    person_id: int | None = None
    scope: str = ""
    was_forgotten: bool = False
    """It is by somebody who was forgotten, so it is linked to nobody."""


def match(ctx: Context, mail: MailRead) -> Match:
    """Find the letter and the person; where there is any doubt, neither."""
    letter = _letter(ctx, mail)
    if letter is not None:
        if letter.kind == LetterKind.COLLEAGUE:
            # An answer by somebody on the hiring side is no contact with the person it may be about.
            return Match(letter=letter, scope=letter.scope)
        if letter.person_id is None:
            is_empty = not letter.to_address
            return Match(letter=None if is_empty else letter, scope=letter.scope, was_forgotten=is_empty)
        if _is_somebody_elses(ctx, mail, letter):
            return Match(scope=letter.scope)
        return Match(letter=letter, person_id=letter.person_id, scope=letter.scope)
    if mail.kind not in _BY_SENDER or not mail.from_address:
        return Match()
    return _by_sender(ctx, mail.from_address)


def at_return_path(ctx: Context, mail: MailRead) -> bool:
    """Whether a mail was sent where only machines write: to a letter's own return path, or to that of all."""
    path = ctx.settings.bounce_mailbox
    if path is None or "{letter}" in path:
        return bool(_tokens(ctx, mail))
    settings = ctx.settings
    read_by_people = (settings.mail_from, settings.pool_sender, settings.reply_mailbox)
    is_own = all(one is None or one.address.lower() != path.lower() for one in read_by_people)
    return is_own and path.lower() in mail.recipients


def _is_somebody_elses(ctx: Context, mail: MailRead, letter: LetterMixin) -> bool:
    """Whether the thread says one person, and the sender is another one that we know: then nobody guesses."""
    if mail.kind not in _BY_SENDER or mail.from_address in ("", letter.to_address.lower()):
        return False
    person = ctx.models.person
    theirs = sa.select(person.id).where(
        person.scope == letter.scope, sa.func.lower(person.email) == mail.from_address
    )
    found = set(ctx.session.scalars(theirs.limit(2)))
    return bool(found) and letter.person_id not in found


def _letter(ctx: Context, mail: MailRead) -> LetterMixin | None:
    model = ctx.models.letter
    wanted = [*mail.answers, *_by_return_path(ctx, mail)]
    if wanted:
        rows = ctx.session.scalars(sa.select(model).where(model.message_id.in_(wanted)))
        found = {row.message_id: row for row in rows}
        nearest = next((found[one] for one in wanted if one in found), None)
        if nearest is not None:
            return nearest
    return _by_server_id(ctx, mail) or _by_old_return_path(ctx, mail)


def _by_server_id(ctx: Context, mail: MailRead) -> LetterMixin | None:
    """Find a letter by what the service that took it wrote over its Message-ID; of several it is none."""
    attempt, model = ctx.models.letter_attempt, ctx.models.letter
    known = (*mail.answers, *(mail.report.server_ids if mail.report is not None else ()))
    named = {one: may_be(one) for one in known}
    wanted = {name for names in named.values() for name in names}
    if not wanted:
        return None
    letters: dict[str | None, set[int]] = defaultdict(set)
    rows = sa.select(attempt.server_id, attempt.letter_id).where(attempt.server_id.in_(sorted(wanted)))
    for row in ctx.session.execute(rows):
        letters[row.server_id].add(row.letter_id)
    for names in named.values():
        # A name that a server has given twice tells of neither.
        found = {letter for name in names for letter in letters[name]}
        if found:
            return ctx.session.get(model, found.pop()) if len(found) == 1 else None
    return None


def _tokens(ctx: Context, mail: MailRead) -> list[str]:
    """Return what stands for ``{letter}`` in the addresses that a mail was delivered to."""
    pattern = ctx.settings.bounce_mailbox or ""
    if "{letter}" not in pattern:
        return []
    before, after = (re.escape(part) for part in pattern.lower().split("{letter}"))
    shape = re.compile(rf"{before}([0-9a-f]{{32}}){after}")
    return [found[1] for one in mail.recipients if (found := shape.fullmatch(one))]


def _by_return_path(ctx: Context, mail: MailRead) -> list[str]:
    settings = ctx.settings
    senders = [one.address for one in (settings.mail_from, settings.pool_sender) if one is not None]
    domains = dict.fromkeys(wire_address(address).rpartition("@")[2] for address in senders)
    return [f"<{token}@{domain}>" for token in _tokens(ctx, mail) for domain in domains]


def _by_old_return_path(ctx: Context, mail: MailRead) -> LetterMixin | None:
    """Find a letter by its return path though it was sent from another domain than today's."""
    model = ctx.models.letter
    for token in _tokens(ctx, mail)[:3]:
        found = sa.select(model).where(model.message_id.like(f"<{token}@%")).limit(1)
        row = ctx.session.scalars(found).first()
        if row is not None:
            return row
    return None


def _by_sender(ctx: Context, address: str) -> Match:
    """Return the one person with this address, in the one scope that has them.

    An address that the host says is shared, or that somebody else had who was forgotten, tells of nobody.
    """
    person = ctx.models.person
    theirs = sa.select(person.id, person.scope, person.person_key)
    found = list(ctx.session.execute(theirs.where(sa.func.lower(person.email) == address).limit(2)))
    scopes = _forgotten_in(ctx, address)
    if len(found) == 1 and found[0].scope not in scopes and not found[0].person_key.startswith(ROW_KEY):
        return Match(person_id=found[0].id, scope=found[0].scope)
    if found:
        return Match()
    return Match(was_forgotten=bool(scopes), scope=scopes[0] if len(scopes) == 1 else "")


def _forgotten_in(ctx: Context, address: str) -> list[str]:
    """Return the scopes in which somebody with this address was forgotten."""
    model = ctx.models.suppression
    scopes = ctx.session.scalars(sa.select(model.scope).where(model.kind == PERSON).distinct())
    hashes = {keyed(ctx.secret, scope, PERSON, address): scope for scope in scopes}
    known = sa.select(model.hash).where(model.kind == PERSON, model.hash.in_(list(hashes)))
    return [hashes[one] for one in ctx.session.scalars(known)] if hashes else []
