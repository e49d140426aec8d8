"""What stands on the host's own pages."""
