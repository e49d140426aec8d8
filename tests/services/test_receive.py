"""What comes back is kept, matched to letter and person, and never answered; what came back for good holds letters."""

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from flask_talentpool import signals
from flask_talentpool.commands import receive as command
from flask_talentpool.decisions import facts
from flask_talentpool.letters.incoming import erasing as incoming_erasing
from flask_talentpool.letters.incoming import marking, suppression
from flask_talentpool.letters.incoming import service as incoming
from flask_talentpool.letters.incoming.parse import LONGEST_MAIL
from flask_talentpool.recalls import service as recalls
from tests.services.agency import environment
from tests.support import incoming as samples
from tests.support.cli import cli_runner
from tests.support.incoming import reply
from tests.support.patience import patience
from tests.support.people import RITA
from tests.support.smtp import REPOSITORY, Answer

EMAIL = "ada@mail.example"
SENDER = f"Ada Byron <{EMAIL}>"


@pytest.fixture
def agency(make_agency):
    agency = make_agency()
    agency.run("sync")
    return agency


def a_sent_letter(agency, name="Ada Byron", email=EMAIL, **columns):
    """Turn somebody down and send the letter; its id, Message-ID and person."""
    key = agency.add(name, email, **columns)
    agency.reject(key)
    agency.run("send")
    return agency.rows("letter", "id", "message_id", "person_id")[-1]


def went_days_ago(agency):
    """Let what was sent have gone some days ago: two letters to one person are not handed over on one day."""
    with agency.app.app_context(), agency.engine().begin() as connection:
        table = agency.tp.models.letter.__table__
        connection.execute(sa.update(table).values(sent_at=datetime.now(UTC) - timedelta(days=4)))


def receive(agency, raw):
    """Let a mail come in; the row's columns."""
    with agency.app.app_context():
        row = agency.tp.receive(raw)
        return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).column_attrs}


def do(agency, work, row_id, *others):
    """Do something with the row of a mail, and commit."""
    with agency.work() as ctx:
        row = ctx.session.get_one(ctx.models.incoming, row_id)
        return work(ctx, row, *(ctx.session.get_one(ctx.models.person, one) for one in others), by=RITA)


def is_returned(agency, address=EMAIL, scope=""):
    with agency.app.app_context():
        return suppression.is_returned(agency.tp.context(), address, scope=scope)


# Whose it is


def test_a_reply_is_a_contact_with_the_person_whose_letter_it_answers(agency):
    letter_id, message_id, person_id = a_sent_letter(agency)

    row = receive(agency, reply(answers=message_id, sender="somebody@else.example"))

    assert (row["kind"], row["letter_id"], row["person_id"], row["read_at"]) == (
        "reply",
        letter_id,
        person_id,
        None,
    )
    assert agency.rows("touch", "direction", "channel", "what", "person_id", "letter_id")[-1] == (
        "in", "mail", "wrote to us", person_id, letter_id
    )  # fmt: skip


def test_a_note_of_thanks_is_one(agency):
    _, message_id, _ = a_sent_letter(agency)

    assert receive(agency, reply("Thank you!", answers=message_id))["kind"] == "thank_you"
    assert agency.rows("touch", "what")[-1] == "sent a thank-you note"


def test_a_mail_that_answers_nothing_is_known_by_its_sender(agency):
    *_, person_id = a_sent_letter(agency)

    row = receive(agency, reply(answers="", sender=SENDER.upper()))

    assert (row["person_id"], row["letter_id"], row["kind"]) == (person_id, None, "reply")


def test_an_address_that_two_people_have_is_nobodys(agency):
    a_sent_letter(agency, company="north")
    a_sent_letter(agency, company="south")

    row = receive(agency, reply(answers="", sender=SENDER))

    assert (row["kind"], row["person_id"], row["scope"]) == ("unknown", None, "")
    assert [what for what in agency.rows("touch", "what") if what == "wrote to us"] == []


@pytest.mark.parametrize(
    "raw",
    [reply(answers="", sender="stranger@mail.example"), reply(answers="<x@y.test>"), b"", b"\xff\x00\n\n"],
)
def test_what_nobody_knows_is_kept_for_a_person(agency, raw):
    row = receive(agency, raw)

    assert (row["kind"], row["person_id"], row["letter_id"], row["read_at"]) == ("unknown", None, None, None)


def test_where_thread_and_a_known_sender_disagree_it_is_nobodys(agency):
    _, message_id, _ = a_sent_letter(agency)
    a_sent_letter(agency, "Ben Okafor", "ben@mail.example")

    row = receive(agency, reply("I would love to come.", answers=message_id, sender="ben@mail.example"))

    assert (row["kind"], row["person_id"], row["letter_id"], row["read_at"]) == ("unknown", None, None, None)


@pytest.mark.parametrize("path", ["bounces+{letter}@example.test", "bounces@example.test"])
@pytest.mark.parametrize(
    "sender",
    ["no-reply@notices.example", "post_master@carrier.example", "MAILER-DAEMON@relay.example", SENDER],
)
def test_what_comes_to_the_return_path_is_never_the_candidates_reply(make_agency, path, sender):
    agency = make_agency(TALENTPOOL_BOUNCE_MAILBOX=path)
    agency.run("sync")
    letter_id, message_id, _ = a_sent_letter(agency)
    to = path.format(letter=message_id[1:33])

    row = receive(
        agency,
        samples.crlf(
            f"Return-Path: <x@relay.example>\nDelivered-To: {to}\nFrom: {sender}\nTo: {to}\nIn-Reply-To: {message_id}\n"
            "Subject: Re: Your application\n\nError: the following recipient could not be reached.\n"
        ),
    )

    assert (row["kind"], row["read_at"], row["letter_id"]) == ("unknown", None, letter_id)
    assert "wrote to us" not in agency.rows("touch", "what")
    assert agency.rows("letter_attempt", "letter_id", "result")[-1] == (letter_id, "unclear")


def test_only_a_header_puts_an_automatic_reply_away_as_read(agency):
    _, message_id, _ = a_sent_letter(agency)
    by_subject = receive(agency, reply(answers=message_id, sender=SENDER, subject="Out of office: Engineer"))
    away = reply(answers=message_id, sender=SENDER, headers="Auto-Submitted: auto-replied\n")
    by_header = receive(agency, away.replace(b"reply1@", b"reply2@"))

    assert (by_subject["kind"], by_subject["read_at"]) == ("auto_reply", None)
    assert by_header["kind"] == "auto_reply"
    assert by_header["read_at"] is not None


def test_our_own_letter_is_cut_out_of_the_answer_whatever_introduces_it(agency):
    letter_id, message_id, _ = a_sent_letter(agency)
    with agency.work() as ctx:
        ours = ctx.session.get_one(ctx.models.letter, letter_id).text
    quoted = "\n".join(f"| {line}" for line in ours.split("\n"))

    row = receive(agency, reply(f"Kiitos!\n\n{quoted}\n", answers=message_id, sender=SENDER))

    assert row["text"].strip() == "Kiitos!"


@pytest.mark.parametrize(
    ("status", "words", "is_barred"),
    [
        ("5.1.1", "550 5.1.1 No such user here", True),
        ("5.7.26", "550-5.7.26 This mail is unauthenticated", False),
        ("5.2.2", "552 5.2.2 Mailbox full", False),
        ("5.0.0", "554 Transaction failed", False),
    ],
)
def test_a_report_bars_the_address_only_where_the_address_is_to_blame(agency, status, words, is_barred):
    letter_id, message_id, _ = a_sent_letter(agency)
    raw = samples.postfix(message_id, status=status, to=EMAIL).replace(
        f"550 {status} <{EMAIL}>: Recipient address rejected: User unknown".encode(), words.encode()
    )

    row = receive(agency, raw)

    assert (row["kind"], is_returned(agency)) == ("returned", is_barred)
    assert agency.rows("letter_attempt", "letter_id", "result")[-1] == (letter_id, "returned")


def test_the_row_is_in_the_letters_scope(agency):
    _, message_id, _ = a_sent_letter(agency, company="north")

    assert receive(agency, reply(answers=message_id))["scope"] == "north"


def test_the_nearest_letter_of_a_thread_counts(agency):
    _, first, _ = a_sent_letter(agency)
    second_id, second, _ = a_sent_letter(agency, job="Designer")

    row = receive(agency, reply(answers="", headers=f"References: {first} {second}\n"))

    assert row["letter_id"] == second_id


def test_an_answer_to_a_colleagues_mail_is_no_contact_with_the_person(agency):
    letter_id, message_id, _ = a_sent_letter(agency)
    with agency.work() as ctx:
        ctx.session.get_one(ctx.models.letter, letter_id).kind = "colleague"

    row = receive(agency, reply(answers=message_id, sender=SENDER))

    assert (row["kind"], row["person_id"], row["letter_id"]) == ("reply", None, letter_id)
    assert "wrote to us" not in agency.rows("touch", "what")


def test_an_automatic_reply_is_kept_and_needs_nobody(agency):
    _, message_id, _ = a_sent_letter(agency)
    before = agency.rows("touch", "id")

    row = receive(agency, reply(answers=message_id, headers="Auto-Submitted: auto-replied\n"))

    assert (row["kind"], row["read_by"]) == ("auto_reply", "talentpool")
    assert row["read_at"] is not None
    assert agency.rows("touch", "id") == before


# Once


def test_the_same_mail_again_is_one(agency):
    _, message_id, _ = a_sent_letter(agency)
    raw = reply(answers=message_id)

    first = receive(agency, raw)
    again = receive(agency, b"Received: from elsewhere\r\n" + raw)

    assert again["id"] == first["id"]
    assert len(agency.rows("incoming", "id")) == 1
    assert agency.rows("touch", "what").count("wrote to us") == 1


def test_a_report_received_twice_is_one_attempt(agency):
    _, message_id, _ = a_sent_letter(agency)

    for _ in range(2):
        receive(agency, samples.postfix(message_id))

    assert agency.rows("letter_attempt", "result") == ["sent", "returned"]


def test_mails_without_number_are_told_apart_by_their_bytes(agency):
    raw = reply().replace(b"Message-ID: <reply1@mail.test>\r\n", b"")

    ids = {receive(agency, one)["id"] for one in (raw, raw, raw + b"more")}

    assert len(ids) == 2


def test_nobodys_mail_is_lost_because_somebody_used_its_number_before(agency):
    a_sent_letter(agency)
    receive(agency, reply("Spam", answers="", sender="spam@mail.example"))

    row = receive(agency, reply("A real question?", answers="", sender=SENDER))

    assert row["text"] == "A real question?"


@pytest.mark.both_databases
def test_two_processes_that_receive_the_same_mail_at_once_keep_one(agency):
    from tests.support.measuring import at_once

    raw = reply()

    ids = at_once(4, lambda _: receive(agency, raw)["id"])

    assert len(set(ids)) == 1, ids
    assert len(agency.rows("incoming", "id")) == 1


# What came back


def test_a_permanent_report_holds_the_next_letter_and_sends_nothing_again(agency, letters):
    letter_id, message_id, person_id = a_sent_letter(agency)

    row = receive(agency, samples.postfix(message_id))
    agency.reject(agency.add("Ada Byron", EMAIL, job="Designer"))
    report = agency.run_json("send")

    assert (row["kind"], row["status"], row["person_id"], row["letter_id"]) == (
        "returned",
        "5.1.1",
        person_id,
        letter_id,
    )
    assert (report["sent"], len(letters())) == (0, 1)
    assert agency.rows("letter", "state", "because") == [("sent", ""), ("held", "returned")]
    assert agency.rows("letter_attempt", "result", "server") == [
        ("sent", agency.rows("letter_attempt", "server")[0]),
        ("returned", "mailer-daemon@mx.host.test"),
    ]
    assert "our letter came back" in agency.rows("touch", "what")


@pytest.mark.parametrize("kind", ["outcome", "recall"])
def test_a_letter_that_waits_already_is_held_when_its_time_comes(agency, letters, kind):
    _, message_id, _ = a_sent_letter(agency)
    if kind == "recall":
        with agency.work() as ctx:
            first = ctx.session.scalars(sa.select(ctx.models.decision)).one()
            recalls.invite(ctx, first, by=RITA)
    else:
        went_days_ago(agency)
        agency.reject(agency.add("Ada Byron", EMAIL, job="Designer"))
        agency.run("sync")
    assert agency.rows("letter", "kind", "state")[-1] == (kind, "due")

    receive(agency, samples.postfix(message_id))
    with agency.app.app_context():
        report = agency.tp.dispatch()

    assert (report.sent, report.held, len(letters())) == (0, 1, 1)
    assert agency.rows("letter", "state", "because")[-1] == ("held", "returned")


@pytest.mark.parametrize(
    "make", [samples.postfix, samples.exim, samples.exchange, samples.qmail], ids=lambda make: make.__name__
)
def test_reports_of_all_servers_suppress_the_address_the_letter_went_to(agency, make):
    _, message_id, _ = a_sent_letter(agency)

    receive(agency, make(message_id))

    assert is_returned(agency)
    assert is_returned(agency, EMAIL.upper())
    assert not is_returned(agency, "other@mail.example")
    assert not is_returned(agency, "")


def test_a_return_in_one_scope_says_nothing_in_another(agency):
    _, message_id, _ = a_sent_letter(agency, company="north")

    receive(agency, samples.postfix(message_id))

    assert is_returned(agency, scope="north")
    assert not is_returned(agency, scope="south")


def test_a_delay_is_noted_and_nothing_else(agency):
    _, message_id, _ = a_sent_letter(agency)
    tries = agency.rows("letter", "tries")[0]

    row = receive(agency, samples.gmail(message_id))

    assert (row["kind"], row["read_by"]) == ("delayed", "talentpool")
    assert agency.rows("letter_attempt", "result") == ["sent", "delayed"]
    assert agency.rows("letter", "tries") == [tries + 1]
    assert not is_returned(agency)


def test_given_up_for_a_temporary_reason_is_shown_but_suppresses_nothing(agency):
    _, message_id, _ = a_sent_letter(agency)

    row = receive(agency, samples.postfix(message_id, status="4.4.7"))

    assert (row["kind"], row["read_at"]) == ("returned", None)
    assert not is_returned(agency)


def test_a_report_about_no_letter_of_ours_suppresses_nobody(agency):
    a_sent_letter(agency)

    row = receive(agency, samples.postfix("<forged@agency.example>", to=EMAIL))

    assert (row["kind"], row["person_id"]) == ("returned", None)
    assert not is_returned(agency)


def test_a_reply_that_pretends_to_be_a_report_suppresses_nobody(agency):
    _, message_id, _ = a_sent_letter(agency)

    receive(
        agency,
        reply("550 5.1.1 User unknown", answers=message_id, subject="Undelivered Mail Returned to Sender"),
    )

    assert not is_returned(agency)


@pytest.mark.parametrize("domain", ["agency.example", "moved.example"])
def test_a_report_without_number_is_known_by_the_letters_own_return_path(make_agency, domain):
    agency = make_agency(TALENTPOOL_BOUNCE_MAILBOX="bounces+{letter}@agency.example")
    agency.run("sync")
    letter_id, message_id, _ = a_sent_letter(agency)
    with agency.work() as ctx:
        row = ctx.session.get_one(ctx.models.letter, letter_id)
        row.message_id = message_id.replace("agency.example", domain)
    token = message_id.strip("<>").partition("@")[0]

    row = receive(agency, samples.postfix("<gone@x.test>", path=f"bounces+{token}@agency.example"))

    assert row["letter_id"] == letter_id
    assert is_returned(agency)


def test_the_return_path_on_the_wire_is_the_one_that_is_understood(make_agency):
    from flask_talentpool.letters.delivery.prepare import return_path

    agency = make_agency(TALENTPOOL_BOUNCE_MAILBOX="bounces+{letter}@agency.example")
    agency.run("sync")
    letter_id, *_ = a_sent_letter(agency)
    with agency.app.app_context():
        ctx = agency.tp.context()
        path = return_path(ctx, ctx.session.get_one(ctx.models.letter, letter_id))

    assert receive(agency, samples.postfix("<gone@x.test>", path=path))["letter_id"] == letter_id


def test_in_staging_a_report_is_not_about_the_persons_address(make_agency):
    agency = make_agency(TALENTPOOL_SEND_ALL_MAIL_TO="me@agency.example")
    agency.run("sync")
    _, message_id, _ = a_sent_letter(agency)

    receive(agency, samples.postfix(message_id, to="me@agency.example"))

    assert not is_returned(agency)


def test_it_works_again_and_held_letters_go(agency, letters):
    _, message_id, _ = a_sent_letter(agency)
    row = receive(agency, samples.postfix(message_id))
    agency.reject(agency.add("Ada Byron", EMAIL, job="Designer"))
    agency.run("send")

    going = do(agency, incoming.works_again, row["id"])
    agency.run("send")

    assert (going, len(letters())) == (1, 2)
    assert not is_returned(agency)
    assert agency.rows("incoming", "read_by") == [RITA.id]
    assert do(agency, incoming.works_again, row["id"]) == 0


def test_many_addresses_are_asked_about_at_once(agency):
    _, message_id, _ = a_sent_letter(agency, company="north")
    receive(agency, samples.postfix(message_id))

    with agency.app.app_context():
        asked = [("north", EMAIL), ("south", EMAIL), ("north", "bo@mail.example"), ("north", "")]
        found = suppression.returned_among(agency.tp.context(), asked)

    assert found == {("north", EMAIL)}


# Read today


def test_an_urgent_reply_is_told_to_its_reader_at_once_without_a_word_of_it(make_agency, letters):
    agency = make_agency(TALENTPOOL_URGENT_MAILBOX="Ute Lang <ute@agency.example>")
    agency.run("sync")
    _, message_id, _ = a_sent_letter(agency)

    row = receive(
        agency, reply("You will hear from my lawyer. It was a farce.", answers=message_id, sender=SENDER)
    )

    assert (row["is_urgent"], row["urgent_because"]) == (True, "complaint")
    (told,) = [
        one
        for one in agency.rows("letter", "kind", "occasion", "to_address", "subject", "text", "state")
        if one[0] == "colleague"
    ]
    assert told[1:3] == (f"urgent:{row['id']}", "ute@agency.example")
    assert f"/talent-pool/incoming/{row['id']}" in told[4]
    assert [word for word in ("farce", "Ada", EMAIL) if word in told[4]] == []
    agency.run("send")
    assert any("To: Ute Lang <ute@agency.example>" in mail for mail in letters())


def test_without_a_reader_it_is_urgent_all_the_same(agency):
    assert receive(agency, reply("I feel suicidal.", answers=""))["urgent_because"] == "distress"
    assert agency.rows("letter", "id") == []


def test_nothing_ever_answers(agency, letters):
    _, message_id, _ = a_sent_letter(agency)

    for number, raw in enumerate((reply, samples.postfix, samples.exim, samples.gmail, samples.qmail)):
        receive(agency, raw(answers=message_id, number=number) if raw is reply else raw(message_id))
    agency.run("send")

    assert len(letters()) == 1


# What people do with it


def test_replies_are_unread_until_somebody_read_them(agency):
    _, message_id, _ = a_sent_letter(agency)
    first = receive(agency, reply(answers=message_id))
    receive(agency, reply("Thanks!", answers=message_id, number=2))
    receive(agency, reply(answers=message_id, number=3, headers="Auto-Submitted: auto-replied\n"))

    def unread():
        found = agency.rows("incoming", "kind", "read_at")
        return sum(kind in incoming.WRITTEN and read_at is None for kind, read_at in found)

    assert unread() == 2
    assert do(agency, marking.mark_read, first["id"]) is True
    assert do(agency, marking.mark_read, first["id"]) is False
    assert unread() == 1
    do(agency, marking.mark_unread, first["id"])
    assert unread() == 2


def test_a_mail_nobody_knew_is_given_to_a_person(agency):
    *_, person_id = a_sent_letter(agency, company="north")
    row = receive(agency, reply("Thank you!", answers="", sender="private@mail.example"))

    do(agency, incoming.give, row["id"], person_id)
    do(agency, incoming.give, row["id"], person_id)

    assert agency.rows("incoming", "person_id", "scope", "kind") == [(person_id, "north", "thank_you")]
    assert agency.rows("touch", "what").count("sent a thank-you note") == 1


def test_a_mail_given_to_the_wrong_person_is_given_to_the_right_one(agency):
    _, message_id, first = a_sent_letter(agency)
    *_, second = a_sent_letter(agency, "Bo Lind", "bo@mail.example")
    row = receive(agency, reply(answers=message_id))

    do(agency, incoming.give, row["id"], second)

    assert agency.rows("incoming", "person_id", "letter_id") == [(second, None)]
    theirs = [person for person, what in agency.rows("touch", "person_id", "what") if what == "wrote to us"]
    assert theirs == [second] != [first]


def test_a_report_given_to_a_person_suppresses_their_address(agency):
    *_, person_id = a_sent_letter(agency)
    row = receive(agency, samples.postfix("<unknown@x.test>"))

    do(agency, incoming.give, row["id"], person_id)

    assert is_returned(agency)


def test_an_erased_mail_leaves_nothing_and_does_not_come_in_again(agency):
    raw = reply("Zebedee was here.", answers="", sender="Zebedee <zeb@mail.example>", subject="Zebedee")
    row = receive(agency, raw)

    do(agency, incoming_erasing.erase, row["id"])
    do(agency, incoming_erasing.erase, row["id"])

    assert receive(agency, raw)["id"] == row["id"]
    assert "zeb" not in agency.everything_kept().lower()
    assert do(agency, marking.mark_unread, row["id"]) is False


# Services that write their own name over the Message-ID

SES = "0102018f3c2a7b1e-6f1d2c3b-0000-000000"


@pytest.fixture
def rewriting(make_agency, smtp_server):
    """An agency whose mail service answers with its own name for each letter, SES being the first."""

    def make(*replies):
        agency = make_agency(TALENTPOOL_MAIL_URL=smtp_server.url)
        agency.run("sync")
        for said in replies:
            smtp_server.at("DOT", Answer(said), times=1)
        return agency

    return make


def test_an_answer_to_the_service_s_own_message_id_finds_the_letter(rewriting):
    agency = rewriting(f"250 Ok {SES}")
    letter_id, _, person_id = a_sent_letter(agency)
    row = receive(
        agency, reply("Thanks", answers=f"<{SES}@eu-west-1.amazonses.com>", sender="Ada <a@elsewhere.test>")
    )

    assert (row["letter_id"], row["person_id"]) == (letter_id, person_id)


def test_a_report_about_the_service_s_own_message_id_bars_the_address(rewriting):
    agency = rewriting("250 2.0.0 Ok: queued as <202603021000.12345678@relay.example>")
    letter_id, *_ = a_sent_letter(agency)
    row = receive(agency, samples.postfix("<202603021000.12345678@relay.example>"))

    assert row["letter_id"] == letter_id
    assert is_returned(agency)


def test_a_report_that_names_only_the_server_s_own_number_finds_the_letter(rewriting):
    agency = rewriting("250 2.0.0 Ok: queued as 4WxYz12Ab3zC")
    letter_id, *_ = a_sent_letter(agency)
    raw = samples.postfix("<rewritten@x.test>").replace(b"Queue-ID: 4ABC\r", b"Queue-ID: 4WxYz12Ab3zC\r")

    assert receive(agency, raw)["letter_id"] == letter_id


def test_a_name_that_a_server_gave_twice_finds_no_letter(rewriting):
    agency = rewriting(*["250 2.0.0 Ok: queued as 3F2A91C0B7"] * 2)
    a_sent_letter(agency)
    a_sent_letter(agency, "Bo Berg", "bo@mail.example")
    row = receive(agency, samples.postfix("<3F2A91C0B7@relay.example>"))

    assert (row["letter_id"], row["person_id"]) == (None, None)
    assert not is_returned(agency)


def test_an_answer_to_somebody_forgotten_is_known_by_the_service_s_message_id(rewriting):
    agency = rewriting(f"250 Ok {SES}")
    a_sent_letter(agency)
    key = agency.rows("decision")[-1].candidate_key
    agency.run("forget", key, "--yes")
    row = receive(
        agency, reply("Thanks", answers=f"<{SES}@eu-west-1.amazonses.com>", sender="Ada <a@elsewhere.test>")
    )

    assert (row["person_id"], row["status"]) == (None, incoming.FROM_FORGOTTEN)
    assert "ada@mail" not in agency.everything_kept().lower()


# Forgetting


def test_forgetting_erases_every_mail_of_the_person(agency):
    key = agency.add("Zebedee Quill", "zebedee@mail.example")
    agency.reject(key)
    agency.run("send")
    message_id = agency.rows("letter", "message_id")[0]
    receive(
        agency,
        reply("Zebedee says thank you!", answers=message_id, sender="Zebedee Quill <zebedee@home.example>"),
    )
    receive(agency, samples.postfix(message_id, to="zebedee@mail.example"))
    receive(agency, samples.postfix("<lost@x.test>", to="zebedee@mail.example", status="5.2.1"))
    receive(agency, reply("Hi", answers="", sender="bo@mail.example", number=2))

    agency.run("forget", agency.candidate_key(key), "--yes")

    kept = agency.everything_kept().lower()
    assert "zebedee" not in kept
    assert message_id not in [text for row in agency.rows("incoming", "text", "message_id") for text in row]
    assert "bo@mail.example" in kept
    assert not is_returned(agency, "zebedee@mail.example")
    assert agency.rows("incoming", "person_id", "letter_id") == [(None, None)] * 4


def test_the_mail_of_a_forgotten_person_does_not_come_in_again(agency):
    key = agency.add("Zebedee Quill", "zebedee@mail.example")
    agency.reject(key)
    agency.run("send")
    raw = reply(answers=agency.rows("letter", "message_id")[0], sender="Zebedee <zebedee@mail.example>")
    receive(agency, raw)
    agency.run("forget", agency.candidate_key(key), "--yes")

    receive(agency, raw)

    assert "zebedee" not in agency.everything_kept().lower()


@pytest.mark.parametrize("answers", [True, False])
def test_a_reply_by_somebody_forgotten_waits_for_a_person_and_is_linked_to_nobody(agency, answers):
    key = agency.add("Zebedee Quill", "zebedee@mail.example", company="north")
    agency.reject(key)
    agency.run("send")
    message_id = agency.rows("letter", "message_id")[0]
    agency.run("forget", agency.candidate_key(key), "--yes")

    row = receive(
        agency,
        reply(
            "One more thing?", answers=message_id if answers else "", sender="Zebedee <zebedee@mail.example>"
        ),
    )

    assert (row["kind"], row["person_id"], row["letter_id"]) == ("unknown", None, None)
    assert (row["status"], row["read_at"], row["scope"]) == ("from_forgotten", None, "north")
    assert agency.rows("person", "id") == []


# Signals


def test_signals_carry_ids_and_come_after_the_commit(agency):
    letter_id, message_id, _ = a_sent_letter(agency)
    heard = []

    def hear(name):
        def receiver(sender, **about):
            heard.append((name, about))

        return receiver

    receivers = [hear("reply"), hear("returned")]
    signals.reply_received.connect(receivers[0])
    signals.letter_returned.connect(receivers[1])

    first = receive(agency, reply(answers=message_id))
    second = receive(agency, samples.postfix(message_id))
    receive(agency, reply(answers=message_id))

    assert heard == [
        ("reply", {"incoming_id": first["id"], "kind": "reply", "is_urgent": False}),
        ("returned", {"letter_id": letter_id, "incoming_id": second["id"], "is_permanent": True}),
    ]


# The command


def run(agency, raw, *options):
    return cli_runner(agency.app).invoke(args=["talentpool", "receive", *options], input=raw)


def test_the_command_stores_a_mail_from_standard_input(agency):
    _, message_id, person_id = a_sent_letter(agency)

    result = run(agency, reply(answers=message_id), "--json")

    assert result.exit_code == 0, result.output
    assert f'"person_id": {person_id}' in result.stdout
    assert run(agency, b"").exit_code == 0
    assert "Kept as" in run(agency, b"\xff\xfe").stdout


def test_the_command_asks_the_mail_server_to_try_again_while_it_cannot_store(make_agency):
    without_tables = make_agency(tables=False)

    result = run(without_tables, reply())

    assert result.exit_code == 75
    assert "tried again" in result.stderr


def test_the_command_asks_to_try_again_while_switched_off(make_agency):
    agency = make_agency(TALENTPOOL_ENABLED=False)

    assert run(agency, reply()).exit_code == 75


@pytest.mark.slow
def test_the_command_asks_to_try_again_when_the_database_is_away(tmp_path):
    mail = reply()
    database = f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"

    process = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "tests.services.agency", "talentpool", "receive"],
        input=mail,
        env=environment(database),
        capture_output=True,
        timeout=patience(60),
        check=False,
    )

    assert process.returncode == 75, process.stderr
    assert EMAIL.encode() not in process.stderr


def test_the_guides_script_for_a_mailbox_stores_what_is_unseen_and_only_then_marks_it(agency, monkeypatch):
    page = (REPOSITORY / "site" / "what-comes-back.md").read_text()
    script = page.split("```python\n")[2].split("```")[0]
    boxes = []

    class Box:
        def __init__(self, host):
            self.marked = []
            boxes.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def login(self, user, password):
            pass

        def select(self, name):
            pass

        def search(self, charset, what):
            return "OK", [b"1 2"]

        def fetch(self, number, parts):
            return "OK", [(b"1 (BODY[] {3}", reply(number=number.decode(), answers="")), b")"]

        def store(self, number, how, flag):
            assert len(agency.rows("incoming", "id")) == len(self.marked) + 1
            self.marked.append((number, how, flag))

    monkeypatch.setitem(sys.modules, "ats", SimpleNamespace(create_app=lambda: agency.app))
    monkeypatch.setitem(sys.modules, "imaplib", SimpleNamespace(IMAP4_SSL=Box))
    for name in ("IMAP_HOST", "IMAP_USER", "IMAP_PASSWORD"):
        monkeypatch.setenv(name, "x")

    exec(compile(script, "what-comes-back.md", "exec"), {})

    assert [mark[0] for mark in boxes[0].marked] == [b"1", b"2"]


def test_a_mail_that_never_ends_takes_a_bounded_place():
    raw, size = command.take(io.BytesIO(b"x" * (LONGEST_MAIL * 3)))

    assert size == LONGEST_MAIL * 3
    assert LONGEST_MAIL < len(raw) <= LONGEST_MAIL + 1_000_000


def test_a_mail_beyond_the_limit_is_kept_by_its_beginning_and_says_so(agency):
    _, message_id, person_id = a_sent_letter(agency)
    raw = reply("I have a long story to tell.\n\n" + "x" * 30_000_000, answers=message_id)

    row = receive(agency, raw)

    assert row["person_id"] == person_id
    assert row["text"].startswith("I have a long story to tell.")
    assert "This mail has 30.0 MB. Only its beginning was kept here" in row["text"]


# What it costs


def test_receiving_costs_the_same_however_many_people_there_are(agency):
    from tests.support.measuring import statements

    _, message_id, _ = a_sent_letter(agency)

    def cost(number):
        with agency.app.app_context(), statements(agency.engine()) as seen:
            agency.tp.receive(reply(answers=message_id, number=number))
        return len(seen)

    first = cost(1)
    for n in range(20):
        agency.add(f"Person {n}", f"p{n}@mail.example", status="rejected")
    agency.run("send")

    assert cost(2) == first


def test_a_held_letter_says_why(agency):
    _, message_id, _ = a_sent_letter(agency)
    receive(agency, samples.postfix(message_id))
    key = agency.add("Ada Byron", EMAIL, job="Designer")
    agency.reject(key)
    agency.run("sync")

    with agency.work() as ctx:
        decision = facts.live_decision(ctx, key)
        letter = ctx.session.scalars(
            sa.select(ctx.models.letter).where(ctx.models.letter.decision_id == decision.id)
        ).one()
        assert (letter.state, letter.because) == ("held", "returned")
