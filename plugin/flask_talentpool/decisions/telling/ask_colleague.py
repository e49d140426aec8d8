"""Asking a colleague for the personal line of one letter, by a signed link."""

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.config.addresses import BadAddress, Mailbox, wire_address
from flask_talentpool.context import Answer, Cancel, Context, Go
from flask_talentpool.decisions.editing import set_line, untold
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind
from flask_talentpool.errors import Refused
from flask_talentpool.letters.internal_mail import write_colleague
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.letters.texts.render import plain
from flask_talentpool.links import Purpose
from flask_talentpool.text import printed_name

MOST = 10
"""How many colleagues are asked about one letter."""
PREFIX = "ask:"


def ask(ctx: Context, decision: DecisionMixin, *, name: str, address: str, by: Actor) -> LetterMixin:
    """Write to a colleague who met the person: would they add one true line?

    Args:
        ctx: The unit of work.
        decision: A decision that was not told yet, read from the host already.
        name: The colleague's name; the line stands under it.
        address: Where they read mail.
        by: Who asks; the answer to the mail goes to them.

    Raises:
        Refused: The person was told, the address cannot be used, or enough colleagues were asked.
    """
    untold(decision)
    name = " ".join(name.split())
    try:
        wire_address(address)
    except BadAddress as error:
        raise Refused(str(error), code="bad_address") from None
    if not name:
        raise Refused("Say who is asked: the line stands under their name.", code="name")
    number = len(asked(ctx, decision))
    if number >= MOST:
        raise Refused(f"{MOST} colleagues were asked already.", code="asked_enough")
    if decision.person_id is None:
        raise Refused("The person is not known yet. Try again in a minute.", code="unread")
    paragraphs = [
        f"Hello {plain(name)},",
        (
            f"{plain(printed_name(by.name)) or 'A colleague'} asks you for one true line in the letter to {plain(_first_name(ctx, decision))}, who "
            f"applied for {plain(decision.job_label) or 'a job with us'}: something you saw yourself and would say to "
            "their face."
        ),
        "[Write the line](link:line)",
        "“None” is a good answer too. The link is for you alone; it opens until the person has been told.",
    ]
    letter = write_colleague(
        ctx,
        to=Mailbox(name, address),
        subject="A line for a letter?",
        paragraphs=paragraphs,
        occasion=f"{PREFIX}{decision.id}:{number + 1}",
        scope=decision.scope,
        person_id=decision.person_id,
        reply_to=Mailbox(by.name, by.email) if by.email else None,
    )
    if letter is None:
        raise Refused("Nobody can be asked: TALENTPOOL_MAIL_FROM is not set.", code="settings")
    # The decision's own letter is cancelled with it, and so is this question.
    letter.decision_id = decision.id
    ctx.record(by, "ask_line", "decision", decision.id, scope=decision.scope)
    ctx.session.flush()
    return letter


def asked(ctx: Context, decision: DecisionMixin) -> list[LetterMixin]:
    """Return the letters that asked for a line of this decision, oldest first."""
    letter = ctx.models.letter
    statement = sa.select(letter).where(
        letter.kind == LetterKind.COLLEAGUE, letter.occasion.like(f"{PREFIX}{decision.id}:%")
    )
    return list(ctx.session.scalars(statement.order_by(letter.id)))


def _first_name(ctx: Context, decision: DecisionMixin) -> str:
    person = ctx.session.get(ctx.models.person, decision.person_id)
    return next(iter(person.name.split()), "the person") if person is not None else "the person"


class AskedForLine(Kind):
    """Asks a colleague for a line."""

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Ask once more: is a line still of use?"""
        return Go() if _open_decision(ctx, letter) is not None else Cancel(HoldReason.TOLD_ELSEWHERE)


def decision_behind(ctx: Context, link: LinkMixin) -> tuple[DecisionMixin, LetterMixin] | None:
    """Return what a link for a line is about; None when it was told, taken back, or is no such link."""
    letter = ctx.session.get(ctx.models.letter, link.letter_id)
    if letter is None or link.purpose != Purpose.LINE or letter.kind != LetterKind.COLLEAGUE:
        return None
    decision = _open_decision(ctx, letter)
    return None if decision is None else (decision, letter)


def _open_decision(ctx: Context, letter: LetterMixin) -> DecisionMixin | None:
    if letter.decision_id is None:
        return None
    decision = ctx.session.get(ctx.models.decision, letter.decision_id, populate_existing=True)
    if decision is None or decision.state != DecisionState.LIVE or decision.told_at is not None:
        return None
    return decision


def answer_by_link(ctx: Context, decision: DecisionMixin, letter: LetterMixin, line: str) -> None:
    """Write the line under the name of the colleague who was asked; an empty one says that there is none.

    Raises:
        Refused: It is too long, or the person was told meanwhile.
        BeingHandedOver: The letter is going out right now.
    """
    set_line(ctx, decision, line, by=Actor(id=f"asked:{letter.id}", name=letter.to_name))
