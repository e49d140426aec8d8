"""What a person says about a decision: door, reason, how far it came, finish, line, feedback, note."""

from collections.abc import Sequence

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import LONGEST_TEXT, Changes, put, tidy_text
from flask_talentpool.decisions.locking import letter_of, lock_decision
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer, recompose
from flask_talentpool.enums import DecisionState, Door, LetterState, StageReached
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.outbox import is_waiting, lapse

LAST = 999
"""The last place in a finish that can be written down."""
NO_FINISH = f"A finish is a whole number from 1 to {LAST}; leave it empty for none."


def untold(decision: DecisionMixin) -> None:
    """Refuse to change what a letter says that has gone already, or of a decision that has ended.

    Raises:
        Refused: The person has been told, or the decision no longer stands.
    """
    if decision.told_at is not None:
        raise Refused("This person has been told already; the letter can no longer change.", code="told")
    require_live(decision)


def require_live(decision: DecisionMixin) -> None:
    """Refuse to act on a decision that has ended.

    Raises:
        Refused: The decision no longer stands.
    """
    if decision.state != DecisionState.LIVE:
        raise Refused("This decision no longer stands.", code="decision_ended")


def change(ctx: Context, decision: DecisionMixin, changes: Changes, *, by: Actor) -> LetterMixin | None:
    """Say several things about a decision at once; the waiting letter is written anew, once.

    Raises:
        Refused: One of them cannot be, or the person was told already.
        BeingHandedOver: The letter is going out right now.
    """
    untold(decision)
    for act, detail in put(ctx, decision, changes, by=by):
        ctx.record(by, act, "decision", decision.id, scope=decision.scope, detail=detail)
    return rewrite(ctx, decision, by=by)


def set_door(ctx: Context, decision: DecisionMixin, door: Door, *, by: Actor) -> LetterMixin | None:
    """Say whether this person is wanted back; see :func:`change`."""
    return change(ctx, decision, Changes(door=door), by=by)


def set_line(ctx: Context, decision: DecisionMixin, line: str, *, by: Actor) -> LetterMixin | None:
    """Put one true personal line into the letter; an empty one says that there is none. See :func:`change`.

    Either way the letter waits for a line no longer.
    """
    return change(ctx, decision, Changes(line=line), by=by)


def set_reason(
    ctx: Context, decision: DecisionMixin, code: str, *, detail: str = "", by: Actor
) -> LetterMixin | None:
    """Choose why; a reason that may be shared gives the letter its sentence, any other gives none. See :func:`change`."""
    return change(ctx, decision, Changes(reason=code, detail=detail), by=by)


def set_stage(
    ctx: Context, decision: DecisionMixin, reached: StageReached, *, by: Actor
) -> LetterMixin | None:
    """Correct how far the application came; from then on the host's own stage does not change it. See :func:`change`."""
    return change(ctx, decision, Changes(stage=reached), by=by)


def set_feedback(ctx: Context, decision: DecisionMixin, text: str, *, by: Actor) -> LetterMixin | None:
    """Write feedback that the letter shares; where a second reader is asked for, only once they approved. See :func:`change`."""
    return change(ctx, decision, Changes(feedback=text), by=by)


def set_finish(
    ctx: Context, decision: DecisionMixin, finish: int | None, *, of: int | None = None, by: Actor
) -> None:
    """Write down who came second, third, …; 1 is the person hired.

    Raises:
        Refused: It is no place among that many, or somebody else has it.
    """
    set_finishes(ctx, [(decision, finish, of)], by=by)


def set_finishes(
    ctx: Context, places: Sequence[tuple[DecisionMixin, int | None, int | None]], *, by: Actor
) -> None:
    """Write down the places of several people of one or more jobs at once, so that two can change theirs.

    Args:
        ctx: The unit of work.
        places: Each decision with its place and among how many; None for what nobody knows.
        by: Who says so.

    Raises:
        Refused: One is no place among that many, or somebody else has it.
    """
    for decision, finish, of in places:
        if finish is not None and not 1 <= finish <= LAST:
            raise Refused(NO_FINISH, code="finish")
        if of is not None and (finish is None or not finish <= of <= LAST):
            raise Refused("Say a place among that many: 2nd of 9.", code="finish")
        decision.finish = decision.finish_for = None
    ctx.session.flush()
    for decision, finish, of in places:
        if finish is not None and decision.live_for is not None and (place := _place(decision, finish)):
            _refuse_taken(ctx, decision, finish)
            decision.finish_for = place
        decision.finish, decision.finish_of = finish, of
        ctx.record(by, "finish", "decision", decision.id, scope=decision.scope, detail=str(finish or ""))
        ctx.session.flush()
        if finish is not None and decision.told_at is None and decision.state == DecisionState.LIVE:
            # Whoever has a place in the finish came as far as anybody: the letter says so.
            letter = letter_of(ctx, decision)
            if letter is not None and is_waiting(letter):
                rewrite(ctx, decision, by=by)


def _place(decision: DecisionMixin, finish: int) -> str:
    """Return what only one standing decision may have; empty where nobody knows the job."""
    job = decision.job_key or decision.job_label[:80]
    return f"{decision.scope}|{job}|{finish}" if job else ""


def _refuse_taken(ctx: Context, decision: DecisionMixin, finish: int) -> None:
    model, person = ctx.models.decision, ctx.models.person
    same_job = model.job_key == decision.job_key
    if not decision.job_key:
        same_job = sa.and_(same_job, model.job_label == decision.job_label)
    taken = sa.select(model.id, person.name).outerjoin(person, person.id == model.person_id)
    taken = taken.where(
        same_job,
        model.scope == decision.scope,
        model.finish == finish,
        model.live_for.is_not(None),
        model.id != decision.id,
    )
    row = ctx.session.execute(taken.limit(1)).first()
    if row is not None:
        raise Refused(
            f"Place {finish} for this job is {row.name or 'somebody'}’s already. Give one of them another place.",
            code="finish_taken",
        )


def read_feedback(
    ctx: Context, decision: DecisionMixin, *, approve: bool, by: Actor, seen: str | None = None
) -> LetterMixin | None:
    """Say as the second reader whether the feedback may be shared; sent back, it leaves the letter.

    Args:
        ctx: The unit of work.
        decision: The decision.
        approve: Whether it may be shared.
        by: The second reader.
        seen: The text as the reader saw it.

    Raises:
        Refused: The reader wrote it, it was changed meanwhile, or the person was told already.
    """
    untold(decision)
    if not decision.feedback:
        raise Refused("There is no feedback to read.", code="feedback")
    if decision.feedback_by == by.id:
        raise Refused("You wrote it. Somebody else has to read it.", code="second_reader")
    if seen is not None and tidy_text(seen) != decision.feedback:
        raise Refused("It was changed while you were reading. Read it again.", code="changed_meanwhile")
    decision.feedback_read_by = by.id[:160] if approve else ""
    if not approve:
        # What was written stays with the writer, in the private note that only the hiring side reads.
        _keep_in_note(decision)
        decision.feedback = ""
    ctx.record(
        by, "feedback_read" if approve else "feedback_back", "decision", decision.id, scope=decision.scope
    )
    return rewrite(ctx, decision, by=by)


def _keep_in_note(decision: DecisionMixin) -> None:
    if not decision.note:
        decision.note_by, decision.note_by_name = decision.feedback_by, decision.feedback_by_name
    kept = f"Feedback that was not shared: {decision.feedback}"
    decision.note = f"{decision.note}\n\n{kept}".strip()[:LONGEST_TEXT]


def set_note(ctx: Context, decision: DecisionMixin, note: str, *, by: Actor) -> None:
    """Write a private note; it is in no letter, and the person can ask to read it.

    Raises:
        Refused: It is too long.
    """
    decision.note = tidy_text(note)
    decision.note_by, decision.note_by_name = by.id[:160], by.name[:160]
    ctx.record(by, "note", "decision", decision.id, scope=decision.scope)
    ctx.session.flush()


def rewrite(ctx: Context, decision: DecisionMixin, *, by: Actor) -> LetterMixin | None:
    """Write the waiting letter of a decision anew, or compose it where there is none.

    What somebody approved is what goes: words that somebody else changed since need another approval,
    where the letter would wait for one.

    Raises:
        BeingHandedOver: It is going out right now.
        Refused: It has gone meanwhile, or the decision no longer stands.
    """
    letter = lock_decision(ctx, decision)
    untold(decision)
    if letter is None:
        return answer(ctx, decision)
    if letter.state == LetterState.SENDING:
        raise BeingHandedOver
    before = letter.text
    recompose(ctx, letter, decision)
    if is_waiting(letter) and letter.approved_by not in ("", by.id) and letter.text != before:
        lapse(ctx, letter, by=by)
        recompose(ctx, letter, decision)
    return letter
