"""Looking at many decisions before anything is done: who can be reached, who is left out and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.bulk.choices import BulkChoices, letter_in
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.enums import Act, DecisionState, Door, HoldReason, ItemState, LetterKind, LetterState
from flask_talentpool.letters.holds import APPROVED_AMONG_MANY
from flask_talentpool.letters.incoming.suppression import returned_among
from flask_talentpool.letters.refusals import Fault, fault_in

_GOING = {
    LetterState.SENDING: "going_out",
    LetterState.UNKNOWN: "fate_unknown",
    LetterState.SENT: "told",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one of many stands: to be done, or left out and why."""

    item_id: int
    decision_id: int | None
    letter_id: int | None
    because: str = ""
    detail: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether it can be done."""
        return not self.because


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of many, as the worker holds it."""

    id: int
    application_key: str
    decision_id: int | None

    @property
    def letter_id(self) -> int | None:
        """Of a letter of any kind; None for one of many applications."""
        return letter_in(self.application_key)


def items_of(ctx: Context, bulk: BulkMixin, state: ItemState, *, after: int = 0, limit: int) -> list[Item]:
    """Return the next few that stand there, by key."""
    item = ctx.models.bulk_item
    rows = ctx.session.execute(
        sa.select(item.id, item.application_key, item.decision_id)
        .where(item.bulk_id == bulk.id, item.state == state, item.id > after)
        .order_by(item.id)
        .limit(limit)
    )
    return [Item(id=row.id, application_key=row.application_key, decision_id=row.decision_id) for row in rows]


def standings(ctx: Context, act: Act, choices: BulkChoices, items: Sequence[Item]) -> list[Standing]:
    """Say where each stands now, by a constant number of statements."""
    if act is Act.REJECT:
        return _undecided(ctx, choices, items)
    if act is Act.SEND_AGAIN:
        return _failed(ctx, items)
    decision, letter, item = ctx.models.decision, ctx.models.letter, ctx.models.bulk_item
    is_outcome = sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME)
    rows = ctx.session.execute(
        sa.select(
            item.id,
            item.decision_id,
            decision.state.label("decided"),
            decision.told_at,
            decision.never_pool,
            decision.application_id,
            decision.door,
            decision.reason_code,
            decision.reason_detail,
            decision.line_at,
            letter.id.label("letter_id"),
            letter.state.label("letter"),
            letter.because,
            letter.detail,
        )
        .select_from(item)
        .outerjoin(decision, decision.id == item.decision_id)
        .outerjoin(letter, is_outcome)
        .where(item.id.in_([one.id for one in items]))
    )
    found = {row.id: row for row in rows}
    return [_standing(act, choices, found[one.id]) for one in items if one.id in found]


def _standing(act: Act, choices: BulkChoices, row: Any) -> Standing:
    because, detail = _why_not(act, choices, row)
    return Standing(row.id, row.decision_id, row.letter_id, because, detail)


def _why_not(act: Act, choices: BulkChoices, row: Any) -> tuple[str, str]:
    """Return why this act does not reach this one, and what to add to it."""
    over = _over(row)
    if over:
        return over, ""
    if act is Act.SET:
        return _why_not_set(choices, row), ""
    if act in (Act.TAKE_BACK, Act.TELL):
        return "", ""
    if row.letter not in (LetterState.HELD, LetterState.DUE):
        return "no_letter", ""
    return _why_not_letter(act, row)


def _over(row: Any) -> str:
    """Return why nothing can be done about this one any more; empty while something can."""
    if row.decision_id is None or row.decided is None:
        return "not_there"
    if row.told_at is not None:
        return "told"
    if row.decided != DecisionState.LIVE:
        return "forgotten" if row.decided == DecisionState.FORGOTTEN else "ended"
    return _GOING.get(row.letter, "")


def _why_not_set(choices: BulkChoices, row: Any) -> str:
    if choices.door and choices.door != Door.CLOSED and row.never_pool:
        return "never_pool"
    says_so = (
        (not choices.door or row.door == choices.door)
        and (
            not choices.reason
            or (row.reason_code, row.reason_detail) == (choices.reason, choices.reason_detail)
        )
        and (not choices.no_line or row.line_at is not None)
    )
    return "same_already" if says_so else ""


def _why_not_letter(act: Act, row: Any) -> tuple[str, str]:
    is_due = row.letter == LetterState.DUE
    if act is Act.HOLD:
        return ("" if is_due else "held_already"), ""
    if is_due:
        return ("goes_already" if act is Act.APPROVE else ""), ""
    return ("", "") if row.because in APPROVED_AMONG_MANY else (row.because or "error", row.detail)


def _undecided(ctx: Context, choices: BulkChoices, items: Sequence[Item]) -> list[Standing]:
    """Applications that the host has not decided can be rejected; who has an offer of ours only alone, and named."""
    open_now = applications(ctx, [one.application_key for one in items])
    found = []
    for one in items:
        application = open_now.get(one.application_key)
        because = "not_there"
        if application is not None:
            seen = ctx.host.seen_in_object(application)
            is_open = ctx.host.verdict(seen.status, declined=seen.declined).outcome is None
            because = "" if is_open else "decided"
            if not (choices.is_alone or choices.despite_offer) and ctx.host.has_offer(application):
                because = "has_offer"
        found.append(Standing(one.id, one.decision_id, None, because))
    return found


def _failed(ctx: Context, items: Sequence[Item]) -> list[Standing]:
    """Letters that failed can be sent again, but for those that the person never gets: none that may have arrived."""
    decision, letter = ctx.models.decision, ctx.models.letter
    is_outcome = sa.and_(decision.id == letter.decision_id, letter.kind == LetterKind.OUTCOME)
    rows = ctx.session.execute(
        sa.select(
            letter.id.label("letter_id"),
            letter.scope,
            letter.to_address,
            letter.state.label("letter"),
            letter.detail,
            decision.id.label("decision_id"),
            decision.state.label("decided"),
            decision.told_at,
        )
        .outerjoin(decision, is_outcome)
        .where(letter.id.in_([one.letter_id for one in items if one.letter_id is not None]))
    )
    found = {row.letter_id: row for row in rows}
    returned = returned_among(ctx, [(row.scope, row.to_address) for row in found.values()])
    return [
        Standing(one.id, one.decision_id, one.letter_id, _why_not_again(found.get(one.letter_id), returned))
        for one in items
    ]


def _why_not_again(row: Any, returned: Collection[tuple[str, str]]) -> str:
    if row is None:
        return "not_there"
    if row.decision_id is not None and (over := _over(row)):
        return over
    if row.letter != LetterState.FAILED:
        return _GOING.get(row.letter, "not_failed")
    if (row.scope, row.to_address) in returned:
        return HoldReason.RETURNED
    return "no_such_address" if fault_in(row.detail) is Fault.ADDRESS else ""


def offer_to(ctx: Context, bulk: BulkMixin) -> str:
    """Return whom an act would turn down with an offer of ours in hand, and for what; empty where it is nobody."""
    choices = BulkChoices.from_json(bulk.choices)
    if bulk.act is not Act.REJECT or not choices.is_alone:
        return ""
    for item in items_of(ctx, bulk, ItemState.READY, limit=1):
        application = applications(ctx, [item.application_key]).get(item.application_key)
        if application is not None and ctx.host.has_offer(application):
            candidate = ctx.host.candidate_of(application, ctx.session)
            name = (ctx.host.name_of(candidate) if candidate is not None else "") or "This person"
            job = ctx.host.label_of(application, ctx.session)
            return f"{name} has an offer of ours" + (f" for {job}" if job else "")
    return ""


def applications(ctx: Context, keys: Sequence[str]) -> Mapping[str, Any]:
    """Load host applications by their keys as text; read anew, by a few statements."""
    cls = ctx.host.map.application
    name = ctx.host.key_attribute(cls)
    column = getattr(cls, name)
    found: dict[str, Any] = {}
    for part in chunks([ctx.host.parse_key(cls, key) for key in keys]):
        statement = sa.select(cls).where(column.in_(part)).execution_options(populate_existing=True)
        found |= {str(getattr(row, name)): row for row in ctx.session.scalars(statement)}
    return found


def recheck(ctx: Context, bulk: BulkMixin) -> int:
    """Leave out what can no longer be done; return how many those are."""
    act, choices = bulk.act, BulkChoices.from_json(bulk.choices)
    after, changed = 0, 0
    while items := items_of(ctx, bulk, ItemState.READY, after=after, limit=500):
        out = [one for one in standings(ctx, act, choices, items) if not one.is_ready]
        note(ctx, [left_out(one) for one in out])
        changed += len(out)
        after = items[-1].id
    return changed


def left_out(standing: Standing) -> dict[str, Any]:
    """Return what is noted of one that is left out."""
    return {
        "id": standing.item_id,
        "state": ItemState.LEFT_OUT,
        "because": standing.because,
        "detail": standing.detail,
        "letter_id": standing.letter_id,
    }


def note(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down how each stands, by one statement for all with the same columns."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for same in alike.values():
        ctx.session.execute(sa.update(ctx.models.bulk_item), same)
