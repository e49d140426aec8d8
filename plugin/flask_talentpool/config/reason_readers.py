"""How the settings about reasons are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from flask_talentpool.config.readers import WrongValueError
from flask_talentpool.config.reasons import CONFIRMED, Reason


def confirmed_reasons(value: object) -> frozenset[str]:
    """Read codes of reasons that the host's records can confirm."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WrongValueError(f'is {value!r}; write codes, such as {{"job_closed"}}, or () for none.')
    found = list(value)
    problems = [
        f"names {code!r}, which no record of your ATS can confirm; there are {', '.join(CONFIRMED)}."
        for code in found
        if code not in CONFIRMED
    ]
    if problems:
        raise WrongValueError(*problems)
    return frozenset(str(code) for code in found)


def reasons(value: object) -> Mapping[str, Reason]:
    """Read the reasons to choose from."""
    if not isinstance(value, Mapping) or not value:
        raise WrongValueError('must be a mapping of codes to Reason(…), such as {"closed": Reason("…")}.')
    problems = []
    for code, reason in value.items():
        if not isinstance(code, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", code):
            problems.append(
                f"has the code {code!r}; a code is up to 40 small letters, digits and underscores."
            )
        elif not isinstance(reason, Reason):
            problems.append(f"[{code!r}] is {reason!r}; write Reason(label, shared={{language: sentence}}).")
    if problems:
        raise WrongValueError(*problems)
    return MappingProxyType(dict(value))
