"""Count what three presses enter: one rejection until it is told, Recall to pool, a candidate's yes.

python -m tools.journey                 prints a table; --verbose lists the SELECTs that were repeated

Everything is done once before, so that templates are compiled and caches are filled; the second person counts.

How it counts:

* **Files and functions** are those of the package that were entered, each once. Templates, comprehensions and
  what other packages do are left out.
* **Calls across files** are calls whose caller stands in another file of the package. A generator is called once,
  however often it goes on.
* **Statements** are what the host's engine executed, without savepoints.
* **Repeated** are SELECTs executed again with the same text and the same values within one press. A row that is
  read again once it is locked is one of them, and is right.
"""

import argparse
import contextlib
import html.parser
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from urllib.parse import urlsplit

sys.path[:0] = ["plugin"]

import flask_talentpool  # noqa: E402 (the path comes first)
from benchmarks.host import Host, Statements  # noqa: E402
from tests.support.postgres import running_postgres  # noqa: E402

PACKAGE = str(Path(flask_talentpool.__file__).parent) + "/"
_GENERATOR = 0x20 | 0x80 | 0x200  # the flags of generators, coroutines and asynchronous generators
_MANY_COLUMNS = re.compile(r"SELECT (?:[^\s,()]+, ){3,}[^\s,()]+ FROM ")
_LINK = re.compile(r"https://host\.test(/talent-pool/l/[\w-]+)")
Profiler = Callable[[FrameType, str, Any], None]


class Entered:
    """What of the package is entered while it is set as the profiler of this process."""

    def __init__(self) -> None:
        self.functions: set[CodeType] = set()
        self.calls_across = 0
        self._going_on: dict[int, FrameType] = {}

    @property
    def files(self) -> set[str]:
        """The files of the package that were entered."""
        return {code.co_filename for code in self.functions}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call; the interpreter calls this."""
        code = frame.f_code
        if event != "call" or not _is_ours(code):
            return
        if code.co_flags & _GENERATOR:
            if id(frame) in self._going_on:
                return
            self._going_on[id(frame)] = frame  # kept, so that no other frame can have its number
        self.functions.add(code)
        caller = frame.f_back
        if caller is not None and _is_ours(caller.f_code) and caller.f_code.co_filename != code.co_filename:
            self.calls_across += 1


def _is_ours(code: CodeType) -> bool:
    """Whether this is a function in a module of the package; comprehensions are none of their own."""
    name = code.co_filename
    is_function = not code.co_name.startswith("<") or code.co_name == "<lambda>"
    return is_function and name.startswith(PACKAGE) and name.endswith(".py")


@dataclass(frozen=True, slots=True)
class Press:
    """What one press came to; a press of several parts has the parts, each repeating only what is its own."""

    name: str
    entered: tuple[Entered, ...]
    statements: tuple[Statements, ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """Files, functions, calls across files, statements, SELECTs, and how many of them were repeated."""
        return (
            len(set().union(*(one.files for one in self.entered))),
            len(set().union(*(one.functions for one in self.entered))),
            sum(one.calls_across for one in self.entered),
            sum(len(one.texts) for one in self.statements),
            sum(one.selects.total() for one in self.statements),
            sum(times - 1 for one in self.statements for times in one.repeated.values()),
        )

    @property
    def repeated(self) -> Iterator[str]:
        """Each SELECT that was repeated, on one line, the most repeated first."""
        for one in self.statements:
            for (text, values), times in sorted(one.repeated.items(), key=lambda found: -found[1]):
                short = _MANY_COLUMNS.sub("SELECT … FROM ", " ".join(text.split()))
                yield f"{times} × {short}  {values}"


@contextlib.contextmanager
def _profiled() -> Iterator[Entered]:
    entered = Entered()
    threading.setprofile(entered)
    sys.setprofile(entered)
    try:
        yield entered
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


class Journey:
    """A host, its mailbox, and the presses."""

    def __init__(self, url: str, mailbox: Path) -> None:
        self.host = Host(url, TALENTPOOL_MAIL_URL=f"eml://{mailbox}")
        self._mailbox = mailbox
        self._client = self.host.app.test_client()

    def presses(self) -> list[Press]:
        """Do everything for one person, then for a second, and return what that came to."""
        self._once()
        return self._once()

    def _once(self) -> list[Press]:
        (rejected,), (recalled,) = self.host.apply(1), self.host.apply(1, stages=("final",))
        parts = [
            self._press("  the host's commit", lambda: self.host.reject([rejected])),
            self._press("  flask talentpool sync", lambda: self.host.command("sync")),
        ]
        self.host.tomorrow()
        parts.append(self._press("  flask talentpool send", lambda: self.host.command("send")))
        told = Press(
            "A rejection, from commit to told",
            tuple(one for part in parts for one in part.entered),
            tuple(one for part in parts for one in part.statements),
        )
        self._expect("SELECT id FROM talentpool_letters WHERE state = 'sent' AND to_address = :to", rejected)
        recall = self._button(f"/candidates/{recalled}", "Recall to pool", "Recall to pool")
        self._expect(_MEMBER, recalled, state="noted")
        stay = self._button(self._link(rejected), "Keep me in mind", "A candidate's yes on the link")
        self._expect(_MEMBER, rejected, state="member")
        return [told, *parts, recall, stay]

    def _press(self, name: str, act: Callable[[], object]) -> Press:
        with self.host.statements() as seen, _profiled() as entered:
            act()
        return Press(name, (entered,), (seen,))

    def _button(self, page: str, button: str, name: str) -> Press:
        """Look at a page, then press one of its buttons; only the press counts."""
        shown = self._client.get(page, base_url="https://host.test")
        action, fields = Buttons(shown.text).form_of(button)
        answers = []
        press = self._press(
            name,
            lambda: answers.append(
                self._client.post(action or page, data=fields, base_url="https://host.test", headers=_FROM)
            ),
        )
        if answers[0].status_code not in {200, 302, 303}:
            message = f"{button!r} was answered with {answers[0].status}"
            raise RuntimeError(message)
        return press

    def _link(self, key: int) -> str:
        """Return the link in the letter to somebody."""
        for path in sorted(self._mailbox.rglob("*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            if _address(key) in str(mail["To"]) and body is not None:
                found = _LINK.search(body.get_content())
                if found is not None:
                    return urlsplit(found[0]).path
        message = f"no letter to {_address(key)} has a link"
        raise RuntimeError(message)

    def _expect(self, statement: str, key: int, **values: object) -> None:
        """See that a press did what it says."""
        if len(self.host.rows(statement, to=_address(key), **values)) != 1:
            message = f"not found for {_address(key)}: {statement} {values}"
            raise RuntimeError(message)


_FROM = {"Referer": "https://host.test/"}
"""What a browser says on https, without which a CSRF check refuses."""
_MEMBER = (
    "SELECT member.id FROM talentpool_members member JOIN talentpool_people person "
    "ON person.id = member.person_id WHERE person.email = :to AND member.state = :state"
)


def _address(key: int) -> str:
    return f"person{key}@mail.test"


class Buttons(html.parser.HTMLParser):
    """The buttons of a page, with what each sends."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._forms: list[dict[str, str]] = []
        self._fields: list[tuple[str, int, dict[str, str]]] = []
        self._buttons: list[tuple[str, int, dict[str, str], list[str]]] = []
        self._is_in_form = self._is_in_button = False
        self.feed(page)
        self.close()

    def form_of(self, text: str) -> tuple[str, dict[str, str]]:
        """Return where the form of the one button of this text posts to, and what."""
        found = [button for button in self._buttons if text in " ".join("".join(button[3]).split())]
        if len(found) != 1:
            message = f"{len(found)} buttons say {text!r}"
            raise RuntimeError(message)
        by_id, around, button, _ = found[0]
        form = self._number(by_id, around)
        fields = {
            at["name"]: at.get("value", "") for id_, n, at in self._fields if self._number(id_, n) == form
        }
        if button.get("name"):
            fields[button["name"]] = button.get("value", "")
        return button.get("formaction") or self._forms[form].get("action", ""), fields

    def _number(self, by_id: str, around: int) -> int:
        """Return the number of the form that a field names, else of the one it stands in."""
        return next((n for n, form in enumerate(self._forms) if by_id and form.get("id") == by_id), around)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field or a button."""
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms.append(at)
            self._is_in_form = True
        around = len(self._forms) - 1 if self._is_in_form else -1
        if tag == "input" and at.get("name"):
            self._fields.append((at.get("form", ""), around, at))
        elif tag == "button":
            self._buttons.append((at.get("form", ""), around, at, []))
            self._is_in_button = True

    def handle_endtag(self, tag: str) -> None:
        """Note where a form or a button ends."""
        self._is_in_form &= tag != "form"
        self._is_in_button &= tag != "button"

    def handle_data(self, data: str) -> None:
        """Keep what a button says."""
        if self._is_in_button:
            self._buttons[-1][3].append(data)


def table(presses: list[Press], *, verbose: bool = False) -> Iterator[str]:
    """Return what was counted, in lines."""
    heading = ("files", "functions", "calls across files", "statements", "SELECTs", "repeated")
    yield f"{'':34}" + "  ".join(heading)
    for press in presses:
        figures = (f"{figure:>{len(word)},}" for figure, word in zip(press.figures, heading, strict=True))
        yield f"{press.name:34}" + "  ".join(figures)
    if not verbose:
        return
    for press in presses:
        # Those of a whole are those of its parts.
        if len(press.entered) == 1 and (lines := list(press.repeated)):
            yield ""
            yield f"{press.name.strip()}, repeated:"
            yield from (f"  {line}" for line in lines)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.journey", description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--verbose", action="store_true", help="list the SELECTs that were repeated")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/host.db"
        if asked.postgres:
            server = stack.enter_context(running_postgres())
            url = server.url(server.create_database())
        journey = Journey(url, folder / "mailbox")
        print("\n".join(table(journey.presses(), verbose=asked.verbose)))
        journey.host.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
