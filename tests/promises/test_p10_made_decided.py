"""P10: a row made already decided is noticed in the host's own commit, and never under a key that it has not."""

import pytest
import sqlalchemy as sa


def made(world, number, **columns):
    job = world.Job(title="Engineer")
    rows = [
        world.Application(
            candidate=world.Candidate(full_name=f"Person {n}", email=f"person{n}@mail.test"),
            job=job,
            stage="interview",
            status="rejected",
            **columns,
        )
        for n in range(number)
    ]
    world.session.add_all(rows)
    world.session.commit()
    return rows


def noticed(world):
    decision = world.m.decision
    statement = sa.select(decision.application_id, decision.application_key, decision.candidate_key)
    return sorted(tuple(row) for row in world.session.execute(statement))


def expected(world, rows):
    return sorted((row.id, str(row.id), str(row.candidate_id)) for row in rows)


@pytest.mark.parametrize("entries", [{}, {"status": lambda row: row.status}], ids=["sql", "callable"])
@pytest.mark.parametrize("number", [1, 900], ids=["one", "a batch"])
def test_rows_made_already_decided_are_noticed_with_their_keys(make_world, entries, number):
    world = make_world(entries=entries)

    rows = made(world, number)

    assert noticed(world) == expected(world, rows)


def test_a_row_whose_key_the_database_gives_is_noticed_with_it(make_world, smtp_server):
    world = make_world(entries={"status": lambda row: row.status})
    (row,) = made(world, 1)

    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert noticed(world) == expected(world, [row])


def test_what_fails_before_the_commit_is_not_noticed(make_world):
    world = make_world()
    world.session.add(world.Application(status="rejected", candidate=world.Candidate(full_name="A"), id=7))
    world.session.flush()
    world.session.rollback()

    assert noticed(world) == []
