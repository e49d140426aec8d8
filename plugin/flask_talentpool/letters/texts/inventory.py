"""What texts there are in each language: which are missing against English, and which cannot be used."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.texts.files import (
    INFORMAL,
    Edition,
    Origin,
    chain,
    folders,
    read,
    unknown_files,
)
from flask_talentpool.letters.texts.syntax import TextProblem, mistakes
from flask_talentpool.letters.texts.versions import known_language
from flask_talentpool.letters.texts.vocabulary import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One text that cannot be used, and why."""

    text: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The texts of one language and one form of address.

    Attributes:
        folder: Its folder, such as ``de-informal``.
        own: How many of them are the host's own files.
        edited: How many somebody edited on the pages.
        missing: The names of those there are in English and not here.
        wrong: Those that cannot be used; their letters are held.
    """

    folder: str
    own: int
    edited: int
    missing: tuple[str, ...]
    wrong: tuple[Wrong, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every letter can be written from it."""
        return not self.missing and not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All texts of an installation.

    Attributes:
        stocks: By language and form of address.
        unused: Files of the host's folder that no letter is written from.
        locale: ``TALENTPOOL_LOCALE`` where there are no texts in it, else empty.
    """

    stocks: tuple[Stock, ...]
    unused: tuple[str, ...]
    locale: str

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing or wrong."""
        return not self.locale and not self.unused and all(stock.is_complete for stock in self.stocks)


def take(ctx: Context) -> Inventory:
    """Look at every text: packaged, in the host's folder, and the newest edited version of each."""
    own = ctx.settings.letters_folder
    edited = _edited(ctx)
    return Inventory(
        stocks=tuple(_stock(folder, own, edited) for folder in folders(own)),
        unused=unknown_files(own) if own else (),
        locale="" if known_language(ctx, ctx.settings.locale) else ctx.settings.locale,
    )


def _stock(folder: str, own: str | None, edited: list[tuple[str, Edition]]) -> Stock:
    mine, missing, wrong = 0, [], []
    for name in NAMES:
        try:
            edition = next(_on_file(name, folder, own), None)
        except TextProblem as problem:
            wrong.append(Wrong(text=f"{folder}/{name}", because=_said(problem)))
            mine += 1
            continue
        if edition is None:
            missing.append(name)
            continue
        mine += edition.origin is Origin.FOLDER and edition.folder == folder
        wrong += _wrong(f"{folder}/{name}", edition)
    here = [(scope, edition) for scope, edition in edited if edition.folder == folder]
    for scope, edition in here:
        of_scope = f" of “{scope}”" if scope else ""
        wrong += _wrong(f"{folder}/{edition.name}, version {edition.version}{of_scope}", edition)
    return Stock(folder=folder, own=mine, edited=len(here), missing=tuple(missing), wrong=tuple(wrong))


def _on_file(name: str, folder: str, own: str | None) -> Iterator[Edition]:
    """Yield what the files say for one folder; a variety such as ``de-AT`` falls back on its language."""
    is_informal = folder.endswith(INFORMAL)
    form = FormOfAddress.INFORMAL if is_informal else FormOfAddress.FORMAL
    for one in chain(folder.removesuffix(INFORMAL), form, own):
        if (edition := read(name, one, own)) is not None:
            yield edition


def _wrong(text: str, edition: Edition) -> Iterator[Wrong]:
    for mistake in mistakes(edition.source, edition.name):
        yield Wrong(text=text, because=str(mistake))


def _said(problem: TextProblem) -> str:
    return " ".join(str(mistake) for mistake in problem.mistakes)


def _edited(ctx: Context) -> list[tuple[str, Edition]]:
    """Return the newest edited version of each text with its scope; not those back at the packaged text."""
    model = ctx.models.text_edition
    latest = (
        sa.select(sa.func.max(model.id).label("id"))
        .group_by(model.scope, model.language, model.name)
        .subquery()
    )
    statement = (
        sa.select(model)
        .join(latest, latest.c.id == model.id)
        .where(model.source != "")
        .order_by(model.scope, model.language, model.name)
    )
    return [
        (
            row.scope,
            Edition(
                name=row.name,
                folder=row.language,
                source=row.source,
                origin=Origin.DATABASE,
                version=str(row.version),
            ),
        )
        for row in ctx.session.scalars(statement)
    ]
