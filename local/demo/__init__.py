"""What a visitor of the stack sees: a page, a few people, and a walk through the product."""
