"""What to know about people before a letter goes to many: in process elsewhere, an offer, a letter just now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.bulk.eligibility import Item, applications
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind, LetterState

LAST_DAYS = timedelta(days=14)
"""For how long a letter from another job counts as one of the last days."""
SHOWN = 3
LONGEST = 400

_SAID = {
    "live": "In process for {job} as well.",
    "offer": "An offer for {job} is out.",
    "letter": "A letter about {job} went on {day}.",
    "waiting": "Another letter waits, about {job}.",
}


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose application one of many is."""

    item_id: int
    application_key: str
    scope: str
    person_id: int | None
    candidate_key: str


def notices(ctx: Context, items: Sequence[Item]) -> dict[int, str]:
    """Return what to know about each of these, by item; those with nothing to know are left out."""
    whose = _whose(ctx, items)
    said: dict[int, list[str]] = defaultdict(list)
    _say_applications(ctx, whose, said)
    _say_letters(ctx, whose, said)
    return {item_id: _cut(sentences) for item_id, sentences in said.items() if sentences}


def _cut(sentences: Sequence[str]) -> str:
    unique = list(dict.fromkeys(sentences))
    more = f" And {len(unique) - SHOWN} more." if len(unique) > SHOWN else ""
    return (" ".join(unique[:SHOWN]))[: LONGEST - len(more)] + more


def _whose(ctx: Context, items: Sequence[Item]) -> list[_Whose]:
    decision = ctx.models.decision
    decided = [one.decision_id for one in items if one.decision_id is not None]
    columns = (decision.id, decision.scope, decision.person_id, decision.candidate_key)
    rows = {row.id: row for row in ctx.session.execute(sa.select(*columns).where(decision.id.in_(decided)))}
    found = [
        _Whose(one.id, one.application_key, row.scope, row.person_id, row.candidate_key)
        for one in items
        if (row := rows.get(one.decision_id or 0)) is not None
    ]
    undecided = [one for one in items if one.decision_id is None and one.letter_id is None]
    return found + _whose_undecided(ctx, undecided)


def _whose_undecided(ctx: Context, items: Sequence[Item]) -> list[_Whose]:
    if not items:
        return []
    rows = applications(ctx, [one.application_key for one in items])
    looked = {key: ctx.host.seen_in_object(row) for key, row in rows.items()}
    link = ctx.models.candidate_link
    keys = {str(seen.candidate_key) for seen in looked.values()}
    linked = ctx.session.execute(
        sa.select(link.scope, link.candidate_key, link.person_id).where(link.candidate_key.in_(keys))
    )
    person = {(row.scope, row.candidate_key): row.person_id for row in linked}
    return [
        _Whose(
            one.id,
            one.application_key,
            seen.scope,
            person.get((seen.scope, str(seen.candidate_key))),
            str(seen.candidate_key),
        )
        for one in items
        if (seen := looked.get(one.application_key)) is not None
    ]


def _say_applications(ctx: Context, whose: Sequence[_Whose], said: dict[int, list[str]]) -> None:
    """Point out applications of the same person that are still open, and offers."""
    rows_of = _rows_of(ctx, whose)
    everybody = {key for keys in rows_of.values() for key in keys}
    by_row: dict[str, list[Any]] = defaultdict(list)
    for seen in ctx.host.looks(ctx.session, sorted(everybody)):
        if ctx.host.verdict(seen.status, declined=seen.declined).outcome is None:
            by_row[str(seen.candidate_key)].append(seen)
    open_now = [
        (one, seen)
        for one in whose
        for key in rows_of[one.item_id]
        for seen in by_row[key]
        if seen.scope == one.scope
    ]
    loaded = applications(ctx, sorted({str(seen.key) for _, seen in open_now}))
    for one, seen in open_now:
        application = loaded.get(str(seen.key))
        if application is None:
            continue
        job = ctx.host.label_of(application, ctx.session) or "another job"
        if ctx.host.read("offered", application):
            said[one.item_id].insert(0, _SAID["offer"].format(job=job))
        elif str(seen.key) != one.application_key:
            said[one.item_id].append(_SAID["live"].format(job=job))


def _rows_of(ctx: Context, whose: Sequence[_Whose]) -> dict[int, set[str]]:
    """Return the candidate rows that are the same person, by item."""
    link = ctx.models.candidate_link
    people = {one.person_id for one in whose if one.person_id is not None}
    rows: dict[int, set[str]] = defaultdict(set)
    if people:
        statement = sa.select(link.person_id, link.candidate_key).where(
            link.person_id.in_(people), link.suspended_at.is_(None)
        )
        for found in ctx.session.execute(statement):
            rows[found.person_id].add(found.candidate_key)
    return {
        one.item_id: ({one.candidate_key} if one.candidate_key else set())
        | rows.get(one.person_id or 0, set())
        for one in whose
    }


def _say_letters(ctx: Context, whose: Sequence[_Whose], said: dict[int, list[str]]) -> None:
    """Point out letters to the same person about another job: those of the last days, and those that wait."""
    letter, decision = ctx.models.letter, ctx.models.decision
    people = {one.person_id for one in whose if one.person_id is not None}
    if not people:
        return
    since = ctx.now() - LAST_DAYS
    waits = letter.state.in_([LetterState.HELD, LetterState.DUE])
    rows = ctx.session.execute(
        sa.select(letter.person_id, letter.sent_at, decision.job_label, decision.application_key)
        .join(decision, decision.id == letter.decision_id)
        .where(
            letter.person_id.in_(people),
            letter.kind == LetterKind.OUTCOME,
            sa.or_(waits, letter.sent_at >= since),
        )
        .order_by(letter.id)
    )
    letters: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        letters[row.person_id].append(row)
    zone = ctx.settings.timezone
    for one in whose:
        for row in letters.get(one.person_id or 0, ()):
            if row.application_key == one.application_key:
                continue
            job = row.job_label or "another job"
            if row.sent_at is None:
                said[one.item_id].append(_SAID["waiting"].format(job=job))
            else:
                day = row.sent_at.astimezone(zone).strftime("%-d %b %Y")
                said[one.item_id].append(_SAID["letter"].format(job=job, day=day))
