"""Who may do what: actions, roles, the rights table and the base class that denies everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, false
from sqlalchemy import inspect as inspect_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstanceState
from werkzeug.exceptions import Forbidden, Unauthorized

from flask_talentpool.text import one_line, printed_name

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class Role(StrEnum):
    """What a signed-in user is to the talent pool."""

    MANAGER = "manager"
    RECRUITER = "recruiter"
    ADMIN = "admin"


class Action(StrEnum):
    """One thing a role may or may not do."""

    VIEW = "view"
    POOL_WRITE = "pool_write"
    RECALL_TO_POOL = "recall_to_pool"
    LETTER_READ = "letter_read"
    LETTER_LINE = "letter_line"
    LETTER_WRITE = "letter_write"
    LETTER_BULK = "letter_bulk"
    FINISH_ORDER = "finish_order"
    INVITE = "invite"
    EXPORT = "export"
    FORGET = "forget"
    TEXT_WRITE = "text_write"
    SETTINGS = "settings"
    NOTE_READ_OTHERS = "note_read_others"


_WORDING: Mapping[Action, str] = {
    Action.VIEW: "see people, jobs and pools",
    Action.POOL_WRITE: "add to pools, remove, tag",
    Action.RECALL_TO_POOL: "press “Recall to pool”",
    Action.LETTER_READ: "read letters",
    Action.LETTER_LINE: "write the personal line of a letter",
    Action.LETTER_WRITE: "set the door, approve, send now, take back, mark as told",
    Action.LETTER_BULK: "act on many letters at once",
    Action.FINISH_ORDER: "order the finalists",
    Action.INVITE: "invite back to a job",
    Action.EXPORT: "export people",
    Action.FORGET: "forget a person",
    Action.TEXT_WRITE: "edit the texts of letters",
    Action.SETTINGS: "change settings",
    Action.NOTE_READ_OTHERS: "read notes that others wrote",
}

RIGHTS: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.MANAGER: frozenset({Action.VIEW, Action.LETTER_READ, Action.LETTER_LINE, Action.FINISH_ORDER}),
        Role.RECRUITER: frozenset(Action) - {Action.SETTINGS},
        Role.ADMIN: frozenset(Action),
    }
)
"""What each role may do: a manager for own jobs, a recruiter within own scopes, an admin everywhere."""

_WITHIN: Mapping[Role, str] = {
    Role.MANAGER: "own jobs",
    Role.RECRUITER: "own scope",
    Role.ADMIN: "all scopes",
}


def rights_table() -> list[tuple[str, ...]]:
    """Return the rights as rows of text for the guide, the heading first.

    A cell says within what the role may do it; an empty cell means never.
    """
    heading = ("action", "what it lets you do", *(role for role in Role))
    rows = [
        (action, _WORDING[action], *(_WITHIN[role] if action in RIGHTS[role] else "" for role in Role))
        for action in Action
    ]
    return [heading, *rows]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person acting, as the host knows them.

    Attributes:
        id: Class and key of the host's user, such as `"Recruiter:1"`, since several login classes can
            share their keys.
        name: What pages and letters call them.
        email: Where they read mail, if known.
    """

    id: str
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a right is asked about, where there is no row of ours that says it.

    Attributes:
        scope: Who is responsible for the data.
        owner_key: The actor id of the job's owner, if it has one.
    """

    scope: str = ""
    owner_key: str | None = None


def owner_key(user: object) -> str:
    """Return the actor id of a row of the host's users: class and primary key.

    The key of a mapped row is used even where `get_id()` says something else, since hosts that end
    sessions early let it return a changing secret.

    Raises:
        TypeError: The object is neither a stored row nor one with `get_id()`.
    """
    key = primary_key(user)
    if key is None:
        get_id = getattr(user, "get_id", None)
        if not callable(get_id):
            raise TypeError(
                f"A {type(user).__name__} has no key to know it by; map a stored row of a model, or give it "
                "get_id()."
            )
        key = str(get_id())
    return f"{type(user).__name__}:{key}"


USUAL_NAMES = (
    ("full_name",),
    ("name",),
    ("display_name",),
    ("first_name", "last_name"),
    ("given_name", "family_name"),
)
"""Where users have their name, an attribute or several that make one together; the first that says one counts."""
USUAL_ADDRESSES = ("email", "mail", "email_address")


def _usual(user: object, names: tuple[str, ...]) -> str:
    """Return what attributes say together; one that is not there, or raises, says nothing."""
    found = []
    for name in names:
        try:
            found.append(getattr(user, name, None))
        except DBAPIError:
            raise  # the transaction is over
        except Exception:  # noqa: BLE001, S112 (a property of the host's may raise anything)
            continue
    return one_line(" ".join(text for text in found if isinstance(text, str)))


def primary_key(row: object) -> str | None:
    """Return the primary key of a mapped row as text; None for anything else."""
    state = inspect_row(row, raiseerr=False)
    if not isinstance(state, InstanceState):
        return None
    # A row that is being flushed has its key already, but not yet its identity.
    parts = state.identity or state.mapper.primary_key_from_instance(row)
    return ",".join(map(str, parts)) if all(part is not None for part in parts) else None


Visible = Callable[[Any], Select[Any]]
"""Narrows a SELECT to the rows the acting person may see."""
May = Callable[[Action, Any], bool]
"""Whether the acting person may do something to a subject."""


class Access:
    """Decide who may do what; this base denies everything.

    A host subclasses it, or uses `FlaskLoginAccess`. Every method is asked anew in each request.
    """

    def actor(self) -> Actor | None:
        """Return who is acting, or None for nobody signed in."""
        return None

    def may(self, actor: Actor | None, action: Action, subject: object | None = None) -> bool:  # noqa: ARG002
        """Return whether the actor may do this.

        Args:
            actor: Who asks.
            action: What for.
            subject: A row with `scope`, and `owner_key` where a job has an owner, or a `Subject`. Without
                one the question is whether the actor may do it anywhere at all, as for a menu; it is no
                permission to touch a row.
        """
        return False

    def scopes(self, actor: Actor | None) -> frozenset[str] | None:  # noqa: ARG002
        """Return the scopes the actor may see; None means all of them."""
        return frozenset()

    def visible(self, actor: Actor | None, statement: Select[Any]) -> Select[Any]:  # noqa: ARG002
        """Narrow a SELECT to the rows the actor may see.

        The entities to narrow by must stand in the SELECT's columns; to count, count the narrowed
        statement as a subquery.
        """
        return statement.where(false())

    def name_of(self, user: object) -> str:
        """Return what letters call a user of the host's, such as the owner of a job; empty where nothing is a name.

        Without `HostMap(owner_name=…)`. The usual attributes are tried.
        """
        return next(filter(None, (printed_name(_usual(user, names)) for names in USUAL_NAMES)), "")

    def address_of(self, user: object) -> str:
        """Return where a user of the host's reads mail; empty where nothing says so.

        Without `HostMap(owner_email=…)`. The usual attributes are tried.
        """
        return next(filter(None, (_usual(user, (name,)) for name in USUAL_ADDRESSES)), "")

    def deny(self, actor: Actor | None) -> ResponseReturnValue:
        """Answer a request that is not allowed: 401 for nobody signed in, else 403."""
        if actor is None:
            raise Unauthorized
        raise Forbidden
