"""Addresses that an earlier version barred for no fault of theirs are found by what was kept, and let go in one act."""

import json
import re

import pytest
import sqlalchemy as sa

from flask_talentpool.letters.incoming import erasing as incoming_erasing
from flask_talentpool.letters.incoming import lifting, suppression
from flask_talentpool.letters.incoming import service as incoming
from flask_talentpool.people import kept_out
from tests.support import incoming as samples
from tests.support.people import RITA
from tests.support.smtp import Answer

pytestmark = pytest.mark.both_databases

BLOCKED = "550 5.7.1 client host is on a block list"


@pytest.fixture
def world(make_world):
    return make_world()


def went(world):
    """Send one letter; its application."""
    (application,) = world.rejected(1)
    world.send()
    return application


def report(world, application, *, status="5.7.1", words="client host [192.0.2.1] blocked using a block list"):
    """Let a report come in about an application's letter, and bar the address as an earlier version did."""
    letter = world.letter(application)
    raw = samples.postfix(letter.message_id, status=status, to=letter.to_address)
    raw = raw.replace(b"Recipient address rejected: User unknown", words.encode())
    if not words:
        raw = re.sub(rb"Diagnostic-Code: .*\r\n", b"", raw)
    raw = raw.replace(b"Message-Id: <", f"Message-Id: <{letter.id}.".encode())
    row = world.change(lambda ctx: incoming.receive(ctx, raw).id)
    bar(world, letter.to_address)
    return row


def bar(world, address):
    world.change(lambda ctx: suppression.suppress(ctx, address, scope=""))


def judged(world):
    found = world.change(lifting.judge)
    return len(found.wrong), found.right, found.unknown


def lifted(world):
    """Lift in one act; how many held letters go on."""
    return world.change(lambda ctx: lifting.lift(ctx, lifting.judge(ctx).wrong, by=RITA))


@pytest.mark.parametrize(
    ("status", "words", "counts"),
    [
        ("5.7.1", "client host [192.0.2.1] blocked using a block list", (1, 0, 0)),
        ("5.2.2", "mailbox full", (1, 0, 0)),
        ("5.4.5", "Daily user sending limit exceeded", (1, 0, 0)),
        ("5.1.1", "Recipient address rejected: User unknown", (0, 1, 0)),
    ],
)
def test_each_address_is_judged_by_what_its_report_said(world, status, words, counts):
    report(world, went(world), status=status, words=words)

    assert judged(world) == counts


def test_lifting_lets_mail_go_there_again_and_letters_that_waited_go_on(world):
    application = went(world)
    report(world, application)
    (second,) = world.apply(1)
    second.candidate = application.candidate
    world.reject(second)
    world.tp.sync()
    before = world.letter(second).because

    going = lifted(world)
    again = lifted(world)

    assert (before, going, again) == ("returned", 1, 0)
    assert judged(world) == (0, 0, 0)
    assert world.letter(second).state == "due"
    audit = world.m.audit
    acts = sa.select(audit.action, audit.detail).where(audit.subject == "suppression")
    assert [tuple(row) for row in world.session.execute(acts)] == [("lift", "sender")]


def test_an_address_that_a_second_report_says_is_gone_stays_barred(world):
    application = went(world)
    report(world, application)
    report(world, application, status="5.1.1", words="User unknown")

    assert judged(world) == (0, 1, 0)


def test_what_was_said_at_hand_over_counts_as_well(world, smtp_server):
    smtp_server.at("DOT", Answer(BLOCKED), times=None)
    (application,) = world.rejected(1)
    world.send(smtp_server)
    bar(world, application.candidate.email)

    assert judged(world) == (1, 0, 0)


def test_an_address_of_which_nothing_was_kept_is_left_as_it_is(world, smtp_server):
    bar(world, "elsewhere@mail.test")
    application = went(world)
    row = report(world, application, status="5.0.0", words="")
    world.change(lambda ctx: incoming_erasing.erase(ctx, ctx.session.get(ctx.models.incoming, row), by=RITA))

    assert judged(world) == (0, 0, 2)
    assert lifted(world) == 0


def test_another_refusal_later_does_not_explain_what_was_not_kept(world, smtp_server):
    (application,) = world.rejected(1)
    bar(world, application.candidate.email)
    world.session.execute(sa.update(world.m.letter).values(state="failed"))
    world.clock.advance(lifting._AT_ONCE * 2)
    letter = world.letter(application)
    attempt = world.m.letter_attempt(
        letter_id=letter.id, at=world.clock.now(), result="failed", reply=BLOCKED, server=""
    )
    world.session.add(attempt)
    world.session.commit()

    assert judged(world) == (0, 0, 1)


def test_a_report_that_somebody_gave_to_a_person_is_judged_by_its_words(world):
    application = went(world)
    person_id = world.letter(application).person_id
    raw = samples.postfix("<unknown@x.test>", status="5.7.1").replace(b"User unknown", b"blocked, block list")
    row = world.change(lambda ctx: incoming.receive(ctx, raw).id)
    world.change(
        lambda ctx: incoming.give(
            ctx,
            ctx.session.get(ctx.models.incoming, row),
            ctx.session.get(ctx.models.person, person_id),
            by=RITA,
        )
    )
    bar(world, application.candidate.email)

    assert judged(world) == (1, 0, 0)


def test_who_was_forgotten_or_kept_out_is_never_lifted(world):
    report(world, went(world))
    world.change(lambda ctx: kept_out.suppress(ctx, "", [(kept_out.PERSON, "ada@mail.test")]))
    lifted(world)

    assert world.session.scalars(sa.select(world.m.suppression.kind)).all() == [kept_out.PERSON]


def test_the_command_lists_names_nobody_and_lifts(world):
    application = went(world)
    report(world, application)
    runner = world.app.test_cli_runner()
    listed = runner.invoke(args=["talentpool", "suppressions"]).output
    counted = json.loads(runner.invoke(args=["talentpool", "suppressions", "--json"]).output)
    done = runner.invoke(args=["talentpool", "suppressions", "--lift"]).output
    after = runner.invoke(args=["talentpool", "suppressions"]).output

    assert "our sender, server or account was refused (5.7.1 smtp; 550 5.7.1" in listed
    assert "block list" in listed
    assert application.candidate.email not in listed + done + json.dumps(counted)
    assert [one["fault"] for one in counted["wrong"]] == ["sender"]
    assert "Lifted: 1 address" in done
    assert "No address is barred for what is not its fault" in after


def test_doctor_counts_them_and_names_the_command(world):
    report(world, went(world))
    found = json.loads(world.app.test_cli_runner().invoke(args=["talentpool", "doctor", "--json"]).stdout)

    (says,) = (one["says"] for one in found["found"] if one["what"] == "barred addresses")
    assert says.startswith("1 address is barred")
    assert "`flask talentpool suppressions`" in says
