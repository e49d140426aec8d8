"""Pressing every button in a copy of one world, and what goes because of it: against a copy in which nobody pressed."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult
from tests.promises.announced import PageOfButtons
from tests.promises.filled import Filled
from tests.promises.staging import ENTRIES, SETTINGS
from tests.promises.world import START, World
from tests.support.apps import dispose_engines

OWNER = "manager@host.test"
"""Who is in charge of the job, and told every morning what waits."""
NOW = START + timedelta(hours=11)
"""When buttons are pressed: after hours, when some letters still go and others wait for the morning."""
LATER = (NOW + timedelta(hours=17), NOW + timedelta(days=9, hours=17))
"""When rounds are done after the first: within the next hours of the office, and past every line that is waited for."""
PUBLIC = {
    "link",
    "unsubscribe",
    "guide_index",
    "guide_page",
    "guide_translated",
    "guide_asset",
    "hires_calendar",
    "static",
}
"""What candidates and colleagues open, without signing in."""
SEARCHES = {
    "letters": tuple(f"?state={tab}" for tab in ("waiting", "held", "needs-you", "gone")),
    "incoming": tuple(f"?tab={tab}" for tab in ("to-read", "whose", "came-back", "all")),
    "incoming_one": ("?q=Northfamily",),
    "decision_correction": ("", "?why=We+mixed+up+two+names."),
    "bulk_new": tuple(f"?all=1&state={state}" for state in ("waiting", "held", "failed")),
}
"""What a page is asked for, where it shows other buttons then."""


@dataclass(frozen=True, order=True)
class Mail:
    """A letter that went: when, to whom, in which language, of which kind, and its subject."""

    at: datetime
    to: str
    language: str
    kind: str
    subject: str

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Return when, to whom and in which language, whatever it says."""
        return self.at, self.to, self.language


class Recorder:
    """A transport that takes every letter."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: list[tuple[datetime, str, Any]] = []

    def open(self) -> None:
        """Do nothing: there is no server."""

    def close(self) -> None:
        """Do nothing: there is no server."""

    def describe(self) -> str:
        return "recorder"

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        del mail_from
        head = message_from_bytes(data, policy=policy.default)
        self.taken.append((self.world.clock.now(), rcpt_to, head))
        return HandOver(HandOverResult.SENT, "250 OK", "recorder")

    def mails(self) -> Counter[Mail]:
        """Return what was taken, but for what the answer clock writes by itself and what the morning mail says."""
        letter = self.world.m.letter
        kinds = dict(self.world.session.execute(sa.select(letter.message_id, letter.kind)).all())
        return Counter(
            Mail(at, to, str(head["Content-Language"]), kind, str(head["Subject"]))
            for at, to, head in self.taken
            if (kind := str(kinds[str(head["Message-ID"]).strip()])) != "progress" or at <= LATER[0]
            if to != OWNER
        )


@dataclass(frozen=True)
class Press:
    """One button as it was found, with what its form would send, and what the page says of it."""

    endpoint: str
    button: str
    text: str
    role: str
    page: str
    at: str
    """The address of the page."""
    url: str
    data: tuple[tuple[str, str], ...]
    about: str
    """Where what it is about stands, such as ``letter outcome held personal``."""
    says: tuple[tuple[str, str, tuple[datetime, ...]], ...]
    """What the page announces: kinds, texts, times."""

    @property
    def key(self) -> tuple[str, str]:
        return self.endpoint, self.button


def _filled_in(press: Press, typed: dict[str, str]) -> dict[str, list[str]]:
    """Return what a form sends; a name that ends in a hyphen is the first that begins so."""
    data: dict[str, list[str]] = {}
    for name, value in press.data:
        data.setdefault(name, []).append(value)
    for name, value in typed.items():
        data[next((one for one in data if one.startswith(name) and name.endswith("-")), name)] = [value]
    return data


class Stage:
    """A world of which every press gets a copy of its own."""

    def __init__(
        self, folder: Path, template: Path, inside: Any, *, but: Callable[[World], None] | None = None
    ) -> None:
        self.template, self.copy = folder / "stage.db", folder / "copy.db"
        shutil.copy(template, self.copy)
        self.world = World(f"sqlite:///{self.copy}", entries=ENTRIES, start=NOW, **SETTINGS)
        self.filled = Filled(self.world, *inside)
        if but is not None:
            with self.world.app.app_context():
                but(self.world)
                self.world.session.remove()
        dispose_engines(self.world.app)
        shutil.copy(self.copy, self.template)
        self.clients = {role: self.filled.client(role) for role in ("admin", "recruiter", "manager")}
        self._known: dict[tuple[tuple[str, Any], ...], str] = {}
        self._alone: dict[tuple[datetime, ...], Counter[Mail]] = {}

    def again(self) -> None:
        """Put everything back as it was."""
        with self.world.app.app_context():
            self.world.session.remove()
        dispose_engines(self.world.app)
        shutil.copy(self.template, self.copy)
        self.world.clock.move_to(NOW)

    def pages(self) -> Iterable[tuple[str, str, str]]:
        """Return every page that staff can open: ``(role, endpoint, address)``."""
        side = self.filled.north
        searches = SEARCHES | {"unanswered": ("", f"?job={side.job_key}")}
        for role in self.clients:
            for rule in self.filled.rules("GET"):
                name = rule.endpoint.removeprefix("talentpool.")
                if name not in PUBLIC:
                    # The same rows as others see them: some of each are enough.
                    for url in self.filled.urls(rule, side)[: None if role == "recruiter" else 4]:
                        yield from ((role, name, url + search) for search in searches.get(name, ("",)))

    def found(self, urls: Iterable[tuple[str, str, str]]) -> list[Press]:
        """Return every button of these pages: ``(role, endpoint, address)``."""
        self.again()
        presses = []
        for role, page, url in urls:
            with self.clients[role].get(url) as answer:
                assert answer.status_code < 500, url
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    presses += self._buttons(role, page, url, answer.get_data(as_text=True))
        return presses

    def _buttons(self, role: str, page: str, url: str, html: str) -> Iterable[Press]:
        read, adapter = PageOfButtons(html), self.world.app.url_map.bind("host.test")
        for button in read.buttons:
            if button.form is None or button.form.method != "post":
                continue
            action = (button.action or button.form.action or url).partition("#")[0]
            endpoint, values = adapter.match(action.partition("?")[0], method="POST")
            named = ((button.name, button.value),) if button.name else ()
            yield Press(
                endpoint=endpoint.removeprefix("talentpool."),
                button=f"{button.name}={button.value}".strip("="),
                text=" ".join(button.text.split()),
                role=role,
                page=page,
                at=url,
                url=action,
                data=(*button.form.fields, *named),
                about=self._about(tuple(values.items())),
                says=tuple((one.kind, one.text, tuple(one.times)) for one in read.announcements(button)),
            )

    def _about(self, values: tuple[tuple[str, Any], ...]) -> str:
        """Say where the row stands that an address is about, as everything stands before a press."""
        if values not in self._known:
            with self.world.app.app_context():
                self._known[values] = " ".join(word for word in self._stands(dict(values)) if word)
                self.world.session.remove()
        return self._known[values]

    def _stands(self, values: dict[str, Any]) -> list[str]:
        m, session, words = self.world.m, self.world.session, []
        columns = {
            "letter_id": (m.letter, "kind", "state", "because"),
            "decision_id": (m.decision, "state", "outcome", "needs_review"),
            "recall_id": (m.recall, "state"),
            "incoming_id": (m.incoming, "kind"),
            "bulk_id": (m.bulk, "act", "state"),
        }
        for name, key in values.items():
            model, *shown = columns.get(name, (None,))
            row = session.get(model, key) if model is not None else None
            if row is None:
                continue
            words += [str(getattr(row, one)) for one in shown]
            if name == "decision_id":
                letters = sa.select(m.letter).where(m.letter.decision_id == key).order_by(m.letter.id)
                words += ["told"] if row.told_at else []
                words += [f"{one.kind} {one.state} {one.because}" for one in session.scalars(letters)]
            if name == "recall_id":
                words += session.scalars(sa.select(m.letter.state).where(m.letter.recall_id == key))
        return words

    def alone(self, moments: tuple[datetime, ...]) -> Counter[Mail]:
        """Return what goes when nobody presses anything."""
        if moments not in self._alone:
            self.again()
            self._alone[moments] = self._rounds(moments)
        return self._alone[moments]

    def pressed(self, press: Press, moments: tuple[datetime, ...], **typed: str) -> tuple[Any, Counter[Mail]]:
        """Press a button with some fields filled in; return the answer, and what goes from then on."""
        self.again()
        answer = self.clients[press.role].post(press.url, data=_filled_in(press, typed))
        return answer, self._rounds(moments)

    def shown(self, press: Press, preview: Press, typed: dict[str, str]) -> Press:
        """Return a button as the page has it that shows what was typed, before anything is saved."""
        self.again()
        with self.clients[press.role].post(preview.url, data=_filled_in(preview, typed)) as answer:
            html = answer.get_data(as_text=True)
        return next(
            one for one in self._buttons(press.role, press.page, press.at, html) if one.key == press.key
        )

    def person(self, mail: Mail) -> bool:
        """Whether a mail went to an address that the host has, in the language of whoever has it."""
        with self.world.app.app_context():
            found = list(
                self.world.session.scalars(
                    sa.select(self.world.Candidate).where(self.world.Candidate.email == mail.to)
                )
            )
            languages = {ENTRIES["locale"](one) for one in found}
            self.world.session.remove()
        return mail.language in languages

    def _rounds(self, moments: tuple[datetime, ...]) -> Counter[Mail]:
        world = self.world
        recorder = Recorder(world)
        with world.app.app_context():
            for moment in moments:
                world.clock.move_to(moment)
                world.tp.work_bulks()
                world.tp.sync()
                world.tp.dispatch(transport=recorder)
            mails = recorder.mails()
            world.session.remove()
        return mails

    def close(self) -> None:
        self.world.close()
