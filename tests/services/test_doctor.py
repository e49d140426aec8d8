"""`flask talentpool doctor`: one line each, with a remedy, and an exit code."""

import json
import re
import socket
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.commands import doctor
from flask_talentpool.commands.worker import round_of
from flask_talentpool.guide import pages as guide_pages
from flask_talentpool.heartbeat import MARK, heartbeat

pytestmark = pytest.mark.both_databases

READY = {
    "TALENTPOOL_PUBLIC_URL": "https://agency.test",
    "TALENTPOOL_MAIL_FROM": "Anna <jobs@agency.test>",
    "TALENTPOOL_POOL_MAIL_FROM": "Anna <pool@agency.test>",
}


def look(agency):
    """Return the exit code, and verdict and words of each thing that was looked at."""
    result = agency.run("doctor", "--json")
    found = json.loads(result.stdout)["found"]
    return result.exit_code, {one["what"]: (one["verdict"], one["says"]) for one in found}


@pytest.fixture
def make_ready(make_agency, smtp_server):
    def make(**config):
        agency = make_agency(**{**READY, "TALENTPOOL_MAIL_URL": smtp_server.url, **config})
        agency.run("sync")
        return agency

    return make


def test_a_company_without_a_name_is_wrong(make_ready):
    code, found = look(make_ready(TALENTPOOL_COMPANY=None))

    assert (code, found["company"][0]) == (1, "wrong")
    assert "TALENTPOOL_COMPANY" in found["company"][1]


def beat(agency, ago=timedelta(0)):
    talentpool = agency.app.extensions["talentpool"]
    with agency.app.app_context():
        talentpool.transact(heartbeat)
        mark = talentpool.models.mark
        at = talentpool.clock.lease_now() - ago
        talentpool.transact(
            lambda ctx: ctx.session.execute(sa.update(mark).where(mark.key == MARK).values(at=at))
        )


def test_a_host_that_is_ready_has_nothing_wrong_and_no_mail_is_sent(make_ready, smtp_server):
    agency = make_ready()
    beat(agency)

    code, found = look(agency)

    assert {what: said for what, said in found.items() if said[0] == "wrong"} == {}
    assert code == 0
    assert found["mail server"][0] == "ok"
    assert found["worker"][0] == "ok"
    assert smtp_server.mails == []
    assert not [line for _, line in smtp_server.dialogue if line.startswith("MAIL")]


def test_a_database_that_does_not_wait_for_the_disk_needs_attention(make_ready):
    agency = make_ready()

    _, found = look(agency)

    # The tests' databases do not, to be fast.
    verdict, says = found["database"]
    assert verdict == "attention"
    assert "may go once more" in says


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("log", "synchronous", "waits"),
    [("WAL", "NORMAL", False), ("WAL", "FULL", True), ("DELETE", "NORMAL", True), ("DELETE", "OFF", False)],
)
def test_sqlite_waits_for_the_disk_depending_on_its_log(make_ready, log, synchronous, waits):
    agency = make_ready()
    with agency.app.app_context():
        engine = agency.db.engine

    def set_up(raw, _):
        raw.execute(f"PRAGMA journal_mode={log}").close()
        raw.execute(f"PRAGMA synchronous={synchronous}").close()

    engine.dispose()
    sa.event.listen(engine, "connect", set_up)
    try:
        _, found = look(agency)
    finally:
        sa.event.remove(engine, "connect", set_up)
        engine.dispose()

    assert ("database" not in found) is waits


def test_each_line_says_verdict_thing_and_remedy(make_ready):
    lines = make_ready().run("doctor").stdout.splitlines()

    assert all(line.split()[0] in {"ok", "attention", "wrong"} for line in lines)
    assert any(line.startswith("attention worker: No worker was ever seen. Run ") for line in lines)


def test_a_mail_server_that_is_away_is_wrong(make_ready, smtp_server):
    agency = make_ready()
    smtp_server.stop()

    code, found = look(agency)

    assert code == 1
    assert found["mail server"][0] == "wrong"


def test_a_log_in_that_is_refused_is_wrong_and_shows_no_password(make_ready, smtp_server):
    url = smtp_server.url.replace("smtp://", "smtp://me:hush-hush@")
    agency = make_ready(TALENTPOOL_MAIL_URL=url)

    code, found = look(agency)

    assert code == 1
    assert found["mail server"][0] == "wrong"
    assert "hush" not in str(found)


def test_a_return_path_of_another_domain_needs_attention(make_ready):
    _, found = look(make_ready(TALENTPOOL_BOUNCE_MAILBOX="bounces@mailer.test"))

    assert found["sender"][0] == "attention"
    assert "DKIM" in found["sender"][1]


def test_a_return_path_below_the_senders_domain_is_fine(make_ready):
    _, found = look(make_ready(TALENTPOOL_BOUNCE_MAILBOX="bounces+{letter}@mail.agency.test"))

    assert found["sender"][0] == "ok"


def test_links_without_https_need_attention(make_ready):
    _, found = look(make_ready(TALENTPOOL_PUBLIC_URL="http://agency.test"))

    assert found["public address"][0] == "attention"


def test_a_worker_that_stopped_is_wrong(make_ready):
    agency = make_ready()
    beat(agency, timedelta(hours=3))

    code, found = look(agency)

    assert code == 1
    assert found["worker"][0] == "wrong"


def test_a_round_of_the_worker_is_a_sign_of_life(make_ready):
    agency = make_ready()
    with agency.app.app_context():
        round_of(agency.app.extensions["talentpool"], threading.Event())

    assert look(agency)[1]["worker"][0] == "ok"


def test_one_round_of_send_is_a_sign_of_life(make_ready):
    agency = make_ready()
    agency.run("send")

    assert look(agency)[1]["worker"][0] == "ok"


def test_what_should_do_the_work_is_named_where_nothing_was_round_for_long(make_ready):
    agency = make_ready()
    beat(agency, timedelta(hours=3))

    says = look(agency)[1]["worker"][1]

    assert "`flask talentpool worker`" in says
    assert "`send`" in says


def test_a_job_that_comes_round_as_often_as_is_set_is_not_late(make_ready):
    agency = make_ready(TALENTPOOL_WORKER_INTERVAL=timedelta(hours=1))
    beat(agency, timedelta(minutes=90))

    assert look(agency)[1]["worker"][0] == "ok"


def test_without_tables_it_names_the_command_that_makes_them(make_agency, smtp_server):
    agency = make_agency(tables=False, **READY, TALENTPOOL_MAIL_URL=smtp_server.url)

    code, found = look(agency)

    assert code == 1
    assert "flask db migrate" in found["tables"][1]


def test_staging_is_said(make_ready):
    _, found = look(make_ready(TALENTPOOL_SEND_ALL_MAIL_TO="all@agency.test"))

    assert found["staging"][0] == "attention"


def test_a_letter_due_for_days_is_wrong(make_ready):
    agency = make_ready()
    agency.reject_in_bulk([agency.add("Bo Li", "bo@mail.example")])
    agency.run("sync")
    with agency.app.app_context():
        talentpool = agency.app.extensions["talentpool"]
        letter = talentpool.models.letter
        due = talentpool.clock.now() - timedelta(days=3)
        talentpool.transact(
            lambda ctx: ctx.session.execute(sa.update(letter).values(due_at=due, state="due", because=""))
        )

    code, found = look(agency)

    assert code == 1
    assert found["oldest due letter"][0] == "wrong"


def test_a_port_that_is_closed_is_named(make_ready):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    _, found = look(make_ready(TALENTPOOL_MAIL_URL=f"smtp://127.0.0.1:{port}"))

    assert f"smtp://127.0.0.1:{port}" in found["mail server"][1]


def test_a_folder_of_texts_that_went_away_is_named(make_ready, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    agency = make_ready(TALENTPOOL_LETTERS_FOLDER=str(folder))
    folder.rmdir()

    code, found = look(agency)
    texts = agency.run("texts")

    assert (code, found["texts"][0]) == (1, "wrong")
    assert found["texts"][1].startswith(
        f"TALENTPOOL_LETTERS_FOLDER is {folder}, which cannot be read (No such"
    )
    assert texts.exit_code == 1
    assert found["texts"][1] in texts.stderr


def test_the_guide_is_said_with_its_languages_and_hidden_pages(make_ready):
    _, found = look(make_ready(TALENTPOOL_GUIDE_HIDDEN=("deciding",)))

    verdict, says = found["guide"]
    assert verdict == "ok"
    assert re.fullmatch(r"\d+ pages there, in en, de.*\. Hidden: deciding\.", says), says


def test_a_guide_page_of_the_hosts_own_that_went_wrong_is_named(make_ready, tmp_path):
    folder = tmp_path / "guide"
    folder.mkdir()
    agency = make_ready(TALENTPOOL_GUIDE_FOLDER=str(folder))
    (folder / "deciding.md").write_text("no heading", encoding="utf-8")
    guide_pages.pages.cache_clear()

    code, found = look(agency)

    assert code == 1
    assert found["guide"][0] == "wrong"
    assert "deciding.md, line 1: the page has no heading" in found["guide"][1]


def test_it_names_the_index_without_which_looking_up_an_address_takes_long(agency, monkeypatch):
    assert "addresses of candidates" not in agency.run("doctor").stdout
    monkeypatch.setattr(doctor, "_TOO_LONG", 0.0)

    assert "index on lower(trim(email))" in agency.run("doctor").stdout
