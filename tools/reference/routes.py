"""The page of HTTP routes: each address with its methods, what it does, and who was let in when it was tried."""

import functools
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask
from werkzeug.routing import Rule

from flask_talentpool.access import RIGHTS, Action, Role
from flask_talentpool.web.csrf import PUBLIC
from tools.reference.blocks import table
from tools.reference.host import SmallHost, small_host

FILES = "talentpool.static"
JSON = {"Accept": "application/json"}
NO_SESSION = {
    "talentpool.link": "who has the link; no session and no CSRF token",
    "talentpool.unsubscribe": "who has the link; a POST is the one-click of RFC 8058, without CSRF token",
}
STANDINGS = {"language": "en", "name": "progress", "key": "recruiters"}
"""What stands in an address for an argument that is a text."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address of ours."""

    endpoint: str
    address: str
    methods: tuple[str, ...]
    says: str
    actions: tuple[Action, ...]
    is_public: bool


@functools.cache
def every_route() -> tuple[Route, ...]:
    """Mount the extension and try every address, once for each right that is taken away."""
    with small_host() as host:
        host.mount()
        return tuple(_route(host, rule) for rule in _rules(host.app))


def _rules(app: Flask) -> Iterator[Rule]:
    order = {name: number for number, name in enumerate(app.view_functions)}
    ours = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("talentpool.")]
    return iter(sorted(ours, key=lambda rule: order[rule.endpoint]))


def _route(host: SmallHost, rule: Rule) -> Route:
    view = host.app.view_functions[rule.endpoint]
    is_public = getattr(view, PUBLIC, False) or rule.endpoint == FILES
    says = (inspect.getdoc(view) or "").splitlines()[0]
    if rule.endpoint == FILES:
        says = "Our style sheets, scripts and mark."
    methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    actions = () if is_public else tuple(_needed(host, rule, methods))
    return Route(rule.endpoint, str(rule), methods, says, actions, is_public)


def _needed(host: SmallHost, rule: Rule, methods: tuple[str, ...]) -> Iterator[Action]:
    """Yield each right without which the address is refused, whatever method is used."""
    client = host.app.test_client()
    _, address = rule.build({name: _standing(rule, name) for name in rule.arguments}) or ("", "")

    def refused() -> bool:
        answers = [
            client.open(address, method=method, data=_form(method), headers=JSON) for method in methods
        ]
        return any(answer.status_code == HTTPStatus.FORBIDDEN for answer in answers)

    host.access.denied, host.access.asked = None, set()
    refused()
    for action in sorted(host.access.asked, key=list(Action).index):
        host.access.denied = action
        if refused():
            yield action
    host.access.denied = None


def _form(method: str) -> dict[str, str] | None:
    # A mail is given to a person, and the form is read before the row is.
    return {"person_id": "1"} if method == "POST" else None


def _standing(rule: Rule, name: str) -> str | int:
    converter = type(rule._converters[name]).__name__  # noqa: SLF001 - there is no public way to ask
    return 1 if converter == "IntegerConverter" else STANDINGS.get(name, "1")


def _who(route: Route) -> str:
    if route.endpoint in NO_SESSION:
        return NO_SESSION[route.endpoint]
    if route.is_public:
        return "everybody"
    roles = [role.value for role in Role if set(route.actions) <= RIGHTS[role]]
    return f"{', '.join(roles)} (`{'`, `'.join(route.actions)}`)"


def blocks() -> dict[str, str]:
    """Return the page's parts: the pages of staff, and what is open to others."""
    routes = every_route()
    staff = [route for route in routes if not route.is_public]
    others = [route for route in routes if route.is_public]
    return {"staff": _table(staff), "public": _table(others)}


def _table(routes: list[Route]) -> str:
    rows = [
        (
            f"{', '.join(route.methods)} `{route.address.removeprefix('/talent-pool')}`",
            route.says,
            _who(route),
        )
        for route in routes
    ]
    return table(("Address", "What it does", "Who may"), rows)
