"""Tags: labels on a person, made when first used."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.pools.keys import LONGEST_NAME, ignoring_race, slug
from flask_talentpool.pools.model import TagMixin


def tag_person(ctx: Context, person: PersonMixin, name: str, *, by: Actor) -> TagMixin | None:
    """Put a tag on a person, making it when new; an empty name is no tag."""
    name = " ".join(name.split())[:LONGEST_NAME]
    key = slug(name)
    if not key:
        return None
    tag = _tag(ctx, person.scope, key, name)
    link = ctx.models.person_tag
    there = sa.select(link.id).where(link.person_id == person.id, link.tag_id == tag.id)
    if ctx.session.scalars(there).first() is None:
        with ignoring_race(ctx):
            ctx.session.add(link(person_id=person.id, tag_id=tag.id, added_by=by.id, added_at=ctx.now()))
    return tag


def _tag(ctx: Context, scope: str, key: str, name: str) -> TagMixin:
    model = ctx.models.tag
    statement = sa.select(model).where(model.scope == scope, model.key == key)
    found = ctx.session.scalars(statement).one_or_none()
    if found is not None:
        return found
    made = model(scope=scope, key=key, name=name)
    try:
        with ctx.savepoint():
            ctx.session.add(made)
    except IntegrityError:
        return ctx.session.scalars(statement).one()
    return made


def untag_person(ctx: Context, person: PersonMixin, tag_id: int) -> None:
    """Take a tag off a person; one that is not there is no error."""
    link = ctx.models.person_tag
    ctx.session.execute(sa.delete(link).where(link.person_id == person.id, link.tag_id == tag_id))
