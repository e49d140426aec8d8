"""A host with every trait the pages care about, and `office`: a recruiter signed in at it."""

import contextlib
import re
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import flask_login
import pytest
import sqlalchemy as sa
from flask import Flask, Response, redirect, render_template, request
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from jinja2 import DictLoader, StrictUndefined

from flask_talentpool import FlaskLoginAccess, HostMap, TalentPool
from flask_talentpool.testing import ManualClock
from tests.support.apps import dispose_engines
from tests.support.databases import create_tables, hurry
from tests.support.driver import Driver

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
STAGES = ("applied", "screen", "interview", "final")
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
WIDGETS = (
    "{{ talentpool.badges(candidate) }}{{ talentpool.recall_button(candidate) }}"
    "{% for application in applications %}{{ talentpool.letter_panel(application) }}{% endfor %}"
)
TEMPLATES = {
    "host_base.html": (
        "<!doctype html><html lang='en'><head><link rel='icon' href='data:,'><title>{% block title %}Host{% endblock %}</title></head>"
        "<body><header>Our ATS</header><main>{% block content %}{% endblock %}</main></body></html>"
    ),
    "home.html": (
        '{% extends "host_base.html" %}{% block content %}<form method="post">'
        '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>{% endblock %}'
    ),
    "candidate.html": '{% extends "host_base.html" %}{% block content %}<h1>{{ candidate.name }}</h1>'
    + WIDGETS
    + "{% endblock %}",
    "in_form.html": '{% extends "host_base.html" %}{% block content %}<form method="post" action="/save" id="theirs">'
    '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><input name="headline">'
    + WIDGETS
    + "<button>Save the candidate</button></form>{% endblock %}",
    "fragment.html": "<section><h2>{{ candidate.name }}</h2>" + WIDGETS + "</section>",
}


def make_models(db):
    """The host's classes: plain ints and strings, with an owner, a scope and an interview date."""

    class User(flask_login.UserMixin, db.Model):
        __tablename__ = "users"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(120), nullable=False)
        email = db.Column(db.String(254), unique=True, nullable=False)
        role = db.Column(db.String(20), nullable=False)
        scope = db.Column(db.String(40), nullable=False, default="")

    class Candidate(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(400), nullable=False)
        email = db.Column(db.String(254))

    class Job(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String(300), nullable=False)
        owner_id = db.Column(db.ForeignKey("users.id"))
        owner = db.relationship("User")

    class Application(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
        candidate = db.relationship("Candidate")
        job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
        job = db.relationship("Job")
        stage = db.Column(db.String(20), nullable=False, default="applied")
        status = db.Column(db.String(20), nullable=False, default="open")
        scope = db.Column(db.String(40), nullable=False, default="")
        interviewed_at = db.Column(db.DateTime)

    return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)


class Office(Driver):
    """The host's app, a client signed in as its recruiter, and what a day in the office needs.

    Every method opens an app context of its own and commits, as a request of the host would; what
    comes back are keys, ids and plain copies, never rows of a closed session.
    """

    # Mapped once: many apps may share one extension, and mapping takes longer than most tests.
    db = SQLAlchemy()
    host = make_models(db)

    def __init__(self, database_url, folder, *, maps=None, **config):
        app = Flask("office")
        self.maps = maps or {}
        app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
        app.jinja_loader = DictLoader(TEMPLATES)
        app.config.update(
            SECRET_KEY="the office's secret, long enough",
            TESTING=True,
            SQLALCHEMY_DATABASE_URI=database_url,
            TALENTPOOL_OUTCOME_LETTERS="ours",
            TALENTPOOL_MODES="auto",
            TALENTPOOL_MAIL_URL=f"eml://{folder}",
            TALENTPOOL_MAIL_FROM="Anna Berg <jobs@example.test>",
            TALENTPOOL_COMPANY="Harbour",
            TALENTPOOL_DELAY=timedelta(hours=4),
            TALENTPOOL_MORNING_MAIL=False,
            TALENTPOOL_PUBLIC_URL="https://jobs.example.test",
        )
        app.config.update(config)
        self.app, self.folder = app, folder
        self.clock = ManualClock(START)
        self.db.init_app(app)
        login = flask_login.LoginManager(app)
        login.login_view = "sign_in"
        login.user_loader(lambda key: self.db.session.get(self.host.User, int(key)))
        CSRFProtect(app)
        self.views = {}
        self._add_pages()
        with app.app_context():
            hurry(self.db.engine)
        TalentPool(self.db, HostMap(**self._map()), access=self._access(), clock=self.clock).init_app(app)
        self.client = app.test_client()

    def _map(self):
        return {
            "candidate": self.host.Candidate,
            "application": self.host.Application,
            "job": self.host.Job,
            "name": "name",
            "email": "email",
            "application_candidate": "candidate",
            "application_job": "job",
            "job_title": "title",
            "owner": "job.owner",
            "scope": "scope",
            "status": "status",
            "rejected": {"rejected"},
            "hired": {"hired"},
            "withdrawn": {"withdrawn"},
            "never_pool": {"blacklisted"},
            "stage": "stage",
            "stages": STAGES,
            "interviewed_from": "interview",
            "interviewed_at": "interviewed_at",
            "candidate_url": lambda candidate: f"/candidates/{candidate.id}",
            "new_application": lambda candidate, job, recall: self.host.Application(
                candidate=candidate, job=job, stage="screen"
            ),
            **self.maps,
        }

    @staticmethod
    def _access():
        return FlaskLoginAccess(
            role="role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"}, scope="scope"
        )

    def _add_pages(self):
        app = self.app

        @app.route("/", methods=["GET", "POST"])
        def home():
            return render_template("home.html")

        @app.route("/sign-in", methods=["GET", "POST"])
        def sign_in():
            if request.method == "GET":
                return render_template("home.html")
            users = self.host.User
            found = self.db.session.scalars(
                sa.select(users).where(users.email == request.form["email"])
            ).one()
            flask_login.login_user(found)
            return redirect("/")

        self._add_candidate_pages(app)

        @app.post("/save")
        def save():
            return "saved"

        @app.route("/views/<name>", methods=["GET", "POST"])
        def view_of_a_test(name):
            return self.views[name]()

    def _add_candidate_pages(self, app):
        def facts(candidate_id):
            candidate = self.db.session.get(self.host.Candidate, candidate_id)
            model = self.host.Application
            mine = sa.select(model).where(model.candidate_id == candidate_id).order_by(model.id)
            return {"candidate": candidate, "applications": self.db.session.scalars(mine).all()}

        @app.get("/candidates/<int:candidate_id>")
        def candidate_page(candidate_id):
            return render_template("candidate.html", **facts(candidate_id))

        @app.get("/in-form/<int:candidate_id>")
        def candidate_in_form(candidate_id):
            return render_template("in_form.html", **facts(candidate_id))

        @app.get("/fragment/<int:candidate_id>")
        def candidate_fragment(candidate_id):
            return render_template("fragment.html", **facts(candidate_id))

        @app.get("/streamed/<int:candidate_id>")
        def candidate_streamed(candidate_id):
            html = render_template("in_form.html", **facts(candidate_id))
            return Response(iter([html[:50], html[50:]]), mimetype="text/html")

    def view(self, function):
        """Serve a function of a test at ``/views/<its name>``; use it as a decorator."""
        self.views[function.__name__] = function
        return function

    # Filling the host

    @contextlib.contextmanager
    def unit(self):
        """What a request of the host does: a context, a session, a commit."""
        with self.app.app_context():
            yield self.db.session
            self.db.session.commit()

    def open_up(self):
        """Create every table, one member of staff per role, and take the baseline."""
        with self.unit() as session:
            create_tables(self.db.engine, self.db.metadata)
            session.add_all(
                self.host.User(name=f"{role.title()} Miller", email=f"{role}@ats.example", role=role)
                for role in ("recruiter", "manager", "admin", "outsider")
            )
        with self.unit() as session:
            session.add(
                self.host.User(name="Nora North", email="north@ats.example", role="recruiter", scope="north")
            )
        self.sync()
        return self

    def job(self, title="Backend Engineer", owner="manager"):
        """Add a job owned by a member of staff; its key."""
        with self.unit() as session:
            users = self.host.User
            chosen = session.scalars(
                sa.select(users).where(users.email == f"{owner}@ats.example")
            ).one_or_none()
            row = self.host.Job(title=title, owner=chosen)
            session.add(row)
            session.flush()
            return row.id

    def candidate(self, name="Ada Okafor", email="ada@mail.example"):
        """Add a candidate without an application; the key."""
        with self.unit() as session:
            row = self.host.Candidate(name=name, email=email)
            session.add(row)
            session.flush()
            return row.id

    def apply(
        self,
        candidate=None,
        job=None,
        *,
        stage="final",
        scope="",
        name="Ada Okafor",
        email="ada@mail.example",
    ):
        """Let somebody apply; the application's key. Candidate and job are made when left out."""
        job = job or self.job()
        candidate = candidate or self.candidate(name, email)
        with self.unit() as session:
            row = self.host.Application(candidate_id=candidate, job_id=job, stage=stage, scope=scope)
            session.add(row)
            session.flush()
            return row.id

    def decide(self, application, status):
        """Give an application a status in the host."""
        with self.unit() as session:
            session.get(self.host.Application, application).status = status

    def reject(self, application):
        self.decide(application, "rejected")

    def rejected(self, **who):
        """Let somebody apply and reject them, and compose the letter; the application's key."""
        application = self.apply(**who)
        self.reject(application)
        self.sync()
        return application

    def set(self, model, key, **values):
        """Change a host row by a bulk UPDATE that no hook sees."""
        with self.unit() as session:
            session.execute(sa.update(model).where(model.id == key).values(values))

    # Our side

    def send(self):
        """Sync, wait for the delay, and hand over; what the dispatcher reported."""
        self.sync()
        self.clock.advance(timedelta(days=1))
        return self.dispatch()

    @property
    def models(self):
        with self.app.app_context():
            return self.talentpool.models

    def decision_of(self, application):
        """Return a copy of the decision that stands for an application, None without one."""
        return next(iter(self.rows("decision", live_for=str(application))), None)

    def letter_of(self, application):
        """Return a copy of the outcome letter of the standing decision."""
        return self.row("letter", decision_id=self.decision_of(application).id)

    def fill(self, name, /, **values):
        """Put a row straight into one of our tables; its id. For states that take long to reach."""
        with self.unit() as session:
            row = getattr(self.talentpool.models, name)(**values)
            session.add(row)
            session.flush()
            return row.id

    def change(self, name, row_id, **values):
        """Change one of our rows straight in the table."""
        with self.unit() as session:
            model = getattr(self.talentpool.models, name)
            session.execute(sa.update(model).where(model.id == row_id).values(values))

    @contextlib.contextmanager
    def counting(self):
        """Collect the statements of a block, savepoints left out."""
        from tests.support.measuring import statements

        with self.app.app_context():
            engine = self.db.engine
        with statements(engine) as seen:
            yield seen

    # The browser

    def sign_in(self, role="recruiter", client=None):
        """Sign a client in (a new one for another role than the recruiter); returns it."""
        client = client or (self.client if role == "recruiter" else self.app.test_client())
        page = client.get("/sign-in")
        email = f"{role}@ats.example"
        answer = client.post("/sign-in", data={"email": email, "csrf_token": TOKEN.search(page.text)[1]})
        assert answer.status_code == 302, answer.text
        return client

    def token(self, client=None):
        """Return a token for a form of this client's session."""
        return TOKEN.search((client or self.client).get("/").text)[1]

    def get(self, path, *, client=None, **options):
        """GET a page of ours or the host's; paths of ours begin with /talent-pool."""
        return (client or self.client).get(path, **options)

    def post(self, path, data=None, *, client=None, **options):
        """POST a form with a valid token."""
        client = client or self.client
        return client.post(path, data={"csrf_token": self.token(client), **(data or {})}, **options)

    def json(self, path, *, client=None):
        """GET a page as JSON."""
        answer = (client or self.client).get(path, headers={"Accept": "application/json"})
        assert answer.is_json, answer.text
        return answer.json

    def mail(self):
        """Return the raw letters delivered so far."""
        return [path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.eml"))]


@pytest.fixture(scope="session")
def opened_database(tmp_path_factory):
    """An SQLite file with every table, the staff and the baseline, to be copied: making it takes longest."""
    folder = tmp_path_factory.mktemp("office")
    made = Office(f"sqlite:///{folder / 'office.db'}", folder).open_up()
    dispose_engines(made.app)
    return folder / "office.db"


@pytest.fixture
def make_office(tmp_path, opened_database, dispose_of):
    """Call it for an office with other settings, or on another database; signs the recruiter in."""

    def make(database_url=None, *, open_up=True, **config):
        path = tmp_path / "office.db"
        if database_url is None and open_up:
            shutil.copyfile(opened_database, path)
        folder = tmp_path / "mail"
        folder.mkdir(exist_ok=True)
        made = Office(database_url or f"sqlite:///{path}", folder, **config)
        dispose_of(made.app)
        if open_up and database_url is not None:
            made.open_up()
        if open_up:
            made.sign_in()
        return made

    return make


@pytest.fixture
def office(make_office):
    """A host on SQLite with its baseline taken, and a recruiter signed in; see `Office`."""
    return make_office()
