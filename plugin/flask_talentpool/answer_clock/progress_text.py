"""The words of letters that there is no answer yet: it is still open, or decided and we owe the answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.enums import HoldReason
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.letters.checks import masked
from flask_talentpool.letters.checks.checker import check
from flask_talentpool.letters.checks.rules import Level
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for
from flask_talentpool.letters.texts.render import columns_of, write
from flask_talentpool.letters.texts.syntax import EmptyField

TEXT = "progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What such a letter says that the host's row does not."""

    scope: str
    interviewed_at: datetime | None
    """None where nobody knows the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressWords:
    """The columns that the words fill, or why they cannot go out."""

    columns: dict[str, str] = field(default_factory=dict)
    because: HoldReason | None = None
    detail: str = ""


def progress_words(
    ctx: Context, whose: About, application: Any, *, by: datetime, is_first: bool, text: str = TEXT
) -> ProgressWords:
    """Write and check the letter; stores nothing.

    Args:
        ctx: The unit of work.
        whose: What is said of the person whose answer is open.
        application: The host's row, as it is now.
        by: The date by which we write again.
        is_first: Whether no such letter went before.
        text: The name of the text.
    """
    values = _values(ctx, whose, application, by=by, is_first=is_first)
    language = language_for(ctx, application)
    try:
        written = write(ctx, text, values, language=language, scope=whose.scope)
    except TalentPoolError as error:  # a field is empty, or the text itself is not there or not right
        is_nameless = isinstance(error, EmptyField) and error.field == "name"
        return ProgressWords(
            because=HoldReason.NO_NAME if is_nameless else HoldReason.TEXT, detail=str(error)
        )
    reason = " ".join(str(ctx.host.read("reason", application) or "").split())
    about = masked.About(language=language, internal=(reason,) if reason else ())
    errors = [finding for finding in check(written, values, about=about) if finding.level is Level.ERROR]
    return ProgressWords(
        columns=columns_of(written),
        because=HoldReason.CHECK if errors else None,
        detail=errors[0].message if errors else "",
    )


def _values(ctx: Context, whose: About, application: Any, *, by: datetime, is_first: bool) -> dict[str, str]:
    candidate = ctx.host.candidate_of(application, ctx.session)
    language, zone = language_for(ctx, application), ctx.settings.timezone
    applied_at = ctx.host.moment("applied_at", application, assume=zone)
    return {
        **signer_of(ctx, application, language=language).values,
        "name": ctx.host.name_of(candidate) if candidate is not None else "",
        "job": ctx.host.label_of(application, ctx.session),
        "interviewed_on": day(whose.interviewed_at, zone, language),
        "applied_on": day(applied_at, zone, language),
        "next_by": day(by, zone, language),
        "again": "" if is_first else "yes",
    }
