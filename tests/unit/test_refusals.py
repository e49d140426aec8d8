"""Whose fault a refusal is: in the words of many servers, at hand-over and in reports, written anew in their form."""

import pytest

from flask_talentpool.letters.incoming.parse import read
from flask_talentpool.letters.refusals import Fault, fault_in, fault_of
from tests.support.incoming import OURS, crlf, postfix

ADDRESS, SENDER, QUOTA, PASSING, UNKNOWN = Fault
SAID = [
    ("550 5.1.1 No such user here", ADDRESS),
    ("550 5.1.1 <ada@mail.test>: Recipient address rejected: User unknown in relay recipient table", ADDRESS),
    ("550-5.1.1 The email account that you tried to reach does not exist. Check it for typing errors", ADDRESS),
    ("550 5.2.1 The email account that you tried to reach is disabled", ADDRESS),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", ADDRESS),
    ("550 5.1.2 Bad destination host", ADDRESS),
    ("553 5.1.3 The recipient address is no address", ADDRESS),
    ("551 5.1.6 Recipient no longer at this domain", ADDRESS),
    ("550 Unknown user", ADDRESS),
    ("550 Requested action not taken: mailbox not found", ADDRESS),
    ("554 delivery error: This user doesn't have an account here (ada@mail.test)", ADDRESS),
    ("550 5.7.1 Recipient not found", ADDRESS),
    ("550 5.5.0 Requested action not taken: mailbox does not exist", ADDRESS),
    ("550 No such person at this address", ADDRESS),
    ("550 Adresse unbekannt", ADDRESS),
    ("550 5.1.1 Adresse inconnue", ADDRESS),
    ("550 5.1.1 <spam.quota@mail.test>: Recipient address rejected: user unknown", ADDRESS),
    ("550 5.1.1 User unknown, see https://postmaster.mail.test/spf-dkim-blocklist", ADDRESS),
    ("550-5.7.26 This mail is unauthenticated; it needs SPF or DKIM", SENDER),
    ("550 5.7.509 Access denied, the sending domain does not pass DMARC and has a policy of reject", SENDER),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.blocklist.test", SENDER),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", SENDER),
    ("550 5.7.25 The sending IP has no PTR record", SENDER),
    ("550 5.7.1 Message considered unsolicited", SENDER),
    ("554 5.7.1 <ada@mail.test>: Relay access denied", SENDER),
    ("550 5.7.1 Unable to relay", SENDER),
    ("550 5.7.60 Client does not have permissions to send as this sender", SENDER),
    ("550 5.7.0 Your account is suspended, contact support", SENDER),
    ("550 5.1.8 Sender address rejected: Domain not found", SENDER),
    ("550 5.1.7 The sender's address is not valid", SENDER),
    ("550 5.1.1 Mail from your network is on our block list", SENDER),
    ("550 Part of their network is on our block list (S3140)", SENDER),
    ("554 IP 192.0.2.1 has a poor reputation", SENDER),
    ("550 5.7.1 HELO name does not resolve", SENDER),
    ("554 Reject due to policy restrictions", SENDER),
    ("550 Reverse DNS lookup failed", SENDER),
    ("550 Nachricht abgelehnt wegen Spamverdacht", SENDER),
    ("550 5.7.501 Access denied", SENDER),
    ("550 5.4.5 Daily user sending limit exceeded", QUOTA),
    ("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", QUOTA),
    ("550 5.7.232 Your message was not sent: the tenant exceeded its daily limit for recipients", QUOTA),
    ("452 4.5.3 Hourly sending quota exceeded", QUOTA),
    ("450 4.2.1 Too many messages sent from your account today", QUOTA),
    ("550 Versandlimit erreicht", QUOTA),
    ("552 5.2.2 Mailbox full", PASSING),
    ("552 5.2.2 The email account that you tried to reach is over quota", PASSING),
    ("554 5.2.1 Quota exceeded, mailbox full", PASSING),
    ("550 Postfach voll", PASSING),
    ("552 5.3.4 Message size exceeds fixed limit", PASSING),
    ("554 5.4.7 Delivery time expired", PASSING),
    ("451 4.7.1 Greylisted, try again in five minutes", PASSING),
    ("421 4.3.2 Service busy", PASSING),
    ("550 5.4.4 Host or domain name not found", PASSING),
    ("554 5.4.6 Mail loop", PASSING),
    ("450 4.1.1 Unverified address", PASSING),
    ("450 No enhanced code at all", PASSING),
    ("550 Requested action not taken: mailbox unavailable", UNKNOWN),
    ("554 Transaction failed", UNKNOWN),
    ("550 5.1.0 Address rejected", UNKNOWN),
    ("550 5.0.0 Rejected", UNKNOWN),
    ("", UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "fault"), SAID)
def test_a_reply_says_whose_fault_it_is(reply, fault):
    assert fault_in(reply) is fault


def of_fields(reply):
    return (
        postfix()
        .replace(b"Status: 5.1.1", f"Status: {code(reply)}".encode())
        .replace(
            b"Diagnostic-Code: smtp; 550 5.1.1 <ada@mail.test>: Recipient address rejected: User unknown",
            f"Diagnostic-Code: smtp; {reply}".encode(),
        )
    )


def of_words(reply):
    return crlf(
        "Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@relay.test>\nTo: jobs@host.test\n"
        f"Subject: Mail delivery failed: returning message to sender\n\nThis is a permanent error.\n\n  ada@mail.test\n"
        f"    SMTP error from the other server:\n    {reply}\n\n------ This is a copy of your message. ------\n\n"
        f"Message-ID: {OURS}\nSubject: Your application, user unknown, spam\n"
    )


def of_a_short_daemon(reply):
    return crlf(
        "Return-Path: <>\nFrom: MAILER-DAEMON@relay.test\nTo: jobs@host.test\nSubject: failure notice\n\n"
        f"Hi. I could not deliver your mail. Giving up on it.\n\n<ada@mail.test>:\n{reply}\n\n"
        f"--- Below this line is a copy of the message.\n\nMessage-ID: {OURS}\n\nuser unknown\n"
    )


def of_an_outlook(reply):
    return crlf(
        "Return-Path: <>\nFrom: postmaster@firm.example\nTo: jobs@host.test\nSubject: Unzustellbar: Ihre Bewerbung\n"
        f"In-Reply-To: {OURS}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/html\n\n<p>Ihre Nachricht konnte nicht zugestellt werden.</p>\n\n--b\n"
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns;mx\n\nFinal-Recipient: rfc822;ada@mail.test\nAction: failed\n"
        f"Status: {code(reply)}\nDiagnostic-Code: smtp;{reply}\n\n--b--\n"
    )


def code(reply):
    found = next(
        (word for word in reply.replace("-", " ").split() if word.count(".") == 2 and word[0] in "45"), ""
    )
    return found or ("4.0.0" if reply.startswith("4") else "5.0.0")


@pytest.mark.parametrize("form", [of_fields, of_words, of_a_short_daemon, of_an_outlook])
@pytest.mark.parametrize(("reply", "fault"), [one for one in SAID if one[0][:1] == "5"])
def test_a_report_says_whose_fault_it_is_whatever_its_form(form, reply, fault):
    report = read(form(reply)).report

    assert report.fault is fault
    assert report.is_permanent is (fault is ADDRESS)


def test_a_fault_of_the_sender_never_bars_an_address_and_a_delay_none():
    barred = [
        reply for reply, fault in SAID if fault is not ADDRESS and read(of_fields(reply)).report.is_permanent
    ]

    assert barred == []
    assert not read(postfix(action="delayed", status="4.4.1")).report.is_permanent


def test_a_report_in_a_report_in_a_report_is_read_by_its_outermost():
    inner = postfix().decode()
    for _ in range(3):
        inner = (
            "Return-Path: <>\nFrom: MAILER-DAEMON@relay.test\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=outer\n\n--outer\n"
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; bounces@host.test\n"
            "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Message considered unsolicited\n\n--outer\n"
            f"Content-Type: message/rfc822\n\n{inner}\n--outer--\n"
        )

    assert read(crlf(inner)).report.fault is SENDER


@pytest.mark.parametrize(
    ("status", "words", "about", "fault"),
    [
        ("5.1.1", "550 5.1.1 spam.meier: user unknown", "spam.meier@mail.test", Fault.ADDRESS),
        ("5.1.1", "550 5.1.1 User 'relay' unknown", "Relay@mail.test", Fault.ADDRESS),
        ("5.7.1", "550 5.7.1 user unknown.meier: not accepted", "unknown.meier@mail.test", Fault.SENDER),
        ("", "550 mailbox of closed refused us", "closed@mail.test", Fault.UNKNOWN),
        ("5.1.1", "550 5.1.1 user user unknown", "user@mail.test", Fault.ADDRESS),
    ],
)
def test_a_telling_word_in_a_name_that_stands_alone_says_nothing(status, words, about, fault):
    assert fault_of(status, words, about=about) is fault
