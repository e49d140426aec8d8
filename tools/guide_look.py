"""MkDocs hook: what the theme shows of the package, beside the pages."""

import tomllib
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give the theme the version that the guide describes.

    It is read from the project file: the guide is also built where the package is not installed.
    """
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    config.extra["package"] = {"name": "Flask-TalentPool", "version": project["version"]}
    return config


def on_page_markdown(markdown: str, *, page: Page, **_others: object) -> str:
    """Say what a page cannot say of itself, because hosts serve the same file without this theme."""
    if page.is_homepage:
        # A place to choose, not to read.
        page.meta["hide"] = ["navigation", "toc", "footer"]
    if page.file.src_uri == "letters.md":
        # Dozens of letters would drown the pages that explain them, and double what every page fetches.
        page.meta["search"] = {"exclude": True}
    return markdown
