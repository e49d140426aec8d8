"""The table of answer clocks: one for each application of somebody interviewed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import StageReached


class ClockMixin(Table):
    """The answer clock of one interviewed application: by when the person hears from us.

    One row for each application; it stands while the person has no answer, and `answered_at` ends it.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("clocks_pk")),
            sa.UniqueConstraint("application_key", name=constraint_name("clocks_application_uq")),
            sa.Index(constraint_name("clocks_waiting_ix"), "answered_at", "target_at"),
            sa.Index(constraint_name("clocks_job_ix"), "scope", "job_key"),
            sa.Index(constraint_name("clocks_person_ix"), "person_id"),
            sa.Index(constraint_name("clocks_owner_ix"), "owner_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    application_key: Mapped[str] = mapped_column(sa.String(80))
    candidate_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    name: Mapped[str] = mapped_column(sa.String(400), default="")
    stage_reached: Mapped[StageReached] = mapped_column(Word(StageReached), default=StageReached.INTERVIEWED)
    owner_key: Mapped[str] = mapped_column(sa.String(160), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(160), default="")
    interviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The host's date, else the moment we noticed."""
    is_guessed: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    from_before: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    """Open at the first start: shown, and nothing goes by itself."""
    target_at: Mapped[datetime] = mapped_column(UtcDateTime)
    limit_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(sa.String(24), default="")
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when we know that this person has an offer of ours; kept when it is decided about, so that whoever is
    turned down with an offer in hand is known. Empty again when the offer is gone and nothing was decided."""
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[int] = mapped_column(sa.Integer, default=0)
    """How many times we wrote that it is still open."""
    next_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The date the last of those letters named."""

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="clocks_person", ondelete="SET NULL"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="clocks_decision", ondelete="SET NULL"))

    @declared_attr
    def application_id(cls) -> Mapped[Any | None]:
        return cls.host_key("application", on="clocks_application", ondelete="SET NULL")
