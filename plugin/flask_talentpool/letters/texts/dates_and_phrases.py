"""What letters need to say in a person's language, beside their texts: the language itself, dates, phrases."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_talentpool.context import Context
from flask_talentpool.letters.texts.versions import known_language

LAST_RESORT = "en"
"""The language every installation has texts in."""

_DATES = {
    "en": "{0.day} {1} {0.year}",
    "de": "{0.day}. {1} {0.year}",
    "es": "{0.day} de {1} de {0.year}",
    "pt": "{0.day} de {1} de {0.year}",
    "da": "{0.day}. {1} {0.year}",
    "nb": "{0.day}. {1} {0.year}",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
}

_TOLD_HOW = {
    "en": {"phone": "on the phone", "in_person": "in person", "post": "by post", "portal": "on our portal"},
    "de": {"phone": "am Telefon", "in_person": "persönlich", "post": "per Post", "portal": "im Portal"},
}

# Stands at the beginning of a sentence, inside one, and as a signature.
_HIRING_TEAM = {"en": "{company}’s hiring team", "de": "{company} (Personalauswahl)"}


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

    A language whose months nobody wrote down here gets the date in figures, which all can read.

    >>> from datetime import UTC
    >>> moment = datetime(2026, 5, 12, 8, tzinfo=UTC)
    >>> [day(moment, ZoneInfo("Europe/Berlin"), language) for language in ("en", "de-AT", "fr", "fi")]
    ['12 May 2026', '12. Mai 2026', '12 mai 2026', '2026-05-12']
    """
    if moment is None:
        return ""
    local, primary = moment.astimezone(zone).date(), _primary(language)
    if primary not in _MONTHS:
        return local.isoformat()
    return _DATES.get(primary, _DATES["en"]).format(local, _MONTHS[primary].split()[local.month - 1])


def told_how(channel: str, language: str) -> str:
    """Return how somebody was told, as a phrase in a letter; empty where there are no words for it.

    >>> told_how("phone", "de-AT"), told_how("host", "de")
    ('am Telefon', '')
    """
    return _TOLD_HOW.get(_primary(language), {}).get(channel, "")


def hiring_team(company: str, language: str) -> str:
    """Return who signs a letter when nobody is named.

    >>> hiring_team("Brightwell", "de")
    'Brightwell (Personalauswahl)'
    """
    return _HIRING_TEAM.get(_primary(language), _HIRING_TEAM["en"]).format(company=company)


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()
