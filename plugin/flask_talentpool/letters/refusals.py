"""What a mail server's refusal means, said at hand-over or in a report: whose fault it is, by its code and its words.

Enhanced codes are those of RFC 3463 and the IANA registry; servers use them loosely, so their words come first
where they speak of the sender. Where neither says anything certain, nobody is to blame.
"""

import re
from enum import StrEnum


class Fault(StrEnum):
    """Whose fault it is that a mail was refused."""

    ADDRESS = "address"
    """There is no such mailbox: nothing more is sent there."""
    SENDER = "sender"
    """Ours: a block list, SPF, DKIM or DMARC, no PTR, relaying, an account suspended. No address is to blame."""
    QUOTA = "quota"
    """Ours as well: too many mails today, or too fast."""
    PASSING = "passing"
    """It may be taken another time, or in another form: mailbox full, busy, expired, too large."""
    UNKNOWN = "unknown"
    """Nothing certain is said."""

    @property
    def is_ours(self) -> bool:
        """Whether the sender is to blame, and every other letter would fare the same."""
        return self in (Fault.SENDER, Fault.QUOTA)


_NAMES = re.compile(r"<[^<>]{0,320}>|[^\s<>:;,()\"]{1,200}@[^\s<>:;,()\"]{1,200}|https?://\S{1,400}")
"""What may hold any word at all: addresses, and the pages that servers point to."""

_QUOTA = re.compile(
    r"(daily|hourly|per[- ](day|hour|minute)|user|sender|outgoing|outbound|sending)[\w -]{0,40}"
    r"(limit|quota|rate|volume)[\w -]{0,20}(exceed|reach|hit|over)|"
    r"(exceed|reach|hit|over)\w*[\w' -]{0,30}(sending|daily|hourly|outgoing|outbound|submission|message|mail|rate)"
    r"[\w -]{0,20}(limit|quota|rate)|submission ?quota|quota ?exceeded ?exception|too many (messages|mails|e-?mails|"
    r"recipients|connections)[\w ,'-]{0,40}(today|hour|minute|day|sent|from)|(sending|submission|outgoing) (limit|quota|rate)|"
    r"rate[- ]?limit|throttl|versandlimit|sendelimit|limite d'envoi",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"\bspf\b|\bdkim\b|\bdmarc\b|\barc\b fail|unauthenticated|not authenticated|authentication (is )?(required|failed|checks?)|"
    r"sender (is |address )?(un|not )(authori[sz]ed|allowed|permitted|authenticated)|"
    r"block ?-?list|black ?-?list|deny ?-?list|\bdnsbl\b|\brbl\b|spamhaus|spamcop|barracuda|\bsorbs\b|\bcbl\b|proofpoint|"
    r"(ip|host|client|server|address|domain|sender|network|range)[^.;]{0,60}\b(blocked|banned|listed|rejected due to|"
    r"poor reputation|bad reputation)|\bblocked (using|by|for|due|because)|banned sending|reputation|"
    r"\bptr\b|reverse (dns|lookup|mapping|hostname)|\brdns\b|no dns record|helo|ehlo|"
    r"(unable|not (allowed|permitted|able)|refus\w*|denied)[\w ]{0,20}\bto relay|relay(ing)? (access )?(is )?(denied|not|prohibited|disabled)|"
    r"not (an )?open relay|we do not relay|permissions? to send|send(ing)? (as|on behalf)|"
    r"(your|sender'?s?|sending|this) (mail |smtp |user )?(account|domain|mailbox) (is |has been |was )?(temporarily )?(suspended|disabled|blocked|locked|restricted)|"
    r"sender (address )?(rejected|denied|blocked|refused|verify|verification)|"
    r"\bspam\b|unsolicited|bulk mail|junk mail|content (was )?(rejected|blocked|filtered)|virus|malware|phish|"
    r"(message|mail|content|url)[\w ]{0,30}(rejected|refused|blocked)[\w ]{0,20}(policy|filter|content|suspicious)|"
    r"local policy|policy (violation|reasons?|restrictions?)|violat\w+[\w ]{0,20}polic|access denied, |"
    r"nicht authentifiziert|sperrliste|gesperrt wegen|abgelehnt wegen|spamverdacht|werbemail|richtlinie",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"(mailbox|mail ?box|inbox|quota|postfach|bo[iî]te|storage|disk|account)[\w ',-]{0,40}(full|exceed|over ?quota|voll|überschritten|pleine|exhausted)|"
    r"over ?-?quota|(exceed|over)\w*[\w ]{0,30}(quota|storage|mailbox size)|insufficient (system )?storage|not enough (space|storage)|"
    r"(delivery|message|retry)[\w ]{0,20}(time[\w -]{0,3} ?(expired|out)|expired)|timed? ?-?out|time limit|expired|gave up|given up after|"
    r"too (large|big|long)|size (limit|exceed)|exceed\w*[\w ]{0,20}size|zu gro(ß|ss)|"
    r"try (again|later)|temporar|greylist|grey-?listed|busy|unavailable now|connection (refused|reset|timed)|loop|"
    r"host (or domain name )?not found|no route|no mx|name server|dns (error|lookup)|network is unreachable",
    re.IGNORECASE,
)
_NO_SUCH = re.compile(
    r"(user|recipient|mailbox|account|address|addressee|person|alias|recipient address|e-?mail( address)?)[\w ',.-]{0,40}"
    r"(unknown|not found|does ?n[o']t exist|do(es)? not exist|not exist|no longer (exists|available|valid|in use|active)|is ?n[o']t valid|"
    r"invalid|disabled|inactive|deactivated|not (a )?(known|listed)|discontinued|terminated|closed)|"
    r"(unknown|no such|nonexist\w*|non-exist\w*|invalid|inactive|disabled|bad) (local )?(e-?mail )?(user|recipient|mailbox|account|address|addressee|person|"
    r"destination mailbox)|no (such )?(mailbox|user|account|person|address)( here| by that name| with)?|(user|mailbox|recipient) ?(not|n't) ?(found|here)|"
    r"recipient ?not ?found|unbekannt|existiert nicht|nicht bekannt|gibt es nicht|inconnu|n'existe pas|onbekend|desconocid|sconosciut|nieznany|"
    r"unroute?able address|does ?n[o']t have an? (\w+ )?account|address (is )?not (active|existing)|not our customer|has moved|left the (company|organi[sz]ation)",
    re.IGNORECASE,
)
_ADDRESS_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_OF_THE_SENDER = frozenset({"5.1.7", "5.1.8", "5.1.9"})
"""Bad sender's address, its domain, or a null MX of ours."""
_VAGUE = frozenset({"", "5.0.0", "5.1.0", "5.2.0", "5.5.0", "5.7.1", "5.7.0"})
"""Codes that servers use for whatever they like: their words decide."""


def fault_of(status: str, words: str, *, about: str = "") -> Fault:  # noqa: PLR0911 (one line for each case)
    """Return whose fault a refusal is.

    Args:
        status: The enhanced code, such as 5.1.1; empty where the server gave none.
        words: What it said; addresses in it are left out, since any word can be somebody's name.
        about: The address it is about, whose part before the @ many servers say alone.
    """
    said = unnamed(words[:4_000], about)
    if _QUOTA.search(said):
        return Fault.QUOTA
    if _SENDER.search(said) or status in _OF_THE_SENDER:
        return Fault.SENDER
    if status.startswith("4."):
        return Fault.PASSING
    if status in _ADDRESS_CODES:
        # Some servers give a full mailbox this code as well.
        return Fault.PASSING if _PASSING.search(said) and not _NO_SUCH.search(said) else Fault.ADDRESS
    if _PASSING.search(said):
        return Fault.PASSING
    if status in _VAGUE and _NO_SUCH.search(said):
        return Fault.ADDRESS
    if status.startswith("5.7."):
        return Fault.SENDER
    return Fault.PASSING if status.startswith(("5.2.", "5.3.", "5.4.")) else Fault.UNKNOWN


def unnamed(words: str, about: str = "") -> str:
    """Return what a server said without addresses, and the pages that it points to."""
    said, local = _NAMES.sub(" ", words), about.strip().rpartition("@")[0]
    if not local or local.casefold() not in said.casefold():
        return said
    return re.sub(rf"(?<![\w.]){re.escape(local)}(?![\w.])", " ", said, flags=re.IGNORECASE)


STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]*\d)")
"""An enhanced code in what a server said."""


_CODE = re.compile(r"(?<![\d.])([245]\d\d)[ -]")
_ABOUT_LOGIN = frozenset({"530", "534", "535", "538"})


def is_for_good(reply: str) -> bool:
    """Whether a reply at hand-over says that asking again is useless: a code of the class 5."""
    found = _CODE.search(reply)
    return found is not None and found[1].startswith("5")


def is_about_login(reply: str) -> bool:
    """Whether a reply is about our user name and password: nothing was sent yet that could be refused."""
    found = _CODE.search(reply)
    return found is not None and found[1] in _ABOUT_LOGIN


def fault_in(reply: str) -> Fault:
    """Return whose fault a reply at hand-over is, such as ``550 5.1.1 No such user``."""
    found = STATUS.search(reply)
    if found is not None:
        return fault_of(found[1], reply)
    code = _CODE.search(reply)
    return fault_of("4.0.0" if code is not None and code[1].startswith("4") else "", reply)
