"""Every `TALENTPOOL_*` setting, declared once: key, type, unit, default, meaning."""

# ruff: noqa: RUF009 - `_setting()` returns the dataclass field itself, made once per key

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_talentpool.config import durations, readers, reason_readers
from flask_talentpool.config.addresses import Mailbox
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.mail_url import MailUrl
from flask_talentpool.config.reasons import DEFAULT_REASONS, Reason
from flask_talentpool.entries import nearest
from flask_talentpool.enums import FormOfAddress, Mode, OutcomeLetters, StageReached
from flask_talentpool.errors import ConfigError

PREFIX = "TALENTPOOL_"

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "ANSWER_DAYS": "INVITATION_OPEN_FOR",
        "BOUNCE_ADDRESS": "BOUNCE_MAILBOX",
        "DEPUTY": "DEPUTY_MAILBOX",
        "INBOX": "REPLY_MAILBOX",
        "SEND_ALL_TO": "SEND_ALL_MAIL_TO",
        "SETTLE_IN": "MIN_TIME_AFTER_APPLYING",
        "URGENT_READER": "URGENT_MAILBOX",
    }
)
"""What settings were called before, each without the prefix: understood until 1.0, with a warning."""


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """What the guide says about one setting."""

    key: str
    type: str
    unit: str
    default: str
    doc: str


def _setting(
    read: Callable[[object], object],
    *,
    type: str,  # noqa: A002 - the table's own word
    doc: str,
    default: Any = None,
    unit: str = "",
    default_text: str | None = None,
    secret: bool = False,
) -> Any:
    if default_text is None:
        default_text = "not set" if default is None else repr(default)
    metadata = {"read": read, "type": type, "unit": unit, "default": default_text, "doc": doc}
    if isinstance(default, MappingProxyType):
        return field(default_factory=lambda: default, hash=False, repr=not secret, metadata=metadata)
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The validated configuration; each field is the key without its prefix, in lower case."""

    enabled: bool = _setting(
        readers.switch,
        type="bool",
        default=True,
        doc="False switches everything off: no pages, no noticing, no sending, and widgets show nothing. "
        "The tables stay in the host's MetaData.",
    )
    outcome_letters: OutcomeLetters | None = _setting(
        readers.outcome_letters,
        type='"ours" or "host"',
        doc="Who writes outcome letters. Not set: letters are composed and held until this is answered. "
        '"host": the ATS writes them and reports each with `told(…)`.',
    )
    modes: Mapping[StageReached, Mode] = _setting(
        readers.modes,
        type='"auto", "review", "personal" or "off", or a mapping from "applied", "screened", "interviewed" '
        'and "finalist" to one of them',
        default=readers.DEFAULT_MODES,
        default_text="'auto' for applied and screened, 'personal' from the first interview on",
        doc='How outcome letters leave, by the stage reached: by themselves ("auto"), after a person '
        'approved them ("review"), when somebody has written one true line or said that there is none, and in '
        'time without ("personal"), or not at all ("off"). Stages left out of a mapping keep their default.',
    )
    personal_days: timedelta = _setting(
        durations.days(1, 30),
        type="int or timedelta",
        unit="business days",
        default=timedelta(days=5),
        default_text="timedelta(days=5)",
        doc="How long a letter waits for its personal line at most. It never waits past the target of the answer "
        "clock; then it goes without.",
    )
    remind_days: tuple[timedelta, ...] = _setting(
        durations.rising_days(1, 30),
        type="tuple of int or timedelta",
        unit="business days",
        default=(timedelta(days=2), timedelta(days=4)),
        default_text="(timedelta(days=2), timedelta(days=4))",
        doc="When the job's owner is reminded that a letter waits for a line. After the last of them "
        "`TALENTPOOL_DEPUTY_MAILBOX` is asked.",
    )
    deputy_mailbox: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc="Who is asked for a line, and about people without an answer, when the job's owner says nothing. "
        "Not set: nobody is.",
    )
    answer_target: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(days=10),
        default_text="timedelta(days=10)",
        doc="By when an interviewed person should have an answer, from the interview; never less than two "
        "business days after a decision.",
    )
    answer_limit: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(days=45),
        default_text="timedelta(days=45)",
        doc="After how long an interviewed person without a decision is written to that it is still open. "
        "Ontario's law, for one, says 45 days after the last interview.",
    )
    progress_days: timedelta = _setting(
        durations.days(1, 60),
        type="int or timedelta",
        unit="days",
        default=timedelta(days=14),
        default_text="timedelta(days=14)",
        doc="By when we write again, in a letter that says that it is still open.",
    )
    min_time_after_applying: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(days=3),
        default_text="timedelta(days=3)",
        doc="No outcome letter goes earlier than this after the application, so that nobody thinks it was not "
        "read. Only with a BusinessDelay.",
    )
    holidays: frozenset[date] = _setting(
        durations.holidays,
        type="dates, or the path of an .ics file",
        default=frozenset(),
        default_text="none",
        doc='Days that are no working days: dates, texts such as "2026-12-25", or the path of a calendar file '
        "(.ics), whose whole-day events count, for each of their days and as often as they repeat; events with a time "
        "of day and cancelled ones do not.",
    )
    reasons: Mapping[str, Reason] = _setting(
        reason_readers.reasons,
        type="mapping of codes to Reason",
        default=DEFAULT_REASONS,
        default_text="six reasons, see the guide",
        doc="Why somebody is turned down, to choose from: each with its sentence for the letter, or internal "
        "only, which gives no reason and no substitute.",
    )
    reasons_by_host: frozenset[str] = _setting(
        reason_readers.confirmed_reasons,
        type="codes of reasons",
        default=frozenset(),
        default_text="none",
        doc="Which reasons letters give by themselves, where the host's own reason says so (`HostMap(reason=…, "
        "reasons=…)`) and its records confirm it: `other_person` and `filled_internally` (a hire for that job), "
        "`job_closed` (the job is not open, and nobody was hired), `closed_before_review` (no stage was reached, and "
        "your ATS does not say that the job is open and unfilled). Never from the first interview on. Every other reason is given by a person.",
    )
    feedback_review: bool = _setting(
        readers.switch,
        type="bool",
        default=False,
        doc="Whether feedback to share waits for a second reader.",
    )
    form_of_address: FormOfAddress = _setting(
        readers.form_of_address,
        type='"formal" or "informal"',
        default=FormOfAddress.FORMAL,
        default_text="'formal'",
        doc="How letters address people in languages that tell the two apart: “Sie” or “du”.",
    )
    letters_folder: str | None = _setting(
        readers.folder,
        type="str",
        doc="A folder with letter texts of your own, laid out as the packaged ones: `en/outcome/applied.open.txt`, "
        "and `en/pages.toml` with the words of the candidate's pages. "
        "What is not there is taken from the package.",
    )
    morning_hour: int = _setting(
        readers.count(0, 23),
        type="int",
        unit="o'clock, in `TALENTPOOL_TIMEZONE`",
        default=8,
        doc="When each job owner for whom something waits gets the one morning mail of a working day.",
    )
    morning_mail: bool = _setting(
        readers.switch,
        type="bool",
        default=True,
        doc="Whether job owners get a morning mail, reminders and requests for a line.",
    )
    send_all_mail_to: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc="For staging: every letter goes to this address instead, with the right one named in a header and "
        "nobody marked as told by it outside this database.",
    )
    daily_cap: int | None = _setting(
        readers.count(1, 10_000_000),
        type="int",
        unit="letters in 24 hours, for one From domain",
        doc="How many letters go at most; the rest follows as soon as there is room. Not set: no cap.",
    )
    domain_cap: int | None = _setting(
        readers.count(1, 10_000_000),
        type="int",
        unit="letters in 24 hours, to one recipient domain",
        doc="The same for each domain that letters go to.",
    )
    reply_mailbox: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc="An address whose mail is given to `flask talentpool receive`. It is named in Reply-To beside the "
        "human one, so that replies are noticed here as well.",
    )
    bounce_mailbox: str | None = _setting(
        readers.bounce_mailbox,
        type="str",
        doc="Where mail servers send their reports, also given to `flask talentpool receive`. With `{letter}` in "
        "it, such as `bounces+{letter}@example.test`, each letter has its own. Not set: the From address.",
    )
    urgent_mailbox: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc="Who is told at once of a reply that speaks of a complaint, of discrimination or of distress.",
    )
    mail_url: MailUrl | None = _setting(
        readers.mail_url,
        type="str",
        secret=True,
        doc="Where letters are handed over: `smtp://user:password@host:port`, `smtps://…`, "
        "`smtp+starttls://…` or `eml:///folder` (on Windows `eml:///C:/folder`); several, separated by commas, are "
        "tried in order. In user, password and folder a `%` is written `%25`.",
    )
    mail_connections: int = _setting(
        readers.count(1, 50),
        type="int",
        unit="connections",
        default=8,
        doc="How many connections to the mail server one run uses at most: one for every five letters that wait. "
        "One that the server refuses is done without. 16 suits a mail server of your own.",
    )
    mail_from: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc='The sender of letters, a full address: `"Anna Berg <jobs@example.test>"`. Answers to it are '
        "read by a human.",
    )
    pool_mail_from: Mailbox | None = _setting(
        readers.mailbox,
        type="str",
        doc="Another sender for pool letters. Not set: `TALENTPOOL_MAIL_FROM`.",
    )
    company: str = _setting(
        readers.one_line,
        type="str",
        default="",
        default_text="not set",
        doc="The name that letters and the candidate's pages give the company. Without it letters are held.",
    )
    delay: timedelta | BusinessDelay = _setting(
        durations.delay,
        type="timedelta or BusinessDelay",
        default=BusinessDelay(),
        doc="How long an outcome letter waits, so that it can be read, changed or taken back. A timedelta"
        " is elapsed time without a calendar, 0 is due at once; a BusinessDelay counts business days "
        "and keeps office hours in the person's time zone, else in `TALENTPOOL_TIMEZONE`.",
    )
    timezone: ZoneInfo = _setting(
        durations.time_zone,
        type="str",
        default=ZoneInfo("UTC"),
        default_text="'UTC'",
        doc="The time zone of office hours, and of the host's dates that carry none.",
    )
    locale: str = _setting(
        readers.locale,
        type="str",
        default="en",
        doc="The language of letters and candidate pages where the host says none for a person.",
    )
    hash_key: bytes | None = _setting(
        readers.hash_key,
        type="str or bytes",
        unit="at least 16 characters",
        secret=True,
        doc="The secret under which forgotten people are recognised, so that nothing is written to them "
        "again. Keep it for as long as the database.",
    )
    public_url: str | None = _setting(
        readers.web_address,
        type="str",
        doc="Where candidates reach the host from outside; the links in letters begin with it.",
    )
    guide_url: str | None = _setting(
        readers.web_address,
        type="str",
        default_text="the pages served under `TALENTPOOL_URL_PREFIX`/guide",
        doc="Where the guide is published, if somewhere else; letters link its pages.",
    )
    guide_folder: str | None = _setting(
        readers.folder,
        type="str",
        doc="A folder with guide pages of your own, laid out as the packaged ones: `what-happens-next.md`, "
        "`de/what-happens-next.md`, `assets/`. What is not there is taken from the package.",
    )
    guide_hidden: tuple[str, ...] = _setting(
        readers.guide_pages,
        type="tuple of str",
        default=(),
        default_text="none",
        doc="The keys of guide pages to leave out, in every language. Nothing links to them any more, letters included.",
    )
    base_template: str | None = _setting(
        readers.one_line,
        type="str",
        doc="The host's base template for our pages. Not set: our own.",
    )
    url_prefix: str = _setting(
        readers.url_prefix,
        type="str",
        default="/talent-pool",
        doc="Where our pages begin.",
    )
    tokenless_schemes: frozenset[str] = _setting(
        readers.schemes,
        type="schemes of `Authorization`",
        default=frozenset({"bearer"}),
        default_text='("Bearer",)',
        doc="With which `Authorization` a request without any cookie needs no CSRF token. Name none that a browser adds "
        "by itself (Basic, Digest, Negotiate), and none at all, with `()`, where a proxy makes the header of a cookie "
        "of its own.",
    )
    keep_months: int = _setting(
        readers.count(1, 120),
        type="int",
        unit="months",
        default=12,
        doc="How long a place in a pool lasts before it ends. Letters and the person's consent say it in calendar "
        "months, which no timedelta can count.",
    )
    reuse_window: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(days=183),
        default_text="timedelta(days=183)",
        doc="How long a runner-up may be invited back to the same job without a place in a pool.",
    )
    probation: timedelta = _setting(
        durations.whole_days(1, 730),
        type="timedelta of whole days",
        default=timedelta(days=183),
        default_text="timedelta(days=183)",
        doc="How long after the start, or after the hire where the host has no date of it, a hire that ends is a reason "
        "to look at the bench again.",
    )
    hire_watch: str | None = _setting(
        readers.informed,
        type="str",
        doc="Switches the hire watch on, and says when and whom you told of it: `2026-03-01: all employees, works "
        "council`. It asks whether somebody has started and whether the job is still filled, and nothing else. Ask "
        "your works council or data protection officer first. Not set: nobody is asked, and what was kept is erased.",
    )
    hire_watch_days: tuple[timedelta, ...] = _setting(
        durations.rising_days(2, 730),
        type="tuple of int or timedelta",
        unit="days after the start",
        default=(),
        default_text="none",
        doc="On which days it is asked as well whether the job is still filled, beside the day after the start and "
        "two weeks before the end of probation. Agencies with a guarantee ask on day 30: `(30,)`.",
    )
    calendar_key: bytes | None = _setting(
        readers.calendar_key,
        type="str or bytes",
        unit="at least 16 characters",
        secret=True,
        doc="Gives each recruiter the address of a calendar with the days on which to look at which job; it names "
        "nobody. An address works for 180 days without signing in, and shows what its reader might see when they took "
        "it: another key ends all of them. Not set: there are none.",
    )
    stale_after: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(days=45),
        default_text="timedelta(days=45)",
        doc="A decision older than this when it is first noticed waits for a person instead of being "
        "written to.",
    )
    link_days: timedelta = _setting(
        durations.days(1, 3650),
        type="int or timedelta",
        unit="days",
        default=timedelta(days=180),
        default_text="timedelta(days=180)",
        doc="How long the links in a letter can be used. The link to a place in a pool works at least as long as a place lasts.",
    )
    invitation_open_for: timedelta = _setting(
        durations.whole_days(1, 365),
        type="timedelta of whole days",
        default=timedelta(days=10),
        default_text="timedelta(days=10)",
        doc="How long a person has to answer an invitation back to a job.",
    )
    enquiries_at_once: int = _setting(
        readers.count(1, 20),
        type="int",
        default=5,
        doc="How many members may be asked about one new job at the same time, by letter.",
    )
    worker_interval: timedelta = _setting(
        durations.period,
        type="timedelta",
        default=timedelta(seconds=10),
        default_text="timedelta(seconds=10)",
        doc="How long `flask talentpool worker` rests between two rounds.",
    )

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the settings from a Flask configuration.

        A value of None is the same as a missing key. Keys without our prefix are not looked at.

        Raises:
            ConfigError: At least one value cannot be used or one key is unknown; all problems are listed.
        """
        known = {_key(setting): setting for setting in fields(cls)}
        found: dict[str, Any] = {}
        problems: list[str] = []
        for key, value in config.items():
            if not key.startswith(PREFIX):
                continue
            setting = known.get(key) or _renamed(key, config, known, problems)
            if setting is None:
                if key.removeprefix(PREFIX) not in RENAMED:
                    guess = nearest(key, known)
                    hint = f"did you mean {guess}?" if guess else "the guide lists those there are."
                    problems.append(f"{key} is not a setting; {hint}")
            elif value is not None:
                try:
                    found[setting.name] = setting.metadata["read"](_as_now(key, value))
                except readers.WrongValueError as wrong:
                    problems += [f"{key}{'' if text.startswith('[') else ' '}{text}" for text in wrong.args]
        problems += _unsaid(found.get("reasons_by_host", ()), found.get("reasons", DEFAULT_REASONS))
        if problems:
            raise ConfigError(problems)
        return cls(**found)

    @property
    def pool_sender(self) -> Mailbox | None:
        """The sender of pool letters."""
        return self.pool_mail_from or self.mail_from


def _unsaid(codes: Iterable[str], reasons: Mapping[str, Reason]) -> list[str]:
    """Return what is wrong with reasons that letters should give by themselves: there is no sentence for them."""
    return [
        f"{PREFIX}REASONS_BY_HOST names {code!r}, and {PREFIX}REASONS has no sentence of that code that a letter can give "
        "by itself; add one without {detail}, or leave it out."
        for code in sorted(codes)
        if code not in reasons or not reasons[code].may_be_shared or reasons[code].needs_detail
    ]


def _key(setting: Field[Any]) -> str:
    return PREFIX + setting.name.upper()


def _renamed(
    key: str, config: Mapping[str, Any], known: Mapping[str, Field[Any]], problems: list[str]
) -> Field[Any] | None:
    """Return the setting that a key was the name of before, with a warning; None where there is none, or both are given."""
    if key.removeprefix(PREFIX) not in RENAMED:
        return None
    now = PREFIX + RENAMED[key.removeprefix(PREFIX)]
    if config.get(key) is None:
        return known[now]
    if config.get(now) is not None:
        problems.append(f"{key} was renamed to {now}, and both are given; take {key} out.")
        return None
    warnings.warn(
        f"{key} was renamed to {now}; the old name works until version 1.0.", FutureWarning, stacklevel=4
    )
    return known[now]


def _as_now(key: str, value: Any) -> Any:
    """Return a value as its setting takes it today: ``ANSWER_DAYS`` was a number of days."""
    is_number = key == f"{PREFIX}ANSWER_DAYS" and isinstance(value, int) and not isinstance(value, bool)
    return timedelta(days=value) if is_number else value


def describe() -> list[SettingDoc]:
    """Return what there is to say about every setting, in the order of the guide's table."""
    return [
        SettingDoc(
            key=_key(setting),
            type=setting.metadata["type"],
            unit=setting.metadata["unit"],
            default=setting.metadata["default"],
            doc=setting.metadata["doc"],
        )
        for setting in fields(Settings)
    ]
