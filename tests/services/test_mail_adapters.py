"""Flask-Mail and Flask-Mailman themselves, over real sockets: what goes through them arrives as from our own transport."""

import gc
import socket
from datetime import UTC, datetime

import flask_mail
import flask_mailman
import pytest
from flask import Flask

from flask_talentpool.config.mail_url import parse_mail_url
from flask_talentpool.letters.delivery.host_mailers import FlaskMailmanTransport, FlaskMailTransport
from flask_talentpool.letters.delivery.message import Mail, as_bytes
from flask_talentpool.letters.delivery.transports import HandOverResult, transports_from_url
from tests.support.smtp import Answer, Drop, Hang, SmtpServer

SENDER = "jobs@acme.test"
PLAIN = b"Message-ID: <1@acme.test>\r\nSubject: Hello\r\n\r\nFirst\r\n.\r\n..two dots\r\nlast\r\n"
LETTER = as_bytes(
    Mail(
        from_name="Änne Berg",
        from_address=SENDER,
        to_name="Jo Müller",
        to_address="jo@home.test",
        subject="Your application as “Köchin”",
        text="Dear Jo,\n.\n.hidden\n\nGrüße\n",
        html="<p>Dear Jo,</p>\n.\n<p>Grüße</p>\n",
        message_id="<42@acme.test>",
        date=datetime(2026, 3, 2, 9, tzinfo=UTC),
        language="en",
    )
)
SENT, RETRY, FAILED, UNKNOWN = (
    HandOverResult.SENT,
    HandOverResult.RETRY,
    HandOverResult.FAILED,
    HandOverResult.UNKNOWN,
)


class FlaskMail:
    """A host that mails with Flask-Mail."""

    extension, transport = flask_mail.Mail, FlaskMailTransport
    switched_on = {"MAIL_SUPPRESS_SEND": False}
    switched_off = {"MAIL_SUPPRESS_SEND": True}


class FlaskMailman:
    """A host that mails with Flask-Mailman."""

    extension, transport = flask_mailman.Mail, FlaskMailmanTransport
    switched_on = {"MAIL_BACKEND": "smtp"}
    switched_off = {"MAIL_BACKEND": "locmem"}


@pytest.fixture(params=[FlaskMail, FlaskMailman])
def library(request, monkeypatch):
    # Both tell the server this machine's name; asking a name server for it would leave the machine.
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "host.test")
    return request.param


@pytest.fixture
def make_transport(library, monkeypatch, request):
    """Make a transport over the library's own connection to a server; settings are given as keywords."""
    monkeypatch.setattr("flask_talentpool.letters.delivery.host_mailers._TIMEOUT", 0.5)
    monkeypatch.setattr("flask_talentpool.letters.delivery.smtp._QUIT_TIMEOUT", 0.2)

    def make(server, **config):
        app = Flask("host")
        app.config.update(MAIL_SERVER=server.host, MAIL_PORT=server.port, **library.switched_on)
        app.config.update(config)
        transport = library.transport(library.extension(app))
        transport.open()
        request.addfinalizer(transport.close)
        return transport

    return make


@pytest.fixture
def host_mailer(make_transport, smtp_server):
    return make_transport(smtp_server)


def hand_over(transport, to="jo@home.test", data=LETTER):
    return transport.hand_over(SENDER, to, data)


def commands(server):
    return [line.partition(" ")[0] for _, line in server.dialogue]


# What arrives


@pytest.mark.parametrize(
    "data",
    [LETTER, PLAIN, b"a\n.b\nc", b"a\r.b\rc", b".\r\n..\r\nMAIL FROM:<eve@evil.test>\r\n"],
    ids=["two parts", "dots", "LF", "CR", "nothing but dots"],
)
def test_what_arrives_is_byte_for_byte_what_our_own_transport_sends(host_mailer, smtp_server, data):
    own = transports_from_url(parse_mail_url(smtp_server.url))

    answers = [hand_over(own, data=data), hand_over(host_mailer, data=data)]
    own.close()

    assert [(answer.result, answer.reply) for answer in answers] == [(SENT, "250 2.0.0 OK")] * 2
    ours, theirs = smtp_server.mails
    assert theirs.raw == ours.raw
    assert (theirs.mail_from, theirs.rcpt_tos) == (ours.mail_from, ours.rcpt_tos)
    said = {number: [line for at, line in smtp_server.dialogue if at == number] for number in (1, 2)}
    assert said[2][1:] == [line for line in said[1][1:] if line != "QUIT"]


def test_a_run_hands_over_each_letter_with_its_own_message_id_and_both_parts(
    make_world, library, smtp_server
):
    world = make_world(MAIL_SERVER=smtp_server.host, MAIL_PORT=smtp_server.port, **library.switched_on)
    mail = library.extension()
    mail.init_app(world.app)
    world.rejected(3, stage="screen")

    world.send(transport=library.transport(mail))

    assert world.states() == {"sent": 3}
    assert smtp_server.connections == 1
    assert commands(smtp_server)[-1] == "QUIT"
    by_address = {letter.to_address: letter for letter in world.letters()}
    for arrived in smtp_server.mails:
        letter = by_address.pop(arrived.rcpt_tos[0])
        assert arrived.message.get_all("Message-ID") == [letter.message_id]
        assert (arrived.subject, arrived.mail_from) == (letter.subject, "jobs@host.test")
        assert "Person Number" in arrived.text
        assert "Person Number" in arrived.html
        assert arrived.raw.count(b"\n") == arrived.raw.count(b"\r\n")
    assert by_address == {}


def test_fifty_letters_go_over_one_connection(host_mailer, smtp_server):
    answers = [hand_over(host_mailer, to=f"p{number}@home.test") for number in range(50)]

    assert {answer.result for answer in answers} == {SENT}
    assert smtp_server.connections == 1
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == [f"p{n}@home.test" for n in range(50)]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_the_hosts_log_in_and_protection_are_used(make_transport, trusted_certificate, tls):
    with SmtpServer(tls=tls, login=("hr", "secret")) as server:
        protection = "MAIL_USE_SSL" if tls == "implicit" else "MAIL_USE_TLS"
        transport = make_transport(
            server,
            MAIL_SERVER="localhost",
            MAIL_USERNAME="hr",
            MAIL_PASSWORD="secret",
            **{protection: True},
        )
        answer = hand_over(transport)
        transport.close()

        assert answer.result is SENT
        (mail,) = server.mails
        assert (mail.login, mail.raw) == ("hr", LETTER)


# What the server does


@pytest.mark.parametrize(
    ("point", "fault", "result", "fatal", "arrived"),
    [
        ("CONNECT", Drop(), RETRY, True, 0),
        ("CONNECT", Answer("554 5.3.2 not now"), RETRY, True, 0),
        ("EHLO", Drop(), RETRY, True, 0),
        ("EHLO", Hang(), RETRY, True, 0),
        ("EHLO", Answer("421 4.3.2 closing"), RETRY, True, 0),
        ("MAIL", Answer("530 5.7.0 log in first"), RETRY, True, 0),
        ("MAIL", Answer("451 4.3.0 later"), RETRY, False, 0),
        ("RCPT", Answer("450 4.2.0 greylisted"), RETRY, False, 0),
        ("RCPT", Answer("550 5.1.1 unknown"), FAILED, False, 0),
        ("RCPT", Hang(), RETRY, False, 0),
        ("DATA", Drop(), RETRY, False, 0),
        ("DATA", Answer("452 4.3.1 full"), RETRY, False, 0),
        ("CONTENT", Drop(), UNKNOWN, False, 0),
        ("DOT", Answer("451 4.3.0 try later"), RETRY, False, 0),
        ("DOT", Answer("554 5.6.0 refused"), FAILED, False, 0),
        ("DOT", Drop(accepted=True), UNKNOWN, False, 1),
        ("DOT", Drop(accepted=False), UNKNOWN, False, 0),
        ("DOT", Hang(accepted=True), UNKNOWN, False, 1),
        ("DOT", Hang(accepted=False), UNKNOWN, False, 0),
    ],
    ids=str,
)
def test_each_answer_of_the_server_means_what_it_means_to_our_own_transport(
    host_mailer, smtp_server, point, fault, result, fatal, arrived
):
    smtp_server.at(point, fault, times=None)
    answer = hand_over(host_mailer)
    smtp_server.behave()
    after_it = hand_over(host_mailer, to="next@home.test")

    assert (answer.result, answer.fatal_connection) == (result, fatal)
    assert answer.reply
    assert after_it.result is SENT
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == [*["jo@home.test"] * arrived, "next@home.test"]


# Flask-Mail opens its connection without a timeout, and has no setting for one.
@pytest.mark.parametrize("library", [FlaskMailman], indirect=True)
def test_a_server_that_hangs_before_its_greeting_is_not_waited_for_for_ever(make_transport, smtp_server):
    transport = make_transport(smtp_server)
    smtp_server.at("CONNECT", Hang())

    answer = hand_over(transport)

    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert hand_over(transport).result is SENT


def test_a_server_that_hangs_up_on_everybody_spends_no_letter(make_world, library, smtp_server):
    world = make_world(MAIL_SERVER=smtp_server.host, MAIL_PORT=smtp_server.port, **library.switched_on)
    transport = library.transport(library.extension(world.app))
    world.rejected(3, stage="screen")
    smtp_server.at("EHLO", Drop(), times=None)

    report = world.send(transport=transport)
    then = world.states()
    smtp_server.behave()
    world.send(transport=transport)

    assert report.unreachable
    assert then == {"due": 3}
    assert {letter.tries for letter in world.letters()} == {0}
    assert world.states() == {"sent": 3}
    assert len(smtp_server.mails) == 3


def test_a_server_that_is_away_stops_the_run_and_is_found_again(host_mailer, smtp_server):
    smtp_server.stop()
    away = hand_over(host_mailer)
    smtp_server.start()

    back = hand_over(host_mailer)

    assert (away.result, away.fatal_connection, away.elsewhere) == (RETRY, True, True)
    assert "refused" in away.reply
    assert back.result is SENT


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
def test_a_connection_closed_between_letters_is_opened_again(host_mailer, smtp_server, point):
    hand_over(host_mailer)
    smtp_server.at(point, Drop())

    answer = hand_over(host_mailer)

    assert answer.result is SENT
    assert (smtp_server.connections, len(smtp_server.mails)) == (2, 2)


@pytest.mark.parametrize(
    ("point", "answer"),
    [
        ("EHLO", "554 5.3.2 not now"),
        ("MAIL", "530 5.7.0 log in first"),
        ("DOT", "354 go on"),
    ],
)
def test_a_connection_that_is_given_up_is_closed_without_goodbye(host_mailer, smtp_server, point, answer):
    smtp_server.at(point, Answer(answer), times=None)

    hand_over(host_mailer)
    host_mailer.close()

    assert "QUIT" not in commands(smtp_server)


def test_a_server_that_ignores_goodbye_does_not_hold_up_the_end(host_mailer, smtp_server):
    hand_over(host_mailer)
    smtp_server.at("QUIT", Hang())

    host_mailer.close()

    assert commands(smtp_server)[-1] == "QUIT"


# Flask-Mail leaves its socket to the garbage collector where the log-in fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wrong_password_stops_the_run_and_spends_no_letter(make_transport):
    with SmtpServer(login=("hr", "secret")) as server:
        transport = make_transport(server, MAIL_USERNAME="hr", MAIL_PASSWORD="hush-hush")

        answer = hand_over(transport)
        gc.collect()

        assert (answer.result, answer.fatal_connection) == (RETRY, True)
        assert "535" in answer.reply
        assert "hush" not in answer.reply
        assert server.mails == []


# What the host set up


def test_where_the_host_sends_nothing_letters_wait(make_transport, smtp_server, library):
    transport = make_transport(smtp_server, **library.switched_off)

    answer = hand_over(transport)

    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "suppressed" in answer.reply
    assert smtp_server.connections == 0


def test_an_extension_that_was_not_set_up_in_this_app_makes_no_letter_unknown(library):
    transport = library.transport(library.extension())
    with Flask("host").app_context():
        answer = hand_over(transport)

    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "not configured" in answer.reply


def test_a_host_name_that_cannot_be_one_makes_no_letter_unknown(make_transport, smtp_server, monkeypatch):
    transport = make_transport(smtp_server)
    with monkeypatch.context() as patch:
        # What the look-up of such a name raises.
        patch.setattr(socket, "create_connection", lambda *_, **__: ("ü" * 64).encode("idna"))
        answer = hand_over(transport)

    assert (answer.result, answer.fatal_connection) == (RETRY, True)
