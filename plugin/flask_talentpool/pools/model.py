"""Tables of pools, members and tags."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import MemberState, Source

MEMBER_TRANSITIONS: dict[MemberState, frozenset[MemberState]] = {
    MemberState.NOTED: frozenset({MemberState.OFFERED, MemberState.MEMBER, MemberState.ENDED}),
    MemberState.OFFERED: frozenset({MemberState.NOTED, MemberState.MEMBER, MemberState.ENDED}),
    MemberState.MEMBER: frozenset({MemberState.PAUSED, MemberState.ENDED}),
    MemberState.PAUSED: frozenset({MemberState.MEMBER, MemberState.ENDED}),
    MemberState.ENDED: frozenset({MemberState.NOTED, MemberState.OFFERED, MemberState.MEMBER}),
}
"""Which state a place in a pool may go to; somebody who left may come back of their own will."""


NOTED_LAPSES = timedelta(days=30)
"""After how long a place lapses that only a recruiter noted."""


class PoolMixin(Table):
    """A named group of people worth calling again."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("pools_pk")),
            sa.UniqueConstraint("scope", "key", name=constraint_name("pools_key_uq")),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to pools that hold somebody with a decision on one owner's jobs."""
        member = cls.__host__.metadata.tables[cls.qualified("members")].alias()
        theirs = member.c.person_id.in_(cls.decisions_of(owner_key, "person_id"))
        return statement.where(cls.id.in_(sa.select(member.c.pool_id).where(theirs)))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MemberMixin(Table):
    """A person's place in a pool: why, since when, until when, and by whose word."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("members_pk")),
            sa.UniqueConstraint("pool_id", "person_id", name=constraint_name("members_place_uq")),
            sa.Index(constraint_name("members_person_ix"), "person_id"),
            sa.Index(constraint_name("members_state_ix"), "pool_id", "state"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to places of people with a decision on one owner's jobs."""
        return statement.where(cls.person_id.in_(cls.decisions_of(owner_key, "person_id")))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    state: Mapped[MemberState] = mapped_column(Word(MemberState))
    source: Mapped[Source] = mapped_column(Word(Source))
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    added_by: Mapped[str] = mapped_column(sa.String(160), default="")
    added_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the place ends by itself: a noted one lapses, a membership expires."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str] = mapped_column(sa.String(200), default="")

    @declared_attr
    def pool_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("pools", on="members_pool", ondelete="CASCADE"))

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="members_person", ondelete="CASCADE"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="members_decision", ondelete="SET NULL"))


class TagMixin(Table):
    """A label that can be put on persons."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("tags_pk")),
            sa.UniqueConstraint("scope", "key", name=constraint_name("tags_key_uq")),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to tags on people with a decision on one owner's jobs."""
        on = cls.__host__.metadata.tables[cls.qualified("person_tags")].alias()
        theirs = on.c.person_id.in_(cls.decisions_of(owner_key, "person_id"))
        return statement.where(cls.id.in_(sa.select(on.c.tag_id).where(theirs)))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(80))


class PersonTagMixin(Table):
    """One label on one person."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("person_tags_pk")),
            sa.UniqueConstraint("person_id", "tag_id", name=constraint_name("person_tags_uq")),
            sa.Index(constraint_name("person_tags_tag_ix"), "tag_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    added_by: Mapped[str] = mapped_column(sa.String(160), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="person_tags_person", ondelete="CASCADE"))

    @declared_attr
    def tag_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("tags", on="person_tags_tag", ondelete="CASCADE"))
