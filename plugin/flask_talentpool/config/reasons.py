"""Why somebody is turned down: what may be said in a letter, and what stays inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DETAIL = "{detail}"
"""Stands in a reason's sentence for what only this decision knows: which stated requirement."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to choose from.

    Attributes:
        label: What recruiters read.
        shared: The sentence for the letter by language; empty for a reason that is internal only. It may
            hold ``{detail}``, which the recruiter then has to fill in.

    >>> Reason("Filled internally", {"en": "The job went to a colleague."}).may_be_shared
    True
    >>> Reason("Other").may_be_shared
    False
    """

    label: str
    shared: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError("A Reason needs a label that recruiters read.")
        object.__setattr__(self, "shared", MappingProxyType(dict(self.shared)))

    @property
    def may_be_shared(self) -> bool:
        """Whether a letter may give this reason."""
        return bool(self.shared)

    @property
    def needs_detail(self) -> bool:
        """Whether the sentence has a gap that only this decision can fill."""
        return any(DETAIL in sentence for sentence in self.shared.values())

    def sentence(self, language: str, detail: str = "") -> str:
        """Return the sentence for a letter in a language; empty where nothing may be said in it.

        A sentence in another language is no substitute, and one whose gap is empty is not said.
        """
        text = self.shared.get(language) or self.shared.get(language.partition("-")[0], "")
        if DETAIL in text:
            return text.replace(DETAIL, detail) if detail else ""
        return text


DEFAULT_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "other_person": Reason(
            "Another person was chosen",
            {
                "en": "We have chosen another person for it.",
                "de": "Wir haben uns für eine andere Person entschieden.",
            },
        ),
        "job_closed": Reason(
            "The job was cancelled or put on hold",
            {
                "en": "The job itself is not being filled for now; this says nothing about you.",
                "de": "Die Stelle wird vorerst nicht besetzt; mit der Bewerbung hat das nichts zu tun.",
            },
        ),
        "filled_internally": Reason(
            "Filled from inside the company",
            {
                "en": "The job went to somebody who works here already.",
                "de": "Die Stelle wurde aus dem eigenen Haus besetzt.",
            },
        ),
        "requirement": Reason(
            "A stated requirement was not met",
            {
                "en": "The advertisement asked for {detail}, and we did not find it in what we saw.",
                "de": "In der Ausschreibung stand als Voraussetzung: {detail}. Das haben wir in den Unterlagen und Gesprächen nicht gefunden.",
            },
        ),
        "closed_before_review": Reason(
            "Closed before the application was looked at",
            {
                "en": "The job was closed before we came to read your application; this says nothing about it.",
                "de": "Das Auswahlverfahren war abgeschlossen, bevor wir die Bewerbung lesen konnten; das sagt nichts über sie.",
            },
        ),
        "internal": Reason("Another reason, internal only"),
    }
)
"""The reasons there are where a host configures none."""

CONFIRMED = ("other_person", "job_closed", "filled_internally", "closed_before_review")
"""The codes of reasons that the host's records can confirm; the others only a person can give."""
