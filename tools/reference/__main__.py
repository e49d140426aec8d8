"""The command line; see the package."""

import sys

from tools import reference


def main() -> int:
    """Write or check the pages."""
    if "--check" in sys.argv[1:]:
        stale = reference.stale()
        for page in stale:
            print(
                f"site/developers/{page}.md is not what the code says; run: python -m tools.reference",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for page in reference.write():
        print(f"site/developers/{page}.md")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
