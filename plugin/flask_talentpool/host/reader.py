"""One entry of the map, resolved: reads a row, and where it can, becomes part of a statement."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.hybrid import hybrid_property

from flask_talentpool.entries import nearest

Entry = str | Callable[[Any], Any]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message that names the nearest of what there is; empty when none is near."""
    match = nearest(word, known)
    return f"; did you mean {match!r}?" if match else ""


def _attributes(cls: type[Any]) -> list[str]:
    return [n for n in dir(cls) if not n.startswith("_") and n not in {"metadata", "registry", "query"}]


class Reader:
    """One resolved entry: reads a row, and where it can, gives the SQL for it."""

    def __init__(
        self, root: type[Any], entry: Entry, what: str, *, key_of_target: type[Any] | None = None
    ) -> None:
        """Resolve ``entry`` against ``root``.

        Args:
            root: The mapped class whose rows will be read.
            entry: Attribute name, dotted path or callable.
            what: The name of the map entry, for messages.
            key_of_target: When given, the entry leads to a row of this class (or holds its key).

        Raises:
            ValueError: An attribute of the path is not there; the text names the nearest one.
        """
        self.root, self.entry, self.what, self.target = root, entry, what, key_of_target
        self.hops: list[str] = []
        self.leaf: str | None = None
        self.is_row = False
        self._sql = False
        if isinstance(entry, str):
            self._resolve(entry)

    def _resolve(self, path: str) -> None:
        current: type[Any] | None = self.root
        *hops, leaf = path.split(".")
        for hop in hops:
            current = self._step(current, hop)
            self.hops.append(hop)
        self._check_attribute(current, leaf)
        self.leaf = leaf
        if current is None:
            return
        mapper = sa.inspect(current)
        if leaf in mapper.relationships:
            if mapper.relationships[leaf].uselist:
                msg = f"{self.what}={path!r}: {current.__name__}.{leaf} is a collection; name a to-one relationship or give a callable"
                raise ValueError(msg)
            self.is_row = True
            if self.target is not None and not issubclass(
                mapper.relationships[leaf].mapper.class_, self.target
            ):
                found = mapper.relationships[leaf].mapper.class_.__name__
                msg = f"{self.what}={path!r}: {current.__name__}.{leaf} leads to {found}, not to {self.target.__name__}"
                raise ValueError(msg)
            self._sql = self.target is not None
        else:
            descriptor = mapper.all_orm_descriptors.get(leaf)
            self._sql = (
                leaf in mapper.column_attrs
                or leaf in mapper.synonyms
                or isinstance(descriptor, hybrid_property)
            )

    def _step(self, current: type[Any] | None, hop: str) -> type[Any] | None:
        self._check_attribute(current, hop)
        if current is None:
            return None
        mapper = sa.inspect(current)
        if hop not in mapper.relationships:
            return None  # a plain Python attribute: rows can be read, SQL cannot
        if mapper.relationships[hop].uselist:
            msg = f"{self.what}={self.entry!r}: {current.__name__}.{hop} is a collection; name a to-one relationship or give a callable"
            raise ValueError(msg)
        found: type[Any] = mapper.relationships[hop].mapper.class_
        return found

    def _check_attribute(self, cls: type[Any] | None, attribute: str) -> None:
        if cls is not None and not hasattr(cls, attribute):
            msg = f"{self.what}={self.entry!r}: {cls.__name__} has no attribute {attribute!r}{did_you_mean(attribute, _attributes(cls))}"
            raise ValueError(msg)

    @property
    def in_sql(self) -> bool:
        """Whether the entry can be part of a statement."""
        return self._sql

    def read(self, row: Any) -> Any:
        """Read the entry on ``row``; None when a link of the path is empty."""
        if callable(self.entry):
            return self.entry(row)
        for hop in (*self.hops, self.leaf):
            if row is None or hop is None:
                return None
            row = _attribute(row, hop)
        return row

    def relationships(self) -> tuple[Any, ...]:
        """Return the relationships that reading the entry goes along, in order; none of a callable's."""
        found: list[Any] = []
        current: Any = self.root
        for name in (*self.hops, self.leaf):
            mapper = sa.inspect(current)
            if name is None or name not in mapper.relationships:
                break
            found.append(getattr(current, name))
            current = mapper.relationships[name].mapper.class_
        return tuple(found)

    def watched(self) -> frozenset[str] | None:
        """Return the attributes of the root row that change when the entry does; None for "any"."""
        if callable(self.entry):
            return None
        mapper = sa.inspect(self.root)
        first = (*self.hops, self.leaf)[0] or ""
        names = {first}
        if first in mapper.relationships:
            for column in mapper.relationships[first].local_columns:
                names.add(mapper.get_property_by_column(column).key)
        elif first not in mapper.column_attrs:
            return None
        return frozenset(names)

    def add_to(self, statement: sa.Select[Any], root: Any, label: str) -> sa.Select[Any]:
        """Add the entry as a column to a statement over ``root`` (the class or an alias of it)."""
        current = root
        for hop in self.hops:
            statement, current = self._join(statement, current, hop)
        leaf = str(self.leaf)
        if self.is_row:
            relationship = sa.inspect(sa.inspect(current).mapper.class_).relationships[leaf]
            target_key = sa.inspect(relationship.mapper.class_).primary_key[0]
            pairs = relationship.local_remote_pairs or []
            local = next((here for here, there in pairs if there is target_key), None)
            if local is not None and relationship.secondary is None:
                key = sa.inspect(sa.inspect(current).mapper.class_).get_property_by_column(local).key
                return statement.add_columns(getattr(current, key).label(label))
            statement, current = self._join(statement, current, leaf)
            leaf = sa.inspect(relationship.mapper.class_).get_property_by_column(target_key).key
        return statement.add_columns(getattr(current, leaf).label(label))

    @staticmethod
    def _join(statement: sa.Select[Any], current: Any, hop: str) -> tuple[sa.Select[Any], Any]:
        relationship = getattr(current, hop)
        target = orm.aliased(relationship.property.mapper.class_)
        return statement.outerjoin(relationship.of_type(target)), target


def _attribute(row: Any, name: str) -> Any:
    """Read an attribute; what the host's mapping raises for instead of loading it is loaded here."""
    try:
        return getattr(row, name)
    except InvalidRequestError:
        state = sa.inspect(row, raiseerr=False)
        if state is None or state.session is None or name not in state.unloaded:
            raise
        _load(state, name)
        return getattr(row, name)


def _load(state: Any, name: str) -> None:
    """Load one attribute of a row that the session has; what else the row holds stays as it is."""
    mapper = state.mapper
    attribute = getattr(mapper.class_, name)
    key = mapper.get_property_by_column(mapper.primary_key[0]).key
    along = orm.joinedload(attribute) if name in mapper.relationships else orm.undefer(attribute)
    statement = (
        sa.select(mapper.class_).where(getattr(mapper.class_, key) == state.identity[0]).options(along)
    )
    with state.session.no_autoflush:
        state.session.scalars(statement).unique().one_or_none()
