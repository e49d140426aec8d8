"""Who signs a letter and who reads the answer: a person only where the host names one, and as it is when it goes."""

import email
from datetime import timedelta
from email import policy

import pytest
import sqlalchemy as sa

from flask_talentpool import FlaskLoginAccess
from flask_talentpool.access import Access, Actor
from flask_talentpool.answer_clock import progress_letter
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.telling import ask_colleague, confirmation, correction
from flask_talentpool.enums import Door, HoldReason
from flask_talentpool.letters import outbox
from flask_talentpool.letters.signer import look_at_owners
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA

TEAM = "The hiring team at Host Ltd"
SHARED = "jobs@host.test"


@pytest.fixture
def make(make_world):
    def make(entries=None, **config):
        return make_world(entries=entries, TALENTPOOL_MORNING_MAIL=False, **config)

    return make


def owned(world, name="Ada Okafor", address="ada@host.test"):
    return world.Job(title="Engineer", owner=world.User(name=name, email=address))


def read(mail):
    """Return who signs a letter, where answers go, and what it says."""
    message = email.message_from_string(mail, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    return text.rstrip().splitlines()[-1], str(message["Reply-To"] or SHARED), text


def told(world, letters, job):
    (row,) = world.apply(stage="screen", job=job)
    world.reject(row)
    world.tp.sync()
    world.send()
    return read(letters()[-1])


def raises(_row):
    raise RuntimeError("the directory is away")


def test_a_named_owner_signs_and_reads_what_comes_to_their_own_address(make, letters):
    world = make()

    signs, reads, text = told(world, letters, owned(world))

    assert (signs, reads) == ("Ada Okafor", "ada@host.test")
    assert "I read" in text
    assert "ada@host.test" in text


def test_an_owner_without_an_address_signs_and_is_not_said_to_read_the_companys(make, letters):
    world = make()

    signs, reads, text = told(world, letters, owned(world, address=None))

    assert (signs, reads) == ("Ada Okafor", SHARED)
    assert "We read" in text
    assert "I read" not in text


@pytest.mark.parametrize(
    "name", ["ada@host.test", "User:17", "17", "a1810802-5b8e", "aokafor", "", "  ", None]
)
def test_what_is_no_name_is_not_printed(make, letters, name):
    world = make()

    signs, reads, text = told(world, letters, owned(world, name=name))

    assert (signs, reads) == (TEAM, SHARED)
    assert "ada@host.test" not in text


@pytest.mark.parametrize(
    "owner", ["job.owner_id", lambda row: f"User:{row.job.owner_id}", lambda _row: "Ada Okafor, HR"]
)
def test_a_bare_key_or_a_text_is_not_printed(make, letters, owner):
    world = make({"owner": owner})

    signs, reads, text = told(world, letters, owned(world))

    assert (signs, reads) == (TEAM, SHARED)
    assert "Okafor" not in text


def test_a_text_is_printed_where_the_map_says_that_it_is_a_name(make, letters):
    world = make({"owner": "job.owner_id", "owner_name": "job.owner.name", "owner_email": "job.owner.email"})

    assert told(world, letters, owned(world))[:2] == ("Ada Okafor", "ada@host.test")


@pytest.mark.parametrize("entry", ["owner", "owner_name"])
def test_an_owner_whose_attribute_raises_counts_as_none(make, letters, entry):
    world = make({entry: raises})

    assert told(world, letters, owned(world))[0] == TEAM


def test_an_address_that_raises_is_not_theirs(make, letters):
    world = make({"owner_email": raises})

    assert told(world, letters, owned(world))[:2] == ("Ada Okafor", SHARED)


def test_without_owners_in_the_map_letters_come_from_the_sender(make, letters):
    world = make({"owner": None})

    signs, reads, text = told(world, letters, owned(world))

    assert (signs, reads) == ("Anna Berg", SHARED)
    assert "I read" not in text


def test_a_team_signs_in_the_language_of_the_letter(make, letters):
    world = make({"owner": "job.owner_id"}, TALENTPOOL_LOCALE="de")

    assert told(world, letters, owned(world))[0] == "Das Recruiting-Team von Host Ltd"


class Person:
    """A user of a host; what is not given is not there."""

    def __init__(self, **columns):
        vars(self).update(columns)


class Broken(Person):
    @property
    def full_name(self):
        raise RuntimeError("no directory")


@pytest.mark.parametrize(
    ("user", "name", "address"),
    [
        (Person(full_name="Ada Okafor", email="ada@host.test"), "Ada Okafor", "ada@host.test"),
        (Person(first_name="Ada", last_name=None, mail="ada@host.test"), "Ada", "ada@host.test"),
        (
            Person(given_name="Ada", family_name="Okafor", email_address="a@host.test"),
            "Ada Okafor",
            "a@host.test",
        ),
        (Person(name="ada@host.test", display_name="Ada O."), "Ada O.", ""),
        (Person(username="aokafor"), "", ""),
        (Broken(name="Ada Okafor"), "Ada Okafor", ""),
    ],
)
def test_the_usual_attributes_say_who_it_is(user, name, address):
    for access in (Access(), FlaskLoginAccess(name="nickname", email="post")):
        assert (access.name_of(user), access.address_of(user)) == (name, address)


def test_what_the_rights_are_read_by_comes_before_the_usual_attributes():
    user = Person(nickname="Dr. Okafor", name="Ada", post="dr@host.test", email="ada@host.test")

    access = FlaskLoginAccess(name="nickname", email="post")

    assert (access.name_of(user), access.address_of(user)) == ("Dr. Okafor", "dr@host.test")


# Until it goes


def waiting(world, **config):
    (row,) = world.apply(job=owned(world), **config)
    world.reject(row)
    world.tp.sync()
    return row


def give_to(world, row, name):
    row.job.owner = world.User(name=name, email=f"{name.split()[0].casefold()}@host.test")
    world.session.commit()


def lose_owner(world, row):
    gone = row.job.owner
    row.job.owner = None
    world.session.delete(gone)
    world.session.commit()


@pytest.mark.both_databases
def test_a_letter_whose_owner_changed_is_signed_by_the_new_one(make, letters):
    world = make()
    row = waiting(world)

    give_to(world, row, "Bo Lindqvist")
    world.send()

    signs, reads, text = read(letters()[-1])
    assert (signs, reads) == ("Bo Lindqvist", "bo@host.test")
    assert "Ada" not in text
    assert "ada@host.test" not in text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("deputy", "signs", "reads"),
    [(None, TEAM, SHARED), ("Dana Deputy <dana@host.test>", "Dana Deputy", "dana@host.test")],
)
def test_of_an_owner_who_is_deleted_an_hour_before_the_deputy_signs_or_the_team(
    make, letters, deputy, signs, reads
):
    world = make(TALENTPOOL_DEPUTY_MAILBOX=deputy, TALENTPOOL_DELAY=timedelta(hours=3))
    row = waiting(world)
    world.clock.advance(timedelta(hours=2))

    lose_owner(world, row)
    world.clock.advance(timedelta(hours=1))
    world.send()

    assert read(letters()[-1])[:2] == (signs, reads)


def test_a_deputy_without_a_name_is_not_printed(make, letters):
    world = make(TALENTPOOL_DEPUTY_MAILBOX="dana@host.test")
    row = waiting(world)

    lose_owner(world, row)
    world.send()

    assert read(letters()[-1])[:2] == (TEAM, SHARED)


def test_a_letter_of_an_earlier_version_is_signed_anew(make, letters):
    world = make()
    row = waiting(world)
    letter = world.m.letter
    world.session.execute(sa.update(letter).values(signed_by=None, text="No.\n\nUser:1", html="<p>No.</p>"))
    world.session.commit()

    world.send()

    assert read(letters()[-1])[0] == "Ada Okafor"
    assert row.job.owner.name == "Ada Okafor"


def test_what_was_approved_waits_to_be_read_again(make, letters):
    world = make(TALENTPOOL_MODES="review")
    row = waiting(world)
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(row), by=RITA))

    give_to(world, row, "Bo Lindqvist")
    world.send()
    world.tp.sync()
    world.send()

    letter = world.letter(row)
    assert (letter.state, letter.because, letter.approved_by) == ("held", HoldReason.SIGNED_ANEW, "")
    assert (letter.signed_by, letter.reply_to) == ("Bo Lindqvist", "bo@host.test")
    assert letters() == []

    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(row), by=RITA))
    world.send()
    assert read(letters()[-1])[0] == "Bo Lindqvist"


def test_what_was_approved_goes_where_the_owner_only_changed_and_changed_back(make, letters):
    world = make(TALENTPOOL_MODES="review", TALENTPOOL_DELAY=timedelta(hours=3))
    row = waiting(world)
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(row), by=RITA))
    ada = row.job.owner

    give_to(world, row, "Bo Lindqvist")
    world.tp.sync()
    row.job.owner = ada
    world.session.commit()
    world.clock.advance(timedelta(hours=3))
    world.send()

    assert read(letters()[-1])[0] == "Ada Okafor"


def confirmed(world):
    (row,) = world.told(job=owned(world))
    return row, world.change(lambda ctx: confirmation.confirm(ctx, world.decision(row), by=RITA).id)


def corrected(world):
    (row,) = world.told(job=owned(world))

    def correct(ctx):
        decision = world.decision(row)
        correction.take_back_told(ctx, decision, why="Mixed up", by=RITA)
        ctx.session.get(world.Application, row.id).status = "open"
        ctx.session.flush()
        return correction.correct(ctx, decision, why="We mixed up two names.", by=RITA).id

    return row, world.change(correct)


@pytest.mark.parametrize("write", [confirmed, corrected])
def test_what_a_person_read_and_sent_is_read_again_too(make, letters, write):
    world = make()
    row, letter_id = write(world)

    give_to(world, row, "Bo Lindqvist")
    world.send()
    world.tp.sync()
    world.send()
    letter = world.session.get(world.m.letter, letter_id, populate_existing=True)
    assert (letter.state, letter.because) == ("held", HoldReason.SIGNED_ANEW)
    assert letters() == []

    world.change(lambda ctx: outbox.approve(ctx, ctx.session.get(ctx.models.letter, letter_id), by=RITA))
    world.send()
    signs, reads, text = read(letters()[-1])
    assert (signs, reads) == ("Bo Lindqvist", "bo@host.test")
    assert write is confirmed or "We mixed up two names." in text


def still_open(world):
    (row,) = world.apply(stage="interview", job=owned(world))
    world.tp.sync()
    clock = world.m.clock
    found = sa.select(clock).where(clock.application_id == row.id)
    world.change(lambda ctx: progress_letter.say_still_open(ctx, ctx.session.scalars(found).one(), by=RITA))
    return row


def invited(world):
    (row,) = world.told(job=owned(world))
    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=RITA))
    return row


@pytest.mark.parametrize("write", [still_open, invited])
def test_other_letters_are_signed_anew_as_well(make, letters, write):
    world = make()
    row = write(world)

    give_to(world, row, "Bo Lindqvist")
    world.send()

    assert read(letters()[-1])[:2] == ("Bo Lindqvist", "bo@host.test")


# Inviters, askers, who opened the door, reminders


@pytest.mark.parametrize(("name", "signs"), [("Rita Miller", "Rita Miller"), ("User:a1810802", TEAM)])
def test_whoever_invites_signs_by_name_or_not_at_all(make, letters, name, signs):
    world = make({"owner": "job.owner_id"})
    (row,) = world.told(job=owned(world))

    world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=Actor("User:a1810802", name)))
    world.send()

    written_by, reads, text = read(letters()[-1])
    assert (written_by, reads) == (signs, SHARED)
    assert "I read" not in text


def test_whoever_opened_the_door_is_named_or_is_one_of_us(make):
    world = make()
    row = waiting(world)
    nameless = Actor("User:a1810802", "User:a1810802")

    world.change(lambda ctx: editing.set_door(ctx, world.decision(row), Door.OPEN, by=nameless))

    assert "User:" not in world.letter(row).text


def test_whoever_asks_for_a_line_is_named_or_is_a_colleague(make, letters):
    world = make(TALENTPOOL_MODES="personal")
    row = waiting(world)
    nameless = Actor("User:a1810802", "User:a1810802")

    world.change(
        lambda ctx: ask_colleague.ask(
            ctx, world.decision(row), name="Kim", address="kim@host.test", by=nameless
        )
    )
    world.send()

    assert "User:" not in letters()[-1]
    assert "A colleague asks you" in letters()[-1]


@pytest.mark.parametrize("deputy", [None, "Dana Deputy <dana@host.test>"])
def test_a_reminder_goes_to_who_owns_the_job_when_it_goes(make_world, letters, deputy):
    world = make_world(TALENTPOOL_MODES="personal", TALENTPOOL_DEPUTY_MAILBOX=deputy)
    moved, lost = waiting(world), waiting(world)
    world.clock.advance(timedelta(days=2, hours=1))
    world.tp.sync()

    give_to(world, moved, "Bo Lindqvist")
    lose_owner(world, lost)
    world.send()

    mails = [email.message_from_string(mail, policy=policy.default) for mail in letters()]
    to = sorted(str(mail["To"]) for mail in mails if "waits for one line" in str(mail["Subject"]))
    assert to == sorted(filter(None, ["Bo Lindqvist <bo@host.test>", deputy]))


def test_check_is_told_how_letters_print_owners_and_how_many_have_none(make):
    world = make()
    names = [
        ("Ada Okafor", "ada@host.test"),
        ("Bo Li", None),
        ("Cy Young", "cy@host.test"),
        ("u17", "u@host.test"),
    ]
    rows = [world.apply(job=owned(world, *one))[0] for one in names]

    found = look_at_owners(world.tp.context(), rows)

    assert found.examples == ("Ada Okafor <ada@host.test>", "Bo Li, no own address")
    assert found.without == 1
