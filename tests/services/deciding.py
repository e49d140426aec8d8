"""An agency with a clock that waits for a personal line, as the tests of deciding and telling use it."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from flask_talentpool.decisions import facts
from flask_talentpool.testing import ManualClock
from tests.services.agency import Agency

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Deciding(Agency):
    """The agency, with interview dates, offers and internal applicants."""

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

    def send(self):
        return self.dispatch()

    def decide(self, key, act):
        """Do something to the decision that stands for an application."""
        with self.work() as ctx:
            return act(ctx, facts.live_decision(ctx, key))

    def letter(self, key, kind="outcome"):
        """Return the latest letter of a kind about an application; None without one."""
        return self.letter_of(key, kind=kind)

    def decision(self, key):
        """Return the latest decision about an application."""
        return self.rows("decision", application_key=str(key))[-1]

    def visible(self, key):
        with self.app.app_context():
            return self.tp.visible_status(self.db.session.get(self.models.Application, key))


def deciding(make_agency, **config):
    """Open such an agency, with its first sync behind it, on a Monday morning."""
    settings = {"TALENTPOOL_MODES": None, **config}
    host = make_agency(shape=Deciding, clock=ManualClock(MONDAY), **settings)
    host.sync()
    return host


def days(number):
    return timedelta(days=number)
