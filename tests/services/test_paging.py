"""Lists a page at a time, on both databases: nobody is shown twice or missed, and cursors are of their list alone."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from flask_talentpool.db.paging import Order, count, read_page
from flask_talentpool.db.types import UtcDateTime

LINES = sa.Table(
    "line",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECRET = b"a secret of the tests"


@pytest.fixture
def lines(database_url):
    """A table of lines that can be added to and read."""
    engine = sa.create_engine(database_url)
    LINES.metadata.create_all(engine)
    session = Session(engine)

    def add(*seconds):
        for second in seconds:
            at = START + timedelta(microseconds=second)
            session.execute(sa.insert(LINES).values(at=at, name=f"line {second}"))

    yield SimpleNamespace(session=session, add=add)
    session.close()
    engine.dispose()


def order(*, name="lines", size=3, descending=True, keys=("at", "id"), secret=SECRET):
    columns = tuple(LINES.c[key] for key in keys)
    return Order(name=name, keys=columns, secret=secret, descending=descending, size=size)


def page(lines, cursor="", **how):
    return read_page(lines.session, sa.select(LINES.c.id), order(**how), cursor=cursor)


def ids(found):
    return [row[0] for row in found.rows]


def everything(lines, **how):
    """Follow the list to its end; between pages, do what is asked."""
    between = how.pop("between", lambda: None)
    found = page(lines, **how)
    seen = ids(found)
    while found.older:
        between()
        found = page(lines, found.older, **how)
        if not found.newer:
            break  # all that was behind it has gone meanwhile: this is the first page again
        seen += ids(found)
    return seen


def in_order(lines, *, descending=True):
    by = [key.desc() if descending else key.asc() for key in (LINES.c.at, LINES.c.id)]
    return list(lines.session.scalars(sa.select(LINES.c.id).order_by(*by)))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("number", [0, 1, 3, 4, 6, 7])
def test_pages_put_together_are_the_list(lines, number, descending):
    lines.add(*(n // 2 for n in range(number)))

    assert everything(lines, descending=descending) == in_order(lines, descending=descending)


def test_pages_are_the_list_whatever_comes_and_goes_meanwhile(lines):
    moments = st.lists(st.integers(0, 20), max_size=4)

    @given(st.lists(st.integers(0, 20), max_size=15), st.lists(st.tuples(moments, st.integers(0, 14))))
    def follow(first, changes):
        lines.session.execute(sa.delete(LINES))
        lines.add(*first)
        there, coming = set(in_order(lines)), iter(changes)
        gone = set()

        def between():
            added, index = next(coming, ((), None))
            lines.add(*added)
            now = in_order(lines)
            if index is not None and index < len(now):
                gone.add(now[index])
                lines.session.execute(sa.delete(LINES).where(LINES.c.id == now[index]))

        seen = everything(lines, between=between)

        assert len(seen) == len(set(seen)), "nobody is shown twice"
        assert there - gone <= set(seen), "nobody who was there all the time is missed"
        still = [one for one in in_order(lines) if one in set(seen)]
        assert [one for one in seen if one in set(still)] == still, "in the order of the list"

    follow()


def test_who_goes_on_to_where_nothing_is_left_sees_the_first_page_again(lines):
    lines.add(1, 2, 3, 4)
    first = page(lines)
    lines.session.execute(sa.delete(LINES).where(LINES.c.id == 1))
    lines.add(5)

    again = page(lines, first.older)

    assert (ids(again), again.newer) == ([5, 4, 3], "")


def test_going_back_shows_the_pages_in_the_same_order(lines):
    lines.add(*range(8))
    first = page(lines)
    second = page(lines, first.older)
    third = page(lines, second.older)

    assert (first.newer, third.older) == ("", "")
    assert ids(page(lines, third.newer)) == ids(second)
    assert ids(page(lines, second.newer)) == ids(first)


def test_whoever_goes_back_to_the_beginning_sees_who_came_meanwhile(lines):
    lines.add(*range(5))
    second = page(lines, page(lines).older)
    lines.add(90)

    found = page(lines, second.newer)

    assert len(found.rows) == 3
    assert everything(lines)[0] == in_order(lines)[0]


def test_a_cursor_keeps_what_distinguishes_two_moments(lines):
    lines.add(1, 2, 3)

    assert everything(lines, size=1, keys=("at",)) == in_order(lines)


def test_a_cursor_of_texts_goes_on_behind_them(lines):
    lines.add(3, 1, 2)

    assert everything(lines, size=1, keys=("name", "id"), descending=False) == [2, 3, 1]


@pytest.mark.parametrize(
    "other",
    [{"name": "lines of another scope"}, {"secret": b"another"}, {"keys": ("id",), "name": "by id"}],
    ids=["name", "secret", "keys"],
)
def test_a_cursor_of_another_list_gives_the_first_page(lines, other):
    lines.add(*range(9))
    theirs = page(lines, **other).older

    assert ids(page(lines, theirs)) == ids(page(lines))


@given(forged=st.one_of(st.text(max_size=80), st.binary(max_size=60).map(bytes.hex)))
def test_a_forged_cursor_gives_the_first_page(forged):
    engine = sa.create_engine("sqlite://")
    LINES.metadata.create_all(engine)
    with Session(engine) as session:
        there = SimpleNamespace(session=session)
        session.execute(sa.insert(LINES), [{"at": START, "name": str(n)} for n in range(5)])
        good = page(there).older
        for cursor in (forged, good[:-1], good + forged[:1] + "=", good[:20] + forged + good[20:]):
            if cursor != good:
                assert ids(page(there, cursor)) in (ids(page(there)), ids(page(there, good)))
        assert ids(page(there, forged)) == ids(page(there))
    engine.dispose()


def test_a_page_behind_which_all_is_gone_is_the_first(lines):
    lines.add(*range(5))
    older = page(lines).older
    lines.session.execute(sa.delete(LINES).where(LINES.c.at < START + timedelta(microseconds=2)))

    assert ids(page(lines, older)) == in_order(lines)


@pytest.mark.parametrize(
    ("there", "said", "is_exact"), [(0, "0", True), (5, "5", True), (6, "more than 5", False)]
)
def test_counts_are_exact_as_far_as_they_are_read(lines, there, said, is_exact):
    lines.add(*range(there))

    found = count(lines.session, sa.select(LINES).order_by(LINES.c.at), most=5)

    assert (str(found), found.is_exact) == (said, is_exact)


def test_a_count_is_written_with_its_thousands(lines):
    lines.session.execute(sa.insert(LINES), [{"at": START, "name": ""} for _ in range(1_200)])

    assert str(count(lines.session, sa.select(LINES))) == "1,200"
