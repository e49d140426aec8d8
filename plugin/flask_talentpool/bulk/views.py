"""Pages of work on many decisions: choosing, what will happen, confirming, how far it is, undoing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action, Subject
from flask_talentpool.bulk import new_page
from flask_talentpool.bulk import queries as bulk_queries
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.choices import LETTER, STATES, WORDS, Keys, Which
from flask_talentpool.bulk.forms import DOORS, BulkForm, ConfirmForm
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.decisions.pages.forms import CHANNEL_WORDS
from flask_talentpool.enums import Act
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.web.answers import answered
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import Failure, failed, invalid
from flask_talentpool.web.request import RequestContext, page, posted, request_context, row_ids
from flask_talentpool.web.sent import asked_number


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/bulks", "bulks", bulks)
    blueprint.add_url_rule("/bulks", "bulk_start", start, methods=["POST"])
    blueprint.add_url_rule("/bulks/new", "bulk_new", new)
    blueprint.add_url_rule("/bulks/<int:bulk_id>", "bulk", one)
    for name, act in (("confirm", confirm), ("stop", stop), ("go-on", go_on), ("undo", undo)):
        endpoint = f"bulk_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/bulks/<int:bulk_id>/{name}", endpoint, act, methods=["POST"])


# Looking


def bulks() -> ResponseReturnValue:
    """Show what was done to many, the latest first."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    cursor = request.args.get("at", "")
    return page(
        "bulks.html", bulk_queries.bulks_page(current.ctx, current.visible, current.signed_in, cursor=cursor)
    )


def new() -> ResponseReturnValue:
    """Show what can be done to the letters chosen."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    if request.args.get("all"):
        model = new_page.new_page(current.ctx, current.visible, which=_which(request.args))
    else:
        ticked = tuple(row_ids(request.args.getlist("letters")))[:500]
        if request.args.get("state") == "failed" and ticked:
            model = new_page.keys_page(Keys(keys=tuple(f"{LETTER}{one}" for one in ticked)), can_reject=False)
        else:
            model = new_page.new_page(current.ctx, current.visible, letters=ticked)
    wanted = request.args.get("act", "")
    act = wanted if wanted in model.acts else model.acts[0]
    return _choosing(current, model, BulkForm(data={"act": act, "token": bulk_selection.new_token()}))


def _which(sent: Any) -> Which:
    state = str(sent.get("state", "untold"))
    if state not in STATES:
        raise NotFound
    return Which(state=state, because=str(sent.get("because", "")), job=str(sent.get("job", "")))


def _choosing(
    current: RequestContext, model: new_page.NewPage, form: BulkForm, *, status: int = 200
) -> ResponseReturnValue:
    reasons = current.ctx.settings.reasons.items()
    options = {
        "door": DOORS,
        "reason": [
            ("", "Leave the reason as it is"),
            *((code, one.label + ("" if one.may_be_shared else " (internal only)")) for code, one in reasons),
        ],
        "channel": [("", "Choose how"), *CHANNEL_WORDS.items()],
    }
    words = dict(WORDS.items())
    return page("bulk_new.html", model, status=status, form=form, words=words, options=options)


def one(bulk_id: int) -> ResponseReturnValue:
    """Show one act on many: what will happen, how far it is, or what came of it."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    return _show(current, bulk_id)


def _show(
    current: RequestContext, bulk_id: int, *, status: int = 200, form: ConfirmForm | None = None
) -> ResponseReturnValue:
    ctx = current.ctx
    model = bulk_queries.bulk_page(
        ctx,
        _theirs(current, ctx, bulk_id),
        current.visible,
        actor=current.signed_in,
        show=request.args.get("show", ""),
        because=request.args.get("because", ""),
        number=asked_number("page", 1),
    )
    return page("bulk.html", model, status=status, form=form or ConfirmForm())


def _theirs(current: RequestContext, ctx: Context, bulk_id: int) -> BulkMixin:
    """Load an act on many that the acting person sees; others look as if they were not there."""
    statement = bulk_queries.theirs(ctx, current.visible, current.signed_in)
    row: BulkMixin | None = ctx.session.scalars(statement.where(ctx.models.bulk.id == bulk_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


# Acting


def start() -> ResponseReturnValue:
    """Write down what is to be done to many; the worker looks at them first."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    sent = posted()
    form = BulkForm(sent)
    keys = tuple(dict.fromkeys(sent.getlist("application_keys")))
    # Without "all", an empty list of keys would silently mean everybody.
    chosen = _which(sent) if sent.get("all") and not keys else Keys(keys=keys)
    if not form.validate():
        return _again(current, form, chosen)

    def work(ctx: Context) -> dict[str, Any]:
        row = bulk_selection.start(
            ctx,
            Act(form.act.data),
            chosen,
            by=current.signed_in,
            visible=current.visible,
            may=lambda subject: _may(current, subject),
            choices=form.chosen(),
            token=form.token.data or "",
        )
        return {"bulk_id": row.id, "state": row.state, "total": row.total}

    try:
        facts = current.change(work)
    except Refused as error:
        if error.code not in form.data:
            raise
        form[error.code].errors = [*form[error.code].errors, str(error)]
        return _again(current, form, chosen)
    url = url_for("talentpool.bulk", bulk_id=facts["bulk_id"])
    message = "Nothing has happened yet. The worker looks at each of them first; then you confirm."
    return answered(message, url, page=url, **facts)


def _may(current: RequestContext, subject: Subject) -> bool:
    return current.may(Action.LETTER_BULK, subject)


def _again(current: RequestContext, form: BulkForm, chosen: Keys | Which) -> ResponseReturnValue:
    if is_json():
        return invalid(form.errors)
    ctx = current.ctx
    if isinstance(chosen, Keys):
        model = new_page.keys_page(chosen, can_reject=ctx.host.map.reject is not None)
    else:
        model = new_page.new_page(ctx, current.visible, which=chosen)
    return _choosing(current, model, form, status=400)


def confirm(bulk_id: int) -> ResponseReturnValue:
    """Let it run, if what was typed is what there is."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    form = ConfirmForm(posted())
    if not form.validate():
        return invalid(form.errors) if is_json() else _show(current, bulk_id, status=400, form=form)
    result: bulk.Confirmed = current.change(
        lambda ctx: bulk.confirm(
            ctx,
            _theirs(current, ctx, bulk_id),
            number=form.number.data,
            says_so=bool(form.says_so.data),
            by=current.signed_in,
        )
    )
    if result.is_confirmed:
        return _answered("It runs. You can leave this page, or stop it.", bulk_id)
    if is_json():
        return failed(Failure("Not done", result.problem, "look_again"), 409)
    form.number.errors = [result.problem]
    return _show(current, bulk_id, status=409, form=form)


def stop(bulk_id: int) -> ResponseReturnValue:
    """Stop it after the few it is at."""
    return _act(bulk_id, bulk.stop, "Stopped. What is done stays done; go on, or undo it.")


def go_on(bulk_id: int) -> ResponseReturnValue:
    """Go on where it was stopped."""
    return _act(bulk_id, bulk.go_on, "It goes on.")


def undo(bulk_id: int) -> ResponseReturnValue:
    """Put back what was there before, for everybody who has not been told."""
    return _act(bulk_id, bulk.undo, "It is being undone, for everybody who has not been told.")


def _act(bulk_id: int, act: Callable[..., None], message: str) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.LETTER_BULK)
    current.change(lambda ctx: act(ctx, _theirs(current, ctx, bulk_id), by=current.signed_in))
    return _answered(message, bulk_id)


def _answered(message: str, bulk_id: int) -> ResponseReturnValue:
    return answered(message, url_for("talentpool.bulk", bulk_id=bulk_id), bulk_id=bulk_id)
