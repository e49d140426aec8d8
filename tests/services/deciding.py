"""An agency with a clock that waits for a personal line, as the tests of deciding and telling use it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import ClassVar

import sqlalchemy as sa

from flask_talentpool.decisions import facts
from flask_talentpool.testing import ManualClock
from tests.hosts.classic import staff_model
from tests.services.agency import Agency

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Deciding(Agency):
    """The agency, with interview dates, offers and internal applicants."""

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254))

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"))
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")
            company = db.Column(db.String(20), nullable=False, default="")
            applied_at = db.Column(db.DateTime(timezone=True))
            decided_at = db.Column(db.DateTime(timezone=True))
            interviewed_at = db.Column(db.DateTime(timezone=True))
            has_offer = db.Column(db.Boolean, nullable=False, default=False)
            is_colleague = db.Column(db.Boolean, nullable=False, default=False)
            why = db.Column(db.String(200))

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    more_entries: ClassVar = {
        "interviewed_at": "interviewed_at",
        "offered": "has_offer",
        "offer_declined": {"declined"},
        "internal": "is_colleague",
        "reason": "why",
    }

    def rejected(self, name="Ada Byron", *, stage="interview", job="Engineer", **columns):
        """Let somebody apply, turn them down and compose the letter; the application's key."""
        self._jobs = getattr(self, "_jobs", {})
        if job not in self._jobs:
            self._jobs[job] = self.add_job(job)
        key = self.apply(name, f"{name.split()[0].lower()}@mail.example", self._jobs[job])
        self.change(key, stage=stage, **columns)
        if columns.get("status") is None:
            self.change(key, status="rejected")
        self.sync()
        return key

    def wait_until(self, moment):
        self.clock.advance(moment - self.clock.now())

    def sync(self):
        with self.app.app_context():
            return self.tp.sync()

    def send(self):
        with self.app.app_context():
            return self.tp.dispatch()

    def decide(self, key, act):
        """Do something to the decision that stands for an application."""
        with self.work() as ctx:
            return act(ctx, facts.live_decision(ctx, key))

    def letter(self, key, kind="outcome"):
        """Return a plain copy of the latest letter of a kind about an application; None without one."""
        with self.app.app_context():
            letter, decision = self.tp.models.letter, self.tp.models.decision
            statement = (
                sa.select(letter)
                .join(decision, decision.id == letter.decision_id)
                .where(decision.application_key == str(key), letter.kind == kind)
                .order_by(letter.id.desc())
            )
            row = self.db.session.scalars(statement).first()
            if row is None:
                return None
            columns = [column.key for column in sa.inspect(letter).column_attrs]
            return SimpleNamespace(**{name: getattr(row, name) for name in columns})

    def decision(self, key):
        """Return a plain copy of the latest decision about an application."""
        with self.app.app_context():
            decision = self.tp.models.decision
            statement = sa.select(decision).where(decision.application_key == str(key))
            row = self.db.session.scalars(statement.order_by(decision.id.desc())).first()
            columns = [column.key for column in sa.inspect(decision).column_attrs]
            return SimpleNamespace(**{name: getattr(row, name) for name in columns})

    def visible(self, key):
        with self.app.app_context():
            return self.tp.visible_status(self.db.session.get(self.models.Application, key))


def deciding(make_agency, **config):
    """Open such an agency, with its first sync behind it, on a Monday morning."""
    settings = {"TALENTPOOL_MODES": None, "TALENTPOOL_COMPANY": "Harbour", **config}
    host = make_agency(shape=Deciding, clock=ManualClock(MONDAY), **settings)
    host.sync()
    return host


def days(number):
    return timedelta(days=number)
