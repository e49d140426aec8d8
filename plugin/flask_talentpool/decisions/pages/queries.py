"""What the page of a decision shows, read by a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_talentpool.access import Actor, May
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import copy_of, imagined
from flask_talentpool.decisions.facts import application_of, read_facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.pages.details import Details, details
from flask_talentpool.decisions.pages.panel import (
    Panel,
    panel_of_application,
    panel_of_decision,
)
from flask_talentpool.decisions.pages.saving import Saving, Typed, saving
from flask_talentpool.enums import Outcome
from flask_talentpool.host.seen import key_of
from flask_talentpool.letters.history import Act, history
from flask_talentpool.people.service import find_link, looks_like_somebody_else


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInDoubt:
    """A host row whose name and address both changed unseen."""

    link_id: int
    name_then: str
    name_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """A decision with its panel and what stands beside it."""

    panel: Panel
    saving: Saving | None
    """What saving does; None where nothing is to be saved in the letter."""
    doubt: RowInDoubt | None
    person_id: int | None
    bench: str
    """The key of the job's bench; empty without one."""
    reason: str
    owner: str
    candidate_url: str
    interviewed_at: datetime | None
    history: tuple[Act, ...]
    more: Details | None = None


def decision_page(
    ctx: Context, decision: DecisionMixin, may: May, *, actor: Actor | None, typed: Typed | None = None
) -> DecisionPage:
    """Return the page of a stored decision, with what somebody typed and has not saved."""
    panel = panel_of_decision(ctx, decision, may)
    return _page(ctx, decision, application_of(ctx, decision), panel, may, actor=actor, typed=typed)


def application_page(
    ctx: Context, application: Any, may: May, *, actor: Actor | None, typed: Typed | None = None
) -> DecisionPage:
    """Return the same page for an application, whether its decision is noticed or not."""
    panel = panel_of_application(ctx, application, may)
    decision = ctx.session.get(ctx.models.decision, panel.decision_id) if panel.decision_id else None
    return _page(ctx, decision, application, panel, may, actor=actor, typed=typed)


def _page(
    ctx: Context,
    decision: DecisionMixin | None,
    application: Any,
    panel: Panel,
    may: May,
    *,
    actor: Actor | None,
    typed: Typed | None,
) -> DecisionPage:
    saved = None
    if panel.phase == "waiting" and actor is not None:
        about = decision if decision is not None else imagined(ctx, application)
        saved = saving(ctx, about, application, panel, may, by=actor, typed=typed)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    link = ctx.host.map.candidate_url
    shows_bench = panel.outcome == Outcome.REJECTED and decision is not None
    return DecisionPage(
        panel=panel,
        saving=saved,
        doubt=_doubt(ctx, decision, candidate),
        person_id=decision.person_id if decision is not None else None,
        bench=(decision.job_key or decision.job_label) if shows_bench and decision is not None else "",
        reason=decision.reason if decision is not None else "",
        owner=decision.owner_name if decision is not None else "",
        candidate_url=str(link(candidate)) if link is not None and candidate is not None else "",
        interviewed_at=decision.interviewed_at if decision is not None else None,
        history=_history(ctx, decision, actor),
        more=details(
            ctx,
            decision,
            _facts(ctx, decision, application),
            application,
            may,
            phase=panel.phase,
            actor=actor,
        ),
    )


def _facts(ctx: Context, decision: DecisionMixin | None, application: Any) -> DecisionMixin | None:
    """Return a decision as the host's row says it now, without storing that."""
    if decision is None or application is None or decision.completed_at is not None:
        return decision
    facts = copy_of(ctx, decision)
    read_facts(ctx, facts, application)
    return facts


def _history(ctx: Context, decision: DecisionMixin | None, actor: Actor | None) -> tuple[Act, ...]:
    if decision is None:
        return ()
    return history(ctx, [("decision", decision.id)], actor_id=actor.id if actor is not None else "")


def _doubt(ctx: Context, decision: DecisionMixin | None, candidate: Any) -> RowInDoubt | None:
    if decision is None or candidate is None:
        return None
    link = find_link(ctx, key_of(candidate), decision.scope)
    if link is None or not looks_like_somebody_else(ctx, candidate, link):
        return None
    person = ctx.session.get_one(ctx.models.person, link.person_id)
    return RowInDoubt(link_id=link.id, name_then=person.name, name_now=ctx.host.name_of(candidate))
