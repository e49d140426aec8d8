"""A decision on the host's page and on our own."""
