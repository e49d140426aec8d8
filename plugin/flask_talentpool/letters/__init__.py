"""Letters: their text, their outbox and their delivery."""
