"""The columns of a letter: where they are filled, and where they are written anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_talentpool.context import Answer, Go, Hold
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import is_signed_anew
from flask_talentpool.letters.texts.render import TEXT_COLUMNS

_TO = ("to_name", "to_address")
_WRITTEN = (
    "person_id",
    *_TO,
    "from_name",
    "from_address",
    "reply_to",
    "signed_by",
    "gives_reason",
    *TEXT_COLUMNS,
)
"""What follows from the facts as they are; occasion, Message-ID and the moments are a letter's own."""


def columns(
    *,
    scope: str,
    person_id: int | None,
    due_at: datetime,
    sender: Mapping[str, str],
    addressed: Mapping[str, str],
    words: Mapping[str, str],
    because: HoldReason | None = None,
    detail: str = "",
) -> dict[str, Any]:
    """Return the columns that every letter has.

    Args:
        scope: In whose care it is.
        person_id: Whom it is to, or about; None while nobody knows.
        due_at: When it goes.
        sender: The columns that say whom it comes from, and who reads the answer.
        addressed: Those that say whom it goes to; empty where the host's row is gone.
        words: Those that its words fill; empty where they cannot be written.
        because: Why it waits; None when nothing holds it.
        detail: What to add to that.
    """
    return {
        "scope": scope,
        "person_id": person_id,
        "due_at": due_at,
        **sender,
        **addressed,
        **words,
        "state": LetterState.DUE if because is None else LetterState.HELD,
        "because": because or "",
        "detail": detail[:400],
    }


def rewrite(letter: LetterMixin, values: Mapping[str, Any]) -> None:
    """Write a letter anew from columns as they are now; what they leave out stays."""
    for name in _WRITTEN:
        if name in values:
            setattr(letter, name, values[name])


def renew(letter: LetterMixin, values: Mapping[str, Any]) -> Answer:
    """Say by its columns as they are now whether a letter may go, and write it anew where it has to be.

    Its words are frozen. They are written anew for another name or address, where somebody else signs now, and when
    the letter was held: what held it, such as a missing setting, may have left it unfinished.
    """
    if values["because"]:
        return Hold(values["because"], values["detail"])
    is_whole = letter.state != LetterState.HELD and letter.text and letter.from_address
    is_moved = any(getattr(letter, name) != values[name] for name in _TO)
    if not is_whole or is_moved or is_signed_anew(letter, values):
        rewrite(letter, values)
    # Written while nobody knew whose it was, it is somebody's now; whoever forgets the person must find it.
    letter.person_id = values["person_id"]
    return Go()
