"""The page of one's own guide: what a page with ``facts: true`` may say, by name."""

import inspect
import re
from dataclasses import fields

from flask_talentpool.guide import GuideFacts
from tools.reference.blocks import table

_ATTRIBUTE = re.compile(r"^    (?P<name>\w+): (?P<says>.*(?:\n {6,}.*)*)", re.MULTILINE)


class UnsaidError(Exception):
    """A fact has no words in the docstring of ``GuideFacts``."""


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    said = {
        found["name"]: " ".join(found["says"].split())
        for found in _ATTRIBUTE.finditer(inspect.getdoc(GuideFacts) or "")
    }
    names = [field.name for field in fields(GuideFacts)]
    if set(said) != set(names):
        raise UnsaidError(sorted(set(said) ^ set(names)))
    return {
        "facts": table(
            ("Name", "What it is"), [(f"`{name}`", said[name].replace("``", "`")) for name in names]
        )
    }
