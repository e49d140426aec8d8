"""P10: the host never breaks, and nobody hears from us before the operator said so."""

import collections
import contextlib
import logging
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string
from sqlalchemy import event

from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.enums import Door
from flask_talentpool.errors import ConfigError, Refused, TablesMissing
from flask_talentpool.host.mapping import Host
from flask_talentpool.noticing import hook
from flask_talentpool.noticing import record as recording
from flask_talentpool.pools import noting
from tests.promises.world import START, World
from tests.support.apps import dispose_engines
from tests.support.patience import patience
from tests.support.people import RITA


def host_rows(world):
    """Return what stands in the host's own table, as another connection sees it."""
    world.session.rollback()
    table = world.Application.__table__
    return world.session.execute(sa.select(table.c.status, table.c.note).order_by(table.c.id)).all()


def host_tables(world):
    return [table for name, table in world.db.metadata.tables.items() if not name.startswith("talentpool_")]


@contextlib.contextmanager
def statements(world):
    """Collect the text of every statement the app's engine runs."""
    seen = []

    def before(_connection, _cursor, statement, _parameters, _context, _many):
        seen.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(world.db.engine, "before_cursor_execute", before)


def breaks(*_arguments, **_options):
    raise RuntimeError("a bug of ours")


# Our hook fails


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (hook, "record"),
        (hook, "_Look"),
        (hook, "_notice"),
        (hook._Look, "seen"),
        (hook._Look, "clean"),
        (recording, "_standing"),
        (recording, "_insert"),
        (Host, "verdict"),
        (Host, "seen_in_row"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_when_our_hook_raises_the_hosts_commit_goes_through(world, monkeypatch, caplog, target, name):
    first, second = world.apply(2)
    monkeypatch.setattr(target, name, breaks)

    with caplog.at_level(logging.ERROR, "flask_talentpool"):
        first.status, first.note = "rejected", "in the hosts words"
        world.session.flush()
        second.note = "written after our failure"
        world.session.commit()

    assert host_rows(world) == [("rejected", "in the hosts words"), ("open", "written after our failure")]
    assert "sync" in caplog.text
    assert "person1@mail.test" not in caplog.text
    monkeypatch.undo()
    assert world.tp.sync().noticed == 1


def test_when_a_statement_of_our_hook_fails_the_hosts_transaction_goes_on(world, monkeypatch):
    first, second = world.apply(2)

    def bad_statement(connection, *_arguments, **_options):
        connection.execute(sa.text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr(hook, "record", bad_statement)
    first.status = "rejected"
    world.session.flush()
    second.note = "later in the same transaction"
    world.session.commit()

    assert host_rows(world) == [("rejected", None), ("open", "later in the same transaction")]


def test_a_hook_that_failed_half_way_leaves_nothing_of_itself(world, monkeypatch):
    (application,) = world.rejected()
    real = recording._insert

    def written_then_lost(*arguments, **options):
        real(*arguments, **options)
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(recording, "_insert", written_then_lost)
    world.set_status("withdrawn", application)
    monkeypatch.undo()

    assert host_rows(world) == [("withdrawn", None)]
    assert [decision.state for decision in world.decisions_of(application)] == ["live"]
    assert world.states() == {"due": 1}


# Our tables are not there, or not as they should be


def test_without_our_tables_the_host_goes_on_and_commands_name_the_remedy(make_world):
    world = make_world(tables=False)
    world.db.metadata.create_all(world.db.engine, tables=host_tables(world))
    first, second, third = world.apply(3)

    first.status = "rejected"
    world.session.flush()
    second.note = "later in the same transaction"
    second.candidate.full_name = "New Name"
    world.session.delete(third)
    world.session.commit()

    assert host_rows(world) == [("rejected", None), ("open", "later in the same transaction")]
    with pytest.raises(TablesMissing, match="flask db upgrade"):
        world.tp.sync()


def test_without_our_tables_the_hosts_status_page_shows_and_its_transaction_lives(make_world):
    world = make_world(tables=False)
    world.db.metadata.create_all(world.db.engine, tables=host_tables(world))
    rejected, hired = world.apply(2)
    world.set_status("rejected", rejected)
    world.set_status("hired", hired)
    rejected.note = "not committed yet"
    world.session.flush()

    # Whether the person was told cannot be known, so nothing is given away.
    assert [world.tp.visible_status(row) for row in (rejected, hired)] == ["open", "hired"]

    world.session.commit()
    assert host_rows(world)[0] == ("rejected", "not committed yet")


def test_without_our_tables_the_hosts_pages_with_our_widgets_show(make_world):
    world = make_world(tables=False)
    world.db.metadata.create_all(world.db.engine, tables=host_tables(world))
    world.session.add(world.User(name="Rita", role="recruiter", scope=""))
    (application,) = world.apply()
    world.reject(application)
    key = application.id

    @world.app.get("/candidate")
    def page():
        row = world.session.get(world.Application, key)
        row.note = "seen on the page"
        widgets = "{{ talentpool.badges(row.candidate) }}{{ talentpool.recall_button(row.candidate) }}{{ talentpool.letter_panel(row) }}"
        text = render_template_string(f"<h1>{{{{ row.candidate.full_name }}}}</h1>{widgets}", row=row)
        world.session.commit()
        return text

    client = world.app.test_client()
    assert client.get("/sign-in/1").status_code == 200

    response = client.get("/candidate")

    assert response.status_code == 200
    assert "Person Number 1" in response.get_data(as_text=True)
    assert host_rows(world) == [("rejected", "seen on the page")]
    assert client.get("/talent-pool/").status_code == 503


def test_with_a_column_of_ours_missing_the_host_goes_on(world):
    (application,) = world.apply()
    world.session.commit()
    with world.db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE talentpool_decisions DROP COLUMN line"))
        connection.execute(sa.text("ALTER TABLE talentpool_decisions DROP COLUMN never_pool"))

    application.status, application.note = "rejected", "kept"
    world.session.commit()

    assert host_rows(world) == [("rejected", "kept")]


NEWER = ("bulk_items", "bulks", "clocks", "incoming", "templates")
"""Tables that part 1 of this extension had not."""


def downgraded(world):
    """Take away what a database of an earlier version has not."""
    world.session.rollback()  # PostgreSQL drops no table that a transaction has read
    with world.db.engine.begin() as connection:
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        for name in NEWER:
            connection.execute(sa.text(f"DROP TABLE talentpool_{name}{cascade}"))
        for column in ("feedback", "note", "line_at"):
            connection.execute(sa.text(f"ALTER TABLE talentpool_decisions DROP COLUMN {column}"))


def test_between_installing_a_new_version_and_its_migration_the_host_goes_on(world):
    world.session.add(world.User(name="Rita", role="recruiter", scope=""))
    job = world.Job(title="Engineer")
    (told,) = world.told(1, job=job)
    first, second = world.apply(2, job=job)
    world.session.commit()
    shown = [row.id for row in (told, first, second)]
    downgraded(world)

    first.status = "rejected"
    world.session.flush()
    second.note = "later in the same transaction"
    assert world.tp.visible_status(second) == "open"
    assert world.tp.unanswered(job) == ()
    world.session.commit()

    assert host_rows(world)[1:] == [("rejected", None), ("open", "later in the same transaction")]

    @world.app.get("/candidates")
    def page():
        rows = [world.session.get(world.Application, key) for key in shown]
        rows[0].note = "seen on the page"
        text = "{% for row in rows %}{{ talentpool.badges(row.candidate) }}{{ talentpool.recall_button(row.candidate) }}{{ talentpool.letter_panel(row) }}{{ row.candidate.full_name }}{% endfor %}"
        shown_page = render_template_string(text, rows=rows)
        world.session.commit()
        return shown_page

    client = world.app.test_client()
    assert client.get("/sign-in/1").status_code == 200
    response = client.get("/candidates")
    assert response.status_code == 200
    assert "Person Number 3" in response.get_data(as_text=True)
    assert host_rows(world)[0] == ("rejected", "seen on the page")
    pages = ("", "unanswered", "bulks", "incoming", "texts", "decisions/grid")
    assert {url: client.get(f"/talent-pool/{url}").status_code for url in pages} == dict.fromkeys(pages, 503)
    assert world.app.test_client().post("/talent-pool/u/a-token").status_code in {200, 503}


def test_after_an_upgrade_without_its_migration_commands_name_the_remedy_and_nothing_is_lost(
    world, smtp_server
):
    (application,) = world.apply()
    world.session.commit()
    downgraded(world)
    world.reject(application)
    runner = world.app.test_cli_runner()

    def refused():
        for command in (["sync"], ["send"], ["receive"], ["texts"]):
            result = runner.invoke(args=["talentpool", *command], input="From: a@b.test\n\nHello")
            # A mail that cannot be kept now is asked for again by the mail server.
            assert result.exit_code == (75 if command == ["receive"] else 1), (command, result.output)
            assert "flask db upgrade" in result.output, (command, result.output)

    refused()
    # What somebody may try first makes the tables, and adds no column to those that are there.
    world.db.metadata.create_all(world.db.engine)
    refused()
    with world.db.engine.begin() as connection:
        for column in ("feedback", "note", "line_at"):
            kind = world.m.decision.__table__.c[column].type.compile(world.db.engine.dialect)
            default = " DEFAULT ''" if column != "line_at" else ""
            connection.execute(
                sa.text(f"ALTER TABLE talentpool_decisions ADD COLUMN {column} {kind}{default}")
            )

    assert world.tp.sync().noticed == 1
    world.send(smtp_server)
    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("person1@mail.test",)]


# Races and locks


def test_a_unique_race_between_two_requests_costs_neither_its_commit_nor_others_their_decision(
    world, monkeypatch
):
    application, other = world.apply(2)
    world.reject(application)
    # What the second request sees that looked before the first committed: no decision yet.
    monkeypatch.setattr(recording, "_standing", lambda *_: {})
    application.note = "from the second request"
    application.status = other.status = "rejected "
    world.session.commit()

    assert host_rows(world) == [("rejected ", "from the second request"), ("rejected ", None)]
    assert [len(world.decisions_of(row)) for row in (application, other)] == [1, 1]


def test_a_unique_race_that_fails_the_insert_costs_neither_its_commit(world, monkeypatch):
    (application,) = world.apply()
    world.reject(application)

    def plain_insert(connection, models, rows):
        connection.execute(sa.insert(models.decision.__table__), rows)
        return []

    monkeypatch.setattr(recording, "_standing", lambda *_: {})
    monkeypatch.setattr(recording, "_insert", plain_insert)
    application.status, application.note = "rejected ", "from the second request"
    world.session.commit()

    assert host_rows(world) == [("rejected ", "from the second request")]
    assert len(world.decisions_of(application)) == 1


def test_twelve_requests_rejecting_the_same_people_at_once_all_commit(world):
    made = world.apply(3)
    keys = [application.id for application in made]

    def press(number):
        def request():
            # A busy database is the host's own; it tries again as it would without us.
            for _ in range(20):
                try:
                    for key in keys:
                        row = world.session.get(world.Application, key)
                        row.status, row.note = f"rejected{' ' * number}", f"by {number}"
                    world.session.commit()
                except sa.exc.OperationalError:
                    world.session.rollback()
                else:
                    return "done"
            return "busy"

        return request

    results = world.at_once(*[press(number) for number in range(12)])

    assert results == ["done"] * 12
    world.tp.sync()
    assert world.count(world.m.decision) == 3
    assert {status.strip() for status, _ in host_rows(world)} == {"rejected"}


@pytest.mark.postgres
@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_lock_on_our_table_costs_the_host_its_own_timeout_and_no_more(postgres_url, limit):
    options = {"connect_args": {"options": f"-c {limit}=300"}}
    world = World(postgres_url, SQLALCHEMY_ENGINE_OPTIONS=options)
    other = sa.create_engine(postgres_url)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        (application,) = world.apply()
        with other.begin() as connection:
            connection.execute(sa.text("LOCK TABLE talentpool_decisions IN ACCESS EXCLUSIVE MODE"))
            application.status, application.note = "rejected", "kept"
            world.session.commit()
            assert host_rows(world) == [("rejected", "kept")]
        assert world.tp.sync().noticed == 1
    other.dispose()
    world.close()


@pytest.mark.postgres
def test_a_decision_another_connection_writes_at_the_same_moment_is_waited_for_and_shared(postgres_url):
    world = World(postgres_url)
    other = sa.create_engine(postgres_url)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        (application,) = world.apply()
        key, table = application.id, world.m.decision.__table__
        at = world.clock.now()
        world.session.commit()
        with other.connect() as connection:
            row = {
                "scope": "", "application_key": str(key), "application_id": key, "live_for": str(key),
                "outcome": "rejected", "state": "live", "never_pool": False, "stage_reached": "final",
                "door": "unlatched", "needs_review": "", "decided_at": at, "noticed_at": at, "candidate_key": "",
                "job_key": "", "job_label": "", "reason": "", "door_by": "", "door_by_name": "", "line": "",
                "owner_key": "", "owner_name": "", "told_by": "", "ended_by": "",
            }  # fmt: skip
            connection.execute(sa.insert(table), [row])
            done = threading.Event()

            def request():
                with world.app.app_context():
                    world.reject(world.session.get(world.Application, key))
                    world.session.remove()
                done.set()

            thread = threading.Thread(target=request)
            thread.start()
            assert not done.wait(0.3), "nothing was contended, so nothing was tried"
            connection.commit()
            thread.join(patience(20))
        assert done.is_set()
        assert host_rows(world) == [("rejected", None)]
        assert world.count(world.m.decision) == 1
    other.dispose()
    world.close()


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "known"])
def test_fifty_presses_of_recall_to_pool_at_once_make_one_place(world, known):
    (application,) = world.told() if known else world.apply()
    key = application.candidate_id
    if known:
        # With person, pool and tag there already, nothing but the place itself is raced for.
        (other,) = world.told()
        world.change(lambda ctx: noting.recall_to_pool(ctx, other.candidate, "", by=RITA, tags=["Python"]))

    def press():
        return world.change(
            lambda ctx: (
                noting.recall_to_pool(
                    ctx,
                    ctx.session.get(world.Candidate, key),
                    "",
                    by=RITA,
                    tags=["Python"],
                    reason="strong in the last round",
                ).is_new
            )
        )

    results = world.at_once(*[press] * 50)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(results) == 1
    for model in (world.m.member, world.m.person, world.m.candidate_link, world.m.person_tag):
        assert world.count(model) == (2 if known else 1)
    assert (world.count(world.m.pool), world.count(world.m.tag)) == (1, 1)
    assert world.states().keys() <= {"cancelled"}


# What the host takes back


def test_a_rollback_of_the_host_leaves_no_decision(world):
    first, second = world.apply(2)
    first.status = "rejected"
    world.session.flush()
    world.session.rollback()
    second.note = "another transaction"
    world.session.commit()

    assert world.count(world.m.decision) == 0


def test_a_savepoint_the_host_rolls_back_leaves_no_decision(world):
    first, second, third = world.apply(3)
    first.status = "rejected"
    world.session.flush()
    with contextlib.suppress(ZeroDivisionError), world.session.begin_nested():
        second.status = "rejected"
        world.session.flush()
        raise ZeroDivisionError
    with world.session.begin_nested():
        third.status = "rejected"
    world.session.commit()

    assert [status for status, _ in host_rows(world)] == ["rejected", "open", "rejected"]
    standing = world.session.scalars(
        sa.select(world.m.decision.application_id).order_by(world.m.decision.id)
    ).all()
    assert standing == [first.id, third.id]


def test_a_rollback_after_an_inner_savepoint_leaves_no_decision(world):
    (application,) = world.apply()
    application.note = "first, so that the transaction is begun"
    world.session.flush()
    with world.session.begin_nested():
        application.status = "rejected"
    world.session.rollback()

    assert world.count(world.m.decision) == 0
    assert host_rows(world) == [("open", None)]


def test_a_change_taken_back_in_the_same_transaction_sends_nothing(world, smtp_server):
    (application,) = world.apply()
    application.status = "rejected"
    world.session.flush()
    application.status = "open"
    world.session.commit()

    world.tp.sync()
    world.send(smtp_server)

    assert [decision.state for decision in world.decisions_of(application)] == ["taken_back"]
    assert smtp_server.mails == []


def test_our_hook_adds_nothing_to_the_hosts_session(world):
    (application,) = world.apply()
    application.status = "rejected"
    world.session.flush()

    ours = [row for row in world.session if type(row).__module__.startswith("flask_talentpool")]
    assert ours == []
    assert not world.session.new
    assert not world.session.dirty


# What it costs the host


def cost_of_rejecting(world, number):
    made = world.apply(number)
    world.session.expire_all()
    for application in made:
        _ = application.status, application.candidate_id
    with statements(world) as seen:
        for application in made:
            application.status = "rejected"
        world.session.commit()
    return seen


@pytest.mark.untraced
def test_rejecting_a_thousand_costs_a_constant_number_of_statements_for_every_400(world):
    counts = {number: len(cost_of_rejecting(world, number)) for number in (1, 400, 1000)}
    # The host's own UPDATE is one executemany; the rest is ours.
    assert counts[400] == counts[1]
    assert counts[1000] - 1 <= 3 * counts[400]
    assert world.count(world.m.decision) == 1401


def test_a_change_that_is_no_decision_costs_no_statement(world):
    made = world.apply(3)
    with statements(world) as seen:
        for application in made:
            application.note = "called back"
        world.session.commit()

    assert [text for text in seen if "talentpool" in text] == []


def test_nothing_of_the_hosts_database_settings_is_altered(world):
    def settings():
        world.session.rollback()
        if world.db.engine.dialect.name == "sqlite":
            names = (
                "foreign_keys",
                "journal_mode",
                "synchronous",
                "busy_timeout",
                "locking_mode",
                "read_uncommitted",
            )
            return [world.session.execute(sa.text(f"PRAGMA {name}")).all() for name in names]
        shown = world.session.execute(sa.text("SHOW ALL")).all()
        return {name: value for name, value, _ in shown if not name.startswith("log_")}

    before = settings()
    application, _ = world.rejected(2)
    world.change(lambda ctx: editing.set_door(ctx, world.decision(application), Door.OPEN, by=RITA))
    world.tp.told(application, channel="phone", by=RITA)
    world.session.commit()

    assert settings() == before


# Switched off


def test_switched_off_the_host_works_as_before(make_world):
    world = make_world(TALENTPOOL_ENABLED=False, synced=False)
    first, second = world.apply(2)
    with statements(world) as seen:
        world.reject(first)
        world.set_status("hired", second)
        assert [world.tp.visible_status(row) for row in (first, second)] == ["rejected", "hired"]
        assert world.tp.unanswered(first.job) == ()
        world.tp.told(first, channel="host", by=RITA)
        world.session.commit()

    assert [text for text in seen if "talentpool" in text] == []
    client = world.app.test_client()
    for url in ("", "l/a-token", "u/a-token", "unanswered", "texts", "bulks", "incoming", "guide/"):
        assert client.get(f"/talent-pool/{url}").status_code == 404, url
    assert host_rows(world) == [("rejected", None), ("hired", None)]


def test_switched_off_with_letters_due_nothing_goes_until_it_is_switched_on(make_world, smtp_server):
    on = make_world()
    on.rejected(3)
    on.session.remove()
    off = make_world(TALENTPOOL_ENABLED=False, synced=False)

    for command in (
        off.tp.sync,
        off.tp.work_bulks,
        lambda: off.send(smtp_server),
        lambda: off.tp.receive(b"From: a@b.test\r\n\r\nHello"),
    ):
        with pytest.raises(ConfigError, match="TALENTPOOL_ENABLED"):
            command()
    off.session.remove()

    assert smtp_server.mails == []
    make_world().send(smtp_server)
    assert len(smtp_server.mails) == 3


# The first start, and who writes


def test_the_first_start_on_a_database_with_years_of_rejections_sends_nothing(make_world, smtp_server):
    world = make_world(synced=False)
    old = world.apply(450)
    world.bulk("rejected", *old)

    report = world.tp.sync()
    for _ in range(3):
        world.send(smtp_server)
        world.clock.advance(timedelta(days=30))
        world.tp.sync()

    assert (report.first, report.baseline, report.composed) == (True, 450, 0)
    assert smtp_server.mails == []
    assert world.letters() == []
    # What was decided before we came was told before we came.
    assert world.tp.visible_status(old[0]) == "rejected"


def with_an_owner(world):
    owner = world.User(name="Otto Owner", email="otto@host.test", role="manager", scope="")
    world.session.add(owner)
    world.session.commit()
    return world.Job(title="Engineer", owner=owner)


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("days_ago", "modes"),
    [(None, None), (5, None), (400, None), (5, "auto")],
    ids=["undated", "last week", "last year", "last week, automatic"],
)
def test_the_first_start_with_hundreds_of_open_interviewed_people_writes_to_nobody_about_them(
    make_world, smtp_server, modes, days_ago
):
    entries = {}
    if days_ago is not None:
        entries["interviewed_at"] = lambda _: START - timedelta(days=days_ago)
    world = make_world(synced=False, entries=entries, TALENTPOOL_MODES=modes)
    made = world.apply(240, job=with_an_owner(world))
    world.bulk("rejected", *made[:120])

    # A first round, past the target, and past the limit.
    for days in (0, 1, 11, 40):
        world.clock.advance(timedelta(days=days))
        world.tp.sync()
        world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letters() == []
    assert world.count(world.m.clock) == 120
    # They are not forgotten: the page of the unanswered has every one.
    assert len(world.tp.unanswered()) == 120


@pytest.mark.parametrize("modes", [None, "auto"], ids=["default modes", "auto"])
def test_of_those_open_at_the_first_start_whoever_is_decided_later_is_answered_once(
    make_world, smtp_server, modes
):
    world = make_world(synced=False, TALENTPOOL_MODES=modes)
    made = world.apply(30, job=with_an_owner(world))
    world.tp.sync()
    world.reject(*made[:3])

    for _ in range(12):
        world.tp.sync()
        world.send(smtp_server)
        world.clock.advance(timedelta(days=2))

    told = collections.Counter(mail.rcpt_tos[0] for mail in smtp_server.mails)
    assert {to: told[to] for to in told if to != "otto@host.test"} == {
        f"person{number}@mail.test": 1 for number in (1, 2, 3)
    }


def test_the_first_start_of_a_new_version_writes_to_nobody_who_was_open_before(world, smtp_server):
    made = world.apply(120, job=with_an_owner(world))
    world.tp.sync()
    # As a migration leaves it: the new tables are there, and the clocks were never wound.
    world.session.execute(sa.delete(world.m.clock))
    world.session.execute(sa.delete(world.m.mark).where(world.m.mark.key.in_(["clocks", "morning"])))
    world.session.commit()

    for days in (0, 1, 11, 40):
        world.clock.advance(timedelta(days=days))
        world.tp.sync()
        world.send(smtp_server)

    assert smtp_server.mails == []
    assert len(world.tp.unanswered()) == len(made)


def test_what_the_hook_saw_before_the_first_sync_stays_live_and_waits_for_a_person(make_world, smtp_server):
    world = make_world(synced=False)
    made = world.apply(5)
    world.reject(*made)
    assert world.count(world.m.decision) == 5

    assert world.tp.sync().baseline == 0
    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert {d.state for row in made for d in world.decisions_of(row)} == {"live"}
    assert {(letter.state, letter.because) for letter in world.letters()} == {("held", "before_start")}
    # Nobody told them, so nobody reads that they were.
    assert {world.tp.visible_status(row) for row in made} == {"open"}


def test_what_waited_from_before_the_first_sync_goes_once_when_somebody_lets_it_go(make_world, smtp_server):
    world = make_world(synced=False)
    (application,) = world.apply()
    world.reject(application)
    world.tp.sync()

    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA))
    for _ in range(2):
        world.tp.sync()
        world.send(smtp_server)

    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("person1@mail.test",)]


def test_a_letter_looked_at_before_the_first_sync_is_not_composed_and_waits_for_a_person_after_it(
    make_world, smtp_server
):
    world = make_world(synced=False)
    (application,) = world.apply()
    world.reject(application)
    world.change(lambda ctx: editing.set_door(ctx, world.decision(application), Door.OPEN, by=RITA))
    with pytest.raises(Refused, match="flask talentpool sync"):
        world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA, at_once=True))
    assert (world.letters(), world.members()) == ([], [])

    world.tp.sync()
    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.states() == {"held": 1}
    assert world.decision(application).door == "open"


def test_what_is_decided_after_the_first_start_is_answered(make_world, smtp_server):
    world = make_world(synced=False)
    old, new = world.apply(2)
    world.reject(old)
    world.tp.sync()
    world.reject(new)
    world.tp.sync()

    world.send(smtp_server)

    assert [mail.rcpt_tos for mail in smtp_server.mails] == [("person2@mail.test",)]


def test_a_baseline_rejection_said_again_by_the_host_waits_for_review(make_world, smtp_server):
    world = make_world(synced=False)
    (application,) = world.apply()
    world.bulk("rejected", application)
    world.tp.sync()
    world.set_status("open", application)
    world.reject(application)
    world.tp.sync()

    world.send(smtp_server)

    assert smtp_server.mails == []
    assert world.letter(application).because == "told_before"


def test_until_the_operator_says_who_writes_everything_is_held_and_then_goes_once(make_world, smtp_server):
    world = make_world(TALENTPOOL_OUTCOME_LETTERS=None)
    made = world.rejected(4)
    world.send(smtp_server)
    assert smtp_server.mails == []
    assert {(letter.state, letter.because) for letter in world.letters()} == {("held", "who_writes")}
    world.session.remove()

    answered = make_world(TALENTPOOL_OUTCOME_LETTERS="ours")
    for _ in range(3):
        answered.tp.sync()
        answered.send(smtp_server)

    counted = collections.Counter(mail.rcpt_tos[0] for mail in smtp_server.mails)
    assert len(counted) == len(made)
    assert set(counted.values()) == {1}


def test_a_letter_already_due_is_held_again_when_nobody_writes_any_more(world, make_world, smtp_server):
    world.rejected(2)
    world.session.remove()
    unset = make_world(TALENTPOOL_OUTCOME_LETTERS=None)

    unset.send(smtp_server)

    assert smtp_server.mails == []
    assert unset.states() == {"held": 2}


def test_where_the_host_writes_a_letter_it_reports_cancels_ours(make_world, smtp_server):
    world = make_world(TALENTPOOL_OUTCOME_LETTERS="host")
    reported, silent, early = world.rejected(3)
    assert {letter.because for letter in world.letters()} == {"host_writes"}
    world.tp.told(reported)
    world.session.commit()
    (before_sync,) = world.apply()
    before_sync.status = "rejected"
    world.tp.told(before_sync)
    world.session.commit()
    world.change(lambda ctx: lifecycle.approve(ctx, world.decision(early), by=RITA))

    for _ in range(2):
        world.tp.sync()
        world.send(smtp_server)

    assert [mail.rcpt_tos for mail in smtp_server.mails] == [(early.candidate.email,)]
    assert world.letter(reported).because == "told_elsewhere"
    assert world.letter(silent).because == "host_writes"
    assert world.tp.visible_status(reported) == "rejected"
    assert world.decision(before_sync).told_by == "host"


# Two apps in one process


def test_two_hosts_in_one_process_do_not_hear_each_other(world, tmp_path):
    other = World(f"sqlite:///{tmp_path / 'other.db'}")
    with other.app.app_context():
        other.create_tables()
        other.tp.sync()
        (theirs,) = other.apply()
        other.reject(theirs)
        other.tp.sync()
        assert other.count(other.m.decision) == 1
        other.session.remove()
    other.close()

    assert world.count(world.m.decision) == 0
    (ours,) = world.apply()
    world.reject(ours)
    assert world.count(world.m.decision) == 1


def second_app(world, url, *, mounted):
    app = Flask("second")
    settings = {key: value for key, value in world.app.config.items() if key.startswith("TALENTPOOL_")}
    app.config.update(settings, SECRET_KEY="other", SQLALCHEMY_DATABASE_URI=url, TESTING=True)
    world.db.init_app(app)
    if mounted:
        world.tp.init_app(app)
    return app


def test_two_apps_sharing_one_database_extension_notice_each_change_once(world, tmp_path):
    app = second_app(world, f"sqlite:///{tmp_path / 'second.db'}", mounted=True)
    (first,) = world.apply()
    with statements(world) as seen:
        world.reject(first)
    inserts = [text for text in seen if "INSERT INTO talentpool_decisions" in text]

    with app.app_context():
        world.create_tables()
        (second,) = world.apply()
        world.reject(second)
        there = world.count(world.m.decision)
        world.session.remove()
    dispose_engines(app)

    assert len(inserts) == 1
    assert there == 1
    assert world.count(world.m.decision) == 1


def test_an_app_that_shares_the_database_extension_but_not_us_is_left_alone(world, tmp_path):
    app = second_app(world, f"sqlite:///{tmp_path / 'second.db'}", mounted=False)

    with app.app_context():
        world.db.metadata.create_all(world.db.engine, tables=host_tables(world))
        (application,) = world.apply()
        world.reject(application)
        assert host_rows(world) == [("rejected", None)]
        world.session.remove()
    dispose_engines(app)


@pytest.mark.untraced
def test_a_database_that_answers_our_savepoint_with_an_error_keeps_the_hosts_commit(world):
    (application,) = world.apply()

    def refuse(connection, name):
        raise sa.exc.OperationalError("SAVEPOINT", {}, Exception("no savepoints here"))

    sa.event.listen(world.db.engine, "savepoint", refuse)
    try:
        world.reject(application)
    finally:
        sa.event.remove(world.db.engine, "savepoint", refuse)
    status = world.session.get(world.Application, application.id, populate_existing=True).status
    world.tp.sync()

    assert status == "rejected"
    assert world.decision(application).outcome == "rejected"
