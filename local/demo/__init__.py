"""What a visitor of the stack sees: a page, two people, and a walk through the product."""
