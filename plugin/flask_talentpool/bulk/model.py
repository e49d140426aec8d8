"""The tables of work on many: what was asked for, and each one it is asked for."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import Act, BulkState, ItemState


class BulkMixin(Table):
    """One act on many decisions, done by the worker: what was asked for, and how far it came."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("bulks_pk")),
            sa.UniqueConstraint("token", name=constraint_name("bulks_token_uq")),
            sa.Index(constraint_name("bulks_state_ix"), "state"),
            sa.Index(constraint_name("bulks_by_ix"), "by", "created_at"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    token: Mapped[str] = mapped_column(sa.String(64))
    """Made with the form: posting it twice is one act."""
    act: Mapped[Act] = mapped_column(Word(Act))
    label: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[BulkState] = mapped_column(Word(BulkState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(sa.String(160), default="")
    by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    choices: Mapped[str] = mapped_column(sa.Text, default="{}")
    """What is set for all of them, as JSON."""
    total: Mapped[int] = mapped_column(sa.Integer, default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str] = mapped_column(sa.String(80), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BulkItemMixin(Table):
    """One decision among many."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("bulk_items_pk")),
            sa.UniqueConstraint("bulk_id", "application_key", name=constraint_name("bulk_items_uq")),
            sa.Index(constraint_name("bulk_items_state_ix"), "bulk_id", "state", "id"),
            sa.Index(constraint_name("bulk_items_decision_ix"), "decision_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    application_key: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[ItemState] = mapped_column(Word(ItemState))
    because: Mapped[str] = mapped_column(sa.String(40), default="")
    detail: Mapped[str] = mapped_column(sa.String(400), default="")
    notice: Mapped[str] = mapped_column(sa.String(400), default="")
    """Something to know first: a live application, an offer, a letter in the last days."""
    choices: Mapped[str] = mapped_column(sa.Text, default="")
    """What is set for this one alone, as JSON."""
    before: Mapped[str] = mapped_column(sa.Text, default="")
    """What was there before, as JSON; undoing puts it back."""

    @declared_attr
    def bulk_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("bulks", on="bulk_items_bulk", ondelete="CASCADE"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="bulk_items_decision", ondelete="SET NULL"))

    @declared_attr
    def letter_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("letters", on="bulk_items_letter", ondelete="SET NULL"))
