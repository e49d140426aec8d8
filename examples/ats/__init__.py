"""Harbour, a small applicant tracking system into which Flask-TalentPool is mounted."""

from .factory import create_app

__all__ = ["create_app"]
