"""What a person's page shows, read by a constant number of statements."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.enums import (
    DecisionState,
    LetterKind,
    LetterState,
    MemberState,
    RecallState,
    sentence_of,
)
from flask_talentpool.host.mapping import key_of, key_text
from flask_talentpool.people.model import PersonMixin

Visible = Callable[[Any], sa.Select[Any]]
"""Narrows a SELECT to the rows the acting person may see."""

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
_ENDINGS = {
    "left": "The person left",
    "lapsed": "Its time was over",
    "undone": "Undone",
    "withdrawn": "The letter that would have offered it did not go",
    "taken_back": "The decision was taken back",
    "told_elsewhere": "The person was told another way",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A label on the person."""

    id: int
    key: str
    name: str


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
class HostRow:
    """A candidate row of the host that is this person."""

    candidate_key: str
    name: str
    email: str
    url: str
    is_in_doubt: bool
    link_id: int


@dataclass(frozen=True, slots=True)
class Application:
    """A decision that stands, with the bench it is on."""

    decision_id: int
    outcome: str
    job: str
    bench: str
    reached: str
    finish: int | None
    door: str
    decided_at: datetime
    told_at: datetime | None
    told_by: str


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


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything about one person that the acting person may see."""

    id: int
    scope: str
    name: str
    email: str
    objected_at: datetime | None
    known_since: datetime
    rows: tuple[HostRow, ...]
    places: tuple[PersonPlace, ...]
    tags: tuple[Tag, ...]
    known_tags: tuple[str, ...]
    applications: tuple[Application, ...]
    timeline: tuple[Event, ...]


def person_page(ctx: Context, visible: Visible, person: PersonMixin) -> PersonPage:
    """Read a person's page; ``person`` is a row the acting person may see."""
    decisions = _rows(ctx, visible, ctx.models.decision, person, by="decided_at")
    letters = _rows(ctx, visible, ctx.models.letter, person, by="composed_at")
    recalls = _rows(ctx, visible, ctx.models.recall, person, by="invited_at")
    touches = _rows(ctx, visible, ctx.models.touch, person, by="at")
    incoming = _rows(ctx, visible, ctx.models.incoming, person, by="received_at")
    places = tuple(_places(ctx, person))
    consents = _consents(ctx, person)
    events = [
        *_of_decisions(decisions),
        *_of_letters(row for row in letters if row.kind != LetterKind.COLLEAGUE),
        *_of_recalls(recalls),
        *_of_touches(touches),
        *_of_incoming(incoming),
        *_of_places(places),
        *_of_consents(consents, places),
    ]
    return PersonPage(
        id=person.id,
        scope=person.scope,
        name=person.name,
        email=person.email,
        objected_at=person.objected_at,
        known_since=person.created_at,
        rows=tuple(_host_rows(ctx, person)),
        places=places,
        tags=tuple(_tags(ctx, person)),
        known_tags=_known_tags(ctx, visible, person.scope),
        applications=tuple(_applications(ctx, decisions)),
        timeline=tuple(sorted(events, key=lambda event: event.at, reverse=True)),
    )


def _rows(ctx: Context, visible: Visible, model: type[Any], person: PersonMixin, *, by: str) -> list[Any]:
    newest = getattr(model, by).desc()
    statement = visible(sa.select(model).where(model.person_id == person.id)).order_by(
        newest, model.id.desc()
    )
    return list(ctx.session.scalars(statement.limit(LONGEST)))


def _host_rows(ctx: Context, person: PersonMixin) -> Iterator[HostRow]:
    link, host = ctx.models.candidate_link, ctx.host
    links = list(ctx.session.scalars(sa.select(link).where(link.person_id == person.id).order_by(link.id)))
    attribute = getattr(host.map.candidate, host.key_attribute(host.map.candidate))
    keys = [row.candidate_id for row in links if row.candidate_id is not None]
    found = ctx.session.scalars(sa.select(host.map.candidate).where(attribute.in_(keys))) if keys else ()
    candidates = {key_text(key_of(candidate)): candidate for candidate in found}
    for row in links:
        candidate = candidates.get(row.candidate_key)
        url = host.map.candidate_url
        yield HostRow(
            candidate_key=row.candidate_key,
            name=host.name_of(candidate) if candidate is not None else "",
            email=host.email_of(candidate) if candidate is not None else "",
            url=url(candidate) if url is not None and candidate is not None else "",
            is_in_doubt=row.suspended_at is not None,
            link_id=row.id,
        )


def _places(ctx: Context, person: PersonMixin) -> Iterator[PersonPlace]:
    member, pool = ctx.models.member, ctx.models.pool
    statement = (
        sa.select(member, pool).join(pool, pool.id == member.pool_id).where(member.person_id == person.id)
    )
    ended_last = sa.case((member.state == MemberState.ENDED, 1), else_=0)
    for place, within in ctx.session.execute(statement.order_by(ended_last, member.added_at.desc())):
        yield PersonPlace(
            member_id=place.id,
            pool_key=within.key,
            pool_scope=within.scope,
            pool_name=within.name,
            state=place.state,
            source=place.source,
            reason=place.reason,
            by=place.added_by_name,
            since=place.added_at,
            until=place.until,
            ended_at=place.ended_at,
            ending=_ENDINGS.get(place.ended_because, place.ended_because),
        )


def _consents(ctx: Context, person: PersonMixin) -> list[Any]:
    consent = ctx.models.consent
    statement = sa.select(consent).where(consent.person_id == person.id)
    return list(ctx.session.scalars(statement.order_by(consent.id.desc()).limit(LONGEST)))


def _tags(ctx: Context, person: PersonMixin) -> Iterator[Tag]:
    tag, on = ctx.models.tag, ctx.models.person_tag
    statement = sa.select(tag).join(on, on.tag_id == tag.id).where(on.person_id == person.id)
    for row in ctx.session.scalars(statement.order_by(tag.name)):
        yield Tag(row.id, row.key, row.name)


def _known_tags(ctx: Context, visible: Visible, scope: str) -> tuple[str, ...]:
    tag = ctx.models.tag
    return tuple(
        row.name
        for row in ctx.session.scalars(
            visible(sa.select(tag).where(tag.scope == scope)).order_by(tag.name).limit(LONGEST)
        )
    )


def _applications(ctx: Context, decisions: Iterable[Any]) -> Iterator[Application]:
    for row in decisions:
        if row.state not in (DecisionState.LIVE, DecisionState.BASELINE):
            continue
        yield Application(
            decision_id=row.id,
            outcome=row.outcome,
            job=row.job_label,
            bench=row.job_key if ctx.host.map.job is not None else row.job_label,
            reached=row.stage_reached,
            finish=row.finish,
            door=row.door,
            decided_at=row.decided_at,
            told_at=row.told_at,
            told_by=row.told_by,
        )


# The timeline


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
            title=_LETTERS.get(row.kind, row.kind),
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
