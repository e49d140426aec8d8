"""Tables of persons, their links to host rows, their consent, and who must stay out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, constraint_name


class PersonMixin(Table):
    """One human within one scope."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("people_pk")),
            sa.UniqueConstraint("scope", "person_key", name=constraint_name("people_key_uq")),
            sa.Index(constraint_name("people_name_ix"), "scope", "name"),
            sa.Index(constraint_name("people_address_ix"), "scope", "address_key"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to people with a decision on one owner's jobs."""
        return statement.where(cls.id.in_(cls.decisions_of(owner_key, "person_id")))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    person_key: Mapped[str] = mapped_column(sa.String(320))
    address_key: Mapped[str | None] = mapped_column(sa.String(320))
    """The address that told who this is: the key itself, or of later people at it ``key|n``.

    None where something else tells, and in rows of an earlier version, whose key is the address.
    """
    name: Mapped[str] = mapped_column(sa.String(400))
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The person asked not to be invited back; outcomes of live applications still reach them."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CandidateLinkMixin(Table):
    """Which host candidate row belongs to which person, and how that row looked when last seen."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("candidate_links_pk")),
            sa.UniqueConstraint("scope", "candidate_key", name=constraint_name("candidate_links_row_uq")),
            sa.Index(constraint_name("candidate_links_person_ix"), "person_id"),
            sa.Index(constraint_name("candidate_links_candidate_ix"), "candidate_id"),
            sa.Index(constraint_name("candidate_links_key_ix"), "candidate_key"),
            sa.Index(constraint_name("candidate_links_question_ix"), "question"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    candidate_key: Mapped[str] = mapped_column(sa.String(80))
    name_hash: Mapped[str] = mapped_column(sa.String(64))
    email_hash: Mapped[str] = mapped_column(sa.String(64))
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Name and address both changed while nobody looked: the row may be somebody else now."""
    question: Mapped[str | None] = mapped_column(sa.String(12))
    """What of “same address: one person?” is open, an :class:`AddressQuestion`; None when nothing is."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="candidate_links_person", ondelete="CASCADE"))

    @declared_attr
    def candidate_id(cls) -> Mapped[Any | None]:
        return cls.host_key("candidate", on="candidate_links_candidate", ondelete="CASCADE")


class ConsentMixin(Table):
    """What a person agreed to: wording, language, moment, channel, and until when."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("consents_pk")),
            sa.Index(constraint_name("consents_person_ix"), "person_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    wording: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(16))
    channel: Mapped[str] = mapped_column(sa.String(24))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="consents_person", ondelete="CASCADE"))

    @declared_attr
    def member_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("members", on="consents_member", ondelete="SET NULL"))


class SuppressionMixin(Table):
    """A keyed hash of somebody who was forgotten, so that no import brings them back."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("suppressions_pk")),
            sa.UniqueConstraint("scope", "kind", "hash", name=constraint_name("suppressions_uq")),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    kind: Mapped[str] = mapped_column(sa.String(24))
    hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
