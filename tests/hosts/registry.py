"""The list of all miniature hosts, and which host shows which trait."""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

from tests.hosts import shapes
from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

FOLDER = Path(__file__).parent


def modules() -> list[ModuleType]:
    """Import and return every module under ``shapes/``, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(shapes.__path__))
    return [importlib.import_module(f"{shapes.__name__}.{name}") for name in names]


def all_shapes() -> dict[str, type[HostShape]]:
    """Return the shape classes by name; make a new one for every app."""
    return {module.NAME: module.Shape for module in modules()}


def coverage() -> dict[Trait, list[str]]:
    """Say for every trait which hosts show it."""
    return {trait: [m.NAME for m in modules() if trait in m.TRAITS] for trait in Trait}


def table() -> str:
    """Return the registry as a Markdown table: host, what it is, its traits."""
    rows = [
        f"| `{module.NAME}` | {str(module.__doc__).strip()} | {'; '.join(t.value for t in Trait if t in module.TRAITS)} |"
        for module in modules()
    ]
    return "\n".join(["| host | what it is | traits |", "|---|---|---|", *rows])
