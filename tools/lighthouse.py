"""Measure the built guide with Lighthouse, and weigh every page: `python -m tools.lighthouse`.

It reads `build/site` (see `make guide`), serves it compressed on this machine, and exits 1 when a figure is too low.
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.browser import ARGUMENTS, Chromium, find_chromium
from tools.page_weight import COMPRESSED, heaviest

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site"
FOLDER = ROOT / "build" / "lighthouse"
# The newest that runs on Node 20.
VERSION = "lighthouse@12"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"

PAGES = {
    "home": "",
    "a page for candidates": "after-the-interview/",
    "a reference page": "developers/settings/",
}
LEAST = {"performance": 90, "accessibility": 95, "best-practices": 95, "seo": 95}
MOST_BYTES = 400_000
# As Lighthouse colours its figures: from here on an audit is green.
_GOOD = 0.9
_FULL = 100
_NOISY, _RUNS = "performance", 3
_PATIENCE = 30
_RUN_LIMIT = 180


class _Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves files as a published site does: compressed, and to be kept for a while."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        status = 200
        if not path.is_file():
            path, status = SITE / "404.html", 404
        body = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in COMPRESSED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: what was asked for is not of interest."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the built guide on a free port; yield its address."""
    handler = functools.partial(_Compressing, directory=str(SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def chromium() -> Chromium | None:
    """Return the browser that `CHROME_PATH` names, else the one that the browser tests use."""
    named = os.environ.get("CHROME_PATH")
    return Chromium(Path(named)) if named else find_chromium()


@contextmanager
def started(browser: Chromium) -> Iterator[int]:
    """Start a browser for Lighthouse to drive; yield the port it listens on."""
    # Node must not see the libraries that an unpacked Chromium needs, so Lighthouse does not start it.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", *ARGUMENTS]
        running = subprocess.Popen(
            [browser.path, *options, "about:blank"],
            env={**os.environ, **browser.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _port(Path(profile) / "DevToolsActivePort")
        finally:
            running.terminate()
            running.wait(timeout=_PATIENCE)


def _port(written: Path) -> int:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if written.is_file() and (lines := written.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.1)
    sys.exit("Chromium did not start.")


def install() -> None:
    """Get Lighthouse into the build folder, once."""
    if PROGRAM.is_file():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(["npm", "install", "--prefix", FOLDER, *options, VERSION], check=True)


@dataclass(frozen=True, slots=True)
class Measured:
    """What Lighthouse says of a page: a figure of 100 for each kind, and what took points away."""

    figures: dict[str, int]
    faults: tuple[str, ...]


def measure(address: str, *, port: int) -> Measured:
    """Run Lighthouse on a page, in a browser that is open."""
    run = subprocess.run(
        [
            "node",
            PROGRAM,
            address,
            f"--port={port}",
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(LEAST)}",
        ],
        capture_output=True,
        text=True,
        timeout=_RUN_LIMIT,
        check=True,
    )
    report = json.loads(run.stdout)
    categories = report["categories"]
    figures = {kind: round(_FULL * (categories[kind]["score"] or 0)) for kind in LEAST}
    counted = {
        one["id"]
        for kind in LEAST
        if figures[kind] < _FULL
        for one in categories[kind]["auditRefs"]
        if one["weight"]
    }
    faults = tuple(
        audit["title"]
        for name, audit in report["audits"].items()
        if name in counted and (audit["score"] or 0) < _GOOD
    )
    return Measured(figures, faults)


def best(address: str, *, port: int) -> Measured:
    """Measure a page again while it is slow, at most three times: a busy machine only ever takes points away."""
    runs: list[Measured] = []
    while len(runs) < _RUNS and not any(run.figures[_NOISY] >= LEAST[_NOISY] for run in runs):
        runs.append(measure(address, port=port))
    return max(runs, key=lambda run: run.figures[_NOISY])


def main() -> int:
    """Print the figures; return 1 when one is too low."""
    if not (SITE / "index.html").is_file():
        sys.exit("There is no build/site: run `make guide` first.")
    browser = chromium()
    if browser is None or not shutil.which("npm"):
        sys.exit("Lighthouse needs Chromium (`make browser`, or CHROME_PATH) and Node 20 with npm.")
    install()
    good = True
    with served() as address, started(browser) as port:
        for name, path in PAGES.items():
            measured = best(address + path, port=port)
            print(
                f"{name:24}", *(f"{kind} {figure:3}" for kind, figure in measured.figures.items()), sep="  "
            )
            for fault in measured.faults:
                print(f"{'':24}  - {fault}")
            good &= all(measured.figures[kind] >= least for kind, least in LEAST.items())
    page, weight = heaviest(SITE)
    print(
        f"{'largest page':24}  {weight / 1000:.0f} kB transferred, of {MOST_BYTES // 1000} kB allowed: {page}"
    )
    return 0 if good and weight < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
