"""Figures of the embedded stack. Not part of the tests."""
