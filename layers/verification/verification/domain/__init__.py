"""What is decided: pure, without any I/O."""
