"""“Same address: one person?”: what moves with a no, what becomes one with a yes, and that both can be undone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import AddressQuestion, LetterState, MemberState, Source
from flask_talentpool.errors import Refused
from flask_talentpool.people import carrying, one_person
from flask_talentpool.people.model import PersonMixin
from flask_talentpool.pools import noting
from flask_talentpool.pools.service import ensure_pool
from tests.promises.test_p08_forgetting_one_of_two import FAMILY, apply, forget, link, note, people
from tests.support.people import RITA


@pytest.fixture
def world(make_world):
    return make_world()


def link_of(ctx, candidate):
    model = ctx.models.candidate_link
    return ctx.session.scalars(sa.select(model).where(model.candidate_key == str(candidate.id))).one()


def no(world, candidate):
    return world.change(lambda ctx: one_person.part_row(ctx, link_of(ctx, candidate), by=RITA).id)


def yes(world, one, other):
    def work(ctx):
        both = [ctx.session.get_one(ctx.models.person, key) for key in (one, other)]
        return one_person.join(ctx, *both, by=RITA).id

    return world.change(work)


def undo(world):
    def work(ctx):
        audit = ctx.models.audit
        row = ctx.session.scalars(sa.select(audit).where(audit.action == one_person.JOINED)).one()
        return one_person.undo(ctx, row, by=RITA).id

    return world.change(work)


def whose(world):
    """Return every row that says whose it is, by table and id."""
    world.session.rollback()
    found = {}
    for name in carrying.CARRIED:
        model = getattr(world.m, name)
        for key, person_id in world.session.execute(sa.select(model.id, model.person_id)):
            found[name, key] = person_id
    return found


def full(world, *names):
    """Let people be turned down at the end, told, noted and tagged; return their rows."""
    rows = [apply(world, name) for name in names]
    world.reject(*world.session.scalars(sa.select(world.Application)))
    for _ in range(2):  # who may be one human gets one letter a day
        world.tp.sync()
        world.send()
        world.clock.advance(timedelta(days=3))
    for row in rows:
        world.change(
            lambda ctx, row=row: noting.recall_to_pool(ctx, row, "", by=RITA, tags=["design"]).member.id
        )
    return rows


def test_every_table_that_says_whose_a_row_is_is_carried(world):
    names = {
        name
        for name in world.m.__dataclass_fields__
        if hasattr(getattr(world.m, name), "person_id")
        and not issubclass(getattr(world.m, name), PersonMixin)
    }
    assert names == set(carrying.CARRIED)


# No, two people


def test_no_gives_the_row_what_is_about_its_application_and_leaves_the_rest(world):
    ana, bruno = full(world, "Ana Costa", "Bruno")
    before = link(world, ana)[0]
    assert set(whose(world).values()) == {before}

    after = no(world, bruno)

    found = whose(world)
    names = {name for (name, _), person in found.items() if person == after}
    assert {"candidate_link", "decision", "letter", "link", "touch"} <= names
    assert "person_tag" not in names
    letter = world.m.letter
    by_name = dict(map(tuple, world.session.execute(sa.select(letter.to_name, letter.person_id))))
    assert by_name == {"Ana Costa": before, "Bruno": after}
    assert people(world) == [(FAMILY, "Ana Costa"), (f"{FAMILY}|2", "Bruno")]
    assert link(world, ana, bruno) == [before, after]


def test_a_place_goes_with_the_decision_that_brought_it_only(world):
    ana, bruno = full(world, "Ana Costa", "Bruno")
    first = link(world, ana)[0]
    decision, member = world.m.decision, world.m.member
    theirs = sa.select(decision.id).where(decision.candidate_key == str(bruno.id)).scalar_subquery()
    world.session.execute(sa.update(member).values(decision_id=theirs))

    def another(ctx):
        ctx.session.add(
            member(
                person_id=first,
                pool_id=ensure_pool(ctx, "", "interviewed").id,
                state=MemberState.NOTED,
                source=Source.RECALL_BUTTON,
                added_at=ctx.now(),
            )
        )

    world.change(another)

    part = no(world, bruno)

    world.session.rollback()
    assert sorted(world.session.scalars(sa.select(member.person_id))) == sorted([first, part])


def test_no_to_the_only_row_is_settled(world):
    ana = apply(world, "Ana Costa")
    link(world, ana)

    with pytest.raises(Refused, match="settled"):
        no(world, ana)


def test_no_joins_whoever_is_known_by_the_very_name(world):
    ana, first, second = apply(world, "Ana Costa"), apply(world, "Bruno"), apply(world, "Bruno")
    link(world, ana, first, second)

    assert no(world, first) == no(world, second)
    assert len(people(world)) == 2


def test_two_people_of_the_same_name_and_address_can_be_two(world):
    first, second = apply(world, "Ana Costa"), apply(world, "Ana Costa")
    link(world, first, second)

    no(world, second)

    assert people(world) == [(FAMILY, "Ana Costa"), (f"{FAMILY}|2", "Ana Costa")]


@pytest.mark.both_databases
def test_two_who_say_no_at_once_make_one_more_person(world):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Bruno")
    link(world, ana, bruno)
    key = bruno.id

    def saying(ctx):
        candidate = ctx.session.get(world.Candidate, key)
        return one_person.part_row(ctx, link_of(ctx, candidate), by=RITA).id

    results = world.at_once(*[lambda: world.tp.transact(saying)] * 3)

    assert sum(isinstance(one, Refused) for one in results) == 2
    assert len(people(world)) == 2


# Yes, one person


def test_yes_makes_one_person_of_two_with_all_that_they_had(world):
    ana, bruno = full(world, "Ana Costa", "Bruno Costa")
    first, second = link(world, ana, bruno)
    assert first != second

    assert yes(world, second, first) == first

    assert people(world) == [(FAMILY, "Ana Costa")]
    assert set(whose(world).values()) == {first}
    assert link(world, ana, bruno, apply(world, "Bruno Costa")) == [first] * 3
    assert len(world.members()) == 1


def test_a_yes_is_undone_to_what_was_whose(world):
    ana, bruno = full(world, "Ana Costa", "Bruno Costa")
    first, second = link(world, ana, bruno)
    before = whose(world)
    states = sorted((member.person_id, member.state) for member in world.members())
    yes(world, first, second)

    part = undo(world)

    found = whose(world)
    moved = {key: (part if person == second else person) for key, person in before.items()}
    fresh = {key for key in found if key not in moved}
    assert {key: person for key, person in found.items() if key not in fresh} == {
        key: person for key, person in moved.items() if key in found
    }
    assert {name for name, _ in fresh} <= {"member", "person_tag"}
    world.session.rollback()
    now = sorted((member.person_id, member.state) for member in world.members())
    assert now == [(part if person == second else person, state) for person, state in states]
    assert people(world) == [(FAMILY, "Ana Costa"), (f"{FAMILY}|2", "Bruno Costa")]


def test_what_came_after_the_yes_goes_with_its_row(world):
    ana, bruno = full(world, "Ana Costa", "Bruno Costa")
    yes(world, *link(world, ana, bruno))
    later = world.Application(candidate=bruno, job=world.Job(title="Porter"), status="open", stage="final")
    world.session.add(later)
    world.session.commit()
    world.reject(later)
    world.tp.sync()

    part = undo(world)

    decision = world.m.decision
    world.session.rollback()
    theirs = world.session.scalars(sa.select(decision.candidate_key).where(decision.person_id == part))
    assert set(theirs) == {str(bruno.id)}


def test_a_yes_is_undone_once_and_within_thirty_days(world):
    yes(world, *link(world, *full(world, "Ana Costa", "Bruno Costa")))
    world.clock.advance(timedelta(days=31))
    with pytest.raises(Refused, match="30 days"):
        undo(world)
    world.clock.advance(timedelta(days=-2))

    undo(world)

    with pytest.raises(Refused, match="undone already"):
        undo(world)


STATES = [MemberState.MEMBER, MemberState.PAUSED, MemberState.OFFERED, MemberState.NOTED, MemberState.ENDED]


@pytest.mark.parametrize("weaker", range(1, len(STATES)))
@pytest.mark.parametrize("first_is_stronger", [True, False])
def test_of_two_places_in_one_pool_the_stronger_stays(world, weaker, first_is_stronger):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Bruno Costa")
    both = link(world, ana, bruno)
    places = [note(world, ana), note(world, bruno)]
    states = STATES[weaker - 1 : weaker + 1][:: 1 if first_is_stronger else -1]
    for place, state in zip(places, states, strict=True):
        world.session.execute(sa.update(world.m.member).where(world.m.member.id == place).values(state=state))
    world.session.commit()

    yes(world, *both)

    world.session.rollback()
    assert [(place.state, place.person_id) for place in world.members()] == [(STATES[weaker - 1], both[0])]


def test_the_narrower_wish_holds_for_the_one_and_for_both_afterwards(world):
    first, second = link(world, apply(world, "Ana Costa"), apply(world, "Bruno Costa"))
    asked_at = world.clock.now() - timedelta(days=3)
    person = world.m.person
    world.session.execute(sa.update(person).where(person.id == second).values(objected_at=asked_at))
    world.session.commit()

    yes(world, first, second)
    joined = list(world.session.scalars(sa.select(person.objected_at)))
    undo(world)

    world.session.rollback()
    assert joined == [asked_at]
    assert list(world.session.scalars(sa.select(person.objected_at))) == [asked_at, asked_at]


def test_held_letters_are_looked_at_anew(world):
    both = link(world, *full(world, "Ana Costa", "Bruno Costa"))
    letter = world.m.letter
    until = world.clock.now() + timedelta(days=9)
    world.session.execute(sa.update(letter).values(state=LetterState.HELD, held_until=until))
    world.session.commit()

    yes(world, *both)

    assert set(world.session.scalars(sa.select(letter.held_until))) == {None}


def test_nothing_moves_while_a_letter_is_handed_over(world):
    both = link(world, *full(world, "Ana Costa", "Bruno Costa"))
    world.session.execute(sa.update(world.m.letter).values(state=LetterState.SENDING))
    world.session.commit()
    before = whose(world)

    with pytest.raises(Refused, match="handed over"):
        yes(world, *both)

    assert whose(world) == before


def test_two_who_share_no_address_are_not_made_one(world):
    both = link(world, apply(world, "Ana Costa"), apply(world, "Ana Costa", "ana@mail.test"))

    with pytest.raises(Refused, match="do not share"):
        yes(world, *both)


def test_an_answer_that_nobody_waits_for_is_refused(world):
    _, bruno = apply(world, "Ana Costa"), apply(world, "Bruno Costa")
    link(world, _, bruno)

    def confirm(ctx):
        one_person.confirm(ctx, link_of(ctx, bruno), AddressQuestion.APART, by=RITA)

    world.change(confirm)
    with pytest.raises(Refused, match="settled"):
        world.change(confirm)


def test_forgetting_the_one_forgets_both_and_what_undoing_would_need(world):
    ana, bruno = full(world, "Ana Costa", "Bruno Costa")
    yes(world, *link(world, ana, bruno))

    forget(world, bruno)

    world.session.rollback()
    assert people(world) == []
    assert not any(whose(world).values())
    assert set(world.session.scalars(sa.select(world.m.audit.data))) == {None}
    with pytest.raises(Refused):
        undo(world)


@pytest.mark.both_databases
def test_yes_and_no_at_once_leave_one_answer(world):
    ana, bruno = apply(world, "Ana Costa"), apply(world, "Bruno Costa")
    first, second = link(world, ana, bruno)
    key = bruno.id

    def say_no(ctx):
        candidate = ctx.session.get(world.Candidate, key)
        one_person.confirm(ctx, link_of(ctx, candidate), AddressQuestion.APART, by=RITA)

    def say_yes(ctx):
        both = [ctx.session.get(ctx.models.person, one) for one in (first, second)]
        if None in both:
            raise Refused(carrying.SETTLED, code="not_in_doubt")
        candidate = ctx.session.get(world.Candidate, key)
        one_person.join(ctx, *both, by=RITA, answers=link_of(ctx, candidate))

    results = world.at_once(
        lambda: world.tp.transact(say_yes),
        lambda: world.tp.transact(say_no),
        lambda: world.tp.transact(say_yes),
    )

    assert sum(isinstance(one, Refused) for one in results) == 2, results
    said_no = not isinstance(results[1], Refused)
    assert len(people(world)) == (2 if said_no else 1)
