"""Settings and what they are made of: read once, checked at the start."""
