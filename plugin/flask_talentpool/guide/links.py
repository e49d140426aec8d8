"""Links of a page: from files in a folder to addresses that a host serves, or to plain words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flask_talentpool.guide.pages import ASSETS

_LINK = re.compile(
    r'<a\b(?P<before>[^>]*?)\bhref="(?P<href>[^"]*)"(?P<after>[^>]*)>(?P<words>.*?)</a>', re.DOTALL
)
_SOURCE = re.compile(r'(?P<before><(?:img|source|script|video)\b[^>]*?\bsrc=")(?P<src>[^"]*)(?P<after>")')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[/#]|$", re.IGNORECASE)


def relink(html: str, *, folder: str, address: str, find: Callable[[str, str], str | None]) -> str:
    """Return a page's HTML with its links as a host serves them.

    Args:
        html: As Markdown made it.
        folder: The folder the page's file lies in, from the root of all pages; empty for the root itself.
        address: Where the page is served, from the root of the guide, such as ``de/second-place/``.
        find: Returns the same for the page of a language's folder and key; None where there is none to
            link to, and the link becomes its words.
    """
    up = "../" * address.count("/")

    def link(found: re.Match[str]) -> str:
        href = _target(found["href"], folder=folder, up=up, find=find)
        if href is None:
            return found["words"]
        return f'<a{found["before"]}href="{href}"{found["after"]}>{found["words"]}</a>'

    def source(found: re.Match[str]) -> str:
        src = _target(found["src"], folder=folder, up=up, find=find)
        return f"{found['before']}{src or found['src']}{found['after']}"

    return _SOURCE.sub(source, _LINK.sub(link, html))


def _target(href: str, *, folder: str, up: str, find: Callable[[str, str], str | None]) -> str | None:
    if _ELSEWHERE.match(href):
        return href
    path, hash_, anchor = href.partition("#")
    lies = posixpath.normpath(posixpath.join(folder, path))
    if lies.startswith("../"):
        return href  # written for the address, not for the file, as raw HTML is
    if lies.endswith(".md"):
        language, _, name = lies.removesuffix(".md").rpartition("/")
        address = find(language, name)
        return None if address is None else f"{(up + address) or './'}{hash_}{anchor}"
    return f"{up}{lies}{hash_}{anchor}" if lies.startswith(f"{ASSETS}/") else href
