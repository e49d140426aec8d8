"""A job's runners-up in finishing order, each with the facts that put them there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.access import Access, Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import (
    DecisionState,
    Door,
    MemberState,
    Outcome,
    StageReached,
)
from flask_talentpool.host.rows import is_shown
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.asked import NEVER, asked, asked_first, job_of, whose_turn
from flask_talentpool.recalls.eligibility import (
    Situation,
    Target,
    bar,
    decided_on_or_noticed,
    host_rows,
    in_a_pool,
    is_in_process,
    is_recent,
    obstacle,
    open_processes,
    same_job,
)
from flask_talentpool.recalls.model import RecallMixin

BENCH_STAGES = (StageReached.FINALIST, StageReached.INTERVIEWED)
LONGEST_BENCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRow:
    """One person on the bench, and what a recruiter needs to decide on."""

    decision: DecisionMixin
    decided_at: datetime
    person: PersonMixin | None
    name: str
    why: tuple[str, ...]
    """The facts this row's place in the order rests on, the weightiest first."""
    recall: RecallMixin | None
    is_member: bool
    obstacle: str
    """Why this person cannot be invited now by letter; empty when they can."""
    turn: str
    """Who is asked for the job just now, as a sentence; empty while nobody is."""
    may_ring: bool
    """Whether what they say on the phone can be written down."""


def bench(
    ctx: Context,
    job_key: str,
    scopes: Iterable[str] | None,
    *,
    access: Access | None = None,
    actor: Actor | None = None,
) -> list[BenchRow]:
    """Return the runners-up for a job: by finish, then stage reached, rating and date.

    Args:
        ctx: The unit of work; nothing is written.
        job_key: The host's key of the job as text, or its label where the host has no jobs.
        scopes: The scopes to look in; None for all.
        access: Filters the rows somebody may see, with ``actor``.
        actor: Who looks.
    """
    decisions = _latest_each(ctx.session.scalars(_statement(ctx, job_key, scopes, access, actor)))
    people = _people(ctx, decisions)
    before, members, theirs = asked(ctx, people), in_a_pool(ctx, people), host_rows(ctx, people)
    turns = {scope: whose_turn(ctx, scope, job_key) for scope in {one.scope for one in decisions}}
    jobs = {one.job_id: same_job(ctx, one).is_closed for one in decisions[:1]}
    # Held here, so that reading them below asks the database no more.
    candidates, applications = _host_rows(ctx, decisions)
    every = {d.candidate_key for d in decisions}.union(*theirs.keys.values()) - {""}
    processes = open_processes(ctx, sorted(every))
    told = {d.id for d in decisions if d.told_at is not None}
    finalists = sum(d.stage_reached == StageReached.FINALIST for d in decisions)
    rows = []
    for decision in decisions:
        person = people.get(decision.person_id or 0)
        keys = {decision.candidate_key, *(theirs.keys.get(person.id, ()) if person is not None else ())}
        application = applications.get(decision.application_key)
        rating = _rating(ctx, application)
        decided_at = decided_on_or_noticed(ctx, decision, application)
        now = Situation(
            job=Target(
                decision.job_id, decision.job_key, decision.job_label, jobs.get(decision.job_id, False)
            ),
            person=person,
            asked=before[person.id] if person is not None else NEVER,
            decided_at=decided_at,
            is_recent=is_recent(ctx, decided_at),
            is_told=decision.id in told,
            in_process=is_in_process(decision.job_key, keys, processes),
            is_member=person is not None and person.id in members,
            is_in_doubt=decision.candidate_key in theirs.in_doubt,
            turn=turns[decision.scope],
        )
        elsewhere = not now.in_process and any(processes.get(key) for key in keys)
        rows.append(
            (
                _rank(decision, now.decided_at, rating),
                BenchRow(
                    decision=decision,
                    decided_at=now.decided_at,
                    person=person,
                    name=person.name if person is not None else _name(ctx, decision, application),
                    why=_why(ctx, decision, now, finalists, rating, elsewhere=elsewhere),
                    recall=now.asked.latest(job_of(decision)),
                    is_member=now.is_member,
                    obstacle=obstacle(ctx, decision, now),
                    turn=asked_first(ctx, now.turn) if now.turn is not None else "",
                    may_ring=not bar(decision, now),
                ),
            )
        )
    del candidates
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _latest_each(decisions: Iterable[DecisionMixin]) -> list[DecisionMixin]:
    """Keep one decision a person: who applied to the job twice stands on its bench once, as decided last."""
    kept: dict[Any, DecisionMixin] = {}
    for decision in decisions:
        who = decision.person_id or ("unlinked", decision.candidate_key)
        last = kept.get(who)
        if last is None or (decision.decided_at, decision.id) > (last.decided_at, last.id):
            kept[who] = decision
    return list(kept.values())


def on_a_bench(ctx: Context) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for decisions about people who stand on a bench."""
    decision, member = ctx.models.decision, ctx.models.member
    came_close: sa.ColumnElement[bool] = decision.stage_reached.in_(BENCH_STAGES)
    if not ctx.host.map.stages:
        # Nothing says how far anybody came: whoever was told without a closed door counts, or was given a place.
        came_close = sa.or_(
            came_close,
            decision.finish.is_not(None),
            sa.and_(decision.told_at.is_not(None), decision.door.in_([Door.OPEN, Door.UNLATCHED])),
            sa.exists().where(member.person_id == decision.person_id, member.state != MemberState.ENDED),
        )
    hired = orm.aliased(decision)
    return [
        decision.outcome == Outcome.REJECTED,
        # Who was hired for it once left, or never came.
        ~sa.exists().where(
            hired.person_id == decision.person_id,
            hired.outcome == Outcome.HIRED,
            hired.job_key == decision.job_key,
            hired.job_label == decision.job_label if ctx.host.map.job is None else sa.true(),
        ),
        decision.state.in_([DecisionState.LIVE, DecisionState.BASELINE]),
        came_close,
        decision.never_pool.is_(False),
        sa.or_(decision.application_id.is_(None), is_shown(ctx.host, decision.application_id)),
    ]


def _statement(
    ctx: Context, job_key: str, scopes: Iterable[str] | None, access: Access | None, actor: Actor | None
) -> sa.Select[Any]:
    decision = ctx.models.decision
    on_job = decision.job_key == job_key
    if ctx.host.map.job is None:
        on_job = decision.job_label == job_key
    statement = sa.select(decision).where(on_job, *on_a_bench(ctx))
    if scopes is not None:
        statement = statement.where(decision.scope.in_(sorted(scopes)))
    if access is not None:
        statement = access.visible(actor, statement)
    return statement.order_by(
        decision.finish.is_(None), decision.finish, decision.stage_reached, decision.id
    ).limit(LONGEST_BENCH)


def _rank(decision: DecisionMixin, decided_at: datetime, rating: float | None) -> tuple[Any, ...]:
    return (
        decision.finish is None,
        decision.finish or 0,
        BENCH_STAGES.index(decision.stage_reached)
        if decision.stage_reached in BENCH_STAGES
        else len(BENCH_STAGES),
        float("inf") if rating is None else -rating,
        -decided_at.timestamp(),
        decision.id,
    )


def _host_rows(ctx: Context, decisions: list[DecisionMixin]) -> tuple[list[Any], dict[str, Any]]:
    """Load what is read on the host's own rows at once: ratings, and names of people not linked yet."""
    rated = "rating" in ctx.host.readers
    wanted = [
        d
        for d in decisions
        if d.application_id is not None and (rated or d.person_id is None or d.completed_at is None)
    ]
    if not wanted:
        return [], {}
    host = ctx.host
    unlinked = [
        host.parse_key(host.map.candidate, d.candidate_key)
        for d in wanted
        if d.person_id is None and d.candidate_key
    ]
    candidates = _by_key(ctx, host.map.candidate, unlinked) if not host.same_row else []
    applications = _by_key(ctx, host.map.application, [d.application_id for d in wanted])
    return candidates, {key_text(key_of(row)): row for row in applications}


def _by_key(ctx: Context, cls: type[Any], keys: list[Any]) -> list[Any]:
    if not keys:
        return []
    attribute = getattr(cls, ctx.host.key_attribute(cls))
    return list(ctx.session.scalars(sa.select(cls).where(attribute.in_(keys))))


def _rating(ctx: Context, application: Any) -> float | None:
    value = ctx.host.read("rating", application)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _why(
    ctx: Context,
    decision: DecisionMixin,
    now: Situation,
    finalists: int,
    rating: float | None,
    *,
    elsewhere: bool,
) -> tuple[str, ...]:
    facts = []
    if decision.finish is not None:
        facts.append(f"{ordinal(decision.finish)} of {max(finalists, decision.finish)} in the last round")
    if decision.stage_reached in BENCH_STAGES:
        facts.append("Finalist" if decision.stage_reached == StageReached.FINALIST else "Interviewed")
    if rating is not None:
        facts.append(f"Rated {rating:g} in your ATS")
    facts.append(f"Decided {now.decided_at.astimezone(ctx.settings.timezone):%-d %B %Y}")
    if decision.door == Door.OPEN and decision.door_by_name:
        facts.append(f"{decision.door_by_name} wants them back")
    if elsewhere:
        facts.append("In another process now")
    return tuple(facts)


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    if 10 <= number % 100 <= 20:  # noqa: PLR2004 (the English teens)
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _people(ctx: Context, decisions: list[DecisionMixin]) -> dict[int, PersonMixin]:
    ids = {d.person_id for d in decisions if d.person_id is not None}
    if not ids:
        return {}
    person = ctx.models.person
    return {row.id: row for row in ctx.session.scalars(sa.select(person).where(person.id.in_(ids)))}


def _name(ctx: Context, decision: DecisionMixin, application: Any) -> str:
    """Return the name of somebody not linked yet, unless the row is another's by now."""
    if (
        application is None
        or key_text(ctx.host.seen_in_object(application).candidate_key) != decision.candidate_key
    ):
        return "No longer in your ATS"
    return ctx.host.name_of(ctx.host.candidate_of(application, ctx.session)) or "No name"
