"""Candidates' pages stand alone: nothing of the host's that wants somebody signed in has a say on them."""

import re

import pytest
from flask import abort, redirect, request
from flask_login import current_user

from flask_talentpool.commands.candidate_pages import opened

GUIDE = "/talent-pool/guide/"


def no_user_loader(office):
    office.app.login_manager._user_callback = None


def a_context_processor_that_raises(office):
    def theirs():
        return {"company": current_user.company.name}

    office.app.template_context_processors[None].append(theirs)


def a_filter_and_a_global_of_theirs(office):
    office.app.jinja_env.filters["length"] = office.app.jinja_env.filters["join"] = None
    office.app.jinja_env.globals["url_for"] = None


def templates_of_theirs(office):
    office.app.jinja_loader.mapping |= {
        f"talentpool/portal/{name}.html": "{{ nobody.name.first }}"
        for name in ("base", "stay", "gone", "guide")
    }


HOSTS = [
    no_user_loader,
    a_context_processor_that_raises,
    a_filter_and_a_global_of_theirs,
    templates_of_theirs,
]


@pytest.fixture
def link(office):
    """Return an office, and the link of a letter that offers a place."""
    office.rejected()
    office.post("/talent-pool/decisions/1/write", {"door": "open"})
    office.send()
    return re.search(r"https://[^/]+(/talent-pool/l/[\w-]+)", office.mail()[0].replace("=\n", ""))[1]


@pytest.mark.parametrize("host", HOSTS)
def test_a_candidates_pages_open_whatever_the_host_needs_signed_in(office, link, host):
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    host(office)
    nobody = office.app.test_client()

    answers = {
        path: nobody.get(path).status_code
        for path in (
            link,
            "/talent-pool/l/unknown",
            "/talent-pool/u/unknown",
            GUIDE,
            f"{GUIDE}nothing/",
            f"{GUIDE}assets/x.png",
        )
    }
    pressed = nobody.post(link, data={"say": "stay"})

    assert list(answers.values()) == [200, 404, 200, 200, 404, 404]
    assert pressed.status_code == 303
    assert office.row("member").state == "member"
    assert nobody.post("/talent-pool/u/unknown").status_code == 200
    assert nobody.get(f"{link}?x=%00").status_code == 400


def test_doctor_opens_one_of_each_and_says_what_it_got(office):
    def found():
        with office.app.app_context():
            return list(opened(office.talentpool.context()))

    assert [(what, is_fine) for what, is_fine, _ in found()] == [
        ("candidate's link", True), ("unsubscribe page", True), ("guide page", True),
    ]  # fmt: skip

    what_they_do = {
        "first": lambda: redirect("/sign-in?next=/"),
        "then": lambda: abort(403),
        "last": lambda: 1 / 0,
    }
    chosen = []

    # What may be registered only before the first request is put where Flask keeps it.
    def before():
        return what_they_do[chosen[-1]]() if request.blueprint == "talentpool" else None

    office.app.before_request_funcs.setdefault(None, []).append(before)
    said = []
    for name in what_they_do:
        chosen.append(name)
        said.append(found())

    assert not any(is_fine for one in said for _, is_fine, _ in one)
    assert "answers 302 and leads to /sign-in for" in said[0][0][2]
    assert "answers 403" in said[1][1][2]
    assert "raises ZeroDivisionError" in said[2][2][2]
