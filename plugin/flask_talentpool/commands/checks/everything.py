"""All that `check` looks for, in the order in which it is said."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask_talentpool.commands.checks import pages, values
from flask_talentpool.commands.checks.findings import Finding, found
from flask_talentpool.commands.checks.rights import rights
from flask_talentpool.commands.common import plural, printable
from flask_talentpool.commands.host_report import value_names
from flask_talentpool.commands.host_understood import Understood

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool


def findings_of(talentpool: "TalentPool", understood: Understood) -> Iterator[Finding]:
    """Look for everything that is set up wrong; writes nothing."""
    yield from _needed(talentpool, understood)
    if not talentpool.settings.enabled:
        return
    yield from rights(talentpool, understood)
    yield from pages.routes(talentpool)
    yield from pages.base_template(talentpool)
    yield from values.statuses(talentpool, understood)
    yield from values.stages(talentpool)
    yield from values.owners(talentpool, understood)
    yield from values.reasons(talentpool)
    if not (understood.tables_missing or understood.columns_missing):
        yield from values.languages(talentpool)
        yield from values.worker(talentpool)
    talentpool.context().session.rollback()


def _needed(talentpool: "TalentPool", understood: Understood) -> Iterator[Finding]:
    """What no letter goes without."""
    if understood.tables_missing:
        yield found("tables", f"{plural(len(understood.tables_missing), 'table')} missing")
    elif understood.columns_missing:
        yield found("columns", ", ".join(understood.columns_missing))
    for entry, unreadable in understood.unreadable.items():
        yield found("map", f"{entry} on {plural(unreadable.rows, 'row')}, {unreadable.problem}")
    if understood.outcome_letters is None:
        named = ", ".join(printable(name) for name in value_names(talentpool.host.map.rejected)[:10])
        yield found("who_writes", f"does your ATS send its own mail on these statuses ({named})?")
    for key in understood.settings_missing:
        if key == "TALENTPOOL_MAIL_URL" and talentpool.transport is not None:
            continue
        yield found(key.removeprefix("TALENTPOOL_").lower())
