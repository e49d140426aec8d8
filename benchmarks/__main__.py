"""Run the benchmarks: all of them, or those named: `python -m benchmarks delivery commit`."""

import argparse
import sys

sys.path[:0] = ["plugin"]

from benchmarks import bulk, commit, delivery  # noqa: E402 (the path comes first)

BENCHMARKS = {"bulk": bulk.main, "commit": commit.main, "delivery": delivery.main}


def main() -> int:
    """Return 1 when a limit is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help=", ".join(BENCHMARKS)
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    met = [BENCHMARKS[name]() for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
