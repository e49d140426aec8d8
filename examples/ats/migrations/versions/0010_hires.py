"""Hires.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28 19:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talentpool_hires",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("owner_key", sa.String(length=160), nullable=False),
        sa.Column("job_label", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=160), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["talentpool_decisions.id"],
            name=op.f("talentpool_hires_decision_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("talentpool_hires_pk")),
        sa.UniqueConstraint("decision_id", name=op.f("talentpool_hires_decision_uq")),
    )
    with op.batch_alter_table("talentpool_hires", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_hires_due_ix"), ["ask_at"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_hires_ends_ix"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_hires_owner_ix"), ["owner_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("talentpool_hires", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_hires_owner_ix"))
        batch_op.drop_index(batch_op.f("talentpool_hires_ends_ix"))
        batch_op.drop_index(batch_op.f("talentpool_hires_due_ix"))

    op.drop_table("talentpool_hires")
