"""What letters need to say in a person's language, beside their texts: the language itself, dates, phrases."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from flask_talentpool.context import Context
from flask_talentpool.letters.texts.versions import known_language

LAST_RESORT = "en"
"""The language every installation has texts in."""

_TOLD_HOW = {
    "en": {"phone": "on the phone", "in_person": "in person", "post": "by post", "portal": "on our portal"},
    "de": {"phone": "am Telefon", "in_person": "persönlich", "post": "per Post", "portal": "im Portal"},
}

_HIRING_TEAM = {"en": "The hiring team at {company}", "de": "Das Recruiting-Team von {company}"}


def language_for(ctx: Context, application: Any) -> str:
    """Return the language of letters about an application, one that there are texts in.

    The person's own language comes first, then the job's, then ``TALENTPOOL_LOCALE``; one without texts is
    passed over.
    """
    host = ctx.host
    if "locale" in host.readers and application is not None:
        candidate = host.candidate_of(application, ctx.session)
        if language := known_language(ctx, host.read("locale", candidate)):
            return language
    if "job_locale" in host.readers and application is not None:
        job = host.job_of(application, ctx.session)
        if language := known_language(ctx, host.read("job_locale", job)):
            return language
    return known_language(ctx, ctx.settings.locale) or LAST_RESORT


def day(moment: datetime | None, zone: ZoneInfo, language: str = "en") -> str:
    """Return a date as a letter writes it; empty for no date.

    A language that Babel does not know gets the date in figures, which all can read.

    >>> from datetime import UTC
    >>> moment = datetime(2026, 5, 12, 8, tzinfo=UTC)
    >>> [day(moment, ZoneInfo("Europe/Berlin"), language) for language in ("en", "de-AT", "fr", "xx")]
    ['12 May 2026', '12. Mai 2026', '12 mai 2026', '2026-05-12']
    """
    if moment is None:
        return ""
    local, primary = moment.astimezone(zone).date(), _primary(language)
    try:
        # The day comes first in English too, as most of the world reads it.
        return format_date(local, "long", locale=Locale("en", "GB") if primary == "en" else primary)
    except (UnknownLocaleError, ValueError):
        return local.isoformat()


def told_how(channel: str, language: str) -> str:
    """Return how somebody was told, as a phrase in a letter; empty where there are no words for it.

    >>> told_how("phone", "de-AT"), told_how("host", "de")
    ('am Telefon', '')
    """
    return _TOLD_HOW.get(_primary(language), {}).get(channel, "")


def hiring_team(company: str, language: str) -> str:
    """Return who signs a letter when nobody is named.

    >>> hiring_team("Brightwell", "de")
    'Das Recruiting-Team von Brightwell'
    """
    return _HIRING_TEAM.get(_primary(language), _HIRING_TEAM["en"]).format(company=company)


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()
