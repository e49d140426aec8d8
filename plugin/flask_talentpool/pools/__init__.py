"""Talent pools, their members, and tags on persons."""
