"""Harbour's pages, one module for each thing they are about."""
