"""What the pages of letters' texts show: the list, one text with its versions, and two versions compared."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.errors import NotFound
from flask_talentpool.guide import keys
from flask_talentpool.letters.texts import versions as editions
from flask_talentpool.letters.texts.comparing import DiffLine, compare
from flask_talentpool.letters.texts.files import Origin
from flask_talentpool.letters.texts.syntax import TextProblem
from flask_talentpool.letters.texts.vocabulary import FLAGS, NAMES, VARIABLES, purposes_for, required_for

_LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
}
_STAGES = {
    "applied": "After applying",
    "screened": "After the first look",
    "interviewed": "After an interview",
    "finalist": "To a finalist",
    "together": "Several applications at once",
}
_DOORS = {"open": "door open", "unlatched": "door unlatched", "closed": "door closed"}
_OTHERS = {
    "outcome/plain": "Plain, nothing offered",
    "correction": "Correction: what we wrote no longer holds",
    "progress": "Still open: we write again by a date",
    "progress_decided": "Decided and held: the answer is there by a date",
    "recall": "Invitation back to the same job",
    "recall_member": "Invitation to somebody in a pool",
    "enquiry": "Question to a member about another job",
    "recall_reminder": "Reminder of an invitation",
}
_ORIGINS = {
    Origin.PACKAGE: "As it came with the package",
    Origin.FOLDER: "From your own folder",
    Origin.DATABASE: "Edited",
}
_GROUPS = (
    ("Outcome", tuple(name for name in NAMES if name.startswith("outcome/"))),
    (
        "After telling, and meanwhile",
        tuple(name for name in NAMES if "/" not in name and "recall" not in name and name != "enquiry"),
    ),
    ("Invitation back", tuple(name for name in NAMES if name.startswith(("recall", "enquiry")))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One text in the list."""

    name: str
    title: str
    origin: str
    is_edited: bool
    version: str
    by: str
    at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGroup:
    """Texts of one kind of letter."""

    title: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsPage:
    """Every text of one language."""

    language: str
    languages: tuple[tuple[str, str], ...]
    """Each with what people call it."""
    groups: tuple[TextGroup, ...]
    scope: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a text; 0 is the text beneath all edits."""

    number: int
    title: str
    by: str
    at: datetime | None
    note: str
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """One text: its words now, its versions, and what it may hold."""

    language: str
    language_name: str
    name: str
    title: str
    scope: str
    source: str
    seen: int
    """The number of the latest version: saving is refused when it is no longer the latest."""
    origin: str
    is_edited: bool
    problem: str
    versions: tuple[Version, ...]
    names: tuple[tuple[str, str, bool], ...]
    """What a text may name: the name, its meaning, and whether it can be empty."""
    flags: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    """What a text may link to, as it is written, with its meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """Two versions of a text, line by line."""

    language: str
    language_name: str
    name: str
    title: str
    scope: str
    seen: int
    old: int
    new: int
    lines: tuple[DiffLine, ...]
    versions: tuple[Version, ...]
    is_same: bool


def title_of(name: str) -> str:
    """Return what people call a text.

    >>> title_of("outcome/finalist.open"), title_of("confirmation.closed")
    ('To a finalist, door open', 'As we said today, door closed')
    """
    stage, _, door = name.removeprefix("outcome/").partition(".")
    if stage in _STAGES:
        return f"{_STAGES[stage]}, {_DOORS[door]}"
    return f"As we said today, {_DOORS[door]}" if door else _OTHERS.get(name, name)


def language_name(language: str) -> str:
    """Return what people call a language; its code where nobody wrote that down."""
    return _LANGUAGES.get(language, language)


def languages(ctx: Context) -> tuple[tuple[str, str], ...]:
    """Return the languages there are texts in, each with what people call it."""
    return tuple((language, language_name(language)) for language in editions.languages_of(ctx))


def known(ctx: Context, language: str, name: str = "") -> None:
    """Raise :class:`NotFound` unless there are texts in this language and, with a name, this one."""
    if language not in editions.languages_of(ctx) or (name and name not in NAMES):
        raise NotFound


def texts_page(ctx: Context, language: str, *, scope: str, scopes: tuple[str, ...]) -> TextsPage:
    """Return every text of a language, with who edited it when."""
    known(ctx, language)
    listed = {line.name: line for line in editions.texts_in(ctx, language, scope=scope)}
    saved = _last_saved(ctx, language, scope)

    def line(name: str) -> TextLine:
        found = listed[name]
        origin = found.edition.origin if found.edition else None
        is_edited = origin is Origin.DATABASE
        by, at = saved.get(name, ("", None)) if is_edited else ("", None)
        return TextLine(
            name=name,
            title=title_of(name),
            origin=_ORIGINS[origin] if origin else "Missing",
            is_edited=is_edited,
            version=found.edition.version if found.edition else "",
            by=by,
            at=at,
            problem=found.problem,
        )

    groups = tuple(TextGroup(title=title, lines=tuple(map(line, names))) for title, names in _GROUPS)
    return TextsPage(language=language, languages=languages(ctx), groups=groups, scope=scope, scopes=scopes)


def _last_saved(ctx: Context, language: str, scope: str) -> dict[str, tuple[str, datetime]]:
    model = ctx.models.text_edition
    statement = (
        sa.select(model.name, model.by_name, model.by, model.created_at)
        .where(model.scope == scope, model.language == editions.folders_of(ctx, language)[0])
        .order_by(model.version)
    )
    return {row.name: (row.by_name or row.by, row.created_at) for row in ctx.session.execute(statement)}


def text_page(ctx: Context, name: str, *, language: str, scope: str, source: str | None = None) -> TextPage:
    """Return one text; with ``source`` the words that somebody is writing, else those used now."""
    known(ctx, language, name)
    edition, problem = None, ""
    try:
        edition = editions.find(ctx, name, language=language, scope=scope)
    except TextProblem as wrong:
        problem = str(wrong)
    versions = _versions(ctx, name, language=language, scope=scope)
    required = required_for(name)
    return TextPage(
        language=language,
        language_name=language_name(language),
        name=name,
        title=title_of(name),
        scope=scope,
        source=source if source is not None else (edition.source if edition else ""),
        seen=versions[0].number,
        origin=_ORIGINS[edition.origin] if edition else "Missing",
        is_edited=edition is not None and edition.origin is Origin.DATABASE,
        problem=problem,
        versions=versions,
        names=tuple(
            (one, meaning, one not in required) for one, meaning in VARIABLES.items() if one not in FLAGS
        ),
        flags=tuple((one, VARIABLES[one]) for one in sorted(FLAGS)),
        links=_links(name, hidden=ctx.settings.guide_hidden),
    )


def _links(name: str, *, hidden: Collection[str]) -> tuple[tuple[str, str], ...]:
    personal = tuple(
        (f"[words](link:{purpose})", "A button with the person’s own link.") for purpose in purposes_for(name)
    )
    pages = tuple((f"[words](guide:{key})", "A page of the guide.") for key in keys() if key not in hidden)
    return personal + pages


def _versions(ctx: Context, name: str, *, language: str, scope: str) -> tuple[Version, ...]:
    rows = editions.history(ctx, name, language=language, scope=scope)
    edited = tuple(
        Version(
            number=row.version,
            title=f"Version {row.version}" + ("" if row.source else ", back to the text as it came"),
            by=row.by_name or row.by,
            at=row.created_at,
            note=row.note,
            is_now=place == 0,
        )
        for place, row in enumerate(rows)
    )
    beneath = Version(number=0, title="The text as it came", by="", at=None, note="", is_now=not edited)
    return (*edited, beneath)


def compare_page(ctx: Context, name: str, old: int, new: int, *, language: str, scope: str) -> ComparePage:
    """Return what two versions have different.

    Raises:
        NotFound: There is no such text or version.
    """
    known(ctx, language, name)
    versions = _versions(ctx, name, language=language, scope=scope)
    sources = [editions.words_of(ctx, name, number, language=language, scope=scope) for number in (old, new)]
    lines = compare(*sources)
    return ComparePage(
        language=language,
        language_name=language_name(language),
        name=name,
        title=title_of(name),
        scope=scope,
        seen=versions[0].number,
        old=old,
        new=new,
        lines=lines,
        versions=versions,
        is_same=all(line.kind == "same" for line in lines),
    )
