"""Every code block of the guide is run, or compared with what it shows; the few that cannot be stand in one list."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from flask import redirect, url_for
from flask_login import LoginManager
from jinja2 import DictLoader

from flask_talentpool.config.settings import PREFIX, Settings
from flask_talentpool.guide import Guide
from flask_talentpool.heartbeat import last_seen
from flask_talentpool.letters.model import LETTER_TRANSITIONS
from tests.docs import code_blocks
from tests.docs.code_blocks import ROOT, NoQueue, blocks_of, every_page
from tools.reference.host import SmallHost

COMPARED = {
    "letters": "tests/docs/test_contact_sheet.py",
    "letter-rules": "tests/docs/test_letter_rules.py",
}
"""Pages that are written by a tool as a whole, and the test that compares them."""

REASONS = {
    ("what-comes-back", "replies:  "): "a line of a mail server's aliases; there is no Postfix here",
    ("what-comes-back", "recipient_delimiter"): "a setting of Postfix",
    ("what-comes-back", "talentpool:\n"): "a router and a transport of Exim",
    ("what-comes-back", ":0 wc"): "a recipe of procmail",
    ("what-comes-back", '"""Give every unseen'): "run by tests/services/test_receive.py, with a mailbox",
}
"""Blocks that are not tried here, by page and beginning, each with why."""

WIDEST = 72
"""Characters of a picture made of text; a wider one cannot be seen whole."""

MOUNTS_ITSELF = {"developers/mount-it"}
PAGES = [page for page in every_page() if blocks_of(page)]


def reason_for(block):
    found = [
        why for (page, start), why in REASONS.items() if block.page == page and block.text.startswith(start)
    ]
    return found[0] if found else None


@pytest.fixture(scope="module")
def make_host(tmp_path_factory):
    with ExitStack() as stack:

        def make(*, mounted):
            folder = tmp_path_factory.mktemp("host")
            host = SmallHost(
                str(folder),
                TALENTPOOL_OUTCOME_LETTERS="ours",
                TALENTPOOL_MAIL_URL=f"eml://{folder}",
                TALENTPOOL_COMPANY="Brightwell",
                TALENTPOOL_MAIL_FROM="Anna Berg <jobs@brightwell.example>",
                TALENTPOOL_PUBLIC_URL="https://jobs.brightwell.example",
            )
            LoginManager(host.app)
            host.app.add_url_rule("/jobs", "jobs", lambda: "Jobs")
            if mounted:
                host.mount()
                with host.app.app_context():
                    host.applies("Noor Haddad", host.models.Job(title="Gardener"), stage="final")
                    host.talentpool.sync()
            stack.callback(host.close)
            return host

        yield make


@pytest.fixture(scope="module")
def mounted(make_host):
    return make_host(mounted=True)


def namespace_of(host):
    """Return the names that the examples of a page speak of."""
    session = host.db.session
    names = {"app": host.app, "db": host.db, "redirect": redirect, "url_for": url_for, **vars(host.models)}
    if host.talentpool is not None:
        application = session.get(host.models.Application, 1)
        application.status = "rejected"
        names |= {
            "talentpool": host.talentpool,
            "application": application,
            "candidate": application.candidate,
            "access": host.access,
            "host_map": host.talentpool.host_map,
            "mail": SimpleNamespace(),
        }
    return names


def run_python(block, names):
    """Run a block among the names of its page; settings in it are read as the extension reads them."""
    before = set(names)
    exec(compile(block.text, f"{block.page}.md", "exec"), names)
    given = {name: value for name, value in names.items() if name.startswith(PREFIX) and name not in before}
    Settings.from_config({**names["app"].config, **given})


@pytest.fixture
def a_place_with_folders(tmp_path, monkeypatch):
    """A working folder that has what examples of settings name."""
    for name in ("letters", "guide"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        sys.modules,
        "procrastinate",
        SimpleNamespace(App=NoQueue, SyncPsycopgConnector=lambda *, conninfo: conninfo),
    )


def of_language(*languages):
    return [
        block
        for page in PAGES
        for block in blocks_of(page)
        if block.language in languages
        and not block.is_generated
        and page not in COMPARED
        and reason_for(block) is None
    ]


# Python: all blocks of a page, one after another


@pytest.mark.parametrize("key", sorted({block.page for block in of_language("python")}))
def test_the_python_of_a_page_runs(key, mounted, make_host, a_place_with_folders):
    host = make_host(mounted=False) if key in MOUNTS_ITSELF else mounted
    config = dict(host.app.config)

    with host.app.app_context(), host.app.test_request_context("/"):
        names = namespace_of(host)
        for block in of_language("python"):
            if block.page == key:
                run_python(block, names)
        host.db.session.rollback()

    host.app.config.clear()
    host.app.config.update(config)
    if key in MOUNTS_ITSELF:
        assert host.app.extensions["talentpool"] is names["talentpool"]
    names.clear()  # receivers of signals are held weakly, and go with the page


def test_the_worker_of_another_queue_does_what_ours_does(mounted, a_place_with_folders):
    block = next(one for one in of_language("python") if "procrastinate" in one.text)
    with mounted.app.app_context():
        names = namespace_of(mounted)
        mounted.db.session.rollback()
    exec(compile(block.text, "scale-out.md", "exec"), names)

    names["tick"](0)

    assert names["queue"].tasks == [names["tick"]]
    with mounted.app.app_context():
        assert last_seen(mounted.talentpool.context()) is not None
        mounted.db.session.rollback()


def test_an_access_of_ones_own_lets_the_signed_in_do_all_but_what_it_names(mounted, a_place_with_folders):
    from flask import g

    from flask_talentpool import Action

    block = next(one for one in of_language("python") if "class OurAccess" in one.text)
    names = {}
    exec(compile(block.text, "rights.md", "exec"), names)
    access = names["OurAccess"]()

    with mounted.app.app_context():
        nobody = access.actor()
        g.user = SimpleNamespace(id=7, full_name="Rita Novak", email="rita@brightwell.example")
        somebody = access.actor()

    assert (nobody, somebody.id) == (None, "User:7")
    assert [action for action in Action if not access.may(somebody, action)] == [
        Action.EXPORT,
        Action.SETTINGS,
    ]
    assert not any(access.may(nobody, action) for action in Action)
    assert (access.scopes(nobody), access.scopes(somebody)) == (frozenset(), None)


# What is typed, and files


@pytest.mark.parametrize("block", of_language("console", "toml", "ini", "dns", "css"), ids=str)
def test_commands_exist_and_files_can_be_read(block):
    getattr(code_blocks, block.language)(block.text)


@pytest.mark.parametrize("block", of_language("sh"), ids=str)
def test_a_script_is_one_and_its_commands_exist(block):
    result = subprocess.run(["sh", "-n"], input=block.text, text=True, capture_output=True, check=False)

    assert result.returncode == 0, result.stderr
    for line in re.findall(r"^\S*(flask .+?)(?: \|\|.*)?$", block.text, re.MULTILINE):
        code_blocks.command(line.split())


@pytest.mark.parametrize("block", of_language("jinja", "html+jinja"), ids=str)
def test_templates_render(block, mounted):
    bases = {"site/base.html": "{% block page_title %}{% endblock %}|{% block body %}{% endblock %}"}
    environment = mounted.app.jinja_env.overlay(loader=DictLoader({**bases, "example": block.text}))
    with mounted.app.test_request_context("/"):
        names = namespace_of(mounted)
        html = environment.get_template("example").render(
            talentpool=mounted.talentpool, candidate=names["candidate"], application=names["application"]
        )
        mounted.db.session.rollback()

    if "extends" in block.text:
        child = '{% extends "example" %}{% block title %}T{% endblock %}{% block content %}C{% endblock %}'
        assert environment.from_string(child).render() == "T|C"
    else:
        assert html.strip()
        assert "{{" not in html


@pytest.mark.parametrize("block", of_language("markdown"), ids=str)
def test_a_page_of_the_guide_is_one(block, tmp_path):
    (tmp_path / "what-happens-next.md").write_text(block.text, encoding="utf-8")
    guide = Guide(folder=str(tmp_path))

    page = guide.load("what-happens-next")

    assert list(guide.problems()) == []
    assert page.html.startswith("<h1")
    assert "{{" not in page.html
    assert page.description


@pytest.mark.parametrize("block", of_language("text"), ids=str)
def test_text_is_a_letter_or_a_picture_of_the_states_or_of_the_house(block):
    if block.text.startswith("Subject:"):
        code_blocks.letter(block.text)
        return

    drawn = set(re.findall(r"[a-z_]+", block.text))
    # What stands on which floor of the house is compared in test_house.py.
    wanted = {"extension", "host"} if block.text.startswith("extension") else {*map(str, LETTER_TRANSITIONS)}

    assert wanted <= drawn
    assert max(map(len, block.text.splitlines())) <= WIDEST


@pytest.mark.parametrize("key", sorted({block.page for block in of_language("http")}))
def test_a_request_is_answered_as_the_page_says(key, make_host):
    request, answer = (block.text for block in of_language("http", "json") if block.page == key)
    host = make_host(mounted=True)
    with host.app.app_context():
        host.db.session.get(host.models.Application, 1).status = "rejected"
        host.db.session.commit()
    head, _, body = request.partition("\n\n")
    (method, path), *headers = (line.split(" ", 1) for line in head.splitlines())
    sent = json.loads(body) | {"application_keys": [1]}

    given = {name.rstrip(":"): value for name, value in headers if value != "…"}
    found = host.app.test_client().open(path, method=method, headers=given, json=sent)

    assert found.status_code == 200, found.text
    assert set(found.get_json()) == set(json.loads(answer))


# And none is left


def test_every_block_is_tried_or_has_a_reason():
    tried = of_language(
        "python", "console", "toml", "ini", "dns", "css", "sh", "jinja", "html+jinja", "markdown", "text", "http", "json"
    )  # fmt: skip
    left = [
        str(block)
        for page in PAGES
        if page not in COMPARED
        for block in blocks_of(page)
        if not block.is_generated and block not in tried and reason_for(block) is None
    ]

    assert len(tried) > 50
    assert left == []


def test_what_is_given_to_other_mail_programs_fits_the_rest_of_its_page():
    page = (ROOT / "site" / "what-comes-back.md").read_text(encoding="utf-8")
    alias, extension, exim, procmail = (
        next(block.text for block in blocks_of("what-comes-back") if block.text.startswith(start))
        for _, start in list(REASONS)[:4]
    )
    (script,) = set(re.findall(r"script, here `([^`]+)`", page))
    (separator,) = set(re.findall(r"recipient_delimiter = (\S)", extension))

    # All of them hand mail to the script of this page, which ends in the code that means "later".
    assert re.findall(r"/usr/\S+[^\s\"]", alias + exim + procmail) == [script] * 4
    assert set(re.findall(r"temp_errors = (\d+)", exim)) == set(re.findall(r"exit (\d+)\n", page))
    assert f"bounces{separator}{{letter}}@" in page
    assert f"local_part_suffix = {separator}*" in exim
    assert set(re.findall(r"(?m)^(\w+):", alias)) == set(re.findall(r"local_parts = (\w+) : (\w+)", exim)[0])


def test_a_reason_is_given_for_blocks_that_are_there():
    there = [(block.page, block.text) for page in PAGES for block in blocks_of(page)]
    stray = [
        key for key in REASONS if not any(page == key[0] and text.startswith(key[1]) for page, text in there)
    ]

    assert stray == []
    assert all((ROOT / test).is_file() for test in COMPARED.values())
