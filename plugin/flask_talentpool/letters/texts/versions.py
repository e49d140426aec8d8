"""Which words a text has now: as somebody edited it, else as the host's folder has it, else as packaged."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters.model import TextEditionMixin
from flask_talentpool.letters.texts.files import Edition, Origin, chain, languages, match, read
from flask_talentpool.letters.texts.syntax import TextProblem, normalised, parse
from flask_talentpool.letters.texts.syntax_tree import Mistake
from flask_talentpool.letters.texts.vocabulary import NAMES

_CACHE = "talentpool_texts"
_SOMEBODY_SAVED = (
    "Somebody saved this text while you were at it. Reload the page, compare the two, then save again."
)


class UnknownText(TextProblem):
    """There is no such text in this language."""

    def __init__(self, name: str, language: str) -> None:
        said = (
            f"there is no text “{name}” in “{language}”; add the file {language}/{name}.txt to the folder of "
            "TALENTPOOL_LETTERS_FOLDER. `flask talentpool texts` lists what is missing."
        )
        super().__init__((Mistake(1, said, name),))
        self.args = (name, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One text in a list: as it is used, or why it cannot be."""

    name: str
    edition: Edition | None
    problem: str


def find(ctx: Context, name: str, *, language: str, scope: str = "") -> Edition:
    """Return the text a letter is written from now.

    Within one transaction the edited texts of a scope are read once, however many letters are written.

    Raises:
        UnknownText: There is none, in this language or the one it is a variety of.
        TextProblem: The file in the host's folder cannot be read.
    """
    own = ctx.settings.letters_folder
    if name in NAMES:
        for folder in folders_of(ctx, language):
            edition = _edited(ctx, scope).get((folder, name)) or read(name, folder, own)
            if edition is not None:
                return edition
    raise UnknownText(name, language)


def texts_in(ctx: Context, language: str, *, scope: str = "") -> tuple[Listed, ...]:
    """Return every text of a language as it is used now, checked, in the order of pages."""
    listed = []
    for name in NAMES:
        edition, problem = None, ""
        try:
            edition = find(ctx, name, language=language, scope=scope)
            parse(edition.source, name)
        except TextProblem as wrong:
            problem = str(wrong)
        listed.append(Listed(name=name, edition=edition, problem=problem))
    return tuple(listed)


def languages_of(ctx: Context) -> tuple[str, ...]:
    """Return the languages there are texts in: packaged ones and those of the host's folder."""
    return languages(ctx.settings.letters_folder)


def folders_of(ctx: Context, language: str) -> tuple[str, ...]:
    """Return the folders a language's texts are looked for in, with this host's form of address."""
    return chain(language, ctx.settings.form_of_address, ctx.settings.letters_folder)


def known_language(ctx: Context, wanted: object) -> str | None:
    """Return the language there are texts in that somebody means, or None."""
    return match(wanted, languages_of(ctx))


def packaged(ctx: Context, name: str, *, language: str) -> Edition:
    """Return the text beneath all edits, version 0: the host's file, else the packaged one.

    Raises:
        UnknownText: There is none.
        TextProblem: The host's file cannot be read.
    """
    for folder in folders_of(ctx, language) if name in NAMES else ():
        if (edition := read(name, folder, ctx.settings.letters_folder)) is not None:
            return edition
    raise UnknownText(name, language)


def history(ctx: Context, name: str, *, language: str, scope: str = "") -> Sequence[TextEditionMixin]:
    """Return the versions somebody saved of a text, the latest first; their ``source`` may be empty."""
    model = ctx.models.text_edition
    statement = sa.select(model).where(_of_text(ctx, name, language, scope)).order_by(model.version.desc())
    return ctx.session.scalars(statement).all()


def newest(ctx: Context, name: str, *, language: str, scope: str = "") -> int:
    """Return the number of the latest version; 0 when nobody has edited the text."""
    statement = sa.select(sa.func.max(ctx.models.text_edition.version))
    return ctx.session.scalar(statement.where(_of_text(ctx, name, language, scope))) or 0


def words_of(ctx: Context, name: str, version: int, *, language: str, scope: str = "") -> str:
    """Return the words of one version; those beneath all edits for 0, and where it went back to them.

    Raises:
        NotFound: There is no such version.
        UnknownText: There is no such text.
    """
    if version:
        model = ctx.models.text_edition
        statement = sa.select(model.source).where(
            _of_text(ctx, name, language, scope), model.version == version
        )
        source = ctx.session.scalars(statement).one_or_none()
        if source is None:
            raise NotFound
        if source:
            return source
    return packaged(ctx, name, language=language).source


def save(
    ctx: Context,
    name: str,
    source: str,
    *,
    language: str,
    seen: int,
    by: Actor,
    scope: str = "",
    note: str = "",
) -> TextEditionMixin:
    """Store a new version of a text; letters composed from now on are written from it.

    Args:
        ctx: The unit of work.
        name: Which text.
        source: Its new words.
        language: In which language.
        seen: The number of the latest version when the person began to edit.
        by: Who saves.
        scope: Whose letters it is for.
        note: What was changed, for colleagues.

    Raises:
        TextProblem: The text cannot be used.
        UnknownText: There is no such text to edit.
        Refused: Somebody else saved meanwhile, or nothing was changed.
    """
    packaged(ctx, name, language=language)
    parse(source, name)
    source = normalised(source)
    latest = newest(ctx, name, language=language, scope=scope)
    if normalised(words_of(ctx, name, latest, language=language, scope=scope)) == source:
        raise Refused("Nothing was changed, so nothing was saved.", code="text_unchanged")
    return _store(ctx, name, source, language=language, seen=seen, by=by, scope=scope, note=note)


def restore(
    ctx: Context,
    name: str,
    version: int,
    *,
    language: str,
    seen: int,
    by: Actor,
    scope: str = "",
) -> TextEditionMixin:
    """Go back to an earlier version, stored as a new one; to version 0: to the text beneath all edits.

    Raises:
        NotFound: There is no such version.
        TextProblem: It cannot be used any more; correct it and save it as a new version.
        Refused: Somebody else saved meanwhile, or nothing would change.
    """
    source = ""
    if version:
        source = words_of(ctx, name, version, language=language, scope=scope)
        parse(source, name)
    elif newest(ctx, name, language=language, scope=scope) == 0:
        raise Refused(
            "Nobody has edited this text, so there is nothing to go back from.", code="text_unchanged"
        )
    note = f"Back to version {version}." if version else "Back to the text as it came."
    return _store(ctx, name, source, language=language, seen=seen, by=by, scope=scope, note=note)


def _store(
    ctx: Context, name: str, source: str, *, language: str, seen: int, by: Actor, scope: str, note: str
) -> TextEditionMixin:
    if newest(ctx, name, language=language, scope=scope) != seen:
        raise Refused(_SOMEBODY_SAVED, code="text_changed")
    row = ctx.models.text_edition(
        scope=scope,
        language=folders_of(ctx, language)[0],
        name=name,
        version=seen + 1,
        source=source,
        note=" ".join(note.split())[:300],
        created_at=ctx.now(),
        by=by.id[:160],
        by_name=(by.name or "")[:160],
    )
    try:
        with ctx.savepoint():
            ctx.session.add(row)
    except IntegrityError:
        raise Refused(_SOMEBODY_SAVED, code="text_changed") from None
    ctx.session.info.pop(_CACHE, None)
    ctx.record(
        by, "save_text", "text", row.id, scope=scope, detail=f"{row.language}/{name} {row.version}"[:200]
    )
    return row


def _of_text(ctx: Context, name: str, language: str, scope: str) -> sa.ColumnElement[bool]:
    model = ctx.models.text_edition
    return sa.and_(model.scope == scope, model.language == folders_of(ctx, language)[0], model.name == name)


def _edited(ctx: Context, scope: str) -> dict[tuple[str, str], Edition]:
    """Return the edited texts of a scope by folder and name, read once in a transaction."""
    transaction, by_scope = ctx.session.info.get(_CACHE, (None, {}))
    if transaction is None or transaction is not ctx.session.get_transaction():
        by_scope = {}
    if scope not in by_scope:
        # A preview is written on the host's own pages, whose unfinished rows are not ours to flush.
        with ctx.session.no_autoflush:
            by_scope[scope] = _newest_of_each(ctx, scope)
        ctx.session.info[_CACHE] = (ctx.session.get_transaction(), by_scope)
    found: dict[tuple[str, str], Edition] = by_scope[scope]
    return found


def _newest_of_each(ctx: Context, scope: str) -> dict[tuple[str, str], Edition]:
    model = ctx.models.text_edition
    latest = (
        sa.select(model.language, model.name, sa.func.max(model.version).label("version"))
        .where(model.scope == scope)
        .group_by(model.language, model.name)
        .subquery()
    )
    statement = sa.select(model.language, model.name, model.version, model.source).where(
        model.scope == scope,
        model.language == latest.c.language,
        model.name == latest.c.name,
        model.version == latest.c.version,
        model.source != "",
    )
    return {
        (row.language, row.name): Edition(
            name=row.name,
            folder=row.language,
            source=row.source,
            origin=Origin.DATABASE,
            version=str(row.version),
        )
        for row in ctx.session.execute(statement)
    }
