"""Harbour's invented history: all of it has happened when the demo starts, and shows every state there is to see."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from examples.ats import create_app
from examples.ats.demo import prepare
from examples.ats.extensions import db
from examples.ats.models import STATUSES
from examples.ats.seed import last_afternoon
from tests.support.apps import dispose_engines
from tests.support.effort import IS_THOROUGH

# What plans, and so may lie ahead; every other date is of something that has happened.
PLANS = {
    "talentpool_bulks.lease_until",
    "talentpool_clocks.limit_at",
    "talentpool_clocks.next_by",
    "talentpool_clocks.target_at",
    "talentpool_consents.until",
    "talentpool_letters.due_at",
    "talentpool_letters.last_day_at",
    "talentpool_letters.held_until",
    "talentpool_letters.lease_until",
    "talentpool_links.expires_at",
    "talentpool_members.until",
    "talentpool_recalls.answer_by",
    "talentpool_recalls.open_until",
}

# What somebody who looks around in the demo is to find of each.
SHOWN = {
    "select status from applications": set(STATUSES),
    "select open from jobs": {0, 1},
    "select state from talentpool_decisions": {"baseline", "live", "taken_back"},
    "select outcome from talentpool_decisions": {"rejected", "hired", "withdrawn", "offer_declined"},
    "select door from talentpool_decisions": {"open", "unlatched", "closed"},
    "select stage_reached from talentpool_decisions": {"applied", "screened", "interviewed", "finalist"},
    "select told_by from talentpool_decisions": {"", "before", "host", "letter", "phone"},
    "select kind from talentpool_letters": {"outcome", "progress", "recall", "colleague"},
    "select state from talentpool_letters": {"held", "due", "sent", "unknown", "failed", "cancelled"},
    "select because from talentpool_letters where state = 'held'": {
        "personal", "offer_open", "by_hand", "no_address", "never_pool",
    },
    "select result from talentpool_letter_attempts": {"sent", "failed", "unknown", "returned"},
    "select kind from talentpool_incoming where read_at is null": {"reply", "thank_you", "returned"},
    "select version from talentpool_templates": {1},
    "select state from talentpool_members": {"noted", "offered", "member"},
    "select source from talentpool_members": {"adopted", "asked", "letter", "recall_button"},
    "select state from talentpool_recalls": {"invited", "declined"},
    "select state from talentpool_bulks": {"done"},
    "select answered_by from talentpool_clocks": {"", "letter", "phone", "withdrawn"},
    # Who waits for an answer: in time and late; at a job that is open, and closed; an offer is an answer.
    "select target_at < :now from talentpool_clocks where answered_at is null": {0, 1},
    "select limit_at < :now from talentpool_clocks where answered_at is null": {0, 1},
    "select progress from talentpool_clocks where answered_at is null": {0, 1},
    "select j.open || a.status from talentpool_clocks c join applications a on a.id = c.application_id "
    "join jobs j on j.id = a.job_id where c.answered_at is null": {"1in_progress", "0in_progress"},
    "select objected_at is null from talentpool_people": {0, 1},
    # What is due is due now, and not later, so that somebody sees it arrive.
    "select due_at <= :now from talentpool_letters where state = 'due'": {1},
    # Whom the letters that wait are to tell: with a line and without, the two held by hand, an offer's three.
    "select count(*) from talentpool_letters where because = 'by_hand'": {2},
    "select count(*) from talentpool_letters where because = 'offer_open'": {3},
    "select d.line <> '' from talentpool_letters l join talentpool_decisions d on d.id = l.decision_id "
    "where l.state = 'held' and l.because in ('personal', 'offer_open')": {0, 1},
}  # fmt: skip

DAYS = {
    "a Saturday": (2026, 11, 28),
    "29 February": (2028, 2, 29),
    "1 January": (2027, 1, 1),
    "summer time begins": (2027, 3, 28),
    "summer time ends": (2026, 10, 25),
}
HOURS = {"at 00.05": (0, 5), "at 06.00": (6, 0), "at 23.55": (23, 55)}

# Each day and hour, by clocks that show the time of this place, and of one a day ahead or behind.
SOME = (
    ("a Saturday", "at 00.05", "UTC"),
    ("29 February", "at 23.55", "Pacific/Pago_Pago"),
    ("1 January", "at 00.05", "Pacific/Kiritimati"),
    ("summer time begins", "at 06.00", "Europe/Amsterdam"),
    ("summer time ends", "at 23.55", "Europe/Amsterdam"),
)
# Among them are histories that end on each of the five working days.
ALL = sorted({*SOME, *product(DAYS, HOURS, ["UTC"])})


@pytest.fixture
def fill_demo(tmp_path, monkeypatch):
    """Call it to fill an empty demo as `make demo` does; returns its app."""
    monkeypatch.setenv("ATS_STATE", str(tmp_path))
    apps = []

    def fill():
        apps.append(create_app())
        prepare(apps[-1])
        return apps[-1]

    yield fill
    for app in apps:
        dispose_engines(app)


@pytest.mark.parametrize(("day", "hour", "zone"), ALL if IS_THOROUGH else SOME)
def test_all_that_the_demo_shows_is_there_and_has_happened(fill_demo, day, hour, zone):
    start = datetime(*DAYS[day], *HOURS[hour], tzinfo=ZoneInfo(zone))

    with time_machine.travel(start, tick=False):
        app = fill_demo()

    with app.app_context():
        assert [*dates_not_before(start), *mails_not_before(start, app.config["ATS_MAILBOX"])] == []
        assert states_missing(at=start) == []


def dates_not_before(start):
    """Return the date columns of every table, ours or the host's, that hold something later than plans may be."""
    limit, found = start.astimezone(UTC).replace(tzinfo=None), []
    tables = sa.MetaData()
    tables.reflect(db.engine)
    columns = {
        f"{table.name}.{column.name}": column
        for table in tables.sorted_tables
        for column in table.columns
        if isinstance(column.type, (sa.Date, sa.DateTime))
    }
    assert columns.keys() >= PLANS
    for name in sorted(columns.keys() - PLANS):
        latest = db.session.scalar(sa.select(sa.func.max(columns[name])))
        if latest is not None and latest >= limit:
            found.append(f"{name}: {latest}")
    return found


def mails_not_before(start, folder):
    files = sorted(Path(folder).glob("*.eml"))
    assert files
    dates = {
        file.name: message_from_bytes(file.read_bytes(), policy=default)["Date"].datetime for file in files
    }
    return [f"{name}: {date}" for name, date in dates.items() if date >= start]


def states_missing(*, at):
    """Return what of `SHOWN` is not in the demo's database."""
    now, missing = at.astimezone(UTC).replace(tzinfo=None).isoformat(" "), []
    for statement, expected in SHOWN.items():
        found = set(db.session.scalars(sa.text(statement), {"now": now} if ":now" in statement else {}))
        if lacks := expected - found:
            missing.append((statement, lacks))
    return missing


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        ("2026-11-30", "2026-11-27 17:00"),
        ("2026-12-01", "2026-11-30 17:00"),
        ("2026-12-04", "2026-12-03 17:00"),
        ("2026-12-05", "2026-12-04 17:00"),
        ("2026-12-06", "2026-12-04 17:00"),
        ("2027-01-01", "2026-12-31 17:00"),
        ("2028-03-01", "2028-02-29 17:00"),
    ],
)
def test_history_ends_in_the_afternoon_of_the_working_day_before(today, ends):
    for hour in ("00:00", "06:00", "17:00", "23:59"):
        now = datetime.fromisoformat(f"{today} {hour}")
        assert last_afternoon(now) == datetime.fromisoformat(ends)
