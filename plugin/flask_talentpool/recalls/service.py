"""Inviting back, the answer, and opening the new process in the host: one live process per recall."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import may_become, seize, update_if
from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.decisions.facts import read_anew
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import HoldReason, LetterState, RecallState
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.host.mapping import Host
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters import outbox
from flask_talentpool.letters.erasing import erase_letters
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.service import find_link
from flask_talentpool.pools.ending import is_member
from flask_talentpool.recalls.eligibility import obstacle, open_processes
from flask_talentpool.recalls.letter import _answer_by, _basis, compose, letter_of
from flask_talentpool.recalls.model import RECALL_TRANSITIONS, RecallMixin

logger = logging.getLogger("flask_talentpool")

_RESTORED = (
    "Since the database was put back from a backup nobody knows what came of this invitation. Find out:"
)

OPEN_INVITATIONS = (RecallState.INVITED, RecallState.NOT_NOW)
"""States of an invitation that can still be taken back."""


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
    row = read_anew(ctx, decision)
    known = row.known
    if row.because is HoldReason.HIDDEN:
        raise Refused(
            "Your ATS hides this application or its candidate, so nobody can be invited through it. Show it again first.",
            code=HoldReason.HIDDEN,
        )
    if known is None:
        raise Refused(
            "This application is no longer in your ATS, so nobody can be invited through it.", code="row_gone"
        )
    if known.is_ambiguous:
        raise Refused(HoldReason.IDENTITY.sentence, code="identity")
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
    compose(ctx, recall, decision)
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
        state=RecallState.INVITED,
        live_for=f"{decision.scope}:{decision.job_key or decision.job_label}:{person.id}"[:200],
        person_id=person.id,
        decision_id=decision.id,
        candidate_id=ctx.host.parse_key(ctx.host.map.candidate, decision.candidate_key),
        candidate_key=decision.candidate_key,
        job_id=decision.job_id,
        job_key=decision.job_key,
        job_label=decision.job_label,
        basis=_basis(ctx, decision),
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


def withdraw(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Take an invitation back; its letter is cancelled when it has not gone.

    Raises:
        Refused: It is answered, or the letter is being handed over.
    """
    if recall.state not in OPEN_INVITATIONS:
        raise Refused("This invitation is answered or closed already.", code="recall_state")
    letter = letter_of(ctx, recall)
    if letter is not None and (outbox.is_waiting(letter) or letter.state == LetterState.SENDING):
        outbox.cancel(ctx, letter, HoldReason.RECALL_CLOSED)
    if not _settle(ctx, recall, RecallState.CLOSED, out_of=OPEN_INVITATIONS):
        raise Refused("This invitation is answered or closed already.", code="recall_state")
    ctx.record(by, "withdraw_invitation", "recall", recall.id, scope=recall.scope)
    ctx.session.flush()


def _settle(
    ctx: Context, recall: RecallMixin, to: RecallState, *, out_of: Collection[str] | None = None
) -> bool:
    """Move a recall on, out of these states or any that may, if nobody else did first; says whether this call did it."""
    model = ctx.models.recall
    may_go_on = model.state.in_(out_of) if out_of else may_become(model.state, to, RECALL_TRANSITIONS)
    keeps = to in (RecallState.ACCEPTED, RecallState.NOT_NOW)
    return seize(ctx.session, recall, may_go_on, state=to, **({} if keeps else {"live_for": None}))


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
    ctx.record(SOFTWARE, f"answered_{said}", "recall", recall.id, scope=recall.scope)
    if recall.person_id is not None:
        ctx.session.add(
            ctx.models.touch(
                scope=recall.scope,
                person_id=recall.person_id,
                at=ctx.now(),
                direction="in",
                channel="link",
                what=f"answered the invitation: {said.replace('_', ' ')}",
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
    job = host.get(ctx.session, host.map.job, recall.job_id) if host.map.job is not None else None
    if candidate is None or (host.map.job is not None and job is None):
        recall.attention = "Said yes, but your ATS no longer has the candidate or the job, or hides it."
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
    return ctx.host.get(ctx.session, ctx.host.map.candidate, recall.candidate_id)


def opened_by_hand(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Somebody opened the process by hand after the person said yes."""
    if recall.state != RecallState.ACCEPTED:
        raise Refused(
            "Only an invitation somebody said yes to can be settled like this.", code="recall_state"
        )
    recall.attention, recall.seen_at = "", ctx.now()
    _settle(ctx, recall, RecallState.OPENED)
    ctx.record(by, "opened_by_hand", "recall", recall.id, scope=recall.scope)


def mark_seen(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Somebody saw that the person said yes; doing it again changes nothing.

    Raises:
        Refused: They have not said yes.
    """
    if recall.state not in (RecallState.ACCEPTED, RecallState.OPENED):
        raise Refused("This person has not said yes.", code="recall_state")
    if recall.seen_at is None:
        recall.seen_at = ctx.now()
        ctx.record(by, "seen", "recall", recall.id, scope=recall.scope)
        ctx.session.flush()


def look_after_before(ctx: Context, moment: datetime) -> int:
    """Put every invitation of before that stands under the eyes of a person; return how many."""
    recall = ctx.models.recall
    return update_if(
        ctx.session,
        recall,
        recall.state.in_([RecallState.INVITED, RecallState.ACCEPTED]),
        recall.attention == "",
        recall.invited_at <= moment,
        attention=_RESTORED,
    )


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
            state=RecallState.CLOSED,
            application_id=None,
            application_key="",
            attention="",
            line="",
        )
    )
