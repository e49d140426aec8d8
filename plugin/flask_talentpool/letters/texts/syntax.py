"""The language letters are written in: values, ifs and links, checked by walking the syntax tree."""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flask_talentpool import guide
from flask_talentpool.entries import nearest
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.letters.texts.syntax_tree import Mistake, tree
from flask_talentpool.letters.texts.vocabulary import VARIABLES, purposes_for

LONGEST = 20_000
"""Characters a text may have; a longer one is refused before anybody reads it."""
LINK = re.compile(r"\[(?P<words>[^\[\]\n]*)\]\((?P<target>[^()\n]*)\)")
_PART_OF_A_LINK = re.compile(r"\]\(|\((?:link|guide):")
_LONGEST_WORDS = 120
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NotWritten(TalentPoolError):
    """This letter cannot be written as things are. The message says what is missing."""

    field = ""
    """The value that is missing, where it is one."""


class TextProblem(NotWritten):
    """This text cannot be used. Correct what is listed, or go back to the packaged text."""

    def __init__(self, mistakes: tuple[Mistake, ...], text: str = "") -> None:
        self.mistakes, self.text = mistakes, text
        said = " ".join(str(mistake) for mistake in mistakes[:3])
        super().__init__((f"{text}: " if text else "") + said)
        # What the exception is rebuilt from when it crosses a process boundary.
        self.args = (mistakes, text)

    def __str__(self) -> str:
        said = " ".join(str(mistake) for mistake in self.mistakes[:3])
        more = len(self.mistakes) - 3
        return (f"{self.text}: " if self.text else "") + said + (f" And {more} more." if more > 0 else "")


class EmptyField(NotWritten):
    """A field this letter needs is empty. Fill it in, and the letter goes by itself."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The letter needs “{field}”, which is empty.")
        self.field = field
        self.args = (field,)

    def __str__(self) -> str:
        return f"The letter needs “{self.field}”, which is empty."


class _Empty(str):
    """An empty value that remembers its name, so that showing it can be refused."""

    __slots__ = ("name",)
    name: str

    @classmethod
    def of(cls, name: str) -> "_Empty":
        empty = cls()
        empty.name = name
        return empty


def _shown(value: object) -> object:
    if isinstance(value, _Empty):
        raise EmptyField(value.name)
    return value


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined, autoescape=False, finalize=_shown, keep_trailing_newline=False
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that passed the check, ready to be written with a letter's values."""

    subject: jinja2.Template
    body: jinja2.Template

    def write(self, values: Mapping[str, str]) -> tuple[str, list[str]]:
        """Return subject and paragraphs.

        Raises:
            EmptyField: The text shows a value that is empty; it can ask for it with if first.
        """
        given = {name: values.get(name) or _Empty.of(name) for name in VARIABLES}
        body = self.body.render(given)
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip()]
        return " ".join(self.subject.render(given).split()), paragraphs


@functools.lru_cache(maxsize=256)
def parse(source: str, name: str = "") -> Text:
    """Check a text and make it ready.

    Args:
        source: ``Subject: …``, an empty line, and paragraphs with an empty line between them.
        name: Which text it is, such as ``outcome/finalist.open``; decides which links it may hold.

    Raises:
        TextProblem: It cannot be used; every mistake is listed with its line.
    """
    if found := mistakes(source, name):
        raise TextProblem(found)
    head, _, body = normalised(source).partition("\n")
    return Text(
        _ENVIRONMENT.from_string(head.partition(":")[2].strip()), _ENVIRONMENT.from_string(body.strip("\n"))
    )


def normalised(source: str) -> str:
    """Return a text with the line ends and the ending that texts have."""
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def mistakes(source: str, name: str = "") -> tuple[Mistake, ...]:
    """Return everything in a text that cannot stay, by line; nothing when it can be used."""
    if len(source) > LONGEST:
        much = f"the text has {len(source):,} characters; a letter of {LONGEST:,} is the longest there can be"
        return (Mistake(1, f"{much}. Shorten it."),)
    source = normalised(source)
    found = [*_shape(source), *_characters(source), *_links(source, name), *tree(source)]
    return tuple(sorted(found, key=lambda mistake: mistake.line))


def _shape(source: str) -> Iterator[Mistake]:
    head, _, rest = source.partition("\n")
    second, _, body = rest.partition("\n")
    if not head.startswith("Subject:"):
        yield Mistake(1, "the first line is the subject; begin it with “Subject:”, whatever the language.")
    elif not head.removeprefix("Subject:").strip():
        yield Mistake(1, "the subject is empty; write it after “Subject:”.")
    if second.strip():
        yield Mistake(2, "between subject and letter an empty line is missing.")
    if not body.strip() and not second.strip():
        yield Mistake(3, "the letter has no words; write it below the subject, after an empty line.")


def _characters(source: str) -> Iterator[Mistake]:
    for number, line in enumerate(source.split("\n"), 1):
        for character in line:
            if character in _BIDI_CONTROLS or (
                character != "\t" and unicodedata.category(character) in ("Cc", "Cs")
            ):
                code = f"U+{ord(character):04X}"
                yield Mistake(
                    number, f"there is an invisible character ({code}); type these words again.", code
                )
                break


def _links(source: str, name: str) -> Iterator[Mistake]:
    for number, line in enumerate(source.split("\n"), 1):
        for found in LINK.finditer(line):
            yield from _link(number, found["words"], found["target"], name)
        if _PART_OF_A_LINK.search(LINK.sub("", line)):
            yield Mistake(
                number, "a link is broken; it looks like [words](guide:what-happens-next), without a gap."
            )


def _link(line: int, words: str, target: str, name: str) -> Iterator[Mistake]:
    if not words.strip() or len(words) > _LONGEST_WORDS or "{" in words:
        yield Mistake(
            line,
            f"the words of a link are plain words, at most {_LONGEST_WORDS} characters, without {{{{ }}}}.",
        )
    kind, _, key = target.partition(":")
    if kind == "link":
        known, what = tuple(map(str, purposes_for(name))), "personal link"
    elif kind == "guide":
        known, what = guide.keys(), "page of the guide"
    else:
        yield Mistake(
            line,
            f"“{target}” is nothing that a letter can link to; write link:… for a personal link, guide:… for a "
            "page of the guide, or put the address into the sentence as it is.",
            target,
        )
        return
    if key in known:
        return
    guess = nearest(key, known) or ""
    if not known:
        message = f"this text can hold no {what}; take “{target}” out."
    elif guess:
        message = f"there is no {what} “{key}” here; did you mean “{guess}”?"
    else:
        message = f"there is no {what} “{key}” here; there is {', '.join(known)}."
    yield Mistake(line, message, key, guess)
