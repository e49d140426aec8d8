"""A job's runners-up in finishing order, each with the facts that put them there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Access, Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.host.mapping import Seen, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.words import DecisionState, Door, LetterKind, MemberState, Outcome, RecallState, StageReached

BENCH_STAGES = (StageReached.FINALIST.value, StageReached.INTERVIEWED.value)
LONGEST_BENCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person on the bench, and what a recruiter needs to decide on."""

    decision: DecisionMixin
    person: PersonMixin | None
    name: str
    why: tuple[str, ...]
    """The facts this row's place in the order rests on, the weightiest first."""
    recall: RecallMixin | None
    is_member: bool
    obstacle: str
    """Why this person cannot be invited now; empty when they can."""


def bench(
    ctx: Context, job_key: str, scopes: Iterable[str] | None, *, access: Access | None = None, actor: Actor | None = None
) -> list[Row]:
    """Return the runners-up for a job: by finish, then stage reached, rating and date.

    Args:
        ctx: The unit of work; nothing is written.
        job_key: The host's key of the job as text, or its label where the host has no jobs.
        scopes: The scopes to look in; None for all.
        access: Filters the rows somebody may see, with ``actor``.
        actor: Who looks.
    """
    decisions = list(ctx.session.scalars(_statement(ctx, job_key, scopes, access, actor)))
    people = _people(ctx, decisions)
    recalls = _recalls(ctx, job_key, people)
    members = _members(ctx, people)
    processes = open_processes(ctx, [d.candidate_key for d in decisions])
    told = {d.id for d in decisions if d.told_at is not None}
    finalists = sum(d.stage_reached == StageReached.FINALIST.value for d in decisions)
    rows = []
    for decision in decisions:
        person = people.get(decision.person_id or 0)
        recall = recalls.get(person.id) if person is not None else None
        here = any(key_text(seen.job_key) == decision.job_key for seen in processes.get(decision.candidate_key, ()))
        rows.append(
            (
                _rank(ctx, decision),
                Row(
                    decision=decision,
                    person=person,
                    name=person.name if person is not None else _name(ctx, decision),
                    why=_why(ctx, decision, finalists, elsewhere=bool(processes.get(decision.candidate_key)) and not here),
                    recall=recall,
                    is_member=person is not None and person.id in members,
                    obstacle=obstacle(
                        ctx,
                        decision,
                        person,
                        recall,
                        is_told=decision.id in told,
                        in_process=here,
                        is_member=person is not None and person.id in members,
                    ),
                ),
            )
        )
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _statement(
    ctx: Context, job_key: str, scopes: Iterable[str] | None, access: Access | None, actor: Actor | None
) -> sa.Select[Any]:
    decision = ctx.models.decision
    on_job = decision.job_key == job_key
    if ctx.host.map.job is None:
        on_job = decision.job_label == job_key
    statement = sa.select(decision).where(
        on_job,
        decision.outcome == Outcome.REJECTED.value,
        decision.state.in_([DecisionState.LIVE.value, DecisionState.BASELINE.value]),
        decision.stage_reached.in_(BENCH_STAGES),
        decision.never_pool.is_(False),
    )
    if scopes is not None:
        statement = statement.where(decision.scope.in_(sorted(scopes)))
    if access is not None:
        statement = access.visible(actor, statement)
    return statement.order_by(decision.finish.is_(None), decision.finish, decision.stage_reached, decision.id).limit(LONGEST_BENCH)


def _rank(ctx: Context, decision: DecisionMixin) -> tuple[Any, ...]:
    rating = _rating(ctx, decision)
    return (
        decision.finish is None,
        decision.finish or 0,
        BENCH_STAGES.index(decision.stage_reached),
        float("inf") if rating is None else -rating,
        -decision.decided_at.timestamp(),
        decision.id,
    )


def _rating(ctx: Context, decision: DecisionMixin) -> float | None:
    if "rating" not in ctx.host.readers or decision.application_id is None:
        return None
    application = ctx.session.get(ctx.host.map.application, decision.application_id)
    value = ctx.host.read("rating", application)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _why(ctx: Context, decision: DecisionMixin, finalists: int, *, elsewhere: bool) -> tuple[str, ...]:
    facts = []
    if decision.finish is not None:
        facts.append(f"{ordinal(decision.finish)} of {max(finalists, decision.finish)} in the last round")
    facts.append("Finalist" if decision.stage_reached == StageReached.FINALIST.value else "Interviewed")
    rating = _rating(ctx, decision)
    if rating is not None:
        facts.append(f"Rated {rating:g} in your ATS")
    facts.append(f"Decided {decision.decided_at.astimezone(ctx.settings.timezone):%-d %B %Y}")
    if decision.door == Door.OPEN.value and decision.door_by_name:
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
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _people(ctx: Context, decisions: list[DecisionMixin]) -> dict[int, PersonMixin]:
    ids = {d.person_id for d in decisions if d.person_id is not None}
    if not ids:
        return {}
    person = ctx.models.person
    return {row.id: row for row in ctx.session.scalars(sa.select(person).where(person.id.in_(ids)))}


def _recalls(ctx: Context, job_key: str, people: dict[int, PersonMixin]) -> dict[int, RecallMixin]:
    recall = ctx.models.recall
    statement = sa.select(recall).where(recall.person_id.in_(people), recall.job_key == job_key).order_by(recall.id)
    return {row.person_id: row for row in ctx.session.scalars(statement) if row.person_id is not None}


def _members(ctx: Context, people: dict[int, PersonMixin]) -> set[int]:
    member = ctx.models.member
    statement = sa.select(member.person_id).where(
        member.person_id.in_(people), member.state == MemberState.MEMBER.value
    )
    return set(ctx.session.scalars(statement))


def open_processes(ctx: Context, candidate_keys: list[str]) -> dict[str, list[Seen]]:
    """Return the applications that are not decided, by candidate key."""
    found: dict[str, list[Seen]] = {}
    for seen in ctx.host.looks(ctx.session, candidate_keys):
        if ctx.host.verdict(seen.status, declined=seen.declined).outcome is None:
            found.setdefault(key_text(seen.candidate_key), []).append(seen)
    return found


def _name(ctx: Context, decision: DecisionMixin) -> str:
    application = application_of(ctx, decision)
    if application is None:
        return "No longer in your ATS"
    return ctx.host.name_of(ctx.host.candidate_of(application, ctx.session)) or "No name"


def obstacle(  # noqa: PLR0911, PLR0913 (one line for each reason somebody is not asked)
    ctx: Context,
    decision: DecisionMixin,
    person: PersonMixin | None,
    recall: RecallMixin | None,
    *,
    is_told: bool,
    in_process: bool,
    is_member: bool,
) -> str:
    """Return why a person on the bench cannot be invited back now, as a sentence; empty when they can."""
    if in_process:
        return "Is in the process for this job already."
    if person is not None and person.objected_at is not None:
        return "Asked not to be invited again."
    if recall is not None and recall.state in (RecallState.INVITED.value, RecallState.ACCEPTED.value):
        return "Has been invited already." if recall.state == RecallState.INVITED.value else "Said yes."
    if recall is not None and recall.state == RecallState.DECLINED.value:
        return "Said no to this job."
    if recall is not None and recall.state == RecallState.NOT_NOW.value:
        return "Said “not now”; their link still takes a yes."
    if not is_told:
        return "Has not been told the outcome yet. Take the rejection back instead."
    if decision.door == Door.CLOSED.value and decision.door_by:
        return "The door was closed for this person."
    if not is_member and ctx.now() - decision.decided_at > ctx.settings.reuse_window:
        return "Applied too long ago to be asked without being in a pool."
    return ""


def letter_occasion(recall: RecallMixin) -> tuple[LetterKind, str]:
    """Return what the invitation letter of a recall answers."""
    return LetterKind.RECALL, f"recall:{recall.id}:invite"
