"""Pages of decisions: the letter panel as a page, and what its buttons do."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions import queries, service
from flask_talentpool.decisions.answer import answer, letter_of
from flask_talentpool.decisions.facts import complete
from flask_talentpool.decisions.forms import CHANNEL_WORDS, FinishForm, LetterForm, ToldForm
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.host.mapping import key_text
from flask_talentpool.pools.standing import host_row
from flask_talentpool.web.answers import answered
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.desk import Desk, desk, page, posted
from flask_talentpool.web.failures import invalid
from flask_talentpool.web.letter_panel import anchor_of, panel_view
from flask_talentpool.words import Door


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/decisions/<int:decision_id>", "decision", decision)
    blueprint.add_url_rule("/applications/<path:application_key>", "application", application)
    blueprint.add_url_rule(
        "/applications/<path:application_key>/write", "application_write", application_write, methods=["POST"]
    )
    for name, act in (
        ("write", write),
        ("send-now", send_now),
        ("take-back", take_back),
        ("stand", stand),
        ("told", told),
        ("finish", finish),
    ):
        endpoint = f"decision_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/decisions/<int:decision_id>/{name}", endpoint, act, methods=["POST"])


def decision_url(decision_id: int) -> str:
    """Return the address of a decision's page."""
    return url_for("talentpool.decision", decision_id=decision_id)


def application_url(application_key: str) -> str:
    """Return the address of the page of an application that may not be noticed yet."""
    return url_for("talentpool.application", application_key=application_key)


# Looking


def decision(decision_id: int) -> ResponseReturnValue:
    """Show a decision with its letter."""
    here = desk()
    here.require(Action.LETTER_READ)
    return _page(here, decision_id)


def _page(here: Desk, decision_id: int, *, status: int = 200, **forms: Any) -> ResponseReturnValue:
    ctx = here.ctx
    row = here.one(ctx.models.decision, decision_id, ctx=ctx)
    return _show(queries.decision_page(ctx, row, here.may, actor=here.actor), status=status, **forms)


def application(application_key: str) -> ResponseReturnValue:
    """Show the same for an application of the host, noticed or not."""
    here = desk()
    here.require(Action.LETTER_READ)
    return _application_page(here, application_key)


def _application_page(
    here: Desk, application_key: str, *, status: int = 200, **forms: Any
) -> ResponseReturnValue:
    ctx = here.ctx
    row = _application(here, ctx, application_key, Action.LETTER_READ)
    return _show(queries.application_page(ctx, row, here.may, actor=here.actor), status=status, **forms)


def _application(here: Desk, ctx: Context, application_key: str, action: Action) -> Any:
    """Load a host application the acting person may do this to; others look as if they were not there."""
    row = host_row(ctx, ctx.host.map.application, application_key)
    if not here.may(action, queries.subject_of(ctx, row)):
        raise NotFound
    return row


def _show(model: queries.DecisionPage, *, status: int, **forms: Any) -> ResponseReturnValue:
    panel = model.panel
    return page(
        "decision.html",
        model,
        status=status,
        view=panel_view(panel, form=forms.get("form"), told_form=forms.get("told_form")),
        form=forms.get("form") or LetterForm(),
        told_form=forms.get("told_form") or ToldForm(),
        finish_form=forms.get("finish_form") or FinishForm(data={"finish": panel.finish}),
    )


# Acting


def application_write(application_key: str) -> ResponseReturnValue:
    """Write door and line of an application that was not noticed yet."""
    here = desk()
    here.require(Action.LETTER_LINE)
    form = LetterForm(posted())
    if not form.validate():
        return (
            invalid(form.errors)
            if is_json()
            else _application_page(here, application_key, status=400, form=form)
        )

    def work(ctx: Context) -> dict[str, object]:
        row = _application(here, ctx, application_key, Action.LETTER_LINE)
        noticed = service.notice_application(ctx, row)
        if noticed is None:
            raise Refused(
                "Your ATS says no outcome for this application, so no letter is written.", code="undecided"
            )
        complete(ctx, noticed)
        return _write(here, ctx, noticed, form)

    facts = here.change(work)
    return _answered("Saved. The letter says so now.", facts)


def write(decision_id: int) -> ResponseReturnValue:
    """Write door and line of a decision together."""
    here = desk()
    here.require(Action.LETTER_LINE)
    form = LetterForm(posted())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(here, decision_id, status=400, form=form)
    facts = here.change(
        lambda ctx: _write(here, ctx, _theirs(here, ctx, decision_id, Action.LETTER_LINE), form)
    )
    return _answered("Saved. The letter says so now.", facts)


def _write(here: Desk, ctx: Context, row: DecisionMixin, form: LetterForm) -> dict[str, object]:
    sent = posted()
    door = form.door.data
    if "door" in sent and door and door != row.door:
        here.require(Action.LETTER_WRITE, row)
        service.set_door(ctx, row, Door(door), by=here.signed_in)
    if "line" in sent and form.line.data != row.line:
        service.set_line(ctx, row, form.line.data, by=here.signed_in)
    if row.completed_at is None or letter_of(ctx, row) is None:
        answer(ctx, row)
    return _facts(row)


def send_now(decision_id: int) -> ResponseReturnValue:
    """Let the letter go with the next round of the worker."""
    here = desk()
    here.require(Action.LETTER_WRITE)

    def work(ctx: Context) -> dict[str, object]:
        row = _theirs(here, ctx, decision_id, Action.LETTER_WRITE)
        service.approve(ctx, row, by=here.signed_in, at_once=True)
        return _facts(row)

    return _answered(
        "The letter goes with the next round, within moments. Until then it can be taken back.",
        here.change(work),
    )


def take_back(decision_id: int) -> ResponseReturnValue:
    """Take the decision back; nothing is sent."""

    def act(ctx: Context, row: DecisionMixin, here: Desk) -> DecisionMixin:
        service.take_back(ctx, row, by=here.signed_in)
        return service.find(ctx, decision_id)

    facts = _act(decision_id, act)
    message = "Taken back. Nothing is sent."
    if facts["host_still_says_so"]:
        message += " Your ATS still says rejected: change it there as well."
    return _answered(message, facts)


def stand(decision_id: int) -> ResponseReturnValue:
    """Let a decision stand after all that was taken back here."""
    facts = _act(decision_id, lambda ctx, row, here: service.let_stand(ctx, row, by=here.signed_in))
    return _answered("It stands after all. The letter is written anew.", facts)


def told(decision_id: int) -> ResponseReturnValue:
    """Mark the person as told; our letter is cancelled."""
    here = desk()
    here.require(Action.LETTER_WRITE)
    form = ToldForm(posted())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(here, decision_id, status=400, told_form=form)
    channel = form.channel.data

    def act(ctx: Context, row: DecisionMixin, here: Desk) -> DecisionMixin:
        service.tell_decision(ctx, row, channel=channel, by=here.signed_in)
        return row

    facts = _act(decision_id, act)
    return _answered(f"Marked as told {CHANNEL_WORDS[channel]}. No letter goes out.", facts)


def finish(decision_id: int) -> ResponseReturnValue:
    """Write down who came second, third and so on."""
    here = desk()
    here.require(Action.FINISH_ORDER)
    form = FinishForm(posted())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(here, decision_id, status=400, finish_form=form)

    def act(ctx: Context, row: DecisionMixin, here: Desk) -> DecisionMixin:
        service.set_finish(ctx, row, form.finish.data, by=here.signed_in)
        return row

    facts = _act(decision_id, act, action=Action.FINISH_ORDER)
    return _answered(
        "The finish is written down." if form.finish.data else "The finish is taken away.", facts
    )


def _act(
    decision_id: int,
    act: Callable[[Context, DecisionMixin, Desk], DecisionMixin],
    *,
    action: Action = Action.LETTER_WRITE,
) -> dict[str, object]:
    here = desk()
    here.require(action)

    def work(ctx: Context) -> dict[str, object]:
        return _facts(act(ctx, _theirs(here, ctx, decision_id, action), here))

    facts: dict[str, object] = here.change(work)
    return facts


def _theirs(here: Desk, ctx: Context, decision_id: int, action: Action) -> DecisionMixin:
    """Load a decision the acting person may do this to."""
    row: DecisionMixin = here.one(ctx.models.decision, decision_id, ctx=ctx)
    here.require(action, row)
    return row


def _facts(row: DecisionMixin) -> dict[str, object]:
    return {
        "decision_id": row.id,
        "application_key": key_text(row.application_key),
        "state": row.state,
        "door": row.door,
        "line": row.line,
        "finish": row.finish,
        "told_at": row.told_at,
        "told_by": row.told_by,
        "host_still_says_so": row.quiet_for is not None,
    }


def _answered(message: str, facts: dict[str, object]) -> ResponseReturnValue:
    decision_id, application_key = facts["decision_id"], str(facts["application_key"])
    return answered(message, decision_url(int(str(decision_id))), anchor=anchor_of(application_key), **facts)
