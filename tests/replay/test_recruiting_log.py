"""Half a year of a real recruiting process, replayed through the example ATS: who is written to, and who is not."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from examples.ats.extensions import db
from examples.ats.factory import create_app
from examples.ats.hiring import apply, move, take
from examples.ats.models import Application, Candidate, Job, User
from examples.ats.mount import talentpool
from flask_talentpool.testing import ManualClock
from tests.replay import log
from tests.support.databases import hurry
from tests.support.effort import IS_THOROUGH

pytestmark = [
    pytest.mark.skipif(
        not log.LOG.exists(), reason=f"the recruiting log is not beside the checkout: {log.LOG}"
    ),
    pytest.mark.slow,
]

REJECTED, HIRED, DECLINED, INTERVIEWED_AND_REJECTED = 781, 89, 46, 311
PAST_EVERY_TARGET = timedelta(days=21)
"""After this long no letter waits for its personal line any more: the target is 10 days, or 2 of business."""


class Replay:
    """The example ATS, driven event by event while the clock moves along."""

    def __init__(self, app, clock, server):
        self.app, self.clock, self.server = app, clock, server
        self.events = log.events()
        self.made = log.assignment({event.application for event in self.events})
        self.keys = {}

    def prepare(self):
        with self.app.app_context():
            hurry(db.engine)
            db.engine.dispose()  # a connection that is open already waits for the disk
            db.create_all()
            owner = User(
                email="owner@harbour.example", full_name="Ola Owner", position="Head", role="manager"
            )
            owner.password_hash = "-"
            db.session.add(owner)
            db.session.flush()
            db.session.add_all(
                Job(
                    title=f"Job {n + 1}",
                    department="Works",
                    place="Here",
                    owner_id=owner.id,
                    recruiter_id=owner.id,
                )
                for n in range(log.JOBS)
            )
            db.session.commit()
            talentpool.sync()

    def run(self, *, rejecting=True, delivering=True):
        """Replay every event; letters are composed and handed over once a simulated week."""
        with self.app.app_context():
            week = None
            for event in self.events:
                self.clock.move_to(max(event.at, self.clock.now()))
                if rejecting or event.what != log.REJECTED:
                    self.step(event)
                if delivering and event.at.isocalendar().week != week:
                    week = event.at.isocalendar().week
                    self.deliver()
                db.session.expire_all()

    def step(self, event):
        made = self.made[event.application]
        at = event.at.replace(tzinfo=None)
        if event.what == log.SUBMITTED and event.application not in self.keys:
            candidate = Candidate(full_name=made.name, email=made.email)
            application = apply(candidate, db.session.get(Job, made.job + 1))
            application.applied_at = at
            db.session.add(application)
            db.session.commit()
            self.keys[event.application] = application.id
            return
        application = db.session.get(Application, self.keys[event.application])
        if event.what in (log.SCREENED, log.INTERVIEWED) and application.status == "in_progress":
            stage = "screen" if event.what == log.SCREENED else "final" if made.reaches_final else "interview"
            move(application, stage, at=at)
        elif event.what in (log.OFFERED, log.HIRED, log.DECLINED, log.REJECTED):
            self.decide(application, event, at)
        db.session.commit()

    def decide(self, application, event, at):
        step = {log.OFFERED: "offer", log.HIRED: "hire", log.DECLINED: "decline", log.REJECTED: "reject"}[
            event.what
        ]
        if application.status in ("in_progress", "offer"):
            take(step, application, at=at)
        else:
            # A second replay sets the same status once more, as an import would.
            application.status = application.status

    def deliver(self):
        self.app.extensions["talentpool"].sync()
        return self.app.extensions["talentpool"].dispatch()

    def finish(self):
        with self.app.app_context():
            self.clock.advance(PAST_EVERY_TARGET)
            return self.deliver()

    def mails(self, kind="outcome"):
        """Return what the mail server has of one kind of letter: others go to job owners, and to who still waits."""
        with self.app.app_context():
            letter = talentpool.models.letter
            ids = set(db.session.scalars(sa.select(letter.message_id).where(letter.kind == kind)))
        return [mail for mail in self.server.mails if mail.message_id in ids]

    def addresses(self):
        return Counter(mail.rcpt_tos[0] for mail in self.mails())

    def those(self, what):
        return {self.made[event.application].email for event in self.events if event.what == what}

    def reject_in_bulk(self, share=1.0, *, back=False):
        """Set (or revert) the status of rejected applications on a connection no session knows."""
        wanted = sorted(self.keys[event.application] for event in self.events if event.what == log.REJECTED)
        if share < 1:
            wanted = random.Random(log.SEED).sample(wanted, round(len(wanted) * share))
        with self.app.app_context(), db.engine.begin() as connection:
            for start in range(0, len(wanted), 400):
                connection.execute(
                    sa.update(Application.__table__)
                    .where(Application.__table__.c.id.in_(wanted[start : start + 400]))
                    .values(status="in_progress" if back else "rejected")
                )
        return set(wanted)


@pytest.fixture
def replay(database_url, dispose_of, smtp_server, tmp_path, monkeypatch):
    first = log.events()[0].at
    clock = ManualClock(first - timedelta(days=1))
    monkeypatch.setattr(talentpool, "clock", clock)
    monkeypatch.setenv("ATS_STATE", str(tmp_path / "state"))
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "TALENTPOOL_OUTCOME_LETTERS": "ours",
            "TALENTPOOL_MAIL_URL": smtp_server.url,
            "TALENTPOOL_MAIL_FROM": "Harbour <jobs@harbour.example>",
            "TALENTPOOL_PUBLIC_URL": "https://harbour.example",
            "TALENTPOOL_DELAY": timedelta(days=1),
        }
    )
    replay = Replay(dispose_of(app), clock, smtp_server)
    replay.prepare()
    return replay


def test_every_rejected_person_gets_one_letter_and_nobody_else_any(replay):
    replay.run()
    replay.finish()

    sent = replay.addresses()
    assert (len(sent), sum(sent.values())) == (REJECTED, REJECTED)
    assert set(sent) == replay.those(log.REJECTED)
    assert (len(replay.those(log.HIRED)), len(replay.those(log.DECLINED))) == (HIRED, DECLINED)
    assert not sent.keys() & (replay.those(log.HIRED) | replay.those(log.DECLINED))

    with replay.app.app_context():
        decision, letter = talentpool.models.decision, talentpool.models.letter
        gone = sa.select(decision.stage_reached, sa.func.count()).join(
            letter, letter.decision_id == decision.id
        )
        by_stage = dict(
            db.session.execute(gone.where(letter.state == "sent").group_by(decision.stage_reached)).all()
        )
        finalists = dict(
            db.session.execute(
                sa.select(decision.job_label, sa.func.count())
                .where(decision.stage_reached == "finalist", decision.outcome == "rejected")
                .group_by(decision.job_label)
            ).all()
        )
    assert by_stage["interviewed"] + by_stage["finalist"] == INTERVIEWED_AND_REJECTED
    # What the seeded assignment gives each job: rejected finalists, its bench.
    assert sum(finalists.values()) == by_stage["finalist"]
    print(f"rejected finalists of each job: {dict(sorted(finalists.items()))}")

    replay.run(delivering=False)
    replay.finish()
    assert replay.addresses() == sent


@pytest.mark.skipif(not IS_THOROUGH, reason="`make stress` has the time for it")
def test_rejections_by_one_bulk_update_get_the_same_letters_after_a_sync(replay):
    replay.run(rejecting=False, delivering=False)
    with replay.app.app_context():
        # Rows that nobody has looked at and that are decided all at once are taken for an import.
        talentpool.sync()
    replay.reject_in_bulk()
    with replay.app.app_context():
        talentpool.sync()
    replay.finish()

    sent = replay.addresses()
    assert (set(sent), sum(sent.values())) == (replay.those(log.REJECTED), REJECTED)


@pytest.mark.skipif(not IS_THOROUGH, reason="`make stress` has the time for it")
def test_a_tenth_taken_back_by_bulk_update_before_sending_gets_none(replay):
    replay.run(delivering=False)
    with replay.app.app_context():
        talentpool.sync()
        replay.clock.advance(PAST_EVERY_TARGET)
        talentpool.sync()
    reverted = replay.reject_in_bulk(0.1, back=True)
    with replay.app.app_context():
        # Straight to the dispatcher: no sync has seen the change when the letters are due.
        talentpool.dispatch()
        letter = talentpool.models.letter
        cancelled = db.session.scalar(
            sa.select(sa.func.count()).where(letter.kind == "outcome", letter.state == "cancelled")
        )
        kept_out = set(
            db.session.scalars(
                sa.select(Candidate.email).join(Application).where(Application.id.in_(reverted))
            )
        )

    sent = replay.addresses()
    assert cancelled == len(reverted) == 78
    assert sum(sent.values()) == REJECTED - 78
    assert set(sent) == replay.those(log.REJECTED) - kept_out
