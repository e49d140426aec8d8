"""The host's own migrations with our tables beside its own."""
