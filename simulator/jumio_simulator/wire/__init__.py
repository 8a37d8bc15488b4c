"""How it is served: server, faults, limits, journal."""
