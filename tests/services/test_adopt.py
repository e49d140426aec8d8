"""`flask talentpool adopt`: chosen past finalists become noted members, once."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from flask_talentpool.pools import ending
from flask_talentpool.pools import service as pools
from tests.services.agency import Agency
from tests.support.cli import cli_runner
from tests.support.people import RITA

OLD, RECENT = datetime(2023, 5, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
FINALISTS = ("--stage", "final", "--since", "2024-01-01", "--pool", "finalists")


def history(agency):
    """One application of each kind, all decided before the first sync; the first one alone is to be adopted."""
    chosen = agency.add("Ada Byron", "ada@mail.example", status="rejected", stage="final", decided_at=RECENT)
    agency.add("Bo Li", "bo@mail.example", status="rejected", stage="final", decided_at=OLD)
    agency.add("Cy Ng", "cy@mail.example", status="rejected", stage="interview", decided_at=RECENT)
    agency.add("Di Wu", "di@mail.example", status="hired", stage="final", decided_at=RECENT)
    agency.add("Ed Oz", "ed@mail.example", status="blacklisted", stage="final", decided_at=RECENT)
    agency.add("Flo Ray", "flo@mail.example", status="open", stage="final")
    agency.add("Gus Fay", "gus@mail.example", status="rejected", stage="final")
    return chosen


@pytest.fixture
def synced(agency):
    agency.chosen = history(agency)
    agency.run("sync")
    return agency


def members(agency):
    return agency.rows("member", "state", "source", "scope")


def test_the_chosen_become_noted_members_and_nothing_is_sent(synced, letters):
    result = synced.run("adopt", *FINALISTS)

    assert result.exit_code == 0
    assert "1 person noted for the pool “finalists”. Nothing was sent." in result.stdout
    assert members(synced) == [("noted", "adopted", "")]
    assert synced.rows("person", "name") == ["Ada Byron"]
    synced.run("send")
    assert letters() == []


def test_it_says_whom_it_left_out_and_why(synced):
    said = synced.run_json("adopt", *FINALISTS)

    # Without a date in the host nobody can say that it was since then.
    assert said["left_out"] == {"earlier": 1, "no_date": 1, "never_pool": 1}
    assert (said["chosen"], said["adopted"]) == (1, 1)


def test_the_place_says_what_it_rests_on(synced):
    synced.run("adopt", *FINALISTS)

    [(reason, decision)] = synced.rows("member", "reason", "decision_id")
    assert reason == "Came to finalist for Engineer"
    assert synced.rows("decision", "id", "application_key")[decision - 1][1] == str(synced.chosen)


def test_doing_it_again_changes_nothing(synced):
    synced.run("adopt", *FINALISTS)
    before = synced.everything_kept()

    said = synced.run_json("adopt", *FINALISTS)

    assert (said["adopted"], said["left_out"]["there_already"]) == (0, 1)
    assert synced.everything_kept() == before


def test_a_dry_run_counts_and_changes_nothing(synced):
    before = synced.everything_kept()

    result = synced.run("adopt", *FINALISTS, "--dry-run")

    assert "1 person would be noted for the pool “finalists”. Nothing was changed." in result.stdout
    assert synced.everything_kept() == before


def test_without_since_all_years_are_taken(synced):
    said = synced.run_json("adopt", "--stage", "final", "--pool", "Finalists")

    assert said["adopted"] == 3


def test_our_words_for_stages_work_as_well_and_several_can_be_given(synced):
    said = synced.run_json("adopt", "--stage", "finalist", "--stage", "interviewed", "--pool", "kept-in-mind")

    assert said["adopted"] == 4


def test_a_place_somebody_left_is_not_given_back(synced):
    synced.run("adopt", *FINALISTS)
    with synced.work() as ctx:
        ending.end_place(ctx, ctx.session.get_one(ctx.models.member, 1), because="left", by=RITA)

    synced.run("adopt", *FINALISTS)

    assert synced.rows("member", "state") == ["ended"]


def test_who_was_forgotten_is_not_adopted(synced):
    synced.run("forget", synced.candidate_key(synced.chosen), "--yes")

    said = synced.run_json("adopt", *FINALISTS)

    assert said["adopted"] == 0
    assert synced.rows("person", "id") == []


def test_what_was_decided_after_the_first_sync_is_not_the_past(synced):
    synced.add("New One", "new@mail.example", status="rejected", stage="final", decided_at=RECENT)
    synced.run("sync")

    assert synced.run_json("adopt", *FINALISTS)["chosen"] == 1


def test_who_is_no_longer_rejected_is_left_out_before_the_next_sync_too(synced):
    synced.change(synced.chosen, status="open")

    assert synced.run_json("adopt", *FINALISTS)["left_out"]["decided_anew"] == 1


def test_who_is_gone_from_the_host_is_left_out(synced):
    synced.delete_application(synced.chosen, in_bulk=True)

    assert synced.run_json("adopt", *FINALISTS)["adopted"] == 0


def test_a_person_rejected_twice_gets_one_place_for_the_later_decision(agency):
    agency.add(status="rejected", stage="final", decided_at=RECENT.replace(month=2))
    agency.add(status="rejected", stage="final", decided_at=RECENT, job="Designer")
    agency.run("sync")

    said = agency.run_json("adopt", *FINALISTS)

    assert (said["adopted"], said["left_out"]) == (1, {"there_already": 1})
    assert agency.rows("member", "reason") == ["Came to finalist for Designer"]


def test_only_the_scope_asked_for_is_looked_at(agency):
    agency.add(status="rejected", stage="final", decided_at=RECENT)
    agency.add(
        "Bo Li", "bo@mail.example", status="rejected", stage="final", decided_at=RECENT, company="acme"
    )
    agency.run("sync")

    agency.run("adopt", *FINALISTS, "--scope", "acme")
    one = members(agency)
    agency.run("adopt", *FINALISTS)

    assert one == [("noted", "adopted", "acme")]
    assert sorted(members(agency)) == [("noted", "adopted", ""), ("noted", "adopted", "acme")]


class Undated(Agency):
    more_entries = {"applied_at": None, "decided_at": None}


def test_without_dates_our_own_is_used_and_said(make_agency):
    agency = make_agency(shape=Undated)
    history(agency)
    agency.run("sync")

    result = agency.run("adopt", *FINALISTS)

    assert "--since is compared with the moment we first saw the outcome" in result.stderr
    assert "3 people noted" in result.stdout


class Met(Agency):
    more_entries = {"interviewed_at": "applied_at"}


def test_a_date_of_an_interview_makes_an_interviewed_person_whatever_the_stage(make_agency):
    agency = make_agency(shape=Met)
    agency.add(status="rejected", stage="applied", applied_at=RECENT)
    agency.run("sync")

    said = agency.run_json(
        "adopt", "--stage", "interviewed", "--since", "2024-01-01", "--pool", "interviewed"
    )

    assert said["adopted"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stage", "finale", "--pool", "finalists"), "'finale' is no stage. There are: applied, screen, interview, final, "),
        (("--stage", "finale", "--pool", "finalists"), "Did you mean 'final'?"),
        (("--stage", "screend", "--pool", "finalists"), "Did you mean 'screened'?"),
        (("--stage", "screend", "--pool", "finalists"), "applied, screen, interview, final, screened, interviewed, finalist."),
        (("--stage", "final", "--pool", "finalist"), "There is no pool 'finalist'. There are: finalists, interviewed, kept-in-mind."),
        (("--stage", "final", "--pool", "finalists", "--since", "1.1.2024"), "'1.1.2024' is no date. Write it as 2024-01-31."),
        (("--stage", "final", "--pool", "finalists", "--since", "2024-02-30"), "'2024-02-30' is no date."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named_with_what_there_is(synced, arguments, message):
    result = synced.run("adopt", *arguments)

    assert result.exit_code == 1
    assert message in result.stderr
    assert members(synced) == []


def test_an_archived_pool_takes_nobody(synced):
    with synced.work() as ctx:
        pools.create_pool(ctx, "", name="Old Times", by=RITA).archived_at = ctx.now()

    result = synced.run("adopt", "--stage", "final", "--pool", "old-times")

    assert result.exit_code == 1
    assert "is archived" in result.stderr


def test_a_pool_of_the_hosts_own_making_is_found_by_its_name(synced):
    with synced.work() as ctx:
        pools.create_pool(ctx, "", name="Café Crew", by=RITA)

    assert synced.run_json("adopt", "--stage", "final", "--pool", "Café Crew")["adopted"] == 3


def test_without_a_baseline_it_asks_for_the_first_sync(agency):
    result = agency.run("adopt", *FINALISTS)

    assert result.exit_code == 1
    assert "Run `flask talentpool sync` first" in result.stderr


def test_more_than_one_batch_is_adopted_whole(agency):
    models = agency.models
    with agency.unit() as session:
        for number in range(60):
            candidate = models.Candidate(name=f"P {number}", email=f"p{number}@mail.example")
            session.add(models.Application(candidate=candidate, stage="final", decided_at=RECENT))
        session.flush()
        # By one UPDATE, as before we came: what a hook sees is no past.
        session.execute(sa.update(models.Application).values(status="rejected"))
    agency.run("sync")

    assert agency.run_json("adopt", *FINALISTS)["adopted"] == 60
    assert len(members(agency)) == 60


def test_on_a_terminal_it_asks_first_and_shows_progress(synced, monkeypatch):
    monkeypatch.setattr("flask_talentpool.commands.adopt.on_terminal", lambda: True)
    runner = cli_runner(synced.app)

    refused = runner.invoke(args=["talentpool", "adopt", *FINALISTS], input="n\n")
    none = members(synced)
    agreed = runner.invoke(args=["talentpool", "adopt", *FINALISTS], input="y\n")

    assert "Note 1 person for the pool “finalists”? Nothing is sent." in refused.output
    assert (refused.exit_code, none) == (1, [])
    assert agreed.exit_code == 0
    assert len(members(synced)) == 1
