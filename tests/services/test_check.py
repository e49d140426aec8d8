"""`flask talentpool check`: what it understood, what it asks, and no personal data."""

from datetime import datetime
from typing import ClassVar

import pytest
import sqlalchemy as sa

from examples.ats.extensions import db
from examples.ats.factory import create_app
from examples.ats.models import Application, Candidate, Job, User
from flask_talentpool.errors import ConfigError
from tests.services.agency import Agency, years_ago
from tests.support.cli import cli_runner

pytestmark = pytest.mark.both_databases


def filled(agency):
    agency.add("Ada Byron", "ada@mail.example", status="rejected", stage="final", decided_at=years_ago(1))
    agency.add("Bo Li", "no address", status="closed", stage="interview")
    agency.add("Cy Ng", None, status="hired", stage="final")
    agency.add("Di Wu", "di@mail.example", status="withdrawn", stage="screen")
    agency.add("Ed Oz", "ed@mail.example", status="blacklisted")
    agency.add("Flo Ray", "flo@mail.example", status="on hold", stage="trial day")
    return agency


def test_it_prints_what_it_understood(agency):
    said = filled(agency).run("check").stdout

    assert "Candidate:   Candidate, key id INTEGER, 6 rows" in said
    assert "E-mails:     4 present, 1 missing, 1 cannot be written to" in said
    assert "Outcomes:    hired 1, open 1, rejected 3, withdrawn 1" in said
    assert "Never pool:  1" in said
    assert "Stages:      applied 2, finalist 2, interviewed 1, screened 1; interviewed in all: 3" in said
    assert "Your stages: “applied” (1), “screen” (1), “interview” (1), “final” (2)" in said
    assert "counted as still open: “on hold” (1)" in said
    assert "Stages not in stages, counted as applied: “trial day” (1)" in said
    assert "5 outcomes become baseline; nothing is sent" in said


class Centre(Agency):
    """A host whose people may come through a job centre."""

    more_entries: ClassVar = {"shared_address": lambda candidate: candidate.email == "centre@jobs.example"}


def test_it_counts_the_candidates_whose_address_is_shared(make_agency, agency):
    centre = make_agency(shape=Centre, tables=False)

    assert "Shared:" not in agency.run("check").stdout
    agency.add("Ada Byron", "centre@jobs.example")
    agency.add("Bo Li", "bo@mail.example")
    said = centre.run("check").stdout

    assert "Shared:      1 of the 2 looked at have an address that says nothing of who they are" in said


def test_with_everything_set_nothing_has_to_be_settled(agency):
    result = filled(agency).run("check")

    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith("Nothing has to be settled.\n")


def test_it_writes_nothing(agency):
    before = filled(agency).everything_kept()

    agency.run("check")

    assert agency.everything_kept() == before


def test_it_prints_no_personal_data(agency):
    filled(agency)

    said = agency.run("check").output + agency.run("check", "--json").output

    assert [word for word in ("Ada", "Byron", "Bo Li", "mail.example", "no address") if word in said] == []


def test_on_a_terminal_a_few_rows_are_shown_masked(agency, monkeypatch):
    monkeypatch.setattr("flask_talentpool.commands.check.on_terminal", lambda: True)
    agency.add("Ada Byron", "ada@mail.example")

    said = agency.run("check").stdout

    assert "“1”  A… B…  a… @…" in said
    assert "Ada" not in said


def test_json_says_the_same_in_one_object(agency):
    said = filled(agency).run_json("check")

    assert said["outcomes"] == {"hired": 1, "open": 1, "rejected": 3, "withdrawn": 1}
    assert said["unknown_statuses"] == {"on hold": 1}
    assert said["emails"] == {"present": 4, "missing": 1, "unusable": 1}
    assert said["to_settle"] == []
    assert "sample" not in said


def test_after_the_first_sync_it_says_when_the_baseline_was_taken(agency):
    agency.run("sync")

    assert "Baseline:    taken at 20" in agency.run("check").stdout


def test_it_asks_who_writes_outcome_letters(make_agency):
    result = make_agency(TALENTPOOL_OUTCOME_LETTERS=None).run("check")

    assert result.exit_code == 1
    assert "does your ATS send its own mail on these statuses (“" in result.stdout
    assert 'TALENTPOOL_OUTCOME_LETTERS = "host"' in result.stdout
    assert '"ours"' in result.stdout


@pytest.mark.parametrize(
    "key", ["TALENTPOOL_MAIL_URL", "TALENTPOOL_MAIL_FROM", "TALENTPOOL_COMPANY", "TALENTPOOL_PUBLIC_URL"]
)
def test_a_setting_that_letters_need_is_missing(make_agency, key):
    result = make_agency(**{key: None}).run("check")

    assert result.exit_code == 1
    assert f"{key} is not set" in result.stdout


def test_a_missing_hash_key_is_worth_knowing_and_holds_nothing_up(make_agency):
    result = make_agency(TALENTPOOL_HASH_KEY=None).run("check")

    assert result.exit_code == 0
    assert "TALENTPOOL_HASH_KEY is not set" in result.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TALENTPOOL_MAIL_URL", "smtp://user@mail.example:25"),
        ("TALENTPOOL_MAIL_FROM", "Jobs <jobs@exa_mple.test>"),
        ("TALENTPOOL_POOL_MAIL_FROM", "Jobs <jobs..x@example.test>"),
    ],
)
def test_what_the_transport_would_refuse_stops_the_start(make_agency, key, value):
    with pytest.raises(ConfigError, match=f"- {key} "):
        make_agency(**{key: value})


def test_missing_tables_are_named_with_the_command_that_makes_them(make_agency):
    agency = make_agency()
    agency.drop_tables()
    with agency.app.app_context():
        metadata = agency.tp_metadata()
        metadata.create_all(
            agency.engine(), [t for t in metadata.sorted_tables if "talentpool" not in t.name]
        )

    result = agency.run("check")

    assert result.exit_code == 1
    assert "Tables of ours are not there: " in result.stdout
    assert "without migrations with `db.create_all()`, or `flask talentpool upgrade-tables`" in result.stdout


def test_tables_of_another_version_are_reported(agency):
    with agency.app.app_context(), agency.engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE talentpool_letters DROP COLUMN reply_to"))

    result = agency.run("check")

    assert result.exit_code == 1
    assert "and lack: talentpool_letters.reply_to." in result.stdout


def test_what_is_left_out_is_named_with_its_cost(agency):
    said = agency.run("check").stdout

    assert "owner is not mapped: letters are signed by TALENTPOOL_MAIL_FROM" in said
    assert "candidate_url is not mapped" in said
    assert "scope is not mapped" not in said


def test_dates_that_have_to_be_guessed_are_named(agency):
    assert (
        "since interviewed_at is not mapped: the moment we first saw the change" in agency.run("check").stdout
    )


class Naive(Agency):
    def make_models(self, db):
        models = super().make_models(db)
        models.Application.left = db.Column(db.DateTime)
        return models

    more_entries = {"interviewed_at": "left"}


def test_dates_without_a_time_zone_are_named_with_the_zone_they_are_read_in(make_agency):
    agency = make_agency(shape=Naive, TALENTPOOL_TIMEZONE="Europe/Berlin")
    agency.add(left=datetime(2026, 1, 2, 3))  # noqa: DTZ001 (a naive one is what is tested)

    said = agency.run("check").stdout

    assert "interviewed_at) are read as Europe/Berlin" in said or "interviewed_at" in said.split("read as")[0]
    assert "read as Europe/Berlin" in said


def raises(row):
    raise KeyError(row.name)


class Broken(Agency):
    more_entries = {"email": raises, "reason": lambda application: application.no_such_thing}


def test_an_entry_that_raises_is_named_without_the_value_it_raised_over(make_agency):
    agency = make_agency(shape=Broken)
    agency.add("Ada Byron", "ada@mail.example", status="rejected")

    result = agency.run("check")

    assert result.exit_code == 1
    assert "An entry of the map cannot be read: email on 1 row, KeyError" in result.stdout
    assert "reason on 1 row, Application has no attribute 'no_such_thing'" in result.stdout
    assert "Ada" not in result.output


class Misread(Agency):
    """The status entry names a column of free text by mistake."""

    more_entries = {"status": "candidate.name"}


def test_a_status_with_very_many_values_is_counted_and_not_listed(make_agency):
    agency = make_agency(shape=Misread)
    for number in range(35):
        agency.add(f"Person Number{number}", f"p{number}@mail.example")

    said = agency.run("check").stdout

    assert "35 different values: is this the right attribute?" in said
    assert "Number7" not in said


def test_two_rows_of_one_person_are_counted(agency):
    with agency.unit() as session:
        for email in ("Ada@mail.example", "ada@mail.example ", "bo@mail.example"):
            session.add(agency.models.Candidate(name="X", email=email))

    assert "1 person has more than one candidate row" in agency.run("check").stdout


def test_an_empty_host_is_understood_as_well(agency):
    said = agency.run("check").stdout

    assert "Outcomes:    no applications" in said
    assert "0 outcomes become baseline" in said


class Enumerated(Agency):
    """A column that is an Enum to the application and plain text in the database."""

    def make_models(self, db):
        models = super().make_models(db)
        words = db.Enum("open", "rejected", "hired", native_enum=False, create_constraint=False, length=20)
        models.Application.result = db.Column(words)
        return models

    more_entries = {"status": "result"}


def test_a_value_that_is_no_member_of_its_enum_is_named_as_such(make_agency):
    agency = make_agency(shape=Enumerated)
    agency.add()
    with agency.app.app_context(), agency.engine().begin() as connection:
        connection.execute(sa.text("UPDATE application SET result = 'lapsed'"))

    checked, synced = agency.run("check"), agency.run("sync")

    assert (checked.exit_code, synced.exit_code) == (1, 1)
    assert "a value in the database is no member of its Enum" in checked.stdout
    assert "no member of its Enum. Add it to the Enum, or mend the row." in synced.stderr


def test_the_demo_host_has_nothing_to_settle(tmp_path, monkeypatch, dispose_of):
    """Its candidate_url calls `url_for`, which works on pages and must not be reported here."""
    monkeypatch.setenv("ATS_STATE", str(tmp_path))
    app = dispose_of(create_app())
    with app.app_context():
        db.create_all()
        db.session.add(Candidate(full_name="Ada Byron", email="ada@mail.example"))
        db.session.add(
            User(email="ola@x.example", full_name="Ola", position="Head", role="manager", password_hash="-")
        )
        db.session.flush()
        db.session.add(Job(title="Engineer", department="Works", place="Here", owner_id=1, recruiter_id=1))
        db.session.flush()
        db.session.add(Application(candidate_id=1, job_id=1, status="rejected", stage="final"))
        db.session.commit()

    result = cli_runner(app).invoke(args=["talentpool", "check"])

    assert (result.exit_code, "candidate_url" in result.output) == (0, False), result.output


class Owned(Agency):
    """One with owners, some of whom have no name."""

    more_entries: ClassVar = {
        "owner_name": lambda row: {1: "Ada Okafor", 2: "User:2", 3: "Bo Li"}.get(row.id),
        "owner_email": lambda row: f"o{row.id}@agency.example",
    }


def test_it_prints_two_owners_as_letters_would_and_counts_those_without_a_name(make_agency):
    agency = make_agency(shape=Owned)
    for _ in range(4):
        agency.add()

    said = agency.run("check").stdout

    assert (
        "Signed:      “Bo Li <o3@agency.example>”; “Ada Okafor <o1@agency.example>”; "
        "for 2 of the 4 looked at by the hiring team"
    ) in said
