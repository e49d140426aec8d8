"""P12: several plain refusals of one person on one day are one letter that names all the jobs, told in one moment."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters import outbox
from flask_talentpool.people import service as people
from flask_talentpool.pools import noting
from tests.promises.world import Meanwhile
from tests.support.people import RITA
from tests.support.smtp import Answer, Drop

pytestmark = pytest.mark.untraced

JOBS = ("Engineer", "Writer", "Cook")


@pytest.fixture
def applied(world):
    """Let one person apply for several jobs, each under a candidate row of its own."""

    def apply(*jobs, name="Ada Byron", email="ada@mail.test", **columns):
        made = [
            world.Application(
                candidate=world.Candidate(full_name=name, email=email),
                job=world.Job(title=job),
                **{"status": "open", "stage": "applied", **columns},
            )
            for job in jobs or JOBS
        ]
        world.session.add_all(made)
        world.session.commit()
        return made

    return apply


def refuse(world, *applications):
    world.reject(*applications)
    world.tp.sync()


def how(world, *applications):
    world.session.rollback()
    return [(world.letter(one).state, world.letter(one).because) for one in applications]


def next_day(world):
    world.clock.advance(timedelta(days=1))
    world.tp.sync()


def test_one_letter_names_all_the_jobs_and_tells_of_all(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    before = how(world, first, second, third)
    world.send(smtp_server)

    assert before == [("due", ""), ("held", "together"), ("held", "together")]
    (mail,) = smtp_server.mails
    assert all(job in mail.text for job in JOBS)
    assert all(job in mail.html for job in JOBS)
    assert how(world, first, second, third) == [
        ("sent", ""),
        ("cancelled", "told_together"),
        ("cancelled", "told_together"),
    ]
    assert [world.decision(one).told_by for one in (first, second, third)] == ["letter"] * 3
    assert [world.tp.visible_status(one) for one in (first, second, third)] == ["rejected"] * 3


def test_each_decision_keeps_a_letter_of_its_own_that_waits_for_the_first(world, applied):
    applications = applied()
    refuse(world, *applications)
    lead, *riders = world.letters()

    assert [one.occasion for one in (lead, *riders)] == [
        f"decision:{world.decision(a).id}" for a in applications
    ]
    assert lead.with_letter_id is None
    assert {one.with_letter_id for one in riders} == {lead.id}


def test_a_reason_stands_beside_its_job(world, applied, smtp_server):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    world.change(lambda ctx: editing.set_reason(ctx, world.decision(second), "other_person", by=RITA))
    world.tp.sync()
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    reason = world.tp.settings.reasons["other_person"].sentence("en")
    assert f"Writer: {reason}" in mail.text
    assert "Engineer:" not in mail.text


def test_rejected_over_an_hour_they_are_told_in_one_letter(make_world, applied_in, smtp_server):
    world = make_world(TALENTPOOL_DELAY=timedelta(hours=3))
    applications = applied_in(world, "Engineer", "Writer", "Cook")
    for one in applications:
        refuse(world, one)
        world.clock.advance(timedelta(minutes=30))
    world.send(smtp_server)
    world.clock.advance(timedelta(hours=3))
    world.tp.sync()
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert all(job in smtp_server.mails[0].text for job in JOBS)


def test_rejected_on_both_sides_of_midnight_they_are_two_letters(make_world, applied_in, smtp_server):
    world = make_world(TALENTPOOL_DELAY=timedelta(minutes=1))
    world.clock.advance(timedelta(hours=14, minutes=58))
    first, second = applied_in(world, "Engineer", "Writer")
    refuse(world, first)
    world.clock.advance(timedelta(minutes=3))
    refuse(world, second)

    assert how(world, first, second) == [("due", ""), ("due", "")]


@pytest.fixture
def applied_in():
    def apply(world, *jobs):
        made = [
            world.Application(
                candidate=world.Candidate(full_name="Ada Byron", email="ada@mail.test"),
                job=world.Job(title=job),
                status="open",
                stage="applied",
            )
            for job in jobs
        ]
        world.session.add_all(made)
        world.session.commit()
        return made

    return apply


def test_what_is_decided_after_the_letter_went_waits_for_the_next_working_day(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second)
    world.send(smtp_server)
    refuse(world, third)
    world.send(smtp_server)
    same_day = len(smtp_server.mails), how(world, third)
    next_day(world)
    world.send(smtp_server)

    assert same_day == (1, [("held", "letter_today")])
    assert len(smtp_server.mails) == 2
    assert "Cook" in smtp_server.mails[1].text


def test_two_refusals_for_one_job_are_told_as_one(world, applied, smtp_server):
    first, second = applied("Engineer", "Engineer")
    second.job = first.job
    world.session.commit()
    refuse(world, first, second)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert mail.text.count("Engineer") == 1
    assert mail.subject.count("Engineer") == 1
    assert how(world, second) == [("cancelled", "told_together")]


@pytest.mark.parametrize(
    "other",
    [
        {"email": "ada.byron@mail.test"},
        {"scope": "other"},
        {"stage": "interview"},
    ],
)
def test_what_differs_is_not_told_together(world, applied, other):
    (first,) = applied("Engineer")
    (second,) = applied("Writer", **other)
    refuse(world, first, second)

    assert "together" not in {because for _, because in how(world, first, second)}


def test_another_name_at_the_same_address_has_a_letter_of_its_own(world, applied):
    (first,) = applied("Engineer")
    (second,) = applied("Writer", name="Charles Babbage")
    refuse(world, first, second)

    assert "together" not in {because for _, because in how(world, first, second)}


def test_who_signs_differs_and_so_do_the_letters(world, applied):
    first, second = applied("Engineer", "Writer")
    olga = world.User(name="Olga Owner", email="olga@host.test", role="manager")
    world.session.add(olga)
    second.job.owner = olga
    world.session.commit()
    refuse(world, first, second)

    assert "together" not in {because for _, because in how(world, first, second)}


@pytest.mark.parametrize("act", ["line", "door", "approve", "hold", "feedback"])
def test_what_somebody_touches_leaves_the_letter_that_tells_of_all(world, applied, smtp_server, act):
    first, second, third = applied()
    refuse(world, first, second, third)

    def touch(ctx):
        decision = world.decision(second)
        if act == "line":
            editing.set_line(ctx, decision, "Your drawing was the clearest.", by=RITA)
        elif act == "door":
            editing.set_door(ctx, decision, Door.OPEN, by=RITA)
        elif act == "approve":
            lifecycle.approve(ctx, decision, by=RITA)
        elif act == "feedback":
            editing.set_feedback(ctx, decision, "We saw two good drawings.", by=RITA)
        else:
            outbox.hold(ctx, world.letter(second), by=RITA)

    world.change(touch)
    world.tp.sync()
    world.send(smtp_server)

    together = next(mail for mail in smtp_server.mails if "Cook" in mail.text)
    assert "Engineer" in together.text
    assert "Writer" not in together.text
    assert world.letter(second).because != "told_together"


def test_taken_back_before_it_goes_a_job_is_not_named(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(second), by=RITA))
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert "Writer" not in mail.text
    assert world.tp.visible_status(second) == "open"


def test_what_the_host_takes_back_unseen_is_taken_out_at_hand_over(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    world.bulk("open", second)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert "Writer" not in mail.text
    assert how(world, first, third) == [("sent", ""), ("cancelled", "told_together")]
    assert world.tp.visible_status(second) == "open"


def test_taken_back_to_one_it_is_the_letter_about_that_one(world, applied, smtp_server):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    world.bulk("open", second)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert mail.subject == "Our answer: Engineer at Host Ltd"


def test_when_the_first_is_taken_back_the_next_tells_of_the_rest(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(first), by=RITA))
    world.tp.sync()
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert "Engineer" not in mail.text
    assert how(world, second, third) == [("sent", ""), ("cancelled", "told_together")]


def test_when_somebody_holds_the_first_the_next_tells_of_the_rest(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    world.change(lambda ctx: outbox.hold(ctx, world.letter(first), by=RITA))
    world.tp.sync()
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert "Engineer" not in mail.text
    assert how(world, first, second, third) == [
        ("held", "by_hand"),
        ("sent", ""),
        ("cancelled", "told_together"),
    ]


def test_when_the_first_is_refused_the_next_tells_of_the_rest(world, applied, smtp_server):
    first, second, third = applied()
    refuse(world, first, second, third)
    smtp_server.at("DOT", Answer("554 5.6.0 refused"))
    world.send(smtp_server)
    refused = how(world, first, second, third)
    world.tp.sync()
    world.send(smtp_server)

    assert refused == [("failed", "server_refused"), ("held", "together"), ("held", "together")]
    assert how(world, second, third) == [("sent", ""), ("cancelled", "told_together")]


def test_while_nobody_knows_whether_it_arrived_the_others_wait(world, applied, smtp_server):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    smtp_server.at("DOT", Drop(accepted=True))
    world.send(smtp_server)
    next_day(world)
    world.send(smtp_server)
    unknown = how(world, first, second)

    with pytest.raises(Refused):
        world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(second), by=RITA))
    world.change(lambda ctx: outbox.it_arrived(ctx, world.letter(first), by=RITA))

    assert unknown == [("unknown", "no_answer"), ("held", "together")]
    assert how(world, first, second) == [("sent", ""), ("cancelled", "told_together")]
    assert world.decision(second).told_by == "letter"
    assert len(smtp_server.mails) == 1


@pytest.mark.parametrize("act", ["take_back", "tell", "approve", "hold"])
def test_nothing_is_done_to_one_of_them_while_the_letter_is_in_the_air(world, applied, smtp_server, act):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    key = second.id

    def meanwhile(ctx):
        decision = lifecycle.live_decision(ctx, key)
        if act == "take_back":
            lifecycle.take_back(ctx, decision, by=RITA)
        elif act == "tell":
            telling.tell_decision(ctx, decision, channel="phone", by=RITA)
        elif act == "approve":
            lifecycle.approve(ctx, decision, by=RITA, at_once=True)
        else:
            outbox.hold(ctx, lifecycle.letter_of(ctx, decision), by=RITA)

    transport = Meanwhile(smtp_server.url, lambda: world.aside(lambda: world.change(meanwhile)))
    world.send(transport=transport)

    assert [type(error) for error in transport.raised] == [BeingHandedOver]
    assert len(smtp_server.mails) == 1
    assert how(world, second) == [("cancelled", "told_together")]


def test_taken_back_by_the_host_in_the_air_it_was_told_all_the_same(world, applied, smtp_server):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    key = second.id

    def reopen():
        row = world.session.get(world.Application, key)
        row.status = "open"
        world.session.commit()

    world.send(transport=Meanwhile(smtp_server.url, lambda: world.aside(reopen)))

    assert [one.told_by for one in world.decisions_of(second)] == ["letter"]
    world.reject(second)
    world.tp.sync()
    assert world.letter(second).because == "told_before"


def test_two_workers_tell_once(world, applied, smtp_server):
    applications = applied(*(f"Job {n}" for n in range(8)))
    refuse(world, *applications)
    results = world.at_once(lambda: world.send(smtp_server), lambda: world.send(smtp_server), world.tp.sync)

    assert not [one for one in results if isinstance(one, Exception)]
    assert len(smtp_server.mails) == 1
    assert all(world.decision(one).told_at is not None for one in applications)


def test_forgetting_the_person_leaves_nothing_of_either_letter(world, applied, smtp_server):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    person = world.decision(first).person_id
    world.change(lambda ctx: people.forget(ctx, ctx.session.get(world.m.person, person), by=RITA))
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert {(one.state, one.text, one.with_letter_id) for one in world.letters()} == {("cancelled", "", None)}


def test_when_the_letter_comes_back_nobody_was_told_of_either(world, applied, smtp_server):
    from tests.support.incoming import postfix

    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    world.send(smtp_server)
    world.tp.receive(postfix(world.letter(first).message_id))

    ctx = world.tp.context()
    assert telling.came_back(ctx, world.decision(first))
    assert telling.came_back(ctx, world.decision(second))


def test_pages_say_that_it_goes_together_and_show_what_is_said(world, applied):
    first, second = applied("Engineer", "Writer")
    refuse(world, first, second)
    rita = world.User(name="Rita", email="rita@host.test", role="recruiter")
    world.session.add(rita)
    world.session.commit()
    client = world.app.test_client()
    client.get(f"/sign-in/{rita.id}")
    pages = [
        client.get(path).get_data(as_text=True)
        for path in (
            f"/talent-pool/decisions/{world.decision(second).id}",
            f"/talent-pool/letters/{world.letter(second).id}",
            "/talent-pool/letters?state=held",
        )
    ]

    for page in pages:
        assert "ogether with" in page
        assert f"/talent-pool/letters/{world.letter(first).id}" in page
    assert all("Our answer to your applications at Host Ltd" in page for page in pages[:2])


@pytest.mark.parametrize(("state", "says_so"), [("member", True), ("paused", True), ("ended", False)])
def test_who_has_a_place_is_not_told_that_they_must_ask_for_one(world, applied, smtp_server, state, says_so):
    (first,) = applied("Engineer", stage="interview")
    world.change(lambda ctx: placed(ctx, world, first, state))
    refuse(world, first)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert ("You already have a place in our talent pool" in mail.text) is says_so
    assert ("you can ask us to" in mail.text) is not says_so


def test_a_place_that_was_given_up_before_it_went_is_not_spoken_of(world, applied, smtp_server):
    (first,) = applied("Engineer")
    world.change(lambda ctx: placed(ctx, world, first, "member"))
    refuse(world, first)
    world.session.execute(sa.update(world.m.member).values(state="ended"))
    world.session.commit()
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert "You already have a place" not in mail.text
    assert "you can ask us to" in mail.text


def placed(ctx, world, application, state):
    """Give the person a place that has come so far."""
    candidate = ctx.session.get(world.Candidate, application.candidate_id)
    member = noting.recall_to_pool(ctx, candidate, "", by=RITA).member
    member.state = state


def test_letters_that_failed_one_after_another_are_sent_again_as_one(world, applied, smtp_server):
    applications = applied()
    refuse(world, *applications)
    for _ in applications:
        smtp_server.at("DOT", Answer("550 5.7.1 message rejected: blocked using a block list"), times=1)
        world.send(smtp_server)
        world.tp.sync()
    assert [state for state, _ in how(world, *applications)] == ["failed"] * 3
    for one in applications:
        world.change(lambda ctx, one=one: lifecycle.send_again(ctx, world.letter(one), by=RITA))
    world.tp.sync()
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert all(job in mail.text for job in JOBS)
    assert sorted(how(world, *applications)) == [
        ("cancelled", "told_together"),
        ("cancelled", "told_together"),
        ("sent", ""),
    ]


def test_a_letter_that_failed_for_several_names_its_own_job_once_the_others_were_told(
    world, applied, smtp_server
):
    first, second, third = applied()
    refuse(world, first, second, third)
    smtp_server.at("DOT", Answer("550 5.7.1 message rejected: blocked using a block list"), times=1)
    world.send(smtp_server)
    world.tp.sync()
    world.send(smtp_server)
    world.change(lambda ctx: lifecycle.send_again(ctx, world.letter(first), by=RITA))
    next_day(world)
    world.send(smtp_server)

    told, alone = smtp_server.mails
    assert "Writer" in told.text
    assert "Cook" in told.text
    assert "Engineer" in alone.text
    assert "Writer" not in alone.text
