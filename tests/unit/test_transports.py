"""Handing letters over, against real servers: what is certain is said, what is not is never sent again."""

import contextlib
import doctest
import errno
import os
import pickle
import signal
import smtplib
import socket
import socketserver
import threading
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from flask_talentpool.config import mail_url
from flask_talentpool.config.mail_url import BadMailUrl, parse_mail_url
from flask_talentpool.letters.delivery import eml, transports
from flask_talentpool.letters.delivery.transports import (
    EmlTransport,
    FailoverTransport,
    HandOver,
    HandOverResult,
    SmtpTransport,
    transports_from_url,
)
from tests.support.patience import patience
from tests.support.smtp import Answer, Delay, Drop, Hang, SmtpServer

SENDER = "jobs@acme.test"
LETTER = b"Message-ID: <1@acme.test>\r\nSubject: Hello\r\n\r\nFirst\r\n.\r\n..two dots\r\nlast\r\n"
SENT, RETRY, FAILED, UNKNOWN = (
    HandOverResult.SENT,
    HandOverResult.RETRY,
    HandOverResult.FAILED,
    HandOverResult.UNKNOWN,
)


def transport_of(url, **options):
    return transports_from_url(parse_mail_url(url), **options)


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def smtp_server(request):
    """A server that takes commands together, or one that does not say that it does."""
    with SmtpServer(pipelining=request.param) as server:
        yield server


@pytest.fixture
def second_server():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def to_server(smtp_server):
    """A transport to the test's server that waits half a second for each reply."""
    transport = transport_of(smtp_server.url, timeout=patience(0.5))
    transport.open()
    yield transport
    transport.close()


@pytest.fixture
def to_both(smtp_server, second_server):
    transport = transport_of(f"{smtp_server.url},{second_server.url}", timeout=patience(0.5))
    transport.open()
    yield transport
    transport.close()


def hand_over(transport, to="jo@home.test", data=LETTER):
    return transport.hand_over(SENDER, to, data)


def asked(server, point="RCPT"):
    """Return how often one letter comes to a point: commands sent together that do not all get a yes are asked
    once more one by one.
    """
    return 2 if server.pipelining and point in {"MAIL", "RCPT", "DATA"} else 1


def commands(server):
    return [line.partition(" ")[0] for _, line in server.dialogue]


def closed_port():
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


# --- a server that behaves -----------------------------------------------------------------------


def test_a_letter_arrives_byte_for_byte(smtp_server, to_server):
    answer = hand_over(to_server)
    assert answer == HandOver(SENT, "250 2.0.0 OK", to_server.describe(), fatal_connection=False)
    (mail,) = smtp_server.mails
    assert (mail.mail_from, mail.rcpt_tos, mail.raw) == (SENDER, ("jo@home.test",), LETTER)


@pytest.mark.parametrize(
    "data", [b"a\n.b\nc", b"a\r.b\rc", b"a\r\n.b\r\nc", b"a\n.\nb\r\n.\r\nMAIL FROM:<eve@evil.test>\r\n"]
)
def test_line_ends_become_crlf_and_no_dot_ends_a_letter_early(smtp_server, to_server, data):
    assert hand_over(to_server, data=data).result is SENT
    (mail,) = smtp_server.mails
    assert mail.raw.splitlines() == data.splitlines()
    assert mail.raw.count(b"\r") == mail.raw.count(b"\n") == mail.raw.count(b"\r\n")
    assert len(smtp_server.mails) == 1


def test_fifty_letters_go_over_one_connection(smtp_server, to_server):
    answers = [hand_over(to_server, to=f"p{number}@home.test") for number in range(50)]
    assert {answer.result for answer in answers} == {SENT}
    assert smtp_server.connections == 1
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == [f"p{n}@home.test" for n in range(50)]
    assert commands(smtp_server).count("EHLO") == 1


def test_closing_says_goodbye_and_the_transport_can_be_opened_again(smtp_server, to_server):
    hand_over(to_server)
    to_server.close()
    assert commands(smtp_server)[-1] == "QUIT"
    to_server.close()
    to_server.open()
    assert hand_over(to_server).result is SENT
    assert smtp_server.connections == 2


def test_nothing_is_connected_before_the_first_letter(smtp_server, to_server):
    to_server.open()
    assert smtp_server.connections == 0


def test_the_machines_name_is_not_told(smtp_server, to_server, monkeypatch):
    for name in ("getfqdn", "gethostname"):
        monkeypatch.setattr(socket, name, lambda *_: pytest.fail("asked for the machine's name"))
    hand_over(to_server)
    assert smtp_server.dialogue[0] == (1, "EHLO acme.test")


def test_without_a_return_path_the_machines_name_is_not_told_either(smtp_server, to_server):
    assert to_server.hand_over("", "jo@home.test", LETTER).result is SENT
    assert smtp_server.dialogue[:2] == [(1, "EHLO [127.0.0.1]"), (1, f"MAIL FROM:<> SIZE={len(LETTER)}")]


def test_international_domains_are_ascii_in_the_envelope(smtp_server, to_server):
    assert to_server.hand_over("hr@bücher.test", "jo@bücher.test", LETTER).result is SENT
    (mail,) = smtp_server.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("hr@xn--bcher-kva.test", ("jo@xn--bcher-kva.test",))


def test_a_recipient_that_is_no_address_fails_without_a_connection(smtp_server, to_server):
    answer = hand_over(to_server, to="jo@home.test>\r\nRCPT TO:<eve@evil.test")
    assert (answer.result, answer.fatal_connection) == (FAILED, False)
    assert "jo" not in answer.reply
    assert smtp_server.connections == 0


def test_a_sender_that_is_no_address_spends_no_letter(smtp_server, to_server):
    answer = to_server.hand_over("jobs", "jo@home.test", LETTER)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "sender" in answer.reply
    assert smtp_server.connections == 0


# --- before the boundary: try again --------------------------------------------------------------


@pytest.mark.parametrize("fault", [Drop(), Hang()], ids=["drop", "hang"])
@pytest.mark.parametrize(
    ("point", "fatal"),
    [("CONNECT", True), ("EHLO", True), ("MAIL", True), ("RCPT", False), ("DATA", False)],
)
def test_silence_before_the_354_means_try_again(smtp_server, to_server, point, fatal, fault):
    smtp_server.at(point, fault, times=asked(smtp_server, point))
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (RETRY, fatal)
    assert answer.reply
    assert smtp_server.mails == []
    assert hand_over(to_server).result is SENT


@pytest.mark.parametrize("code", ["421 4.3.2", "451 4.3.0", "554 5.3.2", "250 2.0.0", "garbled"])
def test_a_server_that_greets_with_anything_but_welcome_is_unusable(smtp_server, to_server, code):
    smtp_server.at("CONNECT", Answer(f"{code} not now"))
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert hand_over(to_server).result is SENT


@pytest.mark.parametrize("code", ["421", "451", "502", "550"])
def test_a_refused_ehlo_makes_the_server_unusable(smtp_server, to_server, code):
    smtp_server.at("EHLO", Answer(f"{code} no"), times=2)
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)


@pytest.mark.parametrize(
    ("point", "line", "result", "fatal"),
    [
        ("MAIL", "421 4.3.2 closing", RETRY, True),
        ("MAIL", "451 4.3.0 later", RETRY, False),
        ("MAIL", "452 4.3.1 disk full", RETRY, False),
        ("MAIL", "530 5.7.0 log in first", RETRY, True),
        ("MAIL", "550 5.7.1 sender not allowed", RETRY, True),
        ("MAIL", "552 5.3.4 too large", FAILED, False),
        ("MAIL", "354 what", RETRY, True),
        ("RCPT", "421 4.3.2 closing", RETRY, False),
        ("RCPT", "450 4.2.0 greylisted", RETRY, False),
        ("RCPT", "550 5.1.1 unknown", FAILED, False),
        ("DATA", "421 4.3.2 closing", RETRY, False),
        ("DATA", "451 4.3.0 later", RETRY, False),
        ("DATA", "554 5.5.1 no valid recipients", FAILED, False),
        ("DATA", "250 2.0.0 what", RETRY, False),
    ],
)
def test_a_reply_before_the_354(smtp_server, to_server, point, line, result, fatal):
    smtp_server.at(point, Answer(line), times=None)
    answer = hand_over(to_server)
    assert (answer.result, answer.reply, answer.fatal_connection) == (result, line, fatal)
    assert smtp_server.mails == []
    smtp_server.behave()
    assert hand_over(to_server).result is SENT


def test_a_server_that_is_not_there_stops_the_run():
    transport = transport_of(f"smtp://127.0.0.1:{closed_port()}", timeout=patience(0.5))
    answer = hand_over(transport)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "refused" in answer.reply


def test_a_host_name_that_cannot_be_one_is_an_answer_too():
    transport = SmtpTransport(host="a" * 64 + ".test", port=25)
    with pytest.MonkeyPatch.context() as patch:
        # What the look-up of such a name raises.
        patch.setattr(socket, "create_connection", lambda *_, **__: ("ü" * 64).encode("idna"))
        answer = hand_over(transport)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)


# --- after the boundary: the reply decides -------------------------------------------------------


@pytest.mark.parametrize("size", [len(LETTER), 5_000_000], ids=["small", "large"])
def test_a_line_dropped_in_mid_body_leaves_the_letter_unknown(smtp_server, to_server, size):
    smtp_server.at("CONTENT", Drop())
    answer = hand_over(to_server, data=LETTER + b"x" * 70 + b"\r\n" * ((size - len(LETTER)) // 2))
    assert (answer.result, answer.fatal_connection) == (UNKNOWN, False)
    assert smtp_server.connections == 1


@pytest.mark.parametrize(
    "fault",
    [Drop(accepted=True), Drop(accepted=False), Hang(accepted=True), Hang(accepted=False), Delay(30)],
    ids=str,
)
def test_no_reply_after_the_final_dot_leaves_the_letter_unknown(smtp_server, to_server, fault):
    smtp_server.at("DOT", fault)
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (UNKNOWN, False)
    assert answer.reply
    assert commands(smtp_server).count("DATA") == 1
    assert hand_over(to_server, to="next@home.test").result is SENT
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails].count("next@home.test") == 1
    assert commands(smtp_server).count("DATA") == 2


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("250 2.0.0 queued as 4F2", SENT),
        ("251 2.0.0 odd but yes", SENT),
        ("421 4.3.2 closing", RETRY),
        ("451 4.3.0 later", RETRY),
        ("452 4.3.1 disk full", RETRY),
        ("550 5.7.1 looks like spam", FAILED),
        ("554 5.6.0 no", FAILED),
        ("354 go on", UNKNOWN),
        ("garbled", UNKNOWN),
        ("999 what", UNKNOWN),
        ("250 " + "x" * 9000, UNKNOWN),
    ],
    ids=lambda value: str(value)[:12],
)
def test_the_reply_to_the_final_dot_decides(smtp_server, to_server, line, result):
    smtp_server.at("DOT", Answer(line))
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (result, False)
    assert hand_over(to_server).result is SENT


def test_an_interruption_after_the_boundary_gets_out_and_leaves_no_half_used_connection(
    smtp_server, to_server
):
    def interrupt(*_):
        raise KeyboardInterrupt

    smtp_server.at("DOT", Delay(patience(0.4)))
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, patience(0.1))
        with pytest.raises(KeyboardInterrupt):
            hand_over(to_server)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert hand_over(to_server, to="next@home.test").result is SENT
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == ["jo@home.test", "next@home.test"]
    assert smtp_server.connections == 2


# --- using the connection again ------------------------------------------------------------------


@pytest.mark.parametrize("line", ["421 4.7.0 enough letters", "451 4.7.0 enough letters"])
def test_a_server_that_had_enough_of_a_connection_gets_a_new_one(smtp_server, to_server, line):
    assert hand_over(to_server).result is SENT
    smtp_server.at("MAIL", Answer(line), times=asked(smtp_server) if line.startswith("451") else 1)
    assert hand_over(to_server).result is SENT
    assert (smtp_server.connections, len(smtp_server.mails)) == (2, 2)


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
def test_a_connection_closed_between_letters_is_opened_again(smtp_server, to_server, point):
    assert hand_over(to_server).result is SENT
    smtp_server.at(point, Drop())
    assert hand_over(to_server).result is SENT
    assert (smtp_server.connections, len(smtp_server.mails)) == (2, 2)


def test_a_server_restarted_between_letters_is_found_again(smtp_server, to_server):
    assert hand_over(to_server).result is SENT
    smtp_server.stop()
    assert hand_over(to_server).result is RETRY
    smtp_server.start()
    assert hand_over(to_server).result is SENT


def test_a_new_connection_that_fails_as_well_is_not_tried_for_ever(smtp_server, to_server):
    assert hand_over(to_server).result is SENT
    smtp_server.at("MAIL", Drop(), times=None)
    answer = hand_over(to_server)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert smtp_server.connections == 1 + asked(smtp_server)


def test_a_refused_recipient_leaves_nothing_behind_for_the_next_letter(smtp_server, to_server):
    smtp_server.at("RCPT", Answer("550 5.1.1 unknown"), times=asked(smtp_server))
    assert hand_over(to_server, to="gone@home.test").result is FAILED
    assert hand_over(to_server).result is SENT
    assert commands(smtp_server)[-4:] == ["RSET", "MAIL", "RCPT", "DATA"]
    assert smtp_server.connections == 1
    assert smtp_server.mails[0].rcpt_tos == ("jo@home.test",)


@pytest.mark.parametrize("line", ["502 5.5.1 no such command", "421 4.3.2 closing"])
def test_a_refused_reset_is_no_refusal_of_the_letter(smtp_server, to_server, line):
    smtp_server.at("RCPT", Answer("550 5.1.1 unknown"), times=asked(smtp_server))
    hand_over(to_server, to="gone@home.test")
    smtp_server.at("RSET", Answer(line))
    assert hand_over(to_server).result is SENT
    assert smtp_server.connections == 2


def test_a_server_that_ignores_goodbye_does_not_hold_up_the_end(smtp_server, to_server, monkeypatch):
    monkeypatch.setattr("flask_talentpool.letters.delivery.smtp._QUIT_TIMEOUT", 0.1)
    hand_over(to_server)
    smtp_server.at("QUIT", Hang())
    to_server.close()
    assert commands(smtp_server)[-1] == "QUIT"


# --- commands sent together (RFC 2920) -----------------------------------------------------------


class Scripted(socketserver.StreamRequestHandler):
    """A server that says it takes commands together; what it does with those before a body is up to each."""

    def handle(self):
        self.server.connections += 1
        self.say("220 mail.test")
        self.rfile.readline()
        self.say("250-mail.test\r\n250 PIPELINING")
        while self.envelope():
            while self.rfile.readline() not in {b".\r\n", b""}:
                pass
            self.server.mails += 1
            self.say("250 2.0.0 OK")

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def scripted():
    """Return a function that starts such a server."""
    with contextlib.ExitStack() as stack:

        def start(handler):
            server = stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler))
            server.connections = server.mails = server.together = 0
            server.last = b""
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
            transport = transport_of(f"smtp://127.0.0.1:{server.server_address[1]}", timeout=patience(0.5))
            stack.callback(transport.close)
            return server, transport

        yield start


def test_a_server_that_takes_commands_together_gets_them_so(scripted):
    class AnswersOnlyAllThree(Scripted):
        def envelope(self):
            heard = [self.rfile.readline().partition(b" ")[0].strip() for _ in range(3)]
            for _ in range(2):
                self.say("250 2.1.0 OK")
            self.say("354 go on")
            return heard == [b"MAIL", b"RCPT", b"DATA"]

    server, transport = scripted(AnswersOnlyAllThree)
    assert [hand_over(transport).result for _ in range(3)] == [SENT] * 3
    assert (server.connections, server.mails) == (1, 3)


YES = ("250 2.1.0 OK", "250 2.1.5 OK", "354 go on")


@pytest.mark.parametrize(
    "answers",
    [
        ("250 2.1.0 OK",),
        ("503 5.5.1 need MAIL before RCPT",) * 2,
        ("250 2.1.0 OK", "554 5.5.1 no valid recipients"),
        ("250 2.1.0 OK", "250 2.1.5 OK", "503 5.5.1 bad sequence"),
        ("554 5.5.0 synchronisation error",),
        ("451 4.5.0 improper pipelining",) * 3,
        ("354 go on",) * 3,
        ("421 4.7.0 go away",),
        ("250 2.1.0 OK", "garbled", "250 what"),
        (),
    ],
    ids=str,
)
def test_what_does_not_bear_commands_sent_together_gets_them_one_by_one(scripted, answers):
    class BearsOneAtATime(Scripted):
        def envelope(self):
            for reply in YES:
                packet = self.connection.recv(4096)
                if packet == b"RSET\r\n":
                    self.say("250 2.0.0 OK")
                    packet = self.connection.recv(4096)
                if packet.count(b"\r\n") > 1:
                    self.server.together += 1
                    for answer in answers:
                        self.say(answer)
                    return self.envelope()
                if not packet or packet == b"QUIT\r\n":
                    return False
                self.say(reply)
            return True

    server, transport = scripted(BearsOneAtATime)
    assert [hand_over(transport).result for _ in range(3)] == [SENT] * 3
    assert (server.mails, server.together) == (3, 1), "what it does not bear was tried once"


def test_a_connection_closed_while_idle_does_not_make_a_run_go_one_by_one(scripted):
    class ClosesAfterALetter(Scripted):
        def envelope(self):
            if self.server.connections == 1 and self.server.mails == 1:
                return False
            heard = [self.rfile.readline().partition(b" ")[0].strip() for _ in range(3)]
            self.say("\r\n".join(YES))
            return heard == [b"MAIL", b"RCPT", b"DATA"]

    server, transport = scripted(ClosesAfterALetter)
    assert [hand_over(transport).result for _ in range(3)] == [SENT] * 3
    assert (server.connections, server.mails) == (2, 3)


@pytest.mark.parametrize("is_warm", [False, True])
@pytest.mark.parametrize("end", ["421 4.7.0 too many errors", None])
@pytest.mark.parametrize("at", ["RSET", "MAIL", "DATA"])
def test_a_server_that_has_enough_after_a_no_stops_no_run(scripted, at, end, is_warm):
    class HasEnough(Scripted):
        def envelope(self):
            is_refused = is_named = False
            while line := self.rfile.readline():
                command = line[:4].decode()
                has_enough = b"gone" in self.server.last if at == "DATA" else is_refused
                if command == at and has_enough:
                    if at == "DATA":
                        self.say("554 5.5.1 no valid recipients")
                    if end is not None:
                        self.say(end)
                    return False
                if command == "QUIT":
                    return False
                if command == "DATA" and is_named:
                    self.say(YES[2])
                    return True
                if command == "RCPT":
                    self.server.last = line
                    is_named = b"gone" not in line
                    is_refused = is_refused or not is_named
                refusal = "550 5.1.1 unknown" if command == "RCPT" else "554 5.5.1 no valid recipients"
                self.say(refusal if command in {"RCPT", "DATA"} and not is_named else YES[0])
            return False

    _, transport = scripted(HasEnough)
    if is_warm:
        assert hand_over(transport).result is SENT
    answer = hand_over(transport, to="gone@home.test")
    assert (answer.result, answer.reply, answer.fatal_connection) == (FAILED, "550 5.1.1 unknown", False)
    assert hand_over(transport, to="next@home.test").result is SENT


def test_a_letter_the_server_stumbles_over_stops_no_run_even_if_no_connection_can_be_had_then(scripted):
    class ShutsForAWhile(Scripted):
        def handle(self):
            if self.server.connections == 1:
                self.server.connections += 1
                self.say("421 4.7.0 too many connections")
            else:
                super().handle()

        def envelope(self):
            heard = [self.rfile.readline() for _ in range(3)]
            if any(b"odd@" in line for line in heard):
                self.say(YES[0])
                return False
            self.say("\r\n".join(YES))
            return heard[0].startswith(b"MAIL")

    server, transport = scripted(ShutsForAWhile)
    answer = hand_over(transport, to="odd@home.test")
    assert (answer.result, answer.fatal_connection) == (RETRY, False)
    transport.close()
    assert hand_over(transport).result is SENT
    assert server.mails == 1


@pytest.mark.parametrize(
    ("point", "line", "result"),
    [
        ("MAIL", "550 5.7.1 no", RETRY),
        ("RCPT", "550 5.7.1 no", RETRY),
        ("MAIL", "550 5.1.1 no", FAILED),
        ("RCPT", "550 5.1.1 no", FAILED),
    ],
)
def test_a_body_is_never_begun_after_a_refusal_even_if_the_server_waits_for_one(
    smtp_server, to_server, point, line, result
):
    smtp_server.at(point, Answer(line), times=asked(smtp_server, point))
    smtp_server.at("DATA", Answer("354 go on"), times=asked(smtp_server))
    answer = hand_over(to_server)
    assert (answer.result, answer.reply) == (result, line)
    smtp_server.behave()
    assert hand_over(to_server, to="next@home.test").result is SENT
    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("next@home.test",)]
    assert smtp_server.connections == (2 if smtp_server.pipelining else 1)


@pytest.mark.parametrize("fault", [Drop(), Hang(), Answer("421 4.3.2 closing")], ids=str)
@pytest.mark.parametrize(("line", "result"), [("550 5.1.1 unknown", FAILED), ("450 4.2.0 later", RETRY)])
def test_a_refusal_stands_whatever_the_server_does_after_it(smtp_server, to_server, line, result, fault):
    smtp_server.at("RCPT", Answer(line), times=asked(smtp_server))
    smtp_server.at("DATA", fault, times=asked(smtp_server))
    answer = hand_over(to_server)
    assert (answer.result, answer.reply, answer.fatal_connection) == (result, line, False)
    smtp_server.behave()
    assert hand_over(to_server, to="next@home.test").result is SENT
    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("next@home.test",)]


# --- several servers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        ("CONNECT", Answer("554 5.3.2 no")),
        ("CONNECT", Drop()),
        ("EHLO", Drop()),
        ("MAIL", Answer("452 4.3.1 disk full")),
        ("RCPT", Drop()),
        ("DATA", Hang()),
    ],
    ids=str,
)
def test_the_next_server_is_tried_when_one_cannot_take_letters(
    smtp_server, second_server, to_both, point, fault
):
    smtp_server.at(point, fault, times=asked(smtp_server, point))
    answer = hand_over(to_both)
    assert (answer.result, answer.server) == (SENT, f"smtp://127.0.0.1:{second_server.port}")
    assert (len(smtp_server.mails), len(second_server.mails)) == (0, 1)


@pytest.mark.parametrize(
    ("point", "fault", "result"),
    [
        ("RCPT", Answer("550 5.1.1 unknown"), FAILED),
        ("DOT", Answer("550 5.7.1 looks like spam"), FAILED),
        ("RCPT", Answer("450 4.2.0 greylisted"), RETRY),
        ("CONTENT", Drop(), UNKNOWN),
        ("DOT", Answer("451 4.3.0 later"), RETRY),
        ("DOT", Answer("554 5.6.0 no"), FAILED),
        ("DOT", Drop(), UNKNOWN),
        ("DOT", Hang(accepted=False), UNKNOWN),
    ],
    ids=str,
)
def test_no_other_server_is_asked_about_a_letter_that_has_its_answer(
    smtp_server, second_server, to_both, point, fault, result
):
    smtp_server.at(point, fault, times=asked(smtp_server, point))
    assert hand_over(to_both).result is result
    assert second_server.connections == 0


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("line", ["550 5.7.1 sender not allowed", "554 5.7.1 client host is on a block list"])
def test_another_server_is_asked_where_the_first_blames_us_and_saw_nothing_of_the_letter(
    smtp_server, second_server, to_both, point, line
):
    smtp_server.at(point, Answer(line), times=asked(smtp_server, point))

    assert hand_over(to_both).result is SENT
    assert (len(smtp_server.mails), len(second_server.mails)) == (0, 1)


def test_a_run_stays_with_the_server_that_works_and_the_next_run_begins_with_the_first(
    smtp_server, second_server, to_both
):
    smtp_server.at("CONNECT", Drop())
    for _ in range(3):
        hand_over(to_both)
    assert (smtp_server.connections, len(second_server.mails)) == (1, 3)
    to_both.close()
    hand_over(to_both)
    assert len(smtp_server.mails) == 1


def test_when_the_second_server_fails_later_the_first_is_asked_again(smtp_server, second_server, to_both):
    smtp_server.at("CONNECT", Drop())
    hand_over(to_both)
    second_server.stop()
    assert hand_over(to_both).result is SENT
    assert len(smtp_server.mails) == 1


def test_a_letter_that_one_server_stumbles_over_leaves_the_run_with_that_server(
    smtp_server, second_server, to_both
):
    smtp_server.at("RCPT", Drop(), times=asked(smtp_server), matching="odd@")
    assert hand_over(to_both, to="odd@home.test").result is SENT
    assert hand_over(to_both).result is SENT
    assert [mail.rcpt_tos[0] for mail in second_server.mails] == ["odd@home.test"]
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == ["jo@home.test"]


def test_a_letter_that_every_server_stumbles_over_does_not_stop_the_run(smtp_server, second_server, to_both):
    for server in (smtp_server, second_server):
        server.at("RCPT", Drop(), times=None, matching="odd@")
    answer = hand_over(to_both, to="odd@home.test")
    assert (answer.result, answer.fatal_connection) == (RETRY, False)
    assert hand_over(to_both).result is SENT


def test_when_no_server_works_the_reply_says_why_of_each(smtp_server, second_server, to_both):
    smtp_server.at("CONNECT", Answer("554 5.3.2 first says no"))
    second_server.at("CONNECT", Answer("421 4.3.2 second says no"))
    answer = hand_over(to_both)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "554 5.3.2 first says no" in answer.reply
    assert "421 4.3.2 second says no" in answer.reply


def test_a_folder_can_stand_in_for_a_server(tmp_path):
    transport = transport_of(f"smtp://127.0.0.1:{closed_port()},eml://{tmp_path}/out", timeout=patience(0.5))
    assert isinstance(transport, FailoverTransport)
    assert hand_over(transport).result is SENT
    assert len(list((tmp_path / "out").iterdir())) == 1


# --- TLS and log-in ------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.usefixtures("trusted_certificate")
def test_letters_go_over_tls_with_a_log_in(tls):
    with SmtpServer(tls=tls, login=("hr", "s3cret")) as server:
        transport = transport_of(server.url, timeout=patience(5))
        assert hand_over(transport).result is SENT
        assert hand_over(transport).result is SENT
        transport.close()
    assert [mail.login for mail in server.mails] == ["hr", "hr"]
    assert server.connections == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_is_not_trusted_is_refused(tls):
    with SmtpServer(tls=tls, login=("hr", "s3cret")) as server:
        answer = hand_over(transport_of(server.url, timeout=patience(5)))
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert "certificate" in answer.reply.lower()
    assert server.mails == []
    assert "AUTH" not in commands(server)


@pytest.mark.usefixtures("trusted_certificate")
def test_a_certificate_for_another_name_is_refused():
    with SmtpServer(tls="implicit") as server:
        url = server.url.replace("127.0.0.1", "127.0.0.2")
        with pytest.MonkeyPatch.context() as patch:
            connect = socket.create_connection
            patch.setattr(
                socket, "create_connection", lambda _, *rest: connect(("127.0.0.1", server.port), *rest)
            )
            answer = hand_over(transport_of(url, timeout=patience(5)))
    assert answer.result is RETRY
    assert "mismatch" in answer.reply


def test_a_server_without_starttls_gets_neither_password_nor_letter(smtp_server):
    url = f"smtp+starttls://hr:s3cret@127.0.0.1:{smtp_server.port}"
    answer = hand_over(transport_of(url, timeout=patience(5)))
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert commands(smtp_server) == ["EHLO"]


@pytest.mark.usefixtures("trusted_certificate")
def test_a_refused_starttls_is_not_gone_on_without():
    with SmtpServer(tls="starttls") as server:
        server.at("STARTTLS", Answer("454 4.7.0 TLS not available"))
        answer = hand_over(transport_of(server.url, timeout=patience(5)))
    assert (answer.result, answer.reply) == (RETRY, "454 4.7.0 TLS not available")
    assert server.mails == []


def test_a_wrong_password_is_the_servers_problem_and_no_letters():
    with SmtpServer(login=("hr", "right")) as server:
        url = server.url.replace("right", "wr0ngpass")
        transport = transport_of(url, timeout=patience(5))
        answer = hand_over(transport)
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert answer.reply.startswith("535")
    assert "wr0ngpass" not in repr((answer, vars(transport)))


def test_a_password_with_any_characters_can_be_written_percent_encoded():
    with SmtpServer(login=("hr@acme.test", "a:b/c@d,e#f?g%h")) as server:
        url = f"smtp://hr%40acme.test:a%3Ab%2Fc%40d%2Ce%23f%3Fg%25h@127.0.0.1:{server.port}"
        transport = transport_of(url, timeout=patience(5))
        assert hand_over(transport).result is SENT
        transport.close()
    assert server.mails[0].login == "hr@acme.test"


# --- what is kept of a reply ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("550 5.1.1 <Jo.Smith@home.test>: unknown", "550 5.1.1 <<address>>: unknown"),
        ("550 5.1.1 jo.smith@HOME.test... no", "550 5.1.1 <address> no"),
        ("550 5.1.1 jo.smith: no such user", "550 5.1.1 <address>: no such user"),
        ("550 5.1.1 moved to jo@elsewhere.test", "550 5.1.1 moved to <address>"),
        ("550 5.1.1 bell\x07 and   blanks", "550 5.1.1 bell and blanks"),
        ("550 " + "x" * 400, "550 " + "x" * 296),
    ],
)
def test_the_recipient_is_not_kept_in_the_reply(smtp_server, to_server, line, kept):
    smtp_server.at("RCPT", Answer(line), times=asked(smtp_server))
    answer = hand_over(to_server, to="Jo.Smith@home.test")
    assert answer.reply == kept


def test_a_reply_of_several_lines_is_kept_as_one(smtp_server, to_server):
    smtp_server.at("RCPT", Answer("550-5.7.1 first\r\n550 5.7.1 second"), times=asked(smtp_server))
    assert hand_over(to_server).reply == "550 5.7.1 first 5.7.1 second"


def test_an_answer_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        HandOver(SENT, "250 ok", "here").result = FAILED


# --- folders -------------------------------------------------------------------------------------


def test_a_letter_becomes_a_file_named_by_its_message_id(tmp_path):
    transport = transport_of(f"eml://{tmp_path}/deep/out")
    transport.open()
    answer = hand_over(transport)
    transport.close()
    assert answer == HandOver(SENT, "written", f"eml://{tmp_path}/deep/out")
    (file,) = (tmp_path / "deep" / "out").iterdir()
    assert (file.name, file.read_bytes()) == ("1@acme.test.eml", LETTER)


def test_the_same_letter_again_is_the_same_file(tmp_path):
    transport = EmlTransport(tmp_path)
    for _ in range(3):
        assert hand_over(transport).result is SENT
    assert [file.name for file in tmp_path.iterdir()] == ["1@acme.test.eml"]


def test_several_writers_of_one_letter_make_one_whole_file(tmp_path):
    letter = LETTER + b"x" * 200_000
    threads = [
        threading.Thread(target=hand_over, args=(EmlTransport(tmp_path),), kwargs={"data": letter})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == letter


@pytest.mark.parametrize(
    "message_id", ["<../../etc/passwd@x>", "<..>", "</etc/x@y>", "<.hidden@x>", "<a\\b:c*?@x>", "<a b@x>"]
)
def test_no_message_id_leaves_the_folder_or_hides_in_it(tmp_path, message_id):
    folder = tmp_path / "out"
    data = f"Message-ID: {message_id}\r\n\r\nx\r\n".encode()
    assert hand_over(EmlTransport(folder), data=data).result is SENT
    (file,) = folder.iterdir()
    assert file.suffix == ".eml"
    assert not file.name.startswith(".")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_different_message_ids_never_share_a_file(tmp_path):
    for message_id in ("a/b@x", "a%2Fb@x", "a_b@x", "a\\b@x"):
        hand_over(EmlTransport(tmp_path), data=f"Message-ID: <{message_id}>\r\n\r\nx\r\n".encode())
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    "data",
    [b"Subject: x\r\n\r\ny", b"Message-ID: <>\r\n\r\ny", b"Message-ID: <" + b"a" * 300 + b">\r\n\r\ny"],
)
def test_a_letter_without_a_usable_message_id_fails(tmp_path, data):
    answer = hand_over(EmlTransport(tmp_path), data=data)
    assert (answer.result, answer.fatal_connection) == (FAILED, False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_stops_the_run(tmp_path):
    (tmp_path / "file").write_text("in the way")
    answer = hand_over(EmlTransport(tmp_path / "file" / "out"))
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert answer.reply == os.strerror(errno.ENOTDIR)


def test_a_full_disk_stops_the_run_and_leaves_no_half_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(eml.os, "fsync", full)
    answer = hand_over(EmlTransport(tmp_path))
    assert (answer.result, answer.fatal_connection) == (RETRY, True)
    assert answer.reply == os.strerror(errno.ENOSPC)
    assert list(tmp_path.iterdir()) == []


def test_letters_are_written_where_folders_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.delattr(eml.os, "O_DIRECTORY")
    assert hand_over(EmlTransport(tmp_path)).result is SENT


def test_an_interruption_while_writing_leaves_no_half_file(tmp_path, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(eml.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        hand_over(EmlTransport(tmp_path))
    assert list(tmp_path.iterdir()) == []


# --- URLs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("smtp://mail.acme.test", "smtp://mail.acme.test:25"),
        ("smtps://mail.acme.test", "smtps://mail.acme.test:465"),
        ("smtp+starttls://mail.acme.test", "smtp+starttls://mail.acme.test:587"),
        ("SMTP://mail.acme.test:2525/", "smtp://mail.acme.test:2525"),
        ("smtp://hr:s3cret@mail.acme.test:26", "smtp://mail.acme.test:26"),
        ("smtp://hr:s3@cr/et,a#b?c@mail.acme.test", "smtp://mail.acme.test:25"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525"),
        ("eml:///var/letters", "eml:///var/letters"),
        ("eml:///var/my%20letters", "eml:///var/my letters"),
        ("smtp://hr:s3c%25@mail_relay", "smtp://mail_relay:25"),
        ("smtp://hr@acme.test:s3cret@mail.acme.test", "smtp://mail.acme.test:25"),
        ("smtp://mail.bücher.test", "smtp://mail.xn--bcher-kva.test:25"),
        ("smtp://[0:0::1]", "smtp://[::1]:25"),
        ("eml:///var/what%3F%23", "eml:///var/what?#"),
        ("  smtp://a.test , smtps://b.test ", "smtp://a.test:25,smtps://b.test:465"),
        ("smtp://hr:s3cret@a.test,smtp://b.test,eml:///c", "smtp://a.test:25,smtp://b.test:25,eml:///c"),
    ],
)
def test_a_mail_url_names_its_servers_and_never_its_password(url, name):
    transport = transport_of(url)
    assert transport.describe() == name
    assert "s3c" not in repr(transport)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("localhost:25", "no scheme"),
        ("hr:s3cret@localhost", "no scheme"),
        ("http://hr:s3cret@localhost", "not understood"),
        ("smtp://", "no host"),
        ("smtp://hr:s3cret@", "no host"),
        ("smtp://hr:s3cret@:25", "no host"),
        ("smtp://hr:s3cret@localhost:25/path", "behind the port"),
        ("smtp://localhost?timeout=5", "no host"),
        ("smtp://hr:s3cret@localhost:0", "the port of it"),
        ("smtp://hr:s3cret@localhost:smtp", "the port of it"),
        ("smtp://hr:s3cret@localhost:65536", "the port of it"),
        ("smtp://hr:s3cret@localhost:٢٥", "the port of it"),
        ("smtp://hr@localhost", "without a password"),
        ("smtp://:s3cret@localhost", "without a user"),
        ("smtp://hr:s3crét@localhost", "ASCII"),
        ("smtp://a.test,smtp://hr:s3cret@:25", "URL 2 of 2"),
        ("smtp://hr:s3cret@a.test:25,b.test:25", "the port of it"),
        ("eml://letters", "three slashes"),
        ("eml:///", "whole path"),
        ("eml:letters", "no scheme"),
        ("smtp://hr:s3c%@localhost", "no two hexadecimal digits"),
        ("smtp://hr:s3c%zz@localhost", "no two hexadecimal digits"),
        ("smtp://hr:s3c%ff@localhost", "no UTF-8"),
        ("smtp://hr:s3c%00ret@localhost", "control character"),
        ("smtp://user@host", "without a password"),
        ("smtp://host/path", "behind the port"),
        ("smtp://localhost:", "the port of it"),
        ("smtp://local%20host", "no host"),
        ("smtp://hr:s3cret@mail..acme.test", "no host that there can be"),
        ("smtp://hr:s3cret@" + "a" * 64 + ".test", "no host that there can be"),
        ("smtp://[::1::2]", "no host that there can be"),
        ("smtp://bü\u2063cher..test", "no host that there can be"),
        ("eml:///var/letters?mode=600", "%3F"),
        ("eml:///var/letters#one", "%23"),
        ("eml:///var/100%", "no two hexadecimal digits"),
        ("eml:///var/%00", "control character"),
        ("eml://localhost/var/letters", "three slashes"),
        ("eml://C:\\mail\\out", "this machine has none"),
        ("eml:///C:/mail/out", "this machine has none"),
        ("eml:C:\\mail\\out", "no scheme"),
        (
            "imap://a.test,smtp://hr:s3cret@:25",
            "URL 1 of 2 begins with a scheme that is not understood; URL 2 of 2 names",
        ),
    ],
)
def test_a_bad_mail_url_is_explained_without_being_repeated(url, problem):
    with pytest.raises(BadMailUrl) as refused:
        transport_of(url)
    text = str(refused.value)
    assert problem in text
    assert "s3c" not in text
    for form in ("smtp://user:password@host:port", "smtps://", "smtp+starttls://", "eml:///folder"):
        assert form in text


@pytest.mark.parametrize("path", ["C:/mail/out", "C:\\mail\\out", "c:/mail%20out"])
def test_on_windows_a_folder_has_a_drive(monkeypatch, path):
    monkeypatch.setattr(mail_url, "IS_WINDOWS", True)
    (place,) = parse_mail_url(f"eml:///{path}").places
    assert str(place.path) == path.replace("%20", " ")
    assert str(place).startswith(f"eml:///{path[:2]}")
    with pytest.raises(BadMailUrl, match="write three, as in eml:///C:/mail/out"):
        parse_mail_url(f"eml://{path}")


def test_a_mail_url_shows_no_password_however_it_is_printed():
    url = parse_mail_url("smtp://hr:s3cret@a.test,smtp://hr2:s3cret@b.test")
    assert str(url) == "smtp://a.test:25,smtp://b.test:25"
    assert "s3cret" not in repr(url)
    assert "hr2" not in repr(url)


def test_what_is_wrong_with_a_mail_url_survives_a_process_boundary():
    error = BadMailUrl("it is empty")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.problem == error.problem


def test_the_default_port_of_each_form_is_the_libraries():
    assert transport_of("smtp://a.test").describe().endswith(f":{smtplib.SMTP_PORT}")
    assert transport_of("smtps://a.test").describe().endswith(f":{smtplib.SMTP_SSL_PORT}")


def test_a_folder_is_kept_as_it_was_named(tmp_path):
    assert transport_of(f"eml://{tmp_path}").describe() == f"eml://{Path(tmp_path).as_posix()}"


def test_the_examples_in_the_docstrings_are_true():
    for module in (transports, mail_url):
        assert doctest.testmod(module).failed == 0
        assert doctest.testmod(module).attempted > 0
