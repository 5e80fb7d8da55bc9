"""Lists that stay up to date while MongoDB fails beneath them."""
