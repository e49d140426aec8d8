"""Who may do what, by a role that the host's Flask-Login user carries."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from typing import Any, ClassVar, TypeVar

from flask import current_app, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, false

from flask_talentpool.access import RIGHTS, Access, Action, Actor, Role, owner_key, primary_key
from flask_talentpool.entries import Entry, read
from flask_talentpool.errors import ConfigError
from flask_talentpool.text import one_line, printed_name

_Limit = TypeVar("_Limit")


class FlaskLoginAccess(Access):
    """Decide by a role that the host's Flask-Login user carries.

    Args:
        role: Where the role is read on the user: attribute, dotted path or callable. Its value may be
            text (compared without case), an Enum member, a number, an object with a `name`, or a
            collection of these. A user can have several of our roles and has the rights of all.
        recruiters: The role values that make a recruiter.
        managers: The role values that make a hiring manager.
        admins: The role values that make an administrator.
        scope: Where the user's scope, or a collection of scopes, is read: text, Enum members or rows, as
            in `HostMap(scope=…)`. Without it there is one scope.
        name: Where the user's name is read; without it the usual attributes are tried.
        email: Where the user's address is read; without it `email`, if there is one.

    Raises:
        ConfigError: A set of role values is bare text.

    A user without any of these roles may do nothing.
    """

    USUAL_NAMES: ClassVar[tuple[str, ...]] = ("full_name", "name", "display_name", "username")

    def __init__(
        self,
        role: Entry = "role",
        *,
        recruiters: Collection[object] = (),
        managers: Collection[object] = (),
        admins: Collection[object] = (),
        scope: Entry | None = None,
        name: Entry | None = None,
        email: Entry | None = None,
    ) -> None:
        given = {"recruiters": recruiters, "managers": managers, "admins": admins}
        bare = [argument for argument, values in given.items() if isinstance(values, str | bytes)]
        if bare:
            raise ConfigError(
                [f"FlaskLoginAccess({key}=…) must be a set of role values, such as {{'hr'}}." for key in bare]
            )
        self._role = role
        self._scope = scope
        self._name = name
        self._email = email
        self._values: dict[Role, tuple[object, ...]] = {
            Role.MANAGER: tuple(managers),
            Role.RECRUITER: tuple(recruiters),
            Role.ADMIN: tuple(admins),
        }

    def actor(self) -> Actor | None:
        """Return the signed-in user, or None."""
        user = self._user()
        if user is None:
            return None
        key = owner_key(user)
        return Actor(id=key, name=self._read_name(user) or key, email=self._read_email(user))

    def may(self, actor: Actor | None, action: Action, subject: object | None = None) -> bool:
        """Return whether one of the user's roles allows this within its reach."""
        user = self._user_of(actor)
        if actor is None or user is None:
            return False
        return any(
            action in RIGHTS[role] and self._reaches(role, actor=actor, user=user, subject=subject)
            for role in self._roles(user)
        )

    def scopes(self, actor: Actor | None) -> frozenset[str] | None:
        """Return the user's scopes; None for an admin, who sees all."""
        user = self._user_of(actor)
        roles = self._roles(user) if user is not None else frozenset()
        if Role.ADMIN in roles:
            return None
        return self._own_scopes(user) if roles else frozenset()

    def visible(self, actor: Actor | None, statement: Select[Any]) -> Select[Any]:
        """Narrow a SELECT to the user's scopes and, for a manager, to own jobs.

        An entity is narrowed by its `scope` and `owner_key`. One that belongs to a job without carrying
        them declares classmethods instead, which return the narrowed statement:
        `visible_to_scopes(statement, scopes)` and `visible_to_owner(statement, owner_key)`. A subquery
        in them selects from an alias, since the statement may hold the same table already. Where no
        entity of the statement can be narrowed, nothing is visible.
        """
        user = self._user_of(actor)
        roles = self._roles(user) if user is not None else frozenset()
        if actor is None or not roles:
            return statement.where(false())
        if Role.ADMIN in roles:
            return statement
        statement = _narrow(
            statement,
            hook="visible_to_scopes",
            to=self._own_scopes(user),
            by=lambda entity, scopes: entity.scope.in_(sorted(scopes)) if hasattr(entity, "scope") else None,
        )
        if Role.RECRUITER in roles:
            return statement
        return _narrow(
            statement,
            hook="visible_to_owner",
            to=actor.id,
            by=lambda entity, key: entity.owner_key == key if hasattr(entity, "owner_key") else None,
        )

    def name_of(self, user: object) -> str:
        """Return what letters call a user; where `name=` says nothing of this one, the usual attributes are tried."""
        return printed_name(self._given(self._name, user)) or super().name_of(user)

    def address_of(self, user: object) -> str:
        """Return where a user reads mail; where `email=` says nothing of this one, the usual attributes are tried."""
        return self._given(self._email, user) or super().address_of(user)

    @staticmethod
    def _given(entry: Entry | None, user: object) -> str:
        try:
            value = read(entry, user) if entry is not None else None
        except AttributeError:  # the owner of a job may be of another class than who signs in
            return ""
        return one_line(value) if isinstance(value, str) else ""

    def deny(self, actor: Actor | None) -> ResponseReturnValue:
        """Answer as the host does: its sign-in page for nobody signed in, 401 or 403 as JSON wants it."""
        if actor is not None or _wants_json():
            return super().deny(actor)
        response: ResponseReturnValue = _login_manager().unauthorized()
        return response

    # What a look at the host's users asks

    @property
    def role(self) -> Entry:
        """Where the role is read on a user."""
        return self._role

    @staticmethod
    def parts(held: object) -> tuple[object, ...]:
        """Return the single values in what was read as a user's role."""
        return tuple(_each(held))

    def roles_for(self, held: object) -> frozenset[Role]:
        """Return what somebody is here whose role was read as this."""
        own = self.parts(held)
        return frozenset(
            role
            for role, wanted in self._values.items()
            if any(_same_role(value, one) for value in wanted for one in own)
        )

    def unheld(self, values: Collection[object]) -> dict[Role, list[object]]:
        """Return the role values given that none of these is."""
        return {
            role: [value for value in wanted if not any(_same_role(value, one) for one in values)]
            for role, wanted in self._values.items()
        }

    @staticmethod
    def require_login() -> None:
        """Raise unless Flask-Login is there and looks after this app.

        Raises:
            ConfigError: It is not; the message says what is missing.
        """
        _login_manager()

    def _reaches(self, role: Role, *, actor: Actor, user: object, subject: object | None) -> bool:
        if role is Role.ADMIN or subject is None:
            return True
        if getattr(subject, "scope", None) not in self._own_scopes(user):
            return False
        return role is Role.RECRUITER or getattr(subject, "owner_key", None) == actor.id

    def _user(self) -> object | None:
        if not has_request_context():
            return None
        _login_manager()
        proxy = _flask_login().current_user
        user: object | None = proxy._get_current_object()  # noqa: SLF001 - the proxy's public way to its object
        return user if getattr(user, "is_authenticated", False) else None

    def _user_of(self, actor: Actor | None) -> object | None:
        """Return the signed-in user, if the actor is this user; rights are read nowhere else."""
        user = self._user() if actor is not None else None
        return user if user is not None and actor is not None and owner_key(user) == actor.id else None

    def _roles(self, user: object) -> frozenset[Role]:
        return self.roles_for(read(self._role, user))

    def _own_scopes(self, user: object) -> frozenset[str]:
        if self._scope is None:
            return frozenset({""})
        return frozenset(_scope_text(scope) for scope in _each(read(self._scope, user)))

    def _read_name(self, user: object) -> str:
        if self._name is not None:
            return str(read(self._name, user) or "").strip()
        found = (getattr(user, attribute, None) for attribute in self.USUAL_NAMES)
        said = next((text.strip() for text in found if isinstance(text, str) and text.strip()), "")
        return super().name_of(user) or said

    def _read_email(self, user: object) -> str | None:
        value = read(self._email, user) if self._email is not None else getattr(user, "email", None)
        return value.strip() or None if isinstance(value, str) else None


def _narrow(
    statement: Select[Any], *, hook: str, to: _Limit, by: Callable[[Any, _Limit], ColumnElement[bool] | None]
) -> Select[Any]:
    """Narrow a statement by each of its entities that knows how; by none of them means no rows."""
    entities = {
        id(found["entity"]): found["entity"] for found in statement.column_descriptions if found.get("entity")
    }
    narrowed = False
    for entity in entities.values():
        own_way = getattr(entity, hook, None)
        condition = by(entity, to) if own_way is None else None
        if own_way is not None:
            statement = own_way(statement, to)
        elif condition is not None:
            statement = statement.where(condition)
        else:
            continue
        narrowed = True
    return statement if narrowed else statement.where(false())


def _each(value: Any) -> Iterable[Any]:
    """Return the parts of a value that may be one or a collection; None is no part."""
    if isinstance(value, Mapping):
        value = value.values()
    parts = value if isinstance(value, Iterable) and not isinstance(value, str | bytes) else (value,)
    return (part for part in parts if part is not None)


def _scope_text(value: object) -> str:
    """Return a scope as it stands in our tables: a row's key, an Enum member's value, else its text."""
    return primary_key(value) or str(value.value if isinstance(value, Enum) else value)


def _same_role(wanted: object, held: object) -> bool:
    """Return whether a configured role value is the one a user holds."""
    if isinstance(wanted, Enum) and isinstance(held, Enum):
        return wanted is held
    return not _spellings(wanted).isdisjoint(_spellings(held))


def _spellings(value: object) -> set[tuple[type, object]]:
    """Return what a role value may be written as; the type keeps True apart from 1."""
    if isinstance(value, Enum):
        return _spellings(value.name) | _spellings(value.value)
    if isinstance(value, bool | int):
        return {(type(value), value)}
    text = value if isinstance(value, str) else str(getattr(value, "name", value))
    folded = text.strip().casefold()
    return {(str, folded)} if folded else set()


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return request.is_json or (
        accepted.best_match(["text/html", "application/json"]) == "application/json"
        and accepted["application/json"] > accepted["text/html"]
    )


def _flask_login() -> Any:
    try:
        return importlib.import_module("flask_login")
    except ModuleNotFoundError:
        raise ConfigError(
            ["FlaskLoginAccess needs Flask-Login: install flask-talentpool[login], or write your own Access."]
        ) from None


def _login_manager() -> Any:
    _flask_login()
    manager = getattr(current_app, "login_manager", None)
    if manager is None:
        raise ConfigError(["This app has no LoginManager: call LoginManager(app) before its first request."])
    return manager
