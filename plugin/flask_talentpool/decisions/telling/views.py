"""Pages about telling: told another way, the short letter after it, taking back, a correction, asking for a line."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions import lifecycle
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.pages.actions import act_on, answered_for, decision_page
from flask_talentpool.decisions.pages.details import sheet as talking_sheet
from flask_talentpool.decisions.pages.forms import (
    CHANNEL_WORDS,
    AskForm,
    CorrectionForm,
    TakeBackForm,
    ToldForm,
)
from flask_talentpool.decisions.telling import ask_colleague, confirmation, correction
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.decisions.telling.pages import correction_page, short_letter_page
from flask_talentpool.errors import Refused
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, page, posted, request_context


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    for name, act in (
        ("told", told),
        ("confirm", confirm),
        ("take-back", take_back),
        ("correct", correct),
        ("corrected", corrected),
        ("ask", ask),
    ):
        endpoint = f"decision_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/decisions/<int:decision_id>/{name}", endpoint, act, methods=["POST"])
    for name, look in (("sheet", sheet), ("short-letter", short_letter), ("correction", correction_preview)):
        blueprint.add_url_rule(
            f"/decisions/<int:decision_id>/{name}", f"decision_{name.replace('-', '_')}", look
        )


def _row(current: RequestContext, decision_id: int, action: Action) -> DecisionMixin:
    current.require(action)
    row: DecisionMixin = current.one(current.ctx.models.decision, decision_id, ctx=current.ctx)
    current.require(action, row)
    return row


def told(decision_id: int) -> ResponseReturnValue:
    """Mark the person as told; our letter is cancelled, and a short one can follow."""
    current = request_context()
    current.require(Action.LETTER_WRITE)
    form = ToldForm(posted())
    if not form.validate():
        return (
            invalid(form.errors)
            if is_json()
            else decision_page(current, decision_id, status=400, told_form=form)
        )
    channel = form.channel.data
    short = bool(form.short.data) and channel in confirmation.SPOKEN

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        telling.tell_decision(ctx, row, channel=channel, by=current.signed_in)
        return row

    facts = act_on(decision_id, act)
    message = f"Marked as told {CHANNEL_WORDS[channel]}. "
    if short:
        message += _short_letter_too(decision_id)
    elif channel in confirmation.SPOKEN:
        message += "No letter goes out. A short one that says so can follow: see the decision’s page."
    else:
        message += "No letter goes out."
    return answered_for(message, facts)


def _short_letter_too(decision_id: int) -> str:
    """Send the short letter as well; that it cannot go takes nothing away from the telling."""
    try:
        act_on(decision_id, _confirm)
    except Refused as error:
        return f"The short letter does not go: {error}"
    return "A short letter that says so goes with the next round."


def _confirm(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
    confirmation.confirm(ctx, row, by=current.signed_in)
    return row


def short_letter(decision_id: int) -> ResponseReturnValue:
    """Show what the short letter would say."""
    current = request_context()
    row = _row(current, decision_id, Action.LETTER_WRITE)
    return page("decision_follow.html", short_letter_page(current.ctx, row), form=CorrectionForm())


def confirm(decision_id: int) -> ResponseReturnValue:
    """Send the short letter."""
    return answered_for("The short letter goes with the next round.", act_on(decision_id, _confirm))


def take_back(decision_id: int) -> ResponseReturnValue:
    """Take the decision back: before the person was told without more ado, afterwards with a reason."""
    current = request_context()
    current.require(Action.LETTER_WRITE)
    row = _row(current, decision_id, Action.LETTER_WRITE)
    was_told = row.told_at is not None
    form = TakeBackForm(posted())
    if was_told and not form.validate():
        return (
            invalid(form.errors)
            if is_json()
            else decision_page(current, decision_id, status=400, back_form=form)
        )
    current.ctx.session.rollback()  # what was looked at is read again in the transaction that changes it

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        if was_told:
            return correction.take_back_told(ctx, row, why=form.why.data, by=current.signed_in)
        lifecycle.take_back(ctx, row, by=current.signed_in)
        return lifecycle.find(ctx, decision_id)

    facts = act_on(decision_id, act)
    message = "Taken back. Nothing is sent."
    if facts["host_still_says_so"]:
        message += " Your ATS still says rejected: change it there as well."
    if was_told:
        message += " The person was told: a correction is offered on this page."
    return answered_for(message, facts)


def correction_preview(decision_id: int) -> ResponseReturnValue:
    """Show what a correction would say, with what the person may read about why."""
    current = request_context()
    row = _row(current, decision_id, Action.LETTER_WRITE)
    form = CorrectionForm(request.args)
    asked = "why" in request.args
    why = form.why.data if asked and form.validate() else ""
    return page("decision_follow.html", correction_page(current.ctx, row, why=why), form=form)


def corrected(decision_id: int) -> ResponseReturnValue:
    """Say that the person knows, without a letter, that what they were told no longer holds."""

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        correction.known(ctx, row, by=current.signed_in)
        return row

    return answered_for("Noted: they know.", act_on(decision_id, act))


def correct(decision_id: int) -> ResponseReturnValue:
    """Send the correction."""
    current = request_context()
    current.require(Action.LETTER_WRITE)
    form = CorrectionForm(posted())
    if not form.validate():
        if is_json():
            return invalid(form.errors)
        row = _row(current, decision_id, Action.LETTER_WRITE)
        return page("decision_follow.html", correction_page(current.ctx, row, why=""), form=form, status=400)

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        correction.correct(ctx, row, why=form.why.data, by=current.signed_in)
        return row

    return answered_for("The correction goes with the next round.", act_on(decision_id, act))


def ask(decision_id: int) -> ResponseReturnValue:
    """Ask a colleague for a line."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    form = AskForm(posted())
    if not form.validate():
        return (
            invalid(form.errors)
            if is_json()
            else decision_page(current, decision_id, status=400, ask_form=form)
        )

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        ask_colleague.ask(ctx, row, name=form.name.data, address=form.address.data, by=current.signed_in)
        return row

    facts = act_on(decision_id, act, action=Action.LETTER_LINE)
    return answered_for(f"{form.name.data} is asked for a line, with a link that needs no login.", facts)


def sheet(decision_id: int) -> ResponseReturnValue:
    """Show the talking sheet, to be printed or kept beside the telephone."""
    current = request_context()
    row = _row(current, decision_id, Action.LETTER_READ)
    application = application_of(current.ctx, row)
    model = talking_sheet(current.ctx, row, application, actor=current.actor)
    back = url_for("talentpool.decision", decision_id=decision_id)
    return page("decision_sheet.html", model, back_url=back)
