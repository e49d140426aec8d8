"""``flask talentpool doctor``: say what is fit for sending and what is not, one line each with its remedy."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import sqlalchemy as sa

from flask_talentpool.commands.candidate_pages import opened
from flask_talentpool.commands.common import guarded, json_option, mounted, plural, print_json
from flask_talentpool.commands.upgrade_tables import counted, missing
from flask_talentpool.config.addresses import wire_address
from flask_talentpool.config.guide_keys import HOME
from flask_talentpool.context import Context
from flask_talentpool.db.upgrade import Kind
from flask_talentpool.enums import LetterState
from flask_talentpool.errors import TablesMissing
from flask_talentpool.guide import Guide, GuideProblem
from flask_talentpool.heartbeat import alive_until, last_seen
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.delivery.transports import try_out
from flask_talentpool.letters.incoming import lifting
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.versions import languages_of, texts_in
from flask_talentpool.noticing.brake import braked
from flask_talentpool.noticing.sync import require_tables
from flask_talentpool.people.rows import of_addresses

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

_LATE, _FAR_TOO_LATE = timedelta(hours=1), timedelta(days=1)
_TOO_LONG = 0.1
"""Seconds for a look-up by an index."""


class DoctorVerdict(StrEnum):
    """How something is found."""

    OK = "ok"
    ATTENTION = "attention"
    WRONG = "wrong"


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    what: str
    verdict: DoctorVerdict
    says: str


@click.command("doctor")
@json_option
@guarded
def doctor_command(*, as_json: bool) -> None:
    """Look at what sending letters needs; writes nothing and sends nothing.

    The exit code is 1 when something is wrong; what only needs attention does not count.
    """
    found = list(examine(mounted()))
    if as_json:
        print_json({"found": [dataclasses.asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{one.verdict:10}{one.what}: {one.says}")
    raise SystemExit(1 if any(one.verdict is DoctorVerdict.WRONG for one in found) else 0)


def examine(talentpool: "TalentPool") -> Iterator[Found]:
    """Look at everything, one thing after another."""
    ctx = talentpool.context()
    if not talentpool.settings.enabled:
        yield Found(
            "switch", DoctorVerdict.ATTENTION, "TALENTPOOL_ENABLED is False: nothing is noticed or sent."
        )
    for examination in _OF_THE_SETTINGS:
        yield from examination(ctx)
    try:
        require_tables(ctx)
    except TablesMissing as error:
        yield Found("tables", DoctorVerdict.WRONG, str(error))
        return
    tables = _tables(ctx)
    yield tables
    if tables.verdict is DoctorVerdict.WRONG:
        return  # what is read next may be what they lack
    for examination in _OF_THE_DATABASE:
        yield from examination(ctx)
    ctx.session.rollback()


def _tables(ctx: Context) -> Found:
    """Say what the tables lack that reading them does not show: an index, a constraint."""
    lacking = missing(ctx)
    if not lacking.additions:
        return Found("tables", DoctorVerdict.OK, "They are there.")
    says = (
        f"They lack {counted(lacking)}. Run `flask db migrate` and `flask db upgrade`, or `flask talentpool "
        "upgrade-tables` where the host has no migrations."
    )
    # Without an index it is slow; without a column or a table something fails.
    fails = lacking.named(Kind.TABLE) or lacking.named(Kind.COLUMN)
    return Found("tables", DoctorVerdict.WRONG if fails else DoctorVerdict.ATTENTION, says)


def _mail_servers(ctx: Context) -> Iterator[Found]:
    url, sender = ctx.settings.mail_url, ctx.settings.mail_from
    if url is None:
        yield Found(
            "mail server",
            DoctorVerdict.WRONG,
            "TALENTPOOL_MAIL_URL is not set, so nothing can be handed over. Set it, unless your app gives a transport.",
        )
        return
    for name, problem in try_out(url, mail_from=sender.address if sender else ""):
        says = (
            f"{name} could not be used: {problem} Correct TALENTPOOL_MAIL_URL."
            if problem
            else f"{name} answers."
        )
        if not problem and name.startswith("smtp://"):
            says += " The connection is not encrypted; use smtp+starttls:// unless it is on this machine."
        yield Found("mail server", DoctorVerdict.WRONG if problem else DoctorVerdict.OK, says)
    if ctx.settings.send_all_mail_to is not None:
        says = "TALENTPOOL_SEND_ALL_MAIL_TO is set: every letter goes there, and no candidate gets one."
        yield Found("staging", DoctorVerdict.ATTENTION, says)


def _company(ctx: Context) -> Iterator[Found]:
    if not ctx.settings.company:
        says = "TALENTPOOL_COMPANY is not set, so letters are held. Set it to the company's name as candidates know it."
        yield Found("company", DoctorVerdict.WRONG, says)


def _sender(ctx: Context) -> Iterator[Found]:
    sender, bounce = ctx.settings.mail_from, ctx.settings.bounce_mailbox
    if sender is None:
        yield Found(
            "sender", DoctorVerdict.WRONG, "TALENTPOOL_MAIL_FROM is not set, so letters are held. Set it."
        )
        return
    domain = wire_address(sender.address).rpartition("@")[2]
    returns = bounce.rpartition("@")[2] if bounce else domain
    if domain == returns:
        yield Found("sender", DoctorVerdict.OK, f"From and return path are both of {domain}.")
    elif f".{returns}".endswith(f".{domain}") or f".{domain}".endswith(f".{returns}"):
        yield Found(
            "sender",
            DoctorVerdict.OK,
            f"From is of {domain}, the return path of {returns}: relaxed DMARC takes that.",
        )
    else:
        yield Found(
            "sender",
            DoctorVerdict.ATTENTION,
            f"From is of {domain}, the return path of {returns}. SPF does not count for DMARC then; sign with DKIM "
            f"for {domain}, or put TALENTPOOL_BOUNCE_MAILBOX under it.",
        )
    if ctx.settings.pool_mail_from is None:
        says = "TALENTPOOL_POOL_MAIL_FROM is not set: invitations from the pool come from the address of outcome letters, so complaints about one hurt the other."
        yield Found("pool sender", DoctorVerdict.ATTENTION, says)


def _addresses(ctx: Context) -> Iterator[Found]:
    url = ctx.settings.public_url
    if url is None:
        yield Found(
            "public address",
            DoctorVerdict.WRONG,
            "TALENTPOOL_PUBLIC_URL is not set, so letters are held. Set it.",
        )
    elif url.startswith("https://"):
        yield Found("public address", DoctorVerdict.OK, f"Links begin with {url}.")
    else:
        says = f"Links begin with {url}. Without https they can be read on the way, and mail programs offer no leaving of the pool. Use https."
        yield Found("public address", DoctorVerdict.ATTENTION, says)


def _time_zones(ctx: Context) -> Iterator[Found]:
    wanted = [ctx.settings.timezone.key, "Europe/Berlin", "America/New_York"]
    missing = []
    for key in wanted:
        try:
            ZoneInfo(key)
        except (ZoneInfoNotFoundError, ValueError):
            missing.append(key)
    if missing:
        says = f"There are no data for {', '.join(missing)}. Install the package tzdata."
        yield Found("time zones", DoctorVerdict.WRONG, says)
    else:
        origin = "the package tzdata" if find_spec("tzdata") else "the system"
        yield Found("time zones", DoctorVerdict.OK, f"Data from {origin}; office hours are of {wanted[0]}.")


def _guide(ctx: Context) -> Iterator[Found]:
    guide = Guide.of(ctx.settings)
    try:
        problems = list(guide.problems())
        for language in guide.languages():
            for key in (*guide.keys(), HOME):
                guide.load(key, language=language)
    except GuideProblem as problem:
        problems = [str(problem)]
    except (KeyError, OSError):
        says = "Its pages are not there, and letters link to them. Install the package again."
        yield Found("guide", DoctorVerdict.WRONG, says)
        return
    for says in problems:
        yield Found("guide", DoctorVerdict.WRONG, says)
    if problems:
        return
    says = f"{plural(len(guide.keys()), 'page')} there, in {', '.join(guide.languages())}."
    if guide.hidden:
        says += f" Hidden: {', '.join(sorted(guide.hidden))}."
    yield Found("guide", DoctorVerdict.OK, says)


def _pages(ctx: Context) -> Iterator[Found]:
    for what, is_fine, says in opened(ctx):
        yield Found(what, DoctorVerdict.OK if is_fine else DoctorVerdict.WRONG, says)


def _texts(ctx: Context) -> Iterator[Found]:
    if trouble := text_files.trouble(ctx.settings.letters_folder):
        yield Found("texts", DoctorVerdict.WRONG, trouble)
        return
    languages = languages_of(ctx)
    unusable = {
        language: sum(1 for one in texts_in(ctx, language) if one.edition is None or one.problem)
        for language in languages
    }
    incomplete = ", ".join(f"{language} ({number})" for language, number in unusable.items() if number)
    if not languages:
        yield Found("texts", DoctorVerdict.WRONG, "There are none. Install the package again.")
    elif incomplete:
        says = f"Texts are missing or cannot be used in {incomplete}. `flask talentpool texts` names them."
        yield Found("texts", DoctorVerdict.ATTENTION, says)
    else:
        yield Found("texts", DoctorVerdict.OK, f"Complete in {', '.join(languages)}.")


def _durability(ctx: Context) -> Iterator[Found]:
    """A letter is noted as being handed over just before it goes; a note that is lost lets it go twice."""
    connection = ctx.connection()

    def setting(statement: str) -> str:
        return str(connection.exec_driver_sql(statement).scalar())

    waits, remedy = True, ""
    if connection.dialect.name == "sqlite":
        # With a write-ahead log NORMAL waits at its checkpoints only, which is the same as never for a commit.
        enough = 2 if setting("PRAGMA journal_mode") == "wal" else 1
        waits, remedy = int(setting("PRAGMA synchronous")) >= enough, "Set PRAGMA synchronous = FULL"
    elif connection.dialect.name == "postgresql":
        waits, remedy = setting("SHOW fsync") != "off", "Set fsync = on"
    if not waits:
        says = (
            "Its commits do not wait for the disk: after a power cut, letters that have gone may go once more. "
            f"{remedy} where letters are sent to people."
        )
        yield Found("database", DoctorVerdict.ATTENTION, says)


def _address_look_up(ctx: Context) -> Iterator[Found]:
    """Every letter asks who else has its address."""
    started = time.monotonic()
    of_addresses(ctx, ["nobody@host.invalid"])
    took = time.monotonic() - started
    if took > _TOO_LONG:
        says = (
            f"Looking up who has an address took {took:.1f} s, which many letters wait for: the host's table is read as a "
            f"whole. Give it an index on lower(trim({ctx.host.map.email}))."
        )
        yield Found("addresses of candidates", DoctorVerdict.ATTENTION, says)


def _brake(ctx: Context) -> Iterator[Found]:
    asked = braked(ctx)
    if asked is not None:
        says = (
            f"The last look would have cut loose {asked.gone:,} decisions and taken back {asked.taken_back:,} of "
            f"{asked.standing:,}, so it did nothing. Mend the filter that hides them or the map; if they really are gone "
            "or taken back, say so on the first page."
        )
        yield Found("looking", DoctorVerdict.WRONG, says)


def _worker(ctx: Context) -> Iterator[Found]:
    seen = last_seen(ctx)
    if seen is None:
        says = "No worker was ever seen. Run `flask talentpool worker` or the Celery task, or call `send` every few minutes."
        yield Found("worker", DoctorVerdict.ATTENTION, says)
        return
    ago = ctx.clock.lease_now() - seen
    if alive_until(ctx) is None:
        says = f"Last seen {seen:%Y-%m-%d %H:%M} UTC. Start `flask talentpool worker` again, or whatever calls `send`."
        yield Found("worker", DoctorVerdict.WRONG, says)
    else:
        yield Found("worker", DoctorVerdict.OK, f"Last seen {max(0, int(ago.total_seconds()))} s ago.")


def _mail_pause(ctx: Context) -> Iterator[Found]:
    found = pause.current(ctx)
    if found is None:
        return
    says = (
        f"Nothing is handed over until {found.until:%Y-%m-%d %H:%M} UTC, since the mail server refuses what we send: "
        f"{found.reply} No candidate's address is to blame, and letters wait. Mend it, then press “Try again now” on the first page."
    )
    yield Found("mail server's refusal", DoctorVerdict.WRONG, says)


def _oldest_due(ctx: Context) -> Iterator[Found]:
    letter = ctx.models.letter
    oldest: datetime | None = ctx.session.scalars(
        sa.select(sa.func.min(letter.due_at)).where(letter.state == LetterState.DUE)
    ).one()
    late = ctx.now() - oldest if oldest is not None else timedelta(0)
    if late <= _LATE:
        yield Found("oldest due letter", DoctorVerdict.OK, "No letter is late.")
        return
    verdict = DoctorVerdict.WRONG if late > _FAR_TOO_LATE else DoctorVerdict.ATTENTION
    says = f"Due since {oldest:%Y-%m-%d %H:%M} UTC. See that a worker runs and the mail server answers."
    yield Found("oldest due letter", verdict, says)


def _unsettled(ctx: Context) -> Iterator[Found]:
    letter = ctx.models.letter
    for state, says in (
        (LetterState.UNKNOWN, "nobody knows whether they arrived. Settle them on the letters page"),
        (
            LetterState.FAILED,
            "refused for good. Send them again, together on the letters page, or tell the people another way",
        ),
    ):
        number = ctx.session.scalars(
            sa.select(sa.func.count()).select_from(letter).where(letter.state == state)
        ).one()
        if number:
            yield Found(f"{state} letters", DoctorVerdict.ATTENTION, f"{plural(number, 'letter')}: {says}.")
        else:
            yield Found(f"{state} letters", DoctorVerdict.OK, "None.")


def _barred(ctx: Context) -> Iterator[Found]:
    wrong = len(lifting.judge(ctx).wrong)
    if wrong:
        says = (
            f"{plural(wrong, 'address is', 'addresses are')} barred for what is no fault of theirs, such as a block list "
            "or a full mailbox. `flask talentpool suppressions` lists them; with --lift mail goes there again."
        )
        yield Found("barred addresses", DoctorVerdict.ATTENTION, says)


_OF_THE_SETTINGS: tuple[Callable[[Context], Iterator[Found]], ...] = (
    _mail_servers,
    _company,
    _sender,
    _addresses,
    _time_zones,
    _guide,
)
_OF_THE_DATABASE: tuple[Callable[[Context], Iterator[Found]], ...] = (
    _durability,
    _address_look_up,
    _texts,
    _brake,
    _pages,
    _worker,
    _mail_pause,
    _oldest_due,
    _unsettled,
    _barred,
)
