"""The host's rows behind answer clocks."""

from collections.abc import Sequence
from typing import Any

from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts, rows_of
from flask_talentpool.enums import HoldReason


def application_of(ctx: Context, clock: ClockMixin) -> Any:
    """Load the application of a clock as it is now; None when it is gone, hidden or somebody else's."""
    row = row_of(ctx, clock)
    return None if row.because is HoldReason.HIDDEN else row.application


def applications_of(ctx: Context, clocks: Sequence[ClockMixin]) -> list[str]:
    """Return the keys of the applications of clocks; those that are gone, hidden or somebody else's are left out."""
    rows = rows_of(ctx, clocks)
    return [
        clock.application_key
        for clock, row in zip(clocks, rows, strict=True)
        if row.error is None and row.because is None and _known(clock, row).application is not None
    ]


def row_of(ctx: Context, clock: ClockMixin) -> Facts:
    """Read the host's row of a clock as it is now."""
    row = rows_of(ctx, [clock])[0]
    if row.error is not None:
        raise row.error
    return _known(clock, row)


def _known(clock: ClockMixin, row: Facts) -> Facts:
    # A clock that says no more whose it was is of somebody who was forgotten.
    is_forgotten = not clock.candidate_key and row.seen is not None and row.seen.candidate_key is not None
    return Facts(because=HoldReason.ROW_GONE) if is_forgotten else row
