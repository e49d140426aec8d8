"""Delivery as a whole: connections, caps, headers on the wire, staging, stale letters, a host's own transport."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool import context, signals
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.delivery.transports import EmlTransport, HandOver, HandOverResult
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.refusals import Fault
from flask_talentpool.privacy.erasure import forget_candidate
from flask_talentpool.recalls import service as recalls
from tests.promises.world import World
from tests.support.measuring import statements
from tests.support.people import RITA
from tests.support.smtp import Answer, Drop

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


@pytest.fixture
def make_world(database_url, request):
    def make(**config):
        world = World(database_url, **config)
        request.addfinalizer(world.close)
        context = world.app.app_context()
        context.push()
        request.addfinalizer(context.pop)
        world.create_tables()
        world.tp.sync()
        return world

    return make


def by_url(make_world, server, **config):
    return make_world(TALENTPOOL_MAIL_URL=server.url, **config)


def everything(world):
    """Return what sending left behind, without ids, moments and tokens."""
    session, m = world.session, world.m
    session.rollback()
    return {
        "letters": session.execute(
            sa.select(m.letter.state, m.letter.because, m.letter.detail, m.letter.tries).order_by(m.letter.id)
        ).all(),
        "told": session.execute(
            sa.select(m.decision.told_by, m.decision.told_at.is_not(None)).order_by(m.decision.id)
        ).all(),
        "attempts": sorted(
            session.execute(
                sa.select(m.letter_attempt.letter_id, m.letter_attempt.result, m.letter_attempt.reply)
            ).all()
        ),
        "links": sorted(session.execute(sa.select(m.link.letter_id, m.link.purpose, m.link.person_id)).all()),
        "touches": sorted(
            session.execute(
                sa.select(m.touch.letter_id, m.touch.person_id, m.touch.what, m.touch.channel)
            ).all()
        ),
    }


# Many at once and one by one come to the same


def test_letters_asked_about_together_leave_what_those_asked_about_alone_leave(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(9, stage="screen")
    world.tp.dispatch()
    together = everything(world)
    for model in (world.m.letter_attempt, world.m.link, world.m.touch):
        world.session.execute(sa.delete(model))
    world.session.execute(sa.update(world.m.letter).values(state="due", sent_at=None, claimed_by=""))
    world.session.execute(sa.update(world.m.decision).values(told_at=None, told_by=""))
    world.session.commit()

    for _ in range(9):
        world.tp.dispatch(limit=1)

    assert everything(world) == together
    assert len(smtp_server.mails) == 18


def test_a_database_that_does_not_say_which_rows_it_changed_leaves_the_same(
    make_world, smtp_server, monkeypatch
):
    world = by_url(make_world, smtp_server)
    world.rejected(3)
    monkeypatch.setattr(world.db.engine.dialect, "update_returning", False)

    report = world.tp.dispatch()

    assert report.sent == len(smtp_server.mails) == 3
    assert everything(world)["told"] == [("letter", True)] * 3
    assert len(everything(world)["touches"]) == 3


def change_status(world, application):
    world.bulk("open", application)


def change_name(world, application):
    application.candidate.full_name = "Renamed Since"
    world.session.commit()


def change_both(world, application):
    world.session.execute(
        sa.update(world.Candidate)
        .where(world.Candidate.id == application.candidate_id)
        .values(full_name="Somebody Else", email="else@mail.test")
    )
    world.session.commit()


def clear_address(world, application):
    application.candidate.email = ""
    world.session.commit()


def delete_row(world, application):
    world.session.execute(sa.delete(world.Application).where(world.Application.id == application.id))
    world.session.commit()


def tell(world, application):
    world.session.execute(sa.update(world.m.decision).values(told_at=world.clock.now()))
    world.session.commit()


def review(world, application):
    world.session.execute(sa.update(world.m.decision).values(needs_review="late"))
    world.session.commit()


def never_pool(world, application):
    world.bulk("blacklisted", application)


@pytest.mark.parametrize(
    ("happens", "state"),
    [
        (change_status, "cancelled"),
        (change_name, "sent"),
        (change_both, "held"),
        (clear_address, "held"),
        (delete_row, "held"),
        (tell, "cancelled"),
        (review, "held"),
        (never_pool, "cancelled"),
    ],
)
def test_whatever_happened_since_the_letter_was_written_is_seen_before_it_goes(
    make_world, smtp_server, happens, state
):
    world = by_url(make_world, smtp_server)
    (application,) = world.rejected(1, stage="screen")

    happens(world, application)
    world.tp.dispatch()

    assert world.states() == {state: 1}
    assert len(smtp_server.mails) == (state == "sent")
    if happens is change_name:
        assert "Renamed Since" in smtp_server.mails[0].text


@pytest.mark.untraced
def test_the_statements_of_a_run_do_not_grow_with_each_letter_one_by_one(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(48, stage="screen")

    with statements(world.db.engine) as seen:
        world.tp.dispatch()

    assert world.states() == {"sent": 48}
    assert len(seen) < 48 * 8


# Connections


def test_many_letters_use_several_connections_and_few_use_one(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_MAIL_CONNECTIONS=4)
    world.rejected(3, stage="screen")
    world.tp.dispatch()
    assert smtp_server.connections == 1

    world.rejected(40, stage="screen")
    world.tp.dispatch()

    assert smtp_server.connections == 5
    assert sorted(mail.rcpt_tos[0] for mail in smtp_server.mails) == sorted(
        f"person{n}@mail.test" for n in range(1, 44)
    )


def test_a_connection_that_is_one_too_many_is_done_without(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_MAIL_CONNECTIONS=3)
    world.rejected(6, stage="screen")
    world.tp.dispatch()
    world.rejected(30, stage="screen")
    smtp_server.at("CONNECT", Answer("421 4.7.0 too many connections"), times=1)

    for _ in range(3):
        world.tp.dispatch()

    assert world.states() == {"sent": 36}
    assert {letter.tries for letter in world.letters()} == {0}


def test_a_421_in_the_middle_of_a_run_spends_no_letter(make_world, smtp_server):
    world = make_world()
    world.rejected(6, stage="screen")
    smtp_server.at("RCPT", Answer("421 4.3.2 going down"), times=1, matching="person4@")

    world.send(smtp_server)
    world.send(smtp_server)

    assert world.states() == {"sent": 6}
    assert len(smtp_server.mails) == 6


def test_one_refused_recipient_of_many_does_not_touch_the_others(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(20, stage="screen")
    smtp_server.at("RCPT", Answer("550 5.1.1 no such user"), matching="person7@")
    smtp_server.at("RCPT", Answer("451 4.7.1 greylisted"), matching="person9@")

    report = world.tp.dispatch()

    assert (report.sent, report.failed, report.retried) == (18, 1, 1)
    assert world.states() == {"sent": 18, "failed": 1, "due": 1}


BLOCKED = Answer("550 5.7.1 client host is on a block list")
LIMIT = Answer("550 5.4.5 Daily user sending limit exceeded")


def waits(world, hours):
    """Let time pass, and hand over what is due then."""
    world.clock.advance(timedelta(hours=hours))
    return world.tp.dispatch()


@pytest.mark.parametrize(
    ("point", "answer", "hours", "failed"),
    [
        ("MAIL", BLOCKED, 0.3, 0),
        ("RCPT", BLOCKED, 0.3, 0),
        ("DOT", BLOCKED, 0.3, 10),  # two, and the eight that are on their way when the third is refused
        ("MAIL", LIMIT, 1.1, 0),
        ("RCPT", LIMIT, 1.1, 0),
        ("DOT", LIMIT, 1.1, 0),
    ],
    ids=str,
)
def test_a_server_that_refuses_because_of_us_stops_the_run_and_blames_nobody(
    make_world, smtp_server, point, answer, hours, failed
):
    world = by_url(make_world, smtp_server)
    world.rejected(30, stage="screen")
    smtp_server.at(point, answer, times=None)

    first = world.tp.dispatch()
    connections = smtp_server.connections
    again = world.tp.dispatch()

    assert answer.line[4:] in first.unreachable
    assert "until" in again.unreachable
    assert smtp_server.connections == connections
    smtp_server.behave()
    waits(world, hours)
    assert world.states().get("failed", 0) <= failed
    assert world.states()["sent"] >= 30 - failed
    assert world.session.scalars(sa.select(world.m.suppression)).all() == []
    assert {letter.tries for letter in world.letters()} == {0}


def test_the_same_refusal_of_one_of_many_stops_nothing(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(20, stage="screen")
    smtp_server.at("RCPT", Answer("550 5.7.1 not for this group"), times=None, matching="person7@")

    report = world.tp.dispatch()

    assert (report.sent, report.unreachable) == (19, "")
    assert world.states() == {"sent": 19, "due": 1}


def test_somebody_who_mended_it_need_not_wait(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(5, stage="screen")
    smtp_server.at("MAIL", BLOCKED, times=None)
    world.tp.dispatch()
    smtp_server.behave()

    assert [world.tp.transact(pause.end) for _ in range(2)] == [True, False]
    assert world.tp.dispatch().sent == 5


def test_a_pause_that_another_worker_began_a_moment_ago_is_kept(make_world, monkeypatch):
    world = make_world()
    ctx, answers = world.tp.context(), iter([0])
    pause.begin(ctx, Fault.QUOTA, "550 daily limit")
    real = context.update_if
    # Looked at before the other one had written it.
    monkeypatch.setattr(
        context, "update_if", lambda *a, **values: 0 if next(answers, None) == 0 else real(*a, **values)
    )

    pause.begin(ctx, Fault.SENDER, "550 block list")
    world.tp.commit(ctx)

    assert pause.current(world.tp.context()).reply == "550 block list"


def test_an_address_that_the_server_does_not_know_gets_nothing_more(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(3, stage="screen")
    smtp_server.at("RCPT", Answer("550 5.1.1 no such user"), times=None, matching="person1@")
    smtp_server.at("RCPT", Answer("552 5.2.2 mailbox full"), times=None, matching="person2@")

    world.tp.dispatch()

    assert world.states() == {"sent": 1, "failed": 1, "due": 1}
    barred = [
        letter.to_address
        for letter in world.letters()
        if suppression.is_returned(world.tp.context(), letter.to_address, scope=letter.scope)
    ]
    assert [address.partition("@")[0] for address in barred] == ["person1"]


def test_a_server_that_dies_costs_at_most_one_letter_for_each_connection(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_MAIL_CONNECTIONS=4)
    world.rejected(40, stage="screen")
    smtp_server.at("DOT", Drop(accepted=True), times=4)

    world.tp.dispatch()
    world.tp.dispatch()

    assert world.states() == {"sent": 36, "unknown": 4}
    assert len(smtp_server.mails) == 40


def test_a_run_hands_over_no_more_letters_than_it_was_asked_to(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(12, stage="screen")

    report = world.tp.dispatch(limit=5)

    assert report.sent == 5
    assert world.states() == {"sent": 5, "due": 7}
    assert not [letter for letter in world.letters() if letter.state == "due" and letter.claimed_by]


def test_a_run_without_time_begins_nothing(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(2, stage="screen")

    world.tp.dispatch(seconds=0)

    assert world.states() == {"due": 2}


# The clock


def test_a_clock_set_back_an_hour_delays_letters_and_doubles_none(make_world, smtp_server):
    world = make_world()
    world.rejected(3, stage="screen")
    world.send(smtp_server)
    world.rejected(3, stage="screen")
    world.clock.advance(timedelta(hours=-1))

    world.send(smtp_server)
    assert world.states() == {"sent": 3, "due": 3}
    world.clock.advance(timedelta(hours=1))
    world.send(smtp_server)

    assert len(smtp_server.mails) == 6


def test_after_ten_days_without_a_worker_outcomes_still_go_once_and_an_old_invitation_does_not(
    make_world, smtp_server
):
    world = make_world(TALENTPOOL_INVITATION_OPEN_FOR=timedelta(days=5))
    (runner_up,) = world.told(1)
    world.change(lambda ctx: recalls.invite(ctx, world.decision(runner_up), by=RITA))
    world.rejected(1, stage="screen")

    world.clock.advance(10 * DAY)
    world.tp.sync()
    world.send(smtp_server)
    world.send(smtp_server)

    stale = [letter for letter in world.letters() if letter.kind == "recall"]
    assert [(letter.state, letter.because) for letter in stale] == [("cancelled", "stale")]
    assert len(smtp_server.mails) == 1


# Caps


def test_over_the_cap_letters_stay_due_and_say_until_when(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_DAILY_CAP=4)
    world.rejected(6, stage="screen")

    world.tp.dispatch()
    world.tp.dispatch()

    assert world.states() == {"sent": 4, "due": 2}
    waiting = [letter for letter in world.letters() if letter.state == "due"]
    assert {letter.detail for letter in waiting} == {
        "Over the cap of letters a day until 3 Mar 2026, 09:00 UTC."
    }
    world.clock.advance(DAY + timedelta(seconds=1))
    world.tp.dispatch()
    assert world.states() == {"sent": 6}


def test_a_domain_over_its_cap_does_not_hold_up_the_others(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_DOMAIN_CAP=2)
    made = world.apply(5, stage="screen")
    made[4].candidate.email = "else@other.test"
    world.session.commit()
    world.reject(*made)
    world.tp.sync()

    world.tp.dispatch()

    assert world.states() == {"sent": 3, "due": 2}
    assert "else@other.test" in [mail.rcpt_tos[0] for mail in smtp_server.mails]


# What is on the wire


def test_staging_sends_every_letter_to_one_address_and_names_the_right_one(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_SEND_ALL_MAIL_TO="Staging <all@staging.test>")
    world.rejected(7, stage="screen")

    world.tp.dispatch()

    assert {mail.rcpt_tos for mail in smtp_server.mails} == {("all@staging.test",)}
    assert {str(mail.message["To"]) for mail in smtp_server.mails} == {"all@staging.test"}
    named = {str(mail.message["X-TalentPool-For"]) for mail in smtp_server.mails}
    assert named == {f"person{n}@mail.test" for n in range(1, 8)}
    assert all(mail.subject.startswith("[for person") for mail in smtp_server.mails)


def test_replies_reach_a_human_first_and_the_inbox_second(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_REPLY_MAILBOX="read@host.test")
    world.rejected(1, stage="screen")
    world.tp.dispatch()

    (mail,) = smtp_server.mails

    assert mail.header_lines("Reply-To") == [b"Reply-To: jobs@host.test, read@host.test"]


def test_each_letter_has_a_return_path_of_its_own(make_world, smtp_server):
    world = by_url(make_world, smtp_server, TALENTPOOL_BOUNCE_MAILBOX="bounces+{letter}@host.test")
    world.rejected(2, stage="screen")
    world.tp.dispatch()

    for mail in smtp_server.mails:
        token = mail.message_id.strip("<>").partition("@")[0]
        assert mail.mail_from == f"bounces+{token}@host.test"


def test_a_letter_that_follows_another_says_which(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    world.rejected(1, stage="screen")
    world.session.execute(sa.update(world.m.letter).values(follows="<earlier@host.test>"))
    world.session.commit()
    world.tp.dispatch()

    (mail,) = smtp_server.mails

    assert mail.header_lines("In-Reply-To") == [b"In-Reply-To: <earlier@host.test>"]
    assert mail.header_lines("References") == [b"References: <earlier@host.test>"]
    assert not mail.header_lines("List-Unsubscribe")


# A host's own transport


class Keeping:
    def __init__(self):
        self.letters = []

    def open(self):
        pass

    def hand_over(self, mail_from, rcpt_to, data):
        self.letters.append(rcpt_to)
        return HandOver(HandOverResult.SENT, "kept", "mine")

    def close(self):
        pass

    def describe(self):
        return "mine"


def test_a_host_can_bring_its_own_transport(make_world):
    world, mine = make_world(), Keeping()
    world.tp.transport = lambda: mine
    world.rejected(2, stage="screen")

    world.tp.dispatch()

    assert sorted(mine.letters) == ["person1@mail.test", "person2@mail.test"]


@pytest.mark.parametrize(
    ("result", "reply", "kept"),
    [
        (HandOverResult.SENT, "250 kept for Person Number 1", "250"),
        (HandOverResult.FAILED, "550 5.1.1 no such user as Person Number 1", "550"),
        (HandOverResult.UNKNOWN, "Person Number 1 was away", ""),
        (HandOverResult.RETRY, "450 Person Number 1 is busy", "450"),
    ],
)
def test_somebody_forgotten_while_their_letter_is_in_the_air_leaves_nothing_behind(
    make_world, result, reply, kept
):
    world = make_world()

    class Forgets(Keeping):
        def hand_over(self, mail_from, rcpt_to, data):
            with world.app.app_context():
                world.tp.transact(lambda ctx: forget_candidate(ctx, "1", by=RITA))
            return HandOver(result, reply, "mine")

    world.tp.transport = Forgets
    world.rejected(1, stage="screen")

    world.tp.dispatch()

    (letter,) = world.letters()
    attempts = world.session.scalars(sa.select(world.m.letter_attempt)).all()
    assert (letter.detail, letter.text, letter.to_address) == (letter.detail and kept, "", "")
    assert [attempt.reply for attempt in attempts] == [kept]
    assert (
        world.session.scalars(
            sa.select(world.m.suppression).where(world.m.suppression.kind == "returned")
        ).all()
        == []
    )


def test_a_transport_that_raises_leaves_the_letter_to_a_person(make_world, monkeypatch):
    world, mine = make_world(), Keeping()
    monkeypatch.setattr(mine, "hand_over", lambda *_: 1 / 0)
    world.rejected(1, stage="screen")

    report = world.send(transport=mine)

    assert report.unknown == 1
    assert world.states() == {"unknown": 1}


def test_a_full_disk_keeps_letters_waiting_and_spends_none(make_world, tmp_path, monkeypatch):
    world = make_world()
    world.rejected(3, stage="screen")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        report = world.send(transport=EmlTransport(tmp_path / "mail"))
    assert "No space" in report.unreachable
    assert {letter.tries for letter in world.letters()} == {0}
    world.send(transport=EmlTransport(tmp_path / "mail"))

    assert world.states() == {"sent": 3}
    assert len(list((tmp_path / "mail").iterdir())) == 3


# Signals


def test_signals_say_what_became_of_each_letter(make_world, smtp_server):
    world = by_url(make_world, smtp_server)
    first, second, third = world.rejected(3, stage="screen")
    change_status(world, second)
    clear_address(world, third)
    heard = []
    with (
        signals.letter_sent.connected_to(lambda _, letter_id: heard.append(("sent", letter_id))),
        signals.letter_held.connected_to(lambda _, letter_id: heard.append(("held", letter_id))),
        signals.letter_cancelled.connected_to(lambda _, letter_id: heard.append(("cancelled", letter_id))),
        signals.told.connected_to(lambda _, decision_id, channel: heard.append((channel, decision_id))),
    ):
        world.tp.dispatch()

    ids = [letter.id for letter in world.letters()]
    assert set(heard) == {
        ("sent", ids[0]),
        ("letter", world.decision(first).id),
        ("cancelled", ids[1]),
        ("held", ids[2]),
    }
