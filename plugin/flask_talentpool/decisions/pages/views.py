"""Pages of decisions: the letter panel as a page, and what its buttons do."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.changes import Changes
from flask_talentpool.decisions.facts import complete
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer, wants_letter
from flask_talentpool.decisions.pages import panel, queries
from flask_talentpool.decisions.pages.actions import (
    act_on,
    answered_for,
    decision_page,
    facts_of,
    sees_other,
    show_decision,
    theirs,
)
from flask_talentpool.decisions.pages.details import may_read_note
from flask_talentpool.decisions.pages.forms import (
    LetterForm,
    ReadForm,
    reason_seen,
)
from flask_talentpool.decisions.pages.saving import Typed
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import HoldReason
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.pools.status import host_row
from flask_talentpool.text import one_line
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, posted, request_context


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/decisions/<int:decision_id>", "decision", decision)
    blueprint.add_url_rule("/applications/<path:application_key>", "application", application)
    blueprint.add_url_rule(
        "/applications/<path:application_key>/write", "application_write", application_write, methods=["POST"]
    )
    blueprint.add_url_rule(
        "/applications/<path:application_key>/preview",
        "application_preview",
        application_preview,
        methods=["POST"],
    )
    for name, act in (
        ("write", write),
        ("send-now", send_now),
        ("no-line", no_line),
        ("stand", stand),
        ("all-the-same", all_the_same),
        ("told-together", told_together),
        ("finish", finish),
        ("note", note),
        ("feedback-read", feedback_read),
    ):
        endpoint = f"decision_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/decisions/<int:decision_id>/{name}", endpoint, act, methods=["POST"])


# Looking


def decision(decision_id: int) -> ResponseReturnValue:
    """Show a decision with its letter."""
    current = request_context()
    current.require(Action.LETTER_READ)
    return decision_page(current, decision_id)


def _page(
    current: RequestContext, decision_id: int, *, status: int = 400, **forms: Any
) -> ResponseReturnValue:
    return decision_page(current, decision_id, status=status, **forms)


def application(application_key: str) -> ResponseReturnValue:
    """Show the decision on an application of the host with its letter, noticed or not."""
    current = request_context()
    current.require(Action.LETTER_READ)
    return _application_page(current, application_key)


def _application_page(
    current: RequestContext,
    application_key: str,
    *,
    status: int = 200,
    action: Action = Action.LETTER_READ,
    typed: Typed | None = None,
    **forms: Any,
) -> ResponseReturnValue:
    ctx = current.ctx
    row = _application(current, ctx, application_key, action)
    model = queries.application_page(ctx, row, current.may, actor=current.actor, typed=typed)
    return show_decision(model, status=status, **forms)


def _application(current: RequestContext, ctx: Context, application_key: str, action: Action) -> Any:
    """Load a host application the acting person may do this to; others look as if they were not there."""
    row = host_row(ctx, ctx.host.map.application, application_key)
    if not current.may(action, panel.subject_of(ctx, row)):
        raise NotFound
    return row


# Acting


def application_preview(application_key: str) -> ResponseReturnValue:
    """Show what saving would do with what somebody typed; stores nothing."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    form, sent = LetterForm(_sent()), _sent()
    is_whole = _is_whole(current, form, sent)
    wrong = next((str(error) for errors in form.errors.values() for error in errors), "")
    typed = Typed(
        changes=lambda row: form.changes(sent, row) if is_whole else Changes(),
        finish=form.finish.data if is_whole else None,
        wrong=wrong,
    )
    return _application_page(
        current, application_key, action=Action.LETTER_LINE, typed=typed, form=form, sent=sent
    )


def application_write(application_key: str) -> ResponseReturnValue:
    """Write door and line of an application that was not noticed yet."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    form, sent = LetterForm(_sent()), _sent()
    if not _is_whole(current, form, sent):
        return (
            invalid(form.errors)
            if is_json()
            else _application_page(current, application_key, status=400, form=form, sent=sent)
        )

    def work(ctx: Context) -> dict[str, object]:
        row = _application(current, ctx, application_key, Action.LETTER_LINE)
        noticed = lifecycle.notice_application(ctx, row)
        if noticed is None:
            raise Refused(
                "Your ATS says no outcome for this application, so no letter is written.", code="undecided"
            )
        complete(ctx, noticed)
        return _write(current, ctx, noticed, form, sent)

    return _saved(current.change(work))


def _sent() -> MultiDict[str, Any]:
    """Return what was posted, with the door by its own name.

    On a page the doors of each panel have a name of their own: forms stand behind their fields, and until a browser
    has read them it takes equal names for one choice.
    """
    sent = posted()
    doors = [name for name in sent if name.startswith("door-")]
    return (
        MultiDict([*sent.items(multi=True), ("door", sent[doors[0]])])
        if doors and "door" not in sent
        else sent
    )


def _is_whole(current: RequestContext, form: LetterForm, sent: MultiDict[str, Any]) -> bool:
    return bool(form.validate()) and form.look_at(current.ctx.settings.reasons, seen=reason_seen(sent))


def write(decision_id: int) -> ResponseReturnValue:
    """Write all that is said of one person on their page together."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    form, sent = LetterForm(_sent()), _sent()
    if not _is_whole(current, form, sent):
        return invalid(form.errors) if is_json() else _page(current, decision_id, form=form, sent=sent)
    facts = current.change(
        lambda ctx: _write(current, ctx, theirs(current, ctx, decision_id, Action.LETTER_LINE), form, sent)
    )
    return _saved(facts)


def _write(
    current: RequestContext, ctx: Context, row: DecisionMixin, form: LetterForm, sent: MultiDict[str, Any]
) -> dict[str, object]:
    """Save what somebody changed; a field that is as it was when they loaded the page is left alone."""
    changes = form.changes(sent, row)
    if (changes.door, changes.reason, changes.stage) != (None, None, None):
        current.require(Action.LETTER_WRITE, row)
    if changes.line is not None:
        _nobody_else(row.line, sent.get("line_seen"), "line")
    if changes.feedback is not None:
        _nobody_else(row.feedback, sent.get("feedback_seen"), "feedback")
    if changes:
        editing.change(ctx, row, changes, by=current.signed_in)
    if form.says_finish(sent, row):
        current.require(Action.FINISH_ORDER, row)
        editing.set_finish(ctx, row, form.finish.data, of=form.of.data, by=current.signed_in)
    if form.says_note(sent, row):
        _writes_note(current, row)
        _nobody_else(row.note, sent.get("note_seen"), "note")
        editing.set_note(ctx, row, form.note.data, by=current.signed_in)
    if wants_letter(ctx, row) and (row.completed_at is None or letter_of(ctx, row) is None):
        answer(ctx, row)
    return facts_of(ctx, row)


def _saved(facts: dict[str, object]) -> ResponseReturnValue:
    """Say that it is saved, and what becomes of the letter."""
    goes, is_checked = str(facts["goes"]).rstrip("."), facts["held_because"] == HoldReason.CHECK
    verb = "" if goes.startswith("goes") else "is "
    return answered_for(f"Saved. The letter {verb}{goes}." if goes and not is_checked else "Saved.", facts)


def _writes_note(current: RequestContext, row: DecisionMixin) -> None:
    if not may_read_note(row, current.may, current.actor):
        raise Refused(
            f"{row.note_by_name} wrote a note here that is not yours to read, so it cannot be written over.",
            code="note",
        )


def _nobody_else(now: str, seen: str | None, what: str) -> None:
    """Refuse to write over what somebody else wrote while this person was writing.

    Raises:
        Refused: It was changed meanwhile.
    """
    if seen is not None and one_line(seen) != one_line(now):
        raise Refused(
            f"Somebody else changed the {what} while you were writing: “{now or 'none'}”. Go back, copy what you "
            "wrote, reload the page, and decide which of the two stays.",
            code="changed_meanwhile",
        )


def no_line(decision_id: int) -> ResponseReturnValue:
    """Say that no line is needed: the letter goes at its time without one."""

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        editing.set_line(ctx, row, "", by=current.signed_in)
        return row

    return answered_for(
        "Noted: no line. The letter goes at its time.", act_on(decision_id, act, action=Action.LETTER_LINE)
    )


def send_now(decision_id: int) -> ResponseReturnValue:
    """Let the letter go with the next round of the worker."""
    current = request_context()
    current.require(Action.LETTER_WRITE)

    def work(ctx: Context) -> dict[str, object]:
        row = theirs(current, ctx, decision_id, Action.LETTER_WRITE)
        lifecycle.approve(ctx, row, by=current.signed_in, at_once=True)
        return facts_of(ctx, row)

    return answered_for(
        "The letter goes with the next round, within moments. Until then it can be taken back.",
        current.change(work),
    )


def stand(decision_id: int) -> ResponseReturnValue:
    """Let a decision stand after all that was taken back here."""
    facts = act_on(decision_id, lambda ctx, row, current: lifecycle.let_stand(ctx, row, by=current.signed_in))
    return answered_for("It stands after all. The letter is written anew.", facts)


def all_the_same(decision_id: int) -> ResponseReturnValue:
    """Let the letter go past what holds it in another application of the person."""

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        sees_other(ctx, row)
        lifecycle.send_all_the_same(ctx, row, by=current.signed_in)
        return row

    facts = act_on(decision_id, act)
    said = "The letter goes on past the other application; nothing else about it was approved."
    return answered_for(said, facts)


def told_together(decision_id: int) -> ResponseReturnValue:
    """Mark the person as told by what told them of their other application."""

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        sees_other(ctx, row)
        telling.told_together(ctx, row, by=current.signed_in)
        return row

    return answered_for(
        "Marked as told together with the other application. This letter is not sent.",
        act_on(decision_id, act),
    )


def note(decision_id: int) -> ResponseReturnValue:
    """Write a private note."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    form = LetterForm(_sent())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(current, decision_id, form=form, sent=_sent())

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        _writes_note(current, row)
        editing.set_note(ctx, row, form.note.data, by=current.signed_in)
        return row

    return answered_for("The note is kept.", act_on(decision_id, act, action=Action.LETTER_LINE))


def feedback_read(decision_id: int) -> ResponseReturnValue:
    """Say as the second reader whether the feedback may be shared."""
    request_context().require(Action.LETTER_LINE)
    form = ReadForm(posted())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(request_context(), decision_id)
    share = form.says.data == "share"

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        editing.read_feedback(ctx, row, approve=share, by=current.signed_in, seen=form.seen.data or None)
        return row

    facts = act_on(decision_id, act, action=Action.LETTER_LINE)
    return answered_for(
        "The letter shares the feedback now."
        if share
        else "Sent back: it is not shared, and kept in the private note.",
        facts,
    )


def finish(decision_id: int) -> ResponseReturnValue:
    """Write down who came second, third and so on."""
    current = request_context()
    current.require(Action.FINISH_ORDER)
    form = LetterForm(_sent())
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(current, decision_id, form=form, sent=_sent())

    def act(ctx: Context, row: DecisionMixin, current: RequestContext) -> DecisionMixin:
        editing.set_finish(ctx, row, form.finish.data, of=form.of.data, by=current.signed_in)
        return row

    facts = act_on(decision_id, act, action=Action.FINISH_ORDER)
    return answered_for(
        "The finish is written down." if form.finish.data else "The finish is taken away.", facts
    )
