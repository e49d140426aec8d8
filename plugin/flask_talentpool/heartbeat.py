"""The sign of life of whatever does the rounds, for whoever asks whether letters go by themselves."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from flask_talentpool.context import Context

MARK = "worker"
ALIVE = timedelta(minutes=10)
"""For how long after a sign of life something is taken to be at work; longer where it works more rarely."""


def heartbeat(ctx: Context) -> None:
    """Write down that something has just been round: a worker, a task of a queue, or one `send`."""
    ctx.keep_mark(MARK, at=ctx.clock.lease_now())


def last_seen(ctx: Context) -> datetime | None:
    """Return when something was last round, in real time; None when none ever was."""
    mark = ctx.models.mark
    return ctx.session.scalars(sa.select(mark.at).where(mark.key == MARK)).one_or_none()


def alive_until(ctx: Context) -> datetime | None:
    """Return until when something must be taken to be at work, in real time; None when nothing is."""
    return until(ctx, last_seen(ctx))


def until(ctx: Context, seen: datetime | None) -> datetime | None:
    """Return what :func:`alive_until` does, where the last sign of life is known."""
    if seen is None:
        return None
    end = seen + max(ALIVE, 3 * ctx.settings.worker_interval)
    return end if end > ctx.clock.lease_now() else None
