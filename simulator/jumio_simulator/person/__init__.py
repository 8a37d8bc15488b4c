"""What a person meets: the hosted page, and a stand-in for the SDK."""
