"""The guide's pages: which there are, and each as HTML for a host to serve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from html import unescape
from pathlib import Path

import markdown

from .errors import TalentPoolError

# In reading order. Letters link to pages by these keys, so a key is never changed once a letter carries it.
_KEYS = (
    "what-happens-next",
    "after-the-interview",
    "recruiters",
    "deciding",
    "answer-clock",
    "many-at-once",
    "what-comes-back",
    "letters",
    "letter-rules",
    "mount-it",
    "delivery",
    "scale-out",
)
_HOME = "index"
_LONGEST_ASKED = 80

_EXTENSIONS = ("admonition", "attr_list", "def_list", "fenced_code", "meta", "tables", "toc")
_PAGE_LINK = re.compile(r'href="(?P<key>[a-z0-9-]+)\.md(?P<anchor>#[^"]*)?"')
_HEADING = re.compile(r"<h1[^>]*>(?P<title>.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class UnknownGuidePage(TalentPoolError, LookupError):
    """The guide has no page of this name. Use one of `flask_talentpool.guide.keys()`."""

    def __init__(self, key: str) -> None:
        # A key can come from a hostile URL, and looking for the nearest takes time that grows with it.
        asked = key[:_LONGEST_ASKED]
        self.key = asked
        self.nearest = get_close_matches(asked, (*_KEYS, _HOME), n=1, cutoff=0)[0]
        super().__init__(f"The guide has no page {asked!r}; the nearest is {self.nearest!r}.")

    def __reduce__(self) -> tuple[type[UnknownGuidePage], tuple[str]]:
        return type(self), (self.key,)


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page of the guide.

    Attributes:
        key: Its name in URLs and letters.
        title: Its heading as plain text.
        html: The whole page from its `<h1>` on, trusted: it comes from the package, never from a user.
    """

    key: str
    title: str
    html: str


def keys() -> tuple[str, ...]:
    """Return the keys of all pages in reading order; the home page, `"index"`, is not among them.

    >>> keys()[0]
    'what-happens-next'
    """
    return _KEYS


@lru_cache
def load(key: str) -> GuidePage:
    """Return one page, rendered.

    Links to other pages are relative to where the page is served: `<guide>/<key>/`, and
    `<guide>/` for `"index"`.

    Args:
        key: One of `keys()`, or `"index"`.

    Raises:
        UnknownGuidePage: There is no such page; the message names the nearest key.
    """
    if key not in _KEYS and key != _HOME:
        raise UnknownGuidePage(key)
    source = (_folder() / f"{key}.md").read_text(encoding="utf-8")
    html = markdown.markdown(source, extensions=list(_EXTENSIONS), output_format="html")
    heading = _HEADING.search(html)
    title = unescape(_TAG.sub("", heading["title"])).strip() if heading else key
    return GuidePage(key=key, title=title, html=_relink(html, up="" if key == _HOME else "../"))


def _relink(html: str, *, up: str) -> str:
    def link(found: re.Match[str]) -> str:
        target = "" if found["key"] == _HOME else f"{found['key']}/"
        return f'href="{(up + target) or "./"}{found["anchor"] or ""}"'

    return _PAGE_LINK.sub(link, html)


def _folder() -> Path:
    """Return where the Markdown lies: inside the installed package, else in the source tree."""
    here = Path(__file__).resolve().parent
    packaged = here / "guide_pages"
    return packaged if packaged.is_dir() else here.parents[1] / "site"
