"""Miniature hosts: one tiny applicant tracking system for every shape a real one has."""
