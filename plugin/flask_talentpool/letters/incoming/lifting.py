"""Addresses barred for what was never their fault: judged anew by what was kept of it, and let go on in one act."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor, Visible
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.enums import IncomingKind
from flask_talentpool.letters import held
from flask_talentpool.letters.delivery.transports import HandOverResult
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.incoming.bounce import own_words_of
from flask_talentpool.letters.refusals import STATUS, Fault, fault_in, fault_of, unnamed

_AT_ONCE = timedelta(minutes=1)
"""An address is barred in the transaction that keeps what was said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """One address that today's classifier would not bar, with a letter or a report that says why it was barred."""

    id: int
    scope: str
    since: datetime
    address: str
    name: str
    letter_id: int | None
    incoming_id: int | None
    fault: Fault
    said: str
    """What the mail server said, without addresses; empty where only the report has its words."""

    @property
    def because(self) -> str:
        """What was the matter, in words."""
        return FAULTS[self.fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of looking at every barred address again."""

    wrong: tuple[Barred, ...]
    """Those that today's classifier would not bar."""
    right: int
    unknown: int
    """How many are left as they are, since what barred them was not kept."""


FAULTS = {
    Fault.SENDER: "our sender, server or account was refused",
    Fault.QUOTA: "we sent too much",
    Fault.PASSING: "it could not be delivered just then",
    Fault.UNKNOWN: "nobody said that there is no such address",
}
"""What was the matter, in words."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that was said about an address."""

    scope: str
    address: str
    name: str
    letter_id: int | None
    incoming_id: int | None
    at: datetime | None
    """None for a report that somebody gave to a person later."""
    reply: str = ""

    def explains(self, since: datetime) -> bool:
        """Whether an address barred at that moment was barred for this."""
        return self.at is None or abs(self.at - since) < _AT_ONCE


def everything(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Narrow to nothing less: for commands, which see all."""
    return statement


def judge(ctx: Context, visible: Visible = everything) -> Judged:
    """Look again at addresses whose mail came back; nobody's wish, and nobody who was forgotten, is among them.

    Args:
        ctx: The unit of work; nothing is written.
        visible: Narrows to what whoever looks may see.
    """
    model = ctx.models.suppression
    rows = ctx.session.scalars(visible(sa.select(model).where(model.kind == suppression.KIND)))
    barred = {(row.scope, row.hash): row for row in rows}
    about: dict[int, list[tuple[Fault, _Said]]] = defaultdict(list)
    hash_of = suppression.hashing(ctx)
    for fault, said in _everything_said(ctx, lambda scope, address: (scope, hash_of(address)) in barred):
        about[barred[said.scope, hash_of(said.address)].id].append((fault, said))
    wrong, right = [], 0
    for row in sorted(barred.values(), key=lambda one: one.id):
        faults = about[row.id]
        if any(fault is Fault.ADDRESS for fault, _ in faults):
            right += 1
            continue
        if explained := [one for one in faults if one[1].explains(row.created_at)]:
            fault, said = explained[-1]
            wrong.append(
                Barred(
                    id=row.id,
                    scope=row.scope,
                    since=row.created_at,
                    address=said.address,
                    name=said.name,
                    letter_id=said.letter_id,
                    incoming_id=said.incoming_id,
                    fault=fault,
                    said=" ".join(unnamed(said.reply).split()),
                )
            )
    return Judged(wrong=tuple(wrong), right=right, unknown=len(barred) - right - len(wrong))


def lift(ctx: Context, barred: Iterable[Barred], *, by: Actor) -> int:
    """Let mail go to these addresses again; return how many held letters go on.

    Args:
        ctx: The unit of work.
        barred: As judged in this transaction.
        by: Who says so.
    """
    going = 0
    for one in barred:
        going += held.works_again(ctx, one.address, scope=one.scope, by=by)
        ctx.record(by, "lift", "suppression", one.id, scope=one.scope, detail=one.fault)
    ctx.session.flush()
    return going


def _everything_said(ctx: Context, is_barred: Callable[[str, str], bool]) -> Iterator[tuple[Fault, _Said]]:
    """Give what servers said of barred addresses, at hand-over and in reports, as the classifier understands it now."""
    reports = _reports(ctx, is_barred)
    letter, attempt = ctx.models.letter, ctx.models.letter_attempt
    refused = [HandOverResult.FAILED, IncomingKind.RETURNED]
    statement = (
        sa.select(
            letter.id,
            letter.scope,
            letter.to_address,
            letter.to_name,
            attempt.at,
            attempt.result,
            attempt.reply,
        )
        .join(attempt, attempt.letter_id == letter.id)
        .where(attempt.result.in_(refused), letter.to_address != "")
        .order_by(attempt.id)
    )
    for row in ctx.session.execute(statement):
        if not is_barred(row.scope, row.to_address):
            continue
        said = _Said(row.scope, row.to_address, row.to_name, row.id, None, row.at, row.reply)
        if row.result != IncomingKind.RETURNED:
            yield fault_in(row.reply), said
            continue
        # The report of this attempt, by their order; somebody may have erased it since.
        report = reports[row.id].pop(0) if reports[row.id] else None
        status, _, diagnostic = row.reply.partition(" ")
        if diagnostic or report is None:
            yield from _of(status if STATUS.fullmatch(status) else "", diagnostic, said)
        else:
            yield from _of_report(ctx, report)
    yield from _of_report(ctx, *(one for left in reports.values() for one in left))


def _of(status: str, words: str, said: _Said) -> Iterator[tuple[Fault, _Said]]:
    fault = fault_of(status, words, about=said.address)
    if words.strip() or fault is not Fault.UNKNOWN:  # without words nobody knows what a vague code meant
        yield fault, said


def _reports(ctx: Context, is_barred: Callable[[str, str], bool]) -> dict[int | None, list[_Said]]:
    """Return the reports about barred addresses, by the letter they are about, in the order they came in."""
    incoming, letter, person = ctx.models.incoming, ctx.models.letter, ctx.models.person
    statement = (
        sa.select(
            incoming.id,
            incoming.letter_id,
            sa.case((incoming.letter_id.is_not(None), incoming.received_at)).label("at"),
            sa.func.coalesce(letter.scope, person.scope).label("scope"),
            sa.func.coalesce(letter.to_address, person.email, "").label("address"),
            sa.func.coalesce(letter.to_name, person.name, "").label("name"),
        )
        .outerjoin(letter, letter.id == incoming.letter_id)
        .outerjoin(person, person.id == incoming.person_id)
        .where(incoming.kind == IncomingKind.RETURNED)
        .order_by(incoming.id)
    )
    found: dict[int | None, list[_Said]] = defaultdict(list)
    for row in ctx.session.execute(statement):
        if row.address and is_barred(row.scope, row.address):
            said = _Said(row.scope, row.address, row.name, row.letter_id, row.id, row.at)
            found[row.letter_id].append(said)
    return found


def _of_report(ctx: Context, *reports: _Said) -> Iterator[tuple[Fault, _Said]]:
    incoming = ctx.models.incoming
    by_id = {one.incoming_id: one for one in reports}
    for ids in chunks(sorted(one for one in by_id if one is not None)):
        kept = sa.select(incoming.id, incoming.status, incoming.text).where(incoming.id.in_(ids))
        for row in ctx.session.execute(kept):
            yield from _of(row.status, own_words_of(row.text), by_id[row.id])
