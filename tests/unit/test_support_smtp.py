"""The SMTP server of the tests does what its tests will rely on."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage

import pytest

from tests.support.patience import patience
from tests.support.smtp import Answer, Delay, Drop, Hang, Mail, SmtpProcess, SmtpServer

LETTER = b"From: a@host.test\r\nTo: b@host.test\r\nSubject: Hello\r\n\r\nFirst\r\n..dot\r\n"


def hand_over(server, *, raw=LETTER, to="b@host.test", timeout=5):
    with smtplib.SMTP(
        server.host, server.port, local_hostname="client.test", timeout=patience(timeout)
    ) as client:
        return client.sendmail("a@host.test", [to], raw)


def test_a_message_is_kept_byte_for_byte(smtp_server):
    hand_over(smtp_server)
    (mail,) = smtp_server.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("a@host.test", ("b@host.test",))
    assert mail.raw == LETTER
    assert (mail.subject, mail.text) == ("Hello", "First\n..dot\n")


def test_raw_headers_keep_their_folds():
    mail = Mail("a@host.test", (), b"List-X: <a>,\r\n <b>\r\nTo: c\r\n\r\nTo: body\r\n", 1)
    assert mail.header_lines("list-x") == [b"List-X: <a>,\r\n <b>"]
    assert mail.header_lines("To") == [b"To: c"]


def test_both_parts_of_a_letter_can_be_read(smtp_server):
    message = EmailMessage()
    message.set_content("plain")
    message.add_alternative("<p>rich</p>", subtype="html")
    hand_over(smtp_server, raw=message.as_bytes())
    (mail,) = smtp_server.mails
    assert (mail.text, mail.html) == ("plain\n", "<p>rich</p>\n")


def test_the_dialogue_shows_whether_a_connection_was_used_again(smtp_server):
    with smtplib.SMTP(smtp_server.host, smtp_server.port, local_hostname="client.test") as client:
        client.sendmail("a@host.test", ["b@host.test"], LETTER)
        client.sendmail("a@host.test", ["c@host.test"], LETTER)
    assert smtp_server.connections == 1
    assert [line.partition(" ")[0] for _, line in smtp_server.dialogue] == [
        "EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "QUIT",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("point", "error"),
    [
        ("CONNECT", smtplib.SMTPConnectError),
        ("MAIL", smtplib.SMTPSenderRefused),
        ("RCPT", smtplib.SMTPRecipientsRefused),
        ("DATA", smtplib.SMTPDataError),
        ("DOT", smtplib.SMTPDataError),
    ],
)
def test_any_step_can_be_answered_with_an_error(smtp_server, point, error):
    smtp_server.at(point, Answer("451 4.3.0 later"))
    with pytest.raises(error, match="451"):
        hand_over(smtp_server)
    assert smtp_server.mails == []
    hand_over(smtp_server)
    assert len(smtp_server.mails) == 1


def test_a_fault_can_strike_one_recipient_always(smtp_server):
    smtp_server.at("RCPT", Answer("550 5.1.1 no such user"), times=None, matching="bob@")
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_over(smtp_server, to="bob@host.test")
    hand_over(smtp_server, to="eve@host.test")
    smtp_server.behave()
    hand_over(smtp_server, to="bob@host.test")
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == ["eve@host.test", "bob@host.test"]


@pytest.mark.parametrize("point", ["CONNECT", "MAIL", "DATA", "CONTENT"])
def test_the_line_can_drop_before_the_message_is_over(smtp_server, point):
    smtp_server.at(point, Drop())
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        hand_over(smtp_server)
    assert smtp_server.mails == []


def test_before_the_354_and_after_it_are_two_moments(smtp_server):
    for point, replies in (("DATA", []), ("CONTENT", [354])):
        smtp_server.at(point, Drop())
        client = smtplib.SMTP(smtp_server.host, smtp_server.port, local_hostname="client.test")
        client.ehlo()
        client.mail("a@host.test")
        client.rcpt("b@host.test")
        seen = []
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            seen.append(client.docmd("DATA")[0])
        client.close()
        assert seen == replies


@pytest.mark.parametrize("kept", [True, False])
def test_the_line_can_drop_after_the_final_dot_with_the_message_kept_or_not(smtp_server, kept):
    smtp_server.at("DOT", Drop(accepted=kept))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        hand_over(smtp_server)
    assert len(smtp_server.mails) == kept


@pytest.mark.parametrize(("point", "kept"), [("CONNECT", 0), ("MAIL", 0), ("CONTENT", 0), ("DOT", 1)])
def test_the_server_can_say_nothing_at_all(smtp_server, point, kept):
    smtp_server.at(point, Hang())
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        hand_over(smtp_server, timeout=0.3)
    assert len(smtp_server.mails) == kept


def test_a_delay_only_delays(smtp_server):
    smtp_server.at("DOT", Delay(0.05))
    hand_over(smtp_server)
    assert len(smtp_server.wait_for(1)) == 1


def test_a_server_comes_back_on_its_port():
    server = SmtpServer().start()
    port = server.port
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        hand_over(server)
    with server:
        hand_over(server)
    assert (server.port, len(server.mails)) == (port, 1)


def test_login_is_asked_for_and_noted():
    with SmtpServer(login=("talent", "pool")) as server:
        assert server.url == f"smtp://talent:pool@127.0.0.1:{server.port}"
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            hand_over(server)
        with smtplib.SMTP(server.host, server.port, local_hostname="client.test") as client:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("talent", "wrong")
            client.login("talent", "pool")
            client.sendmail("a@host.test", ["b@host.test"], LETTER)
    assert server.mails[0].login == "talent"
    assert not [line for _, line in server.dialogue if "AUTH " in line]


def test_tls_from_the_start(trusted_certificate):
    context = ssl.create_default_context()
    with (
        SmtpServer(tls="implicit") as server,
        smtplib.SMTP_SSL(server.host, server.port, local_hostname="client.test", context=context) as client,
    ):
        client.sendmail("a@host.test", ["b@host.test"], LETTER)
    assert server.url.startswith("smtps://")
    assert len(server.mails) == 1


def test_starttls_is_required_where_it_is_offered(trusted_certificate):
    with SmtpServer(tls="starttls") as server:
        with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
            hand_over(server)
        with smtplib.SMTP(server.host, server.port, local_hostname="client.test") as client:
            client.starttls(context=ssl.create_default_context())
            client.sendmail("a@host.test", ["b@host.test"], LETTER)
    assert server.url.startswith("smtp+starttls://")
    assert len(server.mails) == 1


def test_the_server_can_be_a_process_that_files_what_it_took(tmp_path):
    with SmtpProcess(tmp_path / "smtp", delay=0.01) as process:
        with smtplib.SMTP("127.0.0.1", process.port, local_hostname="client.test") as client:
            for _ in range(3):
                client.sendmail("a@host.test", ["b@host.test"], LETTER)
        assert len(process) == 3
    assert [mail.raw for mail in process.mails] == [LETTER] * 3
