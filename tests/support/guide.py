"""The published guide, built once for all test processes of a run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.patience import patience
from tests.support.smtp import REPOSITORY

_BUILT_WITHIN = 120
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}


def built_guide(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the guide, built strictly by whichever test process asks first.

    `make test` has built it by then, and says where in `BUILT_GUIDE`.
    """
    if there_is := os.environ.get("BUILT_GUIDE"):
        assert (Path(there_is) / "index.html").is_file(), f"no guide in {there_is}: run `make guide`"
        return Path(there_is)
    pytest.importorskip("material", reason="mkdocs-material is not installed: install flask-talentpool[docs]")
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "guide"
    try:
        shared.mkdir()
    except FileExistsError:
        return _built_elsewhere(shared)
    said = _build(shared / "site")
    (shared / "said").write_text(said, encoding="utf-8")
    (shared / "said").rename(shared / "done")
    assert not said, said
    return shared / "site"


def _built_elsewhere(shared: Path) -> Path:
    deadline = time.monotonic() + patience(_BUILT_WITHIN)
    while not (shared / "done").exists():
        assert time.monotonic() < deadline, "another test process did not finish building the guide"
        time.sleep(0.1)
    said = (shared / "done").read_text(encoding="utf-8")
    assert not said, said
    return shared / "site"


def _build(folder: Path) -> str:
    """Build into a folder; return what MkDocs had to say against it, empty when nothing."""
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "plugin")])
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)],
        cwd=REPOSITORY,
        env=os.environ | _QUIET | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=patience(_BUILT_WITHIN),
        check=False,
    )
    said = run.stdout + run.stderr
    return said if run.returncode or "WARNING" in said else ""
