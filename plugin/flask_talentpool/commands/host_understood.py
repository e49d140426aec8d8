"""What running the map on real rows found out, ready to be printed."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(slots=True)
class Presence:
    """How many of the rows looked at have a value."""

    present: int = 0
    missing: int = 0
    unusable: int = 0


@dataclass(slots=True)
class Unreadable:
    """An entry of the map that raises on some rows."""

    rows: int
    problem: str


@dataclass(slots=True)
class Understood:
    """What the map says about the host's rows; numbers and names of ours only, no personal data."""

    classes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    tables_missing: list[str] = field(default_factory=list)
    columns_missing: list[str] = field(default_factory=list)

    looked_at: int = 0
    """Applications read through every entry of the map; what follows up to ``dates_naive`` is about them."""
    candidates_looked_at: int = 0
    names: Presence = field(default_factory=Presence)
    emails: Presence = field(default_factory=Presence)
    shared_addresses: int = 0
    """Candidates whose address says nothing of who they are."""
    jobs: Presence = field(default_factory=Presence)
    signing: tuple[str, ...] = ()
    """How letters print two of the owners."""
    unsigned: int = 0
    """For how many applications the hiring team signs, since no owner has a name."""
    owners: Presence = field(default_factory=Presence)
    barred: int = 0
    unreadable: dict[str, Unreadable] = field(default_factory=dict)
    dates_naive: list[str] = field(default_factory=list)

    outcomes: dict[str, int] = field(default_factory=dict)
    """Applications by what their status means; what follows is about all of them."""
    stages: dict[str, int] = field(default_factory=dict)
    """By how far they came, in our words."""
    host_stages: dict[str, int] = field(default_factory=dict)
    """By the stages the map declares, in their order."""
    interviewed: int = 0
    never_pool: int = 0
    unknown_statuses: dict[str, int] = field(default_factory=dict)
    unknown_status_rows: int = 0
    unknown_stages: dict[str, int] = field(default_factory=dict)
    people_with_more_rows: int = 0

    dates_guessed: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    baseline_at: str | None = None
    becomes_baseline: int = 0
    outcome_letters: str | None = None
    mail: str | None = None
    settings_missing: list[str] = field(default_factory=list)
    hash_key: bool = False

    users: dict[str, dict[str, int]] = field(default_factory=dict)
    """By class, how many are what here."""
    users_all: bool = True
    """Whether all of them were looked at, or only the oldest and the newest."""

    statuses_seen: dict[str, Any] = field(default_factory=dict)
    """The status values that rows have, as the host has them; only for comparing."""
    unreadable_rows: set[tuple[str, str]] = field(default_factory=set)
    """Entries with the rows on which they raised: each row counts once, however often it was read."""
    sample: list[tuple[str, str, str]] = field(default_factory=list)
    """Key, name and address of a few candidates, for a terminal, masked."""

    def facts(self) -> dict[str, Any]:
        """Return what may be printed for other programs: no values of the host's, no key of a row."""
        values = asdict(replace(self, statuses_seen={}, unreadable_rows=set(), sample=[]))
        for name in ("statuses_seen", "unreadable_rows", "sample"):
            values.pop(name)
        return values
