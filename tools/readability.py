"""Measure how easy the candidates' pages read, in every language.

python -m tools.readability             prints a table; exits 1 when a page is below 60

English: Flesch 1948, ``206.835 - 1.015 * words/sentences - 84.6 * syllables/words``.
German: Amstad 1978, ``180 - words/sentences - 58.5 * syllables/words``.

How it counts, where the formulas leave it open:

* **Prose** is what stands in paragraphs, list items, definitions and quotations of the page as it is served.
  Headings, tables, code, pictures and front matter are left out. A page of facts is counted as it reads with
  the default settings.
* **A word** holds at least one letter. Numbers, dates in figures and placeholders in square brackets are none.
* **A sentence** ends with a full stop, a question mark, an exclamation mark or an ellipsis, or where a paragraph
  or list item ends. A list item that ends with a comma or a semicolon runs on into the next one.
* **Syllables** are counted twice, and the larger count is taken. Hyphenation patterns alone give too few: they
  never split off a single letter ("over", "aber"), since a line is not broken there. So groups of vowels are
  counted as well, without the letters that are not spoken in English ("time", "asked"). Taking the larger count
  makes a page look harder than it is rather than easier.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

import pyphen

from flask_talentpool import guide
from flask_talentpool.config.guide_keys import CANDIDATES

LEAST = 60.0
FOLDERS = ("en", "de", "de-informal")

_BLOCKS = frozenset({"p", "li", "dt", "dd", "blockquote"})
_SKIPPED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "code", "svg", "script", "style"})
_BREAKS = _BLOCKS | {"ul", "ol", "dl", "div"}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”“’»)]*(?:\s+|$)|\n+")
_BRACKET = re.compile(r"\[[^\]]*\]")
_VOWELS = {
    "en": re.compile(r"[aeiouyàâéèêëîïôûöü]+"),
    "de": re.compile(r"äu|au|ei|ai|eu|ie|ey|ay|aa|ee|oo|(?<!q)u|[aeioyäöüéèàê]"),
}
_SILENT = re.compile(
    r"(?:(?<=[^aeiouyl\W])e|(?<=[aeiouy]l)e|(?<=[^aeiouyltsxzcg\W])es|(?<=[aeiouy]l)es|(?<=[^aeiouydt\W])ed)$"
)
_HIATUS = re.compile(
    r"(?<![ctsgx])i[ao]|e[ao]$|(?<![ct])ie(?=nc|nt|t$)|(?<![gq])u[ao](?!u)|[eyo]i(?=ng$)|ue(?=l$|nt$)"
)
_PATTERNS = {"en": "en_GB", "de": "de_DE"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One page in figures."""

    folder: str
    key: str
    words: int
    sentences: int
    syllables: int

    @property
    def ease(self) -> float:
        """Return the reading ease, 0 to 100 for ordinary texts; higher is easier."""
        return reading_ease(
            language=self.folder[:2], words=self.words, sentences=self.sentences, syllables=self.syllables
        )


def reading_ease(*, language: str, words: int, sentences: int, syllables: int) -> float:
    """Return Flesch's reading ease for English, Amstad's for German.

    >>> round(reading_ease(language="en", words=100, sentences=10, syllables=130), 3)
    86.705
    >>> round(reading_ease(language="de", words=100, sentences=10, syllables=160), 3)
    76.4
    """
    if language == "de":
        return 180 - words / sentences - 58.5 * syllables / words
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words


def syllables_in(word: str, *, language: str) -> int:
    """Return the syllables of a word: the larger of the two counts.

    >>> [syllables_in(word, language="en") for word in ("time", "over", "idea", "asked", "interview")]
    [1, 2, 3, 1, 3]
    >>> [syllables_in(word, language="de") for word in ("aber", "Leute", "Bewerbung", "Ruine")]
    [2, 2, 3, 3]
    """
    lower = word.lower()
    hyphenated = len(_hyphens(language).positions(lower)) + 1
    return max(hyphenated, _vowel_groups(lower, language), 1)


@lru_cache
def _hyphens(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=_PATTERNS[language])


def _vowel_groups(word: str, language: str) -> int:
    if language == "de":
        return len(_VOWELS["de"].findall(word))
    spoken = _SILENT.sub("", word.removesuffix("'s").removesuffix("’s"))
    return len(_VOWELS["en"].findall(spoken)) + len(_HIATUS.findall(spoken))


class Prose(HTMLParser):
    """The prose of a page's HTML: a block a line, without headings, tables, code and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._skipping = 0
        self._parts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002, D102
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _BREAKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        if tag in _SKIPPED:
            self._skipping -= 1
        elif tag in _BREAKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:  # noqa: D102
        if not self._skipping:
            self._parts.append(re.sub(r"\s+", " ", data))

    @property
    def text(self) -> str:
        """Return the blocks, one a line; one that ends with a comma or semicolon runs on into the next."""
        blocks = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return re.sub(r"(?<=[,;])\n", " ", "\n".join(block for block in blocks if block))


def measure(html: str, *, folder: str, key: str) -> Measured:
    """Count a page's prose."""
    prose = _BRACKET.sub(" ", Prose(html).text)
    found = [_WORD.findall(sentence) for sentence in _SENTENCE.split(prose)]
    sentences = [words for words in found if words]
    language = folder[:2]
    return Measured(
        folder=folder,
        key=key,
        words=sum(map(len, sentences)),
        sentences=len(sentences),
        syllables=sum(syllables_in(word, language=language) for words in sentences for word in words),
    )


def pages() -> Iterator[Measured]:
    """Measure every page for candidates in every language."""
    for folder in FOLDERS:
        for key in CANDIDATES:
            yield measure(guide.load(key, language=folder).html, folder=folder, key=key)


def main() -> int:
    """Print the table; return 1 when a page is too hard."""
    measured = list(pages())
    print(
        f"{'language':<12} {'page':<21} {'words':>6} {'words/sentence':>15} {'syllables/word':>15} {'ease':>6}"
    )
    for page in measured:
        print(
            f"{page.folder:<12} {page.key:<21} {page.words:>6} {page.words / page.sentences:>15.1f}"
            f" {page.syllables / page.words:>15.2f} {page.ease:>6.1f}"
        )
    hard = [page for page in measured if page.ease < LEAST]
    for page in hard:
        print(f"{page.folder}/{page.key} is below {LEAST:.0f}: shorter sentences, plainer words.")
    return 1 if hard else 0


if __name__ == "__main__":
    sys.exit(main())
