"""The answer clock: by when an interviewed person hears from us, kept for every application without an answer."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from flask_talentpool.clock import as_utc
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.decisions.facts import owner_of
from flask_talentpool.decisions.outcome.schedule import (
    ANSWER_DAYS_AFTER_DECISION,
    in_business_days,
    limit_at,
    target_at,
)
from flask_talentpool.enums import HoldReason, LetterKind, Outcome, StageReached, stage_rank
from flask_talentpool.host.mapping import key_of, key_text
from flask_talentpool.letters import outbox
from flask_talentpool.noticing.record import GONE
from flask_talentpool.noticing.scan import (
    INTERVIEWED,
    InterviewedApplication,
    clocks_gone,
    counts_as_interviewed,
    interviewed_applications,
)
from flask_talentpool.people.model import PersonMixin

logger = logging.getLogger("flask_talentpool")

MARK = "clocks"
"""Set when the clocks were first wound: what was open by then is from before."""
FORGOTTEN = "forgotten"
_GONE = "gone"
_NOT_INTERVIEWED = "stage"


@dataclass(slots=True)
class ClockChanges:
    """What winding changed, in numbers of applications."""

    started: int = 0
    answered: int = 0
    again: int = 0
    """Were answered, and wait once more."""
    failed: int = 0
    """Could not be read by the map."""


@dataclass(slots=True)
class _Changes:
    new: list[InterviewedApplication] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def refresh_clocks(ctx: Context) -> ClockChanges:
    """Keep the clocks: start, stop, move and restart them as the host and our decisions say. Run by each sync.

    When nothing changed it reads by a constant number of statements and writes nothing. The caller commits.
    """
    connection = ctx.connection()
    mark = ctx.session.get(ctx.models.mark, MARK)
    since = mark.at if mark is not None else None
    if mark is None:
        ctx.session.add(ctx.models.mark(key=MARK, at=ctx.now(), value=""))
        ctx.session.flush()  # the unique key: of two first windings one counts
    wound, unreadable, changes = ClockChanges(), set[str](), _Changes()
    changes.lost += clocks_gone(ctx, connection, GONE)
    for one in interviewed_applications(ctx, connection, unreadable):
        _judge(ctx, one, changes, wound, since)
    _write(ctx, connection, changes)
    for part in chunks(changes.new):
        wound.started += _start(ctx, connection, part, since, unreadable)
    wound.answered, wound.failed = len(changes.ended) + len(changes.lost), len(unreadable)
    if wound != ClockChanges(failed=wound.failed):
        ctx.session.expire_all()
    return wound


# What each application says


def _judge(
    ctx: Context, one: InterviewedApplication, changes: _Changes, wound: ClockChanges, since: datetime | None
) -> None:
    """Decide what becomes of the clock of one application."""
    clock, runs = one.clock, _runs(ctx, one)
    if clock is not None and clock.candidate_key != _text(one.seen.candidate_key):
        changes.lost.append(clock.id)  # the row is another person's by now
        clock = None
    if clock is None:
        if runs:
            changes.new.append(one)
    elif runs and clock.answered_at is not None:
        if clock.answered_by != FORGOTTEN:
            changes.updates.append(_again(ctx, one))
            wound.again += 1
    elif runs:
        moved = _moved(ctx, one, since)
        if moved:
            changes.updates.append({"id": clock.id, **moved})
    elif clock.answered_at is None:
        changes.ended.append(clock.id)
        changes.updates.append({"id": clock.id, **_ended(ctx, one)})


def _runs(ctx: Context, one: InterviewedApplication) -> bool:
    """Whether this person was interviewed and knows no outcome."""
    outcome = ctx.host.verdict(one.seen.status, declined=one.seen.declined).outcome
    if outcome not in (None, Outcome.REJECTED) or (one.decision is not None and one.decision.told_at):
        return False
    date = _date(ctx, one)
    if counts_as_interviewed(ctx, one.seen.stage) or (date is not None and date <= ctx.now()):
        return True
    if one.decision is not None and one.decision.stage_reached in set(INTERVIEWED):
        return True
    # Once it runs, only a step back that the host shows of an open application says that it was a mistake.
    return one.clock is not None and not (outcome is None and ctx.host.knows_stage(one.seen.stage))


def _date(ctx: Context, one: InterviewedApplication) -> datetime | None:
    try:
        return as_utc(one.interviewed_at, assume=ctx.settings.timezone)
    except ValueError:
        return None


def _text(key: Any) -> str:
    return "" if key is None else key_text(key)


def _ended(ctx: Context, one: InterviewedApplication) -> dict[str, Any]:
    decision, at = one.decision, ctx.now()
    outcome = ctx.host.verdict(one.seen.status, declined=one.seen.declined).outcome
    by = outcome if outcome is not None else _NOT_INTERVIEWED
    if decision is not None and decision.told_at is not None:
        at, by = decision.told_at, decision.told_by if outcome is Outcome.REJECTED else by
    return {"answered_at": at, "answered_by": by, "decision_id": decision.id if decision else None}


def _again(ctx: Context, one: InterviewedApplication) -> dict[str, Any]:
    """Somebody who was answered waits once more: the days count from now."""
    return {
        "id": one.clock.id,
        "answered_at": None,
        "answered_by": "",
        "from_before": False,
        "escalated_at": None,
        "progress": 0,
        "next_by": None,
        "stage_reached": _stage(ctx, one),
        "decision_id": one.decision.id if one.decision is not None else None,
        "target_at": target_at(ctx, ctx.now(), one.decision.noticed_at if one.decision else None),
        "limit_at": limit_at(ctx, ctx.now()),
    }


def _moved(ctx: Context, one: InterviewedApplication, since: datetime | None) -> dict[str, Any]:
    """Return what the host or a decision changed about a running clock."""
    clock, decision, date = one.clock, one.decision, _date(ctx, one)
    found: dict[str, Any] = {"stage_reached": _stage(ctx, one)}
    found["decision_id"] = decision.id if decision is not None else None
    target = clock.target_at
    if date is not None and date != clock.interviewed_at:
        # Another interview: the person waits from the last one.
        target = target_at(ctx, date)
        found |= {"interviewed_at": date, "is_guessed": False, "limit_at": limit_at(ctx, date)}
        found["from_before"] = clock.from_before and (since is None or date <= since)
    if decision is not None:
        soonest = in_business_days(ctx, decision.noticed_at, ANSWER_DAYS_AFTER_DECISION)
        target = max(target, soonest)
    found["target_at"] = target
    return {name: value for name, value in found.items() if getattr(clock, name) != value}


def _stage(ctx: Context, one: InterviewedApplication) -> StageReached:
    """Return how far the application came: an interviewed person at least; a stage the host forgot is kept."""
    known = [StageReached.INTERVIEWED]
    if ctx.host.knows_stage(one.seen.stage):
        known.append(ctx.host.stage_reached(one.seen.stage))
    elif one.clock is not None:
        known.append(one.clock.stage_reached)
    if one.decision is not None:
        known.append(one.decision.stage_reached)
    return max(known, key=stage_rank)


# Writing


def _write(ctx: Context, connection: Connection, changes: _Changes) -> None:
    table = ctx.models.clock.__table__
    for values in changes.updates:
        row = dict(values)
        connection.execute(sa.update(table).where(table.c.id == row.pop("id")).values(row))
    for part in chunks(changes.lost):
        connection.execute(
            sa.update(table)
            .where(table.c.id.in_(part))
            .values(
                application_key=sa.literal(GONE) + sa.cast(table.c.id, sa.String(20)),
                application_id=None,
                candidate_key="",
                person_id=None,
                name="",
                answered_at=sa.func.coalesce(table.c.answered_at, ctx.now()),
                answered_by=sa.case((table.c.answered_at.is_(None), _GONE), else_=table.c.answered_by),
            )
        )
    stop_letters(ctx, connection, [*changes.ended, *changes.lost], HoldReason.ANSWERED)


def stop_letters(ctx: Context, connection: Connection, clocks: Sequence[int], because: HoldReason) -> None:
    """Cancel progress letters that have not gone."""
    letter = ctx.models.letter.__table__
    for part in chunks(clocks):
        theirs = (letter.c.clock_id.in_(part), letter.c.kind == LetterKind.PROGRESS)
        outbox.cancel_all(connection, ctx.models, *theirs, because=because)


def _start(
    ctx: Context,
    connection: Connection,
    new: Sequence[InterviewedApplication],
    since: datetime | None,
    unreadable: set[str],
) -> int:
    """Start clocks; one that another process started first is left alone."""
    rows = [_row(ctx, one, facts, since) for one, facts in _facts(ctx, new, unreadable)]
    if not rows:
        return 0
    people = _people(ctx, rows)
    for row in rows:
        row["person_id"] = people.get((row["scope"], row["candidate_key"]))
    table = ctx.models.clock.__table__
    insert: Any = sa.insert(table)
    if connection.dialect.name == "postgresql":
        insert = postgresql.insert(table).on_conflict_do_nothing(index_elements=["application_key"])
    elif connection.dialect.name == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing(index_elements=["application_key"])
    connection.execute(insert, rows)
    return len(rows)


def _row(
    ctx: Context, one: InterviewedApplication, facts: dict[str, Any], since: datetime | None
) -> dict[str, Any]:
    date = _date(ctx, one)
    start = date or ctx.now()
    decision = one.decision
    limit = limit_at(ctx, start)
    return {
        **facts,
        "scope": one.seen.scope,
        "application_id": one.seen.key,
        "application_key": key_text(one.seen.key),
        "candidate_key": _text(one.seen.candidate_key),
        "job_key": _text(one.seen.job_key),
        "stage_reached": _stage(ctx, one),
        "interviewed_at": start,
        "is_guessed": date is None,
        # Noticed only after its limit, nobody knows what the person has heard meanwhile: a person decides.
        "from_before": since is None or limit <= ctx.now(),
        "target_at": target_at(ctx, start, decision.noticed_at if decision is not None else None),
        "limit_at": limit,
        "decision_id": decision.id if decision is not None else None,
        "answered_by": "",
        "progress": 0,
    }


def _facts(
    ctx: Context, new: Sequence[InterviewedApplication], unreadable: set[str]
) -> Iterator[tuple[InterviewedApplication, dict[str, Any]]]:
    """Read name, job and owner of applications; those that the map cannot read are left out and counted."""
    found, failed = ctx.host.rows(ctx.session, [one.seen.key for one in new])
    for one in new:
        text = key_text(one.seen.key)
        error, row = failed.get(text), found.get(text)
        try:
            if row is not None:
                yield one, facts_of(ctx, row.application)
        except Exception as raised:  # noqa: BLE001 (a callable of the host's may raise anything)
            error = raised
        if error is not None:
            logger.warning("application %s cannot be read by the map: %s", text, type(error).__name__)
            unreadable.add(text)


def facts_of(ctx: Context, application: Any) -> dict[str, Any]:
    """Return what a clock shows of an application: name, job and owner."""
    candidate = ctx.host.candidate_of(application, ctx.session)
    owner_key, owner_name = owner_of(ctx, application)
    return {
        "name": ctx.host.name_of(candidate)[:400] if candidate is not None else "",
        "job_label": ctx.host.label_of(application, ctx.session)[:300],
        "owner_key": owner_key,
        "owner_name": owner_name,
    }


def _people(ctx: Context, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], int]:
    link = ctx.models.candidate_link
    keys = [row["candidate_key"] for row in rows]
    known = sa.select(link.scope, link.candidate_key, link.person_id).where(link.candidate_key.in_(keys))
    return {(row.scope, row.candidate_key): row.person_id for row in ctx.session.execute(known)}


def refresh(ctx: Context) -> None:
    """Read name, job and owner of everybody without an answer anew; done once a day."""
    clock, cls = ctx.models.clock, ctx.host.map.application
    ids = list(ctx.session.scalars(sa.select(clock.id).where(clock.answered_at.is_(None))))
    key = getattr(cls, ctx.host.key_attribute(cls))
    for part in chunks(ids):
        rows = list(ctx.session.scalars(sa.select(clock).where(clock.id.in_(part))))
        found = ctx.session.scalars(sa.select(cls).where(key.in_([row.application_id for row in rows])))
        applications = {key_text(key_of(one)): one for one in found}
        for row in rows:
            application = applications.get(row.application_key)
            if application is None:
                continue
            try:
                facts = facts_of(ctx, application)
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                logger.warning(
                    "application %s cannot be read by the map: %s", row.application_key, type(error).__name__
                )
                continue
            for name, value in facts.items():
                setattr(row, name, value)
    ctx.session.flush()


# Forgetting


def forget(ctx: Context, person: PersonMixin) -> None:
    """Empty the clocks of a person who is forgotten; they stay, so that nobody winds them again."""
    clock, link = ctx.models.clock, ctx.models.candidate_link
    rows = sa.select(link.candidate_key).where(link.person_id == person.id, link.suspended_at.is_(None))
    theirs = sa.and_(clock.scope == person.scope, clock.candidate_key != "", clock.candidate_key.in_(rows))
    erase_clocks(ctx, sa.or_(clock.person_id == person.id, theirs))


def erase_clocks(ctx: Context, which: sa.ColumnElement[bool]) -> None:
    """Empty clocks and cancel the letters they wrote that have not gone."""
    clock = ctx.models.clock
    ids = list(ctx.session.scalars(sa.select(clock.id).where(which)))
    stop_letters(ctx, ctx.connection(), ids, HoldReason.FORGOTTEN)
    for part in chunks(ids):
        ctx.session.execute(
            sa.update(clock)
            .where(clock.id.in_(part))
            .values(
                name="",
                owner_name="",
                person_id=None,
                answered_at=sa.func.coalesce(clock.answered_at, ctx.now()),
                answered_by=FORGOTTEN,
            )
        )
