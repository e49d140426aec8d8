"""The words of a mail that came in: decoded whatever its charset, without markup and without what it quotes."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message

LONGEST_TEXT = 20_000
"""The most characters of a mail's text that are kept."""
MOST_PARTS = 200
"""The most parts of a mail that are looked at."""
_LONGEST_HEADER = 4_000
_LONGEST_SOURCE = 400_000

# Codecs that decode text in linear time. Python's others compress, rotate, or take minutes on a crafted text.
_CHARSETS = re.compile(
    r"ascii|utf-8(-sig)?|utf-16.*|utf-32.*|iso8859-\d+|cp\d+|koi8-[rut]|gb\w+|big5\w*|hz|shift_jis\w*|euc_\w+"
    r"|iso2022_\w+|mac-\w+|johab|tis-620"
)
# What a database or a page cannot hold, and what turns the reading direction of a name around.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_BLOCKS = frozenset(
    {
        "br",
        "p",
        "div",
        "tr",
        "li",
        "table",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "hr",
        "pre",
        "section",
        "article",
    }
)
_SILENT = frozenset({"script", "style", "head", "title", "template", "blockquote"})
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")

# How mail programs introduce what they quote; each is looked for in one line, or in up to three that belong together.
_ATTRIBUTION = re.compile(
    r"(on\b.{4,300}\bwrote|am\b.{4,300}\b(schrieb\b.{0,200}|folgendes geschrieben)|.{1,120}\bschrieb am\b.{4,120}|"
    r".{1,120}\bhat am\b.{4,120}\bgeschrieben|le\b.{4,300}\ba écrit|el\b.{4,300}\bescribió|il\b.{4,300}\bha scritto|"
    r"op\b.{4,300}\bschreef\b.{0,200}|em\b.{4,300}\bescreveu|(w dniu|dnia)\b.{4,300}\b(napisał\(a\)|napisała?|pisze)|"
    r"\d.{4,200}\b(пишет|написала?|napisał\(a\))|den\b.{4,300}\bskrev\b.{0,200}|.{4,200}<[^<>@\s]+@[^<>\s]+>)\s*:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[-_]{2,}\s*(original[- ]?(message|appointment|nachricht)|ursprüngliche nachricht|forwarded message|"
    r"weitergeleitete nachricht|message d'origine|message original|mensaje original|messaggio originale|"
    r"oorspronkelijk bericht|mensagem original|wiadomość oryginalna|исходное сообщение|on\b.{4,300}\bwrote|"
    r"am\b.{4,300}\bschrieb)\b.{0,200}[-_]{2,}",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\*?(from|von|de|da|van|od|от|fra|från) ?:\*?\s+\S", re.IGNORECASE)
_HEAD_AFTER = re.compile(
    r"\*?(sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado( el)?|fecha|para|asunto|inviato|data|a|"
    r"oggetto|verzonden|aan|onderwerp|wysłano|do|temat|отправлено|дата|кому|тема|sendt|til|emne|skickat|till|ämne) ?:\*?\s",
    re.IGNORECASE,
)
_LONGEST_LINE = 600
_TELLING = 25
"""Characters of a line that nobody writes by chance as our letter has it."""


def clean(text: str) -> str:
    """Return a text without characters that a database or page cannot hold; line ends become line feeds."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return a text on one line, cleaned."""
    return " ".join(clean(text).split())


def decoded(raw: bytes, charset: str | None) -> str:
    """Return text from bytes: by the charset they claim, else by one that fits; never raises."""
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        name = "utf-8"
    for one in (name, "utf-8"):
        if _CHARSETS.fullmatch(one):
            try:
                return raw.decode(one)
            except (UnicodeError, LookupError):
                continue
    return raw.decode("cp1252", "replace")


def header(message: Message, name: str) -> str:
    """Return a header decoded and on one line; empty when it is not there."""
    value = message.get(name)
    return one_line(_header_text(str(value)[:_LONGEST_HEADER])) if value is not None else ""


def _header_text(value: str) -> str:
    # Bytes beyond ASCII stand in it as surrogates; most senders mean UTF-8 by them.
    value = decoded(value.encode("utf-8", "surrogateescape"), "utf-8")
    try:
        parts = decode_header(value)
    except (ValueError, LookupError):
        return value
    return "".join(
        part if isinstance(part, str) else decoded(part, charset or "utf-8") for part, charset in parts
    )


def parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail but not those of mails inside it, up to ``MOST_PARTS``."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting.extend(one for one in reversed(inside) if isinstance(one, Message))
        else:
            yield part


def body(part: Message) -> str:
    """Return the decoded text of one part; never raises."""
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        raw = None
    if not isinstance(raw, bytes):
        inside = part.get_payload()
        return clean(inside[:_LONGEST_SOURCE]) if isinstance(inside, str) else ""
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        charset = None
    return clean(decoded(raw[: 2 * _LONGEST_SOURCE], charset)[:_LONGEST_SOURCE])


def whole_text(message: Message) -> str:
    """Return the text of a mail: its plain parts, else its HTML without markup."""
    shown = [one for one in parts(message) if not _is_attached(one)]
    plain = [body(one) for one in shown if one.get_content_type() == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(text for text in plain if text.strip())[:_LONGEST_SOURCE]
    pages = (body(one) for one in shown if one.get_content_type() == "text/html")
    return next((without_markup(page) for page in pages if page.strip()), "")


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def without_markup(page: str) -> str:
    r"""Return the text of an HTML page, what it quotes left out; in one pass, whatever the page is.

    >>> without_markup("<p>Thank you &amp; all the best<br>Jo</p><blockquote>Dear Jo</blockquote>")
    'Thank you & all the best\nJo'
    """
    first, *rest = page.split("<")
    said, silent, in_comment = [first], "", False
    for piece in rest:
        if in_comment or piece.startswith("!--"):
            _, closed, text = piece.partition("-->")
            in_comment = not closed
            said.append(text if closed and not silent else "")
            continue
        tag, _, text = piece.partition(">")
        found = _TAG.match(tag)
        name = found[2].lower() if found else ""
        if silent:
            silent = "" if found and found[1] and name == silent else silent
        elif name in _SILENT and found and not found[1]:
            silent = name
        if silent:
            continue
        said.append(("\n" if name in _BLOCKS else "") + text)
    lines = (" ".join(line.split()) for line in clean(html.unescape("".join(said))).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def without_letter(text: str, letter: str) -> str:
    r"""Return a text up to where it quotes our own letter, whatever the mail program calls that.

    >>> without_letter("Thank you!\n\nvan: Anna\n| Dear Jo,\n| we have chosen somebody else.", "Dear Jo,\n\nwe have chosen somebody else.")
    'Thank you!\n\nvan: Anna'

    Args:
        text: What the sender wrote, perhaps with a quotation.
        letter: Our letter as it went.

    Where nothing of their own is left, the text is returned as it is.
    """
    ours = {line for one in letter.split("\n") if len(line := _bare(one)) >= _TELLING}
    lines = text.split("\n")
    begins = next((at for at, line in enumerate(lines) if _bare(line) in ours), None)
    if begins is None:
        return text
    # The salutation above it is too short to tell whose it is; quoted as the line is, it belongs to it.
    first = next((_bare(one) for one in letter.split("\n") if _bare(one)), "")
    above = next((at for at in range(begins - 1, -1, -1) if lines[at].strip(" >|\t")), None)
    if above is not None and _bare(lines[above]) == first:
        begins = above
    own = "\n".join(lines[:begins]).rstrip(" >|\t\n")
    return own if own.strip() else text


def _bare(line: str) -> str:
    """Return a line without the marks of quoting and with single blanks, for comparing."""
    return " ".join(line.lstrip(" >|\t").split()).casefold()


def own_words(text: str) -> str:
    r"""Return what the sender wrote: without quoted lines, and without the mail that is answered.

    >>> own_words("Thank you!\n\nOn Mon, 2 Mar 2026, Anna wrote:\n> Dear Jo,\n> we…")
    'Thank you!'

    Where nothing of their own is left, the whole text is returned.
    """
    kept: list[str] = []
    lines = text[:_LONGEST_SOURCE].split("\n")
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        if _ORIGINAL.match(line) or _is_head(lines, number):
            break
        taken = _attribution(lines, number)
        if taken:
            number += taken
            if _written(kept) and not _quotes_follow(lines, number):
                break
            continue
        if not line.startswith(">"):
            kept.append(lines[number].rstrip())
        number += 1
    own = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return (own or text.strip())[:LONGEST_TEXT]


def _written(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _attribution(lines: list[str], number: int) -> int:
    """Return over how many lines “On …, Anna wrote:” goes from here on; 0 when it does not begin here."""
    joined = ""
    for taken in range(1, 4):
        if number + taken > len(lines):
            return 0
        line = lines[number + taken - 1].strip()
        if not line or line.startswith(">") or len(line) > _LONGEST_LINE:
            return 0
        joined = f"{joined} {line}".strip()
        if joined.endswith(":") and _ATTRIBUTION.fullmatch(joined):
            return taken
    return 0


def _quotes_follow(lines: list[str], number: int) -> bool:
    following = [line.strip() for line in lines[number : number + 6] if line.strip()]
    return bool(following) and following[0].startswith(">")


def _is_head(lines: list[str], number: int) -> bool:
    """Whether the block of headers begins here that some mail programs put above what they quote."""
    if not _HEAD.match(lines[number].strip()[:_LONGEST_LINE]):
        return False
    return sum(bool(_HEAD_AFTER.match(line.strip()[:40])) for line in lines[number + 1 : number + 6]) > 1
