"""Asking people back one at a time, by letter or by phone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn_for", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("open_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_by_phone", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_enquiry", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("ask_after", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("said", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("invited_by_address", sa.String(length=320), server_default="", nullable=False)
        )
        batch_op.create_unique_constraint(batch_op.f("talentpool_recalls_turn_uq"), ["turn_for"])
        batch_op.create_index(batch_op.f("talentpool_recalls_state_ix"), ["state", "answer_by"])


def downgrade() -> None:
    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_recalls_state_ix"))
        batch_op.drop_constraint(batch_op.f("talentpool_recalls_turn_uq"), type_="unique")
        batch_op.drop_column("invited_by_address")
        batch_op.drop_column("said")
        batch_op.drop_column("ask_after")
        batch_op.drop_column("is_enquiry")
        batch_op.drop_column("is_by_phone")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("sent_at")
        batch_op.drop_column("open_until")
        batch_op.drop_column("turn_for")
