"""What the talent pool keeps since.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 13:06:20.747311
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talentpool_audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("data", sa.Text(), nullable=True))

    with op.batch_alter_table("talentpool_bulk_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_bulk_items_letter_id_fx"), ["letter_id"], unique=False)

    with op.batch_alter_table("talentpool_candidate_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("question", sa.String(length=12), nullable=True))
        batch_op.create_index(
            batch_op.f("talentpool_candidate_links_key_ix"), ["candidate_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("talentpool_candidate_links_question_ix"), ["question"], unique=False
        )

    with op.batch_alter_table("talentpool_clocks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("talentpool_clocks_application_id_fx"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("talentpool_clocks_decision_id_fx"), ["decision_id"], unique=False)

    with op.batch_alter_table("talentpool_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_consents_member_id_fx"), ["member_id"], unique=False)

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_decisions_job_id_fx"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_decisions_job_key_ix"), ["job_key"], unique=False)

    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_day_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("despite", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("with_letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("talentpool_letters_last_day_ix"), ["state", "last_day_at"], unique=False
        )
        batch_op.create_index(batch_op.f("talentpool_letters_member_id_fx"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_letters_recall_id_fx"), ["recall_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_letters_with_ix"), ["with_letter_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("talentpool_letters_with_fk"),
            "talentpool_letters",
            ["with_letter_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("talentpool_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_members_decision_id_fx"), ["decision_id"], unique=False)

    with op.batch_alter_table("talentpool_people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address_key", sa.String(length=320), nullable=True))
        batch_op.create_index(
            batch_op.f("talentpool_people_address_ix"), ["scope", "address_key"], unique=False
        )

    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("talentpool_recalls_application_id_fx"), ["application_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("talentpool_recalls_candidate_id_fx"), ["candidate_id"], unique=False
        )
        batch_op.create_index(batch_op.f("talentpool_recalls_decision_id_fx"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_recalls_job_id_fx"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_recalls_job_key_ix"), ["job_key"], unique=False)

    with op.batch_alter_table("talentpool_touches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_touches_letter_id_fx"), ["letter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("talentpool_touches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_touches_letter_id_fx"))

    with op.batch_alter_table("talentpool_recalls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_recalls_job_key_ix"))
        batch_op.drop_index(batch_op.f("talentpool_recalls_job_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_recalls_decision_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_recalls_candidate_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_recalls_application_id_fx"))

    with op.batch_alter_table("talentpool_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_people_address_ix"))
        batch_op.drop_column("address_key")

    with op.batch_alter_table("talentpool_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_members_decision_id_fx"))

    with op.batch_alter_table("talentpool_letters", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("talentpool_letters_with_fk"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("talentpool_letters_with_ix"))
        batch_op.drop_index(batch_op.f("talentpool_letters_recall_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_letters_member_id_fx"))
        batch_op.drop_column("with_letter_id")
        batch_op.drop_index(batch_op.f("talentpool_letters_last_day_ix"))
        batch_op.drop_column("last_day_at")
        batch_op.drop_column("despite")

    with op.batch_alter_table("talentpool_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_decisions_job_key_ix"))
        batch_op.drop_index(batch_op.f("talentpool_decisions_job_id_fx"))

    with op.batch_alter_table("talentpool_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_consents_member_id_fx"))

    with op.batch_alter_table("talentpool_clocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_clocks_decision_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_clocks_application_id_fx"))
        batch_op.drop_column("offered_at")

    with op.batch_alter_table("talentpool_candidate_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_candidate_links_question_ix"))
        batch_op.drop_index(batch_op.f("talentpool_candidate_links_key_ix"))
        batch_op.drop_column("question")

    with op.batch_alter_table("talentpool_bulk_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_bulk_items_letter_id_fx"))

    with op.batch_alter_table("talentpool_audit", schema=None) as batch_op:
        batch_op.drop_column("data")
