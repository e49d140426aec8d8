"""Pages of this part."""

from flask import Blueprint


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
