"""The words that hosts' databases and code hold: which of them a version had, and which this one still knows.

What is looked for is found wherever it stands in the package, so that moving a module needs no change here.
"""

import ast
import functools
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask

import flask_talentpool
from flask_talentpool import HostMap, celery, signals
from flask_talentpool.commands.group import talentpool_cli
from flask_talentpool.letters import history

PACKAGE = Path(flask_talentpool.__file__).parent

Words = dict[str, Any]


def gone(known: Words, app: Flask) -> list[str]:
    """Return which of a version's words this version no longer knows, each as a sentence."""
    literals, begun = _texts()
    today = public(app)
    found = []
    for column, words in known["enums"].items():
        nearest = closest(words)
        found += [
            f"{column} holds {word!r}, which {nearest.__name__} no longer has"
            for word in words
            if word not in _values(nearest)
        ]
    for where, words in known["words"].items():
        there = frozenset(acts()) if where == "audit.action" else literals
        found += [
            f"{where}: {word!r} is gone"
            for word in words
            if word not in there and not _is_made_of(word, begun)
        ]
    for prefix in known["occasions"]:
        if prefix not in literals and prefix.removesuffix(":") not in literals and prefix not in begun:
            found.append(f"occasions: no letter is written for {prefix!r} any more")
    for where in ("texts", "signals", "commands", "host_map"):
        found += [f"{where}: {word!r} is gone" for word in known[where] if word not in today[where]]
    for where in ("endpoints", "addresses"):
        found += [
            f"{where}: {name} was {value!r} and is {today[where].get(name)!r}"
            for name, value in known[where].items()
            if today[where].get(name) != value
        ]
    if today["celery_task"] != known["celery_task"]:
        found.append(f"the Celery task was {known['celery_task']!r} and is {today['celery_task']!r}")
    return found


def public(app: Flask) -> Words:
    """Return this version's public names, which are read from what has them."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("talentpool.")]
    out_there = {
        "talentpool.link",
        "talentpool.unsubscribe",
        "talentpool.guide_index",
        "talentpool.guide_page",
    }
    return {
        "texts": sorted({_text_name(path) for path in PACKAGE.rglob("*.txt") if "texts" in path.parts}),
        "signals": sorted(
            f"{name} {signal.name}" for name, signal in vars(signals).items() if hasattr(signal, "connect")
        ),
        "endpoints": {rule.endpoint: sorted(rule.arguments) for rule in sorted(rules, key=str)},
        # They stand in letters that have gone.
        "addresses": {rule.endpoint: str(rule) for rule in rules if rule.endpoint in out_there},
        "celery_task": celery.TASK,
        "commands": sorted(
            f"{name} {option}"
            for name, command in talentpool_cli.commands.items()
            for parameter in command.params
            for option in parameter.opts
        ),
        "host_map": sorted(field.name for field in fields(HostMap)),
    }


def closest(words: Iterable[str]) -> type[StrEnum]:
    """Return the package's enum that has the most of these words; of two alike, the one with fewer others."""
    wanted = set(words)
    return max(enums(), key=lambda one: (len(wanted & _values(one)), -len(_values(one) - wanted)))


def _values(of: type[StrEnum]) -> set[str]:
    return {member.value for member in of}


@functools.cache
def enums() -> tuple[type[StrEnum], ...]:
    """Return every enum of the package."""
    for module in pkgutil.walk_packages(flask_talentpool.__path__, "flask_talentpool."):
        importlib.import_module(module.name)
    ours = [one for one in StrEnum.__subclasses__() if one.__module__.startswith("flask_talentpool.")]
    return tuple(sorted(ours, key=lambda one: (one.__module__, one.__name__)))


@functools.cache
def _texts() -> tuple[frozenset[str], frozenset[str]]:
    """Return the texts that stand in the code: whole ones, and how formatted ones begin."""
    whole, begun = set[str](), set[str]()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
    return frozenset(whole), frozenset(begun)


def _is_made_of(word: str, begun: frozenset[str]) -> bool:
    """Whether a word like ``door_open`` is put together from a beginning and an enum's value."""
    ends = {value for one in enums() for value in _values(one)}
    return any(word.startswith(start) and word[len(start) :] in ends for start in begun if start)


def acts() -> Iterator[str]:
    """Yield what this version writes into the trail of acts, and what it has words for that an earlier one wrote."""
    yield from history._ACTS
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_record = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record"
            if is_record and len(node.args) > 3:
                yield from _said(node.args[1])


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _said(node.body)
        yield from _said(node.orelse)


def _text_name(path: Path) -> str:
    after = len(path.parts) - path.parts[::-1].index("texts")
    return "/".join(path.parts[after:]).removesuffix(".txt")
