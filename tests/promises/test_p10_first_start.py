"""P10, the first start: in slices, gone on with after a kill, shared by two, and never with another map."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import with_loader_criteria

from flask_talentpool.decisions import lifecycle
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.noticing import first_start
from tests.support.people import RITA


class Killed(BaseException):
    """Ends a process at once."""


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(first_start, "SLICE", 10)


def killed_after(world, slices, monkeypatch):
    """Begin a first start and let it die after so many slices."""
    advance, left = first_start._advance, iter(range(slices))

    def dies(*arguments):
        if next(left, None) is None:
            raise Killed
        return advance(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(first_start, "_advance", dies)
        with pytest.raises(Killed):
            world.tp.sync()
    world.session.rollback()


def baseline_of(world):
    world.session.rollback()
    decision = world.m.decision
    rows = world.session.execute(sa.select(decision.state, decision.application_key)).all()
    return sorted(int(key) for state, key in rows if state == "baseline")


def marks(world):
    world.session.rollback()
    return set(world.session.scalars(sa.select(world.m.mark.key)))


def note(world, key, text):
    """Write a note by a statement that no hook sees."""
    table = world.Application.__table__
    world.session.execute(sa.update(table).where(table.c.id == key).values(note=text))
    world.session.commit()


def old_rejections(make_world, number=45, **options):
    world = make_world(synced=False, **options)
    made = world.apply(number)
    world.bulk("rejected", *made)
    return world, [row.id for row in made]


def test_a_first_start_that_was_killed_between_slices_goes_on_where_it_was(
    make_world, monkeypatch, smtp_server
):
    world, keys = old_rejections(make_world)
    killed_after(world, 2, monkeypatch)
    assert baseline_of(world) == keys[:20]
    assert "baseline:" not in marks(world)

    report = world.tp.sync()
    world.send(smtp_server)

    assert (report.first, report.baseline) == (True, 45)
    assert baseline_of(world) == keys
    assert (world.letters(), smtp_server.mails) == ([], [])


def test_until_the_first_start_has_ended_nothing_is_composed_or_sent(make_world, monkeypatch, smtp_server):
    world, _ = old_rejections(make_world)
    (seen,) = world.apply()
    killed_after(world, 1, monkeypatch)
    world.reject(seen)

    world.send(smtp_server)

    assert (world.letters(), smtp_server.mails) == ([], [])


def test_what_the_hook_sees_while_the_first_start_runs_waits_for_a_person(make_world, monkeypatch):
    world, _ = old_rejections(make_world)
    (seen,) = world.apply()
    killed_after(world, 2, monkeypatch)
    world.reject(seen)

    world.tp.sync()

    assert (world.letter(seen).state, world.letter(seen).because) == ("held", "before_start")


def test_what_was_decided_behind_a_killed_first_start_is_from_before_as_well(
    make_world, monkeypatch, smtp_server
):
    world = make_world(synced=False)
    made = world.apply(45)
    world.bulk("rejected", *made[20:])
    killed_after(world, 3, monkeypatch)
    world.bulk("rejected", *made[:20])

    report = world.tp.sync()
    world.tp.sync()
    world.send(smtp_server)

    assert report.baseline == 45
    assert (world.letters(), smtp_server.mails) == ([], [])


def test_what_came_back_behind_a_killed_first_start_is_no_outcome(make_world, monkeypatch):
    world, keys = old_rejections(make_world)
    killed_after(world, 2, monkeypatch)
    first = world.session.get(world.Application, keys[0])
    world.bulk("open", first)

    assert world.tp.sync().baseline == 44
    assert world.decision(first) is None


def test_two_first_starts_at_once_share_the_work_and_count_each_once(make_world):
    world, keys = old_rejections(make_world, 95)

    reports = world.at_once(*[world.tp.sync] * 3)

    assert not [one for one in reports if isinstance(one, Exception)]
    assert sorted((one.first, one.baseline) for one in reports) == [(False, 0), (False, 0), (True, 95)]
    assert baseline_of(world) == keys
    assert world.letters() == []


def test_a_first_start_with_another_map_deletes_its_own_slices_and_begins_again(make_world, monkeypatch):
    world, keys = old_rejections(make_world)
    hired = world.session.get(world.Application, keys[5])
    world.bulk("taken on", hired)
    (seen,) = world.apply()
    world.reject(seen)
    killed_after(world, 3, monkeypatch)
    assert keys[5] not in baseline_of(world)
    seen_key = seen.id
    world.session.remove()

    mended = make_world(synced=False, entries={"hired": {"hired", "taken on"}})
    report = mended.tp.sync()

    assert report.baseline == 45
    assert baseline_of(mended) == keys
    decided = {row.application_key: row for row in mended.session.scalars(sa.select(mended.m.decision))}
    assert decided[str(keys[5])].outcome == "hired"
    # What the hook saw is no slice of the first start.
    assert decided[str(seen_key)].state == "live"


def test_a_first_start_beside_another_with_another_map_ends_and_says_so(make_world, monkeypatch):
    world, _ = old_rejections(make_world)
    other = make_world(synced=False, entries={"hired": {"taken on"}})
    advance, taken_over = first_start._advance, threading.Event()

    def after_another_began(*arguments):
        if not taken_over.is_set():
            taken_over.set()
            other.aside(lambda: other.tp.transact(first_start._begin))
        return advance(*arguments)

    monkeypatch.setattr(first_start, "_advance", after_another_began)

    with pytest.raises(TalentPoolError, match="another map"):
        world.aside(world.tp.sync)
    assert other.tp.sync().baseline == 45


def test_a_row_that_cannot_be_read_ends_the_first_start_and_mending_it_goes_on(make_world, smtp_server):
    def status(application):
        if application.note == "broken":
            raise RuntimeError(application.candidate.full_name)
        return application.status

    world, keys = old_rejections(make_world, entries={"status": status})
    note(world, keys[30], "broken")

    with pytest.raises(TalentPoolError, match=f"{keys[30]} among them"):
        world.tp.sync()
    world.send(smtp_server)
    assert "baseline:" not in marks(world)
    note(world, keys[30], "")

    assert world.tp.sync().baseline == 45
    assert (world.letters(), smtp_server.mails) == ([], [])


def test_what_was_taken_back_here_before_the_first_start_stays_taken_back(make_world):
    world = make_world(synced=False)
    (application,) = world.apply()
    world.reject(application)
    world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(application), by=RITA))

    assert world.tp.sync().baseline == 0
    world.tp.sync()

    assert (world.decision(application), world.letters()) == (None, [])


def test_the_map_is_told_from_another_by_what_it_reads_and_not_by_the_process_that_reads_it():
    described = first_start._described

    assert described({"b", "a"}) == described(frozenset(("a", "b")))
    assert described(lambda row: row.status == "a") != described(lambda row: row.status == "b")
    assert described("status") != described("state")


def test_before_the_first_start_no_page_says_when_a_letter_goes(make_world):
    world = make_world(synced=False)
    rita = world.User(name="Rita Miller", email="rita@host.test", role="recruiter", scope="")
    world.session.add(rita)
    seen, unseen = world.apply(2)
    world.reject(seen)
    world.bulk("rejected", unseen)
    client, keys = world.app.test_client(), [seen.id, unseen.id]
    client.get(f"/sign-in/{rita.id}")

    first, second = (client.get(f"/talent-pool/applications/{key}", follow_redirects=True) for key in keys)
    letters = client.get("/talent-pool/letters")

    for page in (first, second, letters):
        assert page.status_code == 200
        assert "within moments" not in page.text
        assert "flask talentpool sync" in page.text
    assert "Will be held" in first.text
    assert "Send now" not in first.text
    assert "decided before" in second.text


def test_what_the_session_hides_at_the_first_start_is_from_before_once_it_is_shown(make_world, smtp_server):
    world, _ = old_rejections(make_world, 15)
    candidates = world.Application
    is_hiding = [True]

    def hide(state):
        if state.is_select and is_hiding[0]:
            state.statement = state.statement.options(
                with_loader_criteria(candidates, lambda cls: cls.id > 12, include_aliases=True)
            )

    event.listen(world.session, "do_orm_execute", hide)
    try:
        report = world.tp.sync()
        is_hiding[0] = False
        world.session.remove()
        later = world.tp.sync()
        world.send(smtp_server)
    finally:
        event.remove(world.session, "do_orm_execute", hide)

    assert (report.baseline, later.noticed) == (3, 0)
    assert (world.letters(), smtp_server.mails) == ([], [])
