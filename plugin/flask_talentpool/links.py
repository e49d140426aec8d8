"""Tokens of candidate links, and the placeholders that stand for links inside a frozen letter."""

from __future__ import annotations

import hashlib
import html as html_escaping
import re
import secrets
from collections.abc import Mapping
from enum import StrEnum

TOKEN_BYTES = 16
LINK = "talentpool-link:"
"""How a placeholder begins; a purpose follows."""


class Purpose(StrEnum):
    """The one thing a candidate link is for."""

    STAY = "stay"
    ANSWER = "answer"
    LINE = "line"
    """For a colleague: writing the personal line of one letter."""


def new_token() -> str:
    """Return a fresh random token of 128 bits, safe inside a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token in hex; only this is stored.

    The token has 128 random bits, so a plain hash cannot be searched backwards and needs no salt.
    """
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def placeholder(purpose: Purpose) -> str:
    """Return what stands in a frozen letter until its link is made at hand-over.

    >>> placeholder(Purpose.STAY)
    'talentpool-link:stay'
    """
    return f"{LINK}{purpose}"


_PLACEHOLDER = re.compile(LINK + r"(" + "|".join(purpose for purpose in Purpose) + r")\b")


def purposes_in(text: str) -> frozenset[Purpose]:
    """Return the purposes whose links a letter's text asks for."""
    return frozenset(Purpose(found) for found in _PLACEHOLDER.findall(text))


def fill(text: str, urls: Mapping[Purpose, str], *, html: bool = False) -> str:
    """Replace every placeholder in a letter's text by its URL.

    Args:
        text: The frozen text or HTML.
        urls: The URL for each purpose the text asks for.
        html: Whether `text` is HTML; URLs are then escaped.

    Raises:
        ValueError: A purpose in the text has no URL; a letter must not leave with a dead link.

    >>> fill("Keep me in mind: talentpool-link:stay", {Purpose.STAY: "https://jobs.example.test/l/abc"})
    'Keep me in mind: https://jobs.example.test/l/abc'
    """
    missing = sorted(purposes_in(text) - urls.keys())
    if missing:
        raise ValueError(
            f"The letter has a placeholder for {', '.join(missing)}, but no link of that purpose was made."
        )

    def url(found: re.Match[str]) -> str:
        filled = urls[Purpose(found[1])]
        return html_escaping.escape(filled) if html else filled

    return _PLACEHOLDER.sub(url, text)
