"""A miniature host with the extension mounted: its staff at their browsers, its operator, its candidates' mail."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
from flask import session
from flask_wtf.csrf import generate_csrf

from flask_talentpool.testing import ManualClock
from tests.support.driver import Driver

JSON = {"Accept": "application/json"}
PUBLIC_URL = "https://jobs.fernhill.example"
_LINK = re.compile(re.escape(PUBLIC_URL) + r"/talent-pool/l/[\w-]+")


class Office(Driver):
    """One host at work.

    Args:
        host: The shape, new.
        url: Of an empty database.
        server: Where letters go.
        **config: Further settings of the host.
    """

    def __init__(self, host, url, server, **config):
        self.host, self.server = host, server
        self.clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
        self.app = host.create_app(
            url,
            clock=self.clock,
            TALENTPOOL_OUTCOME_LETTERS="ours",
            TALENTPOOL_MODES="auto",
            TALENTPOOL_DELAY=timedelta(0),
            TALENTPOOL_MAIL_URL=server.url,
            TALENTPOOL_MAIL_FROM="Anna Berg <jobs@fernhill.example>",
            TALENTPOOL_PUBLIC_URL=PUBLIC_URL,
            **{"TALENTPOOL_COMPANY": "Fernhill", **config},
        )
        host.create_tables()

    def engine(self):
        return self.host.engine()

    def send(self):
        """Run ``flask talentpool send`` and return the letters that arrived by it."""
        before = len(self.server.mails)
        self.command("send")
        return self.server.mails[before:]

    def url(self, endpoint, **values):
        """Return the address of one of our pages."""
        with self.app.test_request_context():
            return self.app.url_for(f"talentpool.{endpoint}", **values)

    def rows(self, name, *columns, **where):
        """Return our rows as dictionaries where no columns are asked for."""
        rows = super().rows(name, *columns, **where)
        return rows if columns else [vars(row) for row in rows]

    def state(self):
        """Return everything in our tables, to see whether something changed."""
        with self.app.app_context(), self.host.engine().connect() as connection:
            return {
                name: connection.execute(sa.text(f'SELECT * FROM "{name}" ORDER BY 1')).all()
                for name in sa.inspect(connection).get_table_names()
                if name.startswith("talentpool_")
            }

    def visible_status(self, key):
        """Return what a candidate may see of an application."""
        with self.app.app_context():
            return self.talentpool.visible_status(self.host.application(key))

    def letter_of(self, key):
        letter = super().letter_of(key)
        return None if letter is None else vars(letter)


class Visitor:
    """Somebody at a browser, or a client of a JSON-only host; nobody signed in until :meth:`sign_in`."""

    def __init__(self, office):
        self.office, self.host = office, office.host
        self.client = office.app.test_client()
        self.headers = {}

    def sign_in(self, role="recruiter"):
        self.headers = self.host.sign_in(self.client, role)
        return self

    def get(self, address, **headers):
        return self.client.get(address, headers={**self.headers, **headers})

    def facts(self, address):
        """Return a page of ours as JSON."""
        answer = self.get(address, **JSON)
        assert answer.status_code == 200, (address, answer.status, answer.text[:300])
        return answer.get_json()

    def press(self, page, text, at, **fields):
        """Press the button of a page that says ``text``; ``at`` is the address of the page."""
        button = page.button(text)
        assert button.form is not None, f"{text!r} sends nothing"
        assert button.form.method == "post"
        data = dict(button.form.fields) | fields
        if button.name:
            data[button.name] = button.value
        address = urljoin(at, button.action or button.form.action or at)
        return self.client.post(address, data=data, headers=self.headers)

    def post(self, address, **fields):
        """Send what a form would, with the token of this session; JSON where the host speaks nothing else."""
        if self.host.JSON_ONLY:
            return self.client.post(address, json=fields, headers=self.headers)
        return self.client.post(address, data=fields | {"csrf_token": self.token()}, headers=self.headers)

    def token(self):
        """Return a token that is valid in this session, as a page would carry it."""
        with self.client.session_transaction() as stored:
            kept = dict(stored)
        with self.office.app.test_request_context():
            session.update(kept)
            token = generate_csrf()
            kept = dict(session)
        with self.client.session_transaction() as stored:
            stored.update(kept)
        return token


def link_in(mail, which=0):
    """Return the path of a candidate's link in a letter; the text and the HTML have the same ones."""
    links = list(dict.fromkeys(_LINK.findall(mail.text)))
    assert set(links) == set(_LINK.findall(mail.html)), "the links of text and HTML differ"
    return urlsplit(links[which]).path
