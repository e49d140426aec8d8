"""A page with its buttons, and what stands beside each about what pressing it does."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.web.reading import Page


@dataclass
class Announced:
    """A sentence of a page about what a press does: ``data-announces`` on its element says which kind."""

    kind: str
    id: str
    form: object
    tag: str
    words: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    depth: int = 1

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


class PageOfButtons(Page):
    """A page taken apart; a button's announcements are those it is described by, else those of its form."""

    def __init__(self, html: str) -> None:
        self.announced: list[Announced] = []
        self._hearing: list[Announced] = []
        super().__init__(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        for one in self._hearing:
            one.depth += tag == one.tag
            if tag == "time" and said.get("datetime"):
                one.times.append(datetime.fromisoformat(said["datetime"]))
        if "data-announces" in said and tag != "button":
            form = self._open_forms[-1] if self._open_forms else None
            one = Announced(said["data-announces"], said.get("id", ""), form, tag)
            self.announced.append(one)
            self._hearing.append(one)
        super().handle_starttag(tag, attrs)

    def _start_button(self, attrs, owner):
        if attrs.get("type", "submit") != "submit":
            return
        super()._start_button(attrs, owner)
        button = self._button
        button.action = attrs.get("formaction", "")
        button.announces, button.label = attrs.get("data-announces", ""), attrs.get("aria-label", "")
        button.described = attrs.get("aria-describedby", "").split()

    def handle_endtag(self, tag):
        for one in self._hearing:
            one.depth -= tag == one.tag
        self._hearing = [one for one in self._hearing if one.depth]
        super().handle_endtag(tag)

    def handle_data(self, data):
        super().handle_data(data)
        for one in self._hearing:
            one.words.append(data)

    def announcements(self, button) -> list[Announced]:
        """Return what the page says of a press: on the button, beside it, or in its form about every button there."""
        if button.announces:
            words = f"{button.text} {button.label}"
            return [Announced(button.announces, "", None, "", words=[words])]
        named = [
            one
            for one in self.announced
            if one.id in button.described
            or (one.id.startswith(button.form.id) and one.id.endswith("-announces"))
        ]
        others = {one for other in self.buttons for one in other.described}
        return named or [one for one in self.announced if one.form is button.form and one.id not in others]
