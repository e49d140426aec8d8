"""Checking a map against the host's classes: everything that is wrong is found at once."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.errors import MapError
from flask_talentpool.host.declared import ON_APPLICATION, ON_CANDIDATE, ON_JOB, HostMap
from flask_talentpool.host.reader import Reader, did_you_mean
from flask_talentpool.host.values import ValueSet


def resolve(host_map: HostMap) -> dict[str, Reader]:
    """Return a reader for each entry of the map.

    Raises:
        MapError: Something in the map is wrong; all problems are listed together.
    """
    return _Check(host_map).readers


class _Check:
    """One look at a map and the classes it names."""

    def __init__(self, host_map: HostMap) -> None:
        self.map = host_map
        self.readers: dict[str, Reader] = {}
        problems: list[str] = []
        self._check_classes(problems)
        if problems:
            raise MapError(problems)
        self._resolve_entries(problems)
        self._check_values(problems)
        if problems:
            raise MapError(problems)

    def _check_classes(self, problems: list[str]) -> None:
        for what in ("candidate", "application", "job"):
            cls = getattr(self.map, what)
            if cls is None:
                continue
            mapper: Any = sa.inspect(cls, raiseerr=False) if isinstance(cls, type) else None
            if not isinstance(mapper, orm.Mapper):
                problems.append(f"{what}={cls!r} is not a mapped class; give the model class itself")
                continue
            try:
                mapper.registry.configure(cascade=True)
            except sa.exc.SQLAlchemyError as error:
                problems.append(
                    f"{what}={cls.__name__}: SQLAlchemy could not configure the host's models: {error}"
                )
                continue
            if len(mapper.primary_key) != 1:
                keys = ", ".join(column.name for column in mapper.primary_key)
                problems.append(
                    f"{what}={cls.__name__} has a composite primary key ({keys}); a single-column key is needed: "
                    "add a surrogate key, or map a model that has one"
                )
        binds = {
            str(getattr(self.map, what).__name__): sa.inspect(
                getattr(self.map, what)
            ).local_table.metadata.info.get("bind_key")
            for what in ("candidate", "application", "job")
            if not problems and getattr(self.map, what) is not None
        }
        if len(set(binds.values())) > 1:
            listed = ", ".join(f"{name}: {bind or 'default'}" for name, bind in binds.items())
            problems.append(f"candidate, application and job must share one bind, but they do not ({listed})")

    def _resolve_entries(self, problems: list[str]) -> None:
        for root, names in (
            (self.map.candidate, ON_CANDIDATE),
            (self.map.application, ON_APPLICATION),
            (self.map.job, ON_JOB),
        ):
            for name in names:
                entry = getattr(self.map, name)
                if entry is None:
                    continue
                if root is None:
                    problems.append(f"{name}={entry!r} is read on the job, but the map names no job class")
                else:
                    self._resolve(root, name, entry, problems)
        for name, target in (
            ("application_candidate", self.map.candidate),
            ("application_job", self.map.job),
        ):
            entry = getattr(self.map, name)
            if entry and target is not None:
                self._resolve(self.map.application, name, entry, problems, target=target)
        if isinstance(self.map.offer_declined, str) or callable(self.map.offer_declined):
            self._resolve(self.map.application, "offer_declined", self.map.offer_declined, problems)

    def _resolve(
        self, root: type[Any], name: str, entry: Any, problems: list[str], *, target: type[Any] | None = None
    ) -> None:
        if not isinstance(entry, str) and not callable(entry):
            problems.append(f"{name}={entry!r} is neither an attribute name, a dotted path nor a callable")
            return
        try:
            self.readers[name] = Reader(root, entry, name, key_of_target=target)
        except ValueError as error:
            problems.append(str(error))

    def _check_values(self, problems: list[str]) -> None:
        host_map = self.map
        if host_map.name is None and host_map.first_name is None:
            problems.append("name is missing: give name=…, or first_name=… and last_name=…")
        if host_map.status is None:
            problems.append("status is missing: give the attribute that says how an application ended")
        if not host_map.rejected:
            problems.append("rejected is missing: give the status values that mean 'we said no'")
        same = host_map.candidate is host_map.application
        if not host_map.application_candidate and not same:
            problems.append(
                "application_candidate is missing: give the relationship or foreign key to the candidate"
            )
        if host_map.job is not None and not host_map.application_job:
            problems.append("application_job is missing: give the relationship or foreign key to the job")
        stages = ValueSet(host_map.stages)
        if host_map.stage is not None and not host_map.stages:
            problems.append("stages is missing: list the values of stage in order, first to last")
        if host_map.interviewed_from is not None and host_map.interviewed_from not in stages:
            problems.append(
                f"interviewed_from={host_map.interviewed_from!r} is not one of stages"
                + did_you_mean(str(host_map.interviewed_from), [str(s) for s in host_map.stages])
            )
        self._check_final_from(problems)
        reasons: object = host_map.reasons
        if not isinstance(reasons, Mapping):
            problems.append(f"reasons={reasons!r} is no mapping; write {{host's word: code}}")
        elif reasons and host_map.reason is None:
            problems.append(
                "reasons says what the words of reason mean, and reason is missing: give the attribute"
            )
        self._check_functions(problems)
        self._check_overlap(problems)

    def _check_final_from(self, problems: list[str]) -> None:
        stage, stages = self.map.final_from, [ValueSet((one,)) for one in self.map.stages]
        if stage is None:
            return
        at = next((at for at, one in enumerate(stages) if stage in one), None)
        if at is None:
            problems.append(
                f"final_from={stage!r} is not one of stages"
                + did_you_mean(str(stage), [str(s) for s in self.map.stages])
            )
        elif any(self.map.interviewed_from in one for one in stages[at + 1 :]):
            problems.append(
                f"final_from={stage!r} stands before interviewed_from={self.map.interviewed_from!r} in stages; whoever "
                "is a finalist was interviewed"
            )

    def _check_functions(self, problems: list[str]) -> None:
        """Functions that write into the host are called much later; what cannot be called is said now."""
        for name, arguments in (
            ("new_application", ("candidate", "job", "recall")),
            ("reject", ("application", "actor")),
            ("reopen", ("application",)),
        ):
            function = getattr(self.map, name)
            if function is None:
                continue
            if not callable(function):
                problems.append(
                    f"{name}={function!r} cannot be called; give a function of ({', '.join(arguments)})"
                )
            elif not _takes(function, len(arguments)):
                problems.append(
                    f"{name} is called with ({', '.join(arguments)}); the function given does not take that"
                )
        if self.map.reopen is not None and self.map.reject is None:
            problems.append("reopen undoes what reject did, and reject is missing: give both, or neither")

    def _check_overlap(self, problems: list[str]) -> None:
        sets = {
            name: getattr(self.map, name) for name in ("rejected", "hired", "withdrawn", "offer_declined")
        }
        plain = {name: v for name, v in sets.items() if not isinstance(v, str) and not callable(v)}
        names = list(plain)
        for index, first in enumerate(names):
            for second in names[index + 1 :]:
                both = [value for value in plain[first] if value in ValueSet(plain[second])]
                problems.extend(
                    f"{value!r} stands in both {first} and {second}; a status means one thing"
                    for value in both
                )


def _takes(function: Callable[..., Any], number: int) -> bool:
    """Whether a function can be called with so many arguments; one whose signature nobody can read is believed."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    try:
        signature.bind(*range(number))
    except TypeError:
        return False
    return True
