"""Writing a letter: its template, its text part, and its HTML part."""

import functools
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flask_talentpool.errors import TalentPoolError
from flask_talentpool.links import Purpose, placeholder

REQUIRED = ("name", "company", "writer", "reply_address")
"""What every letter needs; an invitation also names its job."""
VARIABLES = (
    *REQUIRED,
    "job",
    "writer_role",
    "interviewed_on",
    "applied_on",
    "reason",
    "line",
    "pool",
    "wanted_by",
    "keep_months",
    "answer_by",
)
_LINK = re.compile(r"\[([^\[\]\n]{1,120})\]\((link|guide):([a-z-]+)\)")
_ONLY_LINK = re.compile(rf"^{_LINK.pattern}$")


class EmptyField(TalentPoolError):
    """A field this letter needs is empty. Fill it in, and the letter goes by itself."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The letter needs “{field}”, which is empty.")
        self.field = field


class UnknownText(TalentPoolError):
    """There is no text of this name in this language. Install the package again; its texts are part of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words, with placeholders where its personal links belong."""

    subject: str
    text: str
    html: str


class _Texts(jinja2.BaseLoader):
    """Reads the packaged texts: one folder per language."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        path = files("flask_talentpool.letters").joinpath("texts", *template.split("/"))
        if not path.is_file():
            raise jinja2.TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), None, lambda: True


@functools.cache
def _environment(*, escape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=_Texts(), undefined=jinja2.StrictUndefined, autoescape=escape, keep_trailing_newline=False
    )


def write(text: str, values: Mapping[str, str], *, language: str, guide_url: Callable[[str], str]) -> Written:
    """Write one letter.

    Args:
        text: The text's name without language and ending, such as ``outcome/finalist.open``.
        values: A value for each of ``VARIABLES``; those of ``REQUIRED`` must not be empty.
        language: The folder of texts, such as ``en``.
        guide_url: Gives the address of a guide page by its key.

    Raises:
        EmptyField: A required value is empty; ``field`` names it.
        UnknownText: The package has no such text.
    """
    clean = {name: _one_line(values.get(name, "")) for name in VARIABLES}
    for name in (*REQUIRED, "job") if text.startswith("recall") else REQUIRED:
        if not clean[name]:
            raise EmptyField(name)
    try:
        rendered = _environment(escape=False).get_template(f"{language}/{text}.txt").render(clean)
    except jinja2.TemplateNotFound:
        raise UnknownText(f"There is no text {text!r} in {language!r}.") from None
    head, _, body = rendered.replace("\r\n", "\n").partition("\n\n")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip()]
    subject = head.removeprefix("Subject:").strip()
    return Written(
        subject=subject,
        text="\n\n".join(_as_text(part, guide_url) for part in paragraphs) + "\n",
        html=_as_html(subject, paragraphs, clean["company"], language=language, guide_url=guide_url),
    )


def _one_line(value: str) -> str:
    # A value must not be able to make a link of its own.
    return " ".join(value.split()).replace("](", "] (")


def _address(kind: str, name: str, guide_url: Callable[[str], str]) -> str:
    return placeholder(Purpose(name)) if kind == "link" else guide_url(name)


def _as_text(paragraph: str, guide_url: Callable[[str], str]) -> str:
    return _LINK.sub(lambda found: f"{found[1]}:\n{_address(found[2], found[3], guide_url)}", paragraph)


def _as_html(
    subject: str, paragraphs: list[str], company: str, *, language: str, guide_url: Callable[[str], str]
) -> str:
    parts = [
        {
            "button": bool(_ONLY_LINK.match(part)) and "](link:" in part,
            "body": _anchors(html.escape(part, quote=False), guide_url, button="](link:" in part),
        }
        for part in paragraphs
    ]
    layout = _environment(escape=True).get_template("layout.html")
    return layout.render(subject=subject, parts=parts, company=company, language=language)


def _anchors(escaped: str, guide_url: Callable[[str], str], *, button: bool) -> str:
    style = (
        "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5a4c;color:#ffffff;"
        "text-decoration:none;font-weight:600"
        if button
        else "color:#1f5a4c"
    )

    def anchor(found: re.Match[str]) -> str:
        address = html.escape(_address(found[2], found[3], guide_url))
        return f'<a href="{address}" style="{style}">{found[1]}</a>'

    return _LINK.sub(anchor, escaped)
