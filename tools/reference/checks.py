"""The table of wrong set-ups on the page of commands: what `check` finds, what it costs, and the remedy."""

from flask_talentpool.commands.checks.findings import WRONG


def blocks() -> dict[str, str]:
    """Return the table."""
    rows = [
        f"| `{wrong.code}` | {_cell(wrong.what)} | {_cell(wrong.costs)} | {_cell(wrong.remedy)} | {'1' if wrong.stops else '0'} |"
        for wrong in WRONG.values()
    ]
    head = ["| Code | What is wrong | What comes of it | Remedy | Exit code |", "|---|---|---|---|---|"]
    return {"wrong-set-ups": "\n".join([*head, *rows])}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{%", "`{%").replace("%}", "%}`").replace("%}``{%", "%}{%")
