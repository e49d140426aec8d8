"""Harbour, the example ATS, does its own work: signing in, deciding, and who may; the talent pool is left out."""

import re

import pytest

from examples.ats import create_app
from examples.ats.extensions import db
from examples.ats.mailbox import letters
from examples.ats.models import Application, Candidate, Job, User
from examples.ats.seed import PASSWORD, seed_host
from tests.support.apps import dispose_engines

RECRUITER = "ines.moreau@fernhill.example"
MANAGER = "tomasz.zielinski@fernhill.example"
ADMIN = "grace.adeyemi@fernhill.example"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("harbour")
    app = create_app(
        {
            "TESTING": True,
            "ATS_TALENTPOOL": False,
            "ATS_MAILBOX": str(folder / "mailbox"),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'ats.sqlite3'}",
        }
    )
    with app.app_context():
        db.create_all()
        seed_host()
    yield app
    dispose_engines(app)


@pytest.fixture
def in_app(app):
    with app.app_context():
        yield


class Visitor:
    """A test client that sends the token of the page it is on with every form."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, address):
        return self.client.get(address)

    def post(self, address, **fields):
        page = self.client.get("/sign-in").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        return self.client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)

    def sign_in(self, email, password=PASSWORD):
        return self.post("/sign-in", email=email, password=password)


@pytest.fixture
def visitor(app):
    return Visitor(app)


@pytest.fixture
def recruiter(visitor):
    visitor.sign_in(RECRUITER)
    return visitor


def some_application(**conditions):
    statement = db.select(Application).filter_by(**conditions).order_by(Application.id)
    return db.session.scalars(statement.limit(1)).one()


def applications_of_manager(email, *, own):
    owned = Application.job.has(Job.owner.has(User.email == email))
    statement = db.select(Application).where(owned if own else ~owned).order_by(Application.id)
    return db.session.scalars(statement)


def test_the_front_page_answers_without_login_and_says_whom_to_sign_in_as(visitor):
    page = visitor.get("/")
    assert page.status_code == 200
    assert all(email in page.text for email in (RECRUITER, MANAGER, ADMIN))


@pytest.mark.parametrize("address", ["/jobs", "/jobs/1", "/candidates", "/candidates/1", "/team"])
def test_everything_else_asks_to_sign_in(visitor, address):
    answer = visitor.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_wrong_password_does_not_sign_in(visitor):
    assert visitor.sign_in(RECRUITER, "wrong").status_code == 422
    assert visitor.get("/jobs").status_code == 302


def test_signing_in_leads_back_to_where_one_wanted_to_go(visitor):
    answer = visitor.post("/sign-in", email=RECRUITER, password=PASSWORD, next="/candidates?q=bo")
    assert answer.request.path == "/candidates"


@pytest.mark.parametrize("elsewhere", ["https://example.test/", "//example.test/", "/\\example.test/"])
def test_signing_in_never_leads_to_another_site(visitor, elsewhere):
    answer = visitor.post("/sign-in", email=RECRUITER, password=PASSWORD, next=elsewhere)
    assert answer.request.path == "/jobs"


def test_a_form_without_token_changes_nothing(recruiter, in_app):
    application = some_application(status="in_progress")
    answer = recruiter.client.post(f"/applications/{application.id}/reject")
    assert answer.status_code == 400
    db.session.refresh(application)
    assert application.status == "in_progress"


def test_rejecting_keeps_stage_and_reason_and_reopening_takes_it_back(recruiter, in_app):
    application = some_application(status="in_progress", stage="screen")
    recruiter.post(f"/applications/{application.id}/reject", reason="requirement_not_met")
    db.session.refresh(application)
    rejected = (application.status, application.stage, application.reason, application.decided_at is not None)

    recruiter.post(f"/applications/{application.id}/reopen")
    db.session.refresh(application)

    assert rejected == ("rejected", "screen", "requirement_not_met", True)
    assert (application.status, application.reason, application.decided_at) == ("in_progress", None, None)


def test_from_interview_to_hire(recruiter, in_app):
    application = some_application(status="in_progress", stage="screen")
    for step, fields in (
        ("stage", {"stage": "interview"}),
        ("stage", {"stage": "final"}),
        ("offer", {}),
        ("hire", {}),
    ):
        recruiter.post(f"/applications/{application.id}/{step}", **fields)
    db.session.refresh(application)
    assert (application.status, application.stage) == ("hired", "final")
    assert application.interviewed_at <= application.offered_at <= application.decided_at


@pytest.mark.parametrize(
    ("status", "step", "fields"),
    [
        ("hired", "reject", {}),
        ("rejected", "stage", {"stage": "final"}),
        ("in_progress", "reopen", {}),
        ("in_progress", "hire", {}),
        ("in_progress", "stage", {"stage": "elsewhere"}),
        ("in_progress", "reject", {"reason": "made up"}),
    ],
)
def test_what_cannot_be_is_refused_and_said(recruiter, in_app, status, step, fields):
    application = some_application(status=status)
    before = (application.status, application.stage)
    answer = recruiter.post(f"/applications/{application.id}/{step}", **fields)
    db.session.refresh(application)
    assert (application.status, application.stage) == before
    assert 'role="alert"' in answer.text


def test_a_hiring_manager_decides_on_own_jobs_only(visitor, in_app):
    visitor.sign_in(MANAGER)
    own = next(row for row in applications_of_manager(MANAGER, own=True) if row.status == "in_progress")
    other = next(row for row in applications_of_manager(MANAGER, own=False) if row.status == "in_progress")
    answers = [visitor.post(f"/applications/{row.id}/withdraw").status_code for row in (own, other)]
    db.session.refresh(own)
    db.session.refresh(other)
    assert answers == [200, 403]
    assert (own.status, other.status) == ("withdrawn", "in_progress")


def test_a_hiring_manager_sees_own_jobs_and_their_applicants_only(visitor, in_app):
    visitor.sign_in(MANAGER)
    own = {row.candidate_id for row in applications_of_manager(MANAGER, own=True)}
    other = next(row for row in applications_of_manager(MANAGER, own=False) if row.candidate_id not in own)
    assert visitor.get(f"/jobs/{other.job_id}").status_code == 403
    assert visitor.get(f"/candidates/{other.candidate_id}").status_code == 404
    assert f"{len(own)} candidates" in visitor.get("/candidates").text


def test_only_recruiters_and_administrators_add_people(visitor, in_app):
    visitor.sign_in(MANAGER)
    assert visitor.get("/candidates/new").status_code == 403
    visitor.sign_in(ADMIN)
    page = visitor.post("/candidates/new", full_name="  Noor   Haddad ", email="noor@mail.example")
    assert "Noor Haddad is added." in page.text


def test_a_job_can_be_opened_and_closed(recruiter, in_app):
    manager = db.session.scalars(db.select(User).filter_by(email=MANAGER)).one()
    recruiter.post(
        "/jobs/new", title=" Crane  driver ", department="Operations", place="Rotterdam", owner_id=manager.id
    )
    job = db.session.scalars(db.select(Job).filter_by(title="Crane driver")).one()
    recruiter.post(f"/jobs/{job.id}/close")
    db.session.refresh(job)
    assert (job.open, job.closed_at is not None, job.recruiter.email) == (False, True, RECRUITER)


def test_a_form_that_is_not_filled_in_says_what_is_missing(recruiter):
    page = recruiter.post("/candidates/new", full_name=" ", email="no address")
    assert page.status_code == 422
    assert "Enter the name." in page.text
    assert "This is not an e-mail address." in page.text


def test_only_administrators_see_the_team(visitor):
    visitor.sign_in(RECRUITER)
    assert visitor.get("/team").status_code == 403
    visitor.sign_in(ADMIN)
    assert "Helene Brandt" in visitor.get("/team").text


def test_an_application_can_be_added_by_hand(recruiter, in_app):
    job = db.session.scalars(db.select(Job).filter_by(open=True).limit(1)).one()
    page = recruiter.post("/candidates/1/applications", job=job.id)
    newest = db.session.get(Candidate, 1).applications[0]
    assert (newest.job_id, newest.status, newest.stage) == (job.id, "in_progress", "applied")
    assert page.status_code == 200


@pytest.mark.parametrize("words", ["Hohenstein", "100%", "a_b", "'\"<script>"])
def test_search_takes_any_text_as_text(recruiter, words):
    page = recruiter.client.get("/candidates", query_string={"q": words})
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert ("1 candidate " in page.text) == (words == "Hohenstein")


def test_every_status_is_in_the_invented_history(in_app):
    assert set(db.session.scalars(db.select(Application.status).distinct())) == {
        "in_progress", "offer", "hired", "rejected", "offer_declined", "withdrawn", "blacklisted"
    }  # fmt: skip


def test_the_mailbox_shows_letters_and_runs_nothing_in_them(app, visitor, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "ATS_MAILBOX", str(tmp_path))
    (tmp_path / "one.eml").write_bytes(
        b"From: a@fernhill.example\r\nTo: b@mail.example\r\nSubject: Hello\r\n"
        b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\n<b> https://fernhill.example/l/abc.\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>Hello</p><script>alert(1)</script>\r\n--x--\r\n"
    )
    assert "Hello" in visitor.get("/mailbox").text
    page = visitor.get("/mailbox/one.eml").text
    assert '&lt;b&gt; <a href="https://fernhill.example/l/abc">https://fernhill.example/l/abc</a>.' in page
    assert "<script>" not in page
    assert re.search(r'<iframe[^>]+sandbox="(?![^"]*(allow-scripts|allow-same-origin))', page)


@pytest.mark.parametrize("name", ["..%2Fats.sqlite3", "%2Fetc%2Fpasswd", "two.eml"])
def test_the_mailbox_opens_only_letters(visitor, name):
    assert visitor.get(f"/mailbox/{name}").status_code == 404


def test_an_empty_mailbox_says_what_to_do(visitor, tmp_path):
    assert list(letters(tmp_path / "none")) == []
    assert "No letter has been delivered yet" in visitor.get("/mailbox").text
