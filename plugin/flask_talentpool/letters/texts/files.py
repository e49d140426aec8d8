"""Texts as files: one folder per language, in the package and in the host's own folder."""

import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.texts.syntax import LONGEST, TextProblem
from flask_talentpool.letters.texts.syntax_tree import Mistake
from flask_talentpool.letters.texts.vocabulary import NAMES

INFORMAL = "-informal"
"""What follows a language in the name of the folder whose texts say “du”."""
PACKAGED = "package 1"
"""The version of the packaged texts; it counts up when their words change."""
_FOLDER = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST_IN_BYTES = 4 * LONGEST


class Origin(StrEnum):
    """Where a text comes from."""

    PACKAGE = "package"
    FOLDER = "folder"
    DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A text as it is used.

    Attributes:
        name: Such as ``outcome/finalist.open``.
        folder: The folder it belongs to, such as ``de`` or ``de-informal``.
        source: Its words, unchecked.
        origin: Where it comes from.
        version: What a letter remembers: ``package 1``, ``folder`` or the number of an edited version.
    """

    name: str
    folder: str
    source: str
    origin: Origin
    version: str


def folders(own: str | None) -> tuple[str, ...]:
    """Return the folders of texts there are, in the package and in the host's folder."""
    return tuple(sorted({*_packaged_folders(), *(_folders_in(Path(own)) if own else ())}))


def trouble(own: str | None) -> str:
    """Say why the host's folder cannot be read, with the remedy; empty where it can, or where there is none."""
    try:
        folders(own)
    except OSError as error:
        return (
            f"TALENTPOOL_LETTERS_FOLDER is {own}, which cannot be read ({error.strerror}). Put it back or make it "
            "readable; until then the candidate's pages have the packaged words."
        )
    return ""


def languages(own: str | None) -> tuple[str, ...]:
    """Return the languages there are texts in, each once, whatever the form of address."""
    return tuple(sorted({folder.removesuffix(INFORMAL) for folder in folders(own)}))


@functools.cache
def _packaged_folders() -> tuple[str, ...]:
    return tuple(_folders_in(files("flask_talentpool.letters").joinpath("texts")))


def _folders_in(root: Traversable) -> list[str]:
    found = [one.name for one in root.iterdir() if _FOLDER.fullmatch(one.name) and one.is_dir()]
    return [name for name in found if any(_has_texts(root.joinpath(name), text) for text in NAMES)]


def _has_texts(folder: Traversable, name: str) -> bool:
    return folder.joinpath(*f"{name}.txt".split("/")).is_file()


def match(wanted: object, available: tuple[str, ...]) -> str | None:
    """Return the language somebody means: by the whole tag, else by what comes before its first hyphen.

    >>> match("de_AT", ("de", "en")), match("EN-gb", ("de", "en")), match("tlh", ("de", "en"))
    ('de', 'en', None)
    """
    tag = str(getattr(wanted, "value", wanted) or "").strip().replace("_", "-").casefold()
    by_folded = {language.casefold(): language for language in available}
    return by_folded.get(tag) or by_folded.get(tag.partition("-")[0])


def chain(language: str, form: FormOfAddress, own: str | None) -> tuple[str, ...]:
    """Return the folders in which a language's texts are looked for, in this order.

    A language that has texts with an informal address uses only those where the host asks for it; mixing
    the two would be worse than holding the letter.

    >>> chain("de-AT", FormOfAddress.INFORMAL, None), chain("en", FormOfAddress.INFORMAL, None)
    (('de-AT-informal', 'de-informal'), ('en',))
    """
    tags = tuple(dict.fromkeys((language, language.partition("-")[0])))
    if form is FormOfAddress.INFORMAL:
        informal = tuple(tag + INFORMAL for tag in tags)
        if set(informal) & set(folders(own)):
            return informal
    return tags


def read(name: str, folder: str, own: str | None) -> Edition | None:
    """Return a text as a file has it: the host's own, else the packaged one; None where there is neither.

    Raises:
        TextProblem: The host's file cannot be read.
    """
    if own is not None and (mine := _own(name, folder, own)) is not None:
        return Edition(name=name, folder=folder, source=mine, origin=Origin.FOLDER, version="folder")
    source = _packaged(name, folder)
    if source is None:
        return None
    return Edition(name=name, folder=folder, source=source, origin=Origin.PACKAGE, version=PACKAGED)


def unknown_files(own: str) -> tuple[str, ...]:
    """Return the text files of the host's folder that no letter is written from."""
    known = {f"{folder}/{name}.txt" for folder in folders(own) for name in NAMES}
    found = {path.relative_to(own).as_posix() for path in Path(own).glob("*/**/*.txt")}
    return tuple(sorted(found - known))


def _own(name: str, folder: str, own: str) -> str | None:
    path = Path(own, folder, f"{name}.txt")
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST_IN_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise TextProblem((Mistake(1, f"the file cannot be read ({error.strerror})."),), str(path)) from None
    if len(raw) > _LONGEST_IN_BYTES:
        said = f"the file is longer than the {LONGEST:,} characters a letter can have. Shorten it."
        raise TextProblem((Mistake(1, said),), str(path))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = "there is a character that is not UTF-8; save the file as UTF-8."
        raise TextProblem((Mistake(line, said),), str(path)) from None


@functools.cache
def _packaged(name: str, folder: str) -> str | None:
    path = files("flask_talentpool.letters").joinpath("texts", folder, *f"{name}.txt".split("/"))
    return path.read_text(encoding="utf-8") if path.is_file() else None
