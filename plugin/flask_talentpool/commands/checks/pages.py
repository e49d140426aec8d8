"""Whether our pages can be reached and shown in this app: the URL map, and the base template with its block."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import current_app, g, render_template_string
from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.routing.exceptions import RequestRedirect

from flask_talentpool.commands.checks.findings import Finding, found
from flask_talentpool.commands.checks.rights import somebody
from flask_talentpool.commands.common import MOST_SHOWN
from flask_talentpool.login import FlaskLoginAccess

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

_PROBE = "talentpool-is-here"


def base_template(talentpool: "TalentPool") -> Iterator[Finding]:
    """Render the host's base template as our pages do, signed in as one of its staff where that can be."""
    name = talentpool.settings.base_template
    if name is None:
        return
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (Flask's documented way to the app)
    user = somebody(talentpool)
    with app.test_request_context(f"{talentpool.settings.url_prefix}/"):
        if user is not None and isinstance(talentpool.access, FlaskLoginAccess):
            g._login_user = user  # noqa: SLF001 (where Flask-Login looks first)
        with contextlib.suppress(Exception):  # the host's code; `doctor` opens whole pages
            app.preprocess_request()
        try:
            html = render_template_string(
                "{% extends layout %}{% block content %}" + _PROBE + "{% endblock %}", layout=name
            )
        except TemplateNotFound as error:
            yield found("base_template", f"there is no “{error.name}”")
        except TemplateSyntaxError as error:
            yield found("base_template", f"line {error.lineno} of “{error.name or name}” cannot be read")
        except Exception as error:  # noqa: BLE001 (it is the host's code)
            # Signed in as nobody, it may miss what it always has.
            yield found("base_raises", f"“{name}” {_said(error)}", stops=user is not None)
        else:
            if _PROBE not in html:
                yield found("base_block", f"“{name}”")


def _said(error: Exception) -> str:
    """Say what a template raised; the text of an error that is not Jinja's may name a person."""
    said = (
        f" ({error.message})" if isinstance(error, TemplateError | UndefinedError) and error.message else ""
    )
    return f"raises {type(error).__name__}{said}"


def routes(talentpool: "TalentPool") -> Iterator[Finding]:
    """Ask the URL map for each of our addresses, and for the host's beneath our prefix: does it lead where it should?"""
    prefix = talentpool.settings.url_prefix
    taken = []
    for rule in current_app.url_map.iter_rules():
        is_ours = rule.endpoint.startswith("talentpool.")
        if not is_ours and not rule.rule.startswith(f"{prefix}/"):
            continue
        if (path := _path(rule)) is None:
            continue
        for method in sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            other = _leads_to(path, method)
            if other is not None and other != rule.endpoint and other.startswith("talentpool.") != is_ours:
                taken.append(f"{method} {rule.rule} leads to {other}, not to {rule.endpoint}")
    if taken:
        shown = taken[:MOST_SHOWN]
        more = f" and {len(taken) - len(shown):,} more" if len(taken) > len(shown) else ""
        yield found("routes", "; ".join(shown) + more)


def _path(rule: Rule) -> str | None:
    """Return an address that a rule is for; None where its converters take none of ours."""
    for value in (1, "1", "x"):
        try:
            built = rule.build(dict.fromkeys(rule.arguments, value), append_unknown=False)
        except (ValueError, TypeError, AttributeError):
            continue
        if built is not None:
            return built[1]
    return None


def _leads_to(path: str, method: str) -> str | None:
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint)
