"""Talent pools, door-open letters and recall for an existing Flask applicant tracking system."""

from flask_talentpool.access import Access, Action, Actor
from flask_talentpool.clock import Clock, SystemClock
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.errors import (
    ConfigError,
    MapError,
    NotAllowed,
    NotFound,
    Refused,
    TablesMissing,
    TalentPoolError,
)
from flask_talentpool.extension import TalentPool, current_talentpool
from flask_talentpool.host.declared import HostMap
from flask_talentpool.login import FlaskLoginAccess

__all__ = [
    "Access",
    "Action",
    "Actor",
    "BusinessDelay",
    "Clock",
    "ConfigError",
    "FlaskLoginAccess",
    "HostMap",
    "MapError",
    "NotAllowed",
    "NotFound",
    "Refused",
    "SystemClock",
    "TablesMissing",
    "TalentPool",
    "TalentPoolError",
    "current_talentpool",
]
