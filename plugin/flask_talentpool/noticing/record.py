"""Bringing our decision rows in line with what the host says, by Core statements on one connection.

The hook calls this inside the host's own flush, ``sync`` on whole tables; both write the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from flask_talentpool.db.arrays import chunks, insert_from_arrays, one_of
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    Outcome,
    StageReached,
)
from flask_talentpool.host.mapping import Host
from flask_talentpool.host.seen import HostVerdict, Seen, key_text
from flask_talentpool.host.values import once_for_each
from flask_talentpool.letters import outbox
from flask_talentpool.models import Models
from flask_talentpool.pools.ending import withdraw_offers

NO_REVIEWS: Mapping[str, HoldReason] = MappingProxyType({})
GONE = "gone:"
"""Stands before the key of a host row that is no longer there, or is another one by now."""


@dataclass(slots=True)
class Changes:
    """What one look changed: how many decisions were made, and the ids of those that no longer stand."""

    made: int = 0
    ended: list[int] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        """Take in what another look changed."""
        self.made += other.made
        self.ended += other.ended


@dataclass(frozen=True, slots=True)
class _New:
    seen: Seen
    verdict: HostVerdict
    review: HoldReason | None


def record(
    connection: Connection,
    host: Host,
    models: Models,
    seen: Sequence[Seen],
    *,
    now: datetime,
    baseline: bool = False,
    reviews: Mapping[str, HoldReason] = NO_REVIEWS,
) -> Changes:
    """Write one decision row for each change between ``seen`` and the decisions that stand.

    Args:
        connection: Where the host's own rows are written; the caller owns the transaction.
        host: The host, to say what a status means.
        models: Our tables.
        seen: What a look at host applications found, of any length.
        now: The moment of noticing, aware UTC.
        baseline: Record outcomes as decided before we came: told, and never written about.
        reviews: Why the letter of an application waits for a person, by its key, where it was not told before.
    """
    changes = Changes()
    for chunk in chunks(seen):
        _record_chunk(connection, host, models, chunk, changes, now=now, baseline=baseline, reviews=reviews)
    return changes


def _record_chunk(
    connection: Connection,
    host: Host,
    models: Models,
    seen: Sequence[Seen],
    changes: Changes,
    *,
    now: datetime,
    baseline: bool,
    reviews: Mapping[str, HoldReason],
) -> None:
    known = _known(connection, models, [key_text(one.key) for one in seen])
    standing = _standing(known)
    ended: dict[DecisionState, list[int]] = {DecisionState.TAKEN_BACK: [], DecisionState.SUPERSEDED: []}
    said_anew: list[int] = []
    new: list[tuple[Seen, HostVerdict]] = []
    verdict_on = once_for_each(host.verdict)
    for one in seen:
        verdict = host.verdict(one.status, declined=True) if one.declined else verdict_on(one.status)
        row = standing.get(key_text(one.key))
        if same(row, one, verdict):
            continue
        if row is not None:
            if row.live_for is None:
                said_anew.append(row.id)
            else:
                ended[DecisionState.SUPERSEDED if verdict.outcome else DecisionState.TAKEN_BACK].append(
                    row.id
                )
        if verdict.outcome is not None:
            new.append((one, verdict))
    for state, ids in ended.items():
        end(connection, models, ids, state=state, now=now)
        changes.ended += ids
    unsuppress(connection, models, said_anew)
    told = _told_before(known) if not baseline else set()
    reached = once_for_each(host.stage_reached)
    rows = [
        _row(
            host,
            _New(one, verdict, _review(one, verdict, told) or reviews.get(key_text(one.key))),
            reached(one.stage),
            now=now,
            baseline=baseline,
        )
        for one, verdict in new
    ]
    changes.made += _insert(connection, models, rows)


def _known(connection: Connection, models: Models, keys: Sequence[str]) -> Sequence[Any]:
    """Return every decision there is about these applications."""
    decision = models.decision
    statement = sa.select(
        decision.application_key,
        decision.live_for,
        decision.suppressed_for,
        decision.id,
        decision.state,
        decision.outcome,
        decision.never_pool,
        decision.candidate_key,
        decision.told_at.is_not(None).label("was_told"),
    ).where(one_of(connection.dialect, decision.application_key, keys))
    return connection.execute(statement).all()


def _standing(known: Sequence[Any]) -> dict[str, Any]:
    """Return what answers for each application: its live decision, else one taken back that the host still says."""
    quiet = {
        row.suppressed_for: row for row in known if row.live_for is None and row.suppressed_for is not None
    }
    return quiet | {row.live_for: row for row in known if row.live_for is not None}


def standing_of(connection: Connection, models: Models, keys: Sequence[str]) -> dict[str, Any]:
    """Return what answers for each of these applications, by key."""
    return _standing(_known(connection, models, keys))


def same(row: Any, one: Seen, verdict: HostVerdict) -> bool:
    """Whether what answers for an application says what the host says of it, of the same person."""
    if row is None:
        return verdict.outcome is None
    is_theirs = not row.candidate_key or row.candidate_key == key_text(one.candidate_key)
    return is_theirs and row.outcome == verdict.outcome and row.never_pool in (verdict.never_pool, True)


def unsuppress(connection: Connection, models: Models, ids: Sequence[int]) -> None:
    """Let the host's word count again for applications whose decisions were taken back here."""
    if ids:
        decision = models.decision.__table__
        connection.execute(sa.update(decision).where(decision.c.id.in_(ids)).values(suppressed_for=None))


def _told_before(known: Sequence[Any]) -> set[tuple[str, str]]:
    return {
        (row.application_key, row.candidate_key)
        for row in known
        if row.was_told and row.state != DecisionState.FORGOTTEN
    }


def _review(one: Seen, verdict: HostVerdict, told: set[tuple[str, str]]) -> HoldReason | None:
    if one.had_offer and verdict.outcome is Outcome.REJECTED:
        return HoldReason.OFFER_IN_HAND
    before = (key_text(one.key), _text(one.candidate_key)) in told
    return HoldReason.TOLD_BEFORE if before else None


def _text(key: Any) -> str:
    return "" if key is None else key_text(key)


def _row(host: Host, new: _New, reached: StageReached, *, now: datetime, baseline: bool) -> dict[str, Any]:
    one, outcome = new.seen, new.verdict.outcome
    at_once = baseline or outcome is not Outcome.REJECTED
    return {
        "scope": one.scope,
        "application_id": one.key,
        "application_key": key_text(one.key),
        "candidate_key": _text(one.candidate_key),
        "job_id": one.job_key if host.map.job is not None else None,
        "job_key": _text(one.job_key),
        "live_for": key_text(one.key),
        "outcome": str(outcome),
        "state": (DecisionState.BASELINE if baseline else DecisionState.LIVE),
        "never_pool": new.verdict.never_pool,
        "stage_reached": reached,
        "door": Door.CLOSED if new.verdict.never_pool else Door.UNLATCHED,
        "needs_review": new.review or "",
        "decided_at": now,
        "noticed_at": now,
        "told_at": now if at_once else None,
        "told_by": ("before" if baseline else "host") if at_once else "",
    }


def _insert(connection: Connection, models: Models, rows: list[dict[str, Any]]) -> int:
    """Insert decisions; one that another process wrote first is left alone. Return how many were written."""
    if not rows:
        return 0
    table = models.decision.__table__
    if connection.dialect.name == "postgresql":
        columns = list(rows[0])
        arrays = insert_from_arrays(table, columns).on_conflict_do_nothing(index_elements=["live_for"])
        values = {name: [row[name] for row in rows] for name in columns}
        return len(connection.scalars(arrays.returning(table.c.id), values).all())
    insert: Any = sa.insert(table)
    if connection.dialect.name == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing(index_elements=["live_for"])
    return connection.execute(insert, rows).rowcount


def end(
    connection: Connection,
    models: Models,
    ids: Sequence[int],
    *,
    state: DecisionState,
    now: datetime,
    still_said: bool = False,
) -> None:
    """Let decisions stand no more, cancel their letters that have not gone, and withdraw places offered.

    With ``still_said`` the host says the same as before, and is not listened to until it says something else.
    """
    if not ids:
        return
    decision = models.decision.__table__
    suppressed_for = decision.c.application_key if still_said else None
    # A forgotten decision stays forgotten: what comes after it starts afresh.
    forgotten = DecisionState.FORGOTTEN
    state_after = sa.case((decision.c.state == forgotten, forgotten), else_=state)
    for part in chunks(ids):
        cancel_letters(connection, models, part, because=HoldReason.TAKEN_BACK, now=now)
        connection.execute(
            sa.update(decision)
            .where(decision.c.id.in_(part))
            .values(
                state=state_after,
                live_for=None,
                finish_for=None,
                suppressed_for=suppressed_for,
                ended_at=now,
            )
        )


def cancel_letters(
    connection: Connection, models: Models, decisions: Sequence[int], *, because: HoldReason, now: datetime
) -> None:
    """Cancel what has not gone for these decisions, and withdraw the places those letters would have offered."""
    letter = models.letter.__table__
    theirs = letter.c.decision_id.in_(decisions)
    waiting = sa.select(letter.c.id).where(theirs, outbox.not_gone(letter.c.state))
    withdraw_offers(connection, models, waiting, because=because, now=now)
    outbox.cancel_all(connection, models, theirs, because=because)


def detach(connection: Connection, models: Models, keys: Sequence[str]) -> None:
    """Cut decisions loose from application rows that are gone, so that a row id used again is nobody's."""
    decision = models.decision.__table__
    letter = models.letter.__table__
    for part in chunks(keys):
        which = decision.c.application_key.in_(part)
        # The ids, and not a subquery: without statistics SQLite would go through all letters that wait instead.
        live = connection.scalars(
            sa.select(decision.c.id).where(which, decision.c.live_for.is_not(None))
        ).all()
        if live:
            theirs = letter.c.decision_id.in_(live)
            outbox.hold_all(connection, models, theirs, because=HoldReason.ROW_GONE)
        connection.execute(
            sa.update(decision)
            .where(which)
            .values(
                application_id=None,
                live_for=None,
                finish_for=None,
                suppressed_for=None,
                application_key=GONE + decision.c.application_key,
            )
        )


def detach_jobs(connection: Connection, models: Models, keys: Sequence[str]) -> None:
    """Cut what we keep of jobs loose from job rows that are gone; the job's label stays with it."""
    for model in (models.decision, models.recall, models.opening, models.seen_job):
        table: Any = model.__table__
        for part in chunks(keys):
            connection.execute(
                sa.update(table)
                .where(table.c.job_key.in_(part))
                .values(job_id=None, job_key=GONE + table.c.job_key)
            )
