"""Who is who at one address: linked by name, race-safe, and never renamed by a look."""

import pytest
import sqlalchemy as sa

from flask_talentpool.people.identity import said_to_be_two
from flask_talentpool.people.service import link_people, link_person
from tests.promises.test_p08_forgetting_one_of_two import FAMILY, apply, link, people
from tests.support.measuring import statements


@pytest.fixture
def world(make_world):
    return make_world()


def questions(world):
    model = world.m.candidate_link
    world.session.rollback()
    return list(world.session.scalars(sa.select(model.question).order_by(model.id)))


def test_a_couple_is_two_people_and_the_question_is_open(world):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Bruno Costa")

    first, second = link(world, ana, bruno)

    assert first != second
    assert people(world) == [(FAMILY, "Ana Costa"), (f"{FAMILY}|2", "Bruno Costa")]
    assert questions(world) == [None, "apart"]


@pytest.mark.parametrize(
    "name", ["Ana Costa", "COSTA, Ana", "A. Costa", "Dr. Ana Maria Costa", "Ana Silva", ""]
)
def test_another_row_of_one_human_is_the_same_person(world, name):
    first, second = link(world, apply(world, "Ana Costa"), apply(world, name))

    assert first == second
    assert questions(world) == [None, None]


@pytest.mark.parametrize("name", ["Bruno", "李娜"])
def test_a_name_that_leaves_a_doubt_is_the_same_person_and_asked(world, name):
    first, second = link(world, apply(world, "Ana Costa"), apply(world, name))

    assert first == second
    assert questions(world) == [None, "doubt"]


def test_a_later_row_goes_to_the_one_of_several_whose_name_it_bears(world):
    first, second, third = link(
        world, apply(world, "Ana Costa"), apply(world, "Bruno Costa"), apply(world, "Carla Costa")
    )

    assert link(world, apply(world, "B. Costa"), apply(world, "Costa Carla")) == [second, third]
    assert len({first, second, third}) == 3


def test_a_name_that_fits_two_is_asked(world):
    link(world, apply(world, "Ana Costa"), apply(world, "Bruno Costa"))

    link(world, apply(world, "Costa"))

    assert questions(world)[-1] == "doubt"


def test_what_is_no_address_says_nothing(world):
    first, second = link(world, apply(world, "Ana Costa", "none"), apply(world, "Ana Costa", "none"))

    assert first != second
    assert questions(world) == [None, None]


def test_an_address_too_long_for_its_column_tells_people_apart_all_the_same(world):
    long = "x" * 400 + "@mail.test"
    ana = apply(world, "Ana Costa")
    ana.email = long if world.db.engine.dialect.name == "sqlite" else FAMILY
    world.session.commit()

    link(world, ana)

    assert all(len(key) < 320 for key, _ in people(world))


def test_rows_that_are_linked_are_never_split_by_themselves(world):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Ana Costa")
    before = link(world, ana, bruno)
    world.session.execute(
        sa.update(world.Candidate).where(world.Candidate.id == bruno.id).values(full_name="Bruno Costa")
    )
    world.session.commit()

    assert link(world, ana, bruno) == before


def test_a_row_of_an_earlier_version_is_found_by_its_key(world):
    ana = apply(world, "Ana Costa")
    link(world, ana)
    world.session.execute(sa.update(world.m.person).values(address_key=None))
    world.session.commit()

    same, other, third = link(
        world, apply(world, "Ana Costa"), apply(world, "Bruno Costa"), apply(world, "Carla Costa")
    )

    assert len({same, other, third}) == 3
    assert same == link(world, ana)[0]
    assert [key for key, _ in people(world)] == [FAMILY, f"{FAMILY}|2", f"{FAMILY}|3"]


def test_looking_at_another_row_renames_nobody(world):
    first, second = apply(world, "Ana Costa"), apply(world, "Ana Maria Costa")
    link(world, first, second)

    link(world, second)
    link(world, first)
    link(world, second)

    assert people(world) == [(FAMILY, "Ana Costa")]


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_row_s_own_new_name_renames_its_person(world, in_bulk):
    first, second = apply(world, "Ana Costa"), apply(world, "A. Costa")
    link(world, first, second)

    if in_bulk:
        change = sa.update(world.Candidate).where(world.Candidate.id == second.id)
        world.session.execute(change.values(full_name="Ana Silva"))
    else:
        second.full_name = "Ana Silva"
    world.session.commit()
    link(world, second)
    link(world, first)

    assert people(world) == [(FAMILY, "Ana Silva")]


@pytest.mark.both_databases
def test_two_who_link_a_couple_at_once_make_two_people(world):
    rows = [apply(world, name) for name in ("Ana Costa", "Bruno Costa", "Ana Costa", "Bruno Costa")]
    ids = [row.id for row in rows]

    def linking(order):
        def work(ctx):
            found = [(ctx.session.get(world.Candidate, ids[at]), "") for at in order]
            return [known.person.id for known in link_people(ctx, found)]

        return lambda: world.tp.transact(work)

    results = world.at_once(linking([0, 1, 2, 3]), linking([3, 2, 1, 0]), linking([1, 0]), linking([2]))

    assert not [one for one in results if isinstance(one, Exception)]
    assert sorted(people(world)) in (
        [(FAMILY, "Ana Costa"), (f"{FAMILY}|2", "Bruno Costa")],
        [(FAMILY, "Bruno Costa"), (f"{FAMILY}|2", "Ana Costa")],
    )
    assert results[0] == results[1][::-1]


def test_many_rows_are_looked_for_by_as_few_statements_as_one(world):
    def linked(number, email):
        rows = [apply(world, f"{name} Costa", email) for name in ("Ana", "Bruno", "Carla", "Dora")[:number]]
        assert all(row.full_name for row in rows)  # read again after the commit
        with statements(world.db.engine) as seen:
            link(world, *rows)
        return sum(text.startswith("SELECT") for text in seen)

    linked(1, "warm@mail.test")
    linked(2, "warm2@mail.test")

    assert linked(4, "four@mail.test") <= linked(2, "two@mail.test")


def test_two_who_may_be_one_are_counted_as_one_until_somebody_says_so(world):
    ana, bruno, carla = link(
        world,
        apply(world, "Ana Costa"),
        apply(world, "Bruno Costa"),
        apply(world, "Carla Diaz", "carla@mail.test"),
    )

    ctx = world.tp.context()
    with statements(world.db.engine) as seen:
        before = said_to_be_two(ctx, [ana, bruno, carla])
    world.session.execute(sa.update(world.m.candidate_link).values(question=None))
    after = said_to_be_two(ctx, [ana, bruno, carla])

    assert len(seen) == 1
    assert before == {ana: set(), bruno: set(), carla: set()}
    assert after == {ana: {bruno}, bruno: {ana}, carla: set()}
    assert said_to_be_two(ctx, []) == {}


@pytest.mark.parametrize("answered", [False, True])
def test_a_couple_turned_down_for_one_job_is_two_once_somebody_says_so(world, answered):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Bruno Costa")
    first, second = list(world.session.scalars(sa.select(world.Application).order_by(world.Application.id)))
    second.job = first.job
    world.session.commit()
    link(world, ana, bruno)
    if answered:
        world.session.execute(sa.update(world.m.candidate_link).values(question=None))
        world.session.commit()

    world.reject(first)
    world.tp.sync()

    (letter,) = world.letters()
    assert (letter.state == "due") == answered


def test_each_letter_has_the_name_of_its_own_application(world):
    ana, again = apply(world, "Ana Costa"), apply(world, "Ana Maria Costa-Silva")
    world.change(lambda ctx: link_person(ctx, ana, "").person.id)
    world.reject(*world.session.scalars(sa.select(world.Application)))
    world.tp.sync()

    letter = world.m.letter
    world.session.rollback()
    assert sorted(world.session.scalars(sa.select(letter.to_name))) == ["Ana Costa", "Ana Maria Costa-Silva"]
    assert again.full_name == "Ana Maria Costa-Silva"
