"""Addresses whose mail came back for good: nothing is sent there until somebody says that it works again."""

import functools
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.people.fingerprint import keyed

KIND = "returned"
"""Which rows of suppressions these are; like all of them they hold a keyed hash and no address."""


def is_returned(ctx: Context, address: str, *, scope: str | None = None) -> bool:
    """Whether mail to this address came back for good.

    Args:
        ctx: The unit of work.
        address: As the letter has it; case makes no difference.
        scope: In whose care the letter is; without it a return in any scope counts.
    """
    if not address:
        return False
    model = ctx.models.suppression
    statement = sa.select(model.id).where(model.kind == KIND, model.hash == _hash(ctx, address))
    if scope is not None:
        statement = statement.where(model.scope == scope)
    return ctx.session.scalars(statement.limit(1)).first() is not None


def returned_among(ctx: Context, letters: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of many pairs of scope and address whose mail came back for good, by one statement.

    Args:
        ctx: The unit of work.
        letters: Scope and address of each letter.
    """
    model = ctx.models.suppression
    asked = {(scope, address): (scope, _hash(ctx, address)) for scope, address in letters if address}
    wanted = sa.select(model.scope, model.hash).where(
        model.kind == KIND,
        model.scope.in_(padded({scope for scope, _ in asked})),
        model.hash.in_(padded({value for _, value in asked.values()})),
    )
    found = {(row.scope, row.hash) for row in ctx.session.execute(wanted)} if asked else set()
    return {pair for pair, value in asked.items() if value in found}


def suppress(ctx: Context, address: str, *, scope: str) -> bool:
    """Send nothing to this address any more; return whether that is new."""
    if not address or is_returned(ctx, address, scope=scope):
        return False
    row = ctx.models.suppression(scope=scope, kind=KIND, hash=_hash(ctx, address), created_at=ctx.now())
    try:
        with ctx.savepoint():
            ctx.session.add(row)
    except IntegrityError:  # another process read another report a moment ago
        return False
    return True


def clear(ctx: Context, addresses: Iterable[str], *, scope: str) -> None:
    """Keep nothing about these addresses in one scope."""
    hashes = [_hash(ctx, address) for address in addresses if address]
    model = ctx.models.suppression
    ctx.session.execute(
        sa.delete(model).where(model.scope == scope, model.kind == KIND, model.hash.in_(hashes))
    )


def hashing(ctx: Context) -> Callable[[str], str]:
    """Return what hashes addresses as these rows have them, each once."""
    return functools.cache(functools.partial(_hash, ctx))


def _hash(ctx: Context, address: str) -> str:
    return keyed(ctx.secret, KIND, address.strip().casefold())
