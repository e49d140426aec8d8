"""Reads the letters that the demo delivered into a folder as `.eml` files."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_binary_file
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivered letter and the name of its file."""

    name: str
    message: EmailMessage

    def header(self, name: str) -> str:
        """Return a header as people read it, or nothing."""
        return str(self.message.get(name, ""))

    def part(self, kind: str) -> str:
        """Return the body in one form, `plain` or `html`, or nothing."""
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body else ""

    def raw_headers(self) -> str:
        """Return the headers of the message and of its parts, as they were delivered."""
        return "\n\n".join(
            "\n".join(f"{name}: {value}" for name, value in part.raw_items()) for part in self.message.walk()
        )


def letters(folder: Path) -> Iterator[Delivered]:
    """Yield the delivered letters, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    for file in files:
        yield _open(file)


def letter(folder: Path, name: str) -> Delivered | None:
    """Return one letter by its file's name; only files of the folder itself are found."""
    file = next((file for file in folder.glob("*.eml") if file.name == name), None)
    return _open(file) if file else None


def _open(file: Path) -> Delivered:
    with file.open("rb") as stream:
        return Delivered(file.name, message_from_binary_file(stream, policy=default))
