"""Writing a letter: its text with its values, its text part, and its HTML part."""

import functools
import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flask_talentpool.config.guide_keys import HOME
from flask_talentpool.context import Context
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.texts.dates_and_phrases import LAST_RESORT
from flask_talentpool.letters.texts.files import INFORMAL, Edition
from flask_talentpool.letters.texts.hidden_pages import without_hidden
from flask_talentpool.letters.texts.syntax import EmptyField as EmptyField
from flask_talentpool.letters.texts.syntax import NotWritten as NotWritten
from flask_talentpool.letters.texts.syntax import TextProblem as TextProblem
from flask_talentpool.letters.texts.syntax import parse
from flask_talentpool.letters.texts.versions import UnknownText as UnknownText
from flask_talentpool.letters.texts.versions import find
from flask_talentpool.letters.texts.vocabulary import VARIABLES as VARIABLES
from flask_talentpool.letters.texts.vocabulary import required_for
from flask_talentpool.links import LINK, Purpose, placeholder

_LINK = re.compile(r"\[([^\[\]\n]{1,120})\]\((?:(link|guide):([a-z-]+)|(https?://[^\s()\"<>]{1,500}))\)")
_ONLY_LINK = re.compile(rf"^{_LINK.pattern}$")
_WRITTEN_FROM_THE_RIGHT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5a4c;color:#ffffff;"
    "text-decoration:none;font-weight:600"
)
_INFORMALLY = ", informal"
# Around a value that is written in the other direction, until the letter has its two parts.
_ISOLATE, _END = "\u2068", "\u2069"
_NO_ISOLATES = str.maketrans("", "", _ISOLATE + _END)
_HTML_ISOLATES = str.maketrans({_ISOLATE: '<span dir="auto">', _END: "</span>"})


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words, with placeholders where its personal links belong."""

    subject: str
    text: str
    html: str
    name: str = ""
    """The text it was written from, such as ``outcome/finalist.open``."""
    version: str = ""
    """Which edition of it: ``package 1``, ``folder`` or the number of an edited version."""
    language: str = "en"
    guide: str = ""
    """Where the guide is that its links lead to."""


def write(ctx: Context, text: str, values: Mapping[str, str], *, language: str, scope: str = "") -> Written:
    """Write one letter.

    Args:
        ctx: The unit of work; it knows the guide's pages and the texts that somebody edited.
        text: The text's name without language and ending, such as ``outcome/finalist.open``.
        values: A value for each of ``VARIABLES`` that is not empty.
        language: One that there are texts in, such as ``en``; see
            :func:`~flask_talentpool.letters.texts.dates_and_phrases.language_for`.
        scope: Whose edited texts count.

    Raises:
        NotWritten: It cannot be written: :class:`EmptyField` for a value that is missing, whose ``field``
            names it, and :class:`TextProblem` for a text that is missing or cannot be used.
    """
    return write_from(ctx, find(ctx, text, language=language, scope=scope), values)


def write_from(ctx: Context, edition: Edition, values: Mapping[str, str]) -> Written:
    """Write one letter from words that need not be stored: how an edit would read.

    Raises:
        NotWritten: As for :func:`write`.
    """
    language = edition.folder.removesuffix(INFORMAL)
    try:
        text = parse(edition.source, edition.name)
    except TextProblem as problem:
        raise TextProblem(problem.mistakes, f"{edition.folder}/{edition.name}") from None
    clean = {name: _value(name, values.get(name) or "") for name in VARIABLES}
    clean["formal"] = "yes" if ctx.settings.form_of_address is FormOfAddress.FORMAL else ""
    for name in required_for(edition.name):
        if not clean[name]:
            raise EmptyField(name)
    subject, paragraphs = text.write({name: _isolated(value, language) for name, value in clean.items()})
    if not subject or not paragraphs:
        raise EmptyField("subject" if not subject else "letter")
    guide_url = functools.partial(ctx.guide_url, language=edition.folder)
    written = typeset(subject, paragraphs, company=clean["company"], language=language, guide_url=guide_url)
    is_informal = edition.folder.endswith(INFORMAL)
    version = edition.version + _INFORMALLY if is_informal else edition.version
    guide = ctx.guide_url(HOME, language=LAST_RESORT)
    return replace(written, name=edition.name, version=version, guide=guide)


def typeset(
    subject: str,
    paragraphs: Sequence[str],
    *,
    company: str,
    language: str,
    guide_url: Callable[[str], str],
) -> Written:
    """Set a letter's subject and paragraphs as its text part and its HTML part.

    A paragraph may hold ``[words](link:purpose)``, ``[words](guide:page)`` and, in letters to colleagues,
    ``[words](https://…)``; one that is a personal link or an address and nothing else becomes a button.

    Args:
        subject: One line.
        paragraphs: In order, each one line. What somebody else wrote goes through :func:`plain` first, so
            that it cannot make a link.
        company: What stands below the letter.
        language: Its language, such as ``en``.
        guide_url: Returns the address of a page of the guide; empty for one that nobody is to be sent to.
    """
    paragraphs = without_hidden(paragraphs, guide_url)
    subject = subject.translate(_NO_ISOLATES)
    text = "\n\n".join(_as_text(part, guide_url) for part in paragraphs) + "\n"
    return Written(
        subject=subject,
        # Plain text goes without marks of direction: some mail programs show them as boxes, and a whole
        # line of its own gets its direction right without them.
        text=text.translate(_NO_ISOLATES),
        html=_as_html(subject, paragraphs, company, language=language, guide_url=guide_url),
        language=language,
    )


def plain(value: str) -> str:
    r"""Return a value as one line that cannot make a link of its own, nor turn the line around.

    What nobody sees is empty.

    >>> plain("Ada [click]\n(https://example.test)"), plain("\u202egpj.exe"), plain("\u200b")
    ('Ada [click] (https://example.test)', 'gpj.exe', '')
    """
    if value.isascii() and value.isprintable():
        return _harmless(value)
    kept = "".join(char for char in value if char.isspace() or not _is_dangerous(char))
    if not any(char.isprintable() and not char.isspace() for char in kept):
        return ""
    return _harmless(kept)


def _harmless(value: str) -> str:
    """Return a value on one line, without what would make a link of it here or at hand-over."""
    return " ".join(value.split()).replace("](", "] (").replace(LINK, LINK + " ")


def _is_dangerous(char: str) -> bool:
    """Whether a character is a control, no character at all, or turns what follows around."""
    return (
        unicodedata.category(char) in ("Cc", "Cs")
        or "\u202a" <= char <= "\u202e"
        or "\u2066" <= char <= "\u2069"
    )


def _value(name: str, value: str) -> str:
    if name not in ("feedback", "jobs"):
        return plain(value)
    # Feedback keeps its paragraphs, being read more often than anything else in the letter, and each job has its own.
    return "\n\n".join(line for line in map(plain, value.splitlines()) if line)


def _isolated(value: str, language: str) -> str:
    """Mark each line of a value that is written in the other direction than the letter."""
    against = ("L",) if _direction(language) == "rtl" else ("R", "AL")
    if not any(unicodedata.bidirectional(char) in against for char in value):
        return value
    return "\n\n".join(f"{_ISOLATE}{line}{_END}" for line in value.split("\n\n"))


def _direction(language: str) -> str:
    return "rtl" if language.partition("-")[0].casefold() in _WRITTEN_FROM_THE_RIGHT else "ltr"


TEXT_COLUMNS = ("subject", "text", "html", "language", "text_name", "text_version")
"""The columns of a letter that its words fill."""


def columns_of(written: Written) -> dict[str, str]:
    """Return the columns of a letter that its words fill."""
    return {
        "subject": written.subject[:400],
        "text": written.text,
        "html": written.html,
        "language": written.language,
        "text_name": written.name,
        "text_version": written.version,
    }


def folder_of(language: str, version: str) -> str:
    """Return which folder's words a letter was written in, by what it remembers.

    >>> folder_of("de", "package 1, informal"), folder_of("de", "package 1")
    ('de-informal', 'de')
    """
    return language + INFORMAL if version.endswith(_INFORMALLY) else language


def _address(found: re.Match[str], guide_url: Callable[[str], str]) -> str:
    _, kind, name, url = found.groups()
    if url:
        return url
    return placeholder(Purpose(name)) if kind == "link" else guide_url(name)


def _as_text(paragraph: str, guide_url: Callable[[str], str]) -> str:
    return _LINK.sub(lambda found: f"{found[1]}:\n{_address(found, guide_url)}", paragraph)


@functools.cache
def _layout() -> jinja2.Template:
    source = files("flask_talentpool.letters").joinpath("texts", "layout.html").read_text(encoding="utf-8")
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True)
    return environment.from_string(source)


def _as_html(
    subject: str, paragraphs: Sequence[str], company: str, *, language: str, guide_url: Callable[[str], str]
) -> str:
    parts = [
        _anchors(html.escape(part, quote=False), guide_url, button=_is_button(part)) for part in paragraphs
    ]
    return _layout().render(
        subject=subject,
        parts=[part.translate(_HTML_ISOLATES) for part in parts],
        company=company,
        language=language,
        direction=_direction(language),
    )


def _is_button(part: str) -> bool:
    return bool(_ONLY_LINK.match(part)) and "](guide:" not in part


def _anchors(escaped: str, guide_url: Callable[[str], str], *, button: bool) -> str:
    kind, style = ("button", _BUTTON) if button else ("link", "color:#1f5a4c")

    def anchor(found: re.Match[str]) -> str:
        # The paragraph is escaped as a whole; an address of a link to the outside is part of it.
        address = found[4] or html.escape(_address(found, guide_url))
        return f'<a class="{kind}" href="{address}" style="{style}">{found[1]}</a>'

    return _LINK.sub(anchor, escaped)
