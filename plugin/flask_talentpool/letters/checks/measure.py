"""Measuring a text: which language it reads like, how many words, how hard it is, which guide pages it links."""

import re
from collections.abc import Iterator, Sequence

from flask_talentpool.guide import keys

HARD = 35.0
"""Reading ease below which a letter is hard to read: the lower end of "difficult" for Flesch and for Amstad."""
_FEWEST_FOR_LANGUAGE = 40
_FEWEST_FOR_EASE = 30
_SYLLABLES = re.compile(r"[aeiouyäöüàâéèêëîïôûœ]+")
_SILENT_E = re.compile(r"(?<=[a-z]{2})(?:[^aeiouyl\W]e|[^aeiouytsxzcg\W]es|[^aeiouydt\W]ed)\b")
_ADDRESS = re.compile(r"(?<!\S)\S*(?:://|talentpool-link:|@)\S*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCES = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
_PAGE = rf"((?:{_LANGUAGE}/)?([A-Za-z0-9._~%-]+))/?(?:#\S*)?$"
_HOME = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2}|-informal)?")
_UNWRITTEN = re.compile(r"\]?\(?\bguide:([\w-]*)")
_ENGLISH = (
    "the and of to in is you that it for on are with this your we our have not be at or by as from if will was can "
    "an which there they has what when us do so no any more all about would"
)
_GERMAN = (
    "der die das und ist sie wir ihnen ihre ihr ihrer ihren nicht ein eine einen einer zu den dem des mit für auf von "
    "im es auch bei wenn haben hat sich dass oder als aus an nach uns wird werden noch nur du dir dich dein deine "
    "unsere unser diese dieser dieses am zum zur um"
)
_OTHERS = {
    "fr": "le la les des et un une vous nous votre vos notre dans pour que qui est avec sur était avez merci très pas",
    "nl": "de het een en van je jij u wij ons onze uw niet met voor op dat die was zijn bij ook naar heeft dank zeer",
    "es": "el la los las y un una que con por para su usted nos es muy fue del como más gracias entrevista",
    "it": "il la le gli di e un una che per con suo sua lei noi ci è molto della nel grazie stato come",
    "pt": "o a os as e um uma que com por para seu sua você nos é muito foi da do na no obrigado como mais",
    "pl": "i w na z do się nie że jest pan pani państwa za o dla był była dziękujemy bardzo rozmowę oraz jak",
}
"""Small words of languages that somebody may write a line in; what a letter as a whole reads like, two tell."""
_FEWEST_IN_A_LINE = 3
_COMMON_WORDS = {"en": frozenset(_ENGLISH.split()), "de": frozenset(_GERMAN.split())}
_SMALL_WORDS = {name: frozenset(said.split()) for name, said in _OTHERS.items()} | _COMMON_WORDS
_CLEAR_SHARE, _CLEAR_LEAD = 0.2, 1.5
"""A quarter of any prose are such words; of a third language fewer, and of two languages alike."""


def prose(text: str) -> str:
    """Return a text without addresses, which nobody reads as words."""
    return _ADDRESS.sub(" ", text)


def words(text: str) -> list[str]:
    """Return the words of prose.

    >>> words(prose("Write to jobs@harbour.example, please."))
    ['Write', 'to', 'please']
    """
    return _WORD.findall(text)


def language_of(found: Sequence[str]) -> str:
    """Return ``en`` or ``de`` where the common words of a text say so; empty for a short or another text.

    Args:
        found: The words of the text, in lower case.

    >>> language_of(["thank", "you", "for", "the", "interview"])
    ''
    """
    if len(found) <= _FEWEST_FOR_LANGUAGE:
        return ""
    shares = {
        language: sum(word in common for word in found) / len(found)
        for language, common in _COMMON_WORDS.items()
    }
    first, second = sorted(shares, key=shares.__getitem__, reverse=True)
    is_clear = shares[first] > _CLEAR_SHARE and shares[first] > _CLEAR_LEAD * shares[second]
    return first if is_clear else ""


def language_of_line(found: Sequence[str], meant: str) -> str:
    """Return the language that a line reads like, where that is clearly another than is meant; else empty.

    A line of few words is told by its small words alone: three of the other language, and twice as many as of the one
    that is meant. Where nothing is known of that one, nothing is said.

    Args:
        found: The words of the line, in lower case.
        meant: The language of the letter, without its region.

    >>> language_of_line(words("your map of the depot gates was the clearest we saw"), "de")
    'en'
    >>> language_of_line(words("ihre skizze der tore war die klarste"), "de")
    ''
    """
    if meant not in _SMALL_WORDS:
        return ""
    counts = {name: sum(word in small for word in found) for name, small in _SMALL_WORDS.items()}
    first = max(counts, key=lambda name: (counts[name], name == meant))
    is_clear = counts[first] >= _FEWEST_IN_A_LINE and counts[first] >= 2 * counts[meant]
    return first if first != meant and is_clear else ""


def reading_ease(text: str, found: Sequence[str], language: str) -> float | None:
    """Return how easy a text is to read, 0 to 100; None for one that is short or in another language.

    Flesch 1948 for English, Amstad 1978 for German, with syllables estimated as groups of vowels.

    Args:
        text: The prose, in lower case.
        found: Its words.
        language: ``en`` or ``de``; there is no formula for another.
    """
    if language not in _COMMON_WORDS or len(found) < _FEWEST_FOR_EASE:
        return None
    sentences = sum(1 for part in _SENTENCES.split(text) if part.strip())
    syllables = len(_SYLLABLES.findall(text))
    a_sentence = len(found) / max(sentences, 1)
    if language == "de":
        return 180 - a_sentence - 58.5 * syllables / len(found)
    syllables -= len(_SILENT_E.findall(text))
    return 206.835 - 1.015 * a_sentence - 84.6 * max(syllables, len(found)) / len(found)


def dead_pages(text: str, guide: str) -> Iterator[str]:
    """Return links to pages the packaged guide does not have; no network is asked.

    A link that was not made into an address still has its key. Of addresses, those count that stand
    alone on their line, as a letter writes them, and that begin with the guide's own.

    Args:
        text: The letter.
        guide: The address of the guide's first page; empty where it is not known.
    """
    known = set(keys())
    for found in _UNWRITTEN.finditer(text):
        if found[1] not in known:
            yield found[0].lstrip("](")
    if not guide:
        return
    for address, key in re.findall(rf"^{re.escape(guide)}{_PAGE}", text, re.MULTILINE):
        if key not in known and not _HOME.fullmatch(address):
            yield f"{guide}{address}/"
