"""Read a page as a person does: which buttons it has, and what pressing one sends."""

import html.parser
from dataclasses import dataclass, field
from typing import Self

_NO_VALUE = {"submit", "image", "button", "reset"}
_TICKED = {"checkbox", "radio"}


@dataclass
class Button:
    """Something that sends a form when it is pressed."""

    text: str = ""
    name: str = ""
    value: str = ""
    action: str | None = None
    form: "Form | None" = None


@dataclass
class Form:
    """A form, with the values its fields have when nobody touches them."""

    id: str = ""
    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(html.parser.HTMLParser):
    """A page's forms, buttons, links and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.buttons: list[Button] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._waiting: list[tuple[str, object, Form | None]] = []
        self._button: Button | None = None
        self._textarea: dict[str, str] = {}
        self._text: list[str] | None = None
        self._select: dict[str, str] | None = None
        self._chosen: str | None = None
        self._link: str | None = None
        self._unseen = 0
        self.feed(text)
        self.close()
        self._join()

    @classmethod
    def of(cls, answer) -> Self:
        """Read the page a test client was answered with."""
        return cls(answer.text)

    def button(self, text: str) -> Button:
        """Return the one button of this text, whatever the case and whatever stands around it."""
        found = [button for button in self.buttons if text.casefold() in button.text.casefold()]
        if len(found) != 1:
            there = ", ".join(repr(button.text) for button in self.buttons) or "none"
            msg = f"{len(found)} buttons say {text!r}; the page has {there}"
            raise AssertionError(msg)
        return found[0]

    def has_button(self, text: str) -> bool:
        """Whether any button or link says this."""
        said = [button.text for button in self.buttons] + [label for label, _ in self.links]
        return any(text.casefold() in label.casefold() for label in said)

    @property
    def text(self) -> str:
        """What can be read on the page, on one line."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        at = {name: value or "" for name, value in attrs}
        if tag in {"style", "script"}:
            self._unseen += 1
        if tag == "form":
            self._form = Form(at.get("id", ""), at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._input(at)
        elif tag == "button" and at.get("type", "submit") == "submit":
            self._button = self._add_button(at)
        elif tag == "textarea":
            self._text = []
            self._textarea = at
        elif tag == "select":
            self._select, self._chosen = at, None
        elif tag == "option" and self._select is not None and (self._chosen is None or "selected" in at):
            self._chosen = at.get("value", "")
        elif tag == "a":
            self._link = at.get("href")
            self.links.append(("", self._link or ""))

    def handle_endtag(self, tag):
        if tag in {"style", "script"}:
            self._unseen -= 1
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "a":
            self._link = None
        elif tag == "textarea" and self._text is not None:
            self._add_field(self._textarea, "".join(self._text))
            self._text = None
        elif tag == "select" and self._select is not None:
            self._add_field(self._select, self._chosen or "")
            self._select = None

    def handle_data(self, data):
        if self._unseen:
            return
        self.words.append(data)
        if self._text is not None:
            self._text.append(data)
        if self._button is not None:
            self._button.text = " ".join(f"{self._button.text} {data}".split())
        if self._link is not None:
            label, address = self.links[-1]
            self.links[-1] = (" ".join(f"{label} {data}".split()), address)

    def _input(self, at):
        kind = at.get("type", "text")
        if kind == "submit":
            self._add_button(at).text = at.get("value", "")
        elif kind not in _NO_VALUE and (kind not in _TICKED or "checked" in at):
            self._add_field(at, at.get("value", "on" if kind in _TICKED else ""))

    def _add_button(self, at):
        button = Button(name=at.get("name", ""), value=at.get("value", ""), action=at.get("formaction"))
        self.buttons.append(button)
        self._waiting.append((at.get("form", ""), button, self._form))
        return button

    def _add_field(self, at, value):
        if at.get("name"):
            self._waiting.append((at.get("form", ""), (at["name"], value), self._form))

    def _join(self):
        """Give every field and button the form it stands in or names."""
        by_id = {form.id: form for form in self.forms if form.id}
        for form_id, what, around in self._waiting:
            form = by_id.get(form_id) if form_id else around
            if isinstance(what, Button):
                what.form = form
            elif form is not None:
                form.fields.append(what)
