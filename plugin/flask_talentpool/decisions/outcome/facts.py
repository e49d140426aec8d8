"""All that decides whether outcome letters may be written and may go, read for many decisions at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import filtering, padded
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.host_reason import by_itself
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.offers import Offer, TurnedDown, offers_of_others
from flask_talentpool.decisions.outcome.others import NOBODY, Person, people_behind
from flask_talentpool.decisions.outcome.release import has_waited, may_wait_for_line, may_wait_for_offer
from flask_talentpool.decisions.outcome.schedule import on_the_clock
from flask_talentpool.enums import DecisionState, LetterKind, LetterState, MemberState
from flask_talentpool.letters.incoming.suppression import returned_among
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.noticing.record import GONE
from flask_talentpool.noticing.scan import INTERVIEWED

_TAKEN = (MemberState.MEMBER, MemberState.PAUSED)
_MAY_HAVE_ARRIVED = [LetterState.SENDING, LetterState.SENT, LetterState.UNKNOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What is known of one decision and its letter at one moment; nothing here asks a table again."""

    decision: DecisionMixin
    letter: LetterMixin | None
    """As it is stored; None while it is not composed."""
    host: Facts
    """The host's rows, and whose they are."""
    came_back: bool = False
    """Whether mail to the address that the host has now came back for good."""
    may_have_been_told: bool = False
    """Whether an earlier decision on this application was told, or its letter may have arrived."""
    offer: Offer | None = None
    """What an offer to somebody else for the same job means, where that can hold the letter."""
    interviewed_at: datetime | None = None
    """When the interview was noticed, where the host has no date of it."""
    had_offer: bool = False
    """Whether the person has an offer of ours for this very job, or had one when they were turned down."""
    has_place: bool = False
    """Whether the letter offers a place in a pool that can still be taken."""
    is_kept: bool | None = None
    """Whether the person has a place in a pool; None for somebody who never had one."""
    why: str = ""
    """The code of the host's own reason, where the letter gives it by itself."""
    person: Person = NOBODY
    """Their other applications, and letters that went to them lately."""

    @property
    def candidate(self) -> Any:
        """The host's row of the candidate."""
        return self.host.candidate


Pair = tuple[DecisionMixin, LetterMixin | None]


def load(ctx: Context, pairs: Sequence[Pair], rows: Sequence[Facts]) -> list[LetterFacts]:
    """Read the facts of many letters by a number of statements that does not grow with theirs.

    Args:
        ctx: The unit of work.
        pairs: Decisions with their letters; neither need be stored.
        rows: What the host says of each, in the same order.
    """
    decisions = [decision for decision, _ in pairs]
    addresses = [
        (decision.scope, ctx.host.email_of(row.candidate) if row.candidate is not None else "")
        for decision, row in zip(decisions, rows, strict=True)
    ]
    returned = returned_among(ctx, addresses)
    told = _may_have_been_told(ctx, decisions)
    offers = offers_of_others(
        ctx,
        [
            TurnedDown(decision, row.application, has_waited=letter is not None and has_waited(letter))
            for (decision, letter), row in zip(pairs, rows, strict=True)
            if row.application is not None and may_wait_for_offer(decision)
        ],
    )
    people = people_behind(ctx, decisions, rows)
    timed = [
        decision
        for decision, person in zip(decisions, people, strict=True)
        if person.gone or decision.stage_reached in INTERVIEWED or may_wait_for_line(ctx, decision)
    ]
    clocks = on_the_clock(ctx, timed)
    had_offers = _had_offers(ctx, decisions, rows)
    reasons = by_itself(ctx, decisions, rows)
    places = _places(
        ctx,
        [letter for _, letter in pairs if letter is not None],
        {one for person in people for one in person.people},
    )
    offered = {place.id for place in places if place.state != MemberState.ENDED}
    return [
        LetterFacts(
            decision=decision,
            letter=letter,
            host=row,
            came_back=address in returned,
            may_have_been_told=at in told,
            offer=offers.get(decision.application_key),
            interviewed_at=clocks.get(decision.application_key, decision.noticed_at),
            had_offer=at in had_offers,
            has_place=letter is not None and letter.member_id in offered,
            is_kept=_is_kept([place.state for place in places if place.person_id in people[at].people]),
            why=reasons[at],
            person=people[at],
        )
        for at, ((decision, letter), row, address) in enumerate(zip(pairs, rows, addresses, strict=True))
    ]


def _may_have_been_told(ctx: Context, decisions: Sequence[DecisionMixin]) -> set[int]:
    """Return the places of those decisions whose application was told of before, or may have been.

    Noticing asks whether it was told; a letter that was going out just then shows only here, and so does
    an application that the host moved to another row of the same person when it merged the two.
    """
    earlier, letter, lead = ctx.models.decision, ctx.models.letter, sa.orm.aliased(ctx.models.letter)
    keys = [decision.application_key for decision in decisions]
    statement = sa.select(
        earlier.id, earlier.application_key, earlier.candidate_key, earlier.person_id
    ).where(
        earlier.application_key.in_(padded([*keys, *(GONE + key for key in keys)])),
        earlier.state != DecisionState.FORGOTTEN,
        sa.or_(
            earlier.told_at.is_not(None),
            sa.exists().where(
                letter.decision_id == earlier.id,
                letter.kind == LetterKind.OUTCOME,
                sa.or_(
                    filtering(letter.state).in_(_MAY_HAVE_ARRIVED),
                    sa.exists().where(
                        lead.id == letter.with_letter_id, filtering(lead.state).in_(_MAY_HAVE_ARRIVED)
                    ),
                ),
            ),
        ),
    )
    found = ctx.session.execute(statement).all()
    return {
        at
        for at, decision in enumerate(decisions)
        for row in found
        if row.id != decision.id
        and (
            (row.application_key, row.candidate_key) == (decision.application_key, decision.candidate_key)
            or (
                row.application_key == GONE + decision.application_key
                and row.person_id is not None
                and row.person_id == decision.person_id
            )
        )
    }


def _had_offers(ctx: Context, decisions: Sequence[DecisionMixin], rows: Sequence[Facts]) -> set[int]:
    """Return the places of those decisions that turn down somebody with an offer of ours in hand.

    The host may go on saying so after the decision, or have said so when it was last looked through.
    """
    if "offered" not in ctx.host.readers or not decisions:
        return set()
    clock = ctx.models.clock
    keys = [decision.application_key for decision in decisions]
    known = sa.select(clock.application_key, clock.candidate_key).where(
        clock.application_key.in_(padded(keys)), clock.offered_at.is_not(None)
    )
    before = {(row.application_key, row.candidate_key) for row in ctx.session.execute(known)}
    return {
        at
        for at, (decision, row) in enumerate(zip(decisions, rows, strict=True))
        if (decision.application_key, decision.candidate_key) in before
        or ctx.host.read("offered", row.application)
    }


def _places(ctx: Context, letters: Sequence[LetterMixin], people: Collection[int]) -> Sequence[Any]:
    """Return the places that letters offer, and those that people have or had."""
    member = ctx.models.member
    offered = [letter.member_id for letter in letters if letter.member_id is not None]
    which = [member.id.in_(padded(offered))] if offered else []
    if people:
        which.append(member.person_id.in_(padded(sorted(people))))
    if not which:
        return ()
    return ctx.session.execute(
        sa.select(member.id, member.person_id, member.state).where(sa.or_(*which))
    ).all()


def _is_kept(states: Sequence[str]) -> bool | None:
    """Whether somebody said yes to a place; what they were never told of, or only offered, is none of theirs."""
    theirs = [state for state in states if state != MemberState.NOTED]
    return any(state in _TAKEN for state in theirs) if theirs else None
