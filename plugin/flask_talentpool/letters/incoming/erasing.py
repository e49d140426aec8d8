"""Forgetting what somebody wrote: rows stay as empty tombstones, so that the same mail does not come in again."""

from collections.abc import Sequence

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.locks import update_if
from flask_talentpool.db.types import UtcDateTime
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.incoming.marking import ERASED
from flask_talentpool.letters.model import IncomingMixin
from flask_talentpool.people.identity import people_at
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.people.names import Alike, alike


def forget(ctx: Context, person: PersonMixin) -> None:
    """Erase every mail of a person: linked to them, answering their letters, or from or naming their address.

    Mail from an address that somebody else has as well is theirs only if it bears their name.

    Runs before letters are emptied, since their addresses tell what else is theirs.
    """
    incoming, letter = ctx.models.incoming, ctx.models.letter
    sent_to = sa.select(letter.to_address).where(letter.person_id == person.id).distinct()
    addresses = {
        one.casefold()
        for one in (person.email, person.address_key or person.person_key, *ctx.session.scalars(sent_to))
        if "@" in one
    }
    others = people_at(ctx, addresses, scope=person.scope, but=person.id)
    theirs = sa.select(letter.id).where(letter.person_id == person.id)
    which = [incoming.person_id == person.id, incoming.letter_id.in_(theirs)]
    for address in sorted(addresses):
        # Also what nobody could say whose it was; what is linked to another person stays theirs.
        unmatched = sa.and_(incoming.person_id.is_(None), incoming.scope.in_([person.scope, ""]))
        named = sa.or_(
            incoming.from_address == address, sa.func.lower(incoming.text).contains(address, autoescape=True)
        )
        if address in others:
            # Whoever shares the address may have written it.
            named = sa.and_(named, incoming.from_name.in_(_names_of(ctx, person, address, others[address])))
        which.append(sa.and_(unmatched, named))
    ids = list(ctx.session.scalars(sa.select(incoming.id).where(sa.or_(*which))))
    for part in chunks(ids):
        _empty(ctx, part)
    suppression.clear(ctx, addresses - others.keys(), scope=person.scope)


def _names_of(ctx: Context, person: PersonMixin, address: str, others: Sequence[str]) -> list[str]:
    """Return the names on mail from an address that can be this person's and nobody else's there."""
    incoming = ctx.models.incoming
    names = sa.select(incoming.from_name).where(incoming.from_address == address).distinct()
    return [
        name
        for name in ctx.session.scalars(names)
        if name
        and alike(name, person.name) is Alike.SAME
        and not any(alike(name, other) is Alike.SAME for other in others)
    ]


def erase(ctx: Context, row: IncomingMixin, *, by: Actor) -> None:
    """Erase one mail for good; done twice it changes nothing."""
    if row.status == ERASED:
        return
    ctx.record(by, "erase", "incoming", row.id, scope=row.scope)
    ctx.session.flush()
    _empty(ctx, [row.id])
    ctx.session.expire(row)


def _empty(ctx: Context, ids: Sequence[int]) -> None:
    incoming = ctx.models.incoming
    update_if(
        ctx.session,
        incoming,
        incoming.id.in_(ids),
        from_name="",
        from_address="",
        subject="",
        text="",
        message_id="",
        status=ERASED,
        is_urgent=False,
        urgent_because="",
        read_at=sa.func.coalesce(incoming.read_at, sa.literal(ctx.now(), UtcDateTime())),
        read_by=SOFTWARE.id,
        person_id=None,
        letter_id=None,
    )
