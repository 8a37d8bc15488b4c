"""The use cases of a Jumio identity verification, and what they need."""
