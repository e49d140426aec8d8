"""Who signs a letter, and why what was told no longer holds.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 15:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrected_why", sa.Text(), nullable=True))

    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_by", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.drop_column("signed_by")

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.drop_column("corrected_why")
