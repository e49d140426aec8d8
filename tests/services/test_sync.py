"""`flask talentpool sync`: baseline, both directions, what cannot be read."""

import json
import subprocess
import sys

import pytest
import sqlalchemy as sa

from flask_talentpool.errors import TablesMissing, TalentPoolError
from tests.hosts import registry
from tests.services.agency import SETTINGS, Agency, environment
from tests.support.patience import patience
from tests.support.smtp import REPOSITORY

pytestmark = pytest.mark.both_databases

SHAPES = registry.all_shapes()


def test_the_first_sync_takes_the_baseline_and_writes_nothing(agency, letters):
    agency.add(status="rejected")
    agency.add("Bo Li", "bo@mail.example", status="hired")
    agency.add("Cy Ng", "cy@mail.example")

    result = agency.run("sync")

    assert result.exit_code == 0
    assert "First sync: 2 outcomes from before became the baseline. Nothing is sent" in result.stdout
    assert "adopt" not in result.stdout
    assert set(agency.rows("decision", "state")) == {"baseline"}
    agency.run("send")
    assert letters() == []


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (
            "final",
            "To take past finalists into a pool: flask talentpool adopt --stage finalist --pool finalists",
        ),
        ("interview", "into a pool: flask talentpool adopt --stage interviewed --pool interviewed --dry-run"),
    ],
)
def test_the_first_sync_proposes_to_adopt_those_there_are(agency, stage, says):
    agency.add(status="rejected", stage=stage)
    agency.add("Bo Li", "bo@mail.example", status="blacklisted", stage="final")

    assert says in agency.run("sync").stdout
    assert (
        agency.run_json(*says.partition("talentpool ")[2].replace(" --dry-run", "").split())["adopted"] == 1
    )


def test_the_first_sync_marks_the_default_scope_even_without_rows(agency):
    assert agency.run_json("sync")["first"] is True
    agency.add(status="rejected")

    assert agency.run_json("sync")["noticed"] == 1


def test_what_a_hook_noticed_before_the_first_sync_waits_for_a_person(agency, letters):
    agency.reject(agency.add())

    assert agency.run_json("sync")["baseline"] == 0
    agency.run("send")
    assert letters() == []
    assert agency.rows("decision", "state", "needs_review") == [("live", "before_start")]
    assert agency.rows("letter", "state", "because") == [("held", "before_start")]


def test_a_scope_that_appears_later_is_live_from_its_first_application_on(agency):
    agency.run("sync")
    agency.add(status="rejected", company="acme")

    report = agency.run_json("sync")

    assert (report["noticed"], report["composed"]) == (1, 1)


def test_sync_finds_what_no_hook_saw_in_both_directions(agency):
    agency.run("sync")
    kept, reverted = agency.add(), agency.add("Bo Li", "bo@mail.example")
    agency.reject_in_bulk([kept, reverted])
    first = agency.run_json("sync")
    agency.change(reverted, status="open")

    second = agency.run_json("sync")

    assert (first["noticed"], first["composed"]) == (2, 2)
    assert (second["noticed"], second["taken_back"]) == (0, 1)
    assert sorted(agency.rows("letter", "state")) == ["cancelled", "due"]


def test_a_second_sync_finds_nothing_new(agency):
    agency.run("sync")
    agency.reject_in_bulk([agency.add()])
    agency.run("sync")

    report = agency.run_json("sync")

    assert (report["noticed"], report["taken_back"], report["composed"]) == (0, 0, 0)


def test_new_status_values_are_named_and_need_nobody(agency):
    agency.run("sync")
    agency.add(status="on hold")

    result = agency.run("sync")

    assert result.exit_code == 0
    assert "counted as still open: “on hold” (1)" in result.stdout
    assert agency.rows("decision", "id") == []


def test_a_status_value_that_was_there_at_the_first_sync_is_not_news(agency):
    agency.add(status="on hold")
    agency.run("sync")

    assert agency.run_json("sync")["new_statuses"] == {}


def test_many_status_values_are_compared_whatever_their_number(agency):
    agency.run("sync")
    keys = [agency.add(f"P {number}", f"p{number}@mail.example") for number in range(3)]
    table = agency.models.Application.__table__
    with agency.app.app_context(), agency.engine().begin() as connection:
        rows = [
            {"candidate_id": 1, "stage": "applied", "status": f"free text {number}", "company": ""}
            for number in range(1500)
        ]
        connection.execute(sa.insert(table), rows)
    agency.reject_in_bulk(keys)

    report = agency.run_json("sync")

    assert (report["noticed"], len(report["new_statuses"])) == (3, 1500)


def test_without_tables_sync_names_the_command_that_makes_them(make_agency):
    agency = make_agency(tables=False)

    result = agency.run("sync")

    assert result.exit_code == 1
    assert "flask db migrate" in result.stderr
    assert "db.create_all()" in result.stderr
    with agency.app.app_context(), pytest.raises(TablesMissing):
        agency.tp.sync()


def test_a_database_that_is_away_is_not_taken_for_missing_tables(make_agency, tmp_path):
    agency = make_agency(tables=False, url=f"sqlite:///{tmp_path}/no/such/folder.db")

    result = agency.run("sync")

    assert result.exit_code == 1
    assert "The database could not do this" in result.stderr
    assert "flask db migrate" not in result.stderr


def test_switched_off_nothing_is_noticed_or_sent(make_agency):
    agency = make_agency(TALENTPOOL_ENABLED=False)

    for command in ("sync", "send", "worker"):
        result = agency.run(command)
        assert result.exit_code == 1
        assert "TALENTPOOL_ENABLED is False" in result.stderr


def a_status_that_raises(application):
    if application.stage == "broken":
        raise RuntimeError(application.candidate.name)
    return application.status


class Callables(Agency):
    more_entries = {"status": a_status_that_raises}


@pytest.mark.parametrize("decided_in_bulk", [True, False])
def test_one_row_the_map_cannot_read_does_not_keep_the_others_from_being_noticed(
    make_agency, decided_in_bulk, caplog
):
    agency = make_agency(shape=Callables)
    agency.run("sync")
    good, broken = agency.add(), agency.add("Bo Li", "bo@mail.example")
    agency.change(broken, stage="broken")
    (agency.reject_in_bulk if decided_in_bulk else lambda keys: agency.reject(keys[0]))([good])

    result = agency.run("sync")

    assert result.exit_code == 1
    assert "1 application could not be recorded or answered" in result.stdout
    assert agency.rows("decision", "application_key") == [str(good)]
    assert f"application {broken} cannot be read by the map: RuntimeError" in caplog.text
    assert "Bo Li" not in caplog.text


def test_no_baseline_is_taken_while_rows_cannot_be_read(make_agency):
    """Left out of it, they would be written to as soon as somebody mends the map."""
    agency = make_agency(shape=Callables)
    agency.add(status="rejected")
    agency.add("Bo Li", "bo@mail.example", status="rejected", stage="broken")

    result = agency.run("sync")

    assert result.exit_code == 1
    assert "flask talentpool check" in result.stderr
    assert agency.rows("decision", "id") == []
    with agency.app.app_context(), pytest.raises(TalentPoolError):
        agency.tp.sync()


def test_rows_of_a_map_with_callables_are_read_afresh(make_agency):
    agency = make_agency(shape=Callables)
    agency.run("sync")
    key = agency.add()
    with agency.app.app_context():
        stale = agency.application(key)
        agency.reject_in_bulk([key])

        assert agency.tp.sync().noticed == 1
        assert stale.status == "rejected"


class LongScopes(Agency):
    more_entries = {"scope": lambda application: "x" * 100 if application.stage == "long" else ""}


def test_one_row_the_database_refuses_does_not_keep_the_others_from_being_noticed(
    make_agency, postgres_url, caplog
):
    agency = make_agency(shape=LongScopes, url=postgres_url)
    agency.run("sync")
    good, refused = agency.add(), agency.add("Bo Li", "bo@mail.example", stage="long")
    agency.reject_in_bulk([good, refused])

    result = agency.run("sync")

    assert result.exit_code == 1
    assert agency.rows("decision", "application_key") == [str(good)]
    assert f"application {refused} could not be recorded" in caplog.text


def test_what_the_host_changes_while_the_database_refuses_ours_is_committed(make_agency, postgres_url):
    agency = make_agency(shape=LongScopes, url=postgres_url)
    agency.run("sync")
    key = agency.add(stage="long")

    agency.reject(key)

    assert agency.status_of(key) == "rejected"


def declined(application_attribute):
    class Declining(Agency):
        more_entries = {"offer_declined": application_attribute}

        def make_models(self, db):
            models = super().make_models(db)
            models.Application.said_no = db.Column(db.Integer)
            return models

    return Declining


def test_an_offer_declined_is_true_as_python_says(make_agency):
    agency = make_agency(shape=declined("said_no"))
    agency.run("sync")
    no, zero, unset = (agency.add(f"P {n}", f"p{n}@mail.example", status="rejected") for n in range(3))
    agency.change(no, said_no=1)
    agency.change(zero, said_no=0)

    agency.run("sync")

    assert dict(agency.rows("decision", "application_key", "outcome")) == {
        str(no): "offer_declined",
        str(zero): "rejected",
        str(unset): "rejected",
    }


@pytest.mark.untraced
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_miniature_host_is_understood_and_noticed_both_ways(name, database_url, tmp_path, request):
    if name == "lite":
        pytest.importorskip(
            "flask_sqlalchemy_lite", reason="Flask-SQLAlchemy-Lite needs a newer Flask than the lowest"
        )
    host = SHAPES[name]()
    app = host.create_app(database_url, **SETTINGS, TALENTPOOL_MAIL_URL=f"eml://{tmp_path}/mail")
    request.addfinalizer(host.close)
    host.create_tables()
    job = host.add_job("Engineer")
    old = host.apply("Old Hand", "old@mail.example", job)
    host.reject_in_bulk([old])
    checked = app.test_cli_runner().invoke(args=["talentpool", "check", "--json"])
    talentpool = app.extensions["talentpool"]
    with app.app_context():
        first = talentpool.sync()
    hooked, bulk = (
        host.apply("Ada Byron", "ada@mail.example", job),
        host.apply("Bo Li", "bo@mail.example", job),
    )
    host.reject(hooked)
    host.reject_in_bulk([bulk])
    with app.app_context():
        second = talentpool.sync()
    host.reopen(hooked)
    host.decide_in_bulk([bulk], "open")
    with app.app_context():
        third, fourth = talentpool.sync(), talentpool.sync()

    understood = json.loads(checked.stdout)
    assert (checked.exit_code, understood["to_settle"], understood["unreadable"]) == (0, [], {})
    assert understood["outcomes"] == {"rejected": 1}
    assert understood["names"] == {"present": 1, "missing": 0, "unusable": 0}
    assert understood["emails"]["present"] == (1 if host.EMAILS else 0)
    assert (first.first, first.baseline) == (True, 1)
    assert (second.noticed, second.composed) == (1, 2)
    assert (third.taken_back, third.noticed) == (1, 0)
    assert (fourth.taken_back, fourth.noticed, fourth.composed) == (0, 0, 0)


@pytest.mark.slow
def test_of_two_first_syncs_at_once_one_takes_the_baseline(agency, database_url):
    table = agency.models.Application.__table__
    agency.add(status="rejected")
    with agency.app.app_context(), agency.engine().begin() as connection:
        rows = [{"candidate_id": 1, "stage": "final", "status": "rejected", "company": ""}] * 1500
        connection.execute(sa.insert(table), rows)
    command = [sys.executable, "-m", "flask", "--app", "tests.services.agency:create_app"]
    processes = [
        subprocess.Popen(
            [*command, "talentpool", "sync", "--json"], cwd=REPOSITORY, env=environment(database_url),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=patience(90)) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    reports = sorted((json.loads(out) for out, _ in said), key=lambda report: report["first"])
    assert [report["first"] for report in reports] == [False, True]
    assert [report["baseline"] for report in reports] == [0, 1501]
    assert reports[0]["noticed"] == 0
    assert set(agency.rows("decision", "state")) == {"baseline"}
    assert len(agency.rows("decision", "id")) == 1501
