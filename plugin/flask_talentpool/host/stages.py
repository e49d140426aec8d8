"""How far an application came, by the stages that a map declares."""

from typing import Any

from flask_talentpool.enums import StageReached
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.values import ValueSet


class Stages:
    """The stages of a map, in order, and from which on somebody was interviewed or is a finalist."""

    def __init__(self, host_map: HostMap) -> None:
        self._each = tuple(ValueSet((stage,)) for stage in host_map.stages)
        last = len(self._each) - 1
        self.interviewed_from, self.final_from = (
            None if stage is None else self.place_of(stage)
            for stage in (host_map.interviewed_from, host_map.final_from)
        )
        self.last_is_interview = last > 0 and self.interviewed_from == last
        """Whether nothing comes after the first interview, so that the last stage makes no finalist by itself."""
        if self.final_from is None and last > 0 and not self.last_is_interview:
            self.final_from = last

    def place_of(self, stage: Any) -> int | None:
        """Return where a value stands among the stages; None where it is none of them."""
        return next((at for at, known in enumerate(self._each) if stage in known), None)

    def reached(self, stage: Any, *, interviewed: bool) -> StageReached:
        """Say how far an application came; an unknown stage counts as the first."""
        at = self.place_of(stage) or 0
        if self.final_from is not None and at >= self.final_from:
            return StageReached.FINALIST
        if interviewed or (self.interviewed_from is not None and at >= self.interviewed_from):
            return StageReached.INTERVIEWED
        return StageReached.SCREENED if at > 0 else StageReached.APPLIED
