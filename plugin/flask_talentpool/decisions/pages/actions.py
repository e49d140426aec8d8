"""What the pages that act on a decision share: its page, doing something to it, and saying what was done."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.pages import queries
from flask_talentpool.decisions.pages.beside import HIDDEN, besides, is_beside
from flask_talentpool.decisions.pages.forms import (
    AskForm,
    TakeBackForm,
)
from flask_talentpool.decisions.pages.grid import goes
from flask_talentpool.decisions.pages.panel_view import panel_view
from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_text
from flask_talentpool.web.anchors import anchor_of
from flask_talentpool.web.answers import answered
from flask_talentpool.web.request import RequestContext, page, request_context


def decision_url(decision_id: int) -> str:
    """Return the address of a decision's page."""
    return url_for("talentpool.decision", decision_id=decision_id)


def decision_page(
    current: RequestContext, decision_id: int, *, status: int = 200, **forms: Any
) -> ResponseReturnValue:
    """Answer with the page of a decision, with forms as somebody filled them in."""
    ctx = current.ctx
    row = current.one(ctx.models.decision, decision_id, ctx=ctx)
    return show_decision(
        queries.decision_page(ctx, row, current.may, actor=current.actor), status=status, **forms
    )


def show_decision(model: queries.DecisionPage, *, status: int, **forms: Any) -> ResponseReturnValue:
    """Answer with the page of a decision or of an application that may not be noticed yet."""
    view = panel_view(
        model.panel,
        form=forms.get("form"),
        told_form=forms.get("told_form"),
        saving=model.saving,
        more=model.more,
        sent=forms.get("sent"),
    )
    return page(
        "decision.html",
        model,
        status=status,
        view=view,
        form=view.form,
        told_form=view.told_form,
        back_form=forms.get("back_form") or TakeBackForm(),
        ask_form=forms.get("ask_form") or AskForm(),
    )


def act_on(
    decision_id: int,
    act: Callable[[Context, DecisionMixin, RequestContext], DecisionMixin],
    *,
    action: Action = Action.LETTER_WRITE,
) -> dict[str, object]:
    """Do something to a decision the acting person may do this to; what became of it."""
    current = request_context()
    current.require(action)

    def work(ctx: Context) -> dict[str, object]:
        return facts_of(ctx, act(ctx, theirs(current, ctx, decision_id, action), current))

    facts: dict[str, object] = current.change(work)
    return facts


def theirs(current: RequestContext, ctx: Context, decision_id: int, action: Action) -> DecisionMixin:
    """Load a decision the acting person may do this to."""
    row: DecisionMixin = current.one(ctx.models.decision, decision_id, ctx=ctx)
    current.require(action, row)
    return row


def facts_of(ctx: Context, row: DecisionMixin) -> dict[str, object]:
    """Return what a JSON client is told of a decision."""
    letter = letter_of(ctx, row)
    because = letter.because if letter is not None and letter.state == LetterState.HELD else ""
    if is_beside(because):
        other = besides(ctx, [(row, letter)], request_context().may).get(row.application_key)
        because = other.because if other is not None else because
    return {
        "decision_id": row.id,
        "application_key": key_text(row.application_key),
        "state": row.state,
        "door": row.door,
        "line": row.line,
        "finish": row.finish,
        "told_at": row.told_at,
        "told_by": row.told_by,
        "host_still_says_so": row.suppressed_for is not None,
        "held_because": because,
        "held_detail": letter.detail if letter is not None else "",
        "goes": goes(ctx, letter) if letter is not None else "",
    }


def sees_other(ctx: Context, row: DecisionMixin) -> None:
    """Refuse to act on what holds a letter in another application that the acting person may not see."""
    other = besides(ctx, [(row, letter_of(ctx, row))], request_context().may).get(row.application_key)
    if other is not None and not other.job:
        raise Refused(other.sentence, code=HIDDEN)


def answered_for(message: str, facts: dict[str, object]) -> ResponseReturnValue:
    """Say what was done, and what the check has against it."""
    if facts.get("held_because") == HoldReason.CHECK:
        message += f" The letter is held: {facts['held_detail']}"
    decision_id, application_key = facts["decision_id"], str(facts["application_key"])
    return answered(message, decision_url(int(str(decision_id))), anchor=anchor_of(application_key), **facts)
