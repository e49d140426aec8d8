"""``flask talentpool worker``: sync and send in a loop, until it is told to stop."""

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from flask_talentpool.bulk.worker import BulkReport
from flask_talentpool.commands.common import away, guarded, mounted, ready, said_by
from flask_talentpool.commands.pacing import Looks, Pace, ToldToStopError, cut_short
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.heartbeat import heartbeat
from flask_talentpool.letters.delivery.dispatcher import DispatchReport
from flask_talentpool.noticing.sync import SyncReport

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

logger = logging.getLogger("flask_talentpool")

LONGEST_PAUSE = 300.0
SHORTEST_AT_START, LONGEST_AT_START = 1.0, 30.0
"""Seconds between two tries to reach a database that is away when this starts."""
MOST_FOR_MANY = 20.0
"""Seconds of a round for work on many decisions; letters that are due wait no longer than that."""
AWHILE = 2.0
"""Seconds for which letters are begun in the middle of a round; so long the writing of others waits."""


@click.command("worker")
@guarded
def worker_command() -> None:
    """Record what the host decides and hand over what is due, until SIGTERM or Ctrl-C.

    The letter in hand is finished first, and nothing else. A database or mail server that is away is waited for, when
    this starts as well.
    """
    with stopping() as stop:
        talentpool = _ready(stop)
        if talentpool is not None:
            _work(talentpool, stop)
    click.echo("Stopped.")


def _work(talentpool: "TalentPool", stop: threading.Event) -> None:
    interval = talentpool.settings.worker_interval.total_seconds()
    _release(talentpool)
    click.echo(f"Working every {interval:g} s. Stop with Ctrl-C or SIGTERM.")
    engine = talentpool.context().session.get_bind(sa.inspect(talentpool.models.letter)).engine
    with cut_short(engine, stop):
        pause, looks = interval, Looks()
        while not stop.is_set():
            is_well = round_of(talentpool, stop, looks)
            pause = interval if is_well else min(pause * 2, max(LONGEST_PAUSE, interval))
            stop.wait(pause)


def _ready(stop: threading.Event) -> "TalentPool | None":
    """Return the extension once its database answers, however long that takes; None once told to stop."""
    pause = SHORTEST_AT_START
    while not stop.is_set():
        try:
            return ready()
        except (OperationalError, InterfaceError) as error:
            _release(mounted())
            click.echo(
                f"Waiting for the database, and asking again in {pause:g} s ({said_by(error)}).", err=True
            )
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_AT_START)
    return None


def _release(talentpool: "TalentPool") -> None:
    """Give the connection back that starting took: the rounds have their own."""
    talentpool.context().session.close()


@contextlib.contextmanager
def stopping() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and Ctrl-C set; a second Ctrl-C ends at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # signals reach the main thread only
        return

    def asked(number: int, _frame: FrameType | None) -> None:
        stop.set()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def round_of(talentpool: "TalentPool", stop: threading.Event, looks: Looks | None = None) -> bool:
    """Do one round in an app context of its own; return whether everything could be reached.

    Args:
        talentpool: The extension.
        stop: Set once the worker was told to stop.
        looks: When everything is looked at; without it now.
    """
    pace = Pace(stop, lambda: talentpool.dispatch(stop=stop, seconds=AWHILE))
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (Flask's documented way to the app)
    try:
        with app.app_context():
            synced = _sync(talentpool, pace, looks or Looks())
            many = talentpool.work_bulks(stop=stop, seconds=MOST_FOR_MANY)
            is_over = stop.is_set() or bool(pace.unreachable)
            report = DispatchReport() if is_over else talentpool.dispatch(stop=stop)
            talentpool.transact(heartbeat)
    except ToldToStopError:
        return True
    except DBAPIError as error:
        if stop.is_set():
            return True  # it was cut short
        logger.warning("the worker waits: %s", away(error))
        return False
    except TalentPoolError as error:
        logger.warning("the worker waits: %s", error)
        return False
    except Exception:  # whatever it is, the letters that wait are worth another try
        logger.exception("the worker waits after an error")
        return False
    if news := _news(synced, [*pace.reports, report], many):
        click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {news}")
    if unreachable := pace.unreachable or report.unreachable:
        logger.warning("the mail server could not be used: %s", unreachable)
    return not unreachable


def _sync(talentpool: "TalentPool", pace: Pace, looks: Looks) -> SyncReport:
    whole = looks.is_due
    report = talentpool.sync(whole=whole, between=pace)
    if whole:
        looks.took(report.look_seconds)
    return report


def _news(synced: SyncReport, reports: Sequence[DispatchReport], many: BulkReport) -> str:
    """Say in one line what happened; empty when nothing did."""
    counted = {
        "baseline": synced.baseline,
        "noticed": synced.noticed,
        "taken back": synced.taken_back,
        "composed": synced.composed,
        "gone": synced.gone,
        "lapsed": synced.lapsed,
        "held up, see the first page": synced.braked,
        "not recorded": synced.failed,
        "looked at": many.looked,
        "done at once": many.done,
        "undone": many.undone,
        "sent": sum(one.sent for one in reports),
        "put off": sum(one.retried for one in reports),
        "refused": sum(one.failed for one in reports),
        "unknown": sum(one.unknown for one in reports),
        "held": sum(one.held for one in reports),
        "cancelled": sum(one.cancelled for one in reports),
    }
    return ", ".join(f"{what} {number:,}" for what, number in counted.items() if number)
