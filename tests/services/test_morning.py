"""Letters to job owners: one morning mail a working day, and reminders of a missing line."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from flask_talentpool.people.service import forget
from tests.support.measuring import statements
from tests.support.people import RITA

# What is said is the same on every database.
START = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday, before the morning mail


@pytest.fixture
def make_office(make_world):
    """A world with a job owner who reads mail; the settings are given as keywords."""

    def make(**config):
        world = make_world(start=START, **config)
        world.owner = world.User(name="Otto Owner", email="otto@host.test")
        world.session.add(world.owner)
        world.session.commit()
        world.job = world.Job(title="Engineer", owner=world.owner)
        return world

    return make


@pytest.fixture
def office(make_office):
    return make_office(TALENTPOOL_MODES="personal")


def at(world, text):
    """Move the clock on to a moment in UTC."""
    world.clock.advance(datetime.fromisoformat(text).replace(tzinfo=UTC) - world.clock.now())


def colleague(world):
    return [letter for letter in world.letters() if letter.kind == "colleague"]


def morning(world, text):
    """Sync and send at this moment; what reached colleagues before is not told again."""
    at(world, text)
    world.tp.sync()
    return world.send()


def test_nothing_waits_and_nobody_is_written_to(office):
    morning(office, "2026-03-03 09:00")

    assert colleague(office) == []


def test_somebody_who_waits_is_in_one_mail_a_working_day(office, letters):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()

    morning(office, "2026-03-09 07:59")
    assert letters() == []
    morning(office, "2026-03-09 08:00")
    morning(office, "2026-03-09 08:01")
    morning(office, "2026-03-09 15:00")

    (mail,) = letters()
    assert "To: Otto Owner <otto@host.test>" in mail
    assert "Person Number 1, Engineer: 3 days left" in mail
    assert "http://host.test/talent-pool/unanswered" in mail
    (letter,) = colleague(office)
    assert letter.occasion == f"morning:User:{office.owner.id}:2026-03-09"

    morning(office, "2026-03-10 08:00")
    assert len(letters()) == 2


@pytest.mark.parametrize("day", ["2026-03-14", "2026-03-15", "2026-03-16"])
def test_no_mail_on_a_weekend_or_a_holiday(make_office, day, letters):
    world = make_office(TALENTPOOL_HOLIDAYS=["2026-03-16"])
    world.apply(stage="interview", job=world.job)
    world.tp.sync()

    morning(world, f"{day} 09:00")

    assert letters() == []


def test_who_was_interviewed_a_moment_ago_disturbs_nobody(office, letters):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()

    morning(office, "2026-03-03 09:00")

    assert letters() == []


def test_switched_off_there_is_none(make_office, letters):
    world = make_office(TALENTPOOL_MORNING_MAIL=False, TALENTPOOL_MODES="personal")
    (person,) = world.apply(stage="interview", job=world.job)
    world.tp.sync()
    world.reject(person)

    morning(world, "2026-03-05 12:00")

    assert letters() == []


def test_all_that_waits_is_in_it(make_office, letters):
    world = make_office(TALENTPOOL_MODES={"interviewed": "personal", "finalist": "review"})
    line, review = world.apply(stage="interview", job=world.job) + world.apply(job=world.job)
    (failed,) = world.apply(stage="screen", job=world.job)
    world.tp.sync()
    world.reject(line, review, failed)
    world.tp.sync()
    letter = world.letter(failed)
    letter.state, letter.because = "failed", "server_refused"
    world.session.add(
        world.m.incoming(fingerprint="x", kind="reply", received_at=world.clock.now(), letter_id=letter.id)
    )
    world.session.commit()

    morning(world, "2026-03-03 08:00")

    (mail,) = letters()
    text = mail.replace("=\n", "").partition("<!doctype")[0]
    assert "Talent pool: 4 things wait for you" in text
    assert "Person Number 1, Engineer: until 9 March 2026, then it goes without." in text
    assert f"http://host.test/talent-pool/decisions/{world.decision(line).id}" in text
    assert "1: Waits for somebody to read and approve it." in text
    assert "1 letter was refused, or may not have arrived" in text
    assert "1 reply that nobody has read" in text
    assert "Person Number 2" not in text  # names stand only where one person is acted upon
    assert "@mail.test" not in text


def test_each_owner_reads_of_own_jobs_only(office, letters):
    other = office.User(name="Nina", email="nina@host.test")
    office.apply(stage="interview", job=office.job)
    office.apply(stage="interview", job=office.Job(title="Nurse", owner=other))
    office.tp.sync()

    morning(office, "2026-03-10 09:00")

    by_reader = {mail.partition("To: ")[2].split(" ", 1)[0].split("<")[0]: mail for mail in letters()}
    assert set(by_reader) == {"Otto", "Nina"}
    assert "Nurse" not in by_reader["Otto"]
    assert "Engineer" not in by_reader["Nina"]


@pytest.mark.parametrize("email", [None, "", "no address"])
def test_an_owner_without_an_address_is_stood_in_for_by_the_deputy(make_office, letters, email):
    world = make_office(TALENTPOOL_DEPUTY_MAILBOX="Dora Deputy <dora@host.test>")
    world.owner.email = email
    world.apply(stage="interview", job=world.job)
    world.apply(stage="interview")  # a job without an owner
    world.tp.sync()

    morning(world, "2026-03-10 09:00")

    (mail,) = letters()
    assert "To: Dora Deputy <dora@host.test>" in mail
    assert "Talent pool: 2 things wait for you" in mail


def test_without_owner_and_deputy_nobody_is_written_to(office, letters):
    office.apply(stage="interview")
    office.tp.sync()

    morning(office, "2026-03-10 09:00")

    assert letters() == []
    assert len(office.tp.unanswered()) == 1


def test_what_was_open_at_the_first_start_is_not_in_it(office, letters):
    office.apply(stage="interview", job=office.job)
    office.session.execute(sa.delete(office.m.mark).where(office.m.mark.key == "clocks"))
    office.session.commit()
    office.tp.sync()

    morning(office, "2026-04-20 09:00")

    assert letters() == []


def test_a_mail_that_did_not_go_on_its_day_is_not_sent(office, letters):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()
    at(office, "2026-03-10 09:00")
    office.tp.sync()

    at(office, "2026-03-11 07:00")
    office.send()

    assert letters() == []
    assert [(one.state, one.because) for one in colleague(office)] == [("cancelled", "stale")]


def test_what_was_settled_before_it_went_is_not_in_it(office, letters):
    first, second = office.apply(2, stage="interview", job=office.job)
    office.tp.sync()
    at(office, "2026-03-10 09:00")
    office.tp.sync()
    office.bulk("withdrawn", first)
    office.tp.sync()

    office.send()

    (mail,) = letters()
    assert "Person Number 1," not in mail
    assert "Person Number 2," in mail
    assert second.status == "open"


def test_nothing_left_when_it_goes_means_it_does_not(office, letters):
    (person,) = office.apply(stage="interview", job=office.job)
    office.tp.sync()
    at(office, "2026-03-10 09:00")
    office.tp.sync()
    office.bulk("withdrawn", person)
    office.tp.sync()

    office.send()

    assert letters() == []


def test_names_are_in_the_mail_and_not_in_the_database(office, letters):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()

    morning(office, "2026-03-10 09:00")

    assert "Person Number 1" in letters()[0]
    (letter,) = colleague(office)
    assert "Person Number" not in letter.text + letter.html + letter.subject


def test_forgetting_empties_a_morning_mail_of_unknown_fate(office):
    (person,) = office.apply(stage="interview", job=office.job)
    office.tp.sync()
    office.reject(person)
    office.tp.sync()
    at(office, "2026-03-03 09:00")
    office.tp.sync()
    office.session.execute(
        sa.update(office.m.letter)
        .where(office.m.letter.kind == "colleague")
        .values(state="unknown", text="Person Number 1")
    )
    office.session.commit()

    office.change(lambda ctx: forget(ctx, ctx.session.scalars(sa.select(ctx.models.person)).one(), by=RITA))

    assert [one.text for one in colleague(office)] == [""]


def test_a_late_answer_is_remembered_as_escalated(office):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()
    morning(office, "2026-03-11 09:00")
    clock = office.m.clock
    assert office.session.scalars(sa.select(clock.escalated_at)).one() is None

    morning(office, "2026-03-13 09:00")

    office.session.rollback()
    assert office.session.scalars(sa.select(clock.escalated_at)).one() == office.clock.now()


def test_a_new_owner_of_the_job_gets_the_mail(office, letters):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()
    office.job.owner = office.User(name="Nora New", email="nora@host.test")
    office.session.commit()

    morning(office, "2026-03-10 09:00")

    assert "To: Nora New <nora@host.test>" in letters()[0]


def test_two_workers_write_one_mail(office):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()
    at(office, "2026-03-10 09:00")

    office.at_once(office.tp.sync, office.tp.sync)

    assert len(colleague(office)) == 1


def test_a_round_without_a_morning_costs_one_statement(office):
    from flask_talentpool.digest.digest import write_digests

    office.apply(5, stage="interview", job=office.job)
    office.tp.sync()
    morning(office, "2026-03-10 09:00")
    office.session.rollback()

    with statements(office.db.engine) as seen:
        office.change(write_digests)

    assert len(seen) <= 1


def test_it_is_no_contact_with_anybody(office):
    office.apply(stage="interview", job=office.job)
    office.tp.sync()

    morning(office, "2026-03-10 09:00")

    assert office.count(office.m.touch) == 0


# Reminders of a missing line


def wanting(world):
    (person,) = world.apply(stage="interview", job=world.job)
    at(world, "2026-03-02 10:00")
    world.reject(person)
    world.tp.sync()
    return person


def occasions(world):
    return [letter.occasion for letter in colleague(world) if not letter.occasion.startswith("morning")]


def test_the_owner_is_reminded_on_the_second_and_the_fourth_day_and_then_the_deputy(make_office, letters):
    world = make_office(TALENTPOOL_MODES="personal", TALENTPOOL_DEPUTY_MAILBOX="dora@host.test")
    decision = world.decision(wanting(world)).id

    for moment, expected in (
        ("2026-03-04 09:59", []),
        ("2026-03-04 10:00", [f"remind:{decision}:1"]),
        ("2026-03-06 10:00", [f"remind:{decision}:1", f"remind:{decision}:2"]),
        ("2026-03-09 09:00", [f"remind:{decision}:1", f"remind:{decision}:2", f"deputy:{decision}"]),
    ):
        morning(world, moment)
        assert occasions(world) == expected

    reminders = [mail for mail in letters() if "a letter waits for one line" in mail]
    assert sorted("dora@" in mail for mail in reminders) == [False, False, True]
    assert all(f"/talent-pool/decisions/{decision}" in mail.replace("=\n", "") for mail in reminders)


def test_a_worker_that_was_away_sends_the_latest_reminder_alone(office):
    decision = office.decision(wanting(office)).id

    morning(office, "2026-03-06 12:00")

    assert occasions(office) == [f"remind:{decision}:2"]


def test_a_line_that_came_ends_the_reminders(office):
    person = wanting(office)
    at(office, "2026-03-04 10:00")
    office.tp.sync()
    decision = office.decision(person)
    decision.line_at = office.clock.now()
    office.session.commit()

    office.send()
    at(office, "2026-03-06 10:00")
    office.tp.sync()

    assert [(one.state, one.because) for one in colleague(office) if one.occasion.startswith("remind")] == [
        ("cancelled", "answered")
    ]


def test_a_reminder_keeps_office_hours(make_office):
    world = make_office(TALENTPOOL_MODES="personal")
    (person,) = world.apply(stage="interview", job=world.job)
    at(world, "2026-03-02 22:00")
    world.reject(person)
    world.tp.sync()

    at(world, "2026-03-04 22:00")
    world.tp.sync()

    (reminder,) = [one for one in colleague(world) if one.occasion.startswith("remind")]
    assert reminder.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_a_reminder_about_a_forgotten_person_is_emptied(office):
    wanting(office)
    at(office, "2026-03-04 10:00")
    office.tp.sync()

    office.change(lambda ctx: forget(ctx, ctx.session.scalars(sa.select(ctx.models.person)).one(), by=RITA))

    (reminder,) = [one for one in colleague(office) if one.occasion.startswith("remind")]
    assert (reminder.state, reminder.text) == ("cancelled", "")
