"""Attacks on the promises, one file for each; see DESIGN section 2."""
