"""Use cases and commands on real databases."""
