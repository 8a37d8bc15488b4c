"""Processes that start together and end together."""
