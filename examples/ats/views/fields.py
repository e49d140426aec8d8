"""The text fields of Harbour's forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import StringField
from wtforms.validators import DataRequired, Length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms.validators import Validator


def line(
    label: str,
    *,
    longest: int,
    missing: str = "",
    hint: str = "",
    checks: Sequence[Validator] = (),
    kind: type[StringField] = StringField,
) -> StringField:
    """Return a field for one line of text, kept without stray spaces.

    Args:
        label: What stands above the field.
        longest: How many characters it takes.
        missing: What is said when it is left empty; empty where it may be.
        hint: What stands below the label.
        checks: What is checked beside that.
        kind: The WTForms field.
    """
    needed = [DataRequired(missing)] if missing else []
    return kind(label, filters=[_tidy], description=hint, validators=[*needed, *checks, Length(max=longest)])


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())
