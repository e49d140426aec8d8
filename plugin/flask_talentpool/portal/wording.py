"""The words of the candidate's own pages, in the language of the letter that led there."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from flask_talentpool.config.settings import Settings
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.dates_and_phrases import LAST_RESORT
from flask_talentpool.portal.wording_files import CONSENT, VERSION, found_in, keys

PAGES = ("stay", "answer", "gone", "later", "unsubscribe")
"""The pages there are; each is shown in one language as a whole."""
_SHARED = ("page", "guide")
VALUES = (
    *("name", "job", "company", "until", "keep_months", "button", "never_again"),
    *("pool", "wanted_by", "writer", "reply_address", "heard_by"),
)
"""What a sentence may show or ask for: as in letters, but ``name`` is the first name alone."""
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
_LONGEST_LANGUAGE = 16
"""What a stored consent has room for."""
# Around a value that stands out on a page; nothing a person types holds them.
_STRONG, _END = "\x02", "\x03"
_MARKS = str.maketrans("", "", _STRONG + _END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person agrees to, as it is shown and stored."""

    wording: str
    version: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalWords:
    """The words of the pages in one language.

    Attributes:
        folder: The language with its form of address, such as ``de-informal``.
        found: Each sentence under its key, with the folder it is from.
    """

    folder: str
    found: Mapping[str, tuple[str, str]]

    @property
    def language(self) -> str:
        """The language for ``<html lang>``: the form of address is not part of it."""
        return self.folder.removesuffix(text_files.INFORMAL)

    def say(self, key: str, **values: str) -> str:
        """Return a sentence with its values, as one line."""
        return " ".join(_filled(self.found[key][0], values).split())

    def paragraphs(self, key: str, **values: str) -> tuple[str, ...]:
        """Return a text with its values, as paragraphs of one line each."""
        parts = re.split(r"\n\s*\n", _filled(self.found[key][0], values).strip())
        return tuple(" ".join(part.split()) for part in parts)

    def marked(self, key: str, **values: str) -> tuple[Markup, ...]:
        """Return the same paragraphs as HTML, with the job and the date made to stand out."""
        clean = {name: value.translate(_MARKS) for name, value in values.items()}
        clean |= {name: f"{_STRONG}{clean[name]}{_END}" for name in ("job", "until") if clean.get(name)}
        return tuple(_as_html(part) for part in self.paragraphs(key, **clean))

    def consent(self, *, company: str, keep_months: int) -> Consent:
        """Return what a person agrees to by "keep me in mind", with what is stored beside it."""
        return Consent(
            wording=self.say(CONSENT, company=company, keep_months=str(keep_months)),
            version=self.say(VERSION),
            language=_stored(self.found[CONSENT][1]),
        )


def _stored(folder: str) -> str:
    """Return the language of a folder for a consent, without what it has no room for.

    >>> _stored("de-informal"), _stored("zh-Hant-TW-variant1")
    ('de', 'zh-Hant-TW')
    """
    language = folder.removesuffix(text_files.INFORMAL)
    while len(language) > _LONGEST_LANGUAGE:
        language = language.rpartition("-")[0]
    return language


def _as_html(part: str) -> Markup:
    html = str(escape(part)).replace(_STRONG, "<strong>").replace(_END, "</strong>")
    return Markup(html)  # noqa: S704 (escaped above; the two marks are ours)


def _filled(source: str, values: Mapping[str, str]) -> str:
    return _template(source).render(dict.fromkeys(VALUES, "") | dict(values))


@functools.lru_cache(maxsize=512)
def _template(source: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(source)


# Which language


def own_folder(settings: Settings) -> str | None:
    """Return the folder of the host's own words; None while it is away, since a page opens all the same."""
    own = settings.letters_folder
    return None if text_files.trouble(own) else own


def folder_for(settings: Settings, language: str) -> str:
    """Return a language with the form of address this host uses in it, such as ``de-informal``."""
    return text_files.chain(language, settings.form_of_address, own_folder(settings))[0]


def words_for(settings: Settings, folder: str | None, page: str) -> PortalWords:
    """Return the words of a page: in the language asked for, else in the host's, else in English.

    Args:
        settings: Where the host's own words lie, and which language it uses.
        folder: The language with its form of address, such as ``de-informal``; None for the host's own.
        page: One of ``PAGES``. A page is shown in a language only where all of it is there.
    """
    own = own_folder(settings)
    available = text_files.languages(own)
    host = folder_for(settings, text_files.match(settings.locale, available) or LAST_RESORT)
    needed = [key for key in keys() if key.partition(".")[0] in (page, *_SHARED)]
    for wanted in dict.fromkeys((folder or host, host)):
        found = found_in(wanted, own)
        if all(key in found for key in needed):
            return PortalWords(folder=wanted, found=found)
    return PortalWords(folder=LAST_RESORT, found=found_in(LAST_RESORT, own))
