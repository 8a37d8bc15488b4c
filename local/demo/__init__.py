"""What a visitor sees: the walk, the page, the people."""
