"""State, time, and what becomes of an execution."""
