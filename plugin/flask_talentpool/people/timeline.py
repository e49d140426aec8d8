"""What happened with a person, in order of time: each event as a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_talentpool.enums import (
    DecisionState,
    LetterKind,
    LetterState,
    MemberState,
    RecallState,
    sentence_of,
)

KEPT = "said “keep me in mind”"


NOT_KEPT = "said not to be kept in mind"
"""How a person's word by link stands among the contacts."""


LONGEST = 200
"""The most rows of one kind that a timeline shows."""


_OUTCOMES = {
    "rejected": "Turned down for {job}",
    "hired": "Hired for {job}",
    "withdrawn": "Withdrew from {job}",
    "offer_declined": "Declined the offer for {job}",
}


_LETTERS = {
    "outcome": "Outcome letter",
    "recall": "Invitation back",
    "progress": "Letter that it is still open",
    "confirmation": "Short letter after telling",
    "correction": "Correction",
}


_BY_TEXT = {"progress_decided": "Letter that we owe an answer"}
"""What letters are called that say something else than others of their kind."""


_CHANNELS = {
    "phone": "by phone",
    "in_person": "in person",
    "post": "by post",
    "portal": "in the portal",
    "host": "by your ATS",
    "letter": "by letter",
    "link": "by link",
    "mail": "by mail",
}


_INCOMING = {
    "reply": ("Wrote to us", "good"),
    "thank_you": ("Sent a thank-you note", "good"),
    "unknown": ("Wrote to us", "good"),
    "returned": ("A letter came back", "bad"),
}
"""What the timeline calls incoming mail; automatic replies and delays are left out."""


ENDINGS = {
    "left": "The person left",
    "lapsed": "Its time was over",
    "undone": "Undone",
    "withdrawn": "The letter that would have offered it did not go",
    "taken_back": "The decision was taken back",
    "told_elsewhere": "The person was told another way",
}


@dataclass(frozen=True, slots=True)
class PersonPlace:
    """A place in a pool, ended or not."""

    member_id: int
    pool_key: str
    pool_scope: str
    pool_name: str
    state: str
    source: str
    reason: str
    by: str
    since: datetime
    until: datetime | None
    ended_at: datetime | None
    ending: str

    @property
    def is_ended(self) -> bool:
        """Whether the place is over."""
        return self.state == MemberState.ENDED


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for the timeline."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    tone: str = ""
    state: str = ""
    row_id: int = 0


def timeline(
    *,
    decisions: Iterable[Any],
    letters: Iterable[Any],
    recalls: Iterable[Any],
    touches: Iterable[Any],
    incoming: Iterable[Any],
    places: Sequence[PersonPlace],
    consents: Iterable[Any],
) -> tuple[Event, ...]:
    """Return what happened with a person, the last first.

    Args:
        decisions: Rows of each table that the reader may see.
        letters: Those to colleagues are left out.
        recalls: The same of invitations.
        touches: The same of contacts.
        incoming: The same of mail that came back.
        places: In pools, ended ones among them.
        consents: What the person agreed to.
    """
    events = [
        *_of_decisions(decisions),
        *_of_letters(row for row in letters if row.kind != LetterKind.COLLEAGUE),
        *_of_recalls(recalls),
        *_of_touches(touches),
        *_of_incoming(incoming),
        *_of_places(places),
        *_of_consents(consents, places),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _of_decisions(decisions: Iterable[Any]) -> Iterator[Event]:
    for row in decisions:
        job = row.job_label or "a job"
        yield Event(
            at=row.decided_at,
            kind="decision",
            title=_OUTCOMES.get(row.outcome, "{job}").format(job=job),
            detail=row.reason,
            tone="good" if row.outcome == "hired" else "",
            state=row.stage_reached,
            row_id=row.id,
        )
        # A letter tells for itself, and before we came nobody knows how it was told.
        if (
            row.told_at is not None
            and row.outcome == "rejected"
            and row.told_by not in ("letter", "before", "")
        ):
            yield Event(
                row.told_at,
                "told",
                f"Told about {job} {_CHANNELS.get(row.told_by, row.told_by)}",
                tone="good",
            )
        if row.state == DecisionState.TAKEN_BACK and row.ended_at is not None:
            yield Event(row.ended_at, "taken_back", f"Decision about {job} taken back")


def _of_letters(letters: Iterable[Any]) -> Iterator[Event]:
    tones = {
        LetterState.SENT: "good",
        LetterState.HELD: "warn",
        LetterState.FAILED: "bad",
        LetterState.UNKNOWN: "bad",
    }
    for row in letters:
        state = row.state
        because = sentence_of(row.because)
        yield Event(
            at=row.sent_at or row.composed_at,
            kind="letter",
            title=_BY_TEXT.get(row.text_name) or _LETTERS.get(row.kind, row.kind),
            detail=row.subject
            if state in (LetterState.SENT, LetterState.DUE, LetterState.SENDING)
            else because,
            tone=tones.get(state, ""),
            state=row.state,
            row_id=row.id,
        )


def _of_recalls(recalls: Iterable[Any]) -> Iterator[Event]:
    for row in recalls:
        yield Event(
            at=row.invited_at,
            kind="recall",
            title=f"Invited back to {row.job_label or 'the job'} by {row.invited_by_name or 'a colleague'}",
            detail=row.attention,
            tone="warn" if row.attention or row.state == RecallState.INVITED else "good",
            state=row.state,
            row_id=row.id,
        )


def _of_touches(touches: Iterable[Any]) -> Iterator[Event]:
    for row in touches:
        if row.letter_id is not None and row.direction == "out":
            continue  # the letter stands in the timeline itself
        if row.direction == "in" and row.channel == "mail":
            continue  # so does the mail
        if (row.direction, row.what) in {("out", "told the outcome"), ("in", KEPT)}:
            continue  # so do being told, and the place that was taken
        channel = _CHANNELS.get(row.channel, row.channel)
        what = row.what[:1].upper() + row.what[1:]
        yield Event(
            row.at,
            "touch",
            what,
            detail=channel[:1].upper() + channel[1:],
            tone="good" if row.direction == "in" else "",
        )


def _of_incoming(incoming: Iterable[Any]) -> Iterator[Event]:
    for row in incoming:
        if row.kind not in _INCOMING:
            continue
        title, tone = _INCOMING[row.kind]
        if row.is_urgent and row.read_at is None:
            tone = "bad"
        unread = (
            "Read today"
            if row.is_urgent
            else "Not read yet"
            if row.kind != "returned"
            else "Tell them another way"
        )
        yield Event(
            row.received_at,
            "incoming",
            title,
            detail="" if row.read_at is not None else unread,
            tone=tone,
            state=row.kind,
            row_id=row.id,
        )


def _of_places(places: Iterable[PersonPlace]) -> Iterator[Event]:
    for place in places:
        by = f" by {place.by}" if place.by and place.source in ("recall_button", "added") else ""
        title = {
            "recall_button": f"Noted for {place.pool_name}{by}",
            "letter": f"Offered a place in {place.pool_name}",
            "asked": f"Asked for a place in {place.pool_name}",
            "adopted": f"Adopted into {place.pool_name}",
        }.get(place.source, f"Added to {place.pool_name}{by}")
        yield Event(place.since, "place", title, detail=place.reason)
        if place.is_ended and place.ended_at is not None:
            yield Event(
                place.ended_at, "place_ended", f"Place in {place.pool_name} ended", detail=place.ending
            )


def _of_consents(consents: Iterable[Any], places: Iterable[PersonPlace]) -> Iterator[Event]:
    names = {place.member_id: place.pool_name for place in places}
    for row in consents:
        pool = names.get(row.member_id, "a pool")
        yield Event(
            row.given_at, "consent", f"Took the place in {pool}", detail="Said “keep me in mind”", tone="good"
        )
