"""Table of decisions: the outcome of one application, and whether the person has been told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import (
    DecisionState,
    Door,
    HoldReason,
    Outcome,
    StageReached,
)

DECISION_TRANSITIONS: dict[DecisionState, frozenset[DecisionState]] = {
    DecisionState.LIVE: frozenset(
        {DecisionState.BASELINE, DecisionState.TAKEN_BACK, DecisionState.SUPERSEDED, DecisionState.FORGOTTEN}
    ),
    DecisionState.BASELINE: frozenset(
        {DecisionState.TAKEN_BACK, DecisionState.SUPERSEDED, DecisionState.FORGOTTEN}
    ),
    DecisionState.TAKEN_BACK: frozenset({DecisionState.FORGOTTEN}),
    DecisionState.SUPERSEDED: frozenset({DecisionState.FORGOTTEN}),
    DecisionState.FORGOTTEN: frozenset(),
}
"""Which state a decision may go to. A new outcome is always a new row."""


class DecisionMixin(Table):
    """The outcome of one application.

    ``live_for`` holds the application's key while the decision stands and is empty afterwards;
    being unique, it is what keeps an application to one live decision on every database.
    ``suppressed_for`` holds it after somebody took the decision back here while the host still says
    so: until the host says something else, no new decision is made of the same word.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("decisions_pk")),
            sa.UniqueConstraint("live_for", name=constraint_name("decisions_live_uq")),
            sa.UniqueConstraint("finish_for", name=constraint_name("decisions_finish_uq")),
            sa.UniqueConstraint("suppressed_for", name=constraint_name("decisions_quiet_uq")),
            sa.Index(constraint_name("decisions_application_ix"), "application_id"),
            sa.Index(constraint_name("decisions_application_key_ix"), "application_key"),
            sa.Index(constraint_name("decisions_person_ix"), "person_id"),
            sa.Index(constraint_name("decisions_job_ix"), "scope", "job_key", "outcome"),
            sa.Index(constraint_name("decisions_job_key_ix"), "job_key"),
            sa.Index(constraint_name("decisions_state_ix"), "state", "outcome", "told_at"),
            sa.Index(constraint_name("decisions_unread_ix"), "state", "completed_at", "id"),
            sa.Index(constraint_name("decisions_owner_ix"), "owner_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    application_key: Mapped[str] = mapped_column(sa.String(80))
    candidate_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    live_for: Mapped[str | None] = mapped_column(sa.String(80))
    suppressed_for: Mapped[str | None] = mapped_column("quiet_for", sa.String(80), key="suppressed_for")

    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    state: Mapped[DecisionState] = mapped_column(Word(DecisionState))
    never_pool: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    stage_reached: Mapped[StageReached] = mapped_column(Word(StageReached), default=StageReached.APPLIED)
    finish: Mapped[int | None] = mapped_column(sa.Integer)
    """Place among those who came as far: 1 is the person hired, 2 the runner-up."""
    finish_of: Mapped[int | None] = mapped_column(sa.Integer)
    """Among how many."""
    finish_for: Mapped[str | None] = mapped_column(sa.String(200))
    """Which place of which job it is while the decision stands, so that nobody else has it."""
    stage_by: Mapped[str] = mapped_column(sa.String(160), default="")
    """Who said how far it came; empty where the host did."""
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """The host's own words; in a letter only where they mean a reason that may be shared."""
    reason_code: Mapped[str] = mapped_column(sa.String(40), default="")
    """One of ``TALENTPOOL_REASONS``, where a person chose one."""
    reason_by: Mapped[str | None] = mapped_column(sa.String(160))
    """Who chose it, or said that none is given."""
    reason_detail: Mapped[str] = mapped_column(sa.String(300), default="")
    """Which stated requirement."""
    door: Mapped[Door] = mapped_column(Word(Door), default=Door.UNLATCHED)
    door_by: Mapped[str] = mapped_column(sa.String(160), default="")
    door_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    line: Mapped[str] = mapped_column(sa.String(600), default="")
    line_by: Mapped[str] = mapped_column(sa.String(160), default="")
    line_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    line_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a person wrote the line, or said that there is none."""
    feedback: Mapped[str] = mapped_column(sa.Text, default="")
    """What may be shared: what was seen, against which stated requirement."""
    feedback_by: Mapped[str] = mapped_column(sa.String(160), default="")
    feedback_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    feedback_read_by: Mapped[str] = mapped_column(sa.String(160), default="")
    """The second reader, where one is asked for."""
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """Private; the person can ask to read it."""
    note_by: Mapped[str] = mapped_column(sa.String(160), default="")
    note_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    needs_review: Mapped[str] = mapped_column(Word(HoldReason, 40), default="")
    """Why the letter waits for a person whatever the mode: told before, noticed late, …"""

    owner_key: Mapped[str] = mapped_column(sa.String(160), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(160), default="")
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    interviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the facts were read from the host and the person was linked."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by: Mapped[str] = mapped_column(sa.String(24), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(sa.String(160), default="")
    ended_why: Mapped[str] = mapped_column(sa.String(600), default="")
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody told the person without a letter that it no longer holds."""
    """Why a decision that the person was told of was taken back."""
    corrected_why: Mapped[str | None] = mapped_column(sa.Text)
    """What the letter that corrects it says of that."""

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="decisions_person", ondelete="SET NULL"))

    @declared_attr
    def application_id(cls) -> Mapped[Any | None]:
        return cls.host_key("application", on="decisions_application", ondelete="SET NULL")

    @declared_attr
    def job_id(cls) -> Mapped[Any | None]:
        return cls.host_key("job", on="decisions_job", ondelete="SET NULL")
