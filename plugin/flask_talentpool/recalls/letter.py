"""The invitation: what it says, whether it may still go, and when it is written anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import formataddr
from typing import Any

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Answer, Cancel, Context, Hold
from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.decisions.facts import application_of, read_anew
from flask_talentpool.decisions.locking import letter_of as outcome_letter
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import addressed_to, values_for
from flask_talentpool.decisions.outcome.hold_reasons import mail_obstacle, out_of_reach
from flask_talentpool.enums import Basis, HoldReason, LetterKind, LetterState, RecallState, sentence_of
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns, renew
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for
from flask_talentpool.letters.texts.render import columns_of, write
from flask_talentpool.letters.texts.syntax import NotWritten
from flask_talentpool.pools.ending import is_member
from flask_talentpool.recalls.eligibility import letter_occasion
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.text import printed_name


@dataclass(frozen=True, slots=True)
class RecallDraft:
    """An invitation that is not written yet, as the person would read it."""

    to_name: str
    to_address: str
    from_line: str
    subject: str
    text: str
    answer_by: datetime
    waits_because: str
    """Why the letter would be held at first; empty when it would go at once."""


def preview(ctx: Context, decision: DecisionMixin, *, by: Actor, line: str = "") -> RecallDraft | None:
    """Write what the invitation would say now; stores nothing. None when the host's row is gone."""
    application = application_of(ctx, decision)
    if application is None:
        return None
    recall = ctx.models.recall(
        scope=decision.scope,
        basis=_basis(ctx, decision),
        line=" ".join(line.split())[:LONGEST_LINE],
        invited_by_name=by.name,
        answer_by=_answer_by(ctx),
    )
    values = _columns(ctx, recall, decision, application, mail_obstacle(ctx, application))
    sender = (values["from_name"], values["from_address"])
    return RecallDraft(
        to_name=values["to_name"],
        to_address=values["to_address"],
        from_line=formataddr(sender) if values["from_address"] else "",
        subject=values.get("subject", ""),
        text=values.get("text", ""),
        answer_by=recall.answer_by,
        waits_because=f"{sentence_of(values['because'])} {values['detail']}".strip()
        if values["because"]
        else "",
    )


def _basis(ctx: Context, decision: DecisionMixin) -> Basis:
    within = ctx.now() - decision.decided_at <= ctx.settings.reuse_window
    return Basis.APPLICATION if within else Basis.MEMBERSHIP


def compose(ctx: Context, recall: RecallMixin, decision: DecisionMixin) -> LetterMixin | None:
    """Put the invitation into the outbox; None when another process did so first."""
    kind, occasion = letter_occasion(recall)
    application = application_of(ctx, decision)
    values = _columns(ctx, recall, decision, application, mail_obstacle(ctx, application))
    values |= {"recall_id": recall.id, "follows": _follows(ctx, decision)}
    letter = outbox.put(ctx, kind, occasion, values)
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def _answer_by(ctx: Context) -> datetime:
    return ctx.now() + ctx.settings.invitation_open_for


def _columns(
    ctx: Context,
    recall: RecallMixin,
    decision: DecisionMixin,
    application: Any,
    obstacle: tuple[HoldReason | None, str] = (None, ""),
) -> dict[str, Any]:
    """Return the columns that every letter has, as the invitation's are now.

    Args:
        ctx: The unit of work.
        recall: The invitation, which need not be stored.
        decision: The decision it goes back to.
        application: The host's row of that.
        obstacle: Why the letter waits, whatever its words are, and what to add.
    """
    by_membership = recall.basis == Basis.MEMBERSHIP
    values, language = values_for(ctx, decision, application), language_for(ctx, application)
    signer = signer_of(ctx, application, language=language)
    if not signer.own_address:  # what arrives at the company's mailbox is read by whoever invites as well
        inviter = printed_name(recall.invited_by_name)
        signer = replace(signer, name=inviter, is_person=True) if inviter else signer
    values |= signer.values
    values |= {
        "job": decision.job_label or ctx.host.label_of(application, ctx.session),
        "line": recall.line,
        "answer_by": day(recall.answer_by, ctx.settings.timezone, language),
    }
    because, detail = obstacle
    words: dict[str, str] = {}
    try:
        text = "recall_member" if by_membership else "recall"
        words = columns_of(write(ctx, text, values, language=language, scope=decision.scope))
    except NotWritten as error:
        because, detail = because or HoldReason.TEXT, detail or str(error)
    from_whom = signer.columns
    pool, reply_to = ctx.settings.pool_sender, values["reply_address"]
    if by_membership and pool is not None:
        from_whom |= {"from_name": pool.name, "from_address": pool.address}
        from_whom["reply_to"] = reply_to if reply_to != pool.address else ""
    return columns(
        scope=recall.scope,
        person_id=recall.person_id,
        due_at=ctx.now(),
        sender=from_whom,
        addressed=addressed_to(ctx, application),
        words=words,
        because=because,
        detail=detail,
    )


def _follows(ctx: Context, decision: DecisionMixin) -> str:
    """Return the Message-ID of the letter that said no, where one went."""
    told = outcome_letter(ctx, decision)
    return told.message_id if told is not None and told.state == LetterState.SENT else ""


class Invitation(Kind):
    """Invites a person back to a job."""

    kind = LetterKind.RECALL
    title = "invitation back"

    def may_go_one(  # noqa: PLR0911 (one line for each reason)
        self, ctx: Context, letter: LetterMixin
    ) -> Answer:
        """Ask once more, with the letter locked: does the invitation still stand, and for the same person?"""
        recall = ctx.session.get(ctx.models.recall, letter.recall_id, populate_existing=True)
        if recall is None or recall.state != RecallState.INVITED:
            return Cancel(HoldReason.RECALL_CLOSED)
        person = ctx.session.get(ctx.models.person, recall.person_id) if recall.person_id else None
        if person is None:
            return Cancel(HoldReason.FORGOTTEN)
        if person.objected_at is not None:
            return Cancel(HoldReason.OBJECTED)
        if recall.basis == Basis.MEMBERSHIP and not is_member(ctx, person.id):
            return Cancel(HoldReason.LEFT_POOL)
        if recall.answer_by <= ctx.now():
            return Cancel(HoldReason.STALE)  # it asks for an answer by a day that is over
        decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
        if decision is None:
            return Hold(HoldReason.ROW_GONE)
        row = read_anew(ctx, decision)
        because, detail = out_of_reach(ctx, row.application, row.known, because=row.because)
        if because is not None:
            return Hold(because, detail)
        return renew(letter, _columns(ctx, recall, decision, row.application))


def letter_of(ctx: Context, recall: RecallMixin) -> LetterMixin | None:
    """Return the invitation letter of a recall, or None."""
    return outbox.find(ctx, *letter_occasion(recall))
