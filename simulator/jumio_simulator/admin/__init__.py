"""What Jumio does not have: the levers of a simulator, and a client for them."""
