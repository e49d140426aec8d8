"""The panel of one application: its outcome, and where the letter stands that tells it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_talentpool.access import Action, May, Subject
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import copy_of, imagined
from flask_talentpool.decisions.facts import application_of, live_decision, read_facts
from flask_talentpool.decisions.lifecycle import quiet_decision
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import foresee, wants_letter
from flask_talentpool.decisions.outcome.release import (
    goes_without_at,
    may_wait_for_line,
    next_moment,
    waits_for_line,
)
from flask_talentpool.decisions.outcome.schedule import letter_due
from flask_talentpool.decisions.pages.beside import Beside, besides, is_beside
from flask_talentpool.decisions.pages.letter_shown import LetterShown, Told, letter_shown, sentences
from flask_talentpool.decisions.pages.why import ReasonChoice, Why, reason_choices, why
from flask_talentpool.decisions.telling import confirmation
from flask_talentpool.decisions.telling.told import came_back
from flask_talentpool.enums import DecisionState, HoldReason, LetterState, Outcome, StageReached
from flask_talentpool.host.owner import owner_of
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.holds import APPROVABLE
from flask_talentpool.letters.incoming.suppression import is_returned
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.reading import paragraphs
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.people.service import find_link, looks_like_somebody_else

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
_BEFORE = (
    "Your ATS has not been looked through yet. The first `flask talentpool sync` writes this down as decided before; "
    "nothing is sent about it."
)


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
    ``gone`` (the host's row), ``before`` (nothing was looked through yet) or ``ended``."""
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
    waits_for_line: bool = False
    without_at: datetime | None = None
    """When the letter goes without a line, where it waits for one."""
    language: str = "en"
    """Of the letter."""
    line_by: str = ""
    finish_of: int | None = None
    short_letter: str = ""
    """``offered``, a letter's state, or empty."""
    anew_at: datetime | None = None
    """When a letter goes by itself that is written once more, after a taking back."""
    anew_waits: bool = False
    """Whether that one waits for a line first."""
    beside: Beside | None = None
    """The other application that holds the letter."""
    why: Why | None = None
    """Which reason the letter gives; None where nothing can be said of it any more."""
    reasons: tuple[ReasonChoice, ...] = ()
    detail: str = ""
    """Which stated requirement."""
    with_line_at: datetime | None = None
    """When a letter that waits for a line goes once there is one, or none is needed."""

    @property
    def suggests_open(self) -> bool:
        """Whether the open door is worth a thought: somebody who was in the last round."""
        return self.stage_reached == StageReached.FINALIST and not self.never_pool


def subject_of(ctx: Context, application: Any) -> Subject:
    """Return what rights to an application are asked about."""
    return Subject(
        scope=ctx.host.scope_of(application), owner_key=owner_of(ctx.host, application).key or None
    )


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
    if not has_baseline(ctx):
        return _bare(ctx, application, "before", verdict.outcome, _rights(may, subject), note=_BEFORE)
    return _panel(ctx, imagined(ctx, application), application, may)


def panel_of_decision(ctx: Context, decision: DecisionMixin, may: May) -> Panel:
    """Return the panel of a stored decision."""
    return _panel(ctx, decision, application_of(ctx, decision), may)


def _rights(may: May, subject: object) -> Rights:
    return Rights(
        write=may(Action.LETTER_WRITE, subject),
        line=may(Action.LETTER_LINE, subject),
        finish=may(Action.FINISH_ORDER, subject),
    )


def _bare(
    ctx: Context, application: Any, phase: str, outcome: Outcome | None, rights: Rights, *, note: str = ""
) -> Panel:
    candidate = ctx.host.candidate_of(application, ctx.session)
    return Panel(
        phase=phase,
        application_key=key_text(key_of(application)),
        decision_id=None,
        is_noticed=False,
        name=ctx.host.name_of(candidate) if candidate is not None else "",
        job=ctx.host.label_of(application, ctx.session),
        outcome=outcome or "",
        stage_reached="",
        finish=None,
        door="",
        door_by="",
        line="",
        never_pool=False,
        decided_at=None,
        note=note,
        letter=None,
        told=None,
        rights=rights,
    )


def _panel(ctx: Context, decision: DecisionMixin, application: Any, may: May) -> Panel:
    is_stored = decision.id is not None
    facts = decision
    if application is not None and decision.completed_at is None:
        facts = copy_of(ctx, decision)
        read_facts(ctx, facts, application)
    letter = letter_of(ctx, decision) if is_stored else None
    phase, note = _phase(ctx, decision, application, letter)
    told = None
    if decision.told_at is not None:
        told = Told(at=decision.told_at, channel=decision.told_by)
    subject = (
        decision if decision.completed_at is not None or application is None else subject_of(ctx, application)
    )
    language = language_for(ctx, application) if application is not None else ctx.settings.locale
    rights = _rights(may, subject)
    writes_why = phase == "waiting" and rights.write
    shown = _letter(ctx, facts, application, letter, phase)
    other = None
    if shown is not None and phase == "waiting" and is_beside(shown.because):
        other = besides(ctx, [(facts, letter)], may).get(facts.application_key)
    if shown is not None and other is not None:
        shown = replace(shown, because=other.because, held=other.sentence)
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
        letter=shown,
        told=told,
        beside=other,
        rights=rights,
        **_waiting(ctx, facts, application, phase, shown),
        language=language,
        why=why(ctx, facts, application, letter, language=language, is_quick=True) if writes_why else None,
        reasons=reason_choices(ctx, language) if writes_why else (),
        detail=decision.reason_detail or "",
        line_by=decision.line_by_name or "",
        finish_of=decision.finish_of,
        **_anew(ctx, facts, application, phase),
        short_letter="offered" if told is not None and confirmation.can_follow(ctx, decision) else "",
    )


def _waiting(
    ctx: Context, facts: DecisionMixin, application: Any, phase: str, letter: LetterShown | None
) -> dict[str, Any]:
    """Return whether the letter waits for a line, until when, and when it goes with one."""
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    if phase != "waiting" or candidate is None or not waits_for_line(ctx, facts, candidate):
        return {}
    waits = {"waits_for_line": True, "without_at": goes_without_at(ctx, facts, candidate)}
    if letter is None or letter.due_at is None or letter.because != HoldReason.PERSONAL:
        return waits
    return {**waits, "with_line_at": next_moment(ctx, letter.due_at, candidate)}


def _anew(ctx: Context, facts: DecisionMixin, application: Any, phase: str) -> dict[str, Any]:
    """Return when the letter goes once somebody says that a decision stands after all."""
    if phase != "quiet" or application is None:
        return {}
    again = copy_of(ctx, facts)
    again.noticed_at, again.line, again.line_at = ctx.now(), "", None
    candidate = ctx.host.candidate_of(application, ctx.session)
    return {"anew_at": letter_due(ctx, again, candidate), "anew_waits": may_wait_for_line(ctx, again)}


def _phase(  # noqa: PLR0911 (one line for each phase, in the order in which they are ruled out)
    ctx: Context, decision: DecisionMixin, application: Any, letter: LetterMixin | None
) -> tuple[str, str]:
    if decision.outcome != Outcome.REJECTED:
        return "other", ""
    if decision.state == DecisionState.TAKEN_BACK and decision.suppressed_for is not None:
        return "quiet", ""
    if decision.state not in (DecisionState.LIVE, DecisionState.BASELINE):
        if decision.state == DecisionState.TAKEN_BACK and decision.told_at is not None:
            return "ended", "This decision was taken back after the person had been told of it."
        return "ended", _ENDED.get(decision.state, "")
    if decision.told_at is not None:
        return ("came_back" if came_back(ctx, decision) else "told"), ""
    if letter is not None and letter.state in _PHASES:
        return _PHASES[letter.state], ""
    if application is None:
        is_hidden = letter is not None and letter.because == HoldReason.HIDDEN
        return "gone", (HoldReason.HIDDEN if is_hidden else HoldReason.ROW_GONE).sentence
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
        lead = ctx.session.get(ctx.models.letter, letter.with_letter_id) if letter.with_letter_id else None
        is_barred = letter.state == LetterState.FAILED and is_returned(
            ctx, letter.to_address, scope=letter.scope
        )
        return letter_shown(letter, lead=lead, is_barred=is_barred)
    if phase != "waiting":
        return None
    candidate = ctx.host.candidate_of(application, ctx.session)
    link = find_link(ctx, key_of(candidate), facts.scope) if candidate is not None else None
    is_ambiguous = link is not None and looks_like_somebody_else(ctx, candidate, link)
    foreseen = foresee(ctx, facts, application, is_ambiguous=is_ambiguous)
    written, because = foreseen.written, foreseen.because or ""
    return LetterShown(
        id=None,
        state="unwritten",
        because=because,
        held=sentences(because, foreseen.detail),
        due_at=letter_due(ctx, facts, candidate),
        sent_at=None,
        subject=written.subject if written else "",
        body=paragraphs(written.text) if written else (),
        is_approvable=because in APPROVABLE and has_baseline(ctx),
        is_approved=False,
    )
