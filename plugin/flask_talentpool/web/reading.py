"""A letter's text as pieces for a page: paragraphs, and links by their words."""

import re
from dataclasses import dataclass

_LINK = re.compile(r"^(?P<words>[^\n]{1,200}):\n(?P<address>talentpool-link:[a-z]+|https?://\S+)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, or one link of a letter."""

    text: str
    is_button: bool = False
    """A personal link: it is made when the letter goes, so a page shows its words only."""
    address: str = ""
    """The address of a link that is the same for everybody."""


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a letter's text into pieces.

    >>> [piece.text for piece in pieces("Dear Ada,\\n\\nStay with us:\\ntalentpool-link:stay\\n")]
    ['Dear Ada,', 'Stay with us']
    """
    return tuple(_piece(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip())


def _piece(part: str) -> Piece:
    found = _LINK.match(part)
    if found is None:
        return Piece(part)
    address = found["address"]
    return Piece(found["words"], is_button=True) if address.startswith("talentpool-link:") else Piece(found["words"], address=address)
