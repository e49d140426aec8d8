"""A job's runners-up in finishing order, each with the facts that put them there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Access, Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import application_of, decided_on
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    LetterKind,
    MemberState,
    Outcome,
    RecallState,
    StageReached,
)
from flask_talentpool.host.mapping import Seen, key_of, key_text
from flask_talentpool.people.model import PersonMixin
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
    """Why this person cannot be invited now; empty when they can."""


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
    recalls = _recalls(ctx, job_key, people)
    members = _members(ctx, people)
    doubtful = _doubtful(ctx, people)
    # Held here, so that reading them below asks the database no more.
    candidates, applications = _host_rows(ctx, decisions)
    processes = open_processes(ctx, [d.candidate_key for d in decisions])
    told = {d.id for d in decisions if d.told_at is not None}
    finalists = sum(d.stage_reached == StageReached.FINALIST for d in decisions)
    rows = []
    for decision in decisions:
        person = people.get(decision.person_id or 0)
        recall = recalls.get(person.id) if person is not None else None
        application = applications.get(decision.application_key)
        rating = _rating(ctx, application)
        decided_at = _decided_at(ctx, decision, application)
        here = any(
            key_text(seen.job_key) == decision.job_key for seen in processes.get(decision.candidate_key, ())
        )
        rows.append(
            (
                _rank(decision, decided_at, rating),
                BenchRow(
                    decision=decision,
                    decided_at=decided_at,
                    person=person,
                    name=person.name if person is not None else _name(ctx, decision, application),
                    why=_why(
                        ctx,
                        decision,
                        decided_at,
                        finalists,
                        rating,
                        elsewhere=bool(processes.get(decision.candidate_key)) and not here,
                    ),
                    recall=recall,
                    is_member=person is not None and person.id in members,
                    obstacle=obstacle(
                        ctx,
                        decision,
                        person,
                        recall,
                        decided_at=decided_at,
                        is_told=decision.id in told,
                        in_process=here,
                        is_member=person is not None and person.id in members,
                        is_in_doubt=decision.candidate_key in doubtful,
                    ),
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


def _statement(
    ctx: Context, job_key: str, scopes: Iterable[str] | None, access: Access | None, actor: Actor | None
) -> sa.Select[Any]:
    decision = ctx.models.decision
    on_job = decision.job_key == job_key
    if ctx.host.map.job is None:
        on_job = decision.job_label == job_key
    statement = sa.select(decision).where(
        on_job,
        decision.outcome == Outcome.REJECTED,
        decision.state.in_([DecisionState.LIVE, DecisionState.BASELINE]),
        decision.stage_reached.in_(BENCH_STAGES),
        decision.never_pool.is_(False),
    )
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
        BENCH_STAGES.index(decision.stage_reached),
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
    decided_at: datetime,
    finalists: int,
    rating: float | None,
    *,
    elsewhere: bool,
) -> tuple[str, ...]:
    facts = []
    if decision.finish is not None:
        facts.append(f"{ordinal(decision.finish)} of {max(finalists, decision.finish)} in the last round")
    facts.append("Finalist" if decision.stage_reached == StageReached.FINALIST else "Interviewed")
    if rating is not None:
        facts.append(f"Rated {rating:g} in your ATS")
    facts.append(f"Decided {decided_at.astimezone(ctx.settings.timezone):%-d %B %Y}")
    if decision.door == Door.OPEN and decision.door_by_name:
        facts.append(f"{decision.door_by_name} wants them back")
    if elsewhere:
        facts.append("In another process now")
    return tuple(facts)


def _decided_at(ctx: Context, decision: DecisionMixin, application: Any) -> datetime:
    """Return when it was decided; of what was not read yet, by the host's row as it stands."""
    unread = decision.completed_at is None and application is not None
    return decided_on(ctx, decision, application) if unread else decision.decided_at


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


def _recalls(ctx: Context, job_key: str, people: dict[int, PersonMixin]) -> dict[int, RecallMixin]:
    recall = ctx.models.recall
    on_job = (recall.job_label if ctx.host.map.job is None else recall.job_key) == job_key
    statement = sa.select(recall).where(recall.person_id.in_(people), on_job).order_by(recall.id)
    return {row.person_id: row for row in ctx.session.scalars(statement) if row.person_id is not None}


def _members(ctx: Context, people: dict[int, PersonMixin]) -> set[int]:
    member = ctx.models.member
    statement = sa.select(member.person_id).where(
        member.person_id.in_(people), member.state == MemberState.MEMBER
    )
    return set(ctx.session.scalars(statement))


def _doubtful(ctx: Context, people: dict[int, PersonMixin]) -> set[str]:
    """Return the host rows of these people that may be somebody else by now."""
    link = ctx.models.candidate_link
    statement = sa.select(link.candidate_key).where(
        link.person_id.in_(people), link.suspended_at.is_not(None)
    )
    return set(ctx.session.scalars(statement))


def open_processes(ctx: Context, candidate_keys: list[str]) -> dict[str, list[Seen]]:
    """Return the applications that are not decided, by candidate key."""
    found: dict[str, list[Seen]] = {}
    for seen in ctx.host.looks(ctx.session, candidate_keys):
        if ctx.host.verdict(seen.status, declined=seen.declined).outcome is None:
            found.setdefault(key_text(seen.candidate_key), []).append(seen)
    return found


def _name(ctx: Context, decision: DecisionMixin, application: Any) -> str:
    """Return the name of somebody not linked yet, unless the row is another's by now."""
    if (
        application is None
        or key_text(ctx.host.seen_in_object(application).candidate_key) != decision.candidate_key
    ):
        return "No longer in your ATS"
    return ctx.host.name_of(ctx.host.candidate_of(application, ctx.session)) or "No name"


def obstacle(  # noqa: C901, PLR0911 (one line for each reason somebody is not asked)
    ctx: Context,
    decision: DecisionMixin,
    person: PersonMixin | None,
    recall: RecallMixin | None,
    *,
    decided_at: datetime,
    is_told: bool,
    in_process: bool,
    is_member: bool,
    is_in_doubt: bool = False,
) -> str:
    """Return why a person on the bench cannot be invited back now, as a sentence; empty when they can."""
    stands = decision.state in (DecisionState.LIVE, DecisionState.BASELINE)
    if decision.outcome != Outcome.REJECTED or not stands:
        return "Only somebody who was turned down can be invited back."
    if decision.never_pool:
        return "Your ATS marks this person as one who must never be in a pool."
    if decision.application_id is None:
        return "This application is no longer in your ATS, so nobody can be invited through it."
    if is_in_doubt:
        return HoldReason.IDENTITY.sentence
    if in_process:
        return "Is in the process for this job already."
    if person is not None and person.objected_at is not None:
        return "Asked not to be invited again."
    if recall is not None and recall.state in (RecallState.INVITED, RecallState.ACCEPTED):
        return "Has been invited already." if recall.state == RecallState.INVITED else "Said yes."
    if recall is not None and recall.state == RecallState.DECLINED:
        return "Said no to this job."
    if recall is not None and recall.state == RecallState.NOT_NOW:
        return "Said “not now”; their link still takes a yes."
    if not is_told:
        return "Has not been told the outcome yet. Take the rejection back instead."
    if decision.door == Door.CLOSED and decision.door_by:
        return "The door was closed for this person."
    if not is_member and ctx.now() - decided_at > ctx.settings.reuse_window:
        return "Applied too long ago to be asked without being in a pool."
    return ""


def obstacle_of(ctx: Context, decision: DecisionMixin, person: PersonMixin | None) -> str:
    """Return why one person cannot be invited back now; looks only."""
    people = {person.id: person} if person is not None else {}
    on = ctx.host.map.job is None
    recalls = _recalls(ctx, decision.job_label if on else decision.job_key, people) if people else {}
    processes = open_processes(ctx, [decision.candidate_key])
    return obstacle(
        ctx,
        decision,
        person,
        recalls.get(person.id) if person is not None else None,
        decided_at=_decided_at(ctx, decision, application_of(ctx, decision)),
        is_told=decision.told_at is not None,
        in_process=any(
            key_text(seen.job_key) == decision.job_key for seen in processes.get(decision.candidate_key, ())
        ),
        is_member=bool(people) and bool(_members(ctx, people)),
        is_in_doubt=bool(people) and decision.candidate_key in _doubtful(ctx, people),
    )


def letter_occasion(recall: RecallMixin) -> tuple[LetterKind, str]:
    """Return what the invitation letter of a recall answers."""
    return LetterKind.RECALL, f"recall:{recall.id}:invite"
