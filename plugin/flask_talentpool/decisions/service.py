"""Use cases of a decision: door and line, taking back, telling, and what the candidate may see."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.answer import answer, letter_of, recompose
from flask_talentpool.decisions.facts import application_of, complete, live_decision
from flask_talentpool.decisions.model import DECISION_TRANSITIONS, DecisionMixin
from flask_talentpool.decisions.record import break_silence, cancel_letters, chunks, end, record
from flask_talentpool.errors import BeingHandedOver, NotFound, Refused
from flask_talentpool.host.mapping import key_of
from flask_talentpool.letters import outbox
from flask_talentpool.letters.handover import revoke_links
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.words import Because, DecisionState, Door, LetterState, Outcome

LONGEST_LINE = 600
CHANNELS = ("letter", "phone", "in_person", "post", "portal", "host")


def find(ctx: Context, decision_id: int) -> DecisionMixin:
    """Return a decision.

    Raises:
        NotFound: There is none of this id.
    """
    found = ctx.session.get(ctx.models.decision, decision_id)
    if found is None:
        raise NotFound
    return found


def notice_application(ctx: Context, application: Any) -> DecisionMixin | None:
    """Bring the decision of one application in line with the host's row; None when it is not decided."""
    ctx.session.flush()  # what the host has not flushed yet must not be lost when rows are read again below
    seen = ctx.host.seen_in_object(application)
    connection = ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.host.map.application)})
    record(connection, ctx.host, ctx.models, [seen], now=ctx.now())
    ctx.session.expire_all()
    return live_decision(ctx, key_of(application))


def set_door(ctx: Context, decision: DecisionMixin, door: Door, *, by: Actor) -> LetterMixin | None:
    """Say whether this person is wanted back; the waiting letter is written anew.

    Raises:
        Refused: The person was told already, or must never be pooled.
        BeingHandedOver: The letter is going out right now.
    """
    _untold(decision)
    if door is not Door.CLOSED and decision.never_pool:
        raise Refused("Your ATS marks this person as one who must never be in a pool.", code="never_pool")
    decision.door = door.value
    decision.door_by, decision.door_by_name = by.id, by.name[:160]
    ctx.record(by, f"door_{door.value}", "decision", decision.id, scope=decision.scope)
    return _rewrite(ctx, decision)


def set_line(ctx: Context, decision: DecisionMixin, line: str, *, by: Actor) -> LetterMixin | None:
    """Put one true personal line into the letter; an empty one takes it out.

    Raises:
        Refused: The line is too long, or the person was told already.
        BeingHandedOver: The letter is going out right now.
    """
    _untold(decision)
    line = " ".join(line.split())
    if len(line) > LONGEST_LINE:
        raise Refused(
            f"The line has {len(line)} characters; a letter takes up to {LONGEST_LINE}.", code="line_too_long"
        )
    decision.line = line
    ctx.record(by, "line", "decision", decision.id, scope=decision.scope)
    return _rewrite(ctx, decision)


def _untold(decision: DecisionMixin) -> None:
    if decision.told_at is not None:
        raise Refused("This person has been told already; the letter can no longer change.", code="told")
    if decision.state != DecisionState.LIVE.value:
        raise Refused("This decision no longer stands.", code="decision_ended")


def _rewrite(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    ctx.session.flush()
    letter = letter_of(ctx, decision)
    if letter is None:
        return answer(ctx, decision)
    if letter.state == LetterState.SENDING.value:
        raise BeingHandedOver
    return recompose(ctx, letter, decision)


def approve(ctx: Context, decision: DecisionMixin, *, by: Actor, at_once: bool = False) -> LetterMixin:
    """Let the letter of a decision go at its time, or at once.

    Raises:
        Refused: There is no letter to send, or it has an obstacle no approval removes.
    """
    _untold(decision)
    letter = letter_of(ctx, decision) or answer(ctx, decision)
    if letter is None:
        raise Refused("No letter is composed for this decision.", code="no_letter")
    outbox.approve(ctx, letter, by=by, due_at=ctx.now() if at_once else None)
    recompose(ctx, letter, decision)
    if letter.state == LetterState.HELD.value:
        raise Refused(
            Because(letter.because).sentence + (f" {letter.detail}" if letter.detail else ""),
            code=letter.because,
        )
    return letter


def take_back(ctx: Context, decision: DecisionMixin, *, by: Actor) -> None:
    """Take a decision back before the person is told: letter and offered place are cancelled.

    The host's own status is the host's. Where it still says so, no new decision is made of it
    until it has said something else in between, or somebody lets it stand after all.

    Raises:
        BeingHandedOver: The letter is going out right now.
        Refused: The person was told already.
    """
    _untold(decision)
    letter = letter_of(ctx, decision)
    if letter is not None and outbox.is_waiting(letter):
        outbox.lock(ctx, letter)
    elif letter is not None and letter.state == LetterState.SENDING.value:
        raise BeingHandedOver
    elif letter is not None and letter.state == LetterState.UNKNOWN.value:
        raise Refused(
            "The letter may have arrived. Find out and say so before you take anything back.", code="unknown"
        )
    _end(ctx, decision, DecisionState.TAKEN_BACK, still_said=host_still_says(ctx, decision))
    ctx.record(by, "take_back", "decision", decision.id, scope=decision.scope)
    ctx.announce(signals.taken_back, decision_id=decision.id)


def host_still_says(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the host's row, as it is now, says what this decision says."""
    application = application_of(ctx, decision)
    if application is None:
        return False
    seen = ctx.host.seen_in_object(application)
    return ctx.host.verdict(seen.status, declined=seen.declined).outcome == decision.outcome


def quiet_decision(ctx: Context, application_key: Any) -> DecisionMixin | None:
    """Return the decision that was taken back here while the host still says so, or None."""
    decision = ctx.models.decision
    return ctx.session.scalars(
        sa.select(decision).where(decision.quiet_for == str(application_key))
    ).one_or_none()


def let_stand(ctx: Context, decision: DecisionMixin, *, by: Actor) -> DecisionMixin:
    """Undo a taking back: what the host still says counts again, as a new decision with its own letter.

    Raises:
        Refused: It was not taken back here, or the host says something else by now.
    """
    application = application_of(ctx, decision) if decision.quiet_for is not None else None
    if application is None:
        raise Refused(
            "Your ATS no longer says so. Set the outcome there; the letter follows by itself.",
            code="undecided",
        )
    ctx.session.flush()
    break_silence(_connection(ctx), ctx.models, [decision.id])
    again = notice_application(ctx, application)
    if again is None:
        raise Refused(
            "Your ATS no longer says so. Set the outcome there; the letter follows by itself.",
            code="undecided",
        )
    ctx.record(by, "let_stand", "decision", again.id, scope=again.scope)
    answer(ctx, again)
    return again


def _end(ctx: Context, decision: DecisionMixin, state: DecisionState, *, still_said: bool = False) -> None:
    if state not in DECISION_TRANSITIONS[DecisionState(decision.state)]:
        raise Refused("This decision no longer stands.", code="decision_ended")
    ctx.session.flush()
    end(_connection(ctx), ctx.models, [decision.id], state=state, now=ctx.now(), still_said=still_said)
    ctx.session.expire_all()


def _connection(ctx: Context) -> Any:
    return ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.models.decision)})


def tell(ctx: Context, application: Any, *, channel: str, by: Actor) -> DecisionMixin:
    """Somebody told the person, by phone, in person or by the host's own letter: ours is cancelled.

    Saying it again changes nothing.

    Raises:
        Refused: The host does not say that this application is decided, or our letter is going out now.
    """
    ctx.session.flush()
    quiet = quiet_decision(ctx, key_of(application))
    if quiet is not None:
        # Whoever told the person lets the outcome stand, whatever was taken back here before.
        break_silence(_connection(ctx), ctx.models, [quiet.id])
    decision = notice_application(ctx, application)
    if decision is None:
        raise Refused("This application has no outcome to tell. Set it in the ATS first.", code="undecided")
    tell_decision(ctx, decision, channel=channel, by=by)
    return decision


def tell_decision(ctx: Context, decision: DecisionMixin, *, channel: str, by: Actor) -> None:
    """Mark the person as told of this decision by ``channel``, one of ``CHANNELS``.

    Raises:
        BeingHandedOver: Our letter is going out right now.
    """
    if channel not in CHANNELS:
        raise Refused(f"“{channel}” is no channel; choose one of {', '.join(CHANNELS)}.", code="channel")
    if decision.told_at is not None:
        return
    if decision.state != DecisionState.LIVE.value:
        raise Refused("This decision no longer stands, so there is nothing to tell.", code="decision_ended")
    letter = letter_of(ctx, decision)
    if letter is not None and letter.state == LetterState.SENDING.value:
        raise BeingHandedOver
    if letter is not None and (outbox.is_waiting(letter) or letter.state == LetterState.FAILED.value):
        if outbox.is_waiting(letter):
            outbox.lock(ctx, letter)
        ctx.session.flush()
        cancel_letters(
            _connection(ctx), ctx.models, [decision.id], because=Because.TOLD_ELSEWHERE, now=ctx.now()
        )
        ctx.session.expire_all()
    if decision.completed_at is None:
        complete(ctx, decision)
    _told(ctx, decision, channel)
    touch(ctx, decision.person_id, scope=decision.scope, channel=channel, what="told the outcome", by=by)
    ctx.record(by, "told", "decision", decision.id, scope=decision.scope, detail=channel)
    ctx.session.flush()


def _told(ctx: Context, decision: DecisionMixin, channel: str) -> None:
    decision.told_at, decision.told_by = ctx.now(), channel
    ctx.announce(signals.told, decision_id=decision.id, channel=channel)


def touch(
    ctx: Context,
    person_id: int | None,
    *,
    scope: str,
    channel: str,
    what: str,
    by: Actor,
    letter: LetterMixin | None = None,
) -> None:
    """Remember a contact with a person."""
    if person_id is None:
        return
    ctx.session.add(
        ctx.models.touch(
            scope=scope,
            person_id=person_id,
            at=ctx.now(),
            direction="out",
            channel=channel,
            what=what,
            by=by.id,
            letter_id=letter.id if letter is not None else None,
        )
    )


def outcome_went(ctx: Context, letter: LetterMixin) -> None:
    """The outcome letter went: the person has been told, whatever became of the decision meanwhile."""
    decision = ctx.session.get(ctx.models.decision, letter.decision_id)
    if decision is not None and decision.told_at is None:
        _told(ctx, decision, "letter")


def visible_status(ctx: Context, application: Any) -> str:
    """Say what a candidate may see of an application: ``open``, ``rejected``, ``hired`` or ``withdrawn``.

    Until the person has been told, a rejection shows as ``open``. An offer somebody declined
    shows as ``withdrawn``. Looks only.
    """
    decision = live_decision(ctx, key_of(application))
    told = (
        decision is not None and decision.outcome == Outcome.REJECTED.value and decision.told_at is not None
    )
    return status_shown(ctx, application, told=told)


def status_shown(ctx: Context, application: Any, *, told: bool) -> str:
    """Say what the host's row shows to a candidate who was told, or was not; asks no table of ours."""
    seen = ctx.host.seen_in_object(application)
    outcome = ctx.host.verdict(seen.status, declined=seen.declined).outcome
    if outcome is Outcome.HIRED:
        return "hired"
    if outcome in (Outcome.WITHDRAWN, Outcome.OFFER_DECLINED):
        return "withdrawn"
    return "rejected" if told and outcome is Outcome.REJECTED else "open"


def set_finish(ctx: Context, decision: DecisionMixin, finish: int | None, *, by: Actor) -> None:
    """Write down who came second, third, …; 1 is the person hired."""
    if finish is not None and finish < 1:
        raise Refused("A finish is a whole number from 1 on; leave it empty for none.", code="finish")
    decision.finish = finish
    ctx.record(by, "finish", "decision", decision.id, scope=decision.scope, detail=str(finish or ""))
    ctx.session.flush()


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase a person from decisions and letters; a tombstone keeps ``sync`` from writing again.

    Decisions about the person's rows that were never read from the host are theirs as well.
    """
    decision, link = ctx.models.decision, ctx.models.candidate_link
    revoke_links(ctx, person_id=person.id)
    rows = sa.select(link.candidate_key).where(link.person_id == person.id, link.suspended_at.is_(None))
    unread = sa.and_(
        decision.person_id.is_(None), decision.scope == person.scope, decision.candidate_key.in_(rows)
    )
    erase_decisions(ctx, sa.or_(decision.person_id == person.id, unread), person_id=person.id)
    ctx.session.execute(sa.delete(ctx.models.touch).where(ctx.models.touch.person_id == person.id))


def erase_decisions(ctx: Context, which: sa.ColumnElement[bool], *, person_id: int | None = None) -> int:
    """Turn decisions into tombstones and empty their letters; return how many decisions there were.

    Args:
        ctx: The unit of work.
        which: The condition on the table of decisions.
        person_id: Whose other letters are emptied as well.
    """
    letter, decision = ctx.models.letter, ctx.models.decision
    found = list(ctx.session.scalars(sa.select(decision.id).where(which)))
    ids = set()
    for part in chunks(found):
        ids |= set(ctx.session.scalars(sa.select(letter.id).where(letter.decision_id.in_(part))))
    if person_id is not None:
        ids |= set(ctx.session.scalars(sa.select(letter.id).where(letter.person_id == person_id)))
    for part in chunks(sorted(ids)):
        erase_letters(ctx, part)
    for part in chunks(found):
        ctx.session.execute(
            sa.update(decision)
            .where(decision.id.in_(part))
            .values(
                line="",
                reason="",
                owner_name="",
                door=Door.CLOSED.value,
                person_id=None,
                state=DecisionState.FORGOTTEN.value,
            )
        )
    return len(found)


def erase_letters(ctx: Context, ids: Sequence[int]) -> None:
    """Empty letters, drop their links and attempts, and cancel those that have not gone."""
    letter, touch = ctx.models.letter, ctx.models.touch
    for model in (ctx.models.link, ctx.models.letter_attempt):
        ctx.session.execute(sa.delete(model).where(model.letter_id.in_(ids)))
    ctx.session.execute(sa.update(touch).where(touch.letter_id.in_(ids)).values(letter_id=None))
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids))
        .values(
            to_name="",
            to_address="",
            subject="",
            text="",
            html="",
            reply_to="",
            detail="",
            person_id=None,
            member_id=None,
        )
    )
    undelivered = [state.value for state in (*outbox.WAITING, *outbox.UNANSWERED)]
    ctx.session.execute(
        sa.update(letter)
        .where(letter.id.in_(ids), letter.state.in_(undelivered))
        .values(state=LetterState.CANCELLED.value, because=Because.FORGOTTEN.value)
    )
