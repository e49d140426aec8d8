"""The page of unusual hosts: for each miniature host what is odd about it, and the map its tests run with."""

import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import Any

from flask_talentpool import Access, FlaskLoginAccess
from flask_talentpool.host.declared import MAP_FIELDS
from tests.hosts.base import HostShape
from tests.hosts.registry import modules
from tools.reference.host_notes import GROUPS, NOTES, Note

OPENER = "open_again"
"""What the page calls the function for ``new_application``; "Mount it" shows one."""


class WithoutNoteError(Exception):
    """A miniature host has no note on this page, or a note has no host."""


def blocks() -> dict[str, str]:
    """Return one part for each group of hosts."""
    found = {module.NAME: module for module in modules()}
    named = [name for names in GROUPS.values() for name in names]
    if sorted(named) != sorted(found) or set(NOTES) != set(found):
        raise WithoutNoteError(sorted(set(named) ^ set(found) | set(NOTES) ^ set(found)))
    return {
        group: "\n\n".join(section(found[name], NOTES[name]) for name in names)
        for group, names in GROUPS.items()
    }


@functools.cache
def with_models(module: ModuleType) -> HostShape:
    """Make a miniature host with its models, and no app."""
    shape: HostShape = module.Shape()
    shape.db = shape.make_db()
    shape.models = shape.make_models(shape.db)
    return shape


def section(module: ModuleType, note: Note) -> str:
    """Return what the page says about one host."""
    shape = with_models(module)
    parts = [
        f"### {note.heading} {{#{module.NAME.replace('_', '-')}}}",
        str(module.__doc__).strip(),
        note.says,
        f"```python\n{code(shape)}\n```",
    ]
    return "\n\n".join(part for part in parts if part)


def code(shape: HostShape) -> str:
    """Return the map of a host, and its rights where they are not the usual ones, as Python."""
    mapped = shape.host_map()
    entries = {name: mapped[name] for name in MAP_FIELDS if mapped.get(name) is not None}
    functions = [value for value in entries.values() if _is_shown(value)]
    lines = [f"    {name}={_text(value)}," for name, value in entries.items()]
    written = "host_map = HostMap(\n" + "\n".join(lines) + "\n)"
    access, roles = _access(shape.access())
    functions += roles
    written += access
    return "\n\n\n".join([*(_source(one) for one in functions), written])


def _access(access: Access) -> tuple[str, list[Any]]:
    """Return the rights as they are given, and the functions in them; nothing for the usual ones."""
    usual = FlaskLoginAccess("role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"})
    found = vars(access)
    if not isinstance(access, FlaskLoginAccess) or found == vars(usual):
        return "", []
    entries = {name: found[f"_{name}"] for name in ("role", "scope", "name", "email")}
    given = [f"{name}={_text(entry)}" for name, entry in entries.items() if entry is not None]
    given += [f"{role.value}s={_text(set(values))}" for role, values in found["_values"].items() if values]
    functions = [entry for entry in entries.values() if callable(entry)]
    return "\naccess = FlaskLoginAccess(\n    " + ",\n    ".join(given) + ",\n)", functions


def _is_shown(value: Any) -> bool:
    return callable(value) and not isinstance(value, type) and value.__name__ != "new_application"


def _text(value: Any) -> str:
    """Return a value of a map as its developer writes it."""
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if callable(value):
        return OPENER if value.__name__ == "new_application" else str(value.__name__)
    if isinstance(value, set):
        return "{" + ", ".join(sorted(map(_text, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_text, value)) + ")"
    return '"' + value + '"' if isinstance(value, str) else repr(value)


def _source(function: Any) -> str:
    """Return a function as it stands in the host, without the ``self`` of a miniature one."""
    written = textwrap.dedent(inspect.getsource(function)).strip()
    return re.sub(r"\(self, ", "(", written, count=1)


def names(shape: HostShape) -> Iterator[tuple[str, Any]]:
    """Yield the names a host's code on the page may use: its classes and the members of its Enums."""
    for value in vars(shape.models).values():
        if isinstance(value, type):
            yield value.__name__, value
    for entry in (*shape.statuses.values(), *shape.stages.values(), *shape.roles.values()):
        if isinstance(entry, Enum):
            yield type(entry).__name__, type(entry)
