"""Whether two names can be one human's; knows no table."""

import unicodedata
from enum import Enum

_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        **dict.fromkeys("'`\u2018\u2019\u02bc\u00b4", ""),
    }
)
"""Letters that are no letter with an accent, and marks inside a word, which not everybody types."""

_TITLES = frozenset(
    (
        *("dr", "drs", "doctor", "doktor", "prof", "professor", "dipl", "ing", "phd", "msc", "bsc", "mba"),
        *("mr", "mrs", "ms", "miss", "mx", "herr", "frau", "sr", "sra", "srta", "mme", "mlle"),
        *("monsieur", "madame", "signor", "signora"),
    )
)
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_SHORTEST_WITH_UMLAUT = 5
"""Shorter words with these letters are names of their own: Joe and Jo, Sue and Su."""


class Alike(Enum):
    """What two names say about the humans behind one address."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    """One human until somebody says otherwise; somebody is asked."""
    DIFFERENT = "different"


def tokens(name: str) -> list[str]:
    """Return the words of a name in order, folded: no case, no accents, no titles.

    >>> tokens("Dr. Renée O'Brien-Łuk")
    ['renee', 'obrien', 'luk']
    >>> tokens("Costa, Ana")
    ['ana', 'costa']
    """
    before, comma, after = name.partition(",")
    last, first = _words(before), _words(after)
    words = [*first, *last] if comma and set(first) - _TITLES else [*last, *first]
    named = [word for word in words if word not in _TITLES]
    return named or words


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    letters = (
        # A vowel sign of another script is no accent: it has no combining class, and belongs to its word.
        char if char.isalnum() or unicodedata.category(char).startswith("M") else " "
        for char in folded
        if not unicodedata.combining(char)
    )
    return [_without_umlauts(word) for word in "".join(letters).split()]


def _without_umlauts(word: str) -> str:
    """Write Mueller as Müller is written once its accent is gone."""
    if len(word) >= _SHORTEST_WITH_UMLAUT:
        for written, folded in _UMLAUTS:
            word = word.replace(written, folded)
    return word


def is_initial(token: str) -> bool:
    """Say whether a word of a name is only the first letter of one."""
    return len(token) == 1


def alike(one: str, other: str) -> Alike:
    """Compare two names.

    One within the other, or the same first word, is one human; two words or more each and neither is two.
    Whatever else is one and asked, and so are a first word and an initial with nothing to support it.

    >>> alike("Ana Costa", "A. Costa").value, alike("Ana Costa", "Ana Silva").value
    ('same', 'same')
    >>> alike("Ana Costa", "Bruno Costa").value, alike("Ana Costa", "Bruno").value
    ('different', 'doubtful')
    """
    return compare(tokens(one), tokens(other))


def compare(these: list[str], those: list[str]) -> Alike:
    """Do what :func:`alike` does with names that are in words already."""
    if _within(these, those) or _within(those, these) or these[0] == those[0]:
        return Alike.SAME
    if min(len(these), len(those)) > 1 and not _match(these[0], those[0]):
        return Alike.DIFFERENT
    return Alike.DOUBTFUL


def _within(few: list[str], many: list[str]) -> bool:
    """Whether each word of one name is a word of the other's, each of them counted once."""
    left = list(many)
    for word in sorted(few, key=is_initial):
        found = word if word in left else next((there for there in left if _match(word, there)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _match(one: str, other: str) -> bool:
    return one == other or ((is_initial(one) or is_initial(other)) and one[0] == other[0])
