"""The settings page: every key of ``config.describe()``, in groups that a reader looks for."""

import ast
from fnmatch import fnmatchcase

from flask_talentpool.config.settings import PREFIX, SettingDoc, describe

GROUPS: dict[str, tuple[str, ...]] = {
    "Switches and addresses": (
        "enabled",
        "outcome_letters",
        "public_url",
        "url_prefix",
        "base_template",
        "company",
        "hash_key",
        "tokenless_schemes",
    ),
    "When and how outcome letters leave": (
        "modes",
        "delay",
        "min_time_after_applying",
        "holidays",
        "timezone",
        "personal_days",
        "remind_days",
        "deputy_mailbox",
        "reasons",
        "reasons_by_host",
        "feedback_review",
        "stale_after",
    ),
    "Nobody left unanswered": (
        "answer_target",
        "answer_limit",
        "progress_days",
        "morning_mail",
        "morning_hour",
    ),
    "Words": ("locale", "form_of_address", "letters_folder"),
    "Handing over": (
        "mail_url",
        "mail_from",
        "pool_mail_from",
        "mail_connections",
        "daily_cap",
        "domain_cap",
        "send_all_mail_to",
        "worker_interval",
    ),
    "What comes back": ("reply_mailbox", "bounce_mailbox", "urgent_mailbox"),
    "Pools, links and invitations": (
        "keep_months",
        "link_days",
        "invitation_open_for",
        "enquiries_at_once",
        "reuse_window",
    ),
    "Hires": ("probation", "hire_watch*", "calendar_key"),
    "The guide": ("guide_*",),
}


class UngroupedError(Exception):
    """A setting belongs to no group of the page; add it to ``GROUPS``."""


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    left = {setting.key.removeprefix(PREFIX).lower(): setting for setting in describe()}
    parts = []
    for heading, patterns in GROUPS.items():
        names = [name for pattern in patterns for name in left if fnmatchcase(name, pattern)]
        parts.append(f"## {heading} {{#{_anchor(heading)}}}")
        parts += [_definition(left.pop(name)) for name in names]
    if left:
        raise UngroupedError(", ".join(left))
    return {"settings": "\n\n".join(parts)}


def _definition(setting: SettingDoc) -> str:
    default = f"`{setting.default}`" if _is_code(setting.default) else setting.default
    facts = [f"*Type:* {setting.type}", f"*Default:* {default}"]
    if setting.unit:
        facts.insert(1, f"*Unit:* {setting.unit}")
    return f"`{setting.key}` {{ #{setting.key.lower()} }}\n:   {setting.doc}\n\n    {' · '.join(facts)}"


def _is_code(default: str) -> bool:
    try:
        ast.parse(default, mode="eval")
    except SyntaxError:
        return False
    return default not in ("not set", "none")


def _anchor(heading: str) -> str:
    return "-".join(heading.lower().replace(",", "").split())
