"""What the pages of incoming mail show, read by a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.enums import IncomingKind, LetterKind
from flask_talentpool.letters import queries
from flask_talentpool.letters.history import Act, history
from flask_talentpool.letters.incoming import lifting
from flask_talentpool.letters.incoming import service as incoming
from flask_talentpool.letters.incoming.marking import ANSWERABLE, ERASED
from flask_talentpool.letters.incoming.service import FROM_FORGOTTEN
from flask_talentpool.letters.incoming.urgency import Urgency
from flask_talentpool.letters.model import IncomingMixin
from flask_talentpool.letters.queries import Tab

PAGE_SIZE = 50
SHOWN = 5
"""How many of a kind the first page names; the rest is counted."""
MOST_BARRED = 200
"""How many barred addresses a page names; the rest is counted."""
FOUND = 10
"""How many people a search shows."""

TITLES = {"to-read": "To read", "came-back": "Came back", "whose": "Nobody knows whose", "all": "All"}
_TO_READ = [IncomingKind.REPLY, IncomingKind.THANK_YOU, IncomingKind.UNKNOWN]
_PREVIEW = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLine:
    """One mail in a list."""

    id: int
    kind: str
    received_at: datetime
    name: str
    """Whose it is, else what it says of itself."""
    from_address: str
    subject: str
    preview: str
    person_id: int | None
    letter_id: int | None
    decision_id: int | None
    is_urgent: bool
    urgent_because: str
    is_read: bool
    is_from_forgotten: bool
    is_to_colleague: bool
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingList:
    """One tab of incoming mail."""

    tab: str
    tabs: tuple[Tab, ...]
    rows: tuple[IncomingLine, ...]
    number: int
    pages: int
    receives: bool
    """Whether a setting says where mail comes in, or something came in already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarredLine:
    """One address that today's classifier would not bar."""

    name: str
    address: str
    since: datetime
    because: str
    said: str
    letter_id: int | None
    incoming_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarredPage:
    """Addresses that are barred for what is no fault of theirs."""

    rows: tuple[BarredLine, ...]
    """The first of them."""
    count: int
    right: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person whose mail it could be."""

    id: int
    name: str
    email: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPage:
    """One mail that came in."""

    row: IncomingLine
    from_line: str
    text: str
    letter_subject: str
    letter_name: str
    is_from_elsewhere: bool
    """It was not sent from the address that the letter went to."""
    read_at: datetime | None
    answered_at: datetime | None
    answer_url: str
    """A ``mailto:`` address that answers it in its thread; empty where nobody can be answered."""
    held_address: str
    """The address to which nothing is sent because of this report."""
    search: str
    found: tuple[Found, ...]
    history: tuple[Act, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """What came in and waits for somebody."""

    urgent: tuple[IncomingLine, ...] = ()
    returned: tuple[IncomingLine, ...] = ()
    replies: tuple[IncomingLine, ...] = ()
    urgent_count: int = 0
    returned_count: int = 0
    replies_count: int = 0
    whose_count: int = 0

    @property
    def count(self) -> int:
        """How many mails need a person."""
        return self.urgent_count + self.returned_count + self.replies_count + self.whose_count


def incoming_list(ctx: Context, visible: Visible, tab: str, *, number: int = 1) -> IncomingList:
    """Read one tab: what is urgent first, then the latest."""
    model = ctx.models.incoming
    counts = _counts(ctx, visible)
    pages = max(1, -(-counts[tab] // PAGE_SIZE))
    number = min(max(1, number), pages)
    urgent_first = sa.case((sa.and_(model.is_urgent, model.read_at.is_(None)), 0), else_=1)
    unread_first = sa.case((model.read_at.is_(None), 0), else_=1)
    order = {
        "to-read": (urgent_first, model.received_at, model.id),
        "came-back": (unread_first, model.received_at.desc(), model.id.desc()),
    }.get(tab, (model.received_at.desc(), model.id.desc()))
    statement = _lines(ctx, visible(sa.select(model).where(*_within(ctx, tab))))
    rows = ctx.session.execute(statement.order_by(*order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    settings = ctx.settings
    return IncomingList(
        tab=tab,
        tabs=tuple(
            Tab(key=key, title=title, count=counts[key], is_chosen=key == tab)
            for key, title in TITLES.items()
        ),
        rows=tuple(_line(*row) for row in rows),
        number=number,
        pages=pages,
        receives=bool(counts["all"] or settings.reply_mailbox or settings.bounce_mailbox),
    )


def _within(ctx: Context, tab: str) -> tuple[sa.ColumnElement[bool], ...]:
    model = ctx.models.incoming
    conditions: dict[str, tuple[sa.ColumnElement[bool], ...]] = {
        "to-read": (model.read_at.is_(None), model.kind.in_(_TO_READ)),
        "came-back": (model.kind == IncomingKind.RETURNED,),
        "whose": (model.read_at.is_(None), model.person_id.is_(None), model.letter_id.is_(None)),
        "all": (),
    }
    return (*conditions[tab], model.status != ERASED)


def _counts(ctx: Context, visible: Visible) -> dict[str, int]:
    model = ctx.models.incoming
    flags = [
        sa.case((sa.and_(*_within(ctx, tab)), 1), else_=0).label(tab.replace("-", "_")) for tab in TITLES
    ]
    seen = visible(sa.select(model.id, *flags)).subquery()
    sums = [sa.func.coalesce(sa.func.sum(seen.c[flag.name]), 0) for flag in flags]
    numbers = ctx.session.execute(sa.select(*sums)).one()
    return dict(zip(TITLES, (int(number) for number in numbers), strict=True))


def _lines(ctx: Context, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Add to a SELECT of incoming mails whose they are and what they answer."""
    model, person, letter = ctx.models.incoming, ctx.models.person, ctx.models.letter
    return (
        statement.outerjoin(person, person.id == model.person_id)
        .outerjoin(letter, letter.id == model.letter_id)
        .add_columns(person.name, letter.to_name, letter.kind, letter.decision_id)
    )


def _line(
    row: IncomingMixin, person: str | None, to_name: str | None, kind: str | None, decision_id: int | None
) -> IncomingLine:
    is_report = row.kind in (IncomingKind.RETURNED, IncomingKind.DELAYED)
    itself = (to_name or "") if is_report else row.from_name or row.from_address
    preview = " ".join(row.text[: 2 * _PREVIEW].split())
    return IncomingLine(
        id=row.id,
        kind=row.kind,
        received_at=row.received_at,
        name=person or itself or row.from_name or row.from_address or "Nobody named",
        from_address=row.from_address,
        subject=row.subject,
        preview=preview if len(preview) <= _PREVIEW else preview[:_PREVIEW].rsplit(" ", 1)[0] + " …",
        person_id=row.person_id,
        letter_id=row.letter_id,
        decision_id=decision_id,
        is_urgent=row.is_urgent,
        urgent_because=Urgency(row.urgent_because).phrase if row.urgent_because in set(Urgency) else "",
        is_read=row.read_at is not None,
        is_from_forgotten=row.status == FROM_FORGOTTEN,
        is_to_colleague=kind == LetterKind.COLLEAGUE,
        status="" if row.status == FROM_FORGOTTEN else row.status,
    )


def first_page(ctx: Context, visible: Visible) -> FirstPage:
    """Read what is new by one statement: ``SHOWN`` of each kind by name, and how many there are."""
    model = ctx.models.incoming
    bucket = sa.case(
        (model.is_urgent, "urgent"),
        (sa.and_(model.person_id.is_(None), model.letter_id.is_(None)), "whose"),
        (model.kind == IncomingKind.RETURNED, "returned"),
        else_="replies",
    )
    place = sa.func.row_number().over(
        partition_by=bucket, order_by=(model.received_at.desc(), model.id.desc())
    )
    waiting = model.kind.in_([*_TO_READ, IncomingKind.RETURNED])
    total = sa.func.count().over(partition_by=bucket)
    unread: sa.Select[Any] = sa.select(
        model.id, bucket.label("bucket"), place.label("place"), total.label("total")
    ).where(model.read_at.is_(None), waiting, model.status != ERASED)
    inner = visible(unread).subquery()
    statement = _lines(
        ctx, sa.select(model).join(inner, inner.c.id == model.id).where(inner.c.place <= SHOWN)
    )
    rows = ctx.session.execute(statement.add_columns(inner.c.bucket, inner.c.total).order_by(inner.c.place))
    lines: dict[str, list[IncomingLine]] = {}
    counts: dict[str, int] = {}
    for *facts, kind, number in rows:
        lines.setdefault(kind, []).append(_line(*facts))
        counts[kind] = number
    return FirstPage(
        urgent=tuple(lines.get("urgent", ())),
        returned=tuple(lines.get("returned", ())),
        replies=tuple(lines.get("replies", ())),
        urgent_count=counts.get("urgent", 0),
        returned_count=counts.get("returned", 0),
        replies_count=counts.get("replies", 0),
        whose_count=counts.get("whose", 0),
    )


def incoming_page(
    ctx: Context, visible: Visible, row: IncomingMixin, *, search: str, actor_id: str
) -> IncomingPage:
    """Read one mail, with the people found for whose it could be."""
    model = ctx.models.incoming
    facts = ctx.session.execute(_lines(ctx, sa.select(model).where(model.id == row.id))).one()
    letter = ctx.session.get(ctx.models.letter, row.letter_id) if row.letter_id is not None else None
    return IncomingPage(
        row=_line(*facts),
        from_line=queries.mailbox(row.from_name, row.from_address),
        text=row.text,
        letter_subject=letter.subject if letter is not None else "",
        letter_name=letter.to_name if letter is not None else "",
        is_from_elsewhere=letter is not None
        and row.kind in _TO_READ
        and row.from_address != letter.to_address.lower(),
        read_at=row.read_at,
        answered_at=row.answered_at,
        answer_url=_answer_url(row),
        held_address=incoming.returned_address(ctx, row),
        search=search,
        found=tuple(_people(ctx, visible, search)),
        history=history(ctx, [("incoming", row.id)], actor_id=actor_id),
    )


def _answer_url(row: IncomingMixin) -> str:
    """Return RFC 6068 with the header fields that mail programs take from it: subject and thread."""
    if row.kind not in ANSWERABLE or "@" not in row.from_address:
        return ""
    subject = row.subject if row.subject[:3].casefold() == "re:" else f"Re: {row.subject}"
    fields = {"subject": subject.strip()} | ({"In-Reply-To": row.message_id} if row.message_id else {})
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    return f"mailto:{quote(row.from_address, safe='@')}?{said}"


def _people(ctx: Context, visible: Visible, search: str) -> Sequence[Found]:
    wanted = " ".join(search.lower().split())
    if len(wanted) < 2:  # noqa: PLR2004 (one letter finds everybody)
        return ()
    person = ctx.models.person
    theirs = sa.or_(
        sa.func.lower(person.name).contains(wanted, autoescape=True),
        sa.func.lower(person.email).contains(wanted, autoescape=True),
    )
    rows = ctx.session.scalars(
        visible(sa.select(person).where(theirs)).order_by(person.name, person.id).limit(FOUND)
    )
    return [Found(id=row.id, name=row.name or "No name", email=row.email, scope=row.scope) for row in rows]


def barred_page(ctx: Context, visible: Visible) -> BarredPage:
    """Judge barred addresses anew, and read the first of those that are not to blame."""
    judged = lifting.judge(ctx, visible)
    return BarredPage(
        rows=tuple(
            BarredLine(
                name=one.name or "No name",
                address=one.address,
                since=one.since,
                because=one.because,
                said=one.said,
                letter_id=one.letter_id,
                incoming_id=one.incoming_id,
            )
            for one in judged.wrong[:MOST_BARRED]
        ),
        count=len(judged.wrong),
        right=judged.right,
        unknown=judged.unknown,
    )
