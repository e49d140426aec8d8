"""P2: no promise without a place. What a letter says about the door is true of the tables too."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from flask_talentpool import letters
from flask_talentpool.decisions import editing, facts, lifecycle
from flask_talentpool.decisions.telling import confirmation
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.prepare import open_link
from flask_talentpool.links import purposes_in
from flask_talentpool.pools import ending, model, noting
from tests.support.people import RITA
from tests.support.smtp import Answer, Drop

PROMISES = re.compile(
    r"have you (back|with us)|talent pool|offering you a place|take the place|impress|strong|outstanding|excellent|"
    r"we (will |shall )?keep (you|your \w+) in mind|we will (be in touch|keep)|future (role|opening|position)",
    re.IGNORECASE,
)
DOORS_BY_STAGE = [
    (stage, door) for stage in ("applied", "screen", "interview", "final") for door in ("unlatched", "closed")
]


def set_door(world, application, door):
    return world.change(lambda ctx: editing.set_door(ctx, world.decision(application), door, by=RITA))


def without_letter(world, *, stage="final", status="rejected"):
    """Return a rejected application whose letter is not composed yet."""
    (application,) = world.apply(stage=stage)
    world.set_status(status, application)
    return application


def test_an_open_door_writes_the_place_with_the_letter_that_offers_it(world, smtp_server):
    (application,) = world.rejected()

    set_door(world, application, Door.OPEN)

    letter = world.letter(application)
    (member,) = world.members()
    pool = world.session.get(world.m.pool, member.pool_id)
    assert (member.state, member.source) == ("offered", "letter")
    assert (letter.state, letter.member_id) == ("due", member.id)
    assert f'"{pool.name}"' in letter.text
    assert RITA.name in letter.text
    world.send(smtp_server)
    assert f'"{pool.name}"' in smtp_server.mails[0].text


@pytest.mark.parametrize("composed", [False, True], ids=["first", "anew"])
def test_when_the_letter_cannot_be_written_the_place_is_not_offered(world, composed):
    application = world.rejected()[0] if composed else without_letter(world)

    def fails(_mapper, _connection, _letter):
        raise RuntimeError("the power went")

    for name in ("before_insert", "before_update"):
        event.listen(world.m.letter, name, fails)
    with pytest.raises(RuntimeError):
        set_door(world, application, Door.OPEN)
    for name in ("before_insert", "before_update"):
        event.remove(world.m.letter, name, fails)

    assert world.members() == []
    assert world.count(world.m.pool) == 0
    assert world.decision(application).door == "unlatched"
    assert all(letter.member_id is None for letter in world.letters())


def test_when_the_place_cannot_be_written_no_letter_offers_it(world):
    application = without_letter(world)

    def fails(_mapper, _connection, _member):
        raise RuntimeError("the power went")

    event.listen(world.m.member, "before_insert", fails)
    with pytest.raises(RuntimeError):
        set_door(world, application, Door.OPEN)
    event.remove(world.m.member, "before_insert", fails)

    assert world.letters() == []
    assert world.decision(application).door == "unlatched"


def test_when_composing_fails_at_its_very_end_nothing_of_it_stays(world, monkeypatch):
    application = without_letter(world)
    real = outbox.put_all

    def written_then_lost(*arguments, **options):
        real(*arguments, **options)
        raise RuntimeError("the power went")

    monkeypatch.setattr(letters.outbox, "put_all", written_then_lost)
    with pytest.raises(RuntimeError):
        set_door(world, application, Door.OPEN)

    assert (world.members(), world.letters()) == ([], [])
    assert world.count(world.m.person) == 0
    assert world.count(world.m.candidate_link) == 0


def test_when_a_sync_cannot_write_the_letter_the_place_is_not_offered(world, monkeypatch):
    (application,) = world.rejected()
    world.session.execute(sa.delete(world.m.letter))
    world.session.execute(
        sa.update(world.m.decision).values(door="open", door_by=RITA.id, door_by_name=RITA.name)
    )
    world.session.commit()

    def fails(*_arguments, **_options):
        raise RuntimeError("the power went")

    monkeypatch.setattr(letters.outbox, "put_all", fails)
    report = world.tp.sync()

    assert report.failed == 1
    assert (world.members(), world.letters()) == ([], [])
    monkeypatch.undo()
    world.tp.sync()
    assert [member.state for member in world.members()] == ["offered"]
    assert world.letter(application).member_id == world.members()[0].id


def test_changing_the_door_back_withdraws_the_place(world, smtp_server):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)

    set_door(world, application, Door.UNLATCHED)

    assert [member.state for member in world.members()] == ["ended"]
    assert world.letter(application).member_id is None
    world.send(smtp_server)
    assert not PROMISES.search(smtp_server.mails[0].text)


def test_changing_the_door_back_leaves_a_noted_place_noted(world):
    (application,) = world.rejected()
    world.change(lambda ctx: noting.recall_to_pool(ctx, application.candidate, "", by=RITA))
    set_door(world, application, Door.OPEN)
    assert [member.state for member in world.members()] == ["offered"]

    set_door(world, application, Door.CLOSED)

    (member,) = world.members()
    assert member.state == "noted"
    assert member.until is not None


def test_opening_the_door_again_offers_the_place_again(world):
    (application,) = world.rejected()
    for door in (Door.OPEN, Door.CLOSED, Door.OPEN):
        set_door(world, application, door)

    (member,) = world.members()
    assert (member.state, member.ended_at) == ("offered", None)
    assert world.letter(application).member_id == member.id


@pytest.mark.parametrize("failed", [False, True], ids=["waiting", "failed"])
@pytest.mark.parametrize("how", ["host", "here", "told"])
def test_a_place_whose_letter_is_cancelled_is_withdrawn(world, smtp_server, how, failed):
    first, noted = world.rejected(2)
    world.change(lambda ctx: noting.recall_to_pool(ctx, noted.candidate, "", by=RITA))
    for application in (first, noted):
        set_door(world, application, Door.OPEN)
    if failed:
        smtp_server.at("RCPT", Answer("550 5.1.1 no such user"), times=2)
        world.send(smtp_server)
        assert world.states() == {"failed": 2}

    for application in (first, noted):
        if how == "host":
            world.set_status("open", application)
        elif how == "here":
            world.change(lambda ctx, row=application: lifecycle.take_back(ctx, world.decision(row), by=RITA))
        else:
            world.tp.told(application, channel="phone", by=RITA)
            world.session.commit()

    states = {member.source: member for member in world.members()}
    assert states["letter"].state == "ended"
    assert states["letter"].ended_at is not None
    assert states["recall_button"].state == "noted"
    assert world.states() == {"cancelled": 2}
    assert states["recall_button"].until == world.clock.now() + model.NOTED_LAPSES


@pytest.mark.parametrize("how", ["host", "here", "told", "door"])
def test_a_place_that_may_have_been_offered_already_stays_offered(world, smtp_server, how):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)
    smtp_server.at("DOT", Drop(accepted=True))
    world.send(smtp_server)
    assert world.states() == {"unknown": 1}
    world.change(lambda ctx: outbox.send_again(ctx, world.letter(application), by=RITA))
    if how != "door":
        smtp_server.at("RCPT", Answer("550 5.1.1 no such user"))
        world.send(smtp_server)
        assert world.states() == {"failed": 1}

    if how == "host":
        world.set_status("open", application)
    elif how == "here":
        world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(application), by=RITA))
    elif how == "told":
        world.tp.told(application, channel="phone", by=RITA)
        world.session.commit()
    else:
        set_door(world, application, Door.CLOSED)

    assert [member.state for member in world.members()] == ["offered"]


def test_a_place_noted_elsewhere_after_the_letter_was_written_does_not_change_its_promise(world, smtp_server):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)
    offered = world.letter(application).member_id
    world.clock.advance(timedelta(hours=1))
    world.change(
        lambda ctx: noting.recall_to_pool(ctx, application.candidate, "", by=RITA, pool="interviewed")
    )
    world.change(
        lambda ctx: editing.set_line(ctx, world.decision(application), "You asked good questions.", by=RITA)
    )

    world.send(smtp_server)

    letter = world.letter(application)
    states = {member.id: member.state for member in world.members()}
    assert letter.member_id == offered
    assert states.pop(offered) == "offered"
    assert set(states.values()) == {"noted"}
    assert '"Finalists"' in smtp_server.mails[0].text


def test_a_letter_whose_place_somebody_ended_is_held_until_somebody_offers_it_again(world, smtp_server):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)
    (member,) = world.members()
    world.change(
        lambda ctx: ending.end_place(
            ctx, ctx.session.get(ctx.models.member, member.id), because="mistake", by=RITA
        )
    )

    world.send(smtp_server)
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letter(application).because == "place_ended"
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA))
    world.send(smtp_server)
    assert "offering you a place" in smtp_server.mails[0].text
    assert [member.state for member in world.members()] == ["offered"]


def test_nobody_is_promised_anything_before_a_person_says_so(world, smtp_server):
    made = [world.apply(stage=stage)[0] for stage in ("applied", "screen", "interview", "final")]
    world.reject(*made)
    world.tp.sync()

    world.send(smtp_server)

    assert {world.decision(application).door for application in made} == {"unlatched"}
    assert world.members() == []
    assert [mail.subject for mail in smtp_server.mails if PROMISES.search(mail.text)] == []


@pytest.mark.parametrize(("stage", "door"), DOORS_BY_STAGE)
def test_without_an_open_door_a_letter_promises_and_praises_nothing(world, stage, door):
    (application,) = world.rejected(stage=stage)
    set_door(world, application, Door(door))

    letter = world.letter(application)

    for text in (letter.subject, letter.text, letter.html):
        assert not PROMISES.search(text), PROMISES.search(text)
    assert world.members() == []
    # The unlatched letter says how to ask; the closed one leads nowhere.
    assert bool(purposes_in(letter.text)) == (door == "unlatched")


def test_a_person_never_to_be_pooled_is_never_offered_a_place(world, smtp_server):
    application = without_letter(world, status="blacklisted")
    world.tp.sync()

    with pytest.raises(Refused, match="never be in a pool"):
        set_door(world, application, Door.OPEN)
    with pytest.raises(Refused, match="never be in a pool"):
        world.change(lambda ctx: noting.recall_to_pool(ctx, application.candidate, "", by=RITA))
    letter = world.letter(application)

    assert (letter.state, letter.because) == ("held", "never_pool")
    assert not purposes_in(letter.text)
    assert world.members() == []
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA))
    world.send(smtp_server)
    assert not PROMISES.search(smtp_server.mails[0].text)
    assert world.members() == []


def test_a_person_marked_never_to_be_pooled_after_the_door_was_opened_loses_the_offer(world, smtp_server):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)

    world.bulk("blacklisted", application)
    world.send(smtp_server)
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert [member.state for member in world.members()] == ["ended"]
    assert world.letter(application).because == "never_pool"


def test_the_link_in_the_letter_leads_to_the_place_it_offers(world, smtp_server):
    first, second = world.rejected(2)
    for application in (first, second):
        set_door(world, application, Door.OPEN)

    world.send(smtp_server)

    for application, mail in zip((first, second), smtp_server.mails, strict=True):
        (token,) = set(re.findall(r"http://host\.test/talent-pool/l/([\w-]+)", mail.text))
        link = open_link(world.tp.context(), token)
        letter = world.session.get(world.m.letter, link.letter_id)
        member = world.session.get(world.m.member, letter.member_id)
        assert letter.decision_id == world.decision(application).id
        assert member.state == "offered"
        assert member.person_id == link.person_id == world.decision(application).person_id
        assert token not in str(world.session.execute(sa.select(world.m.link.__table__)).all())


def test_a_lapsed_or_suspended_identity_is_offered_nothing(world, smtp_server):
    (application,) = world.rejected()
    set_door(world, application, Door.OPEN)
    person = {"full_name": "Somebody Else", "email": "else@mail.test"}
    world.session.execute(sa.update(world.Candidate).values(**person))
    world.session.commit()

    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letter(application).because == "identity"


def said_by_phone(world, application):
    """Open the door, tell the person by phone, and have the short letter sent."""
    set_door(world, application, Door.OPEN)
    key = application.id

    def work(ctx):
        decision = facts.live_decision(ctx, key)
        telling.tell_decision(ctx, decision, channel="phone", by=RITA)
        return confirmation.confirm(ctx, decision, by=RITA).member_id

    return world.change(work)


def test_a_short_letter_with_an_open_door_comes_with_its_place(world, smtp_server):
    (application,) = world.rejected()

    place = said_by_phone(world, application)
    world.send(smtp_server)

    assert len(smtp_server.mails) == 1
    assert [member.state for member in world.members() if member.id == place] == ["offered"]


def test_a_short_letter_whose_place_was_ended_waits(world, smtp_server):
    (application,) = world.rejected()
    place = said_by_phone(world, application)
    world.change(
        lambda ctx: ending.end_place(
            ctx, ctx.session.get_one(ctx.models.member, place), because="removed", by=RITA
        )
    )

    world.send(smtp_server)

    assert smtp_server.mails == []
    assert [letter.because for letter in world.letters() if letter.kind == "confirmation"] == ["place_ended"]


@pytest.mark.parametrize("door", ["unlatched", "closed"])
def test_feedback_and_line_stand_only_where_a_person_wrote_them(world, door):
    (application,) = world.rejected()
    set_door(world, application, Door(door))
    before = world.letter(application).text
    world.change(
        lambda ctx: editing.set_feedback(
            ctx, world.decision(application), "Writes tests: two of three had none.", by=RITA
        )
    )

    assert "Writes tests" not in before
    assert "Writes tests: two of three had none." in world.letter(application).text


@pytest.mark.parametrize(
    "spelt",
    [
        "talentpool-link:stay",
        "talentpool-\u2066link:stay",
        "talentpool-link:\u202estay",
        "x talentpool-link:answer",
    ],
)
@pytest.mark.parametrize("where", ["name", "job", "line"])
def test_nobody_can_spell_a_link_into_a_letter(world, smtp_server, spelt, where):
    (row,) = world.apply(stage="screen")
    if where == "name":
        row.candidate.full_name = f"{spelt} Jo"
    if where == "job":
        row.job.title = f"Engineer {spelt}"
    row.status = "rejected"
    world.session.commit()
    world.tp.sync()
    set_door(world, row, "closed")
    if where == "line":
        world.change(lambda ctx: editing.set_line(ctx, world.decision(row), f"Thank you {spelt}", by=RITA))
    world.tp.sync()

    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert purposes_in(world.letters()[0].text) == set()
    assert "/l/" not in mail.text + mail.html
    assert world.session.scalars(sa.select(world.m.link)).all() == []
