"""The refusals of the troubleshooting page: each code with the sentences that are said with it, found in the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import flask_talentpool
from flask_talentpool.enums import HoldReason

PACKAGE = Path(flask_talentpool.__file__).parent
OPEN = "The message says what, in this case."


def blocks() -> dict[str, str]:
    """Return the list of refusals by code."""
    said: dict[str, list[str]] = {}
    for code, sentence in every_refusal():
        if sentence not in said.setdefault(code, []):
            said[code].append(sentence)
    return {"refusals": "\n\n".join(_definition(code, said[code]) for code in sorted(said))}


def _definition(code: str, sentences: list[str]) -> str:
    known = [sentence for sentence in sentences if sentence != OPEN] or [OPEN]
    return f"`{code}` {{ #refused-{code.replace('_', '-')} }}\n:   " + "\n\n    ".join(known)


def every_refusal() -> Iterator[tuple[str, str]]:
    """Yield code and sentence of each place in the package that refuses something with a code of its own."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                codes = [one.value for one in node.keywords if one.arg == "code"]
                if codes and isinstance(codes[0], ast.Constant):
                    yield str(codes[0].value), _sentence(node.args[0], tree)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "locks.move":
                given = {one.arg: _sentence(one.value, tree) for one in node.keywords}
                for sentence in _of_every_move():
                    yield given["code"], sentence.replace("…", given["what"], 1)


def _of_every_move() -> list[str]:
    """Return what is said of any row whose state cannot be changed; it begins with what the row is."""
    tree = ast.parse((PACKAGE / "db" / "locks.py").read_text(encoding="utf-8"))
    refusals = [one.exc for one in ast.walk(tree) if isinstance(one, ast.Raise)]
    return [_sentence(one.args[0], tree) for one in refusals if isinstance(one, ast.Call)]


def _sentence(node: ast.expr, module: ast.Module) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.attr == "sentence":
        return HoldReason[node.value.attr].sentence
    if isinstance(node, ast.Name):
        for given in module.body:
            if isinstance(given, ast.Assign) and [ast.unparse(target) for target in given.targets] == [
                node.id
            ]:
                return _sentence(given.value, module)
    return OPEN
