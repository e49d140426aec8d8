"""One act on many decisions: selected, looked at, confirmed, worked off, undone."""
