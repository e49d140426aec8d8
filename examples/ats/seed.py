"""Fills an empty Harbour with eight months of believable hiring, the same every time."""

from __future__ import annotations

import random
import unicodedata
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from .extensions import db
from .models import Application, Candidate, Job, User, utcnow
from .names import COUNTRIES, UNUSUAL
from .openings import FIELDS, OPENINGS, STAFF, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "harbour"
SOURCES = ("website", "website", "website", "job board", "job board", "referral", "agency", "fair")
FRIDAY = 4
# Letters that do not come apart into a plain letter and a mark.
PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "Þ": "T", "ß": "ss", "æ": "ae", "\u0131": "i"})
# Days within which an open job's applications may still wait for a decision.
RECENT = 40
# Which of the candidates, in the order they are made, have no address to write to.
WITHOUT_EMAIL = (15, 75, 135, 195)


def last_afternoon(now: datetime) -> datetime:
    """Return when the invented history ends: at five in the afternoon of the last working day before `now`.

    Whenever somebody starts the demo, at six on a Monday or at night, all of it has happened.

    Args:
        now: A moment, in naive UTC as all of Harbour's.
    """
    day = now.date() - timedelta(days=1)
    day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    return datetime.combine(day, time(17))


def seed_host(*, now: datetime | None = None) -> None:
    """Add users, jobs, candidates and applications, and commit them.

    Args:
        now: The moment that all of it comes before (naive UTC); by default the present one.
    """
    history = _History(ends_on=last_afternoon(now or utcnow()).replace(hour=0))
    db.session.add_all(history.staff.values())
    for opening in sorted(OPENINGS, key=lambda opening: -opening.opened):
        db.session.add(history.job(opening))
    db.session.commit()


class _History:
    """Makes the rows; everything random comes from one seeded source, in one order."""

    def __init__(self, *, ends_on: datetime) -> None:
        self.ends_on = ends_on
        self.random = random.Random(1897)
        self.names = self._names()
        self.made = 0
        self.people: dict[str, list[Candidate]] = {field: [] for field in FIELDS}
        self.gone: set[Candidate] = set()
        self.staff = {key: _user(key, name, position, role) for key, name, position, role in STAFF}

    def job(self, opening: Opening) -> Job:
        """Return a job with everyone who applied for it."""
        job = Job(
            title=opening.title,
            department=opening.department,
            place=opening.place,
            description=opening.about,
            open=opening.closed is None,
            opened_at=self.moment(opening.opened),
            closed_at=self.moment(opening.closed) if opening.closed else None,
            owner=self.staff[opening.manager],
            recruiter=self.staff[opening.recruiter],
        )
        pipeline = _Pipeline(self, opening, job)
        for candidate in self._applicants(opening):
            pipeline.add(candidate)
        pipeline.settle()
        return job

    def moment(self, days_ago: float) -> datetime:
        """Return a moment within working hours that many days before the last, on a weekday."""
        day = self.ends_on - timedelta(days=int(days_ago))
        day -= timedelta(days=max(0, day.weekday() - FRIDAY))
        return datetime.combine(day, time(self.random.randint(8, 16), self.random.randint(0, 59)))

    def chance(self, likelihood: float) -> bool:
        """Return True with this likelihood, between 0 and 1."""
        return self.random.random() < likelihood

    def _applicants(self, opening: Opening) -> list[Candidate]:
        known = [person for person in self.people[opening.field] if person not in self.gone]
        again = self.random.sample(known, min(len(known), opening.applied - opening.new_people))
        new = [self._candidate(opening.field) for _ in range(opening.applied - len(again))]
        self.people[opening.field] += new
        applicants = again + new
        self.random.shuffle(applicants)
        return applicants

    def _candidate(self, field: str) -> Candidate:
        name, town, code = next(self.names)
        headlines, skills = FIELDS[field]
        self.made += 1
        return Candidate(
            full_name=name,
            email=None if self.made in WITHOUT_EMAIL else _address(name),
            phone=f"{code} 555 01{self.random.randint(10, 99)}" if self.chance(0.8) else None,
            place=town,
            headline=self.random.choice(headlines).format(years=self.random.randint(3, 14)),
            skills=", ".join(self.random.sample(skills.split("|"), self.random.randint(2, 4))),
            language="de" if code.startswith("+49") else "en",
        )

    def _names(self) -> Iterator[tuple[str, str, str]]:
        drawn: list[tuple[str, str, str]] = []
        for country in COUNTRIES:
            towns = country.towns.split("|")
            names = self.random.sample(country.full_names(), country.share)
            drawn += [(name, self.random.choice(towns), country.code) for name in names]
        self.random.shuffle(drawn)
        for place, name in enumerate(UNUSUAL):
            drawn.insert(9 + 31 * place, (name, "Rotterdam", "+31 6"))
        return iter(drawn)


class _Pipeline:
    """One job's applicants on their way, and what became of them."""

    def __init__(self, history: _History, opening: Opening, job: Job) -> None:
        self.history, self.opening, self.job = history, opening, job
        self.random = history.random
        self.last_day = opening.closed or 0
        self.sure_finalists = 0 if opening.story in ("running", "cancelled") else 4
        self.finalists: list[Application] = []
        self.others: list[Application] = []

    def add(self, candidate: Candidate) -> None:
        """Let someone apply, and take them as far as they came by the last day."""
        sure = len(self.finalists) < self.sure_finalists
        far = 3 if sure else self.random.choices(range(4), weights=(36, 28, 23, 13))[0]
        applied = self._applied(early=sure)
        application = Application(
            candidate=candidate,
            job=self.job,
            status="in_progress",
            stage="applied",
            source=self.random.choice(SOURCES),
            applied_at=self.history.moment(applied),
        )
        candidate.created_at = min(candidate.created_at or application.applied_at, application.applied_at)
        reached = self._walk(application, far=far, applied=applied)
        if application.stage == "final":
            self.finalists.append(application)
        else:
            self.others.append(application)
            self._decide(application, after=reached)

    def settle(self) -> None:
        """Give the finalists the outcome of the job's story, best rated first."""
        self.finalists.sort(key=lambda application: -(application.rating or 0))
        waiting = ["in_progress"] * len(self.finalists)
        day = self.last_day or (
            2 if self.opening.story == "offer_open" else min(24, self.opening.opened // 3)
        )
        outcomes = {
            "hired": ["hired"],
            "second_choice": ["offer_declined", "hired"],
            "declined": ["offer_declined"],
            "offer_open": ["offer", *waiting],
            "running": waiting[:2],
            "cancelled": [],
        }[self.opening.story]
        for place, application in enumerate(self.finalists):
            status = outcomes[place] if place < len(outcomes) else "rejected"
            self._finish(application, status, day=day)
        rejected = [application for application in self.others if application.status == "rejected"]
        for application in self.random.sample(rejected, self.opening.barred):
            application.status = "blacklisted"
            self.history.gone.add(application.candidate)

    def _applied(self, *, early: bool) -> int:
        span = self.opening.opened - (self.last_day + 21 if self.last_day else 2)
        share = self.random.uniform(0, 0.3) if early else self.random.betavariate(1.1, 1.9)
        return self.opening.opened - int(span * share)

    def _walk(self, application: Application, *, far: int, applied: int) -> int:
        """Move the application on, stage by stage, and return how many days ago it came to the last."""
        draw = self.random.randint
        steps = (("screen", draw(3, 7), 5), ("interview", draw(9, 17), 3), ("final", draw(18, 28), 2))
        reached = applied
        for stage, after, before_end in steps[:far]:
            day = max(applied - after, self.last_day + before_end) if self.last_day else applied - after
            if day < 1:
                break
            application.stage, reached = stage, day
            if stage == "interview":
                application.interviewed_at = self.history.moment(day)
                application.rating = draw(2, 4)
            elif stage == "final":
                application.rating = draw(3, 5)
        return reached

    def _decide(self, application: Application, *, after: int) -> None:
        day = max(after - self.random.randint(3, 12), self.last_day)
        if day < 1 or (self.job.open and day < RECENT and self.history.chance(0.35)):
            return
        status = "withdrawn" if self.history.chance(0.07) else "rejected"
        self._finish(application, status, day=day)

    def _finish(self, application: Application, status: str, *, day: int) -> None:
        application.status = status
        if status in ("hired", "offer", "offer_declined"):
            application.rating = 5
            application.offered_at = self.history.moment(day + self.random.randint(4, 6))
            self.history.gone.add(application.candidate)
        if status not in ("offer", "in_progress"):
            heard = application.interviewed_at or application.applied_at
            application.decided_at = max(self.history.moment(day), heard + timedelta(hours=3))
        if status == "rejected":
            application.reason = self._reason(application)

    def _reason(self, application: Application) -> str | None:
        if self.opening.story == "cancelled" and application.stage in ("interview", "final"):
            return "on_hold"
        if application.stage in ("interview", "final"):
            return "another_chosen"
        return self.random.choice(("requirement_not_met", "another_chosen", "another_chosen", None))


def _user(key: str, name: str, position: str, role: str) -> User:
    user = User(email=f"{key}@fernhill.example", full_name=name, position=position, role=role)
    user.set_password(PASSWORD)
    return user


def _address(name: str) -> str:
    """Return an e-mail address made from a name, under a domain that can never receive mail."""
    plain = unicodedata.normalize("NFKD", name.translate(PLAIN))
    words = ["".join(filter(str.isalnum, word.encode("ascii", "ignore").decode())) for word in plain.split()]
    local = ".".join(dict.fromkeys((words[0].lower(), words[-1].lower())))
    provider = ("mail", "post", "inbox")[len(name) % 3]
    return f"{local}@{provider}.example"
