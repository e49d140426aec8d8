"""``flask talentpool adopt``: take past finalists into a pool."""

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator

import click

from flask_talentpool.commands.common import (
    fail,
    guarded,
    json_option,
    on_terminal,
    plural,
    print_json,
    ready,
    scope_option,
    yes_option,
)
from flask_talentpool.decisions.adopt import LeftOut, adopt, choose, dates_are_guessed, number, wish
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.pools.model import NOTED_LAPSES

BATCH = 50


@click.command("adopt")
@click.option(
    "--stage", "stages", multiple=True, required=True, help="A stage of your ATS, or a stage reached."
)
@click.option("--since", help="Decided on this day or later, as 2024-01-31.")
@click.option("--pool", required=True, help="The pool's key or name, such as finalists.")
@scope_option
@click.option("--dry-run", is_flag=True, help="Count only; change nothing.")
@yes_option
@json_option
@guarded
def adopt_command(
    *,
    stages: tuple[str, ...],
    since: str | None,
    pool: str,
    scope: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Note people whom your ATS rejected before the first sync for a pool.

    Nothing is sent. Doing it again adopts nobody twice, and nobody who left the pool.
    """
    talentpool = ready()
    ctx = talentpool.context()
    if not has_baseline(ctx):
        fail(
            "There is no baseline yet. Run `flask talentpool sync` first; it records what was decided before."
        )
    asked = wish(ctx, stages=stages, since=since, pool=pool, scope=scope)
    if since is not None and dates_are_guessed(ctx):
        click.echo(
            "Neither decided_at nor applied_at is mapped: --since is compared with the moment we first saw the outcome.",
            err=True,
        )
    with _bar(number(ctx, asked), "Looking") as step:
        chosen = choose(ctx, asked, progress=step)
    done: Counter[str] = Counter({reason.value: n for reason, n in chosen.left_out.items()})
    if not dry_run and chosen.ids:
        if not yes and on_terminal():
            people = plural(len(chosen.ids), "person", "people")
            click.confirm(f"Note {people} for the pool “{asked.pool}”? Nothing is sent.", abort=True)
        with _bar(len(chosen.ids), "Adopting") as step:
            for start in range(0, len(chosen.ids), BATCH):
                batch = chosen.ids[start : start + BATCH]
                done += talentpool.transact(functools.partial(adopt, ids=batch, asked=asked))
                step(len(batch))
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "pool": asked.pool,
                "chosen": len(chosen.ids),
                "adopted": done.pop("adopted", 0),
                "left_out": done,
            }
        )
    else:
        for line in _sentences(len(chosen.ids), done, pool=asked.pool, dry_run=dry_run):
            click.echo(line)
    raise SystemExit(1 if done[LeftOut.FAILED.value] else 0)


@contextlib.contextmanager
def _bar(length: int, label: str) -> Iterator[Callable[[int], object]]:
    """Show progress, on a terminal only."""
    if not on_terminal() or not length:
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label) as bar:
        yield bar.update


def _sentences(chosen: int, done: Counter[str], *, pool: str, dry_run: bool) -> list[str]:
    adopted = done.pop("adopted", 0)
    if dry_run:
        said = [
            f"{plural(chosen, 'person', 'people')} would be noted for the pool “{pool}”. Nothing was changed."
        ]
    else:
        said = [f"{plural(adopted, 'person', 'people')} noted for the pool “{pool}”. Nothing was sent."]
        if adopted:
            said.append(
                f"A noted place lapses after {NOTED_LAPSES.days} days unless a letter offers it and it is taken."
            )
    said += [
        f"Left out: {count:,} {LeftOut(reason).sentence}." for reason, count in sorted(done.items()) if count
    ]
    return said
