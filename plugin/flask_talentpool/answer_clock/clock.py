"""The answer clock: by when an interviewed person hears from us, kept for every application without an answer."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from flask_talentpool.answer_clock.changes import (
    ROW_GONE,
    ClockChanges,
    ToWrite,
    interviewed_on,
    judge,
    key_text_of,
    stage_of,
)
from flask_talentpool.answer_clock.scan import (
    InterviewedApplication,
    clocks_gone,
    interviewed_applications,
)
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.outcome.schedule import (
    limit_at,
    target_at,
)
from flask_talentpool.enums import HoldReason, LetterKind
from flask_talentpool.host.owner import owner_of
from flask_talentpool.host.rows import read_rows
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters import outbox
from flask_talentpool.noticing.record import GONE

logger = logging.getLogger("flask_talentpool")

MARK = "clocks"
"""Set when the clocks were first refreshed: what was open by then is from before."""


def refresh_clocks(ctx: Context) -> ClockChanges:
    """Keep the clocks: start, stop, move and restart them as the host and our decisions say. Run by each sync.

    When nothing changed it reads by a constant number of statements and writes nothing. The caller commits.
    """
    connection = ctx.connection()
    mark = ctx.session.get(ctx.models.mark, MARK)
    since = mark.at if mark is not None else None
    if mark is None:
        ctx.session.add(ctx.models.mark(key=MARK, at=ctx.now(), value=""))
        ctx.session.flush()  # the unique key: of two first refreshes one counts
    counted, unreadable, changes = ClockChanges(), set[str](), ToWrite()
    changes.lost += clocks_gone(ctx, connection, GONE)
    for one in interviewed_applications(ctx, connection, unreadable):
        judge(ctx, one, changes, counted, since)
    _write(ctx, connection, changes)
    for part in chunks(changes.new):
        counted.started += _start(ctx, connection, part, since, unreadable)
    counted.answered, counted.failed = len(changes.ended) + len(changes.lost), len(unreadable)
    if counted != ClockChanges(failed=counted.failed):
        ctx.session.expire_all()
    return counted


# What each application says


# Writing


def _write(ctx: Context, connection: Connection, changes: ToWrite) -> None:
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
                answered_by=sa.case((table.c.answered_at.is_(None), ROW_GONE), else_=table.c.answered_by),
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
    date = interviewed_on(ctx, one)
    start = date or ctx.now()
    decision = one.decision
    limit = limit_at(ctx, start)
    return {
        **facts,
        "scope": one.seen.scope,
        "application_id": one.seen.key,
        "application_key": key_text(one.seen.key),
        "candidate_key": key_text_of(one.seen.candidate_key),
        "job_key": key_text_of(one.seen.job_key),
        "stage_reached": stage_of(ctx, one),
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
    found, failed = read_rows(ctx.host, ctx.session, [one.seen.key for one in new])
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
    owner = owner_of(ctx.host, application)
    return {
        "name": ctx.host.name_of(candidate)[:400] if candidate is not None else "",
        "job_label": ctx.host.label_of(application, ctx.session)[:300],
        "owner_key": owner.key,
        "owner_name": owner.name,
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


def leave_to_people(ctx: Context, moment: datetime) -> int:
    """Write no progress letter by itself to anybody whose clock ran by then, as to those open at the first start.

    Returns:
        How many clocks that are.
    """
    clock = ctx.models.clock
    return update_if(
        ctx.session,
        clock,
        clock.answered_at.is_(None),
        clock.from_before.is_(False),
        clock.interviewed_at <= moment,
        from_before=True,
    )


# Forgetting
