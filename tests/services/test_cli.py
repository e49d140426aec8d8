"""`flask talentpool send` and `worker`, and what all commands share."""

import signal
import threading
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from flask_talentpool.commands.worker import round_of
from flask_talentpool.errors import ConfigError
from tests.services.agency import environment
from tests.support.smtp import Answer, Delay
from tests.support.worker import Worker

COMMANDS = {
    "check",
    "doctor",
    "sync",
    "adopt",
    "restored",
    "send",
    "worker",
    "forget",
    "texts",
    "receive",
    "suppressions",
    "upgrade-tables",
}


@pytest.fixture
def agency(make_agency):
    agency = make_agency()
    agency.run("sync")
    return agency


def test_the_group_has_the_commands_it_promises(agency):
    said = agency.run("--help").stdout

    assert {line.split()[0] for line in said.partition("Commands:")[2].strip().splitlines()} == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_what_it_does(agency, command):
    result = agency.run(command, "--help")

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments", [("sync",), ("send",), ("worker",), ("adopt", "--stage", "final", "--pool", "finalists"), ("forget", "1", "--yes")]
)  # fmt: skip
def test_without_tables_every_command_names_the_command_that_makes_them(make_agency, arguments):
    result = make_agency(tables=False).run(*arguments)

    assert result.exit_code == 1
    assert "flask db migrate" in result.stderr


# send


def test_send_takes_the_baseline_composes_and_hands_over(make_agency, letters):
    agency = make_agency()
    agency.add(status="rejected")
    first = agency.run("send")
    agency.reject_in_bulk([agency.add("Bo Li", "bo@mail.example")])

    second = agency.run("send")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1 outcome from before became the baseline" in first.stdout
    assert "0 letters sent." in first.stdout
    assert "1 letter sent." in second.stdout
    assert len(letters()) == 1


def test_send_again_sends_nothing_more(agency, letters):
    agency.reject(agency.add())
    agency.run("send")

    said = agency.run_json("send")

    assert (said["sent"], said["needs_attention"], len(letters())) == (0, False, 1)


def test_letters_held_for_a_person_are_named_by_reason_and_are_no_failure(agency):
    agency.reject(agency.add(email=None))

    result = agency.run("send")

    assert result.exit_code == 0
    assert "1 letter held: No address: the candidate has no e-mail." in result.stdout
    assert agency.run_json("send")["waiting"]["held"] == {"no_address": 1}


def test_due_letters_without_a_mail_url_are_an_error_with_the_remedy(make_agency):
    agency = make_agency(TALENTPOOL_MAIL_URL=None)
    agency.run("sync")
    nothing_due = agency.run("send")
    agency.reject(agency.add())

    result = agency.run("send")

    assert nothing_due.exit_code == 0
    assert result.exit_code == 1
    assert "TALENTPOOL_MAIL_URL does not say where" in result.stderr
    assert agency.rows("letter", "state") == ["due"]


def test_a_mail_url_the_transport_refuses_is_an_error_without_the_password(make_agency):
    with pytest.raises(ConfigError) as refused:
        make_agency(TALENTPOOL_MAIL_URL="smtp://:hush-hush@mail.example")

    assert "TALENTPOOL_MAIL_URL cannot be used" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_server_that_refuses_for_good_needs_attention_until_a_person_settled_it(make_agency, smtp_server):
    agency = make_agency(TALENTPOOL_MAIL_URL=smtp_server.url)
    agency.run("sync")
    agency.reject(agency.add())
    smtp_server.at("RCPT", Answer("550 5.1.1 no such mailbox"))

    first, second = agency.run("send"), agency.run("send")

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert "1 letter refused for good." in first.stdout
    assert "a person has to settle them" in second.stdout
    assert smtp_server.mails == []


def test_a_server_that_is_away_needs_attention_and_loses_nothing(make_agency, smtp_server):
    agency = make_agency(TALENTPOOL_MAIL_URL=smtp_server.url)
    agency.run("sync")
    agency.reject(agency.add())
    smtp_server.stop()
    away = agency.run("send")
    smtp_server.start()

    back = agency.run("send")

    assert (away.exit_code, back.exit_code) == (1, 0)
    assert "The mail server could not be used" in away.stdout
    assert len(smtp_server.mails) == 1


def test_a_letter_put_off_by_the_server_is_no_failure_yet(make_agency, smtp_server):
    agency = make_agency(TALENTPOOL_MAIL_URL=smtp_server.url)
    agency.run("sync")
    agency.reject(agency.add())
    smtp_server.at("RCPT", Answer("450 4.2.1 try later"))

    result = agency.run("send")

    assert result.exit_code == 0
    assert "1 letter put off by the mail server" in result.stdout
    assert "1 letter waiting for their time" in result.stdout


# worker


@pytest.fixture
def start_worker(database_url, request):
    def start(mail_url):
        worker = Worker("tests.services.agency:create_app", environment(database_url, mail_url))
        request.addfinalizer(worker.close)
        return worker

    return start


@pytest.mark.slow
def test_the_worker_takes_the_baseline_notices_and_sends_until_it_is_stopped(
    make_agency, start_worker, smtp_server
):
    agency = make_agency()
    agency.add(status="rejected")
    worker = start_worker(smtp_server.url)
    worker.wait_for_line("baseline 1")
    agency.reject_in_bulk([agency.add("Bo Li", "bo@mail.example")])
    worker.wait_for(lambda: len(smtp_server.mails) == 1)
    worker.wait_for_line("sent 1")

    code = worker.stop()

    assert code == 0, "".join(worker.lines)
    assert worker.lines[-1] == "Stopped.\n"
    assert len(smtp_server.mails) == 1
    assert "Bo Li" not in "".join(worker.lines)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_the_letter_in_hand_and_leaves_the_others_due(
    agency, start_worker, smtp_server, number
):
    for person in range(3):
        agency.reject(agency.add(f"P {person}", f"p{person}@mail.example"))
    smtp_server.at("DOT", Delay(1.0), times=None)
    worker = start_worker(smtp_server.url)
    worker.wait_for(lambda: len(smtp_server.mails) == 1)

    code = worker.stop(number)

    assert code == 0, "".join(worker.lines)
    assert sorted(agency.rows("letter", "state")) == ["due", "due", "sent"]
    assert agency.rows("letter", "claimed_by").count("") >= 2
    assert len(smtp_server.mails) == 1


@pytest.mark.slow
def test_the_worker_waits_for_a_mail_server_that_is_away(agency, start_worker, smtp_server):
    agency.reject(agency.add())
    smtp_server.stop()
    worker = start_worker(smtp_server.url)
    worker.wait_for_line("could not be used")
    smtp_server.start()

    worker.wait_for(lambda: len(smtp_server.mails) == 1)

    assert worker.stop() == 0


@pytest.fixture
def away(make_agency, tmp_path):
    """An agency whose SQLite file has been taken away; gives what puts it back, and a worker that starts meanwhile."""
    folder = tmp_path / "database"
    folder.mkdir()
    url = f"sqlite:///{folder / 'agency.db'}"
    agency = make_agency(url=url)
    with agency.app.app_context():
        agency.engine().dispose()
    folder.rename(tmp_path / "away")
    worker = Worker("tests.services.agency:create_app", environment(url))
    try:
        worker.wait_for_line("Waiting for the database, and asking again in 1 s")
        yield SimpleNamespace(back=lambda: (tmp_path / "away").rename(folder), worker=worker)
    finally:
        worker.close()


@pytest.mark.slow
def test_the_worker_waits_for_a_database_that_is_away_when_it_starts(away):
    away.worker.wait_for_line("asking again in 2 s")
    away.back()

    away.worker.wait_for_line("Working every")
    assert away.worker.stop() == 0


@pytest.mark.slow
def test_a_worker_that_waits_for_its_database_stops_when_it_is_told_to(away):
    assert away.worker.stop() == 0
    assert away.worker.lines[-1] == "Stopped.\n"
    assert not any("Working" in line for line in away.worker.lines)


@pytest.fixture
def impatient(make_agency, database_url):
    """An agency whose database connection does not wait long for a lock."""
    options = {"connect_args": {"timeout": 0.05}} if database_url.startswith("sqlite") else {}
    agency = make_agency(SQLALCHEMY_ENGINE_OPTIONS=options)
    agency.run("sync")
    return agency


def take_away(agency, database_url):
    """Make the database unusable; return what makes it usable again."""
    with agency.app.app_context():
        engine = agency.engine()
    if engine.dialect.name == "sqlite":
        other = sa.create_engine(database_url).connect()
        other.exec_driver_sql("BEGIN EXCLUSIVE")
        return lambda: (other.rollback(), other.close(), other.engine.dispose())
    elsewhere = sa.make_url(database_url).set(database="postgres")
    admin = sa.create_engine(elsewhere, isolation_level="AUTOCOMMIT").connect()
    name = sa.make_url(database_url).database
    admin.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    admin.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def back():
        admin.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        admin.close()
        admin.engine.dispose()

    return back


def test_a_round_without_a_database_is_logged_and_the_next_one_goes_on(
    impatient, database_url, letters, caplog
):
    impatient.reject(impatient.add())
    stop = threading.Event()
    with impatient.app.app_context():
        bring_back = take_away(impatient, database_url)
        try:
            failed = round_of(impatient.tp, stop)
        finally:
            bring_back()
        for _ in range(3):  # a pool gives its dead connections back one by one
            recovered = round_of(impatient.tp, stop)
            if recovered:
                break

    assert (failed, recovered, len(letters())) == (False, True, 1)
    assert "the worker waits" in caplog.text
    assert "ada@mail.example" not in caplog.text


def test_a_round_with_due_letters_and_no_mail_url_waits_and_says_so(make_agency, caplog):
    agency = make_agency(TALENTPOOL_MAIL_URL=None)
    agency.run("sync")
    agency.reject(agency.add())
    with agency.app.app_context():
        done = round_of(agency.tp, threading.Event())

    assert done is False
    assert "TALENTPOOL_MAIL_URL" in caplog.text


def test_a_round_in_which_nothing_happened_prints_nothing(agency, capsys):
    with agency.app.app_context():
        assert round_of(agency.tp, threading.Event()) is True

    assert capsys.readouterr().out == ""
