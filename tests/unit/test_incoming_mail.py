"""Reading what comes back: reports of many servers, automatic replies, thanks, cries for help, and hostile bytes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_talentpool.enums import IncomingKind
from flask_talentpool.letters.incoming.body import (
    LONGEST_TEXT,
    decoded,
    own_words,
    without_letter,
    without_markup,
)
from flask_talentpool.letters.incoming.parse import LONGEST_MAIL, read
from flask_talentpool.letters.incoming.urgency import HARMLESS, SIGNS, Urgency, is_thanks, urgency_of
from tests.support import incoming as samples
from tests.support.incoming import OURS, crlf, reply
from tests.support.patience import SLOWNESS

# Delivery reports


@pytest.mark.parametrize(
    ("raw", "status", "recipient"),
    [
        pytest.param(samples.postfix(), "5.1.1", "ada@mail.test", id="postfix"),
        pytest.param(samples.exim(), "5.0.0", "ada@mail.test", id="exim"),
        pytest.param(samples.exchange(), "5.1.10", "ada@firm.example", id="exchange"),
        pytest.param(samples.qmail(), "5.1.1", "ada@mail.test", id="qmail"),
        pytest.param(
            samples.gmail(status="5.1.1", action="failed"), "5.1.1", "ada@gmail.example", id="gmail"
        ),
    ],
)
def test_a_permanent_report_names_status_address_and_letter(raw, status, recipient):
    mail = read(raw)

    assert mail.kind is IncomingKind.RETURNED
    assert mail.report.is_permanent
    assert (mail.report.status, mail.report.recipient) == (status, recipient)
    assert mail.answers[0] == OURS


@pytest.mark.parametrize(
    "raw", [samples.gmail(), samples.exim_delayed(), samples.postfix(status="4.4.1", action="delayed")]
)
def test_a_report_of_a_delay_is_temporary(raw):
    mail = read(raw)

    assert mail.kind is IncomingKind.DELAYED
    assert mail.report.status.startswith("4.")
    assert not mail.report.is_permanent
    assert mail.answers[0] == OURS


def test_given_up_for_a_temporary_reason_came_back_but_the_address_is_not_to_blame():
    mail = read(samples.postfix(status="4.4.7", action="failed"))

    assert mail.kind is IncomingKind.RETURNED
    assert not mail.report.is_permanent


def test_a_report_that_it_arrived_needs_nobody():
    assert read(samples.postfix(status="2.0.0", action="delivered")).kind is IncomingKind.AUTO_REPLY


def test_the_failed_recipient_counts_among_several():
    block = b"Final-Recipient: rfc822; ok@mail.test\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    raw = samples.postfix().replace(b"Final-Recipient", block + b"Final-Recipient", 1)

    assert read(raw).report.recipient == "ada@mail.test"


def test_a_report_without_action_is_read_by_its_status():
    raw = samples.postfix().replace(b"Action: failed\r\n", b"")

    assert read(raw).report.is_permanent


def test_a_status_without_detail_takes_that_of_the_diagnostic():
    raw = samples.postfix().replace(b"Status: 5.1.1", b"Status: 5.0.0")

    assert read(raw).report.status == "5.1.1"


def test_a_report_in_utf_8_is_a_report():
    raw = samples.postfix().replace(b"message/delivery-status", b"message/global-delivery-status")

    assert read(raw).report.is_permanent


def test_nobody_but_a_mail_server_can_report():
    raw = reply(
        "Your mail failed: 550 5.1.1 user unknown. Mail delivery failed.", subject="Undeliverable: hello"
    )

    assert read(raw).kind is IncomingKind.REPLY


def test_a_number_of_a_network_is_no_status():
    raw = samples.qmail().replace(b"(#5.1.1)", b"at 5.1.1.17")

    assert read(raw).report.status == "5.0.0"


def test_a_read_receipt_is_automatic():
    raw = samples.postfix().replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    raw = raw.replace(b"message/delivery-status", b"message/disposition-notification")
    raw = raw.replace(b"Undelivered Mail Returned to Sender", b"Read: Your application")
    raw = raw.replace(b"could not", b"was").replace(b"be delivered", b"read")

    assert read(raw).kind is IncomingKind.AUTO_REPLY


# Automatic replies


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated; owner-email=x\n",
        "Precedence: bulk\n",
        "Precedence: auto_reply\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: on\n",
        "Return-Path: <>\n",
    ],
)
def test_headers_tell_an_automatic_reply(headers):
    mail = read(reply("I am away.", headers=headers))

    assert (mail.kind, mail.is_machine) == (IncomingKind.AUTO_REPLY, True)


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: Your application",
        "Automatic reply: Your application",
        "Autoreply: hello",
        "Out-of-Office: Your application",
        "Out of Office AutoReply: Your application",
        "On vacation until Monday",
        "On leave",
        "Re: Your application (Out of the office)",
        "Ada Byron is out of the office",
        "=?utf-8?q?Ada_Byron_ist_au=C3=9Fer_Haus.?=",
        "Abwesend: Ihre Bewerbung",
        "Urlaubsbenachrichtigung",
        "Autoantwort: Ihre Bewerbung",
        "In Elternzeit",
        "=?utf-8?q?Risposta_automatica=3A_candidatura?=",
        "Abwesenheitsnotiz: Ihre Bewerbung",
        "Automatische Antwort: Ihre Bewerbung",
        "=?utf-8?q?Abwesend_bis_M=C3=A4rz?=",
        "Ich bin im Urlaub",
    ],
)
def test_subjects_tell_an_automatic_reply_but_not_surely(subject):
    mail = read(reply("I am away.", subject=subject))

    assert (mail.kind, mail.is_machine) == (IncomingKind.AUTO_REPLY, False)


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Re: Out of Office: Your application", ""),
        ("Re: Automobile engineer", ""),
        ("Auto: Ihr Dienstwagen", ""),
        ("Auto-mechanic role", ""),
        ("Autor gesucht", ""),
        ("Urlaub", ""),
        ("Away next week, can we talk before?", ""),
        ("Out of office hours, please call me after six", ""),
        ("=?utf-8?q?Abwesend_beim_Gespr=C3=A4ch?=", ""),
        ("On leave from my job, and interested", ""),
        ("Nicht im Urlaub, sondern krank gewesen", ""),
        ("Re: Your application", "Auto-Submitted: no\n"),
        ("Out of office", "Auto-Submitted: no\n"),
        ("Re: Your application", "Auto-Submitted: no\nPrecedence: bulk\n"),
        ("Re: Your application", "Precedence: first-class\n"),
        ("Re: Your application", "X-Auto-Response-Suppress: All\n"),
        ("Re: Your application", "Return-Path: <ada@mail.test>\n"),
    ],
)
def test_a_person_is_not_taken_for_a_machine(subject, headers):
    assert read(reply(subject=subject, headers=headers)).kind is IncomingKind.REPLY


def test_a_cry_for_help_is_never_put_away_by_its_subject():
    mail = read(reply("I want to kill myself.", subject="On leave"))

    assert (mail.kind, mail.urgency) == (IncomingKind.REPLY, Urgency.DISTRESS)


# Thank-you notes


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!",
        "Many thanks for the kind words and the quick answer. All the best, Ada",
        "Thanks, I appreciate it.\n\nOn Mon, 2 Mar 2026 at 10:00, Anna Berg <jobs@host.test> wrote:\n> Dear Ada,\n> any questions?",
        "Vielen Dank für die freundliche Nachricht. Viele Grüße, Ada",
        "Herzlichen Dank!\n\nAm 02.03.2026 um 10:00 schrieb Anna Berg:\n> Haben Sie Fragen?",
        "Danke Ihnen!\n\n-- \nAda Okafor\nNeed a designer?",
    ],
)
def test_a_short_note_of_thanks_is_one(text):
    assert read(reply(text)).kind is IncomingKind.THANK_YOU


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. Could you tell me why?",
        "Thanks for nothing.",
        "No thanks",
        "Nein danke.",
        "Thank you, but I am disappointed.",
        "Danke, aber das finde ich unfair.",
        "Thanks. Please delete my data.",
        "Thank you. My lawyer will be in touch.",
        "Thank you. " + "And so I went on to say a great deal more than that. " * 10,
        "I accept.",
    ],
)
def test_what_says_more_than_thanks_is_a_reply(text):
    assert read(reply(text)).kind is IncomingKind.REPLY
    assert not is_thanks(text)


# What is to be read today


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: f"{sign.urgency}-{sign.example[:30]}")
def test_each_sign_is_found_in_its_example(sign):
    assert urgency_of(sign.example) is sign.urgency
    assert urgency_of(sign.example.upper()) is sign.urgency


@pytest.mark.parametrize("sentence", [example for _, example in HARMLESS])
def test_what_only_sounds_alike_is_not_urgent(sentence):
    assert urgency_of(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "I would kill for this job.",
        "The deadline nearly killed me.",
        "I could not wait any longer.",
        "Ich kann nicht mehr länger warten als bis Freitag.",
        "I cut my own hair, and cut costs.",
        "As a lawyer I have read many letters.",
        "I wish you all well.",
        "Ich habe als Rechtsanwalt gearbeitet.",
        "My age is 34 and my race time was 40 minutes.",
        "I won the race because of my training.",
        "Das Projekt zur Gleichstellung war schön.",
        "My complaints department won a prize.",
        "I have no complaints.",
    ],
)
def test_ordinary_sentences_are_not_urgent(sentence):
    assert urgency_of(sentence) is None


def test_a_harmless_word_does_not_hide_a_real_one():
    assert urgency_of("I am a lawyer, and my lawyer will sue you.") is Urgency.COMPLAINT


def test_distress_comes_before_everything_else():
    assert urgency_of("I will sue you and then kill myself.") is Urgency.DISTRESS


def test_words_broken_over_lines_are_found():
    assert urgency_of("I was turned down because of\nmy age.") is Urgency.DISCRIMINATION
    assert urgency_of("I don’t want\n  to live") is Urgency.DISTRESS


def test_the_subject_counts_when_the_sender_wrote_it():
    assert urgency_of("Hello", "Beschwerde") is Urgency.COMPLAINT
    assert urgency_of("Hello", "AW: Ihre Bewerbung als Beschwerde-Beauftragte: Beschwerde") is None


def test_what_is_quoted_is_not_theirs():
    assert read(reply("Thanks!\n> I will sue you.")).urgency is None


def test_an_automatic_reply_is_never_urgent():
    raw = reply("In an emergency: suicide is never the way.", headers="Auto-Submitted: auto-replied\n")

    assert read(raw).urgency is None


# The text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Anna\nBerg <jobs@host.test> wrote:\n\n> Dear Ada", "Yes."),
        (
            "Ja.\n\nAm Mo., 2. März 2026 um 10:00 Uhr schrieb Anna Berg <\njobs@host.test>:\n\n> Guten Tag",
            "Ja.",
        ),
        ("Ja.\n\nAnna Berg <jobs@host.test> schrieb am Mo., 2. März 2026:\n> Guten Tag", "Ja."),
        ("> Dear Ada,\nThat is kind.\n> all the best\nBye", "That is kind.\nBye"),
        ("Top.\n\n-----Original Message-----\nFrom: Anna\n\nDear Ada", "Top."),
        ("Oben.\n\n-----Ursprüngliche Nachricht-----\nVon: Anna", "Oben."),
        ("Top.\n\nFrom: Anna Berg\nSent: Monday\nTo: Ada\nSubject: Your application\n\nDear Ada", "Top."),
        ("Oben.\n\nVon: Anna\nGesendet: Montag\nAn: Ada\nBetreff: Bewerbung\n\nHallo", "Oben."),
        ("On Monday Anna wrote:\n> Dear Ada\n\nBelow it I answer.", "Below it I answer."),
        ("On Monday I wrote a test. On it I did well.", "On Monday I wrote a test. On it I did well."),
        ("From: my heart, thank you.\nAda", "From: my heart, thank you.\nAda"),
        ("Ja.\n\n-----Original-Nachricht-----\nBetreff: Ihre Bewerbung\nDatum: 2026-03-02", "Ja."),
        (
            "Ja.\n\n> Anna Berg <jobs@host.test> hat am 02.03.2026 10:00 CET geschrieben:\n>\n> Guten Tag",
            "Ja.",
        ),
        ("Yes.\n> On 03/02/2026 10:00 AM CET Anna <jobs@host.test> wrote:\n>\n> Dear Ada", "Yes."),
        (
            "Ja.\n\nAm Montag, 2. März 2026 um 10:00:00 MEZ hat Anna <jobs@host.test> Folgendes geschrieben:\n\nGuten Tag",
            "Ja.",
        ),
        (
            "Yes.\n\n---- On Mon, 02 Mar 2026 10:00:00 +0100 Anna <jobs@host.test> wrote ----\n\nDear Ada",
            "Yes.",
        ),
        ("Oui.\n\nDe : Anna\nEnvoyé : lundi\nÀ : Ada\nObjet : Candidature\n\nBonjour", "Oui."),
        ("Ja.\n\nVan: Anna\nVerzonden: maandag\nAan: Ada\nOnderwerp: Sollicitatie\n\nBeste", "Ja."),
        ("Tak.\n\nOd: Anna\nWysłano: poniedziałek\nDo: Ada\nTemat: Aplikacja\n\nDzień dobry", "Tak."),
        ("Да.\n\nОт: Anna\nОтправлено: понедельник\nКому: Ada\nТема: Заявка\n\nЗдравствуйте", "Да."),  # noqa: RUF001
        ("De rien à dire de plus, merci.\nA", "De rien à dire de plus, merci.\nA"),
        ("> only what was said", "> only what was said"),
        ("", ""),
    ],
)
def test_what_is_quoted_is_left_out(text, own):
    assert own_words(text) == own


OUR_LETTER = (
    "Dear Ada,\n\nwe have chosen somebody else for this job.\nThank you for the interview.\n\nAnna Berg"
)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Thanks!\n\nDear Ada,\n\nwe have chosen somebody else for this job.", "Thanks!"),
        ("Kiitos!\n\n| Dear Ada,\n|\n| we have  chosen somebody else for this job.", "Kiitos!"),
        ("谢谢!\n>> We have chosen somebody else for this job.\n>> Thank", "谢谢!"),
        (
            "Dear Ada,\nwe have chosen somebody else for this job.",
            "Dear Ada,\nwe have chosen somebody else for this job.",
        ),
        ("Dear Anna,\nDear Ada is what you wrote.", "Dear Anna,\nDear Ada is what you wrote."),
    ],
)
def test_a_quotation_is_cut_where_our_letter_begins_in_any_language(text, own):
    assert without_letter(text, OUR_LETTER) == own


def test_html_is_read_where_there_is_no_text():
    page = (
        "<html><head><style>p { color: red }</style></head><body><p>Thank&nbsp;you <b>very</b> much!</p>"
        "<script>alert(1)</script><!-- a > comment --><div class=gmail_quote>On Mon, Anna wrote:"
        "<blockquote>Dear <blockquote>Ada</blockquote></blockquote></div></body></html>"
    )
    raw = reply(page).replace(b"text/plain", b"text/html")

    mail = read(raw)

    assert mail.text == "Thank you very much!"
    assert mail.kind is IncomingKind.THANK_YOU


def test_the_text_part_is_preferred_and_attachments_are_not_read():
    raw = crlf("""
From: ada@mail.test
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

Plain words
--c
Content-Type: text/html

<p>Other words</p>
--c--
--b
Content-Type: text/plain
Content-Disposition: attachment; filename=cv.txt

I will sue you
--b--
""")
    mail = read(raw)

    assert (mail.text, mail.urgency) == ("Plain words", None)


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Grüße".encode()),
        ("us-ascii", "Grüße".encode()),
        ("utf-8", "Grüße".encode("latin-1")),
        ("iso-8859-1", "Grüße".encode("latin-1")),
        ("windows-1252", "Grüße".encode("cp1252")),
        ("no-such-charset", "Grüße".encode()),
        ("rot13", "Grüße".encode()),
        ("zlib", "Grüße".encode()),
        ("", "Grüße".encode()),
        (None, "Grüße".encode()),
    ],
)
def test_text_is_decoded_whatever_its_charset_claims(charset, raw):
    assert decoded(raw, charset) == "Grüße"


def test_sender_subject_and_ids_are_read():
    mail = read(reply(sender="=?utf-8?q?J=C3=B6rg?= <Joerg@Mail.Test>", subject="=?utf-8?b?R3LDvMOfZQ==?="))

    assert (mail.from_name, mail.from_address, mail.subject) == ("Jörg", "joerg@mail.test", "Grüße")
    assert (mail.message_id, mail.answers) == ("<reply1@mail.test>", (OURS,))


def test_the_nearest_of_many_references_comes_first():
    raw = reply(headers="References: <a@x.test> <b@x.test>\n <c@x.test>\n", answers="")

    assert read(raw).answers == ("<c@x.test>", "<b@x.test>", "<a@x.test>")


def test_the_addresses_it_was_delivered_to_are_read():
    raw = reply(headers="Delivered-To: Bounces+abc@host.test\nX-Original-To: other@host.test\n")

    assert read(raw).recipients == ("bounces+abc@host.test", "other@host.test", "jobs@host.test")


def test_a_report_is_not_understood_by_the_name_of_whom_it_is_about():
    raw = samples.postfix(status="5.7.1", to="unknown@mail.test").replace(
        b"Recipient address rejected: User unknown", b"user unknown is not for you"
    )

    assert read(raw).report.is_permanent is False


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_of_a_report_about_a_report_the_outer_one_counts_and_bars_nobody(depth):
    raw = samples.postfix()
    for n in range(depth):
        raw = (
            crlf(f"""
Return-Path: <>
From: MAILER-DAEMON@relay.test
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=r{n}

--r{n}
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.test

Final-Recipient: rfc822; bounces@host.test
Action: failed
Status: 5.7.1

--r{n}
Content-Type: message/rfc822

""")
            + raw
            + crlf(f"\n\n--r{n}--\n")
        )
    mail = read(raw)

    assert (mail.kind, mail.report.status, mail.report.is_permanent) == (
        IncomingKind.RETURNED,
        "5.7.1",
        False,
    )
    assert OURS not in mail.answers


# Hostile input


def test_nothing_at_all_is_unknown():
    assert read(b"").kind is IncomingKind.UNKNOWN
    assert read(b"\r\n\r\n").kind is IncomingKind.UNKNOWN


def test_a_mail_beyond_the_limit_keeps_its_headers_and_its_beginning():
    raw = reply("Thank you for everything.\n\n" + "x" * 30_000_000, sender="ada@mail.test")

    mail = read(raw)

    assert mail.is_cut
    assert mail.size == len(raw) > LONGEST_MAIL
    assert (mail.from_address, mail.answers) == ("ada@mail.test", (OURS,))
    assert mail.text.startswith("Thank you for everything.")
    assert len(mail.text) <= LONGEST_TEXT


def test_only_the_beginning_of_a_long_text_is_kept():
    assert len(read(reply("word " * 100_000)).text) == LONGEST_TEXT


def nested(depth):
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return crlf(f"From: ada@mail.test\nIn-Reply-To: {OURS}\n{head}Content-Type: text/plain\n\nDeep inside\n")


@pytest.mark.untraced
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(nested(20_000), id="mails in mails in mails"),
        pytest.param(crlf("From: ada@mail.test\n" + "Content-Type: message/rfc822\n\n" * 20_000), id="mails inside mails"),
        pytest.param(crlf("From: ada@mail.test\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 50_000), id="many parts"),
        pytest.param(crlf("From: ada@mail.test\n" + "X-Header: value\n" * 100_000 + "\nHello"), id="many headers"),
        pytest.param(crlf("From: ada@mail.test\nSubject: " + "=?utf-8?q?a?= " * 100_000 + "\n\nHello"), id="long subject"),
        pytest.param(crlf("From: ada@mail.test\nReferences: " + "<a@b> " * 500_000 + "\n\nHello"), id="many references"),
        pytest.param(crlf("From: " + "(" * 200_000 + "\n\nHello"), id="open brackets"),
        pytest.param(crlf("From: " + '"a" <a@b.test>, ' * 50_000 + "\n\nHello"), id="many senders"),
        pytest.param(crlf('From: ada@mail.test\nContent-Type: text/plain; x="' + '\\";' * 200_000 + "\n\nHello"), id="escapes in a parameter"),
        pytest.param(crlf("From: ada@mail.test\nContent-Type: text/plain" + "; a=b" * 200_000 + "\n\nHello"), id="many parameters"),
        pytest.param(crlf("From: ada@mail.test\nContent-Type: text/plain" + "".join(f"; a*{n}*=b" for n in range(60_000)) + "\n\nHello"), id="a parameter in many pieces"),
        pytest.param(crlf("From: ada@mail.test\nContent-Type: multipart/mixed; boundary=" + "b" * 1_000_000 + "\n\nHello"), id="a boundary without end"),
        pytest.param(crlf("From: ada@mail.test\nContent-Type: multipart/mixed; boundary=b\n\n" + ('--b\nContent-Type: text/plain; x="' + '\\";' * 290 + '"\n\nx\n') * 190), id="escapes in each part"),
        pytest.param(samples.postfix().replace(b"Final-Recipient", b"Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * 100_000 + b"Final-Recipient", 1), id="a report about many"),
        pytest.param(crlf("From: ada@mail.test\n\n" + "\r" * 9_900_000), id="ten million returns"),
        pytest.param(reply("<!--" * 500_000).replace(b"text/plain", b"text/html"), id="comments that never end"),
        pytest.param(reply("<script>" * 300_000).replace(b"text/plain", b"text/html"), id="scripts that never end"),
        pytest.param(reply("<" * 2_000_000).replace(b"text/plain", b"text/html"), id="angle brackets"),
        pytest.param(reply("&" * 1_000_000).replace(b"text/plain", b"text/html"), id="ampersands"),
        pytest.param(reply("On " * 500_000), id="attributions that never end"),
        pytest.param(reply("On a day\n" * 200_000), id="attributions on each line"),
        pytest.param(reply("because of my " * 200_000), id="half a sign"),
        pytest.param(reply("\n" * 2_000_000), id="empty lines"),
        pytest.param(reply(" " * 5_000_000), id="blanks"),
        pytest.param(reply("mailer message-id:" + " " * 2_000_000, headers="Return-Path: <>\n"), id="an id that never comes"),
        pytest.param(reply("5.1." * 500_000, headers="Return-Path: <>\n", subject="failure notice"), id="a status that never ends"),
    ],
)  # fmt: skip
def test_a_bomb_is_read_in_a_moment_and_keeps_what_its_headers_say(raw):
    began = time.process_time()

    mail = read(raw)

    assert time.process_time() - began < 2 * SLOWNESS
    assert len(mail.text) <= LONGEST_TEXT
    assert mail.from_address in ("ada@mail.test", "", "mailer-daemon@mx.host.test")


PEAK = """
import sys
from flask_talentpool.letters.incoming.parse import read
read(sys.stdin.buffer.read())
with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmHWM")).split()[1])
"""
LARGE = 9_900_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says so")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply("\U0001f600" * (LARGE // 4)), id="faces"),
        pytest.param(reply("<p>a" * (LARGE // 4)).replace(b"text/plain", b"text/html"), id="paragraphs"),
        pytest.param(
            crlf("From: ada@mail.test\nContent-Type: image/png\n\n") + bytes(range(256)) * 38_000, id="bytes"
        ),
        pytest.param(crlf("From: ada@mail.test\nX-Long: " + "a" * LARGE + "\n\nHello"), id="a header"),
        pytest.param(b":\n" * (LARGE // 2), id="colons"),
    ],
)
def test_ten_megabytes_of_anything_take_less_than_two_hundred(raw):
    done = subprocess.run([sys.executable, "-c", PEAK], input=raw, capture_output=True, check=True)

    assert len(raw) > LARGE - 200_000
    assert int(done.stdout) < 200_000


def test_a_mail_too_deeply_nested_still_says_whose_answer_it_is():
    mail = read(nested(500))

    assert (mail.kind, mail.from_address, mail.answers) == (IncomingKind.UNKNOWN, "ada@mail.test", (OURS,))
    assert mail.is_cut


def test_line_breaks_hidden_in_a_header_stay_on_its_line():
    mail = read(
        reply(
            subject="=?utf-8?q?Hello=0D=0ABcc=3A_all=40mail.test?=",
            sender="=?utf-8?q?A=0D=0AB?= <a@mail.test>",
        )
    )

    assert mail.subject == "Hello Bcc: all@mail.test"
    assert mail.from_name == "A B"


def test_nothing_stays_that_a_database_or_page_cannot_hold():
    mail = read(reply("a\x00b\x1b[31mc\u202egnp.exe", subject="x\x00y\u202e"))

    assert not set("\x00\x1b\u202e") & set(mail.text + mail.subject)


@pytest.mark.parametrize(
    "sender", ["ada@mail.test, bo@mail.test", "nobody", "<>", "Ada <a b@mail.test>", "@mail.test"]
)
def test_a_sender_in_doubt_is_nobody(sender):
    assert read(reply(sender=sender)).from_address == ""


@pytest.mark.parametrize(
    "raw", [samples.postfix(), samples.exchange(), samples.gmail(), reply(), samples.qmail()]
)
def test_a_mail_cut_off_anywhere_is_still_read(raw):
    for end in range(0, len(raw), 37):
        assert read(raw[:end]).size == end


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_raise(raw):
    read(raw)


HEADERS = (
    "From",
    "Subject",
    "Content-Type",
    "Return-Path",
    "References",
    "Auto-Submitted",
    "Content-Transfer-Encoding",
)
VALUES = (
    "multipart/report; report-type=delivery-status; boundary=b", "multipart/mixed; boundary=b", "message/rfc822",
    "message/delivery-status", "text/plain; charset=utf-7", "text/html", "base64", "quoted-printable", "<>", "x-uuencode",
    "=?utf-8?b?!!!?=", "text/plain; charset*=utf-8''%ff", "multipart/report", "text/rfc822-headers",
)  # fmt: skip
LINES = (
    "--b",
    "--b--",
    "",
    "Status: 5.1.1",
    "Action: failed",
    "begin 644 x",
    "=?x?q?",
    ">",
    "On a wrote:",
    "Message-ID: <a@b>",
)


@pytest.mark.untraced
@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(VALUES) | st.text(max_size=30)), max_size=6),
    st.lists(
        st.sampled_from(LINES)
        | st.sampled_from([f"Content-Type: {v}" for v in VALUES])
        | st.text(max_size=40),
        max_size=25,
    ),
)
def test_no_mail_raises_however_it_is_put_together(headers, lines):
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    raw = (head + "\n" + "\n".join(lines)).encode("utf-8", "surrogatepass")

    mail = read(raw)

    assert "\x00" not in mail.text + mail.subject + mail.from_name + mail.from_address
    (mail.text + mail.subject + mail.from_name + mail.message_id).encode()


@given(st.text(max_size=300))
def test_taking_markup_and_quotes_away_never_raises(text):
    without_markup(text)
    own_words(text)
