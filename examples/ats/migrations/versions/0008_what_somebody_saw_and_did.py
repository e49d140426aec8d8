"""What somebody saw and did.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-28 16:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor_name", sa.String(length=160), nullable=True))

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finish_for", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("talentpool_decisions_finish_uq"), ["finish_for"])

    with op.batch_alter_table("talentpool_incoming", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.drop_column("seen_at")

    with op.batch_alter_table("talentpool_incoming", schema=None) as batch_op:
        batch_op.drop_column("answered_at")

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("talentpool_decisions_finish_uq"), type_="unique")
        batch_op.drop_column("corrected_at")
        batch_op.drop_column("finish_for")

    with op.batch_alter_table("talentpool_audit", schema=None) as batch_op:
        batch_op.drop_column("actor_name")
