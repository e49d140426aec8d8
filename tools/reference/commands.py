"""The page of commands: the real help of each, and what it really printed on a small host."""

import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from flask_talentpool.commands.group import talentpool_cli
from tools.reference.host import START, SmallHost, small_host

CONFIG = {
    "TALENTPOOL_MAIL_FROM": "Anna Berg <jobs@brightwell.example>",
    "TALENTPOOL_POOL_MAIL_FROM": "Anna Berg <pool@brightwell.example>",
    "TALENTPOOL_PUBLIC_URL": "https://jobs.brightwell.example",
    "TALENTPOOL_COMPANY": "Brightwell",
    "TALENTPOOL_TIMEZONE": "Europe/London",
    "TALENTPOOL_HASH_KEY": "a key that is only here for the guide",
}
REPLY = b"""\
From: Tomas Silva <tomas.silva@mail.example>
To: jobs@brightwell.example
Subject: Thank you
Message-ID: <1@mail.example>
Date: Mon, 02 Mar 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

Thank you for the two talks, and for telling me yourself.
"""
WIDTH = 100


class UnknownCommandError(Exception):
    """A command has no sample here, or a sample has no command."""


def blocks() -> dict[str, str]:
    """Return one part for each command."""
    shown = _samples()
    if set(shown) != set(talentpool_cli.commands):
        raise UnknownCommandError(sorted(set(shown) ^ set(talentpool_cli.commands)))
    return {name: _section(name, shown[name]) for name in talentpool_cli.commands}


def help_of(name: str) -> str:
    """Return what ``flask talentpool NAME --help`` prints."""
    runner = CliRunner()
    app = Flask(__name__)
    app.cli.add_command(talentpool_cli)
    result = runner.invoke(
        app.cli, ["talentpool", name, "--help"], prog_name="flask", obj=None, terminal_width=WIDTH
    )
    return result.output.strip()


def _section(name: str, samples: list[tuple[str, str]]) -> str:
    parts = [f"```console\n$ flask talentpool {name} --help\n{help_of(name)}\n```"]
    parts += [f"```console\n$ {line}\n{printed.strip()}\n```" for line, printed in samples]
    return "\n\n".join(parts)


def _samples() -> dict[str, list[tuple[str, str]]]:
    """Live through the first days of a host, and keep what each command says."""
    shown: dict[str, list[tuple[str, str]]] = {name: [] for name in talentpool_cli.commands}

    def show(host: SmallHost, *words: str, feed: bytes | None = None) -> None:
        end = " < mail.eml" if feed is not None else ""
        shown[words[0]].append((f"flask talentpool {' '.join(words)}{end}", host.run(*words, feed=feed)))

    with small_host(**CONFIG) as host:
        host.mount()
        with host.app.app_context():
            _the_past(host)
        show(host, "check")
    with small_host(**CONFIG, TALENTPOOL_OUTCOME_LETTERS="ours", TALENTPOOL_MODES="auto") as host:
        host.app.config["TALENTPOOL_MAIL_URL"] = f"eml://{host.folder}"
        host.mount()
        with host.app.app_context():
            cook = _the_past(host)
        show(host, "sync")
        show(
            host, "adopt", "--stage", "finalist", "--since", "2026-01-01", "--pool", "finalists", "--dry-run"
        )
        with host.app.app_context():
            _today(host, cook)
        show(host, "sync")
        host.clock.advance(START.replace(day=4) - START)
        show(host, "send")
        show(host, "doctor")
        show(host, "texts")
        show(host, "receive", feed=REPLY)
        show(host, "suppressions")
        show(host, "forget", "7", "--yes")
        with host.app.app_context(), host.db.engine.begin() as connection:
            _as_before(connection)
        show(host, "upgrade-tables", "--dry-run")
        show(host, "upgrade-tables")
    return shown


def _the_past(host: SmallHost) -> object:
    """Fill the host with what was there before the extension, and return the job that is open now."""
    gardener, cook = host.models.Job(title="Gardener"), host.models.Job(title="Cook")
    for name, stage, status in (
        ("Noor Haddad", "final", "rejected"),
        ("Ines Moreau", "interview", "rejected"),
        ("Jonas Weber", "applied", "rejected"),
        ("Amara Okafor", "final", "hired"),
        ("Li Wei", "screen", "on hold"),
        ("Mara Lindqvist", "screen", "open"),
    ):
        host.applies(name, gardener, stage=stage, status=status)
    return cook


def _as_before(connection: sa.Connection) -> None:
    """Take away what an earlier version's tables could lack."""
    connection.exec_driver_sql("DROP INDEX talentpool_letters_sent_ix")
    connection.exec_driver_sql("ALTER TABLE talentpool_decisions DROP COLUMN line_at")


def _today(host: SmallHost, cook: object) -> None:
    """Let people apply for a new job, and turn two of them down."""
    first = host.applies("Tomas Silva", cook, stage="final")
    second = host.applies("Ruth Cohen", cook)
    host.applies("Yuki Tanaka", cook, stage="interview")
    first.status = second.status = "rejected"
    host.db.session.commit()
