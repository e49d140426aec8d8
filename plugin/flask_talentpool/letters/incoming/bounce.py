"""Delivery reports: which mail could not be delivered, to whom, for how long, and why (RFC 3464).

Servers that follow no standard are understood as well, as long as it was a mail server that wrote: by a null
return path, or by its own address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import Message

from flask_talentpool.letters.incoming.body import body, header, one_line, parts, whole_text
from flask_talentpool.letters.incoming.cut import fields
from flask_talentpool.letters.refusals import STATUS, Fault, fault_of

_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_ID_LINE = re.compile(r"message-id:\s{0,80}(<[^<>\s@]{1,200}@[^<>\s@]{1,200}>)", re.IGNORECASE)
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -](?=\S)")
_ADDRESS = re.compile(r"[^\s@<>;,\"]{1,200}@[^\s@<>;,\"]{1,200}")

_SERVERS = re.compile(r"(mailer-daemon|mail-daemon|postmaster|mmdf|bounce[sd]?)@", re.IGNORECASE)
_FAILED = re.compile(
    r"undeliver(ed|able)|delivery status notification|delivery (has )?fail|delivery failure|failure notice|"
    r"returned mail|mail delivery|message delivery|returned to sender|could not be delivered|unzustellbar|"
    r"nicht zugestellt|zustellung|delivery report|message delayed|mail system error",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"delay|warning|verzögert|will be retried|still being retried", re.IGNORECASE)
_FOR_GOOD = re.compile(r"permanent (fatal )?error|permanently|giving up|dauerhaft", re.IGNORECASE)
_COPY = re.compile(
    r"^(-+ ?(this is a copy|original message|begin|the (header|body)|below this line|returned|forwarded)|"
    r"(return-path|received|message-id|dkim-signature):|.{0,20}(copy of (the|your) message|original message))",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a report without parts goes on with the mail that it is about, whose words are nobody's refusal."""
_SERVER_IDS = ("X-Postfix-Queue-ID", "Original-Envelope-ID")
_MOST_IDS = 50
_MOST_RECIPIENTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a mail server says became of a mail.

    Attributes:
        status: RFC 3463 code such as 5.1.1; empty when it names none.
        is_failure: It will not be delivered any more.
        is_delay: It is still being tried.
        recipient: The address it is about, if it says.
        diagnostic: What the other server said.
        words: What says why: the diagnostic, else the report's own words.
        message_ids: The mail it is about.
        server_ids: What the reporting server called that mail.
    """

    status: str = ""
    is_failure: bool = False
    is_delay: bool = False
    recipient: str = ""
    diagnostic: str = ""
    words: str = ""
    message_ids: tuple[str, ...] = ()
    server_ids: tuple[str, ...] = ()

    @property
    def fault(self) -> Fault:
        """Whose fault it is; passing while it is still being tried."""
        if not self.is_failure:
            return Fault.PASSING
        return fault_of(self.status, self.words, about=self.recipient)

    @property
    def is_permanent(self) -> bool:
        """Whether the address itself will not take mail: nothing more is sent there."""
        return self.fault is Fault.ADDRESS


def report_in(message: Message, *, from_address: str, from_nobody: bool) -> DeliveryReport | None:
    """Return the delivery report that a mail is, or None.

    Args:
        message: The parsed mail.
        from_address: Its sender.
        from_nobody: Its return path is null.
    """
    ids = _ids(message)
    for part in parts(message):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = _blocks(part)
            found = _of_fields(blocks)
            if found is not None:
                said = own_words_of(whole_text(message))
                return replace(
                    found,
                    status=found.status or _status_in(said),
                    words=found.diagnostic or said,
                    message_ids=ids,
                    server_ids=tuple(header(block, name) for block in blocks for name in _SERVER_IDS),
                )
    return _of_text(message, from_address=from_address, from_nobody=from_nobody, ids=ids)


def ids_in(text: str) -> tuple[str, ...]:
    """Return the Message-IDs in a header's value, the last (and nearest) first."""
    return tuple(dict.fromkeys(reversed(_MESSAGE_ID.findall(text)[-_MOST_IDS:])))


def _blocks(part: Message) -> list[Message]:
    """Return the fields of a report, block by block, whatever the parser made of it."""
    inside = part.get_payload()
    found: list[Message] = []
    for block in inside if isinstance(inside, list) else [part]:
        if isinstance(inside, list) and isinstance(block, Message) and block.keys():
            found.append(block)
        rest = block.get_payload() if isinstance(block, Message) else ""
        if isinstance(rest, str) and ":" in rest:
            texts = rest[:40_000].replace("\r\n", "\n").split("\n\n")
            found += [fields(text) for text in texts[:_MOST_RECIPIENTS] if text.strip()]
    return found[:_MOST_RECIPIENTS]


def _of_fields(blocks: list[Message]) -> DeliveryReport | None:
    found = [one for one in map(_of_recipient, blocks) if one is not None]
    # A mail of ours has one recipient; where a report names several, what failed counts most.
    found.sort(key=lambda one: (not one.is_failure, not one.is_delay))
    return found[0] if found else None


def _of_recipient(block: Message) -> DeliveryReport | None:
    action = header(block, "Action").lower().split(" ")[0].strip("();,")
    status = STATUS.search(header(block, "Status"))
    if not action and status is None:
        return None
    diagnostic = header(block, "Diagnostic-Code")
    code = status[1] if status else ""
    if (not code or code.endswith(".0.0")) and (nearer := STATUS.search(diagnostic)):
        code = nearer[1]
    where = header(block, "Original-Recipient") or header(block, "Final-Recipient")
    address = _ADDRESS.search(where.partition(";")[2] or where)
    return DeliveryReport(
        status=code,
        is_failure=action == "failed" or (action not in _OTHER_ACTIONS and code.startswith("5.")),
        is_delay=action == "delayed" or (action not in _OTHER_ACTIONS and code.startswith("4.")),
        recipient=address[0] if address else "",
        diagnostic=diagnostic[:300],
    )


_OTHER_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})


def _of_text(
    message: Message, *, from_address: str, from_nobody: bool, ids: tuple[str, ...]
) -> DeliveryReport | None:
    """Read a report that follows no standard: only a mail server's word counts."""
    failed_to = header(message, "X-Failed-Recipients")
    server = from_nobody or bool(failed_to) or bool(_SERVERS.match(from_address))
    subject = header(message, "Subject")
    is_report = message.get_param("report-type") == "delivery-status"
    if not server and not is_report:
        return None
    text = whole_text(message)[:20_000]
    if not (failed_to or is_report or _FAILED.search(subject) or _FAILED.search(text[:1_000])):
        return None
    status = _status_in(text)
    if _DELAYED.search(subject) or (not status and _DELAYED.search(text[:1_000])):
        return DeliveryReport(
            status=status if status.startswith("4.") else "4.0.0", is_delay=True, message_ids=ids
        )
    if not status and (failed_to or _FOR_GOOD.search(text)):
        status = "5.0.0"
    address = _ADDRESS.search(failed_to) or _ADDRESS.search(text[:2_000])
    return DeliveryReport(
        status=status,
        is_failure=True,
        recipient=address[0] if address else "",
        words=own_words_of(text),
        message_ids=ids,
    )


def own_words_of(text: str) -> str:
    """Return the report's own words, up to the copy of the mail that it is about."""
    copy = _COPY.search(text)
    return text[: copy.start() if copy else None][:4_000]


def _status_in(text: str) -> str:
    found = next((one for one in STATUS.findall(text[:20_000]) if not one.startswith("2.")), "")
    if found:
        return str(found)
    code = _REPLY_CODE.search(text[:20_000])
    return f"{code[1]}.0.0" if code else ""


def _ids(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs of what came back: from its headers, else from the report's words."""
    found: list[str] = []
    for part in parts(message):
        kind = part.get_content_type()
        inside = part.get_payload()
        if kind.startswith("message/") and isinstance(inside, list):
            found += [header(one, "Message-ID") for one in inside[:3] if isinstance(one, Message)]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            found += _ID_LINE.findall(body(part)[:100_000])
        elif kind.startswith("text/"):
            found += _ID_LINE.findall(body(part)[:200_000])
    known = [one for text in found for one in _MESSAGE_ID.findall(one_line(text))]
    return tuple(dict.fromkeys(known))[:_MOST_IDS]
