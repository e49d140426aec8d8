"""The published guide as a reader gets it: built, and served as plain files."""

import contextlib
import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import axe_playwright_python

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "site"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"


class _Files(SimpleHTTPRequestHandler):
    def translate_path(self, path):
        """Serve axe beside the pages: a browser keeps a script compiled that it fetched, and not one it was told."""
        return str(AXE) if path == f"/{AXE.name}" else super().translate_path(path)

    def log_message(self, *_args):
        """Say nothing: a test's output is about the test."""


@contextlib.contextmanager
def served_files(folder):
    """Serve a folder on a free port and yield its address, without a closing slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="guide server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def addresses(folder):
    """Return the address of every page of a built guide, beginning with a slash."""
    return sorted(
        "/" + str(path.relative_to(folder)).removesuffix("index.html") for path in folder.rglob("*.html")
    )
