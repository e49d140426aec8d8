"""Decisions: deciding, telling, taking back."""
