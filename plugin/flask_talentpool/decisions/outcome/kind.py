"""The outcome letter among the kinds of letters: whether it may still go, and that the person has been told."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from flask_talentpool.context import Answer, Cancel, Context, Go, Hold
from flask_talentpool.db.arrays import padded
from flask_talentpool.decisions.facts import Facts, look_at
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import addressed_to, not_offered
from flask_talentpool.decisions.outcome.facts import LetterFacts, Pair, load
from flask_talentpool.decisions.outcome.hold_reasons import why_waits
from flask_talentpool.decisions.outcome.letter import compose, facts_anew
from flask_talentpool.decisions.outcome.others import as_it_goes
from flask_talentpool.decisions.outcome.release import look_again_at
from flask_talentpool.decisions.telling.told import letters_told
from flask_talentpool.enums import DecisionState, Door, HoldReason, LetterKind
from flask_talentpool.letters.columns import rewrite
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.record import record


class OutcomeLetter(Kind):
    """Tells the person a decision; held ones are looked at with their decisions, see ``pending``."""

    kind = LetterKind.OUTCOME
    title = "outcome letter"
    passing = frozenset()
    asks_what_came_back = True

    def may_go(self, ctx: Context, letters: Sequence[LetterMixin]) -> dict[int, Answer]:
        """Read the host rows once more, with the letters locked: do they still say so, of the same people?"""
        model = ctx.models.decision
        ids = [letter.decision_id for letter in letters if letter.decision_id is not None]
        statement = (
            sa.select(model).where(model.id.in_(padded(ids))).execution_options(populate_existing=True)
        )
        decisions: dict[int | None, DecisionMixin] = {row.id: row for row in ctx.session.scalars(statement)}
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
        rows = look_at(ctx, [decision for decision, _ in pairs])
        for row in rows:
            if row.error is not None:
                raise row.error  # each is asked about alone, and this one put off
        asked, going = {letter.id for letter in letters}, set[int]()
        for facts in _alone_with(ctx, load(ctx, pairs, rows), pairs, rows):
            if facts.letter is not None:
                person = as_it_goes(facts.person, asked=asked, going=going)
                answer = _may_go(ctx, facts.letter, replace(facts, person=person))
                answers[facts.letter.id] = answer
                if isinstance(answer, Go):
                    going.add(facts.letter.id)
        return answers

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Withdraw the place that it would have offered."""
        not_offered(ctx, letter)

    def went(self, ctx: Context, letters: Sequence[LetterMixin]) -> None:
        """Mark the people as told."""
        letters_told(ctx, letters)


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
    addressed = addressed_to(ctx, facts.host.application)
    if addressed != {"to_name": letter.to_name, "to_address": letter.to_address}:
        because, values = compose(ctx, facts_anew(ctx, decision, letter))
        rewrite(letter, values)
        if because is not None:
            return Hold(because, values["detail"])
    return Go()
