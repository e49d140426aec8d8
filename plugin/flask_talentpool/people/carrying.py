"""Pointing rows at another person: what is said of whose they are, and what two of them cannot both have.

Whose something is stands in one column, ``person_id``, of many tables. Pointing it at somebody else changes nothing
of what the rows say, so it is done here for all of them and not by a seam of each part.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import seize, update_if
from flask_talentpool.enums import LetterState, MemberState
from flask_talentpool.errors import Refused
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.pools.model import MemberMixin

CARRIED = (
    *("candidate_link", "decision", "clock", "recall", "letter", "link"),
    *("touch", "incoming", "consent", "member", "person_tag"),
)
"""The tables that say whose a row is."""

_STRONGER = (
    MemberState.MEMBER,
    MemberState.PAUSED,
    MemberState.OFFERED,
    MemberState.NOTED,
    MemberState.ENDED,
)
"""Which of two places in one pool stays, the first before the others."""

_OF_A_PLACE = ("pool_id", "state", "source", "added_by", "added_at", "until", "ended_at", "decision_id")
"""What is kept of a place that gave way: facts and ids, no words of anybody."""

SETTLED = "This is settled already. Nothing needs to be said."
GOING_OUT = "A letter to them is being handed over just now. Wait a moment, then say it again."


def hold(ctx: Context, *people: PersonMixin) -> None:
    """Keep everybody else from changing these people until this is done; whoever comes second sees what was said."""
    for person in people:
        try:
            is_there = seize(ctx.session, person, scope=person.scope)
        except sa.exc.InvalidRequestError:
            is_there = False
        if not is_there:
            raise Refused(SETTLED, code="not_in_doubt")


def move(ctx: Context, name: str, which: sa.ColumnElement[bool], to: int) -> list[int]:
    """Point rows at a person, and return their ids; a letter that is going out keeps all as it is."""
    model = getattr(ctx.models, name)
    ids = list(ctx.session.scalars(sa.select(model.id).where(which).order_by(model.id)))
    for some in chunks(ids):
        update_if(ctx.session, model, model.id.in_(some), person_id=to)
        if name == "letter":
            going = sa.select(model.id).where(model.id.in_(some), model.state == LetterState.SENDING)
            if ctx.session.scalars(going.limit(1)).first() is not None:
                raise Refused(GOING_OUT, code="going_out")
    return ids


def carry_invitations(ctx: Context, keep: PersonMixin, gives: PersonMixin) -> None:
    """Let the invitations of one stand for the other.

    Raises:
        Refused: Both are invited back to one job.
    """
    recall = ctx.models.recall
    standing = sa.select(recall).where(
        recall.person_id.in_([keep.id, gives.id]), recall.live_for.is_not(None)
    )
    found = list(ctx.session.scalars(standing))
    jobs = {_job_of(row.live_for): row.job_label for row in found if row.person_id == keep.id}
    theirs = [row for row in found if row.person_id == gives.id]
    both = [jobs[_job_of(row.live_for)] for row in theirs if _job_of(row.live_for) in jobs]
    if both:
        raise Refused(
            f"Both are invited back to {both[0] or 'one job'}. Close one of the two invitations first.",
            code="both_invited",
        )
    invite_as(ctx, [row.id for row in theirs], gives.id, keep.id)


def invite_as(ctx: Context, ids: Iterable[int], before: int, after: int) -> None:
    """Let invitations stand for somebody else; one job and person have one that stands."""
    recall = ctx.models.recall
    for some in chunks(list(ids)):
        rows = ctx.session.scalars(sa.select(recall).where(recall.id.in_(some), recall.live_for.is_not(None)))
        for row in rows:
            if str(row.live_for).endswith(f":{before}"):
                row.live_for = f"{_job_of(row.live_for)}:{after}"
    ctx.session.flush()


def _job_of(live_for: str | None) -> str:
    return str(live_for).rpartition(":")[0]


def settle_places(ctx: Context, keep: PersonMixin, gives: PersonMixin) -> list[dict[str, Any]]:
    """Let the stronger place stay in each pool in which both have one; return what undoing needs of the other."""
    member = ctx.models.member
    both = sa.select(member).where(member.person_id.in_([keep.id, gives.id])).order_by(member.id)
    by_pool: dict[int, list[MemberMixin]] = {}
    for place in ctx.session.scalars(both):
        by_pool.setdefault(place.pool_id, []).append(place)
    lost = []
    for places in by_pool.values():
        stays, *others = sorted(places, key=_strength)
        if not others:
            continue
        goes = others[0]
        stays.reason = stays.reason or goes.reason
        lost.append(
            {
                "stays": stays.id,
                "was_given": goes.person_id == gives.id,
                "place": {name: _plain(getattr(goes, name)) for name in _OF_A_PLACE},
                **{name: _repoint(ctx, name, goes.id, stays.id) for name in ("letter", "consent")},
            }
        )
        ctx.session.flush()
        ctx.session.execute(sa.delete(member).where(member.id == goes.id))
        ctx.session.expunge(goes)
    return lost


def _strength(place: MemberMixin) -> int:
    return _STRONGER.index(place.state) if place.state in _STRONGER else len(_STRONGER)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _repoint(ctx: Context, name: str, before: int, after: int) -> list[int]:
    model = getattr(ctx.models, name)
    ids = list(ctx.session.scalars(sa.select(model.id).where(model.member_id == before)))
    for some in chunks(ids):
        update_if(ctx.session, model, model.id.in_(some), member_id=after)
    return ids


def give_places_back(
    ctx: Context, lost: Iterable[Mapping[str, Any]], person: PersonMixin, part: PersonMixin
) -> None:
    """Make the places again that gave way, for whoever of the two had them."""
    member, pool = ctx.models.member, ctx.models.pool
    for one in lost:
        values = dict(one["place"])
        whose = part if one["was_given"] else person
        taken = sa.select(member.id).where(member.pool_id == values["pool_id"], member.person_id == whose.id)
        if ctx.session.get(pool, values["pool_id"]) is None or ctx.session.scalars(taken).first() is not None:
            continue
        for name in ("added_at", "until", "ended_at"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        if ctx.session.get(ctx.models.decision, values["decision_id"] or 0) is None:
            values["decision_id"] = None
        again = member(scope=person.scope, person_id=whose.id, **values)
        ctx.session.add(again)
        ctx.session.flush()
        for name in ("letter", "consent"):
            model = getattr(ctx.models, name)
            for some in chunks(one[name]):
                update_if(ctx.session, model, model.id.in_(some), member_id=again.id)


def settle_tags(ctx: Context, keep: PersonMixin, gives: PersonMixin) -> list[int]:
    """Take the tags off one that the other has as well, and return them."""
    on = ctx.models.person_tag
    theirs = sa.select(on.tag_id).where(on.person_id == keep.id)
    both = list(
        ctx.session.scalars(sa.select(on.tag_id).where(on.person_id == gives.id, on.tag_id.in_(theirs)))
    )
    for some in chunks(both):
        ctx.session.execute(sa.delete(on).where(on.person_id == gives.id, on.tag_id.in_(some)))
    return both


def look_anew(ctx: Context, *person_ids: int) -> None:
    """Let every letter of theirs that waits be looked at in the next round; one that is due is before it goes."""
    letter = ctx.models.letter
    held = sa.and_(letter.person_id.in_(person_ids), letter.state == LetterState.HELD)
    update_if(ctx.session, letter, held, held_until=None)
    ctx.session.flush()
    ctx.session.expire_all()
