"""``flask talentpool check``: say what was understood of the host, and ask what must be known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from flask import current_app

from flask_talentpool.commands.checks.everything import findings_of
from flask_talentpool.commands.common import (
    guarded,
    json_option,
    listed,
    mounted,
    on_terminal,
    plural,
    print_json,
    printable,
)
from flask_talentpool.commands.host_report import MOST_ROWS, look
from flask_talentpool.commands.host_understood import Presence, Understood
from flask_talentpool.host.declared import HostMap

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool


@click.command("check")
@json_option
@guarded
def check_command(*, as_json: bool) -> None:
    """Run the map on real rows and print what was understood; writes nothing.

    The exit code is 0 unless nobody could use it, or no letter would ever go.
    """
    talentpool = mounted()
    # As in a request: that is where our pages call candidate_url, and `url_for` works there.
    with current_app.test_request_context():
        found = look(talentpool.context())
    findings = list(findings_of(talentpool, found))
    settle = [one.text for one in findings if one.stops]
    notes = [*(one.text for one in findings if not one.stops), *to_know(talentpool, found)]
    if as_json:
        codes = [{"code": one.wrong.code, "stops": one.stops, "text": one.text} for one in findings]
        print_json({**found.facts(), "findings": codes, "notes": notes, "to_settle": settle})
    else:
        for line in _lines(found, talentpool.host.map):
            click.echo(line)
        if on_terminal() and found.sample:
            click.echo("A few rows, masked:")
            for key, name, email in found.sample:
                click.echo(f"  {printable(key)}  {name}  {email}")
        _list("To know:", notes)
        _list("To settle:", settle)
        if not settle:
            click.echo("Nothing has to be settled.")
    raise SystemExit(1 if settle else 0)


def _list(heading: str, lines: list[str]) -> None:
    if lines:
        click.echo(heading)
        for line in lines:
            click.echo(f"  - {line}")


def _lines(found: Understood, host_map: HostMap) -> Iterator[str]:
    """Say what was understood, one fact a line."""
    for what, cls in found.classes.items():
        yield f"{what.capitalize() + ':':13}{cls}, key {found.keys[what]}, {plural(found.rows[what], 'row')}"
    if host_map.candidate is host_map.application:
        yield f"{'':13}A candidate's row is the application."
    yield (
        f"{'Looked at:':13}{plural(found.looked_at, 'application')} of "
        f"{plural(found.candidates_looked_at, 'candidate')}, the newest"
    )
    yield f"{'Names:':13}{_presence(found.names)}"
    yield f"{'E-mails:':13}{_presence(found.emails) if host_map.email else 'not mapped'}"
    if host_map.shared_address is not None:
        of_all = f"{found.shared_addresses:,} of the {found.candidates_looked_at:,} looked at"
        yield f"{'Shared:':13}{of_all} have an address that says nothing of who they are"
    yield f"{'Job titles:':13}{_presence(found.jobs) if found.jobs.present or found.jobs.missing else 'not mapped'}"
    if host_map.owner is not None:
        yield f"{'Owners:':13}{_presence(found.owners)}"
    if host_map.owner is not None or host_map.owner_name is not None:
        team = f"for {found.unsigned:,} of the {found.looked_at:,} looked at by the hiring team"
        yield f"{'Signed:':13}{'; '.join((*map(printable, found.signing), team))}"
    yield f"{'Outcomes:':13}{listed_plainly(found.outcomes) or 'no applications'}"
    never = f"{found.never_pool:,}"
    if callable(host_map.never_pool):
        never = f"{found.barred:,} of the {found.looked_at:,} looked at"
    yield f"{'Never pool:':13}{never}"
    if host_map.stage is None and host_map.interviewed_at is None:
        yield f"{'Stages:':13}not mapped"
    else:
        yield f"{'Stages:':13}{listed_plainly(found.stages) or 'no applications'}; interviewed in all: {found.interviewed:,}"
        if host_map.stage is not None:
            yield f"{'Your stages:':13}{listed(found.host_stages)}"
    for name, roles in found.users.items():
        yield f"{'Rights:':13}{name}: {listed_plainly(roles)}{'' if found.users_all else ', of those looked at'}"
    yield f"{'Baseline:':13}{_baseline(found)}"
    yield f"{'Letters:':13}{_writer(found)}"
    yield f"{'Handed over:':13}{found.mail or 'nowhere yet'}"


def listed_plainly(values: dict[str, int]) -> str:
    """Name our own words with their numbers."""
    return ", ".join(f"{word} {number:,}" for word, number in sorted(values.items()))


def _presence(presence: Presence) -> str:
    text = f"{presence.present:,} present, {presence.missing:,} missing"
    return text + (f", {presence.unusable:,} cannot be written to" if presence.unusable else "")


def _baseline(found: Understood) -> str:
    if found.baseline_at is not None:
        return f"taken at {found.baseline_at}"
    return (
        f"not taken yet. At the first `flask talentpool sync`, {plural(found.becomes_baseline, 'outcome')} "
        f"{'becomes' if found.becomes_baseline == 1 else 'become'} baseline; nothing is sent."
    )


def _writer(found: Understood) -> str:
    return {
        "ours": "Flask-TalentPool writes the outcome letters",
        "host": "your ATS writes the outcome letters and reports them with talentpool.told(application)",
    }.get(found.outcome_letters or "", "nobody has said yet who writes the outcome letters")


def to_know(talentpool: "TalentPool", found: Understood) -> list[str]:
    """Return what is worth knowing and holds nothing up."""
    return [*_about_settings(talentpool, found), *_about_values(found), *_about_the_map(talentpool, found)]


def _about_settings(talentpool: "TalentPool", found: Understood) -> list[str]:
    notes = []
    if not talentpool.settings.enabled:
        notes.append("TALENTPOOL_ENABLED is False: no pages, no noticing, no sending.")
    if not found.hash_key:
        notes.append(
            "TALENTPOOL_HASH_KEY is not set: forgotten people are known again by a key made of SECRET_KEY, and no "
            "longer once that changes."
        )
    if found.mail is not None and "eml://" in found.mail:
        notes.append(
            "TALENTPOOL_MAIL_URL names a folder: letters are written there, and nobody receives them."
        )
    return notes


def _about_values(found: Understood) -> list[str]:
    notes = []
    if found.unknown_statuses:
        notes.append(
            f"Status values in no set of the map, counted as still open: {listed(found.unknown_statuses)}. If one of "
            "them is an outcome, add it to rejected, hired, withdrawn or never_pool."
        )
    if found.unknown_stages:
        notes.append(f"Stages not in stages, counted as applied: {listed(found.unknown_stages)}.")
    if found.rows.get("application") and not found.outcomes.get("rejected"):
        notes.append("No application is rejected. If that surprises you, look at status= and rejected=.")
    return notes


def _about_the_map(talentpool: "TalentPool", found: Understood) -> list[str]:
    notes = []
    if found.dates_guessed:
        notes.append(
            f"Dates that have to be guessed, since {', '.join(found.dates_guessed)} "
            f"{'is' if len(found.dates_guessed) == 1 else 'are'} not mapped: the moment we first saw the change is "
            "used, and letters leave the date out."
        )
    if found.dates_naive:
        zone = talentpool.settings.timezone.key
        notes.append(
            f"Dates without a time zone ({', '.join(found.dates_naive)}) are read as {zone}. Set TALENTPOOL_TIMEZONE if "
            "your ATS keeps them in another."
        )
    notes += [f"{entry} is not mapped: {cost}." for entry, cost in found.left_out.items()]
    if found.people_with_more_rows:
        among = f" of the newest {MOST_ROWS:,}" if found.rows["candidate"] > MOST_ROWS else ""
        notes.append(
            f"{plural(found.people_with_more_rows, 'person has', 'people have')} more than one candidate row{among}. Rows with "
            "the same e-mail and like names (or the same person_key) are one person here."
        )
    return notes
