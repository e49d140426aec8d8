"""The tables of openings, of jobs as they were last seen, and of hires that the watch asks about."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import HireState, OpeningKind


class OpeningMixin(Table):
    """One reason to look at the bench of a job again. It names nobody.

    ``occasion`` says what it is of and is unique, so that nothing is announced twice.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("openings_pk")),
            sa.UniqueConstraint("occasion", name=constraint_name("openings_occasion_uq")),
            sa.Index(constraint_name("openings_unsettled_ix"), "settled_at", "noticed_at"),
            sa.Index(constraint_name("openings_job_key_ix"), "job_key"),
            sa.Index(constraint_name("openings_owner_ix"), "owner_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    kind: Mapped[OpeningKind] = mapped_column(Word(OpeningKind))
    occasion: Mapped[str] = mapped_column(sa.String(160))
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    owner_key: Mapped[str] = mapped_column(sa.String(160), default="")
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    was_filled: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    """Whether somebody had been hired; only then the owner of the job is written to."""
    told_in: Mapped[int | None] = mapped_column(IntKey)
    """The first opening of the mail that names this one; 0 where there was nobody to write to."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(sa.String(160), default="")
    settled_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    settled_why: Mapped[str] = mapped_column(sa.String(24), default="")

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="openings_decision", ondelete="SET NULL"))

    @declared_attr
    def job_id(cls) -> Mapped[Any | None]:
        return cls.host_key("job", on="openings_job", ondelete="SET NULL")


class SeenJobMixin(Table):
    """Whether a job that somebody came close for was open when it was last looked at."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("seen_jobs_pk")),
            sa.UniqueConstraint("job_id", "scope", name=constraint_name("seen_jobs_job_uq")),
            sa.Index(constraint_name("seen_jobs_job_key_ix"), "job_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    is_open: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=False))
    """None where nobody has looked yet, or the host does not say."""
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was first seen so."""

    @declared_attr
    def job_id(cls) -> Mapped[Any | None]:
        return cls.host_key("job", on="seen_jobs_job", ondelete="SET NULL")


class HireMixin(Table):
    """One hire while the watch asks about it; erased soon after probation. Who it is says the decision alone."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("hires_pk")),
            sa.UniqueConstraint("decision_id", name=constraint_name("hires_decision_uq")),
            sa.Index(constraint_name("hires_due_ix"), "ask_at"),
            sa.Index(constraint_name("hires_ends_ix"), "ends_at"),
            sa.Index(constraint_name("hires_owner_ix"), "owner_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    owner_key: Mapped[str] = mapped_column(sa.String(160), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[HireState] = mapped_column(Word(HireState), default=HireState.WATCHED)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The end of probation."""
    step: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Which question is next; the first is whether they have started, the others whether the job is still filled."""
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When; None where none is left."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(sa.String(160), default="")

    @declared_attr
    def decision_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="hires_decision", ondelete="CASCADE"))
