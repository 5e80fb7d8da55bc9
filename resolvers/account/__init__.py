"""The login identity as clients see it."""
