"""Read a page as a browser does: which forms there are, and what each button would send where."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form with what it sends beside the button pressed."""

    id: str
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Button:
    """A button, the form it belongs to, and its text."""

    form: Form | None
    text: str = ""
    name: str = ""
    value: str = ""


class Page(HTMLParser):
    """A page taken apart; nested forms, and buttons whose form is missing, are remembered as faults."""

    def __init__(self, html):
        super().__init__()
        self.forms, self.buttons, self.links, self.stylesheets, self.faults = {}, [], [], [], []
        self.ids, self.words = [], []
        self._open_forms, self._controls, self._button, self._link = [], [], None, None
        self._textarea = self._select = None
        self.feed(html)
        self.close()
        self.text = " ".join("".join(self.words).split())
        for owner, apply in self._controls:
            if isinstance(owner, str) and owner not in self.forms:
                self.faults.append(f"no form {owner!r} for a control")
                continue
            apply(self.forms[owner] if isinstance(owner, str) else owner)
        if len(set(self.ids)) != len(self.ids):
            self.faults.append(f"ids twice: {sorted(one for one in self.ids if self.ids.count(one) > 1)}")

    def handle_starttag(self, tag, attrs):
        attrs = {name: value if value is not None else "" for name, value in attrs}
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "form":
            self._start_form(attrs)
        owner = attrs.get("form") or (self._open_forms[-1] if self._open_forms else None)
        start = getattr(self, f"_start_{tag}", None)
        if tag != "form" and start is not None:
            start(attrs, owner)

    def _start_form(self, attrs):
        if self._open_forms:
            self.faults.append("a form inside a form")
        form = Form(
            attrs.get("id", f"#{len(self.forms)}"), attrs.get("action", ""), attrs.get("method", "get")
        )
        self.forms[form.id] = form
        self._open_forms.append(form)

    def _start_link(self, attrs, owner):
        if attrs.get("rel") == "stylesheet":
            self.stylesheets.append(attrs["href"])

    def _start_a(self, attrs, owner):
        if "href" in attrs:
            self._link = [attrs["href"], ""]

    def _start_input(self, attrs, owner):
        kind = attrs.get("type", "text")
        if kind not in {"radio", "checkbox"} or "checked" in attrs:
            self._field(owner, attrs.get("name", ""), attrs.get("value", "on" if kind == "checkbox" else ""))

    def _start_textarea(self, attrs, owner):
        self._textarea = [owner, attrs.get("name", ""), ""]

    def _start_select(self, attrs, owner):
        self._select = [owner, attrs.get("name", ""), None]

    def _start_option(self, attrs, owner):
        if self._select is not None and (self._select[2] is None or "selected" in attrs):
            self._select[2] = attrs.get("value", "")

    def _start_button(self, attrs, owner):
        self._button = button = Button(None, name=attrs.get("name", ""), value=attrs.get("value", ""))
        self.buttons.append(button)
        if owner is None:
            self.faults.append("a button without a form")
        else:
            self._controls.append((owner, lambda form: setattr(button, "form", form)))

    def _field(self, owner, name, value):
        if name and owner is not None:
            self._controls.append((owner, lambda form: form.fields.append((name, value))))

    def handle_endtag(self, tag):
        if tag == "form" and self._open_forms:
            self._open_forms.pop()
        if tag == "button":
            self._button = None
        if tag == "a" and self._link is not None:
            self.links.append((self._link[0], " ".join(self._link[1].split())))
            self._link = None
        if tag == "textarea" and self._textarea is not None:
            self._field(*self._textarea)
            self._textarea = None
        if tag == "select" and self._select is not None:
            self._field(self._select[0], self._select[1], self._select[2] or "")
            self._select = None

    def handle_data(self, data):
        self.words.append(data)
        if self._button is not None:
            self._button.text += data
        if self._link is not None:
            self._link[1] += data
        if self._textarea is not None:
            self._textarea[2] += data

    def button(self, text):
        """Return the one button with this text."""
        found = [button for button in self.buttons if " ".join(button.text.split()) == text]
        assert len(found) == 1, (
            f"{len(found)} buttons {text!r} among {[b.text.strip() for b in self.buttons]}"
        )
        return found[0]

    def has_button(self, text):
        return any(" ".join(button.text.split()) == text for button in self.buttons)

    def link(self, text):
        """Return where the first link with this text leads."""
        return next(href for href, words in self.links if words == text)

    def press(self, client, text, **changed):
        """Press a button as a browser does, with other values for some fields; the answer."""
        form = self.button(text).form
        kept = [(name, value) for name, value in form.fields if name not in changed]
        data = {}
        for name, value in [*kept, *changed.items()]:
            data.setdefault(name, []).append(value)
        assert form.method == "post"
        return client.post(form.action, data=data)


def read(answer):
    """Take a page apart and check that it is sound."""
    assert answer.status_code < 400, answer.text
    page = Page(answer.text)
    assert not page.faults, page.faults
    return page
