"""P12: a letter gives the host's own reason by itself only where the host's records confirm it, and only while they do."""

from datetime import timedelta

import pytest

from flask_talentpool.config.reasons import DEFAULT_REASONS
from flask_talentpool.decisions import editing
from tests.support.measuring import statements
from tests.support.people import RITA

pytestmark = pytest.mark.untraced

ALL = {"other_person", "job_closed", "filled_internally", "closed_before_review"}
WORDS = {
    "Position filled": "other_person",
    "Internal move": "filled_internally",
    "On hold": "job_closed",
    "Never read": "closed_before_review",
    "Not enough experience": "requirement",
}
SAYS = {code: reason.sentence("en") for code, reason in DEFAULT_REASONS.items()}


@pytest.fixture
def giving(make_world):
    """A host with reasons of its own, whose jobs are closed once their title says so."""

    def make(*, by_host=ALL, entries=None, **config):
        mapped = {
            "reason": "note",
            "reasons": WORDS,
            "job_open": lambda job: "(closed)" not in job.title,
        }
        return make_world(entries={**mapped, **(entries or {})}, TALENTPOOL_REASONS_BY_HOST=by_host, **config)

    return make


def applied(world, *, why, stage="applied", title="Cook", hired=True, **columns):
    """Let somebody apply for a job for which somebody else is hired, or not."""
    job = world.Job(title=title)
    (one,) = world.apply(stage=stage, job=job, note=why, **columns)
    if hired:
        (other,) = world.apply(job=job)
        world.set_status("hired", other)
    return one


def refuse(world, *applications):
    world.reject(*applications)
    world.tp.sync()


def given(mail):
    """Return the codes of the reasons that a mail gives."""
    text = " ".join(mail.text.split())
    return {code for code, sentence in SAYS.items() if sentence and sentence in text}


@pytest.mark.parametrize(
    ("why", "how", "code"),
    [
        ("Position filled", {}, "other_person"),
        ("  position   FILLED ", {}, "other_person"),
        ("another person was chosen", {}, "other_person"),
        ("other_person", {}, "other_person"),
        ("Internal move", {}, "filled_internally"),
        ("On hold", {"title": "Cook (closed)", "hired": False}, "job_closed"),
        ("Never read", {}, "closed_before_review"),
        ("Never read", {"title": "Cook (closed)", "hired": False}, "closed_before_review"),
        ("Position filled", {"stage": "screen"}, "other_person"),
    ],
)
def test_a_letter_gives_the_hosts_reason_that_its_records_confirm(giving, smtp_server, why, how, code):
    world = giving()
    refuse(world, applied(world, why=why, **how))
    world.send(smtp_server)

    assert [given(mail) for mail in smtp_server.mails] == [{code}]


@pytest.mark.parametrize(
    ("why", "how"),
    [
        ("Position filled", {"hired": False}),
        ("Internal move", {"hired": False}),
        ("On hold", {"hired": False}),
        ("On hold", {"title": "Cook (closed)"}),  # closed, since somebody was hired
        ("Never read", {"hired": False}),
        ("Never read", {"stage": "screen"}),
        ("Never read", {"stage": "a word of nobody's"}),
        ("Position filled", {"stage": "interview"}),
        ("Position filled", {"stage": "final"}),
        ("Not enough experience", {}),
        ("Something else", {}),
        (None, {}),
    ],
)
def test_a_fact_that_does_not_hold_silences_the_reason_and_the_letter_goes_without(
    giving, smtp_server, why, how
):
    world = giving()
    refuse(world, applied(world, why=why, **how))
    world.send(smtp_server)

    assert [given(mail) for mail in smtp_server.mails] == [set()]


def test_nothing_is_given_by_itself_unless_the_setting_names_it(giving, smtp_server):
    world = giving(by_host=("job_closed",))
    refuse(world, applied(world, why="Position filled"))
    world.send(smtp_server)

    assert given(smtp_server.mails[0]) == set()


def test_whoever_works_there_already_is_what_the_map_says(giving, smtp_server):
    world = giving(entries={"internal": lambda row: row.scope == "x" or row.note == "one of us"})
    job = world.Job(title="Cook")
    first, hired = world.apply(2, stage="applied", job=job, note="Internal move")
    world.set_status("hired", hired)
    refuse(world, first)
    world.send(smtp_server)

    assert given(smtp_server.mails[0]) == set()


def test_somebody_who_was_interviewed_once_is_given_none_whatever_the_stage_says_later(giving, smtp_server):
    world = giving()
    one = applied(world, why="Position filled", stage="interview")
    world.tp.sync()
    one.stage = "applied"
    refuse(world, one)
    world.send(smtp_server)

    assert [given(mail) for mail in smtp_server.mails] == [set()]


def test_a_hire_for_another_job_or_in_another_scope_confirms_nothing(giving, smtp_server):
    world = giving()
    one = applied(world, why="Position filled", hired=False)
    world.set_status("hired", *world.apply(1, job=world.Job(title="Cook")))
    refuse(world, one)
    world.send(smtp_server)

    assert given(smtp_server.mails[0]) == set()


def unhire(world, one):
    hired = world.session.query(world.Application).filter_by(status="hired").one()
    world.bulk("open", hired)


def open_again(world, one):
    one.job.title = "Cook"
    world.session.commit()


def other_words(world, one):
    one.note = "Something else"
    world.session.commit()


@pytest.mark.parametrize(
    ("why", "how", "change"),
    [
        ("Position filled", {}, unhire),
        ("Position filled", {}, other_words),
        ("On hold", {"title": "Cook (closed)", "hired": False}, open_again),
    ],
)
def test_a_fact_that_fell_away_before_it_goes_is_taken_out(giving, smtp_server, why, how, change):
    world = giving()
    one = applied(world, why=why, **how)
    refuse(world, one)
    before = world.letter(one).gives_reason
    change(world, one)
    world.send(smtp_server)

    assert before == WORDS[why]
    assert [given(mail) for mail in smtp_server.mails] == [set()]


def test_a_reason_confirmed_before_it_goes_is_put_in(giving, smtp_server):
    world = giving()
    one = applied(world, why="Position filled", hired=False)
    refuse(world, one)
    world.set_status("hired", *world.apply(1, job=one.job))
    world.send(smtp_server)

    assert [given(mail) for mail in smtp_server.mails] == [{"other_person"}]


@pytest.mark.parametrize(("code", "says"), [("", set()), ("job_closed", {"job_closed"})])
def test_what_a_person_says_counts_for_more_even_that_none_is_given(giving, smtp_server, code, says):
    world = giving(TALENTPOOL_DELAY=timedelta(hours=1))
    one = applied(world, why="Position filled")
    refuse(world, one)
    world.change(lambda ctx: editing.set_reason(ctx, world.decision(one), code, by=RITA))
    world.clock.advance(timedelta(hours=1))
    world.send(smtp_server)

    assert [given(mail) for mail in smtp_server.mails] == [says]


def test_a_letter_that_tells_of_several_jobs_gives_each_its_own_or_none(giving, smtp_server):
    world = giving()
    jobs = [world.Job(title=title) for title in ("Cook", "Baker", "Clerk (closed)")]
    world.set_status("hired", *world.apply(1, job=jobs[0]))
    person = {"full_name": "Ada Byron", "email": "ada@mail.test"}
    made = [
        world.Application(
            candidate=world.Candidate(**person), job=job, status="open", stage="applied", note=why
        )
        for job, why in zip(jobs, ("Position filled", "Position filled", "On hold"), strict=True)
    ]
    world.session.add_all(made)
    world.session.commit()
    refuse(world, *made)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    text = " ".join(mail.text.split())
    assert f"Cook: {SAYS['other_person']}" in text
    assert f"Clerk (closed): {SAYS['job_closed']}" in text
    assert "Baker" in text
    assert "Baker:" not in text


def test_a_fact_that_fell_away_is_taken_out_of_a_letter_that_tells_of_several_jobs(giving, smtp_server):
    world = giving()
    jobs = [world.Job(title=title) for title in ("Cook", "Baker")]
    (hired,) = world.apply(1, job=jobs[1])
    world.set_status("hired", hired)
    person = {"full_name": "Ada Byron", "email": "ada@mail.test"}
    made = [
        world.Application(
            candidate=world.Candidate(**person),
            job=job,
            status="open",
            stage="applied",
            note="Position filled",
        )
        for job in jobs
    ]
    world.session.add_all(made)
    world.session.commit()
    refuse(world, *made)
    before = "Baker: " in world.letter(made[0]).text
    world.bulk("open", hired)
    world.send(smtp_server)

    (mail,) = smtp_server.mails
    assert before
    assert "Baker:" not in mail.text


def test_the_hosts_word_is_not_internal_to_the_check_where_it_means_a_reason_to_share(giving):
    world = giving(entries={"reasons": {"chosen another person for it": "other_person"}}, by_host=())
    one = applied(world, why="chosen another person for it")
    refuse(world, one)
    world.change(lambda ctx: editing.set_reason(ctx, world.decision(one), "other_person", by=RITA))
    shared = world.letter(one)

    assert (shared.state, shared.because) == ("due", "")


def test_many_letters_with_a_reason_ask_no_more_than_one(giving):
    world = giving()
    asked = []
    for number in (1, 20):
        job = world.Job(title=f"Job {number}")
        world.set_status("hired", *world.apply(1, job=job))
        those = world.apply(number, stage="applied", job=job, note="Position filled")
        world.reject(*those)
        with statements(world.db.engine) as seen:
            world.tp.sync(whole=False)
        asked.append(sum(one.startswith("SELECT") for one in seen))
        assert {world.letter(one).gives_reason for one in those} == {"other_person"}

    assert asked[0] == asked[1]
