"""Forgetting whoever stands behind a host's candidate row, whatever of it we know."""

import logging
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError

from flask_talentpool.access import Actor
from flask_talentpool.answer_clock.erasing import erase_clocks
from flask_talentpool.context import Context
from flask_talentpool.decisions.erasing import erase_decisions
from flask_talentpool.enums import DecisionState
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.hires.erasing import erase_unlinked
from flask_talentpool.host.seen import key_text
from flask_talentpool.noticing.record import record
from flask_talentpool.people.identity import identity_of
from flask_talentpool.people.kept_out import PERSON, ROW, is_kept_out, suppress, suppress_at
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.service import find_link, forget, link_person, who_is

logger = logging.getLogger("flask_talentpool")


@dataclass(slots=True)
class Erased:
    """What forgetting one candidate erased, in numbers."""

    persons: int = 0
    decisions: int = 0
    """Left as tombstones without text."""
    letters: int = 0
    places: int = 0
    recalls: int = 0
    touches: int = 0
    kept_out: int = 0
    """Keyed hashes by which the person and their rows are kept out from now on."""

    @property
    def anything(self) -> bool:
        """Whether anything was left to erase."""
        return bool(self.persons or self.decisions or self.kept_out)


def forget_candidate(ctx: Context, candidate_key: str, *, by: Actor, scope: str | None = None) -> Erased:
    """Erase what we keep about a candidate row, also when nothing links it yet or the row is gone.

    Args:
        ctx: The unit of work.
        candidate_key: The host's key as printed.
        by: Who forgets.
        scope: In whose care; every scope the row is known in when left out.

    Raises:
        NotFound: The host has no such candidate and we never knew one.
        Refused: Name and address of the row both changed, so nobody can say whom it means.
    """
    candidate, key = _load(ctx, candidate_key)
    _notice(ctx, key)
    known = _known_scopes(ctx, key)
    scopes = [scope] if scope is not None else sorted(known | _host_scopes(ctx, candidate))
    if candidate is None and not (known and (scope is None or scope in known)):
        there = "" if scope is None else f" in the scope {scope!r}"
        msg = f"There is no candidate {candidate_key!r}{there}, in your ATS or here. Give the key as your ATS prints it."
        raise NotFound(msg)
    erased, before = Erased(), _tombstones(ctx)
    for one in scopes:
        _forget_in(ctx, key, candidate, one, erased, by=by)
    erased.decisions = _tombstones(ctx) - before
    return erased


def _tombstones(ctx: Context) -> int:
    decision = ctx.models.decision
    forgotten = decision.state == DecisionState.FORGOTTEN
    return ctx.session.scalar(sa.select(sa.func.count(decision.id)).where(forgotten)) or 0


def _load(ctx: Context, candidate_key: str) -> tuple[Any, str]:
    """Return the host's row, or None where it is gone, and its key as we keep it."""
    cls = ctx.host.map.candidate
    try:
        key = ctx.host.parse_key(cls, candidate_key)
        return ctx.host.get(ctx.session, cls, key), key_text(key)
    except (ValueError, TypeError, NotImplementedError, OverflowError, DataError):
        # The last two: a number beyond what the column holds.
        ctx.session.rollback()
        msg = f"{candidate_key!r} is no key of a {cls.__name__}. Give the key as your ATS prints it."
        raise NotFound(msg) from None


def _notice(ctx: Context, key: str) -> None:
    """Record what the host decided about this row and nobody noticed, so that it becomes a tombstone too."""
    try:
        seen = list(ctx.host.looks(ctx.session, [key]))
    except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything; erasing goes on)
        logger.warning("applications of candidate %s cannot be read: %s", key, type(error).__name__)
        return
    record(ctx.connection(), ctx.host, ctx.models, seen, now=ctx.now())
    ctx.session.expire_all()


def _known_scopes(ctx: Context, key: str) -> set[str]:
    models = ctx.models
    found: set[str] = set()
    for model in (models.candidate_link, models.decision, models.recall, models.clock):
        found |= set(ctx.session.scalars(sa.select(model.scope).where(model.candidate_key == key).distinct()))
    return found | _kept_out(ctx, key)


def _kept_out(ctx: Context, key: str) -> set[str]:
    """Return the scopes in which this row was forgotten before."""
    model = ctx.models.suppression
    there = set(ctx.session.scalars(sa.select(model.scope).distinct()))
    return {scope for scope in there if is_kept_out(ctx, scope, key)}


def _host_scopes(ctx: Context, candidate: Any) -> set[str]:
    if candidate is None:
        return set()
    try:
        scopes = {ctx.host.scope_of(row) for row in ctx.host.applications_of(candidate, ctx.session)}
    except Exception as error:  # noqa: BLE001 (the same)
        logger.warning("scopes of a candidate cannot be read: %s", type(error).__name__)
        scopes = set()
    return scopes or {""}


def _forget_in(ctx: Context, key: str, candidate: Any, scope: str, erased: Erased, *, by: Actor) -> None:
    people = _people(ctx, key, candidate, scope)
    for person in people:
        _count(ctx, person.id, erased)
        forget(ctx, person, by=by)
    erase_unlinked(ctx, scope, key)
    decision = ctx.models.decision
    unread = sa.and_(
        decision.person_id.is_(None),
        decision.scope == scope,
        decision.candidate_key == key,
        decision.state != DecisionState.FORGOTTEN,
    )
    erase_decisions(ctx, unread)
    clock = ctx.models.clock
    erase_clocks(ctx, sa.and_(clock.person_id.is_(None), clock.scope == scope, clock.candidate_key == key))
    erased.kept_out += suppress(ctx, scope, [(ROW, key)])
    if candidate is not None:
        one = identity_of(ctx, candidate, scope)
        if one.by_address:
            erased.kept_out += suppress_at(ctx, scope, one.key, [one.name])
        else:
            erased.kept_out += suppress(ctx, scope, [(PERSON, one.key)])
    ctx.session.expire_all()


def _people(ctx: Context, key: str, candidate: Any, scope: str) -> list[PersonMixin]:
    """Return who this row is: by its link, by the person's key, or by what was decided about it."""
    person, decision, recall = ctx.models.person, ctx.models.decision, ctx.models.recall
    ids: set[int] = set()
    link = find_link(ctx, key, scope)
    if link is not None:
        if candidate is not None and link_person(ctx, candidate, scope).is_ambiguous:
            msg = (
                "Name and address of this candidate both changed, so the row may be somebody else now. Say on the "
                "talent pool's first page who it is, then forget them."
            )
            raise Refused(msg, code="identity")
        ids.add(link.person_id)
    elif candidate is not None and (found := who_is(ctx, candidate, scope, None)) is not None:
        ids.add(found.id)
    for model, tie in ((decision, decision.application_id), (recall, recall.candidate_id)):
        theirs = sa.select(model.person_id).where(model.scope == scope, model.candidate_key == key)
        if candidate is not None:
            # A row id can be used again: only what is still tied to rows that are there is this row's.
            theirs = theirs.where(tie.is_not(None))
        ids |= {found for found in ctx.session.scalars(theirs) if found is not None}
    return [ctx.session.get_one(person, one) for one in sorted(ids)]


def _count(ctx: Context, person_id: int, erased: Erased) -> None:
    erased.persons += 1
    models = ctx.models
    for name, model in (
        ("letters", models.letter),
        ("places", models.member),
        ("recalls", models.recall),
        ("touches", models.touch),
    ):
        mine: Any = sa.select(sa.func.count()).select_from(model).where(model.person_id == person_id)
        setattr(erased, name, getattr(erased, name) + (ctx.session.scalar(mine) or 0))
