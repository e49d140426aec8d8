"""What the first page shows."""

from dataclasses import dataclass
from datetime import datetime

from flask_talentpool.answer_clock.last_days import LastDays
from flask_talentpool.answer_clock.queries import Brief
from flask_talentpool.hires.queries import Openings
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.incoming.queries import FirstPage
from flask_talentpool.noticing import brake
from flask_talentpool.overview.setup import Setup
from flask_talentpool.people.one_address import AddressAsked
from flask_talentpool.pools.queries import PoolLine


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that need a person for one reason."""

    state: str
    because: str
    sentence: str
    count: int
    is_together: bool = False
    """Whether it came over many at once, so that all can be let go or marked as told."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter by name."""

    id: int
    kind: str
    state: str
    because: str
    name: str
    subject: str
    due_at: datetime
    decision_id: int | None


@dataclass(frozen=True, slots=True)
class SuspendedLink:
    """A host row that may be somebody else by now."""

    link_id: int
    person_id: int
    name: str
    email: str
    candidate_key: str
    name_now: str
    email_now: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """An invitation back that needs a person."""

    recall_id: int
    person_id: int | None
    name: str
    job: str
    bench: str
    state: str
    attention: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Reopened:
    """Somebody who was told no, which no longer holds."""

    decision_id: int
    name: str
    job: str
    told_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing does the rounds, so no letter goes."""

    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Need:
    """So many things of one kind, and where on the page they stand."""

    count: int
    one: str
    many: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What waits since the database was put back from a backup."""

    taken_at: datetime
    clocks: int
    bulks: int


@dataclass(frozen=True, slots=True)
class OverviewWaiting:
    """The first page."""

    setup: tuple[Setup, ...]
    pause: pause.Pause | None
    """Why nothing is handed over for a while."""
    unanswered: Brief
    """Interviewed people without an answer."""
    last_days: LastDays
    """Who is decided about and not told because the letter is held; the letters are counted in ``groups``."""
    groups: tuple[Group, ...]
    troubled: tuple[Letter, ...]
    """Letters that failed or whose fate is unknown."""
    unreachable: tuple[Letter, ...]
    """People to be told another way."""
    unreachable_count: int
    doubts: tuple[SuspendedLink, ...]
    doubts_count: int
    one_address: tuple[AddressAsked, ...]
    """Rows of which is asked whether they are one person with somebody at their address."""
    one_address_count: int
    reopened: tuple[Reopened, ...]
    """Who was told no, and is in the process again or no longer turned down: a correction is due."""
    reopened_count: int
    answers: tuple[Answer, ...]
    answers_count: int
    overdue: tuple[Answer, ...]
    """Invited, and the day to answer by is over."""
    due: tuple[Letter, ...]
    due_count: int
    baseline_count: int
    has_past_finalists: bool
    """Whether `adopt` would find somebody."""
    baseline_at: datetime | None
    pools: tuple[PoolLine, ...]
    openings: Openings
    """Jobs to look at again."""
    hires_due: int
    """About how many hires something is asked."""
    incoming: FirstPage
    """Replies to read, and letters that came back."""
    restored: Restored | None = None
    """What was held when the database was put back from a backup, for some weeks."""
    braked: brake.Braked | None = None
    """What the last look would have ended, which was too much to be done without asking."""

    stopped: Stopped | None = None
    """Whether nothing does the rounds although letters wait."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What needs a person, by kind, in the order of the page."""
        incoming = self.incoming
        found = (
            Need(len(self.setup), "setting", "settings", "tp-setup"),
            Need(int(self.stopped is not None), "stopped worker", "", "tp-stopped"),
            Need(int(self.pause is not None), "mail server that refuses", "", "tp-pause"),
            Need(int(self.braked is not None), "look that asks", "", "tp-brake"),
            Need(incoming.urgent_count, "mail to read today", "mails to read today", "tp-urgent"),
            Need(incoming.returned_count, "letter that came back", "letters that came back", "tp-returned"),
            Need(incoming.replies_count + incoming.whose_count, "mail to read", "mails to read", "tp-replies"),
            Need(self.unanswered.late, "person late without an answer", "people late without an answer", "tp-unanswered"),
            Need(self.reopened_count, "correction", "corrections", "tp-reopened"),
            Need(self.openings.count, "job to look at again", "jobs to look at again", "tp-openings"),
            Need(self.hires_due, "hire to ask about", "hires to ask about", "tp-hires"),
            Need(self.answers_count, "answer to an invitation", "answers to invitations", "tp-answers"),
            Need(self.one_address_count, "shared address", "shared addresses", "tp-one-address"),
            Need(self.doubts_count, "person in doubt", "people in doubt", "tp-doubts"),
            Need(sum(group.count for group in self.groups), "letter", "letters", "tp-letters"),
            Need(len(self.overdue), "invitation without an answer", "invitations without an answer", "tp-overdue"),
        )  # fmt: skip
        return tuple(need for need in found if need.count)

    @property
    def needs_count(self) -> int:
        """How many things need a person."""
        return sum(need.count for need in self.needs)
