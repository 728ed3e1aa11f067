"""A shop's catalogue: a product feed at an address."""
