"""What a page may say about this installation, read from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import Mode, OutcomeLetters, StageReached
from flask_talentpool.pools.model import NOTED_LAPSES


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFacts:
    """The values that a page with ``facts: true`` can use, by these names.

    Attributes:
        own: Whether the page speaks for one company, with its own numbers. Otherwise the numbers are those
            of an installation in which nothing was changed, and the page says "normally".
        company: The company's name; empty where nobody said it.
        contact: The address that candidates write to; empty where there is none.
        writes_outcomes: Whether outcome letters come from this software, not from the ATS itself.
        keeps_hours: Whether outcome letters keep working days and office hours.
        delay_days: Working days an outcome letter waits, with ``keeps_hours``.
        hours: The first hour and the hour that ends the day, with ``keeps_hours``.
        friday_until: The hour that Fridays end before, where it is earlier than on other days; else None.
        no_fridays: Whether no letter goes on a Friday.
        wait: How long an outcome letter waits, without ``keeps_hours``; nothing at all can be.
        min_time_after_applying: How long after applying no outcome letter goes, with ``keeps_hours``.
        knows_holidays: Whether holidays count as no working days.
        line_stages: Stages at which a letter waits for a personal line.
        read_stages: Stages at which a person reads each letter before it goes.
        off_stages: Stages at which no outcome letter goes.
        line_days: How many working days a letter waits for its line at most.
        answer_target: By when an interviewed person should have an answer.
        answer_limit: After how long they are told at the latest that it is still open.
        progress_days: By when they are written to again.
        keep_months: How long a place in a pool lasts.
        noted_days: After how many days a name lapses that only a recruiter noted.
        link_days: How long the link of an invitation opens.
        stay_link_days: How long the link to stay or leave opens.
        invitation_days: How many days there are to answer an invitation.
        reuse_window: How long somebody may be invited back to the same job without a place in a pool.
    """

    own: bool
    company: str
    contact: str
    writes_outcomes: bool
    keeps_hours: bool
    delay_days: int
    hours: tuple[int, int]
    friday_until: int | None
    no_fridays: bool
    wait: timedelta
    min_time_after_applying: timedelta
    knows_holidays: bool
    line_stages: tuple[str, ...]
    read_stages: tuple[str, ...]
    off_stages: tuple[str, ...]
    line_days: int
    answer_target: timedelta
    answer_limit: timedelta
    progress_days: int
    keep_months: int
    noted_days: int
    link_days: int
    stay_link_days: int
    invitation_days: int
    reuse_window: timedelta

    @classmethod
    def of(cls, settings: Settings, *, own: bool = True) -> GuideFacts:
        """Return the facts of an installation.

        >>> GuideFacts.of(Settings(), own=False).keep_months
        12
        """
        sender = settings.mail_from
        delay = settings.delay
        hours = delay if isinstance(delay, BusinessDelay) else BusinessDelay()
        opens, closes = hours.between
        return cls(
            own=own,
            company=settings.company,
            contact=sender.address if sender else "",
            writes_outcomes=settings.outcome_letters is not OutcomeLetters.HOST,
            keeps_hours=isinstance(delay, BusinessDelay),
            delay_days=hours.days,
            hours=(opens, closes),
            friday_until=hours.friday_until if opens < hours.friday_until < closes else None,
            no_fridays=hours.friday_until <= opens,
            wait=timedelta(0) if isinstance(delay, BusinessDelay) else delay,
            min_time_after_applying=settings.min_time_after_applying,
            knows_holidays=bool(settings.holidays),
            line_stages=_stages(settings, Mode.PERSONAL),
            read_stages=_stages(settings, Mode.REVIEW),
            off_stages=_stages(settings, Mode.OFF),
            line_days=settings.personal_days.days,
            answer_target=settings.answer_target,
            answer_limit=settings.answer_limit,
            progress_days=settings.progress_days.days,
            keep_months=settings.keep_months,
            noted_days=NOTED_LAPSES.days,
            link_days=settings.link_days.days,
            # Somebody in a pool can leave by this link for as long as the place lasts.
            stay_link_days=max(settings.link_days.days, 31 * settings.keep_months),
            invitation_days=settings.invitation_open_for.days,
            reuse_window=settings.reuse_window,
        )


def _stages(settings: Settings, mode: Mode) -> tuple[str, ...]:
    return tuple(stage for stage in StageReached if settings.modes[stage] is mode)
