"""The outcome letter among the kinds of letters: whether it may still go, and that the person has been told."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from flask_talentpool.context import Answer, Cancel, Context, Go, Hold
from flask_talentpool.db.arrays import padded
from flask_talentpool.decisions.facts import Facts, look_at
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import together
from flask_talentpool.decisions.outcome.draft import addressed_to, not_offered
from flask_talentpool.decisions.outcome.facts import LetterFacts, Pair, load
from flask_talentpool.decisions.outcome.hold_reasons import why_waits
from flask_talentpool.decisions.outcome.letter import compose, facts_anew
from flask_talentpool.decisions.outcome.others import as_it_goes
from flask_talentpool.decisions.outcome.release import look_again_at
from flask_talentpool.decisions.telling.told import letters_told
from flask_talentpool.enums import DecisionState, Door, HoldReason, LetterKind, LetterState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import rewrite
from flask_talentpool.letters.holds import APPROVABLE
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.outbox import lapse
from flask_talentpool.letters.signer import is_signed_anew, signer_of
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.letters.texts.vocabulary import TOGETHER
from flask_talentpool.noticing.record import record


class OutcomeLetter(Kind):
    """Tells the person a decision; held ones are looked at with their decisions, see ``pending``."""

    kind = LetterKind.OUTCOME
    title = "outcome letter"
    passing = frozenset()
    asks_what_came_back = True

    def may_go(self, ctx: Context, letters: Sequence[LetterMixin]) -> dict[int, Answer]:
        """Read the host rows once more, with the letters locked: do they still say so, of the same people?

        A letter that tells of others takes those as well, and tells of those that would go themselves.
        """
        riders = together.riders_of(ctx, letters)
        # Riders first: what is asked of them is whether they would go, were they not told by another.
        all_of_them = [*(rider for those in riders.values() for rider in those), *letters]
        answers, pairs = _still_to_tell(ctx, all_of_them, takes=bool(riders))
        known: dict[int, together.Waiting] = {}
        asked, going = {letter.id for letter in all_of_them}, set[int]()
        for found in _facts(ctx, pairs):
            facts = replace(found, person=as_it_goes(found.person, asked=asked, going=going))
            if (letter := facts.letter) is not None:
                answers[letter.id] = _may_go(ctx, letter, facts)
                known[letter.id] = together.Waiting(facts, letter)
                if letter.with_letter_id is None and isinstance(answers[letter.id], Go):
                    going.add(letter.id)
        for lead in letters:
            if lead.id in riders or lead.text_name.startswith(TOGETHER):
                answers[lead.id] = _tells_of(ctx, lead, riders.get(lead.id, []), answers, known)
        return {letter.id: answers[letter.id] for letter in letters}

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Withdraw the place that it would have offered."""
        not_offered(ctx, letter)

    def went(self, ctx: Context, letters: Sequence[LetterMixin]) -> None:
        """Mark the people as told, of what went and of what it told as well."""
        letters_told(ctx, letters)
        together.told_with(ctx, letters)


def _still_to_tell(
    ctx: Context, letters: Sequence[LetterMixin], *, takes: bool
) -> tuple[dict[int, Answer], list[Pair]]:
    """Cancel those whose decision is over or told; return the others with their decisions, read again.

    Args:
        ctx: The unit of work.
        letters: They are locked.
        takes: Whether the decisions are locked as well.
    """
    model = ctx.models.decision
    ids = [letter.decision_id for letter in letters if letter.decision_id is not None]
    statement = sa.select(model).where(model.id.in_(padded(ids))).order_by(model.id)
    if takes:
        statement = statement.with_for_update(key_share=True)
    rows = ctx.session.scalars(statement.execution_options(populate_existing=True))
    decisions: dict[int | None, DecisionMixin] = {row.id: row for row in rows}
    answers: dict[int, Answer] = {}
    pairs: list[Pair] = []
    for letter in letters:
        decision = decisions.get(letter.decision_id)
        if decision is None or decision.state != DecisionState.LIVE:
            answers[letter.id] = Cancel(HoldReason.TAKEN_BACK)
        elif decision.told_at is not None:
            answers[letter.id] = Cancel(HoldReason.TOLD_ELSEWHERE)
        else:
            pairs.append((decision, letter))
    return answers, pairs


def _facts(ctx: Context, pairs: Sequence[Pair]) -> list[LetterFacts]:
    """Read what is known of letters now, from the host's rows as they are."""
    rows = look_at(ctx, [decision for decision, _ in pairs])
    for row in rows:
        if row.error is not None:
            raise row.error  # each is asked about alone, and this one put off
    return _alone_with(ctx, load(ctx, pairs, rows), pairs, rows)


def _tells_of(
    ctx: Context,
    letter: LetterMixin,
    riders: Sequence[LetterMixin],
    answers: dict[int, Answer],
    known: dict[int, together.Waiting],
) -> Answer:
    """Take out of a letter those that it cannot tell of, and write it anew; say whether it may go.

    What is taken out stands for itself from then on: held or cancelled for its own reason, or gathered anew.
    """
    answer, lead = answers[letter.id], known.get(letter.id)
    staying: list[together.Waiting] = []
    if isinstance(answer, Go) and lead is not None and together.is_alike(ctx, lead.facts):
        common = together.in_common(ctx, lead.facts)
        staying = [
            known[rider.id]
            for rider in riders
            if isinstance(answers[rider.id], Go)
            and together.is_alike(ctx, known[rider.id].facts)
            and together.in_common(ctx, known[rider.id].facts) == common
        ]
    if isinstance(answer, Go) and lead is not None:
        if letter.text_name.startswith(TOGETHER):
            answer = _written_alone(ctx, letter, lead.facts)
        if not isinstance(answer, Go) or not (staying and together.tell_of(ctx, lead, staying)):
            staying = []
    stays = {one.letter.id for one in staying}
    for rider in riders:
        if rider.id not in stays:
            rider.with_letter_id = None
            _apart(ctx, rider, answers[rider.id])
    return answer


def _apart(ctx: Context, rider: LetterMixin, answer: Answer) -> None:
    if isinstance(answer, Cancel):
        not_offered(ctx, rider)
        outbox.move(rider, LetterState.CANCELLED, answer.because)
    elif isinstance(answer, Hold):
        outbox.move(rider, LetterState.HELD, answer.because, answer.detail)


def _written_alone(ctx: Context, letter: LetterMixin, facts: LetterFacts) -> Answer:
    """Write a letter anew from the facts as they are now, about its own application only."""
    anew = replace(facts_anew(ctx, facts.decision, letter), person=facts.person)
    because, values = compose(ctx, anew)
    rewrite(letter, values)
    # That another could tell it as well is known: it goes now.
    return Go() if because in (None, HoldReason.TOGETHER) else Hold(because, values["detail"])


def _alone_with(
    ctx: Context, found: list[LetterFacts], pairs: Sequence[Pair], rows: Sequence[Facts]
) -> list[LetterFacts]:
    """Take people with several applications for this transaction, so that nobody hands two letters to one at once."""
    people = sorted({person for facts in found if facts.person.others for person in facts.person.people})
    if not people:
        return found
    model = ctx.models.person
    of_them = sa.select(model.id).where(model.id.in_(padded(people))).order_by(model.id)
    ctx.session.execute(of_them.with_for_update(key_share=True))
    return load(ctx, pairs, rows)


def _may_go(ctx: Context, letter: LetterMixin, facts: LetterFacts) -> Answer:
    decision, seen = facts.decision, facts.host.seen
    if seen is not None:
        verdict = ctx.host.verdict(seen.status, declined=seen.declined)
        if verdict.outcome != decision.outcome or (verdict.never_pool and not decision.never_pool):
            # The decision ends with its letter: said again by the host, it is a new one with a letter of its own.
            record(ctx.connection(), ctx.host, ctx.models, [seen], now=ctx.now())
            ctx.session.refresh(letter)
            return Cancel(HoldReason.HOST_SAYS_OTHERWISE)
    because, detail = why_waits(ctx, facts)
    if because is None and decision.door == Door.OPEN and not decision.never_pool and not facts.has_place:
        because = HoldReason.PLACE_ENDED
    if because is not None:
        letter.held_until = look_again_at(
            ctx, because, decision, facts.candidate, interviewed_at=facts.interviewed_at
        )
        if because is HoldReason.LETTER_TODAY and letter.held_until is not None:
            letter.due_at = letter.held_until
        return Hold(because, detail)
    application = facts.host.application
    addressed = addressed_to(ctx, application)
    is_moved = addressed != {"to_name": letter.to_name, "to_address": letter.to_address}
    signer = signer_of(ctx, application, language=language_for(ctx, application))
    is_anew = is_signed_anew(letter, signer.columns)
    if is_anew and letter.approved_at is not None:
        lapse(ctx, letter)
        answer = _written_alone(ctx, letter, facts)
        is_stopped = isinstance(answer, Hold) and answer.because not in APPROVABLE
        return answer if is_stopped else Hold(HoldReason.SIGNED_ANEW)
    # Whoever has, or had, a place in a pool may have taken or left it since the letter was written.
    says_so = decision.door == Door.UNLATCHED and facts.is_kept is not None
    # What the letter says of why by itself may hold no more, or hold by now.
    says_why = (letter.gives_reason or "") != facts.why
    return _written_alone(ctx, letter, facts) if is_moved or is_anew or says_so or says_why else Go()
