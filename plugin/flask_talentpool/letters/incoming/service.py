"""What comes back: replies, thank-you notes, delivery reports. Kept, matched to letter and person, never dropped.

Nothing here answers a mail, and no letter is sent again because of one (P1).
"""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.enums import IncomingKind
from flask_talentpool.letters import held
from flask_talentpool.letters.incoming import match as incoming_match
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.incoming.body import without_letter
from flask_talentpool.letters.incoming.bounce import own_words_of
from flask_talentpool.letters.incoming.marking import ERASED, mark_read
from flask_talentpool.letters.incoming.match import Match
from flask_talentpool.letters.incoming.parse import MailRead, read
from flask_talentpool.letters.incoming.urgency import Urgency, is_thanks
from flask_talentpool.letters.internal_mail import page_url, write_colleague
from flask_talentpool.letters.model import IncomingMixin
from flask_talentpool.letters.refusals import Fault, fault_of
from flask_talentpool.people.fingerprint import keyed
from flask_talentpool.people.model import PersonMixin

WRITTEN = (IncomingKind.REPLY, IncomingKind.THANK_YOU)
"""What a person wrote."""
TOUCHES = {
    IncomingKind.REPLY: "wrote to us",
    IncomingKind.THANK_YOU: "sent a thank-you note",
    IncomingKind.RETURNED: "our letter came back",
}
"""What a touch calls it."""
FROM_FORGOTTEN = "from_forgotten"
"""The status of a mail by somebody who was forgotten: kept for a person to read, linked to nobody."""
CUT = "[This mail has {size:.1f} MB. Only its beginning was kept here; the whole of it is in the mailbox it came to.]"


def receive(ctx: Context, raw: bytes, *, size: int | None = None) -> IncomingMixin:
    """Keep a mail that came in; the same mail again returns the row that is there.

    Args:
        ctx: The unit of work.
        raw: The mail as it came in. Whatever the bytes are, there is a row for them.
        size: How many bytes it had, where `raw` is only its beginning.
    """
    mail = read(raw, size=size)
    fingerprint = fingerprint_of(ctx, mail, raw)
    there = _find(ctx, fingerprint)
    if there is not None:
        return there
    row = _row(ctx, mail, incoming_match.match(ctx, mail), fingerprint)
    try:
        with ctx.savepoint():
            ctx.session.add(row)
    except IntegrityError:
        there = _find(ctx, fingerprint)
        if there is None:
            raise
        return there
    _follow_up(ctx, row, mail)
    ctx.session.flush()
    return row


def fingerprint_of(ctx: Context, mail: MailRead, raw: bytes) -> str:
    """Return what tells one mail from another: a keyed hash, so that it may outlive the mail's data.

    A Message-ID counts together with its sender, so that nobody's mail is taken for one that somebody
    else sent under the same number.
    """
    if mail.message_id:
        return keyed(ctx.secret, "incoming", mail.message_id, mail.from_address)
    return keyed(ctx.secret, "incoming", raw.decode("latin-1"))


def _find(ctx: Context, fingerprint: str) -> IncomingMixin | None:
    model = ctx.models.incoming
    return ctx.session.scalars(sa.select(model).where(model.fingerprint == fingerprint)).one_or_none()


def _row(ctx: Context, mail: MailRead, match: Match, fingerprint: str) -> IncomingMixin:
    kind, text = mail.kind, mail.text
    if kind in WRITTEN and (incoming_match.at_return_path(ctx, mail) or _is_nobodys(match)):
        kind = IncomingKind.UNKNOWN
    if kind in WRITTEN and match.letter is not None:
        text = without_letter(text, match.letter.text)
    needs_nobody = mail.is_machine and kind in (IncomingKind.AUTO_REPLY, IncomingKind.DELAYED)
    if mail.is_cut:
        text = f"{text}\n\n{CUT.format(size=mail.size / 1_000_000)}".strip()
    status = mail.report.status if mail.report is not None else ""
    return ctx.models.incoming(
        scope=match.scope,
        fingerprint=fingerprint,
        kind=kind,
        received_at=ctx.now(),
        from_name=mail.from_name[:400],
        from_address=mail.from_address[:320],
        subject=mail.subject[:400],
        text=text,
        message_id=mail.message_id[:250],
        status=FROM_FORGOTTEN if match.was_forgotten else status,
        is_urgent=mail.urgency is not None,
        urgent_because=mail.urgency or "",
        read_at=ctx.now() if needs_nobody else None,
        read_by=SOFTWARE.id if needs_nobody else "",
        person_id=match.person_id,
        letter_id=match.letter.id if match.letter is not None else None,
    )


def _is_nobodys(match: Match) -> bool:
    return match.person_id is None and match.letter is None


def _follow_up(ctx: Context, row: IncomingMixin, mail: MailRead) -> None:
    kind = row.kind
    if kind in (IncomingKind.RETURNED, IncomingKind.DELAYED):
        _note_report(ctx, row, mail)
    if kind == IncomingKind.UNKNOWN and row.letter_id is not None:
        _note_unclear(ctx, row)
    _touch(ctx, row)
    if row.is_urgent:
        _tell_reader(ctx, row)
    if kind in (*WRITTEN, IncomingKind.UNKNOWN):
        ctx.announce(signals.reply_received, incoming_id=row.id, kind=row.kind, is_urgent=row.is_urgent)


def _note_report(ctx: Context, row: IncomingMixin, mail: MailRead) -> None:
    """Write what a delivery report says beside the letter it is about; without one it says nothing certain.

    Only who received the letter knows its Message-ID, so nobody else can have an address suppressed.
    """
    if row.letter_id is None or mail.report is None:
        return
    letter, report = ctx.session.get_one(ctx.models.letter, row.letter_id), mail.report
    is_back = row.kind == IncomingKind.RETURNED
    ctx.session.add(
        ctx.models.letter_attempt(
            letter_id=letter.id,
            at=ctx.now(),
            result=IncomingKind.RETURNED if is_back else IncomingKind.DELAYED,
            reply=f"{report.status} {report.diagnostic}".strip()[:400],
            server=row.from_address[:200],
        )
    )
    if not is_back:
        model = ctx.models.letter
        update_if(ctx.session, model, model.id == letter.id, tries=model.tries + 1)
        return
    # In staging it went to somebody else, so it says nothing about the person's address.
    if report.is_permanent and ctx.settings.send_all_mail_to is None:
        suppression.suppress(ctx, letter.to_address, scope=letter.scope)
    ctx.announce(
        signals.letter_returned, letter_id=letter.id, incoming_id=row.id, is_permanent=report.is_permanent
    )


def _note_unclear(ctx: Context, row: IncomingMixin) -> None:
    """Show beside its letter what nobody understood: it may say that the letter never arrived."""
    ctx.session.add(
        ctx.models.letter_attempt(
            letter_id=row.letter_id,
            at=ctx.now(),
            result="unclear",
            reply=f"Something came back that was not understood: {row.subject}"[:400],
            server=row.from_address[:200],
        )
    )


def _touch(ctx: Context, row: IncomingMixin) -> None:
    what = TOUCHES.get(row.kind)
    if row.person_id is None or what is None:
        return
    ctx.session.add(
        ctx.models.touch(
            scope=row.scope,
            person_id=row.person_id,
            at=row.received_at,
            direction="in",
            channel="mail",
            what=what,
            by="",
            letter_id=row.letter_id,
        )
    )


def _untouch(ctx: Context, row: IncomingMixin) -> None:
    touch = ctx.models.touch
    ctx.session.execute(
        sa.delete(touch).where(
            touch.person_id == row.person_id,
            touch.at == row.received_at,
            touch.direction == "in",
            touch.what.in_(list(TOUCHES.values())),
        )
    )


def _tell_reader(ctx: Context, row: IncomingMixin) -> None:
    """Write to the named reader at once; the letter carries no word of the mail and no name."""
    reader = ctx.settings.urgent_mailbox
    if reader is None:
        return
    found = (
        f"A reply that came in {Urgency(row.urgent_because).phrase}. A list of words noticed it, so it may be less, "
        "or more, than that."
    )
    write_colleague(
        ctx,
        to=reader,
        subject="A reply to read today",
        paragraphs=[
            found,
            f"Please read it today: {page_url(ctx, f'/incoming/{row.id}')}",
            "Nobody has been answered, and nothing answers by itself.",
        ],
        occasion=f"urgent:{row.id}",
        scope=row.scope,
    )


# What people do with it


def give(ctx: Context, row: IncomingMixin, person: PersonMixin, *, by: Actor) -> None:
    """Somebody said whose mail it is: it becomes a contact with that person, in the person's scope."""
    if row.person_id == person.id or row.status == ERASED:
        return
    if row.person_id is not None:
        _untouch(ctx, row)
    letter = ctx.session.get(ctx.models.letter, row.letter_id) if row.letter_id is not None else None
    if letter is not None and letter.person_id != person.id:
        row.letter_id = None
    row.person_id, row.scope = person.id, person.scope
    if row.status == FROM_FORGOTTEN:
        row.status = ""
    if row.kind == IncomingKind.UNKNOWN:
        row.kind = IncomingKind.THANK_YOU if is_thanks(row.text) else IncomingKind.REPLY
    if (
        row.kind == IncomingKind.RETURNED
        and fault_of(row.status, own_words_of(row.text), about=person.email) is Fault.ADDRESS
    ):
        suppression.suppress(ctx, person.email, scope=person.scope)
    _touch(ctx, row)
    ctx.record(by, "give", "incoming", row.id, scope=row.scope)
    ctx.session.flush()


def returned_address(ctx: Context, row: IncomingMixin) -> str:
    """Return the address to which nothing is sent because of this report; empty when there is none."""
    if row.kind != IncomingKind.RETURNED:
        return ""
    letter = ctx.session.get(ctx.models.letter, row.letter_id) if row.letter_id is not None else None
    person = ctx.session.get(ctx.models.person, row.person_id) if row.person_id is not None else None
    address = letter.to_address if letter is not None else person.email if person is not None else ""
    return address if suppression.is_returned(ctx, address, scope=row.scope) else ""


def works_again(ctx: Context, row: IncomingMixin, *, by: Actor) -> int:
    """Somebody said that the address works again; return how many held letters go on."""
    address = returned_address(ctx, row)
    going = held.works_again(ctx, address, scope=row.scope, by=by) if address else 0
    ctx.record(by, "works_again", "incoming", row.id, scope=row.scope)
    mark_read(ctx, row, by=by)
    return going
