"""Whether somebody on a bench can be asked back, and why not."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
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
from flask_talentpool.host.seen import Seen, key_of, key_text
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.asked import NEVER, Asked, Turn, asked, asked_first, whose_turn
from flask_talentpool.recalls.model import RecallMixin

_NO_MEMBER = "Has no place in a pool, and about another job only those with one are written to."
_CLOSED = "Your ATS says that this job is not open. Open it there first: the letter says that you are looking for somebody."


@dataclass(frozen=True, slots=True)
class HostRows:
    """The candidate rows of people in the host: whose each is, and which may be somebody else's by now."""

    keys: Mapping[int, frozenset[str]]
    in_doubt: frozenset[str]


def host_rows(ctx: Context, people: Collection[int]) -> HostRows:
    """Read which candidate rows people have, by person id."""
    link = ctx.models.candidate_link
    statement = sa.select(link.person_id, link.candidate_key, link.suspended_at).where(
        link.person_id.in_(padded(sorted(people)))
    )
    keys: dict[int, set[str]] = defaultdict(set)
    in_doubt = set()
    for person_id, key, suspended_at in ctx.session.execute(statement) if people else ():
        keys[person_id].add(key)
        if suspended_at is not None:
            in_doubt.add(key)
    return HostRows({one: frozenset(theirs) for one, theirs in keys.items()}, frozenset(in_doubt))


def open_processes(ctx: Context, candidate_keys: list[str]) -> dict[str, list[Seen]]:
    """Return the applications that are not decided, by candidate key."""
    found: dict[str, list[Seen]] = {}
    for seen in ctx.host.looks(ctx.session, candidate_keys):
        if ctx.host.verdict(seen.status, declined=seen.declined).outcome is None:
            found.setdefault(key_text(seen.candidate_key), []).append(seen)
    return found


@dataclass(frozen=True, slots=True)
class Target:
    """The job that somebody is asked about."""

    id: Any
    key: str
    label: str
    is_closed: bool = False
    """Whether the host says that nobody is looked for; not so where it does not say."""

    @property
    def name(self) -> str:
        """What tells it from other jobs: its key, or its label where there is none."""
        return self.key or self.label


def target_of(ctx: Context, job: Any) -> Target:
    """Return a job of the host's as one that people are asked about."""
    title = " ".join(str(ctx.host.read("job_title", job) or "").split())
    is_closed = ctx.host.read("job_open", job) in (False, 0)
    return Target(key_of(job), key_text(key_of(job)), title[:300], is_closed)


def same_job(ctx: Context, decision: DecisionMixin) -> Target:
    """Return the job of a decision as the one that its person is asked about."""
    host = ctx.host
    job = host.get(ctx.session, host.map.job, decision.job_id) if host.map.job is not None else None
    is_closed = job is not None and host.read("job_open", job) in (False, 0)
    return Target(decision.job_id, decision.job_key, decision.job_label, is_closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of one person beside the decision that they are asked by."""

    job: Target
    person: PersonMixin | None = None
    asked: Asked = NEVER
    decided_at: datetime
    is_told: bool
    in_process: bool
    is_member: bool
    is_recent: bool
    """Whether their own application is recent enough to ask them about its job without a place in a pool."""
    was_hired: bool = False
    """Whether they were hired for this job once: then they left, or never came."""
    is_in_doubt: bool = False
    turn: Turn | None = None
    """Who is asked for the job just now."""


def bar(decision: DecisionMixin, now: Situation) -> str:
    """Return why nobody of us asks this person back to this job, by letter or by phone; empty where one may."""
    stands = decision.state in (DecisionState.LIVE, DecisionState.BASELINE)
    person, last = now.person, now.asked.latest(now.job.name)
    answered = last.state if last is not None else None
    reasons = (
        (
            decision.outcome != Outcome.REJECTED or not stands,
            "Only somebody who was turned down can be invited back.",
        ),
        (decision.never_pool, "Your ATS marks this person as one who must never be in a pool."),
        (
            decision.application_id is None,
            "This application is no longer in your ATS, so nobody can be invited through it.",
        ),
        (now.is_in_doubt, HoldReason.IDENTITY.sentence),
        (now.in_process, "Is in the process for this job already."),
        (person is not None and person.objected_at is not None, "Asked not to be invited again."),
        (answered == RecallState.ACCEPTED, "Said yes."),
        (answered == RecallState.HIRED, "Was hired for this job."),
        (now.was_hired, "Was hired for this job once."),
        (not now.is_told, "Has not been told the outcome yet. Take the rejection back instead."),
        (decision.door == Door.CLOSED and decision.door_by, "The door was closed for this person."),
        (
            not now.is_recent and not now.is_member,
            "Applied too long ago to be asked without being in a pool.",
        ),
    )
    return next((sentence for is_so, sentence in reasons if is_so), "")


def obstacle(ctx: Context, decision: DecisionMixin, now: Situation) -> str:
    """Return why a person on the bench cannot be invited back by letter now, as a sentence; empty when they can."""
    last = now.asked.latest(now.job.name)
    is_another = now.turn is not None and (now.person is None or now.turn.person_id != now.person.id)
    return (
        bar(decision, now)
        or (_said(ctx, last) if last is not None else "")
        or ("" if not now.job.is_closed else _CLOSED)
        or (asked_first(ctx, now.turn) if now.turn is not None and is_another else "")
        or now.asked.too_often(ctx)
    )


def enquiry_obstacle(ctx: Context, decision: DecisionMixin, now: Situation) -> str:
    """Return why nobody asks this person by letter about another job than the decision's; empty where one may."""
    last = now.asked.latest(now.job.name)
    return (
        bar(decision, now)
        or (_said(ctx, last) if last is not None else "")
        or ("" if not now.job.is_closed else _CLOSED)
        or ("" if now.is_member else _NO_MEMBER)
        or now.asked.too_often(ctx)
    )


def _said(ctx: Context, last: RecallMixin) -> str:
    """Say what the last invitation to this job asks of us."""
    if last.state == RecallState.INVITED:
        return "Has been invited already."
    if last.state == RecallState.DECLINED:
        return "Said no to this job."
    if last.state != RecallState.NOT_NOW:
        return ""
    if last.ask_after is None:
        return "Said “not now”; their link still takes a yes."
    if last.ask_after <= ctx.now().astimezone(ctx.settings.timezone).date():
        return ""
    return f"Said “not now”: may be asked again from {last.ask_after:%-d %B %Y} on."


def situation_of(
    ctx: Context, decision: DecisionMixin, person: PersonMixin | None, job: Target | None = None
) -> Situation:
    """Read what is known of one person who is asked about a job, the decision's own by default; looks only."""
    job = job or same_job(ctx, decision)
    people = [person.id] if person is not None else []
    application = application_of(ctx, decision)
    decided_at = decided_on_or_noticed(ctx, decision, application)
    return Situation(
        job=job,
        person=person,
        asked=asked(ctx, people)[person.id] if person is not None else NEVER,
        decided_at=decided_at,
        is_recent=is_recent(ctx, decided_at),
        was_hired=person is not None and _was_hired(ctx, person, job),
        is_told=decision.told_at is not None,
        in_process=has_process(ctx, job, decision, person),
        is_member=bool(in_a_pool(ctx, people)),
        is_in_doubt=decision.candidate_key in host_rows(ctx, people).in_doubt,
        turn=whose_turn(ctx, decision.scope, job.name),
    )


def _was_hired(ctx: Context, person: PersonMixin, job: Target) -> bool:
    decision = ctx.models.decision
    hired = sa.select(decision.id).where(
        decision.person_id == person.id,
        decision.outcome == Outcome.HIRED,
        (decision.job_key if job.key else decision.job_label) == job.name,
    )
    return ctx.session.scalars(hired.limit(1)).first() is not None


def is_recent(ctx: Context, decided_at: datetime) -> bool:
    """Whether an application decided then may be what asking its person back rests on."""
    return ctx.now() - decided_at <= ctx.settings.reuse_window


def has_process(ctx: Context, job: Target, decision: DecisionMixin, person: PersonMixin | None) -> bool:
    """Whether one person is in the process for a job now."""
    theirs = host_rows(ctx, [person.id]).keys if person is not None else {}
    keys = {decision.candidate_key}.union(*theirs.values())
    return is_in_process(job.key, keys, open_processes(ctx, sorted(keys - {""})))


def is_in_process(job_key: str, keys: Collection[str], processes: Mapping[str, Sequence[Seen]]) -> bool:
    """Whether somebody is in the process for a job, under whichever of their candidate rows."""
    return any(key_text(seen.job_key) == job_key for key in keys for seen in processes.get(key, ()))


def letter_occasion(recall: RecallMixin) -> tuple[LetterKind, str]:
    """Return what the invitation letter of a recall answers."""
    return LetterKind.RECALL, f"recall:{recall.id}:invite"


def decided_on_or_noticed(ctx: Context, decision: DecisionMixin, application: Any) -> datetime:
    """Return when it was decided; of what was not read yet, by the host's row as it stands."""
    unread = decision.completed_at is None and application is not None
    return decided_on(ctx, decision, application) if unread else decision.decided_at


def in_a_pool(ctx: Context, people: Collection[int]) -> set[int]:
    """Return the ids of those who have a place in a pool."""
    member = ctx.models.member
    statement = sa.select(member.person_id).where(
        member.person_id.in_(padded(sorted(people))), member.state == MemberState.MEMBER
    )
    return set(ctx.session.scalars(statement)) if people else set()
