"""P10: what decides reads where the host writes; a replica that is an hour behind makes nothing go and nothing stop."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_talentpool.answer_clock import progress_letter
from flask_talentpool.db.binds import read_where_written, reading_where_written
from flask_talentpool.decisions import facts
from flask_talentpool.enums import DecisionState, LetterState
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA
from tests.support.replica import Replica, routing_db


@pytest.fixture
def replica_url(database_url, request, tmp_path):
    if not database_url.startswith("postgresql"):
        yield f"sqlite:///{tmp_path / 'replica.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def behind(replica_url, make_world):
    """A host whose session reads from a replica, and the replica, which knows the first sync."""
    world = make_world(db=routing_db(), synced=False, SQLALCHEMY_BINDS={"replica": replica_url})
    replica = Replica(world.db, replica_url)
    replica.catch_up()
    world.tp.sync()
    replica.catch_up()
    fresh(world)
    return world, replica


def fresh(world):
    """Do what the next request does: begin with a session of its own."""
    world.session.remove()


def decision_states(world):
    with world.db.engine.connect() as connection:
        return connection.scalars(sa.select(world.m.decision.__table__.c.state)).all()


def letter_states(world):
    with world.db.engine.connect() as connection:
        return connection.scalars(sa.select(world.m.letter.__table__.c.state)).all()


def applied(world, replica, number=1, **columns):
    """Let people apply, and the replica know of it; the keys."""
    with reading_where_written(world.session()):
        keys = [row.id for row in world.apply(number, **columns)]
    replica.catch_up()
    fresh(world)
    return keys


def set_status(world, key, status):
    """Set a status as a request of the host does, which reads the row from the replica."""
    world.session.get(world.Application, key).status = status
    world.session.commit()
    fresh(world)


def in_bulk(world, key, status):
    with world.db.engine.begin() as connection:
        table = world.Application.__table__
        connection.execute(sa.update(table).where(table.c.id == key).values(status=status))


@pytest.mark.parametrize("change", [set_status, in_bulk], ids=["by the hook", "in bulk"])
def test_a_rejection_that_the_replica_does_not_know_is_noticed_and_told_once(behind, smtp_server, change):
    world, replica = behind
    (key,) = applied(world, replica)
    change(world, key, "rejected")

    with replica.statements() as asked:
        for _ in range(3):
            world.tp.sync()
            world.send(smtp_server)
            fresh(world)

    assert asked == []
    assert len(smtp_server.mails) == 1
    assert decision_states(world) == [DecisionState.LIVE]


@pytest.mark.parametrize("change", [set_status, in_bulk], ids=["by the hook", "in bulk"])
def test_what_was_taken_back_is_not_sent_because_the_replica_still_says_it(behind, smtp_server, change):
    world, replica = behind
    (key,) = applied(world, replica)
    set_status(world, key, "rejected")
    world.tp.sync()
    replica.catch_up()
    fresh(world)
    change(world, key, "open")

    with replica.statements() as asked:
        world.send(smtp_server)
        world.tp.sync()
        world.send(smtp_server)

    assert asked == []
    assert smtp_server.mails == []
    assert letter_states(world) == [LetterState.CANCELLED]


def test_a_row_that_the_replica_does_not_have_yet_is_not_gone(behind, smtp_server):
    world, _replica = behind
    with reading_where_written(world.session()):
        (row,) = world.apply(stage="interview")
        key = row.id
        world.reject(row)
    fresh(world)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert key == 1
    assert decision_states(world) == [DecisionState.LIVE]


def test_the_first_start_reads_where_the_host_writes(behind):
    world, _replica = behind
    with world.db.engine.begin() as connection:
        connection.execute(sa.delete(world.m.mark.__table__))
    with reading_where_written(world.session()):
        key = world.apply(3)[0].id
    in_bulk(world, key, "rejected")
    fresh(world)

    report = world.tp.sync()

    assert (report.first, report.baseline) == (True, 1)


def test_a_progress_letter_and_an_invitation_read_where_the_host_writes(behind, smtp_server):
    world, replica = behind
    with reading_where_written(world.session()):
        interviewed, told = world.apply(2, stage="interview")
        keys = interviewed.id, told.id
        world.reject(told)
    fresh(world)
    world.tp.sync()
    world.send(smtp_server)
    fresh(world)
    smtp_server.mails.clear()

    with replica.statements() as asked:
        world.change(
            lambda ctx: progress_letter.say_still_open(
                ctx,
                ctx.session.scalars(
                    sa.select(world.m.clock).where(world.m.clock.application_id == keys[0])
                ).one(),
                by=RITA,
            )
        )
        world.change(lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, keys[1]), by=RITA))
        world.send(smtp_server)

    assert asked == []
    assert len(smtp_server.mails) == 2


def test_the_host_that_says_told_is_heard_whatever_the_replica_knows(behind, smtp_server):
    world, replica = behind
    (key,) = applied(world, replica)
    set_status(world, key, "rejected")

    row = world.session.get(world.Application, key)
    world.tp.told(row, channel="phone", by=RITA)
    world.session.commit()
    # The session is the host's again: it reads from where the host wants.
    with replica.statements() as asked:
        assert row.status == "open"
    assert len(asked) == 1
    fresh(world)
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert decision_states(world) == [DecisionState.LIVE]


def test_pages_may_read_the_replica_and_what_is_pressed_on_them_does_not(behind, smtp_server):
    world, replica = behind
    (key,) = applied(world, replica)
    with reading_where_written(world.session()):
        world.session.add(world.User(name="Rita", role="recruiter", scope=""))
        world.session.commit()
    set_status(world, key, "rejected")
    world.tp.sync()
    replica.catch_up()
    fresh(world)
    with world.db.engine.connect() as connection:
        decision = connection.scalar(sa.select(world.m.decision.__table__.c.id))
    client = world.app.test_client()
    client.get("/sign-in/1")

    with replica.statements() as asked:
        page = client.get("/talent-pool/")
    assert page.status_code == 200
    assert any("talentpool_letters" in one for one in asked)

    token = client.get("/token").get_data(as_text=True)
    answer = client.post(
        f"/talent-pool/decisions/{decision}/told", data={"csrf_token": token, "channel": "phone"}
    )
    assert answer.status_code == 303
    fresh(world)
    world.send(smtp_server)
    assert smtp_server.mails == []
    assert letter_states(world) == [LetterState.CANCELLED]


# The mechanism


def test_a_session_reads_where_it_writes_for_as_long_as_is_asked(behind):
    world, _replica = behind
    writer, replica = world.db.engine, world.db.engines["replica"]
    session = world.session()
    mapper = sa.inspect(world.Application)

    assert session.get_bind(mapper) is replica
    with reading_where_written(session):
        assert session.get_bind(mapper) is writer
        with reading_where_written(session):
            assert session.get_bind(mapper, clause=sa.select(world.Application)) is writer
        assert session.get_bind(mapper) is writer
    assert session.get_bind(mapper) is replica
    read_where_written(session)
    read_where_written(session)
    with reading_where_written(session):
        pass
    assert session.get_bind(mapper) is writer
    assert session._flushing is False


def test_a_session_that_routes_nothing_is_as_it_was(world):
    session = Session(world.db.engine)

    with reading_where_written(session):
        assert session.get_bind(sa.inspect(world.Application)) is world.db.engine

    assert "get_bind" not in vars(session)
