"""`flask talentpool restored`: what a database put back from a backup would send again waits for a person."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flask_talentpool.bulk.choices import Keys
from flask_talentpool.bulk.selection import start
from flask_talentpool.decisions import lifecycle
from flask_talentpool.enums import Act
from flask_talentpool.heartbeat import MARK
from tests.services.agency import SETTINGS
from tests.support.people import RITA

pytestmark = pytest.mark.both_databases

NOW = "2100-01-01T00:00+00:00"


def now():
    return datetime.now(UTC).isoformat()


def without_worker(agency):
    """Let the last sign of life be an hour old."""
    with agency.work() as ctx:
        mark = ctx.models.mark
        ctx.session.execute(
            sa.update(mark).where(mark.key == MARK).values(at=datetime.now(UTC) - timedelta(hours=1))
        )


def a_backup(agency):
    """Leave a letter due, a letter held, and a decision that nobody has written about."""
    agency.run("sync")
    due, held, unwritten = (agency.add(f"P {n}", f"p{n}@mail.example") for n in range(3))
    agency.reject(due)
    agency.reject(held)
    agency.run("sync")
    with agency.work() as ctx:
        letter = ctx.models.letter
        first = ctx.session.scalars(sa.select(letter).order_by(letter.id.desc())).first()
        first.state, first.because = "held", "no_address"
    agency.reject(unwritten)


def test_every_waiting_letter_and_every_untold_decision_of_before_is_held(agency, letters):
    a_backup(agency)

    said = agency.run("restored", "--taken-at", now())
    agency.run("send")
    agency.run("send")

    assert said.exit_code == 0, said.output
    assert "Held, from before" in said.stdout
    assert "2 letters, 3 decisions" in said.stdout
    assert letters() == []
    assert set(agency.rows("letter", "state", "because")) == {("held", "restored")}


def test_what_was_held_goes_once_when_somebody_lets_it_go(agency, letters):
    a_backup(agency)
    agency.run("restored", "--taken-at", now())
    agency.run("sync")
    with agency.work() as ctx:
        for decision in ctx.session.scalars(sa.select(ctx.models.decision)).all():
            lifecycle.approve(ctx, decision, by=RITA)

    agency.run("send")
    agency.run("send")

    assert len(letters()) == 3


def test_what_is_decided_after_the_backup_was_taken_goes_on(agency, letters):
    agency.run("sync")
    agency.run("restored", "--taken-at", now())
    agency.reject(agency.add())

    agency.run("send")

    assert len(letters()) == 1


def test_while_a_worker_may_be_at_work_it_refuses_and_changes_nothing(agency):
    a_backup(agency)
    agency.run("send")
    agency.reject(agency.add("Late", "late@mail.example"))
    before = agency.rows("decision", "needs_review")

    refused = agency.run("restored", "--taken-at", now())
    after = agency.rows("decision", "needs_review")
    without_worker(agency)
    done = agency.run("restored", "--taken-at", now())

    assert refused.exit_code == 1
    assert "Stop all of them" in refused.stderr
    assert before == after
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("taken_at", "remedy"), [("yesterday", "Write it as"), ("", "Write it as"), (NOW, "in the future")]
)
def test_a_time_that_is_none_is_refused_with_the_way_to_write_it(agency, taken_at, remedy):
    agency.run("sync")

    result = agency.run("restored", "--taken-at", taken_at)

    assert result.exit_code == 1
    assert remedy in result.stderr


def test_twice_holds_nothing_more_and_forgets_nothing(agency):
    a_backup(agency)
    agency.run("restored", "--taken-at", now())

    again = agency.run_json("restored", "--taken-at", now())

    assert again == {"letters": 0, "decisions": 0, "clocks": 0, "recalls": 0, "bulks": 0}
    assert set(agency.rows("letter", "because")) == {"restored"}


def test_work_on_many_of_before_is_stopped(agency):
    agency.run("sync")
    key = agency.add()
    agency.reject(key)
    agency.run("sync")
    with agency.work() as ctx:
        start(
            ctx,
            Act.SEND_NOW,
            Keys(keys=(str(key),)),
            by=RITA,
            visible=lambda found: found,
            may=lambda _: True,
        )

    held = agency.run_json("restored", "--taken-at", now())

    assert held["bulks"] == 1
    assert agency.rows("bulk", "state") == ["stopped"]


def test_no_progress_letter_goes_by_itself_to_who_was_open_before(make_world, mail_folder):
    world = make_world(TALENTPOOL_MORNING_MAIL=False, TALENTPOOL_MODES=SETTINGS["TALENTPOOL_MODES"])
    world.apply(1, stage="interview")
    world.tp.sync()
    runner = world.app.test_cli_runner()
    result = runner.invoke(
        args=["talentpool", "restored", "--taken-at", world.clock.now().isoformat(), "--json"]
    )

    world.clock.advance(timedelta(days=60))
    world.tp.sync()
    world.send()

    assert result.exit_code == 0, result.output
    assert '"clocks": 1' in result.stdout
    assert list(mail_folder.glob("*.eml")) == []
