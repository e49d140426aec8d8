"""Taking chosen people whom the host rejected before the first start into a pool, as noted members."""

import enum
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.decisions.facts import application_of, complete
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.entries import nearest
from flask_talentpool.enums import DecisionState, Outcome, Source, StageReached
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_of
from flask_talentpool.host.values import ValueSet
from flask_talentpool.people.identity import identity_of
from flask_talentpool.people.kept_out import is_suppressed
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.names import tokens
from flask_talentpool.people.service import find_link, who_is
from flask_talentpool.pools.keys import slug
from flask_talentpool.pools.noting import recall_to_pool
from flask_talentpool.pools.service import STANDARD_POOLS, any_barred, place_of

logger = logging.getLogger("flask_talentpool")

PAGE = 400


class LeftOut(enum.StrEnum):
    """Why somebody who was looked at is not adopted."""

    OTHER_STAGE = "other_stage"
    EARLIER = "earlier"
    NO_DATE = "no_date"
    GONE = "gone"
    DECIDED_ANEW = "decided_anew"
    NEVER_POOL = "never_pool"
    FORGOTTEN = "forgotten"
    OBJECTED = "objected"
    IDENTITY = "identity"
    THERE_ALREADY = "there_already"
    FAILED = "failed"

    @property
    def sentence(self) -> str:
        """What a report says about it."""
        return _SENTENCES[self]


_SENTENCES = {
    LeftOut.OTHER_STAGE: "came to another stage",
    LeftOut.EARLIER: "were decided earlier",
    LeftOut.NO_DATE: "have no date in your ATS",
    LeftOut.GONE: "have no row in your ATS any more",
    LeftOut.DECIDED_ANEW: "are no longer rejected in your ATS",
    LeftOut.NEVER_POOL: "must never be in a pool",
    LeftOut.FORGOTTEN: "asked to be forgotten",
    LeftOut.OBJECTED: "asked not to be invited again",
    LeftOut.IDENTITY: "may be somebody else by now",
    LeftOut.THERE_ALREADY: "are or were in this pool already",
    LeftOut.FAILED: "could not be adopted; the log says why",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom to adopt, and into which pool."""

    stages: tuple[Any, ...]
    """Values of the host's own stages."""
    reached: frozenset[StageReached]
    since: datetime | None
    pool: str
    scope: str | None


@dataclass(slots=True)
class Chosen:
    """The decisions to adopt, and why others are left out."""

    ids: list[int] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)


def wish(
    ctx: Context, *, stages: Sequence[str], since: str | None, pool: str, scope: str | None = None
) -> Wish:
    """Read what was asked for.

    Raises:
        Refused: A stage, the date or the pool is not known; the message lists those that are.
    """
    own, reached = _stages(ctx, stages)
    return Wish(
        stages=own, reached=reached, since=_since(ctx, since), pool=_pool(ctx, pool, scope), scope=scope
    )


def _texts(value: Any) -> list[str]:
    return [value.name, str(value.value)] if isinstance(value, enum.Enum) else [str(value)]


def _stages(ctx: Context, asked: Sequence[str]) -> tuple[tuple[Any, ...], frozenset[StageReached]]:
    own = {text.strip().casefold(): value for value in ctx.host.map.stages for text in _texts(value)}
    values, reached = [], set()
    for text in asked:
        key = text.strip().casefold()
        if key in own:
            values.append(own[key])
        elif key in set(StageReached):
            reached.add(StageReached(key))
        else:
            known = [text for value in ctx.host.map.stages for text in _texts(value)[:1]]
            known += [word.value for word in StageReached]
            guess = nearest(text, known)
            hint = f" Did you mean {guess!r}?" if guess else ""
            listed = ", ".join(dict.fromkeys(known))
            raise Refused(f"{text!r} is no stage. There are: {listed}.{hint}", code="stage")
    return tuple(values), frozenset(reached)


def _since(ctx: Context, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"{text!r} is no date. Write it as 2024-01-31.", code="date") from None
    return datetime.combine(day, time(), tzinfo=ctx.settings.timezone)


def _pool(ctx: Context, asked: str, scope: str | None) -> str:
    key, pool, decision = slug(asked), ctx.models.pool, ctx.models.decision
    if scope is not None:
        scopes = {scope}
    else:
        scopes = set(ctx.session.scalars(sa.select(decision.scope).where(*_baseline(ctx, None)).distinct()))
    for one in sorted(scopes or {""}):
        here = sa.select(pool.key, pool.archived_at).where(pool.scope == one)
        there: dict[str, datetime | None] = {row.key: row.archived_at for row in ctx.session.execute(here)}
        if there.get(key) is not None:
            raise Refused(f"The pool {key!r} is archived. Choose another.", code="pool_archived")
        if key not in there and key not in STANDARD_POOLS:
            known = ", ".join(
                sorted({*STANDARD_POOLS, *(name for name, gone in there.items() if gone is None)})
            )
            where = f" in the scope {one!r}" if one else ""
            msg = f"There is no pool {asked!r}{where}. There are: {known}. Others are made on the pages of the talent pool."
            raise Refused(msg, code="pool")
    return key


def dates_are_guessed(ctx: Context) -> bool:
    """Whether the host's map has no date by which a decision could be told early from late."""
    return not {"decided_at", "applied_at"} & ctx.host.readers.keys()


def _baseline(ctx: Context, scope: str | None) -> list[sa.ColumnElement[bool]]:
    decision = ctx.models.decision
    found = [
        decision.state == DecisionState.BASELINE,
        decision.outcome == Outcome.REJECTED,
        decision.live_for.is_not(None),
    ]
    return found if scope is None else [*found, decision.scope == scope]


def adoptable(ctx: Context) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for somebody rejected before the first start whom nothing bars from a pool."""
    return [*_baseline(ctx, None), ctx.models.decision.never_pool.is_(False)]


def worth_adopting(ctx: Context) -> StageReached | None:
    """Return the furthest stage from the first interview on that somebody rejected before reached; None for nobody."""
    decision = ctx.models.decision
    for reached in (StageReached.FINALIST, StageReached.INTERVIEWED):
        those = sa.select(decision.id).where(*adoptable(ctx), decision.stage_reached == reached)
        if ctx.session.scalars(those.limit(1)).first() is not None:
            return reached
    return None


def number(ctx: Context, asked: Wish) -> int:
    """Return how many decisions :func:`choose` looks at."""
    return (
        ctx.session.scalar(sa.select(sa.func.count(ctx.models.decision.id)).where(*_where(ctx, asked))) or 0
    )


def choose(ctx: Context, asked: Wish, *, progress: Callable[[int], object]) -> Chosen:
    """Look at everybody who was rejected before the first start; writes nothing.

    A person who was rejected several times counts once, with the latest.
    """
    chosen = Chosen()
    dated: list[tuple[datetime, int, tuple[str, str]]] = []
    for decision in _pages(ctx, asked):
        progress(1)
        try:
            found = _look_at(ctx, decision, asked)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            logger.warning("decision %s could not be looked at: %s", decision.id, type(error).__name__)
            found = LeftOut.FAILED
        if isinstance(found, LeftOut):
            chosen.left_out[found] += 1
        else:
            dated.append((found[0], decision.id, found[1]))
    seen: set[tuple[str, str]] = set()
    for _, decision_id, who in sorted(dated, reverse=True):
        if who in seen:
            chosen.left_out[LeftOut.THERE_ALREADY] += 1
        else:
            seen.add(who)
            chosen.ids.append(decision_id)
    ctx.session.rollback()
    return chosen


def _where(ctx: Context, asked: Wish) -> list[sa.ColumnElement[bool]]:
    # What was recorded knows no date of an interview, which makes more than the stage does.
    recorded = {word.value for word in asked.reached}
    recorded |= {ctx.host.stage_reached(stage).value for stage in asked.stages}
    if StageReached.INTERVIEWED in asked.reached and "interviewed_at" in ctx.host.readers:
        recorded |= {StageReached.APPLIED, StageReached.SCREENED}
    return [*_baseline(ctx, asked.scope), ctx.models.decision.stage_reached.in_(recorded)]


def _pages(ctx: Context, asked: Wish) -> Iterator[DecisionMixin]:
    decision, after = ctx.models.decision, 0
    where = _where(ctx, asked)
    while True:
        page = sa.select(decision).where(*where, decision.id > after).order_by(decision.id).limit(PAGE)
        rows = list(ctx.session.scalars(page))
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1].id


def _look_at(  # noqa: PLR0911 (one line for each reason)
    ctx: Context, decision: DecisionMixin, asked: Wish
) -> LeftOut | tuple[datetime, tuple[str, str]]:
    host = ctx.host
    application = application_of(ctx, decision)
    candidate = None if application is None else host.candidate_of(application, ctx.session)
    if application is None or candidate is None:
        return LeftOut.GONE
    seen = host.seen_in_object(application)
    if host.verdict(seen.status, declined=seen.declined).outcome is not Outcome.REJECTED:
        return LeftOut.DECIDED_ANEW
    met = host.moment("interviewed_at", application, assume=ctx.settings.timezone) is not None
    if (
        seen.stage not in ValueSet(asked.stages)
        and host.stage_reached(seen.stage, interviewed=met) not in asked.reached
    ):
        return LeftOut.OTHER_STAGE
    decided = _decided(ctx, decision, application)
    if asked.since is not None and decided is None:
        return LeftOut.NO_DATE
    if asked.since is not None and decided is not None and decided < asked.since:
        return LeftOut.EARLIER
    if (
        decision.never_pool
        or host.bars_pool(application, seen.status)
        or any_barred(ctx, host.applications_of(candidate, ctx.session))
    ):
        return LeftOut.NEVER_POOL
    if is_suppressed(ctx, candidate, decision.scope):
        return LeftOut.FORGOTTEN
    person = _person(ctx, candidate, decision.scope)
    if person is not None and person.objected_at is not None:
        return LeftOut.OBJECTED
    if person is not None and _was_there(ctx, person, asked.pool):
        return LeftOut.THERE_ALREADY
    return decided or decision.noticed_at, (decision.scope, _who(ctx, person, candidate, decision.scope))


def _decided(ctx: Context, decision: DecisionMixin, application: Any) -> datetime | None:
    if dates_are_guessed(ctx):
        return decision.noticed_at
    zone = ctx.settings.timezone
    return ctx.host.moment("decided_at", application, assume=zone) or ctx.host.moment(
        "applied_at", application, assume=zone
    )


def _person(ctx: Context, candidate: Any, scope: str) -> PersonMixin | None:
    return who_is(ctx, candidate, scope, find_link(ctx, key_of(candidate), scope))


def _who(ctx: Context, person: PersonMixin | None, candidate: Any, scope: str) -> str:
    """Return what counts somebody once who has several rows; a couple at one address are two."""
    if person is not None:
        return person.person_key
    one = identity_of(ctx, candidate, scope)
    return f"{one.key} {' '.join(sorted(tokens(one.name)))}" if one.by_address else one.key


def _was_there(ctx: Context, person: PersonMixin, key: str) -> bool:
    pool = ctx.models.pool
    here = sa.select(pool.id).where(pool.scope == person.scope, pool.key == key)
    pool_id = ctx.session.scalars(here).one_or_none()
    # Whoever left, or was taken out, is not put back by a command.
    return pool_id is not None and place_of(ctx, person.id, pool_id) is not None


def adopt(ctx: Context, ids: Sequence[int], asked: Wish) -> Counter[str]:
    """Adopt these decisions' people; doing it again changes nothing.

    Returns:
        How many were ``adopted``, and how many left out, by reason.
    """
    done: Counter[str] = Counter()
    for decision_id in ids:
        try:
            with ctx.savepoint():
                left_out = _adopt_one(ctx, decision_id, asked)
        except (OperationalError, IntegrityError):
            raise  # the whole batch is tried again
        except Exception as error:  # noqa: BLE001 (one row the host cannot give must not keep out the others)
            logger.warning("decision %s could not be adopted: %s", decision_id, type(error).__name__)
            left_out = LeftOut.FAILED
        done["adopted" if left_out is None else left_out.value] += 1
    return done


def _adopt_one(ctx: Context, decision_id: int, asked: Wish) -> LeftOut | None:  # noqa: PLR0911 (the same)
    decision = ctx.session.get(ctx.models.decision, decision_id, populate_existing=True)
    if decision is None or decision.state != DecisionState.BASELINE:
        return LeftOut.DECIDED_ANEW
    found = _look_at(ctx, decision, asked)
    if isinstance(found, LeftOut):
        return found
    known = complete(ctx, decision)
    if known is None:
        return LeftOut.GONE
    if known.is_ambiguous:
        return LeftOut.IDENTITY
    candidate = ctx.host.candidate_of(application_of(ctx, decision), ctx.session)
    reason = f"Came to {decision.stage_reached}" + (
        f" for {decision.job_label}" if decision.job_label else ""
    )
    try:
        noted = recall_to_pool(
            ctx, candidate, decision.scope, by=SOFTWARE, pool=asked.pool, reason=reason, source=Source.ADOPTED
        )
    except Refused as refused:
        return LeftOut(refused.code) if refused.code in set(LeftOut) else LeftOut.FAILED
    if not noted.is_new:
        return LeftOut.THERE_ALREADY
    noted.member.decision_id = decision.id
    ctx.session.flush()
    return None
