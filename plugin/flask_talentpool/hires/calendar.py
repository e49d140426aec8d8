"""A recruiter's calendar (RFC 5545): on which days to look at which job. No entry names anybody."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from flask_talentpool.context import Context
from flask_talentpool.hires.openings import is_unsettled
from flask_talentpool.hires.watch import ACTIVE

WORKS_FOR = timedelta(days=180)
"""How long an address of a calendar works; its last entry says so."""
MOST = 500
_SEAL = 16
_A_MOMENT = timedelta(minutes=15)
_HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose calendar it is: what they might see on the day they took the address."""

    scopes: tuple[str, ...] | None
    """None for all."""
    until: date


def sealed(key: bytes, scopes: frozenset[str] | None, *, today: date) -> str:
    """Return the part of an address that says whose calendar it is; nobody can make one without the key."""
    until = (today + WORKS_FOR).isoformat()
    text = json.dumps([until, None if scopes is None else sorted(scopes)]).encode()
    return base64.urlsafe_b64encode(_seal(key, text) + text).decode().rstrip("=")


def opened(key: bytes | None, feed: str, *, today: date) -> Feed | None:
    """Return whose calendar it is; None for an address that was not made with this key, or works no longer."""
    try:
        raw = base64.urlsafe_b64decode(feed.encode("ascii") + b"=" * (-len(feed) % 4))
    except ValueError:
        return None
    seal, text = raw[:_SEAL], raw[_SEAL:]
    if key is None or not hmac.compare_digest(seal, _seal(key, text)):
        return None
    until, scopes = json.loads(text)
    found = Feed(None if scopes is None else tuple(scopes), date.fromisoformat(until))
    return found if today <= found.until else None


def _seal(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, b"calendar\0" + text, hashlib.sha256).digest()[:_SEAL]


def calendar(ctx: Context, feed: Feed, *, url: str) -> bytes:
    """Return the calendar file: what is asked about hires, and which jobs are open again.

    Args:
        ctx: The unit of work; nothing is written.
        feed: Whose it is.
        url: Where our pages begin, for the links of the entries.
    """
    zone = ctx.settings.timezone
    found = Calendar()
    found.add("prodid", "-//Flask-TalentPool//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", "Talent pool")
    entries = sorted(_entries(ctx, feed))
    days = [day for day, *_ in entries]
    found.add_component(_timezone(zone, min(days), max(days)))
    for day, uid, summary, path in entries:
        start = datetime.combine(day, time(ctx.settings.morning_hour), zone)
        event = Event()
        event.add("uid", f"{uid}@talentpool")
        event.add("dtstamp", ctx.now().astimezone(UTC))
        event.add("dtstart", start)
        event.add("dtend", start + _A_MOMENT)
        event.add("summary", summary)
        event.add("url", url + path)
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return bytes(found.to_ical())


def _entries(ctx: Context, feed: Feed) -> Iterator[tuple[date, str, str, str]]:
    """Yield day, lasting name, what to do and where."""
    zone, hire, opening = ctx.settings.timezone, ctx.models.hire, ctx.models.opening
    if ctx.settings.hire_watch is not None:
        asked = sa.select(hire).where(hire.state.in_(ACTIVE), hire.ask_at.is_not(None), _of(hire, feed))
        for one in ctx.session.scalars(asked.order_by(hire.ask_at, hire.id).limit(MOST)):
            day = (one.ask_at or one.ends_at).astimezone(zone).date()
            what = "Is the job still filled?" if one.step else "Has the new colleague started?"
            yield day, f"hire-{one.id}-{one.step}", f"{what} {one.job_label}".strip(), "/hires"
    again = sa.select(opening).where(is_unsettled(ctx), _of(opening, feed))
    for row in ctx.session.scalars(again.order_by(opening.id.desc()).limit(MOST)):
        day = row.noticed_at.astimezone(zone).date()
        yield day, f"opening-{row.id}", f"Look at the bench: {row.job_label or 'a job'}", "/openings"
    yield feed.until, f"until-{feed.until}", "This calendar ends today: take a new address", "/hires"


def _of(model: Any, feed: Feed) -> sa.ColumnElement[bool]:
    return sa.true() if feed.scopes is None else model.scope.in_(feed.scopes)


def _timezone(zone: ZoneInfo, first: date, last: date) -> Timezone:
    """Spell out the offsets from UTC that a time zone has between two days, each from the moment it begins."""
    found = Timezone()
    found.add("tzid", zone.key)
    moment = datetime.combine(first - timedelta(days=1), time(), UTC)
    end = datetime.combine(last + timedelta(days=2), time(), UTC)
    before: timedelta | None = None
    while moment <= end:
        here = moment.astimezone(zone)
        offset = here.utcoffset() or timedelta(0)
        if offset != before:
            part = TimezoneDaylight() if here.dst() else TimezoneStandard()
            was = offset if before is None else before
            # An observance begins at the wall time of before.
            part.add("dtstart", (moment + was).replace(tzinfo=None))
            part.add("tzoffsetfrom", was)
            part.add("tzoffsetto", offset)
            part.add("tzname", here.tzname() or zone.key)
            found.add_component(part)
            before = offset
        moment += _HALF_AN_HOUR
    return found
