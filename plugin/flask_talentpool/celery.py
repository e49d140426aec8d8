"""Celery: one periodic task that does what the worker does, for hosts that outgrow one machine.

The outbox in the host's database stays the truth; no letter is ever a message of the broker's. Several workers
may run the task side by side: each claims its own letters.
"""

from typing import Any

from flask import Flask

from flask_talentpool.heartbeat import heartbeat

TASK = "flask_talentpool.tick"


def register(
    celery_app: Any, flask_app: Flask, *, every: float = 10.0, limit: int = 500, seconds: float = 45.0
) -> Any:
    """Add the task to a Celery app and to its schedule; returns the task.

    Args:
        celery_app: The host's Celery app.
        flask_app: The Flask app a :class:`~flask_talentpool.TalentPool` is mounted on.
        every: Seconds between two ticks.
        limit: How many letters one tick hands over at most.
        seconds: How long one tick begins letters at most; keep it below the broker's visibility timeout.
    """

    @celery_app.task(name=TASK, ignore_result=True, acks_late=False)  # type: ignore[untyped-decorator,unused-ignore]
    def tick(limit: int = limit, seconds: float = seconds) -> dict[str, int]:
        """Record what the host decides, do what waits for many, and hand over what is due."""
        with flask_app.app_context():
            talentpool = flask_app.extensions["talentpool"]
            synced = talentpool.sync()
            talentpool.work_bulks(seconds=seconds / 2)
            report = talentpool.dispatch(limit=limit, seconds=seconds)
            talentpool.transact(heartbeat)
            return {"composed": synced.composed, "sent": report.sent, "unknown": report.unknown}

    celery_app.conf.beat_schedule = {
        **(celery_app.conf.beat_schedule or {}),
        "flask-talentpool": {"task": TASK, "schedule": every, "options": {"expires": every}},
    }
    return tick
