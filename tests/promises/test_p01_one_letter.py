"""P1: one outcome, one letter. Whatever runs twice, at once, or dies."""

import collections
import random
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from flask_talentpool.config.mail_url import parse_mail_url
from flask_talentpool.decisions import lifecycle
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.claims import Claims
from flask_talentpool.letters.delivery.dispatcher import Dispatcher
from flask_talentpool.letters.delivery.step import BACKOFF
from flask_talentpool.letters.delivery.transports import transports_from_url
from flask_talentpool.noticing import hook
from flask_talentpool.people.service import forget
from tests.promises.sender import send_all
from tests.promises.world import Meanwhile
from tests.support.effort import KILLS, LETTERS
from tests.support.patience import patience
from tests.support.people import RITA
from tests.support.smtp import Answer, Drop, Hang, SmtpProcess

DAY = timedelta(days=1)


def recipients(server):
    return collections.Counter(mail.rcpt_tos[0] for mail in server.mails)


# Noticing and composing


def test_a_rejection_noticed_twice_is_one_decision_and_one_letter(world, smtp_server):
    (application,) = world.apply()
    application.status = "rejected"
    world.session.flush()
    hook.notice(world.tp, world.session)
    world.session.flush()
    application.status = "rejected "
    world.session.commit()
    world.bulk("REJECTED", application)

    world.tp.sync()
    world.send(smtp_server)

    assert len(world.decisions_of(application)) == 1
    assert recipients(smtp_server) == {"person1@mail.test": 1}


@pytest.mark.untraced
def test_two_syncs_at_once_compose_each_letter_once(world):
    made = world.apply(40)
    world.tp.sync()
    world.bulk("rejected", *made)

    results = world.at_once(world.tp.sync, world.tp.sync, world.tp.sync)

    assert not [result for result in results if isinstance(result, Exception) or result.failed]
    world.tp.sync()
    assert world.count(world.m.decision) == 40
    assert world.states() == {"due": 40}


def test_two_first_starts_at_once_take_one_baseline(make_world):
    world = make_world(synced=False)
    old = world.apply(5)
    world.bulk("rejected", *old)

    results = world.at_once(world.tp.sync, world.tp.sync)

    assert not [result for result in results if isinstance(result, Exception)]
    assert sorted(result.first for result in results) == [False, True]
    assert world.letters() == []
    assert world.count(world.m.decision) == 5


def test_the_database_refuses_a_second_live_decision(world):
    (application,) = world.rejected()
    decision = world.decision(application)
    copy = {
        column.key: getattr(decision, column.key)
        for column in world.m.decision.__table__.columns
        if column.name != "id"
    }

    with pytest.raises(IntegrityError):
        world.session.execute(sa.insert(world.m.decision.__table__), [copy])


def test_the_database_refuses_a_second_letter_for_one_occasion(world):
    (application,) = world.rejected()
    letter = world.letter(application)
    copy = {
        column.name: getattr(letter, column.name)
        for column in world.m.letter.__table__.columns
        if column.name != "id"
    }

    with pytest.raises(IntegrityError):
        world.session.execute(sa.insert(world.m.letter.__table__), [copy])


def test_an_application_moved_to_another_row_of_the_same_person_waits_for_a_person(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)
    first = application.candidate
    twin = type(first)(
        **{c.key: getattr(first, c.key) for c in sa.inspect(type(first)).column_attrs if c.key != "id"}
    )
    world.session.add(twin)
    world.session.flush()

    application.candidate = twin
    world.session.commit()
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert {letter.because for letter in world.letters() if letter.state != "sent"} <= {"told_before"}


@pytest.mark.untraced
def test_replaying_everything_sends_nothing_more(world, smtp_server):
    made = world.rejected(12)
    world.send(smtp_server)

    world.set_status("open", *made)
    world.reject(*made)
    world.bulk("open", *made)
    world.tp.sync()
    world.bulk("rejected", *made)
    for _ in range(3):
        world.tp.sync()
        world.send(smtp_server)
        world.clock.advance(DAY)

    assert set(recipients(smtp_server).values()) == {1}
    assert len(smtp_server.mails) == 12


def test_rejected_taken_back_and_rejected_again_before_telling_is_one_letter(world, smtp_server):
    (application,) = world.rejected()
    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()

    world.send(smtp_server)

    assert [d.state for d in world.decisions_of(application)] == ["taken_back", "live"]
    assert world.states() == {"cancelled": 1, "sent": 1}
    assert len(smtp_server.mails) == 1


def test_taken_back_here_nothing_goes_until_the_host_says_it_again(world, smtp_server):
    (application,) = world.rejected()
    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(application), by=RITA))
    for _ in range(2):
        world.tp.sync()
        world.send(smtp_server)
    assert smtp_server.mails == []

    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1


def test_rejected_again_after_being_told_waits_for_review(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)
    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()

    world.send(smtp_server)

    letter = world.letter(application)
    assert (letter.state, letter.because) == ("held", "told_before")
    assert len(smtp_server.mails) == 1


def test_rejected_again_after_being_told_by_phone_waits_for_review(world, smtp_server):
    (application,) = world.told()
    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()

    world.send(smtp_server)

    assert world.letter(application).because == "told_before"
    assert smtp_server.mails == []


def test_rejected_again_while_the_first_letters_fate_is_unknown_waits_for_review(world, smtp_server):
    (application,) = world.rejected()
    smtp_server.at("DOT", Drop(accepted=True))
    world.send(smtp_server)
    assert world.states() == {"unknown": 1}

    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()
    world.send(smtp_server)

    letter = world.letter(application)
    assert (letter.state, letter.because) == ("held", "told_before")
    assert len(smtp_server.mails) == 1


def test_rejected_again_while_the_first_letter_is_being_handed_over_waits_for_review(world, smtp_server):
    (application,) = world.rejected()
    key = application.id

    def change_of_mind():
        def work():
            row = world.session.get(world.Application, key)
            world.set_status("open", row)
            world.reject(row)
            world.tp.sync()

        world.aside(work)

    transport = Meanwhile(smtp_server.url, change_of_mind)
    world.send(transport=transport)
    world.tp.sync()
    world.send(smtp_server)

    assert transport.raised == []
    assert len(smtp_server.mails) == 1
    assert world.letter(application).because == "told_before"


def test_a_second_letter_for_the_same_application_goes_once_somebody_approved_it(world, smtp_server):
    (application,) = world.rejected()
    world.send(smtp_server)
    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA))

    world.tp.sync()
    world.send(smtp_server)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 2


# What the mail server does


@pytest.mark.parametrize(
    ("point", "fault", "state", "arrived"),
    [
        ("RCPT", Answer("550 5.1.1 no such user"), "failed", 0),
        ("RCPT", Answer("450 4.2.0 greylisted"), "due", 0),
        ("DATA", Answer("452 4.3.1 full"), "due", 0),
        ("DATA", Drop(), "due", 0),
        ("DOT", Answer("554 5.6.0 refused"), "failed", 0),
        ("DOT", Answer("451 4.3.0 try later"), "due", 0),
        ("DOT", Drop(accepted=True), "unknown", 1),
        ("DOT", Drop(accepted=False), "unknown", 0),
        ("DOT", Hang(accepted=True), "unknown", 1),
        ("CONTENT", Drop(), "unknown", 0),
    ],
    ids=str,
)
def test_each_answer_of_the_server_leads_where_it_should_and_never_to_a_second_letter(
    world, smtp_server, point, fault, state, arrived
):
    world.rejected()
    smtp_server.at(point, fault, times=1)

    report = world.send(smtp_server, timeout=0.5)

    assert world.states() == {state: 1}
    assert len(smtp_server.mails) == arrived
    assert report.sent == 0
    smtp_server.behave()
    for _ in range(4):
        world.clock.advance(DAY)
        world.tp.sync()
        world.send(smtp_server, timeout=0.5)
    assert world.states() == {"sent" if state == "due" else state: 1}
    assert len(smtp_server.mails) == (1 if state == "due" else arrived)
    attempts = world.session.scalars(sa.select(world.m.letter_attempt.result)).all()
    assert len(attempts) == (2 if state == "due" else 1)


def test_a_person_settles_an_unknown_letter_either_way(world, smtp_server):
    first, second = world.rejected(2)
    smtp_server.at("DOT", Drop(accepted=False), times=2)
    world.send(smtp_server)
    assert world.states() == {"unknown": 2}

    world.change(lambda ctx: outbox.send_again(ctx, world.letter(first), by=RITA))
    world.change(lambda ctx: outbox.it_arrived(ctx, world.letter(second), by=RITA))
    world.send(smtp_server)

    assert recipients(smtp_server) == {"person1@mail.test": 1}
    assert world.states() == {"sent": 2}
    assert [world.tp.visible_status(a) for a in (first, second)] == ["rejected", "rejected"]


def test_a_letter_put_off_too_often_fails_and_stays_failed(world, smtp_server):
    world.rejected()
    smtp_server.at("RCPT", Answer("450 4.2.0 greylisted"), times=None)
    for _ in range(len(BACKOFF) + 3):
        world.send(smtp_server)
        world.clock.advance(2 * DAY)

    smtp_server.behave()
    world.send(smtp_server)

    (letter,) = world.letters()
    assert (letter.state, letter.because) == ("failed", "tries_spent")
    assert smtp_server.mails == []


@pytest.mark.untraced
def test_letters_go_once_when_the_server_comes_back(world, smtp_server):
    world.rejected(30)
    smtp_server.stop()
    for _ in range(20):
        assert world.send(smtp_server).unreachable
    assert world.states() == {"due": 30}
    assert {letter.tries for letter in world.letters()} == {0}

    smtp_server.start()
    world.send(smtp_server)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 30
    assert set(recipients(smtp_server).values()) == {1}


def test_a_server_that_dies_in_the_middle_costs_at_most_the_letter_in_hand(world, smtp_server):
    world.rejected(20)
    smtp_server.at("DOT", Answer("250 ok"), times=7)
    smtp_server.at("DOT", Drop(accepted=True), times=1)
    world.send(smtp_server)

    assert world.states() == {"sent": 19, "unknown": 1}
    assert len(smtp_server.mails) == 20
    assert set(recipients(smtp_server).values()) == {1}


# What our own side does


def test_a_commit_whose_answer_is_lost_neither_loses_nor_doubles_a_letter(world, smtp_server):
    world.rejected(3)
    ctx = world.tp.context()
    lost = iter([True, False, True])
    lost_ones = []

    def commit():
        is_sending = sa.select(world.m.letter.id).where(world.m.letter.state == "sending")
        sending = ctx.session.scalars(is_sending).first() is not None
        world.tp.commit(ctx)
        if sending and next(lost, False):
            lost_ones.append(True)
            raise OperationalError("COMMIT", {}, Exception("the connection went away"))

    transport = transports_from_url(parse_mail_url(smtp_server.url))
    Dispatcher(ctx, transport, commit=commit, lease=timedelta(seconds=2)).run()

    assert len(lost_ones) == 2
    assert set(recipients(smtp_server).values()) == {1}
    assert len(smtp_server.mails) == 3
    assert world.states() == {"sent": 3}


def test_one_letter_that_cannot_be_asked_about_does_not_keep_the_others(world, smtp_server, monkeypatch):
    first, *_ = world.rejected(5)
    first.candidate.full_name = "Somebody who changed their name"
    world.session.commit()
    read = world.tp.host.email_of

    def breaks_for_one(candidate):
        if candidate.id == first.candidate_id:
            raise RuntimeError("the host's own property failed")
        return read(candidate)

    monkeypatch.setattr(world.tp.host, "email_of", breaks_for_one)

    world.send(smtp_server)

    assert len(smtp_server.mails) == 4
    assert world.letter(first).state in ("due", "held")
    monkeypatch.undo()
    world.clock.advance(DAY)
    world.tp.sync()
    world.send(smtp_server)
    assert len(smtp_server.mails) == 5


def test_a_process_that_stood_still_past_its_lease_does_not_send_what_another_sent(world, smtp_server):
    world.rejected(6)
    lease = timedelta(seconds=0.4)
    held_up = []

    def stand_still():
        if not held_up:
            held_up.append(True)
            # What SIGSTOP does to all of a process: its claims lapse and another one works meanwhile.
            world.aside(lambda: world.session.execute(lapse) and world.session.commit())
            world.aside(lambda: world.send(smtp_server, lease=lease))

    letter = world.m.letter.__table__
    lapse = sa.update(letter).values(lease_until=world.clock.lease_now() - timedelta(seconds=60))
    world.send(transport=Meanwhile(smtp_server.url, stand_still), lease=timedelta(seconds=30))

    assert set(recipients(smtp_server).values()) == {1}
    assert len(smtp_server.mails) == 6
    # The letter in hand was settled as unknown by the other, and known again when its answer came.
    assert world.states() == {"sent": 6}


@pytest.mark.parametrize("number", [1, 6])
def test_a_letter_goes_once_where_the_database_lost_in_a_crash_that_it_was_being_handed_over(
    world, smtp_server, number
):
    world.rejected(6)
    handed_over = []
    letter = world.m.letter.__table__
    forgotten = sa.update(letter).where(letter.c.state == "sending").values(state="due")

    def crash():
        handed_over.append(True)
        if len(handed_over) == number:
            world.aside(lambda: world.session.execute(forgotten) and world.session.commit())

    world.send(transport=Meanwhile(smtp_server.url, crash))

    assert len(handed_over) == 6
    assert set(recipients(smtp_server).values()) == {1}
    assert world.states() == {"sent": 6}


def test_another_connection_does_not_take_a_letter_in_the_air_that_the_database_took_for_due(
    world, smtp_server
):
    world.rejected(12)
    ctx, handed_over = world.tp.context(), []
    letter = world.m.letter.__table__
    forgotten = sa.update(letter).where(letter.c.state == "sending").values(state="due")

    def crash():
        handed_over.append(True)
        place = len(handed_over)
        if place == 12:
            world.aside(lambda: world.session.execute(forgotten) and world.session.commit())
        # The two before come back one after the other: there is something to claim, and then a lane for it.
        time.sleep(patience({10: 0.4, 11: 0.7, 12: 1.1}.get(place, 0)))

    def lane():
        return Meanwhile(smtp_server.url, crash)

    Dispatcher(ctx, lane(), commit=lambda: world.tp.commit(ctx), more=lane, connections=3).run()

    assert len(handed_over) == 12
    assert set(recipients(smtp_server).values()) == {1}
    assert world.states() == {"sent": 12}


def test_a_run_ends_where_the_database_lost_in_a_crash_how_a_letter_fared(world, smtp_server):
    world.rejected(3)
    ctx, letter = world.tp.context(), world.m.letter.__table__
    lost = []

    def commit():
        sent = ctx.session.scalars(sa.select(letter.c.id).where(letter.c.state == "sent")).all()
        world.tp.commit(ctx)
        if len(sent) == 3 and not lost:
            lost.append(sent[-1])
            until = ctx.clock.lease_now() + timedelta(hours=1)
            forgotten = sa.update(letter).where(letter.c.id == lost[0])
            ctx.session.execute(forgotten.values(state="sending", lease_until=until))
            ctx.session.commit()

    report = Dispatcher(ctx, transports_from_url(parse_mail_url(smtp_server.url)), commit=commit).run()

    assert lost
    assert len(smtp_server.mails) == 3
    assert world.states() == {"sent": 2, "unknown": 1}
    assert report.unknown == 1


def test_somebody_who_is_forgotten_while_a_letter_goes_ends_nobody_elses(world, smtp_server):
    world.rejected(4)
    handed_over = []

    def forget_somebody():
        handed_over.append(True)
        if len(handed_over) == 2:
            world.aside(lambda: world.tp.transact(forget_who_is_written_to))

    def forget_who_is_written_to(ctx):
        letter = ctx.models.letter
        sending = ctx.session.scalars(sa.select(letter).where(letter.state == "sending")).one()
        forget(ctx, ctx.session.get_one(ctx.models.person, sending.person_id), by=RITA)

    transport = Meanwhile(smtp_server.url, forget_somebody)
    world.send(transport=transport)

    assert transport.raised == []
    assert len(smtp_server.mails) == 4
    assert world.states() == {"sent": 4}
    touched = world.session.scalars(sa.select(world.m.touch.person_id)).all()
    assert len(touched) == 3


def test_the_hosts_row_is_read_after_everything_that_may_have_to_wait(world, smtp_server):
    world.rejected(12)
    steps, statements = [], []

    @sa.event.listens_for(world.db.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        statements.append(" ".join(statement.split()))

    @sa.event.listens_for(world.db.engine, "commit")
    def end(_connection):
        steps.append(list(statements))
        statements.clear()

    world.send(smtp_server)

    host = world.Application.__tablename__
    asked = [step for step in steps if any(f"FROM {host}" in statement for statement in step)]
    both = 0
    for step in asked:
        reads = [n for n, statement in enumerate(step) if f"FROM {host}" in statement]
        waits = [n for n, statement in enumerate(step) if "UPDATE " in statement]
        assert max(waits) < min(reads)
        both += any("talentpool_touches" in statement for statement in step)
    assert both, "no step settled letters and began others"


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_nothing_is_handed_over_before_it_is_on_disk_that_it_will_be(world, smtp_server):
    world.rejected(6)
    setting = sa.text("SHOW synchronous_commit")
    waited, begun = [], set()

    @sa.event.listens_for(world.db.engine, "commit")
    def look(connection):
        letter = world.m.letter.__table__
        sending = sa.select(letter.c.id).where(letter.c.state == "sending")
        found = set(connection.scalars(sending))
        if found - begun:
            waited.append(connection.scalar(setting))
        begun.update(found)

    assert world.session.scalar(setting) == "off", "the host does not wait, so this proves nothing"
    world.session.rollback()
    world.send(smtp_server)

    assert len(smtp_server.mails) == len(begun) == 6
    assert set(waited) == {"on"}
    assert world.session.scalar(setting) == "off"


# Only PostgreSQL lets two transactions write at once, so only there can they wait for each other.
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_leases_are_renewed_beside_a_transaction_that_settles_one_of_them(world):
    world.rejected(3)
    ctx, letter = world.tp.context(), world.m.letter
    claims = Claims(ctx, me="me", lease=timedelta(seconds=patience(3)))
    claims.take(10)
    ctx.session.commit()
    before = dict(world.session.execute(sa.select(letter.id, letter.lease_until)).all())
    world.session.rollback()
    settled = min(before)

    world.session.execute(sa.select(letter.id).where(letter.id == settled).with_for_update())
    with claims.renewing():
        time.sleep(claims.lease.total_seconds() / 2)  # a lease is renewed after each third of it
    world.session.rollback()

    after = dict(world.session.execute(sa.select(letter.id, letter.lease_until)).all())
    assert [key for key in before if after[key] == before[key]] == [settled]


def test_what_another_took_over_is_left_to_it_while_it_hands_it_over(world, smtp_server):
    world.rejected(4)
    letter = world.m.letter.__table__
    lapse = sa.update(letter).values(lease_until=world.clock.lease_now() - timedelta(seconds=60))
    in_hand = threading.Event()
    others = []

    def take_its_time():
        if not in_hand.is_set():
            in_hand.set()
            time.sleep(patience(1))

    def take_over():
        with world.app.app_context():
            world.send(transport=Meanwhile(smtp_server.url, take_its_time))
            world.session.remove()

    def stand_still():
        if others:
            return
        world.aside(lambda: world.session.execute(lapse) and world.session.commit())
        others.append(threading.Thread(target=take_over))
        others[0].start()
        assert in_hand.wait(patience(20))

    world.send(transport=Meanwhile(smtp_server.url, stand_still))
    others[0].join(patience(30))

    assert in_hand.is_set()
    assert set(recipients(smtp_server).values()) == {1}
    assert world.states() == {"sent": 4}


@pytest.mark.untraced
def test_two_dispatcher_processes_hand_over_hundreds_of_letters_once(world, tmp_path, processes):
    world.rejected(LETTERS)
    world.session.remove()
    with SmtpProcess(tmp_path / "smtp") as server:
        reports = [tmp_path / "a", tmp_path / "b"]
        running = [
            processes.Process(target=send_all, args=(world.url, server.url, 15, str(report)))
            for report in reports
        ]
        for process in running:
            process.start()
        for process in running:
            process.join(patience(300))
        assert [process.exitcode for process in running] == [0, 0]
        counted = recipients(server)

    assert len(counted) == LETTERS
    assert set(counted.values()) == {1}
    assert world.states() == {"sent": LETTERS}
    numbers = [int(report.read_text().split()[0]) for report in reports]
    assert sum(numbers) == LETTERS
    assert min(numbers) > 0, "one of them did everything, so nothing was tried"


@pytest.mark.untraced
def test_killing_the_dispatcher_again_and_again_doubles_and_loses_nothing(world, tmp_path, processes):
    letters, kills, lease = 13 * KILLS, KILLS, patience(1.5)
    world.rejected(letters)
    world.session.remove()
    chance = random.Random(7)
    with SmtpProcess(tmp_path / "smtp", delay=0.02) as server:
        for _ in range(kills):
            before = len(server)
            process = processes.Process(target=send_all, args=(world.url, server.url, lease))
            process.start()
            deadline = time.monotonic() + patience(20)
            while len(server) == before and process.is_alive() and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.15))
            assert process.is_alive(), "it was done before it could be killed: make more letters"
            process.kill()
            process.join(patience(20))
        last = processes.Process(target=send_all, args=(world.url, server.url, lease))
        last.start()
        last.join(patience(300))
        assert last.exitcode == 0
        counted = recipients(server)

    states = world.states()
    unknown = {letter.to_address for letter in world.letters() if letter.state == "unknown"}
    sent = {letter.to_address for letter in world.letters() if letter.state == "sent"}
    assert states.keys() <= {"sent", "unknown"}, states
    assert len(sent) + len(unknown) == letters
    assert 1 <= len(unknown) <= kills, "no kill struck while a letter was being handed over"
    assert set(counted.values()) == {1}, "a letter was doubled"
    assert sent <= counted.keys(), "a letter was lost"
    assert counted.keys() <= sent | unknown
