"""The guide's pages: which there are, and each as HTML for a host to serve."""

from flask_talentpool.config.guide_keys import KEYS
from flask_talentpool.guide.facts import GuideFacts
from flask_talentpool.guide.guide import Guide, GuidePage, UnknownGuidePage
from flask_talentpool.guide.pages import GuideProblem

__all__ = ["Guide", "GuideFacts", "GuidePage", "GuideProblem", "UnknownGuidePage", "keys", "load"]


def keys() -> tuple[str, ...]:
    """Return the keys of all pages in reading order; the home page, `"index"`, is not among them.

    >>> keys()[0]
    'what-happens-next'
    """
    return KEYS


def load(key: str, *, language: str = "en") -> GuidePage:
    """Return one packaged page as it reads in an installation where nothing was changed.

    What an installation shows, with its own numbers and without what it hides, is `Guide.of(settings)`.

    Args:
        key: One of `keys()`, or `"index"`.
        language: Such as `de` or `de-informal`; see `Guide.load`.

    Raises:
        UnknownGuidePage: There is no such page; the message names the nearest key.
    """
    return Guide().load(key, language=language)
