"""Run the benchmarks: all of them, or those named: `python -m benchmarks delivery commit`."""

import argparse
import sys

sys.path[:0] = ["plugin"]

from benchmarks import beside, bulk, commit, delivery, rejection  # noqa: E402 (the path comes first)

BENCHMARKS = {
    "bulk": bulk.main,
    "commit": commit.main,
    "delivery": delivery.main,
    "host": beside.main,
    "rejection": rejection.main,
}
IN_LETTERS = ("delivery", "rejection")
"""Those that can be asked for fewer letters, or more."""


def _sizes(name: str, asked: argparse.Namespace) -> dict[str, int]:
    """Return what was asked of a benchmark about its size."""
    if name in IN_LETTERS and asked.letters is not None:
        return {"letters": asked.letters}
    return {"applications": asked.applications} if name == "host" and asked.applications is not None else {}


def main() -> int:
    """Return 1 when a limit is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help=", ".join(BENCHMARKS)
    )
    parser.add_argument(
        "--letters", type=int, metavar="NUMBER", help=f"a round, in {' and '.join(IN_LETTERS)}"
    )
    parser.add_argument("--applications", type=int, metavar="NUMBER", help="in the database, in host")
    asked = parser.parse_args()
    names = asked.names or list(BENCHMARKS)
    met = [BENCHMARKS[name](**_sizes(name, asked)) for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
