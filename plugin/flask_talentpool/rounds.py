"""One round: what the host did, the letters that answer it, and whatever has become due in the meantime."""

import logging
import time
from collections.abc import Callable
from functools import partial

from flask_talentpool.answer_clock.clock import refresh_clocks
from flask_talentpool.answer_clock.owed_letter import write_owed
from flask_talentpool.answer_clock.progress_letter import write_due
from flask_talentpool.decisions.barring import end_barred
from flask_talentpool.decisions.outcome.pending import answer_waiting
from flask_talentpool.digest.digest import remind, write_digests
from flask_talentpool.digest.openings import write_openings
from flask_talentpool.hires.falls import look_at_falls, notice_falls
from flask_talentpool.hires.jobs import look_at_jobs
from flask_talentpool.hires.watch import watch_hires
from flask_talentpool.letters.held import HeldPage, release_held
from flask_talentpool.noticing.sync import SyncReport, sync
from flask_talentpool.recalls.ending import follow
from flask_talentpool.recalls.letter import remind as remind_invited
from flask_talentpool.transactions import Transact, Work

logger = logging.getLogger("flask_talentpool")

Step = Callable[[Transact, SyncReport], None]


def look_at_held(transact: Transact, report: SyncReport) -> None:
    """Look again at every letter that is held, a page in a transaction."""
    after: int | None = 0
    while after is not None:
        page: HeldPage = transact(partial(release_held, after=after))
        report.failed += page.failed
        after = page.last


def _look_at_jobs(transact: Transact, report: SyncReport) -> None:
    del report
    look_at_jobs(transact)


def _alone(work: Work) -> Step:
    """Return the step that does one piece of work in one transaction."""

    def step(transact: Transact, report: SyncReport) -> None:
        del report
        transact(work)

    return step


CLOCKS = _alone(refresh_clocks)
BARRED = _alone(end_barred)
FALLS = _alone(look_at_falls)
WATCH = _alone(watch_hires)
LOOKS = (CLOCKS, BARRED, FALLS, _look_at_jobs, WATCH)
"""Those that look at the host's rows."""
STEPS: tuple[tuple[str, Step], ...] = (
    ("the answer clocks were not refreshed", CLOCKS),
    ("places of people never to be pooled were not ended", BARRED),
    ("offers and hires that fell through were not noticed", _alone(notice_falls)),
    ("what the host says of hires was not looked at", FALLS),
    ("jobs were not looked at", _look_at_jobs),
    ("hires were not looked at", WATCH),
    ("held letters were not looked at", look_at_held),
    ("nobody was written to at the limit", _alone(write_due)),
    ("nobody was written to on their last day", write_owed),
    ("invitations back were not followed", _alone(follow)),
    ("nobody was reminded of an invitation back", _alone(remind_invited)),
    ("nobody was reminded of a line", _alone(remind)),
    ("no morning mail was written", _alone(write_digests)),
    ("nobody was written to about an opening", _alone(write_openings)),
)
"""What follows the noticing, in this order, and what the log says of a step that fails."""


def do_round(transact: Transact, *, whole: bool = True) -> SyncReport:
    """Record what the host did and write what follows from it; the first round takes the baseline.

    Without ``whole`` the host is not looked at: what the hook saw is answered, and what has become due.

    What one of the later steps raises keeps neither the others from being done nor letters that are due from going:
    it is counted, and tried again in the next round.
    """
    started = time.monotonic()
    report = sync(transact) if whole else SyncReport()
    # The first start is made once, and says nothing of how long a look takes.
    report.look_seconds = 0.0 if report.first else time.monotonic() - started
    answer_waiting(transact, report, whole=whole)
    for what, step in STEPS:
        if step in LOOKS and (report.braked or not whole):
            continue  # held up, the host looks as if everything were gone
        started = time.monotonic()
        try:
            step(transact, report)
        except Exception:  # whatever it is, the host's code may have raised it
            logger.exception("%s; it is tried again at the next sync", what)
            report.failed += 1
        if step in LOOKS:
            report.look_seconds += time.monotonic() - started
    return report
