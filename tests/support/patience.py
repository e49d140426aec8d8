"""How long to wait for what takes its time: longer on a machine that is slow, or busy with something else."""

import os
import time

SUMMED = 300_000
TAKES = 0.014
"""Seconds of processor time that adding up so many numbers takes where the tests' waits were chosen."""


def _slowness() -> float:
    took = []
    for _ in range(3):
        began = time.process_time()
        sum(number for number in range(SUMMED) if number)
        took.append(time.process_time() - began)
    return max(1.0, min(took) / TAKES)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


SLOWNESS = float(os.environ.get("TEST_PATIENCE", "0")) or _slowness()
"""By how much this machine is slower than that one; `TEST_PATIENCE` says it where measuring misleads."""
MOST = 20
"""A test that waits for what never comes shall end as well."""


def patience(seconds: float) -> float:
    """Return how many seconds to wait here and now for what takes at most ``seconds`` on an idle machine."""
    load = os.getloadavg()[0] / _cores() if hasattr(os, "getloadavg") else 1.0
    return seconds * min(MOST, SLOWNESS * max(1.0, load))
