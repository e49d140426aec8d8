"""What a seeded Harbour lived through in the last months, put back so that it can be lived through again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update

from flask_talentpool.letters.delivery.transports import EmlTransport, HandOver, HandOverResult

from .extensions import db
from .models import LIVE, Application


@dataclass(frozen=True, slots=True)
class Past:
    """A decision of the last months, to be made again in its time."""

    application: int
    status: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview of the last months, to be held again in its time."""

    application: int
    stage: str
    at: datetime


class Letterbox:
    """Hands letters to the mailbox folder, with the mishaps that real servers have."""

    def __init__(self, folder: str) -> None:
        self.to_folder = EmlTransport(Path(folder))
        self.count = 0

    def open(self) -> None:
        self.to_folder.open()

    def close(self) -> None:
        self.to_folder.close()

    def describe(self) -> str:
        return "the demo's mailbox"

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.count += 1
        if self.count == 31:  # noqa: PLR2004 (any one letter)
            return HandOver(
                HandOverResult.FAILED, "550 5.1.1 <address>: no such mailbox", "mail.fernhill.example"
            )
        if self.count == 47:  # noqa: PLR2004 (any other)
            self.to_folder.hand_over(mail_from, rcpt_to, data)
            return HandOver(
                HandOverResult.UNKNOWN,
                "the server took the letter and never answered",
                "mail.fernhill.example",
            )
        return self.to_folder.hand_over(mail_from, rcpt_to, data)


def set_back(start: datetime) -> list[Past]:
    """Put the decisions made since ``start`` back to undecided, and return them in order of time."""
    rows = db.session.execute(
        select(Application.id, Application.status, Application.reason, Application.decided_at)
        .where(Application.decided_at > start, Application.status.not_in(LIVE))
        .order_by(Application.decided_at, Application.id)
    ).all()
    past = [Past(row.id, row.status, row.reason, row.decided_at) for row in rows]
    db.session.execute(
        update(Application)
        .where(Application.id.in_([decision.application for decision in past]))
        .values(status="in_progress", reason=None, decided_at=None)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return past


def before_interviews(start: datetime) -> list[Interview]:
    """Put everybody interviewed since ``start`` back to screening, and return the interviews in order of time."""
    rows = db.session.execute(
        select(Application.id, Application.stage, Application.interviewed_at)
        .where(Application.interviewed_at > start)
        .order_by(Application.interviewed_at, Application.id)
    ).all()
    interviews = [Interview(row.id, row.stage, row.interviewed_at) for row in rows]
    db.session.execute(
        update(Application)
        .where(Application.id.in_([interview.application for interview in interviews]))
        .values(stage="screen", interviewed_at=None)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return interviews
