"""A word in the database that this version does not know, an older or a newer one wrote it, stops nothing.

It is shown as it is, or what it stands for is held. Each time the populated database of an earlier version has such words
in many columns at once; `make stress` takes the columns one by one.
"""

import traceback
from collections import defaultdict
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_login import login_user

from tests.migrations.frozen import all_frozen
from tests.migrations.frozen_host import Application, Candidate, User, db, make_app
from tests.support.apps import dispose_engines
from tests.support.cli import cli_runner
from tests.support.effort import IS_THOROUGH
from tests.support.incoming import reply

FROZEN = all_frozen()[0]
ROWS = FROZEN.rows()
pytestmark = pytest.mark.slow

UNKNOWN = "of_another_version"
MORE = (
    "bulk_items.because",
    "clocks.answered_by",
    "decisions.needs_review",
    "decisions.reason_code",
    "decisions.told_by",
    "letters.text_name",
    "suppressions.kind",
)
LISTS = ("", "/letters", "/unanswered", "/incoming", "/bulks", "/texts", "/pools", "/decisions/grid")
TABS = ("waiting", "held", "needs-you", "gone")
OF_A_DECISION = ("", "/sheet", "/short-letter", "/correction", "/invite")
WITH_AN_ID = {
    "decision_id": "decisions",
    "letter_id": "letters",
    "member_id": "members",
    "recall_id": "recalls",
    "bulk_id": "bulks",
    "incoming_id": "incoming",
    "link_id": "candidate_links",
    "clock_id": "clocks",
    "person_id": "people",
}


def columns():
    """Return the columns that get unknown words together."""
    every = sorted({*FROZEN.words()["enums"], *MORE})
    if IS_THOROUGH:
        return [[], *([one] for one in every)]
    groups = defaultdict(list)
    for column in every:
        table = column.partition(".")[0]
        groups[table if table in ("letters", "decisions") else "others"].append(column)
    return list(groups.values())


@pytest.fixture(params=columns(), ids=lambda found: found[0] if found else "none")
def app(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'host.db'}"
    FROZEN.put_into(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for column in request.param:
            table, _, name = column.partition(".")
            connection.execute(sa.text(f"UPDATE OR IGNORE talentpool_{table} SET {name} = '{UNKNOWN}'"))
    engine.dispose()
    made = make_app(url, with_migrations=False)
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True)
    result = cli_runner(made).invoke(args=["talentpool", "upgrade-tables"])
    assert result.exit_code == 0, result.output
    yield made
    dispose_engines(made)


def ids(table):
    return [row["id"] for row in ROWS[f"talentpool_{table}"]]


def place_of(error):
    """Say where in the package something raised."""
    every = traceback.extract_tb(error.__traceback__)
    last = ([one for one in every if "flask_talentpool/" in one.filename] or every)[-1]
    return f"{last.filename.partition('flask_talentpool/')[2]}:{last.name} {type(error).__name__}: {error}"[
        :160
    ]


class Places:
    """Where something raised, each place once with what was done first."""

    def __init__(self):
        self.found = {}

    def do(self, what, work):
        try:
            work()
        except SystemExit:
            pass
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
            self.found.setdefault(place_of(error), what)
            if isinstance(error, sa.exc.SQLAlchemyError):
                db.session.rollback()


@pytest.fixture
def places():
    return Places()


@pytest.fixture
def client(app):
    client = app.test_client()
    client.get("/sign-in/1")
    return client


def run(app, *words):
    result = cli_runner(app).invoke(args=["talentpool", *words])
    if result.exception is not None:
        raise result.exception


def test_a_word_of_another_version_breaks_no_page(client, places):
    urls = [*LISTS, *(f"/letters?state={tab}" for tab in TABS)]
    urls += [f"/pools/{row['key']}" for row in ROWS["talentpool_pools"]]
    urls += [f"/decisions/{key}{end}" for key in ids("decisions") for end in OF_A_DECISION]
    urls += [f"/{table}/{key}" for table in ("people", "letters", "bulks", "incoming") for key in ids(table)]
    urls += [f"/jobs/{row['id']}/bench" for row in ROWS["job"]]
    for url in urls:
        places.do(url, lambda url=url: client.get(f"/talent-pool{url}"))
    assert places.found == {}


def test_a_word_of_another_version_stops_no_act(app, client, places):
    for rule in app.url_map.iter_rules():
        (name,) = rule.arguments if len(rule.arguments) == 1 else ("",)
        if (
            not rule.endpoint.startswith("talentpool.")
            or "POST" not in rule.methods
            or name not in WITH_AN_ID
        ):
            continue
        for key in ids(WITH_AN_ID[name])[:30]:
            url = str(rule).replace(f"<int:{name}>", str(key))
            sent = {"why": "So.", "channel": "phone", "state": "ended"}
            places.do(rule.endpoint, lambda url=url, sent=sent: client.post(url, data=sent))
    assert places.found == {}


def test_a_word_of_another_version_stops_no_round_of_the_worker(app, places):
    answer = reply(
        answers=ROWS["talentpool_letters"][0]["message_id"], sender="A <person1@mail.test>", number=99
    )
    for command in ("check", "doctor", "texts"):
        places.do(command, lambda command=command: run(app, command))
    with app.app_context():
        talentpool = app.extensions["talentpool"]
        talentpool.clock.advance(timedelta(days=8))
        for work in (talentpool.sync, talentpool.work_bulks, talentpool.dispatch, talentpool.unanswered):
            places.do(work.__name__, work)
        places.do("receive", lambda: talentpool.receive(answer))
    for key in (1, 2, 5):
        places.do("forget", lambda key=key: run(app, "forget", str(key), "--yes"))
    assert places.found == {}


def test_a_letter_of_a_kind_that_only_another_version_knows_waits(app):
    with app.app_context():
        talentpool = app.extensions["talentpool"]
        letter = talentpool.models.letter
        db.session.execute(sa.update(letter).where(letter.state == "due").values(kind=UNKNOWN))
        due = set(db.session.scalars(sa.select(letter.id).where(letter.state == "due")))
        db.session.commit()
        talentpool.clock.advance(timedelta(days=8))
        talentpool.dispatch()
        states = set(
            db.session.scalars(sa.select(letter.state).where(letter.id.in_(due), letter.kind == UNKNOWN))
        )
    assert states <= {"held", "due"}


def test_a_word_of_another_version_shows_on_the_host_s_pages(app, places):
    with app.test_request_context("/"):
        login_user(db.session.get(User, 1))
        talentpool = app.extensions["talentpool"]
        for row in db.session.scalars(sa.select(Application)):
            for widget in (talentpool.visible_status, talentpool.letter_panel):
                places.do(widget.__name__, lambda row=row, widget=widget: widget(row))
        for row in db.session.scalars(sa.select(Candidate)):
            for widget in (talentpool.badges, talentpool.recall_button):
                places.do(widget.__name__, lambda row=row, widget=widget: widget(row))
    assert places.found == {}
