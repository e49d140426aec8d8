"""What the letter panel and the page of a decision show, read by a constant number of statements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Action, Actor, Subject
from flask_talentpool.context import Context
from flask_talentpool.decisions.answer import foresee, letter_of, preview, wants_letter
from flask_talentpool.decisions.facts import application_of, live_decision, owner_of, read_facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.service import quiet_decision
from flask_talentpool.delays import due_at
from flask_talentpool.host.mapping import key_of, key_text
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.queries import APPROVABLE, Act, history, sentence_of
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.people.service import find_link, looks_like_somebody_else
from flask_talentpool.pools.service import STANDARD_POOLS
from flask_talentpool.words import (
    Because,
    DecisionState,
    Door,
    LetterState,
    MemberState,
    Outcome,
    StageReached,
)

May = Callable[[Action, object], bool]
"""Whether the acting person may do something to a subject."""

_PHASES = {
    LetterState.SENDING: "going",
    LetterState.UNKNOWN: "unknown",
    LetterState.FAILED: "failed",
}
_ENDED = {
    DecisionState.TAKEN_BACK: "This decision was taken back. Nothing was sent.",
    DecisionState.SUPERSEDED: "Your ATS has said something else since; this decision no longer stands.",
    DecisionState.FORGOTTEN: "The person’s data were erased.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShown:
    """The letter as it stands, or as it would be written now."""

    id: int | None
    state: str
    """A state of letters, or ``unwritten``."""
    because: str
    held: str
    """Why it waits, in sentences."""
    due_at: datetime | None
    sent_at: datetime | None
    subject: str
    body: Paragraphs
    is_approvable: bool
    is_approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When the person learnt the outcome, and how."""

    at: datetime
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the acting person may do here."""

    write: bool
    line: bool
    finish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One application's outcome and the letter that tells it."""

    phase: str
    """``undecided``, ``other``, ``quiet``, ``waiting``, ``going``, ``unknown``, ``failed``, ``silent``, ``told``,
    ``gone`` (the host's row) or ``ended``."""
    application_key: str
    decision_id: int | None
    is_noticed: bool
    """Whether the decision was read already; else the first POST does so."""
    name: str
    job: str
    outcome: str
    stage_reached: str
    finish: int | None
    door: str
    door_by: str
    line: str
    never_pool: bool
    decided_at: datetime | None
    note: str
    letter: LetterShown | None
    told: Told | None
    rights: Rights

    @property
    def suggests_open(self) -> bool:
        """Whether the open door is worth a thought: somebody who was in the last round."""
        return self.stage_reached == StageReached.FINALIST.value and not self.never_pool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorText:
    """What the letter would say with one door."""

    door: str
    subject: str
    body: Paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A host row whose name and address both changed unseen."""

    link_id: int
    name_then: str
    name_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """A decision with its panel and what stands beside it."""

    panel: Panel
    doors: tuple[DoorText, ...]
    doubt: Doubt | None
    person_id: int | None
    bench: str
    """The key of the job's bench; empty without one."""
    reason: str
    owner: str
    candidate_url: str
    interviewed_at: datetime | None
    history: tuple[Act, ...]


def subject_of(ctx: Context, application: Any) -> Subject:
    """Return what rights to an application are asked about."""
    return Subject(scope=ctx.host.scope_of(application), owner_key=owner_of(ctx, application)[0] or None)


def panel_of_application(ctx: Context, application: Any, may: May) -> Panel:
    """Return the panel of a host application, as the caller's session sees the row."""
    key = key_of(application)
    seen = ctx.host.seen_in_object(application)
    verdict = ctx.host.verdict(seen.status, declined=seen.declined)
    decision = live_decision(ctx, key)
    if decision is None:
        decision = quiet_decision(ctx, key)
    if decision is not None and decision.outcome == verdict.outcome:
        return _panel(ctx, decision, application, may)
    subject = subject_of(ctx, application)
    if verdict.outcome is not Outcome.REJECTED:
        phase = "undecided" if verdict.outcome is None else "other"
        return _bare(ctx, application, phase, verdict.outcome, _rights(may, subject))
    # What the hook did not see: written as it would be noticed now, and kept nowhere.
    now = ctx.now()
    imagined = ctx.models.decision(
        scope=seen.scope,
        application_id=key,
        application_key=key_text(key),
        candidate_key="" if seen.candidate_key is None else key_text(seen.candidate_key),
        outcome=Outcome.REJECTED.value,
        state=DecisionState.LIVE.value,
        never_pool=verdict.never_pool,
        stage_reached=ctx.host.stage_reached(seen.stage).value,
        door=(Door.CLOSED if verdict.never_pool else Door.UNLATCHED).value,
        door_by="",
        door_by_name="",
        line="",
        reason="",
        needs_review="",
        decided_at=now,
        noticed_at=now,
    )
    return _panel(ctx, imagined, application, may)


def panel_of_decision(ctx: Context, decision: DecisionMixin, may: May) -> Panel:
    """Return the panel of a stored decision."""
    return _panel(ctx, decision, application_of(ctx, decision), may)


def _rights(may: May, subject: object) -> Rights:
    return Rights(
        write=may(Action.LETTER_WRITE, subject),
        line=may(Action.LETTER_LINE, subject),
        finish=may(Action.FINISH_ORDER, subject),
    )


def _bare(ctx: Context, application: Any, phase: str, outcome: Outcome | None, rights: Rights) -> Panel:
    candidate = ctx.host.candidate_of(application, ctx.session)
    return Panel(
        phase=phase,
        application_key=key_text(key_of(application)),
        decision_id=None,
        is_noticed=False,
        name=ctx.host.name_of(candidate) if candidate is not None else "",
        job=ctx.host.label_of(application, ctx.session),
        outcome="" if outcome is None else outcome.value,
        stage_reached="",
        finish=None,
        door="",
        door_by="",
        line="",
        never_pool=False,
        decided_at=None,
        note="",
        letter=None,
        told=None,
        rights=rights,
    )


def _panel(ctx: Context, decision: DecisionMixin, application: Any, may: May) -> Panel:
    is_stored = decision.id is not None
    facts = decision
    if application is not None and decision.completed_at is None:
        facts = _copy(ctx, decision)
        read_facts(ctx, facts, application)
    letter = letter_of(ctx, decision) if is_stored else None
    phase, note = _phase(ctx, decision, application, letter)
    told = None
    if decision.told_at is not None:
        told = Told(at=decision.told_at, channel=decision.told_by)
    subject = (
        decision if decision.completed_at is not None or application is None else subject_of(ctx, application)
    )
    return Panel(
        phase=phase,
        application_key=decision.application_key,
        decision_id=decision.id,
        is_noticed=decision.completed_at is not None,
        name=_name(ctx, decision, application),
        job=facts.job_label,
        outcome=decision.outcome,
        stage_reached=facts.stage_reached,
        finish=decision.finish,
        door=facts.door,
        door_by=decision.door_by_name,
        line=decision.line,
        never_pool=facts.never_pool,
        decided_at=facts.decided_at,
        note=note,
        letter=_letter(ctx, facts, application, letter, phase),
        told=told,
        rights=_rights(may, subject),
    )


def _copy(ctx: Context, decision: DecisionMixin) -> DecisionMixin:
    """Return a copy that belongs to no session, so that reading facts onto it stores nothing."""
    columns = [column.key for column in sa.inspect(ctx.models.decision).column_attrs]
    return ctx.models.decision(**{name: getattr(decision, name) for name in columns})


def _phase(  # noqa: PLR0911 (one line for each phase, in the order in which they are ruled out)
    ctx: Context, decision: DecisionMixin, application: Any, letter: LetterMixin | None
) -> tuple[str, str]:
    if decision.outcome != Outcome.REJECTED.value:
        return "other", ""
    if decision.state == DecisionState.TAKEN_BACK.value and decision.quiet_for is not None:
        return "quiet", ""
    if decision.state not in (DecisionState.LIVE.value, DecisionState.BASELINE.value):
        return "ended", _ENDED.get(DecisionState(decision.state), "")
    if decision.told_at is not None:
        return "told", ""
    if letter is not None and LetterState(letter.state) in _PHASES:
        return _PHASES[LetterState(letter.state)], ""
    if application is None:
        return "gone", Because.ROW_GONE.sentence
    if letter is None and not wants_letter(ctx, decision):
        return "silent", ""
    return "waiting", ""


def _name(ctx: Context, decision: DecisionMixin, application: Any) -> str:
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    if candidate is not None and ctx.host.name_of(candidate):
        return ctx.host.name_of(candidate)
    person = ctx.session.get(ctx.models.person, decision.person_id) if decision.person_id else None
    return person.name if person is not None else "No name"


def _letter(
    ctx: Context, facts: DecisionMixin, application: Any, letter: LetterMixin | None, phase: str
) -> LetterShown | None:
    if letter is not None:
        return letter_shown(letter)
    if phase != "waiting":
        return None
    candidate = ctx.host.candidate_of(application, ctx.session)
    link = find_link(ctx, key_of(candidate), facts.scope) if candidate is not None else None
    in_doubt = link is not None and looks_like_somebody_else(ctx, candidate, link)
    because, detail = foresee(ctx, facts, application, in_doubt=in_doubt)
    written = preview(ctx, facts, application, pool_name=_pool_name(ctx, facts))
    return LetterShown(
        id=None,
        state="unwritten",
        because=because.value if because else "",
        held=sentences(because.value if because else "", detail),
        due_at=due_at(ctx.settings.delay, facts.noticed_at, tz=ctx.settings.timezone),
        sent_at=None,
        subject=written.subject if written else "",
        body=paragraphs(written.text) if written else (),
        is_approvable=because is not None and because.value in APPROVABLE,
        is_approved=False,
    )


def letter_shown(letter: LetterMixin) -> LetterShown:
    """Return a stored letter as pages show it."""
    return LetterShown(
        id=letter.id,
        state=letter.state,
        because=letter.because,
        held=sentences(letter.because, letter.detail),
        due_at=letter.due_at,
        sent_at=letter.sent_at,
        subject=letter.subject,
        body=paragraphs(letter.text),
        is_approvable=letter.state == LetterState.HELD.value and letter.because in APPROVABLE,
        is_approved=letter.approved_at is not None,
    )


def sentences(because: str, detail: str) -> str:
    """Return why a letter waits or does not go, for a person to read."""
    return " ".join(part for part in (sentence_of(because), detail) if part)


def _pool_name(ctx: Context, decision: DecisionMixin) -> str:
    """Return the pool that an open door would offer now."""
    member, pool = ctx.models.member, ctx.models.pool
    reached = {StageReached.FINALIST.value: "finalists", StageReached.INTERVIEWED.value: "interviewed"}
    key = reached.get(decision.stage_reached, "kept-in-mind")
    waiting = [MemberState.NOTED.value, MemberState.OFFERED.value]
    statement = (
        sa.select(pool.name)
        .join(member, member.pool_id == pool.id)
        .where(member.person_id == decision.person_id, member.state.in_(waiting))
        .order_by(member.added_at.desc())
        .limit(1)
    )
    noted = ctx.session.scalars(statement).first() if decision.person_id is not None else None
    if noted is None:
        by_key = sa.select(pool.name).where(pool.scope == decision.scope, pool.key == key)
        noted = ctx.session.scalars(by_key).one_or_none()
    return noted or STANDARD_POOLS[key][0]


def decision_page(ctx: Context, decision: DecisionMixin, may: May, *, actor: Actor | None) -> DecisionPage:
    """Return the page of a stored decision, for somebody who looks at it."""
    panel = panel_of_decision(ctx, decision, may)
    return _page(ctx, decision, application_of(ctx, decision), panel, actor=actor)


def application_page(ctx: Context, application: Any, may: May, *, actor: Actor | None) -> DecisionPage:
    """Return the same page for an application, whether its decision is noticed or not."""
    panel = panel_of_application(ctx, application, may)
    decision = ctx.session.get(ctx.models.decision, panel.decision_id) if panel.decision_id else None
    return _page(ctx, decision, application, panel, actor=actor)


def _page(
    ctx: Context, decision: DecisionMixin | None, application: Any, panel: Panel, *, actor: Actor | None
) -> DecisionPage:
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    link = ctx.host.map.candidate_url
    shows_bench = panel.outcome == Outcome.REJECTED.value and decision is not None
    return DecisionPage(
        panel=panel,
        doors=_doors(ctx, decision, application, panel, actor=actor),
        doubt=_doubt(ctx, decision, candidate),
        person_id=decision.person_id if decision is not None else None,
        bench=(decision.job_key or decision.job_label) if shows_bench and decision is not None else "",
        reason=decision.reason if decision is not None else "",
        owner=decision.owner_name if decision is not None else "",
        candidate_url=str(link(candidate)) if link is not None and candidate is not None else "",
        interviewed_at=decision.interviewed_at if decision is not None else None,
        history=_history(ctx, decision, actor),
    )


def _history(ctx: Context, decision: DecisionMixin | None, actor: Actor | None) -> tuple[Act, ...]:
    if decision is None:
        return ()
    return history(ctx, [("decision", decision.id)], actor_id=actor.id if actor is not None else "")


def _doors(
    ctx: Context, decision: DecisionMixin | None, application: Any, panel: Panel, *, actor: Actor | None
) -> tuple[DoorText, ...]:
    if decision is None or application is None or panel.phase != "waiting" or panel.never_pool:
        return ()
    facts = _copy(ctx, decision)
    read_facts(ctx, facts, application)
    pool_name = _pool_name(ctx, facts)
    texts = []
    for door in Door:
        if door.value != decision.door and actor is not None:
            facts.door_by_name = actor.name  # whoever sets it now is who says "we want you back"
        facts.door = door.value
        written = preview(ctx, facts, application, pool_name=pool_name)
        if written is not None:
            texts.append(DoorText(door=door.value, subject=written.subject, body=paragraphs(written.text)))
    return tuple(texts)


def _doubt(ctx: Context, decision: DecisionMixin | None, candidate: Any) -> Doubt | None:
    if decision is None or candidate is None:
        return None
    link = find_link(ctx, key_of(candidate), decision.scope)
    if link is None or not looks_like_somebody_else(ctx, candidate, link):
        return None
    person = ctx.session.get_one(ctx.models.person, link.person_id)
    return Doubt(link_id=link.id, name_then=person.name, name_now=ctx.host.name_of(candidate))
