"""What the suites share: our product wired to stand-ins that it cannot tell from the real thing."""
