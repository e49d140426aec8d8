"""``flask talentpool restored``: the database was put back from a backup, so what it says waits may have gone."""

import dataclasses
import json
from datetime import datetime
from functools import partial

import click

from flask_talentpool.answer_clock.clock import leave_to_people
from flask_talentpool.bulk.service import stop_before
from flask_talentpool.clock import as_utc
from flask_talentpool.commands.common import fail, guarded, json_option, plural, print_json, ready
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.decisions.lifecycle import review_before
from flask_talentpool.heartbeat import alive_until
from flask_talentpool.letters.outbox import hold_before
from flask_talentpool.overview.queries import RESTORED
from flask_talentpool.recalls.ending import look_after_before


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was held, because nobody can see from inside whether it happened after the backup was taken."""

    letters: int
    decisions: int
    clocks: int
    """Open applications to which no progress letter is written by itself any more."""
    recalls: int
    bulks: int


@click.command("restored")
@click.option(
    "--taken-at",
    required=True,
    metavar="TIME",
    help="When the backup was taken, such as 2026-03-02T04:00+01:00.",
)
@json_option
@guarded
def restored_command(*, taken_at: str, as_json: bool) -> None:
    """Hold what a database put back from a backup would send again.

    Run it after the restore and before any worker. Every waiting letter and every live decision that nobody was told
    of, from before TIME, waits for a person, and so do progress letters, invitations and work on many. Running it
    again changes nothing more.
    """
    talentpool = ready()
    ctx = talentpool.context()
    moment = _moment(ctx, taken_at)
    until = talentpool.transact(alive_until)
    if until is not None:
        fail(
            "A worker, or whatever calls `send`, was here just now, or the backup is only minutes old. Stop all of them, "
            f"then run this again after {until:%H:%M:%S} UTC. Nothing was changed."
        )
    held: Held = talentpool.transact(partial(_hold, moment=moment))
    if as_json:
        print_json(dataclasses.asdict(held))
    else:
        click.echo(_sentence(held, moment))


def _moment(ctx: Context, text: str) -> datetime:
    try:
        moment = as_utc(text, assume=ctx.settings.timezone)
    except ValueError:
        moment = None
    if moment is None:
        fail(
            f"“{text[:60]}” is no time. Write it as 2026-03-02T04:00+01:00; without an offset it is taken to be in "
            f"{ctx.settings.timezone.key}."
        )
    if moment > ctx.now():
        fail("A backup cannot have been taken in the future. Say when it was taken; see its name or its log.")
    return moment


def _hold(ctx: Context, moment: datetime) -> Held:
    """Hold everything of before, and keep what was held for the first page."""
    held = Held(
        letters=hold_before(ctx, moment),
        decisions=review_before(ctx, moment),
        clocks=leave_to_people(ctx, moment),
        recalls=look_after_before(ctx, moment),
        bulks=stop_before(ctx, moment),
    )
    row = ctx.session.get(ctx.models.mark, RESTORED, populate_existing=True)
    known = json.loads(row.value) if row is not None else {}
    if known.get("taken_at") != moment.isoformat():
        known = {"taken_at": moment.isoformat()}
    # Twice for the same backup finds nothing more to hold; what the first time held is still what waits.
    kept = known | {name: known.get(name, 0) + n for name, n in dataclasses.asdict(held).items()}
    ctx.keep_mark(RESTORED, json.dumps(kept))
    ctx.record(SOFTWARE, "restored", "database", 0, detail=moment.isoformat())
    ctx.session.flush()
    ctx.session.expire_all()
    return held


def _sentence(held: Held, moment: datetime) -> str:
    counted = [
        plural(held.letters, "letter"),
        plural(held.decisions, "decision") + " that nobody was told of",
        plural(held.clocks, "open application") + " without progress letters",
        plural(held.recalls, "invitation"),
        plural(held.bulks, "act on many", "acts on many"),
    ]
    what = ", ".join(text for text in counted if not text.startswith("0 ")) or "nothing"
    return (
        f"Held, from before {moment:%Y-%m-%d %H:%M} UTC: {what}. The first page lists them with what can be done. "
        "Start the workers again."
    )
