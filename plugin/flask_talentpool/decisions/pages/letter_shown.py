"""One letter, and a telling, as the pages of decisions show them."""

from dataclasses import dataclass
from datetime import datetime

from flask_talentpool.enums import LetterState, sentence_of
from flask_talentpool.letters.holds import APPROVABLE
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.reading import Paragraphs, paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShown:
    """The letter as it stands, or as it would be written now."""

    id: int | None
    state: str
    """A state of letters, or ``unwritten``."""
    because: str
    held: str
    """Why it waits, in sentences."""
    due_at: datetime | None
    sent_at: datetime | None
    subject: str
    body: Paragraphs
    is_approvable: bool
    is_approved: bool
    to_address: str = ""
    is_barred: bool = False
    """Whether mail to the address came back for good: sent again, it would be held."""
    with_letter_id: int | None = None
    """The letter that tells this one's outcome together with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When the person learnt the outcome, and how."""

    at: datetime
    channel: str


def letter_shown(
    letter: LetterMixin, *, lead: LetterMixin | None = None, is_barred: bool = False
) -> LetterShown:
    """Return a stored letter as pages show it; what it says and when it goes, ``lead`` says where another tells it."""
    said = lead if lead is not None else letter
    return LetterShown(
        id=letter.id,
        state=letter.state,
        because=letter.because,
        held=sentences(letter.because, letter.detail),
        due_at=said.due_at,
        sent_at=said.sent_at,
        subject=said.subject,
        body=paragraphs(said.text),
        is_approvable=letter.state == LetterState.HELD and letter.because in APPROVABLE,
        is_approved=letter.approved_at is not None,
        to_address=letter.to_address,
        is_barred=is_barred,
        with_letter_id=lead.id if lead is not None else None,
    )


def sentences(because: str, detail: str) -> str:
    """Return why a letter waits or does not go, for a person to read."""
    return " ".join(part for part in (sentence_of(because), detail) if part)
