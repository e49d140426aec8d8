"""The page of interviewed people without an answer, and answering them in one go."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.answer_clock.queries import PAGE_SIZE, unanswered_page
from flask_talentpool.answer_clock.reject import TurnedDown, turn_down
from flask_talentpool.context import Context
from flask_talentpool.errors import Refused
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
    )
    return page("unanswered.html", model, status=status, error=error)


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
    """Turn down the people who were chosen, once somebody has confirmed how many they are."""
    current = request_context()
    current.require(Action.LETTER_WRITE)
    ids = sorted(set(row_ids(posted().getlist("clock"))))
    if not ids or len(ids) > PAGE_SIZE:
        error = "Choose at least one person." if not ids else f"Choose at most {PAGE_SIZE} people at once."
        return invalid({"clock": [error]}) if is_json() else _page(current, _job(), error=error, status=400)
    if posted().get("confirmed", "") != str(len(ids)):
        if is_json():
            return invalid({"confirmed": [f"Send how many people are turned down: {len(ids)}."]})
        return _ask(current, ids)
    result: TurnedDown = current.change(
        lambda ctx: turn_down(ctx, [_theirs(current, ctx, one) for one in ids], by=current.signed_in)
    )
    return answered(_said(result), _url(), decisions=result.decisions, not_done=result.not_done)


def _ask(current: RequestContext, ids: list[int]) -> ResponseReturnValue:
    """Show who would be turned down; nothing is done yet."""
    ctx = current.ctx
    if ctx.host.map.reject is None:
        raise Refused("Your ATS does this on its own page; open the candidate there.", code="reject_unmapped")
    clocks = [_theirs(current, ctx, one) for one in ids]
    names = [(clock.id, clock.name or "No name", clock.job_label) for clock in clocks]
    return page("turn_down.html", {"people": names}, people=names, job=_job())


def _said(result: TurnedDown) -> str:
    number = len(result.decisions)
    people = "1 person" if number == 1 else f"{number} people"
    said = f"{people} turned down. The letters are written; each can be read, changed or taken back until it goes."
    if not number:
        said = "Nobody was turned down."
    return " ".join([said, *(f"Not done: {one.name}. {one.because}" for one in result.not_done)])


def _theirs(current: RequestContext, ctx: Context, clock_id: int) -> ClockMixin:
    row: ClockMixin = current.one(ctx.models.clock, clock_id, ctx=ctx)
    current.require(Action.LETTER_WRITE, row)
    return row


def _job() -> str:
    return str(posted().get("job", ""))


def _url() -> str:
    return url_for("talentpool.unanswered", job=_job() or None)
