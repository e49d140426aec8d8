"""What the README says is what there is."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def host(sqlite_url, dispose_of):
    """An ATS as the example assumes it."""
    app = Flask("host")
    app.config.update(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=sqlite_url)
    db = SQLAlchemy(app)
    LoginManager(app)

    class Candidate(db.Model):
        id = sa.Column(sa.Integer, primary_key=True)
        full_name = sa.Column(sa.String(100))
        email = sa.Column(sa.String(100))

    class Job(db.Model):
        id = sa.Column(sa.Integer, primary_key=True)
        title = sa.Column(sa.String(100))

    class Application(db.Model):
        id = sa.Column(sa.Integer, primary_key=True)
        status = sa.Column(sa.String(20))
        stage = sa.Column(sa.String(20))
        candidate_id = sa.Column(sa.ForeignKey(Candidate.id))
        job_id = sa.Column(sa.ForeignKey(Job.id))
        candidate = db.relationship(Candidate)
        job = db.relationship(Job)

    return {"app": dispose_of(app), "db": db, "Candidate": Candidate, "Job": Job, "Application": Application}


def test_the_mount_example_mounts(host):
    (example,) = blocks("python")

    exec(compile(example, "README.md", "exec"), host)

    app, db = host["app"], host["db"]
    with app.app_context():
        db.create_all()
        assert "talentpool_decisions" in sa.inspect(db.engine).get_table_names()
    assert "talentpool" in app.blueprints
    assert app.test_cli_runner().invoke(args=["talentpool", "sync"]).exit_code == 0


def test_the_mount_example_is_about_ten_lines():
    (example,) = blocks("python")

    assert len([line for line in example.splitlines() if line.strip() and not line.startswith("from")]) <= 10


def test_every_command_of_the_readme_exists(host):
    exec(compile(blocks("python")[0], "README.md", "exec"), host)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for line in "".join(blocks("console")).splitlines():
        tool, *words = line.split()
        if tool == "make":
            assert re.search(rf"^{words[0]}:", makefile, flags=re.MULTILINE), line
        elif tool == "flask":
            assert words[1] in host["app"].cli.commands[words[0]].commands, line
        else:
            assert tool == "pip", line


def test_every_relative_link_of_the_readme_leads_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
