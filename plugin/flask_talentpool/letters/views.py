"""Pages of letters: what waits, is held, needs somebody, and has gone; and one letter."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions import lifecycle
from flask_talentpool.decisions.outcome.whole_person import ORDER
from flask_talentpool.decisions.pages.beside import HIDDEN, besides_of, is_beside
from flask_talentpool.enums import HoldReason, LetterKind, LetterState, sentence_of
from flask_talentpool.errors import NotFound
from flask_talentpool.letters import outbox, queries
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.web.anchors import anchor_of
from flask_talentpool.web.answers import answered
from flask_talentpool.web.request import RequestContext, page, request_context
from flask_talentpool.web.sent import asked_number


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/letters", "letters", letters)
    blueprint.add_url_rule("/letters/<int:letter_id>", "letter", letter)
    for name, act in (("approve", approve), ("hold", hold), ("send-again", send_again), ("arrived", arrived)):
        endpoint = f"letter_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/letters/<int:letter_id>/{name}", endpoint, act, methods=["POST"])


def letters() -> ResponseReturnValue:
    """Show the letters of one tab, or of one state or reason; without one, the first tab that needs somebody."""
    current = request_context()
    current.require(Action.LETTER_READ)
    asked, because = request.args.get("state"), request.args.get("because", "")
    tab = None if asked is None else queries.TAB_OF.get(asked)
    if asked is not None and tab is None:
        raise NotFound
    model = queries.letters_page(
        current.ctx,
        current.visible,
        tab,
        may_write=current.may(Action.LETTER_WRITE),
        number=asked_number("page", 1),
        because=because,
        # What another application says, only who may see that one reads: here those reasons are one.
        reasons=ORDER if because == HIDDEN or is_beside(because) else [because],
    )
    tab = model.tab
    if tab == "held":
        model = queries.with_besides(
            model,
            besides_of(current.ctx, [row.id for group in model.groups for row in group.rows], current.may),
        )
    may_bulk = tab != "gone" and current.may(Action.LETTER_BULK)
    return page("letters.html", model, may_bulk=may_bulk, is_started=has_baseline(current.ctx))


def letter(letter_id: int) -> ResponseReturnValue:
    """Show one letter."""
    current = request_context()
    current.require(Action.LETTER_READ)
    ctx = current.ctx
    row: LetterMixin = current.one(ctx.models.letter, letter_id, ctx=ctx)
    model = queries.letter_page(
        ctx, row, actor_id=current.signed_in.id, may_write=current.may(Action.LETTER_WRITE, row)
    )
    other = besides_of(ctx, [row.id], current.may).get(row.id)
    if other is not None:
        model = replace(
            model, sentence=other.sentence, row=replace(model.row, beside=other, because=other.because)
        )
    return page("letter.html", model)


def approve(letter_id: int) -> ResponseReturnValue:
    """Let a held letter go at its time."""

    def act(current: RequestContext, ctx: Context, row: LetterMixin) -> None:
        if row.kind == LetterKind.OUTCOME and row.decision_id is not None:
            lifecycle.approve(ctx, lifecycle.find(ctx, row.decision_id), by=current.signed_in)
        else:
            outbox.approve(ctx, row, by=current.signed_in)

    return _act(letter_id, act, "Approved. It goes at its time; until then it can be held or taken back.")


def hold(letter_id: int) -> ResponseReturnValue:
    """Hold a waiting letter until somebody approves it."""
    return _act(
        letter_id,
        lambda current, ctx, row: outbox.hold(ctx, row, by=current.signed_in),
        "Held. It waits until somebody approves it.",
    )


def send_again(letter_id: int) -> ResponseReturnValue:
    """Send a letter again that failed, or whose fate is unknown."""
    return _act(
        letter_id,
        lambda current, ctx, row: lifecycle.send_again(ctx, row, by=current.signed_in),
        "It is sent again with the next round, under the same number, so that a mail program sees one letter.",
    )


def arrived(letter_id: int) -> ResponseReturnValue:
    """Say that a letter of unknown fate did arrive."""
    return _act(
        letter_id,
        lambda current, ctx, row: outbox.it_arrived(ctx, row, by=current.signed_in),
        "Settled: it arrived. The person has been told.",
    )


def _act(
    letter_id: int, act: Callable[[RequestContext, Context, LetterMixin], None], message: str
) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.LETTER_WRITE)

    def work(ctx: Context) -> dict[str, object]:
        row: LetterMixin = current.one(ctx.models.letter, letter_id, ctx=ctx)
        current.require(Action.LETTER_WRITE, row)
        act(current, ctx, row)
        decision = (
            ctx.session.get(ctx.models.decision, row.decision_id) if row.decision_id is not None else None
        )
        return {
            "letter_id": row.id,
            "state": row.state,
            "because": row.because,
            "anchor": anchor_of(decision.application_key) if decision is not None else "",
        }

    facts = current.change(work)
    anchor = str(facts.pop("anchor"))
    if facts["because"] == HoldReason.HIDDEN:
        message = "Approved. It goes once your ATS shows the row again."
    elif facts["state"] == LetterState.HELD and facts["because"] != HoldReason.BY_HAND:
        message = f"It is held. {sentence_of(str(facts['because']))}"
    return answered(message, url_for("talentpool.letter", letter_id=letter_id), anchor=anchor, **facts)
