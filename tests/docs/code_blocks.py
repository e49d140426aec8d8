"""The code blocks of the guide, and how each language is tried out."""

import re
import shlex
import tomllib
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import click
from flask_migrate.cli import db as migrate_cli

from flask_talentpool.commands.group import talentpool_cli
from flask_talentpool.letters.texts.syntax import parse
from tools.reference.blocks import spans

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w+-]*)[^\n]*\n(?P<text>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
_RECORD = re.compile(r'[\w.-]+\.\s+IN\s+TXT\s+"(v=(?:spf1|DKIM1|DMARC1)\b[^"]*)"')
_EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
_TARGETS = (ROOT / "Makefile").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page.

    Attributes:
        page: The page's path below ``site``, without its ending.
        number: Which block of the page it is, from 1.
        is_generated: Whether it lies in a part that ``tools.reference`` writes and its test compares.
    """

    page: str
    number: int
    language: str
    text: str
    is_generated: bool

    def __str__(self) -> str:
        return f"{self.page}:{self.number}:{self.language}"


def blocks_of(page):
    """Return the blocks of a page in their order."""
    text = (SITE / f"{page}.md").read_text(encoding="utf-8")
    generated = list(spans(text))
    return [
        Block(
            page,
            number,
            found["language"],
            re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
            any(start <= found.start() < end for start, end in generated),
        )
        for number, found in enumerate(_FENCE.finditer(text), 1)
    ]


def every_page():
    """Return the path of every page below ``site``, without its ending."""
    return sorted(path.relative_to(SITE).with_suffix("").as_posix() for path in SITE.rglob("*.md"))


# Languages that need no host


def console(text):
    """Try what is typed: each command exists and takes these options. What was printed is compared elsewhere."""
    lines = text.splitlines()
    assert all(line.startswith("$ ") for line in lines), "what a command prints belongs into a generated part"
    for line in lines:
        command(shlex.split(line.removeprefix("$ ").partition(" < ")[0]))


def command(words):
    """Try one command line without running it."""
    tool, *rest = words
    if tool == "pip":
        assert rest[0] == "install", words
        for extras in re.findall(r"\[([\w,]+)\]", " ".join(rest)):
            assert set(extras.split(",")) <= set(_EXTRAS), words
    elif tool == "make":
        assert re.search(rf"^{re.escape(rest[0])}:", _TARGETS, re.MULTILINE), words
    else:
        assert tool.endswith("flask"), words
        flask_command(rest)


def flask_command(words):
    """Try a command of Flask's, of Flask-Migrate's or of ours, with its options."""
    while words[0] == "--app":
        words = words[2:]
    if words[0] == "run":
        return
    group = {"db": migrate_cli, "talentpool": talentpool_cli}[words[0]]
    found = group.commands[words[1]]
    try:
        found.make_context(words[1], list(words[2:]), resilient_parsing=False).close()
    except click.exceptions.Exit:
        assert "--help" in words


def toml(text):
    """Read it, and see that a dependency of ours is one that can be."""
    read = tomllib.loads(text)
    for requirement in read.get("dependencies", ()):
        extras = re.findall(r"\[([\w,]+)\]", requirement)
        assert all(set(found.split(",")) <= set(_EXTRAS) for found in extras), requirement


def ini(text):
    """Read it, and try the command of a service."""
    read = ConfigParser(interpolation=None)
    read.read_string(text)
    if read.has_option("Service", "ExecStart"):
        command(shlex.split(read["Service"]["ExecStart"]))


def dns(text):
    """See that each line is a TXT record that mail servers look for."""
    for line in text.splitlines():
        assert _RECORD.fullmatch(line), line


def css(text):
    """See that it changes only what our own style sheets know."""
    folder = ROOT / "plugin" / "flask_talentpool" / "static"
    ours = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.css"))
    changed = re.findall(r"(--tp-[\w-]+):", text)
    assert changed
    assert [name for name in changed if f"{name}:" not in ours] == []
    assert text.count("{") == text.count("}")


def letter(text):
    """Check a letter's text as the package does."""
    parse(text, "outcome/applied.closed")


class NoQueue:
    """Stands in for Procrastinate, which is not installed here: keeps what its decorators are given."""

    def __init__(self, **options):
        self.connector = options["connector"]
        self.tasks = []

    def periodic(self, *, cron):
        assert len(cron.split()) == 5
        return lambda function: function

    def task(self, *, queueing_lock, pass_context):
        assert queueing_lock
        assert pass_context is False

        def keep(function):
            self.tasks.append(function)
            return function

        return keep
