"""Widgets for the host's own pages."""

from typing import Any

from markupsafe import Markup


def recall_button(talentpool: Any, candidate: Any) -> Markup:
    return Markup("")


def badges(talentpool: Any, candidate: Any) -> Markup:
    return Markup("")


def letter_panel(talentpool: Any, application: Any) -> Markup:
    return Markup("")
