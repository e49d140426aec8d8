"""The page "Mount it": the minimal example, whole."""

from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "minimal" / "app.py"
# What a checker of this repository needs and a reader does not.
_FOR_TOOLS = ("# ruff:", "# fmt:")


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.startswith(_FOR_TOOLS))
    return {"minimal": f"```python\n{code}\n```"}
