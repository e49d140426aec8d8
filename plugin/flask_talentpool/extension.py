"""The only composition root: puts the parts together and hangs them on a Flask application."""

import dataclasses
import functools
import hashlib
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import scoped_session
from werkzeug.local import LocalProxy

from flask_talentpool import transactions
from flask_talentpool.access import Access, Actor
from flask_talentpool.answer_clock.progress_kind import NoAnswerYet
from flask_talentpool.answer_clock.queries import Unanswered, unanswered
from flask_talentpool.blueprint import mount
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.worker import BulkReport
from flask_talentpool.bulk.worker import Worker as BulkWorker
from flask_talentpool.clock import Clock, SystemClock
from flask_talentpool.commands.group import talentpool_cli
from flask_talentpool.config.settings import Settings
from flask_talentpool.context import SOFTWARE, Context, Seams
from flask_talentpool.db.binds import read_where_written, reading_where_written
from flask_talentpool.decisions import erasing
from flask_talentpool.decisions.outcome.kind import OutcomeLetter
from flask_talentpool.decisions.outcome.schedule import keep_hours
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.decisions.telling.ask_colleague import AskedForLine
from flask_talentpool.decisions.telling.confirmation import Confirmation
from flask_talentpool.decisions.telling.correction import Correction
from flask_talentpool.digest import digest
from flask_talentpool.digest.openings import OpeningMail
from flask_talentpool.errors import ConfigError, MapError, TalentPoolError
from flask_talentpool.guide import Guide
from flask_talentpool.hires import erasing as hires_erasing
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.mapping import Host
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.dispatcher import LEASE, Dispatcher, DispatchReport
from flask_talentpool.letters.delivery.transports import Transport, transports_from_url
from flask_talentpool.letters.incoming import erasing as incoming_erasing
from flask_talentpool.letters.incoming import service as incoming
from flask_talentpool.letters.kinds import ColleagueLetters, Kind
from flask_talentpool.letters.model import IncomingMixin
from flask_talentpool.log import WithoutValues
from flask_talentpool.models import Models, build_models
from flask_talentpool.noticing.hook import listen
from flask_talentpool.noticing.sync import SyncReport, require_tables
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import ending as recalls
from flask_talentpool.recalls.colleagues import SaidYes
from flask_talentpool.recalls.letter import Invitation
from flask_talentpool.rounds import do_round
from flask_talentpool.transactions import Transact, Work
from flask_talentpool.widgets import widgets

logger = logging.getLogger("flask_talentpool")
logger.addFilter(WithoutValues())

EXTENSION = "talentpool"

COLLEAGUE_LETTERS: dict[str, Kind] = {
    "ask": AskedForLine(),
    "morning": digest.MorningMail(),
    "remind": digest.Reminder(),
    "deputy": digest.Reminder(),
    "opening": OpeningMail(),
    "yes": SaidYes(),
}
"""What letters to colleagues are about, by the first word of their occasion."""

KINDS: tuple[Kind, ...] = (
    OutcomeLetter(),
    Confirmation(),
    Correction(),
    NoAnswerYet(),
    Invitation(),
    ColleagueLetters(COLLEAGUE_LETTERS),
)

SEAMS = Seams(
    kinds={kind.kind: kind for kind in KINDS},
    membership_ended=recalls.membership_ended,
    forgetters=(
        hires_erasing.forget,
        incoming_erasing.forget,
        recalls.forget,
        bulk.forget,
        digest.forget,
        erasing.forget,
        pools.forget,
    ),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _State:
    """What belongs to one application; nothing of an app is kept on the extension itself."""

    settings: Settings
    models: Models
    host: Host
    guide: Guide


class TalentPool:
    """Talent pools, door-open letters and recall for an existing applicant tracking system.

    Example::

        talentpool = TalentPool(db, HostMap(...), access=FlaskLoginAccess(recruiters={"recruiter"}))
        talentpool.init_app(app)
    """

    def __init__(
        self,
        db: Any,
        host_map: HostMap,
        *,
        access: Access | None = None,
        clock: Clock | None = None,
        transport: Callable[[], Transport] | None = None,
        app: Flask | None = None,
    ) -> None:
        """Describe the host; nothing is read before :meth:`init_app`.

        Args:
            db: The host's Flask-SQLAlchemy or Flask-SQLAlchemy-Lite extension.
            host_map: Where the host keeps what we read.
            access: Who may do what; without it nobody may do anything.
            clock: Tells the time; the machine's own by default.
            transport: Makes the way letters leave, for each run anew; ``TALENTPOOL_MAIL_URL`` by default.
            app: Calls :meth:`init_app` at once.
        """
        self.db = db
        self.host_map = host_map
        self.access = access or Access()
        self.clock: Clock = clock or SystemClock()
        self.transport = transport
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Map the tables, listen to the host's sessions, and mount pages, widgets and commands.

        Raises:
            MapError: The map does not fit the host's classes; every problem is listed.
            ConfigError: A ``TALENTPOOL_*`` setting is wrong or unknown, or a guide page of the host's own cannot
                be shown; every problem is listed.
        """
        if EXTENSION in app.extensions:
            raise ConfigError(["a TalentPool is mounted on this application already; one is enough"])
        settings = Settings.from_config(app.config)
        guide = Guide.of(settings)
        if settings.enabled and (problems := list(guide.problems())):
            raise ConfigError(problems)
        host = Host(self.host_map, self.access)
        if unknown := host.unknown_reasons(settings.reasons):
            raise MapError(unknown)
        models = build_models(host)
        app.extensions[EXTENSION] = self
        app.extensions["talentpool_state"] = _State(settings, models, host, guide)
        app.cli.add_command(talentpool_cli)
        app.jinja_env.globals["talentpool"] = self
        if settings.enabled:
            listen(self.db, app)
            mount(self, app)

    # What belongs to the current application

    def _state(self) -> _State:
        state: _State | None = current_app.extensions.get("talentpool_state")
        if state is None or current_app.extensions.get(EXTENSION) is not self:
            raise TalentPoolError(
                "This TalentPool is not mounted on the current application; call init_app first."
            )
        return state

    @property
    def settings(self) -> Settings:
        """The settings of the current application."""
        return self._state().settings

    @property
    def models(self) -> Models:
        """The mapped classes of our tables."""
        return self._state().models

    @property
    def host(self) -> Host:
        """The host's map, resolved."""
        return self._state().host

    @property
    def guide(self) -> Guide:
        """The guide as it is shown here: with this installation's numbers, without hidden pages."""
        return self._state().guide

    def context(self, session: Any = None) -> Context:
        """Start a unit of work on the host's session (or another one); who starts it commits it."""
        state = self._state()
        if session is None:
            session = self.db.session
            session = session() if isinstance(session, scoped_session) else session
        return Context(
            session=session,
            models=state.models,
            host=state.host,
            settings=state.settings,
            clock=self.clock,
            seams=SEAMS,
            secret=self._secret(),
            guide_url=functools.cache(self.guide_url),
            link_url=self._link_url,
        )

    def _secret(self) -> bytes:
        if self.settings.hash_key is not None:
            return self.settings.hash_key
        secret = current_app.secret_key or ""
        raw = secret if isinstance(secret, bytes) else secret.encode()
        return hashlib.sha256(b"flask-talentpool" + raw).digest()

    def guide_url(self, key: str, *, language: str = "en") -> str:
        """Return the address of a guide page by its key; empty for one that is hidden or not there.

        Args:
            key: Such as ``what-happens-next``.
            language: Such as ``de`` or ``de-informal``; English where the page is not there in it.
        """
        settings, address = self.settings, self.guide.address(key, language=language)
        base = settings.guide_url or f"{settings.public_url or ''}{settings.url_prefix}/guide"
        return "" if address is None else f"{base}/{address}"

    def _link_url(self, token: str) -> str:
        return f"{self.settings.public_url or ''}{self.settings.url_prefix}/l/{token}"

    # Units of work

    def _deciding(self) -> Context:
        """Start a unit of work that decides: whatever its session reads from now on is read where it writes."""
        ctx = self.context()
        read_where_written(ctx.session)
        return ctx

    def commit(self, ctx: Context) -> None:
        """Commit what was done with a :meth:`context`, and send its signals."""
        transactions.commit(ctx, sender=self)

    def transact(self, work: Callable[[Context], Any]) -> Any:
        """Do ``work`` in a transaction of its own and commit; a busy database or a lost race is tried again.

        The session is rolled back before another try, so nothing else must be pending in it.
        """
        return transactions.transact(self._deciding, work, sender=self)

    # What hosts and commands call

    def sync(self, *, whole: bool = True, between: Callable[[], None] | None = None) -> SyncReport:
        """Take the baseline on the first call; afterwards record what changed and compose what is due. Commits.

        Args:
            whole: Look at all the host's rows. Without it what the hook saw is answered, and what has become due.
            between: Called before each of the many transactions, with nothing pending; what it raises ends the call, if it
                is no ``Exception``.

        Raises:
            TablesMissing: Our tables are not there; the message names the command that makes them.
            ConfigError: ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        require_tables(self._deciding())
        return do_round(_pausing(self.transact, between), whole=whole)

    def work_bulks(self, *, stop: threading.Event | None = None, seconds: float | None = None) -> BulkReport:
        """Look at, do or undo what was asked for many decisions at once. Commits many times.

        Args:
            stop: Set to stop after the few in hand.
            seconds: After how long to leave the rest to the next call; None for all of it.

        Raises:
            ConfigError: ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        return BulkWorker(self.transact, stop=stop, seconds=seconds).run()

    def dispatch(
        self,
        *,
        transport: Transport | None = None,
        stop: threading.Event | None = None,
        lease: timedelta = LEASE,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> DispatchReport:
        """Hand over every letter that is due, once. Commits many times.

        Args:
            transport: Where letters go in this run, one after another; see the guide's page on delivery.
            stop: Set to stop after the letters in hand.
            lease: How long a claim lasts when its process says nothing more.
            limit: How many letters are handed over at most.
            seconds: How long letters are begun at most.

        Raises:
            ConfigError: Letters are due and ``TALENTPOOL_MAIL_URL`` is not set, or ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        ctx = self._deciding()
        transport, more = self._ways(transport)
        if transport is None:
            if self.transact(outbox.something_is_due):
                raise ConfigError(["letters are due, but TALENTPOOL_MAIL_URL says nowhere to hand them over"])
            return DispatchReport()
        transactions.transact(self._deciding, keep_hours, sender=self, stop=stop)
        return Dispatcher(
            ctx,
            transport,
            commit=lambda: self.commit(ctx),
            lease=lease,
            stop=stop,
            more=more,
            connections=self.settings.mail_connections,
            limit=limit,
            seconds=seconds,
        ).run()

    def _ways(self, transport: Transport | None) -> tuple[Transport | None, Callable[[], Transport] | None]:
        """Return where letters go, and what makes further connections like it."""
        if transport is None and self.transport is not None:
            transport = self.transport()
        url = self.settings.mail_url
        if transport is not None or url is None:
            return transport, None
        return transports_from_url(url), functools.partial(transports_from_url, url)

    def _require_switched_on(self) -> None:
        if not self.settings.enabled:
            raise ConfigError(
                ["TALENTPOOL_ENABLED is False, so nothing is noticed or sent; take it out to go on"]
            )

    def receive(self, raw: bytes, *, size: int | None = None) -> IncomingMixin:
        """Keep a mail that came back: a reply, a delivery report, whatever the bytes are. Commits.

        The same mail again returns the row that is there. Nothing is answered and nothing sent again.

        Args:
            raw: The mail as the mail server gives it.
            size: How many bytes it had, where ``raw`` is only its beginning.

        Raises:
            TablesMissing: Our tables are not there; the message names the command that makes them.
            ConfigError: ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        require_tables(self._deciding())
        row: IncomingMixin = self.transact(lambda ctx: incoming.receive(ctx, raw, size=size))
        return row

    def visible_status(self, application: Any) -> str:
        """Say what a candidate may see: ``open``, ``rejected``, ``hired`` or ``withdrawn``. Writes nothing.

        Made for the host's own pages, so nothing gets out, whatever fails: without our tables nobody can say
        whether the person was told, and a rejection shows as ``open``; so does a row that the map cannot read.
        Switched off, a row shows as it is.
        """
        return telling.visible_status(self.context(), application)

    def unanswered(self, job: Any = None) -> tuple[Unanswered, ...]:
        """Return interviewed people who know no outcome, who has waited longest first. Writes nothing.

        As of the last ``sync``; what was told since counts. Ask before a job is closed::

            if talentpool.unanswered(job):
                return redirect(url_for("talentpool.unanswered", job=job.id))

        Args:
            job: The host's job row, or its key; where the host has no job model, the job's label. Without it
                everybody, in every scope: whom the caller may see is for the caller to say.

        Returns:
            One :class:`~flask_talentpool.answer_clock.queries.Unanswered` each: name, application key,
            stage, days left of target and limit, the decision if there is one, and when its letter is due.
            Empty when switched off, and where they cannot be read, whatever fails: the host's page goes on.
        """
        return unanswered(self.context(), job) if self.settings.enabled else ()

    def told(self, application: Any, *, channel: str = "host", by: Actor | None = None) -> None:
        """Report that somebody told the person the outcome; our letter is cancelled. The caller commits.

        Args:
            application: The host's application row.
            channel: ``phone``, ``in_person``, ``post``, ``portal`` or ``host``.
            by: Who told; the signed-in person by default.

        Raises:
            Refused: The application has no outcome, or our letter is being handed over right now.
        """
        if not self.settings.enabled:
            logger.info("TALENTPOOL_ENABLED is False, so nobody is marked as told")
            return
        ctx = self.context()
        with reading_where_written(ctx.session):
            telling.tell(ctx, application, channel=channel, by=by or self.access.actor() or SOFTWARE)

    # Widgets for the host's pages

    def recall_button(self, candidate: Any) -> Any:
        """Return the "Recall to pool" button for a candidate; empty without the right or when switched off."""
        return widgets.recall_button(self, candidate)

    def badges(self, candidate: Any) -> Any:
        """Return a candidate's pools and tags as badges."""
        return widgets.badges(self, candidate)

    def letter_panel(self, application: Any) -> Any:
        """Return the panel of an application's outcome letter: preview, line, door, send now, take back."""
        return widgets.letter_panel(self, application)


def _pausing(transact: Transact, between: Callable[[], None] | None) -> Transact:
    """Return what does a transaction, and calls something before each try, while nothing is pending."""
    if between is None:
        return transact

    def paused(work: Work) -> Any:
        def step(ctx: Context) -> Any:
            between()
            return work(ctx)

        return transact(step)

    return paused


def _current() -> TalentPool:
    talentpool: TalentPool = current_app.extensions[EXTENSION]
    return talentpool


current_talentpool: TalentPool = LocalProxy(_current)  # type: ignore[assignment]  # a proxy of it
