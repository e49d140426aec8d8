"""Weigh a built site: what a first visit to each page transfers, with text compressed."""

import functools
import gzip
import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".svg", ".xml"})
"""The kinds of file that a server compresses."""

_TAG = re.compile(r"<(?:img|script|source|link)\b[^>]*>")
_TARGET = re.compile(r'\b(?:src|href)="([^"]+)"')
_FETCHED_LINK = re.compile(r'\brel="(?:icon|stylesheet|modulepreload)"')
_IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)")
_IN_SCRIPT = re.compile(
    r"""(?:import|from)\s*\(?\s*["'](\.[^"']+)["']|new URL\(["'](\.[^"']+)["'],\s*import\.meta"""
)


def heaviest(site: Path) -> tuple[str, int]:
    """Return the page of a built site that transfers most, and its bytes."""
    site = site.resolve()
    weights = {str(page.relative_to(site)): weigh(page, site=site) for page in sorted(site.rglob("*.html"))}
    page = max(weights, key=weights.__getitem__)
    return page, weights[page]


def weigh(page: Path, *, site: Path) -> int:
    """Return the bytes a first visit to a page transfers, at most: everything it names, and the search."""
    page, site = page.resolve(), site.resolve()
    fetched = {page}
    waiting = [page, *_search(site)]
    while waiting:
        one = waiting.pop()
        fetched.add(one)
        waiting += [other for other in _named(one, site) if other not in fetched]
    return sum(map(_bytes, fetched))


@functools.cache
def _search(site: Path) -> tuple[Path, ...]:
    """Return what the theme fetches for its search: with the page, not when somebody searches."""
    index = site / "search" / "search_index.json"
    if not index.is_file():
        return ()
    languages = set(json.loads(index.read_text(encoding="utf-8"))["config"]["lang"]) - {"en"}
    stemmers = {"stemmer.support", "multi", *languages} if languages else set()
    scripts = site / "assets" / "javascripts"
    return (
        index,
        *scripts.glob("workers/search.*.min.js"),
        *(
            path
            for name in sorted(stemmers)
            if (path := scripts / "lunr" / "min" / f"lunr.{name}.min.js").is_file()
        ),
    )


@functools.cache
def _named(file: Path, site: Path) -> tuple[Path, ...]:
    text = file.read_text(encoding="utf-8") if file.suffix in {".css", ".html", ".js"} else ""
    targets = {".html": _in_page, ".css": _IN_STYLE.findall, ".js": _in_script}.get(
        file.suffix, lambda _: []
    )(text)
    paths = []
    for target in targets:
        plain = unquote(urldefrag(target).url)
        path = site / plain.lstrip("/") if plain.startswith("/") else file.parent / plain
        if not re.match(r"[a-z]+:", plain) and path.is_file():
            paths.append(path.resolve())
    return tuple(paths)


def _in_page(text: str) -> list[str]:
    tags = _TAG.findall(text)
    return [
        target
        for tag in tags
        if not tag.startswith("<link") or _FETCHED_LINK.search(tag)
        for target in _TARGET.findall(tag)
    ]


def _in_script(text: str) -> list[str]:
    return [one or other for one, other in _IN_SCRIPT.findall(text)]


@functools.cache
def _bytes(file: Path) -> int:
    content = file.read_bytes()
    return len(gzip.compress(content)) if file.suffix in COMPRESSED else len(content)
