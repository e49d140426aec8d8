"""People we know for a job: members who came close for jobs of a like title, each with what is alike."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.access import Access, Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, MemberState, Outcome, StageReached
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.asked import asked
from flask_talentpool.recalls.bench import BENCH_STAGES, on_a_bench, ordinal
from flask_talentpool.recalls.eligibility import (
    Situation,
    Target,
    enquiry_obstacle,
    host_rows,
    is_in_process,
    open_processes,
    target_of,
)
from flask_talentpool.recalls.model import RecallMixin

SHOWN = 50
_READ = 400
"""Rows looked at: who came close for several jobs has one for each."""
_WORD = re.compile(r"[^\W_]{3,}")
_EVERYWHERE = frozenset(
    [
        "and",
        "the",
        "for",
        "with",
        "senior",
        "junior",
        "lead",
        "head",
        "manager",
        "und",
        "die",
        "der",
        "für",
        "mit",
        "gmbh",
        "all",
        "new",
        "part",
        "full",
        "time",
        "intern",
        "trainee",
        "role",
        "position",
        "team",
    ]
)
"""Words of titles that make no two jobs alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """One person we know, and what a recruiter needs to decide on."""

    decision: DecisionMixin
    """The one by which we know them best for this job."""
    person: PersonMixin
    why: tuple[str, ...]
    until: datetime | None
    """How long their place in a pool lasts."""
    recall: RecallMixin | None
    obstacle: str


def words_of(title: str) -> frozenset[str]:
    """Return the words of a title that may make two jobs alike.

    >>> sorted(words_of("Senior Backend-Engineer (m/w/d), Leeds"))
    ['backend', 'engineer', 'leeds']
    """
    return frozenset(_WORD.findall(title.lower())) - _EVERYWHERE


def known_for(ctx: Context, job: Target, *, access: Access, actor: Actor | None) -> list[KnownRow]:
    """Return members who came close for jobs of a like title, those who came closest to the likest first.

    Args:
        ctx: The unit of work; nothing is written.
        job: The job that people are looked for.
        access: Filters the rows somebody may see, with ``actor``.
        actor: Who looks.
    """
    words = words_of(job.label)
    if not words:
        return []
    decision, member, person = ctx.models.decision, ctx.models.member, ctx.models.person
    label, hired = sa.func.lower(decision.job_label), orm.aliased(decision)
    statement: Any = (
        sa.select(decision, person, sa.func.max(member.until, type_=member.until.type))
        .join(member, member.person_id == decision.person_id)
        .join(person, person.id == decision.person_id)
        .where(
            member.state == MemberState.MEMBER,
            decision.job_key != job.key,
            *on_a_bench(ctx),
            # Whoever works here is a colleague, and is asked as one.
            ~sa.exists().where(
                hired.person_id == decision.person_id,
                hired.outcome == Outcome.HIRED,
                hired.state == DecisionState.LIVE,
            ),
            sa.or_(*(label.contains(word, autoescape=True) for word in sorted(words))),
        )
        .group_by(decision.id, person.id)
    )
    scopes = access.scopes(actor)
    if scopes is not None:
        statement = statement.where(decision.scope.in_(sorted(scopes)))
    statement = access.visible(actor, statement).order_by(decision.decided_at.desc(), decision.id.desc())
    best: dict[int, tuple[tuple[Any, ...], DecisionMixin, PersonMixin, datetime | None]] = {}
    for row, who, until in ctx.session.execute(statement.limit(_READ)):
        rank = _rank(row, words)
        if who.id not in best or rank < best[who.id][0]:
            best[who.id] = rank, row, who, until
    chosen = sorted(best.values(), key=lambda one: one[0])[:SHOWN]
    return _rows(ctx, job, words, chosen)


def job_in_sight(ctx: Context, key: str, scopes: Iterable[str] | None) -> Target | None:
    """Return a job of the host's by its key as text; None where there is none, or it is in none of these scopes.

    A job is where its applications are; one that nobody has applied for yet is in the scope without a name.
    """
    host = ctx.host
    if host.map.job is None:
        return None
    parsed = host.parse_key(host.map.job, key)
    job = host.get(ctx.session, host.map.job, parsed) if parsed is not None else None
    if job is None:
        return None
    if scopes is not None and not set(scopes) & (_scopes_of(ctx, parsed, key) or {""}):
        return None
    return target_of(ctx, job)


def _scopes_of(ctx: Context, parsed: Any, key: str) -> set[str]:
    decision = ctx.models.decision
    found = set(ctx.session.scalars(sa.select(decision.scope).where(decision.job_key == key).distinct()))
    if not found and ctx.host.in_sql:
        columns = ctx.host.statement.selected_columns
        there = ctx.host.statement.where(columns["job_key"] == parsed).limit(1)
        found = {ctx.host.seen_in_row(row._mapping).scope for row in ctx.session.execute(there)}  # noqa: SLF001 (the documented way to a row's names)
    return found


def _rank(decision: DecisionMixin, words: frozenset[str]) -> tuple[Any, ...]:
    stage = decision.stage_reached
    return (
        -len(words & words_of(decision.job_label)),
        BENCH_STAGES.index(stage) if stage in BENCH_STAGES else len(BENCH_STAGES),
        decision.finish is None,
        decision.finish or 0,
        -decision.decided_at.timestamp(),
        decision.id,
    )


def _rows(ctx: Context, job: Target, words: frozenset[str], chosen: Iterable[Any]) -> list[KnownRow]:
    chosen = list(chosen)
    people = [who.id for _, _, who, _ in chosen]
    before, theirs = asked(ctx, people), host_rows(ctx, people)
    processes = open_processes(ctx, sorted(set().union(*theirs.keys.values()) - {""}))
    found = []
    for _, decision, who, until in chosen:
        keys = theirs.keys.get(who.id, frozenset())
        now = Situation(
            job=job,
            person=who,
            asked=before[who.id],
            decided_at=decision.decided_at,
            is_recent=True,
            is_told=decision.told_at is not None,
            in_process=is_in_process(job.key, keys, processes),
            is_member=True,
            is_in_doubt=decision.candidate_key in theirs.in_doubt,
        )
        elsewhere = not now.in_process and any(processes.get(key) for key in keys)
        found.append(
            KnownRow(
                decision=decision,
                person=who,
                why=_why(ctx, decision, words, elsewhere=elsewhere),
                until=until,
                recall=now.asked.latest(job.name),
                obstacle=enquiry_obstacle(ctx, decision, now),
            )
        )
    return found


def _why(ctx: Context, decision: DecisionMixin, words: frozenset[str], *, elsewhere: bool) -> tuple[str, ...]:
    came = {StageReached.FINALIST: "Finalist", StageReached.INTERVIEWED: "Interviewed"}
    how = came.get(decision.stage_reached, "Applied")
    day = f"{decision.decided_at.astimezone(ctx.settings.timezone):%-d %B %Y}"
    facts = [f"{how} for {decision.job_label}, decided {day}"]
    if decision.finish is not None:
        facts.append(f"Came {ordinal(decision.finish)}")
    alike = ", ".join(sorted(words & words_of(decision.job_label)))
    if alike:
        facts.append(f"Alike in the title: {alike}")
    if elsewhere:
        facts.append("In another process now")
    return tuple(facts)
