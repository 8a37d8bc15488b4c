"""The AWS of this machine, and `sam deploy` to it. Knows nothing about the product."""
