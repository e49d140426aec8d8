"""One letter's bytes are what mail servers and mail clients need, whatever stands in its fields."""

import contextlib
import doctest
import email
import pickle
import re
import socket
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flask_talentpool.config import addresses
from flask_talentpool.config.addresses import (
    BadAddress,
    NeedsSmtpUtf8,
    check_address,
    wire_address,
    wire_domain,
)
from flask_talentpool.letters.delivery import message
from flask_talentpool.letters.delivery.message import BadHeader, BadSender, Mail, as_bytes, new_message_id

MAIL = Mail(
    from_name="Acme",
    from_address="jobs@acme.test",
    to_name="Jo Smith",
    to_address="jo@home.test",
    subject="Your application",
    text="Hello Jo,\n\nthank you.\n",
    html="<p>Hello Jo,</p>\n<p>thank you.</p>\n",
    message_id="<0123456789abcdef@acme.test>",
    date=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
)
LONG_URL = "https://jobs.acme.test/talent-pool/unsubscribe/" + "a1" * 200
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bq]\?[^?\s]*\?=")

one_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=350)


def wire(**changes):
    return as_bytes(replace(MAIL, **changes))


def parsed(raw):
    return email.message_from_bytes(raw, policy=policy.default)


def header_line(raw, name):
    """Return one header as it stands on the wire, folds included."""
    head = raw.partition(b"\r\n\r\n")[0]
    (found,) = re.findall(rb"(?m)^%s:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*" % name.encode(), head)
    return found


def display_name(raw, name):
    """Decode a display name as RFC 2047 says: blanks between encoded words are no part of it."""
    value = header_line(raw, name).partition(b":")[2].replace(b"\r\n", b"").decode()
    return str(make_header(decode_header(parseaddr(value)[0])))


def part(raw, subtype):
    return parsed(raw).get_body((subtype,)).get_content()


def assert_safe_on_the_wire(raw):
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(raw))


# --- the whole letter ----------------------------------------------------------------------------


def test_a_letter_has_text_first_and_html_last():
    letter = parsed(wire())
    assert letter.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in letter.iter_parts()] == ["text/plain", "text/html"]
    assert not letter.defects


def test_a_letter_without_html_is_plain_text():
    letter = parsed(wire(html=None))
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content() == "Hello Jo,\r\n\r\nthank you.\r\n"


def test_a_letter_says_that_a_program_wrote_it_when_and_in_which_language():
    letter = parsed(wire(language="de-AT"))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "de-AT"
    assert letter["Date"].datetime == MAIL.date
    assert letter["MIME-Version"] == "1.0"


def test_every_header_stands_once():
    names = [
        name.lower()
        for name in parsed(wire(list_unsubscribe=LONG_URL, list_id="p.acme.test", reply_to="a@b.test"))
    ]
    assert len(names) == len(set(names))


def test_the_same_letter_has_the_same_bytes_each_time():
    assert wire() == wire()


def test_the_offset_of_the_date_is_kept():
    written = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert header_line(wire(date=written), "Date") == b"Date: Wed, 01 Jul 2026 12:00:00 +0200"


def test_a_time_without_zone_is_refused():
    with pytest.raises(BadHeader, match="Date"):
        wire(date=datetime(2026, 11, 20, 9, 30))  # noqa: DTZ001 - this is what is refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain\n",
        "no newline at the end",
        ".\n..\n.dot\n",
        "From here on\n",
        "ends in a blank \nand a tab\t\n",
        "one\rtwo\r\nthree\n",
        "=3D is not an equals sign, = is\n",
        "x" * 5000,
        "Grüße, Zoë\n" * 20,
        "こんにちは、採用担当です。" * 60,
        "שלום 👩‍👩‍👧‍👦 \u202eabc\u202c\n",
        "bell\x07 and nothing\x00\n",
    ],
)
def test_any_text_arrives_as_it_was_written(text):
    raw = wire(text=text, html=f"<p>{text}</p>")
    assert_safe_on_the_wire(raw)
    lines = re.split("\r\n|\r|\n", text.rstrip("\r\n"))
    assert re.split("\r\n|\n", part(raw, "plain").removesuffix("\r\n")) == lines
    assert re.split("\r\n|\n", part(raw, "html").removesuffix("\r\n")) == re.split(
        "\r\n|\r|\n", f"<p>{text}</p>"
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Hello\n", "7bit"),
        ("Hello " * 40, "quoted-printable"),
        ("Zoë\n", "quoted-printable"),
        ("日本語\n", "base64"),
    ],
)
def test_the_body_stays_as_readable_as_it_can(text, encoding):
    assert parsed(wire(text=text, html=None))["Content-Transfer-Encoding"] == encoding


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=500))
def test_a_line_of_any_characters_arrives(text):
    raw = wire(text=text)
    assert_safe_on_the_wire(raw)
    assert part(raw, "plain") == text + "\r\n"


def test_half_a_character_does_not_stop_a_letter():
    letter = parsed(wire(subject="a\ud83d", to_name="b\udc00", text="c\ud83d", html="d\ud83d"))
    assert letter["Subject"] == "a\ufffd"
    assert letter["To"].addresses[0].display_name == "b\ufffd"
    assert letter.get_body(("plain",)).get_content() == "c\ufffd\r\n"


# --- names and subject ---------------------------------------------------------------------------


@given(name=one_line)
@example(name='Smith, Jo "JJ" (PhD)')
@example(name="back\\slash")
@example(name="=?utf-8?q?already?=")
@example(name="jo@home.test")
@example(name="<script>alert(1)</script>")
@example(name="Zoë Ünal-Łukasz")
@example(name="👩‍👩‍👧‍👦 Family")
@example(name="\u202bמשה כהן\u202c")
@example(name="two  blanks")
@example(name="tab\tinside")
@example(name="x" * 300)
@example(name="Łukasz " * 43)
@example(name=":;,.<>@[]")
def test_any_display_name_round_trips(name):
    raw = wire(from_name=name, to_name=name)
    assert_safe_on_the_wire(raw)
    for header in ("From", "To"):
        assert display_name(raw, header) == name.strip()
        (address,) = parsed(raw)[header].addresses
        # Python 3.11 puts a blank between two encoded words of a display name and merges blanks within one.
        assert "".join(address.display_name.split()) == "".join(name.split())
    assert parsed(raw)["To"].addresses[0].addr_spec == "jo@home.test"


@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9))
def test_the_python_parser_reads_a_usual_name_exactly(name):
    assert parsed(wire(to_name=f"{name} Ünal"))["To"].addresses[0].display_name == f"{name} Ünal".strip()


@given(subject=one_line)
@example(subject="")
@example(subject=" framed by blanks ")
@example(subject="two  blanks")
@example(subject="=?utf-8?b?4pyT?=")
@example(subject="x" * 2000)
@example(subject="word " * 300)
@example(subject="Straßenbahnführer:in (m/w/d) 🚋 " * 10)
def test_any_subject_round_trips(subject):
    raw = wire(subject=subject)
    assert_safe_on_the_wire(raw)
    assert parsed(raw)["Subject"] == subject


@given(text=one_line)
def test_lines_with_encoded_words_keep_to_76_characters(text):
    raw = wire(subject=text, to_name=text)
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 76 or not ENCODED_WORD.search(line)


def test_plain_names_stay_readable_on_the_wire():
    assert header_line(wire(), "To") == b"To: Jo Smith <jo@home.test>"
    assert header_line(wire(to_name="Smith, Jo"), "To") == b'To: "Smith, Jo" <jo@home.test>'


def test_a_recipient_without_a_name_is_the_bare_address():
    assert header_line(wire(to_name="  "), "To") == b"To: jo@home.test"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize(
    ("field", "header"),
    [
        ("from_name", "From"),
        ("from_address", "From"),
        ("to_name", "To"),
        ("to_address", "To"),
        ("reply_to", "Reply-To"),
        ("subject", "Subject"),
        ("message_id", "Message-ID"),
        ("in_reply_to", "In-Reply-To"),
        ("list_id", "List-Id"),
        ("list_unsubscribe", "List-Unsubscribe"),
        ("language", "Content-Language"),
    ],
)
def test_a_line_break_in_a_header_is_refused_and_the_header_named(field, header, line_break):
    with pytest.raises(BadHeader) as refused:
        wire(**{field: f"secret{line_break}Bcc: eve@evil.test"})
    assert refused.value.header == header
    assert header in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "Remove it" in str(refused.value)


def test_a_line_break_in_a_reference_is_refused():
    with pytest.raises(BadHeader, match="References"):
        wire(references=["<a@acme.test>", "<b@acme.test>\r\nBcc: eve@evil.test"])


@given(name=st.text(max_size=30), subject=st.text(max_size=30))
def test_no_value_ever_adds_a_header(name, subject):
    try:
        raw = wire(from_name=name, to_name=name, subject=subject)
    except BadHeader:
        assert set(name + subject) & set("\r\n")
    else:
        assert list(parsed(raw)) == list(parsed(wire()))


def test_a_refusal_survives_a_process_boundary():
    copy = pickle.loads(pickle.dumps(BadHeader("To", "it is odd.")))
    assert (copy.header, str(copy)) == ("To", "The header To cannot be written: it is odd.")


# --- headers that must never be changed ----------------------------------------------------------


def test_a_long_unsubscribe_url_stays_whole_and_plain():
    raw = wire(list_unsubscribe=LONG_URL)
    assert header_line(raw, "List-Unsubscribe") == f"List-Unsubscribe: <{LONG_URL}>".encode()
    assert header_line(raw, "List-Unsubscribe-Post") == b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def test_there_is_no_list_header_unless_asked_for():
    assert b"\r\nList-" not in wire()


@pytest.mark.parametrize(
    ("given_id", "written"),
    [
        ("finalists.acme.test", b"List-Id: <finalists.acme.test>"),
        ("<finalists.acme.test>", b"List-Id: <finalists.acme.test>"),
        ("Finalists <finalists.acme.test>", b"List-Id: Finalists <finalists.acme.test>"),
    ],
)
def test_the_list_id_is_written_plainly(given_id, written):
    assert header_line(wire(list_id=given_id), "List-Id") == written


@pytest.mark.parametrize(
    ("field", "value", "header"),
    [
        ("list_unsubscribe", "http://jobs.acme.test/u", "List-Unsubscribe"),
        ("list_unsubscribe", "https://jobs.acme.test/ü", "List-Unsubscribe"),
        ("list_unsubscribe", "https://jobs.acme.test/a b", "List-Unsubscribe"),
        ("list_unsubscribe", "https://jobs.acme.test/>,<https://evil.test", "List-Unsubscribe"),
        ("list_unsubscribe", "https://jobs.acme.test/" + "a" * 900, "List-Unsubscribe"),
        ("list_id", "für.acme.test", "List-Id"),
        ("message_id", "no-brackets@acme.test", "Message-ID"),
        ("message_id", "<two words@acme.test>", "Message-ID"),
        ("in_reply_to", "<ü@acme.test>", "In-Reply-To"),
        ("references", ["nothing"], "References"),
        ("language", "deutsch bitte", "Content-Language"),
    ],
)
def test_a_value_that_cannot_stand_in_its_header_is_refused(field, value, header):
    with pytest.raises(BadHeader) as refused:
        wire(**{field: value})
    assert refused.value.header == header


def test_follow_ups_name_the_letters_before_them():
    before = [f"<{'a' * 60}{number}@acme.test>" for number in range(5)]
    raw = wire(in_reply_to=before[-1], references=before)
    assert header_line(raw, "In-Reply-To") == f"In-Reply-To: {before[-1]}".encode()
    assert header_line(raw, "References") == ("References: " + "\r\n ".join(before)).encode()


def test_a_long_message_id_is_never_encoded():
    message_id = f"<{'a' * 200}@acme.test>"
    assert header_line(wire(message_id=message_id), "Message-ID") == f"Message-ID: {message_id}".encode()


# --- Message-IDs ---------------------------------------------------------------------------------


def test_a_new_message_id_is_under_the_senders_domain(monkeypatch):
    monkeypatch.setattr(socket, "getfqdn", lambda *_: pytest.fail("asked for the machine's name"))
    assert re.fullmatch(r"<[0-9a-f]{32}@acme\.test>", new_message_id(domain="acme.test"))


def test_no_two_message_ids_are_the_same():
    assert len({new_message_id(domain="acme.test") for _ in range(100)}) == 100


def test_a_message_id_under_an_international_domain_is_ascii():
    assert new_message_id(domain="bücher.example").endswith("@xn--bcher-kva.example>")


@pytest.mark.parametrize("domain", ["", "a b.test", "x.test>\r\nBcc: eve@evil.test", "x@y.test"])
def test_a_message_id_needs_a_domain(domain):
    with pytest.raises(BadAddress):
        new_message_id(domain=domain)


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jo@home.test", "jo@home.test"),
        ("  jo@home.test\n", "jo@home.test"),
        ("Jo.Smith+cv@HOME.Test", "Jo.Smith+cv@home.test"),
        ("jo@gmail.com", "jo@gmail.com"),
        ("jo@example.com", "jo@example.com"),
        ("jo@mail.example", "jo@mail.example"),
        ("jo@localhost", "jo@localhost"),
        ("jo@LOCALHOST", "jo@localhost"),
        ("jo@test", "jo@test"),
        ("jo@example", "jo@example"),
        ("jo@db.localhost", "jo@db.localhost"),
        ("jo@nas.local", "jo@nas.local"),
        ("jo@nobody.invalid", "jo@nobody.invalid"),
        ("jo@bücher.test", "jo@xn--bcher-kva.test"),
        ("jo@BÜCHER.de", "jo@xn--bcher-kva.de"),
        ("jo@例え.テスト", "jo@xn--r8jz45g.xn--zckzah"),
        ("o'neil!#$%&*@home.test", "o'neil!#$%&*@home.test"),
    ],
)
def test_an_address_is_returned_as_it_stands_on_the_wire(text, address):
    assert check_address(text) == address
    assert check_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "secretname",
        "@home.test",
        "secretname@",
        "secretname@home",
        "secretname@home..test",
        ".secretname@home.test",
        "secretname@-home.test",
        "secretname@test.",
        "secret name@home.test",
        "secretname@home.test, eve@evil.test",
        "secretname@home.test;eve@evil.test",
        "Jo <secretname@home.test>",
        '"secretname"@home.test',
        "secretname@[127.0.0.1]",
        "secretname@127.0.0.1",
        "secretname@ho\x00me.test",
        "secretname\r\nBcc:eve@evil.test",
        "secretname\u200b@home.test",
        "secretname@faß\u2063.test",
        "secretname@" + "a" * 64 + ".test",
        "secretname@" + "a.b" * 90 + ".test",
    ],
)
def test_what_is_no_address_is_refused_with_the_remedy_and_without_itself(text):
    with pytest.raises(BadAddress) as refused:
        check_address(text)
    assert "Enter one plain address" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "home.test" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("text", ["zoë@home.test", "用户@例え.テスト", "josé@gmail.com"])
def test_letters_beyond_ascii_before_the_at_need_an_extension_that_is_named(text):
    with pytest.raises(NeedsSmtpUtf8, match="beyond a to z before the @"):
        check_address(text)
    with pytest.raises(NeedsSmtpUtf8):
        wire(to_address=text)


@pytest.mark.parametrize("address", ["jobs@intranet", "jobs@mailhost-1"])
def test_an_address_of_this_house_may_be_of_the_local_network(address):
    raw = wire(from_address=address, reply_to=address)
    assert b"From: Acme <" + address.encode() + b">" in raw
    assert b"Reply-To: " + address.encode() in raw
    assert wire_address(address) == address
    assert new_message_id(domain=address.partition("@")[2]).endswith(f"{address.partition('@')[2]}>")
    with pytest.raises(BadAddress):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["jobs@-intranet", "jobs@in_tranet", "jobs@intra net", "jobs@", "jobs", "a@b@c"]
)
def test_what_is_no_address_is_none_of_this_house_either(address):
    with pytest.raises(BadAddress):
        wire_address(address)


@pytest.mark.parametrize("address", ["jörg@acme.test", "jobs", "", "Jobs <jobs@acme.test>"])
def test_a_sender_that_cannot_be_is_the_settings_fault_and_not_the_recipients(address):
    with pytest.raises(BadSender, match="TALENTPOOL_MAIL_FROM") as refused:
        wire(from_address=address)
    assert not isinstance(refused.value, BadAddress)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_an_address_for_answers_that_cannot_be_is_not_the_recipients_fault():
    with pytest.raises(BadHeader, match="Reply-To"):
        wire(reply_to="jörg@acme.test")


def test_a_domain_stands_on_the_wire_in_ascii():
    assert wire_domain("Bücher.Test") == "xn--bcher-kva.test"
    with pytest.raises(BadAddress):
        wire_domain("a b")


def test_an_international_domain_becomes_ascii_in_every_header():
    raw = wire(from_address="jobs@bücher.test", to_address="jo@bücher.test", reply_to="hr@bücher.test")
    assert_safe_on_the_wire(raw)
    for header in ("From", "To", "Reply-To"):
        assert parsed(raw)[header].addresses[0].domain == "xn--bcher-kva.test"


def test_the_hosts_own_settings_of_the_address_library_are_neither_read_nor_changed(monkeypatch):
    names = list(email_validator.SPECIAL_USE_DOMAIN_NAMES)
    monkeypatch.setattr(email_validator, "ALLOW_QUOTED_LOCAL", True)
    monkeypatch.setattr(email_validator, "ALLOW_EMPTY_LOCAL", True)
    monkeypatch.setattr(email_validator, "CHECK_DELIVERABILITY", True)
    check_address("jo@home.test")
    with pytest.raises(BadAddress):
        check_address("@home.test")
    assert names == email_validator.SPECIAL_USE_DOMAIN_NAMES


def test_a_host_that_changed_the_list_of_special_names_gets_the_same_answers(monkeypatch):
    monkeypatch.setattr(email_validator, "SPECIAL_USE_DOMAIN_NAMES", ["intern.corp"])
    assert check_address("jo@home.test") == "jo@home.test"
    assert check_address("jo@localhost") == "jo@localhost"
    assert check_address("jo@mail.intern.corp") == "jo@mail.intern.corp"


@given(
    local=st.text(string.ascii_letters + string.digits + "+-_", min_size=1, max_size=30),
    domain=st.sampled_from(["home.test", "localhost", "acme.example", "gmail.com", "xn--bcher-kva.de"]),
)
def test_every_usual_address_is_left_as_it_is(local, domain):
    if local.lower() not in {"postmaster", "abuse"}:
        assert check_address(f"{local}@{domain}") == f"{local}@{domain}"


@given(text=st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text):
    with contextlib.suppress(BadAddress):
        assert re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", check_address(text))


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(message).failed == 0
    assert doctest.testmod(addresses).failed == 0
    assert doctest.testmod(addresses).attempted > 0


@given(
    st.from_regex(r"[A-Za-z0-9_+-]{1,20}(\.[A-Za-z0-9_+-]{1,9})?", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9]{1,20}(\.[A-Za-z0-9]{1,12})?\.[A-Za-z]{2,8}", fullmatch=True),
)
def test_an_everyday_address_is_read_as_the_library_reads_it(local, domain):
    try:
        wanted = email_validator.validate_email(
            f"{local}@{domain}", check_deliverability=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError:
        with pytest.raises(BadAddress):
            check_address(f"{local}@{domain}")
    else:
        assert check_address(f"{local}@{domain}") == f"{wanted.ascii_local_part}@{wanted.ascii_domain}"


def test_several_addresses_for_answers_stand_in_one_header():
    lines = wire(reply_to=["anna@acme.test", "read@acme.test"]).split(b"\r\n")

    assert b"Reply-To: anna@acme.test, read@acme.test" in lines


@pytest.mark.parametrize("hostile", ["a@b.test\r\nBcc: x@y.test", "a\nb@c.test"])
def test_whom_a_letter_is_for_cannot_bring_a_header_along(hostile):
    with pytest.raises(BadHeader):
        wire(instead_of=hostile)
