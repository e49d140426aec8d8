"""Tests of Flask-TalentPool."""
