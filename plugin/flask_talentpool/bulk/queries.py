"""What the pages of work on many decisions show, read by a constant number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor, Visible
from flask_talentpool.bulk.choices import BulkChoices, why, words_of
from flask_talentpool.bulk.eligibility import offer_to
from flask_talentpool.bulk.lines import PAGE_SIZE, BulkLine, lines_of
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.bulk.samples import Sample, samples
from flask_talentpool.bulk.service import wants_number
from flask_talentpool.bulk.worker import FROM
from flask_talentpool.context import Context
from flask_talentpool.db.paging import Order, read_page
from flask_talentpool.decisions.pages.forms import CHANNEL_WORDS, DOOR_WORDS
from flask_talentpool.decisions.pages.grid import PAGE_SIZE as LINES
from flask_talentpool.enums import Act, BulkState, Door, ItemState

SHOWN = {
    "left-out": (ItemState.LEFT_OUT,),
    "failed": (ItemState.FAILED,),
    "done": (ItemState.DONE, ItemState.UNDONE),
    "kept": (ItemState.KEPT,),
    "to-do": (ItemState.WAITING, ItemState.READY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many stand where they do for one reason."""

    state: str
    because: str
    sentence: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One act on many, in a list."""

    id: int
    act: str
    label: str
    state: str
    by_name: str
    created_at: datetime
    total: int
    of: tuple[str, str]
    """Of what the act counts, one and many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulksPage:
    """The list of acts on many, the latest first."""

    bulks: tuple[Summary, ...]
    newer: str
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    worked: int
    total: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """One act on many: whom it reaches, who is left out and why, how far it is, and what came of it."""

    bulk: Summary
    title: str
    effect: str
    announces: str
    button: str
    done_word: str
    chosen: tuple[str, ...]
    """What is set for all of them, in words."""
    opens: bool
    offer: str
    """Whom this turns down with an offer of ours in hand, and for what; empty where it is nobody."""
    is_mine: bool
    is_confirmed: bool
    finished_at: datetime | None
    not_there: int
    counts: Mapping[str, int]
    ready: int
    wants_number: bool
    progress: Progress | None
    turned_down: tuple[str, ...]
    """The applications that were, for whoever writes a line to each; empty where one link cannot name them all."""
    groups: tuple[Group, ...]
    noticed: int
    notices: tuple[BulkLine, ...]
    samples: tuple[Sample, ...]
    show: str
    because: str
    lines: tuple[BulkLine, ...]
    found: int
    number: int
    pages: int


def summary(row: BulkMixin) -> Summary:
    """Return an act on many as lists show it."""
    return Summary(
        id=row.id,
        act=row.act,
        label=row.label,
        state=row.state,
        by_name=row.by_name,
        created_at=row.created_at,
        total=row.total,
        of=words_of(row.act).of,
    )


def theirs(ctx: Context, visible: Visible, actor: Actor) -> sa.Select[Any]:
    """Return the SELECT of acts on many that somebody sees: those within their reach, and their own."""
    bulk = ctx.models.bulk
    within = visible(sa.select(bulk)).with_only_columns(bulk.id)
    return sa.select(bulk).where(sa.or_(bulk.by == actor.id, bulk.id.in_(within)))


def bulks_page(ctx: Context, visible: Visible, actor: Actor, *, cursor: str = "") -> BulksPage:
    """Read the list, a page at a time."""
    order = Order(name="bulks", keys=(ctx.models.bulk.id,), secret=ctx.secret, size=PAGE_SIZE)
    found = read_page(ctx.session, theirs(ctx, visible, actor), order, cursor=cursor)
    return BulksPage(
        bulks=tuple(summary(row) for row, *_ in found.rows), newer=found.newer, older=found.older
    )


def bulk_page(
    ctx: Context,
    row: BulkMixin,
    visible: Visible,
    *,
    actor: Actor,
    show: str = "",
    because: str = "",
    number: int = 1,
) -> BulkPage:
    """Read one act on many."""
    act, choices = row.act, BulkChoices.from_json(row.choices)
    groups = _groups(ctx, row)
    counts: dict[str, int] = dict.fromkeys(ItemState, 0)
    for group in groups:
        counts[group.state] = counts.get(group.state, 0) + group.count
    ready = counts[ItemState.READY]
    is_ready = row.state == BulkState.READY
    noticed = _noticed(ctx, row) if is_ready else 0
    # Whom somebody turns down, or writes to again, stands there by name before they say so.
    by_name = is_ready and ready and act in (Act.REJECT, Act.SEND_AGAIN)
    show = show or ("to-do" if by_name else _shown_first(counts))
    states = list(SHOWN.get(show, ()))
    found = sum(g.count for g in groups if g.state in states and because in ("", g.because))
    pages = max(1, -(-found // PAGE_SIZE))
    number = min(max(1, number), pages)
    item = ctx.models.bulk_item
    return BulkPage(
        bulk=summary(row),
        title=words_of(act).title,
        effect=_effect(ctx, act),
        announces=words_of(act).announces,
        button=words_of(act).press(ready),
        done_word=words_of(act).done,
        chosen=_in_words(ctx, choices),
        opens=choices.opens,
        offer=offer_to(ctx, row) if is_ready else "",
        is_mine=row.by == actor.id,
        is_confirmed=row.confirmed_at is not None,
        finished_at=row.finished_at,
        not_there=choices.not_there,
        counts=counts,
        ready=ready,
        wants_number=wants_number(row, ready),
        progress=_progress(row, counts),
        turned_down=_turned_down(ctx, row) if act == Act.REJECT and counts[ItemState.DONE] else (),
        groups=tuple(group for group in groups if group.because),
        noticed=noticed,
        notices=lines_of(ctx, row, visible, (item.notice != "", item.state == "ready")) if noticed else (),
        samples=samples(ctx, row, visible) if is_ready and ready and act not in _SILENT else (),
        show=show,
        because=because,
        lines=lines_of(
            ctx,
            row,
            visible,
            (item.state.in_(states), *((item.because == because,) if because else ())),
            offset=(number - 1) * PAGE_SIZE,
        )
        if found
        else (),
        found=found,
        number=number,
        pages=pages,
    )


def _effect(ctx: Context, act: str) -> str:
    effect = words_of(act).effect
    if act != Act.REJECT:
        return effect
    undone = (
        "Undo takes the letters back and puts the status in your ATS back as it was, for whoever has not been told."
        if ctx.host.map.reopen is not None
        else "Undo takes back the letter, not the status in your ATS."
    )
    return f"{effect} {undone}"


def _shown_first(counts: dict[str, int]) -> str:
    """Return which of them are listed before anybody chooses: those that need somebody, else those done."""
    if counts[ItemState.FAILED]:
        return "failed"
    return "done" if counts[ItemState.DONE] or counts[ItemState.UNDONE] else ""


_SILENT = frozenset({Act.HOLD, Act.TAKE_BACK, Act.TELL})
"""What sends nothing, so that there is nothing to read first."""


def _groups(ctx: Context, row: BulkMixin) -> tuple[Group, ...]:
    item = ctx.models.bulk_item
    counted = ctx.session.execute(
        sa.select(item.state, item.because, sa.func.count().label("number"))
        .where(item.bulk_id == row.id)
        .group_by(item.state, item.because)
    )
    found = [
        Group(state=one.state, because=one.because, sentence=why(one.because), count=one.number)
        for one in counted
    ]
    return tuple(sorted(found, key=lambda group: (group.state, -group.count, group.because)))


def _noticed(ctx: Context, row: BulkMixin) -> int:
    item = ctx.models.bulk_item
    which = (item.bulk_id == row.id, item.state == ItemState.READY, item.notice != "")
    return ctx.session.scalar(sa.select(sa.func.count(item.id)).where(*which)) or 0


def _progress(row: BulkMixin, counts: Mapping[str, int]) -> Progress | None:
    if row.state not in set(FROM):
        return None
    state = row.state
    left = counts[FROM[state]]
    if state is BulkState.LOOKING:
        worked, doing = row.total - left, "looked at"
    elif state is BulkState.RUNNING:
        worked, doing = counts["done"] + counts["failed"], "done"
    else:
        worked, doing = counts["undone"] + counts["kept"], "undone"
    return Progress(worked=worked, total=worked + left, text=f"{worked:,} of {worked + left:,} {doing}")


def _in_words(ctx: Context, choices: BulkChoices) -> tuple[str, ...]:
    said = []
    if choices.door:
        said.append(f"Door: {DOOR_WORDS[Door(choices.door)][0].lower()}")
    if choices.reason:
        reason = ctx.settings.reasons.get(choices.reason)
        label = reason.label if reason is not None else choices.reason
        shared = reason is not None and reason.may_be_shared
        detail = f" ({choices.reason_detail})" if choices.reason_detail else ""
        said.append(f"Reason: {label}{detail}, {'shared in the letter' if shared else 'internal only'}")
    if choices.no_line:
        said.append("No personal line")
    if choices.channel:
        said.append(f"Told {CHANNEL_WORDS.get(choices.channel, choices.channel)}")
    return tuple(said)


_LONGEST_ADDRESS = 3000
"""Of the keys in a link: servers refuse lines of more than 4,094 bytes."""


def _turned_down(ctx: Context, bulk: BulkMixin) -> tuple[str, ...]:
    item = ctx.models.bulk_item
    done = sa.select(item.application_key).where(item.bulk_id == bulk.id, item.state == ItemState.DONE)
    keys = ctx.session.scalars(done.order_by(item.id).limit(LINES + 1)).all()
    is_short = sum(len(key) + len("application=&") for key in keys) <= _LONGEST_ADDRESS
    return tuple(keys) if is_short and len(keys) <= LINES else ()
