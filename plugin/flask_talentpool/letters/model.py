"""Tables of letters, attempts to deliver them, their links, texts, what comes back, and touches."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from flask_talentpool.db.tables import Table
from flask_talentpool.db.types import IntKey, UtcDateTime, Word, constraint_name
from flask_talentpool.enums import HoldReason, IncomingKind, LetterKind, LetterState

LETTER_TRANSITIONS: dict[LetterState, frozenset[LetterState]] = {
    LetterState.HELD: frozenset({LetterState.DUE, LetterState.CANCELLED}),
    LetterState.DUE: frozenset(
        {LetterState.SENDING, LetterState.HELD, LetterState.CANCELLED, LetterState.FAILED}
    ),
    LetterState.SENDING: frozenset(
        {LetterState.SENT, LetterState.DUE, LetterState.UNKNOWN, LetterState.FAILED}
    ),
    LetterState.UNKNOWN: frozenset({LetterState.SENT, LetterState.DUE}),
    LetterState.FAILED: frozenset({LetterState.DUE, LetterState.CANCELLED}),
    LetterState.SENT: frozenset(),
    LetterState.CANCELLED: frozenset(),
}
"""Which state a letter may go to. Only a person takes a letter out of ``unknown`` or ``failed``."""


class LetterMixin(Table):
    """One letter: its frozen text, where it goes, and where it stands.

    ``(kind, occasion)`` is unique: for one occasion there is one letter, whoever asks for it.
    The text holds placeholders where personal links belong; the links are made at hand-over,
    so that nobody who reads this table can use them.
    """

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("letters_pk")),
            sa.UniqueConstraint("kind", "occasion", name=constraint_name("letters_occasion_uq")),
            sa.Index(constraint_name("letters_queue_ix"), "state", "due_at"),
            sa.Index(constraint_name("letters_sent_ix"), "sent_at"),
            sa.Index(constraint_name("letters_last_day_ix"), "state", "last_day_at"),
            sa.Index(constraint_name("letters_message_ix"), "message_id"),
            sa.Index(constraint_name("letters_clock_ix"), "clock_id"),
            sa.Index(constraint_name("letters_person_ix"), "person_id"),
            sa.Index(constraint_name("letters_decision_ix"), "decision_id"),
            sa.Index(constraint_name("letters_with_ix"), "with_letter_id"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to letters about decisions and answer clocks on one owner's jobs."""
        clock = cls.__host__.metadata.tables[cls.qualified("clocks")].alias()
        theirs = sa.select(clock.c.id).where(clock.c.owner_key == owner_key)
        by_decision = cls.decision_id.in_(cls.decisions_of(owner_key, "id"))
        return statement.where(sa.or_(by_decision, cls.clock_id.in_(theirs)))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    occasion: Mapped[str] = mapped_column(sa.String(160))
    state: Mapped[LetterState] = mapped_column(Word(LetterState))

    to_name: Mapped[str] = mapped_column(sa.String(400), default="")
    to_address: Mapped[str] = mapped_column(sa.String(320), default="")
    from_name: Mapped[str] = mapped_column(sa.String(200), default="")
    from_address: Mapped[str] = mapped_column(sa.String(320), default="")
    reply_to: Mapped[str] = mapped_column(sa.String(400), default="")
    signed_by: Mapped[str | None] = mapped_column(sa.String(200))
    """Who signs it, as it says so; empty for letters to colleagues, and for those of an earlier version."""
    subject: Mapped[str] = mapped_column(sa.String(400), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(16), default="en")
    message_id: Mapped[str] = mapped_column(sa.String(250), default="")
    follows: Mapped[str] = mapped_column(sa.String(250), default="")
    """The Message-ID of the letter this one follows."""
    text_name: Mapped[str] = mapped_column(sa.String(120), default="")
    """Which text it was written from, such as ``outcome/finalist.open``, and in which version."""
    text_version: Mapped[str] = mapped_column(sa.String(40), default="")

    because: Mapped[str] = mapped_column(Word(HoldReason, 40), default="")
    """Why it is held, cancelled or failed: a code of :class:`~flask_talentpool.enums.HoldReason`."""
    detail: Mapped[str] = mapped_column(sa.String(400), default="")
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a held letter is looked at again; empty: at each sync."""
    last_day_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last day begins by which a person resolves what holds an outcome letter; empty where there is none."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    composed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(sa.String(160), default="")
    gives_reason: Mapped[str | None] = mapped_column(sa.String(40))
    """The code of the host's own reason, where the letter gives it by itself: asked again before it goes."""
    despite: Mapped[str | None] = mapped_column(sa.Text)
    """What of the whole person somebody saw and let it go past all the same, a reason and an application a line."""
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    claimed_by: Mapped[str] = mapped_column(sa.String(80), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="letters_person", ondelete="SET NULL"))

    @declared_attr
    def decision_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("decisions", on="letters_decision", ondelete="SET NULL"))

    @declared_attr
    def recall_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("recalls", on="letters_recall", ondelete="SET NULL"))

    @declared_attr
    def clock_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("clocks", on="letters_clock", ondelete="SET NULL"))

    @declared_attr
    def with_letter_id(cls) -> Mapped[int | None]:
        """The letter that tells what this one would, and goes for both: see ``decisions.outcome.together``."""
        return mapped_column(IntKey, cls.own_fk("letters", on="letters_with", ondelete="SET NULL"))

    @declared_attr
    def member_id(cls) -> Mapped[int | None]:
        """The place in a pool that this letter offers."""
        return mapped_column(IntKey, cls.own_fk("members", on="letters_member", ondelete="SET NULL"))


class LetterAttemptMixin(Table):
    """One attempt to hand a letter over, and what the server answered."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("letter_attempts_pk")),
            sa.Index(constraint_name("letter_attempts_letter_ix"), "letter_id"),
            sa.Index(constraint_name("letter_attempts_server_ix"), "server_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    result: Mapped[str] = mapped_column(sa.String(24))
    reply: Mapped[str] = mapped_column(sa.String(400), default="")
    server: Mapped[str] = mapped_column(sa.String(200), default="")
    server_id: Mapped[str | None] = mapped_column(sa.String(120))
    """What the server that took the letter calls it; some services write it over the Message-ID."""

    @declared_attr
    def letter_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("letters", on="letter_attempts_letter", ondelete="CASCADE"))


class LinkMixin(Table):
    """A candidate's link: the hash of its token, what it is for, and until when it opens."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("links_pk")),
            sa.UniqueConstraint("token_hash", name=constraint_name("links_token_uq")),
            sa.Index(constraint_name("links_person_ix"), "person_id"),
            sa.Index(constraint_name("links_letter_ix"), "letter_id"),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(24))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="links_person", ondelete="CASCADE"))

    @declared_attr
    def letter_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("letters", on="links_letter", ondelete="CASCADE"))


class TouchMixin(Table):
    """Any contact with a person, in either direction, by any channel."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("touches_pk")),
            sa.Index(constraint_name("touches_person_ix"), "person_id", "at"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to contacts by a letter about a decision on one owner's jobs."""
        letter = cls.__host__.metadata.tables[cls.qualified("letters")].alias()
        theirs = letter.c.decision_id.in_(cls.decisions_of(owner_key, "id"))
        return statement.where(cls.letter_id.in_(sa.select(letter.c.id).where(theirs)))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    direction: Mapped[str] = mapped_column(sa.String(24), default="out")
    channel: Mapped[str] = mapped_column(sa.String(24), default="mail")
    what: Mapped[str] = mapped_column(sa.String(200), default="")
    by: Mapped[str] = mapped_column(sa.String(160), default="")

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        return mapped_column(IntKey, cls.own_fk("people", on="touches_person", ondelete="CASCADE"))

    @declared_attr
    def letter_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("letters", on="touches_letter", ondelete="SET NULL"))


class TextEditionMixin(Table):
    """One version of a letter's text as somebody edited it; the packaged text is version 0."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("templates_pk")),
            sa.UniqueConstraint(
                "scope",
                "language",
                "name",
                "version",
                name=constraint_name("templates_version_uq"),
            ),
        )

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    language: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(120))
    version: Mapped[int] = mapped_column(sa.Integer)
    source: Mapped[str] = mapped_column(sa.Text, default="")
    """Empty: from this version on the packaged text is used again."""
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(sa.String(160), default="")
    by_name: Mapped[str] = mapped_column(sa.String(160), default="")


class IncomingMixin(Table):
    """A mail that came back: a reply, a thank-you note, a delivery report."""

    @classmethod
    def constraints(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (
            sa.PrimaryKeyConstraint("id", name=constraint_name("incoming_pk")),
            sa.UniqueConstraint("fingerprint", name=constraint_name("incoming_fingerprint_uq")),
            sa.Index(constraint_name("incoming_person_ix"), "person_id"),
            sa.Index(constraint_name("incoming_unread_ix"), "read_at", "received_at"),
            sa.Index(constraint_name("incoming_letter_ix"), "letter_id"),
        )

    @classmethod
    def visible_to_owner(cls, statement: sa.Select[Any], owner_key: str) -> sa.Select[Any]:
        """Narrow to what answers a letter about a decision on one owner's jobs."""
        letter = cls.__host__.metadata.tables[cls.qualified("letters")].alias()
        theirs = letter.c.decision_id.in_(cls.decisions_of(owner_key, "id"))
        return statement.where(cls.letter_id.in_(sa.select(letter.c.id).where(theirs)))

    id: Mapped[int] = mapped_column(IntKey, autoincrement=True)
    scope: Mapped[str] = mapped_column(sa.String(80), default="")
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    """Of its Message-ID, else of its bytes: the same mail received twice is one."""
    kind: Mapped[IncomingKind] = mapped_column(Word(IncomingKind))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_name: Mapped[str] = mapped_column(sa.String(400), default="")
    from_address: Mapped[str] = mapped_column(sa.String(320), default="")
    subject: Mapped[str] = mapped_column(sa.String(400), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    message_id: Mapped[str] = mapped_column(sa.String(250), default="")
    status: Mapped[str] = mapped_column(sa.String(40), default="")
    """A delivery report's status code, such as 5.1.1."""
    is_urgent: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    urgent_because: Mapped[str] = mapped_column(sa.String(24), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_by: Mapped[str] = mapped_column(sa.String(160), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody answered it, from their own mailbox."""

    @declared_attr
    def person_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("people", on="incoming_person", ondelete="SET NULL"))

    @declared_attr
    def letter_id(cls) -> Mapped[int | None]:
        return mapped_column(IntKey, cls.own_fk("letters", on="incoming_letter", ondelete="SET NULL"))
