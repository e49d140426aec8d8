"""Parsing a mail in time and memory that a hostile one cannot choose: what is too much is cut before it is parsed.

Python's parser of a header's parameters takes quadratic time, and is asked again for every part; so headers are
cut as they are read, and their number and that of the parts is bounded.
"""

import re
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import Compat32
from io import BytesIO

MOST_PARTS = 200
"""The most parts that a mail is taken apart into, those of mails inside it counted."""
_MOST_HEADERS = 400
_LONGEST_HEADER = 20_000
_LONGEST_STRUCTURED = 900
_MOST_LINES = 150_000
_STRUCTURED = frozenset({"content-type", "content-disposition"})
_PARAMETER = re.compile(
    r"\b(boundary|charset|report-type)\s{0,20}=\s{0,20}(\"[^\"\\\\\r\n]{1,200}\"|[^\s;\"]{1,200})",
    re.IGNORECASE,
)


class TooManyPartsError(Exception):
    """A mail has more parts than are looked at."""


class _Cutting(Compat32):
    """Reads headers as they stand, but no more of one than anybody needs."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower() in _STRUCTURED and len(value) > _LONGEST_STRUCTURED:
            kept = [value[:100].partition(";")[0].strip()]
            kept += [found[0] for found in _PARAMETER.finditer(value[:_LONGEST_HEADER])][:5]
            return name, "; ".join(kept)
        # A long list of references is told from its end, where the nearest mail is named.
        if len(value) > _LONGEST_HEADER:
            value = value[-_LONGEST_HEADER:] if name.lower() == "references" else value[:_LONGEST_HEADER]
        return name, value


class _Bounded(Message):
    """A message that takes a bounded number of headers, and itself counts among its mail's parts."""

    def set_raw(self, name: str, value: str) -> None:
        if len(self) < _MOST_HEADERS:
            super().set_raw(name, value)


def parsed(raw: bytes, *, headers_only: bool = False) -> Message:
    """Parse a mail.

    Args:
        raw: The mail as it came in.
        headers_only: Leave its body alone.

    Raises:
        TooManyPartsError: It has more parts than are looked at.
        MessageError: And whatever else Python's parser raises for a mail that is made to break it.
    """
    made = 0

    def one(policy: Compat32 = _POLICY) -> Message:
        nonlocal made
        made += 1
        if made > MOST_PARTS:
            raise TooManyPartsError
        return _Bounded(policy=policy)

    # From a file, since the parser makes a text of all the bytes otherwise, four of them for each.
    return BytesParser(one, policy=_POLICY).parse(BytesIO(_few_lines(raw)), headersonly=headers_only)


def fields(text: str) -> Message:
    """Parse one block of fields, as a delivery report has them."""
    return HeaderParser(_Bounded, policy=_POLICY).parsestr(text)


def _few_lines(raw: bytes) -> bytes:
    """Return the beginning of a mail that has no more lines than anybody wrote."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if raw.count(b"\n") <= _MOST_LINES:
        return raw
    return b"\n".join(raw.split(b"\n", _MOST_LINES)[:-1])


_POLICY = _Cutting()
