"""`check` on wrong set-ups: each is found, with its remedy, and stops a deployment where nothing would work."""

import re
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import sqlalchemy as sa
from jinja2 import DictLoader

from flask_talentpool import FlaskLoginAccess, HostMap, TalentPool
from flask_talentpool.commands.checks.findings import WRONG
from flask_talentpool.commands.host_understood import Understood
from flask_talentpool.testing import ManualClock
from tests.services.agency import Agency
from tests.support.measuring import statements

LATE = datetime.now(UTC) - timedelta(days=2)


class Wrong(Agency):
    """The agency, mounted by hand: with whatever access, routes and templates a developer got wrong."""

    more_entries: ClassVar = {"reason": "why"}
    given: ClassVar = {}
    """What this set-up has otherwise: ``access``, ``templates``, ``routes``, ``entries``, ``role``."""

    def host_map(self):
        return super().host_map() | self.given.get("entries", {})

    def mount(self, app):
        app.jinja_loader = DictLoader(self.templates() | self.given.get("templates", {}))
        if "routes" in self.given:
            self.given["routes"](app)
        usual = FlaskLoginAccess("role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"})
        access = self.given.get("access", usual)
        TalentPool(self.db, HostMap(**self.host_map()), access=access, clock=self.clock).init_app(app)


@pytest.fixture
def set_up(make_agency, request):
    """Open an agency that was set up in some way, with some rows in it; it prints what `check` says."""

    def make(*, clock=None, config=None, **given):
        shape = type("Wrong", (Wrong,), {"given": given})
        agency = make_agency(shape=shape, clock=clock, **(config or {}))
        agency.add("Ada Byron", "ada@mail.example", status="rejected", stage="final")
        agency.add("Bo Li", "bo@mail.example", stage="interview")
        return agency

    return make


def drop_tables(agency):
    with agency.app.app_context():
        for table in reversed(agency.tp_metadata().sorted_tables):
            if "talentpool" in table.name:
                table.drop(agency.engine())


def drop_column(agency):
    with agency.app.app_context(), agency.engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE talentpool_letters DROP COLUMN reply_to"))


def no_users(agency):
    with agency.work() as ctx:
        ctx.session.execute(sa.delete(agency.models.User))


def shadows(app):
    app.add_url_rule("/talent-pool/", "theirs", lambda: "theirs")


def base(text):
    return {"templates": {"theirs.html": text}, "config": {"TALENTPOOL_BASE_TEMPLATE": "theirs.html"}}


WHOLE = "<main>{% block content %}{% endblock %}</main>"
UNSET = {
    "who_writes": "TALENTPOOL_OUTCOME_LETTERS",
    "mail_url": "TALENTPOOL_MAIL_URL",
    "mail_from": "TALENTPOOL_MAIL_FROM",
    "company": "TALENTPOOL_COMPANY",
    "public_url": "TALENTPOOL_PUBLIC_URL",
}
SET_UPS = {
    **{code: [({"config": {key: None}}, None, "")] for code, key in UNSET.items()},
    "tables": [({}, drop_tables, "tables missing")],
    "columns": [({}, drop_column, "talentpool_letters.reply_to")],
    "map": [({"entries": {"reason": lambda row: row.nothing}}, None, "reason on 2 rows")],
    "no_access": [({"access": None}, None, "")],
    "access_class": [({"access": FlaskLoginAccess}, None, "FlaskLoginAccess")],
    "access_login": [({"access": FlaskLoginAccess(), "login": False}, None, "no LoginManager")],
    "role": [
        ({"access": FlaskLoginAccess("rolle", recruiters={"x"})}, None, "did you mean 'role'?"),
        ({"access": FlaskLoginAccess("rolle.name", recruiters={"x"})}, None, "no attribute 'rolle'"),
        ({"access": FlaskLoginAccess(lambda user: user.rank, recruiters={"x"})}, None, "no attribute 'rank'"),
        ({"access": FlaskLoginAccess(lambda user: 1 / 0, recruiters={"x"})}, None, "ZeroDivisionError"),
    ],
    "nobody": [
        ({"access": FlaskLoginAccess()}, None, "they have “"),
        ({"access": FlaskLoginAccess(recruiters={"Recruiters"})}, None, "“recruiter” (1)"),
        (
            {"access": FlaskLoginAccess(lambda user: [user.role, "x"], admins={"boss"})},
            None,
            "“recruiter” (1)",
        ),
    ],
    "role_values": [
        (
            {"access": FlaskLoginAccess(recruiters={"recruiter"}, admins={"admins"})},
            None,
            "admins “admins” (did you mean “admin”?)",
        )
    ],
    "no_users": [({}, no_users, "")],
    "base_template": [
        ({"config": {"TALENTPOOL_BASE_TEMPLATE": "nope/base.html"}}, None, "there is no “nope/base.html”"),
        (base("{% block content %}"), None, "line 1 of “theirs.html” cannot be read"),
        (base("{% extends 'gone.html' %}"), None, "there is no “gone.html”"),
    ],
    "base_raises": [
        (base("{{ no_such_thing }}" + WHOLE), None, "raises UndefinedError ('no_such_thing' is undefined)"),
        (base("{{ 1 / 0 }}" + WHOLE), None, "raises ZeroDivisionError"),
    ],
    "base_block": [
        (base("<main>{% block body %}{% endblock %}</main>"), None, "“theirs.html”"),
        (base("{% if false %}" + WHOLE + "{% endif %}"), None, "“theirs.html”"),
    ],
    "routes": [
        ({"routes": shadows}, None, "leads to theirs, not to talentpool.index"),
        (
            {"routes": lambda app: app.add_url_rule("/talent-pool/pools", "theirs", lambda: "")},
            None,
            "leads to theirs, not to talentpool.pools",
        ),
    ],
    "statuses": [
        ({"entries": {"rejected": {"rejectd"}}}, None, "“rejectd” (did you mean “rejected”, which 1 have?)")
    ],
    "status_values": [({}, None, "withdrawn “withdrawn”")],
    "no_stages": [({"entries": {"stage": None, "stages": (), "interviewed_from": None}}, None, "")],
    "no_finalists": [
        (
            {
                "entries": {
                    "stages": ("applied", "screen", "interview", "final"),
                    "interviewed_from": "final",
                }
            },
            None,
            "“final”",
        )
    ],
    "owners": [({"entries": {"owner": lambda row: 7}}, None, "2 of the 2 applications looked at")],
    "languages": [
        ({"entries": {"job_locale": "title"}}, None, "“Engineer” (2)"),
        ({"config": {"TALENTPOOL_LOCALE": "xx"}}, None, "TALENTPOOL_LOCALE “xx”"),
    ],
    "reasons": [
        (
            {"entries": {"reason": None}, "config": {"TALENTPOOL_REASONS_BY_HOST": {"other_person"}}},
            None,
            "reason= is not mapped",
        ),
        ({"config": {"TALENTPOOL_REASONS_BY_HOST": {"job_closed"}}}, None, "job_open="),
    ],
    "worker": [({}, None, "")],
}
EACH = [
    pytest.param(code, *one, id=f"{code}-{number}")
    for code, those in SET_UPS.items()
    for number, one in enumerate(those)
]


@pytest.mark.parametrize(("code", "given", "then", "says"), EACH)
def test_a_wrong_set_up_is_found_with_its_remedy(set_up, code, given, then, says):
    given = dict(given)
    has_login = given.pop("login", True)
    agency = set_up(**given)
    if not has_login:
        del agency.app.login_manager
    if then is not None:
        then(agency)

    result = agency.run("check")
    understood = agency.run("check", "--json")

    wrong = WRONG[code]
    assert f"{wrong.what}" in result.stdout
    assert wrong.remedy in result.stdout
    assert says in result.stdout
    assert code in re.findall(r'"code": "(\w+)"', understood.stdout)
    assert result.exit_code == int(wrong.stops), result.stdout
    assert "Traceback" not in result.output


def test_every_kind_is_tried():
    assert {*SET_UPS, "worker_stopped"} == set(WRONG)
    assert len(WRONG) >= 20


def test_the_agency_as_it_should_be_has_nothing_to_settle(set_up):
    result = set_up(
        **base(WHOLE), routes=lambda app: app.add_url_rule("/talent-pool-info", "x", lambda: "")
    ).run("check")

    assert result.exit_code == 0, result.stdout
    assert "Rights:      User: admin 1, manager 1, nothing here 1, recruiter 1" in result.stdout


def test_a_stopped_worker_stops_a_deployment_once_letters_are_late(set_up):
    clock = ManualClock(LATE)
    agency = set_up(clock=clock)
    agency.sync()
    agency.dispatch()
    key = agency.add("Cy Ng", "cy@mail.example")
    before = agency.run("check")
    agency.change(key, status="rejected")
    agency.sync()
    with agency.work() as ctx:
        ctx.keep_mark("worker", at=ctx.clock.lease_now() - timedelta(hours=2))
    clock.advance(timedelta(hours=2))
    after = agency.run("check")

    assert before.exit_code == 0
    assert after.exit_code == 1
    assert "The worker has stopped: last seen" in after.stdout
    assert WRONG["worker_stopped"].remedy in after.stdout


def test_a_base_template_sees_somebody_signed_in(set_up):
    given = base("{{ current_user.name.upper() }}" + WHOLE)

    assert set_up(**given).run("check").exit_code == 0


def test_a_host_with_400_roles_stays_readable(set_up):
    agency = set_up(access=FlaskLoginAccess(recruiters={"role 7 lead"}))
    with agency.work() as ctx:
        user = agency.models.User
        ctx.session.add_all(
            [user(name=f"U {n}", email=f"u{n}@x.example", role=f"role {n} lad") for n in range(400)]
        )

    said = agency.run("check").stdout
    (line,) = [line for line in said.splitlines() if "No user of yours" in line]
    assert "and 384 more" in line
    assert len(line) < 1000
    assert "“role 7 lead” (did you mean “role 7 lad”?)" in said


def test_users_are_counted_by_as_many_statements_however_many_there_are(set_up):
    agency = set_up()
    numbers = []
    for number in (10, 600):
        with agency.work() as ctx:
            user = agency.models.User
            ctx.session.add_all(
                [user(name="U", email=f"u{number}.{n}@x.example", role="recruiter") for n in range(number)]
            )
        with agency.app.app_context(), statements(agency.engine()) as seen:
            said = agency.run("check").stdout
        numbers.append(len(seen))
        assert f"recruiter {sum((10, 600)[: len(numbers)]) + 1}" in said

    assert numbers[0] == numbers[1]


def test_numbers_are_rows_and_not_readings(set_up):
    agency = set_up(entries={"status": lambda row: row.nothing})
    said = agency.run("check").stdout

    assert "status on 2 rows, Application has no attribute 'nothing'" in said


class OneColumn(Agency):
    """One column says how far somebody came, and how it ended."""

    statuses: ClassVar = {"open": "applied", "rejected": "rejected", "hired": "hired"}

    def host_map(self):
        return super().host_map() | {
            "status": "status",
            "stage": "status",
            "stages": ("applied", "screen", "interview", "final"),
            "interviewed_from": "interview",
        }


def test_one_column_for_stages_and_outcomes_leaves_nothing_unknown(make_agency):
    agency = make_agency(shape=OneColumn)
    for number, status in enumerate(("applied", "screen", "interview", "rejected", "hired", "parked")):
        agency.add(f"P {number}", f"p{number}@mail.example", status=status)

    said = agency.run("check").stdout
    assert "counted as still open: “parked” (1)." in said
    assert "Stages not in stages, counted as applied: “parked” (1)." in said


def test_a_check_prints_no_key_of_a_row_and_no_value_of_a_person(set_up):
    understood = Understood(statuses_seen={"x": object()}, unreadable_rows={("email", "Candidate:7")})

    assert {"statuses_seen", "unreadable_rows", "sample"}.isdisjoint(understood.facts())
