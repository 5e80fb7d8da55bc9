"""The benchmark of lists that stay up to date: many follow, and each message costs something until all have it."""
