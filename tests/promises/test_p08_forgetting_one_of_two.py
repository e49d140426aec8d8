"""P8, leaving is complete: it never touches somebody else, whatever the two share."""

import pytest
import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.errors import Refused
from flask_talentpool.people import kept_out
from flask_talentpool.people.service import link_people, link_person
from flask_talentpool.pools import noting, status
from flask_talentpool.privacy.erasure import forget_candidate

RITA = Actor("User:1", "Rita Recruiter", "rita@host.test")
FAMILY = "family@mail.test"


def apply(world, name, email=FAMILY, **columns):
    """Let somebody apply by a candidate row of their own, and return it."""
    application = world.apply(**columns)[0]
    application.candidate.full_name, application.candidate.email = name, email
    world.session.commit()
    return application.candidate


def link(world, *candidates):
    return world.change(
        lambda ctx: [one.person.id for one in link_people(ctx, [(row, "") for row in candidates])]
    )


def forget(world, candidate):
    return world.change(lambda ctx: forget_candidate(ctx, str(candidate.id), by=RITA))


def note(world, candidate):
    return world.change(lambda ctx: noting.recall_to_pool(ctx, candidate, "", by=RITA).member.id)


def people(world):
    person = world.m.person
    world.session.rollback()
    return list(
        map(tuple, world.session.execute(sa.select(person.person_key, person.name).order_by(person.id)))
    )


@pytest.fixture
def couple(world):
    return apply(world, "Ana Costa"), apply(world, "Bruno Costa")


def test_forgetting_one_of_a_couple_keeps_the_other_whole(world, couple):
    ana, bruno = couple
    link(world, ana, bruno)
    note(world, ana)
    kept = note(world, bruno)
    world.reject(*world.session.scalars(sa.select(world.Application)))
    world.tp.sync()

    erased = forget(world, ana)

    assert (erased.persons, erased.places) == (1, 1)
    assert people(world) == [(f"{FAMILY}|2", "Bruno Costa")]
    assert [member.id for member in world.members()] == [kept]
    decision = world.m.decision
    states = {row.candidate_key: row.state for row in world.session.scalars(sa.select(decision))}
    assert states == {str(ana.id): "forgotten", str(bruno.id): "live"}
    letter = world.m.letter
    names = world.session.scalars(sa.select(letter.to_name).where(letter.person_id.is_not(None)))
    assert list(names) == ["Bruno Costa"]


def test_forgetting_somebody_whom_nobody_linked_does_not_forget_the_other(world, couple):
    ana, bruno = couple
    link(world, ana)

    forget(world, bruno)

    assert people(world) == [(FAMILY, "Ana Costa")]


def test_the_other_may_be_in_a_pool_and_the_forgotten_one_may_not(world, couple):
    ana, bruno = couple
    link(world, ana, bruno)
    forget(world, ana)

    note(world, bruno)

    for again in (ana, apply(world, "Ana Costa"), apply(world, "A. Costa"), apply(world, "Costa, Ana Maria")):
        with pytest.raises(Refused, match="erased"):
            note(world, again)


@pytest.mark.parametrize("name", ["A. Costa", "Dr. Ana Costa", "Ana"])
def test_whoever_was_forgotten_stays_out_under_the_name_in_full(world, name):
    forget(world, apply(world, name))

    with pytest.raises(Refused, match="erased"):
        note(world, apply(world, "Ana Costa"))


def test_a_name_of_one_word_keeps_its_address_out_also_when_the_other_goes_later(world):
    forget(world, apply(world, "Ana"))
    forget(world, apply(world, "Bruno Costa"))

    with pytest.raises(Refused, match="erased"):
        note(world, apply(world, "Ana"))


def test_an_address_that_was_kept_before_names_were_still_keeps_everybody_out(world):
    def as_before(ctx):
        kept_out.suppress(ctx, "", [(kept_out.PERSON, FAMILY)])

    world.change(as_before)
    forget(world, apply(world, "Bruno Costa"))

    with pytest.raises(Refused, match="erased"):
        note(world, apply(world, "Ana Costa"))


def test_who_comes_back_is_let_in_and_the_other_stays_out(world, couple):
    ana, bruno = couple
    link(world, ana, bruno)
    forget(world, ana)
    forget(world, bruno)

    def come_back(ctx):
        kept_out.lift_suppression(ctx, link_person(ctx, ana, "").person)

    world.change(come_back)

    note(world, ana)
    with pytest.raises(Refused, match="erased"):
        note(world, bruno)


def test_no_word_of_the_name_stays_in_what_keeps_somebody_out(world):
    forget(world, apply(world, "Zebedee Quillfeather"))

    kept = world.session.execute(sa.select(world.m.suppression.__table__)).all()
    assert kept
    assert not any(word in str(kept).casefold() for word in ("zebedee", "quillfeather", FAMILY))


def test_nobody_sees_one_s_pool_at_the_other(world, couple):
    ana, bruno = couple
    note(world, ana)

    def standing(ctx, candidate):
        return status.labels(ctx, candidate, lambda statement: statement, ("",))

    linked_only_ana = world.change(lambda ctx: standing(ctx, bruno))
    link(world, bruno)
    linked_both = world.change(lambda ctx: standing(ctx, bruno))

    assert (linked_only_ana.places, linked_both.places) == ((), ())
    assert len(world.change(lambda ctx: standing(ctx, ana)).places) == 1
