"""Forgetting: what is erased of a person, wherever it is kept."""
