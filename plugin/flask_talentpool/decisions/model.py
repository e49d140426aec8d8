"""Table of decisions: the outcome of one application, and whether the person has been told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, constraint_name, enum_column
from flask_talentpool.enums import DecisionState

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
            sa.UniqueConstraint("suppressed_for", name=constraint_name("decisions_quiet_uq")),
            sa.Index(constraint_name("decisions_application_ix"), "application_id"),
            sa.Index(constraint_name("decisions_application_key_ix"), "application_key"),
            sa.Index(constraint_name("decisions_person_ix"), "person_id"),
            sa.Index(constraint_name("decisions_job_ix"), "scope", "job_key", "outcome"),
            sa.Index(constraint_name("decisions_state_ix"), "state", "outcome", "told_at"),
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

    outcome: Mapped[str] = mapped_column(enum_column())
    state: Mapped[str] = mapped_column(enum_column())
    never_pool: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    stage_reached: Mapped[str] = mapped_column(enum_column(), default="applied")
    finish: Mapped[int | None] = mapped_column(sa.Integer)
    """Place among those who came as far: 1 is the person hired, 2 the runner-up."""
    finish_of: Mapped[int | None] = mapped_column(sa.Integer)
    """Among how many."""
    stage_by: Mapped[str] = mapped_column(sa.String(160), default="")
    """Who said how far it came; empty where the host did."""
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """The host's own words; never in a letter."""
    reason_code: Mapped[str] = mapped_column(enum_column(40), default="")
    """One of ``TALENTPOOL_REASONS``, where a person chose one."""
    reason_detail: Mapped[str] = mapped_column(sa.String(300), default="")
    """Which stated requirement."""
    door: Mapped[str] = mapped_column(enum_column(), default="unlatched")
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
    needs_review: Mapped[str] = mapped_column(enum_column(40), default="")
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
    told_by: Mapped[str] = mapped_column(enum_column(), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(sa.String(160), default="")
    ended_why: Mapped[str] = mapped_column(sa.String(600), default="")
    """Why a decision that the person was told of was taken back."""

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="decisions_person", ondelete="SET NULL"))

    @declared_attr
    def application_id(cls) -> Mapped[Any | None]:
        return cls.host_key("application", on="decisions_application", ondelete="SET NULL")

    @declared_attr
    def job_id(cls) -> Mapped[Any | None]:
        return cls.host_key("job", on="decisions_job", ondelete="SET NULL")


class ClockMixin(Table):
    """The answer clock of one interviewed application: by when the person hears from us.

    One row for each application; it stands while the person has no answer, and `answered_at` ends it.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("clocks_pk")),
            sa.UniqueConstraint("application_key", name=constraint_name("clocks_application_uq")),
            sa.Index(constraint_name("clocks_waiting_ix"), "answered_at", "target_at"),
            sa.Index(constraint_name("clocks_job_ix"), "scope", "job_key"),
            sa.Index(constraint_name("clocks_person_ix"), "person_id"),
            sa.Index(constraint_name("clocks_owner_ix"), "owner_key"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    application_key: Mapped[str] = mapped_column(sa.String(80))
    candidate_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    name: Mapped[str] = mapped_column(sa.String(400), default="")
    stage_reached: Mapped[str] = mapped_column(enum_column(), default="interviewed")
    owner_key: Mapped[str] = mapped_column(sa.String(160), default="")
    owner_name: Mapped[str] = mapped_column(sa.String(160), default="")
    interviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The host's date, else the moment we noticed."""
    is_guessed: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    from_before: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    """Open at the first start: shown, and nothing goes by itself."""
    target_at: Mapped[datetime] = mapped_column(UtcDateTime)
    limit_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(enum_column(), default="")
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[int] = mapped_column(sa.Integer, default=0)
    """How many times we wrote that it is still open."""
    next_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The date the last of those letters named."""

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="clocks_person", ondelete="SET NULL"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="clocks_decision", ondelete="SET NULL"))

    @declared_attr
    def application_id(cls) -> Mapped[Any | None]:
        return cls.host_key("application", on="clocks_application", ondelete="SET NULL")


class BulkMixin(Table):
    """One act on many decisions, done by the worker: what was asked for, and how far it came."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("bulks_pk")),
            sa.UniqueConstraint("token", name=constraint_name("bulks_token_uq")),
            sa.Index(constraint_name("bulks_state_ix"), "state"),
            sa.Index(constraint_name("bulks_by_ix"), "by", "created_at"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    token: Mapped[str] = mapped_column(sa.String(64))
    """Made with the form: posting it twice is one act."""
    act: Mapped[str] = mapped_column(enum_column())
    label: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[str] = mapped_column(enum_column())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(sa.String(160), default="")
    by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    choices: Mapped[str] = mapped_column(sa.Text, default="{}")
    """What is set for all of them, as JSON."""
    total: Mapped[int] = mapped_column(sa.Integer, default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str] = mapped_column(sa.String(80), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BulkItemMixin(Table):
    """One decision among many."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("bulk_items_pk")),
            sa.UniqueConstraint("bulk_id", "application_key", name=constraint_name("bulk_items_uq")),
            sa.Index(constraint_name("bulk_items_state_ix"), "bulk_id", "state", "id"),
            sa.Index(constraint_name("bulk_items_decision_ix"), "decision_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    application_key: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(enum_column())
    because: Mapped[str] = mapped_column(enum_column(40), default="")
    detail: Mapped[str] = mapped_column(sa.String(400), default="")
    notice: Mapped[str] = mapped_column(sa.String(400), default="")
    """Something to know first: a live application, an offer, a letter in the last days."""
    choices: Mapped[str] = mapped_column(sa.Text, default="")
    """What is set for this one alone, as JSON."""
    before: Mapped[str] = mapped_column(sa.Text, default="")
    """What was there before, as JSON; undoing puts it back."""

    @declared_attr
    def bulk_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("bulks", on="bulk_items_bulk", ondelete="CASCADE"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="bulk_items_decision", ondelete="SET NULL"))

    @declared_attr
    def letter_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("letters", on="bulk_items_letter", ondelete="SET NULL"))
