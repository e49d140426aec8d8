"""Rows that are changed only while they are what somebody saw, on both databases."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from flask_talentpool.bulk.choices import TRANSITIONS as BULK_TRANSITIONS
from flask_talentpool.db import locks
from flask_talentpool.db.types import Word
from flask_talentpool.decisions.model import DECISION_TRANSITIONS
from flask_talentpool.enums import LetterState, MemberState
from flask_talentpool.errors import Refused
from flask_talentpool.letters.model import LETTER_TRANSITIONS
from flask_talentpool.pools.model import MEMBER_TRANSITIONS
from flask_talentpool.recalls.model import RECALL_TRANSITIONS

TABLES = (BULK_TRANSITIONS, DECISION_TRANSITIONS, LETTER_TRANSITIONS, MEMBER_TRANSITIONS, RECALL_TRANSITIONS)


@pytest.fixture
def pool(make_world):
    """A pool, its model and its session."""
    world = make_world()
    state = world.app.extensions["talentpool_state"]
    session, model = world.session, state.models.pool
    row = model(key="one", name="One", description="", created_at=datetime(2026, 1, 5, tzinfo=UTC))
    session.add(row)
    session.commit()
    return SimpleNamespace(session=session, model=model, row=row)


def test_of_two_that_change_a_row_out_of_the_same_state_one_does(pool):
    session, model = pool.session, pool.model
    as_it_was = (model.id == pool.row.id, model.description == "")

    changed = [locks.update_if(session, model, *as_it_was, description=said) for said in ("first", "second")]

    session.expire_all()
    assert (changed, pool.row.description) == ([1, 0], "first")


def test_a_seized_row_is_read_again_and_keeps_what_was_not_flushed(pool):
    session, model = pool.session, pool.model
    table = model.__table__
    session.execute(sa.update(table).values(description="by another"))

    with session.no_autoflush:
        pool.row.name = "Noted"
        ours = locks.seize(session, pool.row, model.key == "one", scope=model.scope)

    assert (ours, pool.row.name, pool.row.description) == (True, "Noted", "by another")


def test_a_row_that_is_something_else_by_now_is_not_seized_but_read_again(pool):
    session, model = pool.session, pool.model
    session.execute(sa.update(model.__table__).values(key="two"))

    ours = locks.seize(session, pool.row, model.key == "one", description="ours")

    assert (ours, pool.row.key, pool.row.description) == (False, "two", "")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: type(next(iter(table))).__name__)
def test_every_state_is_in_its_table_and_only_its_moves_are_allowed(table):
    states = type(next(iter(table)))
    assert set(table) == set(states)
    for now in states:
        for to in states:
            row = SimpleNamespace(state=now)
            if to is now or to in table[now]:
                locks.move(row, to, table, what="A row", code="row_state")
                assert row.state is to
            else:
                with pytest.raises(Refused, match=f"A row that is {now} cannot become {to}") as refused:
                    locks.move(row, to, table, what="A row", code="row_state")
                assert (row.state, refused.value.code) == (now, "row_state")


@pytest.mark.parametrize("to", [LetterState.DUE, LetterState.HELD])
def test_a_state_of_another_version_is_refused_and_stays(to):
    read = Word(LetterState).process_result_value("bottled", None)
    row = SimpleNamespace(state=read)

    with pytest.raises(Refused, match="“bottled”, which this version does not know"):
        locks.move(row, to, LETTER_TRANSITIONS, what="A letter", code="letter_state")

    assert row.state == "bottled"


def test_a_state_read_as_text_moves_like_its_member():
    row = SimpleNamespace(state="noted")

    locks.move(row, MemberState.OFFERED, MEMBER_TRANSITIONS, what="A place", code="member_state")

    assert row.state is MemberState.OFFERED
