"""`flask talentpool forget`: no byte stays, nothing is written again, and what comes later starts afresh."""

import pytest
import sqlalchemy as sa

from flask_talentpool.decisions import editing, facts, lifecycle
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Door
from flask_talentpool.pools import ending, noting
from flask_talentpool.recalls import service as recalls
from tests.hosts import registry
from tests.services.agency import SETTINGS, Agency
from tests.support.cli import cli_runner
from tests.support.people import RITA

NAME, EMAIL = "Zebedee Quillfeather", "zebedee.quill@mail.example"
TRACES = ("Zebedee", "Quillfeather", "zebedee", "zebedee.quill", EMAIL)


@pytest.fixture
def agency(make_agency):
    agency = make_agency()
    agency.run("sync")
    return agency


def candidate_key(agency, key):
    return agency.candidate_key(key)


def with_a_full_history(agency):
    """A letter sent, a place offered and ended, a tag, an invitation, a phone call, and letters held; return the keys."""
    first = agency.add(NAME, EMAIL)
    agency.reach(first, "finalist")
    agency.reject(first)
    with agency.work() as ctx:
        decision = lifecycle.notice_application(ctx, agency.application(first))
        editing.set_line(ctx, decision, f"{NAME} showed us the best design.", by=RITA)
        editing.set_door(ctx, decision, Door.OPEN, by=RITA)
    agency.run("send")
    with agency.work() as ctx:
        candidate = agency.candidate_of(first)
        noting.recall_to_pool(
            ctx, candidate, "", by=RITA, pool="interviewed", tags=["design"], reason=f"Call {NAME}"
        )
        recalls.invite(ctx, facts.live_decision(ctx, first), by=RITA, line=f"{NAME}, we miss you.")
    agency.run("send")
    with agency.work() as ctx:
        for place in ctx.session.scalars(sa.select(ctx.models.member)).all():
            ending.remove_from_pool(ctx, place, because=f"{NAME} told me to", by=RITA)
    second = agency.add(NAME, EMAIL, job="Designer")
    agency.reject(second)
    with agency.work() as ctx:
        telling.tell(ctx, agency.application(second), channel="phone", by=RITA)
    third = agency.add(NAME, EMAIL, job="Writer", status="blacklisted")
    agency.run("sync")
    return first, second, third


def test_a_tag_that_nobody_else_has_goes_with_the_person_and_others_stay(agency):
    first, other = agency.add(NAME, EMAIL), agency.add("Ada Byron", "ada@mail.example")
    for key, tags in ((first, ["the one with the parrot", "calm"]), (other, ["calm"])):
        with agency.work() as ctx:
            noting.recall_to_pool(ctx, agency.candidate_of(key), "", by=RITA, pool="interviewed", tags=tags)

    agency.run("forget", candidate_key(agency, first), "--yes")

    assert agency.rows("tag", "name") == ["calm"]


def test_no_byte_of_the_person_stays_in_any_table(agency):
    first, *_ = with_a_full_history(agency)
    before = agency.everything_kept()
    assert all(trace in before for trace in TRACES)

    result = agency.run("forget", candidate_key(agency, first), "--yes")

    assert result.exit_code == 0
    after = agency.everything_kept()
    assert [trace for trace in TRACES if trace in after] == []
    assert NAME not in result.stdout + result.stderr
    for name in (
        "person",
        "candidate_link",
        "member",
        "person_tag",
        "touch",
        "link",
        "letter_attempt",
        "consent",
    ):
        assert agency.rows(name, "id") == [], name


def test_it_says_what_was_erased_and_a_second_run_that_nothing_is_left(agency):
    first, *_ = with_a_full_history(agency)
    key = candidate_key(agency, first)

    said = agency.run_json("forget", key, "--yes")
    again = agency.run("forget", key, "--yes")

    assert (said["persons"], said["decisions"], said["letters"], said["recalls"]) == (1, 3, 3, 1)
    assert again.exit_code == 0
    assert again.stdout == f"Nothing is left of candidate {key}.\n"


def test_afterwards_nothing_is_written_about_the_old_decisions(agency, letters):
    first, *_ = with_a_full_history(agency)
    gone = len(letters())
    agency.run("forget", candidate_key(agency, first), "--yes")

    report = agency.run_json("sync")
    sent = agency.run_json("send")

    assert (report["noticed"], report["composed"], sent["sent"]) == (0, 0, 0)
    assert len(letters()) == gone
    assert set(agency.rows("decision", "state")) == {"forgotten"}


def test_a_letter_that_waits_is_cancelled_and_empty(agency):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("sync")

    agency.run("forget", candidate_key(agency, key), "--yes")

    assert agency.rows("letter", "state", "because", "text", "to_address") == [
        ("cancelled", "forgotten", "", "")
    ]


def test_an_application_made_later_is_answered_afresh(agency, letters):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("send")
    agency.run("forget", candidate_key(agency, key), "--yes")

    agency.reject(agency.add(NAME, EMAIL, job="Designer"))
    sent = agency.run_json("send")

    assert (sent["sent"], len(letters())) == (1, 2)


@pytest.mark.parametrize("in_bulk", [True, False])
def test_reopened_and_rejected_again_it_starts_afresh(agency, letters, in_bulk):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("send")
    agency.run("forget", candidate_key(agency, key), "--yes")

    for status in ("open", "rejected"):
        if in_bulk:
            agency.change(key, status=status)
            agency.run("sync")
        else:
            agency.decide(key, status)
    sent = agency.run_json("send")

    # It was told before we forgot it, but nothing here may still know that.
    assert (sent["sent"], len(letters())) == (1, 2)
    assert agency.rows("decision", "state") == ["forgotten", "live"]


def test_a_decision_that_nobody_noticed_yet_becomes_a_tombstone_too(agency, letters):
    key = agency.add(NAME, EMAIL)
    agency.reject_in_bulk([key])

    agency.run("forget", candidate_key(agency, key), "--yes")
    agency.run("send")

    assert letters() == []
    assert agency.rows("decision", "state") == ["forgotten"]


def test_before_the_first_sync_it_takes_no_baseline_and_still_forgets(make_agency, letters):
    agency = make_agency()
    key = agency.add(NAME, EMAIL, status="rejected")

    agency.run("forget", candidate_key(agency, key), "--yes")

    assert agency.run_json("sync")["first"] is True
    agency.run("send")
    assert (agency.rows("decision", "state"), letters()) == (["forgotten"], [])


def test_decisions_of_the_baseline_that_link_nobody_become_tombstones(make_agency):
    agency = make_agency()
    key = agency.add(NAME, EMAIL, status="rejected")
    agency.run("sync")

    said = agency.run_json("forget", candidate_key(agency, key), "--yes")

    assert (said["persons"], said["decisions"], said["kept_out"]) == (0, 1, 2)
    assert agency.rows("decision", "state") == ["forgotten"]


def test_a_person_whose_row_the_host_deleted_is_still_found(agency):
    first, *_ = with_a_full_history(agency)
    key = candidate_key(agency, first)
    with agency.app.app_context():
        candidate = agency.candidate_of(first)
        for application in agency.db.session.query(agency.models.Application).filter_by(
            candidate_id=candidate.id
        ):
            agency.db.session.delete(application)
        agency.db.session.flush()
        agency.db.session.delete(candidate)
        agency.db.session.commit()
    assert NAME in agency.everything_kept()

    result = agency.run("forget", key, "--yes")

    assert result.exit_code == 0
    after = agency.everything_kept()
    assert [trace for trace in TRACES if trace in after] == []
    assert agency.run("forget", key, "--yes").stdout.startswith("Nothing is left")


def test_a_key_that_nobody_ever_had_is_an_error(agency):
    result = agency.run("forget", "4711", "--yes")

    assert result.exit_code == 1
    assert "There is no candidate '4711'" in result.stderr


@pytest.mark.parametrize("key", ["Zebedee", "9" * 30])
def test_what_is_no_key_is_an_error(agency, key):
    result = agency.run("forget", key, "--yes")

    assert result.exit_code == 1
    assert f"'{key}' is no key of a Candidate" in result.stderr


def test_without_a_terminal_and_without_yes_it_refuses_with_the_remedy(agency):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("sync")

    result = agency.run("forget", candidate_key(agency, key))

    assert result.exit_code == 1
    assert f"flask talentpool forget {candidate_key(agency, key)} --yes" in result.stderr
    assert len(agency.rows("person", "id")) == 1


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 1), ("y\n", 0, 0)])
def test_on_a_terminal_it_asks_first(agency, monkeypatch, answer, code, left):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("sync")
    monkeypatch.setattr("flask_talentpool.commands.forget.on_terminal", lambda: True)

    runner = cli_runner(agency.app)
    result = runner.invoke(args=["talentpool", "forget", candidate_key(agency, key)], input=answer)

    assert "Erase for good what is kept about candidate" in result.output
    assert (result.exit_code, len(agency.rows("person", "id"))) == (code, left)


class Unreadable(Agency):
    """A host of which one row cannot be read any more."""

    more_entries = {
        "status": lambda application: application.status if application.stage != "broken" else 1 / 0
    }


def test_rows_that_cannot_be_read_do_not_keep_a_person_from_being_forgotten(make_agency):
    agency = make_agency(shape=Unreadable)
    agency.run("sync")
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("sync")
    agency.change(key, stage="broken")

    result = agency.run("forget", candidate_key(agency, key), "--yes")

    assert result.exit_code == 0
    assert NAME not in agency.everything_kept()


def test_every_scope_the_row_is_known_in_is_forgotten_or_only_the_one_asked_for(agency):
    ours, acme = agency.add(NAME, EMAIL), agency.add(NAME, EMAIL, company="acme")
    agency.reject_in_bulk([ours, acme])
    agency.run("sync")
    key = candidate_key(agency, ours)

    agency.run("forget", key, "--scope", "acme", "--yes")
    one = agency.rows("person", "scope")
    agency.run("forget", key, "--yes")

    assert one == [""]
    assert agency.rows("person", "scope") == []
    kept = [row for row in agency.rows("suppression", "scope", "kind") if row[1] != "name"]
    assert sorted(kept) == [("", "person"), ("", "row"), ("acme", "person"), ("acme", "row")]


def test_other_rows_of_the_same_person_are_forgotten_with_it(database_url, tmp_path, request):
    host = registry.all_shapes()["row_per_application"]()
    app = host.create_app(database_url, **SETTINGS, TALENTPOOL_MAIL_URL=f"eml://{tmp_path}/mail")
    request.addfinalizer(host.close)
    host.create_tables()
    job = host.add_job("Engineer")
    talentpool = app.extensions["talentpool"]
    with app.app_context():
        talentpool.sync()
    first, second = host.apply(NAME, EMAIL, job), host.apply(NAME, EMAIL, job)
    host.reject_in_bulk([first, second])

    app.test_cli_runner().invoke(args=["talentpool", "forget", host.candidate_key(first), "--yes"])

    with app.app_context():
        assert talentpool.sync().noticed == 0
        assert talentpool.dispatch().sent == 0
        states = list(talentpool.db.session.scalars(sa.select(talentpool.models.decision.state)))
    assert states == ["forgotten", "forgotten"]


def test_a_forgotten_person_is_kept_out_of_pools(agency):
    from flask_talentpool.errors import Refused

    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("forget", candidate_key(agency, key), "--yes")

    with agency.work() as ctx, pytest.raises(Refused) as refused:
        noting.recall_to_pool(ctx, agency.candidate_of(key), "", by=RITA)

    assert refused.value.code == "forgotten"


def test_a_row_that_may_be_somebody_else_by_now_is_not_guessed(agency):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("sync")
    table = agency.models.Candidate.__table__
    with agency.app.app_context(), agency.engine().begin() as connection:
        connection.execute(sa.update(table).values(name="Bo Li", email="bo@mail.example"))

    result = agency.run("forget", candidate_key(agency, key), "--yes")

    assert result.exit_code == 1
    assert "may be somebody else now" in result.stderr
    assert len(agency.rows("person", "id")) == 1


def test_somebody_who_got_the_id_of_a_deleted_row_is_not_mistaken_for_its_person(agency):
    agency.reject(key := agency.add(NAME, EMAIL))
    agency.run("send")
    row = candidate_key(agency, key)
    agency.delete_application(key, with_candidate=True)
    with agency.unit() as session:
        bo = agency.models.Candidate(id=int(row), name="Bo Li", email="bo@mail.example")
        session.add(bo)
        session.add(agency.models.Application(candidate=bo, job_id=1))

    said = agency.run_json("forget", row, "--yes")

    assert said["persons"] == 0
    assert NAME in agency.everything_kept()


def test_nothing_is_forgotten_without_tables(make_agency):
    agency = make_agency(tables=False)

    result = agency.run("forget", "1", "--yes")

    assert result.exit_code == 1
    assert "flask db migrate" in result.stderr
