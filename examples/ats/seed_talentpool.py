"""Fills the talent pool of a seeded Harbour: four months of decisions, letters, answers and recalls.

Everything goes through the extension's own services while its clock moves along, never through its
tables. What was decided before those four months becomes the baseline, as on any first start.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from flask_talentpool import Actor, SystemClock
from flask_talentpool.decisions import adopt, editing, locking
from flask_talentpool.decisions.facts import live_decision
from flask_talentpool.enums import Door, MemberState, RecallState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.pools import noting
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.testing import ManualClock

from .extensions import db
from .models import Application, Candidate, User, utcnow
from .mount import talentpool
from .seed import last_afternoon
from .seed_letters import close_a_job, edit_a_text, leave_letters_waiting, receive_mails, reopen_one
from .seed_past import Interview, Letterbox, Past, before_interviews, set_back

if TYPE_CHECKING:
    from datetime import date

    from flask_talentpool.decisions.model import DecisionMixin

DAYS = 120
# One true line each, in the languages of the demo's letters.
LINES = {
    "en": (
        "Your questions about how we hand over at night changed how we now do it.",
        "The way you took us through the outage in Hamburg was clear from the first sentence.",
        "You were the only one to ask the drivers what they need, and it showed in your plan.",
        "We still use the sketch you drew on our whiteboard.",
    ),
    "de": (
        "Nach Ihren Fragen zur Übergabe in der Nacht machen wir sie jetzt anders.",
        "Wie Sie uns durch den Ausfall in Hamburg geführt haben, war vom ersten Satz an klar.",
        "Nur Sie haben die Fahrer gefragt, was sie brauchen, und das hat man Ihrem Plan angesehen.",
        "Mit der Skizze, die Sie an unsere Tafel gezeichnet haben, arbeiten wir noch heute.",
    ),
}
WORDING = "Keep me in mind for other jobs for 12 months. I can leave at any time."


def seed_talentpool(mailbox: str, *, now: datetime | None = None) -> None:
    """Live through the last four months once more, with the talent pool beside.

    Args:
        mailbox: The folder that letters are delivered to.
        now: The moment that all of it comes before (naive UTC), as for `seed_host`.
    """
    until = last_afternoon(now or utcnow())
    start = until.replace(hour=0) - timedelta(days=DAYS)
    clock = ManualClock(start.replace(tzinfo=UTC))
    talentpool.clock = clock
    try:
        past, interviews = set_back(start), before_interviews(start)
        talentpool.sync()
        _Months(clock, past, interviews, Letterbox(mailbox), until=until).live_through()
    finally:
        talentpool.clock = SystemClock()


def _actor(email: str) -> Actor:
    user = db.session.scalars(select(User).where(User.email == f"{email}@fernhill.example")).one()
    return Actor(f"User:{user.id}", user.full_name, user.email)


def _adopt_finalists() -> None:
    """Note finalists of earlier jobs, as `flask talentpool adopt --stage final --pool finalists` does."""
    ctx = talentpool.context()
    asked = adopt.wish(ctx, stages=["final"], since=None, pool="finalists")
    chosen = adopt.choose(ctx, asked, progress=lambda _steps: None)
    adopt.adopt(ctx, chosen.ids[:9], asked)
    talentpool.commit(ctx)
    talentpool.sync()


class _Months:
    """The months since: days with decisions, and what people did about the letters."""

    def __init__(
        self,
        clock: ManualClock,
        past: list[Past],
        interviews: list[Interview],
        letterbox: Letterbox,
        *,
        until: datetime,
    ) -> None:
        self.clock, self.past, self.interviews = clock, past, interviews
        self.letterbox, self.until = letterbox, until
        self.recruiter = _actor("ines.moreau")
        self.opened = 0
        self.places: Counter[int] = Counter()
        self.invited: int | None = None

    def live_through(self) -> None:
        """Make every decision on its day, answer the letters, recall, and leave something to do."""
        day_before = last_afternoon(self.until).date()
        invitations = (last_afternoon(last_afternoon(self.until)).date(), day_before)
        for day in sorted({decision.at.date() for decision in self.past}.union(invitations)):
            if day in invitations:
                self._wait_for(day, time(8))
                self._invite_a_runner_up()
            if decided := [decision for decision in self.past if decision.at.date() == day]:
                self._decide(decided)
                self._answer()
        self._work_the_last_day(self.until.date())

    def _work_the_last_day(self, today: date) -> None:
        """Leave something to do: jobs and pools in the morning; mails, letters and mishaps after two."""
        self._wait_for(today, time(9))
        edit_a_text(self.recruiter)
        self._interview(self.until)
        talentpool.sync()
        close_a_job(self.recruiter, self.clock.now())
        self.clock.advance(timedelta(hours=1))
        self._deliver()
        _adopt_finalists()
        self._note_and_tag()
        self._wait_for(today, time(14))
        receive_mails()
        reopen_one()
        leave_letters_waiting(self.recruiter, self.clock)
        self._hold_by_hand()

    def _wait_for(self, day: date, hour: time) -> None:
        self.clock.move_to(max(self.clock.now(), datetime.combine(day, hour, tzinfo=UTC)))

    def _deliver(self) -> None:
        talentpool.dispatch(transport=self.letterbox)

    def _interview(self, until: datetime) -> None:
        """Hold the interviews up to a moment."""
        while self.interviews and self.interviews[0].at <= until:
            interview = self.interviews.pop(0)
            application = db.session.get_one(Application, interview.application)
            application.stage, application.interviewed_at = interview.stage, interview.at
        db.session.commit()

    def _decide(self, today: list[Past]) -> None:
        self._interview(max(past.at for past in today))
        for past in today:
            at = past.at.replace(tzinfo=UTC)
            self.clock.move_to(max(self.clock.now(), at))
            application = db.session.get_one(Application, past.application)
            application.status, application.reason, application.decided_at = past.status, past.reason, past.at
            db.session.commit()
        talentpool.sync()
        for past in today:
            self._open_door(past)
        self.clock.advance(timedelta(hours=1))
        self._deliver()

    def _open_door(self, past: Past) -> None:
        """The hiring manager wants the well-rated finalists back, and says why."""
        ctx = talentpool.context()
        decision = live_decision(ctx, past.application)
        application = db.session.get_one(Application, past.application)
        if decision is None or decision.told_at is not None or past.status != "rejected":
            return
        if application.stage != "final":
            return
        by = Actor(f"User:{application.job.owner_id}", application.job.owner.full_name)
        if (application.rating or 0) < 4:  # noqa: PLR2004 (out of five)
            # Half of the managers say that there is no line; where nobody says it, the letter goes in time without.
            if past.application % 2:
                editing.set_line(ctx, decision, "", by=by)
                talentpool.commit(ctx)
            return
        self.places[application.job_id] += 1
        editing.set_finish(ctx, decision, 1 + self.places[application.job_id], by=by)
        lines = LINES[language_for(ctx, application).partition("-")[0]]
        editing.set_line(ctx, decision, lines[self.opened % len(lines)], by=by)
        editing.set_door(ctx, decision, Door.OPEN, by=by)
        talentpool.commit(ctx)
        self.opened += 1

    def _answer(self) -> None:
        """Of those who were offered a place, most take it; some ask for one; one leaves again."""
        ctx = talentpool.context()
        member, letter = ctx.models.member, ctx.models.letter
        self.clock.advance(timedelta(hours=5))
        offered = ctx.session.scalars(select(member).where(member.state == MemberState.OFFERED)).all()
        for place in offered:
            if place.id % 4:
                self._take(ctx, place.person_id, place)
        gone = select(letter).where(
            letter.state == "sent", letter.member_id.is_(None), letter.person_id.is_not(None)
        )
        for sent in ctx.session.scalars(gone).all():
            if sent.id % 9 == 0:
                self._take(ctx, sent.person_id, None)
            elif sent.id % 53 == 0:
                person = ctx.session.get_one(ctx.models.person, sent.person_id)
                person.objected_at = person.objected_at or self.clock.now()
        talentpool.commit(ctx)

    def _take(self, ctx: Any, person_id: int, place: Any) -> None:
        person = ctx.session.get_one(ctx.models.person, person_id)
        pools.take_place(ctx, person, member=place, wording=WORDING, version="1", language="en")

    def _bench_of(self, title: str) -> list[DecisionMixin]:
        model = talentpool.models.decision
        return list(
            db.session.scalars(
                select(model)
                .where(
                    model.job_label.startswith(title),
                    model.stage_reached == "finalist",
                    model.told_at.is_not(None),
                )
                .where(model.outcome == "rejected", model.live_for.is_not(None), model.state == "live")
                .order_by(model.id)
            )
        )

    def _invite_a_runner_up(self) -> None:
        """Of two runners-up of the job whose offer was declined the first says no; the next has not answered."""
        ctx = talentpool.context()
        if self.invited is not None:
            recalls.answer(ctx, ctx.session.get_one(ctx.models.recall, self.invited), RecallState.DECLINED)
            talentpool.commit(ctx)
        bench = self._bench_of("Backend Engineer")[-2:]
        decision = bench[0] if self.invited is None else bench[-1]
        ctx = talentpool.context()
        line = "The job is open again, and we thought of you first."
        self.invited = recalls.invite(ctx, decision, by=self.recruiter, line=line).id
        talentpool.commit(ctx)
        self._deliver()

    def _note_and_tag(self) -> None:
        ctx = talentpool.context()
        promising = ctx.session.scalars(
            select(Candidate)
            .join(Application)
            .where(Application.status == "in_progress", Application.rating == 4)  # noqa: PLR2004 (out of five)
            .order_by(Candidate.id)
            .limit(3)
        ).all()
        for candidate in promising:
            noting.recall_to_pool(
                ctx, candidate, "", by=self.recruiter, tags=["Worth a second look", "Rotterdam"],
                reason="Close call in the interview; strong on the night shift case.",
            )  # fmt: skip
        talentpool.commit(ctx)

    def _hold_by_hand(self) -> None:
        """Reject two people just now: their letters are held by hand, so that there is something to read."""
        running = db.session.scalars(
            select(Application)
            .where(Application.status == "in_progress", Application.stage == "interview")
            .order_by(Application.id.desc())
            .limit(2)
        ).all()
        for application in running:
            application.status, application.reason = "rejected", "another_chosen"
            application.decided_at = self.clock.now().replace(tzinfo=None)
        keys = [application.id for application in running]
        db.session.commit()
        talentpool.sync()
        ctx = talentpool.context()
        for key in keys:
            decision = live_decision(ctx, key)
            letter = locking.letter_of(ctx, decision) if decision is not None else None
            if letter is not None and outbox.is_waiting(letter):
                outbox.hold(ctx, letter, by=self.recruiter)
        talentpool.commit(ctx)
