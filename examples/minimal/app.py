"""An applicant tracking system in one file: `flask --app examples/minimal/app.py run`."""
# ruff: noqa: ANN001, ANN201, ARG002, E704
# fmt: off

from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_talentpool import Access, Actor, HostMap, TalentPool

app = Flask(__name__)
app.config.update(
    SECRET_KEY="only-for-this-example", SQLALCHEMY_DATABASE_URI="sqlite:///minimal.sqlite3",
    TALENTPOOL_OUTCOME_LETTERS="ours", TALENTPOOL_COMPANY="Acme",
    TALENTPOOL_MAIL_URL=f"eml://{app.instance_path}/mailbox",
    TALENTPOOL_MAIL_FROM="Anna Berg <jobs@acme.example>",
    TALENTPOOL_PUBLIC_URL="http://127.0.0.1:5000",
)
db = SQLAlchemy(app)

class Job(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]

class Candidate(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    email: Mapped[str]

class Application(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(db.ForeignKey("candidate.id"))
    job_id: Mapped[int] = mapped_column(db.ForeignKey("job.id"))
    status: Mapped[str] = mapped_column(default="open")
    stage: Mapped[str] = mapped_column(default="final")
    candidate: Mapped[Candidate] = relationship()
    job: Mapped[Job] = relationship()


class OnlyUser(Access):  # whoever reaches this app may do everything; with a login, take FlaskLoginAccess
    def actor(self): return Actor("User:1", "Anna Berg", "anna@acme.example")
    def may(self, actor, action, subject=None): return True
    def scopes(self, actor): return None
    def visible(self, actor, statement): return statement


talentpool = TalentPool(db, HostMap(
    candidate=Candidate, application=Application, job=Job,
    name="full_name", email="email",
    application_candidate="candidate", application_job="job", job_title="title",
    status="status", rejected={"rejected"}, hired={"hired"},
    stage="stage", stages=("applied", "interview", "final"), interviewed_from="interview",
), access=OnlyUser())
talentpool.init_app(app)

PAGE = """<!doctype html><html lang="en"><title>Applications</title><h1>Applications</h1>
<a href="{{ url_for('talentpool.index') }}">Talent pool</a>
{% for row in rows %}<h2>{{ row.candidate.full_name }}, {{ row.job.title }}: {{ row.status }}</h2>
{{ talentpool.badges(row.candidate) }}{{ talentpool.recall_button(row.candidate) }}
{{ talentpool.letter_panel(row) }}
<form method="post"><button name="reject" value="{{ row.id }}">Reject</button></form>{% endfor %}</html>"""


@app.route("/", methods=["GET", "POST"])
def index():
    if request.method == "POST":
        db.get_or_404(Application, request.form["reject"]).status = "rejected"
        db.session.commit()
    return render_template_string(PAGE, rows=db.session.scalars(db.select(Application)).all())


with app.app_context():
    db.create_all()
    if not db.session.query(Job).first():
        noor = Candidate(full_name="Noor Haddad", email="noor@mail.example")
        db.session.add(Application(candidate=noor, job=Job(title="Gardener")))
        db.session.commit()
