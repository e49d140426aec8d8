"""Who may use it: the host's users, by what the access given makes of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flask_talentpool.access import Access, Role
from flask_talentpool.commands.checks.findings import Finding, found
from flask_talentpool.commands.common import MOST_SHOWN, listed, printable
from flask_talentpool.commands.host_understood import Understood
from flask_talentpool.context import Context
from flask_talentpool.entries import nearest, read
from flask_talentpool.errors import ConfigError
from flask_talentpool.host.reader import Reader
from flask_talentpool.login import FlaskLoginAccess

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

AT_EACH_END = 500
"""How many of the oldest and of the newest users are read where their roles cannot be counted in SQL."""
MOST_ROLES = 1000


def rights(talentpool: "TalentPool", understood: Understood) -> Iterator[Finding]:
    """Say who is what, and what keeps everybody out."""
    access: Any = talentpool.access
    if isinstance(access, type):
        yield found("access_class", access.__name__)
    elif type(access) is Access:
        yield found("no_access")
    elif isinstance(access, FlaskLoginAccess):
        try:
            access.require_login()
        except ConfigError as error:
            yield found("access_login", " ".join(error.problems).rstrip("."))
            return
        yield from _Users(talentpool.context(), access, understood).look()


def user_classes(ctx: Context) -> list[type[Any]]:
    """Return the host's classes that Flask-Login can sign in; of several that inherit, the first."""
    classes = {
        mapper
        for what in ("candidate", "application", "job")
        if (cls := getattr(ctx.host.map, what)) is not None
        for mapper in sa.inspect(cls).registry.mappers
        if _is_user(mapper.class_)
    }
    roots = [one for one in classes if not any(above in classes for above in list(one.iterate_to_root())[1:])]
    return sorted((one.class_ for one in roots), key=lambda cls: cls.__name__)


def _is_user(cls: type[Any]) -> bool:
    return hasattr(cls, "get_id") and hasattr(cls, "is_authenticated")


class _Users:
    """The users there are, by their roles."""

    def __init__(self, ctx: Context, access: FlaskLoginAccess, understood: Understood) -> None:
        self.ctx, self.access, self.understood = ctx, access, understood
        self.held: Counter[str] = Counter()
        """Role values that users have, as text."""
        self.values: list[Any] = []
        self.unreadable: dict[str, str] = {}
        self.is_whole = True
        """Whether all users were looked at."""

    def look(self) -> Iterator[Finding]:
        counted: dict[str, Counter[str]] = {}
        for cls in user_classes(self.ctx):
            try:
                roles = self._count(cls)
            except sa.exc.SQLAlchemyError:
                self.ctx.session.rollback()
                self.unreadable[cls.__name__] = "the database could not read it"
                continue
            if roles is not None:
                counted[cls.__name__] = roles
        self.understood.users = {name: dict(roles) for name, roles in counted.items() if roles}
        self.understood.users_all = self.is_whole
        yield from self._judged(counted)

    def _judged(self, counted: dict[str, Counter[str]]) -> Iterator[Finding]:
        all_of_them = sum(counted.values(), Counter[str]())
        if self.unreadable:
            detail = "; ".join(self.unreadable.values())
            yield found("role", detail, stops=not (all_of_them[Role.RECRUITER] or all_of_them[Role.ADMIN]))
        if not all_of_them:
            if not self.unreadable:
                yield found("no_users")
            return
        if not (all_of_them[Role.RECRUITER] or all_of_them[Role.ADMIN]):
            there = f"they have {listed(dict(self.held.most_common()))}" if self.held else "they have no role"
            yield found("nobody", there, stops=self.is_whole and not all_of_them[Role.MANAGER])
        unheld = [
            f"{role}s {', '.join(map(self._with_nearest, values))}"
            for role, values in self.access.unheld(self.values).items()
            if values
        ]
        if unheld and self.is_whole:
            yield found("role_values", "; ".join(unheld))

    def _with_nearest(self, value: object) -> str:
        near = nearest(str(value), list(self.held))
        hint = f" (did you mean {printable(near)}?)" if near else ""
        return f"{printable(str(getattr(value, 'name', value)))}{hint}"

    def _count(self, cls: type[Any]) -> Counter[str] | None:
        """Count the users of a class by what they are here; None where the role cannot be read on any."""
        counted: Counter[str] = Counter()
        for held, number in self._held(cls):
            roles = self.access.roles_for(held)
            for role in roles:
                counted[role] += number
            if not roles:
                counted["nothing here"] += number
            parts = list(self.access.parts(held))
            self.values += parts
            self.held.update({_text(part): number for part in parts})
        return None if cls.__name__ in self.unreadable and not counted else counted

    def _held(self, cls: type[Any]) -> Iterable[tuple[Any, int]]:
        entry = self.access.role
        reader = None
        if isinstance(entry, str):
            try:
                reader = Reader(cls, entry, "role")
            except ValueError as error:
                if not hasattr(cls, entry.partition(".")[0]):
                    self.unreadable[cls.__name__] = str(error)
                    return ()
        if reader is not None and reader.in_sql and not reader.is_row:
            return self._grouped(cls, reader)
        return self._sampled(cls)

    def _grouped(self, cls: type[Any], reader: Reader) -> list[tuple[Any, int]]:
        base = reader.add_to(sa.select(_key(cls).label("key")), cls, "role").subquery()
        number = sa.func.count().label("number")
        grouped = sa.select(base.c.role, number).group_by(base.c.role).order_by(number.desc())
        rows = [
            (row.role, row.number) for row in self.ctx.session.execute(grouped.limit(MOST_ROLES + 1)).all()
        ]
        self.is_whole = self.is_whole and len(rows) <= MOST_ROLES
        return rows

    def _sampled(self, cls: type[Any]) -> Iterator[tuple[Any, int]]:
        session, key = self.ctx.session, _key(cls)
        found = {}
        for order in (key.asc(), key.desc()):
            for user in session.scalars(sa.select(cls).order_by(order).limit(AT_EACH_END)).unique():
                found[id(user)] = user
        self.is_whole = self.is_whole and len(found) < 2 * AT_EACH_END
        for user in found.values():
            try:
                held = list(self.access.parts(read(self.access.role, user)))
            except sa.exc.SQLAlchemyError:
                raise
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                said = (
                    str(error) if isinstance(error, AttributeError) and error.name else type(error).__name__
                )
                self.unreadable.setdefault(cls.__name__, said.rstrip("."))
            else:
                yield held, 1


def _key(cls: type[Any]) -> Any:
    mapper = sa.inspect(cls)
    return getattr(cls, mapper.get_property_by_column(mapper.primary_key[0]).key)


def _text(value: Any) -> str:
    """Return a role value as it is shown; what is neither a name nor a number is none of ours to print."""
    return str(getattr(value, "name", value))[:80]


def somebody(talentpool: "TalentPool") -> Any:
    """Return a user whom the access lets in, for a look at a page; None where none is found quickly."""
    access, ctx = talentpool.access, talentpool.context()
    if not isinstance(access, FlaskLoginAccess):
        return None
    for cls in user_classes(ctx):
        for user in ctx.session.scalars(sa.select(cls).order_by(_key(cls)).limit(MOST_SHOWN)).unique():
            try:
                if access.roles_for(read(access.role, user)):
                    return user
            except Exception:  # noqa: BLE001 (the same; it was said already)
                break
    return None
