"""Find a Chromium to drive: the system's, else the one an npm package carries."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE_FOLDER = REPOSITORY / "build" / "browser"
"""Where `make test` installs @sparticuz/chromium when the system has no Chromium."""

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The page guard reports requests that leave the machine; this makes sure that they do not.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

UNPACK = """
import chromium from "@sparticuz/chromium";
await chromium.executablePath();
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser that can be started, with what its environment needs beside ours."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium | None:
    """Return the browser to drive, or None when there is none."""
    for name in SYSTEM_NAMES:
        if found := shutil.which(name):
            return Chromium(Path(found))
    if (PACKAGE_FOLDER / "node_modules" / "@sparticuz" / "chromium").is_dir() and shutil.which("node"):
        return _unpacked()
    return None


def _unpacked() -> Chromium:
    target = PACKAGE_FOLDER / "unpacked"
    if not target.is_dir():
        # Test processes run side by side: each unpacks for itself and the first to finish is used.
        draft = Path(tempfile.mkdtemp(prefix="unpacking-", dir=PACKAGE_FOLDER))
        subprocess.run(
            ["node", "--input-type=module", "-e", UNPACK],
            cwd=PACKAGE_FOLDER,
            # The package unpacks into the folder for temporary files, its libraries only where it sees a Lambda.
            env={**os.environ, "TMPDIR": str(draft), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"},
            check=True,
        )
        with contextlib.suppress(OSError):
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return Chromium(target / "chromium", _environment(target))


def _environment(folder: Path) -> dict[str, str]:
    environment = {}
    if shutil.which("ldd"):
        libraries = subprocess.run(["ldd", folder / "chromium"], capture_output=True, text=True, check=False)
        if "not found" in libraries.stdout:
            environment["LD_LIBRARY_PATH"] = str(folder / "al2023" / "lib")
    if not Path("/etc/fonts/fonts.conf").exists():
        configuration = folder / "fonts.conf"
        configuration.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
            f"<fontconfig><dir>{folder / 'fonts'}</dir><cachedir>{folder / 'font-cache'}</cachedir></fontconfig>"
        )
        environment["FONTCONFIG_FILE"] = str(configuration)
    return environment
