"""The files that hold the words of the candidate's own pages: what is in them, what is missing, what is wrong."""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2
from jinja2 import nodes

from flask_talentpool.config.settings import Settings
from flask_talentpool.entries import nearest
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.dates_and_phrases import LAST_RESORT
from flask_talentpool.letters.texts.syntax import LONGEST

FILE = "pages.toml"
"""It lies beside a language's letters, in the package and in the host's folder."""
CONSENT, VERSION = "stay.consent.wording", "stay.consent.version"
_MUST_SHOW = {CONSENT: ("company", "keep_months"), "stay.consent.intro": ("button",)}
_LONGEST = 100_000
_LONGEST_VERSION = 40
"""What the consent that it is stored with has room for."""
_READER = jinja2.Environment(autoescape=False)  # noqa: S701 (it only reads; nothing is rendered with it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file of words.

    Attributes:
        folder: The language it is for, such as ``de-informal``.
        words: Each sentence under its dotted key, such as ``stay.asked.title``; only those that can be used.
        mistakes: What in it cannot be used, and the remedy.
    """

    folder: str
    words: Mapping[str, str]
    mistakes: tuple[str, ...] = ()


def found_in(folder: str, own: str | None) -> dict[str, tuple[str, str]]:
    """Return every sentence there is for a language, with the folder it is from.

    What a variety or a form of address has no words for is as in the language itself.
    """
    found: dict[str, tuple[str, str]] = {}
    for sheet in reversed(list(_sheets(folder, own))):
        found |= {key: (text, sheet.folder) for key, text in sheet.words.items()}
        if CONSENT in sheet.words and VERSION not in sheet.words:
            # Other words than those the version was given to.
            found[VERSION] = (text_files.Origin.FOLDER, sheet.folder)
    return found


def _sheets(folder: str, own: str | None) -> Iterator[Sheet]:
    """Yield the files that have words for a language, the one that counts most first."""
    informal = text_files.INFORMAL if folder.endswith(text_files.INFORMAL) else ""
    language = folder.removesuffix(text_files.INFORMAL)
    tags = dict.fromkeys((language, language.partition("-")[0]))
    for one in dict.fromkeys((*(tag + informal for tag in tags), *tags)):
        for sheet in (read(one, own) if own is not None else None, _packaged(one)):
            if sheet is not None:
                yield sheet


def keys() -> tuple[str, ...]:
    """Return the key of every sentence there is, as the English file has them."""
    return tuple(_english())


@functools.cache
def _english() -> Mapping[str, str]:
    source = files("flask_talentpool.letters").joinpath("texts", LAST_RESORT, FILE).read_text("utf-8")
    return {key: str(text) for key, text in _flat(tomllib.loads(source))}


@functools.cache
def _packaged(folder: str) -> Sheet | None:
    path = files("flask_talentpool.letters").joinpath("texts", folder, FILE)
    return _sheet(folder, path.read_bytes()) if path.is_file() else None


def read(folder: str, own: str) -> Sheet | None:
    """Return the host's own words for a language; None where it has none."""
    path = Path(own, folder, FILE)
    try:
        seen = path.stat()
        return _own(folder, path, seen.st_mtime_ns, seen.st_size)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Sheet(folder=folder, words={}, mistakes=(f"the file cannot be read ({error.strerror}).",))


@functools.lru_cache(maxsize=64)
def _own(folder: str, path: Path, changed: int, size: int) -> Sheet:
    """Read a file once for as long as it is not changed."""
    del changed
    if size > _LONGEST:
        return Sheet(folder=folder, words={}, mistakes=(f"the file is longer than {_LONGEST:,} bytes.",))
    return _sheet(folder, path.read_bytes())


def _sheet(folder: str, raw: bytes) -> Sheet:
    try:
        sentences = list(_flat(tomllib.loads(raw.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        return Sheet(folder=folder, words={}, mistakes=("save the file as UTF-8.",))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Sheet(folder=folder, words={}, mistakes=(f"this is no TOML: {error}.",))
    words, mistakes = {}, []
    for key, text in sentences:
        wrong = list(_wrong(key, text))
        mistakes += [f"{key}: {one}" for one in wrong]
        if not wrong:
            words[key] = str(text)
    return Sheet(folder=folder, words=words, mistakes=tuple(mistakes))


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _wrong(key: str, text: object) -> Iterator[str]:
    if key not in _english():
        guess = nearest(key, _english())
        yield f"there is no such sentence; {f'did you mean {guess}?' if guess else 'en/' + FILE + ' has them all.'}"
    elif not isinstance(text, str) or not text.strip():
        yield "it needs words, in quotation marks."
    elif len(text) > LONGEST:
        yield "it is too long for a page."
    elif key == VERSION and len(text.strip()) > _LONGEST_VERSION:
        yield f"keep it to {_LONGEST_VERSION} characters."
    else:
        yield from _unusable(key, text)


def _unusable(key: str, text: str) -> Iterator[str]:
    allowed = _names(_english()[key])
    try:
        tree = _READER.parse(text)
    except (jinja2.TemplateSyntaxError, RecursionError, ValueError, OverflowError) as error:
        yield f"this cannot be read ({error})."
        return
    if not all(map(_is_simple, tree.body)):
        yield "there are only {{ job }} and {% if job %}…{% else %}…{% endif %}."
    for name in sorted(_names(text) - allowed):
        has = f"there is {', '.join(sorted(allowed))}" if allowed else "it has none"
        yield f"there is no value “{name[:60]}” here; {has}."
    for name in _MUST_SHOW.get(key, ()):
        if name not in _names(text):
            yield f"it has to say {{{{ {name} }}}}."


def _names(text: str) -> set[str]:
    return {node.name for node in _READER.parse(text).find_all(nodes.Name)}


def _is_simple(node: nodes.Node) -> bool:
    """Whether this is words, a value, or an if about one value, with or without a not."""
    if isinstance(node, nodes.Output):
        return all(isinstance(part, nodes.TemplateData | nodes.Name) for part in node.nodes)
    if not isinstance(node, nodes.If):
        return False
    asked = node.test.node if isinstance(node.test, nodes.Not) else node.test
    return isinstance(asked, nodes.Name) and all(map(_is_simple, (*node.body, *node.elif_, *node.else_)))


# What is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The words of the pages in one language.

    Attributes:
        folder: Its folder, such as ``de-informal``.
        missing: The keys of the sentences it has no words for; pages with one are shown in another language.
        wrong: Sentences that cannot be used, each with its remedy.
    """

    folder: str
    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every page can be shown in it."""
        return not self.missing and not self.wrong


def take(settings: Settings) -> tuple[Stock, ...]:
    """Look at the words of the candidate's pages in every language there are letters in."""
    return tuple(
        _stock(folder, settings.letters_folder) for folder in text_files.folders(settings.letters_folder)
    )


def _stock(folder: str, own: str | None) -> Stock:
    found = found_in(folder, own)
    mine = read(folder, own) if own is not None else None
    return Stock(
        folder=folder,
        missing=tuple(key for key in keys() if key not in found),
        wrong=mine.mistakes if mine is not None else (),
    )


def unknown_files(settings: Settings) -> tuple[str, ...]:
    """Return the files of words that belong to no language there are letters in."""
    own = settings.letters_folder
    known = {*text_files.folders(own)}
    found = Path(own).glob(f"*/{FILE}") if own is not None else ()
    return tuple(sorted(f"{path.parent.name}/{FILE}" for path in found if path.parent.name not in known))
