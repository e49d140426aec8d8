"""Where parts built apart meet: a place and a short letter, a mode and a stage, a person and all they are named in."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from flask_talentpool import BusinessDelay
from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.telling import confirmation
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door, StageReached
from flask_talentpool.people.service import link_person, same_person
from flask_talentpool.privacy.erasure import forget_candidate
from tests.promises.world import Meanwhile
from tests.support import incoming as samples
from tests.support.people import OMAR, RITA
from tests.support.smtp import Answer

FRIDAY_EVENING = datetime(2026, 3, 6, 18, tzinfo=UTC)


def act(world, application, work):
    """Do something to the decision that stands for an application, in a transaction of its own."""
    decision_id = world.decision(application).id
    return world.change(lambda ctx: work(ctx, lifecycle.find(ctx, decision_id)))


def wanted_back(world, application):
    act(world, application, lambda ctx, decision: editing.set_door(ctx, decision, Door.OPEN, by=RITA))


def told(world, application):
    act(
        world,
        application,
        lambda ctx, decision: telling.tell_decision(ctx, decision, channel="phone", by=RITA),
    )


def take_back(world, application):
    act(world, application, lambda ctx, decision: lifecycle.take_back(ctx, decision, by=RITA))


def states_of_places(world):
    return [member.state for member in world.members()]


# A place is offered by the letter that goes, and by no other


def test_a_place_that_only_a_stale_short_letter_offered_is_not_offered(make_world):
    world = make_world()
    (application,) = world.rejected()
    wanted_back(world, application)
    told(world, application)
    act(world, application, lambda ctx, decision: confirmation.confirm(ctx, decision, by=RITA))
    offered = states_of_places(world)
    world.clock.advance(timedelta(days=3))
    world.send()

    assert offered == ["offered"]
    assert [letter.because for letter in world.letters() if letter.kind == "confirmation"] == ["stale"]
    assert states_of_places(world) == ["ended"]


def test_a_place_that_a_letter_offered_outlives_a_later_decision_that_is_taken_back(make_world):
    world = make_world()
    (first,) = world.rejected()
    wanted_back(world, first)
    world.send()
    person = world.session.get(world.Candidate, first.candidate_id)
    later = world.Application(
        candidate=person, job=world.Job(title="Other"), status="open", stage="final", scope=""
    )
    world.session.add(later)
    world.session.commit()
    world.reject(later)
    world.tp.sync()
    wanted_back(world, later)
    take_back(world, later)

    assert states_of_places(world) == ["offered"]


def test_a_door_closed_again_leaves_the_place_an_earlier_letter_offered(make_world):
    world = make_world()
    (first,) = world.rejected()
    wanted_back(world, first)
    world.send()
    person = world.session.get(world.Candidate, first.candidate_id)
    later = world.Application(
        candidate=person, job=world.Job(title="Other"), status="open", stage="final", scope=""
    )
    world.session.add(later)
    world.session.commit()
    world.reject(later)
    world.tp.sync()
    wanted_back(world, later)
    act(world, later, lambda ctx, decision: editing.set_door(ctx, decision, Door.UNLATCHED, by=RITA))

    assert states_of_places(world) == ["offered"]


# A mode changed by a stage corrected


def test_a_letter_of_a_stage_that_gets_none_does_not_go_by_itself(make_world):
    modes = {"applied": "off", "screened": "auto", "interviewed": "personal", "finalist": "personal"}
    world = make_world(TALENTPOOL_MODES=modes)
    (application,) = world.rejected(stage="interview")
    act(
        world,
        application,
        lambda ctx, decision: editing.set_stage(ctx, decision, StageReached.APPLIED, by=RITA),
    )
    world.send()
    world.clock.advance(timedelta(days=20))
    world.tp.sync()
    world.send()

    assert world.letter(application).state == "held"


# The limit of the answer clock


def test_a_letter_that_was_pressed_and_never_went_does_not_stand_for_the_one_at_the_limit(make_world):
    world = make_world()
    (application,) = world.apply(stage="interview")
    world.tp.sync()
    person = world.session.get(world.Candidate, application.candidate_id)
    person.email = ""
    world.session.commit()
    clock_id = world.session.scalars(sa.select(world.m.clock.id)).one()
    world.change(
        lambda ctx: progress.say_still_open(ctx, ctx.session.get(ctx.models.clock, clock_id), by=RITA)
    )
    world.clock.advance(timedelta(days=15))
    world.tp.sync()
    person = world.session.get(world.Candidate, application.candidate_id)
    person.email = "person1@mail.test"
    world.session.commit()
    for _ in range(3):
        world.clock.advance(timedelta(days=31))
        world.tp.sync()
        world.send()

    assert [(letter.state, letter.because) for letter in world.letters()] == [
        ("cancelled", "stale"),
        ("sent", ""),
    ]


# A person who is forgotten


def everything_in(world):
    """Return every value of every table of ours as one text."""
    world.session.rollback()
    tables = [table for table in world.db.metadata.sorted_tables if table.name.startswith("talentpool_")]
    return {
        f"{table.name}.{column}": str(value)
        for table in tables
        for number, row in enumerate(world.session.execute(sa.select(table)).mappings())
        for column, value in ((f"{key}#{number}", item) for key, item in row.items())
        if value is not None
    }


def test_a_progress_letter_that_was_written_while_nobody_knew_who_it_was_is_erased_too(make_world):
    world = make_world()
    (application,) = world.apply(stage="interview")
    world.tp.sync()
    candidate = application.candidate
    world.change(lambda ctx: link_person(ctx, ctx.session.get(world.Candidate, candidate.id), ""))
    world.session.execute(  # a statement no hook sees
        sa.update(world.Candidate)
        .where(world.Candidate.id == candidate.id)
        .values(full_name="Somebody Else", email="else@mail.test")
        .execution_options(synchronize_session=False)
    )
    world.session.commit()
    clock_id = world.session.scalars(sa.select(world.m.clock.id)).one()
    world.change(
        lambda ctx: progress.say_still_open(ctx, ctx.session.get(ctx.models.clock, clock_id), by=RITA)
    )
    link = world.session.scalars(sa.select(world.m.candidate_link)).one()
    world.change(
        lambda ctx: same_person(
            ctx,
            ctx.session.get(ctx.models.candidate_link, link.id),
            ctx.session.get(world.Candidate, candidate.id),
            by=RITA,
        )
    )
    world.tp.sync()
    world.send()
    world.change(lambda ctx: forget_candidate(ctx, str(application.candidate_id), by=RITA))

    left = {k: v for k, v in everything_in(world).items() if "else" in v.lower() or "number 1" in v.lower()}
    assert left == {}


# What somebody approved is what goes


def test_a_line_written_by_somebody_else_after_the_approval_waits_for_another(make_world):
    world = make_world(TALENTPOOL_MODES="review")
    (application,) = world.rejected()
    act(world, application, lambda ctx, decision: lifecycle.approve(ctx, decision, by=RITA))
    act(
        world,
        application,
        lambda ctx, decision: editing.set_line(ctx, decision, "You drew it on one page.", by=OMAR),
    )
    world.send()

    letter = world.letter(application)
    assert (letter.state, letter.because, letter.approved_by) == ("held", "review", "")


def test_a_line_written_by_whoever_approved_the_letter_goes(make_world):
    world = make_world(TALENTPOOL_MODES="review")
    (application,) = world.rejected()
    act(world, application, lambda ctx, decision: lifecycle.approve(ctx, decision, by=RITA))
    act(
        world,
        application,
        lambda ctx, decision: editing.set_line(ctx, decision, "You drew it on one page.", by=RITA),
    )
    world.send()

    assert world.letter(application).state == "sent"


def test_a_letter_approved_on_a_friday_evening_goes_on_monday(make_world):
    world = make_world(TALENTPOOL_MODES="review", TALENTPOOL_DELAY=BusinessDelay(days=1))
    (application,) = world.rejected()
    world.clock.advance(FRIDAY_EVENING - world.clock.now())
    act(world, application, lambda ctx, decision: lifecycle.approve(ctx, decision, by=RITA))
    world.send()
    on_friday = world.letter(application).state
    world.clock.advance(timedelta(days=2, hours=15))
    world.send()

    assert (on_friday, world.letter(application).state) == ("due", "sent")


def test_a_place_offered_by_a_letter_that_was_put_off_ends_with_the_decision(make_world, smtp_server):
    world = make_world()
    (application,) = world.rejected()
    wanted_back(world, application)
    key = application.id

    def host_reverts():
        world.set_status("open", world.session.get(world.Application, key))

    smtp_server.at("RCPT", Answer("450 4.2.0 later"))
    world.send(transport=Meanwhile(smtp_server.url, lambda: world.aside(host_reverts)))
    world.clock.advance(timedelta(minutes=2))
    world.send(smtp_server)

    assert world.states() == {"cancelled": 1}
    assert states_of_places(world) == ["ended"]


# What comes back, comes late, or comes in order


def test_somebody_whose_letter_came_back_can_be_told_another_way(make_world, smtp_server):
    world = make_world()
    (application,) = world.rejected()
    world.send(smtp_server)
    told(world, application)
    by_letter = world.decision(application).told_by
    world.tp.receive(samples.postfix(world.letter(application).message_id, to="person1@mail.test"))

    told(world, application)

    assert (by_letter, world.decision(application).told_by) == ("letter", "phone")


def test_a_worker_that_was_away_over_friday_writes_on_monday(make_world, smtp_server):
    world = make_world(TALENTPOOL_DELAY=BusinessDelay(days=0))
    late, at_once = world.rejected(2)
    world.clock.move_to(FRIDAY_EVENING + timedelta(hours=18))  # Saturday; it was due on Monday
    act(world, at_once, lambda ctx, decision: lifecycle.approve(ctx, decision, by=RITA, at_once=True))

    world.send(smtp_server)
    on_saturday = [mail.rcpt_tos[0] for mail in smtp_server.mails]
    world.clock.move_to(datetime(2026, 3, 9, 9, tzinfo=UTC))
    world.send(smtp_server)

    assert on_saturday == ["person2@mail.test"]
    assert [mail.rcpt_tos[0] for mail in smtp_server.mails] == ["person2@mail.test", "person1@mail.test"]
    assert world.letter(late).sent_at == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_who_has_a_place_in_the_finish_is_a_finalist(make_world):
    world = make_world(TALENTPOOL_MODES={"interviewed": "auto", "finalist": "review"})
    (application,) = world.rejected(stage="interview")
    before = world.letter(application).state

    act(world, application, lambda ctx, decision: editing.set_finish(ctx, decision, 2, of=9, by=RITA))
    world.tp.sync()

    assert before == "due"
    assert world.decision(application).stage_reached == "finalist"
    assert (world.letter(application).state, world.letter(application).because) == ("held", "review")
    assert world.letter(application).text_name == "outcome/finalist.unlatched"


def test_nobody_with_an_offer_in_hand_is_written_to_that_it_is_still_open(make_world):
    world = make_world(
        TALENTPOOL_MORNING_MAIL=False, entries={"offered": lambda application: application.note == "offer"}
    )
    world.apply(1, note="offer")
    world.apply(1)
    world.tp.sync()
    world.clock.advance(timedelta(days=46))

    world.tp.sync()

    assert [letter.to_address for letter in world.letters()] == ["person2@mail.test"]
