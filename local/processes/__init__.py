"""Processes that end together."""
