"""The guide's Markdown: where it lies, in the package and in the host's own folder, and how it is read."""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flask_talentpool.config.guide_keys import HOME, KEYS
from flask_talentpool.entries import nearest
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.guide.facts import GuideFacts
from flask_talentpool.guide.numbers import filters

ENGLISH = "en"
INFORMAL = "-informal"
"""What follows a language in the name of the folder whose pages say “du”."""
ASSETS = "assets"
KINDS = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""The files that pages are made of; what else lies in a folder is nobody's to read."""
_BESIDE = frozenset({"", ".db", ".ini", ".md", ".txt"})
"""Licences, notes and what a file manager leaves: nobody expects that they are given out."""
_NO_PAGES = frozenset({ASSETS, "developers"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_LANGUAGE = 40
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<lines>.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^(?P<name>[a-z_]+):[ \t]*(?P<value>.*?)[ \t]*$", re.MULTILINE)
_PUBLISHED_ONLY = re.compile(r"<!-- published only -->.*?<!-- end -->", re.DOTALL)
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&#!|~]")
_TEMPLATE = "<template>"
_NAMES = ", ".join(field.name for field in fields(GuideFacts))


class GuideProblem(TalentPoolError):
    """A page of the guide cannot be shown. Correct the file, or take it out to get the packaged page."""

    def __init__(self, path: str, line: int, says: str) -> None:
        super().__init__(f"{path}, line {line}: {says}")
        # What the exception is rebuilt from when it crosses a process boundary.
        self.args = (path, line, says)

    def __str__(self) -> str:
        path, line, says = self.args
        return f"{path}, line {line}: {says}"


@dataclass(frozen=True, slots=True)
class Source:
    """A page's Markdown without its front matter, and what the front matter says."""

    path: str
    body: str
    first_line: int
    description: str
    is_facts: bool


def packaged_folder() -> Path:
    """Return where the package has its pages: inside an installed one, else in the source tree."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "guide_pages"
    return packaged if packaged.is_dir() else package.parents[1] / "site"


@functools.lru_cache(maxsize=64)
def pages(own: str | None) -> Mapping[tuple[str, str], Path]:
    """Return the file of each page there is by language and key; the host's own before the package's."""
    found = dict(_pages_in(packaged_folder()))
    if own is not None:
        found |= _pages_in(Path(own))
    return MappingProxyType(found)


@functools.lru_cache(maxsize=64)
def assets(own: str | None) -> Mapping[str, Path]:
    """Return the pictures and scripts there are by name; a name from outside never becomes a path."""
    found: dict[str, Path] = {}
    for root in (packaged_folder(), *([Path(own)] if own is not None else [])):
        folder = root / ASSETS
        found |= {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return MappingProxyType(found)


def _pages_in(root: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for language, folder in _language_folders(root):
        for key in (HOME, *KEYS):
            path = folder / f"{key}.md"
            if path.is_file():
                yield (language, key), path


def _language_folders(root: Path) -> Iterator[tuple[str, Path]]:
    yield ENGLISH, root
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and _LANGUAGE.fullmatch(folder.name):
            is_english = folder.name.casefold() == ENGLISH
            yield ENGLISH if is_english else folder.name, folder


def folder_of(path: Path, language: str, own: str | None) -> str:
    """Return the folder a page lies in, from the root of all pages; empty for the root itself."""
    roots = {packaged_folder(), *([Path(own)] if own is not None else [])}
    return "" if path.parent in roots else language


def unknown_files(own: str) -> Iterator[str]:
    """Say which files of the host's folder nobody is shown: a name that is not quite right replaces nothing."""
    root = Path(own)
    for _, folder in _language_folders(root):
        for path in sorted(folder.glob("*.md")):
            if path.stem in (HOME, *KEYS) or path.stem == "README":
                continue
            guess = nearest(path.stem, (HOME, *KEYS))
            hint = f"did you mean {guess}.md?" if guess else "name it after the page it replaces."
            yield f"{path} is named like no page of the guide; {hint}"
    yield from _twice(root)
    yield from _unused_folders(root)
    for name, path in sorted(assets(own).items()):
        kind = path.suffix.lower()
        if path.is_relative_to(root) and kind not in KINDS and kind not in _BESIDE:
            yield f"{root / ASSETS / name} is of a kind that is never given out; there is {', '.join(KINDS)}."


def _twice(root: Path) -> Iterator[str]:
    english = [folder for language, folder in _language_folders(root) if language == ENGLISH]
    for key in (HOME, *KEYS):
        found = [path for folder in english if (path := folder / f"{key}.md").is_file()]
        if len(found) > 1:
            yield f"{' and '.join(map(str, found))} are both the English page; keep one of them."


def _unused_folders(root: Path) -> Iterator[str]:
    used = {folder for _, folder in _language_folders(root)}
    found = {path.parent for path in root.rglob("*.md") if path.stem in (HOME, *KEYS)}
    for folder in sorted(found - used):
        inside = folder.relative_to(root)
        if inside.parts[0] in _NO_PAGES or inside.parts[0].startswith("."):
            continue
        meant = inside.as_posix().replace("_", "-")
        hint = (
            f"name it {meant}."
            if _LANGUAGE.fullmatch(meant)
            else "name it after a language, such as pt-BR, beside the others."
        )
        yield f"{folder} holds pages that nobody is shown; {hint}"


def fallbacks(language: str) -> tuple[str, ...]:
    """Return the languages in which a page is looked for, in this order.

    >>> fallbacks("de_AT-informal")
    ('de-at-informal', 'de-informal', 'de-at', 'de', 'en')
    """
    tag = language[:_LONGEST_LANGUAGE].replace("_", "-").casefold()
    plain = tag.removesuffix(INFORMAL)
    tags = (plain, plain.partition("-")[0])
    informal = tuple(one + INFORMAL for one in tags) if tag != plain else ()
    return tuple(dict.fromkeys((*informal, *tags, ENGLISH)))


def language_there(key: str, language: str, own: str | None) -> str:
    """Return the language in which somebody reads a page: their own where it is there, at last English."""
    there = {found.casefold(): found for found, page in pages(own) if page == key}
    return next((there[one] for one in fallbacks(language) if one in there), ENGLISH)


def read(path: Path) -> Source:
    """Read a page.

    Raises:
        GuideProblem: It is no text in UTF-8.
        OSError: It cannot be read.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        says = "there is a character that is not UTF-8; save the file as UTF-8."
        raise GuideProblem(str(path), line, says) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = _FRONT_MATTER.match(text)
    entries = dict(_ENTRY.findall(head["lines"])) if head else {}
    return Source(
        path=str(path),
        body=text[head.end() :] if head else text,
        first_line=text.count("\n", 0, head.end()) + 1 if head else 1,
        description=entries.get("description", "").strip("\"'"),
        is_facts=entries.get("facts", "").casefold() == "true",
    )


def filled(source: Source, facts: GuideFacts, language: str) -> str:
    """Return the Markdown of a page with its facts, as a host shows it.

    Raises:
        GuideProblem: The page asks for something that there is not.
    """
    body = _PUBLISHED_ONLY.sub("", source.body)
    return fill(body, facts, language, path=source.path, first=source.first_line) if source.is_facts else body


def fill(body: str, facts: GuideFacts, language: str, *, path: str = "", first: int = 1) -> str:
    """Fill facts into Markdown.

    Raises:
        GuideProblem: The text asks for something that there is not.
    """
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    try:
        return _environment(primary(language)).from_string(body).render(values)
    except jinja2.TemplateSyntaxError as error:
        line = error.lineno
        said = error.message or "this cannot be read"
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
    ) as error:
        seen = [
            frame.lineno or 1
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == _TEMPLATE
        ]
        line, said = seen[-1] if seen else 1, str(error)
    raise GuideProblem(path, line + first - 1, f"{said}; a page can use {_NAMES}.")


def primary(language: str) -> str:
    """Return a language without country and form of address.

    >>> primary("de-informal")
    'de'
    """
    return language.partition("-")[0].casefold()


@functools.lru_cache(maxsize=16)
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    # A heading begins its id as a comment begins otherwise.
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        finalize=_escaped,
        comment_start_string="{##",
        comment_end_string="##}",
    )
    environment.filters.update(filters(language))
    return environment


def _escaped(value: object) -> object:
    """Escape what means something in Markdown or HTML: a company may be called “R&D [Labs]”."""
    if not isinstance(value, str):
        return value
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", value)
