"""The check of a letter before it is scheduled: what must not go out, and what could be said better."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask_talentpool.letters.checks import measure
from flask_talentpool.letters.checks.masked import About, MaskedLetter, excerpt_of, mask
from flask_talentpool.letters.checks.rules import RULES, Level, Rule, form
from flask_talentpool.letters.texts.render import Written

_TO_A_MEMBER = ("recall_member", "enquiry")
"""The texts that go only to somebody who has a place in a pool already."""
_MOST = 3
"""Places of one rule that are shown; who reads three finds the fourth."""
_SENTENCE_END = re.compile(r"[.!?\n]")
_HTML_LANG = re.compile(r"<html\b[^>]*?\blang\s*=\s*[\"']?([\w-]*)", re.IGNORECASE)
_WRITE_TO = re.compile(
    r"\b(?:write|writing|reply|answer|questions?|antwort\w*|schreib\w*|fragen?)\b[^.!?\n]{0,60}"
    r"(?:this (?:mail|e-?mail|letter|address)|to us|at us|diese (?:mail|e-?mail)|diesen brief|uns\b|\u00a4{3})"
)
_BEGINNING = 5
"""Words of a line by which it is known again."""
_LONGEST_BEGINNING = 120
_SHORTEST_INTERNAL = 12
_FEWEST_WORDS_INTERNAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the check found.

    Attributes:
        rule: The code of the rule.
        level: Whether it holds the letter.
        message: What is wrong, and the remedy.
        excerpt: The words it was found in.
        suggestion: A better wording, where there is one.
    """

    rule: str
    level: Level
    message: str
    excerpt: str = ""
    suggestion: str = ""


def check(written: Written, values: Mapping[str, str], *, about: About) -> tuple[Finding, ...]:
    """Check one letter as it would go out.

    Args:
        written: The letter.
        values: What it was written from; the words of names in it are nobody's fault.
        about: What the words alone do not tell.

    Returns:
        What was found, errors first. Errors hold the letter, warnings stand beside its text.
    """
    # The subject is one more line, so that a rule sees it as it sees the text.
    text = f"{written.subject}\n\n{written.text}"
    letter = mask(text, values, about, subject=written.subject, html=written.html, guide=written.guide)
    has_place = about.offers_place or written.name in _TO_A_MEMBER
    found: list[Finding] = []
    for rule in RULES:
        if rule.code != "promise" or not has_place:
            found += _found(rule, letter)
    return tuple(sorted(found, key=lambda finding: finding.level is not Level.ERROR))


def check_words(text: str, *, language: str) -> tuple[Finding, ...]:
    """Check what a person wrote for a letter: a line, or feedback.

    A promise is only warned of here: whether it has a place is known when the letter is written.
    """
    letter = mask(text, {"line": text}, About(language=language))
    found: list[Finding] = []
    for rule in RULES:
        if not rule.in_a_line:
            continue
        if rule.looked_up:
            found += [
                _finding(rule, letter, excerpt=excerpt) for excerpt in _LOOKED_UP[rule.looked_up](letter)
            ]
        level = Level.WARNING if rule.code == "promise" else rule.level
        found += [_finding(rule, letter, *place, level=level) for place in _places(rule, letter)]
    return tuple(sorted(found, key=lambda finding: finding.level is not Level.ERROR))


# Patterns


@functools.cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE)


def _found(rule: Rule, letter: MaskedLetter) -> Iterator[Finding]:
    for start, end, language in _places(rule, letter):
        yield _finding(rule, letter, start, end, language)
    if rule.looked_up:
        for excerpt in _LOOKED_UP[rule.looked_up](letter):
            yield _finding(rule, letter, excerpt=excerpt)


def _places(rule: Rule, letter: MaskedLetter) -> Iterator[tuple[int, int, str]]:
    """Return where a rule's patterns match, whatever language the letter says it is in."""
    text = letter.masked if rule.exact else letter.lower
    shown = 0
    for language, patterns in rule.patterns.items():
        innocent = rule.unless.get(language, ())
        for match in _compiled(patterns).finditer(text):
            if innocent and _compiled(innocent).search(_sentence(text, match.start(), match.end())):
                continue
            yield match.start(), match.end(), language
            shown += 1
            if shown == _MOST:
                return


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a place."""
    begin = 0
    for stop in _SENTENCE_END.finditer(text, 0, start):
        begin = stop.end()
    after = _SENTENCE_END.search(text, max(start, end - 1))
    return text[begin : after.start() if after else len(text)]


def _finding(
    rule: Rule,
    letter: MaskedLetter,
    start: int = 0,
    end: int = 0,
    language: str = "",
    *,
    level: Level | None = None,
    excerpt: str = "",
) -> Finding:
    # Words that are the same everywhere stand under English; the suggestion is in the letter's language.
    base = letter.about.language.partition("-")[0]
    return Finding(
        rule=rule.code,
        level=level or rule.level,
        message=rule.message,
        excerpt=excerpt or excerpt_of(letter.text, start, end),
        suggestion=rule.better(base if language in ("", "en") else language) if rule.suggests else "",
    )


# What words alone do not tell


def _internal(letter: MaskedLetter) -> Iterator[str]:
    if not letter.about.internal:
        return
    words = f" {_words(letter.masked)} "
    for text in letter.about.internal:
        # One sentence out of a long note leaks as much as the note.
        for part in {text, *_SENTENCE_END.split(text)}:
            plain = _words(part)
            is_long = len(plain) >= _SHORTEST_INTERNAL or len(plain.split()) >= _FEWEST_WORDS_INTERNAL
            if plain and is_long and f" {plain} " in words:
                yield " ".join(part.split())[:160]
                break


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _unread(letter: MaskedLetter) -> Iterator[str]:
    if letter.about.reply_is_read:
        return
    found = _WRITE_TO.search(letter.lower)
    if found:
        yield excerpt_of(letter.text, found.start(), found.end())
    elif letter.reply_address and letter.reply_address in letter.text:
        yield letter.reply_address


def _language(letter: MaskedLetter) -> Iterator[str]:
    meant = letter.about.language.partition("-")[0].lower()
    read = measure.language_of(letter.words)
    if read and read != meant:
        yield f"“{meant}” is meant, “{read}” is read"
    marked = _HTML_LANG.search(letter.html)
    if letter.html and (marked is None or marked[1].partition("-")[0].lower() != meant):
        yield f'<html lang="{marked[1] if marked else ""}">'


def _line_language(letter: MaskedLetter) -> Iterator[str]:
    meant = letter.about.language.partition("-")[0].lower()
    for said in letter.typed:
        read = measure.language_of_line(measure.words(measure.prose(said.lower())), meant)
        if read:
            yield f"{' '.join(said.split()[:_BEGINNING])[:_LONGEST_BEGINNING]} …: “{meant}” is meant, “{read}” is read"


def _subject(letter: MaskedLetter) -> Iterator[str]:
    if not letter.subject.strip() or any(mark in letter.subject for mark in "\r\n"):
        yield " ".join(letter.subject.split())[:120] or "(no subject)"


def _long_subject(letter: MaskedLetter) -> Iterator[str]:
    if len(letter.subject) > form.LONGEST_SUBJECT:
        yield letter.subject[:80] + "…"


def _too_long(letter: MaskedLetter) -> Iterator[str]:
    if len(letter.words) > form.TOO_LONG:
        yield f"{len(letter.words):,} words"


def _long(letter: MaskedLetter) -> Iterator[str]:
    if form.LONG < len(letter.words) <= form.TOO_LONG:
        yield f"{len(letter.words)} words"


def _hard(letter: MaskedLetter) -> Iterator[str]:
    ease = measure.reading_ease(letter.prose, letter.words, letter.about.language.partition("-")[0])
    if ease is not None and ease < measure.HARD:
        yield f"reading ease {ease:.0f} of 100"


_LOOKED_UP: Mapping[str, Callable[[MaskedLetter], Iterator[str]]] = {
    "internal": _internal,
    "unread": _unread,
    "guide": lambda letter: measure.dead_pages(letter.text, letter.guide),
    "language": _language,
    "line_language": _line_language,
    "subject": _subject,
    "long_subject": _long_subject,
    "too_long": _too_long,
    "long": _long,
    "hard": _hard,
}
