"""What a person agrees to by "keep me in mind", word for word, with the version that is stored beside it."""

LANGUAGE = "en"
VERSION = "2026-11.1"
"""Changed with every change to the words, so that it is known who agreed to which."""

_CONSENT = (
    "I want {company} to keep me in mind for {months} months. Until then {company} may keep my application "
    "in its talent pool, may invite me to talk about a job, and may otherwise write to me at most four times "
    "a year. I can leave on any day by this link, without giving a reason."
)


def consent(*, company: str, months: int) -> str:
    """Return the wording of the consent as it is shown and stored.

    >>> consent(company="Harbour", months=12)[:51]
    'I want Harbour to keep me in mind for 12 months. Un'
    """
    return _CONSENT.format(company=company or "the company", months=months)
