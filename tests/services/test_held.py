"""Letters that are held: however many there are, each is looked at again."""

import email
import re
from datetime import timedelta
from email import policy

import pytest
import sqlalchemy as sa

from flask_talentpool.answer_clock import progress_letter
from flask_talentpool.decisions.telling import confirmation, correction
from flask_talentpool.recalls import service as recalls
from tests.promises.world import RITA

MANY = 210


@pytest.fixture
def world(make_world):
    return make_world(TALENTPOOL_MORNING_MAIL=False)


def still_open(world):
    (row,) = world.apply(stage="interview")
    world.tp.sync()
    clock = world.m.clock

    def press(ctx):
        theirs = sa.select(clock).where(clock.application_id == row.id)
        return progress_letter.say_still_open(ctx, ctx.session.scalars(theirs).one(), by=RITA).id

    return row, world.change(press)


def invited(world):
    (row,) = world.told()
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA).id)
    return row, world.letters()[-1].id


def confirmed(world):
    (row,) = world.told()
    return row, world.change(lambda ctx: confirmation.confirm(ctx, world.decision(row), by=RITA).id)


def corrected(world):
    (row,) = world.told()

    def correct(ctx):
        decision = world.decision(row)
        correction.take_back_told(ctx, decision, why="Mixed up", by=RITA)
        ctx.session.get(world.Application, row.id).status = "open"
        ctx.session.flush()
        return correction.correct(ctx, decision, why="We mixed up two names.", by=RITA).id

    return row, world.change(correct)


def set_address(world, application, address):
    world.session.get(world.Application, application.id).candidate.email = address
    world.session.commit()


def held(world, write):
    """Let a letter be written and lose its address before it goes; returns the application and the letter."""
    row, letter_id = write(world)
    set_address(world, row, "")
    world.send()
    letter = world.session.get(world.m.letter, letter_id, populate_existing=True)
    assert (letter.state, letter.because) == ("held", "no_address")
    return row, letter_id


def copy(world, letter_id, number):
    """Put as many letters like this one behind it, held for the same reason."""
    table = world.m.letter.__table__
    row = dict(world.session.execute(sa.select(table).where(table.c.id == letter_id)).mappings().one())
    del row["id"]
    copies = [row | {"occasion": f"{row['occasion']}:copy-{n}"} for n in range(number)]
    world.session.execute(sa.insert(table), copies)
    world.session.commit()


def state(world, letter_id):
    world.session.rollback()
    return world.session.get(world.m.letter, letter_id, populate_existing=True).state


@pytest.mark.slow
@pytest.mark.parametrize("write", [still_open, invited, confirmed, corrected])
def test_the_first_and_the_last_of_many_held_letters_go_when_they_get_an_address(world, write):
    first, first_letter = held(world, write)
    _, other_letter = held(world, write)
    copy(world, other_letter, MANY - 3)
    last, last_letter = held(world, write)
    set_address(world, first, "first@mail.test")
    set_address(world, last, "last@mail.test")

    world.tp.sync()
    world.send()

    assert [state(world, one) for one in (first_letter, other_letter, last_letter)] == [
        "sent",
        "held",
        "sent",
    ]


def test_a_letter_that_cannot_be_looked_at_keeps_no_other_from_going(world, monkeypatch):
    rows = [held(world, still_open) for _ in range(3)]
    for row, letter_id in rows:
        set_address(world, row, f"found{letter_id}@mail.test")
    broken = rows[1][1]
    really_asked = progress_letter.ProgressLetter.may_go_one

    def ask(self, ctx, letter):
        if letter.id == broken:
            raise LookupError("the host's own code")
        return really_asked(self, ctx, letter)

    monkeypatch.setattr(progress_letter.ProgressLetter, "may_go_one", ask)
    report = world.tp.sync()

    assert [state(world, letter_id) for _, letter_id in rows] == ["due", "held", "due"]
    assert report.failed == 1


def test_a_letter_is_not_looked_at_before_its_time(world):
    row, letter_id = held(world, still_open)
    set_address(world, row, "found@mail.test")
    world.session.get(world.m.letter, letter_id).held_until = world.clock.now() + timedelta(hours=1)
    world.session.commit()

    world.tp.sync()
    before = state(world, letter_id)
    world.clock.advance(timedelta(hours=1))
    world.tp.sync()

    assert (before, state(world, letter_id)) == ("held", "due")


def test_what_has_waited_for_long_is_looked_at_every_ten_minutes(world):
    row, letter_id = held(world, still_open)
    world.clock.advance(timedelta(days=2))
    world.tp.sync()
    set_address(world, row, "found@mail.test")

    world.tp.sync()
    before = state(world, letter_id)
    world.clock.advance(timedelta(minutes=10))
    world.tp.sync()

    assert (before, state(world, letter_id)) == ("held", "due")


def test_a_letter_held_for_a_reason_that_this_version_does_not_know_stays_held(world):
    row, letter_id = held(world, still_open)
    set_address(world, row, "found@mail.test")
    letter = world.m.letter
    world.session.execute(sa.update(letter).where(letter.id == letter_id).values(because="of_the_moon"))
    world.session.commit()

    world.tp.sync()

    assert state(world, letter_id) == "held"


def turned_down(world):
    (row,) = world.rejected()
    return row, world.letters()[-1].id


@pytest.mark.parametrize("setting", ["TALENTPOOL_PUBLIC_URL", "TALENTPOOL_COMPANY"])
@pytest.mark.parametrize("write", [still_open, invited, turned_down])
def test_a_letter_that_waited_for_a_setting_is_written_with_it(make_world, letters, write, setting):
    before = make_world(TALENTPOOL_MORNING_MAIL=False, **{setting: None})
    _, letter_id = write(before)
    letter = before.session.get(before.m.letter, letter_id)
    assert (letter.because, letter.detail) == ("settings", f"Set {setting}.")
    before.session.close()

    world = make_world(TALENTPOOL_MORNING_MAIL=False)
    world.send()

    (mail,) = [email.message_from_string(mail, policy=policy.default) for mail in letters()]
    assert "Host Ltd" in mail.get_body(("plain",)).get_content()
    links = re.findall(r"https?://\S+|(?<=\s)/talent-pool\S*", mail.get_body(("plain",)).get_content())
    assert links
    assert all(link.startswith("http://host.test/") for link in links)
