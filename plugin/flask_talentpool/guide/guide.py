"""The guide as one installation has it: its pages, rendered, without those it hides."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import unescape
from pathlib import Path

import markdown

from flask_talentpool.config.guide_keys import HOME, KEYS
from flask_talentpool.config.settings import Settings
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.guide import pages as guide_pages
from flask_talentpool.guide.facts import GuideFacts
from flask_talentpool.guide.links import relink
from flask_talentpool.guide.pages import ENGLISH, GuideProblem

EXTENSIONS = ("admonition", "attr_list", "def_list", "fenced_code", "md_in_html", "tables", "toc")
"""What a page may use of Markdown; both renderers of the guide know it."""
_LONGEST_ASKED = 80
_HEADING = re.compile(r"<h1[^>]*>(?P<title>.*?)</h1>", re.DOTALL)
_TITLE_LINE = re.compile(r"^# .+$", re.MULTILINE)
_TAG = re.compile(r"<[^>]+>")


class UnknownGuidePage(TalentPoolError, LookupError):
    """The guide has no page of this name. Use one of `flask_talentpool.guide.keys()`."""

    def __init__(self, key: str, known: tuple[str, ...] = (*KEYS, HOME)) -> None:
        # A key can come from a hostile URL, and looking for the nearest takes time that grows with it.
        asked = key[:_LONGEST_ASKED]
        self.key, self.known = asked, known
        self.nearest = get_close_matches(asked, known, n=1, cutoff=0)[0]
        super().__init__(f"The guide has no page {asked!r}; the nearest is {self.nearest!r}.")

    def __reduce__(self) -> tuple[type[UnknownGuidePage], tuple[str, tuple[str, ...]]]:
        return type(self), (self.key, self.known)


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page of the guide.

    Attributes:
        key: Its name in URLs and letters.
        title: Its heading as plain text.
        html: The whole page from its `<h1>` on, trusted: it comes from the package or from the host's own
            folder, never from a user.
        description: What it is about, in one sentence.
        language: The folder it is from: `en`, `de`, `de-informal`.
    """

    key: str
    title: str
    html: str
    description: str = ""
    language: str = ENGLISH

    @property
    def lang(self) -> str:
        """Its language as HTML names it."""
        return self.language.removesuffix(guide_pages.INFORMAL)

    @property
    def has_tool(self) -> bool:
        """Whether a script makes a part of it into a small tool."""
        return "data-tool=" in self.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The guide of one installation.

    Attributes:
        facts: What pages say about the installation.
        folder: The host's own pages, which replace packaged ones or add languages.
        hidden: The keys of pages that are left out, in every language.
    """

    facts: GuideFacts = field(default_factory=lambda: GuideFacts.of(Settings(), own=False))
    folder: str | None = None
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Guide:
        """Return the guide of an installation with these settings."""
        return cls(
            facts=GuideFacts.of(settings),
            folder=settings.guide_folder,
            hidden=frozenset(settings.guide_hidden),
        )

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the pages that are shown, in reading order; `"index"` is not among them."""
        return tuple(key for key in KEYS if key not in self.hidden)

    def languages(self, key: str = "") -> tuple[str, ...]:
        """Return the languages there are pages in, or those of one page; English first."""
        found = {language for language, page in guide_pages.pages(self.folder) if page == key or not key}
        return tuple(sorted(found, key=lambda language: (language != ENGLISH, language)))

    def load(self, key: str, *, language: str = ENGLISH) -> GuidePage:
        """Return one page, rendered.

        Links to other pages are relative to where the page is served; see :meth:`address`.

        Args:
            key: One of :meth:`keys`, or `"index"`.
            language: Such as `de` or `de-informal`. A page that is not there in it is in the nearest
                language that it is there in, at last in English.

        Raises:
            UnknownGuidePage: There is no such page, or it is hidden; the message names the nearest key.
            GuideProblem: The host's own page cannot be shown.
        """
        return _load(self, key, self._language(key, language))

    def title(self, key: str, *, language: str = ENGLISH) -> str:
        """Return the heading of a page as plain text, without rendering the rest."""
        return _title(self, key, self._language(key, language))

    def address(self, key: str, *, language: str = ENGLISH) -> str | None:
        """Return where a page is, below the guide's own address; None for one that is hidden or not there.

        >>> Guide().address("second-place"), Guide().address("index"), Guide().address("no-such-page")
        ('second-place/', '', None)
        """
        try:
            found = self._language(key, language)
        except UnknownGuidePage:
            return None
        page = "" if key == HOME else f"{key}/"
        return page if found == ENGLISH else f"{found}/{page}"

    def asset(self, name: str) -> Path | None:
        """Return the file of a picture or script; None where there is none."""
        return guide_pages.assets(self.folder).get(name)

    def problems(self) -> Iterator[str]:
        """Say what is wrong with the host's own pages; the package's own are tested before it is published."""
        if self.folder is None:
            return
        yield from guide_pages.unknown_files(self.folder)
        for (language, key), path in guide_pages.pages(self.folder).items():
            if key in self.hidden or not path.is_relative_to(self.folder):
                continue
            try:
                _load(self, key, language)
            except GuideProblem as problem:
                yield str(problem)
            except OSError as error:
                yield f"{path} cannot be read ({error.strerror}); make it readable."

    def _language(self, key: str, language: str) -> str:
        if key in self.hidden or key not in (*KEYS, HOME):
            raise UnknownGuidePage(key, (*self.keys(), HOME))
        return guide_pages.language_there(key, language, self.folder)


# Only keys and languages that there are come here, so what is kept has a limit.


@functools.lru_cache(maxsize=1024)
def _load(guide: Guide, key: str, language: str) -> GuidePage:
    path = guide_pages.pages(guide.folder)[language, key]
    page = guide_pages.read(path)
    html = _html(guide_pages.filled(page, guide.facts, language))
    heading = _HEADING.search(html)
    if heading is None:
        says = "the page has no heading; begin it with a line such as “# What happens next”."
        raise GuideProblem(page.path, page.first_line, says)
    return GuidePage(
        key=key,
        title=_plain(heading["title"]),
        html=relink(
            html,
            folder=guide_pages.folder_of(path, language, guide.folder),
            address=guide.address(key, language=language) or "",
            find=lambda folder, name: _linked(guide, folder, name),
        ),
        description=page.description,
        language=language,
    )


@functools.lru_cache(maxsize=1024)
def _title(guide: Guide, key: str, language: str) -> str:
    page = guide_pages.read(guide_pages.pages(guide.folder)[language, key])
    line = _TITLE_LINE.search(page.body)
    if line is None or "{" in line[0]:
        return _load(guide, key, language).title
    heading = _HEADING.search(_html(line[0]))
    return _plain(heading["title"]) if heading else key


def _linked(guide: Guide, folder: str, name: str) -> str | None:
    if folder and folder not in guide.languages():
        return None
    return guide.address(name, language=folder or ENGLISH)


def _html(text: str) -> str:
    return str(markdown.markdown(text, extensions=list(EXTENSIONS), output_format="html"))


def _plain(heading: str) -> str:
    return unescape(_TAG.sub("", heading)).strip()
