"""Recall to pool: somebody is noted by one press, and the press is undone; nothing is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.enums import MemberState, Source
from flask_talentpool.errors import Refused
from flask_talentpool.people.kept_out import is_suppressed
from flask_talentpool.people.service import link_person
from flask_talentpool.pools.ending import end_place
from flask_talentpool.pools.model import NOTED_LAPSES, MemberMixin, PoolMixin
from flask_talentpool.pools.service import (
    FORGOTTEN,
    IN_DOUBT,
    NEVER_POOL,
    any_barred,
    ensure_pool,
    find_or_make_place,
    is_barred,
    sensible_pool_key,
)
from flask_talentpool.pools.tags import tag_person

OF_ONE_PRESS = timedelta(seconds=10)
"""Tags put on by whoever noted a place, within this time of it, came with it and go with it."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What pressing "Recall to pool" did."""

    member: MemberMixin
    pool: PoolMixin
    is_new: bool


def recall_to_pool(
    ctx: Context,
    candidate: Any,
    scope: str,
    *,
    by: Actor,
    applications: Sequence[Any] | None = None,
    pool: str | None = None,
    tags: Iterable[str] = (),
    reason: str = "",
    source: Source = Source.RECALL_BUTTON,
) -> Noted:
    """Note a candidate for a pool. Nothing is sent; doing it twice changes nothing.

    Args:
        ctx: The unit of work.
        candidate: The host's candidate row.
        scope: In whose care this is.
        by: Who pressed.
        applications: The candidate's, of every scope, where they are known already.
        pool: The pool's key; the one that fits the stage reached when left out.
        tags: Names of tags to put on the person.
        reason: Why, in a sentence for colleagues.
        source: Where the place comes from.

    Raises:
        Refused: The person asked to be forgotten, must never be pooled, or may be somebody else now.
        NotFound: There is no such pool.
    """
    if is_suppressed(ctx, candidate, scope):
        raise Refused(FORGOTTEN, code="forgotten")
    known = link_person(ctx, candidate, scope)
    if known.is_ambiguous:
        raise Refused(IN_DOUBT, code="identity")
    person = known.person
    if applications is None:
        applications = ctx.host.applications_of(candidate, ctx.session)
    if is_barred(ctx, person) or any_barred(ctx, applications):
        raise Refused(NEVER_POOL, code="never_pool")
    here = [row for row in applications if ctx.host.scope_of(row) == scope]
    chosen = ensure_pool(ctx, scope, pool or sensible_pool_key(ctx, person, here))
    if chosen.archived_at is not None:
        raise Refused(f"The pool “{chosen.name}” is archived. Choose another.", code="pool_archived")
    member, is_new = find_or_make_place(ctx, person, chosen, source=source, by=by)
    if is_new:
        member.until = ctx.now() + NOTED_LAPSES
        ctx.record(by, "recall_to_pool", "member", member.id, scope=scope)
    if reason:
        member.reason = " ".join(reason.split())[:400]
    for name in tags:
        tag_person(ctx, person, name, by=by)
    ctx.session.flush()
    return Noted(member, chosen, is_new)


def undo_recall_to_pool(ctx: Context, member: MemberMixin, *, by: Actor) -> None:
    """Take back a noted place and the tags that came with it; doing it twice changes nothing.

    Raises:
        Refused: The place was offered or taken already; it ends by :func:`end_place`.
    """
    if member.state == MemberState.ENDED:
        return
    if member.state != MemberState.NOTED:
        raise Refused(
            "This place was offered or taken already. End it on the person’s page instead.",
            code="member_state",
        )
    link = ctx.models.person_tag
    ctx.session.execute(
        sa.delete(link).where(
            link.person_id == member.person_id,
            link.added_by == member.added_by,
            link.added_at >= member.added_at,
            link.added_at <= member.added_at + OF_ONE_PRESS,
        )
    )
    end_place(ctx, member, because="undone", by=by)
