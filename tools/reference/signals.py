"""The signals page: each signal with what its own words say."""

import inspect

from blinker import NamedSignal

from flask_talentpool import signals


def every_signal() -> dict[str, NamedSignal]:
    """Return the signals by the name they are imported by, in the order of the module."""
    return {name: value for name, value in vars(signals).items() if isinstance(value, NamedSignal)}


def blocks() -> dict[str, str]:
    """Return the page's one part."""
    return {"signals": "\n\n".join(_section(name, signal) for name, signal in every_signal().items())}


def _section(name: str, signal: NamedSignal) -> str:
    first, _, keywords = inspect.cleandoc(signal.__doc__ or "").partition("\n\n")
    return (
        f"## `{name}` {{#{name}}}\n\n{' '.join(first.split())}\n\n"
        f"*Keywords:* {' '.join(keywords.split()).removeprefix('Keywords: ')}"
    )
