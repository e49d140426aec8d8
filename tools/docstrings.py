"""Let the guide's Python API show docstrings as Markdown: roles and literal blocks of reStructuredText are rewritten."""

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:meth|class|func|attr|data|mod|exc):`~?(?P<name>[^`]+)`")
_LITERAL = re.compile(r"``(?P<text>[^`]+)``")
_BEFORE_CODE = re.compile(r"::[ \t]*$", re.MULTILINE)


def as_markdown(text: str) -> str:
    """Return a docstring without markup that only Sphinx knows.

    >>> as_markdown("See :meth:`~flask_talentpool.TalentPool.sync`, or ``None``. Example::")
    'See `sync`, or `None`. Example:'
    """
    text = _ROLE.sub(lambda found: f"`{found['name'].rpartition('.')[2]}`", text)
    return _BEFORE_CODE.sub(":", _LITERAL.sub(r"`\g<text>`", text))


class PlainDocstrings(griffe.Extension):
    """Rewrite every docstring that is read."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:  # noqa: ARG002 (Griffe's signature)
        """Rewrite the docstring of one object."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
