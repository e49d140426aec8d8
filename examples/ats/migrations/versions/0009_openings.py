"""Openings.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-28 18:54:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talentpool_seen_jobs",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("job_key", sa.String(length=80), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("talentpool_seen_jobs_job_fk"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("talentpool_seen_jobs_pk")),
        sa.UniqueConstraint("job_id", "scope", name=op.f("talentpool_seen_jobs_job_uq")),
    )
    with op.batch_alter_table("talentpool_seen_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_seen_jobs_job_key_ix"), ["job_key"], unique=False)

    op.create_table(
        "talentpool_openings",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("occasion", sa.String(length=160), nullable=False),
        sa.Column("job_key", sa.String(length=80), nullable=False),
        sa.Column("job_label", sa.String(length=300), nullable=False),
        sa.Column("owner_key", sa.String(length=160), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_filled", sa.Boolean(), nullable=False),
        sa.Column("told_in", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=160), nullable=False),
        sa.Column("settled_by_name", sa.String(length=160), nullable=False),
        sa.Column("settled_why", sa.String(length=24), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["talentpool_decisions.id"],
            name=op.f("talentpool_openings_decision_fk"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("talentpool_openings_job_fk"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("talentpool_openings_pk")),
        sa.UniqueConstraint("occasion", name=op.f("talentpool_openings_occasion_uq")),
    )
    with op.batch_alter_table("talentpool_openings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("talentpool_openings_decision_id_fx"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_openings_job_id_fx"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_openings_job_key_ix"), ["job_key"], unique=False)
        batch_op.create_index(batch_op.f("talentpool_openings_owner_ix"), ["owner_key"], unique=False)
        batch_op.create_index(
            batch_op.f("talentpool_openings_unsettled_ix"), ["settled_at", "noticed_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("talentpool_openings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_openings_unsettled_ix"))
        batch_op.drop_index(batch_op.f("talentpool_openings_owner_ix"))
        batch_op.drop_index(batch_op.f("talentpool_openings_job_key_ix"))
        batch_op.drop_index(batch_op.f("talentpool_openings_job_id_fx"))
        batch_op.drop_index(batch_op.f("talentpool_openings_decision_id_fx"))

    op.drop_table("talentpool_openings")
    with op.batch_alter_table("talentpool_seen_jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("talentpool_seen_jobs_job_key_ix"))

    op.drop_table("talentpool_seen_jobs")
