"""The wheel carries all it needs and works, alone, in an environment that has never seen this repository."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.support.patience import patience

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "plugin" / "flask_talentpool"
START_SECONDS = 30
GUIDE = "flask_talentpool/guide_pages/"
PUBLISHED_ONLY = {"guide.css", "tables.js", "social.png", "candidate-page.png"}
"""What only the published guide needs, or the README."""


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def clean_environment(wheel, tmp_path_factory):
    """The Python of an environment that holds the wheel and what it asks for, in the versions of the lock."""
    folder = tmp_path_factory.mktemp("clean")
    locked = re.findall(
        r"^([\w.-]+==[^\s\\]+(?: ; [^\\\n]+)?)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE
    )
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(locked))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-input", "-c", constraints, f"{wheel}[login]")
    return python


@pytest.fixture
def alone(tmp_path):
    """A folder with nothing but the one-file example, and surroundings that know nothing of this repository."""
    shutil.copy(REPOSITORY / "examples" / "minimal" / "app.py", tmp_path)
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COV", "FLASK", "TALENTPOOL"))
    }
    return {"cwd": tmp_path, "env": surroundings}


@pytest.fixture
def address(clean_environment, alone):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = alone["cwd"] / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [clean_environment, "-m", "flask", "--app", "app.py", "run", "--port", str(port)],
            stdout=output, stderr=output, **alone,
        )  # fmt: skip
    give_up = time.monotonic() + patience(START_SECONDS)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=patience(1)).close()
            break
        except OSError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < give_up, log.read_text()
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def read(url):
    with urllib.request.urlopen(url, timeout=patience(10)) as response:
        return response.headers.get_content_type(), response.read().decode()


def test_everything_the_package_reads_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    source = {
        f"flask_talentpool/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source <= names
    assert "flask_talentpool/py.typed" in names


def test_the_pages_for_candidates_and_recruiters_are_in_the_wheel_and_those_for_developers_are_not(wheel):
    packed = {
        name.removeprefix(GUIDE) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(GUIDE)
    }
    site = REPOSITORY / "site"
    lying = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}

    assert {"what-happens-next.md", "de/what-happens-next.md", "assets/guide-tools.js"} <= packed
    assert packed == {
        name
        for name in lying
        if not name.startswith("developers/") and name.removeprefix("assets/") not in PUBLISHED_ONLY
    }


def test_nothing_else_is_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "flask_talentpool",
        "flask_talentpool-0.1.0.dist-info",
    }
    assert "flask_talentpool-0.1.0.dist-info/licenses/LICENSE" in names


def test_the_extras_have_their_names(wheel):
    metadata = zipfile.ZipFile(wheel).read("flask_talentpool-0.1.0.dist-info/METADATA").decode()
    extras = Parser().parsestr(metadata, headersonly=True).get_all("Provides-Extra")
    assert set(extras) == {"celery", "docs", "lint", "login", "migrate", "postgres", "test"}


def test_the_package_comes_from_the_wheel(clean_environment, alone):
    where = run(clean_environment, "-c", "import flask_talentpool; print(flask_talentpool.__file__)", **alone)
    assert Path(where.strip()).is_relative_to(clean_environment.parents[1])


def test_the_one_file_example_shows_the_pages_with_their_styles(address):
    kind, page = read(f"{address}/talent-pool/")
    assert kind == "text/html"
    sheets = re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', page)
    assert sheets
    for sheet in sheets:
        assert sheet.startswith("/"), "a style from another host"
        kind, rules = read(address + sheet)
        assert kind == "text/css"
        assert "{" in rules


def test_the_one_file_example_serves_the_guide(address):
    for page in (
        "",
        "what-happens-next/",
        "recruiters/",
        "de/what-happens-next/",
        "de-informal/second-place/",
    ):
        assert "<h1" in read(f"{address}/talent-pool/guide/{page}")[1]
    assert read(f"{address}/talent-pool/guide/assets/guide-tools.js")[0] == "text/javascript"


def test_a_page_that_is_not_there_is_not_found(address):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(f"{address}/talent-pool/guide/no-such-page/")


def test_the_commands_are_there(clean_environment, alone):
    told = run(clean_environment, "-m", "flask", "--app", "app.py", "talentpool", "--help", **alone)
    assert {"check", "sync", "adopt", "send", "worker", "forget"} <= set(told.split())
