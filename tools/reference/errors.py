"""The errors of the troubleshooting page: every class a caller can meet, with its own words."""

import importlib
import pkgutil

import flask_talentpool
from flask_talentpool.errors import TalentPoolError


def every_error() -> list[type[TalentPoolError]]:
    """Return every class of error that is not private, the base class first, the others by name."""
    for module in pkgutil.walk_packages(flask_talentpool.__path__, "flask_talentpool."):
        importlib.import_module(module.name)
    found = set(_below(TalentPoolError))
    return [TalentPoolError, *sorted(found, key=lambda one: one.__name__)]


def _below(base: type[TalentPoolError]) -> list[type[TalentPoolError]]:
    found: list[type[TalentPoolError]] = []
    for one in base.__subclasses__():
        if one.__module__.startswith("flask_talentpool."):
            found += [*([] if one.__name__.startswith("_") else [one]), *_below(one)]
    return found


def blocks() -> dict[str, str]:
    """Return the page's list of errors."""
    return {"errors": "\n\n".join(_definition(one) for one in every_error())}


def _definition(error: type[TalentPoolError]) -> str:
    public = error.__name__ in flask_talentpool.__all__
    home = "flask_talentpool" if public else error.__module__
    says = error.default_message().partition(" Attributes:")[0]
    return f"`{error.__name__}` {{ #{error.__name__.lower()} }}\n:   {says}\n\n    *From:* `{home}`"
