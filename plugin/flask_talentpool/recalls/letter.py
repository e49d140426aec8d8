"""The invitation: what it says, whether it may still go, and when it is written anew."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.config.business_time import after_business_days
from flask_talentpool.context import Answer, Cancel, Context, Hold
from flask_talentpool.db.locks import seize
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
from flask_talentpool.letters.texts.queries import language_name
from flask_talentpool.letters.texts.render import columns_of, write
from flask_talentpool.letters.texts.syntax import NotWritten
from flask_talentpool.pools.ending import is_member
from flask_talentpool.recalls.asked import asked
from flask_talentpool.recalls.eligibility import Target, is_recent, letter_occasion
from flask_talentpool.recalls.ending import settle
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.text import printed_name

logger = logging.getLogger("flask_talentpool")

ANSWER_IN = 3
"""Working days in which somebody is asked to answer, before the next one may be invited."""
_REMINDER = ":remind"
_TOO_LATE = timedelta(days=1)
"""What is over so soon nobody is reminded of."""


@dataclass(frozen=True, slots=True)
class RecallDraft:
    """An invitation that is not written yet, as the person would read it."""

    to_name: str
    to_address: str
    from_line: str
    subject: str
    text: str
    answer_by: datetime
    language_name: str
    waits_because: str
    """Why the letter would be held at first; empty when it would go at once."""


def preview(
    ctx: Context, decision: DecisionMixin, *, by: Actor, line: str = "", job: Target | None = None
) -> RecallDraft | None:
    """Write what the invitation would say now; stores nothing. None when the host's row is gone."""
    application = application_of(ctx, decision)
    if application is None:
        return None
    recall = ctx.models.recall(
        scope=decision.scope,
        is_enquiry=job is not None,
        job_label=job.label if job is not None else decision.job_label,
        basis=basis_of(ctx, decision) if job is None else Basis.MEMBERSHIP,
        line=" ".join(line.split())[:LONGEST_LINE],
        invited_by_name=by.name,
        answer_by=times(ctx)[0],
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
        language_name=language_name(values["language"]),
        waits_because=f"{sentence_of(values['because'])} {values['detail']}".strip()
        if values["because"]
        else "",
    )


def basis_of(ctx: Context, decision: DecisionMixin) -> Basis:
    """Return what an invitation back rests on now: the person's own application, or a place in a pool."""
    return Basis.APPLICATION if is_recent(ctx, decision.decided_at) else Basis.MEMBERSHIP


def compose(ctx: Context, recall: RecallMixin, decision: DecisionMixin) -> LetterMixin | None:
    """Put the invitation into the outbox; None when another process did so first."""
    kind, occasion = letter_occasion(recall)
    application = application_of(ctx, decision)
    values = _columns(ctx, recall, decision, application, mail_obstacle(ctx, application))
    values |= {"recall_id": recall.id, "follows": _message_id(outcome_letter(ctx, decision))}
    letter = outbox.put(ctx, kind, occasion, values)
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def times(ctx: Context) -> tuple[datetime, datetime]:
    """Return by when somebody who is asked now should answer, and until when their answer is waited for."""
    zone, holidays = ctx.settings.timezone, ctx.settings.holidays
    open_until = ctx.now() + ctx.settings.invitation_open_for
    answer_by = after_business_days(ctx.now(), ANSWER_IN, tz=zone, holidays=holidays)
    return min(answer_by, open_until), open_until


def _columns(
    ctx: Context,
    recall: RecallMixin,
    decision: DecisionMixin,
    application: Any,
    obstacle: tuple[HoldReason | None, str] = (None, ""),
    *,
    reminds: bool = False,
) -> dict[str, Any]:
    """Return the columns that every letter has, as the invitation's are now.

    Args:
        ctx: The unit of work.
        recall: The invitation, which need not be stored.
        decision: The decision it goes back to.
        application: The host's row of that.
        obstacle: Why the letter waits, whatever its words are, and what to add.
        reminds: Of the reminder, and not of the invitation itself.
    """
    by_membership = recall.basis == Basis.MEMBERSHIP
    values, language = values_for(ctx, decision, application), language_for(ctx, application)
    # The owner of the job they applied for neither asks about another one nor reads what is answered.
    signer = signer_of(ctx, None if recall.is_enquiry else application, language=language)
    if not signer.own_address:  # what arrives at the company's mailbox is read by whoever invites as well
        inviter = printed_name(recall.invited_by_name)
        signer = replace(signer, name=inviter, is_person=True) if inviter else signer
    values |= signer.values
    values |= {
        "job": recall.job_label or ctx.host.label_of(application, ctx.session),
        "earlier_job": decision.job_label,
        "line": recall.line,
        "answer_by": day(recall.answer_by, ctx.settings.timezone, language),
    }
    if reminds and recall.person_id is not None:
        is_last = asked(ctx, [recall.person_id])[recall.person_id].is_second_silence
        values |= {
            "answer_by": day(recall.open_until, ctx.settings.timezone, language),
            "told_on": day(recall.sent_at, ctx.settings.timezone, language),
            "last": "yes" if is_last else "",
        }
    because, detail = obstacle
    words: dict[str, str] = {}
    try:
        by_text = "enquiry" if recall.is_enquiry else "recall_member" if by_membership else "recall"
        text = "recall_reminder" if reminds else by_text
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


def _message_id(letter: LetterMixin | None) -> str:
    """Return the Message-ID of the letter that this one follows, where that went."""
    return letter.message_id if letter is not None and letter.state == LetterState.SENT else ""


def remind(ctx: Context) -> int:
    """Remind, once, whoever let the time for an answer go by while it is still waited for; return how many.

    Not where somebody else said yes meanwhile: what they are asked about may be taken.
    """
    recall, decision = ctx.models.recall, ctx.models.decision
    late = (
        sa.select(recall, decision)
        .join(decision, decision.id == recall.decision_id)
        .where(
            recall.state == RecallState.INVITED,
            recall.answer_by <= ctx.now(),
            recall.open_until > ctx.now() + _TOO_LATE,
            recall.sent_at.is_not(None),
            recall.reminded_at.is_(None),
        )
    )
    written = 0
    for invitation, about in ctx.session.execute(late.limit(100)).all():
        try:
            with ctx.savepoint():
                # Taken before it is written: of two workers one gets it.
                if not seize(ctx.session, invitation, recall.reminded_at.is_(None), reminded_at=ctx.now()):
                    continue
                written += _remind(ctx, invitation, about)
        except Exception:  # what one person's host row does must not keep the others from being reminded
            logger.exception("nobody could be reminded of invitation %s", invitation.id)
    return written


def _remind(ctx: Context, recall: RecallMixin, decision: DecisionMixin) -> bool:
    application = application_of(ctx, decision)
    if application is None or is_taken(ctx, recall):
        return False
    kind, occasion = letter_occasion(recall)
    values = _columns(ctx, recall, decision, application, mail_obstacle(ctx, application), reminds=True)
    values |= {"recall_id": recall.id, "follows": _message_id(letter_of(ctx, recall))}
    return outbox.put(ctx, kind, occasion.replace(":invite", _REMINDER), values) is not None


def is_taken(ctx: Context, recall: RecallMixin) -> bool:
    """Whether somebody else said yes to the same job since this person was asked."""
    model = ctx.models.recall
    same_job = model.job_key == recall.job_key if recall.job_key else model.job_label == recall.job_label
    others = sa.select(model.id).where(
        same_job,
        model.scope == recall.scope,
        model.id != recall.id,
        model.state.in_([RecallState.ACCEPTED, RecallState.OPENED, RecallState.HIRED]),
        model.answered_at >= recall.invited_at,
    )
    return ctx.session.scalars(others.limit(1)).first() is not None


def _is_closed(ctx: Context, recall: RecallMixin) -> bool:
    """Whether the host says that nobody is looked for any more; not so where it does not say."""
    host = ctx.host
    job = host.get(ctx.session, host.map.job, recall.job_id) if host.map.job is not None else None
    return job is not None and host.read("job_open", job) in (False, 0)


class Invitation(Kind):
    """Invites a person back to a job, or reminds them of that."""

    kind = LetterKind.RECALL
    title = "invitation back"

    def title_of(self, letter: LetterMixin) -> str:
        """Return what a touch calls this letter."""
        return "reminder of an invitation" if letter.occasion.endswith(_REMINDER) else self.title

    def may_go_one(  # noqa: PLR0911 (one line for each reason)
        self, ctx: Context, letter: LetterMixin
    ) -> Answer:
        """Ask once more, with the letter locked: does the invitation still stand, and for the same person?"""
        reminds = letter.occasion.endswith(_REMINDER)
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
        if (recall.open_until or recall.answer_by) <= ctx.now() or (reminds and is_taken(ctx, recall)):
            return Cancel(HoldReason.STALE)  # it asks for an answer by a day that is over
        decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
        if decision is None:
            return Hold(HoldReason.ROW_GONE)
        row = read_anew(ctx, decision)
        because, detail = out_of_reach(ctx, row.application, row.known, because=row.because)
        if because is not None:
            return Hold(because, detail)
        if _is_closed(ctx, recall):
            return Cancel(HoldReason.STALE)  # nobody is looked for any more
        if not reminds and letter.state == LetterState.HELD:
            # The days to answer in count from when it goes.
            recall.answer_by, recall.open_until = times(ctx)
        return renew(letter, _columns(ctx, recall, decision, row.application, reminds=reminds))

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Let the next one be asked: whoever is never written to does not answer."""
        recall = ctx.session.get(ctx.models.recall, letter.recall_id) if letter.recall_id else None
        if recall is not None and recall.sent_at is None:
            settle(ctx, recall, RecallState.CLOSED, out_of=[RecallState.INVITED])

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """Count the invitation among those the person got."""
        recall = ctx.session.get(ctx.models.recall, letter.recall_id) if letter.recall_id else None
        if recall is not None and recall.sent_at is None:
            recall.sent_at = ctx.now()


def letter_of(ctx: Context, recall: RecallMixin) -> LetterMixin | None:
    """Return the invitation letter of a recall, or None."""
    return outbox.find(ctx, *letter_occasion(recall))
