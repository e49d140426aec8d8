"""Many decisions at once: written down in a moment, looked at, confirmed, worked in slices, stopped and undone."""

import gc
import tracemalloc
from datetime import timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.bulk import new_page
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk import worker as bulk_worker
from flask_talentpool.bulk.choices import BulkChoices, Keys, Which
from flask_talentpool.db import arrays
from flask_talentpool.decisions import editing, facts, lifecycle
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Act, LetterKind
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.people import service as people
from tests.promises.world import START, World
from tests.support.databases import create_tables, hurry
from tests.support.people import OTTO, RITA


@pytest.fixture
def make_world(database_url, request):
    """Make a host on this test's database whose letters wait for approval; settings are given as keywords."""

    def make(**config):
        world = World(database_url, **{"TALENTPOOL_MODES": "review", **config})
        request.addfinalizer(world.close)
        context = world.app.app_context()
        context.push()
        request.addfinalizer(context.pop)
        hurry(world.db.engine)
        create_tables(world.db.engine, world.db.metadata)
        world.tp.sync()
        return world

    return make


@pytest.fixture
def world(make_world):
    return make_world()


def keys(applications):
    return Keys(keys=tuple(str(application.id) for application in applications))


def start(
    world,
    act,
    chosen,
    *,
    token="",
    by=RITA,
    visible=lambda statement: statement,
    may=lambda _: True,
    **choices,
):
    """Write down what is to be done; the id."""
    return world.change(
        lambda ctx: (
            bulk_selection.start(
                ctx, act, chosen, by=by, visible=visible, may=may, choices=BulkChoices(**choices), token=token
            ).id
        )
    )


def row(world, bulk_id):
    world.session.rollback()
    return world.session.get(world.m.bulk, bulk_id, populate_existing=True)


def items(world, bulk_id):
    world.session.rollback()
    item = world.m.bulk_item
    statement = sa.select(item).where(item.bulk_id == bulk_id).order_by(item.id)
    return list(world.session.scalars(statement.execution_options(populate_existing=True)))


def came_to(world, bulk_id):
    """What each came to, in order: the state, and why where there is a why."""
    return [f"{one.state}:{one.because}".rstrip(":") for one in items(world, bulk_id)]


def confirm(world, bulk_id, number=None, *, says_so=False, by=RITA):
    return world.change(
        lambda ctx: bulk.confirm(
            ctx, ctx.session.get(ctx.models.bulk, bulk_id), number=number, says_so=says_so, by=by
        )
    )


def change(world, use_case, bulk_id, by=RITA):
    world.change(lambda ctx: use_case(ctx, ctx.session.get(ctx.models.bulk, bulk_id), by=by))


def done(world, act, chosen, number=None, **options):
    """Start, look, confirm and work; the id."""
    bulk_id = start(world, act, chosen, **options)
    world.tp.work_bulks()
    assert confirm(world, bulk_id, number).is_confirmed
    world.tp.work_bulks()
    assert row(world, bulk_id).state == "done"
    return bulk_id


def undone(world, bulk_id):
    change(world, bulk.undo, bulk_id)
    world.tp.work_bulks()
    assert row(world, bulk_id).state == "undone"


def lapse(world):
    """Let the lease of a worker that is gone run out."""
    world.session.execute(sa.update(world.m.bulk).values(lease_until=START - timedelta(days=1)))
    world.session.commit()


# Starting


def test_starting_writes_down_what_is_asked_for_and_does_nothing(world):
    made = world.rejected(3)

    bulk_id = start(world, Act.APPROVE, keys(made))

    assert (row(world, bulk_id).state, row(world, bulk_id).total) == ("looking", 3)
    assert world.states() == {"held": 3}


def test_posting_the_same_form_twice_starts_one(world):
    made = world.rejected(2)

    first = start(world, Act.APPROVE, keys(made), token="form-1")
    again = start(world, Act.HOLD, keys(made[:1]), token="form-1")

    assert first == again
    assert world.count(world.m.bulk) == 1
    assert row(world, first).act == "approve"


@pytest.mark.both_databases
def test_posting_the_same_form_twice_at_one_instant_starts_one(world):
    chosen = keys(world.rejected(5))

    results = world.at_once(*[lambda: start(world, Act.APPROVE, chosen, token="form-1") for _ in range(4)])

    assert len(set(results)) == 1
    assert world.count(world.m.bulk_item) == 5


def test_a_form_of_somebody_else_is_not_there(world):
    made = world.rejected(1)
    start(world, Act.APPROVE, keys(made), token="form-1")

    with pytest.raises(NotFound):
        start(world, Act.APPROVE, keys(made), token="form-1", by=OTTO)


def test_all_letters_that_stand_somewhere_are_chosen_by_a_filter(world):
    held = world.rejected(3)
    due = world.rejected(1)[0]
    world.change(lambda ctx: lifecycle.approve(ctx, facts.live_decision(ctx, due.id), by=RITA))

    bulk_id = start(world, Act.APPROVE, Which(state="held", because="review"))

    assert {one.application_key for one in items(world, bulk_id)} == {str(one.id) for one in held}


def test_whatever_a_host_narrows_with_each_is_counted_and_written_down_once(world):
    world.session.add_all(world.User(name=name, email=f"{name}@host.test", role="recruiter") for name in "AB")
    made = world.rejected(3)

    def visible(statement):
        both = statement.join(world.User, sa.true())
        return both.distinct().order_by(world.m.decision.id.desc())

    which = Which(state="held")
    page = world.change(lambda ctx: new_page.new_page(ctx, visible, which=which))
    bulk_id = start(world, Act.APPROVE, which, visible=visible)

    assert page.count == 3
    assert [one.application_key for one in items(world, bulk_id)] == list(keys(made).keys)


def test_of_two_rows_that_are_gone_both_letters_are_chosen(world):
    for _ in range(2):  # where the database uses an id again, the second has that of the first
        (row_of_the_host,) = world.rejected(1)
        world.session.delete(row_of_the_host)
        world.session.commit()
        world.tp.sync()

    bulk_id = start(world, Act.TAKE_BACK, Which(state="held", because="row_gone"))

    assert row(world, bulk_id).total == 2


def test_a_filter_can_be_narrowed_to_a_job(world):
    world.rejected(2)
    wanted = world.rejected(2)

    bulk_id = start(world, Act.HOLD, Which(state="untold", job=str(wanted[0].job_id)))

    assert row(world, bulk_id).total == 2


def test_what_somebody_may_not_see_is_not_there(world):
    mine, theirs = world.rejected(1), world.rejected(1, scope="north")
    decision = world.m.decision

    bulk_id = start(
        world,
        Act.APPROVE,
        keys([*mine, *theirs]),
        visible=lambda statement: statement.where(decision.scope == ""),
    )

    assert [one.application_key for one in items(world, bulk_id)] == [str(mine[0].id)]
    assert BulkChoices.from_json(row(world, bulk_id).choices).not_there == 1
    assert row(world, bulk_id).scope == ""


def test_what_reaches_into_several_scopes_belongs_to_none_of_them(world):
    made = [*world.rejected(1), *world.rejected(1, scope="north")]

    assert row(world, start(world, Act.APPROVE, keys(made))).scope == bulk_selection.SEVERAL


def test_more_than_five_thousand_are_refused_with_the_remedy(world):
    with pytest.raises(Refused, match=r"5,001; up to 5,000 go at once\. Narrow it down"):
        start(world, Act.APPROVE, Keys(keys=tuple(map(str, range(5001)))))
    assert world.count(world.m.bulk) == 0


def test_a_filter_that_finds_more_is_refused_as_well(world, monkeypatch):
    monkeypatch.setattr(bulk_selection, "MOST", 2)
    world.rejected(3)

    with pytest.raises(Refused, match="That is 3; up to 2"):
        start(world, Act.APPROVE, Which(state="held"))


@pytest.mark.parametrize(
    ("act", "choices", "said"),
    [
        (Act.SET, {}, "Choose what to set"),
        (Act.SET, {"door": "ajar"}, "no such door"),
        (Act.SET, {"reason": "mood"}, "no such reason"),
        (Act.TELL, {}, "Say how they were told"),
        (Act.TELL, {"channel": "pigeon"}, "Say how they were told"),
        (Act.REJECT, {}, "map HostMap.reject"),
    ],
)
def test_choices_that_make_no_sense_are_refused_with_the_remedy(world, act, choices, said):
    object.__setattr__(world.tp.host.map, "reject", None)

    with pytest.raises(Refused, match=said):
        start(world, act, keys(world.rejected(1)), **choices)


def test_an_open_door_needs_a_person_with_a_name(world):
    with pytest.raises(Refused, match="a person with a name"):
        start(world, Act.SET, keys(world.rejected(1)), door="open", by=Actor("Robot:1", ""))


def test_nothing_chosen_is_refused(world):
    with pytest.raises(Refused, match="nothing here"):
        start(world, Act.APPROVE, Which(state="held"))


# Looking


def test_looking_says_who_is_left_out_and_why(world):
    ready, no_address, told = world.rejected(3)
    no_address.candidate.email = ""
    world.session.commit()
    world.tp.sync()
    world.tp.told(told, channel="phone", by=RITA)
    world.session.commit()

    bulk_id = start(world, Act.APPROVE, keys([ready, no_address, told]))
    world.tp.work_bulks()

    assert came_to(world, bulk_id) == ["ready", "left_out:no_address", "left_out:told"]
    assert row(world, bulk_id).state == "ready"


@pytest.mark.parametrize(
    ("act", "choices", "because"),
    [(Act.HOLD, {}, "held_already"), (Act.SET, {"door": "unlatched"}, "same_already")],
)
def test_what_is_so_already_is_left_out(world, act, choices, because):
    bulk_id = start(world, act, keys(world.rejected(1)), **choices)
    world.tp.work_bulks()

    assert came_to(world, bulk_id) == [f"left_out:{because}"]


def test_a_person_in_process_elsewhere_or_written_to_lately_is_pointed_out(world):
    one, lately, free = world.rejected(3)
    other_job = world.Job(title="Data Analyst")
    world.session.add_all(
        [
            world.Application(candidate=one.candidate, job=other_job, status="open", stage="screen"),
            world.Application(candidate=lately.candidate, job=other_job, status="rejected", stage="screen"),
        ]
    )
    world.session.commit()
    world.tp.sync()

    bulk_id = start(world, Act.APPROVE, keys([one, lately, free]))
    world.tp.work_bulks()

    assert [found.notice for found in items(world, bulk_id)] == [
        "In process for Data Analyst as well.",
        "Another letter waits, about Data Analyst.",
        "",
    ]


def test_looking_again_is_for_the_worker_alone(world):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(1)))

    with pytest.raises(Refused, match="not ready to be confirmed"):
        confirm(world, bulk_id)


# Confirming


@pytest.mark.untraced
@pytest.mark.parametrize("number", [None, 30, 32])
def test_above_thirty_the_number_has_to_be_typed_and_right(world, number):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(31)))
    world.tp.work_bulks()

    result = confirm(world, bulk_id, number)

    assert not result.is_confirmed
    assert "Type 31" in result.problem
    world.tp.work_bulks()
    assert world.states() == {"held": 31}
    assert confirm(world, bulk_id, 31).is_confirmed


def test_up_to_thirty_no_number_is_asked_for(world):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(30)))
    world.tp.work_bulks()

    assert confirm(world, bulk_id).is_confirmed


def test_what_changed_since_it_was_looked_at_is_left_out_and_reported_first(world):
    stays, changed = world.rejected(2)
    bulk_id = start(world, Act.APPROVE, keys([stays, changed]))
    world.tp.work_bulks()
    world.tp.told(changed, channel="phone", by=RITA)
    world.session.commit()

    first = confirm(world, bulk_id)

    assert (first.is_confirmed, first.changed, first.ready) == (False, 1, 1)
    assert "1 of them has changed" in first.problem
    assert came_to(world, bulk_id) == ["ready", "left_out:told"]
    assert confirm(world, bulk_id).is_confirmed


def test_an_open_door_is_typed_and_said_however_few_they_are(world):
    made = world.rejected(2)
    bulk_id = start(world, Act.SET, keys(made), door="open")
    world.tp.work_bulks()

    assert "Type 2" in confirm(world, bulk_id).problem
    assert "tick that you say so" in confirm(world, bulk_id, 2).problem
    assert confirm(world, bulk_id, 2, says_so=True).is_confirmed
    world.tp.work_bulks()

    assert {world.decision(one).door_by_name for one in made} == {"Rita Recruiter"}
    assert len(world.members()) == 2


def test_only_who_started_it_confirms_it(world):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(1)))
    world.tp.work_bulks()

    with pytest.raises(Refused, match="Only Rita Recruiter can confirm"):
        confirm(world, bulk_id, by=OTTO)


def test_confirming_twice_is_once(world):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(1)))
    world.tp.work_bulks()

    assert confirm(world, bulk_id).is_confirmed
    assert confirm(world, bulk_id).is_confirmed


# Working


def test_approving_many_sends_each_one_letter(world, smtp_server):
    made = world.rejected(4)
    done(world, Act.APPROVE, keys(made))

    assert world.send(smtp_server).sent == 4
    assert sorted(one.rcpt_tos[0] for one in smtp_server.mails) == sorted(one.candidate.email for one in made)


def test_the_others_go_on_where_one_cannot(world, monkeypatch):
    made = world.rejected(3)
    real = lifecycle.approve

    def breaks(ctx, decision, **options):
        if decision.application_key == str(made[1].id):
            ctx.session.execute(sa.text("SELECT no_such_column"))
        return real(ctx, decision, **options)

    monkeypatch.setattr(lifecycle, "approve", breaks)
    if world.db.engine.dialect.name == "sqlite":
        monkeypatch.setattr(
            lifecycle,
            "approve",
            lambda ctx, decision, **options: (
                1 / 0 if decision.application_key == str(made[1].id) else real(ctx, decision, **options)
            ),
        )

    bulk_id = done(world, Act.APPROVE, keys(made))

    assert came_to(world, bulk_id) == ["done", "failed:error", "done"]
    assert world.states() == {"due": 2, "held": 1}


@pytest.mark.both_databases
def test_two_workers_at_once_do_each_of_them_once(world, monkeypatch):
    monkeypatch.setattr(bulk_worker, "SLICE", 5)
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(40)))
    world.tp.work_bulks()
    confirm(world, bulk_id, 40)

    results = world.at_once(*[world.tp.work_bulks for _ in range(3)])

    assert not [one for one in results if isinstance(one, Exception)]
    assert came_to(world, bulk_id) == ["done"] * 40
    audit = world.m.audit
    approved = sa.select(sa.func.count()).select_from(audit).where(audit.action == "approve")
    assert world.session.scalar(approved) == 40


def test_a_worker_that_dies_leaves_the_rest_to_the_next_one(world, monkeypatch):
    monkeypatch.setattr(bulk_worker, "SLICE", 2)
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(6)))
    world.tp.work_bulks()
    confirm(world, bulk_id)
    real, calls = lifecycle.approve, []

    def dies(ctx, decision, **options):
        calls.append(decision.id)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(ctx, decision, **options)

    monkeypatch.setattr(lifecycle, "approve", dies)
    with pytest.raises(KeyboardInterrupt):
        world.tp.work_bulks()

    assert world.states() == {"due": 2, "held": 4}
    assert world.tp.work_bulks().done == 0, "its lease has not lapsed"
    lapse(world)
    assert world.tp.work_bulks().done == 4
    audit = world.m.audit
    approved = sa.select(audit.subject_id).where(audit.action == "approve")
    assert len(set(world.session.scalars(approved))) == len(list(world.session.scalars(approved))) == 6


def test_a_person_forgotten_in_the_middle_is_left_out_and_leaves_nothing(world):
    made = world.rejected(2)
    bulk_id = start(world, Act.APPROVE, keys(made))
    world.tp.work_bulks()
    confirm(world, bulk_id)
    person_id = world.decision(made[0]).person_id
    world.change(lambda ctx: people.forget(ctx, ctx.session.get(ctx.models.person, person_id), by=RITA))

    world.tp.work_bulks()

    assert came_to(world, bulk_id) == ["left_out:forgotten", "done"]
    left = items(world, bulk_id)[0]
    assert (left.notice, left.detail, left.before, left.choices) == ("", "", "", "")


def test_a_person_forgotten_before_any_decision_is_left_out_and_leaves_nothing(world):
    object.__setattr__(world.tp.host.map, "reject", lambda application, actor: None)
    (earlier,) = world.rejected(1)
    world.session.add(
        world.Application(candidate=earlier.candidate, job=world.Job(title="Analyst"), status="open")
    )
    world.session.commit()
    application = world.session.scalars(
        sa.select(world.Application).where(world.Application.status == "open")
    ).one()
    bulk_id = start(world, Act.REJECT, keys([application]))
    world.tp.work_bulks()
    assert items(world, bulk_id)[0].notice
    person_id = world.decision(earlier).person_id

    world.change(lambda ctx: people.forget(ctx, ctx.session.get(ctx.models.person, person_id), by=RITA))

    assert came_to(world, bulk_id) == ["left_out:forgotten"]
    assert items(world, bulk_id)[0].notice == ""


def test_what_changed_after_confirming_is_left_out_by_the_worker(world):
    made = world.rejected(2)
    bulk_id = start(world, Act.APPROVE, keys(made))
    world.tp.work_bulks()
    confirm(world, bulk_id)
    world.set_status("open", made[0])

    world.tp.work_bulks()

    assert came_to(world, bulk_id) == ["left_out:ended", "done"]


@pytest.mark.parametrize(
    ("act", "choices", "letter"),
    [
        (Act.SEND_NOW, {}, "due"),
        (Act.TAKE_BACK, {}, "cancelled"),
        (Act.TELL, {"channel": "phone"}, "cancelled"),
    ],
)
def test_each_act_does_what_it_does_on_one_page(world, act, choices, letter):
    made = world.rejected(2)

    bulk_id = done(world, act, keys(made), **choices)

    assert came_to(world, bulk_id) == ["done", "done"]
    assert world.states() == {letter: 2}


def test_holding_and_setting_reach_letters_that_wait(make_world):
    world = make_world(TALENTPOOL_MODES="auto")
    made = world.rejected(2)

    done(world, Act.SET, keys(made), door="closed", reason="other_person")
    done(world, Act.HOLD, keys(made))

    assert [(world.decision(one).door, world.decision(one).reason_code) for one in made] == [
        ("closed", "other_person")
    ] * 2
    assert {letter.because for letter in world.letters()} == {"by_hand"}


def test_no_line_lets_letters_go_that_wait_for_one(make_world):
    world = make_world(TALENTPOOL_MODES="personal")
    made = world.rejected(2)
    assert {letter.because for letter in world.letters()} == {"personal"}

    done(world, Act.SET, keys(made), no_line=True)

    assert world.states() == {"due": 2}


def test_the_undecided_are_rejected_through_the_host_and_get_one_letter(world, smtp_server):
    def reject(application, actor):
        application.status, application.note = "rejected", actor.name

    object.__setattr__(world.tp.host.map, "reject", reject)
    made, decided = world.apply(3), world.rejected(1)

    bulk_id = done(world, Act.REJECT, keys([*made, *decided]))

    assert came_to(world, bulk_id) == ["done", "done", "done", "left_out:decided"]
    world.session.expire_all()
    assert {one.note for one in made} == {"Rita Recruiter"}
    world.tp.sync()
    assert world.states() == {"held": 4}


def test_more_undecided_than_fit_into_one_statement_are_each_there_once_in_order(world, monkeypatch):
    object.__setattr__(world.tp.host.map, "reject", lambda application, actor: None)
    made = world.apply(11)
    monkeypatch.setattr(arrays, "CHUNK", 2)
    again = (f"0{made[0].id}", "no key")

    bulk_id = start(world, Act.REJECT, Keys(keys=(*again, *reversed(keys(made).keys))))

    assert [one.application_key for one in items(world, bulk_id)] == list(keys(made).keys)


def test_a_reject_that_rejects_nobody_says_so(world):
    object.__setattr__(world.tp.host.map, "reject", lambda application, actor: None)

    bulk_id = done(world, Act.REJECT, keys(world.apply(1)))

    assert came_to(world, bulk_id) == ["failed:undecided"]


def test_applications_of_others_cannot_be_rejected(world):
    object.__setattr__(world.tp.host.map, "reject", lambda application, actor: None)
    mine, theirs = world.apply(1), world.apply(1, scope="north")

    bulk_id = start(world, Act.REJECT, keys([*mine, *theirs]), may=lambda subject: subject.scope == "")

    assert [one.application_key for one in items(world, bulk_id)] == [str(mine[0].id)]


# Stopping and going on


def test_it_is_stopped_by_a_colleague_and_goes_on_where_it_was(world, monkeypatch):
    monkeypatch.setattr(bulk_worker, "SLICE", 2)
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(6)))
    world.tp.work_bulks()
    confirm(world, bulk_id)
    world.tp.work_bulks(seconds=-1)
    world.change(lambda ctx: bulk_worker.one_slice(ctx, bulk_id, me="me"))

    change(world, bulk.stop, bulk_id, by=OTTO)
    change(world, bulk.stop, bulk_id, by=OTTO)
    assert world.tp.work_bulks().done == 0
    assert world.states() == {"due": 2, "held": 4}

    change(world, bulk.go_on, bulk_id)
    lapse(world)
    assert world.tp.work_bulks().done == 4


def test_what_is_over_cannot_be_stopped(world):
    bulk_id = done(world, Act.APPROVE, keys(world.rejected(1)))

    with pytest.raises(Refused, match="nothing left to stop"):
        change(world, bulk.stop, bulk_id)


# Undoing


@pytest.mark.parametrize(
    ("act", "mode"), [(Act.APPROVE, "review"), (Act.SEND_NOW, "review"), (Act.HOLD, "auto")]
)
def test_undoing_gives_letters_the_state_of_before(make_world, act, mode):
    world = make_world(TALENTPOOL_MODES=mode, TALENTPOOL_DELAY=timedelta(hours=4))
    made = world.rejected(2)
    before = [(one.state, one.because, one.due_at, one.approved_at, one.text) for one in world.letters()]
    bulk_id = done(world, act, keys(made))

    undone(world, bulk_id)

    assert [
        (one.state, one.because, one.due_at, one.approved_at, one.text) for one in world.letters()
    ] == before
    assert came_to(world, bulk_id) == ["undone", "undone"]


def test_undoing_what_was_set_puts_back_door_and_reason(world):
    made = world.rejected(2)
    before = [one.text for one in world.letters()]
    bulk_id = done(world, Act.SET, keys(made), door="closed", reason="other_person")
    assert [one.text for one in world.letters()] != before

    undone(world, bulk_id)

    assert [(world.decision(one).door, world.decision(one).reason_code) for one in made] == [
        ("unlatched", "")
    ] * 2
    assert [one.text for one in world.letters()] == before


def test_undoing_a_taking_back_lets_the_decision_stand_with_one_letter(world, smtp_server):
    (made,) = world.rejected(1)
    world.change(
        lambda ctx: editing.set_line(ctx, facts.live_decision(ctx, made.id), "A clear talk.", by=RITA)
    )
    bulk_id = done(world, Act.TAKE_BACK, keys([made]))

    undone(world, bulk_id)

    assert world.decision(made).line == "A clear talk."
    done(world, Act.APPROVE, keys([made]))
    assert world.send(smtp_server).sent == 1


def test_who_was_told_meanwhile_stays_told(world, smtp_server):
    made = world.rejected(2)
    bulk_id = done(world, Act.APPROVE, keys(made))
    world.change(
        lambda ctx: telling.tell_decision(ctx, facts.live_decision(ctx, made[1].id), channel="phone", by=RITA)
    )
    assert world.send(smtp_server).sent == 1

    undone(world, bulk_id)

    assert came_to(world, bulk_id) == ["kept:told", "kept:told"]
    assert len(smtp_server.mails) == 1


def test_telling_is_not_undone(world):
    bulk_id = done(world, Act.TELL, keys(world.rejected(1)), channel="phone")

    undone(world, bulk_id)

    assert came_to(world, bulk_id) == ["kept:cannot_undo"]


def test_what_somebody_changed_since_stays_as_they_left_it(world):
    (made,) = world.rejected(1)
    bulk_id = done(world, Act.SET, keys([made]), door="closed")
    world.change(
        lambda ctx: editing.set_reason(ctx, facts.live_decision(ctx, made.id), "other_person", by=OTTO)
    )

    undone(world, bulk_id)

    assert came_to(world, bulk_id) == ["kept:changed"]
    assert world.decision(made).door == "closed"


def test_undoing_a_rejection_says_what_the_host_still_says(world):
    object.__setattr__(
        world.tp.host.map, "reject", lambda application, actor: setattr(application, "status", "rejected")
    )
    bulk_id = done(world, Act.REJECT, keys(world.apply(1)))

    undone(world, bulk_id)

    assert "Your ATS still says rejected" in items(world, bulk_id)[0].detail
    assert world.states() == {"cancelled": 1}


def test_nothing_done_is_nothing_to_undo(world):
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(1)))

    with pytest.raises(Refused, match="Only what was done can be undone"):
        change(world, bulk.undo, bulk_id)


def test_done_again_after_undoing_there_is_still_one_letter(world, smtp_server):
    made = world.rejected(3)
    undone(world, done(world, Act.SEND_NOW, keys(made)))
    done(world, Act.SEND_NOW, keys(made))

    assert world.send(smtp_server).sent == 3
    assert world.send(smtp_server).sent == 0


# Cost


@pytest.mark.untraced
def test_starting_takes_as_many_statements_for_many_as_for_few(world):
    few, many = keys(world.rejected(2)), keys(world.rejected(60))

    assert _statements(world, lambda: start(world, Act.APPROVE, few)) == _statements(
        world, lambda: start(world, Act.APPROVE, many)
    )


# Whose memory it is does not depend on the database, and tracing it takes long.
@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_does_not_grow_from_slice_to_slice(world, monkeypatch):
    monkeypatch.setattr(bulk_worker, "SLICE", 5)
    bulk_id = start(world, Act.APPROVE, keys(world.rejected(60)))
    world.tp.work_bulks()
    confirm(world, bulk_id, 60)
    tracemalloc.start()
    sizes = []
    try:
        while world.change(lambda ctx: bulk_worker.one_slice(ctx, bulk_id, me="me")) is not None:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()

    assert len(sizes) == 12
    assert sizes[-1] - sizes[5] < 150_000, sizes


def _statements(world, act):
    seen = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            seen.append(statement)

    sa.event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(world.db.engine, "before_cursor_execute", note)
    return len(seen)


# Sending again what failed

BLOCKED = "550 5.7.1 client host is on a block list"


def failed(world, number=2, *, detail=BLOCKED, because="server_refused", state="failed"):
    """Let letters fail, as a server that refuses because of us lets them; the applications."""
    made = world.rejected(number)
    ids = [world.letter(one).id for one in made]
    letter = world.m.letter
    change = sa.update(letter).where(letter.id.in_(ids)).values(state=state, because=because, detail=detail)
    world.session.execute(change)
    world.session.commit()
    return made


def letter_keys(world, applications):
    return Keys(keys=tuple(f"letter:{world.letter(one).id}" for one in applications))


@pytest.fixture
def auto(make_world):
    return make_world(TALENTPOOL_MODES="auto")


@pytest.mark.both_databases
@pytest.mark.parametrize("chosen", ["all", "one cause", "ticked"])
def test_letters_that_failed_are_sent_again_together_each_once(auto, chosen, smtp_server):
    made = failed(auto, 3)
    which = {
        "all": Which(state="failed"),
        "one cause": Which(state="failed", because="server_refused"),
        "ticked": letter_keys(auto, made),
    }[chosen]
    bulk_id = done(auto, Act.SEND_AGAIN, which)
    assert came_to(auto, bulk_id) == ["done"] * 3
    auto.send(smtp_server)
    auto.send(smtp_server)

    assert sorted(mail.rcpt_tos[0] for mail in smtp_server.mails) == sorted(
        one.candidate.email for one in made
    )
    assert auto.states() == {"sent": 3}


def test_a_letter_that_may_have_gone_is_never_among_them(auto, smtp_server):
    (lost,) = failed(auto, 1, state="unknown", because="no_answer", detail="")
    (refused,) = failed(auto, 1)

    bulk_id = start(auto, Act.SEND_AGAIN, Which(state="failed"))

    assert [one.application_key for one in items(auto, bulk_id)] == [f"letter:{auto.letter(refused).id}"]
    with pytest.raises(Refused, match="nothing here"):
        start(auto, Act.SEND_AGAIN, letter_keys(auto, [lost]))


def test_a_letter_whose_fate_is_unknown_by_now_is_left_out(auto, smtp_server):
    (one,) = failed(auto, 1)
    bulk_id = start(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.tp.work_bulks()
    assert confirm(auto, bulk_id).is_confirmed
    auto.session.execute(sa.update(auto.m.letter).values(state="unknown"))
    auto.session.commit()
    auto.tp.work_bulks()

    assert came_to(auto, bulk_id) == ["left_out:fate_unknown"]
    assert auto.letter(one).state == "unknown"


def test_two_acts_on_the_same_letters_send_each_once(auto, smtp_server):
    failed(auto, 2)
    first = start(auto, Act.SEND_AGAIN, Which(state="failed"))
    second = start(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.tp.work_bulks()
    assert confirm(auto, first).is_confirmed
    assert confirm(auto, second).is_confirmed
    auto.tp.work_bulks()
    auto.send(smtp_server)

    assert came_to(auto, second) == ["left_out:not_failed"] * 2
    assert len(smtp_server.mails) == 2


@pytest.mark.parametrize("is_barred", [True, False])
def test_an_address_that_does_not_exist_is_left_out(auto, is_barred):
    (one,) = failed(auto, 1, detail="550 5.1.1 no such user" if not is_barred else BLOCKED)
    if is_barred:
        auto.change(lambda ctx: suppression.suppress(ctx, one.candidate.email, scope=""))
    bulk_id = start(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.tp.work_bulks()

    assert came_to(auto, bulk_id) == [f"left_out:{'returned' if is_barred else 'no_such_address'}"]


def test_who_was_told_since_gets_no_letter_again(auto, smtp_server):
    (one,) = failed(auto, 1)
    auto.tp.told(one, channel="phone", by=RITA)
    auto.session.commit()

    with pytest.raises(Refused, match="nothing here"):
        start(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.send(smtp_server)
    assert smtp_server.mails == []


def test_what_holds_a_letter_by_now_holds_it_when_it_is_sent_again(auto, smtp_server):
    (one,) = failed(auto, 1)
    auto.session.execute(sa.update(auto.Candidate).values(email=""))
    auto.session.commit()
    bulk_id = done(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.send(smtp_server)

    assert smtp_server.mails == []
    assert (auto.letter(one).state, auto.letter(one).because) == ("held", "no_address")
    assert items(auto, bulk_id)[0].detail.startswith("Held: ")


def test_undoing_puts_back_what_failed_and_why(auto, smtp_server):
    (one,) = failed(auto, 1)
    undone(auto, done(auto, Act.SEND_AGAIN, Which(state="failed")))
    auto.send(smtp_server)

    letter = auto.letter(one)
    assert (letter.state, letter.because, letter.detail) == ("failed", "server_refused", BLOCKED)
    assert smtp_server.mails == []


def test_undoing_leaves_what_has_gone(auto, smtp_server):
    failed(auto, 1)
    bulk_id = done(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.send(smtp_server)
    undone(auto, bulk_id)

    assert came_to(auto, bulk_id) == ["kept:letter_settled"]
    assert auto.states() == {"sent": 1}


def test_letters_of_every_kind_are_sent_again(auto, smtp_server):
    auto.change(
        lambda ctx: outbox.put(
            ctx,
            LetterKind.COLLEAGUE,
            "urgent:1",
            {
                "state": "failed",
                "because": "server_refused",
                "detail": BLOCKED,
                "to_name": "Otto",
                "to_address": "otto@host.test",
                "from_address": "jobs@host.test",
                "subject": "A question",
                "text": "A question.",
                "due_at": ctx.now(),
            },
        )
    )
    bulk_id = done(auto, Act.SEND_AGAIN, Which(state="failed"))
    auto.send(smtp_server)

    assert came_to(auto, bulk_id) == ["done"]
    assert [tuple(mail.rcpt_tos) for mail in smtp_server.mails] == [("otto@host.test",)]


def test_only_what_failed_is_sent_again_together(auto):
    auto.rejected(1)

    with pytest.raises(Refused, match="failed"):
        start(auto, Act.SEND_AGAIN, Which(state="waiting"))
    with pytest.raises(Refused, match="nothing here"):
        start(auto, Act.SEND_AGAIN, Keys(keys=("1", "letter:", "letter:x", "letter:" + "9" * 40)))
