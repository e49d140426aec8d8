"""Reading a mail that came in: what it is, whom it is from, what it answers. No database, and it never raises.

Rests on RFC 3464 (delivery reports), RFC 3834 (automatic replies) and RFC 5322 (what a mail answers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses

from flask_talentpool.enums import IncomingKind
from flask_talentpool.letters.incoming.body import LONGEST_TEXT, clean, decoded, header, own_words, whole_text
from flask_talentpool.letters.incoming.bounce import DeliveryReport, ids_in, report_in
from flask_talentpool.letters.incoming.cut import TooManyPartsError, parsed
from flask_talentpool.letters.incoming.urgency import Urgency, is_thanks, urgency_of

LONGEST_MAIL = 10_000_000
"""Bytes of which a mail is read whole; of a longer one the beginning is."""
_BEGINNING = 500_000
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+")

# What Python's parser raises for mails that are broken, or made to break it.
_BROKEN = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    TooManyPartsError,
)

_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply", "X-Autoreply-From")
_AUTO_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_AUTO_SUBJECT = re.compile(
    r"\[?(auto(mati[cs]|mated)?[- ]?(reply|response|responder|antwort)|autom(atische|\.) (antwort|rückmeldung|empfangsbestätigung)|"
    r"réponse automatique|respuesta automática|risposta automatica|resposta automática|automatisch antwoord|"
    r"automatyczna odpowiedź|automati(skt|sk|c) svar|автоматический ответ)\b.*|"
    r"(i am |i'm |ich bin |we are )?(currently |zurzeit |derzeit )?(out[- ]of[- ](the )?office|nicht im (büro|haus)|außer haus|im urlaub|"
    r"on vacation|in elternzeit|on (annual |parental |sick )?leave)( auto[- ]?reply)?(\s*:.*| (until|till|bis)\b.*|[.!]?)|"
    r"away from (my|the) (mail|e-mail|desk|office)[.!]?|abwesend(\s*:.*| bis\b.*|[.!]?)|(abwesenheits|urlaubs)\w*(\s*:.*| bis\b.*|[.!]?)|eingangsbestätigung\b.*|"
    r".{2,80} (is|ist) (currently |zurzeit |derzeit )?(out of (the )?office|außer haus|nicht im (büro|haus)|im urlaub|abwesend)[.!]?|"
    r".{0,200}\((out of (the )?office|abwesend)\)",
    re.IGNORECASE,
)
"""What a program writes as a subject of its own, and nobody goes on from: whole subjects, not words in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRead:
    """What one mail is and says.

    Attributes:
        kind: What came back.
        from_name: As the mail gives it, on one line.
        from_address: In lower case; empty when it names none, or several.
        recipients: Every address it was delivered or written to, in lower case.
        subject: Decoded, on one line.
        text: What the sender wrote, without what they quote.
        message_id: As it stands in the header, with its brackets; may be empty.
        answers: Message-IDs of what it answers or reports about, the most telling first.
        report: What a delivery report says.
        is_machine: A header says that a machine wrote it; a subject alone never does.
        urgency: Why it is to be read today.
        size: In bytes.
        is_cut: Only its beginning was read; the whole of it is in the mailbox it came to.
    """

    kind: IncomingKind = IncomingKind.UNKNOWN
    from_name: str = ""
    from_address: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    message_id: str = ""
    answers: tuple[str, ...] = ()
    report: DeliveryReport | None = None
    is_machine: bool = False
    urgency: Urgency | None = None
    size: int = 0
    is_cut: bool = False


def read(raw: bytes, *, size: int | None = None) -> MailRead:
    r"""Read a mail; whatever the bytes are, the result holds what could be understood of them.

    Args:
        raw: The mail as it came in.
        size: How many bytes it had, where `raw` is only its beginning.

    >>> read(b"From: jo@mail.example\nSubject: Re: Your application\n\nThank you!\n").kind
    <IncomingKind.THANK_YOU: 'thank_you'>
    """
    size = max(size or 0, len(raw))
    is_cut = size > LONGEST_MAIL
    used = raw[:_BEGINNING] if is_cut else raw
    try:
        return _understood(parsed(used), size=size, is_cut=is_cut)
    except _BROKEN:
        return _without_parts(used, size=size)


def _without_parts(raw: bytes, *, size: int) -> MailRead:
    """Read only the headers of a mail whose body cannot be taken apart; its bytes stand as its text."""
    head, _, rest = raw[:_BEGINNING].replace(b"\r\n", b"\n").partition(b"\n\n")
    try:
        found = _of_headers(parsed(head + b"\n\n", headers_only=True))
    except _BROKEN:
        found = MailRead()
    text = clean(decoded(rest[: 4 * LONGEST_TEXT], "utf-8"))[:LONGEST_TEXT]
    return replace(found, text=text, size=size, is_cut=True)


def _of_headers(message: Message) -> MailRead:
    name, address = _sender(message)
    answers = (*ids_in(_raw_header(message, "In-Reply-To")), *ids_in(_raw_header(message, "References")))
    own = ids_in(_raw_header(message, "Message-ID"))
    return MailRead(
        from_name=name,
        from_address=address,
        recipients=_recipients(message),
        subject=header(message, "Subject"),
        message_id=own[0] if own else "",
        answers=tuple(dict.fromkeys(answers)),
    )


def _understood(message: Message, *, size: int, is_cut: bool) -> MailRead:
    found = replace(_of_headers(message), size=size, is_cut=is_cut)
    from_nobody = _is_from_nobody(message)
    report = report_in(message, from_address=found.from_address, from_nobody=from_nobody)
    whole = whole_text(message)
    if report is not None:
        return _reported(found, report, whole.strip()[:LONGEST_TEXT])
    text = own_words(whole)
    urgency = urgency_of(text, found.subject)
    found = replace(found, text=text, urgency=urgency)
    surely, perhaps = _is_automatic(message, found.subject, from_nobody=from_nobody)
    # A subject alone is weak evidence: it names the kind, and whoever reads it finds it among what is unread.
    if surely or (perhaps and found.urgency is None):
        urgency = None if surely else urgency
        return replace(found, kind=IncomingKind.AUTO_REPLY, is_machine=surely, urgency=urgency)
    return replace(found, kind=_kind(message, found))


def _reported(found: MailRead, report: DeliveryReport, text: str) -> MailRead:
    kind = IncomingKind.AUTO_REPLY  # it was delivered
    if report.is_failure or report.is_delay:
        kind = IncomingKind.RETURNED if report.is_failure else IncomingKind.DELAYED
    # What the report is about comes before what it hangs on in a mailbox.
    answers = tuple(dict.fromkeys((*report.message_ids, *found.answers)))
    return replace(found, kind=kind, text=text, report=report, answers=answers, is_machine=True)


def _kind(message: Message, found: MailRead) -> IncomingKind:
    says_nothing = not (found.text or found.subject) or not found.from_address
    if message.get_content_type() == "multipart/report" or says_nothing:
        return IncomingKind.UNKNOWN
    return IncomingKind.THANK_YOU if is_thanks(found.text) else IncomingKind.REPLY


def _is_automatic(message: Message, subject: str, *, from_nobody: bool) -> tuple[bool, bool]:
    """Return whether a mail was surely, and whether perhaps, sent by a machine (RFC 3834)."""
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted == "no":
        return False, False
    if submitted or from_nobody or any(message.get(name) is not None for name in _AUTO_HEADERS):
        return True, True
    if message.get_param("report-type") == "disposition-notification":
        return True, True
    if header(message, "Precedence").lower() in _AUTO_PRECEDENCE:
        return True, True
    return False, _AUTO_SUBJECT.fullmatch(subject) is not None


def _is_from_nobody(message: Message) -> bool:
    path = message.get("Return-Path")
    if path is not None:
        return str(path).strip() in ("<>", "")
    return (message.get_unixfrom() or "").upper().startswith("FROM MAILER-DAEMON")


def _raw_header(message: Message, name: str) -> str:
    """Return a header as it stands, all of its values; a long one by its end, where the nearest mail is named."""
    return " ".join(str(value)[-20_000:] for value in message.get_all(name, [])[:5])


def _sender(message: Message) -> tuple[str, str]:
    values = [header(message, "From")] if message.get("From") is not None else []
    found = [(name, one.lower()) for name, one in _addresses(values) if _ADDRESS.fullmatch(one)]
    if len(found) == 1 and len(found[0][1]) <= 320:  # noqa: PLR2004 (the column's length)
        return found[0]
    # Several senders, or none that can be told: whose it is must not be guessed.
    return (values[0][:400] if values else ""), ""


def _recipients(message: Message) -> tuple[str, ...]:
    values = [str(value)[:4_000] for name in _RECIPIENT_HEADERS for value in message.get_all(name, [])[:10]]
    found = [address.lower() for _, address in _addresses(values) if _ADDRESS.fullmatch(address)]
    return tuple(dict.fromkeys(found))[:50]


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(values)
    except _BROKEN:
        return []
