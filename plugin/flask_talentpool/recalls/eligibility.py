"""Whether somebody on a bench can be asked back, and why not."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

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
)
from flask_talentpool.host.seen import Seen, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.model import RecallMixin


def ambiguous_rows(ctx: Context, people: dict[int, PersonMixin]) -> set[str]:
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
    recalls = recalls_for(ctx, decision.job_label if on else decision.job_key, people) if people else {}
    processes = open_processes(ctx, [decision.candidate_key])
    return obstacle(
        ctx,
        decision,
        person,
        recalls.get(person.id) if person is not None else None,
        decided_at=decided_on_or_noticed(ctx, decision, application_of(ctx, decision)),
        is_told=decision.told_at is not None,
        in_process=any(
            key_text(seen.job_key) == decision.job_key for seen in processes.get(decision.candidate_key, ())
        ),
        is_member=bool(people) and bool(in_a_pool(ctx, people)),
        is_in_doubt=bool(people) and decision.candidate_key in ambiguous_rows(ctx, people),
    )


def letter_occasion(recall: RecallMixin) -> tuple[LetterKind, str]:
    """Return what the invitation letter of a recall answers."""
    return LetterKind.RECALL, f"recall:{recall.id}:invite"


def decided_on_or_noticed(ctx: Context, decision: DecisionMixin, application: Any) -> datetime:
    """Return when it was decided; of what was not read yet, by the host's row as it stands."""
    unread = decision.completed_at is None and application is not None
    return decided_on(ctx, decision, application) if unread else decision.decided_at


def recalls_for(ctx: Context, job_key: str, people: dict[int, PersonMixin]) -> dict[int, RecallMixin]:
    """Return the newest invitation of each person to a job, by person id."""
    recall = ctx.models.recall
    on_job = (recall.job_label if ctx.host.map.job is None else recall.job_key) == job_key
    statement = sa.select(recall).where(recall.person_id.in_(people), on_job).order_by(recall.id)
    return {row.person_id: row for row in ctx.session.scalars(statement) if row.person_id is not None}


def in_a_pool(ctx: Context, people: dict[int, PersonMixin]) -> set[int]:
    """Return the ids of those who have a place in a pool."""
    member = ctx.models.member
    statement = sa.select(member.person_id).where(
        member.person_id.in_(people), member.state == MemberState.MEMBER
    )
    return set(ctx.session.scalars(statement))
