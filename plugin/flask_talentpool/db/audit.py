"""Who did what, when, to which of our rows: by ids and the name of who acted, never a name of a candidate."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, constraint_name


class AuditMixin(Table):
    """One act of a person or of the software itself."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("audit_pk")),
            sa.Index(constraint_name("audit_subject_ix"), "subject", "subject_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(160), default="")
    actor_name: Mapped[str | None] = mapped_column(sa.String(160))
    """What whoever acted was called then; None where nobody wrote it down."""
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    detail: Mapped[str] = mapped_column(sa.String(300), default="")
    data: Mapped[str | None] = mapped_column(sa.Text)
    """What undoing the act needs, as JSON: facts and ids; None where nothing is to be undone."""


class MarkMixin(Table):
    """A fact about this database as a whole: which scopes have their baseline, which statuses were seen."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (sa.PrimaryKeyConstraint("key", name=constraint_name("marks_pk")),)

    key: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[str] = mapped_column(sa.Text, default="")
