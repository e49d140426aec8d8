"""Every kind of letter as a real mail server gets it: RFC 5322, 2045, 2047, 3834, 2369 and 8058, on raw bytes."""

import email
import re
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.config.addresses import Mailbox
from flask_talentpool.decisions.telling import confirmation, correction
from flask_talentpool.enums import LetterKind
from flask_talentpool.letters.incoming.parse import read
from flask_talentpool.letters.internal_mail import write_colleague
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from tests.promises.world import World
from tests.support.people import RITA
from tests.support.smtp import SmtpServer

pytestmark = pytest.mark.untraced

NAME = "Žofie Müller-Łukaszewicz, genannt „Zoë“ 🌱 von und zu der langen Straße am großen Fluss"
JOB = "Leiterin Öffentlichkeitsarbeit & Kommunikation (m/w/d) – Großraum Düsseldorf, Königsallee, 100 % remote möglich"
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type")


def outcome(world, row):
    world.reject(row)
    world.tp.sync()


def unlatched_recall(world, row):
    outcome(world, row)
    world.send(world.server)
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))


def recall_of_a_member(world, row):
    outcome(world, row)
    world.send(world.server)

    def take(ctx):
        person = ctx.session.scalars(sa.select(ctx.models.person)).one()
        pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")

    world.change(take)
    world.clock.advance(world.app.extensions["talentpool"].settings.reuse_window * 1.2)
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))


def short_confirmation(world, row):
    world.reject(row)
    world.tp.sync()
    world.tp.told(row, channel="phone", by=RITA)
    world.session.commit()
    world.change(lambda ctx: confirmation.confirm(ctx, world.decision(row), by=RITA))


def corrected(world, row):
    outcome(world, row)
    world.send(world.server)
    told = world.decision(row).id
    world.set_status("open", row)
    world.tp.sync()

    def correct(ctx):
        decision = ctx.session.get_one(ctx.models.decision, told)
        if decision.state == "live":
            decision = correction.take_back_told(ctx, decision, why="a mistake", by=RITA)
        return correction.correct(ctx, decision, why="We mixed up two applications.", by=RITA)

    world.change(correct)


def still_open(world, row):
    world.tp.sync()

    def say(ctx):
        clock = ctx.session.scalars(sa.select(ctx.models.clock)).one()
        return progress.say_still_open(ctx, clock, by=RITA)

    world.change(say)


def to_a_colleague(world, row):
    del row
    world.change(
        lambda ctx: write_colleague(
            ctx,
            to=Mailbox("Jürgen Groß, Leitung", "juergen@host.test"),
            subject="Eine Antwort, die heute gelesen werden möchte – bitte schön" * 3,
            paragraphs=["Somebody wrote.", "https://host.test/talent-pool/incoming/" + "1" * 300],
            occasion="urgent:1",
        )
    )


SCENES = {
    LetterKind.OUTCOME: outcome,
    LetterKind.RECALL: unlatched_recall,
    LetterKind.CONFIRMATION: short_confirmation,
    LetterKind.CORRECTION: corrected,
    LetterKind.PROGRESS: still_open,
    LetterKind.COLLEAGUE: to_a_colleague,
}
POOL = {LetterKind.RECALL: recall_of_a_member}
"""Letters that go to people because they are in a pool."""


@pytest.fixture(scope="module")
def post_office(tmp_path_factory):
    """Send one letter of each kind to somebody with a difficult name, through a real server, once for this file."""
    captured = {}

    def sent(kind, scenes=SCENES):
        key = (kind, scenes is POOL)
        if key not in captured:
            folder = tmp_path_factory.mktemp("headers")
            world = World(
                f"sqlite:///{folder / 'host.db'}",
                TALENTPOOL_PUBLIC_URL="https://host.test",
                TALENTPOOL_REPLY_MAILBOX="replies@host.test",
                TALENTPOOL_BOUNCE_MAILBOX="bounces+{letter}@host.test",
                TALENTPOOL_MAIL_FROM='"Berg, Anna (Öffentlichkeitsarbeit)" <jobs@host.test>',
            )
            with SmtpServer() as server, world.app.app_context():
                world.server = server
                world.create_tables()
                world.tp.sync()
                (row,) = world.apply(job=world.Job(title=JOB))
                row.candidate.full_name = NAME
                world.session.commit()
                scenes[kind](world, row)
                world.send(server)
                model = world.m.letter
                letter = world.session.scalars(sa.select(model).where(model.kind == kind.value)).one()
                assert letter.state == "sent", (letter.state, letter.because, letter.detail)
                (mail,) = [one for one in server.mails if one.message_id == letter.message_id]
                captured[key] = (mail, letter.follows)
            world.close()
        return captured[key]

    return sent


@pytest.fixture(params=[*LetterKind, "pool"], ids=str)
def mail(request, post_office):
    if request.param == "pool":
        return post_office(LetterKind.RECALL, POOL)[0]
    return post_office(request.param)[0]


def test_every_kind_of_letter_there_is_is_looked_at():
    assert set(SCENES) == set(LetterKind)


def headers(raw):
    """Return the header lines as they stand, folds included."""
    return raw.partition(b"\r\n\r\n")[0]


def values(raw, name):
    return re.findall(rb"(?im)^%s:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*" % name.encode(), headers(raw))


def test_bytes_are_seven_bit_and_lines_end_as_they_must(mail):
    assert mail.raw.isascii()
    bare = mail.raw.replace(b"\r\n", b"")
    assert b"\r" not in bare
    assert b"\n" not in bare
    assert b"\x00" not in mail.raw


def test_no_line_is_too_long(mail):
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998


def test_header_lines_with_encoded_words_have_at_most_76_characters(mail):
    for line in headers(mail.raw).split(b"\r\n"):
        if ENCODED_WORD.search(line):
            assert len(line) <= 76, line


def test_encoded_words_have_at_most_75_characters_and_whole_characters(mail):
    words = ENCODED_WORD.findall(headers(mail.raw))

    assert words
    for word in words:
        assert len(word) <= 75
        str(make_header(decode_header(word.decode())))


@pytest.mark.parametrize("name", ONCE)
def test_what_belongs_in_every_mail_is_there_once(mail, name):
    assert len(values(mail.raw, name)) == 1


def test_no_header_is_there_twice_or_blank(mail):
    names = []
    for line in re.split(rb"\r\n(?![ \t])", headers(mail.raw)):
        name, colon, value = line.partition(b":")
        assert colon, line
        assert re.fullmatch(rb"[A-Za-z0-9-]+", name), line
        assert value.strip(), line
        for fold in value.split(b"\r\n"):
            assert fold.strip(), line
        names.append(name.lower())
    assert len(names) == len(set(names))


def test_the_number_has_the_sending_domain_and_says_nothing_of_the_machine(mail):
    assert re.fullmatch(r"<[0-9a-f]{32}@host\.test>", mail.message_id)
    assert str(mail.message["From"].addresses[0].addr_spec).endswith("@host.test")


def test_it_says_that_a_program_sent_it_and_when(mail):
    assert str(mail.message["Auto-Submitted"]) == "auto-generated"
    assert mail.message["Date"].datetime.tzinfo is not None
    assert str(mail.message["MIME-Version"]) == "1.0"


def test_it_says_its_language(mail):
    assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(mail.message["Content-Language"]))


def test_a_program_has_no_complaint_about_its_form(mail):
    parsed = email.message_from_bytes(mail.raw, policy=policy.strict)

    assert not parsed.defects
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    for part in parsed.walk():
        assert not part.defects
        if not part.is_multipart():
            assert part.get_content_charset() == "utf-8"
            assert part.get_content().strip()


def test_the_return_path_is_this_letters_own(mail):
    token = mail.message_id.strip("<>").partition("@")[0]

    assert mail.mail_from == f"bounces+{token}@host.test"


def test_a_machine_reads_it_as_automatic_so_that_nothing_answers_it(mail):
    assert read(mail.raw).kind.value == "auto_reply"


def test_no_blank_field_stands_in_the_letter(mail):
    for text in (mail.text, mail.html, mail.subject):
        assert [mark for mark in ("{{", "{%", "None") if mark in text] == []


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.COLLEAGUE], ids=str)
def test_a_candidates_letter_is_answered_by_a_human_and_noticed_here(post_office, kind):
    mail, _ = post_office(kind)

    first, *others = [one.addr_spec for one in mail.message["Reply-To"].addresses]

    assert first == "jobs@host.test"
    assert others == ["replies@host.test"]


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.COLLEAGUE], ids=str)
def test_the_recipients_name_arrives_whole(post_office, kind):
    mail, _ = post_office(kind)

    value = values(mail.raw, "To")[0].partition(b":")[2].replace(b"\r\n", b"").decode()
    name, address = parseaddr(value)

    assert str(make_header(decode_header(name))) == NAME
    assert address == mail.rcpt_tos[0]


@pytest.mark.parametrize("kind", list(LetterKind), ids=str)
def test_list_headers_stand_only_on_letters_to_a_pool(post_office, kind):
    mail, _ = post_office(kind)

    assert [name for name in mail.message if name.lower().startswith("list-")] == []


@pytest.mark.parametrize("kind", list(POOL), ids=str)
def test_a_letter_to_a_pool_can_be_left_by_one_click(post_office, kind):
    mail, _ = post_office(kind, POOL)

    (unsubscribe,) = values(mail.raw, "List-Unsubscribe")
    assert re.fullmatch(
        rb"List-Unsubscribe:[ \r\n]+<https://host\.test/talent-pool/u/[\w-]{22,}>", unsubscribe
    )
    assert values(mail.raw, "List-Unsubscribe-Post") == [b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    assert values(mail.raw, "List-Id") == [b"List-Id: <pool.host.test>"]


@pytest.mark.parametrize("kind", list(LetterKind), ids=str)
def test_a_letter_that_follows_another_names_it(post_office, kind):
    mail, follows = post_office(kind)

    if follows:
        assert str(mail.message["In-Reply-To"]) == follows
        assert str(mail.message["References"]).split()[-1] == follows
    else:
        assert "In-Reply-To" not in mail.message
        assert "References" not in mail.message
    assert follows or kind is not LetterKind.CORRECTION
