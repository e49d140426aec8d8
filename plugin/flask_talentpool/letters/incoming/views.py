"""Pages of what came back: replies to read, letters that were returned, and mail nobody knows whose it is."""

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, IntegerField
from wtforms.validators import InputRequired, NumberRange

from flask_talentpool.access import Action, Subject
from flask_talentpool.context import Context
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters.incoming import erasing as incoming_erasing
from flask_talentpool.letters.incoming import lifting, marking
from flask_talentpool.letters.incoming import queries as incoming_queries
from flask_talentpool.letters.incoming import service as incoming
from flask_talentpool.letters.model import IncomingMixin
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.web.request import RequestContext, back, done, page, posted, request_context
from flask_talentpool.web.sent import asked_number


class GiveForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Whose a mail is."""

    person_id = IntegerField(
        "Person", validators=[InputRequired(message="Choose a person."), NumberRange(min=1, max=2**63 - 1)]
    )


def register(blueprint: Blueprint) -> None:
    """Register these pages."""
    blueprint.add_url_rule("/incoming", "incoming", incoming_list)
    blueprint.add_url_rule("/incoming/<int:incoming_id>", "incoming_one", incoming_one)
    blueprint.add_url_rule("/incoming/barred", "incoming_barred", barred)
    blueprint.add_url_rule("/incoming/barred/lift", "incoming_lift", lift, methods=["POST"])
    for name, act in (
        ("read", read), ("unread", unread), ("answered", mark_answered), ("not-answered", mark_unanswered),
        ("give", give), ("works-again", works_again), ("erase", erase),
    ):  # fmt: skip
        endpoint = f"incoming_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"/incoming/<int:incoming_id>/{name}", endpoint, act, methods=["POST"])


def incoming_list() -> ResponseReturnValue:
    """Show one tab of what came in."""
    current = request_context()
    current.require(Action.LETTER_READ)
    tab = request.args.get("tab", "to-read")
    if tab not in incoming_queries.TITLES:
        raise NotFound
    model = incoming_queries.incoming_list(current.ctx, current.visible, tab, number=asked_number("page", 1))
    may_bulk = current.may(Action.LETTER_BULK)
    return page("incoming.html", model, may_write=current.may(Action.LETTER_WRITE), may_bulk=may_bulk)


def incoming_one(incoming_id: int) -> ResponseReturnValue:
    """Show one mail."""
    current = request_context()
    current.require(Action.LETTER_READ)
    ctx = current.ctx
    row = _load(current, incoming_id, ctx)
    model = incoming_queries.incoming_page(
        ctx, current.visible, row, search=request.args.get("q", "")[:100], actor_id=current.signed_in.id
    )
    return page("incoming_one.html", model, may_write=current.may(Action.LETTER_WRITE, row))


def read(incoming_id: int) -> ResponseReturnValue:
    """Mark a mail as read, or as dealt with."""
    return _act(
        incoming_id,
        lambda current, ctx, row: marking.mark_read(ctx, row, by=current.signed_in),
        "Marked as read.",
        url_for("talentpool.incoming"),
    )


def unread(incoming_id: int) -> ResponseReturnValue:
    """Put a mail back among those to be read."""
    return _act(
        incoming_id,
        lambda current, ctx, row: marking.mark_unread(ctx, row, by=current.signed_in),
        "It is among what is to be read again.",
    )


def mark_answered(incoming_id: int) -> ResponseReturnValue:
    """Say that a mail was answered, from somebody's own mailbox."""
    return _act(
        incoming_id,
        lambda current, ctx, row: marking.mark_answered(ctx, row, by=current.signed_in),
        "It stands in the history: answered, and read.",
    )


def mark_unanswered(incoming_id: int) -> ResponseReturnValue:
    """Say that a mail was not answered after all."""
    return _act(
        incoming_id,
        lambda current, ctx, row: marking.mark_unanswered(ctx, row, by=current.signed_in),
        "It is not answered yet.",
    )


def works_again(incoming_id: int) -> ResponseReturnValue:
    """Say that the address of a returned letter works again."""
    return _act(
        incoming_id,
        lambda current, ctx, row: incoming.works_again(ctx, row, by=current.signed_in),
        "Letters may go to this address again. The one that came back is not sent by itself.",
    )


def erase(incoming_id: int) -> ResponseReturnValue:
    """Erase a mail for good."""
    return _act(
        incoming_id,
        lambda current, ctx, row: incoming_erasing.erase(ctx, row, by=current.signed_in),
        "Erased here. In the mailbox it came to it has to be deleted by hand.",
        url_for("talentpool.incoming"),
    )


def give(incoming_id: int) -> ResponseReturnValue:
    """Say whose a mail is."""
    form = GiveForm(posted())
    if not form.validate():
        raise Refused(
            "Choose the person whose mail this is, then press the button beside the name.", code="invalid"
        )

    def act(current: RequestContext, ctx: Context, row: IncomingMixin) -> None:
        person: PersonMixin = current.one(ctx.models.person, form.person_id.data, ctx=ctx)
        current.require(Action.LETTER_WRITE, person)
        incoming.give(ctx, row, person, by=current.signed_in)

    return _act(incoming_id, act, "It now stands in the history of this person.")


def barred() -> ResponseReturnValue:
    """Show addresses that are barred for what is no fault of theirs."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    return page("barred.html", incoming_queries.barred_page(current.ctx, current.visible))


def lift() -> ResponseReturnValue:
    """Let mail go again to every address that is barred for what is no fault of its own."""
    current = request_context()
    current.require(Action.LETTER_BULK)

    def work(ctx: Context) -> dict[str, int]:
        wrong = [
            one
            for one in lifting.judge(ctx, current.visible).wrong
            if current.may(Action.LETTER_BULK, Subject(scope=one.scope))
        ]
        return {"lifted": len(wrong), "letters": lifting.lift(ctx, wrong, by=current.signed_in)}

    facts = current.change(work)
    message = f"Lifted: {facts['lifted']:,}. Held letters that go on: {facts['letters']:,}; each is looked at again first."
    return done(message, url_for("talentpool.incoming_barred"), **facts)


def _load(current: RequestContext, incoming_id: int, ctx: Context) -> IncomingMixin:
    row: IncomingMixin = current.one(ctx.models.incoming, incoming_id, ctx=ctx)
    if row.status == marking.ERASED:
        raise NotFound
    return row


def _act(
    incoming_id: int,
    act: Callable[[RequestContext, Context, IncomingMixin], object],
    message: str,
    url: str = "",
) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.LETTER_WRITE)

    def work(ctx: Context) -> dict[str, object]:
        row = _load(current, incoming_id, ctx)
        current.require(Action.LETTER_WRITE, row)
        act(current, ctx, row)
        return {"incoming_id": row.id, "is_read": row.read_at is not None, "person_id": row.person_id}

    facts = current.change(work)
    return done(message, back(url or url_for("talentpool.incoming_one", incoming_id=incoming_id)), **facts)
