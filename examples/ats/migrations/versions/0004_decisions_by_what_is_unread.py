"""Decisions by what is unread.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 15:45:00
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("talentpool_decisions_unread_ix"), ["state", "completed_at", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_decisions_unread_ix"))
