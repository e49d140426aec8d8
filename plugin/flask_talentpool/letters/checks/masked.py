"""A letter as the rules look at it: names masked, in lower case, in words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_talentpool.letters.checks import measure
from flask_talentpool.letters.texts.render import plain

NAMES = ("name", "job", "company", "writer", "writer_role", "wanted_by", "pool", "reply_address")
"""The values that name somebody or something: no rule looks at their words."""
TYPED = ("line", "feedback", "why")
"""The values that somebody wrote by hand."""
_MASK = "\u00a4"
_PART_OF_A_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the checker has to know of a letter beside its words.

    Attributes:
        language: The language it is meant to be in.
        offers_place: Whether it offers a place in a pool that is there.
        internal: Texts that must not appear in it: the host's own reason, the private note.
        reply_is_read: Whether a human reads what arrives at its reply address.
    """

    language: str
    offers_place: bool = False
    internal: tuple[str, ...] = ()
    reply_is_read: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedLetter:
    """A letter as the rules look at it. All three texts have the same length, so that places agree."""

    subject: str
    text: str
    html: str
    masked: str
    """Names replaced by as many signs that are no letters."""
    lower: str
    """The masked text in lower case."""
    prose: str
    """The masked text in lower case, without addresses."""
    words: list[str]
    about: About
    typed: tuple[str, ...] = ()
    """What somebody wrote for it by hand: a line, feedback."""
    reply_address: str = ""
    guide: str = ""
    """Where the guide is that it links to."""


def mask(
    text: str,
    values: Mapping[str, str],
    about: About,
    *,
    subject: str = "",
    html: str = "",
    guide: str = "",
) -> MaskedLetter:
    """Return a letter with its names masked, as the rules look at it."""
    masked = _masked(text, values)
    lower = _lower(masked)
    prose = measure.prose(lower)
    return MaskedLetter(
        subject=subject,
        text=text,
        html=html,
        masked=masked,
        lower=lower,
        prose=prose,
        words=measure.words(prose),
        about=about,
        typed=tuple(said for name in TYPED if (said := values.get(name, ""))),
        reply_address=values.get("reply_address", ""),
        guide=guide,
    )


def _masked(text: str, values: Mapping[str, str]) -> str:
    """Replace names by signs that no rule knows, each by as many."""
    names = {plain(values.get(key, "")) for key in NAMES}
    # Somebody may be called by a part of the name in a line: "Dear Maëlle Oduya", then "Maëlle".
    for key in ("name", "writer", "wanted_by", "company"):
        parts = re.split(r"[\s,.;:/()-]+", plain(values.get(key, "")))
        names |= {part for part in parts if len(part) >= _PART_OF_A_NAME and part[0].isupper()}
    names |= {plain(line.partition(": ")[0]) for line in values.get("jobs", "").splitlines()}
    names.discard("")
    # Found one by one: a pattern of one person's names would be compiled for one letter, which takes ten times as long.
    found = [place for name in names for place in _whole_words(text, name)]
    masked, done = [], 0
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if start >= done:
            masked += [text[done:start], _MASK * (end - start)]
            done = end
    return "".join([*masked, text[done:]])


def _whole_words(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Return where a name stands in a text that is no part of a longer word."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if not _is_word(text[start - 1 : start]) and not _is_word(text[end : end + 1]):
            yield start, end
        start = text.find(name, start + 1)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _lower(text: str) -> str:
    """Return the text in lower case and as long as before: some capitals, such as İ, become two characters."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def excerpt_of(text: str, start: int, end: int) -> str:
    """Return the words of a place, whole; one word alone comes with the two before it."""
    if not text[start:end].strip():
        return text[max(start - 20, 0) : end + 20].strip()
    while end < len(text) and not text[end].isspace():
        end += 1
    before = text[text.rfind("\n", 0, start) + 1 : start]
    found = text[start:end]
    if before and not before[-1].isspace():
        # The place begins inside a word.
        before, _, begun = before.rpartition(" ")
        found = begun + found
    words = found.split()
    if len(words) == 1:
        words = before.split()[-2:] + words
    return " ".join(words)[:160]
