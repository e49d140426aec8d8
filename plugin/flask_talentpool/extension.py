"""The only composition root: puts the parts together and hangs them on a Flask application."""

import dataclasses
import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import scoped_session
from werkzeug.local import LocalProxy

from flask_talentpool.access import Access, Actor
from flask_talentpool.cli import talentpool_cli
from flask_talentpool.clock import Clock, SystemClock
from flask_talentpool.config import Settings
from flask_talentpool.context import SOFTWARE, Answer, Cancel, Context, Seams
from flask_talentpool.decisions import answer as outcomes
from flask_talentpool.decisions import service as decisions
from flask_talentpool.errors import ConfigError, TalentPoolError
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.mapping import Host
from flask_talentpool.host.sync import SyncReport, answer_one, require_tables, sync, waiting_decisions
from flask_talentpool.host.watch import listen
from flask_talentpool.letters.dispatcher import LEASE, Dispatcher, Report
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.transports import Transport, transports_from_url
from flask_talentpool.models import Models, build_models
from flask_talentpool.mounting import mount
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.web import widgets
from flask_talentpool.words import Because, LetterKind

logger = logging.getLogger("flask_talentpool")

EXTENSION = "talentpool"


def _may_send(ctx: Context, letter: LetterMixin) -> Answer:
    if letter.kind == LetterKind.OUTCOME.value:
        return outcomes.outcome_may_go(ctx, letter)
    if letter.kind == LetterKind.RECALL.value:
        return recalls.recall_may_go(ctx, letter)
    return Cancel(Because.TEXT)


def _letter_settled(ctx: Context, letter: LetterMixin) -> None:
    if letter.kind == LetterKind.OUTCOME.value:
        decisions.outcome_went(ctx, letter)
    what = {LetterKind.OUTCOME.value: "outcome letter", LetterKind.RECALL.value: "invitation back"}
    decisions.touch(
        ctx,
        letter.person_id,
        scope=letter.scope,
        channel="mail",
        what=what.get(letter.kind, letter.kind),
        by=SOFTWARE,
        letter=letter,
    )


SEAMS = Seams(
    may_send=_may_send,
    letter_settled=_letter_settled,
    forgetters=(recalls.forget, decisions.forget, pools.forget),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _State:
    """What belongs to one application; nothing of an app is kept on the extension itself."""

    settings: Settings
    models: Models
    host: Host


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
        app: Flask | None = None,
    ) -> None:
        """Describe the host; nothing is read before :meth:`init_app`.

        Args:
            db: The host's Flask-SQLAlchemy or Flask-SQLAlchemy-Lite extension.
            host_map: Where the host keeps what we read.
            access: Who may do what; without it nobody may do anything.
            clock: Tells the time; the machine's own by default.
            app: Calls :meth:`init_app` at once.
        """
        self.db = db
        self.host_map = host_map
        self.access = access or Access()
        self.clock: Clock = clock or SystemClock()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Map the tables, listen to the host's sessions, and mount pages, widgets and commands.

        Raises:
            MapError: The map does not fit the host's classes; every problem is listed.
            ConfigError: A ``TALENTPOOL_*`` setting is wrong or unknown; every problem is listed.
        """
        if EXTENSION in app.extensions:
            raise ConfigError(["a TalentPool is mounted on this application already; one is enough"])
        settings = Settings.from_config(app.config)
        host = Host(self.host_map)
        models = build_models(host)
        app.extensions[EXTENSION] = self
        app.extensions["talentpool_state"] = _State(settings, models, host)
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
            guide_url=self.guide_url,
            link_url=self.link_url,
        )

    def _secret(self) -> bytes:
        if self.settings.hash_key is not None:
            return self.settings.hash_key
        secret = current_app.secret_key or ""
        raw = secret if isinstance(secret, bytes) else secret.encode()
        return hashlib.sha256(b"flask-talentpool" + raw).digest()

    def guide_url(self, key: str) -> str:
        """Return the address of a guide page by its key."""
        settings = self.settings
        base = settings.guide_url or f"{settings.public_url or ''}{settings.url_prefix}/guide"
        return f"{base}/{key}/"

    def link_url(self, token: str) -> str:
        """Return the address of a candidate's link."""
        return f"{self.settings.public_url or ''}{self.settings.url_prefix}/l/{token}"

    # Units of work

    def commit(self, ctx: Context) -> None:
        """Commit a unit of work and send its signals."""
        ctx.session.commit()
        pending = list(ctx.pending)
        ctx.pending.clear()
        self.send_signals(pending)

    def send_signals(self, pending: Sequence[tuple[Any, dict[str, Any]]]) -> None:
        """Send signals; a receiver that raises is logged and changes nothing."""
        for signal, about in pending:
            try:
                signal.send(self, **about)
            except Exception:  # a receiver is the host's code; our work is done and stays done
                logger.exception("a receiver of the signal %s raised", signal.name)

    def transact(self, work: Callable[[Context], Any]) -> Any:
        """Do ``work`` in a transaction of its own and commit; a busy database or a lost race is tried again.

        The session is rolled back before another try, so nothing else must be pending in it.
        """
        pause = threading.Event()
        for attempt in range(8):
            ctx = self.context()
            try:
                result = work(ctx)
                self.commit(ctx)
            except (OperationalError, IntegrityError):
                ctx.session.rollback()
                if attempt == 7:  # noqa: PLR2004 (the last of the tries above)
                    raise
                pause.wait(0.03 * (attempt + 1))
            except BaseException:
                ctx.session.rollback()
                raise
            else:
                return result
        return None

    # What hosts and commands call

    def sync(self) -> SyncReport:
        """Take the baseline on the first call; afterwards record what changed and compose what is due. Commits.

        Raises:
            TablesMissing: Our tables are not there; the message names the command that makes them.
            ConfigError: ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        require_tables(self.context())
        report: SyncReport = self.transact(sync)
        after = 0
        while ids := self._waiting(after):
            for decision_id in ids:
                self._answer(decision_id, report)
            after = ids[-1]
        self.transact(recalls.look_again)
        return report

    def _waiting(self, after: int) -> list[int]:
        ctx = self.context()
        ids = waiting_decisions(ctx, after=after)
        ctx.session.rollback()
        return ids

    def _answer(self, decision_id: int, report: SyncReport) -> None:
        mine = dataclasses.replace(report)
        try:
            self.transact(lambda ctx: answer_one(ctx, decision_id, mine))
        except Exception:  # one letter that cannot be composed must not keep the others from going
            logger.exception(
                "decision %s could not be answered; it is tried again at the next sync", decision_id
            )
            report.failed += 1
            return
        report.composed, report.held = mine.composed, mine.held

    def dispatch(
        self,
        *,
        transport: Transport | None = None,
        stop: threading.Event | None = None,
        lease: timedelta = LEASE,
    ) -> Report:
        """Hand over every letter that is due, once. Commits many times.

        Raises:
            ConfigError: Letters are due and ``TALENTPOOL_MAIL_URL`` is not set, or ``TALENTPOOL_ENABLED`` is False.
        """
        self._require_switched_on()
        ctx = self.context()
        if transport is None:
            url = self.settings.mail_url
            if url is None:
                if self._something_due(ctx):
                    raise ConfigError(
                        ["letters are due, but TALENTPOOL_MAIL_URL says nowhere to hand them over"]
                    )
                return Report()
            transport = transports_from_url(url)
        return Dispatcher(ctx, transport, commit=lambda: self.commit(ctx), lease=lease, stop=stop).run()

    def _require_switched_on(self) -> None:
        if not self.settings.enabled:
            raise ConfigError(
                ["TALENTPOOL_ENABLED is False, so nothing is noticed or sent; take it out to go on"]
            )

    def _something_due(self, ctx: Context) -> bool:
        letter = ctx.models.letter
        due = sa.select(letter.id).where(letter.state == "due", letter.due_at <= ctx.now()).limit(1)
        found = ctx.session.scalars(due).first() is not None
        ctx.session.rollback()
        return found

    def visible_status(self, application: Any) -> str:
        """Say what a candidate may see: ``open``, ``rejected``, ``hired`` or ``withdrawn``. Writes nothing.

        Made for the host's own pages, so no failure of ours gets out: without our tables nobody can say
        whether the person was told, and a rejection shows as ``open``. Switched off, it shows as it is.
        """
        ctx = self.context()
        if not self.settings.enabled:
            return decisions.status_shown(ctx, application, told=True)
        connection = ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.models.decision)})
        try:
            # The savepoint keeps the host's transaction whole where a failed query would end it. Nothing
            # of the host's may be flushed inside, or it would be undone with the savepoint.
            with ctx.session.no_autoflush, connection.begin_nested():
                return decisions.visible_status(ctx, application)
        except SQLAlchemyError:
            logger.exception("whether somebody was told could not be read; a rejection shows as open")
            return decisions.status_shown(ctx, application, told=False)

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
        decisions.tell(ctx, application, channel=channel, by=by or self.access.actor() or SOFTWARE)

    # Widgets for the host's pages, see web.widgets

    def recall_button(self, candidate: Any) -> Any:
        """Return the "Recall to pool" button for a candidate; empty without the right or when switched off."""
        return widgets.recall_button(self, candidate)

    def badges(self, candidate: Any) -> Any:
        """Return a candidate's pools and tags as badges."""
        return widgets.badges(self, candidate)

    def letter_panel(self, application: Any) -> Any:
        """Return the panel of an application's outcome letter: preview, line, door, send now, take back."""
        return widgets.letter_panel(self, application)


def _current() -> TalentPool:
    talentpool: TalentPool = current_app.extensions[EXTENSION]
    return talentpool


current_talentpool: TalentPool = LocalProxy(_current)  # type: ignore[assignment]  # a proxy of it
