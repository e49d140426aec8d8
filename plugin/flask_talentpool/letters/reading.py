"""A letter as a page shows it: paragraphs, with personal links named and never made."""

import re
from dataclasses import dataclass

from flask_talentpool.links import purposes_in

_PIECES = re.compile(r"(talentpool-link:[a-z]+|https?://[^\s<>\"]+)")
PERSONAL = "personal link"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph: words, an address of the guide, or where a personal link will stand."""

    text: str
    kind: str = "text"


Paragraphs = tuple[tuple[Piece, ...], ...]


def paragraphs(text: str) -> Paragraphs:
    """Cut a letter's text part into paragraphs of pieces.

    >>> paragraphs("Stay: talentpool-link:stay")
    ((Piece(text='Stay: ', kind='text'), Piece(text='personal link', kind='personal')),)
    """
    return tuple(_pieces(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def _pieces(part: str) -> tuple[Piece, ...]:
    return tuple(_piece(piece) for piece in _PIECES.split(part) if piece)


def _piece(text: str) -> Piece:
    if text.startswith(("http://", "https://")):
        return Piece(text, "url")
    return Piece(PERSONAL, "personal") if purposes_in(text) and _PIECES.fullmatch(text) else Piece(text)
