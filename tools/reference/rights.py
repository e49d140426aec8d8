"""The table of rights."""

from flask_talentpool.access import rights_table
from tools.reference.blocks import table


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    heading, *rows = rights_table()
    _, _, *roles = heading
    lines = [
        (wording, *(within or "no" for within in cells), f"`{action}`") for action, wording, *cells in rows
    ]
    return {"rights": table(("What", *roles, "Action"), lines)}
