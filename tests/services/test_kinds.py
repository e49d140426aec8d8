"""Kinds of letters: what all have in common, and one that this version does not know."""

import pytest
import sqlalchemy as sa

from flask_talentpool.letters import kinds
from flask_talentpool.letters.incoming.suppression import suppress
from flask_talentpool.recalls import letter as invitation
from tests.promises.world import RITA


@pytest.fixture
def world(make_world):
    return make_world(TALENTPOOL_MORNING_MAIL=False)


def written_by_another_version(world, **columns):
    """Put a letter into the outbox of a kind that this version does not know."""
    row = {
        "kind": "newsletter",
        "occasion": "newsletter:1",
        "state": "due",
        "to_address": "ana@mail.test",
        "from_address": "jobs@host.test",
        "text": "Hello",
        "due_at": world.clock.now(),
        "composed_at": world.clock.now(),
        **columns,
    }
    world.session.add(world.m.letter(**row))
    world.session.commit()


def test_a_letter_of_an_unknown_kind_is_held_and_the_others_go(world, letters):
    written_by_another_version(world)
    world.rejected()

    report = world.send()

    assert (report.sent, report.held, report.cancelled) == (1, 1, 0)
    assert len(letters()) == 1
    unknown = next(letter for letter in world.letters() if letter.kind == "newsletter")
    assert (unknown.state, unknown.because) == ("held", "text")
    assert "another version" in unknown.detail


def test_a_letter_of_an_unknown_kind_that_arrived_is_a_touch_by_that_name(world):
    (application,) = world.told()
    person = world.decision(application).person_id
    written_by_another_version(world, state="sent", person_id=person)
    letter = world.letters()[-1]

    world.change(lambda ctx: kinds.settled(ctx, [ctx.session.merge(letter)]))

    touch = world.m.touch
    assert "newsletter" in world.session.scalars(sa.select(touch.what).where(touch.letter_id == letter.id))


def test_many_letters_that_went_are_touches_by_one_statement(world):
    world.rejected(3)
    rows = world.letters()
    inserts = []

    def count(_connection, _cursor, statement, *_rest):
        inserts.append(statement.startswith("INSERT INTO talentpool_touches"))

    sa.event.listen(world.db.engine, "before_cursor_execute", count)
    try:
        world.change(lambda ctx: kinds.settled(ctx, [ctx.session.merge(row) for row in rows]))
    finally:
        sa.event.remove(world.db.engine, "before_cursor_execute", count)

    assert sum(inserts) == 1
    assert world.count(world.m.touch) == 3


def test_a_letter_without_text_and_one_to_an_address_that_came_back_are_held(world):
    blank, returned, plain = world.rejected(3)
    world.letter(blank).text = ""
    world.session.commit()
    world.change(lambda ctx: suppress(ctx, returned.candidate.email, scope=""))

    world.send()

    assert [world.letter(one).because for one in (blank, returned, plain)] == ["text", "returned", ""]
    assert world.letter(plain).state == "sent"


def test_an_invitation_that_rests_on_a_place_is_shown_from_whom_it_will_come(make_world):
    world = make_world(
        TALENTPOOL_MORNING_MAIL=False, TALENTPOOL_POOL_MAIL_FROM="Talent pool <pool@host.test>"
    )
    (row,) = world.told()
    world.clock.advance(world.tp.settings.reuse_window * 1.2)

    shown = invitation.preview(world.tp.context(), world.decision(row), by=RITA)

    assert shown.from_line == "Talent pool <pool@host.test>"
