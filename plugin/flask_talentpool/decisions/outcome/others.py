"""What is known of the person beside one application: their other ones, and letters that went to them lately."""

import logging
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import filtering, padded
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.other import Other, This
from flask_talentpool.enums import (
    DecisionState,
    IncomingKind,
    LetterKind,
    LetterState,
)
from flask_talentpool.host.rows import applications_of, read_rows
from flask_talentpool.host.seen import HostRow, Seen, key_text
from flask_talentpool.noticing.record import GONE
from flask_talentpool.people.identity import own_address
from flask_talentpool.people.rows import Row, Rows, rows_together

logger = logging.getLogger("flask_talentpool")

_STANDS = [DecisionState.LIVE, DecisionState.BASELINE]
_WENT_OR_GOES = [LetterState.SENT, LetterState.SENDING, LetterState.UNKNOWN]
_LONGEST_DAY = timedelta(hours=48)
"""No two moments of one date, in whatever time zone, are further apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of the person beside the one application."""

    people: frozenset[int] = frozenset()
    """Of ours; more than one while nobody has said that they are two."""
    others: tuple[Other, ...] = ()
    gone: tuple[tuple[int, datetime], ...] = ()
    """Letters that went to them lately, or are going, and when."""


NOBODY = Person()
"""Where nothing was asked."""


def people_behind(ctx: Context, decisions: Sequence[DecisionMixin], rows: Sequence[Facts]) -> list[Person]:
    """Read what is known of the person behind each decision, by a number of statements that does not grow.

    Args:
        ctx: The unit of work; nothing is written.
        decisions: They need not be stored.
        rows: What the host says of each, in the same order.
    """
    together = _together(ctx, decisions, rows)
    people = {person for one in together for person in one.people}
    theirs = _applications(ctx, together)
    own = [{decision.application_key, GONE + decision.application_key} for decision in decisions]
    beside = [
        [key for candidate in sorted(one.candidate_keys) for key in theirs[candidate] if key not in mine]
        for one, mine in zip(together, own, strict=True)
    ]
    found = _rows(ctx, {key: theirs.keys_of[key] for keys in beside for key in keys})
    noticed = _noticed(ctx, found, people)
    reopened = _opened_again(ctx, decisions, noticed)
    gone = _gone(ctx, people)
    persons = []
    for decision, row, one, keys, mine in zip(decisions, rows, together, beside, own, strict=True):
        standing = {two.application_key: two for two in noticed if two.application_key not in mine}
        this = This(ctx, decision, row, is_reopened=decision.application_key in reopened)
        others = [this.beside(*found[key], standing.get(key)) for key in dict.fromkeys(keys) if key in found]
        others += [
            this.told(two)
            for two in standing.values()
            if two.application_key not in found and two.person_id in one.people
        ]
        persons.append(
            Person(
                people=frozenset(one.people),
                others=tuple(other for other in others if other is not None),
                gone=tuple(
                    (letter, at)
                    for person in sorted(one.people)
                    for letter, at, about in gone[person]
                    if about not in mine
                ),
            )
        )
    return persons


def _together(ctx: Context, decisions: Sequence[DecisionMixin], rows: Sequence[Facts]) -> list[Rows]:
    found = rows_together(
        ctx,
        [
            Row(
                decision.scope,
                str(decision.candidate_key or ""),
                own_address(ctx, row.candidate) if row.candidate is not None else "",
            )
            for decision, row in zip(decisions, rows, strict=True)
        ],
    )
    for decision, one in zip(decisions, found, strict=True):
        if decision.person_id is not None:
            one.people.add(decision.person_id)
    return found


class _Theirs(defaultdict[str, list[str]]):
    """The applications of candidates, by the candidate's key, all as text."""

    def __init__(self) -> None:
        super().__init__(list)
        self.keys_of: dict[str, Any] = {}
        """Their keys as the host has them."""


def _applications(ctx: Context, together: Sequence[Rows]) -> _Theirs:
    wanted = sorted({key for one in together for key in one.candidate_keys})
    theirs = _Theirs()
    for candidate, key in applications_of(ctx.host, ctx.session, padded(wanted)):
        theirs.keys_of[key_text(key)] = key
        theirs[candidate].append(key_text(key))
    return theirs


def _rows(ctx: Context, keys: Mapping[str, Any]) -> dict[str, tuple[HostRow, Seen]]:
    """Read applications of the host's; one that the map cannot read holds no letter about another."""
    if not keys:
        return {}
    rows, failed = read_rows(ctx.host, ctx.session, padded(keys.values()))
    found: dict[str, tuple[HostRow, Seen]] = {}
    for key, row in rows.items():
        try:
            found[key] = row, ctx.host.seen_in_object(row.application)
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            failed[key] = error
    for key, problem in failed.items():
        logger.warning("application %s cannot be read by the map: %s", key, type(problem).__name__)
    return found


def _noticed(ctx: Context, keys: Iterable[str], people: Iterable[int]) -> Sequence[Any]:
    """Return the decisions that stand for applications, and those about people, some of whose rows may be gone."""
    decision, letter = ctx.models.decision, ctx.models.letter
    which = [decision.live_for.in_(padded(sorted(keys)))] if keys else []
    if people_ids := padded(sorted(people)):
        which.append(decision.person_id.in_(people_ids))
    if not which:
        return ()
    its_letter = sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME)
    columns = (
        decision.id,
        decision.application_key,
        decision.person_id,
        decision.scope,
        decision.job_key,
        decision.job_label,
        decision.outcome,
        decision.state,
        decision.stage_reached,
        decision.decided_at,
        decision.told_at,
        decision.line,
        decision.feedback,
        decision.door,
        decision.never_pool,
        decision.needs_review,
        letter.id.label("letter_id"),
        letter.state.label("letter"),
        letter.approved_at,
    )
    # Their ids first: `OR` over two columns, and a subquery of ids, make databases read all decisions there are.
    ids = {key for one in which for key in ctx.session.scalars(sa.select(decision.id).where(one))}
    statement = sa.select(*columns).outerjoin(letter, its_letter)
    stand = statement.where(decision.id.in_(padded(sorted(ids))), decision.state.in_(_STANDS))
    return ctx.session.execute(stand.order_by(decision.id)).all() if ids else ()


def _gone(ctx: Context, people: Iterable[int]) -> Mapping[int, list[tuple[int, datetime, str | None]]]:
    """Return the letters that went to people since yesterday and did not come back, and those that are going.

    With each the application whose decision it is about: to be told anew of the same one, somebody has seen to.
    """
    decision = ctx.models.decision
    letter, incoming, ids = ctx.models.letter, ctx.models.incoming, padded(sorted(people))
    found: Mapping[int, list[tuple[int, datetime, str | None]]] = defaultdict(list)
    if not ids:
        return found
    since = ctx.now() - _LONGEST_DAY
    columns = (letter.id, letter.person_id, letter.state, letter.sent_at, letter.due_at)
    statement = sa.select(*columns, decision.application_key).outerjoin(
        decision, decision.id == letter.decision_id
    )
    statement = statement.where(
        letter.person_id.in_(ids),
        letter.kind != LetterKind.COLLEAGUE,
        filtering(letter.state).in_(_WENT_OR_GOES),
        ~sa.exists().where(incoming.letter_id == letter.id, incoming.kind == IncomingKind.RETURNED),
    )
    for row in ctx.session.execute(statement):
        at = ctx.now() if row.state == LetterState.SENDING else row.sent_at or row.due_at
        if at >= since:
            found[row.person_id].append((row.id, at, row.application_key))
    return found


def as_it_goes(person: Person, *, asked: Container[int], going: Container[int]) -> Person:
    """Return the person as they are while letters are asked about together, each of them on its way already.

    Args:
        person: As the tables have it.
        asked: The letters that are asked about: none has gone.
        going: Those of them that go, by what was answered so far.
    """
    return replace(
        person,
        others=tuple(
            replace(other, is_going=other.letter_id in going) if other.letter_id in asked else other
            for other in person.others
        ),
        gone=tuple(one for one in person.gone if one[0] not in asked or one[0] in going),
    )


def _opened_again(ctx: Context, decisions: Sequence[DecisionMixin], noticed: Sequence[Any]) -> set[str]:
    """Return which applications somebody has because they were invited back."""
    recall = ctx.models.recall
    if not any(row.told_at is not None for row in noticed):
        return set()
    keys = padded([decision.application_key for decision in decisions])
    opened = sa.select(recall.application_key).where(recall.application_key.in_(keys))
    return set(ctx.session.scalars(opened))
