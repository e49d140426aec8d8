"""``flask talentpool forget``: erase what is kept about one candidate."""

import dataclasses
import logging

import click

from flask_talentpool.commands.common import (
    fail,
    guarded,
    json_option,
    mounted,
    on_terminal,
    plural,
    print_json,
    scope_option,
    yes_option,
)
from flask_talentpool.context import SOFTWARE
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.noticing.sync import require_tables
from flask_talentpool.privacy.erasure import Erased, forget_candidate

logger = logging.getLogger("flask_talentpool")


@click.command("forget")
@click.argument("candidate_id")
@scope_option
@yes_option
@json_option
@guarded
def forget_command(*, candidate_id: str, scope: str | None, yes: bool, as_json: bool) -> None:
    """Erase what is kept about the candidate with this key in your ATS.

    Texts, names and addresses go. Decisions stay as tombstones without text, so that nothing is
    ever written about them again. Your ATS's own rows are not touched.
    """
    talentpool = mounted()
    ctx = talentpool.context()
    require_tables(ctx)
    if not yes:
        if not on_terminal():
            fail(
                f"Nobody can be asked here. To erase for good, run: flask talentpool forget {candidate_id} --yes"
            )
        click.confirm(f"Erase for good what is kept about candidate {candidate_id}?", abort=True)
    if talentpool.settings.enabled and has_baseline(ctx):
        try:
            # Links rows of the same person that were not linked yet, so that they are erased as well.
            talentpool.sync()
        except Exception as error:  # noqa: BLE001 (erasing must not wait for a host row that cannot be read)
            logger.warning("sync failed before forgetting: %s", type(error).__name__)
    erased: Erased = talentpool.transact(
        lambda ctx: forget_candidate(ctx, candidate_id, by=SOFTWARE, scope=scope),
    )
    if as_json:
        print_json({**dataclasses.asdict(erased), "nothing_left": not erased.anything})
    else:
        click.echo(_sentence(candidate_id, erased))


def _sentence(candidate_id: str, erased: Erased) -> str:
    if not erased.anything:
        return f"Nothing is left of candidate {candidate_id}."
    counted = [
        plural(erased.letters, "letter"),
        plural(erased.places, "place in pools", "places in pools"),
        plural(erased.recalls, "invitation"),
        plural(erased.touches, "contact"),
    ]
    parts = ", ".join(text for text in counted if not text.startswith("0 ")) or "no letters or places"
    return (
        f"Candidate {candidate_id} is forgotten: {parts} erased; {plural(erased.decisions, 'decision')} kept as "
        f"tombstones without text."
    )
