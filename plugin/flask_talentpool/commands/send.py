"""``flask talentpool send``: compose what is wanted and hand over what is due, once."""

import dataclasses
from typing import Any

import click
import sqlalchemy as sa

from flask_talentpool.commands.common import fail, guarded, json_option, plural, print_json, ready
from flask_talentpool.commands.sync import sentences as sync_sentences
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterState, sentence_of
from flask_talentpool.errors import ConfigError
from flask_talentpool.heartbeat import heartbeat
from flask_talentpool.letters.delivery.dispatcher import DispatchReport
from flask_talentpool.noticing.sync import SyncReport


@click.command("send")
@json_option
@guarded
def send_command(*, as_json: bool) -> None:
    """Hand over every letter that is due, once.

    Takes the baseline if there is none, records what the host decided and composes letters first.
    The exit code is 0 when nothing needs attention; letters held for a person do not count.
    """
    talentpool = ready()
    synced = talentpool.sync()
    talentpool.work_bulks()
    try:
        report = talentpool.dispatch()
    except ConfigError:
        fail(
            "Letters are due, but TALENTPOOL_MAIL_URL does not say where to hand them over. Set it, for example to "
            "smtp+starttls://user:password@mail.example.com. The letters wait."
        )
    talentpool.transact(heartbeat)
    standing = _standing(talentpool.context())
    needs_attention = synced.needs_attention or report.needs_attention or bool(_unanswered(standing))
    if as_json:
        print_json(
            {
                "sync": dataclasses.asdict(synced),
                **dataclasses.asdict(report),
                "waiting": standing,
                "needs_attention": needs_attention,
            }
        )
    else:
        for line in [*_sync_news(synced), *sentences(report), *_standing_sentences(standing)]:
            click.echo(line)
    raise SystemExit(1 if needs_attention else 0)


def _sync_news(report: SyncReport) -> list[str]:
    quiet = SyncReport(held=report.held)
    return [] if report == quiet else sync_sentences(report)


def sentences(report: DispatchReport) -> list[str]:
    """Say what a run of the dispatcher did."""
    said = [f"{plural(report.sent, 'letter')} sent."]
    for number, what in (
        (report.held, "held back at the last moment, see below"),
        (report.cancelled, "cancelled, since your ATS no longer says so or the person was told"),
        (report.retried, "put off by the mail server; they are tried again"),
        (report.failed, "refused for good"),
        (report.unknown, "taken without an answer: nobody knows whether they arrived"),
    ):
        if number:
            said.append(f"{plural(number, 'letter')} {what}.")
    if report.unreachable:
        said.append(f"The mail server could not be used: {report.unreachable}. The letters wait.")
    return said


def _standing(ctx: Context) -> dict[str, Any]:
    """Count what waits: due letters, held ones by reason, and those only a person can settle."""
    letter = ctx.models.letter
    counted = sa.select(letter.state, letter.because, sa.func.count()).group_by(letter.state, letter.because)
    rows = [(state, because, number) for state, because, number in ctx.session.execute(counted)]
    ctx.session.rollback()

    def total(state: LetterState) -> int:
        return sum(number for found, _, number in rows if found == state)

    return {
        "due": total(LetterState.DUE),
        "held": {because: number for state, because, number in rows if state == LetterState.HELD},
        "failed": total(LetterState.FAILED),
        "unknown": total(LetterState.UNKNOWN),
    }


def _unanswered(standing: dict[str, Any]) -> int:
    return int(standing["failed"] + standing["unknown"])


def _standing_sentences(standing: dict[str, Any]) -> list[str]:
    said = []
    if standing["due"]:
        said.append(f"{plural(standing['due'], 'letter')} waiting for their time.")
    for because, number in sorted(standing["held"].items()):
        reason = sentence_of(because)
        said.append(f"{plural(number, 'letter')} held: {reason}")
    if _unanswered(standing):
        said.append(
            f"{plural(_unanswered(standing), 'letter')} failed or of unknown fate: a person has to settle them on the "
            "letters page."
        )
    return said
