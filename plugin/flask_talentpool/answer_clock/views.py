"""The page of interviewed people without an answer, and answering them in one go."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.answer_clock.queries import PAGE_SIZE, unanswered_page
from flask_talentpool.answer_clock.rows import applications_of
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk.choices import Keys
from flask_talentpool.context import Context
from flask_talentpool.enums import Act
from flask_talentpool.web.answers import answered
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, page, posted, request_context, row_ids
from flask_talentpool.web.sent import asked_number


def register(blueprint: Blueprint) -> None:
    """Register this page and what its buttons do."""
    blueprint.add_url_rule("/unanswered", "unanswered", unanswered)
    blueprint.add_url_rule("/unanswered/turn-down", "turn_down", turn_down_chosen, methods=["POST"])
    blueprint.add_url_rule(
        "/unanswered/<int:clock_id>/still-open", "still_open", still_open, methods=["POST"]
    )


def unanswered() -> ResponseReturnValue:
    """Show interviewed people without an answer, by days left."""
    current = request_context()
    current.require(Action.VIEW)
    return _page(current, request.args.get("job", ""))


def _page(current: RequestContext, job: str, *, error: str = "", status: int = 200) -> ResponseReturnValue:
    model = unanswered_page(
        current.ctx,
        current.visible,
        job=job,
        number=asked_number("page", 1),
        may_write=current.may(Action.LETTER_WRITE),
        may_turn_down=current.may(Action.LETTER_BULK),
    )
    return page("unanswered.html", model, status=status, error=error, token=bulk_selection.new_token())


def still_open(clock_id: int) -> ResponseReturnValue:
    """Write to one person that it is still open."""
    current = request_context()
    current.require(Action.LETTER_WRITE)

    def work(ctx: Context) -> dict[str, object]:
        clock = _theirs(current, ctx, clock_id)
        letter = progress.say_still_open(ctx, clock, by=current.signed_in)
        return {"clock_id": clock.id, "letter_id": letter.id, "state": letter.state}

    facts = current.change(work)
    held = facts["state"] == "held"
    message = (
        "Written, and held: look at it among the letters."
        if held
        else "Written. It goes with the next round within office hours; until then it can be held."
    )
    return answered(message, _url(), **facts)


def turn_down_chosen() -> ResponseReturnValue:
    """Write down whom to turn down, as an act on many: the worker looks at them, then somebody confirms."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    ids = sorted(set(row_ids(posted().getlist("shown" if "all" in posted() else "clock"))))
    if not ids or len(ids) > PAGE_SIZE:
        error = "Choose at least one person." if not ids else f"Choose at most {PAGE_SIZE} people at once."
        return invalid({"clock": [error]}) if is_json() else _page(current, _job(), error=error, status=400)

    def work(ctx: Context) -> dict[str, object]:
        rows = [_theirs(current, ctx, one) for one in ids]
        row = bulk_selection.start(
            ctx,
            Act.REJECT,
            Keys(keys=tuple(applications_of(ctx, rows))),
            by=current.signed_in,
            visible=current.visible,
            may=lambda subject: current.may(Action.LETTER_BULK, subject),
            token=str(posted().get("token", "")),
        )
        return {"bulk_id": row.id, "state": row.state, "total": row.total}

    facts = current.change(work)
    url = url_for("talentpool.bulk", bulk_id=facts["bulk_id"])
    message = "Nothing has happened yet. The worker looks at each of them first; then you confirm."
    return answered(message, url, page=url, **facts)


def _theirs(current: RequestContext, ctx: Context, clock_id: int) -> ClockMixin:
    row: ClockMixin = current.one(ctx.models.clock, clock_id, ctx=ctx)
    current.require(Action.LETTER_WRITE, row)
    return row


def _job() -> str:
    return str(posted().get("job", ""))


def _url() -> str:
    return url_for("talentpool.unanswered", job=_job() or None)
