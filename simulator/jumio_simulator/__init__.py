"""A stand-in for Jumio: every host of theirs on one loopback port.

It shares no code with the product. What is documented, what is inferred, and which option
covers what nobody knows is listed in `docs/simulator.md`.
"""
