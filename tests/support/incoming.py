"""Mails as they come back from the world: reports of real servers, automatic replies, and what people write."""

OURS = "<0123456789abcdef0123456789abcdef@host.test>"
"""The Message-ID of the letter that they are about, unless a test gives another."""


def crlf(text: str) -> bytes:
    return text.lstrip("\n").replace("\n", "\r\n").encode()


def postfix(
    message_id=OURS, *, status="5.1.1", action="failed", to="ada@mail.test", path="bounces@host.test"
):
    """What Postfix reports."""
    return crlf(f"""
Return-Path: <>
Delivered-To: {path}
Date: Mon,  2 Mar 2026 10:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.host.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4ABC.1772445600/mx.host.test"
Message-Id: <20260302100000.{status}{action}@mx.host.test>

This is a MIME-encapsulated message.

--4ABC.1772445600/mx.host.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.host.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<{to}>: host mx.mail.test[192.0.2.7] said: 550 {status} <{to}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--4ABC.1772445600/mx.host.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.host.test
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Mon,  2 Mar 2026 09:59:58 +0000 (UTC)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.mail.test
Diagnostic-Code: smtp; 550 {status} <{to}>: Recipient address rejected: User unknown

--4ABC.1772445600/mx.host.test
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{path}>
From: Anna Berg <jobs@host.test>
To: {to}
Subject: Your application
Message-ID: {message_id}

--4ABC.1772445600/mx.host.test--
""")


def exim(message_id=OURS, *, to="ada@mail.test"):
    """What Exim reports: multipart/report with the whole mail, or, as here for older ones, words only."""
    return crlf(f"""
Return-path: <>
Envelope-to: jobs@host.test
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.test>
To: jobs@host.test
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tXyZ-000AbC-Qp@relay.test>
Date: Mon, 02 Mar 2026 10:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    Unrouteable address

------ This is a copy of the message's headers. ------

Return-path: <jobs@host.test>
From: Anna Berg <jobs@host.test>
To: {to}
Message-ID: {message_id}
Subject: Your application
""")


def exim_delayed(message_id=OURS):
    return crlf(f"""
Return-path: <>
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.test>
To: jobs@host.test
Subject: Warning: message 1tXyZ-000AbC-Qp delayed 24 hours
Message-Id: <E1tXyZ-000AbD-Qp@relay.test>

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on relay.test.

The message identifier is:     1tXyZ-000AbC-Qp
Message-ID: {message_id}

No action is required on your part. Delivery attempts will continue for
some time.
""")


def exchange(message_id=OURS):
    """What Exchange and Office 365 report, in German, with the whole mail."""
    return crlf(f"""
Return-Path: <>
From: <postmaster@firm.example>
To: <jobs@host.test>
Date: Mon, 2 Mar 2026 10:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="_0a1b_"
X-MS-Exchange-Message-Is-Ndr:
Message-ID: <c0ffee@firm.example>
In-Reply-To: {message_id}
Subject: =?utf-8?q?Unzustellbar=3A_Ihre_Bewerbung?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_0a1b_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Ihre Nachricht an <b>ada@firm.example</b> konnte nicht zugestellt =
werden.</p></body></html>

--_0a1b_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.prod.outlook.example
Received-From-MTA: dns;mx.host.test
Arrival-Date: Mon, 2 Mar 2026 09:59:58 +0000

Final-Recipient: rfc822;ada@firm.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--_0a1b_
Content-Type: message/rfc822

From: Anna Berg <jobs@host.test>
To: ada@firm.example
Message-ID:
	{message_id}
Subject: Ihre Bewerbung
Content-Type: text/plain

Guten Tag

--_0a1b_--
""")


def gmail(message_id=OURS, *, status="4.2.2", action="delayed"):
    """What Gmail reports: an image, words in two forms, the report, and In-Reply-To of the letter."""
    return crlf(f"""
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: jobs@host.test
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Delay)
References: {message_id}
In-Reply-To: {message_id}
X-Failed-Recipients: ada@gmail.example
Message-ID: <69a5.{action}@mx.google.example>
Date: Mon, 02 Mar 2026 02:00:00 -0800 (PST)
Content-Type: multipart/report; boundary="0000000000ab"; report-type=delivery-status

--0000000000ab
Content-Type: multipart/related; boundary="0000000000ac"

--0000000000ac
Content-Type: multipart/alternative; boundary="0000000000ad"

--0000000000ad
Content-Type: text/plain; charset="UTF-8"

** Delivery incomplete **
There was a temporary problem delivering your message to ada@gmail.example.
--0000000000ad
Content-Type: text/html; charset="UTF-8"

<html><h2>Delivery incomplete</h2></html>
--0000000000ad--
--0000000000ac--
--0000000000ab
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Final-Recipient: rfc822; ada@gmail.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 452-4.2.2 The recipient's inbox is out of storage space.

--0000000000ab
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Your application

--0000000000ab--
""")


def qmail(message_id=OURS):
    """What qmail reports: words only, from a null sender in the mbox line."""
    return crlf(f"""
From MAILER-DAEMON Mon Mar  2 10:00:00 2026
From: MAILER-DAEMON@relay.test
To: jobs@host.test
Subject: failure notice
Date: 2 Mar 2026 10:00:00 -0000

Hi. This is the qmail-send program at relay.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@mail.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {message_id}
Subject: Your application
""")


def reply(
    text="Thank you for letting me know. When does the next round start?",
    *,
    answers=OURS,
    sender="Ada Okafor <ada@mail.test>",
    subject="Re: Your application",
    number=1,
    headers="",
):
    """What a person writes back."""
    answering = f"In-Reply-To: {answers}\nReferences: {answers}\n" if answers else ""
    return crlf(
        f"From: {sender}\nTo: jobs@host.test\nSubject: {subject}\n"
        f"Message-ID: <reply{number}@mail.test>\n{answering}{headers}"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    )
