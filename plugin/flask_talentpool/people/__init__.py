"""Persons: one human within one scope, across all the rows the host has of them."""
