"""Processes of their own, started quickly: forked from one that has imported everything."""

import contextlib
import multiprocessing
import os
import sys
import tempfile
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import SimpleNamespace

from tests.support.patience import patience
from tests.support.smtp import REPOSITORY

PRELOADED = ["tests.promises.sender", "tests.support.forked_flask"]


def context() -> ForkServerContext:
    """Return where processes are started from; one server for each test process."""
    ours = [str(REPOSITORY), str(REPOSITORY / "plugin")]
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if ours[0] not in known:
        os.environ["PYTHONPATH"] = os.pathsep.join([*ours, *filter(None, known)])
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(PRELOADED)
    return made


def flask(*arguments: str, folder: Path, environment: dict[str, str]) -> SimpleNamespace:
    """Run `flask` with arguments in a folder, as a shell would; return its code and what it printed."""
    with contextlib.ExitStack() as stack:
        out, err = (stack.enter_context(tempfile.NamedTemporaryFile()) for _ in range(2))
        process = context().Process(
            target=_flask, args=(arguments, str(folder), environment, out.name, err.name), daemon=False
        )
        process.start()
        process.join(patience(120))
        assert process.exitcode is not None, "it did not end"
        said = [Path(file.name).read_text(encoding="utf-8") for file in (out, err)]
    return SimpleNamespace(code=process.exitcode, out=said[0], err=said[1], all="".join(said))


def _flask(arguments: tuple[str, ...], folder: str, environment: dict[str, str], out: str, err: str) -> None:
    for number, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_WRONLY), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, folder)
    sys.argv = ["flask", *arguments]
    from flask.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
