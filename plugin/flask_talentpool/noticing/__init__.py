"""What the host did: seen by a hook, found by a scan, written down as decisions."""
