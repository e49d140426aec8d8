"""Talent pools, door-open letters and recall for an existing Flask applicant tracking system."""

from flask_talentpool.access import Access, Action, Actor
from flask_talentpool.clock import Clock, SystemClock
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.reasons import DEFAULT_REASONS, Reason
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
from flask_talentpool.letters.delivery.host_mailers import FlaskMailmanTransport, FlaskMailTransport
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult, Transport
from flask_talentpool.login import FlaskLoginAccess

__all__ = [
    "DEFAULT_REASONS",
    "Access",
    "Action",
    "Actor",
    "BusinessDelay",
    "Clock",
    "ConfigError",
    "FlaskLoginAccess",
    "FlaskMailTransport",
    "FlaskMailmanTransport",
    "HandOver",
    "HandOverResult",
    "HostMap",
    "MapError",
    "NotAllowed",
    "NotFound",
    "Reason",
    "Refused",
    "SystemClock",
    "TablesMissing",
    "TalentPool",
    "TalentPoolError",
    "Transport",
    "current_talentpool",
]
