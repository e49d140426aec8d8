"""A base template with blocks of other names, fed by a context processor."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "other_layout"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.BASE_BLOCK,
        Trait.BASE_CONTEXT,
        Trait.JOB_RELATIONSHIP,
        Trait.CSRF_AFTER,
    }
)

SITE = """<!doctype html>
<html lang="en"><head><title>{% block page_title %}{{ company.name }}{% endblock %}</title></head>
<body class="{{ theme }}">
<nav>{% for label, address in navigation %}<a href="{{ address }}">{{ label }}</a>{% endfor %}</nav>
<div id="page">{% block body %}{% endblock %}</div></body></html>
"""

# The usual bridge between a host's block names and ours: four lines of the host's own.
BRIDGE = """{% extends "site/base.jinja" %}
{% block page_title %}{% block title %}{% endblock %}{% endblock %}
{% block body %}{% block content %}{% endblock %}{% endblock %}
"""


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True
    layout = SITE
    layout_name = "site/base.jinja"
    block = "body"

    def templates(self):
        return super().templates() | {"site/talentpool.jinja": BRIDGE}

    def settings(self):
        return {"TALENTPOOL_BASE_TEMPLATE": "site/talentpool.jinja"}

    def add_pages(self, app):
        super().add_pages(app)

        @app.context_processor
        def site():
            return {"company": {"name": "Ours Ltd"}, "theme": "plain", "navigation": [("Home", "/")]}

    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))
