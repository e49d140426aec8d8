"""What a mail server calls a letter that it took.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 16:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_letter_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("server_id", sa.String(length=120), nullable=True))
        batch_op.create_index(batch_op.f("talentpool_letter_attempts_server_ix"), ["server_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("talentpool_letter_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_letter_attempts_server_ix"))
        batch_op.drop_column("server_id")
