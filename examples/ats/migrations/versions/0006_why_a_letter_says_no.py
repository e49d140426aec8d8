"""Who chose the reason of a decision, and which reason of the host's a letter gives by itself.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 15:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason_by", sa.String(length=160), nullable=True))

    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gives_reason", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.drop_column("gives_reason")

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.drop_column("reason_by")
