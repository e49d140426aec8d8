"""Ids on a page that an answer leads back to."""

from flask_talentpool.host.seen import key_text


def anchor_of(application_key: str) -> str:
    """Return the id of an application's panel on a page."""
    safe = "".join(char if char.isascii() and char.isalnum() else "-" for char in application_key)
    return f"tp-letter-{safe}"


def recall_anchor(candidate_key: str) -> str:
    """Return the id of a candidate's button on a page."""
    safe = "".join(char if char.isascii() and char.isalnum() else "-" for char in key_text(candidate_key))
    return f"tp-recall-{safe}"
