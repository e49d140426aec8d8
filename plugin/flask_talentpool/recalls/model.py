"""Table of recalls: one invitation back into a live process for one job."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import Basis, RecallState

RECALL_TRANSITIONS: dict[RecallState, frozenset[RecallState]] = {
    RecallState.INVITED: frozenset(
        {
            RecallState.ACCEPTED,
            RecallState.DECLINED,
            RecallState.NOT_NOW,
            RecallState.NO_ANSWER,
            RecallState.CLOSED,
        }
    ),
    RecallState.ACCEPTED: frozenset({RecallState.OPENED, RecallState.CLOSED}),
    RecallState.NOT_NOW: frozenset({RecallState.ACCEPTED, RecallState.DECLINED, RecallState.CLOSED}),
    RecallState.OPENED: frozenset({RecallState.HIRED, RecallState.RELEASED}),
    RecallState.HIRED: frozenset({RecallState.RELEASED}),
    RecallState.RELEASED: frozenset({RecallState.HIRED}),
    RecallState.NO_ANSWER: frozenset({RecallState.ACCEPTED, RecallState.DECLINED, RecallState.NOT_NOW}),
    RecallState.DECLINED: frozenset(),
    RecallState.CLOSED: frozenset(),
}
"""Which state a recall may go to. ``not_now`` may still become a yes while the link is open, and so may a late answer."""

LONGEST_SAID = 300


class RecallMixin(Table):
    """An invitation back.

    ``live_for`` is ``<job>:<person>`` while it stands, and unique; ``turn_for`` is ``<job>`` while this person is the
    one who is asked, or ``<job>:<number>`` while they are one of several, and unique as well.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("recalls_pk")),
            sa.UniqueConstraint("live_for", name=constraint_name("recalls_live_uq")),
            sa.UniqueConstraint("turn_for", name=constraint_name("recalls_turn_uq")),
            sa.Index(constraint_name("recalls_state_ix"), "state", "answer_by"),
            sa.Index(constraint_name("recalls_job_ix"), "scope", "job_key"),
            sa.Index(constraint_name("recalls_person_ix"), "person_id"),
            sa.Index(constraint_name("recalls_job_key_ix"), "job_key"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to recalls that rest on decisions on one owner's jobs."""
        return statement.where(cls.decision_id.in_(cls.decisions_of(owner_key, "id")))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    state: Mapped[RecallState] = mapped_column(Word(RecallState))
    live_for: Mapped[str | None] = mapped_column(sa.String(200))
    turn_for: Mapped[str | None] = mapped_column(sa.String(200))
    job_key: Mapped[str] = mapped_column(sa.String(80), default="")
    job_label: Mapped[str] = mapped_column(sa.String(300), default="")
    candidate_key: Mapped[str] = mapped_column(sa.String(80), default="")
    basis: Mapped[Basis] = mapped_column(Word(Basis))
    """What it rests on: ``application`` (the same job's bench) or ``membership``."""
    invited_by: Mapped[str] = mapped_column(sa.String(160), default="")
    invited_by_name: Mapped[str] = mapped_column(sa.String(160), default="")
    invited_by_address: Mapped[str] = mapped_column(sa.String(320), server_default="", default="")
    line: Mapped[str] = mapped_column(sa.String(600), default="")
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    """By when the person is asked to answer; from then on the next one may be invited."""
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when an answer is waited for. None on invitations from before this was told apart from ``answer_by``."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the letter went; None on the phone, and while it has not."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_by_phone: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=False), server_default=sa.false(), default=False
    )
    """Whether somebody rang, and no letter was written."""
    is_enquiry: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=False), server_default=sa.false(), default=False
    )
    """Whether it asks about another job than the decision's: several may be asked, and a yes opens nothing by itself."""
    ask_after: Mapped[date | None] = mapped_column(sa.Date)
    """Of a “not now”: the person asked not to be asked again before this day."""
    said: Mapped[str] = mapped_column(sa.String(LONGEST_SAID), server_default="", default="")
    """What the person added to the answer, as they or whoever rang wrote it; read, never counted or sorted by."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody saw that the person said yes."""
    attention: Mapped[str] = mapped_column(sa.String(300), default="")
    """What a person has to do by hand, when the host could not open the process."""
    application_key: Mapped[str] = mapped_column(sa.String(80), default="")

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="recalls_person", ondelete="SET NULL"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        """The earlier decision that put this person on the bench."""
        return mapped_column(IntKey, cls.own_fk("decisions", on="recalls_decision", ondelete="SET NULL"))

    @declared_attr
    def candidate_id(cls) -> Mapped[Any | None]:
        return cls.host_key("candidate", on="recalls_candidate", ondelete="SET NULL")

    @declared_attr
    def job_id(cls) -> Mapped[Any | None]:
        return cls.host_key("job", on="recalls_job", ondelete="SET NULL")

    @declared_attr
    def application_id(cls) -> Mapped[Any | None]:
        """The new application the host opened."""
        return cls.host_key("application", on="recalls_application", ondelete="SET NULL")
