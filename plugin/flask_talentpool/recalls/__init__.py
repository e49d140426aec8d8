"""Recalls: a job's runners-up, the invitation back, the answer, the new application."""
