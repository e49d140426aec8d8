"""The start: the minimal example of "Mount it", from the first sync to the first letter, sent on purpose."""

import email
import email.policy
import importlib.util
import re
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.hosts.reader import Page
from tests.support.apps import dispose_engines
from tests.support.cli import cli_runner

PAGE = (Path(__file__).resolve().parents[2] / "site" / "developers" / "mount-it.md").read_text(
    encoding="utf-8"
)


@pytest.fixture
def quick_disk():
    """Let SQLite not wait for the disk: the example knows nothing of being tested."""

    def hurry(raw, _):
        raw.execute("PRAGMA synchronous=OFF").close()

    sa.event.listen(sa.Engine, "connect", hurry)
    yield
    sa.event.remove(sa.Engine, "connect", hurry)


@pytest.fixture
def minimal(tmp_path, monkeypatch, quick_disk):
    """The first Python block of the page, saved as app.py and started."""
    path = tmp_path / "app.py"
    path.write_text(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("minimal_of_the_guide", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    yield module.app
    dispose_engines(module.app)


def run(app, command):
    result = cli_runner(app).invoke(args=["talentpool", command])
    assert result.exit_code == 0, result.output
    return result.output


def press(client, text):
    """Press a button of the application's page, as a browser does."""
    button = Page.of(client.get("/")).button(text)
    answer = client.post(button.form.action, data=dict(button.form.fields), follow_redirects=True)
    assert answer.status_code == 200, answer.text


def test_the_example_runs_from_the_first_sync_to_the_first_letter(minimal, tmp_path):
    client = minimal.test_client()

    first = run(minimal, "sync")
    client.post("/", data={"reject": "1"})
    composed = run(minimal, "sync")
    waiting = Page.of(client.get("/")).text
    press(client, "Approve and send now")
    sent = run(minimal, "send")

    assert "First sync: 0 outcomes" in first
    assert "1 held" in composed
    assert "Waits for one true line from somebody who met this person" in waiting
    assert "1 letter sent" in sent
    (letter,) = (tmp_path / "instance" / "mailbox").glob("*.eml")
    mail = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "Noor Haddad <noor@mail.example>"
    assert "not offering you the Gardener role" in text
    guide = re.findall(r"http://127\.0\.0\.1:5000(/talent-pool/guide/\S+)", text)
    assert guide
    assert [address for address in guide if client.get(address).status_code != 200] == []
