"""MkDocs hook: pages with facts, and pages in other languages. What the theme shows is in `guide_look`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from flask_talentpool.config.guide_keys import CANDIDATES
from flask_talentpool.config.settings import Settings
from flask_talentpool.guide import GuideFacts
from flask_talentpool.guide.pages import ENGLISH, INFORMAL, fill

FACTS = GuideFacts.of(Settings(), own=False)
"""What pages say where nobody changed a setting."""
GERMAN, SECTION, BEFORE = "de", "Deutsch", "For developers"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def language_of(path: str) -> str:
    """Return the folder of the language that a page is in.

    >>> language_of("de/second-place.md"), language_of("developers/api.md"), language_of("index.md")
    ('de', 'en', 'en')
    """
    folder, _, name = path.partition("/")
    return folder if name and _LANGUAGE.fullmatch(folder) else ENGLISH


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Give the German pages that there are a section of their own, so that one leads to the next."""
    there = [f"{GERMAN}/{key}.md" for key in CANDIDATES if files.get_file_from_path(f"{GERMAN}/{key}.md")]
    nav = list(config.nav or ())
    if there and not any(SECTION in entry for entry in nav):
        at = next((place for place, entry in enumerate(nav) if BEFORE in entry), len(nav))
        config.nav = [*nav[:at], {SECTION: there}, *nav[at:]]
    return files


def on_page_markdown(markdown: str, *, page: Page, **_others: object) -> str:
    """Fill in the facts, and keep what says the same once more out of the search."""
    language = language_of(page.file.src_uri)
    if language.endswith(INFORMAL):
        page.meta["search"] = {"exclude": True}
    if page.meta.get("facts") is not True:
        return markdown
    return fill(markdown, FACTS, language, path=page.file.src_uri)


def on_page_context(context: dict[str, Any], *, page: Page, **_others: object) -> dict[str, Any]:
    """Find the same page in other languages, for :func:`on_post_page`."""
    by_path = {file.src_uri: file for file in context["pages"]}
    here = language_of(page.file.src_uri)
    name = page.file.src_uri if here == ENGLISH else PurePosixPath(page.file.src_uri).name
    found = {ENGLISH: by_path.get(name), GERMAN: by_path.get(f"{GERMAN}/{name}")}
    page.meta["alternates"] = {language: file.url for language, file in found.items() if file is not None}
    return context


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Tell search engines of the same page in other languages; of two in German, one is enough."""
    if language_of(page.file.src_uri).endswith(INFORMAL):
        return _in_head(output, '<meta name="robots" content="noindex">')
    alternates: dict[str, str] = page.meta.get("alternates", {})
    if len(alternates) < 2:  # noqa: PLR2004 (there is no other)
        return output
    # The space keeps the theme from taking each link for a site of its own, and asking it for a site map.
    links = (
        f'<link rel="alternate " hreflang="{language}" href="{_address(url, page, config)}">'
        for language, url in alternates.items()
    )
    return _in_head(output, "".join(links))


def _address(url: str, page: Page, config: MkDocsConfig) -> str:
    # The first page's own URL is "./".
    return (
        f"{config.site_url}{url.removeprefix('./')}"
        if config.site_url
        else get_relative_url(url or ".", page.url)
    )


def _in_head(output: str, more: str) -> str:
    return output.replace("</head>", f"{more}</head>", 1)
