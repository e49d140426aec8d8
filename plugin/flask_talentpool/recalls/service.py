"""Inviting back, the answer, and opening the new process in the host: one live process per recall."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Answer, Cancel, Context, Go, Hold
from flask_talentpool.decisions.facts import application_of, complete
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import letter_of as outcome_letter
from flask_talentpool.decisions.outcome.letter import mail_obstacle, values_for
from flask_talentpool.decisions.service import LONGEST_LINE, erase_letters
from flask_talentpool.enums import Basis, Because, LetterKind, LetterState, RecallState
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.host.mapping import Host, key_of, key_text
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.dates_and_phrases import day, language_for
from flask_talentpool.letters.texts.render import TEXT_COLUMNS, NotWritten, Written, columns_of, write
from flask_talentpool.noticing.record import chunks
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.service import find_link
from flask_talentpool.pools.ending import is_member
from flask_talentpool.recalls.bench import letter_occasion, obstacle, open_processes
from flask_talentpool.recalls.model import RECALL_TRANSITIONS, RecallMixin

logger = logging.getLogger("flask_talentpool")

OPEN_INVITATIONS = (RecallState.INVITED.value, RecallState.NOT_NOW.value)
"""States of an invitation that can still be taken back."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An invitation that is not written yet, as the person would read it."""

    to_name: str
    to_address: str
    from_line: str
    subject: str
    text: str
    answer_by: datetime
    waits_because: str
    """Why the letter would be held at first; empty when it would go at once."""


def invite(ctx: Context, decision: DecisionMixin, *, by: Actor, line: str = "") -> RecallMixin:
    """Invite the person of an earlier decision back to the same job.

    Args:
        ctx: The unit of work.
        decision: The decision that put the person on the bench.
        by: Who invites; named in the letter.
        line: One true personal line for the letter.

    Raises:
        Refused: The person cannot be asked; the message says why.
    """
    known = complete(ctx, decision)
    if known is None:
        raise Refused(
            "This application is no longer in your ATS, so nobody can be invited through it.", code="row_gone"
        )
    if known.in_doubt:
        raise Refused(Because.IDENTITY.sentence, code="identity")
    if ctx.host.map.new_application is None:
        raise Refused(
            "Your ATS has not said how a new application is opened. Map new_application first.",
            code="no_new_application",
        )
    person = known.person
    sentence = obstacle(
        ctx,
        decision,
        person,
        latest(ctx, person, decision),
        decided_at=decision.decided_at,
        is_told=decision.told_at is not None,
        in_process=_in_process(ctx, person, decision),
        is_member=is_member(ctx, person.id),
    )
    if sentence:
        raise Refused(sentence, code="not_to_be_invited")
    recall = _write_recall(ctx, person, decision, by=by, line=line)
    ctx.record(by, "invite", "recall", recall.id, scope=recall.scope)
    _compose(ctx, recall, decision)
    ctx.announce(signals.recalled, recall_id=recall.id)
    return recall


def latest(ctx: Context, person: PersonMixin, decision: DecisionMixin) -> RecallMixin | None:
    """Return the last recall of this person to the job of a decision, or None."""
    recall = ctx.models.recall
    same_job = recall.job_key == decision.job_key
    if ctx.host.map.job is None:
        same_job = recall.job_label == decision.job_label
    statement = sa.select(recall).where(recall.person_id == person.id, same_job)
    return ctx.session.scalars(statement.order_by(recall.id.desc()).limit(1)).first()


def _in_process(ctx: Context, person: PersonMixin, decision: DecisionMixin) -> bool:
    link = ctx.models.candidate_link
    keys = list(ctx.session.scalars(sa.select(link.candidate_key).where(link.person_id == person.id)))
    processes = open_processes(ctx, keys)
    return any(key_text(seen.job_key) == decision.job_key for found in processes.values() for seen in found)


def _write_recall(
    ctx: Context, person: PersonMixin, decision: DecisionMixin, *, by: Actor, line: str
) -> RecallMixin:
    recall = ctx.models.recall(
        scope=decision.scope,
        state=RecallState.INVITED.value,
        live_for=f"{decision.scope}:{decision.job_key or decision.job_label}:{person.id}"[:200],
        person_id=person.id,
        decision_id=decision.id,
        candidate_id=ctx.host.parse_key(ctx.host.map.candidate, decision.candidate_key),
        candidate_key=decision.candidate_key,
        job_id=decision.job_id,
        job_key=decision.job_key,
        job_label=decision.job_label,
        basis=_basis(ctx, decision).value,
        line=" ".join(line.split())[:LONGEST_LINE],
        invited_by=by.id,
        invited_by_name=by.name[:160],
        invited_at=ctx.now(),
        answer_by=_answer_by(ctx),
    )
    try:
        with ctx.savepoint():
            ctx.session.add(recall)
    except IntegrityError:
        raise Refused("Has been invited already.", code="not_to_be_invited") from None
    return recall


def preview(ctx: Context, decision: DecisionMixin, *, by: Actor, line: str = "") -> Draft | None:
    """Write what the invitation would say now; stores nothing. None when the host's row is gone."""
    application = application_of(ctx, decision)
    if application is None:
        return None
    answer_by = _answer_by(ctx)
    because, detail = mail_obstacle(ctx, application)
    try:
        written = _write(
            ctx, decision, application, basis=_basis(ctx, decision), by=by.name, line=line, until=answer_by
        )
    except NotWritten as error:
        because, detail, written = because or Because.TEXT, detail or str(error), None
    candidate, sender = ctx.host.candidate_of(application, ctx.session), ctx.settings.mail_from
    return Draft(
        to_name=ctx.host.name_of(candidate),
        to_address=ctx.host.email_of(candidate),
        from_line=formataddr((sender.name, sender.address)) if sender else "",
        subject=written.subject if written else "",
        text=written.text if written else "",
        answer_by=answer_by,
        waits_because=f"{because.sentence} {detail}".strip() if because else "",
    )


def _basis(ctx: Context, decision: DecisionMixin) -> Basis:
    within = ctx.now() - decision.decided_at <= ctx.settings.reuse_window
    return Basis.APPLICATION if within else Basis.MEMBERSHIP


def _write(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    *,
    basis: Basis,
    by: str,
    line: str,
    until: datetime,
) -> Written:
    values = values_for(ctx, decision, application)
    sender = ctx.settings.mail_from
    # The letter says that its writer reads what arrives at the reply address. Where that is the job
    # owner's own, the owner signs; the company's mailbox is read by whoever invites.
    is_shared = sender is None or values["reply_address"] == sender.address
    values |= {
        "writer": by if by and is_shared else values["writer"],
        "job": decision.job_label or ctx.host.label_of(application, ctx.session),
        "line": " ".join(line.split())[:LONGEST_LINE],
        "answer_by": day(until, ctx.settings.timezone, language_for(ctx, application)),
    }
    text = "recall" if basis is Basis.APPLICATION else "recall_member"
    return write(ctx, text, values, language=language_for(ctx, application), scope=decision.scope)


def _compose(ctx: Context, recall: RecallMixin, decision: DecisionMixin) -> LetterMixin | None:
    kind, occasion = letter_occasion(recall)
    letter = outbox.put(ctx, kind, occasion, _columns(ctx, recall, decision))
    if letter is not None:
        ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def _answer_by(ctx: Context) -> datetime:
    return ctx.now() + timedelta(days=ctx.settings.answer_days)


def _columns(ctx: Context, recall: RecallMixin, decision: DecisionMixin) -> dict[str, Any]:
    """Return the columns of the invitation letter, written from the facts as they are now."""
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session)
    values = values_for(ctx, decision, application)
    by_membership = recall.basis == Basis.MEMBERSHIP.value
    sender = ctx.settings.pool_sender if by_membership else ctx.settings.mail_from
    because, detail = mail_obstacle(ctx, application)
    columns: dict[str, Any] = {
        "scope": recall.scope,
        "person_id": recall.person_id,
        "recall_id": recall.id,
        "due_at": ctx.now(),
        "follows": _follows(ctx, decision),
        "from_name": sender.name if sender else "",
        "from_address": sender.address if sender else "",
        "reply_to": values["reply_address"] if sender and values["reply_address"] != sender.address else "",
        "to_name": ctx.host.name_of(candidate)[:400],
        "to_address": ctx.host.email_of(candidate)[:320],
    }
    try:
        written = _write(
            ctx,
            decision,
            application,
            basis=Basis(recall.basis),
            by=recall.invited_by_name,
            line=recall.line,
            until=recall.answer_by,
        )
        columns |= columns_of(written)
    except NotWritten as error:
        because, detail = because or Because.TEXT, detail or str(error)
    columns |= {
        "state": (LetterState.HELD if because else LetterState.DUE).value,
        "because": because.value if because else "",
        "detail": detail[:400],
    }
    return columns


def _follows(ctx: Context, decision: DecisionMixin) -> str:
    """Return the Message-ID of the letter that said no, where one went."""
    told = outcome_letter(ctx, decision)
    return told.message_id if told is not None and told.state == LetterState.SENT.value else ""


def recall_may_go(ctx: Context, letter: LetterMixin) -> Answer:  # noqa: PLR0911 (one line for each reason)
    """Ask once more, with the letter locked: does the invitation still stand, and for the same person?"""
    recall = ctx.session.get(ctx.models.recall, letter.recall_id, populate_existing=True)
    if recall is None or recall.state != RecallState.INVITED.value:
        return Cancel(Because.RECALL_CLOSED)
    person = ctx.session.get(ctx.models.person, recall.person_id) if recall.person_id else None
    if person is None:
        return Cancel(Because.FORGOTTEN)
    if person.objected_at is not None:
        return Cancel(Because.OBJECTED)
    if recall.basis == Basis.MEMBERSHIP.value and not is_member(ctx, person.id):
        return Cancel(Because.LEFT_POOL)
    if recall.answer_by <= ctx.now():
        return Cancel(Because.STALE)  # it asks for an answer by a day that is over
    decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
    known = complete(ctx, decision) if decision is not None else None
    if decision is None or known is None:
        return Hold(Because.ROW_GONE)
    if known.in_doubt:
        return Hold(Because.IDENTITY)
    because, detail = mail_obstacle(ctx, application_of(ctx, decision))
    if because is not None:
        return Hold(because, detail)
    candidate = ctx.host.candidate_of(application_of(ctx, decision), ctx.session)
    addressed = (ctx.host.name_of(candidate)[:400], ctx.host.email_of(candidate)[:320])
    if addressed != (letter.to_name, letter.to_address) or not letter.text:
        return _rewrite(ctx, letter, recall, decision)
    return Go()


def _rewrite(ctx: Context, letter: LetterMixin, recall: RecallMixin, decision: DecisionMixin) -> Go | Hold:
    """Write a waiting invitation anew; one that cannot be written any more must not go with its old words."""
    columns = _columns(ctx, recall, decision)
    for field in (
        "to_name",
        "to_address",
        "from_name",
        "from_address",
        "reply_to",
        *TEXT_COLUMNS,
    ):
        if field in columns:
            setattr(letter, field, columns[field])
    return Hold(Because(columns["because"]), columns["detail"]) if columns["because"] else Go()


def look_again(ctx: Context) -> int:
    """Release invitations held for a reason that is gone: a setting made, an address added.

    Returns:
        How many may go now.
    """
    letter = ctx.models.letter
    held = sa.select(letter).where(
        letter.kind == LetterKind.RECALL.value, letter.state == LetterState.HELD.value
    )
    released = 0
    found = held.where(letter.because != Because.BY_HAND.value).order_by(letter.id).limit(200)
    for row in ctx.session.scalars(found).all():
        if not outbox.still_held(ctx, row):
            continue
        reply = recall_may_go(ctx, row)
        if isinstance(reply, Go):
            # What held it may have left its text unfinished: a sender or an address was missing.
            recall = ctx.session.get_one(ctx.models.recall, row.recall_id)
            reply = _rewrite(ctx, row, recall, ctx.session.get_one(ctx.models.decision, recall.decision_id))
        if isinstance(reply, Go):
            outbox.move(row, LetterState.DUE)
            released += 1
        elif isinstance(reply, Cancel):
            outbox.move(row, LetterState.CANCELLED, reply.because)
        else:
            outbox.move(row, LetterState.HELD, reply.because, reply.detail)
    ctx.session.flush()
    return released


def letter_of(ctx: Context, recall: RecallMixin) -> LetterMixin | None:
    """Return the invitation letter of a recall, or None."""
    return outbox.find(ctx, *letter_occasion(recall))


def withdraw(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Take an invitation back; its letter is cancelled when it has not gone.

    Raises:
        Refused: It is answered, or the letter is being handed over.
    """
    if recall.state not in OPEN_INVITATIONS:
        raise Refused("This invitation is answered or closed already.", code="recall_state")
    letter = letter_of(ctx, recall)
    if letter is not None and (outbox.is_waiting(letter) or letter.state == LetterState.SENDING.value):
        outbox.cancel(ctx, letter, Because.RECALL_CLOSED)
    if not _settle(ctx, recall, RecallState.CLOSED, out_of=OPEN_INVITATIONS):
        raise Refused("This invitation is answered or closed already.", code="recall_state")
    ctx.record(by, "withdraw_invitation", "recall", recall.id, scope=recall.scope)
    ctx.session.flush()


def _settle(
    ctx: Context, recall: RecallMixin, to: RecallState, *, out_of: Collection[str] | None = None
) -> bool:
    """Move a recall on, out of these states or any that may, if nobody else did first; says whether this call did it."""
    model = ctx.models.recall
    sources = out_of or [state.value for state, onward in RECALL_TRANSITIONS.items() if to in onward]
    keeps = to in (RecallState.ACCEPTED, RecallState.NOT_NOW)
    # A host's session may not flush by itself, and reading the row again would lose what was just noted.
    ctx.session.flush()
    changed = ctx.session.execute(
        sa.update(model)
        .where(model.id == recall.id, model.state.in_(sources))
        .values(state=to.value, **({} if keeps else {"live_for": None}))
        .execution_options(synchronize_session=False)
    )
    ctx.session.refresh(recall)
    return bool(getattr(changed, "rowcount", 0))


def answer(ctx: Context, recall: RecallMixin, said: RecallState, *, never_again: bool = False) -> RecallMixin:
    """Take the person's answer by link; saying the same again changes nothing.

    Args:
        ctx: The unit of work.
        recall: The invitation.
        said: ``accepted``, ``not_now`` or ``declined``.
        never_again: The person also asks not to be invited again.
    """
    if said not in (RecallState.ACCEPTED, RecallState.NOT_NOW, RecallState.DECLINED):
        raise NotFound
    if never_again and recall.person_id is not None:
        person = ctx.session.get_one(ctx.models.person, recall.person_id)
        person.objected_at = person.objected_at or ctx.now()
    if not _settle(ctx, recall, said):
        return recall
    recall.answered_at = ctx.now()
    ctx.record(SOFTWARE, f"answered_{said.value}", "recall", recall.id, scope=recall.scope)
    if recall.person_id is not None:
        ctx.session.add(
            ctx.models.touch(
                scope=recall.scope,
                person_id=recall.person_id,
                at=ctx.now(),
                direction="in",
                channel="link",
                what=f"answered the invitation: {said.value.replace('_', ' ')}",
                by=f"person:{recall.person_id}",
            )
        )
    ctx.session.flush()
    ctx.announce(signals.recall_answered, recall_id=recall.id, state=said)
    if said is RecallState.ACCEPTED:
        _open_process(ctx, recall)
    return recall


def _open_process(ctx: Context, recall: RecallMixin) -> None:
    """Let the host open the new application; what it cannot do is left for a person, never lost."""
    host = ctx.host
    candidate = _candidate(ctx, recall)
    job = (
        ctx.session.get(host.map.job, recall.job_id)
        if host.map.job is not None and recall.job_id is not None
        else None
    )
    if candidate is None or (host.map.job is not None and job is None):
        recall.attention = "Said yes, but the candidate or the job is no longer in your ATS."
        return
    decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
    person = ctx.session.get(ctx.models.person, recall.person_id) if recall.person_id else None
    if decision is not None and person is not None and _in_process(ctx, person, decision):
        recall.attention = "Said yes, and is in the process for this job already."
        return
    opener = host.map.new_application
    if opener is None:
        recall.attention = "Said yes. Open the new application by hand: new_application is not mapped."
        return
    try:
        with ctx.savepoint():
            application = _checked(host, opener(candidate, job, recall))
            ctx.session.add(application)
    except Exception:  # the host's own code: whatever it raises, the person's yes is kept
        logger.exception("new_application failed for recall %s", recall.id)
        recall.attention = "Said yes, but your ATS could not open the new application. Open it by hand."
        return
    recall.application_id = key_of(application)
    recall.application_key = key_text(key_of(application))
    _settle(ctx, recall, RecallState.OPENED)
    ctx.session.flush()


def _checked(host: Host, application: Any) -> Any:
    if not isinstance(application, host.map.application):
        msg = f"new_application returned {type(application).__name__}, not {host.map.application.__name__}"
        raise TypeError(msg)
    return application


def _candidate(ctx: Context, recall: RecallMixin) -> Any:
    if recall.candidate_id is None or find_link(ctx, recall.candidate_key, recall.scope) is None:
        return None
    return ctx.session.get(ctx.host.map.candidate, recall.candidate_id)


def opened_by_hand(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Somebody opened the process by hand after the person said yes."""
    if recall.state != RecallState.ACCEPTED.value:
        raise Refused(
            "Only an invitation somebody said yes to can be settled like this.", code="recall_state"
        )
    recall.attention = ""
    _settle(ctx, recall, RecallState.OPENED)
    ctx.record(by, "opened_by_hand", "recall", recall.id, scope=recall.scope)


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase a person from recalls; who invited whom to what stays as a number only."""
    recall = ctx.models.recall
    ids = list(ctx.session.scalars(sa.select(recall.id).where(recall.person_id == person.id)))
    letter = ctx.models.letter
    for part in chunks(ids):
        erase_letters(ctx, list(ctx.session.scalars(sa.select(letter.id).where(letter.recall_id.in_(part)))))
    ctx.session.execute(
        sa.update(recall)
        .where(recall.id.in_(ids))
        .values(
            person_id=None,
            candidate_id=None,
            candidate_key="",
            live_for=None,
            state=RecallState.CLOSED.value,
            application_id=None,
            application_key="",
            attention="",
            line="",
        )
    )
