"""Writing down what is to be done to many decisions, by few statements; nothing is done yet."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool.access import Actor, Subject, Visible
from flask_talentpool.bulk.choices import (
    LETTER,
    MOST,
    STATES,
    WORDS,
    BulkChoices,
    Keys,
    Which,
    checked,
    letter_in,
)
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks, insert_all, one_of_these
from flask_talentpool.enums import Act, BulkState, DecisionState, ItemState, LetterKind, LetterState, Outcome
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.host.owner import owner_of
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.holds import TOGETHER
from flask_talentpool.noticing.record import GONE

SEVERAL = "*several*"
"""The scope of an act that reaches into several; only those who see all, and who started it, find it."""


def new_token() -> str:
    """Return a token for a form: posting it twice is one act."""
    return secrets.token_urlsafe(16)


def start(
    ctx: Context,
    act: Act,
    chosen: Keys | Which,
    *,
    by: Actor,
    visible: Visible,
    may: Callable[[Subject], bool],
    choices: BulkChoices | None = None,
    token: str = "",
) -> BulkMixin:
    """Write down what is to be done to many; nothing is done before somebody has looked and confirmed.

    The same token gives the same act, however often it is posted.

    Args:
        ctx: The unit of work.
        act: What to do.
        chosen: Applications by key, or all letters that stand somewhere.
        by: Who asks.
        visible: Narrows a SELECT of decisions to what this person may see; others are not there.
        may: Says whether this person may do it to what belongs to that scope and owner.
        choices: What is set for all of them.
        token: Made with the form.

    Raises:
        Refused: More than 5,000, none at all, or choices that make no sense.
    """
    token = token[:64] or new_token()
    found = by_token(ctx, token, by=by)
    if found is not None:
        return found
    choices = checked(ctx, act, choices or BulkChoices(), by=by)
    if isinstance(chosen, Keys):
        _within(len(set(chosen.keys)))
    bulk = ctx.models.bulk(
        token=token,
        act=act,
        label=_label(act, chosen),
        state=BulkState.LOOKING,
        created_at=ctx.now(),
        by=by.id[:160],
        by_name=by.name[:160],
        choices=choices.as_json(),
    )
    try:
        with ctx.savepoint():
            ctx.session.add(bulk)
    except IntegrityError:
        found = by_token(ctx, token, by=by)
        if found is None:
            raise
        return found
    _fill(ctx, bulk, act, chosen, visible=visible, may=may)
    asked = len(set(chosen.keys)) if isinstance(chosen, Keys) else bulk.total
    is_alone = act is Act.REJECT and asked == 1
    bulk.choices = replace(choices, not_there=asked - bulk.total, is_alone=is_alone).as_json()
    ctx.record(by, f"bulk_{act}", "bulk", bulk.id, scope=bulk.scope, detail=str(bulk.total))
    ctx.session.flush()
    return bulk


def by_token(ctx: Context, token: str, *, by: Actor) -> BulkMixin | None:
    """Return what this form started, or None.

    Raises:
        NotFound: Somebody else's form has this token.
    """
    bulk = ctx.models.bulk
    found = ctx.session.scalars(sa.select(bulk).where(bulk.token == token)).one_or_none()
    if found is not None and found.by != by.id:
        raise NotFound
    return found


def _within(number: int) -> None:
    if number > MOST:
        raise Refused(
            f"That is {number:,}; up to {MOST:,} go at once. Narrow it down to a job or a reason, then start another "
            "for the rest.",
            code="too_many",
        )
    if number == 0:
        raise Refused("There is nothing here to do this to. Go back and choose some.", code="none")


def _label(act: Act, chosen: Keys | Which) -> str:
    if isinstance(chosen, Keys):
        return f"{WORDS[act].title}: chosen one by one"
    where = {
        "waiting": "letters that wait",
        "held": "letters that are held",
        "failed": "letters that failed",
    }.get(chosen.state, "letters not gone yet")
    return f"{WORDS[act].title}: {where}" + (" for one job" if chosen.job else "")


# Which ones


@dataclass(frozen=True, slots=True)
class _One:
    """One application, or letter, that is there for this person, and whose it is."""

    application_key: str
    decision_id: int | None
    subject: Subject
    letter_id: int | None = None
    """Of a letter that is to be sent again."""


def _fill(
    ctx: Context,
    bulk: BulkMixin,
    act: Act,
    chosen: Keys | Which,
    *,
    visible: Visible,
    may: Callable[[Subject], bool],
) -> None:
    """Write one item for each, by few statements."""
    if act is Act.REJECT:
        if isinstance(chosen, Which):
            raise Refused("Choose the applications to reject by their keys.", code="choices")
        found = _undecided(ctx, chosen.keys)
    elif act is Act.SEND_AGAIN:
        found = _failed(ctx, chosen, visible)
    else:
        found = _decided(ctx, chosen, visible)
    _within(len(found))
    allowed = {subject: may(subject) for subject in {one.subject for one in found}}
    rows = [
        {
            "bulk_id": bulk.id,
            "application_key": one.application_key,
            "decision_id": one.decision_id,
            "letter_id": one.letter_id,
            "state": ItemState.WAITING,
        }
        for one in found
        if allowed[one.subject]
    ]
    _within(len(rows))
    item = ctx.models.bulk_item
    insert_all(ctx.connection(), item, rows)
    bulk.total = len(rows)
    scopes = {subject.scope for subject, is_allowed in allowed.items() if is_allowed}
    bulk.scope = scopes.pop() if len(scopes) == 1 else SEVERAL


def _decided(ctx: Context, chosen: Keys | Which, visible: Visible) -> list[_One]:
    decision = ctx.models.decision
    if isinstance(chosen, Which):
        statements = [visible(selected(ctx, chosen))]
        if chosen.because in TOGETHER:
            # The first of them; whoever settles many thousands comes back for the rest.
            statements = [statements[0].order_by(decision.id).limit(MOST)]
        else:
            _within(count(ctx, statements[0]))
    else:
        parts = chunks(sorted(set(chosen.keys)))
        statements = [visible(_live(ctx).where(decision.live_for.in_(part))) for part in parts]
    columns = (decision.application_key, decision.id, decision.scope, decision.owner_key)
    found = [
        # Of two rows that are gone, SQLite may have given the second the id of the first.
        _One(
            f"{GONE}{decision_id}" if key.startswith(GONE) else key,
            decision_id,
            Subject(scope=scope, owner_key=owner or None),
        )
        for statement in statements
        for key, decision_id, scope, owner in ctx.session.execute(statement.with_only_columns(*columns))
    ]
    return sorted(found, key=lambda one: one.decision_id or 0)


def _failed(ctx: Context, chosen: Keys | Which, visible: Visible) -> list[_One]:
    """Letters of any kind that failed; none that may have gone."""
    decision, letter = ctx.models.decision, ctx.models.letter
    if isinstance(chosen, Keys):
        ids = {found for key in chosen.keys if (found := letter_in(key)) is not None}
        statements = [visible(failed(ctx).where(letter.id.in_(part))) for part in chunks(sorted(ids))]
    elif chosen.state != "failed":
        raise Refused("Only letters that failed can be sent again together.", code="choices")
    else:
        # The first of them; whoever has many thousands comes back for the rest.
        statements = [visible(failed(ctx, chosen.because)).order_by(letter.id).limit(MOST)]
    columns = (letter.id, letter.decision_id, letter.kind, letter.scope, decision.owner_key)
    return [
        _One(
            f"{LETTER}{letter_id}",
            decision_id if kind == LetterKind.OUTCOME else None,
            Subject(scope=scope, owner_key=owner or None),
            letter_id,
        )
        for statement in statements
        for letter_id, decision_id, kind, scope, owner in ctx.session.execute(
            statement.with_only_columns(*columns).outerjoin(decision, decision.id == letter.decision_id)
        )
    ]


def failed(ctx: Context, because: str = "") -> sa.Select[Any]:
    """Return the SELECT of the letters that failed; not yet narrowed to what somebody sees."""
    letter = ctx.models.letter
    statement = sa.select(letter).where(letter.state == LetterState.FAILED)
    return statement.where(letter.because == because) if because else statement


def count(ctx: Context, narrowed: sa.Select[Any]) -> int:
    """Return how many rows a SELECT of decisions or letters finds, whatever it was narrowed with."""
    (model,) = (one["entity"] for one in narrowed.column_descriptions)
    ids = narrowed.with_only_columns(model.id).subquery()
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(ids)) or 0


def _live(ctx: Context) -> sa.Select[Any]:
    decision = ctx.models.decision
    return sa.select(decision).where(
        decision.state == DecisionState.LIVE, decision.outcome == Outcome.REJECTED
    )


def selected(ctx: Context, which: Which) -> sa.Select[Any]:
    """Return the SELECT of the decisions whose letters stand there; not yet narrowed to what somebody sees.

    Raises:
        Refused: There is no such place.
    """
    decision, letter = ctx.models.decision, ctx.models.letter
    if which.state not in STATES:
        raise Refused(f"There is no such list; choose one of {', '.join(STATES)}.", code="choices")
    letters = sa.select(letter.decision_id).where(
        letter.kind == LetterKind.OUTCOME,
        letter.state.in_(list(STATES[which.state])),
    )
    if which.because:
        letters = letters.where(letter.because == which.because)
    dialect = ctx.session.get_bind(sa.inspect(decision)).dialect
    statement = _live(ctx).where(one_of_these(dialect, decision.id, letters))
    return statement.where(decision.job_key == which.job) if which.job else statement


def _undecided(ctx: Context, keys: Sequence[str]) -> list[_One]:
    """Applications without a decision are the host's own rows; only those that are there are found."""
    cls = ctx.host.map.application
    column = getattr(cls, ctx.host.key_attribute(cls))
    parsed = (ctx.host.key_in(cls, text) for text in keys)
    # As the host's own type: a text that is no key is no application, and two texts may be one key.
    known = sorted({key for key in parsed if key is not None})
    found = []
    for part in chunks(known):
        for application in ctx.session.scalars(sa.select(cls).where(column.in_(part)).order_by(column)):
            subject = Subject(
                scope=ctx.host.scope_of(application), owner_key=owner_of(ctx.host, application).key or None
            )
            found.append(_One(key_text(key_of(application)), None, subject))
    return found
