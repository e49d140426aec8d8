"""Every `TALENTPOOL_*` setting, declared once: key, type, unit, default, meaning."""

# ruff: noqa: RUF009 - `_setting()` returns the dataclass field itself, made once per key

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_talentpool import config_values as values
from flask_talentpool.config_values import Mailbox
from flask_talentpool.delays import BusinessDelay
from flask_talentpool.entries import nearest
from flask_talentpool.errors import ConfigError
from flask_talentpool.words import Mode, OutcomeLetters, StageReached

__all__ = ["PREFIX", "Mailbox", "SettingDoc", "Settings", "describe"]

PREFIX = "TALENTPOOL_"


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
        values.switch,
        type="bool",
        default=True,
        doc="False switches everything off: no pages, no noticing, no sending, and widgets show nothing. "
        "The tables stay in the host's MetaData.",
    )
    outcome_letters: OutcomeLetters | None = _setting(
        values.outcome_letters,
        type='"ours" or "host"',
        doc="Who writes outcome letters. Not set: letters are composed and held until this is answered. "
        '"host": the ATS writes them and reports each with `told(…)`.',
    )
    modes: Mapping[StageReached, Mode] = _setting(
        values.modes,
        type='"auto", "review" or "off", or a mapping from "applied", "screened", "interviewed" and '
        '"finalist" to one of them',
        default=MappingProxyType(dict.fromkeys(StageReached, Mode.AUTO)),
        default_text="'auto'",
        doc='How outcome letters leave, by the stage reached: by themselves ("auto"), after a person '
        'approved them ("review"), or not at all ("off"). Stages left out of a mapping are "auto".',
    )
    mail_url: str | None = _setting(
        values.mail_url,
        type="str",
        secret=True,
        doc="Where letters are handed over: `smtp://user:password@host:port`, `smtps://…`, "
        "`smtp+starttls://…` or `eml:///folder`; several, separated by commas, are tried in order.",
    )
    mail_from: Mailbox | None = _setting(
        values.mailbox,
        type="str",
        doc='The sender of letters, a full address: `"Anna Berg <jobs@example.test>"`. Answers to it are '
        "read by a human.",
    )
    pool_mail_from: Mailbox | None = _setting(
        values.mailbox,
        type="str",
        doc="Another sender for pool letters. Not set: `TALENTPOOL_MAIL_FROM`.",
    )
    company: str = _setting(
        values.one_line,
        type="str",
        default="",
        default_text="the domain of `TALENTPOOL_MAIL_FROM`",
        doc="The name that letters and the candidate's pages give the company.",
    )
    delay: timedelta | BusinessDelay = _setting(
        values.delay,
        type="timedelta or BusinessDelay",
        default=BusinessDelay(),
        doc="How long an outcome letter waits, so that it can be read, changed or taken back. A timedelta"
        " is elapsed time without a calendar, 0 is due at once; a BusinessDelay counts business days "
        "and keeps office hours in `TALENTPOOL_TIMEZONE`.",
    )
    timezone: ZoneInfo = _setting(
        values.time_zone,
        type="str",
        default=ZoneInfo("UTC"),
        default_text="'UTC'",
        doc="The time zone of office hours, and of the host's dates that carry none.",
    )
    locale: str = _setting(
        values.locale,
        type="str",
        default="en",
        doc="The language of letters and candidate pages where the host says none for a person.",
    )
    hash_key: bytes | None = _setting(
        values.hash_key,
        type="str or bytes",
        unit="at least 16 characters",
        secret=True,
        doc="The secret under which forgotten people are recognised, so that nothing is written to them "
        "again. Keep it for as long as the database.",
    )
    public_url: str | None = _setting(
        values.web_address,
        type="str",
        doc="Where candidates reach the host from outside; the links in letters begin with it.",
    )
    guide_url: str | None = _setting(
        values.web_address,
        type="str",
        default_text="the pages served under `TALENTPOOL_URL_PREFIX`/guide",
        doc="Where the guide is published, if somewhere else; letters link its pages.",
    )
    base_template: str | None = _setting(
        values.one_line,
        type="str",
        doc="The host's base template for our pages. Not set: our own.",
    )
    url_prefix: str = _setting(
        values.url_prefix,
        type="str",
        default="/talent-pool",
        doc="Where our pages begin.",
    )
    keep_months: int = _setting(
        values.count(1, 120),
        type="int",
        unit="months",
        default=12,
        doc="How long a place in a pool lasts before it is renewed or ends.",
    )
    reuse_window: timedelta = _setting(
        values.period,
        type="timedelta",
        default=timedelta(days=183),
        default_text="timedelta(days=183)",
        doc="How long a runner-up may be invited back to the same job without a place in a pool.",
    )
    stale_after: timedelta = _setting(
        values.period,
        type="timedelta",
        default=timedelta(days=45),
        default_text="timedelta(days=45)",
        doc="A decision older than this when it is first noticed waits for a person instead of being "
        "written to.",
    )
    link_days: int = _setting(
        values.count(1, 3650),
        type="int",
        unit="days",
        default=180,
        doc="How long the links in a letter can be used.",
    )
    answer_days: int = _setting(
        values.count(1, 365),
        type="int",
        unit="days",
        default=10,
        doc="How long a person has to answer an invitation back to a job.",
    )
    worker_interval: timedelta = _setting(
        values.period,
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
            if key not in known:
                guess = nearest(key, known)
                hint = f"did you mean {guess}?" if guess else "the guide lists those there are."
                problems.append(f"{key} is not a setting; {hint}")
            elif value is not None:
                try:
                    found[known[key].name] = known[key].metadata["read"](value)
                except values.WrongValueError as wrong:
                    problems += [f"{key}{'' if text.startswith('[') else ' '}{text}" for text in wrong.args]
        if problems:
            raise ConfigError(problems)
        return cls(**found)

    @property
    def mail_urls(self) -> tuple[str, ...]:
        """The places letters are handed over to, in the order they are tried."""
        return tuple(self.mail_url.split(",")) if self.mail_url else ()

    @property
    def pool_sender(self) -> Mailbox | None:
        """The sender of pool letters."""
        return self.pool_mail_from or self.mail_from


def _key(setting: Field[Any]) -> str:
    return PREFIX + setting.name.upper()


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
