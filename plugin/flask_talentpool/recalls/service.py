"""Inviting back, and the answer: by letter, one at a time, or by phone; one live process per recall."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.config.addresses import usable
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.locks import seize, update_if
from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.decisions.facts import read_anew
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import Basis, HoldReason, LetterState, RecallState
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters import outbox
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.recalls.asked import asked_first, enquiry_slots, job_of, turn_key, whose_turn
from flask_talentpool.recalls.colleagues import tell_colleagues
from flask_talentpool.recalls.eligibility import (
    Target,
    bar,
    enquiry_obstacle,
    obstacle,
    same_job,
    situation_of,
)
from flask_talentpool.recalls.ending import settle
from flask_talentpool.recalls.letter import basis_of, compose, letter_of, times
from flask_talentpool.recalls.model import LONGEST_SAID, RecallMixin
from flask_talentpool.recalls.opening import open_process

OPEN_INVITATIONS = (RecallState.INVITED, RecallState.NOT_NOW)
"""States of an invitation that can still be taken back."""


def invite(ctx: Context, decision: DecisionMixin, *, by: Actor, line: str = "") -> RecallMixin:
    """Invite the person of an earlier decision back to the same job, by letter.

    Args:
        ctx: The unit of work.
        decision: The decision that put the person on the bench.
        by: Who invites; named in the letter.
        line: One true personal line for the letter.

    Raises:
        Refused: The person cannot be asked; the message says why.
    """
    person = _person_of(ctx, decision)
    if sentence := obstacle(ctx, decision, situation_of(ctx, decision, person)):
        raise Refused(sentence, code="not_to_be_invited")
    recall = _new(ctx, person, decision, by=by)
    recall.line = " ".join(line.split())[:LONGEST_LINE]
    recall.turn_for = turn_key(decision.scope, job_of(decision))
    _add(ctx, recall)
    ctx.record(by, "invite", "recall", recall.id, scope=recall.scope)
    compose(ctx, recall, decision)
    ctx.announce(signals.recalled, recall_id=recall.id)
    return recall


def enquire(ctx: Context, decision: DecisionMixin, job: Target, *, by: Actor, line: str = "") -> RecallMixin:
    """Ask a member, by letter, whether we may tell them about another job than the one they applied for.

    Several may be asked at once, up to ``TALENTPOOL_ENQUIRIES_AT_ONCE``; a yes opens nothing by itself.

    Args:
        ctx: The unit of work.
        decision: The earlier decision by which we know the person.
        job: The job that they are asked about.
        by: Who asks; named in the letter.
        line: One true personal line for the letter.

    Raises:
        Refused: The person cannot be asked, or as many as may be at once are; the message says why.
    """
    person = _person_of(ctx, decision)
    if job.name == job_of(decision):
        raise Refused("This is the job they applied for. Invite them back to it.", code="same_job")
    if sentence := enquiry_obstacle(ctx, decision, situation_of(ctx, decision, person, job)):
        raise Refused(sentence, code="not_to_be_invited")
    recall = _new(ctx, person, decision, by=by, job=job)
    recall.is_enquiry, recall.basis = True, Basis.MEMBERSHIP
    recall.line = " ".join(line.split())[:LONGEST_LINE]
    for slot in enquiry_slots(decision.scope, job.name, ctx.settings.enquiries_at_once):
        recall.turn_for = slot
        if _stored(ctx, recall):
            break
    else:
        raise Refused(
            f"{ctx.settings.enquiries_at_once} are asked about this job already. The next can be asked once one of them "
            "has answered, or their days to answer are over.",
            code="asked_enough",
        )
    ctx.record(by, "enquire", "recall", recall.id, scope=recall.scope)
    compose(ctx, recall, decision)
    ctx.announce(signals.recalled, recall_id=recall.id)
    return recall


def rang(
    ctx: Context,
    decision: DecisionMixin,
    said: RecallState,
    *,
    by: Actor,
    ask_after: date | None = None,
    note: str = "",
) -> RecallMixin:
    """Write down what a person said on the phone about coming back: it counts as much as an answer by link.

    A letter that asks them and has not gone does not go.

    Args:
        ctx: The unit of work.
        decision: The decision that put the person on the bench.
        said: ``accepted``, ``not_now`` or ``declined``.
        by: Who rang.
        ask_after: Of a “not now”, the day from which they may be asked again.
        note: What they added, in words that they may read.

    Raises:
        BeingHandedOver: The letter that asks them is going out right now.
        Refused: The person is not to be asked at all, or has said yes already; the message says why.
    """
    person = _person_of(ctx, decision)
    now = situation_of(ctx, decision, person)
    if sentence := bar(decision, now):
        raise Refused(sentence, code="not_to_be_invited")
    recall = now.asked.latest(job_of(decision))
    if recall is None or recall.state not in OPEN_INVITATIONS:
        recall = _new(ctx, person, decision, by=by)
        recall.is_by_phone = True
        _add(ctx, recall)
    elif (letter := letter_of(ctx, recall)) is not None and (
        outbox.is_waiting(letter) or letter.state == LetterState.SENDING
    ):
        outbox.cancel(ctx, letter, HoldReason.TOLD_ELSEWHERE)
    if recall.state == said:  # “not now” once more, with another day
        recall.ask_after, recall.said = ask_after, " ".join(note.split())[:LONGEST_SAID]
        ctx.record(by, f"answered_{said}", "recall", recall.id, scope=recall.scope)
        ctx.session.flush()
        return recall
    return answer(ctx, recall, said, ask_after=ask_after, note=note, by=by)


def _person_of(ctx: Context, decision: DecisionMixin) -> PersonMixin:
    """Return who is asked, as the host's row says now, taken for this transaction: one is asked by one at a time."""
    row = read_anew(ctx, decision)
    if row.because is HoldReason.HIDDEN:
        raise Refused(
            "Your ATS hides this application or its candidate, so nobody can be invited through it. Show it again first.",
            code=HoldReason.HIDDEN,
        )
    if row.known is None:
        raise Refused(
            "This application is no longer in your ATS, so nobody can be invited through it.", code="row_gone"
        )
    if row.known.is_ambiguous:
        raise Refused(HoldReason.IDENTITY.sentence, code="identity")
    person = row.known.person
    seize(ctx.session, person, scope=person.scope)
    return person


def _new(
    ctx: Context, person: PersonMixin, decision: DecisionMixin, *, by: Actor, job: Target | None = None
) -> RecallMixin:
    job = job or same_job(ctx, decision)
    answer_by, open_until = times(ctx)
    recall: RecallMixin = ctx.models.recall(
        scope=decision.scope,
        state=RecallState.INVITED,
        live_for=f"{decision.scope}:{job.name}:{person.id}"[:200],
        person_id=person.id,
        decision_id=decision.id,
        candidate_id=ctx.host.parse_key(ctx.host.map.candidate, decision.candidate_key),
        candidate_key=decision.candidate_key,
        job_id=job.id,
        job_key=job.key,
        job_label=job.label,
        basis=basis_of(ctx, decision),
        invited_by=by.id,
        invited_by_name=by.name[:160],
        invited_by_address=usable(by.email or "")[:320],
        invited_at=ctx.now(),
        answer_by=answer_by,
        open_until=open_until,
    )
    return recall


def _add(ctx: Context, recall: RecallMixin) -> None:
    """Store an invitation: one for a person and job, and one at a time who is asked for a job by letter.

    Raises:
        Refused: Somebody else was faster.
    """
    if not _stored(ctx, recall):
        turn = whose_turn(ctx, recall.scope, job_of(recall))
        is_other = turn is not None and turn.person_id != recall.person_id
        sentence = asked_first(ctx, turn) if turn is not None and is_other else "Has been invited already."
        raise Refused(sentence, code="not_to_be_invited")


def _stored(ctx: Context, recall: RecallMixin) -> bool:
    """Store an invitation, unless one like it is there or its turn is taken; says whether it did."""
    model = ctx.models.recall
    # A “not now” whose day has come gives way, and the turn of whoever let the time for an answer go by.
    over = sa.and_(model.live_for == recall.live_for, model.state == RecallState.NOT_NOW)
    update_if(ctx.session, model, over, state=RecallState.CLOSED, live_for=None)
    if recall.turn_for is not None:
        update_if(
            ctx.session,
            model,
            model.turn_for == recall.turn_for,
            model.answer_by <= ctx.now(),
            turn_for=None,
        )
    try:
        with ctx.savepoint():
            ctx.session.add(recall)
    except IntegrityError:
        return False
    return True


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
    if not settle(ctx, recall, RecallState.CLOSED, out_of=OPEN_INVITATIONS):
        raise Refused("This invitation is answered or closed already.", code="recall_state")
    ctx.record(by, "withdraw_invitation", "recall", recall.id, scope=recall.scope)
    ctx.session.flush()


def answer(
    ctx: Context,
    recall: RecallMixin,
    said: RecallState,
    *,
    never_again: bool = False,
    ask_after: date | None = None,
    note: str = "",
    by: Actor = SOFTWARE,
) -> RecallMixin:
    """Take the person's answer; saying the same again changes nothing.

    Args:
        ctx: The unit of work.
        recall: The invitation.
        said: ``accepted``, ``not_now`` or ``declined``.
        never_again: The person also asks not to be invited again.
        ask_after: Of a “not now”, the day from which they may be asked again.
        note: What they added.
        by: Who wrote down what was said on the phone; the software, where they answered by link.
    """
    if said not in (RecallState.ACCEPTED, RecallState.NOT_NOW, RecallState.DECLINED):
        raise NotFound
    if never_again and recall.person_id is not None:
        person = ctx.session.get_one(ctx.models.person, recall.person_id)
        person.objected_at = person.objected_at or ctx.now()
    if not settle(ctx, recall, said):
        return recall
    recall.answered_at = ctx.now()
    recall.ask_after = ask_after if said is RecallState.NOT_NOW else None
    recall.said = " ".join(note.split())[:LONGEST_SAID]
    ctx.record(by, f"answered_{said}", "recall", recall.id, scope=recall.scope)
    if recall.person_id is not None:
        by_link = by is SOFTWARE
        ctx.session.add(
            ctx.models.touch(
                scope=recall.scope,
                person_id=recall.person_id,
                at=ctx.now(),
                direction="in",
                channel="link" if by_link else "phone",
                what=f"answered the invitation: {said.replace('_', ' ')}",
                by=f"person:{recall.person_id}" if by_link else by.id,
            )
        )
    ctx.session.flush()
    ctx.announce(signals.recall_answered, recall_id=recall.id, state=said)
    if said is RecallState.ACCEPTED:
        open_process(ctx, recall)
        tell_colleagues(ctx, recall, by=by)
    return recall


def open_now(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Open the new application of somebody who said yes, at the press of a colleague.

    Raises:
        Refused: They have not said yes, or it is open already; or it cannot be opened, the message says why.
    """
    if recall.state != RecallState.ACCEPTED:
        raise Refused("Only a yes whose application is not open yet can be opened.", code="recall_state")
    if not open_process(ctx, recall, is_pressed=True):
        raise Refused(recall.attention, code="not_opened")
    recall.seen_at = recall.seen_at or ctx.now()
    ctx.record(by, "opened_after_a_yes", "recall", recall.id, scope=recall.scope)


def opened_by_hand(ctx: Context, recall: RecallMixin, *, by: Actor) -> None:
    """Somebody opened the process by hand after the person said yes."""
    if recall.state != RecallState.ACCEPTED:
        raise Refused(
            "Only an invitation somebody said yes to can be settled like this.", code="recall_state"
        )
    recall.attention, recall.seen_at = "", ctx.now()
    settle(ctx, recall, RecallState.OPENED)
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
