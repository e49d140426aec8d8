"""What has to be said or set before letters can go."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_talentpool.context import Context


@dataclass(frozen=True, slots=True)
class Setup:
    """What has to be said or set before letters can go."""

    setting: str
    question: str
    answer: str
    """How the sentence “Set SETTING …” goes on."""


def setup(ctx: Context) -> Iterator[Setup]:
    """Yield what is still missing."""
    settings = ctx.settings
    if settings.outcome_letters is None:
        yield Setup(
            "TALENTPOOL_OUTCOME_LETTERS",
            "Who writes the letter when somebody is turned down?",
            "to “ours” if this talent pool does, to “host” if your ATS sends its own mail. Until then every "
            "letter is written and held, so that nobody gets two.",
        )
    if not settings.company:
        yield Setup(
            "TALENTPOOL_COMPANY",
            "What do letters call your company?",
            "to its name as candidates know it. Until then every letter is held; then they go by themselves.",
        )
    if settings.mail_from is None:
        yield Setup(
            "TALENTPOOL_MAIL_FROM",
            "Whose name do letters carry?",
            "to an address a person reads, such as “Anna Berg <jobs@company.example>”.",
        )
    if settings.public_url is None:
        yield Setup(
            "TALENTPOOL_PUBLIC_URL",
            "Where do candidates reach you from outside?",
            "to the address your ATS has on the web; the links in letters begin with it.",
        )
    if settings.mail_url is None:
        yield Setup(
            "TALENTPOOL_MAIL_URL",
            "Where are letters handed over?",
            "to your mail server, such as “smtp+starttls://user:password@mail.company.example”.",
        )
