"""The grammar of letters: values and ifs, and a clear sentence for everything else Jinja knows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import jinja2
from jinja2 import nodes

from flask_talentpool.entries import nearest
from flask_talentpool.letters.texts.vocabulary import FLAGS, VARIABLES

DEEPEST = 8
"""How many ifs may stand inside each other."""
_MOST_PARTS = 40
"""Names and words in one question; Python itself cannot read a thousand."""
_WHAT_THERE_IS = "there are only {{ name }} and {% if name %}…{% elif name %}…{% else %}…{% endif %}"
_READER = jinja2.Environment(autoescape=False)  # noqa: S701 (it only reads; nothing is rendered with it)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing in a text that cannot stay.

    Attributes:
        line: Where it is, from 1.
        message: What is wrong, and the remedy.
        name: The word it is about, where there is one.
        nearest: The word that was probably meant.
    """

    line: int
    message: str
    name: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


def tree(source: str) -> Iterator[Mistake]:
    """Return what the syntax tree of a text must not hold.

    Subject and letter are read apart, so that no if reaches from one into the other.
    """
    head, _, body = source.partition("\n")
    for part, before in ((head, 0), (body, 1)):
        try:
            found = [*_hidden(part), *_walk(_READER.parse(part))]
        except jinja2.TemplateSyntaxError as error:
            found = [_unreadable(error.message or "", error.lineno)]
        except (RecursionError, ValueError, OverflowError):
            # Jinja lets a number of 5,000 digits and a thousand open brackets through to Python.
            found = [Mistake(1, f"this cannot be read as a text; {_WHAT_THERE_IS}.")]
        yield from (replace(mistake, line=mistake.line + before) for mistake in found)


def _hidden(source: str) -> Iterator[Mistake]:
    """Yield what leaves no trace in the tree: comments, and braces meant as braces."""
    for line, token, value in _READER.lex(source):
        if token == "comment_begin":  # noqa: S105 (the lexer's word)
            said = "comments do not belong in a letter; use the note beside the version."
            yield Mistake(line, said, value)
        elif token == "raw_begin":  # noqa: S105 (the lexer's word)
            yield Mistake(line, f"{{% raw %}} cannot be used; {_WHAT_THERE_IS}.", "raw")
        elif token == "data" and (braces := re.search(r"\}\}|%\}|#\}", value)):  # noqa: S105 (the lexer's word)
            at = line + value.count("\n", 0, braces.start())
            yield Mistake(at, f"“{braces[0]}” closes nothing; {_WHAT_THERE_IS}.", braces[0])


def _unreadable(said: str, line: int) -> Mistake:
    tag = re.search(r"unknown tag '(\w+)'", said)
    if "innermost block" in said and not tag:
        return Mistake(line, "an {% if %} is not closed; write {% endif %} where it ends.", "if", "endif")
    if tag and tag[1] in ("elif", "else", "endif"):
        return Mistake(
            line, f"this {{% {tag[1]} %}} belongs to no {{% if %}} before it; take it out.", tag[1]
        )
    if tag:
        guess = nearest(tag[1], ("if", "elif", "else", "endif")) or ""
        hint = f"did you mean {{% {guess} %}}?" if guess else f"{_WHAT_THERE_IS}."
        return Mistake(line, f"“{tag[1]}” is no word of this language; {hint}", tag[1], guess)
    return Mistake(line, f"this cannot be read ({said.rstrip('.')}); {_WHAT_THERE_IS}.")


def _walk(tree: nodes.Template) -> Iterator[Mistake]:
    waiting: list[tuple[nodes.Node, int]] = [(node, 0) for node in reversed(tree.body)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            yield Mistake(
                node.lineno, f"more than {DEEPEST} ifs inside each other; write it more simply.", "if"
            )
        elif isinstance(node, nodes.Output):
            for shown in node.nodes:
                yield from _value(shown)
        elif isinstance(node, nodes.If):
            yield from _question(node.test)
            waiting += [(below, depth + 1) for below in reversed([*node.body, *node.elif_, *node.else_])]
        else:
            yield _refused(node)


def _value(node: nodes.Node) -> Iterator[Mistake]:
    if isinstance(node, nodes.TemplateData):
        return
    if not isinstance(node, nodes.Name):
        yield _refused(node)
    elif node.name in FLAGS:
        message = f"“{node.name}” has no words of its own; ask for it with {{% if {node.name} %}}."
        yield Mistake(node.lineno, message, node.name)
    else:
        yield from _known(node)


def _question(node: nodes.Node) -> Iterator[Mistake]:
    waiting, parts = [node], 0
    while waiting:
        part, parts = waiting.pop(), parts + 1
        if parts > _MOST_PARTS:
            yield Mistake(part.lineno, "this question has too many parts; write it more simply.", "if")
            return
        if isinstance(part, nodes.Not):
            waiting.append(part.node)
        elif isinstance(part, nodes.And | nodes.Or):
            waiting += [part.right, part.left]
        elif isinstance(part, nodes.Name):
            yield from _known(part)
        else:
            yield _refused(part)


def _known(node: nodes.Name) -> Iterator[Mistake]:
    if node.name in VARIABLES:
        return
    shown = node.name[:60]
    guess = nearest(shown, VARIABLES) or ""
    hint = f"did you mean “{guess}”?" if guess else f"there is {', '.join(VARIABLES)}."
    yield Mistake(node.lineno, f"there is no value “{shown}”; {hint}", shown, guess)


_REFUSALS: Mapping[type[nodes.Node], str] = {
    nodes.For: "a loop cannot be used; write out what it should say",
    nodes.Call: "a call cannot be used; a value is shown as it is: {{ name }}",
    nodes.Getattr: "nobody looks inside a value; it is shown as it is: {{ name }}",
    nodes.Getitem: "nobody looks inside a value; it is shown as it is: {{ name }}",
    nodes.Filter: "a filter cannot be used; a value is shown as it is: {{ name }}",
    nodes.Const: "words and numbers stand outside of {{ }}, as they are",
    nodes.Compare: "values cannot be compared; {% if name %} asks whether there is one",
    nodes.Test: "“is” cannot be used; {% if name %} asks whether there is one",
    nodes.CondExpr: "a choice is written as {% if name %}…{% else %}…{% endif %}",
    nodes.Not: "a choice is written as {% if not name %}…{% endif %}",
    nodes.And: "one value stands in {{ }}; a choice is written as {% if name %}…{% else %}…{% endif %}",
    nodes.Or: "one value stands in {{ }}; a choice is written as {% if name %}…{% else %}…{% endif %}",
    nodes.Assign: "a value cannot be set here; the letter is given them all",
    nodes.AssignBlock: "a value cannot be set here; the letter is given them all",
    nodes.Scope: "{% autoescape %} cannot be used; values are always shown safely",
    nodes.Macro: "a macro cannot be used; write the words where they belong",
    nodes.Include: "another file cannot be used; write the words where they belong",
    nodes.Import: "another file cannot be used; write the words where they belong",
    nodes.FromImport: "another file cannot be used; write the words where they belong",
    nodes.Extends: "another file cannot be used; write the words where they belong",
}


def _refused(node: nodes.Node) -> Mistake:
    named = next(iter(node.find_all(nodes.Name)), None)
    word = named.name[:60] if named is not None else type(node).__name__.casefold()
    said = _REFUSALS.get(type(node), f"“{type(node).__name__.casefold()}” cannot be used; {_WHAT_THERE_IS}")
    about = f" (at “{word}”)" if named is not None else ""
    # Jinja gives some blocks no line, only what is inside them.
    line = node.lineno or next((one.lineno for one in node.find_all(nodes.Node) if one.lineno), 1)
    return Mistake(line, f"{said}{about}.", word)
