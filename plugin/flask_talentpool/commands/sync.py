"""``flask talentpool sync``: bring our records in line with the host."""

import dataclasses

import click

from flask_talentpool.commands.common import guarded, json_option, listed, plural, print_json, ready
from flask_talentpool.decisions.adopt import worth_adopting
from flask_talentpool.enums import StageReached
from flask_talentpool.noticing.sync import SyncReport

_BRAKED = (
    "That is so much that this look did nothing. If a filter hides them or the map is wrong, mend it; if they really are "
    "gone or taken back, say so on the first page."
)
_ADOPT = {
    StageReached.FINALIST: ("past finalists", "finalists"),
    StageReached.INTERVIEWED: ("people you once interviewed", "interviewed"),
}


@click.command("sync")
@json_option
@guarded
def sync_command(*, as_json: bool) -> None:
    """Record what the host decided, and compose the letters that answer it.

    The first run takes the baseline: everything decided by then is recorded and never written about.
    """
    talentpool = ready()
    report = talentpool.sync()
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        for line in sentences(report):
            click.echo(line)
        if report.first and (reached := worth_adopting(talentpool.context())) is not None:
            who, pool = _ADOPT[reached]
            click.echo(
                f"To take {who} into a pool: flask talentpool adopt --stage {reached} --pool {pool} --dry-run"
            )
    raise SystemExit(1 if report.needs_attention else 0)


def sentences(report: SyncReport) -> list[str]:
    """Say what a sync found and did."""
    said = []
    if report.first:
        said.append(
            f"First sync: {plural(report.baseline, 'outcome')} from before became the baseline. Nothing is sent "
            "about them."
        )
    else:
        said.append(
            f"{plural(report.noticed, 'new outcome')}, {report.taken_back:,} taken back, "
            f"{plural(report.composed, 'letter')} composed, {report.held:,} held."
        )
    if report.braked:
        held_up = plural(report.braked, "decision")
        said = [f"{held_up} would have been cut loose or taken back. {_BRAKED}"]
    if report.gone:
        said.append(
            f"{plural(report.gone, 'application')} left your ATS; the decisions are kept without them."
        )
    if report.lapsed:
        said.append(f"{plural(report.lapsed, 'place')} in pools lapsed.")
    if report.new_statuses:
        said.append(
            f"Status values in no set of the map, counted as still open: {listed(report.new_statuses)}. "
            "If one of them is an outcome, add it to rejected, hired, withdrawn or never_pool."
        )
    if report.failed:
        said.append(
            f"{plural(report.failed, 'application')} could not be recorded or answered; the log says why. "
            "The next sync tries again."
        )
    return said
